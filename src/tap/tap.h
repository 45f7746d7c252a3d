/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tap device itself: what a BSD kernel's if_tap.c is, without the kernel.
 *
 * This room holds the units, the open/close/read/write/poll/ioctl rules, the frame queue, the cloner, the
 * sysctls and the counters.  It makes no system call, never blocks and never reads a clock; whatever it needs
 * from the world comes through the three tables of functions below:
 *
 *	struct tap_world	nodes and signals	(filled in by src/tapd)
 *	struct tap_net_ops	the network side	(filled in by a file of src/backend)
 *	struct tap_file.wakeup	readiness		(filled in by a file of src/cdev)
 *
 * Directions are the interface's, as in BSD: write(2) is input, read(2) takes what the interface put out.
 * Errors are negative errno values in the host's numbering.  Row ids (RD-03, CL-04, ...) are those of
 * docs/rows.md.
 *
 * Ownership: a pointer parameter is borrowed for the call unless its comment says "Consumes".
 */
#ifndef TAPD_TAP_H
#define TAPD_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "tap/why.h"

#define TAP_IFNAMSIZ	16		/* bytes of an interface name, NUL included */
#define TAP_ADDRLEN	6		/* bytes of a link-level address */
#define TAP_HDRLEN	14		/* bytes of an Ethernet header: the shortest frame the interface takes (WR-07) */
#define TAP_VNET_LEN	10		/* bytes of a struct virtio_net_hdr, in the host's byte order (IO-29) */
#define TAP_VNET_MAX	12		/* bytes of the longest header before a frame: with a count of buffers */
#define TAP_MAXUNIT	0x7fff		/* highest unit (OP-12) */
#define TAP_MINMTU	72		/* bytes (IF-25) */
#define TAP_MAXMTU	65535		/* bytes (IF-25) */
#define TAP_IFQ_MAXLEN	50		/* frames (QU-01) */
#define TAP_SPEC_MAX	256		/* bytes of the text that says what an interface is plugged into, NUL included */
#define TAP_IFT_ETHER	6		/* tapinfo.type */
#define TAP_BAUDRATE	10000000	/* bit/s of a new unit (IO-02) */

/* Interface flags, in BSD's numbers: they are what ifconfig prints (IF-08). */
#define TAP_IFF_UP		0x0001
#define TAP_IFF_BROADCAST	0x0002
#define TAP_IFF_DEBUG		0x0004
#define TAP_IFF_LOOPBACK	0x0008
#define TAP_IFF_POINTOPOINT	0x0010
#define TAP_IFF_RUNNING		0x0040
#define TAP_IFF_NOARP		0x0080
#define TAP_IFF_PROMISC		0x0100
#define TAP_IFF_SIMPLEX		0x0800
#define TAP_IFF_LINK0		0x1000
#define TAP_IFF_LINK1		0x2000
#define TAP_IFF_LINK2		0x4000
#define TAP_IFF_MULTICAST	0x8000

struct tap_dialect;
struct tap_driver;
struct tap_softc;

/* Who makes a call: ids as the kernel reports them; pid 0 when it lies in a pid namespace we cannot see. */
struct tap_cred {
	pid_t pid;
	uid_t uid;
	gid_t gid;
};

/* The two name spaces of units (OP-14).  vmnet units keep their interface up on close (CL-08). */
enum tap_family { TAP_FAMILY_TAP, TAP_FAMILY_VMNET, TAP_FAMILY_COUNT };

/*
 * A device node: the clone device of a family (unit == TAP_UNIT_CLONE) or one unit's device.  `cdev` belongs to
 * the transport.  `name` is relative to /dev.
 */
#define TAP_UNIT_CLONE	(-1)
struct tap_node {
	enum tap_family family;
	int unit;
	bool is_net;		/* not the tap device but the interface's own, /dev/net/tapN (OP-15) */
	char name[TAP_IFNAMSIZ];	/* may have a '/' */
	uid_t uid;
	gid_t gid;
	mode_t mode;		/* permission bits */
	void *cdev;
};

/* ------------------------------------------------------------------ counters */

/*
 * One list: docs, tapctl and tests derive from it.  X(name, help).  The first group is BSD's; the second is what
 * BSD throws away without counting, and we count.
 */
