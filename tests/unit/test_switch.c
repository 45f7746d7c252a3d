/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The learning switch, alone: stations sit on its ports, which are real wires, and a clock stands still until it is
 * moved.  Every count is exact; the last case plays at random against a model of a dozen lines.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/switch.h"
#include "backend/wire.h"
#include "base/log.h"
#include "unit.h"

#define SECOND UINT64_C(1000000000)
#define SEATS 16
#define GROUP 0xff			/* as a station's number: broadcast */

/* What sits on a port. */
struct seat {
	struct wire *w;
	unsigned n;			/* frames that came, until counted */
	size_t len;			/* of the last */
	uint8_t frame[128];
	struct wire *cable;		/* what comes goes on into this */
};

static struct backends b;
static struct seat seat[SEATS];
static uint64_t now;
static char why[256];

static uint64_t the_clock(void)
{
	return now;
}

static void setup(void)
{
	memset(seat, 0, sizeof(seat));
	now = 77 * SECOND;
	log_init("test_switch", LOG_ERR);
	backends_init(&b, NULL);
	ck_assert_int_eq(switch_set_clock(&b, the_clock), 0);
}

static void teardown(void)
{
	for (size_t i = 0; i < SEATS; i++)
		wire_close(seat[i].w);
	backends_fini(&b);
}

static void on_frame(void *arg, const void *frame, size_t len)
{
	struct seat *s = arg;

	s->n++;
	s->len = len;
	memcpy(s->frame, frame, len < sizeof(s->frame) ? len : sizeof(s->frame));
	if (s->cable != NULL)
		s->cable->ops->send(s->cable, frame, len);
}

static void on_link(void *arg, bool up, const char *text)
{
}

static void plug(unsigned i, const char *spec)
{
	static const char *const names[SEATS] = { "tap0", "tap1", "tap2", "tap3", "tap4", "tap5", "tap6", "tap7",
		"tap8", "tap9", "tap10", "tap11", "tap12", "tap13", "tap14", "tap15" };
	const struct wire_user user = { .recv = on_frame, .link = on_link, .arg = &seat[i] };

	seat[i].w = wire_open(&b, spec, names[i], &user, why, sizeof(why));
	ck_assert_msg(seat[i].w != NULL, "%s", why);
}

static void plug_all(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		plug(i, "switch:lan");
}

static void unplug(unsigned i)
{
	wire_close(seat[i].w);
	seat[i].w = NULL;
}

/* A frame of len bytes from station src to station dst, on a VLAN if it is not 0. */
static size_t make_frame(uint8_t *f, unsigned dst, unsigned src, unsigned vlan, size_t len)
{
	memset(f, 0, len);
	memset(f, dst == GROUP ? 0xff : 0, TAP_ADDRLEN);
	if (dst != GROUP)
		f[0] = 2, f[4] = dst >> 8, f[5] = dst;
	f[6] = 2, f[10] = src >> 8, f[11] = src;
	f[12] = vlan != 0 ? 0x81 : 0x88;
	f[13] = vlan != 0 ? 0x00 : 0xb5;
	if (vlan != 0)
		f[14] = vlan >> 8, f[15] = vlan;
	return len;
}

static void put_vlan(unsigned i, unsigned dst, unsigned src, unsigned vlan)
{
	uint8_t f[64];
	size_t len = make_frame(f, dst, src, vlan, sizeof(f));

	ck_assert_int_eq(seat[i].w->ops->send(seat[i].w, f, len), 0);
}

static void put(unsigned i, unsigned dst, unsigned src)
{
	put_vlan(i, dst, src, 0);
}

/* Which seats got one frame since the last look, as bits; more than one at a seat is wrong. */
static unsigned got(void)
{
	unsigned who = 0;

	for (unsigned i = 0; i < SEATS; i++) {
		ck_assert_msg(seat[i].n <= 1, "seat %u got %u frames", i, seat[i].n);
		who |= seat[i].n << i;
		seat[i].n = 0;
	}
	return who;
}

static struct vswitch *lan(void)
{
	return switch_find(&b, "lan");
}

#define ck_count(name, want) ck_assert_uint_eq(switch_count(lan())->name, want)

