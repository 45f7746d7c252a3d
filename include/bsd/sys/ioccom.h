/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/ioccom.h>: how an ioctl number is built.  BSD's names, Linux's values: the two systems swap the direction bits
 * and Linux copies the data by its own reading of them.  Not BSD's encoding; a program that writes a BSD number out as
 * a constant is served by libtap-bsd, which translates it.
 */
#ifndef TAPBSD_SYS_IOCCOM_H
#define TAPBSD_SYS_IOCCOM_H

#include <asm/ioctl.h>

#define IOCPARM_MASK	_IOC_SIZEMASK
#define IOCPARM_MAX	(_IOC_SIZEMASK + 1)
#define IOCPARM_LEN(x)	_IOC_SIZE(x)
#define IOCBASECMD(x)	((x) & ~(IOCPARM_MASK << _IOC_SIZESHIFT))
#define IOCGROUP(x)	_IOC_TYPE(x)

#define IOC_VOID	(_IOC_NONE << _IOC_DIRSHIFT)
#define IOC_DIRMASK	(_IOC_DIRMASK << _IOC_DIRSHIFT)

/* The int travels by value in the argument, not behind a pointer. */
#define _IOWINT(g, n)	_IOC(_IOC_NONE, (g), (n), sizeof(int))

#endif
