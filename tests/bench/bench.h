/* SPDX-License-Identifier: BSD-2-Clause */
/* bench_frames: which operations are timed on which devices (ops.c), and what is printed of it (report.c). */
#ifndef TAPD_TESTS_BENCH_BENCH_H
#define TAPD_TESTS_BENCH_BENCH_H

#include <stdbool.h>

#include "samples.h"

#define SLICE	96			/* operations in a row, then the next device has its turn */

/* The devices, in the order of their turns. */
enum { NATIVE, EMPTY, EMPTY_APART, EMPTY_ONE, TAPD, TAPD_APART, TAPD_ONE, TAPD_SPIN, SUBJECTS };

/* Where daemon and program run: as the scheduler likes; bound to two processors; bound to one. */
enum place { FREE, APART, ONE };

struct subject {
	const char *key, *title;
	enum place place;
	int fd;				/* the device, open and blocking */
	int host;			/* packet socket on its interface; -1: it has none */
	pid_t daemon;			/* 0: none, it is the kernel's */
	unsigned long lost;		/* frames written that the host did not see */
};

enum { WRITE_60, WRITE_1514, READ_60, READ_1514, POLL_READ, ECHO, FIONREAD_OP, OPS };

struct op {
	const char *key, *title;
	unsigned len;			/* bytes of a frame */
	/* SLICE times into s. */
	void (*run)(struct subject *sub, unsigned len, struct samples *s);
	bool host, daemon;		/* needs an interface; does not exist on a native TAP */
};

extern const struct op op_table[OPS];

struct run {
	const char *transport, *commit;
	unsigned rounds;
	double seconds;
	struct subject subject[SUBJECTS];
	struct samples samples[OPS][SUBJECTS];
};

void report_text(const struct run *r);
void report_json(const struct run *r, const char *file);

#endif