static void count_station(void *arg, const struct switch_station *st)
{
	++*(unsigned *)arg;
}

static unsigned stations(struct vswitch *sw)
{
	unsigned n = 0;

	switch_each_station(sw, count_station, &n);
	return n;
}

struct wanted_port {
	unsigned number;
	struct switch_port p;
	struct switch_counters count;
	char name[32];
	bool found;
};

static void find_port(void *arg, const struct switch_port *p)
{
	struct wanted_port *w = arg;

	if (p->number != w->number)
		return;
	w->found = true;
	w->p = *p;
	w->count = *p->count;
	ck_assert_uint_lt(strlen(p->name), sizeof(w->name));
	strcpy(w->name, p->name);
}

static struct wanted_port port(struct vswitch *sw, unsigned number)
{
	struct wanted_port w = { .number = number };

	switch_each_port(sw, find_port, &w);
	return w;
}

/* ------------------------------------------------------------------ frames */

START_TEST(learning)
{
	plug_all(3);
	put(0, 2, 1);			/* nobody knows station 2 */
	ck_assert_uint_eq(got(), 0x6);
	put(1, 1, 2);
	ck_assert_uint_eq(got(), 0x1);
	put(0, 2, 1);
	ck_assert_uint_eq(got(), 0x2);
	ck_assert_uint_eq(seat[1].len, 64);
	ck_assert_int_eq(memcmp(seat[1].frame, "\2\0\0\0\0\2\2\0\0\0\0\1\x88\xb5", 14), 0);
	ck_count(rx, 3);
	ck_count(rx_bytes, 192);
	ck_count(flood, 1);
	ck_count(tx, 4);
	ck_count(tx_bytes, 256);
	ck_count(moves, 0);
	ck_assert_uint_eq(port(lan(), 1).count.rx, 2);
	ck_assert_uint_eq(port(lan(), 1).count.tx, 1);
	ck_assert_uint_eq(port(lan(), 1).count.flood, 1);
	ck_assert_uint_eq(port(lan(), 3).count.tx, 1);
	ck_assert_uint_eq(stations(lan()), 2);
}
END_TEST

START_TEST(groups)
{
	uint8_t f[60];

	plug_all(4);
	put(2, GROUP, 1);
	ck_assert_uint_eq(got(), 0xb);
	put(2, GROUP, 1);
	ck_assert_uint_eq(got(), 0xb);
	make_frame(f, 5, 1, 0, sizeof(f));
	f[0] = 0x01;			/* multicast */
	seat[0].w->ops->send(seat[0].w, f, sizeof(f));
	ck_assert_uint_eq(got(), 0xe);
	ck_count(flood, 3);
	ck_count(tx, 9);
}
END_TEST

START_TEST(group_source)
{
	uint8_t f[60];

	plug_all(2);
	make_frame(f, GROUP, 1, 0, sizeof(f));
	f[6] |= 1;
	ck_assert_int_eq(seat[0].w->ops->send(seat[0].w, f, sizeof(f)), 0);
	ck_assert_uint_eq(got(), 0);
	ck_assert_uint_eq(stations(lan()), 0);
	ck_count(bad_source, 1);
	ck_count(rx, 1);
	ck_count(tx, 0);
}
END_TEST

START_TEST(same_port)
{
	plug_all(3);
	put(0, GROUP, 1);
	put(0, GROUP, 2);
	seat[1].n = seat[2].n = 0;
	put(0, 2, 1);			/* both behind port 1 */
	ck_assert_uint_eq(got(), 0);
	ck_count(same_port, 1);
	put(0, 1, 1);			/* to itself */
	ck_assert_uint_eq(got(), 0);
	ck_count(same_port, 2);
}
END_TEST

START_TEST(moving)
{
	plug_all(3);
	put(0, GROUP, 1);
	put(1, GROUP, 2);
	seat[0].n = seat[1].n = seat[2].n = 0;
	put(2, 2, 1);			/* station 1 went to port 3 */
	ck_assert_uint_eq(got(), 0x2);
	put(1, 1, 2);
	ck_assert_uint_eq(got(), 0x4);
	ck_count(moves, 1);
	ck_assert_uint_eq(port(lan(), 3).count.moves, 1);
	ck_assert_uint_eq(stations(lan()), 2);
}
END_TEST

