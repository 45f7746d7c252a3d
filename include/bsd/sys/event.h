/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/event.h>: kqueue(2), by libtap-bsd on epoll(7): EVFILT_READ, WRITE, TIMER, SIGNAL and USER.  The descriptor can
 * itself be polled; it is not passed on by fork(2) and exec(2), as on BSD.  Other filters are EINVAL.
 */
#ifndef TAPBSD_SYS_EVENT_H
#define TAPBSD_SYS_EVENT_H

#include <stdint.h>
#include <sys/cdefs.h>
#include <sys/types.h>
#include <time.h>

struct kevent {
	uintptr_t	ident;
	short		filter;
	unsigned short	flags;
	unsigned int	fflags;
	int64_t		data;
	void		*udata;
	uint64_t	ext[4];
};

#define EV_SET(kevp, a, b, c, d, e, f) do {	\
	struct kevent *tapbsd_kev = (kevp);	\
	tapbsd_kev->ident = (uintptr_t)(a);	\
	tapbsd_kev->filter = (short)(b);	\
	tapbsd_kev->flags = (unsigned short)(c);	\
	tapbsd_kev->fflags = (unsigned int)(d);	\
	tapbsd_kev->data = (int64_t)(e);	\
	tapbsd_kev->udata = (void *)(f);	\
	tapbsd_kev->ext[0] = tapbsd_kev->ext[1] = tapbsd_kev->ext[2] = tapbsd_kev->ext[3] = 0; \
} while (0)

#define EVFILT_READ	(-1)
#define EVFILT_WRITE	(-2)
#define EVFILT_AIO	(-3)
#define EVFILT_VNODE	(-4)
#define EVFILT_PROC	(-5)
#define EVFILT_SIGNAL	(-6)
#define EVFILT_TIMER	(-7)
#define EVFILT_USER	(-11)

#define EV_ADD		0x0001
#define EV_DELETE	0x0002
#define EV_ENABLE	0x0004
#define EV_DISABLE	0x0008
#define EV_ONESHOT	0x0010
#define EV_CLEAR	0x0020
#define EV_RECEIPT	0x0040
#define EV_DISPATCH	0x0080
#define EV_ERROR	0x4000
#define EV_EOF		0x8000

/* EVFILT_TIMER: the unit of data; milliseconds without any. */
#define NOTE_SECONDS	0x00000001
#define NOTE_MSECONDS	0x00000002
#define NOTE_USECONDS	0x00000004
#define NOTE_NSECONDS	0x00000008
#define NOTE_ABSTIME	0x00000010

/* EVFILT_USER */
#define NOTE_FFNOP	0x00000000
#define NOTE_FFAND	0x40000000
#define NOTE_FFOR	0x80000000
#define NOTE_FFCOPY	0xc0000000
#define NOTE_FFCTRLMASK	0xc0000000
#define NOTE_FFLAGSMASK	0x00ffffff
#define NOTE_TRIGGER	0x01000000

__BEGIN_DECLS
extern int kqueue(void);
extern int kqueue1(int flags);
extern int kevent(int kq, const struct kevent *changelist, int nchanges, struct kevent *eventlist, int nevents,
    const struct timespec *timeout);
__END_DECLS

#endif
