/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel does to an interface by netlink only: further addresses, a description, counters of 64 bits.  Each
 * call opens a socket, sends one request and reads one answer; in the program's network namespace and with its rights.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bsd/net/if.h"
#include "bsd/tapbsd.h"

/* A request: the header, the family's own header, then attributes. */
struct request {
	struct nlmsghdr nlh;
	union {
		struct ifaddrmsg ifa;
		struct ifinfomsg ifi;
	} u;
	char attrs[512];
};

/* RFC 2863's; the kernel's header for them cannot be included with <net/if.h>. */
enum { IF_OPER_UNKNOWN = 0, IF_OPER_UP = 6 };

#define REPLY_SIZE 32768	/* bytes: the kernel's messages are smaller */

static void put_attr(struct request *r, int type, const void *data, size_t size)
{
	struct rtattr *a = (void *)((char *)r + NLMSG_ALIGN(r->nlh.nlmsg_len));

	a->rta_type = (unsigned short)type;
	a->rta_len = (unsigned short)RTA_LENGTH(size);
	memcpy(RTA_DATA(a), data, size);
	r->nlh.nlmsg_len = NLMSG_ALIGN(r->nlh.nlmsg_len) + RTA_ALIGN(a->rta_len);
}

static void start(struct request *r, int type, int flags, size_t size)
{
	memset(r, 0, sizeof(*r));
	r->nlh.nlmsg_type = (unsigned short)type;
	r->nlh.nlmsg_flags = (unsigned short)(NLM_F_REQUEST | flags);
	r->nlh.nlmsg_len = (uint32_t)NLMSG_LENGTH(size);
}

/* Send it and read the one answer into reply, REPLY_SIZE bytes.  0, or -errno of the kernel's. */
static int ask(const struct request *r, char *reply)
{
	const struct nlmsghdr *nlh = (const void *)reply;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t n;
	int err;

	if (fd < 0)
		return -errno;
	n = send(fd, r, r->nlh.nlmsg_len, 0);
	while (n >= 0) {
		n = recv(fd, reply, REPLY_SIZE, 0);
		if (n >= 0 || errno != EINTR)
			break;
		n = 0;
	}
	err = n < 0 ? -errno : !NLMSG_OK(nlh, (size_t)n) ? -EIO : 0;
	close(fd);
	if (err == 0 && nlh->nlmsg_type == NLMSG_ERROR)
		err = ((const struct nlmsgerr *)NLMSG_DATA(nlh))->error;
	return err;
}

static int tell(const struct request *r)
{
	char *reply = malloc(REPLY_SIZE);
	int err = reply != NULL ? ask(r, reply) : -ENOMEM;

	free(reply);
	return err;
}

/* ------------------------------------------------------------------ addresses */

static void start_addr(struct request *r, int type, int flags, unsigned ifindex, const struct tapbsd_ifaddr *a)
{
	size_t size = a->family == AF_INET ? 4 : 16;

	start(r, type, flags | NLM_F_ACK, sizeof(r->u.ifa));
	r->u.ifa.ifa_family = (unsigned char)a->family;
	r->u.ifa.ifa_prefixlen = (unsigned char)a->prefixlen;
	r->u.ifa.ifa_index = ifindex;
	put_attr(r, IFA_LOCAL, a->addr, size);
	put_attr(r, IFA_ADDRESS, a->point_to_point && a->has_broad ? a->broad : a->addr, size);
}

int tapbsd_addr_add(unsigned ifindex, const struct tapbsd_ifaddr *a)
{
	struct ifa_cacheinfo life = { .ifa_valid = a->valid, .ifa_prefered = a->preferred };
	struct request r;

	start_addr(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, ifindex, a);
	if (a->nodad)
		r.u.ifa.ifa_flags = IFA_F_NODAD;
	if (a->has_broad && !a->point_to_point)
		put_attr(&r, IFA_BROADCAST, a->broad, 4);
	if (a->family == AF_INET6)
		put_attr(&r, IFA_CACHEINFO, &life, sizeof(life));
	return tell(&r);
}

int tapbsd_addr_delete(unsigned ifindex, const struct tapbsd_ifaddr *a)
{
	struct request r;

	start_addr(&r, RTM_DELADDR, 0, ifindex, a);
	return tell(&r);
}

/* ------------------------------------------------------------------ the interface */

int tapbsd_alias_set(unsigned ifindex, const char *text)
{
	struct request r;

	start(&r, RTM_SETLINK, NLM_F_ACK, sizeof(r.u.ifi));
	r.u.ifi.ifi_index = (int)ifindex;
	put_attr(&r, IFLA_IFALIAS, text, text[0] != '\0' ? strnlen(text, 255) + 1 : 0);
	return tell(&r);
}

/* The attribute of the interface, size bytes at most; how many bytes there are.  -errno. */
static int link_attr(unsigned ifindex, int type, void *data, size_t size)
{
	struct request r;
	char *reply = malloc(REPLY_SIZE);
	int err, len, found = 0;

	if (reply == NULL)
		return -ENOMEM;
	start(&r, RTM_GETLINK, 0, sizeof(r.u.ifi));
	r.u.ifi.ifi_index = (int)ifindex;
	err = ask(&r, reply);
	if (err == 0) {
		struct nlmsghdr *nlh = (void *)reply;
		struct rtattr *a = IFLA_RTA(NLMSG_DATA(nlh));

		for (len = (int)IFLA_PAYLOAD(nlh); RTA_OK(a, len); a = RTA_NEXT(a, len))
			if (a->rta_type == type) {
				found = (int)RTA_PAYLOAD(a);
				memcpy(data, RTA_DATA(a), (size_t)found < size ? (size_t)found : size);
			}
	}
	free(reply);
	return err < 0 ? err : found;
}

int tapbsd_alias_get(unsigned ifindex, char text[256])
{
	int n = link_attr(ifindex, IFLA_IFALIAS, text, 255);

	if (n < 0)
		return n;
	text[n < 255 ? n : 255] = '\0';
	return 0;
}

int tapbsd_link_data(unsigned ifindex, struct if_data *data)
{
	struct rtnl_link_stats64 s = { 0 };
	uint32_t mtu = 0;
	uint8_t operstate = 0;
	int n = link_attr(ifindex, IFLA_STATS64, &s, sizeof(s));

	if (n >= 0)
		n = link_attr(ifindex, IFLA_MTU, &mtu, sizeof(mtu));
	if (n >= 0)
		n = link_attr(ifindex, IFLA_OPERSTATE, &operstate, sizeof(operstate));
	if (n < 0)
		return n;
	*data = (struct if_data) {
		.ifi_type = 6, .ifi_addrlen = 6, .ifi_hdrlen = 14, .ifi_datalen = sizeof(*data), .ifi_mtu = mtu,
		.ifi_link_state = operstate == IF_OPER_UP ? LINK_STATE_UP :
		    operstate == IF_OPER_UNKNOWN ? LINK_STATE_UNKNOWN : LINK_STATE_DOWN,
		.ifi_ipackets = s.rx_packets, .ifi_ierrors = s.rx_errors, .ifi_opackets = s.tx_packets,
		.ifi_oerrors = s.tx_errors, .ifi_collisions = s.collisions, .ifi_ibytes = s.rx_bytes,
		.ifi_obytes = s.tx_bytes, .ifi_imcasts = s.multicast, .ifi_iqdrops = s.rx_dropped,
		.ifi_oqdrops = s.tx_dropped, .ifi_noproto = s.rx_nohandler,
	};
	return 0;
}