START_TEST(ageing)
{
	plug_all(3);
	put(1, GROUP, 2);
	got();
	now += SWITCH_AGE * SECOND - 1;
	put(0, 2, 1);
	ck_assert_uint_eq(got(), 0x2);
	now += 1;
	put(0, 2, 1);			/* silent for 300 s; to be spoken to does not count */
	ck_assert_uint_eq(got(), 0x6);
	ck_assert_uint_eq(stations(lan()), 1);
	now += SWITCH_AGE * SECOND;
	ck_assert_uint_eq(stations(lan()), 0);
}
END_TEST

START_TEST(refreshed)
{
	plug_all(3);
	for (int i = 0; i < 5; i++) {
		put(1, GROUP, 2);
		got();
		now += (SWITCH_AGE - 1) * SECOND;
		put(0, 2, 1);
		ck_assert_uint_eq(got(), 0x2);
	}
}
END_TEST

START_TEST(vlans)
{
	uint8_t f[60];

	plug_all(3);
	put_vlan(0, GROUP, 1, 10);
	got();
	put_vlan(1, 1, 2, 10);
	ck_assert_uint_eq(got(), 0x1);
	ck_assert_int_eq(memcmp(seat[0].frame + 12, "\x81\x00\x00\x0a", 4), 0);	/* the tag as it was */
	put_vlan(1, 1, 2, 20);		/* station 1 was never heard there */
	ck_assert_uint_eq(got(), 0x5);
	put(1, 1, 2);
	ck_assert_uint_eq(got(), 0x5);
	put_vlan(1, 1, 2, 10 | 0xe000);	/* the priority is no part of the VLAN */
	ck_assert_uint_eq(got(), 0x1);
	make_frame(f, 1, 2, 10, sizeof(f));
	memcpy(f + 12, "\x88\xa8\x00\x0a\x81\x00\x00\x14", 8);	/* the outer tag counts */
	seat[1].w->ops->send(seat[1].w, f, sizeof(f));
	ck_assert_uint_eq(got(), 0x1);
	ck_assert_uint_eq(stations(lan()), 4);
}
END_TEST

/* A tag that the frame is too short for is none. */
START_TEST(cut_tag)
{
	plug_all(2);
	for (size_t len = TAP_HDRLEN; len <= TAP_HDRLEN + 4; len++) {
		uint8_t f[32], *exact = malloc(len);	/* so that a look beyond it shows */

		make_frame(f, GROUP, 1, 5, sizeof(f));
		memcpy(exact, f, len);
		seat[0].w->ops->send(seat[0].w, exact, len);
		ck_assert_uint_eq(got(), 0x2);
		ck_assert_uint_eq(seat[1].len, len);
		ck_assert_uint_eq(stations(lan()), len < TAP_HDRLEN + 4 ? 1 : 2);
		free(exact);
	}
}
END_TEST

START_TEST(full_table)
{
	plug_all(3);
	for (unsigned i = 0; i < SWITCH_STATIONS; i++)
		put(0, GROUP, 1000 + i);
	seat[1].n = seat[2].n = 0;
	ck_assert_uint_eq(stations(lan()), SWITCH_STATIONS);
	ck_count(table_full, 0);
	now += SECOND;
	put(1, GROUP, 1);
	got();
	ck_count(table_full, 1);
	ck_assert_uint_eq(port(lan(), 2).count.table_full, 1);
	put(2, 1, 1000);		/* not learned: flooded */
	ck_assert_uint_eq(got(), 0x3);
	put(2, 1999, 1001);		/* those in it work, and move */
	ck_assert_uint_eq(got(), 0x1);
	ck_count(moves, 2);
	now += (SWITCH_AGE - 1) * SECOND;	/* all but those two age */
	put(1, GROUP, 1);
	got();
	ck_assert_uint_eq(stations(lan()), 3);
	put(2, 1, 1000);
	ck_assert_uint_eq(got(), 0x2);
	ck_count(table_full, 1);
}
END_TEST

