/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an interface is plugged into.  One file here fills in one const struct tap_net_ops (the contract is in
 * tap/tap.h); the daemon hands it, with its context, to tap_driver_init().  A backend moves frames and follows state
 * and decides nothing: whether a frame is wanted, counted or dropped is the softc's business.  It never sees a
 * transport, and a transport never sees a backend.
 *
 *	tuntap.c	a Linux TAP interface of the same name; rtnl.c is its rtnetlink
 *	null.c		an interface that lives in tapd only and goes nowhere: for tests, and the pattern of a new one
 *
 * To add one: copy null.c, name its ops here and its file in meson.build.  What a backend shares among its units (the
 * loop, sockets, maps) is the context, a struct of its own with a _new and a _free, and comes as attach's ctx; what
 * belongs to one unit hangs on sc->net.
 *
 * Who owns what:
 *	- the daemon owns the context, and frees it after the driver that uses it;
 *	- attach makes sc->net, detach frees it.  Every attach that returned 0 is followed by a detach, also when
 *	  tap_if_gone() was told in between: a unit that is made again is detached, then attached.  When that attach
 *	  fails, sc->net is NULL and one more detach comes, which does nothing;
 *	- the softc and everything in it is src/tap's: a backend reads sc->if_name, sc->lladdr and sc->mtu in attach,
 *	  and writes sc->net only;
 *	- a frame belongs to whoever passes it: copy it or lose it.
 *
 * tap_if_*() may answer a sleeping reader before it returns.  It may call sync() of any unit, which must cope, but no
 * setter, attach or detach.
 */
#ifndef TAPD_BACKEND_BACKEND_H
#define TAPD_BACKEND_BACKEND_H

#include <stddef.h>

#include "base/loop.h"
#include "tap/tap.h"

/* No context: pass NULL. */
extern const struct tap_net_ops null_ops;

/*
 * The TAP interfaces of one network namespace, the one the thread is in when it calls tuntap_new().  NULL: `why`
 * (size bytes) holds a sentence for a person.  The loop is borrowed and must outlive it.
 */
struct tuntap;
struct tuntap *tuntap_new(struct loop *l, char *why, size_t size);
/* Every unit must have been detached.  NULL is harmless. */
void tuntap_free(struct tuntap *t);
/*
 * tapd ends: remove every interface in one step, and tell nothing more about any.  The detaches must follow, and are
 * quick then.  Without this each of them waits some 20 ms for the kernel, which is half a minute for 1,000 units.
 */
void tuntap_retire(struct tuntap *t);
extern const struct tap_net_ops tuntap_ops;	/* its ctx: a struct tuntap */

#endif
