/* SPDX-License-Identifier: BSD-2-Clause */
/* What kqueue.c (the queue and its notes) and kqfilter.c (what a note watches) share.  Nobody else includes this. */
#ifndef TAPBSD_KQUEUE_H
#define TAPBSD_KQUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "bsd/sys/event.h"

enum { INNER_READ, INNER_WRITE, NINNER };

/*
 * A note.  One of READ or WRITE is an entry of the inner epoll set of that filter, under the program's own descriptor;
 * any other has a descriptor of its own (`own`) in the outer set.  Both carry the token, by which an event finds its
 * note: a number that is never used twice, since an epoll set may still speak of a descriptor that was closed.
 */
struct knote {
	struct knote *next;
	const struct filter *filter;
	struct kevent ev;		/* as registered: flags has EV_ONESHOT, EV_CLEAR, EV_DISPATCH */
	uint64_t token;
	int own;			/* timerfd or eventfd; -1: none */
	bool enabled;
	unsigned seen;			/* EVFILT_SIGNAL: deliveries already told */
	int slot;			/* and what the handler writes to */
};

/*
 * A queue.  The program's descriptor is the outer epoll set, which holds the inner ones, so it can be polled.  There
 * are two inner sets, as one descriptor may have a note of each filter with flags of its own, and a set takes it but
 * once.
 */
struct kqueue {
	struct kqueue *next;
	int fd;
	int inner[NINNER];
	int marker;			/* an eventfd in the outer set; a descriptor without it is no more the queue */
	struct knote *notes;
};

/* 0 or -errno.  A queue's lock is held. */
struct filter {
	short number;
	int inner;			/* the set, for filters of the program's descriptors; -1 */
	int (*attach)(struct kqueue *kq, struct knote *kn);	/* sets up kn->own, or adds to the inner set */
	void (*detach)(struct kqueue *kq, struct knote *kn);	/* undoes it; kn->own is closed by the caller */
	/* What there is to say, in out, which is kn->ev at first; false: nothing after all. */
	bool (*report)(struct knote *kn, uint32_t events, struct kevent *out);
	int (*update)(struct knote *kn, const struct kevent *change);	/* NULL: attach anew */
};

/* NULL: no such filter. */
const struct filter *tapbsd_kq_filter(int number);
/* In a child of fork(2): no signals for the queues of its parent. */
void tapbsd_kq_forget_signals(void);
/* kevent(2) begins: the handlers that count signals are put in front of what the program installed since. */
void tapbsd_kq_watch_signals(void);

#endif
