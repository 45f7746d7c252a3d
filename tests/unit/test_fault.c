/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fault injection: its words, what they do, and that the seed decides it all.  The clock and the timers are the test's,
 * so that every due time is exact and no test waits.
 */
#include "backend/fault.h"

#include "base/util.h"
#include "tap_fixture.h"

#define FRAMES_MAX 10000
#define LEN 100			/* bytes of a frame, unless a test says otherwise */

/* ------------------------------------------------------------------ the clock */

static uint64_t clock_ns;
static struct loop_timer *timers[4];

uint64_t loop_now(void)
{
	return clock_ns;
}

void loop_timer_del(struct loop *l, struct loop_timer *t)
{
	for (size_t i = 0; i < NELEM(timers); i++)
		if (timers[i] == t)
			timers[i] = NULL;
	t->when = 0;
}

void loop_timer_set(struct loop *l, struct loop_timer *t, uint64_t ns, void (*fn)(void *), void *arg)
{
	size_t i = 0;

	loop_timer_del(l, t);
	*t = (struct loop_timer){ .when = clock_ns + ns, .fn = fn, .arg = arg };
	while (timers[i] != NULL)
		ck_assert_uint_lt(++i, NELEM(timers));
	timers[i] = t;
}

static struct loop_timer *next_timer(void)
{
	struct loop_timer *first = NULL;

	for (size_t i = 0; i < NELEM(timers); i++)
		if (timers[i] != NULL && (first == NULL || timers[i]->when < first->when))
			first = timers[i];
	return first;
}

/* Time goes on by so much, and whatever falls due meanwhile happens at its time. */
static void pass_time(uint64_t ns)
{
	uint64_t end = clock_ns + ns;
	struct loop_timer *t;

	while ((t = next_timer()) != NULL && t->when <= end) {
		struct loop_timer due = *t;

		clock_ns = due.when > clock_ns ? due.when : clock_ns;
		loop_timer_del(NULL, t);
		due.fn(due.arg);
	}
	clock_ns = end;
}

/* ------------------------------------------------------------------ both ends */

enum { IN, OUT };

/* What came out at either end: which frames, when. */
struct arrived {
	unsigned n;
	uint32_t seq[2 * FRAMES_MAX];
	uint64_t when[2 * FRAMES_MAX];
};
static struct arrived arrived[2], before[2];
static uint8_t last[2][2048];
static uint8_t last_vnet[2][TAP_VNET_LEN];

static void note(int dir, const uint8_t *vnet, const void *frame, size_t len)
{
	struct arrived *a = &arrived[dir];

	ck_assert_uint_lt(a->n, NELEM(a->seq));
	memcpy(&a->seq[a->n], (const uint8_t *)frame + TAP_HDRLEN, sizeof(uint32_t));
	a->when[a->n++] = clock_ns;
	memcpy(last[dir], frame, len);
	if (vnet != NULL)
		memcpy(last_vnet[dir], vnet, TAP_VNET_LEN);
}

static int net_input(struct tap_softc *unit, const void *frame, size_t len)
{
	if (input_error == 0)
		note(IN, NULL, frame, len);
	return n_input(unit, frame, len);
}

static int net_input_vnet(struct tap_softc *unit, const uint8_t *vnet, const void *frame, size_t len)
{
	if (input_error == 0)
		note(IN, vnet, frame, len);
	return input_error;
}

static void see_frame(struct tap_observer *o, const struct tap_seen *s)
{
	if (!s->input && (s->dropped == NULL || strcmp(s->dropped, "ofault") != 0))
		note(OUT, s->vnet, s->frame, s->len);
}

static struct tap_observer observer = { .wants = TAP_SEE_FRAMES, .frame = see_frame };
static struct tap_net_ops fault_net;

