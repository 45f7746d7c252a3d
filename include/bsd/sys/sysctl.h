/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/sysctl.h>: sysctl(3) for what a tap program asks: net.link.tap.* of tapd, and the interfaces of <net/if_mib.h>.
 * Everything else is ENOENT.
 */
#ifndef TAPBSD_SYS_SYSCTL_H
#define TAPBSD_SYS_SYSCTL_H

#include <stddef.h>
#include <sys/cdefs.h>
#include <sys/types.h>

#define CTL_MAXNAME	24

#define CTL_KERN	1
#define CTL_VM		2
#define CTL_VFS		3
#define CTL_NET		4
#define CTL_DEBUG	5
#define CTL_HW		6
#define CTL_MACHDEP	7

__BEGIN_DECLS
extern int sysctl(const int *name, unsigned int namelen, void *oldp, size_t *oldlenp, const void *newp, size_t newlen);
extern int sysctlbyname(const char *name, void *oldp, size_t *oldlenp, const void *newp, size_t newlen);
extern int sysctlnametomib(const char *name, int *mibp, size_t *sizep);
__END_DECLS

#endif
