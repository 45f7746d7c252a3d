/* SPDX-License-Identifier: BSD-2-Clause */
/* All units together: names, the cloner, create and destroy, and the ifconfig side of one unit. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "tap/softc.h"

static const char *const family_base[TAP_FAMILY_COUNT] = {
	[TAP_FAMILY_TAP] = "tap",
	[TAP_FAMILY_VMNET] = "vmnet",
};

#define PREFIX_MAX 8		/* so that the longest name, prefix + "vmnet" + unit, may just be too long, never cut */

void tap_log(struct tap_softc *sc, int priority, const char *fmt, ...)
{
	char text[256];
	va_list ap;
	int n = snprintf(text, sizeof(text), "%s: ", sc->node.name);

	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - n, fmt, ap);
	va_end(ap);
	sc->drv->world.log(sc->drv->world.ctx, priority, text);
}

/* ------------------------------------------------------------------ names */

static int node_name(const struct tap_driver *drv, struct tap_node *node)
{
	int n = snprintf(node->name, sizeof(node->name), "%s%s", drv->prefix, family_base[node->family]);

	if (node->unit != TAP_UNIT_CLONE)
		n += snprintf(node->name + n, sizeof(node->name) - n, "%d", node->unit);
	return (size_t)n < sizeof(node->name) ? 0 : -ENAMETOOLONG;
}

/* The unit number of digits, without leading zeros (OP-13); -1 when it is not one. */
static int parse_unit(const char *digits)
{
	long unit = 0;

	if (digits[0] == '0' && digits[1] != '\0')
		return -1;
	for (; *digits != '\0'; digits++) {
		if (!isdigit((unsigned char)*digits))
			return -1;
		unit = unit * 10 + (*digits - '0');
		if (unit > TAP_MAXUNIT)
			return -1;
	}
	return unit;
}

bool tap_name_parse(const struct tap_driver *drv, const char *name, enum tap_family *family, int *unit)
{
	size_t plen = strlen(drv->prefix);

	if (strncmp(name, drv->prefix, plen) != 0)
		return false;
	name += plen;
	for (int f = 0; f < TAP_FAMILY_COUNT; f++) {
		size_t blen = strlen(family_base[f]);

		if (strncmp(name, family_base[f], blen) != 0)
			continue;
		*family = f;
		*unit = name[blen] == '\0' ? TAP_UNIT_CLONE : parse_unit(name + blen);
		return name[blen] == '\0' || *unit >= 0;
	}
	return false;
}

struct tap_softc *tap_unit_find(struct tap_driver *drv, enum tap_family family, int unit)
{
	struct tap_softc *sc;

	TAILQ_FOREACH(sc, &drv->units, link)
		if (sc->node.family == family && sc->node.unit == unit)
			return sc;
	return NULL;
}

static struct tap_softc *find_ifname(struct tap_driver *drv, const char *name)
{
	struct tap_softc *sc;

	TAILQ_FOREACH(sc, &drv->units, link)
		if (strcmp(sc->if_name, name) == 0)
			return sc;
	return NULL;
}

struct tap_softc *tap_unit_byname(struct tap_driver *drv, const char *name)
{
	struct tap_softc *sc = find_ifname(drv, name);
	enum tap_family family;
	int unit;

	if (sc != NULL)
		return sc;
	TAILQ_FOREACH(sc, &drv->units, link)
		tap_sync(sc);		/* one may have been renamed a moment ago */
	sc = find_ifname(drv, name);
	if (sc != NULL || !tap_name_parse(drv, name, &family, &unit))
		return sc;
	return tap_unit_find(drv, family, unit);
}

/* ------------------------------------------------------------------ driver */

static bool prefix_ok(const char *prefix)
{
	size_t n = strlen(prefix);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)prefix[i]) && prefix[i] != '_' && prefix[i] != '-')
			return false;
	return n <= PREFIX_MAX;
}

int tap_driver_init(struct tap_driver *drv, const struct tap_world *world, const struct tap_net_ops *net, void *net_ctx,
    const char *prefix)
{
	if (!prefix_ok(prefix))
		return -EINVAL;
	memset(drv, 0, sizeof(*drv));
	TAILQ_INIT(&drv->units);
	TAILQ_INIT(&drv->observers);
	drv->world = *world;
	drv->net = (struct tap_plug){ .ops = net, .ctx = net_ctx };
	snprintf(drv->net.spec, sizeof(drv->net.spec), "%s", net->name);
	drv->dialect = &tap_dialect_table[0];
	snprintf(drv->prefix, sizeof(drv->prefix), "%s", prefix);
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++)
		drv->sysctl[id] = tap_sysctl_table[id].initial;
	for (int f = 0; f < TAP_FAMILY_COUNT; f++) {
		drv->clone[f] = (struct tap_node){ .family = f, .unit = TAP_UNIT_CLONE, .mode = 0600 };
		node_name(drv, &drv->clone[f]);
	}
	return 0;
}

