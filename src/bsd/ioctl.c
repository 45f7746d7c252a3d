/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioctl(2) for taps: the numbers that would not arrive are put into ones that do.
 *
 * Two kinds do not.  Linux's generic numbers carry no size, and some of them the kernel answers itself: on the FUSE
 * transport a tap is a regular file, whose FIONREAD is a file size; FIOASYNC ends in the kernel on both transports.
 * And numbers in BSD's own encoding, written out in a source, say "read" where Linux's say "write".
 */
#include <asm/sockios.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "bsd/tapbsd.h"

#define BSD_OUT_ROW(g, n, size)	{ BSD_OUT(g, n, size), LINUX_OUT(g, n, size) }
#define BSD_IN_ROW(g, n, size)	{ BSD_IN(g, n, size), LINUX_IN(g, n, size) }

/* The address is six bytes, and programs pass a buffer of six, whatever size the number says. */
#define GIFADDR		LINUX_OUT('i', 33, 6u)
#define SIFADDR		LINUX_IN('i', 12, 6u)
#define IFREQ_ROWS(size) \
	{ BOTH('i', 33, size), GIFADDR }, \
	{ BOTH('i', 13, size), GIFADDR },	/* OSIOCGIFADDR */ \
	{ BSD_IN('i', 12, size), SIFADDR }, \
	{ LINUX_IN('i', 12, size), SIFADDR }, \
	BSD_OUT_ROW('e', 0, size)		/* TAPGIFNAME of NetBSD */

const struct tapbsd_number tapbsd_number_table[] = {
	/* Linux's generic numbers. */
	{ FIONREAD, LINUX_OUT('f', 127, 4u) },
	{ FIOASYNC, LINUX_IN('f', 125, 4u) },
	{ FIOSETOWN, LINUX_IN('f', 124, 4u) },
	{ FIOGETOWN, LINUX_OUT('f', 123, 4u) },
	{ TIOCSPGRP, LINUX_IN('t', 118, 4u) },
	{ TIOCGPGRP, LINUX_OUT('t', 119, 4u) },
	{ SIOCGIFADDR, GIFADDR },
	{ SIOCSIFADDR, SIFADDR },
	/* Those with a struct ifreq: FreeBSD's and 32-bit Linux's is 32 bytes, 64-bit Linux's 40, NetBSD's 144. */
	IFREQ_ROWS(32u),
	IFREQ_ROWS(40u),
	IFREQ_ROWS(144u),
	BSD_OUT_ROW('t', 93, 32u),		/* TAPGIFNAME */
	BSD_OUT_ROW('t', 93, 40u),
	/* BSD's encoding of the others. */
	BSD_OUT_ROW('t', 89, 4u),		/* TAPGDEBUG */
	BSD_IN_ROW('t', 90, 4u),		/* TAPSDEBUG */
	BSD_IN_ROW('t', 91, 8u),		/* TAPSIFINFO */
	BSD_OUT_ROW('t', 92, 8u),		/* TAPGIFINFO */
	BSD_IN_ROW('t', 91, 4u),		/* TAPSVNETHDR; BSD's TAPGVNETHDR is Linux's TUNSIFMODE, and stays that */
	BSD_IN_ROW('t', 98, 4u),		/* TAPSTRANSIENT */
	BSD_OUT_ROW('t', 99, 4u),		/* TAPGTRANSIENT */
	BSD_IN_ROW('t', 91, 12u),		/* TUNSIFINFO of OpenBSD */
	BSD_OUT_ROW('t', 92, 12u),		/* TUNGIFINFO of OpenBSD */
	BSD_IN_ROW('t', 93, 4u),		/* TUNSIFMODE of OpenBSD */
	BSD_OUT_ROW('f', 127, 4u),		/* FIONREAD */
	BSD_IN_ROW('f', 125, 4u),		/* FIOASYNC */
	BSD_IN_ROW('f', 124, 4u),		/* FIOSETOWN */
	BSD_OUT_ROW('f', 123, 4u),		/* FIOGETOWN */
	BSD_OUT_ROW('f', 122, 4u),		/* FIODTYPE */
	BSD_IN_ROW('t', 118, 4u),		/* TIOCSPGRP */
	BSD_OUT_ROW('t', 119, 4u),		/* TIOCGPGRP */
	/* What only the kernel can do to a descriptor: O_NONBLOCK and close-on-exec. */
	{ BSD_IN('f', 126, 4u), FIONBIO, true },
	{ LINUX_IN('f', 126, 4u), FIONBIO, true },
	{ BSD_VOID('f', 1), FIOCLEX, true },
	{ BSD_VOID('f', 2), FIONCLEX, true },
	{ 0 },
};

