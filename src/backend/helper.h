/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A wire whose library runs in a process of its own, the helper: one that waits when it likes, loads plug-ins, or reads
 * what strangers send and may die of it.  tapd and the helper pass frames over a socket pair; tapd never waits for it,
 * and starts another a second after one ended.
 */
#ifndef TAPD_BACKEND_HELPER_H
#define TAPD_BACKEND_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "backend/wire.h"

/* Memory of both.  tapd takes the helper's numbers and words for what they are: a stranger's. */
#define HELPER_COUNTS 2
struct helper_shared {
	char text[128];				/* why it could not start */
	uint64_t count[HELPER_COUNTS];		/* the wire's */
};

struct helper {
	/* The wire fills in these. */
	struct wire *w;
	/* In the helper: helper_ready(), then work on fd until tapd hangs up: 0; or an errno that ended it. */
	int (*run)(struct helper *h, int fd);
	/* In tapd: tell the user that it works (error 0), or that it ended, and by which signal if by one. */
	void (*say)(struct helper *h, int error, int signo);
	/* The rest is helper.c's. */
	struct helper_shared *shared;
	pid_t pid;
	int fd;					/* to the helper, or -1 */
	int error;				/* what it last said */
	struct loop_fd src;
	struct loop_timer retry;
	uint64_t rx, tx, tx_away, tx_full, starts;
};

/* Make what both share.  0, and helper_close() must follow; or -errno. */
int helper_init(struct helper *h);
/* Start it soon, and tell what comes of it; or now, and wait for its first word: 0, or -errno of it. */
void helper_start_soon(struct helper *h);
int helper_start_now(struct helper *h);
/* End it, in order if it can be: it has 100 ms. */
void helper_close(struct helper *h);

/* As wire_ops.send() and each_stat().  The wire must be up. */
int helper_send(struct helper *h, const void *frame, size_t len);
void helper_each_stat(const struct helper *h, tap_stat_fn *fn, void *arg);

/* In the helper: it works from now on.  A frame for tapd, which waits while tapd is busy; false: tapd hung up. */
void helper_ready(int fd);
bool helper_pass(int fd, const void *frame, size_t len);

#endif