static void start(void)
{
	clock_ns = 1000 * LOOP_MS;
	memset(timers, 0, sizeof(timers));
	memset(arrived, 0, sizeof(arrived));
	setup();
	fault_net = net;
	fault_net.input = net_input;
	fault_net.input_vnet = net_input_vnet;
	sc->net_ops = &fault_net;
	tap_observe(&drv, &observer);
	open_up();
}

static void stop(void)
{
	teardown();
	ck_assert_ptr_null(next_timer());
}

/* One broadcast frame that carries its number. */
static void send_frame(int dir, uint32_t seq, size_t len)
{
	uint8_t frame[2048];

	memset(frame, 0xff, sizeof(frame));
	memcpy(frame + TAP_HDRLEN, &seq, sizeof(seq));
	if (dir == IN)
		ck_assert_int_eq(tap_write(&file, frame, len, 0), (ssize_t)len);
	else
		tap_if_output(sc, frame, len);
}

static void send_frames(int dir, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		send_frame(dir, i, LEN);
}

/* Words in one string, as a person types them. */
static int set_why(const char *text, char *why, size_t size)
{
	char copy[256], *words[16], *save, *word = copy;
	size_t n = 0;

	ck_assert(str_copy(copy, sizeof(copy), text));
	why[0] = '\0';
	while ((words[n] = strtok_r(word, " ", &save)) != NULL) {
		word = NULL;
		n++;
	}
	ck_assert_int_eq(fault_check((const char *const *)words, n, why, size), fault_set(sc, NULL,
	    (const char *const *)words, n, why, size));
	return why[0] == '\0' ? 0 : -EINVAL;
}

static void set(const char *text)
{
	char why[256];

	set_why(text, why, sizeof(why));
	ck_assert_str_eq(why, "");
}

struct want {
	const char *name;
	uint64_t value;
	bool found;
};

static void find_stat(void *arg, const char *name, uint64_t value, const char *help)
{
	struct want *w = arg;

	if (strcmp(name, w->name) != 0)
		return;
	w->value = value;
	w->found = true;
}

static uint64_t stat_of(const char *name)
{
	struct want w = { .name = name };

	sc->shim_ops->each_stat(sc, find_stat, &w);
	ck_assert(w.found);
	return w.value;
}

/* Of frames that were not doubled. */
static uint64_t held(int dir)
{
	if (dir == IN)
		return stat_of("in_frames") - stat_of("in_dropped") - stat_of("in_limited") - stat_of("in_lost") -
		    stat_of("in_passed");
	return stat_of("out_frames") - stat_of("out_dropped") - stat_of("out_limited") - stat_of("out_passed");
}

static void check_order(int dir, unsigned n, const uint32_t *seq)
{
	ck_assert_uint_eq(arrived[dir].n, n);
	for (unsigned i = 0; i < n; i++)
		ck_assert_uint_eq(arrived[dir].seq[i], seq[i]);
}

#define ORDER(dir, ...) \
	check_order(dir, NELEM(((uint32_t[]){ __VA_ARGS__ })), (uint32_t[]){ __VA_ARGS__ })

/* ------------------------------------------------------------------ words */