START_TEST(storm)
{
	plug_all(3);
	put(1, GROUP, 2);
	got();
	for (int i = 0; i < SWITCH_FLOOD_RATE + 5; i++)
		put(0, GROUP, 1);
	ck_assert_uint_eq(seat[1].n, SWITCH_FLOOD_RATE);
	ck_assert_uint_eq(seat[2].n, SWITCH_FLOOD_RATE);
	ck_count(storm_drops, 5);
	ck_count(flood, SWITCH_FLOOD_RATE + 1);
	seat[1].n = seat[2].n = 0;
	put(0, 2, 1);			/* what needs no flooding goes on */
	ck_assert_uint_eq(got(), 0x2);
	put(2, GROUP, 3);		/* so do the others' */
	ck_assert_uint_eq(got(), 0x3);
	now += SECOND / 1000;
	for (int i = 0; i < 20; i++)
		put(0, 99, 1);
	ck_assert_uint_eq(seat[1].n, SWITCH_FLOOD_RATE / 1000);
	ck_count(storm_drops, 15);
	ck_assert_uint_eq(port(lan(), 1).count.storm_drops, 15);
	now += 3600 * SECOND;		/* rest is saved up for a second only */
	seat[1].n = 0;
	for (int i = 0; i < SWITCH_FLOOD_RATE + 1; i++)
		put(0, GROUP, 1);
	ck_assert_uint_eq(seat[1].n, SWITCH_FLOOD_RATE);
	ck_count(storm_drops, 16);
}
END_TEST

/* ------------------------------------------------------------------ loops */

/* A patch cable between two switches. */
static void cable(unsigned i, const char *one, const char *other)
{
	plug(i, one);
	plug(i + 1, other);
	seat[i].cable = seat[i + 1].w;
	seat[i + 1].cable = seat[i].w;
}

/*
 * Around a ring of two, both ways: each way the frame is in lan, wan, lan, wan and comes to lan a third time, or the
 * other way about.
 */
START_TEST(ring)
{
	plug(0, "switch:lan");
	plug(1, "switch:lan");
	cable(2, "switch:lan", "switch:wan");
	cable(4, "switch:lan", "switch:wan");
	put(0, GROUP, 1);
	ck_count(rx, 5);		/* once by itself, and twice each way round */
	ck_count(loop_drops, 2);
	ck_assert_uint_eq(switch_count(switch_find(&b, "wan"))->rx, 4);
	ck_assert_uint_eq(switch_count(switch_find(&b, "wan"))->loop_drops, 0);
	ck_assert_uint_eq(seat[1].n, 3);
	seat[0].n = seat[1].n = seat[2].n = seat[3].n = seat[4].n = seat[5].n = 0;
	put(0, 1, 1);			/* and it works again after that */
	ck_count(rx, 6);
}
END_TEST

/* Many cables multiply a frame, up to a limit for all of it. */
START_TEST(tangle)
{
	const struct switch_counters *one, *other;

	for (unsigned i = 0; i < SEATS; i += 2)
		cable(i, "switch:lan", "switch:wan");
	put(0, GROUP, 1);
	one = switch_count(lan());
	other = switch_count(switch_find(&b, "wan"));
	ck_assert_uint_eq(one->rx + other->rx - one->loop_drops - other->loop_drops, SWITCH_WORK);
	put(0, GROUP, 1);
	ck_assert_uint_eq(one->rx + other->rx - one->loop_drops - other->loop_drops, 2 * SWITCH_WORK);
}
END_TEST

START_TEST(uplink_ring)
{
	struct vswitch *one = switch_declare(&b, "one", why, sizeof(why)), *two, *three;

	two = switch_declare(&b, "two", why, sizeof(why));
	three = switch_declare(&b, "three", why, sizeof(why));
	ck_assert_int_eq(switch_uplink(one, "switch:one", why, sizeof(why)), -ELOOP);
	ck_assert_str_eq(why, "switch:one leads back to the switch one: frames would go round for ever");
	ck_assert_int_eq(switch_uplink(one, "switch:two", why, sizeof(why)), 0);
	ck_assert_int_eq(switch_uplink(two, "switch:three", why, sizeof(why)), 0);
	ck_assert_int_eq(switch_uplink(three, "switch:one", why, sizeof(why)), -ELOOP);
	ck_assert(!port(three, 0).found);
	ck_assert(port(three, 1).found && !port(three, 2).found);
	ck_assert(!port(one, 1).found);
	ck_assert_int_eq(switch_uplink(three, "null", why, sizeof(why)), 0);
	ck_assert_int_eq(switch_destroy(three, why, sizeof(why)), -EBUSY);
	ck_assert_str_eq(why, "switch two is plugged into it; take it out first: tapctl switch two uplink none");
}
END_TEST

