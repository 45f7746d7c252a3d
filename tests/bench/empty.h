/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The empty device: what any device served from userspace costs.  One file over libfuse's own loop; a write is
 * swallowed, a read gives a constant, poll says ready, FIONREAD says one frame.  Nothing of tapd is in it.
 */
#ifndef TAPD_TESTS_BENCH_EMPTY_H
#define TAPD_TESTS_BENCH_EMPTY_H

#include <sys/ioctl.h>
#include <sys/types.h>

#define EMPTY_FIONREAD	_IOR('f', 127, int)	/* by value not Linux's own, which the VFS answers on files */

struct empty {
	pid_t pid;
	int fd;				/* open, blocking */
	char path[64];
};

/* On "cuse" or "fuse".  Fails or skips as rig.h says. */
void empty_start(struct empty *e, const char *transport);
void empty_stop(struct empty *e);

#endif