#define TAP_COUNTERS(X) \
	X(ipackets, "frames written by the program and taken by the interface") \
	X(ibytes, "bytes of those") \
	X(imcasts, "of those, to a multicast or broadcast address") \
	X(ierrors, "writes that failed for want of a buffer or in the network side") \
	X(opackets, "frames the host sent that were queued for the program") \
	X(obytes, "bytes the host sent, thrown away or not") \
	X(omcasts, "of the frames the host sent, to a multicast or broadcast address") \
	X(oerrors, "frames the host sent that were thrown away because nobody had the device open") \
	X(oqdrops, "frames the host sent that were thrown away because the queue was full") \
	X(ishort, "writes shorter than an Ethernet header, dropped") \
	X(ibig, "writes longer than the largest frame, refused with EIO") \
	X(ifiltered, "unicast writes to another address while not promiscuous, dropped") \
	X(idown, "writes while the interface was down, dropped") \
	X(iaway, "writes while what the interface is plugged into was away, dropped") \
	X(ivnet, "writes whose virtio header the host did not take, dropped") \
	X(itorn, "rest pieces of a write that Linux tore apart, refused") \
	X(igone, "writes while the host interface did not exist, refused with ENXIO") \
	X(oflushed, "queued frames thrown away by close, down or destroy") \
	X(oring, "frames the host sent that Linux dropped before tapd saw them: its own queue was full") \
	X(otruncated, "frames cut because the read buffer was shorter") \
	X(ifault, "frames the program wrote that fault injection dropped") \
	X(ofault, "frames for the program that fault injection dropped") \
	X(onomem, "frames the host sent that were dropped for want of memory")

struct tap_counters {
#define X(name, help) uint64_t name;
	TAP_COUNTERS(X)
#undef X
};

struct tap_counter_desc {
	const char *name;
	const char *help;
	size_t offset;		/* of a uint64_t in struct tap_counters */
};
extern const struct tap_counter_desc tap_counter_table[];	/* ends with name == NULL */

/* ------------------------------------------------------------------ the network side */

/* What a backend knows about its interface, told with tap_if_update(). */
struct tap_ifstate {
	char name[TAP_IFNAMSIZ];	/* "": as it was */
	bool up;
	bool promisc;
	unsigned mtu;			/* bytes */
	uint8_t lladdr[TAP_ADDRLEN];
};

/* Frames of the host that the interface dropped by itself. */
struct tap_host_drops {
	uint64_t no_carrier;		/* nobody had the device open: they are oerrors */
	uint64_t ring;			/* its queue was full: they are oring */
};

/* An address of the interface.  family is AF_INET (4 bytes) or AF_INET6 (16 bytes), in network order. */
struct tap_ifaddr {
	int family;
	unsigned prefixlen;
	uint8_t addr[16];
};

/* A backend tells one number of its own: a name of letters, digits and '_', and what it counts. */
typedef void tap_stat_fn(void *arg, const char *name, uint64_t value, const char *help);

/*
 * A backend.  Every function may be called at any time between attach and detach, from the event loop only, and
 * must not block beyond the time of a netlink request on this machine.  All return 0 or -errno; all but attach,
 * detach, input and sync may be NULL where the backend has no such thing (the caller then gets -EOPNOTSUPP).
 *
 * A setter returns after the new state was told by tap_if_update(): the softc never assumes it.
 */
struct tap_net_ops {
	const char *name;		/* as in "attach NAME" */
	unsigned max_mtu;		/* bytes; 0: no limit of its own */
	/*
	 * Other stations are behind it, and what the program writes is for them; so an address that is not the
	 * interface's own is no reason to drop a write (WR-04 is about a host behind the interface).
	 */
	bool is_wire;

