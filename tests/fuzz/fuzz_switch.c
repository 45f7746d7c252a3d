/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the switches: ports come and go, uplinks are plugged and pulled, patch cables make loops, frames of all kinds
 * go through, time passes.  After each input the switches must add up.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/switch.h"
#include "backend/wire.h"
#include "base/log.h"
#include "base/util.h"

#define SEATS 10
#define WORK_MAX (SWITCH_WORK * (SEATS + 4))	/* frames that may come of one: each entry goes to every port at most */

struct input {
	const uint8_t *p;
	size_t left;
};

struct seat {
	struct wire *w;
	uint64_t n;			/* frames that came since it was plugged in */
	unsigned other;			/* what comes goes on into that seat's port; itself: it stays */
};

static struct backends b;
static struct seat seat[SEATS];
static uint64_t now;
static const uint8_t *sent;		/* the frame under way */
static size_t sent_len;
static unsigned work;			/* frames that came of it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool so)
{
	if (!so)
		abort();
}

static unsigned take(struct input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->p++;
}

static uint64_t the_clock(void)
{
	return now;
}

/* Whatever comes is what was sent, byte for byte, and it ends. */
static void on_frame(void *arg, const void *frame, size_t len)
{
	struct seat *s = arg;
	const struct wire *out = seat[s->other].w;

	must(len == sent_len && memcmp(frame, sent, len) == 0);
	must(++work <= WORK_MAX);
	s->n++;
	if (&seat[s->other] != s && out != NULL)
		out->ops->send(seat[s->other].w, frame, len);
}

static void on_link(void *arg, bool up, const char *text)
{
}

static const char *const lans[] = { "switch:a", "switch:b", "switch:c", "switch:..bad/name" };

static void do_plug(struct input *in)
{
	static const char *const names[SEATS] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
	unsigned i = take(in) % SEATS, what = take(in);
	struct seat *s = &seat[i];
	const struct wire_user user = { .recv = on_frame, .link = on_link, .arg = s };
	char why[256];

	wire_close(s->w);
	s->n = 0;
	s->other = what / 8 % SEATS;
	s->w = what % 8 < NELEM(lans) ? wire_open(&b, lans[what % 8], names[i], &user, why, sizeof(why)) : NULL;
}

static void do_mtu(struct input *in)
{
	struct wire *w = seat[take(in) % SEATS].w;

	if (w != NULL)
		w->ops->set_mtu(w, take(in) * 64);
}

static void do_send(struct input *in)
{
	struct wire *w = seat[take(in) % SEATS].w;
	size_t len = TAP_HDRLEN + take(in) % 16;
	uint8_t *frame = malloc(len);	/* exactly so long: a look beyond its end shows */

	must(frame != NULL);
	for (size_t i = 0; i < len; i++)
		frame[i] = (uint8_t)take(in);
	sent = frame;
	sent_len = len;
	work = 0;
	if (w != NULL)
		must(w->ops->send(w, frame, len) == 0);
	free(frame);
}

/* Many stations at once, or many frames of one. */
static void do_many(struct input *in)
{
	uint8_t frame[TAP_HDRLEN] = { 0xff };
	struct wire *w = seat[take(in) % SEATS].w;
	unsigned n = take(in) * 8, step = take(in);

	if (w == NULL)
		return;
	frame[0] = (uint8_t)take(in);
	for (unsigned i = 0; i < n; i++) {
		frame[10] = (uint8_t)(i * step >> 8);
		frame[11] = (uint8_t)(i * step);
		sent = frame;
		sent_len = sizeof(frame);
		work = 0;
		w->ops->send(w, frame, sizeof(frame));
	}
}

static void do_switch(struct input *in)
{
	static const char *const specs[] = { "none", "null", "echo", "switch:a", "switch:b", "switch:c", "nonsense",
		"switch:" };
	unsigned what = take(in);
	const char *name = lans[what % 3] + strlen("switch:");
	struct vswitch *sw = switch_find(&b, name);
	char why[512];

	switch (what / 3 % 4) {
	case 0:
		switch_declare(&b, name, why, sizeof(why));
		break;
	case 1:
		if (sw != NULL)
			switch_destroy(sw, why, sizeof(why));
		break;
	default:
		if (sw != NULL)
			switch_uplink(sw, specs[take(in) % NELEM(specs)], why, sizeof(why));
		break;
	}
}

static void do_time(struct input *in)
{
	now += (uint64_t)take(in) * take(in) * UINT64_C(10000000);
}

/* ------------------------------------------------------------------ what must hold */

struct sums {
	uint64_t rx, tx;
	unsigned ports, stations;
	uint64_t numbers[4];		/* bits */
};

static void sum_port(void *arg, const struct switch_port *p)
{
	struct sums *s = arg;

	must(p->number < 256 && (s->numbers[p->number / 64] >> p->number % 64 & 1) == 0);
	s->numbers[p->number / 64] |= UINT64_C(1) << p->number % 64;
	s->rx += p->count->rx;
	s->tx += p->count->tx;
	s->ports++;
	for (unsigned i = 0; i < SEATS; i++)
		if (seat[i].w != NULL && p->name == seat[i].w->name)
			must(p->count->tx == seat[i].n);
}

static void sum_station(void *arg, const struct switch_station *st)
{
	struct sums *s = arg;

	must((s->numbers[st->port / 64] >> st->port % 64 & 1) == 1);
	must((st->lladdr[0] & 1) == 0 && st->vlan < 4096 && st->age < SWITCH_AGE);
	s->stations++;
}

static void check(struct vswitch *sw)
{
	const struct switch_counters *c = switch_count(sw);
	struct sums s = { 0 };

	switch_each_port(sw, sum_port, &s);
	switch_each_station(sw, sum_station, &s);
	must(s.ports > 0 || switch_is_declared(sw));
	must(s.stations <= SWITCH_STATIONS);
	must(s.rx <= c->rx && s.tx <= c->tx);
	must(c->rx >= c->flood + c->bad_source + c->same_port + c->storm_drops + c->loop_drops);
	must(c->rx_bytes >= c->rx * TAP_HDRLEN && c->tx_bytes >= c->tx * TAP_HDRLEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const steps[])(struct input *in) = { do_send, do_plug, do_switch, do_send, do_time, do_many,
		do_mtu };
	struct input in = { data, size };

	log_init("fuzz_switch", LOG_EMERG);
	memset(seat, 0, sizeof(seat));
	now = 0;
	backends_init(&b, NULL);
	must(switch_set_clock(&b, the_clock) == 0);
	while (in.left > 0) {
		steps[take(&in) % NELEM(steps)](&in);
		for (struct vswitch *sw = switch_next(&b, NULL); sw != NULL; sw = switch_next(&b, sw))
			check(sw);
	}
	for (unsigned i = 0; i < SEATS; i++)
		wire_close(seat[i].w);
	backends_fini(&b);
	return 0;
}
