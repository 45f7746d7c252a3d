/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/sockio.h>: ioctls of sockets and interfaces.  Those Linux has are Linux's.  Those it has not are BSD's, encoded
 * as Linux encodes them, and libtap-bsd does them.  Of two names that mean something else on Linux (SIOCSIFNAME takes
 * the name in ifr_newname there, SIOCDIFADDR an IPv6 address) a program for a BSD gets BSD's, any other Linux's.
 */
#ifndef TAPBSD_SYS_SOCKIO_H
#define TAPBSD_SYS_SOCKIO_H

#include <asm/sockios.h>	/* SIOCSPGRP, SIOCGPGRP, SIOCATMARK */
#include <sys/ioccom.h>
#include <sys/ioctl.h>		/* the rest: glibc allows <bits/ioctls.h> from there only */

#if defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || defined(__DragonFly__)
#undef SIOCDIFADDR
#define SIOCDIFADDR	_IOW('i', 25, struct ifreq)		/* no address in it: the first one */
#undef SIOCSIFNAME
#define SIOCSIFNAME	_IOW('i', 40, struct ifreq)		/* ifr_data: the new name */
#endif

#define SIOCAIFADDR	_IOW('i', 43, struct ifaliasreq)
#define SIOCSIFLLADDR	_IOW('i', 60, struct ifreq)		/* ifr_addr.sa_data */
#define SIOCGHWADDR	_IOWR('i', 62, struct ifreq)
#define SIOCSIFPHYADDR	_IOW('i', 70, struct ifaliasreq)	/* NetBSD: the link-level address */
#define SIOCIFCREATE	_IOWR('i', 122, struct ifreq)		/* "tap": the lowest free unit */
#define SIOCIFCREATE2	_IOWR('i', 124, struct ifreq)
#define SIOCIFDESTROY	_IOW('i', 121, struct ifreq)
#define SIOCGIFMEDIA	_IOWR('i', 56, struct ifmediareq)
#define SIOCAIFGROUP	_IOW('i', 135, struct ifgroupreq)	/* accepted; there is no pf(4) to use it */
#define SIOCDIFGROUP	_IOW('i', 137, struct ifgroupreq)

#if defined(__NetBSD__)
#define SIOCGIFDATA	_IOWR('i', 133, struct ifdatareq)
#elif defined(__OpenBSD__)
#define SIOCGIFDATA	_IOWR('i', 27, struct ifreq)		/* ifr_data: a struct if_data */
#endif

#if defined(__NetBSD__) || defined(__OpenBSD__)
#define SIOCSIFDESCR	_IOW('i', 128, struct ifreq)		/* ifr_data: a string */
#define SIOCGIFDESCR	_IOWR('i', 129, struct ifreq)
#else
#define SIOCSIFDESCR	_IOW('i', 41, struct ifreq)		/* ifr_buffer */
#define SIOCGIFDESCR	_IOWR('i', 42, struct ifreq)
#endif

#endif
