/* SPDX-License-Identifier: BSD-2-Clause */
/* <netinet/in_var.h>: what SIOCAIFADDR takes, with IPv4 addresses; struct ifaliasreq (<net/if.h>) does as well. */
#ifndef TAPBSD_NETINET_IN_VAR_H
#define TAPBSD_NETINET_IN_VAR_H

#include <net/if.h>
#include <netinet/in.h>

struct in_aliasreq {
	char	ifra_name[IFNAMSIZ];
	struct	sockaddr_in ifra_addr;
	__extension__ union {
		struct sockaddr_in ifra_broadaddr;
		struct sockaddr_in ifra_dstaddr;
	};
	struct	sockaddr_in ifra_mask;
#if !defined(__NetBSD__) && !defined(__OpenBSD__)
	int	ifra_vhid;
#endif
};

#include <netinet6/in6_var.h>

#endif
