/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The null backend: an interface that lives in tapd only.  It keeps state and addresses as it is told, takes every
 * frame and throws it away, and never sends one.  It is not a loopback.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "backend/backend.h"

struct null_addr {
	STAILQ_ENTRY(null_addr) link;
	struct tap_ifaddr a;
};

struct null_if {
	struct tap_ifstate st;
	STAILQ_HEAD(, null_addr) addrs;
};

static int null_attach(struct tap_softc *sc, void *ctx, char *why, size_t size)
{
	struct null_if *n = calloc(1, sizeof(*n));

	if (n == NULL) {
		snprintf(why, size, "%s: out of memory", sc->if_name);
		return -ENOMEM;
	}
	STAILQ_INIT(&n->addrs);
	n->st.mtu = sc->mtu;
	memcpy(n->st.lladdr, sc->lladdr, TAP_ADDRLEN);
	sc->net = n;
	tap_if_update(sc, &n->st);
	return 0;
}

static int null_input(struct tap_softc *sc, const void *frame, size_t len)
{
	return 0;
}

/* Nothing ever happens that was not told at once. */
static void null_sync(struct tap_softc *sc)
{
}

static int null_set_up(struct tap_softc *sc, bool up)
{
	struct null_if *n = sc->net;

	n->st.up = up;
	tap_if_update(sc, &n->st);
	return 0;
}

static int null_set_promisc(struct tap_softc *sc, bool on)
{
	struct null_if *n = sc->net;

	n->st.promisc = on;
	tap_if_update(sc, &n->st);
	return 0;
}

static int null_set_mtu(struct tap_softc *sc, unsigned mtu)
{
	struct null_if *n = sc->net;

	n->st.mtu = mtu;
	tap_if_update(sc, &n->st);
	return 0;
}

static int null_set_lladdr(struct tap_softc *sc, const uint8_t lladdr[TAP_ADDRLEN])
{
	struct null_if *n = sc->net;

	memcpy(n->st.lladdr, lladdr, TAP_ADDRLEN);
	tap_if_update(sc, &n->st);
	return 0;
}

/* There is nobody on the other side to see a carrier. */
static int null_set_carrier(struct tap_softc *sc, bool on)
{
	return 0;
}

static struct null_addr *null_find(struct null_if *n, const struct tap_ifaddr *a)
{
	struct null_addr *p;

	STAILQ_FOREACH(p, &n->addrs, link)
		if (p->a.family == a->family && memcmp(p->a.addr, a->addr, a->family == AF_INET ? 4 : 16) == 0)
			return p;
	return NULL;
}

static int null_add_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct null_if *n = sc->net;
	struct null_addr *p;

	if (null_find(n, a) != NULL)
		return -EEXIST;
	if ((p = malloc(sizeof(*p))) == NULL)
		return -ENOMEM;
	p->a = *a;
	STAILQ_INSERT_TAIL(&n->addrs, p, link);
	return 0;
}

static int null_del_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct null_if *n = sc->net;
	struct null_addr *p = null_find(n, a);

	if (p == NULL)
		return -EADDRNOTAVAIL;
	STAILQ_REMOVE(&n->addrs, p, null_addr, link);
	free(p);
	return 0;
}

static int null_each_addr(struct tap_softc *sc, void (*fn)(void *arg, const struct tap_ifaddr *a), void *arg)
{
	struct null_if *n = sc->net;
	struct null_addr *p;

	STAILQ_FOREACH(p, &n->addrs, link)
		fn(arg, &p->a);
	return 0;
}

static int null_purge_addrs(struct tap_softc *sc)
{
	struct null_if *n = sc->net;
	struct null_addr *p;

	while ((p = STAILQ_FIRST(&n->addrs)) != NULL) {
		STAILQ_REMOVE_HEAD(&n->addrs, link);
		free(p);
	}
	return 0;
}

static void null_detach(struct tap_softc *sc)
{
	if (sc->net == NULL)
		return;
	null_purge_addrs(sc);
	free(sc->net);
	sc->net = NULL;
}

const struct tap_net_ops null_ops = {
	.name = "null",
	.attach = null_attach,
	.detach = null_detach,
	.input = null_input,
	.sync = null_sync,
	.set_up = null_set_up,
	.set_promisc = null_set_promisc,
	.set_mtu = null_set_mtu,
	.set_lladdr = null_set_lladdr,
	.set_carrier = null_set_carrier,
	.add_addr = null_add_addr,
	.del_addr = null_del_addr,
	.each_addr = null_each_addr,
	.purge_addrs = null_purge_addrs,
};
