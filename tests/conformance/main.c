/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conformance suite: every case over one transport, results as TAP.
 *
 *	conformance fake [ROW|DIALECT...]
 *	conformance fuse|cuse TAPD [ROW|DIALECT...]
 *	conformance list
 *
 * ROW picks the cases whose row begins so, DIALECT the runs under it.  `list` runs nothing: a line for each case with
 * its row, its transports, its dialects and its title, tabs between.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tap/dialect.h"
#include "tests/conformance/run.h"

#define CASE_SECONDS 60		/* a case that takes longer hangs */

static struct dut *const duts[] = { &dut_fake, &dut_fuse, &dut_cuse, NULL };
static const struct tcase *const tables[] = { cases_ioctl, cases_open, cases_read, cases_write, cases_async,
    cases_close, cases_ifconfig, cases_systems, cases_netbsd, NULL };
/* In the order of the bits of IN_*. */
static const char *const dialects[DIALECT_COUNT] = { "freebsd", "freebsd-8", "freebsd-10", "freebsd-11", "freebsd-12",
    "freebsd-13", "freebsd-14", "freebsd-16", "netbsd-10", "openbsd-7", "dragonfly-6" };

/* One way to run cases: the daemon is started anew from one pass to the next, so there are few. */
struct pass {
	struct dut *d;
	int dialect;			/* index of dialects */
	bool ahead;
};

static struct run *current;
static int number;

void run_fail(struct run *r, const char *fmt, ...)
{
	va_list ap;

	if (r->failure[0] != '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(r->failure, sizeof(r->failure), fmt, ap);
	va_end(ap);
}

const char *result_name(long v, char *buf, size_t size)
{
	const char *name = v < 0 ? strerrorname_np((int)-v) : NULL;

	if (name != NULL)
		snprintf(buf, size, "%s (%s)", name, strerror((int)-v));
	else
		snprintf(buf, size, "%ld", v);
	return buf;
}

static const char *given_name(unsigned given, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s%s%s%s", given & UNIT ? given & VMNET ? "vmnet0" : "tap0" : "no unit",
	    (given & OPENED) == OPENED ? ", open" : "", given & UP ? ", up" : "", given & NB ? ", non-blocking" : "",
	    given & INET6 ? ", IPv6" : "", given & AHEAD ? ", nodes ahead" : "");
	return buf;
}

/* Do the words pick this row (or this dialect)?  No word of that kind picks all. */
static bool picked(char **words, const char *row, const char *dialect)
{
	bool any = false;

	for (char **w = words; *w != NULL; w++) {
		bool names_dialect = tap_dialect_find(*w) != NULL;

		if (names_dialect != (dialect != NULL))
			continue;
		any = true;
		if (dialect != NULL ? strcmp(*w, dialect) == 0 : strncmp(row, *w, strlen(*w)) == 0)
			return true;
	}
	return !any;
}

/* The dialects to run it for: all of the case's, or over a real kernel the first of them. */
static unsigned dialects_of(const struct tcase *c, const struct dut *d)
{
	return d->on == ON_FAKE ? c->in : c->in & -c->in;
}

static bool chosen(const struct tcase *c, const struct pass *p, char **words)
{
	return (c->on & p->d->on) && (dialects_of(c, p->d) & 1u << p->dialect) && !(c->given & AHEAD) == !p->ahead &&
	    picked(words, c->row, NULL) && picked(words, NULL, dialects[p->dialect]);
}

static void print_failure(const struct run *r)
{
	char given[80];

	printf("# given %s; call %s: %s\n", given_name(r->c->given, given, sizeof(given)),
	    r->at != NULL ? r->at->text : "(setting up)", r->failure);
}

static void print_result(const struct run *r)
{
	printf("%s %d - %s %s: %s\n", r->failure[0] == '\0' ? "ok" : "not ok", ++number, r->c->row, r->dialect,
	    r->c->title);
	if (r->failure[0] != '\0')
		print_failure(r);
	fflush(stdout);
}

