/* SPDX-License-Identifier: BSD-2-Clause */
/* What bench_frames says: ratios first, since they outlive the machine; then the figures; and all of it as JSON. */
#include <jansson.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/util.h"
#include "bench.h"
#include "rig.h"

#define LINE	"  %-26s"

/* Which medians are set against which. */
static const struct {
	const char *key, *title;
	int of, to;
} ratio_table[] = {
	{ "tapd_to_empty", "tapd/empty", TAPD, EMPTY },
	{ "tapd_apart_to_empty_apart", "same, apart", TAPD_APART, EMPTY_APART },
	{ "tapd_one_core_to_empty_one_core", "same, 1 core", TAPD_ONE, EMPTY_ONE },
	{ "tapd_to_native", "tapd/native", TAPD, NATIVE },
	{ "tapd_one_core_to_native", "1 core/native", TAPD_ONE, NATIVE },
	{ "tapd_spin_to_tapd_apart", "spin/apart", TAPD_SPIN, TAPD_APART },
	{ "tapd_one_core_to_tapd_apart", "1 core/apart", TAPD_ONE, TAPD_APART },
};

/* 0 where one of the two cannot do it. */
static double ratio(const struct run *r, int op, size_t i)
{
	double to = samples_quantile(&r->samples[op][ratio_table[i].to], 0.5);

	return to == 0 ? 0 : samples_quantile(&r->samples[op][ratio_table[i].of], 0.5) / to;
}

static void print_ratios(const struct run *r)
{
	printf("\nRatios of medians\n" LINE, "");
	for (size_t i = 0; i < NELEM(ratio_table); i++)
		printf("%14s", ratio_table[i].title);
	for (int op = 0; op < OPS; op++) {
		printf("\n" LINE, op_table[op].title);
		for (size_t i = 0; i < NELEM(ratio_table); i++) {
			if (ratio(r, op, i) > 0)
				printf("%14.2f", ratio(r, op, i));
			else
				printf("%14s", "-");
		}
	}
	printf("\n");
}

static void print_op(const struct run *r, int op)
{
	printf("\n  %s\n", op_table[op].title);
	for (int i = 0; i < SUBJECTS; i++) {
		const struct samples *s = &r->samples[op][i];

		if (s->n > 0)
			printf("    %-30s %10.0f %9.2f %9.2f %9.2f %9zu\n", r->subject[i].title, samples_rate(s),
			    samples_quantile(s, 0.5), samples_quantile(s, 0.99), samples_cpu(s), s->n);
	}
}

static long cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

void report_text(const struct run *r)
{
	struct utsname u;

	uname(&u);
	printf("tapd %s%s%s; %s %s %s, %ld CPUs; transport %s; %u rounds of %d, %.0f s\n", TAPD_VERSION,
	    r->commit[0] != '\0' ? ", commit " : "", r->commit, u.sysname, u.release, u.machine, cpus(), r->transport,
	    r->rounds, SLICE, r->seconds);
	print_ratios(r);
	printf("\n    %-30s %10s %9s %9s %9s %9s\n", "", "a second", "p50 us", "p99 us", "daemon us", "samples");
	for (int op = 0; op < OPS; op++)
		print_op(r, op);
}

/* ------------------------------------------------------------------ JSON */

static json_t *json_subjects(const struct run *r, int op)
{
	json_t *o = json_object();

	for (int i = 0; i < SUBJECTS; i++) {
		const struct samples *s = &r->samples[op][i];

		if (s->n > 0)
			json_object_set_new(o, r->subject[i].key, json_pack("{s:f, s:f, s:f, s:f, s:I}",
			    "per_second", samples_rate(s), "p50_us", samples_quantile(s, 0.5),
			    "p99_us", samples_quantile(s, 0.99), "daemon_cpu_us", samples_cpu(s),
			    "samples", (json_int_t)s->n));
	}
	return o;
}

static json_t *json_ratios(const struct run *r, int op)
{
	json_t *o = json_object();

	for (size_t i = 0; i < NELEM(ratio_table); i++)
		if (ratio(r, op, i) > 0)
			json_object_set_new(o, ratio_table[i].key, json_real(ratio(r, op, i)));
	return o;
}

void report_json(const struct run *r, const char *file)
{
	json_t *ratios = json_object(), *ops = json_object(), *all;
	struct utsname u;

	for (int op = 0; op < OPS; op++) {
		json_object_set_new(ratios, op_table[op].key, json_ratios(r, op));
		json_object_set_new(ops, op_table[op].key, json_subjects(r, op));
	}
	uname(&u);
	all = json_pack("{s:i, s:s, s:s, s:s, s:s, s:I, s:s, s:i, s:f, s:o, s:o}", "version", 1, "tapd", TAPD_VERSION,
	    "commit", r->commit, "kernel", u.release, "machine", u.machine, "cpus", (json_int_t)cpus(),
	    "transport", r->transport, "rounds", (int)r->rounds, "seconds", r->seconds, "ratios", ratios, "ops", ops);
	if (all == NULL || json_dump_file(all, file, JSON_INDENT(1) | JSON_REAL_PRECISION(5)) != 0)
		rig_fail("%s: could not be written", file);
	json_decref(all);
}
