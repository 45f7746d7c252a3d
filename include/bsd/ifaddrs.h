/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <ifaddrs.h>: the system's, with getifaddrs(3) by way of libtap-bsd: AF_LINK addresses have BSD's types, ifa_data is a
 * struct if_data (<net/if.h>), and the interfaces only tapd has are in it.  getifmaddrs(3) gives link-level groups.
 */
#ifndef TAPBSD_IFADDRS_H
#define TAPBSD_IFADDRS_H

#define getifaddrs tapbsd_unused_getifaddrs
#include_next <ifaddrs.h>
#undef getifaddrs

#include <sys/cdefs.h>

struct ifmaddrs {
	struct ifmaddrs	*ifma_next;
	struct sockaddr	*ifma_name;	/* AF_LINK */
	struct sockaddr	*ifma_addr;
	struct sockaddr	*ifma_lladdr;
};

__BEGIN_DECLS
extern int __REDIRECT_NTH(getifaddrs, (struct ifaddrs **ifap), tapbsd_getifaddrs);
extern int getifmaddrs(struct ifmaddrs **ifmap);
extern void freeifmaddrs(struct ifmaddrs *ifmp);
__END_DECLS

#endif
