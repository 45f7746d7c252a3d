/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <net/if_mib.h>: the interfaces by sysctl(3), as {CTL_NET, PF_LINK, NETLINK_GENERIC, IFMIB_SYSTEM, IFMIB_IFCOUNT} or
 * {CTL_NET, PF_LINK, NETLINK_GENERIC, IFMIB_IFDATA, index, IFDATA_GENERAL}.
 */
#ifndef TAPBSD_NET_IF_MIB_H
#define TAPBSD_NET_IF_MIB_H

#include <net/if.h>

#define NETLINK_GENERIC	0

#define IFMIB_SYSTEM	1
#define IFMIB_IFDATA	2

#define IFMIB_IFCOUNT	1	/* int: the highest index */

#define IFDATA_GENERAL	1	/* struct ifmibdata of the index before it */

struct ifmibdata {
	char		ifmd_name[IFNAMSIZ];
	int		ifmd_pcount;
	int		ifmd_flags;
	int		ifmd_snd_len;
	int		ifmd_snd_maxlen;
	int		ifmd_snd_drops;
	int		ifmd_filler[4];
	struct if_data	ifmd_data;
};

#endif
