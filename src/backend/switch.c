/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The learning switches: see switch.h.  A port is one wire that a unit opened ("switch:NAME"), or the uplink, one wire
 * that the switch opened.  Frames go from port to port as they are, tags and all; which port a station is behind is
 * learned by VLAN and address.  It is no bridge of IEEE 802.1D: it runs no spanning tree, and passes those of others.
 *
 * What one frame may cost is bounded.  A wire may answer from within its send(), so a switch may be entered again while
 * it forwards; a loop would do so for ever.  A loop of uplinks is refused when it is made; for the others there are
 * SWITCH_DEPTH and SWITCH_WORK.  A loop through the host comes back by the event loop: the limit on flooding holds it.
 */
#include "backend/switch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/random.h>

#include "backend/wire.h"
#include "base/log.h"
#include "base/util.h"

#define SECOND		UINT64_C(1000000000)	/* ns */
#define FLOOD_COST	(SECOND / SWITCH_FLOOD_RATE)	/* ns of credit for one frame */
#define BUCKETS		SWITCH_STATIONS
#define MTU		1500			/* bytes, while no port says another */

struct port {
	TAILQ_ENTRY(port) link;			/* vswitch::ports, by number */
	struct vswitch *sw;
	struct wire *w;
	unsigned number;			/* 0: the uplink */
	unsigned mtu;				/* bytes, of the unit; 0: not told */
	uint64_t credit, credited;		/* ns: what flooding may use, and when that was reckoned */
	struct switch_counters count;
};

struct station {
	TAILQ_ENTRY(station) age;		/* vswitch::known, or unused */
	LIST_ENTRY(station) hash;
	uint64_t key;				/* address and VLAN */
	struct port *port;
	uint64_t heard;				/* ns */
};

struct vswitch {
	TAILQ_ENTRY(vswitch) link;
	struct switches *all;
	char name[SWITCH_NAMESIZ];
	char title[SWITCH_NAMESIZ + 8];		/* "switch lan": the user of the uplink's wire */
	char uplink_spec[TAP_SPEC_MAX];
	bool declared;
	bool asking;				/* inside uplink_room() */
	unsigned depth;				/* how often we are inside port_input() */
	unsigned mtu;				/* bytes: the smallest of the ports */
	TAILQ_HEAD(, port) ports;
	struct switch_counters count;
	TAILQ_HEAD(, station) known, unused;	/* known: heard last comes last */
	LIST_HEAD(, station) bucket[BUCKETS];
	struct station station[SWITCH_STATIONS];
};

struct switches {
	struct backends *b;
	TAILQ_HEAD(, vswitch) list;		/* by name */
	uint64_t key[2];			/* nobody outside knows which stations share a bucket */
	uint64_t (*now)(void);
	unsigned inside;			/* of all switches, port_input() under way */
	unsigned work;				/* entries since the outermost of them */
};

#define COUNT(p, name, n) ((p)->count.name += (n), (p)->sw->count.name += (n))

/* ------------------------------------------------------------------ stations */

static uint64_t rotl(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] = rotl(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] = rotl(v[2], 32);
}

