/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libtap-bsd-preload.so: the library in the place of the C library's functions, for a program that cannot be built
 * anew.  It does what a BSD build does to ioctl(2) and fcntl(2), and adds tapd's own interfaces to getifaddrs(3), in
 * Linux's form: the program was compiled with Linux's headers.
 *
 * The names of 64-bit file offsets and times are aliases: what they differ in is passed through.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>

#include "bsd/tapbsd.h"

/* Resolved when first called: a constructor of another library may call before one of ours ran. */
#define NEXT(type, name) ({ \
	static type next; \
	if (next == NULL) \
		*(void **)&next = dlsym(RTLD_NEXT, name); \
	next; \
})

typedef int ioctl_fn(int, unsigned long, ...);
typedef int fcntl_fn(int, int, ...);
typedef int getifaddrs_fn(struct ifaddrs **);

int tapbsd_real_ioctl(int fd, unsigned long request, void *arg)
{
	return NEXT(ioctl_fn *, "ioctl")(fd, request, arg);
}

int tapbsd_real_fcntl(int fd, int cmd, void *arg, bool large)
{
	return (large ? NEXT(fcntl_fn *, "fcntl64") : NEXT(fcntl_fn *, "fcntl"))(fd, cmd, arg);
}

int tapbsd_real_getifaddrs(struct ifaddrs **list)
{
	return NEXT(getifaddrs_fn *, "getifaddrs")(list);
}

TAPBSD_PUBLIC int ioctl(int fd, unsigned long request, ...);
TAPBSD_PUBLIC int fcntl(int fd, int cmd, ...);
TAPBSD_PUBLIC int fcntl64(int fd, int cmd, ...);
TAPBSD_PUBLIC int getifaddrs(struct ifaddrs **list);

#define LAST_ARGUMENT(last) ({ \
	va_list ap; \
	void *arg; \
	va_start(ap, last); \
	arg = va_arg(ap, void *); \
	va_end(ap); \
	arg; \
})

int ioctl(int fd, unsigned long request, ...)
{
	return tapbsd_ioctl(fd, request, LAST_ARGUMENT(request));
}

int fcntl(int fd, int cmd, ...)
{
	return tapbsd_fcntl(fd, cmd, LAST_ARGUMENT(cmd));
}

int fcntl64(int fd, int cmd, ...)
{
	return tapbsd_fcntl64(fd, cmd, LAST_ARGUMENT(cmd));
}

int getifaddrs(struct ifaddrs **list)
{
	return tapbsd_interfaces(list, false);
}

#if __SIZEOF_POINTER__ == 4
/* Programs with a 64-bit time_t; one of ioctl(2)'s numbers (SIOCGSTAMP) then differs, which is a number like others. */
TAPBSD_PUBLIC int __fcntl_time64(int fd, int cmd, ...) __attribute__((alias("fcntl64")));
TAPBSD_PUBLIC int __ioctl_time64(int fd, unsigned long request, ...) __attribute__((alias("ioctl")));
#endif
