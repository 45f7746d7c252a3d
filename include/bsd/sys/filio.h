/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/filio.h>: ioctls of any descriptor.  The numbers are Linux's, so that they mean the same on sockets, pipes and
 * terminals; on a tap libtap-bsd puts those that would not arrive into another number.
 */
#ifndef TAPBSD_SYS_FILIO_H
#define TAPBSD_SYS_FILIO_H

#include <asm/ioctls.h>		/* FIOCLEX, FIONCLEX, FIONREAD, FIONBIO, FIOASYNC */
#include <asm/sockios.h>	/* FIOSETOWN, FIOGETOWN */
#include <sys/ioccom.h>

#define FIODTYPE	_IOR('f', 122, int)	/* the D_* type flags of the device */

#endif