/* SipHash-2-4 of the eight bytes of m. */
static uint64_t sip_hash(const uint64_t key[2], uint64_t m)
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
		key[1] ^ 0x7465646279746573 };
	const uint64_t block[2] = { m, UINT64_C(8) << 56 };

	for (size_t i = 0; i < NELEM(block); i++) {
		v[3] ^= block[i];
		sip_round(v);
		sip_round(v);
		v[0] ^= block[i];
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t station_key(const uint8_t lladdr[TAP_ADDRLEN], unsigned vlan)
{
	uint64_t key = 0;

	for (int i = 0; i < TAP_ADDRLEN; i++)
		key = key << 8 | lladdr[i];
	return key << 16 | vlan;
}

static size_t bucket_of(const struct vswitch *sw, uint64_t key)
{
	return sip_hash(sw->all->key, key) % BUCKETS;
}

static struct station *station_find(struct vswitch *sw, uint64_t key)
{
	struct station *st;

	LIST_FOREACH(st, &sw->bucket[bucket_of(sw, key)], hash)
		if (st->key == key)
			return st;
	return NULL;
}

static void station_forget(struct vswitch *sw, struct station *st)
{
	LIST_REMOVE(st, hash);
	TAILQ_REMOVE(&sw->known, st, age);
	TAILQ_INSERT_HEAD(&sw->unused, st, age);
}

static void forget_port(const struct port *p)
{
	struct station *st, *next;

	for (st = TAILQ_FIRST(&p->sw->known); st != NULL; st = next) {
		next = TAILQ_NEXT(st, age);
		if (st->port == p)
			station_forget(p->sw, st);
	}
}

static void forget_silent(struct vswitch *sw, uint64_t now)
{
	struct station *st;

	while ((st = TAILQ_FIRST(&sw->known)) != NULL && now - st->heard >= SWITCH_AGE * SECOND)
		station_forget(sw, st);
}

/* A frame of the station came in at p.  A full table is left as it is: others are flooded to until there is room. */
static void learn(struct port *p, uint64_t key, uint64_t now)
{
	struct vswitch *sw = p->sw;
	struct station *st = station_find(sw, key);

	if (st != NULL) {
		COUNT(p, moves, st->port != p);
		TAILQ_REMOVE(&sw->known, st, age);
	} else if ((st = TAILQ_FIRST(&sw->unused)) != NULL) {
		TAILQ_REMOVE(&sw->unused, st, age);
		st->key = key;
		LIST_INSERT_HEAD(&sw->bucket[bucket_of(sw, key)], st, hash);
	} else {
		COUNT(p, table_full, 1);
		return;
	}
	st->port = p;
	st->heard = now;
	TAILQ_INSERT_TAIL(&sw->known, st, age);
}

/* ------------------------------------------------------------------ frames */

/* The id in the outer tag (IEEE 802.1Q, 802.1ad), or 0. */
static unsigned vlan_of(const uint8_t *frame, size_t len)
{
	unsigned type = (unsigned)frame[12] << 8 | frame[13];

	if ((type != 0x8100 && type != 0x88a8) || len < TAP_HDRLEN + 4)
		return 0;
	return (frame[14] << 8 | frame[15]) & 0xfff;
}

static void port_output(struct port *p, const void *frame, size_t len)
{
	if (p->number != 0) {
		wire_recv(p->w, frame, len);
	} else if (p->w->ops->send(p->w, frame, len) < 0) {
		COUNT(p, tx_drops, 1);
		return;
	}
	COUNT(p, tx, 1);
	COUNT(p, tx_bytes, len);
}

/* A bucket of time: it fills as time goes by, to a second, and each frame takes its share. */
static bool may_flood(struct port *p, uint64_t now)
{
	p->credit += now - p->credited;
	p->credited = now;
	if (p->credit > SECOND)
		p->credit = SECOND;
	if (p->credit < FLOOD_COST)
		return false;
	p->credit -= FLOOD_COST;
	return true;
}

static void flood(struct port *from, const void *frame, size_t len, uint64_t now)
{
	struct port *p;

	if (!may_flood(from, now)) {
		COUNT(from, storm_drops, 1);
		return;
	}
	COUNT(from, flood, 1);
	TAILQ_FOREACH(p, &from->sw->ports, link)
		if (p != from)
			port_output(p, frame, len);
}

static void forward(struct port *p, const uint8_t *frame, size_t len)
{
	uint64_t now = p->sw->all->now();
	unsigned vlan = vlan_of(frame, len);
	const struct station *st;

	if (frame[TAP_ADDRLEN] & 1) {
		COUNT(p, bad_source, 1);
		return;
	}
	forget_silent(p->sw, now);
	learn(p, station_key(frame + TAP_ADDRLEN, vlan), now);
	st = frame[0] & 1 ? NULL : station_find(p->sw, station_key(frame, vlan));
	if (st == NULL)
		flood(p, frame, len, now);
	else if (st->port == p)
		COUNT(p, same_port, 1);
	else
		port_output(st->port, frame, len);
}

/* A frame came in at p. */
static void port_input(struct port *p, const void *frame, size_t len)
{
	struct vswitch *sw = p->sw;
	struct switches *all = sw->all;

	COUNT(p, rx, 1);
	COUNT(p, rx_bytes, len);
	if (sw->depth == SWITCH_DEPTH || all->work == SWITCH_WORK) {
		COUNT(p, loop_drops, 1);
		return;
	}
	sw->depth++;
	all->inside++;
	all->work++;
	forward(p, frame, len);
	sw->depth--;
	if (--all->inside == 0)
		all->work = 0;
}

/* ------------------------------------------------------------------ ports */

/* One more port, not yet of the switch. */
static struct port *port_new(struct vswitch *sw, struct wire *w)
{
	struct port *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->sw = sw;
	p->w = w;
	p->credit = SECOND;
	p->credited = sw->all->now();
	return p;
}

/* To its place in the list, before the first of a higher number. */
static void port_insert(struct port *p, unsigned number)
{
	struct port *after;

	p->number = number;
	TAILQ_FOREACH(after, &p->sw->ports, link)
		if (after->number > number)
			break;
	if (after != NULL)
		TAILQ_INSERT_BEFORE(after, p, link);
	else
		TAILQ_INSERT_TAIL(&p->sw->ports, p, link);
}

static void port_remove(struct port *p)
{
	forget_port(p);
	TAILQ_REMOVE(&p->sw->ports, p, link);
	free(p);
}

static struct port *uplink_of(const struct vswitch *sw)
{
	struct port *p = TAILQ_FIRST(&sw->ports);

	return p != NULL && p->number == 0 ? p : NULL;
}

/* The first port of a unit, or NULL. */
static struct port *first_unit(const struct vswitch *sw)
{
	struct port *p = TAILQ_FIRST(&sw->ports);

	return p != NULL && p->number == 0 ? TAILQ_NEXT(p, link) : p;
}

static unsigned free_number(const struct vswitch *sw)
{
	unsigned number = 1;

	for (const struct port *p = first_unit(sw); p != NULL && p->number == number; p = TAILQ_NEXT(p, link))
		number++;
	return number;
}

/* ------------------------------------------------------------------ switches */

/* Those of one tapd, made at the first use.  NULL: errno. */
static struct switches *switches_get(struct backends *b)
{
	struct switches *s = b->switches;

	if (s != NULL)
		return s;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	if (getrandom(s->key, sizeof(s->key), 0) != sizeof(s->key)) {
		free(s);
		return NULL;
	}
	s->b = b;
	TAILQ_INIT(&s->list);
	s->now = loop_now;
	return b->switches = s;
}

int switch_set_clock(struct backends *b, uint64_t (*now)(void))
{
	struct switches *s = switches_get(b);

	if (s == NULL)
		return -errno;
	s->now = now;
	return 0;
}

struct vswitch *switch_find(struct backends *b, const char *name)
{
	struct vswitch *sw;

	if (b->switches == NULL)
		return NULL;
	TAILQ_FOREACH(sw, &b->switches->list, link)
		if (strcmp(sw->name, name) == 0)
			return sw;
	return NULL;
}

static void insert_by_name(struct switches *s, struct vswitch *sw)
{
	struct vswitch *after;

	TAILQ_FOREACH(after, &s->list, link)
		if (strcmp(after->name, sw->name) > 0)
			break;
	if (after != NULL)
		TAILQ_INSERT_BEFORE(after, sw, link);
	else
		TAILQ_INSERT_TAIL(&s->list, sw, link);
}

/* A new one with no port, not declared.  NULL: errno. */
static struct vswitch *switch_new(struct backends *b, const char *name)
{
	struct switches *s = switches_get(b);
	struct vswitch *sw = s != NULL ? calloc(1, sizeof(*sw)) : NULL;

	if (sw == NULL)
		return NULL;
	sw->all = s;
	sw->mtu = MTU;
	str_copy(sw->name, sizeof(sw->name), name);
	snprintf(sw->title, sizeof(sw->title), "switch %s", sw->name);
	TAILQ_INIT(&sw->ports);
	TAILQ_INIT(&sw->known);
	TAILQ_INIT(&sw->unused);
	for (size_t i = 0; i < SWITCH_STATIONS; i++)
		TAILQ_INSERT_TAIL(&sw->unused, &sw->station[i], age);
	insert_by_name(s, sw);
	return sw;
}

bool switch_name_ok(const char *name)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	size_t n = strlen(name);

	return n > 0 && n < SWITCH_NAMESIZ && strspn(name, set) == n;
}

