/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * getifaddrs(3) as BSD programs read it: link-level addresses carry BSD's interface type, ifa_data of theirs is a
 * struct if_data, addresses have their lengths, and interfaces are there that only tapd has.  The list is one
 * allocation, as the C library's is, so the C library's freeifaddrs(3) frees it.  Also getifmaddrs(3), of link-level
 * groups.
 */
#include "bsd/ifaddrs.h"

#include <errno.h>
#include <net/if_arp.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bsd/net/if.h"
#include "bsd/net/if_types.h"
#include "bsd/tapbsd.h"

union address {
	struct sockaddr sa;
	struct sockaddr_in sin;
	struct sockaddr_in6 sin6;
	struct sockaddr_ll ll;
	uint8_t bytes[64];	/* a whole struct sockaddr_dl: programs copy one */
};

struct entry {
	struct ifaddrs ifa;
	union address addr, mask, other;
	union {
		struct if_data bsd;
		struct rtnl_link_stats raw;
	} data;
	char name[IFNAMSIZ];
};

unsigned char tapbsd_iftype(unsigned arphrd)
{
	switch (arphrd) {
	case ARPHRD_ETHER:
		return IFT_ETHER;
	case ARPHRD_LOOPBACK:
		return IFT_LOOP;
	case ARPHRD_PPP:
		return IFT_PPP;
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
		return IFT_TUNNEL;
	default:
		return IFT_OTHER;
	}
}

/* sa_len and sin6_len of include/bsd; a link-level address's length is sdl_len, in its unused protocol. */
static void put_length(union address *a, bool bsd)
{
	if (!bsd)
		return;
	if (a->sa.sa_family == AF_INET)
		a->bytes[15] = sizeof(struct sockaddr_in);
	else if (a->sa.sa_family == AF_INET6)
		a->bytes[4] = sizeof(struct sockaddr_in6);
}

static struct sockaddr *copy_addr(union address *to, const struct sockaddr *from, bool bsd)
{
	size_t size;

	if (from == NULL)
		return NULL;
	size = from->sa_family == AF_INET ? sizeof(to->sin) : from->sa_family == AF_INET6 ? sizeof(to->sin6) :
	    from->sa_family == AF_PACKET ? sizeof(to->ll) : sizeof(to->sa);
	memcpy(to, from, size);
	put_length(to, bsd);
	return &to->sa;
}

static void copy_data(struct entry *e, const struct ifaddrs *from, bool bsd)
{
	const struct rtnl_link_stats *s = from->ifa_data;

	if (s == NULL || e->addr.sa.sa_family != AF_PACKET)
		return;
	e->ifa.ifa_data = &e->data;
	if (!bsd) {
		e->data.raw = *s;
		return;
	}
	e->data.bsd = (struct if_data) {
		.ifi_type = (unsigned char)e->addr.ll.sll_hatype, .ifi_addrlen = e->addr.ll.sll_halen,
		.ifi_datalen = sizeof(struct if_data),
		.ifi_link_state = from->ifa_flags & IFF_RUNNING ? LINK_STATE_UP : LINK_STATE_DOWN,
		.ifi_ipackets = s->rx_packets, .ifi_ierrors = s->rx_errors, .ifi_opackets = s->tx_packets,
		.ifi_oerrors = s->tx_errors, .ifi_collisions = s->collisions, .ifi_ibytes = s->rx_bytes,
		.ifi_obytes = s->tx_bytes, .ifi_imcasts = s->multicast, .ifi_iqdrops = s->rx_dropped,
		.ifi_oqdrops = s->tx_dropped,
	};
}

static void copy_entry(struct entry *e, const struct ifaddrs *from, bool bsd)
{
	snprintf(e->name, sizeof(e->name), "%s", from->ifa_name);
	e->ifa.ifa_name = e->name;
	e->ifa.ifa_flags = from->ifa_flags;
	e->ifa.ifa_addr = copy_addr(&e->addr, from->ifa_addr, bsd);
	e->ifa.ifa_netmask = copy_addr(&e->mask, from->ifa_netmask, bsd);
	e->ifa.ifa_broadaddr = copy_addr(&e->other, from->ifa_broadaddr, bsd);
	if (bsd && e->addr.sa.sa_family == AF_PACKET)
		e->addr.ll.sll_hatype = tapbsd_iftype(e->addr.ll.sll_hatype);
	copy_data(e, from, bsd);
}

/* A unit of tapd's that the kernel does not have.  False: it is not to be had. */
static bool copy_unit(struct entry *e, const char *name, bool bsd)
{
	struct ifreq ifr = { 0 };

	snprintf(ifr.ifr_name, IFNAMSIZ, "%s", name);
	if (tapbsd_tapd_ifreq(SIOCGIFHWADDR, &ifr) < 0)
		return false;
	e->addr.ll.sll_family = AF_PACKET;
	e->addr.ll.sll_hatype = bsd ? IFT_ETHER : ARPHRD_ETHER;
	e->addr.ll.sll_halen = 6;
	memcpy(e->addr.ll.sll_addr, ifr.ifr_hwaddr.sa_data, 6);
	if (tapbsd_tapd_ifreq(SIOCGIFFLAGS, &ifr) < 0)
		return false;
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->ifa.ifa_name = e->name;
	e->ifa.ifa_flags = (unsigned short)ifr.ifr_flags;
	e->ifa.ifa_addr = &e->addr.sa;
	return true;
}

