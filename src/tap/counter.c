/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters as a table, for whoever shows them. */
#include "tap/tap.h"

const struct tap_counter_desc tap_counter_table[] = {
#define X(name, help) { #name, help, offsetof(struct tap_counters, name) },
	TAP_COUNTERS(X)
#undef X
	{ 0 },
};
