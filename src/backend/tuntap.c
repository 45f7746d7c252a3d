/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TAP backend: each unit's network side is a Linux TAP interface of the unit's name, which ip(8), bridges, routes
 * and tcpdump(8) treat as any other.  The interface lives as long as our descriptor (it is not persistent), so a tapd
 * that was killed leaves none behind.
 *
 * Truth about the interface comes from the kernel only.  Whoever changes it, we or somebody with ip(8), the kernel
 * announces it in RTNLGRP_LINK, and announcements are told to the softc in their order.  A setter makes the request
 * and then reads the announcements its change caused.  Whether an interface is still ours the descriptor knows best: a
 * deleted TAP leaves it in EBADFD, for ever, while indexes and names are used again.
 *
 * It is not persistent and has one queue.  Every frame has a virtio header before it on the descriptor; what it says is
 * nothing unless the program asked for it (TAPSVNETHDR), for only then may the host leave checksums and segmentation.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "backend/backend.h"
#include "backend/netns.h"
#include "backend/rtnl.h"
#include "base/log.h"
#include "base/util.h"

#define TUN_DEV		"/dev/net/tun"
#define TUN_BUCKETS	256		/* of the index map: 4 units in each when there are 1,000 */
#define TUN_FRAME	(64 * 1024 + 64)	/* bytes: MTU 65521, Ethernet header, VLAN tags */
#define TUN_BUDGET	64		/* frames taken from one unit before the others have their turn */
#define TUN_GROUP	0x74617064u	/* interface group of those that are about to be removed; 0..255 have names */
#define TUN_RING	4096		/* frames: more than the kernel's ring holds (txqueuelen, 1,000 by default) */

struct tun_if {
	LIST_ENTRY(tun_if) link;	/* tuntap::bucket, until the interface is gone */
	LIST_ENTRY(tun_if) unit;	/* tuntap::units, once attach is through */
	struct tuntap *t;
	struct tap_softc *sc;
	struct loop_fd io;
	int fd;				/* -1 once the interface is gone */
	int ifindex;
	bool told;			/* attach is through: st is what the softc knows */
	struct tap_ifstate st;
	bool carrier;			/* as last set */
	uint64_t tx_dropped;		/* of the kernel, as last read */
	struct tap_host_drops drops;	/* what they were */
};

LIST_HEAD(tun_list, tun_if);

/* What the units of one network namespace share. */
struct tuntap {
	struct loop *loop;
	struct netns ns;
	struct tun_list units;
	struct rtnl rtnl;
	struct loop_fd events;		/* rtnl's announcements */
	struct tun_list bucket[TUN_BUCKETS];	/* by ifindex */
	bool following;			/* inside tun_follow(): eventbuf is in use */
	bool reading;			/* inside tun_read(): frame is in use */
	uint8_t frame[TAP_VNET_LEN + TUN_FRAME];
};

static struct tun_list *tun_bucket(struct tuntap *t, int ifindex)
{
	return &t->bucket[(unsigned)ifindex % TUN_BUCKETS];
}

static struct tun_if *tun_find(struct tuntap *t, int ifindex)
{
	struct tun_if *n;

	LIST_FOREACH(n, tun_bucket(t, ifindex), link)
		if (n->ifindex == ifindex)
			return n;
	return NULL;
}

/* ------------------------------------------------------------------ losing the interface */

/* Forget the interface; closing the descriptor removes it before close(2) returns, if it still exists. */
static void tun_drop(struct tun_if *n)
{
	loop_fd_del(n->t->loop, &n->io);
	LIST_REMOVE(n, link);
	close(n->fd);
	n->fd = -1;
}

static void tun_gone(struct tun_if *n, const char *how)
{
	struct tap_softc *sc = n->sc;

	tun_drop(n);
	if (!n->told)
		return;
	log_warn("%s: the host interface was %s; reads now give EHOSTDOWN, writes and opens ENXIO.  Make it again: tapctl %s create",
	    sc->if_name, how, sc->node.name);
	tap_if_gone(sc);
}

/* The kernel detaches a descriptor from its interface when that is deleted, before it announces so. */
static bool tun_deleted(const struct tun_if *n)
{
	struct ifreq ifr;

	return ioctl(n->fd, TUNGETIFF, &ifr) < 0 && errno == EBADFD;
}

static bool tun_gone_if_deleted(struct tun_if *n)
{
	if (!tun_deleted(n))
		return false;
	tun_gone(n, "deleted by somebody else");
	return true;
}

