/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A unit on a wire: its interface lives in tapd, keeps flags, MTU and addresses as it is told, and has one wire instead
 * of a host behind it.  Also what every wire shares: opening by a text, and telling its user.  See wire.h.
 */
#include "backend/wire.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "backend/gso.h"
#include "base/log.h"
#include "base/util.h"

/* ------------------------------------------------------------------ wires */

void wire_recv(struct wire *w, const void *frame, size_t len)
{
	w->user.recv(w->user.arg, frame, len);
}

void wire_link(struct wire *w, bool up, const char *fmt, ...)
{
	char text[sizeof(w->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (up == w->up && strcmp(text, w->text) == 0)
		return;
	log_at(up ? LOG_NOTICE : LOG_WARNING, "%s: %s: %s", w->name, w->ops->name, text[0] != '\0' ? text : "works again");
	w->up = up;
	str_copy(w->text, sizeof(w->text), text);
	w->user.link(w->user.arg, up, text);
}

struct wire *wire_open(struct backends *b, const char *spec, const char *name, const struct wire_user *user, char *why,
    size_t size)
{
	const char *arg = strchr(spec, ':');
	const struct wire_ops *ops = backend_wire(spec, why, size);
	struct wire *w = ops != NULL ? calloc(1, sizeof(*w)) : NULL;
	int err;

	if (ops == NULL) {
		errno = EINVAL;
		return NULL;
	}
	if (w == NULL) {
		snprintf(why, size, "%s: out of memory", name);
		errno = ENOMEM;
		return NULL;
	}
	*w = (struct wire){ .ops = ops, .user = *user, .b = b, .name = name, .up = true };
	err = ops->open(w, arg != NULL ? arg + 1 : "", why, size);
	if (err == 0)
		return w;
	free(w);
	errno = -err;
	return NULL;
}

void wire_close(struct wire *w)
{
	if (w == NULL)
		return;
	w->ops->close(w);
	free(w);
}

/* ------------------------------------------------------------------ the interface */

struct wif_addr {
	STAILQ_ENTRY(wif_addr) link;
	struct tap_ifaddr a;
};

struct wif {
	struct tap_softc *sc;
	struct wire *wire;
	struct tap_ifstate st;
	bool open;			/* by a program */
	STAILQ_HEAD(, wif_addr) addrs;
	/*
	 * Whom the program writes as, the last first; 0: nobody.  Kept when it closes: opened again, it is there under the
	 * same address, and peers that know it write before it does.
	 */
	uint8_t source[WIRE_STATIONS - 2][TAP_ADDRLEN];
	int sent;			/* how the frames of one write fared: the first error, or 0 */
};

static void wif_recv(void *arg, const void *frame, size_t len)
{
	struct wif *n = arg;

	tap_if_output(n->sc, frame, len);
}

/* The carrier of the wire is shown; a BSD tap's own link state is about its opener. */
static void wif_link(void *arg, bool up, const char *text)
{
}

/* A queued frame more can be taken: nobody loses one. */
static bool wif_room(void *arg)
{
	const struct wif *n = arg;

	return n->sc->nreaders > 0 || n->sc->ifq_len < n->sc->ifq_maxlen;
}

static void add_station(struct wire_filter *f, const uint8_t *lladdr)
{
	if (!(lladdr[0] & 1))
		memcpy(f->station[f->n++], lladdr, TAP_ADDRLEN);
}

/* The program's addresses are the interface's, what it said (SIOCSIFADDR), and those it writes as. */
static void wif_tell_filter(struct wif *n)
{
	static const uint8_t nobody[TAP_ADDRLEN];
	struct wire_filter f = { .promisc = n->st.promisc };

	if (n->wire->ops->set_filter == NULL)
		return;
	add_station(&f, n->st.lladdr);
	if (n->open && memcmp(n->sc->remote, n->st.lladdr, TAP_ADDRLEN) != 0)
		add_station(&f, n->sc->remote);
	for (size_t i = 0; i < NELEM(n->source) && memcmp(n->source[i], nobody, TAP_ADDRLEN) != 0; i++)
		add_station(&f, n->source[i]);
	n->wire->ops->set_filter(n->wire, &f);
}

/* As a switch does: who was heard from is there.  An emulator has an address of its own, and says so in no other way. */
static void wif_learn(struct wif *n, const uint8_t *frame)
{
	const uint8_t *source = frame + TAP_ADDRLEN;
	size_t i = 0;

	if (n->wire->ops->set_filter == NULL || memcmp(source, n->source[0], TAP_ADDRLEN) == 0 || (source[0] & 1) ||
	    memcmp(source, n->st.lladdr, TAP_ADDRLEN) == 0)
		return;
	while (i < NELEM(n->source) - 1 && memcmp(source, n->source[i], TAP_ADDRLEN) != 0)
		i++;
	memmove(n->source[1], n->source[0], i * TAP_ADDRLEN);
	memcpy(n->source[0], source, TAP_ADDRLEN);
	wif_tell_filter(n);
}

static void wif_tell_ready(struct wif *n)
{
	bool open = n->open || n->sc->node.family == TAP_FAMILY_VMNET;	/* which queues for its next opener (QU-07) */

	if (n->wire->ops->set_ready != NULL)
		n->wire->ops->set_ready(n->wire, n->st.up && open);
}

static void wif_tell_mtu(struct wif *n)
{
	if (n->wire->ops->set_mtu != NULL)
		n->wire->ops->set_mtu(n->wire, n->st.mtu);
}

static int wif_attach(struct tap_softc *sc, void *ctx, char *why, size_t size)
{
	struct wif *n = calloc(1, sizeof(*n));
	struct wire_user user = { wif_recv, wif_link, wif_room, n };

	if (n == NULL) {
		snprintf(why, size, "%s: out of memory", sc->if_name);
		return -ENOMEM;
	}
	STAILQ_INIT(&n->addrs);
	n->sc = sc;
	n->st.mtu = sc->mtu;
	memcpy(n->st.lladdr, sc->lladdr, TAP_ADDRLEN);
	n->wire = wire_open(ctx, sc->net_spec, sc->if_name, &user, why, size);
	if (n->wire == NULL) {
		free(n);
		sc->net = NULL;
		return -errno;
	}
	sc->net = n;
	tap_if_update(sc, &n->st);
	wif_tell_mtu(n);
	wif_tell_filter(n);
	wif_tell_ready(n);
	return 0;
}

/* ------------------------------------------------------------------ frames */

static int wif_input(struct tap_softc *sc, const void *frame, size_t len)
{
	struct wif *n = sc->net;

	wif_learn(n, frame);
	return n->wire->ops->send(n->wire, frame, len);
}

static void wif_send_part(void *arg, const void *frame, size_t len)
{
	struct wif *n = arg;
	int err = n->wire->ops->send(n->wire, frame, len);

	if (n->sent == 0)
		n->sent = err;
}

/* There is no host to do what the program's header leaves to be done. */
static int wif_input_vnet(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	struct wif *n = sc->net;
	int err;

	n->sent = 0;
	wif_learn(n, frame);
	err = gso_finish(vnet, frame, len, wif_send_part, n);
	return err != 0 ? err : n->sent;
}

static void wif_sync(struct tap_softc *sc)
{
	struct wif *n = sc->net;

	if (n->wire->ops->sync != NULL)
		n->wire->ops->sync(n->wire);
}

/* ------------------------------------------------------------------ setters */

static int wif_set_up(struct tap_softc *sc, bool up)
{
	struct wif *n = sc->net;

	n->st.up = up;
	tap_if_update(sc, &n->st);
	wif_tell_ready(n);
	return 0;
}

static int wif_set_promisc(struct tap_softc *sc, bool on)
{
	struct wif *n = sc->net;

	n->st.promisc = on;
	tap_if_update(sc, &n->st);
	wif_tell_filter(n);
	return 0;
}

static int wif_set_mtu(struct tap_softc *sc, unsigned mtu)
{
	struct wif *n = sc->net;

	if (n->wire->ops->max_mtu != 0 && mtu > n->wire->ops->max_mtu)
		return -EINVAL;
	n->st.mtu = mtu;
	tap_if_update(sc, &n->st);
	wif_tell_mtu(n);
	return 0;
}

static int wif_set_lladdr(struct tap_softc *sc, const uint8_t lladdr[TAP_ADDRLEN])
{
	struct wif *n = sc->net;

	memcpy(n->st.lladdr, lladdr, TAP_ADDRLEN);
	tap_if_update(sc, &n->st);
	wif_tell_filter(n);
	return 0;
}

static int wif_rename(struct tap_softc *sc, const char *name)
{
	struct wif *n = sc->net;

	str_copy(n->st.name, sizeof(n->st.name), name);
	tap_if_update(sc, &n->st);
	return 0;
}

/* There is nobody on the other side to see a carrier. */
static int wif_set_carrier(struct tap_softc *sc, bool on)
{
	return 0;
}

static void wif_set_open(struct tap_softc *sc, bool open)
{
	struct wif *n = sc->net;

	n->open = open;
	wif_tell_filter(n);
	wif_tell_ready(n);
}

static void wif_remote_changed(struct tap_softc *sc)
{
	wif_tell_filter(sc->net);
}

/* ------------------------------------------------------------------ addresses */

static struct wif_addr *wif_find(struct wif *n, const struct tap_ifaddr *a)
{
	struct wif_addr *p;

	STAILQ_FOREACH(p, &n->addrs, link)
		if (p->a.family == a->family && memcmp(p->a.addr, a->addr, a->family == AF_INET ? 4 : 16) == 0)
			return p;
	return NULL;
}

static int wif_add_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct wif *n = sc->net;
	struct wif_addr *p;

	if (wif_find(n, a) != NULL)
		return -EEXIST;
	if ((p = malloc(sizeof(*p))) == NULL)
		return -ENOMEM;
	p->a = *a;
	STAILQ_INSERT_TAIL(&n->addrs, p, link);
	return 0;
}

static int wif_del_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct wif *n = sc->net;
	struct wif_addr *p = wif_find(n, a);

	if (p == NULL)
		return -EADDRNOTAVAIL;
	STAILQ_REMOVE(&n->addrs, p, wif_addr, link);
	free(p);
	return 0;
}

