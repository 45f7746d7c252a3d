/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fcntl(2) for taps.  The owner and O_ASYNC end in the kernel, which sends no SIGIO for a FUSE or CUSE device: tapd has
 * to hear of both, as BSD's kernels tell their drivers by FIOSETOWN, FIOASYNC and FIONBIO.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

#include "bsd/tapbsd.h"

#define FIOASYNC_TAP	LINUX_IN('f', 125, 4u)
#define FIOSETOWN_TAP	LINUX_IN('f', 124, 4u)
#define FIOGETOWN_TAP	LINUX_OUT('f', 123, 4u)
#define GASYNC_TAP	LINUX_OUT('K', 2, 4u)	/* TAPGASYNC */

static int set_flags(int fd, int flags, int rc)
{
	int async = (flags & O_ASYNC) != 0;

	if (rc == -1 || !tapbsd_is_tap(fd))
		return rc;
	tapbsd_tell_nonblock(fd, (flags & O_NONBLOCK) != 0);
	return tapbsd_real_ioctl(fd, (unsigned long)FIOASYNC_TAP, &async);
}

/* Without this a program that adds O_NONBLOCK to the flags it was told would end what it began with O_ASYNC. */
static int get_flags(int fd, int rc)
{
	int async = 0;

	if (rc != -1 && tapbsd_is_tap(fd) && tapbsd_real_ioctl(fd, (unsigned long)GASYNC_TAP, &async) == 0 && async)
		rc |= O_ASYNC;
	return rc;
}

static int do_fcntl(int fd, int cmd, void *arg, bool large)
{
	int value = (int)(intptr_t)arg;

	switch (cmd) {
	case F_SETFL:
		return set_flags(fd, value, tapbsd_real_fcntl(fd, cmd, arg, large));
	case F_GETFL:
		return get_flags(fd, tapbsd_real_fcntl(fd, cmd, arg, large));
	case F_SETOWN:
		if (tapbsd_is_tap(fd))
			return tapbsd_real_ioctl(fd, (unsigned long)FIOSETOWN_TAP, &value);
		break;
	case F_GETOWN:
		if (tapbsd_is_tap(fd))
			return tapbsd_real_ioctl(fd, (unsigned long)FIOGETOWN_TAP, &value) == 0 ? value : -1;
		break;
	}
	return tapbsd_real_fcntl(fd, cmd, arg, large);
}

/* The argument may be an int, a pointer or not there: taken as the C library takes it. */
int tapbsd_fcntl(int fd, int cmd, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	return do_fcntl(fd, cmd, arg, false);
}

int tapbsd_fcntl64(int fd, int cmd, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	return do_fcntl(fd, cmd, arg, true);
}
