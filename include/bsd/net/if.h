/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <net/if.h>: the system's, with the members and structures BSD's has beside them.  struct ifreq stays Linux's in size
 * and offsets; what BSD keeps in other places of it is in the union as well.  ifr_data is the pointer it is on BSD too.
 * What SIOCSIFNAME takes is told by its number: see <sys/sockio.h>.
 */
#ifndef TAPBSD_NET_IF_H
#define TAPBSD_NET_IF_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>

struct ifreq_buffer {
	size_t	length;
	void	*buffer;
};

#define ifru_data ifru_data; struct ifreq_buffer ifru_buffer; short ifru_flagspair[2]; int ifru_cap[2]
#include_next <net/if.h>
#undef ifru_data

#ifdef __USE_MISC

#define ifr_buffer	ifr_ifru.ifru_buffer		/* SIOCSIFDESCR */
#define ifr_flagshigh	ifr_ifru.ifru_flagspair[1]	/* kept by nobody: Linux has 16 flags */
#define ifr_index	ifr_ifru.ifru_ivalue
#define ifr_phys	ifr_ifru.ifru_ivalue
#define ifr_media	ifr_ifru.ifru_ivalue
#define ifr_fib		ifr_ifru.ifru_ivalue
#define ifr_jid		ifr_ifru.ifru_ivalue
#define ifr_reqcap	ifr_ifru.ifru_cap[0]
#define ifr_curcap	ifr_ifru.ifru_cap[1]

#define IFF_DRV_RUNNING	IFF_RUNNING

#define IF_MAXUNIT	0x7fff
#define IF_MINMTU	72
#define IF_MAXMTU	65535
#define IFDESCRSIZE	64	/* OpenBSD's descriptions, with the NUL */

#define LINK_STATE_UNKNOWN	0
#define LINK_STATE_DOWN		1
#define LINK_STATE_UP		2

/* How far SIOCGIFCONF goes on from one entry to the next: Linux's are all of one size. */
#define _SIZEOF_ADDR_IFREQ(ifr)	sizeof(struct ifreq)

/* What getifaddrs(3) gives with an AF_LINK address, and SIOCGIFDATA.  Counters are 64 bits wide. */
struct if_data {
	uint8_t		ifi_type;	/* IFT_ETHER */
	uint8_t		ifi_physical;
	uint8_t		ifi_addrlen;
	uint8_t		ifi_hdrlen;
	uint8_t		ifi_link_state;	/* LINK_STATE_UP */
	uint8_t		ifi_vhid;
	uint16_t	ifi_datalen;
	uint32_t	ifi_mtu;
	uint32_t	ifi_metric;
	uint64_t	ifi_baudrate;	/* bit/s; 0: not known */
	uint64_t	ifi_ipackets;
	uint64_t	ifi_ierrors;
	uint64_t	ifi_opackets;
	uint64_t	ifi_oerrors;
	uint64_t	ifi_collisions;
	uint64_t	ifi_ibytes;
	uint64_t	ifi_obytes;
	uint64_t	ifi_imcasts;
	uint64_t	ifi_omcasts;
	uint64_t	ifi_iqdrops;
	uint64_t	ifi_oqdrops;
	uint64_t	ifi_noproto;
	struct timeval	ifi_lastchange;
};

struct ifdatareq {
	char		ifdr_name[IFNAMSIZ];
	struct if_data	ifdr_data;
};

/* SIOCAIFADDR.  A mask of 0 stands for that of the address's class. */
struct ifaliasreq {
	char	ifra_name[IFNAMSIZ];
	struct	sockaddr ifra_addr;
	__extension__ union {
		struct sockaddr ifra_broadaddr;
		struct sockaddr ifra_dstaddr;
	};
	struct	sockaddr ifra_mask;
#if !defined(__NetBSD__) && !defined(__OpenBSD__)
	int	ifra_vhid;
#endif
};

/* SIOCGIFMEDIA */
struct ifmediareq {
	char	ifm_name[IFNAMSIZ];
	int	ifm_current;	/* IFM_ETHER */
	int	ifm_mask;
	int	ifm_status;	/* IFM_AVALID, IFM_ACTIVE */
	int	ifm_active;
	int	ifm_count;	/* of ifm_ulist */
	int	*ifm_ulist;
};

/* SIOCAIFGROUP */
struct ifg_req {
	__extension__ union {
		char	ifgrq_group[IFNAMSIZ];
		char	ifgrq_member[IFNAMSIZ];
	};
};

struct ifgroupreq {
	char		ifgr_name[IFNAMSIZ];
	unsigned int	ifgr_len;
	__extension__ union {
		char		ifgr_group[IFNAMSIZ];
		struct ifg_req	*ifgr_groups;
	};
};

#endif

#endif