/* spec NULL: what new units get. */
static int find_plug(struct tap_driver *drv, const char *spec, pid_t who, struct tap_plug *plug, char *why, size_t size)
{
	const struct tap_world *w = &drv->world;

	*plug = drv->net;
	if (spec == NULL && (w->net_find == NULL || who == 0))
		return 0;
	if (spec == NULL)
		spec = drv->net.spec;
	if (w->net_find == NULL || strlen(spec) >= sizeof(plug->spec)) {
		snprintf(why, size, "%.64s: not to be had here", spec);
		return -EINVAL;
	}
	memmove(plug->spec, spec, strlen(spec) + 1);
	return w->net_find(w->ctx, plug->spec, who, &plug->ops, &plug->ctx, why, size);
}

int tap_driver_set_net(struct tap_driver *drv, const char *spec, char *why, size_t size)
{
	struct tap_plug plug;
	int err = find_plug(drv, spec, 0, &plug, why, size);

	if (err == 0)
		drv->net = plug;
	return err;
}

void tap_driver_fini(struct tap_driver *drv)
{
	struct tap_softc *sc;

	while ((sc = TAILQ_FIRST(&drv->units)) != NULL) {
		tap_revoke(sc, ENXIO);
		tap_destroy_now(sc);
	}
}

static int publish_clones(struct tap_driver *drv)
{
	int err = 0;

	for (int f = 0; f < TAP_FAMILY_COUNT && err == 0; f++) {
		err = drv->world.node_add(drv->world.ctx, &drv->clone[f]);
		drv->clone_published[f] = err == 0;
	}
	return err;
}

/* The node published ahead of this unit, or NULL. */
static struct tap_node *ahead_node(struct tap_driver *drv, enum tap_family family, int unit)
{
	if (family != TAP_FAMILY_TAP || unit < 0 || (unsigned)unit >= drv->nahead || drv->ahead[unit].name[0] == '\0')
		return NULL;
	return &drv->ahead[unit];
}

struct tap_node *tap_unit_node(struct tap_softc *sc)
{
	return sc->has_node ? &sc->node : ahead_node(sc->drv, sc->node.family, sc->node.unit);
}

static void withdraw_ahead(struct tap_driver *drv, struct tap_node *node)
{
	drv->world.node_del(drv->world.ctx, node);
	node->name[0] = '\0';
}

/* Names that are taken are left out: opening them reaches whoever has them. */
static int publish_ahead(struct tap_driver *drv, unsigned ahead)
{
	int err = 0;

	drv->ahead = ahead > 0 ? calloc(ahead, sizeof(*drv->ahead)) : NULL;
	if (ahead > 0 && drv->ahead == NULL)
		return -ENOMEM;
	for (; drv->nahead < ahead && err == 0; drv->nahead++) {
		struct tap_node *node = &drv->ahead[drv->nahead];

		*node = drv->clone[TAP_FAMILY_TAP];
		node->cdev = NULL;
		node->unit = drv->nahead;
		node_name(drv, node);
		err = drv->world.node_add(drv->world.ctx, node);
		if (err != 0)
			node->name[0] = '\0';
		if (err == -EEXIST)
			err = 0;
	}
	return err;
}

int tap_driver_publish(struct tap_driver *drv, unsigned ahead)
{
	int err = drv->dialect->clone ? publish_clones(drv) : 0;

	if (err == 0)
		err = publish_ahead(drv, ahead);
	if (err != 0)
		tap_driver_withdraw(drv);
	return err;
}

void tap_driver_withdraw(struct tap_driver *drv)
{
	for (unsigned u = 0; u < drv->nahead; u++)
		if (drv->ahead[u].name[0] != '\0')
			withdraw_ahead(drv, &drv->ahead[u]);
	free(drv->ahead);
	drv->ahead = NULL;
	drv->nahead = 0;
	for (int f = 0; f < TAP_FAMILY_COUNT; f++)
		if (drv->clone_published[f])
			drv->world.node_del(drv->world.ctx, &drv->clone[f]);
	memset(drv->clone_published, 0, sizeof(drv->clone_published));
}

