/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kqueue(2) on epoll(7): see kqueue.h for how a queue is laid out, kqfilter.c for what its notes watch.  As on BSD a
 * queue is not the child's after fork(2), nor there after exec(2), and closing its descriptor ends it; what it had is
 * given back at the next kqueue().
 */
#include "bsd/kqueue.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "bsd/tapbsd.h"

#define BATCH		64	/* events taken from a set at once */
#define KEPT_FLAGS	(EV_ONESHOT | EV_CLEAR | EV_DISPATCH)

TAPBSD_PUBLIC int kqueue(void);
TAPBSD_PUBLIC int kqueue1(int flags);
TAPBSD_PUBLIC int kevent(int kq, const struct kevent *changelist, int nchanges, struct kevent *eventlist, int nevents,
    const struct timespec *timeout);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct kqueue *queues;
static uint64_t last_token = NINNER;	/* the first ones are the inner sets */

/* ------------------------------------------------------------------ notes */

/* Into the outer set, for what is not in an inner one. */
static int join(struct kqueue *kq, struct knote *kn)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = kn->token };

	if (kn->own < 0)
		return 0;
	return epoll_ctl(kq->fd, EPOLL_CTL_ADD, kn->own, &e) == 0 ? 0 : -errno;
}

static void leave(struct kqueue *kq, struct knote *kn)
{
	if (kn->own >= 0)
		epoll_ctl(kq->fd, EPOLL_CTL_DEL, kn->own, NULL);
}

static void detach(struct kqueue *kq, struct knote *kn)
{
	kn->filter->detach(kq, kn);
	if (kn->own >= 0)
		close(kn->own);		/* which takes it out of the set */
	kn->own = -1;
}

static int attach(struct kqueue *kq, struct knote *kn)
{
	int err;

	kn->token = ++last_token;
	err = kn->filter->attach(kq, kn);
	if (err == 0)
		err = join(kq, kn);
	if (err < 0 && kn->own >= 0) {
		close(kn->own);
		kn->own = -1;
	}
	return err;
}

/* A descriptor's note is simply not in its set while it is disabled; a timer goes on. */
static int enable(struct kqueue *kq, struct knote *kn, bool on)
{
	int err = 0;

	if (kn->enabled == on)
		return 0;
	if (kn->filter->inner >= 0)
		err = on ? attach(kq, kn) : (detach(kq, kn), 0);
	else
		err = on ? join(kq, kn) : (leave(kq, kn), 0);
	if (err == 0)
		kn->enabled = on;
	return err;
}

static struct knote **find(struct kqueue *kq, uintptr_t ident, int filter)
{
	struct knote **p = &kq->notes;

	while (*p != NULL && ((*p)->ev.ident != ident || (*p)->filter->number != filter))
		p = &(*p)->next;
	return p;
}

static struct knote **find_token(struct kqueue *kq, uint64_t token)
{
	struct knote **p = &kq->notes;

	while (*p != NULL && (*p)->token != token)
		p = &(*p)->next;
	return p;
}

static void drop(struct kqueue *kq, struct knote **p)
{
	struct knote *kn = *p;

	*p = kn->next;
	if (kn->enabled || kn->filter->inner < 0)
		detach(kq, kn);
	free(kn);
}

/*
 * A set goes on speaking of a closed descriptor as long as another process or descriptor has the file open, and will
 * not be told to stop: it is made anew, with the notes whose descriptors are still open.
 */
static void renew(struct kqueue *kq, int inner)
{
	struct epoll_event e = { .events = EPOLLIN, .data.u64 = (uint64_t)inner };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	if (fd < 0)
		return;
	close(kq->inner[inner]);
	kq->inner[inner] = fd;
	epoll_ctl(kq->fd, EPOLL_CTL_ADD, fd, &e);
	for (struct knote *kn = kq->notes; kn != NULL; kn = kn->next)
		if (kn->filter->inner == inner && kn->enabled && kn->own < 0)
			kn->filter->attach(kq, kn);
}

/* ------------------------------------------------------------------ queues */

static bool is_queue(const struct kqueue *kq)
{
	struct epoll_event none = { 0 };
	int saved = errno;
	bool is = epoll_ctl(kq->fd, EPOLL_CTL_MOD, kq->marker, &none) == 0;

	errno = saved;
	return is;
}

static void free_queue(struct kqueue *kq)
{
	while (kq->notes != NULL)
		drop(kq, &kq->notes);
	for (int i = 0; i < NINNER; i++)
		if (kq->inner[i] >= 0)
			close(kq->inner[i]);
	if (kq->marker >= 0)
		close(kq->marker);
	free(kq);
}

/* Those whose descriptor the program closed; after fork, all, with the descriptors. */
static void sweep(bool forked)
{
	struct kqueue **p = &queues;

	while (*p != NULL) {
		struct kqueue *kq = *p;
		bool is = is_queue(kq);

		if (is && !forked) {
			p = &kq->next;
			continue;
		}
		*p = kq->next;
		if (is)
			close(kq->fd);
		kq->fd = -1;
		free_queue(kq);
	}
}

