/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pcap wire, "pcap:eth0": a network card, or anything that ip(8) shows as Ethernet, by libpcap.  What the program
 * writes leaves by that interface; what arrives there is read by the program.  Nothing of the host is changed: its own
 * addresses on the interface, its routes and its traffic stay as they are.  tapd needs CAP_NET_RAW.
 *
 * What comes, and what does not:
 *	- of unicast frames those to the unit's link-level address, to the one the program set (SIOCSIFADDR), and to
 *	  those it writes as; all, and with the interface promiscuous, while the unit is (`tapctl tap0 promisc`).
 *	  Frames to groups always;
 *	- nothing while the unit is down or nobody has it open: the kernel drops the frames, at no cost to tapd;
 *	- never what was sent from this host: not what the program wrote itself, and not what the host sends by that
 *	  interface either.  So the host and the program do not see each other by it.  To have them talk, plug the
 *	  unit into "tuntap" and make that and eth0 ports of a bridge; or give the two ends of a veth to them;
 *	- VLAN tags as they were on the wire, both ways;
 *	- whole frames: checksums that a sender on this machine (a container, a guest) left to its card are completed,
 *	  and TCP segments that it, or the receiving interface, put together are cut to the unit's MTU again.  What
 *	  cannot be cut, such as UDP of that kind, is dropped and counted (rx_toobig), and the log names the
 *	  ethtool(8) command that helps.
 *
 * An interface that goes down, loses its carrier or is removed is shown in `tapctl tap0` and in the log.  What is
 * written meanwhile is counted (tx_down).  It is taken again as soon as it is back, by its name, be it another by
 * then.  The kernel tells of a carrier up to a second late; what is written in that second is lost unseen.
 *
 * A unit that has a link-level address of its own makes the card take frames for one address more, which Ethernet cards
 * and veth do.  Wireless stations do not: there, give the unit the card's own address (`tapctl tap0 ether ...`), and
 * mind that the host answers as well.
 *
 * The kernel filters; on_frame() looks again, since what had passed an earlier filter may still be in the ring.
 */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "backend/gso.h"
#include "backend/rtnl.h"
#include "backend/wire.h"
#include "base/log.h"
#include "base/util.h"

#define NIC_RING	(8 * 1024 * 1024)	/* bytes of the kernel's ring: 128 frames of any length, or thousands */
#define NIC_RING_FRAMES	8192			/* more than it holds */
#define NIC_BUDGET	64			/* frames taken before the others have their turn */
#define NIC_RETRY	(1000 * LOOP_MS)	/* while the interface is away; netlink mostly tells at once */
#define NIC_SOON	(10 * LOOP_MS)		/* after an error: soon, but a lasting one must not keep us busy */
#ifndef PACKET_IGNORE_OUTGOING
#define PACKET_IGNORE_OUTGOING 23		/* Linux 4.20 */
#endif

#define NIC_COUNTERS(X) \
	X(rx, "frames that came from the network for the interface") \
	X(rx_completed, "of those, frames whose checksum the sender had left to its card: completed") \
	X(rx_split, "of those, TCP segments longer than the MTU: cut into frames") \
	X(rx_toobig, "frames longer than the MTU that cannot be cut, dropped; see ethtool -K, gro and tso") \
	X(rx_filtered, "frames that waited while the filter changed and are not wanted any more, dropped") \
	X(rx_kernel, "frames the kernel dropped because its ring was full") \
	X(tx, "frames sent") \
	X(tx_nobufs, "frames the network card's queue had no room for, dropped") \
	X(tx_toobig, "frames longer than the network interface's MTU, dropped; see ip link set mtu") \
	X(tx_down, "frames written while the network interface was down, without carrier or gone, dropped")

struct nic_counters {
#define X(name, help) uint64_t name;
	NIC_COUNTERS(X)
#undef X
};

static const struct tap_counter_desc nic_counter_table[] = {
#define X(name, help) { #name, help, offsetof(struct nic_counters, name) },
	NIC_COUNTERS(X)
#undef X
};

/* What the kernel says of the interface that has our name now. */
struct nic_state {
	int ifindex;			/* 0: there is none */
	bool ether, up, carrier;
	uint8_t lladdr[TAP_ADDRLEN];
};