/* ------------------------------------------------------------------ frames from the host */

/*
 * Pass up to `budget` frames to the softc.  A deleted interface reads EBADFD, and EIO on older kernels; any other
 * error is of the moment.
 */
static void tun_read(struct tun_if *n, int budget)
{
	struct tuntap *t = n->t;
	ssize_t len = 0;

	if (t->reading || n->fd < 0)
		return;
	t->reading = true;
	while (n->fd >= 0 && budget-- > 0 && (len = read(n->fd, t->frame, sizeof(t->frame))) > TAP_VNET_LEN)
		tap_if_output_vnet(n->sc, t->frame, t->frame + TAP_VNET_LEN, len - TAP_VNET_LEN);
	t->reading = false;
	if (n->fd >= 0 && len < 0 && errno != EAGAIN)
		tun_gone_if_deleted(n);
}

/* ------------------------------------------------------------------ state */

static bool same_state(const struct tap_ifstate *a, const struct tap_ifstate *b)
{
	return a->up == b->up && a->promisc == b->promisc && a->mtu == b->mtu &&
	    memcmp(a->lladdr, b->lladdr, TAP_ADDRLEN) == 0 && strcmp(a->name, b->name) == 0;
}

/*
 * Tell what changed.  What the host sent before it took the interface down is still in the kernel's ring; it is passed
 * first, so that going down flushes it (QU-08) and it is not found there at the next up.
 */
static void tun_tell(struct tun_if *n, const struct tap_ifstate *st)
{
	if (n->told && same_state(&n->st, st))
		return;
	if (n->told && n->st.up && !st->up)
		tun_read(n, TUN_RING);
	if (n->fd < 0)
		return;
	n->st = *st;
	if (n->told)
		tap_if_update(n->sc, &n->st);
}

/*
 * RTM_DELLINK with an index of ours.  The interface is deleted; or it was moved to another network namespace, where
 * its state cannot be followed; or this is about one before ours that had the same index.
 */
static void tun_dellink(struct tun_if *n)
{
	struct rtnl_link l;

	if (!tun_gone_if_deleted(n) && rtnl_get_link(&n->t->rtnl, n->ifindex, &l) == -ENODEV)
		tun_gone(n, "moved to another network namespace, where tapd cannot follow, and removed");
}

static void tun_event(void *arg, const struct rtnl_link *l)
{
	struct tun_if *n = tun_find(arg, l->ifindex);

	if (n == NULL)
		return;
	if (l->deleted)
		tun_dellink(n);
	else
		tun_tell(n, &l->st);
}

/* Announcements were lost: ask for each of ours. */
static void tun_resync(struct tuntap *t)
{
	struct tun_if *n, *next;
	struct rtnl_link l;

	log_debug("netlink: announcements of interface changes were lost, asking for all");
	for (size_t i = 0; i < TUN_BUCKETS; i++) {
		for (n = LIST_FIRST(&t->bucket[i]); n != NULL; n = next) {
			next = LIST_NEXT(n, link);
			if (rtnl_get_link(&t->rtnl, n->ifindex, &l) == 0 && !tun_deleted(n))
				tun_tell(n, &l.st);
			else
				tun_dellink(n);
		}
	}
}

/* Tell everything that has been announced until now. */
static void tun_follow(struct tuntap *t)
{
	if (t->following)
		return;
	t->following = true;
	if (rtnl_events(&t->rtnl, tun_event, t) != 0)
		tun_resync(t);
	t->following = false;
}

static void tun_on_events(void *arg, uint32_t events)
{
	tun_follow(arg);
}

/* Announcements first: what brought the interface up came before the frames it sent. */
static void tun_on_frames(void *arg, uint32_t events)
{
	struct tun_if *n = arg;

	tun_follow(n->t);
	tun_read(n, TUN_BUDGET);
}

static void tun_sync(struct tap_softc *sc)
{
	struct tun_if *n = sc->net;

	tun_follow(n->t);
	tun_read(n, TUN_BUDGET);
}

/* ------------------------------------------------------------------ making and removing */