/* ------------------------------------------------------------------ ports and switches */

START_TEST(removed_port)
{
	plug_all(3);
	put(0, GROUP, 1);
	put(1, GROUP, 2);
	unplug(0);
	ck_assert_uint_eq(stations(lan()), 1);
	seat[0].n = seat[1].n = seat[2].n = 0;
	put(1, 1, 2);			/* station 1 went with its port */
	ck_assert_uint_eq(got(), 0x4);
	plug(3, "switch:lan");		/* takes the free number */
	ck_assert_str_eq(port(lan(), 1).name, "tap3");
	ck_assert_uint_eq(port(lan(), 1).count.rx, 0);
	ck_count(rx, 3);		/* the switch remembers */
}
END_TEST

START_TEST(life)
{
	struct vswitch *sw;

	ck_assert_ptr_null(lan());
	ck_assert_ptr_null(switch_next(&b, NULL));
	plug_all(2);
	ck_assert_ptr_nonnull(lan());
	ck_assert(!switch_is_declared(lan()));
	unplug(0);
	unplug(1);
	ck_assert_ptr_null(lan());

	sw = switch_declare(&b, "lan", why, sizeof(why));
	ck_assert_ptr_eq(switch_declare(&b, "lan", why, sizeof(why)), sw);
	ck_assert(switch_is_declared(sw));
	plug(0, "switch:lan");
	ck_assert_int_eq(switch_destroy(sw, why, sizeof(why)), -EBUSY);
	ck_assert_str_eq(why, "tap0 is plugged into it; take it out first: tapctl tap0 attach null");
	plug(1, "switch:lan");
	ck_assert_int_eq(switch_destroy(sw, why, sizeof(why)), -EBUSY);
	ck_assert_str_eq(why, "tap0 is plugged into it, and so are others; take it out first: tapctl tap0 attach null");
	unplug(1);
	ck_assert(switch_is_declared(sw));
	unplug(0);
	ck_assert_ptr_eq(lan(), sw);
	ck_assert_int_eq(switch_destroy(sw, why, sizeof(why)), 0);
	ck_assert_ptr_null(lan());
}
END_TEST

START_TEST(order)
{
	switch_declare(&b, "b", why, sizeof(why));
	switch_declare(&b, "c", why, sizeof(why));
	switch_declare(&b, "a", why, sizeof(why));
	ck_assert_str_eq(switch_name(switch_next(&b, NULL)), "a");
	ck_assert_str_eq(switch_name(switch_next(&b, switch_find(&b, "a"))), "b");
	ck_assert_ptr_null(switch_next(&b, switch_find(&b, "c")));
}
END_TEST

START_TEST(names)
{
	static const char *const good[] = { "a", "lan-1_x.y", "fifteen_letters" };
	static const char *const bad[] = { "", "sixteen__letters", "a b", "a/b", "a:b", "\xc3\xa4", "a\n" };
	const struct wire_user user = { .recv = on_frame, .link = on_link, .arg = &seat[0] };
	char spec[64];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(spec, sizeof(spec), "switch:%s", good[i]);
		plug(0, spec);
		unplug(0);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(spec, sizeof(spec), "switch:%s", bad[i]);
		ck_assert_ptr_null(wire_open(&b, spec, "tap0", &user, why, sizeof(why)));
		ck_assert_int_eq(errno, EINVAL);
		ck_assert_ptr_nonnull(strstr(why, bad[i][0] != '\0' ? "expected a name of 1 to 15 letters" : "expected switch:NAME"));
		ck_assert_ptr_null(switch_declare(&b, bad[i], why, sizeof(why)));
	}
	ck_assert_ptr_null(wire_open(&b, "switch", "tap0", &user, why, sizeof(why)));
	ck_assert_ptr_null(switch_next(&b, NULL));
}
END_TEST

/* ------------------------------------------------------------------ the uplink */

