/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <fcntl.h>: the system's, with fcntl(2) by way of libtap-bsd, which makes O_ASYNC and F_SETOWN work on a tap.  As in
 * <sys/ioctl.h> the assembler name alone is changed.  With 64-bit file offsets fcntl(2) is another function.
 */
#ifndef TAPBSD_FCNTL_H
#define TAPBSD_FCNTL_H

#define fcntl tapbsd_unused_fcntl
#define fcntl64 tapbsd_unused_fcntl64
#include_next <fcntl.h>
#undef fcntl
#undef fcntl64

#include <sys/cdefs.h>

__BEGIN_DECLS
#ifdef __USE_FILE_OFFSET64
extern int __REDIRECT(fcntl, (int fd, int cmd, ...), tapbsd_fcntl64);
#else
extern int __REDIRECT(fcntl, (int fd, int cmd, ...), tapbsd_fcntl);
#endif
__END_DECLS

#endif