static bool listed(const struct ifaddrs *list, const char *name)
{
	for (; list != NULL; list = list->ifa_next)
		if (strcmp(list->ifa_name, name) == 0)
			return true;
	return false;
}

/* Entries of the units in tapd's reply that are not in the kernel's list; how many. */
static size_t add_units(struct entry *e, size_t room, const char *reply, const struct ifaddrs *list, bool bsd)
{
	const char *n = tapbsd_json_first(tapbsd_json_member(reply, "names"));
	char name[IFNAMSIZ];
	size_t added = 0;

	for (; n != NULL && added < room; n = tapbsd_json_next(n))
		if (tapbsd_json_string(n, name, sizeof(name)) && !listed(list, name) && copy_unit(&e[added], name, bsd))
			added++;
	return added;
}

int tapbsd_interfaces(struct ifaddrs **list, bool bsd)
{
	const char *words[] = { "-l" };
	struct ifaddrs *kernel;
	char *reply = NULL;
	size_t n = 0, extra = 0, i = 0;
	struct entry *e;
	int saved = errno;

	if (tapbsd_real_getifaddrs(&kernel) != 0)
		return -1;
	for (const struct ifaddrs *k = kernel; k != NULL; k = k->ifa_next)
		n++;
	if (tapbsd_ctl(words, 1, &reply) == 0)
		for (const char *p = tapbsd_json_first(tapbsd_json_member(reply, "names")); p; p = tapbsd_json_next(p))
			extra++;
	e = calloc(n + extra + 1, sizeof(*e));
	if (e != NULL) {
		for (const struct ifaddrs *k = kernel; k != NULL; k = k->ifa_next)
			copy_entry(&e[i++], k, bsd);
		n += add_units(&e[n], extra, reply, kernel, bsd);
		for (i = 0; i + 1 < n; i++)
			e[i].ifa.ifa_next = &e[i + 1].ifa;
	}
	freeifaddrs(kernel);
	free(reply);
	if (n == 0) {
		free(e);
		e = NULL;
	}
	*list = (struct ifaddrs *)e;
	errno = e == NULL && n > 0 ? ENOMEM : saved;
	return e == NULL && n > 0 ? -1 : 0;
}

int tapbsd_getifaddrs(struct ifaddrs **list)
{
	return tapbsd_interfaces(list, true);
}

/* ------------------------------------------------------------------ groups */

struct group {
	struct ifmaddrs ifma;
	union address name, addr;
};

static void put_link(union address *a, unsigned index, const uint8_t *lladdr)
{
	a->ll.sll_family = AF_PACKET;
	a->ll.sll_ifindex = (int)index;
	a->ll.sll_hatype = IFT_ETHER;
	a->ll.sll_halen = lladdr != NULL ? 6 : 0;
	if (lladdr != NULL)
		memcpy(a->ll.sll_addr, lladdr, 6);
}

/* One line of /proc/net/dev_mcast: index, name, users, global users, address. */
static bool read_group(const char *line, struct group *g)
{
	unsigned index;
	uint8_t a[6];

	if (sscanf(line, "%u %*s %*d %*d %2hhx%2hhx%2hhx%2hhx%2hhx%2hhx", &index, &a[0], &a[1], &a[2], &a[3], &a[4],
	    &a[5]) != 7)
		return false;
	memset(g, 0, sizeof(*g));
	put_link(&g->name, index, NULL);
	put_link(&g->addr, index, a);
	return true;
}

TAPBSD_PUBLIC int getifmaddrs(struct ifmaddrs **list)
{
	FILE *f = fopen("/proc/self/net/dev_mcast", "re");
	struct group *all = NULL, *more, g;
	char line[256];
	size_t n = 0;

	if (f == NULL)
		return -1;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (!read_group(line, &g))
			continue;
		more = realloc(all, (n + 1) * sizeof(*all));
		if (more == NULL) {
			free(all);
			fclose(f);
			return -1;
		}
		all = more;
		all[n++] = g;
	}
	fclose(f);
	for (size_t i = 0; i < n; i++) {
		all[i].ifma.ifma_name = &all[i].name.sa;
		all[i].ifma.ifma_addr = &all[i].addr.sa;
		all[i].ifma.ifma_next = i + 1 < n ? &all[i + 1].ifma : NULL;
	}
	*list = (struct ifmaddrs *)all;
	return 0;
}

TAPBSD_PUBLIC void freeifmaddrs(struct ifmaddrs *list)
{
	free(list);
}