static void before_fork(void)
{
	pthread_mutex_lock(&lock);
}

static void in_parent(void)
{
	pthread_mutex_unlock(&lock);
}

/*
 * Only descriptors are closed here: an epoll set that is still the parent's must not be changed through the child's.
 */
static void in_child(void)
{
	struct kqueue *kq;
	struct knote *kn;

	while ((kq = queues) != NULL) {
		queues = kq->next;
		if (is_queue(kq))
			close(kq->fd);
		while ((kn = kq->notes) != NULL) {
			kq->notes = kn->next;
			if (kn->own >= 0)
				close(kn->own);
			free(kn);
		}
		free_queue(kq);
	}
	tapbsd_kq_forget_signals();
	pthread_mutex_init(&lock, NULL);
}

static void prepare(void)
{
	pthread_atfork(before_fork, in_parent, in_child);
}

static int open_queue(struct kqueue *kq)
{
	struct epoll_event e = { 0 };

	kq->marker = kq->inner[INNER_READ] = kq->inner[INNER_WRITE] = -1;
	kq->fd = epoll_create1(EPOLL_CLOEXEC);
	if (kq->fd < 0)
		return -errno;
	kq->marker = eventfd(0, EFD_CLOEXEC);
	if (kq->marker < 0 || epoll_ctl(kq->fd, EPOLL_CTL_ADD, kq->marker, &e) != 0)
		return -errno;
	for (int i = 0; i < NINNER; i++) {
		e = (struct epoll_event){ .events = EPOLLIN, .data.u64 = (uint64_t)i };
		kq->inner[i] = epoll_create1(EPOLL_CLOEXEC);
		if (kq->inner[i] < 0 || epoll_ctl(kq->fd, EPOLL_CTL_ADD, kq->inner[i], &e) != 0)
			return -errno;
	}
	return 0;
}

int kqueue1(int flags)
{
	struct kqueue *kq = calloc(1, sizeof(*kq));
	int err;

	if (kq == NULL)
		return -1;
	pthread_once(&once, prepare);
	pthread_mutex_lock(&lock);
	sweep(false);
	err = open_queue(kq);
	if (err == 0) {
		kq->next = queues;
		queues = kq;
	}
	pthread_mutex_unlock(&lock);
	if (err == 0)
		return kq->fd;
	if (kq->fd >= 0)
		close(kq->fd);
	free_queue(kq);
	errno = -err;
	return -1;
}

int kqueue(void)
{
	return kqueue1(0);
}

static struct kqueue *queue_of(int fd)
{
	for (struct kqueue *kq = queues; kq != NULL; kq = kq->next)
		if (kq->fd == fd)
			return is_queue(kq) ? kq : NULL;
	return NULL;
}

/* ------------------------------------------------------------------ changes */

static int add(struct kqueue *kq, const struct filter *f, const struct kevent *change)
{
	struct knote *kn = calloc(1, sizeof(*kn));
	int err;

	if (kn == NULL)
		return -ENOMEM;
	kn->filter = f;
	kn->own = -1;
	kn->ev = *change;
	kn->ev.flags &= KEPT_FLAGS;
	kn->enabled = true;
	err = attach(kq, kn);
	if (err < 0) {
		free(kn);
		return err;
	}
	kn->next = kq->notes;
	kq->notes = kn;
	return change->flags & EV_DISABLE ? enable(kq, kn, false) : 0;
}

/* A note that is there takes the new flags; what it watches begins anew. */
static int modify(struct kqueue *kq, struct knote *kn, const struct kevent *change)
{
	struct kevent ev = *change;
	int err = 0;

	if (kn->filter->update != NULL)
		err = kn->filter->update(kn, change);
	if (change->flags & EV_ADD && kn->filter->update == NULL) {
		if (kn->enabled || kn->filter->inner < 0)
			detach(kq, kn);
		ev.flags &= KEPT_FLAGS;
		kn->ev = ev;
		kn->enabled = true;
		err = attach(kq, kn);
	}
	if (err == 0 && change->flags & EV_DISABLE)
		err = enable(kq, kn, false);
	else if (err == 0 && change->flags & (EV_ENABLE | EV_ADD))
		err = enable(kq, kn, true);
	return err;
}

/* Of a filter that is not here a tap says what its system would (PO-10). */
static int no_filter(const struct kevent *change)
{
	bool active;
	int64_t data;
	int err = tapbsd_kqdata((int)change->ident, change->filter, &active, &data);

	return err == -ENOTTY || err == 0 ? -EINVAL : err;
}

static int apply(struct kqueue *kq, const struct kevent *change)
{
	const struct filter *f = tapbsd_kq_filter(change->filter);
	struct knote **p;
	int err;

	if (f == NULL)
		return no_filter(change);
	if (f->inner >= 0 && (change->ident > INT32_MAX || fcntl((int)change->ident, F_GETFD) < 0))
		return -EBADF;
	p = find(kq, change->ident, change->filter);
	if (*p == NULL)
		return change->flags & EV_ADD ? add(kq, f, change) : -ENOENT;
	if (change->flags & EV_DELETE) {
		drop(kq, p);
		return 0;
	}
	err = modify(kq, *p, change);
	if (err < 0 && change->flags & EV_ADD)
		drop(kq, p);
	return err;
}

