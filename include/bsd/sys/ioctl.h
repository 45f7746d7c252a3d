/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/ioctl.h>: the system's, plus what BSD's brings with it, and ioctl(2) by way of libtap-bsd.
 *
 * The program keeps calling ioctl(); the assembler name alone is changed, so members and arguments called ioctl, and
 * pointers to the function, stay what they are.  The system's own declaration is moved aside to an unused name first: a
 * 32-bit build with a 64-bit time_t has given it another assembler name already, and a function can have but one.
 */
#ifndef TAPBSD_SYS_IOCTL_H
#define TAPBSD_SYS_IOCTL_H

#define ioctl tapbsd_unused_ioctl
#include_next <sys/ioctl.h>
#undef ioctl

#include <sys/cdefs.h>
#include <sys/filio.h>
#include <sys/ioccom.h>
#include <sys/sockio.h>
#include <sys/ttycom.h>

__BEGIN_DECLS
extern int __REDIRECT_NTH(ioctl, (int fd, unsigned long request, ...), tapbsd_ioctl);
__END_DECLS

#endif
