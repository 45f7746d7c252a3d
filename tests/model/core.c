/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The real thing: src/tap on a backend, a world and programs made of arrays.  Does a step and writes down what can be
 * seen; judges nothing but the rules that tap.h gives to the core's own callers (event 'X').
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "model.h"
#include "tap/dialect.h"

/* A host interface.  `truth` is the kernel's, `told` what tap_if_update() said last. */
struct iface {
	struct tap_softc *sc;
	bool attached, deleted, offload;	/* deleted: and told so */
	bool dead;				/* deleted, told or not */
	struct tap_ifstate truth, told;
	struct tap_host_drops drops;
	int carrier, addr, purges;
	struct pending pending[NPENDING];
	int npending;
};

struct reader {
	struct tap_read r;
	bool waiting;
};

struct waiter {
	struct tap_destroy w;
	int unit;			/* -1: not waiting */
};

static struct tap_driver drv;
static struct iface ifaces[NUNITS];
static struct { struct tap_file f; bool open; } files[NFILES];
static struct reader readers[NREADERS];
static struct waiter waiters[NWAITERS];
static char aliases[NUNITS][TAP_IFNAMSIZ + 1];
static int64_t owners, clones, ahead, unit_nodes, net_nodes;
static unsigned generation[8];		/* of world_targets; odd once it was started again, and so on */
static int fail_input, fail_attach, fail_node;
static struct seen *seen;

static struct iface *iface_of(struct tap_softc *sc)
{
	return &ifaces[INDEX(sc->node.family, sc->node.unit)];
}

static int take(int *failure)
{
	int err = *failure;

	*failure = 0;
	return -err;
}

/* ------------------------------------------------------------------ the backend */

static void tell(struct iface *i)
{
	tap_if_update(i->sc, &i->told);
}

static void delete(struct iface *i)
{
	i->deleted = i->dead = true;
	i->npending = 0;
	tap_if_gone(i->sc);
}

static void apply(struct tap_ifstate *st, char what, int value)
{
	if (what == 'u')
		st->up = value;
	else if (what == 'p')
		st->promisc = value;
	else if (what == 'm')
		st->mtu = value;
	else if (what == 'n')
		snprintf(st->name, sizeof(st->name), "%s", world_names[value]);
}

static void n_sync(struct tap_softc *sc)
{
	struct iface *i = iface_of(sc);
	struct pending todo[NPENDING];
	int n = i->npending;

	memcpy(todo, i->pending, n * sizeof(todo[0]));
	i->npending = 0;
	for (int k = 0; k < n; k++)
		if (todo[k].what == 'f') {
			tap_if_output(sc, world_frame(&todo[k].frame, NULL), todo[k].frame.len);
		} else if (todo[k].what == 'g') {
			delete(i);
		} else {
			apply(&i->told, todo[k].what, todo[k].value);
			tell(i);
		}
}

static bool name_taken(const char *name, const struct iface *but)
{
	for (int u = 0; u < NUNITS; u++)
		if (&ifaces[u] != but && ifaces[u].attached && !ifaces[u].dead &&
		    strcmp(ifaces[u].truth.name, name) == 0)
			return true;
	return false;
}

static int n_attach(struct tap_softc *sc, void *ctx, char *why, size_t size)
{
	int err = take(&fail_attach);
	struct iface *i;

	if (err == 0 && sc->node.unit >= (sc->node.family == TAP_FAMILY_TAP ? NTAP : NVMNET))
		err = -ENOSPC;
	if (err == 0 && name_taken(sc->if_name, NULL))
		err = -EEXIST;
	if (err != 0)
		return err;
	i = iface_of(sc);
	*i = (struct iface){ .sc = sc, .attached = true, .carrier = -1 };
	if (sc->mtu > HOST_MAXMTU || sc->mtu < HOST_MINMTU)
		return -EINVAL;
	i->told.mtu = sc->mtu;
	memcpy(i->told.lladdr, sc->lladdr, TAP_ADDRLEN);
	snprintf(i->told.name, sizeof(i->told.name), "%s", sc->if_name);
	i->truth = i->told;
	tell(i);
	return 0;
}

static void n_detach(struct tap_softc *sc)
{
	iface_of(sc)->attached = false;
}