/* What to do when /dev/net/tun gives no interface. */
static const struct {
	int err;
	const char *advice;
} tun_advice[] = {
	{ ENOENT, "load the module (modprobe tun), or pass the device into the container" },
	{ ENODEV, "load the module (modprobe tun)" },
	{ ENXIO, "load the module (modprobe tun)" },
	{ EPERM, "start tapd as root, or give it CAP_NET_ADMIN" },
	{ EACCES, "start tapd as root, or give it CAP_NET_ADMIN" },
	{ EEXIST, "delete the interface of that name (ip link delete), or start tapd with another --prefix" },
	{ ENFILE, "raise the system's limit of open files (sysctl fs.file-max)" },
	{ EMFILE, "raise the limit of open files (ulimit -n, LimitNOFILE=)" },
};

/* Fill in why: what failed for whom; returns -err. */
static int tun_why(const char *whom, int err, const char *what, char *why, size_t size)
{
	const char *advice = NULL;

	for (size_t i = 0; i < NELEM(tun_advice); i++)
		if (tun_advice[i].err == err)
			advice = tun_advice[i].advice;
	snprintf(why, size, "%s: %s: %s%s%s", whom, what, strerror(err), advice != NULL ? "; " : "",
	    advice != NULL ? advice : "");
	return -err;
}

/*
 * A new TAP of the unit's name: its descriptor, or -errno and a sentence.  With TUN_EXCL the kernel refuses, as EBUSY,
 * any name that is taken; without it we would silently join a persistent TAP of somebody else's.
 */
static int tun_open(const struct tuntap *t, const struct tap_softc *sc, char *why, size_t size)
{
	struct ifreq ifr = { .ifr_flags = (short)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL) };
	int home, fd, err = netns_enter(&t->ns, &home);

	if (err != 0)
		return tun_why(sc->if_name, -err, "the program's network namespace", why, size);
	fd = open(TUN_DEV, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	err = errno;
	netns_leave(home);
	if (fd < 0)
		return tun_why(sc->if_name, err, TUN_DEV, why, size);
	memcpy(ifr.ifr_name, sc->if_name, sizeof(ifr.ifr_name));
	if (ioctl(fd, TUNSETIFF, &ifr) == 0)
		return fd;
	err = errno == EBUSY ? EEXIST : errno;
	close(fd);
	return tun_why(sc->if_name, err, "making the host interface", why, size);
}

/*
 * Give the new interface its address and MTU, and learn its state.  The announcements up to then are read while
 * nothing is told, so that the first state told is the true one.  -errno, with the step that failed in *what.
 */
static int tun_setup(struct tun_if *n, const char **what)
{
	struct rtnl *r = &n->t->rtnl;
	struct rtnl_link l;
	int err;

	*what = "finding the host interface";
	if (n->ifindex == 0)
		return -ENODEV;
	*what = "setting the link-level address of the host interface";
	if ((err = rtnl_set_lladdr(r, n->ifindex, n->sc->lladdr)) != 0)
		return err;
	*what = "setting the MTU of the host interface";
	if ((err = rtnl_set_mtu(r, n->ifindex, n->sc->mtu)) != 0)
		return err;
	rtnl_keep_addrs(r, n->ifindex);		/* nothing fails without */
	*what = "asking for the state of the host interface";
	if ((err = rtnl_get_link(r, n->ifindex, &l)) != 0)
		return err;
	n->st = l.st;
	tun_follow(n->t);
	if (n->fd < 0)
		return -ENODEV;
	*what = "watching the host interface";
	return loop_fd_add(n->t->loop, &n->io, n->fd, EPOLLIN, tun_on_frames, n);
}

/* Old announcements are read while the new index is not in the map: they are not about us. */
static int tun_adopt(struct tun_if *n, char *why, size_t size)
{
	const char *what;
	int err;

	tun_follow(n->t);
	n->ifindex = rtnl_index(&n->t->rtnl, n->sc->if_name);
	LIST_INSERT_HEAD(tun_bucket(n->t, n->ifindex), n, link);
	if ((err = tun_setup(n, &what)) == 0)
		return 0;
	if (n->fd >= 0)
		tun_drop(n);
	snprintf(why, size, "%s: %s: %s", n->sc->if_name, what, strerror(-err));
	return err;
}

static int tun_attach(struct tap_softc *sc, void *ctx, char *why, size_t size)
{
	struct tun_if *n = calloc(1, sizeof(*n));
	int err;

	if (n == NULL)
		return tun_why(sc->if_name, ENOMEM, "making the host interface", why, size);
	n->t = ctx;
	n->sc = sc;
	n->carrier = true;		/* Linux starts with one */
	err = n->fd = tun_open(n->t, sc, why, size);
	if (n->fd >= 0)
		err = tun_adopt(n, why, size);
	if (err < 0) {
		free(n);
		return err;
	}
	n->told = true;
	LIST_INSERT_HEAD(&n->t->units, n, unit);
	sc->net = n;
	tap_if_update(sc, &n->st);
	return 0;
}