static const struct {
	const char *words, *described;
} good[] = {
	{ "drop=1% seed=42", "drop=1% seed=42" },
	{ "seed=0 drop=0.1%", "drop=0.1% seed=0" },
	{ "drop=100% dup=0.000001% seed=1", "drop=100% dup=0.000001% seed=1" },
	{ "drop=12.5% delay=5ms+-2ms seed=42", "drop=12.5% delay=5ms+-2ms seed=42" },
	{ "delay=5ms\xc2\xb1" "2ms seed=4294967295", "delay=5ms+-2ms seed=4294967295" },
	{ "delay=1500us seed=1", "delay=1.5ms seed=1" },
	{ "delay=3600s seed=1", "delay=3600s seed=1" },
	{ "delay=0.5us seed=1", "delay=0.5us seed=1" },
	{ "delay=1.002s+-30us seed=1", "delay=1.002s+-30us seed=1" },
	{ "rate=10mbit seed=1", "rate=10mbit seed=1" },
	{ "rate=64000 seed=1", "rate=64kbit seed=1" },
	{ "rate=999bit seed=1", "rate=999 seed=1" },
	{ "rate=2.5gbit limit=20 seed=1", "rate=2.5gbit limit=20 seed=1" },
	{ "in drop=10% out rate=10mbit seed=42", "seed=42 in drop=10% out rate=10mbit" },
	{ "drop=1% in drop=2% seed=3", "seed=3 in drop=2% out drop=1%" },
	{ "drop=1% out drop=0% seed=3", "seed=3 in drop=1%" },
	{ "delay=1ms in delay=1ms+-1ms limit=5 seed=3", "seed=3 in delay=1ms+-1ms limit=5 out delay=1ms" },
	{ "enobufs=5% seed=1", "enobufs=5% seed=1" },
	{ "in enobufs=5% seed=1", "seed=1 in enobufs=5%" },
	{ "drop=1% dup=2% reorder=3% corrupt=4% enobufs=5% delay=6ms+-7us rate=8kbit limit=9 seed=10",
	    "drop=1% dup=2% reorder=3% corrupt=4% enobufs=5% delay=6ms+-7us rate=8kbit limit=9 seed=10" },
};

START_TEST(words_say_what_was_set)
{
	char text[FAULT_TEXT_MAX];

	set(good[_i].words);
	fault_describe(sc, text, sizeof(text));
	ck_assert_str_eq(text, good[_i].described);
	set(text);
	fault_describe(sc, text, sizeof(text));
	ck_assert_str_eq(text, good[_i].described);
	set("none");
	fault_describe(sc, text, sizeof(text));
	ck_assert_str_eq(text, "");
}
END_TEST

#define A_CHANCE "expected a percentage from 0% to 100%"
#define A_TIME "expected a time up to 3600s, such as 5ms or 5ms+-2ms"
#define A_RATE "expected a rate up to 1000gbit, such as 64kbit or 10mbit"
#define A_WORD "expected drop=P%, dup=P%, reorder=P%, corrupt=P%, enobufs=P%, delay=T[+-T], rate=N[kbit|mbit|gbit], " \
	"limit=N, seed=N, in, out, or none alone"

static const struct {
	const char *words, *why;
} bad[] = {
	{ "drop=200%", "drop=200%: " A_CHANCE },
	{ "drop=100.000001%", "drop=100.000001%: " A_CHANCE },
	{ "drop=1", "drop=1: " A_CHANCE },
	{ "drop=-1%", "drop=-1%: " A_CHANCE },
	{ "drop=%", "drop=%: " A_CHANCE },
	{ "drop=.5%", "drop=.5%: " A_CHANCE },
	{ "drop=1.2.3%", "drop=1.2.3%: " A_CHANCE },
	{ "drop=1.0000001%", "drop=1.0000001%: " A_CHANCE },
	{ "drop=1%%", "drop=1%%: " A_CHANCE },
	{ "drop=1%+-1%", "drop=1%+-1%: " A_CHANCE },
	{ "drop=99999999999999999999999999%", "drop=99999999999999999999999999%: " A_CHANCE },
	{ "drop=", "drop=: " A_CHANCE },
	{ "drop", "drop: " A_CHANCE },
	{ "delay=5", "delay=5: " A_TIME },
	{ "delay=5ms+", "delay=5ms+: " A_TIME },
	{ "delay=5ms+-", "delay=5ms+-: " A_TIME },
	{ "delay=5ms+-2", "delay=5ms+-2: " A_TIME },
	{ "delay=5ms+-2ms+-1ms", "delay=5ms+-2ms+-1ms: " A_TIME },
	{ "delay=3601s", "delay=3601s: " A_TIME },
	{ "rate=10mb", "rate=10mb: " A_RATE },
	{ "rate=1001gbit", "rate=1001gbit: " A_RATE },
	{ "limit=10001 drop=1%", "limit=10001: expected a number of frames up to 10000" },
	{ "seed=1.5 drop=1%", "seed=1.5: expected a number up to 4294967295" },
	{ "seed=4294967296 drop=1%", "seed=4294967296: expected a number up to 4294967295" },
	{ "loss=1%", "loss=1%: " A_WORD },
	{ "=1%", "=1%: " A_WORD },
	{ "none drop=1%", "none: " A_WORD },
	{ "out enobufs=1%", "enobufs=1%: reads need no buffer; it is for in only" },
	{ "", "nothing would happen; say what, as in drop=1%, or none to end it" },
	{ "in seed=1", "nothing would happen; say what, as in drop=1%, or none to end it" },
};

