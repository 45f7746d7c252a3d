/* SPDX-License-Identifier: BSD-2-Clause */
/* kqueue(2)'s filters: what each watches, and what it says when something happened.  See kqueue.h. */
#include "bsd/kqueue.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bsd/tapbsd.h"

static bool drain(int fd, uint64_t *n)
{
	return read(fd, n, sizeof(*n)) == sizeof(*n);
}

static int new_event(struct knote *kn, unsigned value)
{
	kn->own = eventfd(value, EFD_NONBLOCK | EFD_CLOEXEC);
	return kn->own < 0 ? -errno : 0;
}

/* ------------------------------------------------------------------ EVFILT_READ, EVFILT_WRITE */

static uint32_t interest(const struct knote *kn)
{
	uint32_t events = kn->filter->number == EVFILT_READ ? EPOLLIN | EPOLLRDHUP : EPOLLOUT;

	return kn->ev.flags & EV_CLEAR ? events | EPOLLET : events;
}

/* A regular file is not for epoll: it is always ready, and an eventfd that is too stands for it. */
static int fd_attach(struct kqueue *kq, struct knote *kn)
{
	struct epoll_event e = { .events = interest(kn), .data.u64 = kn->token };

	if (epoll_ctl(kq->inner[kn->filter->inner], EPOLL_CTL_ADD, (int)kn->ev.ident, &e) == 0)
		return 0;
	return errno == EPERM ? new_event(kn, 1) : -errno;
}

static void fd_detach(struct kqueue *kq, struct knote *kn)
{
	if (kn->own < 0)
		epoll_ctl(kq->inner[kn->filter->inner], EPOLL_CTL_DEL, (int)kn->ev.ident, NULL);
}

/* A listening socket has no FIONREAD, but somebody waits there. */
static int64_t read_data(int fd, const struct stat *st)
{
	int n = 0;

	if (S_ISREG(st->st_mode))
		return st->st_size - lseek(fd, 0, SEEK_CUR);
	if (tapbsd_real_ioctl(fd, FIONREAD, &n) != 0)
		return 1;
	return n;
}

static int64_t write_data(int fd, const struct stat *st)
{
	socklen_t len = sizeof(int);
	int room = 0, queued = 0;

	if (S_ISSOCK(st->st_mode)) {
		getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, &len);
		tapbsd_real_ioctl(fd, SIOCOUTQ, &queued);
	} else if (S_ISFIFO(st->st_mode)) {
		room = fcntl(fd, F_GETPIPE_SZ);
		tapbsd_real_ioctl(fd, FIONREAD, &queued);
	}
	return room > queued ? room - queued : 1;
}

static void report_end(int fd, uint32_t events, const struct stat *st, struct kevent *out)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if ((events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) == 0)
		return;
	out->flags |= EV_EOF;
	if (S_ISSOCK(st->st_mode) && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0)
		out->fflags = (unsigned)error;
}

static bool fd_report(struct knote *kn, uint32_t events, struct kevent *out)
{
	int fd = (int)kn->ev.ident, err;
	bool active;
	struct stat st;

	err = tapbsd_kqdata(fd, kn->filter->number, &active, &out->data);
	if (err == 0)
		return active;
	if (fstat(fd, &st) != 0)
		return false;
	out->data = kn->filter->number == EVFILT_READ ? read_data(fd, &st) : write_data(fd, &st);
	if (kn->own < 0)
		report_end(fd, events, &st, out);
	return true;
}

/* ------------------------------------------------------------------ EVFILT_TIMER */

static const struct {
	unsigned note;
	int64_t per_second;
} units[] = { { NOTE_SECONDS, 1 }, { NOTE_USECONDS, 1000000 }, { NOTE_NSECONDS, 1000000000 }, { 0, 1000 } };

