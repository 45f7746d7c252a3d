/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The event loop: see loop.h.
 *
 * Deleting while events of the same epoll_wait are still to be handled: loop_fd_del() blanks the deleted source in the
 * batch, so that no handler is called with memory that may be gone.
 */
#include "base/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define BATCH		64
#define SIGNALS_MAX	8

struct loop {
	int epfd;
	bool stopped;
	int status;
	unsigned spin_us;
	struct epoll_event batch[BATCH];
	int batch_next, batch_len;
	TAILQ_HEAD(, loop_timer) timers;	/* soonest first */
	int sigfd;
	sigset_t sigset;
	struct loop_fd sigsrc;
	struct {
		int signo;
		void (*fn)(void *, int);
		void *arg;
	} signals[SIGNALS_MAX];
	unsigned nsignals;
};

uint64_t loop_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + ts.tv_nsec;
}

struct loop *loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->sigfd = -1;
	sigemptyset(&l->sigset);
	TAILQ_INIT(&l->timers);
	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epfd < 0) {
		free(l);
		return NULL;
	}
	return l;
}

void loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	if (l->sigfd >= 0)
		close(l->sigfd);
	close(l->epfd);
	free(l);
}

void loop_stop(struct loop *l, int status)
{
	l->stopped = true;
	l->status = status;
}

void loop_set_spin(struct loop *l, unsigned us)
{
	l->spin_us = us;
}

int loop_fd_add(struct loop *l, struct loop_fd *f, int fd, uint32_t events, void (*fn)(void *, uint32_t), void *arg)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	*f = (struct loop_fd){ .fd = fd, .fn = fn, .arg = arg };
	if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, fd, &ev) == 0)
		return 0;
	f->fn = NULL;
	return -errno;
}

int loop_fd_mod(struct loop *l, struct loop_fd *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	return epoll_ctl(l->epfd, EPOLL_CTL_MOD, f->fd, &ev) == 0 ? 0 : -errno;
}

void loop_fd_del(struct loop *l, struct loop_fd *f)
{
	if (f->fn == NULL)
		return;
	epoll_ctl(l->epfd, EPOLL_CTL_DEL, f->fd, NULL);
	f->fn = NULL;
	for (int i = l->batch_next; i < l->batch_len; i++)
		if (l->batch[i].data.ptr == f)
			l->batch[i].data.ptr = NULL;
}

void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t ns, void (*fn)(void *), void *arg)
{
	struct loop_timer *after;

	loop_timer_del(l, t);
	*t = (struct loop_timer){ .when = loop_now() + ns, .fn = fn, .arg = arg };
	TAILQ_FOREACH(after, &l->timers, link)
		if (after->when > t->when)
			break;
	if (after != NULL)
		TAILQ_INSERT_BEFORE(after, t, link);
	else
		TAILQ_INSERT_TAIL(&l->timers, t, link);
}

void loop_timer_del(struct loop *l, struct loop_timer *t)
{
	if (t->when == 0)
		return;
	TAILQ_REMOVE(&l->timers, t, link);
	t->when = 0;
}

static void on_signalfd(void *arg, uint32_t events)
{
	struct loop *l = arg;
	struct signalfd_siginfo si;

	while (read(l->sigfd, &si, sizeof(si)) == sizeof(si))
		for (unsigned i = 0; i < l->nsignals; i++)
			if (l->signals[i].signo == (int)si.ssi_signo)
				l->signals[i].fn(l->signals[i].arg, si.ssi_signo);
}

int loop_signal(struct loop *l, int signo, void (*fn)(void *, int), void *arg)
{
	int fd;

	if (l->nsignals == SIGNALS_MAX)
		return -ENOSPC;
	sigaddset(&l->sigset, signo);
	if (sigprocmask(SIG_BLOCK, &l->sigset, NULL) != 0)
		return -errno;
	fd = signalfd(l->sigfd, &l->sigset, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	l->signals[l->nsignals].signo = signo;
	l->signals[l->nsignals].fn = fn;
	l->signals[l->nsignals++].arg = arg;
	if (l->sigfd >= 0)
		return 0;
	l->sigfd = fd;
	return loop_fd_add(l, &l->sigsrc, fd, EPOLLIN, on_signalfd, l);
}

/* The time until the next timer, or NULL when there is none. */
static const struct timespec *timeout(const struct loop *l, struct timespec *ts)
{
	const struct loop_timer *t = TAILQ_FIRST(&l->timers);
	uint64_t now, left;

	if (t == NULL)
		return NULL;
	now = loop_now();
	left = t->when <= now ? 0 : t->when - now;
	*ts = (struct timespec){ left / 1000000000u, left % 1000000000u };
	return ts;
}

static void run_timers(struct loop *l)
{
	uint64_t now = loop_now();
	struct loop_timer *t;

	while (!l->stopped && (t = TAILQ_FIRST(&l->timers)) != NULL && t->when <= now) {
		loop_timer_del(l, t);
		t->fn(t->arg);
	}
}

/* The next events; polls without sleeping first where that was asked for. */
static int wait_events(struct loop *l)
{
	struct timespec ts;
	int n;

	if (l->spin_us > 0) {
		uint64_t until = loop_now() + l->spin_us * 1000u;

		do {
			n = epoll_wait(l->epfd, l->batch, BATCH, 0);
		} while (n == 0 && loop_now() < until);
		if (n != 0)
			return n;
	}
	return epoll_pwait2(l->epfd, l->batch, BATCH, timeout(l, &ts), NULL);
}

int loop_run(struct loop *l)
{
	l->stopped = false;
	l->status = 0;
	while (!l->stopped) {
		int n = wait_events(l);

		if (n < 0 && errno != EINTR)
			return -errno;
		l->batch_len = n < 0 ? 0 : n;
		for (l->batch_next = 0; l->batch_next < l->batch_len && !l->stopped;) {
			struct epoll_event *ev = &l->batch[l->batch_next++];
			struct loop_fd *f = ev->data.ptr;

			if (f != NULL)
				f->fn(f->arg, ev->events);
		}
		l->batch_len = 0;
		if (!TAILQ_EMPTY(&l->timers))
			run_timers(l);
	}
	return l->status;
}