static int n_input(struct tap_softc *sc, const void *frame, size_t len)
{
	struct iface *i = iface_of(sc);
	bool told_up = i->told.up && !i->deleted;
	int err;

	if (!told_up)
		seen_event(seen, 'X', 1, 0, 0);		/* never called while it is down */
	for (int k = 0; k < i->npending; k++)
		if (i->pending[k].what == 'g')
			n_sync(sc);
	if (i->deleted)
		return -ENXIO;
	if (!i->truth.up)
		return -ENETDOWN;
	err = take(&fail_input);
	if (err == 0)
		seen_event(seen, 'i', INDEX(sc->node.family, sc->node.unit), len, world_sum(frame, len));
	return err;
}

static int n_input_vnet(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	return n_input(sc, frame, len);
}

static int n_set_offload(struct tap_softc *sc, bool on)
{
	iface_of(sc)->offload = on;
	return 0;
}

/* A change that the device asks for: what happened before is told first. */
static int ask(struct tap_softc *sc, char what, int value)
{
	struct iface *i = iface_of(sc);

	n_sync(sc);
	if (i->deleted)
		return -ENXIO;
	apply(&i->truth, what, value);
	apply(&i->told, what, value);
	tell(i);
	return 0;
}

static int n_set_up(struct tap_softc *sc, bool up)
{
	return ask(sc, 'u', up);
}

static int n_set_promisc(struct tap_softc *sc, bool on)
{
	return ask(sc, 'p', on);
}

static int n_set_mtu(struct tap_softc *sc, unsigned mtu)
{
	return mtu > HOST_MAXMTU || mtu < HOST_MINMTU ? -EINVAL : ask(sc, 'm', mtu);
}

static int n_set_lladdr(struct tap_softc *sc, const uint8_t lladdr[TAP_ADDRLEN])
{
	struct iface *i = iface_of(sc);

	n_sync(sc);
	if (i->deleted)
		return -ENXIO;
	memcpy(i->truth.lladdr, lladdr, TAP_ADDRLEN);
	memcpy(i->told.lladdr, lladdr, TAP_ADDRLEN);
	tell(i);
	return 0;
}

static int n_set_carrier(struct tap_softc *sc, bool on)
{
	iface_of(sc)->carrier = on;
	return 0;
}

static int n_rename(struct tap_softc *sc, const char *name)
{
	return name_taken(name, iface_of(sc)) ? -EEXIST : ask(sc, 'n', world_name_id(name));
}

static int n_add_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct iface *i = iface_of(sc);

	n_sync(sc);
	return i->deleted ? -ENXIO : i->addr ? -EEXIST : (i->addr = 1, 0);
}

static int n_del_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	struct iface *i = iface_of(sc);

	n_sync(sc);
	return i->deleted ? -ENXIO : i->addr ? (i->addr = 0) : -EADDRNOTAVAIL;
}

static int n_purge(struct tap_softc *sc)
{
	iface_of(sc)->addr = 0;
	iface_of(sc)->purges++;
	return 0;
}

static int n_host_drops(struct tap_softc *sc, struct tap_host_drops *d)
{
	*d = iface_of(sc)->drops;
	return 0;
}

static const struct tap_net_ops net = {.name = "model",
    .attach = n_attach,
    .detach = n_detach,
    .input = n_input,
    .input_vnet = n_input_vnet,
    .set_offload = n_set_offload,
    .sync = n_sync,
    .set_up = n_set_up,
    .set_promisc = n_set_promisc,
    .set_mtu = n_set_mtu,
    .set_lladdr = n_set_lladdr,
    .set_carrier = n_set_carrier,
    .rename = n_rename,
    .add_addr = n_add_addr,
    .del_addr = n_del_addr,
    .purge_addrs = n_purge,
    .host_drops = n_host_drops};

/* ------------------------------------------------------------------ the world */

/* The set of nodes that this one belongs to: the clone devices, or the units'. */
static int64_t *node_set(const struct tap_node *node, int64_t *bit)
{
	*bit = INT64_C(1) << (node->unit == TAP_UNIT_CLONE ? (int)node->family : INDEX(node->family, node->unit));
	if (node->unit == TAP_UNIT_CLONE || node->is_net)
		return node->is_net ? &net_nodes : &clones;
	return node >= drv.ahead && node < drv.ahead + NAHEAD ? &ahead : &unit_nodes;
}

