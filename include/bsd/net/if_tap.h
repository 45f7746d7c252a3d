/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <net/if_tap.h>: the control device of a tap interface, as tap(4) documents it.  FreeBSD's numbers and names, or
 * NetBSD's one with -D__NetBSD__, or none with -D__OpenBSD__; encoded as Linux encodes them.  Brings struct ifreq by
 * itself.
 */
#ifndef TAPBSD_NET_IF_TAP_H
#define TAPBSD_NET_IF_TAP_H

#include <net/if_tun.h>

#ifdef __NetBSD__

#define TAPGIFNAME	_IOR('e', 0, struct ifreq)

#elif !defined(__OpenBSD__)

#define TAPMRU		TUNMRU
#define tapinfo		tuninfo

#define TAPGDEBUG	TUNGDEBUG
#define TAPSDEBUG	TUNSDEBUG
#define TAPSIFINFO	TUNSIFINFO
#define TAPGIFINFO	TUNGIFINFO
#define TAPGIFNAME	TUNGIFNAME
#define TAPSVNETHDR	_IOW('t', 91, int)	/* FreeBSD 13: bytes of a virtio header in front of each frame */
#define TAPGVNETHDR	_IOR('t', 94, int)
#define TAPSTRANSIENT	TUNSTRANSIENT		/* FreeBSD 16: the last close destroys the interface */
#define TAPGTRANSIENT	TUNGTRANSIENT
#define TAPSTRANSIENT	TUNSTRANSIENT
#define TAPGTRANSIENT	TUNGTRANSIENT

/* The VMware ones.  Only the first does anything; the others answer ENOTTY, as they do on FreeBSD. */
#define VMIO_SIOCSIFFLAGS	_IOWINT('V', 0)
#define VMIO_SIOCSKEEP		_IO('V', 1)
#define VMIO_SIOCSIFBR		_IO('V', 2)
#define VMIO_SIOCSLADRF		_IO('V', 3)
#define VMIO_SIOCSETMACADDR	_IO('V', 4)
#define VMIO_SIOCPORT		_IO('V', 5)
#define VMIO_SIOCBRIDGE		_IO('V', 6)
#define VMIO_SIOCNETIF		_IO('V', 7)

#endif

#endif