	/*
	 * Make the interface sc->if_name, down, with sc->lladdr and MTU sc->mtu, plugged into sc->net_spec, and tell
	 * the state.  Sets sc->net.  On failure the interface does not exist, and `why` (size bytes) holds a sentence for a person.
	 */
	int (*attach)(struct tap_softc *sc, void *ctx, char *why, size_t size);
	/* Remove it.  No tap_if_*() call for sc after this. */
	void (*detach)(struct tap_softc *sc);
	/*
	 * The program wrote one frame (14..65535 bytes): the interface receives it.  Never called while it is down.
	 * -ENETDOWN: of a wire, that its other side is away; else, that the interface went down and it was not told yet.
	 */
	int (*input)(struct tap_softc *sc, const void *frame, size_t len);
	/* The same with a virtio header of TAP_VNET_LEN bytes; -EINVAL: the header does not fit the frame. */
	int (*input_vnet)(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len);
	/* May the host leave checksums and segmentation to the program, saying so with tap_if_output_vnet()? */
	int (*set_offload)(struct tap_softc *sc, bool on);
	/*
	 * Bring the softc up to date before a decision that depends on it: pending state changes are told with
	 * tap_if_update()/tap_if_gone(), waiting frames with tap_if_output().  Cheap: no request to anyone.
	 */
	void (*sync)(struct tap_softc *sc);

	int (*set_up)(struct tap_softc *sc, bool up);
	int (*set_promisc)(struct tap_softc *sc, bool on);
	int (*set_mtu)(struct tap_softc *sc, unsigned mtu);
	int (*set_lladdr)(struct tap_softc *sc, const uint8_t lladdr[TAP_ADDRLEN]);
	int (*set_carrier)(struct tap_softc *sc, bool on);
	int (*rename)(struct tap_softc *sc, const char *name);
	int (*add_addr)(struct tap_softc *sc, const struct tap_ifaddr *a);	/* -EEXIST when it has it */
	int (*del_addr)(struct tap_softc *sc, const struct tap_ifaddr *a);	/* -EADDRNOTAVAIL when it has not */
	/* Call fn for each address, in the interface's order. */
	int (*each_addr)(struct tap_softc *sc, void (*fn)(void *arg, const struct tap_ifaddr *a), void *arg);
	/* Delete every IPv4 and IPv6 address, and with them their routes (CL-04). */
	int (*purge_addrs)(struct tap_softc *sc);
	/* Frames the host sent that never reached us, since attach. */
	int (*host_drops)(struct tap_softc *sc, struct tap_host_drops *d);
	/* A program opened the device, or it was closed. */
	void (*set_open)(struct tap_softc *sc, bool open);
	/* The program gave the other end's address, sc->remote (IO-17). */
	void (*remote_changed)(struct tap_softc *sc);
	/* Its own counters, in a fixed order: what it dropped, and why, among them. */
	void (*each_stat)(struct tap_softc *sc, tap_stat_fn *fn, void *arg);
	/* What it is connected to at this moment, in a few words for a person; "" when there is nothing to say. */
	void (*describe)(struct tap_softc *sc, char *text, size_t size);
	/* Of a wire: is its other side away at this moment? */
	bool (*is_away)(struct tap_softc *sc);
};

/* A backend tells: the interface's state is now *st.  Down flushes the queue (QU-08). */
void tap_if_update(struct tap_softc *sc, const struct tap_ifstate *st);
/*
 * A backend tells: somebody removed the interface.  read gives EHOSTDOWN, write and open ENXIO, until tap_unit_create()
 * makes it again.
 */
void tap_if_gone(struct tap_softc *sc);
/* A backend tells: the host transmitted one frame. */
void tap_if_output(struct tap_softc *sc, const void *frame, size_t len);
/* The same with its virtio header of TAP_VNET_LEN bytes. */
void tap_if_output_vnet(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len);

/* ------------------------------------------------------------------ standing in the way */

/*
 * Between the device and its network side somebody may stand who loses, delays or changes frames on purpose (fault
 * injection).  A unit has at most one; what it drops it counts in ifault and ofault.
 */
struct tap_shim_ops {
	/* As tap_net_ops.input_vnet; vnet is never NULL.  Passes the frame on with tap_shim_input(), now or later, or never. */
	int (*input)(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len);
	/* As tap_if_output_vnet().  Passes the frame on with tap_shim_output(), now or later, or never. */
	void (*output)(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len);
	void (*each_stat)(struct tap_softc *sc, tap_stat_fn *fn, void *arg);
	/* The unit goes: forget what is held, and free sc->shim. */
	void (*detach)(struct tap_softc *sc);
};
int tap_shim_input(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len);
void tap_shim_output(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len);
/* This frame was dropped: counted, and told to who looks on (of a write under way, as its reason). */
void tap_shim_drop(struct tap_softc *sc, bool input, const void *frame, size_t len);
int tap_shim_refuse(struct tap_softc *sc);	/* -ENOBUFS, for input() to return: as if there were no room, but told apart */
/* ops NULL: nobody any more.  One that was there is detached first. */
void tap_shim_set(struct tap_softc *sc, const struct tap_shim_ops *ops, void *shim);

