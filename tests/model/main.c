/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model check's program: random sequences for each dialect, a difference made small, scripts written and replayed.
 *
 *	model [--seed N] [--steps N] [--dialect NAME] [FILE]	TAP: the scripts of FILE, and each dialect
 *	model --replay FILE					the scripts of a file, and what differs
 *
 * A script is a line "dialect NAME" and a line for each step: its name and its numbers; '#' begins a comment, and
 * missing numbers are 0.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model.h"
#include "tap/dialect.h"

#define EPISODE		400		/* steps from one fresh driver to the next: short ones shrink quickly */
#define LINE		256
#define REPLAY_MAX	100000

static struct seen want, got;		/* the model's, the core's */
static const char *left_over;		/* what the last run's end complained of */

static const char *const step_names[] = {
#define X(name, help) #name,
	STEPS(X)
#undef X
};
static const char *const step_help[] = {
#define X(name, help) help,
	STEPS(X)
#undef X
};
static const char *const field_names[] = {
#define X(name) #name,
	SEEN_FIELDS(X)
#undef X
};

/* ------------------------------------------------------------------ running */

static bool same(void)
{
	return want.nevents == got.nevents &&
	    memcmp(&want, &got, offsetof(struct seen, event) + got.nevents * sizeof(got.event[0])) == 0;
}

static int dialect_index(const char *name)
{
	for (int i = 0; model_dialects[i] != NULL; i++)
		if (strcmp(model_dialects[i], name) == 0)
			return i;
	return -1;
}

/* Both sides do the n steps: the index of the first that differs, n when only the end does, -1 when nothing does. */
static int run(const char *dialect, const struct step *steps, int n)
{
	int bad = -1;

	core_begin(dialect);
	model_begin(dialect_index(dialect));
	for (int i = 0; i < n && bad < 0; i++) {
		core_step(&steps[i], &got);
		model_step(&steps[i], &want);
		if (!same())
			bad = i;
	}
	left_over = core_end();
	return bad < 0 && left_over != NULL ? n : bad;
}

/* ------------------------------------------------------------------ shrinking */

static bool fails_without(const char *dialect, const struct step *steps, int n, int from, int len)
{
	struct step *fewer = malloc((n + 1) * sizeof(*fewer));
	bool fails;

	if (fewer == NULL)
		return false;
	memcpy(fewer, steps, from * sizeof(*steps));
	memcpy(fewer + from, steps + from + len, (n - from - len) * sizeof(*steps));
	fails = run(dialect, fewer, n - len) >= 0;
	free(fewer);
	return fails;
}

/* Leaves out chunks, half as long each time and at last single steps, as long as a difference remains; the new length.
 */
static int shrink(const char *dialect, struct step *steps, int n)
{
	for (int len = n / 2, before = n; len > 0;) {
		for (int from = 0; from + len <= n;) {
			if (fails_without(dialect, steps, n, from, len)) {
				memmove(steps + from, steps + from + len, (n - from - len) * sizeof(*steps));
				n -= len;
			} else {
				from += len;
			}
		}
		if (len > 1) {
			len /= 2;
		} else if (n < before) {
			before = n;	/* single steps once more: one may have become needless */
		} else {
			len = 0;
		}
	}
	return n;
}

/* ------------------------------------------------------------------ telling */

static void tell_events(FILE *out, const char *who, const struct seen *s)
{
	fprintf(out, "# %s:", who);
	for (uint32_t i = 0; i < s->nevents && i < 20; i++)
		fprintf(out, " %c%d:%d:%08x", s->event[i].what, s->event[i].who, s->event[i].n, s->event[i].sum);
	fprintf(out, s->nevents > 20 ? " ... (%u)\n" : "\n", s->nevents);
}

static void tell_value(FILE *out, const char *where, const char *what, int64_t model, int64_t core)
{
	if (model != core)
		fprintf(out, "# %s %s: model %lld (%#llx), core %lld (%#llx)\n", where, what, (long long)model,
		    (unsigned long long)model, (long long)core, (unsigned long long)core);
}

