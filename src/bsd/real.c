/* SPDX-License-Identifier: BSD-2-Clause */
/* The system's functions, for a library that is linked with.  preload.c has them for one that stands in their place. */
#include <fcntl.h>
#include <ifaddrs.h>
#include <sys/ioctl.h>

#include "bsd/tapbsd.h"

int tapbsd_real_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg);
}

int tapbsd_real_fcntl(int fd, int cmd, void *arg, bool large)
{
	return large ? fcntl64(fd, cmd, arg) : fcntl(fd, cmd, arg);
}

int tapbsd_real_getifaddrs(struct ifaddrs **list)
{
	return getifaddrs(list);
}
