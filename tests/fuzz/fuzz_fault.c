/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes fault injection: a line of words, then what happens to the unit: frames in both directions with any virtio
 * header, time, new words.  Checked: what is described sets the same again; and of the frames that came, each is passed
 * on, counted as lost, or held, which only so many are.  The clock is the fuzzer's.
 */
#include "backend/fault.h"
#include "tests/fuzz/fuzz.h"

#define HELD_MAX 10000		/* the largest limit=N */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tap_driver drv;
static struct tap_softc *sc;
static uint64_t clock_ns, passed[2];
static struct loop_timer *timers[2];		/* one for each direction */
static volatile uint8_t sum;

static void require(int ok)
{
	if (!ok)
		abort();
}

/* ------------------------------------------------------------------ the clock */

uint64_t loop_now(void)
{
	return clock_ns;
}

void loop_timer_del(struct loop *l, struct loop_timer *t)
{
	for (int i = 0; i < 2; i++)
		if (timers[i] == t)
			timers[i] = NULL;
	t->when = 0;
}

void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t ns, void (*fn)(void *), void *arg)
{
	int i;

	loop_timer_del(l, t);
	*t = (struct loop_timer){ .when = clock_ns + ns, .fn = fn, .arg = arg };
	i = timers[0] != NULL;
	require(timers[i] == NULL);
	timers[i] = t;
}

static void pass_time(uint64_t ns)
{
	uint64_t end = clock_ns + ns;

	for (;;) {
		struct loop_timer *t = timers[0], due;

		if (t == NULL || (timers[1] != NULL && timers[1]->when < t->when))
			t = timers[1];
		if (t == NULL || t->when > end)
			break;
		due = *t;
		clock_ns = due.when;
		loop_timer_del(NULL, t);
		due.fn(due.arg);
	}
	clock_ns = end;
}

/* ------------------------------------------------------------------ both ends */

static void touch(int dir, const void *frame, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum ^= ((const uint8_t *)frame)[i];
	passed[dir]++;
}

static int input(struct tap_softc *unit, const void *frame, size_t len)
{
	touch(0, frame, len);
	return 0;
}

static int input_vnet(struct tap_softc *unit, const uint8_t *vnet, const void *frame, size_t len)
{
	touch(0, frame, len);
	return 0;
}

static void output(struct tap_observer *o, const struct tap_seen *s)
{
	if (!s->input && (s->dropped == NULL || strcmp(s->dropped, "ofault") != 0))
		touch(1, s->frame, s->len);
}

static int world_node_add(void *ctx, struct tap_node *node)
{
	return 0;
}

static void world_node_del(void *ctx, struct tap_node *node)
{
}

static void wakeup(struct tap_file *f)
{
}

/* ------------------------------------------------------------------ what is checked */

struct totals {
	uint64_t came[2], passed[2], lost[2];
	bool split;			/* a frame may have become several */
};

static void add_stat(void *arg, const char *name, uint64_t value, const char *help)
{
	struct totals *t = arg;
	int dir = strncmp(name, "out_", 4) == 0;

	name += dir ? 4 : 3;
	if (strcmp(name, "frames") == 0 || strcmp(name, "duplicated") == 0)
		t->came[dir] += value;
	else if (strcmp(name, "passed") == 0)
		t->passed[dir] += value;
	else if (strcmp(name, "corrupted") == 0)
		t->split = t->split || value > 0;
	else if (strcmp(name, "reordered") != 0 && strcmp(name, "delayed") != 0)
		t->lost[dir] += value;
}

static void check_totals(void)
{
	struct totals t = { .came = { 0 } };

	if (sc->shim_ops == NULL)
		return;
	sc->shim_ops->each_stat(sc, add_stat, &t);
	for (int dir = 0; dir < 2; dir++) {
		require(t.passed[dir] == passed[dir]);
		require(t.split || t.came[dir] - t.lost[dir] - passed[dir] <= HELD_MAX);
	}
}

static int set(char *line)
{
	const char *words[24];
	char *save, why[256] = "";
	size_t n = 0;
	int err;

	for (char *w = strtok_r(line, " ", &save); w != NULL && n < 24; w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	err = fault_set(sc, NULL, words, n, why, sizeof(why));
	require((err == 0) == (why[0] == '\0'));
	require(fault_check(words, n, why, sizeof(why)) == err);
	if (err == 0)
		passed[0] = passed[1] = 0;
	return err;
}

/* The next line of the input, as words. */
static void do_set(struct input *in)
{
	char line[256] = "", said[FAULT_TEXT_MAX], again[FAULT_TEXT_MAX];
	size_t n = 0;

	while (in->left > 0 && *in->p != '\n' && n < sizeof(line) - 1)
		line[n++] = (char)take(in, 1);
	take(in, 1);
	line[n] = '\0';
	if (set(line) != 0 || sc->shim_ops == NULL)
		return;
	fault_describe(sc, said, sizeof(said));
	memcpy(again, said, sizeof(again));
	require(set(again) == 0);
	fault_describe(sc, again, sizeof(again));
	require(strcmp(said, again) == 0);
}

static void do_frames(struct input *in, struct tap_file *f, bool written)
{
	uint8_t frame[TAP_VNET_LEN + 300] = { 0 };
	unsigned times = take(in, 1);
	size_t len = TAP_HDRLEN + take(in, 1);

	for (size_t i = 0; i < TAP_VNET_LEN + 40; i++)
		frame[i] = (uint8_t)take(in, 1);
	frame[TAP_VNET_LEN] = 0xff;
	for (unsigned i = 0; i < times; i++) {
		if (written)
			tap_write(f, frame + TAP_VNET_LEN - sc->vnet_len, len + sc->vnet_len, 0);
		else
			tap_if_output_vnet(sc, frame, frame + TAP_VNET_LEN, len);
		check_totals();
	}
}

static void run(struct input *in, struct tap_file *f)
{
	do_set(in);
	while (in->left > 0) {
		switch (take(in, 1) % 4) {
		case 0: do_frames(in, f, true); break;
		case 1: do_frames(in, f, false); break;
		case 2: pass_time((uint64_t)take(in, 2) << take(in, 1) % 32); break;
		case 3: do_set(in); break;
		}
		check_totals();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct tap_world world = {
		.node_add = world_node_add, .node_del = world_node_del, .node_alias = world_node_alias,
		.sigio_get = world_sigio_get, .sigio_alive = world_sigio_alive, .sigio_put = world_sigio_put,
		.sigio_send = world_sigio_send, .host_hash = world_host_hash, .log = world_log,
	};
	static const struct tap_cred root = { 1, 0, 0 };
	struct tap_net_ops ops = net_ops;
	struct tap_observer o = { .wants = TAP_SEE_FRAMES, .frame = output };
	struct tap_file f = { .wakeup = wakeup };
	struct input in = { data, size };
	char why[256];

	ops.input = input;
	ops.input_vnet = input_vnet;
	clock_ns = 1;
	require(tap_driver_init(&drv, &world, &ops, NULL, "") == 0);
	require(tap_unit_create(&drv, TAP_FAMILY_TAP, 0, NULL, &sc, why, sizeof(why)) == 0);
	require(tap_open(&drv, &sc->node, &root, &f) == 0 && tap_unit_set_up(sc, true) == 0);
	tap_observe(&drv, &o);
	if (size > 0 && data[size - 1] & 1)
		sc->vnet_len = TAP_VNET_LEN;
	run(&in, &f);
	tap_close(&f);
	tap_driver_fini(&drv);
	require(timers[0] == NULL && timers[1] == NULL);
	net_fini();
	return 0;
}