static int w_node_add(void *ctx, struct tap_node *node)
{
	int64_t bit, *set = node_set(node, &bit);
	int err = node->unit == TAP_UNIT_CLONE || node->is_net ? 0 : take(&fail_node);

	if (err != 0)
		return err;
	if (*set & bit || ((set == &ahead || set == &unit_nodes) && (ahead | unit_nodes) & bit))
		seen_event(seen, 'X', 2, 0, 0);		/* it is there */
	*set |= bit;
	return 0;
}

static void w_node_del(void *ctx, struct tap_node *node)
{
	int64_t bit, *set = node_set(node, &bit);

	if (!(*set & bit) && seen != NULL)
		seen_event(seen, 'X', 3, 0, 0);		/* it is not there */
	*set &= ~bit;
}

static void w_node_alias(void *ctx, struct tap_node *node, const char *name)
{
	if (node == NULL)
		seen_event(seen, 'X', 4, 0, 0);
	else
		snprintf(aliases[INDEX(node->family, node->unit)], TAP_IFNAMSIZ, "%s", name != NULL ? name : "");
}

/* An owner is a target at one generation: its index and that, as a pointer that is not NULL. */
static int w_sigio_get(void *ctx, pid_t id, const struct tap_cred *setter, bool any_session, void **owner)
{
	for (int k = 0; world_targets[k].id != 0; k++) {
		if (world_targets[k].id != id)
			continue;
		if (world_targets[k].err != 0 || (world_targets[k].other_session && !any_session))
			return -EPERM;
		*owner = (void *)(uintptr_t)(generation[k] << 8 | (k + 1));
		owners++;
		return 0;
	}
	return -ESRCH;
}

static bool w_sigio_alive(void *ctx, void *owner)
{
	return generation[((uintptr_t)owner & 255) - 1] == (uintptr_t)owner >> 8;
}

static void w_sigio_put(void *ctx, void *owner)
{
	owners--;
}

static void w_sigio_send(void *ctx, void *owner)
{
	if (w_sigio_alive(ctx, owner))
		seen_event(seen, 's', ((uintptr_t)owner & 255) - 1, 0, 0);
}

static uint32_t w_host_hash(void *ctx, const char *name)
{
	return HOST_HASH;
}

static void w_log(void *ctx, int priority, const char *text)
{
}

static const struct tap_world world = { NULL, w_node_add, w_node_del, w_node_alias, w_sigio_get, w_sigio_alive,
	w_sigio_put, w_sigio_send, w_host_hash, w_log };

/* ------------------------------------------------------------------ programs */

static struct tap_cred cred(int user)
{
	return user ? (struct tap_cred){ 101, 1000, 1000 } : (struct tap_cred){ 100, 0, 0 };
}

static void f_wakeup(struct tap_file *f)
{
	seen_event(seen, 'w', (int)(intptr_t)f->cdev, 0, 0);
}

static void r_done(struct tap_read *r, int err, const void *data, size_t n)
{
	struct reader *rd = &readers[(intptr_t)r->cdev];

	if (!rd->waiting || n > r->len)
		seen_event(seen, 'X', 5, 0, 0);		/* exactly once, no more than asked for */
	rd->waiting = false;
	seen_event(seen, 'a', (int)(intptr_t)r->cdev, err != 0 ? err : (int)n, err != 0 ? 0 : world_sum(data, n));
}

static void d_done(struct tap_destroy *w)
{
	int k = (int)((struct waiter *)w - waiters);

	if (waiters[k].unit < 0)
		seen_event(seen, 'X', 6, 0, 0);
	waiters[k].unit = -1;
	seen_event(seen, 'd', k, 0, 0);
}

/* ------------------------------------------------------------------ steps */

static struct tap_softc *unit(int u)
{
	return tap_unit_find(&drv, FAMILY(u), UNIT(u));
}