/* Which frames to pass. */
struct nic_wish {
	bool ready;			/* else none */
	struct wire_filter filter;
};

struct nic {
	struct wire *w;
	char ifname[IFNAMSIZ];
	struct rtnl rtnl;		/* for its announcements */
	struct loop_fd events;
	bool announced;			/* one was about us */
	struct loop_timer retry;
	struct nic_state st;		/* as last looked at */

	pcap_t *p;			/* NULL while the interface is down or gone */
	int ifindex;			/* that p is bound to */
	struct loop_fd io;
	bool broken;			/* p failed and must be opened anew */
	bool busy;			/* inside pcap_dispatch(): frame is in use */

	struct nic_wish wish, have;	/* the user's; what the card was told, less its own address */
	unsigned mtu;			/* bytes, the user's */

	struct nic_counters count;
	bool said_rx_toobig, said_tx_toobig;
	unsigned parts;			/* frames that the present one was cut into */
	uint8_t frame[WIRE_FRAME_MAX];
};

static void nic_on_retry(void *arg);

/* ------------------------------------------------------------------ what the user wants */

static bool is_station(const struct wire_filter *f, const uint8_t *lladdr)
{
	for (size_t i = 0; i < f->n; i++)
		if (memcmp(f->station[i], lladdr, TAP_ADDRLEN) == 0)
			return true;
	return false;
}

static bool wish_has(const struct nic_wish *wish, const uint8_t *frame)
{
	return wish->ready && ((frame[0] & 1) != 0 || wish->filter.promisc || is_station(&wish->filter, frame));
}

/* In libpcap's language, where no text is everything. */
static void filter_text(const struct wire_filter *f, char *text, size_t size)
{
	char mac[ETHER_STRLEN];

	str_copy(text, size, f->promisc ? "" : "ether[0] & 1 = 1");
	for (size_t i = 0; i < f->n && !f->promisc; i++)
		str_format(text + strlen(text), size - strlen(text), " or ether dst %s",
		    ether_format(f->station[i], mac));
}

/*
 * pcap_setfilter() lets nothing through while it changes a filter; the kernel itself does it in one step.  Should it
 * fail, on_frame() filters all the same.
 */
static void nic_attach_filter(struct nic *n, const struct bpf_program *prog)
{
	struct sock_fprog f = { .len = prog->bf_len, .filter = (struct sock_filter *)prog->bf_insns };

	_Static_assert(sizeof(struct sock_filter) == sizeof(struct bpf_insn), "two names of one instruction");
	if (setsockopt(pcap_fileno(n->p), SOL_SOCKET, SO_ATTACH_FILTER, &f, sizeof(f)) < 0)
		log_debug("%s: pcap:%s: setting the kernel's filter: %m", n->w->name, n->ifname);
}