/* And what was set before stays. */
START_TEST(bad_words_change_nothing)
{
	char why[512], text[FAULT_TEXT_MAX];

	set("drop=1% seed=42");
	ck_assert_int_eq(set_why(bad[_i].words, why, sizeof(why)), -EINVAL);
	ck_assert_str_eq(why, bad[_i].why);
	fault_describe(sc, text, sizeof(text));
	ck_assert_str_eq(text, "drop=1% seed=42");
}
END_TEST

/* A seed that nobody gave is told, and makes the same happen when it is given. */
START_TEST(any_seed_can_be_given_again)
{
	char text[FAULT_TEXT_MAX];

	set("drop=50%");
	fault_describe(sc, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "seed="));
	send_frames(IN, 1000);
	before[IN] = arrived[IN];
	memset(arrived, 0, sizeof(arrived));
	set(text);
	send_frames(IN, 1000);
	ck_assert_mem_eq(&arrived[IN].seq, &before[IN].seq, sizeof(before[IN].seq));
}
END_TEST

/* ------------------------------------------------------------------ fates */

/* Known numbers of known seeds: whoever changes them breaks what people have written down. */
#define GOLDEN_IN 988
#define GOLDEN_OUT 982
#define GOLDEN_REORDERED 113
#define GOLDEN_SWAPS 102

START_TEST(seed_42)
{
	static const uint32_t kept[] = { 15, 16, 18, 19 };

	set("drop=10% seed=42");
	for (int dir = IN; dir <= OUT; dir++)
		send_frames(dir, 10000);
	ck_assert_mem_eq(&arrived[IN].seq[15], kept, sizeof(kept));
	ck_assert_uint_eq(stat_of("in_frames"), 10000);
	ck_assert_uint_eq(stat_of("in_dropped"), GOLDEN_IN);
	ck_assert_uint_eq(stat_of("out_dropped"), GOLDEN_OUT);
	ck_assert_uint_eq(arrived[IN].n, 10000 - GOLDEN_IN);
	ck_assert_uint_eq(arrived[OUT].n, 10000 - GOLDEN_OUT);
	ck_assert_uint_eq(sc->count.ipackets, 10000);
	ck_assert_uint_eq(sc->count.ifault, GOLDEN_IN);
	ck_assert_uint_eq(sc->count.ofault, GOLDEN_OUT);
}
END_TEST

#define EVERYTHING "drop=5% dup=5% reorder=5% corrupt=5% delay=5ms+-2ms rate=100mbit limit=30 seed="

static void run_everything(const char *words)
{
	memset(arrived, 0, sizeof(arrived));
	set(words);
	for (unsigned i = 0; i < 2000; i++) {
		send_frame(i & 1, i, LEN);
		pass_time(i % 7 == 0 ? LOOP_MS : 1000);
	}
	pass_time(1000 * LOOP_MS);
}

