/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libtap-bsd: what a BSD source built on Linux links with.  Programs never include this file: include/bsd puts ioctl()
 * and devname() in front of these.  It knows nothing of tapd but the device's ioctl numbers.
 */
#ifndef TAPBSD_H
#define TAPBSD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TAPBSD_PUBLIC __attribute__((visibility("default")))

/*
 * One ioctl number that a tap cannot be sent as it is.  `to` means the same to tapd and is one Linux carries: its
 * encoding tells the kernel how many bytes to copy which way.
 */
struct tapbsd_number {
	uint32_t from;
	uint32_t to;
	bool only_tap;		/* other descriptors take `to` as well, where they refuse `from`: make sure first */
};
extern const struct tapbsd_number tapbsd_number_table[];	/* ends with from == 0 */

/*
 * ioctl(2).  On a descriptor that can be a tap (a character device or a regular file: the two transports), a number of
 * the table is translated; where that is refused, and everywhere else, the caller's own goes to the kernel, so the
 * result and errno are those of plain ioctl(2).
 */
TAPBSD_PUBLIC int tapbsd_ioctl(int fd, unsigned long request, ...);

/* Is fd a tap of tapd's?  errno is left alone. */
bool tapbsd_is_tap(int fd);
/* The interface of the tap fd, at most 15 characters and a NUL, by TAPGIFNAME.  0, or -1 with errno. */
int tapbsd_ifname(int fd, char name[16]);

/*
 * devname(3), as FreeBSD has it.  dev and type (S_IFCHR or S_IFBLK) to a name below /dev: "tap0".  A device without a
 * name gives "#C:0xNN", no device at all "#NODEV".  devname() returns static storage.
 */
TAPBSD_PUBLIC char *devname(dev_t dev, mode_t type);
TAPBSD_PUBLIC char *devname_r(dev_t dev, mode_t type, char *buf, int len);
/*
 * fdevname(3): the name below /dev of what fd is open on: of a tap, its interface's name; of another character device,
 * the one it was opened by.  NULL with EBADF, ENOTTY (no such device) or EINVAL (len too small).  fdevname() returns
 * static storage.
 */
TAPBSD_PUBLIC char *fdevname(int fd);
TAPBSD_PUBLIC char *fdevname_r(int fd, char *buf, int len);

#endif