static int64_t do_open(const int32_t *a)
{
	struct tap_node node = {.family = a[1] < 0 ? (a[1] == -2) : (int)FAMILY(a[1]),
	    .unit = a[1] < 0 ? -1 : UNIT(a[1]),
	    .is_net = a[1] == -3};
	struct tap_cred c = cred(a[2]);
	int err;

	if (files[a[0]].open)
		return SKIP;
	files[a[0]].f = (struct tap_file){ .wakeup = f_wakeup, .cdev = (void *)(intptr_t)a[0], .flag_seen = a[3] };
	err = tap_open(&drv, &node, &c, &files[a[0]].f);
	files[a[0]].open = err == 0;
	return err;
}

static int64_t do_close(const int32_t *a)
{
	if (!files[a[0]].open)
		return SKIP;
	tap_close(&files[a[0]].f);
	files[a[0]].open = false;
	return 0;
}

static int64_t do_read(const int32_t *a)
{
	struct reader *rd = &readers[a[1]];

	if (!files[a[0]].open || rd->waiting)
		return SKIP;
	rd->waiting = true;
	rd->r = (struct tap_read){
	    .len = a[2], .nonblock = a[3], .off = a[4], .done = r_done, .cdev = (void *)(intptr_t)a[1]};
	return tap_read(&files[a[0]].f, &rd->r);
}

static int64_t do_write(const int32_t *a)
{
	struct tap_softc *sc = files[a[0]].f.sc;
	static uint8_t buf[FRAME_MAX];
	int vnet = sc != NULL ? (int)sc->vnet_len : 0;
	struct frame fr = { a[1] > vnet ? a[1] - vnet : 0, a[2], a[3], vnet };

	if (!files[a[0]].open)
		return SKIP;
	/* A copy: the host's own frames may be told meanwhile. */
	memcpy(buf, world_frame(&fr, sc != NULL ? iface_of(sc)->told.lladdr : NULL), a[1]);
	return tap_write(&files[a[0]].f, buf, a[1], a[4]);
}

static int64_t do_ioctl(const int32_t *a)
{
	uint8_t data[TAP_IOCTL_MAX] = { 0 };
	struct tap_cred c = cred(a[0] >> 4);
	struct tap_ioctl d;
	int err;

	if (!files[a[0] & 15].open)
		return SKIP;
	tap_ioctl_decode(a[1], &d);
	memset(data + d.in, 0xee, sizeof(data) - d.in);
	memcpy(data, &a[2], d.in < 12 ? d.in : 12);
	if (d.by_value)
		memcpy(data, &a[2], 4);
	err = tap_ioctl(&files[a[0] & 15].f, &d, data, &c);
	seen->nout = err == 0 ? d.out : 0;
	memcpy(seen->out, data, seen->nout);
	return err;
}

static int64_t do_interrupt(const int32_t *a)
{
	if (!readers[a[0]].waiting)
		return SKIP;
	tap_read_interrupt(&readers[a[0]].r);
	return 0;
}

static int64_t do_frame(struct iface *i, const int32_t *a)
{
	struct frame fr = { a[2], a[3], a[4], 0 };

	if (i->deleted)
		return SKIP;
	for (int k = 0; k < a[1]; k++, fr.seq++)
		tap_if_output(i->sc, world_frame(&fr, NULL), fr.len);
	return 0;
}

static int64_t do_later(struct iface *i, const int32_t *a)
{
	struct pending p = { a[1], a[2], { a[3], a[4], DST_BROADCAST, 0 } };

	if (i->dead || i->npending == NPENDING || (p.what == 'f' && !i->truth.up) ||
	    (p.what == 'n' && (strlen(world_names[p.value]) >= TAP_IFNAMSIZ || name_taken(world_names[p.value], i))))
		return SKIP;
	apply(&i->truth, p.what, p.value);
	i->dead = p.what == 'g';
	i->pending[i->npending++] = p;
	return 0;
}

static int64_t do_create(const int32_t *a)
{
	struct tap_node like = { .uid = 7, .mode = 0660 };
	enum tap_family family = a[0] < 0 ? -1 - a[0] : (int)FAMILY(a[0]);
	struct tap_softc *sc;
	char why[256];
	int err = tap_unit_create(&drv, family, a[0] < 0 ? -1 : UNIT(a[0]), a[1] ? &(struct tap_want){ .node = &like } : NULL, &sc, why, sizeof(why));

	return err != 0 ? err : INDEX(sc->node.family, sc->node.unit);
}

