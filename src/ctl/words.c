/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, prefix lengths and netmasks from text: see words.h. */
#include "ctl/words.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/util.h"

static unsigned addr_bits(int family)
{
	return family == AF_INET ? 32 : 128;
}

bool ctl_addr_parse(int family, const char *s, struct tap_ifaddr *a)
{
	char text[CTL_ADDRSTRLEN];
	const char *slash = strchrnul(s, '/');
	long len = CTL_NOPREFIX;

	if (!str_format(text, sizeof(text), "%.*s", (int)(slash - s), s))
		return false;
	if (*slash != '\0' && !str_to_long(slash + 1, 0, addr_bits(family), &len))
		return false;
	*a = (struct tap_ifaddr){ .family = family, .prefixlen = (unsigned)len };
	return inet_pton(family, text, a->addr) == 1;
}

unsigned ctl_addr_default_prefix(const struct tap_ifaddr *a)
{
	if (a->family != AF_INET)
		return 64;
	return a->addr[0] < 128 ? 8 : a->addr[0] < 192 ? 16 : 24;
}

bool ctl_addr_same(const struct tap_ifaddr *a, const struct tap_ifaddr *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, addr_bits(a->family) / 8) == 0;
}

bool ctl_netmask_parse(const char *s, unsigned *prefixlen)
{
	struct in_addr in;
	uint32_t mask;
	long v;

	if (inet_pton(AF_INET, s, &in) == 1)
		mask = ntohl(in.s_addr);
	else if (strncmp(s, "0x", 2) == 0 && str_to_long(s, 0, UINT32_MAX, &v))
		mask = (uint32_t)v;
	else
		return false;
	*prefixlen = (unsigned)__builtin_popcount(mask);
	return (~mask & (~mask + 1)) == 0;
}

const char *ctl_addr_format(const struct tap_ifaddr *a, char buf[CTL_ADDRSTRLEN])
{
	if (!inet_ntop(a->family, a->addr, buf, CTL_ADDRSTRLEN))
		buf[0] = '\0';
	return buf;
}

const char *ctl_family_name(int family)
{
	return family == AF_INET ? "inet" : "inet6";
}
