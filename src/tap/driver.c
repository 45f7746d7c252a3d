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

struct tap_softc *tap_unit_byname(struct tap_driver *drv, const char *name)
{
	struct tap_softc *sc;
	enum tap_family family;
	int unit;

	TAILQ_FOREACH(sc, &drv->units, link)
		if (strcmp(sc->if_name, name) == 0)
			return sc;
	return tap_name_parse(drv, name, &family, &unit) ? tap_unit_find(drv, family, unit) : NULL;
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
	drv->world = *world;
	drv->net_ops = net;
	drv->net_ctx = net_ctx;
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

void tap_driver_fini(struct tap_driver *drv)
{
	struct tap_softc *sc;

	while ((sc = TAILQ_FIRST(&drv->units)) != NULL) {
		tap_revoke(sc);
		tap_destroy_now(sc);
	}
}

int tap_driver_publish(struct tap_driver *drv)
{
	for (int f = 0; f < TAP_FAMILY_COUNT; f++) {
		int err = drv->world.node_add(drv->world.ctx, &drv->clone[f]);

		if (err == 0)
			continue;
		while (f-- > 0)
			drv->world.node_del(drv->world.ctx, &drv->clone[f]);
		return err;
	}
	return 0;
}

void tap_driver_withdraw(struct tap_driver *drv)
{
	for (int f = 0; f < TAP_FAMILY_COUNT; f++)
		drv->world.node_del(drv->world.ctx, &drv->clone[f]);
}

/* ------------------------------------------------------------------ create and destroy */

static void default_lladdr(struct tap_softc *sc)
{
	const struct tap_world *w = &sc->drv->world;
	uint32_t low = w->host_hash(w->ctx, sc->if_name) & sc->dialect->lladdr_mask;

	memcpy(sc->lladdr, sc->dialect->lladdr, 3);
	sc->lladdr[3] = low >> 16;
	sc->lladdr[4] = low >> 8;
	sc->lladdr[5] = low;
}

/* A unit in the state of IF-08, not yet known to anybody. */
static struct tap_softc *unit_new(struct tap_driver *drv, const struct tap_node *node)
{
	struct tap_softc *sc = calloc(1, sizeof(*sc));

