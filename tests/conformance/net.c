/* SPDX-License-Identifier: BSD-2-Clause */
/* A backend for tests: see net.h. */
#include "tests/conformance/net.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ADDRS_MAX 8

struct net {
	struct tap_softc *sc;
	struct tap_ifstate st;
	struct tap_ifaddr addr[ADDRS_MAX];
	unsigned naddr;
	TAILQ_ENTRY(net) link;
};

struct sent {
	STAILQ_ENTRY(sent) link;
	size_t len;
	uint8_t data[];
};

static TAILQ_HEAD(, net) nets = TAILQ_HEAD_INITIALIZER(nets);
static STAILQ_HEAD(, sent) wire = STAILQ_HEAD_INITIALIZER(wire);
static struct net *host;

static int net_attach(struct tap_softc *sc, void *ctx, char *why, size_t size)
{
	struct net *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return -ENOMEM;
	n->sc = sc;
	n->st.mtu = sc->mtu;
	memcpy(n->st.lladdr, sc->lladdr, TAP_ADDRLEN);
	TAILQ_INSERT_TAIL(&nets, n, link);
	sc->net = n;
	tap_if_update(sc, &n->st);
	return 0;
}

static void net_detach(struct tap_softc *sc)
{
	struct net *n = sc->net;

	if (host == n)
		host = NULL;
	TAILQ_REMOVE(&nets, n, link);
	free(n);
	sc->net = NULL;
}

static int net_input(struct tap_softc *sc, const void *frame, size_t len)
{
	struct sent *s = len != NET_NOBUFS ? malloc(sizeof(*s) + len) : NULL;

	if (s == NULL)
		return -ENOBUFS;
	s->len = len;
	memcpy(s->data, frame, len);
	STAILQ_INSERT_TAIL(&wire, s, link);
	return 0;
}

static void net_sync(struct tap_softc *sc)
{
}

static int net_set_up(struct tap_softc *sc, bool up)
{
	struct net *n = sc->net;

	n->st.up = up;
	tap_if_update(sc, &n->st);
	return 0;
}

static int net_set_promisc(struct tap_softc *sc, bool on)
{
	struct net *n = sc->net;

	n->st.promisc = on;
	tap_if_update(sc, &n->st);
	return 0;
}

static int net_set_mtu(struct tap_softc *sc, unsigned mtu)
{
	struct net *n = sc->net;

	n->st.mtu = mtu;
	tap_if_update(sc, &n->st);
	return 0;
}

static int net_set_lladdr(struct tap_softc *sc, const uint8_t lladdr[TAP_ADDRLEN])
{
	struct net *n = sc->net;

	memcpy(n->st.lladdr, lladdr, TAP_ADDRLEN);
	tap_if_update(sc, &n->st);
	return 0;
}

static int net_rename(struct tap_softc *sc, const char *name)
{
	struct net *n = sc->net;

	strncpy(n->st.name, name, sizeof(n->st.name) - 1);
	tap_if_update(sc, &n->st);
	return 0;
}

static struct tap_ifaddr *find_addr(struct net *n, const struct tap_ifaddr *a)
{
	size_t len = a->family == 2 ? 4 : 16;	/* AF_INET */

	for (unsigned i = 0; i < n->naddr; i++)
		if (n->addr[i].family == a->family && memcmp(n->addr[i].addr, a->addr, len) == 0)
			return &n->addr[i];
	return NULL;
}

static int net_add_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct net *n = sc->net;

	if (find_addr(n, a) != NULL)
		return -EEXIST;
	if (n->naddr == ADDRS_MAX)
		return -ENOBUFS;
	n->addr[n->naddr++] = *a;
	return 0;
}

static int net_del_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct net *n = sc->net;
	struct tap_ifaddr *have = find_addr(n, a);

	if (have == NULL)
		return -EADDRNOTAVAIL;
	*have = n->addr[--n->naddr];
	return 0;
}

static int net_each_addr(struct tap_softc *sc, void (*fn)(void *arg, const struct tap_ifaddr *a), void *arg)
{
	struct net *n = sc->net;

	for (unsigned i = 0; i < n->naddr; i++)
		fn(arg, &n->addr[i]);
	return 0;
}

static int net_purge_addrs(struct tap_softc *sc)
{
	struct net *n = sc->net;

	n->naddr = 0;
	return 0;
}

const struct tap_net_ops net_ops = {
	.name = "test",
	.attach = net_attach, .detach = net_detach, .input = net_input, .sync = net_sync,
	.set_up = net_set_up, .set_promisc = net_set_promisc, .set_mtu = net_set_mtu, .set_lladdr = net_set_lladdr,
	.rename = net_rename,
	.add_addr = net_add_addr, .del_addr = net_del_addr, .each_addr = net_each_addr, .purge_addrs = net_purge_addrs,
};

/* ------------------------------------------------------------------ the host */

void net_fini(void)
{
	struct sent *s;

	while ((s = STAILQ_FIRST(&wire)) != NULL) {
		STAILQ_REMOVE_HEAD(&wire, link);
		free(s);
	}
	host = NULL;
}

int net_attach_host(const char *ifname)
{
	TAILQ_FOREACH(host, &nets, link)
		if (strcmp(host->sc->if_name, ifname) == 0)
			return 0;
	return -ENODEV;
}

int net_host_send(const void *frame, size_t len)
{
	if (host == NULL || !host->st.up)
		return -ENETDOWN;
	tap_if_output(host->sc, frame, len);
	return 0;
}

ssize_t net_host_recv(void *buf, size_t size)
{
	struct sent *s = STAILQ_FIRST(&wire);
	size_t n;

	if (s == NULL)
		return -EAGAIN;
	n = s->len < size ? s->len : size;
	memcpy(buf, s->data, n);
	STAILQ_REMOVE_HEAD(&wire, link);
	free(s);
	return n;
}

struct tap_softc *net_unit(unsigned i)
{
	struct net *n;

	TAILQ_FOREACH(n, &nets, link)
		if (i-- == 0)
			return n->sc;
	return NULL;
}
