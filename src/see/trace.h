/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call of a program in words, as truss(1) would show it, with the reason behind its result:
 *
 *	757 tapdump  read(tap0, 1514) = EHOSTDOWN  tap0 is not up: tapctl tap0 up, or ...
 *
 * Each part is printable ASCII, whatever the program passed.
 */
#ifndef TAPD_SEE_TRACE_H
#define TAPD_SEE_TRACE_H

#include <stddef.h>

#include "tap/tap.h"

#define TRACE_LINE_MAX	512	/* bytes that hold any of these texts, NUL included */
#define TRACE_NAME_MAX	16	/* bytes of a program's name, NUL included */

/* Everything but who made it: "read(tap0, 1514) = 60".  No newline. */
void trace_call(const struct tap_call *c, char *text, size_t size);
/* The frame that was read or written: "02:00:00:00:00:02 > ff:ff:ff:ff:ff:ff ARP, 42 bytes"; "" where there is none. */
void trace_frame(const struct tap_call *c, char *text, size_t size);
/* The reason with its advice; "" where there is none. */
void trace_why(const struct tap_call *c, char *text, size_t size);
/*
 * Who: the process and its program's name, by /proc; 0 and "?" where that cannot be known.  Remembered for a moment, so
 * that looking at a busy program costs little.
 */
void trace_who(const struct tap_call *c, pid_t *pid, char name[TRACE_NAME_MAX]);

#endif