/* ------------------------------------------------------------------ looking on */

enum tap_call_kind { TAP_CALL_OPEN, TAP_CALL_CLOSE, TAP_CALL_READ, TAP_CALL_WRITE, TAP_CALL_IOCTL, TAP_CALL_POLL };

/* One call of a program and its result.  All pointers are good for the time of the observer's call only. */
struct tap_call {
	enum tap_call_kind kind;
	struct tap_softc *sc;		/* NULL: there is no unit */
	const char *device;		/* relative to /dev: "tap0" */
	pid_t tid;			/* the thread, as the kernel reports it; 0: in a pid namespace we cannot see */
	size_t len;			/* of a read or write: bytes asked for */
	const struct tap_ioctl *ioctl;	/* of an ioctl */
	const void *data;		/* the frame read or written; the ioctl's data as it was (in) or came to be (out) */
	size_t ndata;			/* bytes of it */
	long result;			/* what the call returned, -errno for an error; of a poll the events */
	enum tap_why why;		/* 0: nothing to explain */
};

/* One frame on its way. */
struct tap_seen {
	struct tap_softc *sc;
	bool input;			/* the program wrote it; else the network side sent it */
	const uint8_t *vnet;		/* its virtio header of TAP_VNET_LEN bytes, or NULL */
	const void *frame;
	size_t len;
	const char *dropped;		/* the counter it was dropped into; NULL: it went on */
};

/* Who looks on.  The functions must not call back into the driver. */
enum { TAP_SEE_CALLS = 1, TAP_SEE_FAILURES = 2, TAP_SEE_FRAMES = 4 };
struct tap_observer {
	TAILQ_ENTRY(tap_observer) link;
	unsigned wants;			/* TAP_SEE_*; FAILURES: only calls with a why */
	void (*call)(struct tap_observer *o, const struct tap_call *c);
	void (*frame)(struct tap_observer *o, const struct tap_seen *s);
	void (*gone)(struct tap_observer *o, struct tap_softc *sc);	/* the unit is about to be freed; may be NULL */
};
void tap_observe(struct tap_driver *drv, struct tap_observer *o);
void tap_unobserve(struct tap_driver *drv, struct tap_observer *o);

/* ------------------------------------------------------------------ the world */

/* Effects that are neither the device's nor the network's.  None may call back into the driver. */
struct tap_world {
	void *ctx;
	/* Make the node reachable / unreachable.  node_del never fails; open files of the node stay valid. */
	int (*node_add)(void *ctx, struct tap_node *node);
	void (*node_del)(void *ctx, struct tap_node *node);
	/* Give the node a second name, best effort; it replaces an earlier one.  NULL takes it away (NA-03). */
	void (*node_alias)(void *ctx, struct tap_node *node, const char *name);
	/*
	 * SIGIO's target, named by a process (id > 0) or a process group (id < 0) in the caller's view.  Checks that
	 * it exists (-ESRCH), is in the caller's session (but for a process with any_session) and that the caller may
	 * signal it (-EPERM); *owner is then to be given back with sigio_put.
	 */
	int (*sigio_get)(void *ctx, pid_t id, const struct tap_cred *setter, bool any_session, void **owner);
	bool (*sigio_alive)(void *ctx, void *owner);	/* a process that ended is forgotten (AS-13) */
	void (*sigio_put)(void *ctx, void *owner);
	void (*sigio_send)(void *ctx, void *owner);	/* one SIGIO; silent when the target is gone */
	/* 32 bits that are the same each time for this name on this machine: the default link-level address (IF-33). */
	uint32_t (*host_hash)(void *ctx, const char *name);
	/* Something worth a line in the log.  priority is a syslog(3) level. */
	void (*log)(void *ctx, int priority, const char *text);
	/*
	 * Which backend a text such as "pcap:eth0" names, and its context; an interface of the host is to be in the
	 * network namespace of process `who` (0: in ours).  -errno, and why (size bytes) says what is wrong with it.
	 * NULL where there is no choice.
	 */
	int (*net_find)(void *ctx, const char *spec, pid_t who, const struct tap_net_ops **ops, void **net_ctx, char *why,
	    size_t size);
};

