/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <net/if_tun.h>: tun(4)'s names as of FreeBSD 12, of which tap(4)'s are aliases.  tapd has no tun device: on a tap
 * TUNSLMODE and below answer ENOTTY, as they do there.
 */
#ifndef TAPBSD_NET_IF_TUN_H
#define TAPBSD_NET_IF_TUN_H

#include <sys/types.h>

#include <net/if.h>
#include <sys/ioccom.h>

#ifndef __USE_MISC
#error "struct ifreq is hidden by the -std= option: compile with the flags of `pkg-config --cflags tap-bsd`"
#endif

#define TUNMTU	1500		/* default MTU, bytes */
#define TUNMRU	16384		/* longest write(2), bytes */

#ifdef __OpenBSD__

struct tuninfo {
	unsigned int	mtu;		/* bytes */
	unsigned short	type;		/* IFT_ETHER */
	unsigned short	flags;		/* IFF_UP */
	unsigned int	baudrate;	/* bit/s */
};

#define TUNSIFINFO	_IOW('t', 91, struct tuninfo)
#define TUNGIFINFO	_IOR('t', 92, struct tuninfo)
#define TUNSIFMODE	_IOW('t', 93, int)
#define TUNSDEBUG	_IOW('t', 94, int)
#define TUNGDEBUG	_IOR('t', 95, int)

#else

/* The same 8 bytes on every version; mtu was signed before FreeBSD 12. */
struct tuninfo {
	int		baudrate;	/* bit/s */
	unsigned short	mtu;		/* bytes */
	unsigned char	type;		/* IFT_ETHER */
	unsigned char	dummy;
};

#define TUNGDEBUG	_IOR('t', 89, int)
#define TUNSDEBUG	_IOW('t', 90, int)
#define TUNSIFINFO	_IOW('t', 91, struct tuninfo)
#define TUNGIFINFO	_IOR('t', 92, struct tuninfo)
#define TUNSLMODE	_IOW('t', 93, int)
#define TUNGIFNAME	_IOR('t', 93, struct ifreq)
#define TUNSIFMODE	_IOW('t', 94, int)
#define TUNSIFPID	_IO('t', 95)
#define TUNSIFHEAD	_IOW('t', 96, int)
#define TUNGIFHEAD	_IOR('t', 97, int)
#define TUNSTRANSIENT	_IOW('t', 98, int)
#define TUNGTRANSIENT	_IOR('t', 99, int)
#define TUNSTRANSIENT	_IOW('t', 98, int)	/* FreeBSD 15: the last close destroys the interface */
#define TUNGTRANSIENT	_IOR('t', 99, int)

#endif

#endif
