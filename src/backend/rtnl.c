/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rtnetlink(7) over libmnl, as rtnl.h says.  Requests go out and are answered within the call: the kernel handles one
 * inside sendto(2), so its answer, and every announcement it caused, is queued by then.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>

#include "backend/rtnl.h"
#include "base/util.h"

#define EVENT_RCVBUF	(1024 * 1024)	/* bytes: room for what 1,000 units announce while we are busy */
#define ANSWER_TIMEOUT	2		/* s; only a kernel that lost our answer gets near it */
#define DUMP_TRIES	8		/* a dump that changed under way is asked for again */

/* ------------------------------------------------------------------ sockets */

static int events_open(struct rtnl *r)
{
	int size = EVENT_RCVBUF;

	r->events = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (r->events == NULL || mnl_socket_bind(r->events, RTMGRP_LINK, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	/* FORCE passes net.core.rmem_max and needs CAP_NET_ADMIN; with less there is more to recover from, no more. */
	if (setsockopt(rtnl_event_fd(r), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(rtnl_event_fd(r), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	return 0;
}

static int requests_open(struct rtnl *r)
{
	struct timeval limit = { .tv_sec = ANSWER_TIMEOUT };
	int on = 1;

	r->req = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (r->req == NULL || mnl_socket_bind(r->req, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	if (setsockopt(mnl_socket_get_fd(r->req), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) < 0)
		return -errno;
	/* A dump of addresses then has one interface's only.  Linux before 4.20 has it not: we look ourselves, too. */
	mnl_socket_setsockopt(r->req, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return 0;
}

int rtnl_open(struct rtnl *r)
{
	int err = requests_open(r);

	if (err == 0)
		err = events_open(r);
	if (err != 0)
		rtnl_close(r);
	return err;
}

void rtnl_close(struct rtnl *r)
{
	if (r->req != NULL)
		mnl_socket_close(r->req);
	if (r->events != NULL)
		mnl_socket_close(r->events);
	r->req = r->events = NULL;
}

int rtnl_event_fd(const struct rtnl *r)
{
	return mnl_socket_get_fd(r->events);
}

/* ------------------------------------------------------------------ links */

/* Any socket answers for its own namespace, wherever the thread is. */
int rtnl_index(struct rtnl *r, const char *name)
{
	struct ifreq ifr = { 0 };

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	return ioctl(mnl_socket_get_fd(r->req), SIOCGIFINDEX, &ifr) == 0 ? ifr.ifr_ifindex : 0;
}

static uint32_t attr_u32(const struct nlattr *a)
{
	return mnl_attr_get_payload_len(a) >= sizeof(uint32_t) ? mnl_attr_get_u32(a) : 0;
}

static void link_parse_stats(const struct nlattr *a, struct rtnl_link *l)
{
	struct rtnl_link_stats64 stats = { 0 };
	size_t len = mnl_attr_get_payload_len(a);

	memcpy(&stats, mnl_attr_get_payload(a), len < sizeof(stats) ? len : sizeof(stats));
	l->tx_dropped = stats.tx_dropped;
}

/*
 * ifi_flags has IFF_PROMISC for those who set the flag; a packet socket or a bridge that wants the interface
 * promiscuous shows in IFLA_PROMISCUITY only.
 */
static void link_parse(const struct nlmsghdr *nlh, struct rtnl_link *l)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *a;

	memset(l, 0, sizeof(*l));
	l->ifindex = ifi->ifi_index;
	l->deleted = nlh->nlmsg_type == RTM_DELLINK;
	l->st.up = (ifi->ifi_flags & IFF_UP) != 0;
	l->st.promisc = (ifi->ifi_flags & IFF_PROMISC) != 0;
	mnl_attr_for_each(a, nlh, sizeof(*ifi)) {
		switch (mnl_attr_get_type(a)) {
		case IFLA_PROMISCUITY:
			l->st.promisc |= attr_u32(a) > 0;
			break;
		case IFLA_IFNAME:
			if (mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0)
				str_copy(l->st.name, sizeof(l->st.name), mnl_attr_get_str(a));
			break;
		case IFLA_MTU:
			l->st.mtu = attr_u32(a);
			break;
		case IFLA_ADDRESS:
			if (mnl_attr_get_payload_len(a) == TAP_ADDRLEN)
				memcpy(l->st.lladdr, mnl_attr_get_payload(a), TAP_ADDRLEN);
			break;
		case IFLA_STATS64:
			link_parse_stats(a, l);
			break;
		}
	}
}

/*
 * Whether the message is about an interface as such.  A bridge announces its ports in this group as well, and "port
 * left the bridge" is an RTM_DELLINK of family AF_BRIDGE for an interface that lives on.
 */
static bool link_is_ours(const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	return (nlh->nlmsg_type == RTM_NEWLINK || nlh->nlmsg_type == RTM_DELLINK) &&
	    mnl_nlmsg_get_payload_len(nlh) >= sizeof(*ifi) && ifi->ifi_family == AF_UNSPEC;
}

struct event_to {
	void (*fn)(void *arg, const struct rtnl_link *l);
	void *arg;
};

static int event_cb(const struct nlmsghdr *nlh, void *data)
{
	const struct event_to *to = data;
	struct rtnl_link l;

	if (link_is_ours(nlh)) {
		link_parse(nlh, &l);
		to->fn(to->arg, &l);
	}
	return MNL_CB_OK;
}

int rtnl_events(struct rtnl *r, void (*fn)(void *arg, const struct rtnl_link *l), void *arg)
{
	struct event_to to = { .fn = fn, .arg = arg };
	int lost = 0;

	for (;;) {
		ssize_t n = mnl_socket_recvfrom(r->events, r->eventbuf, sizeof(r->eventbuf));

		if (n >= 0)
			mnl_cb_run(r->eventbuf, n, 0, 0, event_cb, &to);
		else if (errno == EAGAIN)
			return lost;
		else if (errno == ENOBUFS || errno == ENOSPC)	/* overrun; or one longer than the buffer */
			lost = -ENOBUFS;
		else if (errno != EINTR)
			return -errno;
	}
}

/* ------------------------------------------------------------------ requests */

struct nlmsghdr *rtnl_request(struct rtnl *r, uint16_t type, uint16_t flags, size_t size)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(r->reqbuf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++r->seq;
	mnl_nlmsg_put_extra_header(nlh, size);
	return nlh;
}

int rtnl_talk(struct rtnl *r, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	uint32_t seq = nlh->nlmsg_seq;
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(r->req, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(r->req, r->reqbuf, sizeof(r->reqbuf));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		if (((struct nlmsghdr *)r->reqbuf)->nlmsg_seq != seq)
			continue;
		more = mnl_cb_run(r->reqbuf, n, seq, mnl_socket_get_portid(r->req), cb, arg);
		if (more < 0)
			return -errno;
	}
	return 0;
}

static struct nlmsghdr *link_request(struct rtnl *r, uint16_t type, int ifindex)
{
	struct nlmsghdr *nlh = rtnl_request(r, type, NLM_F_ACK, sizeof(struct ifinfomsg));
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_index = ifindex;
	return nlh;
}

static int get_link_cb(const struct nlmsghdr *nlh, void *data)
{
	if (link_is_ours(nlh))
		link_parse(nlh, data);
	return MNL_CB_OK;
}

int rtnl_get_link(struct rtnl *r, int ifindex, struct rtnl_link *l)
{
	struct nlmsghdr *nlh = link_request(r, RTM_GETLINK, ifindex);

	memset(l, 0, sizeof(*l));
	return rtnl_talk(r, nlh, get_link_cb, l);
}

int rtnl_set_flags(struct rtnl *r, int ifindex, unsigned flags, unsigned change)
{
	struct nlmsghdr *nlh = link_request(r, RTM_NEWLINK, ifindex);
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_flags = flags;
	ifi->ifi_change = change;
	return rtnl_talk(r, nlh, NULL, NULL);
}

static int set_attr(struct rtnl *r, int ifindex, uint16_t type, const void *data, size_t len)
{
	struct nlmsghdr *nlh = link_request(r, RTM_NEWLINK, ifindex);

	mnl_attr_put(nlh, type, len, data);
	return rtnl_talk(r, nlh, NULL, NULL);
}

int rtnl_set_mtu(struct rtnl *r, int ifindex, unsigned mtu)
{
	uint32_t value = mtu;

	return set_attr(r, ifindex, IFLA_MTU, &value, sizeof(value));
}

int rtnl_set_name(struct rtnl *r, int ifindex, const char *name)
{
	return set_attr(r, ifindex, IFLA_IFNAME, name, strlen(name) + 1);
}

int rtnl_set_lladdr(struct rtnl *r, int ifindex, const uint8_t lladdr[TAP_ADDRLEN])
{
	return set_attr(r, ifindex, IFLA_ADDRESS, lladdr, TAP_ADDRLEN);
}

int rtnl_keep_addrs(struct rtnl *r, int ifindex)
{
	struct nlmsghdr *nlh = link_request(r, RTM_NEWLINK, ifindex);
	struct nlattr *spec = mnl_attr_nest_start(nlh, IFLA_AF_SPEC);
	struct nlattr *inet = mnl_attr_nest_start(nlh, AF_INET);
	struct nlattr *conf = mnl_attr_nest_start(nlh, IFLA_INET_CONF);

	mnl_attr_put_u32(nlh, IPV4_DEVCONF_PROMOTE_SECONDARIES, 1);
	mnl_attr_nest_end(nlh, conf);
	mnl_attr_nest_end(nlh, inet);
	mnl_attr_nest_end(nlh, spec);
	return rtnl_talk(r, nlh, NULL, NULL);
}

int rtnl_set_group(struct rtnl *r, int ifindex, uint32_t group)
{
	return set_attr(r, ifindex, IFLA_GROUP, &group, sizeof(group));
}

int rtnl_del_group(struct rtnl *r, uint32_t group)
{
	struct nlmsghdr *nlh = link_request(r, RTM_DELLINK, 0);

	mnl_attr_put_u32(nlh, IFLA_GROUP, group);
	return rtnl_talk(r, nlh, NULL, NULL);
}

/* ------------------------------------------------------------------ addresses */

static size_t addr_len(int family)
{
	return family == AF_INET ? 4 : 16;
}

static struct nlmsghdr *addr_request(struct rtnl *r, uint16_t type, uint16_t flags, int ifindex,
    const struct tap_ifaddr *a)
{
	struct nlmsghdr *nlh = rtnl_request(r, type, NLM_F_ACK | flags, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

	ifa->ifa_family = a->family;
	ifa->ifa_index = ifindex;
	ifa->ifa_prefixlen = a->prefixlen;
	mnl_attr_put(nlh, IFA_LOCAL, addr_len(a->family), a->addr);
	mnl_attr_put(nlh, IFA_ADDRESS, addr_len(a->family), a->addr);
	return nlh;
}

static bool addr_valid(const struct tap_ifaddr *a)
{
	return (a->family == AF_INET && a->prefixlen <= 32) || (a->family == AF_INET6 && a->prefixlen <= 128);
}

/* As ifconfig(8) does, and not as ip(8): an IPv4 network with room for one has its broadcast address. */
int rtnl_add_addr(struct rtnl *r, int ifindex, const struct tap_ifaddr *a)
{
	struct nlmsghdr *nlh;
	uint32_t addr;

	if (!addr_valid(a))
		return -EINVAL;
	nlh = addr_request(r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, a);
	if (a->family == AF_INET && a->prefixlen <= 30) {
		memcpy(&addr, a->addr, sizeof(addr));
		mnl_attr_put_u32(nlh, IFA_BROADCAST, addr | htonl(UINT32_MAX >> a->prefixlen));
	}
	return rtnl_talk(r, nlh, NULL, NULL);
}

int rtnl_del_addr(struct rtnl *r, int ifindex, const struct tap_ifaddr *a)
{
	if (!addr_valid(a))
		return -EINVAL;
	return rtnl_talk(r, addr_request(r, RTM_DELADDR, 0, ifindex, a), NULL, NULL);
}

struct addr_list {
	int ifindex;
	struct tap_ifaddr *a;
	size_t n, room;
};

static int addr_list_add(struct addr_list *list, const struct tap_ifaddr *a)
{
	if (list->n == list->room) {
		size_t room = list->room + 16;
		struct tap_ifaddr *p = reallocarray(list->a, room, sizeof(*p));

		if (p == NULL)
			return MNL_CB_ERROR;
		list->a = p;
		list->room = room;
	}
	list->a[list->n++] = *a;
	return MNL_CB_OK;
}

/* IFA_LOCAL is the interface's own address; IPv6 has it only beside a peer's in IFA_ADDRESS. */
static int addr_cb(const struct nlmsghdr *nlh, void *data)
{
	struct addr_list *list = data;
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *a, *found = NULL;
	struct tap_ifaddr out = { 0 };

	if (nlh->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa) ||
	    (int)ifa->ifa_index != list->ifindex || (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6))
		return MNL_CB_OK;
	mnl_attr_for_each(a, nlh, sizeof(*ifa))
		if (mnl_attr_get_payload_len(a) == addr_len(ifa->ifa_family) &&
		    (mnl_attr_get_type(a) == IFA_LOCAL || (mnl_attr_get_type(a) == IFA_ADDRESS && found == NULL)))
			found = a;
	if (found == NULL)
		return MNL_CB_OK;
	out.family = ifa->ifa_family;
	out.prefixlen = ifa->ifa_prefixlen;
	memcpy(out.addr, mnl_attr_get_payload(found), addr_len(out.family));
	return addr_list_add(list, &out);
}

int rtnl_get_addrs(struct rtnl *r, int ifindex, struct tap_ifaddr **out, size_t *n)
{
	struct addr_list list = { .ifindex = ifindex };
	int err, tries = DUMP_TRIES;

	do {
		struct nlmsghdr *nlh = rtnl_request(r, RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));
		struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

		ifa->ifa_index = ifindex;
		list.n = 0;
		err = rtnl_talk(r, nlh, addr_cb, &list);
	} while (err == -EINTR && --tries > 0);
	if (err != 0 || list.n == 0) {
		free(list.a);
		list.a = NULL;
		list.n = 0;
	}
	*out = list.a;
	*n = list.n;
	return err;
}