static int switch_check(const char *name, char *why, size_t size)
{
	if (switch_name_ok(name))
		return 0;
	snprintf(why, size, "switch:%.32s: expected " SWITCH_NAME_EXPECTED, name);
	return -EINVAL;
}

/* The switch of that name, made if there is none.  NULL: errno, and why. */
static struct vswitch *switch_get(struct backends *b, const char *name, char *why, size_t size)
{
	struct vswitch *sw;

	if (switch_check(name, why, size) != 0) {
		errno = EINVAL;
		return NULL;
	}
	sw = switch_find(b, name);
	if (sw == NULL && (sw = switch_new(b, name)) == NULL)
		snprintf(why, size, "switch:%s: %s", name, strerror(errno));
	return sw;
}

static void uplink_remove(struct vswitch *sw)
{
	struct port *p = uplink_of(sw);
	struct wire *w = p != NULL ? p->w : NULL;

	if (p != NULL)
		port_remove(p);
	wire_close(w);
}

static void uplink_recv(void *arg, const void *frame, size_t len)
{
	port_input(arg, frame, len);
}

/* Ends it if nothing holds it any more. */
static void switch_settle(struct vswitch *sw)
{
	if (sw->declared || first_unit(sw) != NULL)
		return;
	uplink_remove(sw);
	TAILQ_REMOVE(&sw->all->list, sw, link);
	free(sw);
}