START_TEST(the_same_seed_does_the_same)
{
	run_everything(EVERYTHING "7");
	memcpy(before, arrived, sizeof(before));
	for (int dir = IN; dir <= OUT; dir++)
		for (unsigned i = before[dir].n; i-- > 0;)
			before[dir].when[i] -= before[dir].when[0];
	run_everything(EVERYTHING "7");
	for (int dir = IN; dir <= OUT; dir++) {
		ck_assert_uint_gt(arrived[dir].n, 500);
		ck_assert_uint_eq(arrived[dir].n, before[dir].n);
		ck_assert_mem_eq(arrived[dir].seq, before[dir].seq, sizeof(before[dir].seq));
		for (unsigned i = 0; i < before[dir].n; i++)
			ck_assert_uint_eq(arrived[dir].when[i] - arrived[dir].when[0], before[dir].when[i]);
	}
	run_everything(EVERYTHING "8");
	ck_assert_mem_ne(arrived[IN].seq, before[IN].seq, sizeof(before[IN].seq));
	ck_assert_mem_ne(arrived[OUT].seq, before[OUT].seq, sizeof(before[OUT].seq));
}
END_TEST

/* Which frames are lost is the seed's and the frame's number's alone. */
START_TEST(a_fate_depends_on_nothing_else)
{
	set("drop=20% seed=9");
	send_frames(IN, 1000);
	before[IN] = arrived[IN];
	memset(arrived, 0, sizeof(arrived));
	set("in drop=20% delay=1ms out drop=90% dup=50% seed=9");
	for (unsigned i = 0; i < 1000; i++) {
		send_frame(OUT, i, 60);
		send_frame(IN, i, 60 + i);
		pass_time(LOOP_MS);
	}
	pass_time(LOOP_MS);
	ck_assert_uint_eq(arrived[IN].n, before[IN].n);
	ck_assert_mem_eq(arrived[IN].seq, before[IN].seq, sizeof(before[IN].seq));
}
END_TEST

START_TEST(all_or_none)
{
	set("drop=100% out drop=0% dup=100% seed=1");
	send_frames(IN, 100);
	send_frames(OUT, 3);
	ck_assert_uint_eq(arrived[IN].n, 0);
	ck_assert_uint_eq(sc->count.ifault, 100);
	ORDER(OUT, 0, 0, 1, 1, 2, 2);
	ck_assert_uint_eq(stat_of("out_duplicated"), 3);
	ck_assert_uint_eq(sc->count.ofault, 0);
	ck_assert(!do_read(LEN, 0, true));		/* and the program reads them */
	ck_assert_uint_eq(rd_n, LEN);
}
END_TEST

static unsigned bits_that_differ(const uint8_t *a, const uint8_t *b, size_t len, size_t *where)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i]) {
			n += (unsigned)__builtin_popcount(a[i] ^ b[i]);
			*where = i;
		}
	return n;
}

START_TEST(corrupt_turns_one_bit_over)
{
	uint8_t frame[LEN];
	size_t where = 0, hit[LEN] = { 0 }, different = 0;

	memset(frame, 0xff, sizeof(frame));
	set("corrupt=100% seed=5");
	for (uint32_t i = 0; i < 1000; i++) {
		memcpy(frame + TAP_HDRLEN, &i, sizeof(i));
		send_frame(OUT, i, LEN);
		ck_assert_uint_eq(bits_that_differ(frame, last[OUT], LEN, &where), 1);
		different += hit[where]++ == 0;
	}
	ck_assert_uint_eq(different, LEN);		/* it may hit any byte */
	ck_assert_uint_eq(stat_of("out_corrupted"), 1000);
}
END_TEST

/* A frame whose checksum is left to the other side: it is completed first, or the damage would be covered up. */
START_TEST(corrupt_after_the_checksum)
{
	uint8_t frame[64] = { [0] = 0xff, [12] = 8, [14] = 0x45, [17] = 50, [22] = 64, [23] = 17, [38] = 0, [39] = 30 };
	uint8_t vnet[TAP_VNET_LEN] = { 1 /* NEEDS_CSUM */, [6] = 34, [8] = 6 };
	uint8_t whole[64];
	size_t where = 0;

	set("corrupt=100% seed=5");
	sc->vnet_len = TAP_VNET_LEN;
	tap_if_output_vnet(sc, vnet, frame, sizeof(frame));
	ck_assert_uint_eq(last_vnet[OUT][0], 0);
	memcpy(whole, frame, sizeof(whole));
	whole[40] = 0xff;			/* of all that is summed up only the length, 30, is not 0 */
	whole[41] = (uint8_t)~30;
	ck_assert_uint_eq(bits_that_differ(whole, last[OUT], sizeof(whole), &where), 1);
	sc->vnet_len = 0;
}
END_TEST

