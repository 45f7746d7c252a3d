/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/param.h>: the system's, plus BSD and the version of the one a program is built for. */
#include_next <sys/param.h>

#ifndef TAPBSD_SYS_PARAM_H
#define TAPBSD_SYS_PARAM_H

#if defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || defined(__DragonFly__)
#define BSD	199506
#endif

/* -D__FreeBSD__=14 is FreeBSD 14; without a number it is too. */
#if defined(__FreeBSD__) && !defined(__FreeBSD_version)
#if __FreeBSD__ > 1
#define __FreeBSD_version	(__FreeBSD__ * 100000)
#else
#define __FreeBSD_version	1400000
#endif
#endif
#if defined(__NetBSD__) && !defined(__NetBSD_Version__)
#define __NetBSD_Version__	1000000000
#endif
#if defined(__OpenBSD__) && !defined(OpenBSD)
#define OpenBSD			202304
#endif
#if defined(__DragonFly__) && !defined(__DragonFly_version)
#define __DragonFly_version	600400
#endif

#endif
