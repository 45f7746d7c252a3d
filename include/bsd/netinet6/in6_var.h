/* SPDX-License-Identifier: BSD-2-Clause */
/* <netinet6/in6_var.h>: what SIOCAIFADDR_IN6 and SIOCDIFADDR_IN6 take. */
#ifndef TAPBSD_NETINET6_IN6_VAR_H
#define TAPBSD_NETINET6_IN6_VAR_H

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioccom.h>
#include <time.h>

/* Lifetimes in seconds; ND6_INFINITE_LIFETIME of <netinet6/nd6.h>, or 0, for good. */
struct in6_addrlifetime {
	time_t		ia6t_expire;
	time_t		ia6t_preferred;
	uint32_t	ia6t_vltime;
	uint32_t	ia6t_pltime;
};

struct in6_ifreq {
	union {
		char	ifrn_name[IFNAMSIZ];	/* ifr_name is a macro of <net/if.h> */
	} ifr_ifrn;
	union {
		struct	sockaddr_in6 ifru_addr;
		struct	sockaddr_in6 ifru_dstaddr;
		int	ifru_flags;
		int	ifru_flags6;
		struct	in6_addrlifetime ifru_lifetime;
		uint64_t ifru_stat[34];		/* as much room as FreeBSD's */
	} ifr_ifru;
};

struct in6_aliasreq {
	char	ifra_name[IFNAMSIZ];
	struct	sockaddr_in6 ifra_addr;
	struct	sockaddr_in6 ifra_dstaddr;
	struct	sockaddr_in6 ifra_prefixmask;
	int	ifra_flags;		/* IN6_IFF_NODAD */
	struct	in6_addrlifetime ifra_lifetime;
#if !defined(__NetBSD__) && !defined(__OpenBSD__)
	int	ifra_vhid;
#endif
};

#define IN6_IFF_ANYCAST		0x01
#define IN6_IFF_TENTATIVE	0x02
#define IN6_IFF_DUPLICATED	0x04
#define IN6_IFF_DETACHED	0x08
#define IN6_IFF_DEPRECATED	0x10
#define IN6_IFF_NODAD		0x20
#define IN6_IFF_AUTOCONF	0x40
#define IN6_IFF_TEMPORARY	0x80

#define SIOCDIFADDR_IN6		_IOW('i', 25, struct in6_ifreq)
#define SIOCAIFADDR_IN6		_IOW('i', 27, struct in6_aliasreq)

#endif