/* ------------------------------------------------------------------ create and destroy */

static void default_lladdr(struct tap_softc *sc)
{
	const struct tap_world *w = &sc->drv->world;
	uint32_t low = w->host_hash(w->ctx, sc->if_name) & sc->dialect->lladdr_mask;

	memcpy(sc->lladdr, sc->dialect->lladdr, 3);
	sc->lladdr[3] = low >> 16;
	sc->lladdr[4] = low >> 8;
	sc->lladdr[5] = sc->dialect->lladdr_unit ? (uint8_t)sc->node.unit : (uint8_t)low;
}

/* QU-01: the system's own, where it has one. */
static unsigned ifq_limit(const struct tap_softc *sc)
{
	return sc->dialect->ifq_maxlen != 0 ? sc->dialect->ifq_maxlen : (unsigned)sc->drv->sysctl[TAP_SYSCTL_IFQMAXLEN];
}

static void plug_into(struct tap_softc *sc, const struct tap_plug *plug)
{
	sc->net_ops = plug->ops;
	sc->net_ctx = plug->ctx;
	memcpy(sc->net_spec, plug->spec, sizeof(sc->net_spec));
}

/* A unit in the state of IF-08, not yet known to anybody. */
static struct tap_softc *unit_new(struct tap_driver *drv, const struct tap_node *node, const struct tap_plug *plug)
{
	struct tap_softc *sc = calloc(1, sizeof(*sc));

	if (sc == NULL)
		return NULL;
	sc->drv = drv;
	sc->dialect = drv->dialect;
	plug_into(sc, plug);
	sc->node = *node;
	sc->node.cdev = NULL;
	memcpy(sc->if_name, node->name, sizeof(sc->if_name));
	sc->flags = TAP_IFF_BROADCAST | TAP_IFF_SIMPLEX | TAP_IFF_MULTICAST;
	sc->mtu = 1500;
	sc->baudrate = TAP_BAUDRATE;
	sc->if_type = TAP_IFT_ETHER;
	sc->ifq_maxlen = ifq_limit(sc);
	STAILQ_INIT(&sc->ifq);
	TAILQ_INIT(&sc->readers);
	TAILQ_INIT(&sc->destroyers);
	default_lladdr(sc);
	return sc;
}

static void insert_sorted(struct tap_driver *drv, struct tap_softc *sc)
{
	struct tap_softc *after;

	TAILQ_FOREACH(after, &drv->units, link)
		if (after->node.family > sc->node.family ||
		    (after->node.family == sc->node.family && after->node.unit > sc->node.unit))
			break;
	if (after != NULL)
		TAILQ_INSERT_BEFORE(after, sc, link);
	else
		TAILQ_INSERT_TAIL(&drv->units, sc, link);
	drv->nunits++;
}

/* Best effort: a name that is taken or too long is left out. */
static void update_net_node(struct tap_softc *sc)
{
	const struct tap_world *w = &sc->drv->world;
	struct tap_node *node = &sc->net_node;
	bool is = node->name[0] != '\0';

	if (is == sc->dialect->net_node)
		return;
	if (is) {
		w->node_del(w->ctx, node);
		node->name[0] = '\0';
		return;
	}
	*node = (struct tap_node){ .family = sc->node.family, .unit = sc->node.unit, .is_net = true, .mode = 0600 };
	if ((size_t)snprintf(node->name, sizeof(node->name), "net/%s", sc->node.name) >= sizeof(node->name) ||
	    w->node_add(w->ctx, node) != 0)
		node->name[0] = '\0';
}

/* own_node: it has another owner or mode than the one published ahead. */
static int unit_attach(struct tap_driver *drv, const struct tap_node *node, bool own_node, const struct tap_plug *plug,
    struct tap_softc **scp, char *why, size_t size)
{
	struct tap_softc *sc = unit_new(drv, node, plug);
	int err;