static int64_t do_destroy(struct tap_softc *sc, const int32_t *a)
{
	struct waiter *w = &waiters[a[1]];
	int err;

	if (w->unit >= 0)
		return SKIP;
	w->w.done = d_done;
	err = tap_unit_destroy(sc, &w->w);
	w->unit = err == -EINPROGRESS ? a[0] : -1;
	return err;
}

static int64_t do_cancel(const int32_t *a)
{
	struct waiter *w = &waiters[a[0]];

	if (w->unit < 0)
		return SKIP;
	tap_unit_destroy_cancel(unit(w->unit), &w->w);
	w->unit = -1;
	return 0;
}

static int64_t do_fail(const int32_t *a)
{
	*(a[0] == 'i' ? &fail_input : a[0] == 'a' ? &fail_attach : &fail_node) = a[1];
	return 0;
}

static int64_t do_refresh(struct iface *i, const int32_t *a)
{
	if (!i->deleted) {
		i->drops.no_carrier += a[1];
		i->drops.ring += a[2];
	}
	tap_unit_refresh(i->sc);
	return 0;
}

static int64_t do_gone(struct iface *i)
{
	if (i->deleted)
		return SKIP;
	delete(i);
	return 0;
}

/* Steps whose first number is a unit that must be there. */
static int64_t unit_step(const struct step *st, struct tap_softc *sc)
{
	const int32_t *a = st->a;
	struct iface *i = iface_of(sc);
	uint8_t lladdr[TAP_ADDRLEN] = { 2, 1, 1, 1, 1, a[1] };
	struct tap_ifaddr addr = { .family = 2 };

	switch (st->op) {
	case STEP_frame: return do_frame(i, a);
	case STEP_later: return do_later(i, a);
	case STEP_up: return tap_unit_set_up(sc, a[1]);
	case STEP_promisc: return tap_unit_set_promisc(sc, a[1]);
	case STEP_link0: return tap_unit_set_link0(sc, a[1]);
	case STEP_mtu: return tap_unit_set_mtu(sc, a[1]);
	case STEP_lladdr: return tap_unit_set_lladdr(sc, lladdr);
	case STEP_rename: return tap_unit_rename(sc, a[1] < 0 ? "" : world_names[a[1]]);
	case STEP_dialect: return tap_unit_set_dialect(sc, tap_dialect_find(model_dialects[a[1]]));
	case STEP_addr: return a[1] ? tap_unit_add_addr(sc, &addr) : tap_unit_del_addr(sc, &addr);
	case STEP_gone: return do_gone(i);
	case STEP_destroy: return do_destroy(sc, a);
	case STEP_refresh: return do_refresh(i, a);
	default: return SKIP;
	}
}

static int64_t do_step(const struct step *st)
{
	const int32_t *a = st->a;
	struct tap_softc *sc;

	switch (st->op) {
	case STEP_open: return do_open(a);
	case STEP_close: return do_close(a);
	case STEP_read: return do_read(a);
	case STEP_write: return do_write(a);
	case STEP_poll: return files[a[0]].open ? (int64_t)tap_poll(&files[a[0]].f) : SKIP;
	case STEP_ioctl: return do_ioctl(a);
	case STEP_interrupt: return do_interrupt(a);
	case STEP_create: return do_create(a);
	case STEP_cancel: return do_cancel(a);
	case STEP_sysctl: return tap_sysctl_set(&drv, a[0], a[1]);
	case STEP_fail: return do_fail(a);
	case STEP_exit: return generation[a[0]]++, 0;
	default: return (sc = unit(a[0])) != NULL ? unit_step(st, sc) : SKIP;
	}
}

/* ------------------------------------------------------------------ what can be seen */

static int64_t lladdr_word(const uint8_t *p)
{
	int64_t v = 0;

	for (int i = 0; i < TAP_ADDRLEN; i++)
		v = v << 8 | p[i];
	return v;
}