	if (sc == NULL)
		return NULL;
	sc->drv = drv;
	sc->dialect = drv->dialect;
	sc->net_ops = drv->net_ops;
	sc->node = *node;
	sc->node.cdev = NULL;
	memcpy(sc->if_name, node->name, sizeof(sc->if_name));
	sc->flags = TAP_IFF_BROADCAST | TAP_IFF_SIMPLEX | TAP_IFF_MULTICAST;
	sc->mtu = 1500;
	sc->baudrate = TAP_BAUDRATE;
	sc->ifq_maxlen = drv->sysctl[TAP_SYSCTL_IFQMAXLEN];
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

static int unit_attach(struct tap_driver *drv, const struct tap_node *node, struct tap_softc **scp, char *why, size_t size)
{
	struct tap_softc *sc = unit_new(drv, node);
	int err;

	if (sc == NULL) {
		snprintf(why, size, "%s: out of memory", node->name);
		return -ENOMEM;
	}
	err = sc->net_ops->attach(sc, drv->net_ctx, why, size);
	if (err != 0) {
		free(sc);
		return err;
	}
	err = drv->world.node_add(drv->world.ctx, &sc->node);
	if (err != 0) {
		snprintf(why, size, "/dev/%s: %s%s", node->name, strerror(-err), err == -EEXIST ?
		    "; something else made that name (macvtap does): choose another unit, or start tapd with --prefix" : "");
		sc->net_ops->detach(sc);
		free(sc);
		return err;
	}
	insert_sorted(drv, sc);
	*scp = sc;
	return 0;
}

/* The interface of a unit whose interface was deleted by somebody: the open file, if any, works again. */
static int unit_revive(struct tap_softc *sc, char *why, size_t size)
{
	int err;

	sc->net_ops->detach(sc);
	sc->gone = false;
	err = sc->net_ops->attach(sc, sc->drv->net_ctx, why, size);
	if (err != 0) {
		sc->gone = true;
		return err;
	}
	sc->host_drops = (struct tap_host_drops){ 0 };
	if (sc->file != NULL)
		sc->flags |= TAP_IFF_RUNNING;
	return 0;
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
static int create_lowest(struct tap_driver *drv, struct tap_node *node, struct tap_softc **scp, char *why, size_t size)
{
	int err = -ENOSPC;

	snprintf(why, size, "no unit number is free");
	for (int from = 0; (node->unit = lowest_free(drv, node->family, from)) >= 0; from = node->unit + 1) {
		err = node_name(drv, node);
		if (err == 0)
			err = unit_attach(drv, node, scp, why, size);
		if (err != -EEXIST)
			break;
	}
	return err;
}

int tap_unit_create(struct tap_driver *drv, enum tap_family family, int unit, const struct tap_node *like,
    struct tap_softc **scp, char *why, size_t size)
{
	struct tap_node node = { .family = family, .unit = unit, .mode = 0600 };
	struct tap_softc *sc;

	if (like != NULL) {
		node.uid = like->uid;
		node.gid = like->gid;
		node.mode = like->mode;
	}
	if (unit == TAP_UNIT_CLONE)
		return create_lowest(drv, &node, scp, why, size);
	if (node_name(drv, &node) != 0) {
		snprintf(why, size, "%s: the name is too long for an interface", node.name);
		return -ENAMETOOLONG;
	}
	sc = tap_unit_find(drv, family, unit);
	if (sc == NULL)
		return unit_attach(drv, &node, scp, why, size);
	*scp = sc;
	if (sc->gone)
		return unit_revive(sc, why, size);
	snprintf(why, size, "%s exists already", node.name);
	return -EEXIST;
}

/* The unit an open of the clone device gets (OP-01..OP-03, OP-08, OP-10). */
int tap_clone(struct tap_driver *drv, enum tap_family family, const struct tap_cred *cred, struct tap_softc **scp)
{
	char why[256];
	int err;

	if (!drv->sysctl[TAP_SYSCTL_DEVFS_CLONING])
		return -ENOENT;
	if (drv->dialect->open_privileged && cred->uid != 0 && !drv->sysctl[TAP_SYSCTL_USER_OPEN])
		return -ENOENT;
	if (drv->sysctl[TAP_SYSCTL_CLONE_REUSE])
		TAILQ_FOREACH(*scp, &drv->units, link)
			if ((*scp)->node.family == family && (*scp)->file == NULL && !(*scp)->gone &&
			    TAILQ_EMPTY(&(*scp)->destroyers))
				return 0;
	err = tap_unit_create(drv, family, TAP_UNIT_CLONE, NULL, scp, why, sizeof(why));
	if (err != 0)
		drv->world.log(drv->world.ctx, LOG_ERR, why);
	return err;
}

void tap_unit_free(struct tap_softc *sc)
{
	struct tap_driver *drv = sc->drv;

	drv->world.node_del(drv->world.ctx, &sc->node);
	sc->net_ops->detach(sc);
	tap_ifq_flush(sc);
	tap_sigio_set(sc, 0, NULL);
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
	if (sc->file != NULL) {
		TAILQ_INSERT_TAIL(&sc->destroyers, w, link);
		return -EINPROGRESS;
	}
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
	sc->count.oerrors += now.no_carrier - sc->host_drops.no_carrier;
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

int tap_unit_set_mtu(struct tap_softc *sc, unsigned mtu)
{
	if (mtu < TAP_MINMTU || mtu > TAP_MAXMTU)
		return -EINVAL;
	return NET_CALL(sc, set_mtu, mtu);
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