	if (sc == NULL) {
		snprintf(why, size, "%s: out of memory", node->name);
		return -ENOMEM;
	}
	err = sc->net_ops->attach(sc, sc->net_ctx, why, size);
	if (err != 0) {
		free(sc);
		return err;
	}
	if (own_node && ahead_node(drv, node->family, node->unit) != NULL)
		withdraw_ahead(drv, ahead_node(drv, node->family, node->unit));
	sc->has_node = ahead_node(drv, node->family, node->unit) == NULL;
	if (sc->has_node)
		err = drv->world.node_add(drv->world.ctx, &sc->node);
	if (err != 0) {
		snprintf(why, size, "/dev/%s: %s%s", node->name, strerror(-err), err == -EEXIST ?
		    "; something else made that name (macvtap does): choose another unit, or start tapd with --prefix" : "");
		sc->net_ops->detach(sc);
		free(sc);
		return err;
	}
	insert_sorted(drv, sc);
	tap_log(sc, LOG_INFO, "created");
	update_net_node(sc);
	tap_link_init(sc);
	*scp = sc;
	return 0;
}

/*
 * Make the network side anew; what the device knows stays.  The interface comes down, but nobody is told, so that
 * sleeping readers sleep on where the caller brings it up again.
 */
static int reattach(struct tap_softc *sc, char *why, size_t size)
{
	unsigned mtu = sc->mtu;
	int err;

	sc->flags &= ~(TAP_IFF_UP | TAP_IFF_PROMISC);
	sc->mtu = sc->host_mtu;			/* TAPSIFINFO may have stored what no host takes */
	err = sc->net_ops->attach(sc, sc->net_ctx, why, size);
	sc->mtu = mtu;
	sc->gone = err != 0;
	if (err != 0)
		return err;
	sc->host_drops = (struct tap_host_drops){ 0 };
	tap_link_init(sc);
	if (sc->vnet_len != 0)
		tap_set_vnet(sc, sc->vnet_len);
	return 0;
}

/* The interface of a unit whose interface was deleted by somebody: the open file, if any, works again. */
static int unit_revive(struct tap_softc *sc, char *why, size_t size)
{
	char old_name[TAP_IFNAMSIZ];
	int err;

	memcpy(old_name, sc->if_name, sizeof(old_name));
	sc->net_ops->detach(sc);
	memcpy(sc->if_name, sc->node.name, sizeof(sc->if_name));
	err = reattach(sc, why, size);
	if (err != 0) {
		memcpy(sc->if_name, old_name, sizeof(sc->if_name));
		return err;
	}
	if (strcmp(old_name, sc->if_name) != 0)
		tap_alias_update(sc);
	if (sc->file != NULL && sc->dialect->open_running)
		sc->flags |= TAP_IFF_RUNNING;
	return 0;
}

/* Try to be plugged into plug, up and promiscuous as told.  The addresses of before are gone. */
static int replug(struct tap_softc *sc, const struct tap_plug *plug, int flags, char *why, size_t size)
{
	int err;

	sc->net_ops->detach(sc);
	plug_into(sc, plug);
	err = reattach(sc, why, size);
	if (err != 0)
		return err;
	if ((flags & TAP_IFF_PROMISC) && sc->net_ops->set_promisc != NULL)
		sc->net_ops->set_promisc(sc, true);
	return flags & TAP_IFF_UP ? tap_set_up(sc, true) : 0;
}

int tap_unit_attach(struct tap_softc *sc, const char *spec, pid_t who, char *why, size_t size)
{
	struct tap_plug plug, old = { .ops = sc->net_ops, .ctx = sc->net_ctx };
	int flags = sc->flags;
	char again[256];
	int err = find_plug(sc->drv, spec, who, &plug, why, size);

	if (err != 0)
		return err;
	memcpy(old.spec, sc->net_spec, sizeof(old.spec));
	err = replug(sc, &plug, flags, why, size);
	if (err != 0 && replug(sc, &old, flags, again, sizeof(again)) != 0) {
		tap_log(sc, LOG_ERR, "%s; and back to %s: %s", why, old.spec, again);
		tap_if_gone(sc);
	}
	return err;
}

/* The lowest number without a unit, from `from` on; -1 when all are taken (OP-03). */
static int lowest_free(struct tap_driver *drv, enum tap_family family, int from)
{
	struct tap_softc *sc;

	TAILQ_FOREACH(sc, &drv->units, link)
		if (sc->node.family == family && sc->node.unit == from)
			from++;
	return from <= TAP_MAXUNIT ? from : -1;
}

/* As tap_unit_create() for the lowest free unit; numbers that somebody else's node or interface has are passed over. */
static int create_lowest(struct tap_driver *drv, struct tap_node *node, const struct tap_plug *plug, struct tap_softc **scp,
    char *why, size_t size)
{
	int err = -ENOSPC;

	snprintf(why, size, "no unit number is free");
	for (int from = 0; (node->unit = lowest_free(drv, node->family, from)) >= 0; from = node->unit + 1) {
		err = node_name(drv, node);
		if (err == 0)
			err = unit_attach(drv, node, false, plug, scp, why, size);
		if (err != -EEXIST)
			break;
	}
	return err;
}