/* data, in the unit that fflags say; no time at all is one unit, as the least there is. */
static int timer_attach(struct kqueue *kq, struct knote *kn)
{
	bool absolute = kn->ev.fflags & NOTE_ABSTIME;
	int64_t n = kn->ev.data == 0 ? 1 : kn->ev.data;
	struct itimerspec t = { 0 };
	size_t i = 0;

	if (n < 0)
		return -EINVAL;
	while (units[i].note != 0 && (kn->ev.fflags & units[i].note) == 0)
		i++;
	t.it_value.tv_sec = (time_t)(n / units[i].per_second);
	t.it_value.tv_nsec = (long)(n % units[i].per_second * (1000000000 / units[i].per_second));
	if (!absolute && (kn->ev.flags & EV_ONESHOT) == 0)
		t.it_interval = t.it_value;
	kn->own = timerfd_create(absolute ? CLOCK_REALTIME : CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (kn->own < 0 || timerfd_settime(kn->own, absolute ? TFD_TIMER_ABSTIME : 0, &t, NULL) != 0)
		return -errno;
	return 0;
}

static bool timer_report(struct knote *kn, uint32_t events, struct kevent *out)
{
	uint64_t n;

	if (!drain(kn->own, &n))
		return false;
	out->data = (int64_t)n;
	return true;
}

/* ------------------------------------------------------------------ EVFILT_SIGNAL */

/*
 * A handler counts the signal and wakes the queues that watch it, then does what the program had installed.  It runs
 * anywhere, so it touches atomics and eventfds alone; those are never closed but used again, that it may not write to
 * somebody else's descriptor.
 */
#define NSLOTS 64

static atomic_uint counts[NSIG];
static struct slot {
	atomic_int signo;		/* 0: free */
	atomic_int fd;			/* 0: none yet; plus one */
} slots[NSLOTS];
static struct sigaction chained[NSIG];

static void on_signal(int signo, siginfo_t *info, void *context)
{
	int saved = errno;
	uint64_t one = 1;

	atomic_fetch_add(&counts[signo], 1);
	for (int i = 0; i < NSLOTS; i++)
		if (atomic_load(&slots[i].signo) == signo)
			(void)!write(atomic_load(&slots[i].fd) - 1, &one, sizeof(one));
	errno = saved;
	if (chained[signo].sa_flags & SA_SIGINFO)
		chained[signo].sa_sigaction(signo, info, context);
	else if (chained[signo].sa_handler != SIG_IGN && chained[signo].sa_handler != SIG_DFL)
		chained[signo].sa_handler(signo);
}

/* Those whose default action ends or stops the process need no watching while it is the default. */
static bool harmless(int signo)
{
	return signo == SIGCHLD || signo == SIGURG || signo == SIGWINCH || signo == SIGCONT;
}

static int watch(int signo)
{
	struct sigaction now, ours;

	if (sigaction(signo, NULL, &now) != 0)
		return -errno;
	if ((now.sa_flags & SA_SIGINFO && now.sa_sigaction == on_signal) ||
	    (!(now.sa_flags & SA_SIGINFO) && now.sa_handler == SIG_DFL && !harmless(signo)))
		return 0;
	chained[signo] = now;
	ours = now;
	ours.sa_sigaction = on_signal;
	ours.sa_flags |= SA_SIGINFO;
	if (!(now.sa_flags & SA_SIGINFO) && (now.sa_handler == SIG_IGN || now.sa_handler == SIG_DFL))
		ours.sa_flags |= SA_RESTART;
	return sigaction(signo, &ours, NULL) == 0 ? 0 : -errno;
}

void tapbsd_kq_watch_signals(void)
{
	for (int i = 0; i < NSLOTS; i++)
		if (atomic_load(&slots[i].signo) != 0)
			watch(atomic_load(&slots[i].signo));
}

static struct slot *free_slot(void)
{
	for (int i = 0; i < NSLOTS; i++)
		if (atomic_load(&slots[i].signo) == 0)
			return &slots[i];
	return NULL;
}

static int signal_attach(struct kqueue *kq, struct knote *kn)
{
	int signo = (int)kn->ev.ident, err;
	struct slot *s = free_slot();

	if (kn->ev.ident == 0 || kn->ev.ident >= NSIG)
		return -EINVAL;
	if (s == NULL)
		return -ENOMEM;
	if (atomic_load(&s->fd) == 0) {
		int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

		if (fd < 0)
			return -errno;
		atomic_store(&s->fd, fd + 1);
	}
	kn->seen = atomic_load(&counts[signo]);
	kn->own = fcntl(atomic_load(&s->fd) - 1, F_DUPFD_CLOEXEC, 0);
	if (kn->own < 0)
		return -errno;
	kn->slot = (int)(s - slots);
	atomic_store(&s->signo, signo);
	err = watch(signo);
	if (err < 0)
		atomic_store(&s->signo, 0);
	return err;
}

static void signal_detach(struct kqueue *kq, struct knote *kn)
{
	atomic_store(&slots[kn->slot].signo, 0);
}

static bool signal_report(struct knote *kn, uint32_t events, struct kevent *out)
{
	unsigned now;
	uint64_t n;

	drain(kn->own, &n);
	now = atomic_load(&counts[kn->ev.ident]);
	out->data = now - kn->seen;
	kn->seen = now;
	return out->data > 0;
}

/* The eventfds are the parent's as well, so they are left to it. */
void tapbsd_kq_forget_signals(void)
{
	for (int i = 0; i < NSLOTS; i++) {
		atomic_store(&slots[i].signo, 0);
		if (atomic_load(&slots[i].fd) != 0)
			close(atomic_load(&slots[i].fd) - 1);
		atomic_store(&slots[i].fd, 0);
	}
}

/* ------------------------------------------------------------------ EVFILT_USER */

static void combine(struct knote *kn, unsigned fflags)
{
	unsigned flags = fflags & NOTE_FFLAGSMASK;

	switch (fflags & NOTE_FFCTRLMASK) {
	case NOTE_FFAND:
		kn->ev.fflags &= flags;
		break;
	case NOTE_FFOR:
		kn->ev.fflags |= flags;
		break;
	case NOTE_FFCOPY:
		kn->ev.fflags = flags;
		break;
	}
}

static int user_update(struct knote *kn, const struct kevent *change)
{
	uint64_t one = 1;

	combine(kn, change->fflags);
	kn->ev.udata = change->udata;
	if ((change->fflags & NOTE_TRIGGER) && write(kn->own, &one, sizeof(one)) < 0 && errno != EAGAIN)
		return -errno;
	return 0;
}

static int user_attach(struct kqueue *kq, struct knote *kn)
{
	struct kevent first = kn->ev;

	kn->ev.fflags = 0;
	first.fflags &= ~NOTE_FFCTRLMASK;
	first.fflags |= NOTE_FFCOPY;
	return new_event(kn, 0) < 0 ? -errno : user_update(kn, &first);
}

/* It stays triggered unless EV_CLEAR says otherwise. */
static bool user_report(struct knote *kn, uint32_t events, struct kevent *out)
{
	uint64_t n;

	if (kn->ev.flags & EV_CLEAR) {
		drain(kn->own, &n);
		kn->ev.fflags = 0;
	}
	return true;
}

/* ------------------------------------------------------------------ the table */

static void nothing(struct kqueue *kq, struct knote *kn)
{
}

static const struct filter table[] = {
	{ EVFILT_READ, INNER_READ, fd_attach, fd_detach, fd_report, NULL },
	{ EVFILT_WRITE, INNER_WRITE, fd_attach, fd_detach, fd_report, NULL },
	{ EVFILT_TIMER, -1, timer_attach, nothing, timer_report, NULL },
	{ EVFILT_SIGNAL, -1, signal_attach, signal_detach, signal_report, NULL },
	{ EVFILT_USER, -1, user_attach, nothing, user_report, user_update },
};

const struct filter *tapbsd_kq_filter(int number)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].number == number)
			return &table[i];
	return NULL;
}