struct vswitch *switch_declare(struct backends *b, const char *name, char *why, size_t size)
{
	struct vswitch *sw = switch_get(b, name, why, size);

	if (sw != NULL)
		sw->declared = true;
	return sw;
}

bool switch_is_declared(const struct vswitch *sw)
{
	return sw->declared;
}

int switch_destroy(struct vswitch *sw, char *why, size_t size)
{
	const struct port *p = first_unit(sw);

	if (p != NULL) {
		snprintf(why, size, "%s is plugged into it%s; take it out first: tapctl %s %s", p->w->name,
		    TAILQ_NEXT(p, link) != NULL ? ", and so are others" : "", p->w->name,
		    p->w->user.recv == uplink_recv ? "uplink none" : "attach null");
		return -EBUSY;
	}
	sw->declared = false;
	switch_settle(sw);
	return 0;
}

/* The uplinks first: one may hold a port of another switch. */
void switches_free(struct switches *s)
{
	struct vswitch *sw, *next;

	if (s == NULL)
		return;
	TAILQ_FOREACH(sw, &s->list, link)
		sw->declared = true;
	TAILQ_FOREACH(sw, &s->list, link)
		uplink_remove(sw);
	for (sw = TAILQ_FIRST(&s->list); sw != NULL; sw = next) {
		next = TAILQ_NEXT(sw, link);
		sw->declared = false;
		switch_settle(sw);
	}
	free(s);
}

/* ------------------------------------------------------------------ the uplink */

/* What was behind it may come back elsewhere. */
static void uplink_link(void *arg, bool up, const char *text)
{
	if (!up)
		forget_port(arg);
}

