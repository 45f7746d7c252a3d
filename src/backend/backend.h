/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an interface is plugged into, by its text: "tuntap", "pcap:eth0", "switch:lan".  A backend moves frames and
 * follows state and decides nothing: whether a frame is wanted, counted or dropped is the softc's business.  It never
 * sees a transport, and a transport never sees a backend.
 *
 *	tuntap.c	"tuntap": a Linux TAP interface of the unit's name; rtnl.c is its rtnetlink
 *	wire.c		everything else: an interface that lives in tapd, plugged into a wire
 *	pcap.c ...	one wire each; the contract is in wire.h
 *	backend.c	the table of them, and what they share
 *	helper.c	a process of its own for a wire's library
 *	framing.c	frames on a stream; savefile.c also plays files into any unit (replay.c)
 *	gso.c		checksums and segmentation that a host left to do
 *	fault.c		frames lost, delayed and changed on purpose, between any unit and its backend
 *
 * To add one: copy echo.c, name its ops in wire.h and in backend.c's table, and its file in meson.build.
 *
 * For those who fill in a struct tap_net_ops (the contract is in tap/tap.h) themselves:
 *	- every attach that returned 0 is followed by a detach, also when tap_if_gone() was told in between: a unit that is
 *	  made again is detached, then attached.  When that attach fails, sc->net is NULL and one more detach comes, which
 *	  does nothing;
 *	- the softc and everything in it is src/tap's: a backend reads sc->if_name, sc->lladdr, sc->mtu and sc->net_spec in
 *	  attach, and writes sc->net only;
 *	- a frame belongs to whoever passes it: copy it or lose it;
 *	- tap_if_*() may answer a sleeping reader before it returns.  It may call sync() of any unit, which must cope, but
 *	  no setter, attach or detach.
 */
#ifndef TAPD_BACKEND_BACKEND_H
#define TAPD_BACKEND_BACKEND_H

#include <stddef.h>

#include "base/loop.h"
#include "tap/tap.h"

/* ------------------------------------------------------------------ all of them */

struct switches;
struct tuntap;
struct tuntap_of;

/* What the backends of one tapd share.  Its memory outlives every unit and every wire. */
struct backends {
	struct loop *loop;
	LIST_HEAD(, tuntap_of) tuntaps;		/* one a network namespace, made at the first use */
	struct loop_timer sweep;		/* set while there are others than our own namespace's */
	struct switches *switches;		/* made at the first use */
};
void backends_init(struct backends *b, struct loop *loop);
void backends_retire(struct backends *b);	/* tapd ends: as tuntap_retire() */
void backends_fini(struct backends *b);		/* after the last unit went; no wire is left */

/* tap_world's net_find; ctx is the struct backends. */
int backend_find(void *ctx, const char *spec, pid_t who, const struct tap_net_ops **ops, void **net_ctx, char *why,
    size_t size);

/* The wire a text names; NULL: why says what it could be.  What follows the colon is checked, but nothing is opened. */
struct wire_ops;
const struct wire_ops *backend_wire(const char *spec, char *why, size_t size);
/* Likewise of anything a unit can be plugged into.  0, or -EINVAL and why. */
int backend_check(const char *spec, char *why, size_t size);

/* "auto" is the first of tuntap and slirp that may be used here: its text.  why (may be "") says why it is not tuntap. */
const char *backend_auto(char *why, size_t size);

/* Those this tapd was built with, in the order to show them. */
struct backend_desc {
	const char *name, *args, *help;
};
size_t backend_count(void);
struct backend_desc backend_get(size_t i);

/* ------------------------------------------------------------------ tuntap */

/*
 * The TAP interfaces of one network namespace.  NULL: errno, and `why` (size bytes) holds a sentence for a person.  The
 * loop is borrowed and must outlive it.
 */
struct netns;
struct tuntap *tuntap_new(struct loop *l, const struct netns *ns, char *why, size_t size);
bool tuntap_is_of(const struct tuntap *t, const struct netns *ns);
/*
 * Nobody needs it any more: it is of another namespace than ours, and has no unit, or only closed ones and nobody is in
 * the namespace, which our descriptors alone keep.
 */
bool tuntap_is_idle(struct tuntap *t);
struct tap_softc *tuntap_any(struct tuntap *t);	/* one of its units, or NULL */
/* May this process make TAP interfaces here?  If not, why says what is missing. */
bool tuntap_allowed(char *why, size_t size);
/* Every unit must have been detached.  NULL is harmless. */
void tuntap_free(struct tuntap *t);
/*
 * tapd ends: remove every interface in one step, and tell nothing more about any.  The detaches must follow, and are
 * quick then.  Without this each of them waits some 20 ms for the kernel, which is half a minute for 1,000 units.
 */
void tuntap_retire(struct tuntap *t);
extern const struct tap_net_ops tuntap_ops;	/* its ctx: a struct tuntap */

#endif
