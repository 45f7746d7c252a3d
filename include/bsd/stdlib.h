/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <stdlib.h>: the system's, plus devname(3) and its kin, where BSD declares them.  As FreeBSD has them; NetBSD's
 * devname_r() is another.  fdevname() is there for all: a configure finds it in the library by linking, and a program
 * that then calls it undeclared gets half a pointer.  It is included in parts (__need_*) too, hence the guard around
 * ours only.
 */
#include_next <stdlib.h>

#ifndef TAPBSD_STDLIB_H
#define TAPBSD_STDLIB_H

#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS
extern char *devname(dev_t dev, mode_t type);
#if !defined(__NetBSD__) && !defined(__OpenBSD__)
extern char *devname_r(dev_t dev, mode_t type, char *buf, int len);
#endif
extern char *fdevname(int fd);
extern char *fdevname_r(int fd, char *buf, int len);
__END_DECLS

#endif