/*
 * Would any unit have room?  One nobody reads must not stop the others.  Whoever asks may be a switch whose room
 * depends on ours: then there is none here.
 */
static bool uplink_room(void *arg)
{
	struct vswitch *sw = ((struct port *)arg)->sw;
	bool room = false;

	if (sw->asking)
		return false;
	sw->asking = true;
	for (const struct port *p = first_unit(sw); p != NULL && !room; p = TAILQ_NEXT(p, link))
		room = p->w->user.room == NULL || p->w->user.room(p->w->user.arg);
	sw->asking = false;
	return room;
}

/* Does w, followed through the uplinks of other switches, end in sw? */
static bool leads_to(const struct wire *w, const struct vswitch *sw)
{
	while (w != NULL && w->ops == &wire_switch) {
		const struct port *p = w->priv, *next = uplink_of(p->sw);

		if (p->sw == sw)
			return true;
		w = next != NULL ? next->w : NULL;
	}
	return false;
}

/* The wire of a new uplink.  NULL: errno, and why. */
static struct wire *uplink_open(struct port *p, const char *spec, char *why, size_t size)
{
	const struct wire_user user = { .recv = uplink_recv, .link = uplink_link, .room = uplink_room, .arg = p };
	struct wire *w = wire_open(p->sw->all->b, spec, p->sw->title, &user, why, size);

	if (w == NULL || !leads_to(w, p->sw))
		return w;
	wire_close(w);
	snprintf(why, size, "%s leads back to the switch %s: frames would go round for ever", spec, p->sw->name);
	errno = ELOOP;
	return NULL;
}

/* What a wire wants to know of its user. */
static void uplink_tell(const struct port *p)
{
	static const struct wire_filter all = { .promisc = true };
	const struct wire_ops *ops = p->w->ops;

	if (ops->set_filter != NULL)
		ops->set_filter(p->w, &all);
	if (ops->set_mtu != NULL)
		ops->set_mtu(p->w, p->sw->mtu);
	if (ops->set_ready != NULL)
		ops->set_ready(p->w, true);
}

int switch_uplink(struct vswitch *sw, const char *spec, char *why, size_t size)
{
	struct port *p;

	if (strcmp(spec, "none") == 0) {
		uplink_remove(sw);
		return 0;
	}
	if (uplink_of(sw) != NULL && strcmp(sw->uplink_spec, spec) == 0)
		return 0;
	p = port_new(sw, NULL);
	if (p == NULL || (p->w = uplink_open(p, spec, why, size)) == NULL) {
		int err = -errno;

		free(p);
		return err;
	}
	uplink_remove(sw);
	str_copy(sw->uplink_spec, sizeof(sw->uplink_spec), spec);
	port_insert(p, 0);
	uplink_tell(p);
	log_info("%s: uplink %s", sw->title, spec);
	return 0;
}

/* ------------------------------------------------------------------ the wire of a unit */

/* The uplink cuts what is too long for any port to fit. */
static void update_mtu(struct vswitch *sw)
{
	const struct port *uplink = uplink_of(sw);
	unsigned mtu = 0;

	for (const struct port *p = first_unit(sw); p != NULL; p = TAILQ_NEXT(p, link))
		if (p->mtu != 0 && (mtu == 0 || p->mtu < mtu))
			mtu = p->mtu;
	if (mtu == 0)
		mtu = MTU;
	if (mtu == sw->mtu)
		return;
	sw->mtu = mtu;
	if (uplink != NULL && uplink->w->ops->set_mtu != NULL)
		uplink->w->ops->set_mtu(uplink->w, mtu);
}