static void tell_unit(FILE *out, int u)
{
	bool both = want.unit[u][SEEN_exists] && got.unit[u][SEEN_exists];

	for (int k = 0; k < (both ? SEEN_COUNT : SEEN_exists + 1); k++)
		tell_value(out, world_names[u], field_names[k], want.unit[u][k], got.unit[u][k]);
	for (int k = 0; both && tap_counter_table[k].name != NULL; k++)
		tell_value(out, world_names[u], tap_counter_table[k].name, want.count[u][k], got.count[u][k]);
}

/* What differed in the last run. */
static void tell_difference(FILE *out)
{
	if (same()) {
		fprintf(out, "# at the end: %s\n", left_over != NULL ? left_over : "nothing differs");
		return;
	}
	tell_value(out, "step", "result", want.result, got.result);
	tell_value(out, "step", "bytes returned", want.nout, got.nout);
	for (uint32_t k = 0; k < want.nout && k < got.nout; k++)
		if (want.out[k] != got.out[k])
			fprintf(out, "# byte %u returned: model %02x, core %02x\n", k, want.out[k], got.out[k]);
	if (want.nevents != got.nevents || memcmp(want.event, got.event, got.nevents * sizeof(got.event[0])) != 0) {
		tell_events(out, "events, model", &want);
		tell_events(out, "events, core", &got);
	}
	for (int u = 0; u < NUNITS; u++)
		tell_unit(out, u);
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++)
		tell_value(out, "sysctl", tap_sysctl_table[id].name, want.sysctl[id], got.sysctl[id]);
	tell_value(out, "all", "owners", want.owners, got.owners);
	tell_value(out, "all", "clone nodes", want.clones, got.clones);
	tell_value(out, "all", "nodes ahead", want.ahead, got.ahead);
}

static void tell_step(FILE *out, const struct step *st)
{
	fprintf(out, "%s", step_names[st->op]);
	for (int k = 0; k < 5; k++)
		fprintf(out, st->op == STEP_ioctl && k == 1 ? " %#x" : " %d", st->a[k]);
	fprintf(out, "\t# %s\n", step_help[st->op]);
}

static void tell_script(FILE *out, const char *dialect, const struct step *steps, int n)
{
	fprintf(out, "# SPDX-License-Identifier: BSD-2-Clause\ndialect %s\n", dialect);
	for (int i = 0; i < n; i++)
		tell_step(out, &steps[i]);
	tell_difference(out);
}

/* The script as TAP comments. */
static void tell_commented(const char *dialect, const struct step *steps, int n)
{
	FILE *out = tmpfile();
	char line[LINE];

	if (out == NULL)
		return;
	tell_script(out, dialect, steps, n);
	rewind(out);
	while (fgets(line, sizeof(line), out) != NULL)
		printf("# | %s", line);
	fclose(out);
}

/* Prints the script and saves it in the current directory. */
static void report(const char *dialect, const struct step *steps, int n, uint64_t seed)
{
	char path[LINE];
	FILE *out;

	snprintf(path, sizeof(path), "model-%s-%llu.script", dialect, (unsigned long long)seed);
	out = fopen(path, "w");
	if (out != NULL) {
		tell_script(out, dialect, steps, n);
		fclose(out);
		printf("# replay with: model --replay %s\n", path);
	}
	tell_commented(dialect, steps, n);
}

/* ------------------------------------------------------------------ the check */

static bool check(const char *dialect, long steps, uint64_t seed)
{
	struct step episode[EPISODE];
	uint64_t rng = seed;
	int n, bad;

	for (long done = 0; done < steps; done += n) {
		n = steps - done < EPISODE ? (int)(steps - done) : EPISODE;
		for (int i = 0; i < n; i++)
			episode[i] = step_random(&rng);
		bad = run(dialect, episode, n);
		if (bad < 0)
			continue;
		n = shrink(dialect, episode, bad < n ? bad + 1 : n);
		run(dialect, episode, n);
		report(dialect, episode, n, seed);
		return false;
	}
	return true;
}