static const struct tapbsd_number *find(uint32_t request)
{
	for (const struct tapbsd_number *n = tapbsd_number_table; n->from != 0; n++)
		if (n->from == request)
			return n;
	return NULL;
}

static bool can_be_tap(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (S_ISCHR(st.st_mode) || S_ISREG(st.st_mode));
}

int tapbsd_ifname(int fd, char name[16])
{
	union {
		char name[16];
		char ifreq[144];
	} u;

	if (tapbsd_real_ioctl(fd, (unsigned long)LINUX_OUT('t', 93, 32u), &u) != 0 &&
	    tapbsd_real_ioctl(fd, (unsigned long)LINUX_OUT('e', 0, 144u), &u) != 0)		/* NetBSD's number */
		return -1;
	memcpy(name, u.name, 16);
	name[15] = '\0';
	return 0;
}

int tapbsd_kqdata(int fd, int filter, bool *active, int64_t *data)
{
	struct {
		int32_t filter, active;
		int64_t data;
	} kq = { .filter = filter };
	int saved = errno, err;

	err = can_be_tap(fd) ? 0 : -ENOTTY;
	if (err == 0 && tapbsd_real_ioctl(fd, (unsigned long)BOTH('K', 0, 16u), &kq) != 0)
		err = -errno;
	errno = saved;
	*active = kq.active != 0;
	*data = kq.data;
	return err;
}

/* By tapd's own ioctl for kevent(2), the one that a tap has whatever system it behaves as. */
bool tapbsd_is_tap(int fd)
{
	bool active;
	int64_t data;

	return tapbsd_kqdata(fd, -2, &active, &data) == 0;
}

void tapbsd_tell_nonblock(int fd, int on)
{
	int saved = errno;

	if (can_be_tap(fd))
		tapbsd_real_ioctl(fd, (unsigned long)LINUX_IN('K', 1, 4u), &on);
	errno = saved;
}

/*
 * Did the translated number fail because this is no tap?  ENOTTY is the answer of whoever does not know it; some
 * drivers and filesystems say one of the others, as a tap also may (EINVAL for a bad MTU).
 */
static bool refused(int fd, int err)
{
	switch (err) {
	case ENOTTY:
		return true;
	case EINVAL:
	case ENOSYS:
	case EOPNOTSUPP:
		return !tapbsd_is_tap(fd);
	default:
		return false;
	}
}

/* Send n->to.  True when that settled the call: *rc and errno are its result.  False: errno is as before. */
static bool translated(int fd, const struct tapbsd_number *n, void *arg, int *rc)
{
	int saved = errno;
	int err;

	if (n->only_tap ? !tapbsd_is_tap(fd) : !can_be_tap(fd)) {
		errno = saved;
		return false;
	}
	*rc = tapbsd_real_ioctl(fd, (unsigned long)n->to, arg);
	if (*rc != -1)
		return true;
	err = errno;
	errno = saved;
	if (refused(fd, err))
		return false;
	errno = err;
	return true;
}

int tapbsd_ioctl(int fd, unsigned long request, ...)
{
	const struct tapbsd_number *n = find((uint32_t)request);
	va_list ap;
	void *arg;
	int rc;

	/* The argument may be a pointer, an int or not there at all: taken as the C library takes it. */
	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (n == NULL || !translated(fd, n, arg, &rc))
		rc = tapbsd_ifioctl(fd, (uint32_t)request, arg, &rc) ? rc : tapbsd_real_ioctl(fd, request, arg);
	if (rc == 0 && (n != NULL ? n->to : (uint32_t)request) == FIONBIO)
		tapbsd_tell_nonblock(fd, *(int *)arg);
	return rc;
}