/* ------------------------------------------------------------------ open files */

/*
 * One open file description.  The transport owns the memory, from before tap_open() until after tap_close(), and
 * fills in `wakeup` and `cdev`.  wakeup(f): a poll(2) that found nothing may find something now (selwakeup(9));
 * it must not call back into the driver.
 */
struct tap_file {
	struct tap_softc *sc;		/* NULL before tap_open() and once the unit was taken away under the file */
	struct tap_driver *drv;
	pid_t tid;			/* who makes the call of the moment, for observers; the transport sets it before each */
	char device[TAP_IFNAMSIZ];	/* the node's name */
	void (*wakeup)(struct tap_file *f);
	void *cdev;
	const struct tap_dialect *dialect;	/* how to answer without sc */
	bool is_net;			/* as the node's */
	bool nonblock;			/* FIONBIO, where it reached us instead of the file's flags (GI-10) */
	bool flag_seen;			/* O_NONBLOCK as the last read had it, at first as open had it (NB-07) */
};

/*
 * One read(2) under way.  The transport fills in the first group and keeps the memory until `done` has been
 * called, which happens exactly once: before tap_read() returns, or later.  done() may free r.
 * err is 0 or -errno; with err 0, data and n are what read(2) shall return: n <= len, data valid for the call only.
 */
struct tap_read {
	size_t len;			/* the caller's buffer, bytes; not 0 */
	uint64_t off;			/* 0, or where in one read(2) this piece starts, when Linux tore it (docs/linux.md) */
	bool nonblock;
	void (*done)(struct tap_read *r, int err, const void *data, size_t n);
	pid_t tid;			/* as in struct tap_file */
	void *cdev;
	/* the softc's */
	struct tap_file *file;
	TAILQ_ENTRY(tap_read) link;
	struct tap_softc *parked_on;	/* NULL unless it sleeps */
};

/*
 * d_open: 0; EBUSY, ENOENT, EPERM, ENXIO, ENOMEM... (OP-01..OP-37).  A clone node gives f the unit it chose.  The
 * caller has set f->flag_seen to O_NONBLOCK as open(2) had it.
 */
int tap_open(struct tap_driver *drv, const struct tap_node *node, const struct tap_cred *cred, struct tap_file *f);
/* d_close: the last reference is gone (CL-01..CL-18).  Parked reads of f are answered first. */
void tap_close(struct tap_file *f);
/* d_read: answers r through r->done, now or when there is something to say: then true (RD-01..RD-28). */
bool tap_read(struct tap_file *f, struct tap_read *r);
/* The caller was interrupted: a parked r is answered with -EINTR; one already answered must not be passed. */
void tap_read_interrupt(struct tap_read *r);
/* d_write: the count to return, or -errno (WR-01..WR-27).  off as in struct tap_read. */
ssize_t tap_write(struct tap_file *f, const void *frame, size_t len, uint64_t off);
/*
 * d_poll: the ready ones of POLLIN|POLLRDNORM and POLLOUT|POLLWRNORM, always in pairs; the dialect's gone_poll once the
 * unit was taken away, POLLERR while its interface is gone.
 */
unsigned tap_poll(struct tap_file *f);

/* ------------------------------------------------------------------ ioctl */