static bool run_case(const struct pass *p, const struct tcase *c)
{
	struct dut *d = p->d;
	struct setup setup = { .dialect = dialects[p->dialect], .ahead = p->ahead ? 2 : 0, .inet6 = c->given & INET6 };
	struct run r = { .d = d, .c = c, .dialect = setup.dialect, .unit = c->given & VMNET ? "vmnet0" : "tap0" };
	int err;

	current = &r;
	alarm(CASE_SECONDS);
	err = d->ops->reset(d, &setup);
	if (err != 0)
		run_fail(&r, "the device could not be reset: %s", strerror(-err));
	else
		run_given(&r);
	for (const struct step *s = c->steps; s->fn != NULL && r.failure[0] == '\0'; s++) {
		r.at = s;
		s->fn(&r, s);
	}
	alarm(0);
	if (d->ops->complaint != NULL && d->ops->complaint(d) != NULL)
		run_fail(&r, "%s", d->ops->complaint(d));
	print_result(&r);
	current = NULL;
	return r.failure[0] == '\0';
}

/* The main thread hangs in a system call: say where, end the daemon, give up. */
static void hang(int signo)
{
	run_fail(current, "hung for %d s", CASE_SECONDS);
	print_result(current);
	printf("Bail out! %s hung\n", current->c->row);
	fflush(stdout);
	current->d->ops->abandon(current->d);
	_exit(1);
}

/* Calls fn (NULL: counts) for each chosen case of one pass: the number of those for which it said no. */
static int each_case(const struct pass *p, char **words, bool (*fn)(const struct pass *p, const struct tcase *c))
{
	int n = 0;

	for (int t = 0; tables[t] != NULL; t++)
		for (const struct tcase *c = tables[t]; c->row != NULL; c++)
			if (chosen(c, p, words))
				n += fn == NULL || !fn(p, c);
	return n;
}

static int each_pass(struct dut *d, char **words, bool (*fn)(const struct pass *p, const struct tcase *c))
{
	int n = 0;

	for (int i = 0; i < 2 * DIALECT_COUNT; i++) {
		struct pass p = { d, i / 2, i % 2 };

		n += each_case(&p, words, fn);
	}
	return n;
}

static int list(void)
{
	for (int t = 0; tables[t] != NULL; t++)
		for (const struct tcase *c = tables[t]; c->row != NULL; c++) {
			printf("%s\t", c->row);
			for (int i = 0; duts[i] != NULL; i++)
				if (c->on & duts[i]->on)
					printf("%s ", duts[i]->name);
			putchar('\t');
			for (int i = 0; i < DIALECT_COUNT; i++)
				if (c->in & 1u << i)
					printf("%s ", dialects[i]);
			printf("\t%s\n", c->title);
		}
	return 0;
}

/* A dialect of the table that no case can name would go untested. */
static bool dialects_complete(void)
{
	int n = 0, found = 0;

	while (tap_dialect_table[n].name != NULL)
		n++;
	for (int i = 0; i < DIALECT_COUNT; i++)
		found += tap_dialect_find(dialects[i]) != NULL;
	return n == DIALECT_COUNT && found == DIALECT_COUNT;
}

static struct dut *find_dut(const char *name)
{
	for (int i = 0; duts[i] != NULL; i++)
		if (name != NULL && strcmp(duts[i]->name, name) == 0)
			return duts[i];
	return NULL;
}

static int report(const char *what, bool ok)
{
	printf("%s %d - %s\n", ok ? "ok" : "not ok", ++number, what);
	return !ok;
}

int main(int argc, char **argv)
{
	struct dut *d = find_dut(argv[1]);
	char **words;
	int failed, err;

	if (argc == 2 && strcmp(argv[1], "list") == 0)
		return list();
	if (d == NULL || (d->on != ON_FAKE && argc < 3)) {
		fprintf(stderr, "usage: conformance fake [ROW|DIALECT...] | fuse TAPD [ROW|DIALECT...] | "
		    "cuse TAPD [ROW|DIALECT...] | list\n");
		return 64;
	}
	words = argv + (d->on == ON_FAKE ? 2 : 3);
	err = d->ops->start(d, argv + 2);
	if (err != 0)
		return err == START_SKIP ? 0 : err;
	signal(SIGALRM, hang);
	printf("1..%d\n", each_pass(d, words, NULL) + 2);
	failed = report("every dialect can be named by a case", dialects_complete());
	failed += each_pass(d, words, run_case);
	failed += report("stopping leaves nothing behind", d->ops->stop(d) == 0);
	return failed != 0;
}