static void look_at(struct tap_softc *sc, int64_t *v, uint64_t *count)
{
	const struct tap_frame *first = STAILQ_FIRST(&sc->ifq);
	const struct iface *i = iface_of(sc);
	const struct tap_destroy *w;
	int u = (int)(i - ifaces), dialect = 0;

	while (strcmp(model_dialects[dialect], sc->dialect->name) != 0)
		dialect++;
	v[SEEN_exists] = 1;
	v[SEEN_dialect] = dialect;
	v[SEEN_flags] = sc->flags;
	v[SEEN_mtu] = sc->mtu;
	v[SEEN_lladdr] = lladdr_word(sc->lladdr);
	v[SEEN_remote] = sc->file != NULL ? lladdr_word(sc->remote) : 0;
	v[SEEN_baudrate] = sc->baudrate;
	v[SEEN_type] = sc->if_type;
	v[SEEN_link] = sc->link_state;
	v[SEEN_file] = sc->file != NULL ? (intptr_t)sc->file->cdev + 1 : 0;
	v[SEEN_pid] = sc->pid;
	v[SEEN_async] = sc->async;
	v[SEEN_owner] = sc->sigio_owner != NULL && w_sigio_alive(NULL, sc->sigio_owner) ? sc->sigio_id : 0;
	v[SEEN_temporary] = sc->temporary;
	v[SEEN_vnet] = sc->vnet_len;
	v[SEEN_offload] = i->offload && !i->deleted;
	v[SEEN_queued] = sc->ifq_len;
	v[SEEN_first] = first != NULL ? first->len : 0;
	v[SEEN_readers] = sc->nreaders;
	v[SEEN_gone] = sc->gone;
	TAILQ_FOREACH(w, &sc->destroyers, link)
		v[SEEN_waiters]++;
	v[SEEN_carrier] = i->carrier;
	v[SEEN_purges] = i->purges;
	v[SEEN_addr] = i->addr;
	v[SEEN_if_name] = world_name_id(sc->if_name);
	v[SEEN_alias] = world_name_id(aliases[u]);
	v[SEEN_node] = (unit_nodes >> u & 1) + 2 * (ahead >> u & 1) + 4 * (net_nodes >> u & 1);
	for (int k = 0; tap_counter_table[k].name != NULL; k++)
		memcpy(&count[k], (char *)&sc->count + tap_counter_table[k].offset, sizeof(count[k]));
}

static void look(struct seen *s)
{
	struct tap_softc *sc;

	memset(s->unit, 0, sizeof(s->unit));
	memset(s->count, 0, sizeof(s->count));
	TAILQ_FOREACH(sc, &drv.units, link)
		look_at(sc, s->unit[iface_of(sc) - ifaces], s->count[iface_of(sc) - ifaces]);
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++)
		s->sysctl[id] = tap_sysctl_get(&drv, id);
	s->owners = owners;
	s->clones = clones;
	s->ahead = ahead;
}

void core_step(const struct step *st, struct seen *s)
{
	seen = s;
	s->nevents = s->nout = 0;
	memset(s->out, 0, sizeof(s->out));
	s->result = do_step(st);
	look(s);
}

void core_begin(const char *dialect)
{
	static struct seen first;

	seen = &first;
	memset(ifaces, 0, sizeof(ifaces));
	memset(files, 0, sizeof(files));
	memset(readers, 0, sizeof(readers));
	memset(aliases, 0, sizeof(aliases));
	memset(generation, 0, sizeof(generation));
	for (int k = 0; k < NWAITERS; k++)
		waiters[k].unit = -1;
	owners = clones = ahead = unit_nodes = net_nodes = fail_input = fail_attach = fail_node = 0;
	tap_driver_init(&drv, &world, &net, NULL, "");
	drv.dialect = tap_dialect_find(dialect);
	tap_driver_publish(&drv, NAHEAD);
}

const char *core_end(void)
{
	static struct seen last;

	seen = &last;
	last.nevents = 0;
	tap_driver_fini(&drv);
	tap_driver_withdraw(&drv);
	for (int k = 0; k < NREADERS; k++)
		if (readers[k].waiting)
			return "a read was never answered";
	for (int u = 0; u < NUNITS; u++)
		if (ifaces[u].attached)
			return "an interface was left behind";
	for (uint32_t k = 0; k < last.nevents; k++)
		if (last.event[k].what == 'X')
			return "a rule of tap.h was broken at the end";
	return owners != 0				 ? "an owner of SIGIO was left behind"
	       : clones | ahead | unit_nodes | net_nodes ? "a node was left behind"
							 : NULL;
}
