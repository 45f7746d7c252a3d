/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event loop: descriptors, timers and signals on one epoll set, one thread.  It knows nothing of taps.
 *
 * Handlers may add and delete anything, themselves included, from inside any handler: a deleted source is not called
 * again, not even for an event that was already fetched.
 */
#ifndef TAPD_BASE_LOOP_H
#define TAPD_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

struct loop;

/* A watched descriptor.  The caller owns the memory and the descriptor; deletes before closing. */
struct loop_fd {
	int fd;
	void (*fn)(void *arg, uint32_t events);		/* events: EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP */
	void *arg;
};

/* A one-shot timer. */
struct loop_timer {
	uint64_t when;					/* ns, CLOCK_MONOTONIC; 0: not set */
	void (*fn)(void *arg);
	void *arg;
	TAILQ_ENTRY(loop_timer) link;
};

struct loop *loop_new(void);				/* NULL: errno says why */
void loop_free(struct loop *l);
int loop_run(struct loop *l);				/* until loop_stop(): its status; or -errno */
void loop_stop(struct loop *l, int status);

int loop_fd_add(struct loop *l, struct loop_fd *f, int fd, uint32_t events, void (*fn)(void *, uint32_t), void *arg);
int loop_fd_mod(struct loop *l, struct loop_fd *f, uint32_t events);
void loop_fd_del(struct loop *l, struct loop_fd *f);	/* harmless when not added */

#define LOOP_MS UINT64_C(1000000)			/* ns */
uint64_t loop_now(void);				/* ns, CLOCK_MONOTONIC */
void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t ns, void (*fn)(void *), void *arg);
void loop_timer_del(struct loop *l, struct loop_timer *t);	/* harmless when not set */

/* Block signo and have fn called for it from the loop. */
int loop_signal(struct loop *l, int signo, void (*fn)(void *arg, int signo), void *arg);

/* Before it sleeps the loop polls for up to us microseconds without sleeping: latency for processor time.  0: never. */
void loop_set_spin(struct loop *l, unsigned us);

#endif