/* One line of a script: 1 a step, 2 the dialect, 0 nothing, -1 none of these. */
static int parse_line(char *line, char *dialect, struct step *st)
{
	char word[32], *rest = line + strcspn(line, "#\n");
	int used = 0;

	*rest = '\0';
	if (sscanf(line, "%31s%n", word, &used) != 1)
		return 0;
	if (strcmp(word, "dialect") == 0 && sscanf(line + used, "%31s", word) == 1 && dialect_index(word) >= 0) {
		strcpy(dialect, word);
		return 2;
	}
	for (st->op = 0; st->op < STEP_COUNT && strcmp(step_names[st->op], word) != 0; st->op++)
		;
	rest = line + used;
	for (int k = 0; k < 5; k++)
		st->a[k] = (int32_t)strtoll(rest, &rest, 0);
	return st->op < STEP_COUNT ? 1 : -1;
}

/* Whether nothing differs.  Tells what it does; quiet: only if something does, as TAP comments. */
static bool replay_steps(const char *dialect, struct step *steps, int n, bool quiet)
{
	int bad = run(dialect, steps, n);

	n = bad < 0 || bad >= n ? n : bad + 1;
	if (!quiet)
		tell_script(stdout, dialect, steps, n);
	else if (bad >= 0)
		tell_commented(dialect, steps, n);
	return bad < 0;
}

/* An exit status. */
static int replay(const char *path, bool quiet)
{
	static struct step steps[REPLAY_MAX];
	char line[LINE], dialect[32] = "freebsd", before[32] = "freebsd";
	FILE *in = fopen(path, "r");
	int n = 0, kind = 0;
	bool ok = true;

	if (in == NULL) {
		fprintf(stderr, "model: %s: %s\n", path, strerror(errno));
		return 66;
	}
	while (kind >= 0 && n < REPLAY_MAX && fgets(line, sizeof(line), in) != NULL) {
		kind = parse_line(line, dialect, &steps[n]);
		if (kind == 2 && n > 0) {
			ok = replay_steps(before, steps, n, quiet) && ok;
			n = 0;
		}
		if (kind == 2)
			strcpy(before, dialect);
		n += kind == 1;
	}
	fclose(in);
	if (kind < 0)
		fprintf(stderr, "model: %s: neither a step nor a dialect: %s\n", path, line);
	return kind < 0 ? 65 : !(replay_steps(before, steps, n, quiet) && ok);
}

static int usage(void)
{
	fprintf(stderr, "usage: model [--seed N] [--steps N] [--dialect NAME] [FILE]\n       model --replay FILE\n");
	return 64;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"seed", required_argument, NULL, 's'},
	    {"steps", required_argument, NULL, 'n'}, {"dialect", required_argument, NULL, 'd'},
	    {"replay", required_argument, NULL, 'r'}, {0}};
	struct timespec now;
	const char *only = NULL;
	long steps = 100000;
	int failed = 0, opt, number = 0;
	uint64_t seed;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = (uint64_t)now.tv_sec * 1000003 + now.tv_nsec;
	while ((opt = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (opt == 'r')
			return replay(optarg, false);
		if (opt == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (opt == 'n')
			steps = strtol(optarg, NULL, 0);
		else if (opt == 'd' && dialect_index(optarg) >= 0)
			only = optarg;
		else
			return usage();
	}
	if (optind < argc) {
		bool ok = replay(argv[optind], true) == 0;

		printf("%s %d - what was found before\n", ok ? "ok" : "not ok", ++number);
		failed += !ok;
	}
	printf("# seed %llu\n", (unsigned long long)seed);
	for (const struct tap_dialect *d = tap_dialect_table; d->name != NULL; d++) {
		bool ok;

		if (only != NULL && strcmp(only, d->name) != 0)
			continue;
		ok = dialect_index(d->name) >= 0 && check(d->name, steps, seed);
		printf("%s %d - %s: %ld steps\n", ok ? "ok" : "not ok", ++number, d->name, steps);
		fflush(stdout);
		failed += !ok;
	}
	printf("1..%d\n", number);
	return failed != 0;
}