/* ------------------------------------------------------------------ time */

START_TEST(delay_keeps_the_order)
{
	set("delay=5ms seed=1");
	for (uint32_t i = 0; i < 5; i++) {
		send_frame(OUT, i, LEN);
		pass_time(LOOP_MS);
	}
	ORDER(OUT, 0);
	pass_time(100 * LOOP_MS);
	ORDER(OUT, 0, 1, 2, 3, 4);
	for (uint32_t i = 0; i < 5; i++)
		ck_assert_uint_eq(arrived[OUT].when[i], (1005 + i) * LOOP_MS);
	ck_assert_uint_eq(stat_of("out_delayed"), 5);
	ck_assert_uint_eq(held(OUT), 0);
}
END_TEST

/* Each waits within the range, whole and half ends are reached, and frames pass each other. */
START_TEST(delay_in_a_range)
{
	uint64_t least = UINT64_MAX, most = 0;
	unsigned back = 0;

	set("delay=5ms+-2ms limit=2000 seed=1");
	send_frames(IN, 2000);
	pass_time(100 * LOOP_MS);
	ck_assert_uint_eq(arrived[IN].n, 2000);
	for (unsigned i = 0; i < 2000; i++) {
		uint64_t wait = arrived[IN].when[i] - 1000 * LOOP_MS;

		least = wait < least ? wait : least;
		most = wait > most ? wait : most;
		back += i > 0 && arrived[IN].seq[i] < arrived[IN].seq[i - 1];
		ck_assert(i == 0 || arrived[IN].when[i] >= arrived[IN].when[i - 1]);
	}
	ck_assert(least >= 3 * LOOP_MS && least < 3 * LOOP_MS + LOOP_MS / 20);
	ck_assert(most <= 7 * LOOP_MS && most > 7 * LOOP_MS - LOOP_MS / 20);
	ck_assert_uint_gt(back, 500);
}
END_TEST

/* 125 bytes at 1 Mbit/s are a millisecond; the line is idle between bursts, and time does not pile up. */
START_TEST(rate_spaces_frames)
{
	static const unsigned due[] = { 1001, 1002, 1003, 1004, 1101, 1102 };

	set("rate=1mbit seed=1");
	for (uint32_t i = 0; i < 4; i++)
		send_frame(OUT, i, 125);
	pass_time(100 * LOOP_MS);
	send_frame(OUT, 4, 125);
	send_frame(OUT, 5, 125);
	pass_time(100 * LOOP_MS);
	ORDER(OUT, 0, 1, 2, 3, 4, 5);
	for (size_t i = 0; i < NELEM(due); i++)
		ck_assert_uint_eq(arrived[OUT].when[i], due[i] * LOOP_MS);
}
END_TEST

START_TEST(rate_and_delay_add_up)
{
	set("out rate=1mbit delay=10ms seed=1");
	send_frame(OUT, 0, 125);
	send_frame(OUT, 1, 250);
	pass_time(100 * LOOP_MS);
	ck_assert_uint_eq(arrived[OUT].when[0], 1011 * LOOP_MS);
	ck_assert_uint_eq(arrived[OUT].when[1], 1013 * LOOP_MS);
}
END_TEST