enum tap_ioctl_id {
	TAP_IOC_NONE,
	TAP_IOC_GDEBUG, TAP_IOC_SDEBUG, TAP_IOC_SIFINFO, TAP_IOC_GIFINFO, TAP_IOC_GIFNAME,
	TAP_IOC_VMIO_SIFFLAGS, TAP_IOC_SIFADDR, TAP_IOC_GIFADDR,
	TAP_IOC_FIONREAD, TAP_IOC_FIONBIO, TAP_IOC_FIOASYNC, TAP_IOC_FIOSETOWN, TAP_IOC_FIOGETOWN,
	TAP_IOC_SPGRP, TAP_IOC_GPGRP, TAP_IOC_FIODTYPE, TAP_IOC_FIODGNAME,
	TAP_IOC_VMIO_OLD,		/* VMIO_SIOCSIFFLAGS until FreeBSD 7 */
	TAP_IOC_OGIFADDR, TAP_IOC_GIFFLAGS,
	TAP_IOC_SVNETHDR, TAP_IOC_GVNETHDR, TAP_IOC_STRANSIENT, TAP_IOC_GTRANSIENT,
	TAP_IOC_NGIFNAME,		/* NetBSD's TAPGIFNAME */
	TAP_IOC_OSIFINFO, TAP_IOC_OGIFINFO, TAP_IOC_OSIFMODE,	/* OpenBSD's TUN* */
	TAP_IOC_KQDATA,			/* tapd's own: what kevent(2) would say (PO-08..PO-10) */
	TAP_IOC_GASYNC,			/* tapd's own: what FIOASYNC set, for fcntl(F_GETFL) */
	TAP_IOC_NBIO,			/* tapd's own: FIONBIO was done by the kernel (NB-07) */
	/* Linux's own, of every dialect: tun.c */
	TAP_IOC_TUNSETIFF, TAP_IOC_TUNGETIFF, TAP_IOC_TUNGETFEATURES, TAP_IOC_TUNGETVNETHDRSZ, TAP_IOC_TUNSETVNETHDRSZ,
	TAP_IOC_TUNSETOFFLOAD,
};

/* One command number and the data it carries.  in and out are sizes in bytes at the caller's pointer. */
struct tap_ioctl {
	const char *name;		/* "TAPGIFINFO", or "unknown" */
	enum tap_ioctl_id id;
	uint16_t in, out;
	bool by_value;			/* the int is the argument itself (_IOWINT) */
	uint32_t cmd;			/* as the program gave it */
};
#define TAP_IOCTL_MAX	144		/* the largest in or out: NetBSD's struct ifreq */

/*
 * What the number means, in any encoding: BSD's, the one Linux gives the same macro, Linux's generic number; any
 * size of ifreq.  False: not a command of any such device; *d is one that tap_ioctl() refuses (GI-17).
 */
bool tap_ioctl_decode(uint32_t cmd, struct tap_ioctl *d);
/*
 * d_ioctl.  data holds max(in, out) bytes: the input, and after 0 was returned the output, zeroed where the device
 * says nothing (GI-06).  For a by_value command data is the int.
 */
int tap_ioctl(struct tap_file *f, const struct tap_ioctl *d, void *data, const struct tap_cred *cred);
/* The transport had to refuse it with ENOTTY, for the data did not come with it: told to who looks on. */
void tap_ioctl_refused(struct tap_file *f, const struct tap_ioctl *d);

/* ------------------------------------------------------------------ units */

struct tap_frame {
	STAILQ_ENTRY(tap_frame) link;
	size_t len;			/* of the frame, bytes */
	uint8_t data[];			/* TAP_VNET_MAX bytes for a virtio header, then the frame */
};

/* One unit: the interface and its control device.  Read its fields freely; only src/tap writes them. */
struct tap_softc {
	TAILQ_ENTRY(tap_softc) link;		/* tap_driver::units, by family and unit */
	struct tap_driver *drv;
	const struct tap_dialect *dialect;
	struct tap_node node;
	bool has_node;				/* published with the unit, not ahead of it */
	struct tap_node net_node;		/* where the dialect has it; name "" where it is not published */
	char if_name[TAP_IFNAMSIZ];		/* the interface: the node's name until it is renamed */
	const struct tap_net_ops *net_ops;
	void *net_ctx;
	char net_spec[TAP_SPEC_MAX];		/* "tuntap", "pcap:eth0" */
	void *net;				/* the backend's */
	const struct tap_shim_ops *shim_ops;	/* NULL: nobody stands in the way */
	void *shim;
	bool gone;				/* the host interface was removed behind our back */

