/* SPDX-License-Identifier: BSD-2-Clause */
/* One case under way: what main.c and steps.c share. */
#ifndef TAPD_TESTS_RUN_H
#define TAPD_TESTS_RUN_H

#include "tests/conformance/suite.h"

struct run {
	struct dut *d;
	const struct tcase *c;
	const char *dialect;
	const char *unit;		/* "tap0" or "vmnet0" */
	const struct step *at;
	int fd;				/* FD() */
	int sent, written;		/* frames so far, by the host and by the program */
	uint8_t written_dst;		/* TO_* of the last one */
	struct ustate base;		/* counters count from here */
	char failure[512];		/* "" while all is well */
};

/* Records the first failure of the case; the steps after it are not made. */
void run_fail(struct run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Name of a result: "60", "EAGAIN (Resource temporarily unavailable)". */
const char *result_name(long v, char *buf, size_t size);

/* Brings about c->given. */
void run_given(struct run *r);
/* Calls until fn says true, for WAIT_MS at most; yields in between. */
bool wait_until(struct run *r, bool (*fn)(struct run *r, const void *arg), const void *arg);

#endif