START_TEST(limit_drops_what_comes_then)
{
	set("delay=1s limit=10 seed=1");
	send_frames(IN, 25);
	ck_assert_uint_eq(held(IN), 10);
	ck_assert_uint_eq(stat_of("in_limited"), 15);
	ck_assert_uint_eq(sc->count.ifault, 15);
	ck_assert_uint_eq(sc->count.ipackets, 25);
	pass_time(2000 * LOOP_MS);
	ORDER(IN, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
	send_frames(IN, 1);
	ck_assert_uint_eq(held(IN), 1);
}
END_TEST

/* More than a turn's worth falls due at once. */
START_TEST(many_at_once)
{
	set("delay=1ms seed=1");
	send_frames(IN, 1000);
	pass_time(LOOP_MS);
	ck_assert_uint_eq(arrived[IN].n, 1000);
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_uint_eq(arrived[IN].seq[i], i);
}
END_TEST

/* ------------------------------------------------------------------ reorder */

START_TEST(reorder_lets_the_next_pass)
{
	unsigned swaps = 0;

	set("reorder=10% seed=3");
	send_frames(OUT, 1000);
	pass_time(100 * LOOP_MS);
	ck_assert_uint_eq(arrived[OUT].n, 1000);
	for (unsigned i = 1; i < 1000; i++)
		swaps += arrived[OUT].seq[i] < arrived[OUT].seq[i - 1];
	ck_assert_uint_eq(stat_of("out_reordered"), GOLDEN_REORDERED);
	ck_assert_uint_eq(swaps, GOLDEN_SWAPS);
	ck_assert_uint_eq(sc->count.ofault, 0);
}
END_TEST

/* With all of them held back, none passes another; each waits as long as it may. */
START_TEST(reorder_gives_up_waiting)
{
	set("reorder=100% seed=3");
	send_frame(IN, 0, LEN);
	pass_time(LOOP_MS);
	send_frame(IN, 1, LEN);
	pass_time(100 * LOOP_MS);
	ORDER(IN, 0, 1);
	ck_assert_uint_eq(arrived[IN].when[0], 1010 * LOOP_MS);
	ck_assert_uint_eq(arrived[IN].when[1], 1011 * LOOP_MS);
}
END_TEST

START_TEST(reorder_with_delay)
{
	unsigned swaps = 0;

	set("reorder=10% delay=2ms seed=3");
	for (uint32_t i = 0; i < 1000; i++) {
		send_frame(OUT, i, LEN);
		pass_time(LOOP_MS);
	}
	pass_time(100 * LOOP_MS);
	ck_assert_uint_eq(arrived[OUT].n, 1000);
	for (unsigned i = 1; i < 1000; i++)
		swaps += arrived[OUT].seq[i] < arrived[OUT].seq[i - 1];
	ck_assert_uint_eq(swaps, GOLDEN_SWAPS);
}
END_TEST

/* ------------------------------------------------------------------ ends */

START_TEST(none_lets_held_frames_go)
{
	set("delay=10s+-5s seed=1");
	send_frames(IN, 10);
	ck_assert_uint_eq(arrived[IN].n, 0);
	set("none");
	ck_assert_uint_eq(arrived[IN].n, 10);
	ck_assert_ptr_null(sc->shim_ops);
	ck_assert_ptr_null(next_timer());
	send_frame(IN, 10, LEN);
	ck_assert_uint_eq(arrived[IN].n, 11);
	ck_assert_uint_eq(sc->count.ifault, 0);
	set("none");				/* twice is no mistake */
}
END_TEST

START_TEST(new_words_begin_anew)
{
	set("drop=100% seed=1");
	send_frames(IN, 5);
	set("delay=1ms seed=1");
	ck_assert_uint_eq(stat_of("in_frames"), 0);
	ck_assert_uint_eq(stat_of("in_dropped"), 0);
	send_frames(IN, 5);
	set("dup=100% seed=1");
	ORDER(IN, 0, 1, 2, 3, 4);
}
END_TEST

/* The teardown destroys the unit; a sanitizer sees what would be left. */
START_TEST(destroyed_while_it_holds)
{
	set("delay=1s reorder=50% seed=1");
	send_frames(IN, 100);
	host_sends(LEN, 0xff);
	pass_time(900 * LOOP_MS);
	ck_assert_uint_eq(held(IN), 100);
	ck_assert_uint_eq(held(OUT), 1);
}
END_TEST

START_TEST(down_when_their_time_comes)
{
	set("delay=1ms seed=1");
	send_frames(IN, 3);
	send_frames(OUT, 2);
	ck_assert_int_eq(tap_unit_set_up(sc, false), 0);
	pass_time(LOOP_MS);
	ck_assert_uint_eq(arrived[IN].n, 0);
	ck_assert_uint_eq(stat_of("in_lost"), 3);
	ck_assert_uint_eq(sc->count.ifault, 3);
	ck_assert_uint_eq(sc->count.oflushed, 2);
	ck_assert_uint_eq(sc->count.ofault, 0);
}
END_TEST

/* What the network side refuses is the program's to know where nothing is held, and lost where its write is over. */
START_TEST(network_side_refuses)
{
	uint8_t frame[LEN];

	memset(frame, 0xff, sizeof(frame));
	input_error = -ENOBUFS;
	set("drop=0.000001% seed=1");
	tap_write(&file, frame, sizeof(frame), 0);
	ck_assert_uint_eq(sc->count.ierrors, 1);
	set("delay=1ms seed=1");
	send_frame(IN, 0, LEN);
	pass_time(LOOP_MS);
	ck_assert_uint_eq(sc->count.ierrors, 1);
	ck_assert_uint_eq(stat_of("in_lost"), 1);
	ck_assert_uint_eq(sc->count.ifault, 1);
}
END_TEST

/* enobufs is a full network side: what write(2) gives for it is the dialect's to say. */
START_TEST(no_buffers_by_dialect)
{
	const struct tap_dialect *d = &tap_dialect_table[_i];
	uint8_t frame[LEN];

	memset(frame, 0xff, sizeof(frame));
	sc->dialect = d;
	set("enobufs=100% seed=1");
	ck_assert_int_eq(tap_write(&file, frame, sizeof(frame), 0), d->write_nobufs != 0 ? -d->write_nobufs : LEN);
	ck_assert_uint_eq(sc->count.ierrors, 1);
	ck_assert_uint_eq(sc->count.ifault, 0);
	ck_assert_uint_eq(stat_of("in_refused"), 1);
	ck_assert_uint_eq(arrived[IN].n, 0);
	send_frame(OUT, 0, LEN);
	ck_assert_uint_eq(arrived[OUT].n, 1);
}
END_TEST

static int dialects(void)
{
	int n = 0;

	while (tap_dialect_table[n].name != NULL)
		n++;
	return n;
}

static Suite *suite(void)
{
	const TTest *const tests[] = {
		any_seed_can_be_given_again, seed_42, the_same_seed_does_the_same, a_fate_depends_on_nothing_else,
		all_or_none, corrupt_turns_one_bit_over, corrupt_after_the_checksum, delay_keeps_the_order,
		delay_in_a_range, rate_spaces_frames, rate_and_delay_add_up, limit_drops_what_comes_then,
		many_at_once, reorder_lets_the_next_pass, reorder_gives_up_waiting, reorder_with_delay,
		none_lets_held_frames_go, new_words_begin_anew, destroyed_while_it_holds, down_when_their_time_comes,
		network_side_refuses
	};
	Suite *s = suite_create("fault");
	TCase *t = tcase_create("fault");

	tcase_add_checked_fixture(t, start, stop);
	tcase_add_loop_test(t, words_say_what_was_set, 0, NELEM(good));
	tcase_add_loop_test(t, bad_words_change_nothing, 0, NELEM(bad));
	for (size_t i = 0; i < NELEM(tests); i++)
		tcase_add_test(t, tests[i]);
	tcase_add_loop_test(t, no_buffers_by_dialect, 0, dialects());
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(suite)
