/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libtap-bsd: what a BSD source built on Linux links with.  Programs never include this file: include/bsd declares what
 * is public here, and puts ioctl(), fcntl() and getifaddrs() in front of three of these.  Of tapd it knows the device's
 * ioctl numbers and the control protocol.
 *
 * Functions that programs call set errno and say -1, like the system's.  The others say 0 or -errno.  Nothing is ever
 * printed.
 */
#ifndef TAPBSD_H
#define TAPBSD_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#define TAPBSD_PUBLIC __attribute__((visibility("default")))

struct ifaddrs;
struct if_data;

/* ------------------------------------------------------------------ the system's own: real.c or preload.c */

int tapbsd_real_ioctl(int fd, unsigned long request, void *arg);
/* large: by fcntl64(), for programs with 64-bit file offsets. */
int tapbsd_real_fcntl(int fd, int cmd, void *arg, bool large);
int tapbsd_real_getifaddrs(struct ifaddrs **list);

/* ------------------------------------------------------------------ ioctl.c */

/* The two encodings of an ioctl number, with the size in bytes: OUT is towards the program. */
#define BSD_OUT(g, n, size)	(0x40000000u | (size) << 16 | (g) << 8 | (n))
#define BSD_IN(g, n, size)	(0x80000000u | (size) << 16 | (g) << 8 | (n))
#define BSD_VOID(g, n)		(0x20000000u | (g) << 8 | (n))
#define LINUX_OUT(g, n, size)	BSD_IN(g, n, size)
#define LINUX_IN(g, n, size)	BSD_OUT(g, n, size)
#define BOTH(g, n, size)	(0xc0000000u | (size) << 16 | (g) << 8 | (n))

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
 * result and errno are those of plain ioctl(2).  On a socket, tapbsd_ifioctl() comes first.
 */
TAPBSD_PUBLIC int tapbsd_ioctl(int fd, unsigned long request, ...);

/* Is fd a tap of tapd's?  errno is left alone. */
bool tapbsd_is_tap(int fd);
/* What kevent(2) would say of the tap fd: is the filter active, and its data.  -errno: ENOTTY where fd is no tap. */
int tapbsd_kqdata(int fd, int filter, bool *active, int64_t *data);
/* TAPNBIO: a tap whose system keeps FIONBIO for the unit hears of it.  Harmless on anything else. */
void tapbsd_tell_nonblock(int fd, int on);
/* The interface of the tap fd, at most 15 characters and a NUL, by TAPGIFNAME.  0, or -1 with errno. */
int tapbsd_ifname(int fd, char name[16]);

/* FIOASYNC and F_SETOWN on a tap too, by fcntl(2)'s commands; anything else is fcntl(2). */
TAPBSD_PUBLIC int tapbsd_fcntl(int fd, int cmd, ...);
TAPBSD_PUBLIC int tapbsd_fcntl64(int fd, int cmd, ...);

/* ------------------------------------------------------------------ ifioctl.c */

/*
 * An interface ioctl on the socket fd.  False: it is not one of those this library does, or does no better than the
 * kernel did: *rc and errno are the kernel's if it was asked.  True: *rc and errno are the result.
 */
bool tapbsd_ifioctl(int fd, uint32_t request, void *arg, int *rc);

/* ------------------------------------------------------------------ tapdif.c: interfaces that only tapd has */

/* 0, or -ENXIO: tapd has no interface of this name (tapctl also takes the device's, which a renamed one keeps). */
int tapbsd_tapd_has(const char *ifname);
/* Linux's numbers, to a struct ifreq of Linux's.  -errno; ENXIO when tapd has no such interface or does not run. */
int tapbsd_tapd_ifreq(uint32_t request, struct ifreq *ifr);
/* An address added or removed.  -errno. */
int tapbsd_tapd_addr(const char *ifname, int family, const void *addr, unsigned prefixlen, bool add);

/* ------------------------------------------------------------------ rtnl.c: the kernel, by netlink */

struct tapbsd_ifaddr {
	int family;		/* AF_INET or AF_INET6 */
	uint8_t addr[16], broad[16];
	bool has_broad;		/* of IPv4: the broadcast address, or the other end's */
	bool point_to_point;
	unsigned prefixlen;
	uint32_t valid, preferred;	/* seconds, UINT32_MAX for good; IPv6 */
	bool nodad;
};

/* -errno.  Adding one that is there changes it. */
int tapbsd_addr_add(unsigned ifindex, const struct tapbsd_ifaddr *a);
int tapbsd_addr_delete(unsigned ifindex, const struct tapbsd_ifaddr *a);
/* The description, of at most 255 characters; an empty one removes it.  -errno. */
int tapbsd_alias_set(unsigned ifindex, const char *text);
int tapbsd_alias_get(unsigned ifindex, char text[256]);
/* The counters and settings of an interface.  -errno. */
int tapbsd_link_data(unsigned ifindex, struct if_data *data);

/* ------------------------------------------------------------------ ctl.c: tapd's control socket */

/*
 * One request, of n words; blocks until the reply, a destroy's until the last close.  0 and, where reply is not NULL,
 * *reply is the reply's text for the caller to free; or -errno as tapd says it: ENXIO when tapd is not there.
 */
int tapbsd_ctl(const char *const words[], size_t n, char **reply);

/*
 * A look into JSON text, which is not trusted.  A value is a pointer to its first character; NULL in gives NULL out.
 */
const char *tapbsd_json_member(const char *object, const char *key);
const char *tapbsd_json_first(const char *array);
const char *tapbsd_json_next(const char *element);
/* A string's text, without escapes but \" and \\; false: no string, or longer than size with its NUL. */
bool tapbsd_json_string(const char *value, char *buf, size_t size);
long tapbsd_json_number(const char *value);	/* 0 when it is none */

/* ------------------------------------------------------------------ ifaddrs.c, devname.c, sysctl.c, misc.c */

/* getifaddrs(3); the list is freed with freeifaddrs(3), which is free(3).  bsd: BSD's types, if_data and lengths. */
int tapbsd_interfaces(struct ifaddrs **list, bool bsd);
TAPBSD_PUBLIC int tapbsd_getifaddrs(struct ifaddrs **list);
/* IFT_ETHER of ARPHRD_ETHER, and so on. */
unsigned char tapbsd_iftype(unsigned arphrd);

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

TAPBSD_PUBLIC int sysctl(const int *name, unsigned int namelen, void *oldp, size_t *oldlenp, const void *newp,
    size_t newlen);
TAPBSD_PUBLIC int sysctlbyname(const char *name, void *oldp, size_t *oldlenp, const void *newp, size_t newlen);
TAPBSD_PUBLIC int sysctlnametomib(const char *name, int *mib, size_t *size);

#endif