int tap_unit_create(struct tap_driver *drv, enum tap_family family, int unit, const struct tap_want *want,
    struct tap_softc **scp, char *why, size_t size)
{
	static const struct tap_want usual;
	struct tap_node node = { .family = family, .unit = unit, .mode = 0600 };
	const struct tap_node *like = want != NULL ? want->node : NULL;
	struct tap_plug plug;
	struct tap_softc *sc;
	int err;

	if (want == NULL)
		want = &usual;
	err = find_plug(drv, want->spec, want->who, &plug, why, size);

	if (err != 0)
		return err;
	if (like != NULL) {
		node.uid = like->uid;
		node.gid = like->gid;
		node.mode = like->mode;
	}
	if (unit == TAP_UNIT_CLONE)
		return create_lowest(drv, &node, &plug, scp, why, size);
	if (node_name(drv, &node) != 0) {
		snprintf(why, size, "%s: the name is too long for an interface", node.name);
		return -ENAMETOOLONG;
	}
	sc = tap_unit_find(drv, family, unit);
	if (sc == NULL)
		return unit_attach(drv, &node, like != NULL, &plug, scp, why, size);
	*scp = sc;
	if (sc->gone)
		return unit_revive(sc, why, size);
	snprintf(why, size, "%s exists already", node.name);
	return -EEXIST;
}

/* A unit that an open of the clone device may take instead of making one. */
static struct tap_softc *idle_unit(struct tap_driver *drv, enum tap_family family)
{
	struct tap_softc *sc;

	TAILQ_FOREACH(sc, &drv->units, link) {
		if (sc->node.family != family || sc->file != NULL || !TAILQ_EMPTY(&sc->destroyers))
			continue;
		tap_sync(sc);			/* its interface may have gone a moment ago */
		if (!sc->gone)
			return sc;
	}
	return NULL;
}

/* OP-01..OP-03, OP-07, OP-08, OP-10: whoever may not make one is told that there is none. */
int tap_clone(struct tap_driver *drv, enum tap_family family, int unit, const struct tap_cred *cred, struct tap_softc **scp)
{
	const struct tap_dialect *d = drv->dialect;
	bool cloner = unit == TAP_UNIT_CLONE;
	char why[256];
	int err;

	if (!drv->sysctl[TAP_SYSCTL_DEVFS_CLONING])
		return tap_because(drv, TAP_WHY_CLONE_OFF, -ENOENT);
	if (d->clone_privileged && cred->uid != 0 && !drv->sysctl[TAP_SYSCTL_USER_OPEN])
		return tap_because(drv, TAP_WHY_CLONE_PERM, -ENOENT);
	*scp = cloner && drv->sysctl[TAP_SYSCTL_CLONE_REUSE] ? idle_unit(drv, family) : NULL;
	if (*scp != NULL)
		return 0;
	err = tap_unit_create(drv, family, unit, &(struct tap_want){ .who = cred->pid }, scp, why, sizeof(why));
	if (err != 0) {
		drv->world.log(drv->world.ctx, LOG_ERR, why);
		return tap_because(drv, TAP_WHY_CLONE_FAILED, err);
	}
	(*scp)->made_by_open = true;
	(*scp)->temporary = cloner ? (*scp)->node.unit >= d->clone_keeps : !d->missing_keeps;
	return 0;
}

void tap_unit_free(struct tap_softc *sc)
{
	struct tap_driver *drv = sc->drv;

	tap_log(sc, LOG_INFO, "destroyed");
	tap_see_gone(sc);
	tap_shim_set(sc, NULL, NULL);
	if (sc->net_node.name[0] != '\0')
		drv->world.node_del(drv->world.ctx, &sc->net_node);
	drv->world.node_alias(drv->world.ctx, tap_unit_node(sc), NULL);
	if (sc->has_node)
		drv->world.node_del(drv->world.ctx, &sc->node);
	sc->net_ops->detach(sc);
	tap_ifq_flush(sc);
	tap_sigio_clear(sc);
	TAILQ_REMOVE(&drv->units, sc, link);
	drv->nunits--;
	free(sc);
}