/* Errors go into the event list while there is room; otherwise the first one ends it.  How many, or -errno. */
static int apply_all(struct kqueue *kq, const struct kevent *changes, int n, struct kevent *events, int room)
{
	int told = 0;

	for (int i = 0; i < n; i++) {
		int err = apply(kq, &changes[i]);

		if (err == 0 && (changes[i].flags & EV_RECEIPT) == 0)
			continue;
		if (told == room)
			return err < 0 ? err : told;
		events[told] = changes[i];
		events[told].flags = EV_ERROR;
		events[told++].data = -err;
	}
	return told;
}

/* ------------------------------------------------------------------ events */

/* True when it made an event. */
static bool deliver(struct kqueue *kq, struct knote **p, uint32_t events, struct kevent *out)
{
	struct knote *kn = *p;

	*out = kn->ev;
	out->data = 0;
	if (!kn->filter->report(kn, events, out))
		return false;
	if (kn->ev.flags & EV_ONESHOT)
		drop(kq, p);
	else if (kn->ev.flags & EV_DISPATCH)
		enable(kq, kn, false);
	return true;
}

static int collect_inner(struct kqueue *kq, int inner, struct kevent *events, int room)
{
	struct epoll_event e[BATCH];
	int n = epoll_wait(kq->inner[inner], e, room < BATCH ? room : BATCH, 0), got = 0;
	bool stale = false;

	for (int i = 0; i < n; i++) {
		struct knote **p = find_token(kq, e[i].data.u64);

		if (*p != NULL && fcntl((int)(*p)->ev.ident, F_GETFD) >= 0) {
			got += deliver(kq, p, e[i].events, &events[got]);
			continue;
		}
		stale = true;
		if (*p != NULL)
			drop(kq, p);
	}
	if (stale)
		renew(kq, inner);
	return got;
}

static int collect(struct kqueue *kq, struct kevent *events, int room)
{
	struct epoll_event e[BATCH];
	int n = epoll_wait(kq->fd, e, room < BATCH ? room : BATCH, 0), got = 0;

	for (int i = 0; i < n && got < room; i++) {
		struct knote **p;

		if (e[i].data.u64 < NINNER) {
			got += collect_inner(kq, (int)e[i].data.u64, &events[got], room - got);
			continue;
		}
		p = find_token(kq, e[i].data.u64);
		if (*p != NULL)
			got += deliver(kq, p, e[i].events, &events[got]);
	}
	return got;
}

/* What is left until the end, or no time at all. */
static struct timespec until(const struct timespec *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	now.tv_sec = end->tv_sec - now.tv_sec;
	now.tv_nsec = end->tv_nsec - now.tv_nsec;
	if (now.tv_nsec < 0) {
		now.tv_sec--;
		now.tv_nsec += 1000000000;
	}
	return now.tv_sec < 0 ? (struct timespec){ 0 } : now;
}

/* One look, after at most the time left (NULL: any).  How many events; -ETIMEDOUT: none came. */
static int look(int fd, struct kevent *events, int room, const struct timespec *left)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int rc = ppoll(&pfd, 1, left, NULL), err = rc < 0 ? -errno : rc == 0 ? -ETIMEDOUT : 0;
	struct kqueue *kq;
	int got;

	if (pfd.revents & POLLNVAL)
		return -EBADF;
	pthread_mutex_lock(&lock);
	kq = queue_of(fd);
	got = kq == NULL ? -EBADF : collect(kq, events, room);
	pthread_mutex_unlock(&lock);
	return got != 0 ? got : err;
}

static int wait_events(int fd, struct kevent *events, int room, const struct timespec *timeout)
{
	struct timespec end, left;
	int got;

	if (timeout != NULL) {
		clock_gettime(CLOCK_MONOTONIC, &end);
		end.tv_sec += timeout->tv_sec;
		end.tv_nsec += timeout->tv_nsec;
		if (end.tv_nsec >= 1000000000) {
			end.tv_sec++;
			end.tv_nsec -= 1000000000;
		}
	}
	do {
		if (timeout != NULL)
			left = until(&end);
		got = look(fd, events, room, timeout != NULL ? &left : NULL);
	} while (got == 0);
	return got == -ETIMEDOUT ? 0 : got;
}

int kevent(int fd, const struct kevent *changelist, int nchanges, struct kevent *eventlist, int nevents,
    const struct timespec *timeout)
{
	struct kqueue *kq;
	int rc;

	pthread_mutex_lock(&lock);
	kq = queue_of(fd);
	if (kq != NULL)
		tapbsd_kq_watch_signals();
	rc = kq == NULL ? -EBADF : apply_all(kq, changelist, nchanges, eventlist, nevents);
	pthread_mutex_unlock(&lock);
	if (rc == 0 && nevents > 0)
		rc = wait_events(fd, eventlist, nevents, timeout);
	if (rc >= 0)
		return rc;
	errno = -rc;
	return -1;
}
