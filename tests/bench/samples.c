/* SPDX-License-Identifier: BSD-2-Clause */
/* Latencies of one operation on one device: see samples.h. */
#include "samples.h"

#include <stdlib.h>

#include "rig.h"

void samples_add(struct samples *s, uint64_t ns)
{
	if (s->n == SAMPLES_MAX)
		return;
	if (s->n == s->room) {
		s->room = s->room == 0 ? 1024 : 2 * s->room;
		s->ns = realloc(s->ns, s->room * sizeof(*s->ns));
		if (s->ns == NULL)
			rig_fail("out of memory");
	}
	s->ns[s->n++] = ns > UINT32_MAX ? UINT32_MAX : ns;
	s->sum += ns;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void samples_sort(struct samples *s)
{
	if (s->n > 0)
		qsort(s->ns, s->n, sizeof(*s->ns), compare);
}

double samples_quantile(const struct samples *s, double q)
{
	return s->n == 0 ? 0 : s->ns[(size_t)(q * (s->n - 1))] / 1e3;
}

double samples_rate(const struct samples *s)
{
	return s->sum == 0 ? 0 : s->n * 1e9 / s->sum;
}

double samples_cpu(const struct samples *s)
{
	return s->n == 0 ? 0 : s->cpu / 1e3 / s->n;
}