void tap_destroy_now(struct tap_softc *sc)
{
	TAILQ_HEAD(, tap_destroy) waiters;
	struct tap_destroy *w;

	TAILQ_INIT(&waiters);
	TAILQ_CONCAT(&waiters, &sc->destroyers, link);
	tap_unit_free(sc);
	while ((w = TAILQ_FIRST(&waiters)) != NULL) {
		TAILQ_REMOVE(&waiters, w, link);
		w->done(w);
	}
}

int tap_unit_destroy(struct tap_softc *sc, struct tap_destroy *w)
{
	const struct tap_dialect *d = sc->dialect;

	if (sc->file != NULL && d->destroy_open == TAP_DESTROY_REFUSED)
		return -EBUSY;
	if (sc->file != NULL && d->destroy_open == TAP_DESTROY_WAITS) {
		TAILQ_INSERT_TAIL(&sc->destroyers, w, link);
		return -EINPROGRESS;
	}
	tap_revoke(sc, d->read_down != 0 ? d->read_down : d->gone_errno);	/* a sleeper sees it go down first */
	tap_destroy_now(sc);
	return 0;
}

void tap_unit_destroy_cancel(struct tap_softc *sc, struct tap_destroy *w)
{
	TAILQ_REMOVE(&sc->destroyers, w, link);
}

/* ------------------------------------------------------------------ the ifconfig side */

/* Call one setter of the backend: every one may be missing, none works while the interface is gone. */
#define NET_CALL(sc, op, ...) \
	((sc)->gone ? -ENXIO : (sc)->net_ops->op == NULL ? -EOPNOTSUPP : (sc)->net_ops->op(sc, ##__VA_ARGS__))

void tap_unit_refresh(struct tap_softc *sc)
{
	struct tap_host_drops now;

	tap_sync(sc);
	if (NET_CALL(sc, host_drops, &now) != 0)
		return;
	tap_count_unheard(sc, now.no_carrier - sc->host_drops.no_carrier);
	sc->count.oring += now.ring - sc->host_drops.ring;
	sc->host_drops = now;
}

int tap_unit_set_up(struct tap_softc *sc, bool up)
{
	return tap_set_up(sc, up);
}

int tap_unit_set_promisc(struct tap_softc *sc, bool on)
{
	return NET_CALL(sc, set_promisc, on);
}

int tap_unit_set_link0(struct tap_softc *sc, bool on)
{
	sc->flags = on ? sc->flags | TAP_IFF_LINK0 : sc->flags & ~TAP_IFF_LINK0;
	return 0;
}

unsigned tap_unit_max_mtu(const struct tap_softc *sc)
{
	unsigned limit = sc->net_ops->max_mtu;

	return limit != 0 && limit < sc->dialect->max_mtu ? limit : sc->dialect->max_mtu;
}

int tap_unit_set_mtu(struct tap_softc *sc, unsigned mtu)
{
	int err;

	if (mtu < sc->dialect->min_mtu || mtu > tap_unit_max_mtu(sc))
		return -EINVAL;
	err = NET_CALL(sc, set_mtu, mtu);
	if (err == 0)
		sc->mtu = mtu;			/* also where the host had it already, and TAPSIFINFO another */
	return err;
}

int tap_unit_rename(struct tap_softc *sc, const char *name)
{
	size_t n = strlen(name);
	struct tap_softc *other;

	if (n == 0 || n >= TAP_IFNAMSIZ || strchr(name, '/') != NULL)
		return -EINVAL;
	other = tap_unit_byname(sc->drv, name);
	if (other != NULL && other != sc)
		return -EEXIST;
	return strcmp(name, sc->if_name) == 0 ? 0 : NET_CALL(sc, rename, name);
}

int tap_unit_set_dialect(struct tap_softc *sc, const struct tap_dialect *dialect)
{
	if (sc->file != NULL)
		return -EBUSY;
	sc->dialect = dialect;
	sc->ifq_maxlen = ifq_limit(sc);
	update_net_node(sc);
	tap_alias_update(sc);
	return 0;
}

int tap_unit_set_lladdr(struct tap_softc *sc, const uint8_t lladdr[TAP_ADDRLEN])
{
	return NET_CALL(sc, set_lladdr, lladdr);
}

int tap_unit_add_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	int err = NET_CALL(sc, add_addr, a);

	if (err != 0)
		return err;
	sc->flags |= TAP_IFF_RUNNING;		/* QU-11 */
	return tap_set_up(sc, true);
}

int tap_unit_del_addr(struct tap_softc *sc, const struct tap_ifaddr *a)
{
	return NET_CALL(sc, del_addr, a);
}
