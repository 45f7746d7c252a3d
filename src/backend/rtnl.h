/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few words of rtnetlink(7) the TAP backend needs, over libmnl: requests that are answered before they return, and
 * the kernel's announcements about links.  It knows interfaces by index, nothing of softcs, and keeps no state of them.
 */
#ifndef TAPD_BACKEND_RTNL_H
#define TAPD_BACKEND_RTNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tap/tap.h"

struct mnl_socket;
struct nlmsghdr;

/* One network namespace.  Two sockets, so that an answer is never queued behind announcements. */
struct rtnl {
	struct mnl_socket *req;		/* requests and their answers */
	struct mnl_socket *events;	/* RTNLGRP_LINK, not blocking */
	uint32_t seq;			/* of the last request */
	_Alignas(8) uint8_t reqbuf[32768];	/* the kernel's largest piece of a dump */
	_Alignas(8) uint8_t eventbuf[32768];
};

/* What the kernel says of one interface. */
struct rtnl_link {
	int ifindex;
	bool deleted;			/* RTM_DELLINK: removed, or moved to another namespace; st means nothing */
	struct tap_ifstate st;
	uint64_t tx_dropped;		/* frames of the host that never reached the ring, since the interface exists */
};

/* 0 or -errno, with nothing left open.  Fill r with zeroes first. */
int rtnl_open(struct rtnl *r);
void rtnl_close(struct rtnl *r);	/* harmless on one that was not opened, or twice */
int rtnl_event_fd(const struct rtnl *r);

/*
 * Call fn for each announcement that waits; does not block.  0, or -ENOBUFS: some were lost, and whoever keeps state
 * must ask again (those that were not lost have been passed, and the socket is empty); or -errno of a broken socket.
 */
int rtnl_events(struct rtnl *r, void (*fn)(void *arg, const struct rtnl_link *l), void *arg);

/* Requests.  0, or -errno as the kernel gives it: -ENODEV no such interface, -EPERM, -EINVAL... */
int rtnl_index(struct rtnl *r, const char *name);	/* of that interface, or 0 */
int rtnl_get_link(struct rtnl *r, int ifindex, struct rtnl_link *l);
int rtnl_set_flags(struct rtnl *r, int ifindex, unsigned flags, unsigned change);	/* IFF_* of <linux/if.h> */
int rtnl_set_mtu(struct rtnl *r, int ifindex, unsigned mtu);
int rtnl_set_name(struct rtnl *r, int ifindex, const char *name);	/* -EEXIST; before Linux 6.2 -EBUSY when up */
int rtnl_set_lladdr(struct rtnl *r, int ifindex, const uint8_t lladdr[TAP_ADDRLEN]);
/* Deleting an IPv4 address spares the others of its subnet, as on BSD.  (Linux's default takes them along.) */
int rtnl_keep_addrs(struct rtnl *r, int ifindex);
int rtnl_set_group(struct rtnl *r, int ifindex, uint32_t group);
int rtnl_del_group(struct rtnl *r, uint32_t group);	/* delete every interface in it, in one step */
int rtnl_add_addr(struct rtnl *r, int ifindex, const struct tap_ifaddr *a);	/* -EEXIST */
int rtnl_del_addr(struct rtnl *r, int ifindex, const struct tap_ifaddr *a);	/* -EADDRNOTAVAIL; prefixlen counts */
/* *list has *n addresses of both families, IPv4 first, in the kernel's order.  The caller frees it (NULL if none). */
int rtnl_get_addrs(struct rtnl *r, int ifindex, struct tap_ifaddr **list, size_t *n);

/* For requests that are not above. */

/* Start a message in reqbuf, with `size` zeroed bytes of family header: its payload. */
struct nlmsghdr *rtnl_request(struct rtnl *r, uint16_t type, uint16_t flags, size_t size);
/*
 * Send and wait for the end of the answer, passing what comes before it to cb (as libmnl's mnl_cb_t).  An answer to an
 * older request, which an error cut short, is skipped.  0 or -errno; -EINTR: what a dump is of changed under way.
 */
int rtnl_talk(struct rtnl *r, struct nlmsghdr *nlh, int (*cb)(const struct nlmsghdr *nlh, void *data), void *arg);

#endif
