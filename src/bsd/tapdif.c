/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces that the kernel does not have, because tapd plugged them into something else than a TAP interface of the
 * host (`attach slirp`): their ioctls are asked of tapd, in the words of ifconfig(8).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if_arp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bsd/tapbsd.h"

#define BSD_MULTICAST	0x8000		/* IFF_MULTICAST; the lower flags have the same bits on both systems */
#define SAME_FLAGS	(IFF_UP | IFF_BROADCAST | IFF_DEBUG | IFF_LOOPBACK | IFF_POINTOPOINT | IFF_RUNNING | \
	IFF_NOARP | IFF_PROMISC | IFF_ALLMULTI)

/* ------------------------------------------------------------------ asking */

typedef int getter(const char *unit, struct ifreq *ifr);

static int get_flags(const char *unit, struct ifreq *ifr)
{
	long bsd = tapbsd_json_number(tapbsd_json_member(unit, "flags_value"));

	ifr->ifr_flags = (short)((bsd & SAME_FLAGS) | (bsd & BSD_MULTICAST ? IFF_MULTICAST : 0));
	return 0;
}

static int get_mtu(const char *unit, struct ifreq *ifr)
{
	ifr->ifr_mtu = (int)tapbsd_json_number(tapbsd_json_member(unit, "mtu"));
	return 0;
}

static int get_metric(const char *unit, struct ifreq *ifr)
{
	ifr->ifr_metric = 0;
	return 0;
}

static int get_ether(const char *unit, struct ifreq *ifr)
{
	uint8_t *a = (uint8_t *)ifr->ifr_hwaddr.sa_data;
	char text[32];

	if (!tapbsd_json_string(tapbsd_json_member(unit, "ether"), text, sizeof(text)) ||
	    sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &a[0], &a[1], &a[2], &a[3], &a[4], &a[5]) != 6)
		return -EINVAL;
	ifr->ifr_hwaddr.sa_family = ARPHRD_ETHER;
	return 0;
}

/* The unit's first IPv4 address, in host order, and its mask. */
static int first_inet(const char *unit, uint32_t *addr, uint32_t *mask)
{
	const char *a = tapbsd_json_first(tapbsd_json_member(unit, "addresses"));
	char family[8], text[64];
	struct in_addr in;
	long len;

	for (; a != NULL; a = tapbsd_json_next(a))
		if (tapbsd_json_string(tapbsd_json_member(a, "family"), family, sizeof(family)) &&
		    strcmp(family, "inet") == 0)
			break;
	if (!tapbsd_json_string(tapbsd_json_member(a, "address"), text, sizeof(text)) ||
	    inet_pton(AF_INET, text, &in) != 1)
		return -EADDRNOTAVAIL;
	len = tapbsd_json_number(tapbsd_json_member(a, "prefixlen"));
	*addr = ntohl(in.s_addr);
	*mask = len > 0 && len <= 32 ? UINT32_MAX << (32 - len) : 0;
	return 0;
}

static int put_inet(struct ifreq *ifr, uint32_t addr)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(addr) };

	memcpy(&ifr->ifr_addr, &sin, sizeof(sin));
	return 0;
}

static int get_addr(const char *unit, struct ifreq *ifr)
{
	uint32_t addr, mask;
	int err = first_inet(unit, &addr, &mask);

	return err < 0 ? err : put_inet(ifr, addr);
}

static int get_netmask(const char *unit, struct ifreq *ifr)
{
	uint32_t addr, mask;
	int err = first_inet(unit, &addr, &mask);

	return err < 0 ? err : put_inet(ifr, mask);
}

static int get_broadaddr(const char *unit, struct ifreq *ifr)
{
	uint32_t addr, mask;
	int err = first_inet(unit, &addr, &mask);

	return err < 0 ? err : put_inet(ifr, addr | ~mask);
}

/* ------------------------------------------------------------------ telling: the words for a request */

typedef int teller(const char *unit, const struct ifreq *ifr, const char **verb, char word[64]);

static int set_flags(const char *unit, const struct ifreq *ifr, const char **verb, char word[64])
{
	*verb = ifr->ifr_flags & IFF_UP ? "up" : "down";
	strcpy(word, ifr->ifr_flags & IFF_PROMISC ? "promisc" : "-promisc");
	return 0;
}

static int set_mtu(const char *unit, const struct ifreq *ifr, const char **verb, char word[64])
{
	*verb = "mtu";
	snprintf(word, 64, "%d", ifr->ifr_mtu);
	return 0;
}

