/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_frames: what a frame through the whole of tapd costs, beside an empty device, which is what any device served
 * from userspace costs, and a native TAP, which is what the kernel alone costs.  docs/performance.md tells how to read
 * it.  Nothing is asserted about times; status 1 is for frames that did not arrive.
 *
 * The devices take turns in short slices, so that what else happens on the machine meets all of them alike.
 */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "bench.h"
#include "empty.h"
#include "rig.h"

#define SPIN_US		50
#define GRACE		60		/* s beyond --seconds until something must be stuck */

static struct run run;
static cpu_set_t all_cpus, first_cpu, second_cpu;

struct options {
	const char *tapd, *transport, *json, *source;
	long seconds;
};

/* ------------------------------------------------------------------ processors */

static int next_cpu(int cpu)
{
	do
		cpu++;
	while (cpu < CPU_SETSIZE && !CPU_ISSET(cpu, &all_cpus));
	return cpu;
}

static void learn_cpus(void)
{
	int first, second;

	if (sched_getaffinity(0, sizeof(all_cpus), &all_cpus) != 0)
		rig_fail("sched_getaffinity: %s", strerror(errno));
	first = next_cpu(-1);
	second = next_cpu(first);
	CPU_SET(first, &first_cpu);
	if (second < CPU_SETSIZE)
		CPU_SET(second, &second_cpu);
}

static void bind_to(pid_t pid, const cpu_set_t *set)
{
	if (sched_setaffinity(pid, sizeof(*set), set) != 0)
		rig_fail("binding process %d to a processor: %s", (int)pid, strerror(errno));
}

/* Free ones begin apart, or they would stay together after the turn of those that were bound so. */
static void place(const struct subject *sub)
{
	const cpu_set_t *away = CPU_COUNT(&second_cpu) > 0 ? &second_cpu : &first_cpu;

	bind_to(0, &first_cpu);
	if (sub->daemon != 0)
		bind_to(sub->daemon, sub->place == ONE ? &first_cpu : away);
	if (sub->place != FREE)
		return;
	bind_to(0, &all_cpus);
	if (sub->daemon != 0)
		bind_to(sub->daemon, &all_cpus);
}

/* ------------------------------------------------------------------ rounds */

static bool can(const struct subject *sub, const struct op *op)
{
	return !(op->host && sub->host < 0) && !(op->daemon && sub->daemon == 0) &&
	    !(sub->place == APART && CPU_COUNT(&second_cpu) == 0);
}

static void slice(struct subject *sub, const struct op *op, struct samples *s)
{
	uint64_t cpu;

	place(sub);
	cpu = rig_cpu(sub->daemon);
	op->run(sub, op->len, s);
	s->cpu += rig_cpu(sub->daemon) - cpu;
}

static void one_round(struct samples to[OPS][SUBJECTS])
{
	for (int op = 0; op < OPS; op++)
		for (int i = 0; i < SUBJECTS; i++)
			if (can(&run.subject[i], &op_table[op]))
				slice(&run.subject[i], &op_table[op], &to[op][i]);
}

static void rounds(long seconds)
{
	static struct samples warm_up[OPS][SUBJECTS];
	uint64_t start;

	one_round(warm_up);
	start = rig_now();
	do {
		one_round(run.samples);
		run.rounds++;
	} while (rig_now() - start < (uint64_t)seconds * 1000000000u);
	run.seconds = (rig_now() - start) / 1e9;
	for (int op = 0; op < OPS; op++)
		for (int i = 0; i < SUBJECTS; i++)
			samples_sort(&run.samples[op][i]);
}

/* ------------------------------------------------------------------ devices */

static int tapd_unit(struct rig_tapd *t, const char *bin, const char *prefix, unsigned spin_us, int *host)
{
	char name[16];
	int fd;

	rig_tapd_start(t, bin, run.transport, prefix, spin_us);
	snprintf(name, sizeof(name), "%stap0", prefix);
	rig_ctl(t, name, "create");
	fd = rig_tapd_open(t, name);
	rig_ctl(t, name, "up");
	*host = rig_host(name);
	return fd;
}

static void check(void)
{
	for (int i = 0; i < SUBJECTS; i++)
		if (run.subject[i].lost > 0)
			rig_fail("%s: %lu frames written did not arrive", run.subject[i].title, run.subject[i].lost);
}