static int wif_each_addr(struct tap_softc *sc, void (*fn)(void *arg, const struct tap_ifaddr *a), void *arg)
{
	struct wif *n = sc->net;
	struct wif_addr *p;

	STAILQ_FOREACH(p, &n->addrs, link)
		fn(arg, &p->a);
	return 0;
}

static int wif_purge_addrs(struct tap_softc *sc)
{
	struct wif *n = sc->net;
	struct wif_addr *p;

	while ((p = STAILQ_FIRST(&n->addrs)) != NULL) {
		STAILQ_REMOVE_HEAD(&n->addrs, link);
		free(p);
	}
	return 0;
}

/* ------------------------------------------------------------------ showing, and the end */

static void wif_each_stat(struct tap_softc *sc, tap_stat_fn *fn, void *arg)
{
	struct wif *n = sc->net;

	if (n->wire->ops->each_stat != NULL)
		n->wire->ops->each_stat(n->wire, fn, arg);
}

static void wif_describe(struct tap_softc *sc, char *text, size_t size)
{
	const struct wif *n = sc->net;

	str_copy(text, size, n->wire->text);
}

static bool wif_is_away(struct tap_softc *sc)
{
	const struct wif *n = sc->net;

	return !n->wire->up;
}

static void wif_detach(struct tap_softc *sc)
{
	struct wif *n = sc->net;

	if (n == NULL)
		return;
	wire_close(n->wire);
	wif_purge_addrs(sc);
	free(n);
	sc->net = NULL;
}

const struct tap_net_ops wire_net_ops = {
	.name = "wire",
	.is_wire = true,
	.attach = wif_attach,
	.detach = wif_detach,
	.input = wif_input,
	.input_vnet = wif_input_vnet,
	.sync = wif_sync,
	.set_up = wif_set_up,
	.set_promisc = wif_set_promisc,
	.set_mtu = wif_set_mtu,
	.set_lladdr = wif_set_lladdr,
	.set_carrier = wif_set_carrier,
	.set_open = wif_set_open,
	.remote_changed = wif_remote_changed,
	.rename = wif_rename,
	.add_addr = wif_add_addr,
	.del_addr = wif_del_addr,
	.each_addr = wif_each_addr,
	.purge_addrs = wif_purge_addrs,
	.each_stat = wif_each_stat,
	.describe = wif_describe,
	.is_away = wif_is_away,
};