static void sum_stat(void *arg, const char *name, uint64_t value, const char *help)
{
	uint64_t *sum = arg;

	ck_assert_uint_gt(strlen(name), 0);
	ck_assert_uint_gt(strlen(help), 0);
	*sum += value;
}

/* The echo answers within its send(): a switch may be entered again. */
START_TEST(uplink_answers)
{
	struct switch_counters up;
	uint64_t echoed = 0;

	plug_all(2);
	ck_assert_int_eq(switch_uplink(lan(), "echo", why, sizeof(why)), 0);
	put(0, GROUP, 1);
	ck_assert_uint_eq(seat[0].n, 1);
	ck_assert_uint_eq(seat[1].n, 2);
	up = port(lan(), 0).count;
	ck_assert_uint_eq(up.rx, 1);
	ck_assert_uint_eq(up.tx, 1);
	ck_assert_uint_eq(up.flood, 1);
	ck_assert_uint_eq(up.moves, 1);
	ck_count(rx, 2);
	ck_count(tx, 4);
	ck_count(loop_drops, 0);
	switch_each_uplink_stat(lan(), sum_stat, &echoed);
	ck_assert_uint_eq(echoed, 1);
	ck_assert_str_eq(port(lan(), 0).name, "echo");
	ck_assert(port(lan(), 0).p.up);
}
END_TEST

START_TEST(uplink_replaced)
{
	plug_all(2);
	ck_assert_int_eq(switch_uplink(lan(), "null", why, sizeof(why)), 0);
	put(0, GROUP, 1);
	got();
	ck_assert_uint_eq(port(lan(), 0).count.tx, 1);
	ck_assert_int_eq(switch_uplink(lan(), "null", why, sizeof(why)), 0);	/* it is that already */
	ck_assert_uint_eq(port(lan(), 0).count.tx, 1);
	ck_assert_int_eq(switch_uplink(lan(), "nonsense", why, sizeof(why)), -EINVAL);
	ck_assert_str_eq(port(lan(), 0).name, "null");
	ck_assert_uint_eq(port(lan(), 0).count.tx, 1);
	ck_assert_int_eq(switch_uplink(lan(), "switch:wan", why, sizeof(why)), 0);
	ck_assert_str_eq(port(lan(), 0).name, "switch:wan");
	ck_assert_str_eq(port(switch_find(&b, "wan"), 1).name, "switch lan");
	ck_assert_int_eq(switch_uplink(lan(), "none", why, sizeof(why)), 0);
	ck_assert(!port(lan(), 0).found);
	ck_assert_ptr_null(switch_find(&b, "wan"));
	ck_assert_int_eq(switch_uplink(lan(), "none", why, sizeof(why)), 0);
}
END_TEST

/* Two switches, one behind the other: stations are learned through both. */
START_TEST(uplink_chain)
{
	plug(0, "switch:lan");
	plug(1, "switch:lan");
	plug(2, "switch:wan");
	plug(3, "switch:wan");
	ck_assert_int_eq(switch_uplink(lan(), "switch:wan", why, sizeof(why)), 0);
	put(0, GROUP, 1);
	ck_assert_uint_eq(got(), 0xe);
	put(2, 1, 2);
	ck_assert_uint_eq(got(), 0x1);
	put(0, 2, 1);
	ck_assert_uint_eq(got(), 0x4);
	put(1, 2, 3);
	ck_assert_uint_eq(got(), 0x4);
	ck_assert_uint_eq(stations(lan()), 3);
	ck_assert_uint_eq(stations(switch_find(&b, "wan")), 3);
	switch_uplink(lan(), "none", why, sizeof(why));
	ck_assert_uint_eq(stations(lan()), 2);		/* what was behind the uplink is forgotten */
	ck_assert_uint_eq(stations(switch_find(&b, "wan")), 1);
	put(0, GROUP, 1);
	ck_assert_uint_eq(got(), 0x2);
}
END_TEST

