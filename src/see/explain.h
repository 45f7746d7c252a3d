/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last failures of each unit, kept so that `tapctl explain` can tell them afterwards.  What came again is counted,
 * not kept twice: a program that fails a million times in one way leaves room for what failed in another.
 */
#ifndef TAPD_SEE_EXPLAIN_H
#define TAPD_SEE_EXPLAIN_H

#include <time.h>

#include "see/trace.h"
#include "tap/tap.h"

#define EXPLAIN_KEPT 16		/* different failures of a unit; of all devices without one */

struct explain;
struct explain_item {
	struct timespec when;	/* CLOCK_REALTIME, of the last of them */
	uint64_t times;		/* how often it came */
	pid_t pid;
	enum tap_why why;
	char device[TAP_IFNAMSIZ];
	char program[TRACE_NAME_MAX];
	char call[TRACE_LINE_MAX];	/* the last of them: "read(tap0, 1514) = EHOSTDOWN" */
	char frame[TRACE_LINE_MAX];	/* as trace_frame() */
	char text[TRACE_LINE_MAX];	/* as trace_why() */
};

/* Looks on from now; NULL: no memory. */
struct explain *explain_new(struct tap_driver *drv);
void explain_free(struct explain *e);	/* NULL is harmless */
/*
 * Newest first.  sc NULL: of calls that reached no unit (failed opens of a clone device, for example).  A unit's own
 * are forgotten with the unit.  e NULL has none.
 */
void explain_each(const struct explain *e, const struct tap_softc *sc,
    void (*fn)(void *arg, const struct explain_item *i), void *arg);

#endif
