/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A wire: something that carries Ethernet frames to other stations, such as a NIC, a switch's port, a socket, a file.
 * One file here fills in one const struct wire_ops and names it in the table of backend.c; from then on a unit can be
 * plugged into it (wire.c gives such a unit an interface that lives in tapd), and a switch can have it as its uplink.
 *
 * A wire moves frames and decides nothing about taps.
 *
 * Who owns what, and who may call what:
 *	- a frame belongs to whoever passes it: copy it or lose it;
 *	- send() never blocks and never grows: what the other side cannot take now is dropped, counted in a counter of the
 *	  wire's own, and -ENOBUFS is returned.  A wire that holds frames holds a fixed number;
 *	- recv() and link() of the user may be called from any handler of the loop and from within send(), of this or of
 *	  another wire; not from within open() or close().  They may call send(), set_filter() and each_stat() of any wire,
 *	  but open or close none;
 *	- a wire whose other side goes away (a NIC that is removed, a peer that disconnects) stays: it tells link(false),
 *	  counts what is lost, and tries again by itself on a timer.
 */
#ifndef TAPD_BACKEND_WIRE_H
#define TAPD_BACKEND_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
#include "tap/tap.h"

#define WIRE_FRAME_MAX	(65535 + 18)	/* bytes of the longest frame a wire may pass: MTU 65535, header, VLAN tag */

struct wire;

/* Whom a wire serves: a unit's interface, or a switch. */
struct wire_user {
	/* A frame came: TAP_HDRLEN to WIRE_FRAME_MAX bytes, checksums complete, VLAN tag in place. */
	void (*recv)(void *arg, const void *frame, size_t len);
	/* The wire works, or does not; text (may be "") says why, for a person.  Until the first call it works. */
	void (*link)(void *arg, bool up, const char *text);
	/* May be NULL.  Would a frame find room on the user's side now?  Only a wire that makes frames itself asks. */
	bool (*room)(void *arg);
	void *arg;
};

/* Which unicast frames the user wants.  Group addresses always come. */
#define WIRE_STATIONS 8
struct wire_filter {
	bool promisc;				/* all */
	size_t n;
	uint8_t station[WIRE_STATIONS][TAP_ADDRLEN];
};

struct wire_ops {
	const char *name;			/* as in "pcap:eth0" */
	const char *args;			/* what follows the colon, for people: "IFACE"; "": nothing may; "[:X]": X may */
	const char *help;
	unsigned max_mtu;			/* bytes; 0: no limit of its own */
	/*
	 * May be NULL.  Is arg, what followed the colon, good as far as can be said without opening anything?  0, or -EINVAL
	 * and why.
	 */
	int (*check)(const char *arg, char *why, size_t size);
	/*
	 * Connect.  arg has passed the check; it is "" only where nothing need follow.  Sets w->priv.  -errno, and why is a
	 * sentence for a person.
	 */
	int (*open)(struct wire *w, const char *arg, char *why, size_t size);
	void (*close)(struct wire *w);
	/* 0; -ENOBUFS dropped, counted by the wire; -ENETDOWN the other side is away, also counted by the wire. */
	int (*send)(struct wire *w, const void *frame, size_t len);
	/* All below may be NULL. */
	void (*set_filter)(struct wire *w, const struct wire_filter *f);
	void (*set_mtu)(struct wire *w, unsigned mtu);	/* the user's, bytes; told after open and at each change */
	/* Does anybody take frames: a unit that is up and open; a switch always?  Told after open and at each change. */
	void (*set_ready)(struct wire *w, bool ready);
	void (*sync)(struct wire *w);			/* pass what is ready now; cheap */
	void (*each_stat)(struct wire *w, tap_stat_fn *fn, void *arg);
};

struct wire {
	const struct wire_ops *ops;
	struct wire_user user;
	struct backends *b;			/* the loop, and the switches */
	const char *name;			/* of the user, for the log: "tap0", "switch lan" */
	void *priv;				/* the ops' */
	bool up;				/* as last told by link() */
	char text[128];
};

/*
 * A wire by its text, such as "slirp" or "pcap:eth0".  name is borrowed for the wire's life.  NULL: errno, and why says
 * what to do.
 */
struct wire *wire_open(struct backends *b, const char *spec, const char *name, const struct wire_user *user, char *why,
    size_t size);
void wire_close(struct wire *w);		/* NULL is harmless */

/* For wires: hand a frame to the user; tell that the wire works or not (a log line when that changes). */
void wire_recv(struct wire *w, const void *frame, size_t len);
void wire_link(struct wire *w, bool up, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The units' side: an interface that lives in tapd, plugged into the wire of sc->net_spec.  Its ctx: struct backends. */
extern const struct tap_net_ops wire_net_ops;

/* One of each file here; which of them this tapd has, backend.c says. */
extern const struct wire_ops wire_null, wire_echo, wire_hosttap, wire_switch, wire_pcap, wire_file, wire_slirp, wire_vde,
    wire_socket;

#endif