static void measure(const struct options *o)
{
	struct rig_tapd plain, spinning;
	struct empty empty;
	int native = rig_native_tap("bnative0"), host, spin_host, fd, spin_fd;

	empty_start(&empty, run.transport);
	fd = tapd_unit(&plain, o->tapd, "bp", 0, &host);
	spin_fd = tapd_unit(&spinning, o->tapd, "bs", SPIN_US, &spin_host);
	run.subject[NATIVE] = (struct subject){ "native", "native TAP", FREE, native, rig_host("bnative0"), 0 };
	run.subject[EMPTY] = (struct subject){ "empty", "empty device", FREE, empty.fd, -1, empty.pid };
	run.subject[EMPTY_APART] = (struct subject){ "empty_apart", "  on another core", APART, empty.fd, -1, empty.pid };
	run.subject[EMPTY_ONE] = (struct subject){ "empty_one_core", "  on the same core", ONE, empty.fd, -1, empty.pid };
	run.subject[TAPD] = (struct subject){ "tapd", "tapd", FREE, fd, host, plain.pid };
	run.subject[TAPD_APART] = (struct subject){ "tapd_apart", "  on another core", APART, fd, host, plain.pid };
	run.subject[TAPD_ONE] = (struct subject){ "tapd_one_core", "  on the same core", ONE, fd, host, plain.pid };
	run.subject[TAPD_SPIN] = (struct subject){ "tapd_spin50_apart", "  on another core, --spin=50", APART, spin_fd,
	    spin_host, spinning.pid };
	rounds(o->seconds);
	close(fd);
	close(spin_fd);
	rig_tapd_stop(&plain);
	rig_tapd_stop(&spinning);
	empty_stop(&empty);
}

/* ------------------------------------------------------------------ main */

static const char *commit(const char *source)
{
	static char text[64];
	char command[512];
	FILE *f;

	if (source == NULL)
		return "";
	snprintf(command, sizeof(command), "git -C '%s' describe --always --dirty 2>/dev/null", source);
	f = popen(command, "r");
	if (f == NULL || fgets(text, sizeof(text), f) == NULL)
		text[0] = '\0';
	if (f != NULL)
		pclose(f);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static void usage(FILE *to)
{
	fprintf(to, "usage: bench_frames --tapd=FILE [--transport=auto|cuse|fuse] [--seconds=N] [--json=FILE]\n"
	    "                    [--source=DIR]\n\n"
	    "  --tapd       the daemon to measure\n"
	    "  --seconds    how long to measure; default $TAPD_BENCH_SECONDS, or 10\n"
	    "  --json       write the figures there too; default $TAPD_BENCH_JSON\n"
	    "  --source     git checkout whose commit is named\n");
}

static void set_seconds(struct options *o, const char *text)
{
	if (text != NULL && !str_to_long(text, 1, 3600, &o->seconds)) {
		fprintf(stderr, "bench_frames: %s: expected seconds, 1 to 3600\n", text);
		exit(EXIT_USAGE);
	}
}

static void parse(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "tapd", required_argument, NULL, 'd' }, { "transport", required_argument, NULL, 't' },
		{ "seconds", required_argument, NULL, 's' }, { "json", required_argument, NULL, 'j' },
		{ "source", required_argument, NULL, 'S' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	int c;

	set_seconds(o, getenv("TAPD_BENCH_SECONDS"));
	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'd')
			o->tapd = optarg;
		else if (c == 't')
			o->transport = optarg;
		else if (c == 's')
			set_seconds(o, optarg);
		else if (c == 'j')
			o->json = optarg;
		else if (c == 'S')
			o->source = optarg;
		else {
			usage(c == 'h' ? stdout : stderr);
			exit(c == 'h' ? EXIT_OK : EXIT_USAGE);
		}
	}
	if (o->tapd == NULL || optind < argc) {
		usage(stderr);
		exit(EXIT_USAGE);
	}
}

int main(int argc, char **argv)
{
	struct options o = { .transport = "auto", .json = getenv("TAPD_BENCH_JSON"), .seconds = 10 };

	parse(&o, argc, argv);
	run.transport = rig_transport(o.transport);
	run.commit = commit(o.source);
	learn_cpus();
	rig_enter(o.seconds + GRACE);
	measure(&o);
	report_text(&run);
	if (o.json != NULL)
		report_json(&run, o.json);
	check();
	return 0;
}