static void tun_detach(struct tap_softc *sc)
{
	struct tun_if *n = sc->net;

	if (n == NULL)
		return;
	if (n->fd >= 0)
		tun_drop(n);
	LIST_REMOVE(n, unit);
	free(n);
	sc->net = NULL;
}

/* ------------------------------------------------------------------ frames from the program */

/* -ENXIO gone; -ENETDOWN down, not announced yet; -ENOBUFS no memory. */
static int tun_input_vnet(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	struct iovec iov[] = { { (void *)vnet, TAP_VNET_LEN }, { (void *)frame, len } };
	struct tun_if *n = sc->net;

	if (n->fd < 0)
		return -ENXIO;
	if (writev(n->fd, iov, 2) >= 0)
		return 0;
	switch (errno) {
	case EBADFD:
		tun_gone_if_deleted(n);
		return -ENXIO;
	case EIO:
		return -ENETDOWN;
	case EAGAIN:
	case ENOMEM:
		return -ENOBUFS;
	default:
		return -errno;
	}
}

static int tun_input(struct tap_softc *sc, const void *frame, size_t len)
{
	static const uint8_t nothing_left[TAP_VNET_LEN];

	return tun_input_vnet(sc, nothing_left, frame, len);
}

static int tun_set_offload(struct tap_softc *sc, bool on)
{
	struct tun_if *n = sc->net;
	unsigned long features = on ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN : 0;

	if (n->fd < 0)
		return -ENXIO;
	return ioctl(n->fd, TUNSETOFFLOAD, features) == 0 ? 0 : -errno;
}

/* ------------------------------------------------------------------ setters */

/* After a request: tell what it changed.  Returns the request's error, or -ENXIO when the interface is gone. */
static int tun_done(struct tun_if *n, int err)
{
	tun_follow(n->t);
	return n->fd < 0 ? -ENXIO : err;
}

static int tun_set_flag(struct tap_softc *sc, unsigned flag, bool on)
{
	struct tun_if *n = sc->net;

	return tun_done(n, n->fd < 0 ? -ENXIO : rtnl_set_flags(&n->t->rtnl, n->ifindex, on ? flag : 0, flag));
}

static int tun_set_up(struct tap_softc *sc, bool up)
{
	return tun_set_flag(sc, IFF_UP, up);
}

/* Off takes back the flag only: a packet socket or bridge that wants the interface promiscuous keeps it so. */
static int tun_set_promisc(struct tap_softc *sc, bool on)
{
	return tun_set_flag(sc, IFF_PROMISC, on);
}

/* Linux's TAP stops at 65521 bytes, where BSD's goes to 65535 (IF-24): -EINVAL above. */
static int tun_set_mtu(struct tap_softc *sc, unsigned mtu)
{
	struct tun_if *n = sc->net;

	return tun_done(n, n->fd < 0 ? -ENXIO : rtnl_set_mtu(&n->t->rtnl, n->ifindex, mtu));
}

/* An interface that is up cannot be renamed by older kernels: it goes down for that moment. */
static int tun_rename(struct tap_softc *sc, const char *name)
{
	struct tun_if *n = sc->net;
	int err = n->fd < 0 ? -ENXIO : rtnl_set_name(&n->t->rtnl, n->ifindex, name);

	if (err == -EBUSY && rtnl_set_flags(&n->t->rtnl, n->ifindex, 0, IFF_UP) == 0) {
		err = rtnl_set_name(&n->t->rtnl, n->ifindex, name);
		rtnl_set_flags(&n->t->rtnl, n->ifindex, IFF_UP, IFF_UP);
	}
	return tun_done(n, err);
}

static int tun_set_lladdr(struct tap_softc *sc, const uint8_t lladdr[TAP_ADDRLEN])
{
	struct tun_if *n = sc->net;

	return tun_done(n, n->fd < 0 ? -ENXIO : rtnl_set_lladdr(&n->t->rtnl, n->ifindex, lladdr));
}

