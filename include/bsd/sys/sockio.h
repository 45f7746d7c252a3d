/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/sockio.h>: ioctls of sockets and interfaces, with Linux's numbers.  Not the BSD-only ones (SIOCIFCREATE,
 * SIOCAIFADDR, SIOCSIFLLADDR): Linux has no equivalent that takes the same data.
 */
#ifndef TAPBSD_SYS_SOCKIO_H
#define TAPBSD_SYS_SOCKIO_H

#include <asm/sockios.h>	/* SIOCSPGRP, SIOCGPGRP, SIOCATMARK */
#include <sys/ioccom.h>
#include <sys/ioctl.h>		/* the rest: glibc allows <bits/ioctls.h> from there only */

#endif