/* A switch that goes takes its uplink with it. */
START_TEST(uplink_goes)
{
	plug(0, "switch:lan");
	ck_assert_int_eq(switch_uplink(lan(), "switch:wan", why, sizeof(why)), 0);
	unplug(0);
	ck_assert_ptr_null(switch_next(&b, NULL));
	ck_assert_ptr_nonnull(switch_declare(&b, "lan", why, sizeof(why)));
	ck_assert_int_eq(switch_uplink(lan(), "switch:wan", why, sizeof(why)), 0);
	ck_assert_int_eq(switch_destroy(lan(), why, sizeof(why)), 0);
	ck_assert_ptr_null(switch_next(&b, NULL));
}
END_TEST

/* What the uplink may bring must fit every port; a switch behind it hears of it. */
START_TEST(mtu)
{
	plug_all(2);
	ck_assert_uint_eq(switch_mtu(lan()), 1500);
	ck_assert_int_eq(switch_uplink(lan(), "switch:wan", why, sizeof(why)), 0);
	seat[0].w->ops->set_mtu(seat[0].w, 9000);
	ck_assert_uint_eq(switch_mtu(lan()), 9000);
	ck_assert_uint_eq(switch_mtu(switch_find(&b, "wan")), 9000);
	seat[1].w->ops->set_mtu(seat[1].w, 1400);
	ck_assert_uint_eq(switch_mtu(switch_find(&b, "wan")), 1400);
	unplug(1);
	ck_assert_uint_eq(switch_mtu(switch_find(&b, "wan")), 9000);
}
END_TEST

START_TEST(stats_of_a_wire)
{
	uint64_t sum = 0;

	plug_all(2);
	put(0, GROUP, 1);
	seat[1].w->ops->each_stat(seat[1].w, sum_stat, &sum);
	ck_assert_uint_eq(sum, 1 + 64);		/* tx and tx_bytes */
}
END_TEST

/* ------------------------------------------------------------------ at random, beside a model */

static struct {
	int port;			/* the seat's number, or -1 */
	uint64_t heard;
} model[3][8];				/* by VLAN and station */

static unsigned model_send(unsigned from, unsigned plugged, unsigned dst, unsigned src, unsigned vlan)
{
	int to = dst == GROUP ? -1 : model[vlan][dst].port;

	if (dst == src)
		to = (int)from;
	else if (to >= 0 && now - model[vlan][dst].heard >= SWITCH_AGE * SECOND)
		to = -1;
	model[vlan][src].port = (int)from;
	model[vlan][src].heard = now;
	if (to < 0)
		return plugged & ~(1u << from);
	return to == (int)from ? 0 : 1u << to;
}

static void model_unplug(unsigned i)
{
	for (size_t v = 0; v < 3; v++)
		for (size_t s = 0; s < 8; s++)
			if (model[v][s].port == (int)i)
				model[v][s].port = -1;
}

START_TEST(random_steps)
{
	unsigned plugged = 0;

	memset(model, -1, sizeof(model));
	srandom((unsigned)_i + 1);
	ck_assert_ptr_nonnull(switch_declare(&b, "lan", why, sizeof(why)));
	for (int step = 0; step < 2000; step++) {
		unsigned i = random() % 6, dst = random() % 9, src = random() % 8, vlan = random() % 3;

		switch (random() % 16) {
		case 0:
			now += (uint64_t)(random() % 200) * SECOND;
			break;
		case 1:
			if (plugged & 1u << i) {
				model_unplug(i);
				unplug(i);
			} else {
				plug(i, "switch:lan");
			}
			plugged ^= 1u << i;
			break;
		default:
			if (!(plugged & 1u << i))
				break;
			dst = dst == 8 ? GROUP : dst;
			put_vlan(i, dst, src, vlan);
			ck_assert_msg(got() == model_send(i, plugged, dst, src, vlan), "seed %d, step %d", _i + 1,
			    step);
		}
	}
}
END_TEST

static Suite *suite(void)
{
	const TTest *const tests[] = { learning, groups, group_source, same_port, moving, ageing, refreshed, vlans,
		cut_tag, full_table, storm, ring, tangle, uplink_ring, removed_port, life, order, names, uplink_answers,
		uplink_replaced, uplink_chain, uplink_goes, mtu, stats_of_a_wire };
	Suite *s = suite_create("switch");
	TCase *tc = tcase_create("switch");

	tcase_add_checked_fixture(tc, setup, teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	tcase_add_loop_test(tc, random_steps, 0, 20);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