/*
 * Without a carrier the host sends into a void, which the kernel counts among others' drops (Linux before 6.3 counts
 * it nowhere): take what came since the last look, if it was such a time.
 */
static int tun_count_drops(struct tun_if *n)
{
	struct rtnl_link l;
	int err = n->fd < 0 ? -ENXIO : rtnl_get_link(&n->t->rtnl, n->ifindex, &l);

	if (err != 0)
		return err;
	if (n->carrier)
		n->drops.ring += l.tx_dropped - n->tx_dropped;
	else
		n->drops.no_carrier += l.tx_dropped - n->tx_dropped;
	n->tx_dropped = l.tx_dropped;
	return 0;
}

/*
 * A carrier that comes lets the host send only once the kernel's link watch has run.  Asking for the link, as counting
 * does, makes it run (Linux 6.7 and later; before, it runs by itself shortly after).
 */
static int tun_set_carrier(struct tap_softc *sc, bool on)
{
	struct tun_if *n = sc->net;
	int value = on, err = on ? 0 : tun_count_drops(n);

	if (n->fd < 0 || err != 0)
		return tun_done(n, err);
	if (ioctl(n->fd, TUNSETCARRIER, &value) < 0)
		return tun_done(n, errno == EINVAL || errno == ENOTTY ? -EOPNOTSUPP : -errno);
	err = on ? tun_count_drops(n) : 0;
	n->carrier = on;
	return tun_done(n, err);
}

static int tun_host_drops(struct tap_softc *sc, struct tap_host_drops *d)
{
	struct tun_if *n = sc->net;
	int err = tun_count_drops(n);

	*d = n->drops;
	return tun_done(n, err);
}

/* ------------------------------------------------------------------ addresses */

static int tun_add_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct tun_if *n = sc->net;

	return tun_done(n, n->fd < 0 ? -ENXIO : rtnl_add_addr(&n->t->rtnl, n->ifindex, a));
}

static int tun_get_addrs(struct tun_if *n, struct tap_ifaddr **list, size_t *count)
{
	return n->fd < 0 ? -ENXIO : rtnl_get_addrs(&n->t->rtnl, n->ifindex, list, count);
}

static bool same_addr(const struct tap_ifaddr *a, const struct tap_ifaddr *b)
{
	return a->family == b->family && memcmp(a->addr, b->addr, a->family == AF_INET ? 4 : 16) == 0;
}

/* As SIOCDIFADDR: the address alone says which; its prefix length only chooses between two that are the same. */
static int tun_del_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct tun_if *n = sc->net;
	struct tap_ifaddr *list, *found = NULL;
	size_t count;
	int err = tun_get_addrs(n, &list, &count);

	if (err != 0)
		return tun_done(n, err);
	for (size_t i = 0; i < count; i++)
		if (same_addr(&list[i], a) && (found == NULL || list[i].prefixlen == a->prefixlen))
			found = &list[i];
	err = found == NULL ? -EADDRNOTAVAIL : rtnl_del_addr(&n->t->rtnl, n->ifindex, found);
	free(list);
	return tun_done(n, err);
}

static int tun_each_addr(struct tap_softc *sc, void (*fn)(void *arg, const struct tap_ifaddr *a), void *arg)
{
	struct tun_if *n = sc->net;
	struct tap_ifaddr *list;
	size_t count;
	int err = tun_get_addrs(n, &list, &count);

	if (err != 0)
		return tun_done(n, err);
	for (size_t i = 0; i < count; i++)
		fn(arg, &list[i]);
	free(list);
	return 0;
}

/* An IPv4 address takes the secondary ones of its network with it: not to find one again is no failure. */
static int tun_purge_addrs(struct tap_softc *sc)
{
	struct tun_if *n = sc->net;
	struct tap_ifaddr *list;
	size_t count;
	int one, err = tun_get_addrs(n, &list, &count);

	if (err != 0)
		return tun_done(n, err);
	for (size_t i = 0; i < count; i++) {
		one = rtnl_del_addr(&n->t->rtnl, n->ifindex, &list[i]);
		if (one != 0 && one != -EADDRNOTAVAIL)
			err = one;
	}
	free(list);
	return tun_done(n, err);
}