	int flags;				/* TAP_IFF_* */
	unsigned mtu;				/* bytes */
	unsigned host_mtu;			/* what the backend told last: TAPSIFINFO may have stored another */
	uint8_t lladdr[TAP_ADDRLEN];
	uint8_t remote[TAP_ADDRLEN];		/* the "remote" address of SIOCGIFADDR (IO-17..IO-22) */
	int baudrate;				/* bit/s, as TAPSIFINFO stored it */
	uint8_t if_type;			/* as TAPSIFINFO stored it */
	unsigned vnet_len;			/* bytes of virtio header before each frame: 0, 10 or 12 (IO-29) */
	enum { TAP_LINK_UNKNOWN, TAP_LINK_DOWN, TAP_LINK_UP } link_state;

	struct tap_file *file;			/* the one open file, or NULL: exclusive open (OP-21) */
	pid_t pid;				/* of the opener, 0 when closed (OP-32) */
	bool async;				/* FIOASYNC; survives close (CL-14) */
	pid_t sigio_id;				/* as FIOSETOWN got it; 0: none */
	void *sigio_owner;
	bool made_by_open;			/* not by ifconfig create */
	bool up_by_open;			/* this open brought it up */
	bool temporary;				/* goes with its last close (NB-02, OB-01, CL-15) */
	bool nonblock;				/* FIONBIO, where that is the unit's (NB-07) */
	bool quiet;				/* a frame was announced and nothing has read since */

	STAILQ_HEAD(tap_ifq, tap_frame) ifq;
	unsigned ifq_len, ifq_maxlen;		/* frames */
	struct tap_frame *cut;			/* the frame a torn read(2) is in the middle of, or NULL */
	TAILQ_HEAD(, tap_read) readers;		/* parked, oldest first */
	unsigned nreaders;
	TAILQ_HEAD(, tap_destroy) destroyers;	/* not empty: DYING (OP-27) */
	struct tap_counters count;
	struct tap_host_drops host_drops;	/* what is counted already */
};

TAILQ_HEAD(tap_units, tap_softc);

/* What an interface may be plugged into. */
struct tap_plug {
	const struct tap_net_ops *ops;
	void *ctx;
	char spec[TAP_SPEC_MAX];
};

/* All units of one tapd.  Read units freely; the rest is src/tap's. */
struct tap_driver {
	struct tap_units units;
	unsigned nunits;
	struct tap_world world;
	struct tap_plug net;			/* for new units */
	TAILQ_HEAD(, tap_observer) observers;
	unsigned seen;				/* what any of them wants: TAP_SEE_* */
	enum tap_why why;			/* of the call under way */
	const struct tap_dialect *dialect;	/* for new units */
	struct tap_node *ahead;			/* nodes published for units that may not exist yet (OP-07) */
	unsigned nahead;
	char prefix[TAP_IFNAMSIZ];		/* put before "tap" and "vmnet" in every name */
	struct tap_node clone[TAP_FAMILY_COUNT];
	bool clone_published[TAP_FAMILY_COUNT];
	int sysctl[16];				/* indexed by enum tap_sysctl_id */
};

/* prefix: "" or up to 8 letters, digits, '_' or '-'.  -EINVAL otherwise. */
int tap_driver_init(struct tap_driver *drv, const struct tap_world *world, const struct tap_net_ops *net, void *net_ctx,
    const char *prefix);
/* What new units are plugged into from now on.  -errno and why, as net_find's. */
int tap_driver_set_net(struct tap_driver *drv, const char *spec, char *why, size_t size);
/* Destroys every unit, open or not: readers get ENXIO. */
void tap_driver_fini(struct tap_driver *drv);
/*
 * Publish / withdraw the clone nodes, and `ahead` nodes tap0, tap1, ... ahead of their units, so that opening one can
 * make the unit.
 */
int tap_driver_publish(struct tap_driver *drv, unsigned ahead);
void tap_driver_withdraw(struct tap_driver *drv);

/*
 * "tap5" -> family, unit; "tap" -> family, TAP_UNIT_CLONE.  False for tap05, tap5x, tap-1, TAP0 (OP-13); names are with
 * the driver's prefix.
 */
bool tap_name_parse(const struct tap_driver *drv, const char *name, enum tap_family *family, int *unit);
struct tap_softc *tap_unit_find(struct tap_driver *drv, enum tap_family family, int unit);
/* By interface name (which rename may have changed), else by device name. */
struct tap_softc *tap_unit_byname(struct tap_driver *drv, const char *name);

