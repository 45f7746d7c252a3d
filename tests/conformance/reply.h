/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies of include/tapd/ctl.h, read for both devices under test. */
#ifndef TAPD_TESTS_REPLY_H
#define TAPD_TESTS_REPLY_H

#include <jansson.h>

#include "tests/conformance/dut.h"

json_t *reply_words(const char *line);		/* a new array */
/* What tapctl would print, or the error's message; 0 or -errno as the reply names it. */
int reply_text(const json_t *reply, char *out, size_t size);
/* The first unit in it; exists is false when there is none. */
void reply_unit(const json_t *reply, struct ustate *u);

#endif