const struct tap_net_ops tuntap_ops = {
	.name = "tuntap",
	.max_mtu = 65521,		/* Linux's TAP; BSD's goes to 65535 (IF-24) */
	.attach = tun_attach,
	.detach = tun_detach,
	.input = tun_input,
	.input_vnet = tun_input_vnet,
	.set_offload = tun_set_offload,
	.sync = tun_sync,
	.set_up = tun_set_up,
	.set_promisc = tun_set_promisc,
	.set_mtu = tun_set_mtu,
	.set_lladdr = tun_set_lladdr,
	.rename = tun_rename,
	.set_carrier = tun_set_carrier,
	.host_drops = tun_host_drops,
	.add_addr = tun_add_addr,
	.del_addr = tun_del_addr,
	.each_addr = tun_each_addr,
	.purge_addrs = tun_purge_addrs,
};

/* ------------------------------------------------------------------ the context */

/* Better said at the start than at the first unit. */
static int tun_probe(char *why, size_t size)
{
	int fd = open(TUN_DEV, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return tun_why("host interfaces", errno, TUN_DEV, why, size);
	close(fd);
	return 0;
}

/* Only making one tells: a namespace, a module or a security policy may refuse.  It ends with its descriptor. */
bool tuntap_allowed(char *why, size_t size)
{
	struct ifreq ifr = { .ifr_flags = (short)(IFF_TAP | IFF_NO_PI), .ifr_name = "taptry%d" };
	int fd;

	if (tun_probe(why, size) != 0)
		return false;
	fd = open(TUN_DEV, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && ioctl(fd, TUNSETIFF, &ifr) == 0) {
		close(fd);
		return true;
	}
	tun_why("host interfaces", errno, "making one", why, size);
	if (fd >= 0)
		close(fd);
	return false;
}

/* The sockets of a namespace, which stay in it. */
static int tun_connect(struct tuntap *t, char *why, size_t size)
{
	int home, err = netns_enter(&t->ns, &home);

	if (err != 0)
		return tun_why("host interfaces", -err, "the program's network namespace", why, size);
	err = rtnl_open(&t->rtnl);
	netns_leave(home);
	if (err == 0)
		err = loop_fd_add(t->loop, &t->events, rtnl_event_fd(&t->rtnl), EPOLLIN, tun_on_events, t);
	if (err != 0)
		snprintf(why, size, "netlink: %s", strerror(-err));
	return err;
}

struct tuntap *tuntap_new(struct loop *l, const struct netns *ns, char *why, size_t size)
{
	struct tuntap *t = NULL;
	int err = tun_probe(why, size);

	if (err == 0) {
		t = calloc(1, sizeof(*t));
		err = t != NULL ? 0 : tun_why("host interfaces", ENOMEM, "making one", why, size);
	}
	if (err == 0) {
		t->loop = l;
		t->ns = *ns;
		t->ns.fd = ns->fd >= 0 ? fcntl(ns->fd, F_DUPFD_CLOEXEC, 0) : -1;
		err = tun_connect(t, why, size);
	}
	if (err == 0)
		return t;
	if (t != NULL) {
		rtnl_close(&t->rtnl);
		netns_close(&t->ns);
	}
	free(t);
	errno = -err;
	return NULL;
}

bool tuntap_is_of(const struct tuntap *t, const struct netns *ns)
{
	return netns_same(&t->ns, ns);
}

/* Ours lives as long as we do. */
bool tuntap_is_idle(struct tuntap *t)
{
	struct tun_if *n;

	if (t->ns.fd < 0)
		return false;
	LIST_FOREACH(n, &t->units, unit)
		if (n->sc->file != NULL)
			return false;
	return LIST_EMPTY(&t->units) || !netns_alive(&t->ns);
}

struct tap_softc *tuntap_any(struct tuntap *t)
{
	return LIST_EMPTY(&t->units) ? NULL : LIST_FIRST(&t->units)->sc;
}

void tuntap_free(struct tuntap *t)
{
	if (t == NULL)
		return;
	loop_fd_del(t->loop, &t->events);
	rtnl_close(&t->rtnl);
	netns_close(&t->ns);
	free(t);
}

/* One whose group cannot be set, and all if the group cannot be deleted, are removed by detach. */
void tuntap_retire(struct tuntap *t)
{
	struct tun_if *n;

	for (size_t i = 0; i < TUN_BUCKETS; i++) {
		LIST_FOREACH(n, &t->bucket[i], link) {
			n->told = false;
			rtnl_set_group(&t->rtnl, n->ifindex, TUN_GROUP);
		}
	}
	rtnl_del_group(&t->rtnl, TUN_GROUP);
	tun_follow(t);
}