/*
 * ifconfig create: unit or TAP_UNIT_CLONE for the lowest free one (IF-01..IF-08).  -EEXIST, -ENOSPC; else the error of the
 * backend or of node_add, with a sentence in why.  A unit whose interface is gone is made again.
 */
struct tap_want {
	const struct tap_node *node;	/* owner and mode of the new node; NULL: root's alone */
	const char *spec;		/* what it is plugged into; NULL: what new units are */
	pid_t who;			/* whose network namespace a host interface is to be in; 0: ours */
};
int tap_unit_create(struct tap_driver *drv, enum tap_family family, int unit, const struct tap_want *want,
    struct tap_softc **scp, char *why, size_t size);
/*
 * ifconfig destroy.  0: the unit is gone, sc is no more and w was not kept.  While the device is open the caller waits
 * for the last close, as FreeBSD's does (IF-10): -EINPROGRESS, w is kept, new opens get EBUSY, and w->done is called
 * once the unit is gone.  tap_unit_destroy_cancel() before that forgets w; with no waiter left the unit lives on.
 */
struct tap_destroy {
	void (*done)(struct tap_destroy *w);
	TAILQ_ENTRY(tap_destroy) link;
};
int tap_unit_destroy(struct tap_softc *sc, struct tap_destroy *w);
void tap_unit_destroy_cancel(struct tap_softc *sc, struct tap_destroy *w);

/* Before sc is shown: fetch what the backend has not told by itself (state, waiting frames, drops). */
void tap_unit_refresh(struct tap_softc *sc);

/*
 * Plug the interface into something else, under an open file if need be: flags, MTU, link-level address, sleeping
 * readers and queued frames stay; addresses go.  On failure it is where it was.
 */
int tap_unit_attach(struct tap_softc *sc, const char *spec, pid_t who, char *why, size_t size);

/* The ifconfig side (IF-20..IF-31).  0 or -errno; -ENXIO while the interface is gone. */
int tap_unit_set_up(struct tap_softc *sc, bool up);
int tap_unit_set_promisc(struct tap_softc *sc, bool on);
int tap_unit_set_link0(struct tap_softc *sc, bool on);
int tap_unit_rename(struct tap_softc *sc, const char *name);	/* -EEXIST, -EINVAL (IF-15, IF-16) */
/* -EBUSY while the device is open.  What was chosen at create, such as the address, stays. */
int tap_unit_set_dialect(struct tap_softc *sc, const struct tap_dialect *dialect);
unsigned tap_unit_max_mtu(const struct tap_softc *sc);		/* bytes; the dialect's or the backend's limit */
int tap_unit_set_mtu(struct tap_softc *sc, unsigned mtu);
int tap_unit_set_lladdr(struct tap_softc *sc, const uint8_t lladdr[TAP_ADDRLEN]);
/* An address also brings the interface up (IF-23). */
int tap_unit_add_addr(struct tap_softc *sc, const struct tap_ifaddr *a);
int tap_unit_del_addr(struct tap_softc *sc, const struct tap_ifaddr *a);

/* ------------------------------------------------------------------ sysctl */

enum tap_sysctl_id {
	TAP_SYSCTL_USER_OPEN, TAP_SYSCTL_UP_ON_OPEN, TAP_SYSCTL_DEVFS_CLONING, TAP_SYSCTL_CLONE_REUSE, TAP_SYSCTL_DEBUG,
	TAP_SYSCTL_IFQMAXLEN, TAP_SYSCTL_COUNT
};

struct tap_sysctl_desc {
	const char *name;		/* "net.link.tap.user_open" */
	int initial, min, max;
	bool tunable;			/* only settable before the first unit exists, as a loader tunable */
	const char *help;
};
extern const struct tap_sysctl_desc tap_sysctl_table[];	/* indexed by enum tap_sysctl_id; ends with name == NULL */

int tap_sysctl_find(const char *name);				/* an enum tap_sysctl_id, or -ENOENT */
int tap_sysctl_get(const struct tap_driver *drv, int id);
int tap_sysctl_set(struct tap_driver *drv, int id, int value);	/* -EINVAL out of range, -EPERM read-only now */

#endif