static int switch_open(struct wire *w, const char *arg, char *why, size_t size)
{
	struct vswitch *sw = switch_get(w->b, arg, why, size);
	struct port *p = sw != NULL ? port_new(sw, w) : NULL;

	if (p != NULL) {
		port_insert(p, free_number(sw));
		w->priv = p;
		return 0;
	}
	if (sw == NULL)
		return -errno;
	switch_settle(sw);
	snprintf(why, size, "switch:%s: %s", arg, strerror(ENOMEM));
	return -ENOMEM;
}

static void switch_close(struct wire *w)
{
	struct port *p = w->priv;
	struct vswitch *sw = p->sw;

	port_remove(p);
	update_mtu(sw);
	switch_settle(sw);
}

/* The switch took it: what became of it is the switch's to count. */
static int switch_send(struct wire *w, const void *frame, size_t len)
{
	port_input(w->priv, frame, len);
	return 0;
}

static void switch_set_mtu(struct wire *w, unsigned mtu)
{
	struct port *p = w->priv;

	p->mtu = mtu;
	update_mtu(p->sw);
}

/* What waits at the uplink may be for this port. */
static void switch_sync(struct wire *w)
{
	const struct port *uplink = uplink_of(((struct port *)w->priv)->sw);

	if (uplink != NULL && uplink->w->ops->sync != NULL)
		uplink->w->ops->sync(uplink->w);
}

static void port_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct port *p = w->priv;

	switch_each_stat(&p->count, fn, arg);
}

const struct wire_ops wire_switch = {
	.name = "switch",
	.args = "NAME",
	.help = "a port of the learning switch NAME inside tapd",
	.check = switch_check,
	.open = switch_open,
	.close = switch_close,
	.send = switch_send,
	.set_mtu = switch_set_mtu,
	.sync = switch_sync,
	.each_stat = port_each_stat,
};

/* ------------------------------------------------------------------ showing */

const char *switch_name(const struct vswitch *sw)
{
	return sw->name;
}

unsigned switch_mtu(const struct vswitch *sw)
{
	return sw->mtu;
}

struct vswitch *switch_next(struct backends *b, struct vswitch *sw)
{
	if (sw != NULL)
		return TAILQ_NEXT(sw, link);
	return b->switches != NULL ? TAILQ_FIRST(&b->switches->list) : NULL;
}

const struct switch_counters *switch_count(const struct vswitch *sw)
{
	return &sw->count;
}

static const char *port_name(const struct port *p)
{
	return p->number == 0 ? p->sw->uplink_spec : p->w->name;
}

void switch_each_port(struct vswitch *sw, void (*fn)(void *arg, const struct switch_port *p), void *arg)
{
	const struct port *p;

	TAILQ_FOREACH(p, &sw->ports, link) {
		bool uplink = p->number == 0;
		const struct switch_port info = { .number = p->number, .name = port_name(p),
			.up = !uplink || p->w->up, .text = uplink ? p->w->text : "", .count = &p->count };

		fn(arg, &info);
	}
}

void switch_each_station(struct vswitch *sw, void (*fn)(void *arg, const struct switch_station *st), void *arg)
{
	uint64_t now = sw->all->now();
	const struct station *st;

	forget_silent(sw, now);
	TAILQ_FOREACH(st, &sw->known, age) {
		struct switch_station info = { .vlan = st->key & 0xffff, .port = st->port->number,
			.name = port_name(st->port), .age = (unsigned)((now - st->heard) / SECOND) };

		for (int i = 0; i < TAP_ADDRLEN; i++)
			info.lladdr[i] = (uint8_t)(st->key >> (56 - 8 * i));
		fn(arg, &info);
	}
}

void switch_each_uplink_stat(const struct vswitch *sw, tap_stat_fn *fn, void *arg)
{
	const struct port *p = uplink_of(sw);

	if (p != NULL && p->w->ops->each_stat != NULL)
		p->w->ops->each_stat(p->w, fn, arg);
}

void switch_each_stat(const struct switch_counters *c, tap_stat_fn *fn, void *arg)
{
#define X(name, help) fn(arg, #name, c->name, help);
	SWITCH_COUNTERS(X)
#undef X
}