static int set_ether(const char *unit, const struct ifreq *ifr, const char **verb, char word[64])
{
	const uint8_t *a = (const uint8_t *)ifr->ifr_hwaddr.sa_data;

	*verb = "ether";
	snprintf(word, 64, "%02x:%02x:%02x:%02x:%02x:%02x", a[0], a[1], a[2], a[3], a[4], a[5]);
	return 0;
}

static uint32_t inet_of(const struct ifreq *ifr)
{
	struct sockaddr_in sin;

	memcpy(&sin, &ifr->ifr_addr, sizeof(sin));
	return ntohl(sin.sin_addr.s_addr);
}

static int set_addr(const char *unit, const struct ifreq *ifr, const char **verb, char word[64])
{
	struct in_addr in = { htonl(inet_of(ifr)) };

	*verb = "inet";
	inet_ntop(AF_INET, &in, word, 64);
	return 0;
}

static int set_netmask(const char *unit, const struct ifreq *ifr, const char **verb, char word[64])
{
	uint32_t addr, old, mask = inet_of(ifr);
	int err = first_inet(unit, &addr, &old);
	struct in_addr in = { htonl(addr) };
	size_t len;

	if (err < 0)
		return err;
	if ((mask & (~mask >> 1)) != 0)
		return -EINVAL;
	*verb = "inet";
	inet_ntop(AF_INET, &in, word, 64);
	len = strlen(word);
	snprintf(word + len, 64 - len, "/%d", __builtin_popcount(mask));
	return 0;
}

static const struct {
	uint32_t request;
	getter *get;
	teller *set;
} table[] = {
	{ SIOCGIFFLAGS, get_flags, NULL },
	{ SIOCGIFMTU, get_mtu, NULL },
	{ SIOCGIFMETRIC, get_metric, NULL },
	{ SIOCGIFHWADDR, get_ether, NULL },
	{ SIOCGIFADDR, get_addr, NULL },
	{ SIOCGIFNETMASK, get_netmask, NULL },
	{ SIOCGIFBRDADDR, get_broadaddr, NULL },
	{ SIOCSIFFLAGS, NULL, set_flags },
	{ SIOCSIFMTU, NULL, set_mtu },
	{ SIOCSIFHWADDR, NULL, set_ether },
	{ SIOCSIFADDR, NULL, set_addr },
	{ SIOCSIFNETMASK, NULL, set_netmask },
};

static int call(getter *get, teller *set, const char *unit, const char *ifname, struct ifreq *ifr)
{
	char word[64];
	const char *words[3] = { ifname, NULL, word };
	int err;

	if (get != NULL)
		return get(unit, ifr);
	err = set(unit, ifr, &words[1], word);
	return err < 0 ? err : tapbsd_ctl(words, 3, NULL);
}

/* What tapd says of the interface, to be freed; *unit points into it.  -errno. */
static int find_unit(const char *ifname, char **reply, const char **unit)
{
	const char *words[] = { ifname };
	char name[IFNAMSIZ];
	int err = tapbsd_ctl(words, 1, reply);

	if (err < 0)
		return err;
	*unit = tapbsd_json_first(tapbsd_json_member(*reply, "units"));
	if (tapbsd_json_string(tapbsd_json_member(*unit, "name"), name, sizeof(name)) && strcmp(name, ifname) == 0)
		return 0;
	free(*reply);
	return -ENXIO;
}

int tapbsd_tapd_has(const char *ifname)
{
	const char *unit;
	char *reply;
	int err = find_unit(ifname, &reply, &unit);

	if (err == 0)
		free(reply);
	return err;
}

int tapbsd_tapd_ifreq(uint32_t request, struct ifreq *ifr)
{
	char ifname[IFNAMSIZ], *reply;
	const char *unit;
	int err;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].request != request)
			continue;
		memcpy(ifname, ifr->ifr_name, IFNAMSIZ);
		ifname[IFNAMSIZ - 1] = '\0';
		err = find_unit(ifname, &reply, &unit);
		if (err < 0)
			return err;
		err = call(table[i].get, table[i].set, unit, ifname, ifr);
		free(reply);
		return err;
	}
	return -ENXIO;
}

int tapbsd_tapd_addr(const char *ifname, int family, const void *addr, unsigned prefixlen, bool add)
{
	char text[INET6_ADDRSTRLEN + 5];
	const char *words[] = { ifname, family == AF_INET ? "inet" : "inet6", text, add ? "alias" : "-alias" };
	size_t len;
	int err = tapbsd_tapd_has(ifname);

	if (err < 0)
		return err;
	inet_ntop(family, addr, text, INET6_ADDRSTRLEN);
	len = strlen(text);
	if (add)
		snprintf(text + len, sizeof(text) - len, "/%u", prefixlen);
	return tapbsd_ctl(words, 4, NULL);
}