static void nic_set_filter(struct nic *n)
{
	struct bpf_insn none = { .code = BPF_RET | BPF_K, .k = 0 };
	struct bpf_program prog = { .bf_len = 1, .bf_insns = &none };
	char text[64 + WIRE_STATIONS * 32];

	if (!n->wish.ready) {
		nic_attach_filter(n, &prog);
		return;
	}
	filter_text(&n->wish.filter, text, sizeof(text));
	if (pcap_compile(n->p, &prog, text, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		log_debug("%s: pcap:%s: compiling \"%s\": %s", n->w->name, n->ifname, text, pcap_geterr(n->p));
		return;
	}
	nic_attach_filter(n, &prog);
	pcap_freecode(&prog);
}

/* op: PACKET_ADD_MEMBERSHIP or PACKET_DROP_MEMBERSHIP. */
static void nic_member(struct nic *n, int op, unsigned short type, const uint8_t *lladdr)
{
	struct packet_mreq m = { .mr_ifindex = n->ifindex, .mr_type = type };

	if (lladdr != NULL) {
		m.mr_alen = TAP_ADDRLEN;
		memcpy(m.mr_address, lladdr, TAP_ADDRLEN);
	}
	if (setsockopt(pcap_fileno(n->p), SOL_PACKET, op, &m, sizeof(m)) < 0)
		log_debug("%s: pcap:%s: membership %d of type %u: %m", n->w->name, n->ifname, op, type);
}

static void nic_members(struct nic *n, int op, const struct nic_wish *wish)
{
	if (!wish->ready)
		return;
	nic_member(n, op, PACKET_MR_ALLMULTI, NULL);
	if (wish->filter.promisc)
		nic_member(n, op, PACKET_MR_PROMISC, NULL);
	for (size_t i = 0; i < wish->filter.n; i++)
		nic_member(n, op, PACKET_MR_UNICAST, wish->filter.station[i]);
}

/* The card's own address needs no asking, and some would go promiscuous over it. */
static struct nic_wish wish_without(const struct nic_wish *wish, const uint8_t *own)
{
	struct nic_wish less = { .ready = wish->ready, .filter.promisc = wish->filter.promisc };

	for (size_t i = 0; i < wish->filter.n; i++)
		if (memcmp(wish->filter.station[i], own, TAP_ADDRLEN) != 0)
			memcpy(less.filter.station[less.filter.n++], wish->filter.station[i], TAP_ADDRLEN);
	return less;
}

/*
 * Have the kernel and the card pass what the user wants.  The kernel counts memberships: the new ones are taken before
 * the old ones are given back, so that a card does not leave promiscuous mode to enter it again.
 */
static void nic_apply(struct nic *n)
{
	struct nic_wish had = n->have;

	if (n->p == NULL)
		return;
	nic_set_filter(n);
	n->have = wish_without(&n->wish, n->st.lladdr);
	nic_members(n, PACKET_ADD_MEMBERSHIP, &n->have);
	nic_members(n, PACKET_DROP_MEMBERSHIP, &had);
}

/* ------------------------------------------------------------------ frames that come */

static void nic_pass(void *arg, const void *frame, size_t len)
{
	struct nic *n = arg;

	n->parts++;
	wire_recv(n->w, frame, len);
}

static void nic_too_big(struct nic *n, size_t len)
{
	n->count.rx_toobig++;
	if (n->said_rx_toobig)
		return;
	n->said_rx_toobig = true;
	log_warn("%s: pcap:%s: a frame of %zu bytes is longer than the MTU of %u and cannot be cut: dropped, as "
	    "others will be (rx_toobig).  Have none put together: ethtool -K %s gro off lro off, and on a peer on this "
	    "machine: ethtool -K PEER tso off gso off tx-udp-segmentation off; or give %s a larger MTU",
	    n->w->name, n->ifname, len, n->mtu, n->ifname, n->w->name);
}

/*
 * A frame from the ring.  It is copied: its checksum may be completed, and while the user has it, the user may have the
 * kernel put others into the ring.
 */
static void on_frame(u_char *arg, const struct pcap_pkthdr *h, const u_char *data)
{
	struct nic *n = (struct nic *)arg;
	size_t len = h->caplen;

	if (len < TAP_HDRLEN || !wish_has(&n->wish, data)) {
		n->count.rx_filtered++;
		return;
	}
	if (len < h->len || len > sizeof(n->frame)) {
		nic_too_big(n, h->len);
		return;
	}
	memcpy(n->frame, data, len);
	n->count.rx_completed += gso_complete(n->frame, len);
	n->count.rx++;
	n->parts = 0;
	if (gso_split(n->frame, len, n->mtu, nic_pass, n) != 0)
		nic_too_big(n, len);
	n->count.rx_split += n->parts > 1;
}

/* An error on p: the interface is down or gone, mostly.  p may be in use here; it is replaced from the loop. */
static void nic_fail(struct nic *n)
{
	n->broken = true;
	loop_fd_del(n->w->b->loop, &n->io);
	loop_timer_set(n->w->b->loop, &n->retry, NIC_SOON, nic_on_retry, n);
}

static void nic_read(struct nic *n, int budget)
{
	int r;

	if (n->p == NULL || n->busy)
		return;
	n->busy = true;
	r = pcap_dispatch(n->p, budget, on_frame, (u_char *)n);
	n->busy = false;
	if (r < 0 && !n->broken)
		nic_fail(n);
}

static void nic_on_frames(void *arg, uint32_t events)
{
	nic_read(arg, NIC_BUDGET);
}

static void nic_sync(struct wire *w)
{
	nic_read(w->priv, NIC_BUDGET);
}

/* ------------------------------------------------------------------ following the interface */

static bool nic_ask(const struct nic *n, unsigned long what, struct ifreq *r)
{
	*r = (struct ifreq){ 0 };
	str_copy(r->ifr_name, sizeof(r->ifr_name), n->ifname);
	return ioctl(rtnl_event_fd(&n->rtnl), what, r) == 0;
}

/*
 * IFF_RUNNING follows the carrier up to a second late.  The driver knows it now; one that does not tell is believed to
 * run when the kernel says so.
 */
static bool nic_carrier(const struct nic *n, const struct ifreq *flags)
{
	struct ethtool_value link = { .cmd = ETHTOOL_GLINK };
	struct ifreq r = { .ifr_data = (char *)&link };

	str_copy(r.ifr_name, sizeof(r.ifr_name), n->ifname);
	if (ioctl(rtnl_event_fd(&n->rtnl), SIOCETHTOOL, &r) < 0)
		return (flags->ifr_flags & IFF_RUNNING) != 0;
	return link.data != 0;
}

static void nic_look(const struct nic *n, struct nic_state *st)
{
	struct ifreq index, flags, addr;

	*st = (struct nic_state){ 0 };
	if (!nic_ask(n, SIOCGIFINDEX, &index) || !nic_ask(n, SIOCGIFFLAGS, &flags) || !nic_ask(n, SIOCGIFHWADDR, &addr))
		return;
	st->ifindex = index.ifr_ifindex;
	st->ether = addr.ifr_hwaddr.sa_family == ARPHRD_ETHER;
	st->up = (flags.ifr_flags & IFF_UP) != 0;
	st->carrier = nic_carrier(n, &flags);
	memcpy(st->lladdr, addr.ifr_hwaddr.sa_data, TAP_ADDRLEN);
}

/* Why libpcap did not open it, and what to do. */
static const struct {
	int result, err;
	const char *text;
} nic_errors[] = {
	{ PCAP_ERROR_NO_SUCH_DEVICE, ENODEV, "no such interface; list them with: ip link" },
	{ PCAP_ERROR_IFACE_NOT_UP, ENETDOWN, "the interface is down: ip link set up" },
	{ PCAP_ERROR_PERM_DENIED, EPERM, "not permitted; start tapd as root, or give it CAP_NET_RAW" },
};

static int nic_open_failed(const struct nic *n, pcap_t *p, int result, char *why, size_t size)
{
	const char *text = NULL;
	int err = EIO;

	for (size_t i = 0; i < NELEM(nic_errors); i++)
		if (nic_errors[i].result == result) {
			err = nic_errors[i].err;
			text = nic_errors[i].text;
		}
	if (text == NULL)
		text = result == PCAP_ERROR ? pcap_geterr(p) : pcap_statustostr(result);
	snprintf(why, size, "pcap:%s: %s", n->ifname, text);
	return -err;
}

/* As pcap_activate(): what it returns, 0 and more are good. */
static int nic_activate(pcap_t *p)
{
	char err[PCAP_ERRBUF_SIZE];
	int on = 1, r;

	pcap_set_snaplen(p, WIRE_FRAME_MAX);
	pcap_set_promisc(p, 0);
	pcap_set_immediate_mode(p, 1);
	pcap_set_buffer_size(p, NIC_RING);
	r = pcap_activate(p);
	if (r < 0)
		return r;
	/* The direction alone keeps what the host sends from us, but has the kernel copy it into the ring first. */
	setsockopt(pcap_fileno(p), SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	if (pcap_setdirection(p, PCAP_D_IN) != 0)
		return PCAP_ERROR;
	return pcap_setnonblock(p, 1, err);
}

/* The interface that the descriptor is bound to; the name may mean another by now. */
static int bound_to(int fd)
{
	struct sockaddr_ll sll = { 0 };
	socklen_t len = sizeof(sll);

	return getsockname(fd, (struct sockaddr *)&sll, &len) == 0 ? sll.sll_ifindex : 0;
}

/* -ENETDOWN: the interface is there, but down; or another -errno.  Either fills in why. */
static int nic_start(struct nic *n, char *why, size_t size)
{
	char err[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p;
	int r;

	if (!n->st.ether) {
		snprintf(why, size, "pcap:%s: not an Ethernet interface; choose another: ip link", n->ifname);
		return -EINVAL;
	}
	p = pcap_create(n->ifname, err);
	if (p == NULL) {
		snprintf(why, size, "pcap:%s: %s", n->ifname, err);
		return -ENOMEM;
	}
	r = nic_activate(p);
	r = r < 0 ? nic_open_failed(n, p, r, why, size) :
	    loop_fd_add(n->w->b->loop, &n->io, pcap_get_selectable_fd(p), EPOLLIN, nic_on_frames, n);
	if (r < 0) {
		pcap_close(p);
		return r;
	}
	n->p = p;
	n->ifindex = bound_to(pcap_fileno(p));
	n->broken = false;
	n->have = (struct nic_wish){ 0 };
	nic_apply(n);
	return 0;
}

static uint64_t nic_ring_drops(const struct nic *n)
{
	struct pcap_stat ps;

	return n->p != NULL && pcap_stats(n->p, &ps) == 0 ? ps.ps_drop : 0;
}

static void nic_stop(struct nic *n)
{
	if (n->p == NULL)
		return;
	n->count.rx_kernel += nic_ring_drops(n);
	loop_fd_del(n->w->b->loop, &n->io);
	pcap_close(n->p);
	n->p = NULL;
}

/* why: what the last try to open it said. */
static void nic_tell(struct nic *n, const char *why)
{
	const char *name = n->ifname;

	if (n->st.ifindex == 0)
		wire_link(n->w, false, "%s is gone; an interface of that name will be taken again", name);
	else if (!n->st.up)
		wire_link(n->w, false, "%s is down: ip link set %s up", name, name);
	else if (n->p == NULL)
		wire_link(n->w, false, "%s", why);
	else if (!n->st.carrier)
		wire_link(n->w, false, "%s has no carrier: its cable, or its peer, is down", name);
	else
		wire_link(n->w, true, "%s", "");
}

/*
 * See what became of the interface and follow it.  From the loop only, as it may replace p.  What still is in the ring
 * of an interface that went is passed first.
 */
static void nic_follow(struct nic *n)
{
	char why[PCAP_ERRBUF_SIZE + 64] = "";
	struct nic_state was = n->st;

	nic_look(n, &n->st);
	if (n->p != NULL && (n->broken || !n->st.up || n->st.ifindex != n->ifindex)) {
		nic_read(n, NIC_RING_FRAMES);
		nic_stop(n);
	}
	if (n->p == NULL && n->st.up)
		nic_start(n, why, sizeof(why));
	else if (memcmp(was.lladdr, n->st.lladdr, TAP_ADDRLEN) != 0)
		nic_apply(n);
	if (n->p == NULL || !n->st.carrier)
		loop_timer_set(n->w->b->loop, &n->retry, NIC_RETRY, nic_on_retry, n);
	else
		loop_timer_del(n->w->b->loop, &n->retry);
	nic_tell(n, why);
}

static void nic_on_retry(void *arg)
{
	nic_follow(arg);
}

static void nic_on_link(void *arg, const struct rtnl_link *l)
{
	struct nic *n = arg;

	n->announced |= l->ifindex == n->st.ifindex || strcmp(l->st.name, n->ifname) == 0;
}

static void nic_on_events(void *arg, uint32_t events)
{
	struct nic *n = arg;

	n->announced = false;
	if (rtnl_events(&n->rtnl, nic_on_link, n) != 0 || n->announced)
		nic_follow(n);
}

/* ------------------------------------------------------------------ frames that go */

static int nic_send_failed(struct nic *n, int err, size_t len)
{
	switch (err) {
	case EMSGSIZE:
		n->count.tx_toobig++;
		if (!n->said_tx_toobig)
			log_warn("%s: pcap:%s: a frame of %zu bytes is longer than the MTU of %s allows: dropped, as "
			    "others will be (tx_toobig).  Raise it: ip link set %s mtu %zu", n->w->name, n->ifname, len,
			    n->ifname, n->ifname, len - TAP_HDRLEN);
		n->said_tx_toobig = true;
		return -ENOBUFS;
	case ENETDOWN:
	case ENXIO:
	case ENODEV:
		n->count.tx_down++;
		nic_fail(n);
		return -ENETDOWN;
	default:
		n->count.tx_nobufs++;
		return -ENOBUFS;
	}
}

/* Without a carrier Linux takes frames, throws them away and says nothing. */
static int nic_send(struct wire *w, const void *frame, size_t len)
{
	struct nic *n = w->priv;

	if (n->p == NULL || n->broken || !n->st.carrier) {
		n->count.tx_down++;
		return -ENETDOWN;
	}
	if (pcap_inject(n->p, frame, len) < 0)
		return nic_send_failed(n, errno, len);
	n->count.tx++;
	return 0;
}

/* ------------------------------------------------------------------ the wire */

static void nic_on_filter(struct wire *w, const struct wire_filter *f)
{
	struct nic *n = w->priv;

	n->wish.filter = *f;
	nic_apply(n);
}

static void nic_on_ready(struct wire *w, bool ready)
{
	struct nic *n = w->priv;

	n->wish.ready = ready;
	nic_apply(n);
}

static void nic_on_mtu(struct wire *w, unsigned mtu)
{
	struct nic *n = w->priv;

	n->mtu = mtu;
}

static void nic_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct nic *n = w->priv;
	struct nic_counters now = n->count;

	now.rx_kernel += nic_ring_drops(n);
	for (size_t i = 0; i < NELEM(nic_counter_table); i++) {
		const struct tap_counter_desc *d = &nic_counter_table[i];
		uint64_t value;

		memcpy(&value, (const char *)&now + d->offset, sizeof(value));
		fn(arg, d->name, value, d->help);
	}
}

static void nic_close(struct wire *w)
{
	struct nic *n = w->priv;

	loop_timer_del(w->b->loop, &n->retry);
	loop_fd_del(w->b->loop, &n->events);
	nic_stop(n);
	rtnl_close(&n->rtnl);
	free(n);
}

/* Connect n, whose name is set.  On an error something may be open. */
static int nic_setup(struct nic *n, char *why, size_t size)
{
	struct loop *l = n->w->b->loop;
	int err = rtnl_open(&n->rtnl);

	if (err == 0)
		err = loop_fd_add(l, &n->events, rtnl_event_fd(&n->rtnl), EPOLLIN, nic_on_events, n);
	if (err != 0) {
		snprintf(why, size, "pcap:%s: watching the interface: %s", n->ifname, strerror(-err));
		return err;
	}
	nic_look(n, &n->st);
	if (n->st.ifindex == 0)
		return nic_open_failed(n, NULL, PCAP_ERROR_NO_SUCH_DEVICE, why, size);
	err = nic_start(n, why, size);
	if (err != 0 && err != -ENETDOWN)
		return err;
	if (err != 0 || !n->st.carrier)		/* to be told when we are open */
		loop_timer_set(l, &n->retry, 0, nic_on_retry, n);
	return 0;
}

static int nic_check(const char *arg, char *why, size_t size)
{
	if (strlen(arg) < IFNAMSIZ)
		return 0;
	snprintf(why, size, "pcap:%.32s: name an interface, as in pcap:eth0; list them with: ip link", arg);
	return -EINVAL;
}

static int nic_open(struct wire *w, const char *arg, char *why, size_t size)
{
	struct nic *n = calloc(1, sizeof(*n));
	int err;

	if (n == NULL) {
		snprintf(why, size, "pcap:%s: out of memory", arg);
		return -ENOMEM;
	}
	n->w = w;
	n->mtu = 1500;
	str_copy(n->ifname, sizeof(n->ifname), arg);
	w->priv = n;
	err = nic_setup(n, why, size);
	if (err != 0)
		nic_close(w);
	return err;
}

const struct wire_ops wire_pcap = {
	.name = "pcap",
	.args = "IFACE",
	.help = "a network interface, such as a card: what is written leaves there, what arrives is read",
	.check = nic_check,
	.open = nic_open,
	.close = nic_close,
	.send = nic_send,
	.set_filter = nic_on_filter,
	.set_mtu = nic_on_mtu,
	.set_ready = nic_on_ready,
	.sync = nic_sync,
	.each_stat = nic_each_stat,
};
