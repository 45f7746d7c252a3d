/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of reasons: see why.h. */
#include "tap/why.h"

const struct tap_why_desc tap_why_table[TAP_WHY_COUNT] = {
#define X(id, text, advice) [TAP_WHY_##id] = { #id, text, advice },
	TAP_WHYS(X)
#undef X
};
