/* SPDX-License-Identifier: BSD-2-Clause */
/* Latencies of one operation on one device, and what is to be said of them. */
#ifndef TAPD_TESTS_BENCH_SAMPLES_H
#define TAPD_TESTS_BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLES_MAX 200000		/* later ones are not kept */

struct samples {
	uint32_t *ns;
	size_t n, room;
	uint64_t sum;			/* ns */
	uint64_t cpu;			/* ns of the daemon's processor time while they were taken */
};

void samples_add(struct samples *s, uint64_t ns);
void samples_sort(struct samples *s);	/* before samples_quantile() */
double samples_quantile(const struct samples *s, double q);	/* us; 0 when there are none */
double samples_rate(const struct samples *s);	/* a second, one after the other */
double samples_cpu(const struct samples *s);	/* us each */

#endif
