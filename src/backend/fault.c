/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fault injection: see fault.h.  A struct tap_shim_ops in the way of a unit's frames; it knows nothing of backends.
 *
 * Chance is a function of the seed, the direction, the frame's number and the word, not a stream that is drawn from: so
 * the fate of a frame depends neither on time, nor on what goes the other way, nor on which other words are set.
 *
 * A frame takes three steps, each only where a word asks for it: it is refused, dropped, damaged or doubled when it
 * arrives; it stands in line until its time has come (rate, delay); and then it may stand back (reorder) until the
 * next one has passed.
 */
#include "backend/fault.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "backend/gso.h"
#include "base/util.h"

#define PERCENT		UINT64_C(1000000)	/* chances are counted in millionths of a percent */
#define SECOND		UINT64_C(1000000000)	/* ns */
#define LIMIT_DEFAULT	1000			/* frames held: netem's */
#define LIMIT_MAX	10000
#define STAND_BACK	(10 * LOOP_MS)		/* how long a frame waits for another one to pass it */
#define TURN		64			/* frames let go before others have a turn */

/* ------------------------------------------------------------------ the words */

struct unit {
	const char *name;
	uint64_t size;		/* a power of ten */
};

struct fault_kind {
	const struct unit *units;	/* largest first; ends with name == NULL */
	uint64_t max;
	const char *expected;
	bool spread;			/* +-VALUE may follow, kept in the place SPREAD */
};

static const struct unit percents[] = { { "%", PERCENT }, { 0 } };
static const struct unit times[] = { { "s", SECOND }, { "ms", SECOND / 1000 }, { "us", SECOND / 1000000 }, { 0 } };
static const struct unit rates[] = { { "gbit", 1000000000 }, { "mbit", 1000000 }, { "kbit", 1000 }, { "", 1 },
	{ "bit", 1 }, { 0 } };
static const struct unit numbers[] = { { "", 1 }, { 0 } };

static const struct fault_kind chance = { percents, 100 * PERCENT, "a percentage from 0% to 100%" };
static const struct fault_kind delay = { times, 3600 * SECOND, "a time up to 3600s, such as 5ms or 5ms+-2ms", true };
static const struct fault_kind rate = { rates, UINT64_C(1000000000000),
	"a rate up to 1000gbit, such as 64kbit or 10mbit" };
static const struct fault_kind limit = { numbers, LIMIT_MAX, "a number of frames up to 10000" };
static const struct fault_kind seed = { numbers, UINT32_MAX, "a number up to 4294967295" };

/*
 * Rows of the table, and places of their values.  Chance decides by these numbers too, so they are for ever: new ones
 * go in front of SPREAD.
 */
enum { DROP, DUP, REORDER, CORRUPT, REFUSE, DELAY, RATE, LIMIT, SEED, SPREAD, NVALUES };
enum { DRAW_LATE = 30, DRAW_BIT, DRAWS };	/* what else chance decides; decisions a frame has room for */

const struct fault_word fault_word_table[] = {
	[DROP] = { "drop", "P%", "lose frames", &chance },
	[DUP] = { "dup", "P%", "pass frames on twice", &chance },
	[REORDER] = { "reorder", "P%", "hold frames back until the next one has passed, or 10 ms", &chance },
	[CORRUPT] = { "corrupt", "P%", "turn over one bit of the frame", &chance },
	[REFUSE] = { "enobufs", "P%", "have writes find no buffer space (in only)", &chance },
	[DELAY] = { "delay", "T[+-T]", "pass frames on later, by a time or by a range; a range may reorder", &delay },
	[RATE] = { "rate", "N[kbit|mbit|gbit]", "pass frames on as a line of so many bits a second does", &rate },
	[LIMIT] = { "limit", "N", "hold at most so many frames (1000) and drop what comes then", &limit },
	[SEED] = { "seed", "N", "make the same happen to the same frames again", &seed },
	{ 0 },
};

enum { IN, OUT, NDIRS };
static const char *const dir_names[] = { "in", "out" };

/* What the words say, for each direction. */
struct setting {
	uint64_t v[NVALUES];
};

/* A number with its unit, up to the sign that take_spread() takes, or the end. */
static bool parse_value(const char **s, const struct fault_kind *k, uint64_t *value)
{
	const char *p = *s, *name = p + strspn(p, "0123456789.");
	size_t len = strcspn(name, "+\xc2");
	const struct unit *u = k->units;
	uint64_t v = 0;

	while (u->name != NULL && (strlen(u->name) != len || strncmp(u->name, name, len) != 0))
		u++;
	if (u->name == NULL || !isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p) && v <= k->max; p++)
		v = v * 10 + (uint64_t)(*p - '0') * u->size;
	if (*p == '.')
		p++;
	for (uint64_t place = u->size / 10; isdigit((unsigned char)*p) && place > 0; place /= 10, p++)
		v += (uint64_t)(*p - '0') * place;
	*s = name + len;
	*value = v;
	return p == name && v <= k->max;
}

/* "+-" as ASCII has it, or as UTF-8 does. */
static bool take_spread(const char **s)
{
	bool is = strncmp(*s, "+-", 2) == 0 || strncmp(*s, "\xc2\xb1", 2) == 0;

	*s += is ? 2 : 0;
	return is;
}

/* The row whose name stands before the word's '=', and in *value what stands after it; or NULL. */
static const struct fault_word *find_word(const char *word, const char **value)
{
	size_t len = strcspn(word, "=");

	*value = word + len + (word[len] == '=');
	for (const struct fault_word *w = fault_word_table; w->name != NULL; w++)
		if (strlen(w->name) == len && strncmp(w->name, word, len) == 0)
			return w;
	return NULL;
}

/* As printf, behind what is there. */
static void __attribute__((format(printf, 3, 4))) add(char *text, size_t size, const char *fmt, ...)
{
	size_t n = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + n, size - n, fmt, ap);
	va_end(ap);
}

static int unknown_word(const char *word, char *why, size_t size)
{
	str_format(why, size, "%.64s: expected", word);
	for (const struct fault_word *w = fault_word_table; w->name != NULL; w++)
		add(why, size, " %s=%s,", w->name, w->args);
	add(why, size, " in, out, or none alone");
	return -EINVAL;
}

static int parse_word(const char *word, unsigned dirs, struct setting s[NDIRS], char *why, size_t size)
{
	const char *value;
	const struct fault_word *w = find_word(word, &value);
	uint64_t v, spread = 0;
	size_t i = w != NULL ? (size_t)(w - fault_word_table) : 0;

	if (w == NULL)
		return unknown_word(word, why, size);
	if (i == REFUSE && dirs == 1u << OUT) {
		str_format(why, size, "%.64s: reads need no buffer; it is for in only", word);
		return -EINVAL;
	}
	if (!parse_value(&value, w->kind, &v) ||
	    (w->kind->spread && take_spread(&value) && !parse_value(&value, w->kind, &spread)) || *value != '\0' ||
	    spread > v) {		/* nothing is passed on before it came */
		str_format(why, size, "%.64s: expected %s", word, w->kind->expected);
		return -EINVAL;
	}
	for (int dir = 0; dir < NDIRS; dir++)
		if (i == SEED || (dirs & 1u << dir)) {
			s[dir].v[i] = v;
			if (w->kind->spread)
				s[dir].v[SPREAD] = spread;
		}
	return 0;
}

static bool is_idle(const struct setting *s)
{
	for (int i = 0; i < NVALUES; i++)
		if (s->v[i] != 0 && i != LIMIT && i != SEED)
			return false;
	return true;
}

/* 1: the words say none. */
static int parse_words(const char *const *words, size_t n, struct setting s[NDIRS], char *why, size_t size)
{
	unsigned dirs = 1u << IN | 1u << OUT;
	int err = 0;

	if (n == 1 && strcmp(words[0], "none") == 0)
		return 1;
	for (size_t i = 0; i < n && err == 0; i++) {
		if (strcmp(words[i], "in") == 0)
			dirs = 1u << IN;
		else if (strcmp(words[i], "out") == 0)
			dirs = 1u << OUT;
		else
			err = parse_word(words[i], dirs, s, why, size);
	}
	if (err == 0 && is_idle(&s[IN]) && is_idle(&s[OUT])) {
		str_format(why, size, "nothing would happen; say what, as in drop=1%%, or none to end it");
		err = -EINVAL;
	}
	return err;
}

/* As few digits as say it exactly. */
static void add_value(char *text, size_t size, const struct fault_kind *k, uint64_t v)
{
	const struct unit *u = k->units;
	char fraction[24] = "";

	while (u->size > v && u[1].name != NULL && u[1].size < u->size)
		u++;
	if (v % u->size != 0) {
		/* The unit's size is a power of ten: added, it keeps the zeros in front, and its 1 becomes the point. */
		str_format(fraction, sizeof(fraction), "%llu", (unsigned long long)(u->size + v % u->size));
		fraction[0] = '.';
		for (char *end = fraction + strlen(fraction); end[-1] == '0'; end--)
			end[-1] = '\0';
	}
	add(text, size, "%llu%s%s", (unsigned long long)(v / u->size), fraction, u->name);
}

static void add_word(char *text, size_t size, const struct setting *s, size_t i)
{
	const struct fault_word *w = &fault_word_table[i];

	add(text, size, "%s%s=", text[0] != '\0' ? " " : "", w->name);
	add_value(text, size, w->kind, s->v[i]);
	if (w->kind->spread && s->v[SPREAD] != 0) {
		add(text, size, "+-");
		add_value(text, size, w->kind, s->v[SPREAD]);
	}
}

static bool is_same(const struct setting s[NDIRS], size_t i)
{
	return s[IN].v[i] == s[OUT].v[i] && (i != DELAY || s[IN].v[SPREAD] == s[OUT].v[SPREAD]);
}

static bool is_default(const struct setting *s, size_t i)
{
	return s->v[i] == (i == LIMIT ? LIMIT_DEFAULT : 0) && i != SEED && (i != DELAY || s->v[SPREAD] == 0);
}

static void describe(const struct setting s[NDIRS], char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; fault_word_table[i].name != NULL; i++)
		if (is_same(s, i) && !is_default(&s[IN], i))
			add_word(text, size, &s[IN], i);
	for (int dir = 0; dir < NDIRS; dir++) {
		bool named = false;

		for (size_t i = 0; fault_word_table[i].name != NULL; i++) {
			if (is_same(s, i) || is_default(&s[dir], i))
				continue;
			if (!named)
				add(text, size, " %s", dir_names[dir]);
			named = true;
			add_word(text, size, &s[dir], i);
		}
	}
}

/* ------------------------------------------------------------------ one direction of a unit */

/* X(name, in only, help) */
#define STATS(X) \
	X(frames, false, "frames that came") \
	X(dropped, false, "frames lost") \
	X(duplicated, false, "frames passed on twice") \
	X(reordered, false, "frames held back for the next one") \
	X(delayed, false, "frames that had to wait their time") \
	X(corrupted, false, "frames of which a bit was turned over") \
	X(refused, true, "writes that found no buffer space") \
	X(limited, false, "frames lost because too many were held, or for want of memory") \
	X(lost, true, "frames whose interface was down, or did not take them, when their time had come") \
	X(passed, false, "frames that went on; those that did not and are not counted as lost are held")

struct stats {
#define X(name, in_only, help) uint64_t name;
	STATS(X)
#undef X
};

static const struct {
	const char *name, *help;
	bool in_only;
	size_t offset;
} stat_table[] = {
#define X(name, in_only, help) { #name, help, in_only, offsetof(struct stats, name) },
	STATS(X)
#undef X
};

struct held {
	TAILQ_ENTRY(held) link;
	uint64_t due;			/* ns, as loop_now() */
	bool reorder;
	size_t len;
	uint8_t vnet[TAP_VNET_LEN];
	uint8_t frame[];
};
TAILQ_HEAD(held_list, held);

struct way {
	struct fault *f;
	bool input;
	struct setting set;
	uint64_t start;			/* of its draws */
	uint64_t idle;			/* when a line of that rate has nothing more to send; ns */
	struct held_list line;		/* by due; those of the same time as they came */
	struct held_list back;		/* waiting for another frame to pass them; likewise */
	unsigned held;			/* frames in both */
	struct loop_timer timer;	/* set whenever something is in either */
	struct stats count;
};

struct fault {
	struct tap_softc *sc;
	struct loop *loop;
	struct way way[NDIRS];
};

/* Spreads neighbouring numbers over all 64 bits: the finalizer of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* 0 to n - 1: what chance says of the frame that came last, in the matter `what`. */
static uint64_t draw(const struct way *w, unsigned what, uint64_t n)
{
	return mix(w->start + (w->count.frames * DRAWS + what) * UINT64_C(0x9e3779b97f4a7c15)) % n;
}

static bool happens(const struct way *w, unsigned what)
{
	return draw(w, what, 100 * PERCENT) < w->set.v[what];
}

static void drop(struct way *w, uint64_t *counter, const void *frame, size_t len)
{
	++*counter;
	tap_shim_drop(w->f->sc, w->input, frame, len);
}

static int pass_one(struct way *w, const uint8_t *vnet, const void *frame, size_t len)
{
	int err = 0;

	if (w->input)
		err = tap_shim_input(w->f->sc, vnet, frame, len);
	else
		tap_shim_output(w->f->sc, vnet, frame, len);
	w->count.passed += err == 0;
	return err;
}

/* Consumes h, which is in the list. */
static void pass_held(struct way *w, struct held_list *list, struct held *h)
{
	TAILQ_REMOVE(list, h, link);
	w->held--;
	if (pass_one(w, h->vnet, h->frame, h->len) != 0)
		drop(w, &w->count.lost, h->frame, h->len);	/* its write was answered long ago */
	free(h);
}

static void pass_back(struct way *w)
{
	struct held *h;

	while ((h = TAILQ_FIRST(&w->back)) != NULL)
		pass_held(w, &w->back, h);
}

static void on_timer(void *arg);

static void set_timer(struct way *w)
{
	const struct held *line = TAILQ_FIRST(&w->line), *back = TAILQ_FIRST(&w->back);
	uint64_t now = loop_now(), due = UINT64_MAX;

	if (line != NULL)
		due = line->due;
	if (back != NULL && back->due < due)
		due = back->due;
	if (due == UINT64_MAX)
		loop_timer_del(w->f->loop, &w->timer);
	else
		loop_timer_set(w->f->loop, &w->timer, due > now ? due - now : 0, on_timer, w);
}

static void stand_back(struct way *w, struct held *h)
{
	h->due = loop_now() + STAND_BACK;
	TAILQ_INSERT_TAIL(&w->back, h, link);
}

/* h is the first in line, and its time has come. */
static void leave_line(struct way *w, struct held *h)
{
	if (h->reorder) {
		TAILQ_REMOVE(&w->line, h, link);
		stand_back(w, h);
		return;
	}
	pass_held(w, &w->line, h);
	pass_back(w);
}

static void on_timer(void *arg)
{
	struct way *w = arg;
	uint64_t now = loop_now();
	struct held *h;

	for (int i = 0; i < TURN; i++) {
		if ((h = TAILQ_FIRST(&w->line)) != NULL && h->due <= now)
			leave_line(w, h);
		else if ((h = TAILQ_FIRST(&w->back)) != NULL && h->due <= now)
			pass_held(w, &w->back, h);
		else
			break;
	}
	set_timer(w);
}

/* When a frame of len bytes that came now is to go on; ns. */
static uint64_t due_time(struct way *w, size_t len)
{
	const uint64_t *v = w->set.v;
	uint64_t now = loop_now(), due = now, late;

	if (v[RATE] != 0) {
		w->idle = (w->idle > now ? w->idle : now) + len * 8 * SECOND / v[RATE];
		due = w->idle;
	}
	late = v[DELAY] + draw(w, DRAW_LATE, 2 * v[SPREAD] + 1);
	return due + (late > v[SPREAD] ? late - v[SPREAD] : 0);
}

static void stand_in_line(struct way *w, struct held *h)
{
	struct held *before = TAILQ_LAST(&w->line, held_list);

	h->due = due_time(w, h->len);
	w->count.delayed++;
	while (before != NULL && before->due > h->due)
		before = TAILQ_PREV(before, held_list, link);
	if (before != NULL)
		TAILQ_INSERT_AFTER(&w->line, before, h, link);
	else
		TAILQ_INSERT_HEAD(&w->line, h, link);
}

static int hold(struct way *w, const uint8_t *vnet, const void *frame, size_t len, bool line, bool reorder)
{
	struct held *h = w->held < w->set.v[LIMIT] ? malloc(sizeof(*h) + len) : NULL;

	if (h == NULL) {
		drop(w, &w->count.limited, frame, len);
		return 0;
	}
	h->reorder = reorder;
	h->len = len;
	memcpy(h->vnet, vnet, TAP_VNET_LEN);
	memcpy(h->frame, frame, len);
	w->held++;
	w->count.reordered += reorder;
	if (line)
		stand_in_line(w, h);
	else
		stand_back(w, h);
	if (TAILQ_FIRST(&w->line) == h || TAILQ_FIRST(&w->back) == h)
		set_timer(w);
	return 0;
}

/* Where nothing holds frames the network side's answer comes back at once. */
static int send_one(struct way *w, const uint8_t *vnet, const void *frame, size_t len)
{
	bool line = w->set.v[DELAY] != 0 || w->set.v[SPREAD] != 0 || w->set.v[RATE] != 0;
	bool reorder = happens(w, REORDER);
	int err;

	if (line || reorder)
		return hold(w, vnet, frame, len, line, reorder);
	err = pass_one(w, vnet, frame, len);
	pass_back(w);
	return err;
}

static int send(struct way *w, const uint8_t *vnet, const void *frame, size_t len)
{
	if (happens(w, DUP)) {
		w->count.duplicated++;
		send_one(w, vnet, frame, len);
	}
	return send_one(w, vnet, frame, len);
}

/*
 * Damage is to be found at the other end: what is left to do for the frame is done before it, for a checksum that is
 * made afterwards would be right.
 */
struct damage {
	struct way *w;
	bool done;
	int result;
};

/* A copy with one bit turned over, to be freed; NULL: no memory. */
static void *damaged_copy(const struct way *w, const void *frame, size_t len)
{
	uint64_t bit = draw(w, DRAW_BIT, len * 8);
	uint8_t *copy = malloc(len);

	if (copy != NULL) {
		memcpy(copy, frame, len);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	return copy;
}

/* One of the complete frames that came of it; the first is damaged. */
static void send_piece(void *arg, const void *frame, size_t len)
{
	static const uint8_t no_vnet[TAP_VNET_LEN];
	struct damage *d = arg;
	void *copy = NULL;

	if (!d->done && (copy = damaged_copy(d->w, frame, len)) == NULL)
		drop(d->w, &d->w->count.limited, frame, len);
	else
		d->result = send(d->w, no_vnet, copy != NULL ? copy : frame, len);
	d->done = true;
	free(copy);
}

/* A frame that its header does not fit is damaged as it is. */
static int send_corrupted(struct way *w, const uint8_t *vnet, const void *frame, size_t len)
{
	struct damage d = { .w = w };

	w->count.corrupted++;
	if (gso_finish(vnet, frame, len, send_piece, &d) != 0)
		send_piece(&d, frame, len);
	return d.result;
}

static int arrive(struct way *w, const uint8_t *vnet, const void *frame, size_t len)
{
	w->count.frames++;
	if (w->input && happens(w, REFUSE)) {
		w->count.refused++;
		return tap_shim_refuse(w->f->sc);
	}
	if (happens(w, DROP)) {
		drop(w, &w->count.dropped, frame, len);
		return 0;
	}
	if (happens(w, CORRUPT))
		return send_corrupted(w, vnet, frame, len);
	return send(w, vnet, frame, len);
}

/* ------------------------------------------------------------------ a unit */

static int fault_input(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	struct fault *f = sc->shim;

	return arrive(&f->way[IN], vnet, frame, len);
}

static void fault_output(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	struct fault *f = sc->shim;

	arrive(&f->way[OUT], vnet, frame, len);
}

static void fault_each_stat(struct tap_softc *sc, tap_stat_fn *fn, void *arg)
{
	const struct fault *f = sc->shim;
	char name[32];
	uint64_t v;

	for (int dir = 0; dir < NDIRS; dir++)
		for (size_t i = 0; i < NELEM(stat_table); i++) {
			if (dir != IN && stat_table[i].in_only)
				continue;
			str_format(name, sizeof(name), "%s_%s", dir_names[dir], stat_table[i].name);
			memcpy(&v, (const char *)&f->way[dir].count + stat_table[i].offset, sizeof(v));
			fn(arg, name, v, stat_table[i].help);
		}
}

static void forget(struct held_list *list)
{
	struct held *h;

	while ((h = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, h, link);
		free(h);
	}
}

static void fault_detach(struct tap_softc *sc)
{
	struct fault *f = sc->shim;

	for (int dir = 0; dir < NDIRS; dir++) {
		loop_timer_del(f->loop, &f->way[dir].timer);
		forget(&f->way[dir].line);
		forget(&f->way[dir].back);
	}
	free(f);
}

static const struct tap_shim_ops fault_ops = {
	.input = fault_input,
	.output = fault_output,
	.each_stat = fault_each_stat,
	.detach = fault_detach,
};

/* What is held goes on. */
static void let_go(struct way *w)
{
	struct held *h;

	while ((h = TAILQ_FIRST(&w->line)) != NULL)
		leave_line(w, h);
	pass_back(w);
}

static void fault_end(struct tap_softc *sc)
{
	struct fault *f = sc->shim;

	if (sc->shim_ops != &fault_ops)
		return;
	let_go(&f->way[IN]);		/* which may come back as output at once */
	let_go(&f->way[OUT]);
	tap_shim_set(sc, NULL, NULL);
}

/* A seed that nobody gave is short, so that it can be given again. */
static uint64_t any_seed(void)
{
	uint32_t r;

	return getrandom(&r, sizeof(r), 0) == sizeof(r) ? r : (uint32_t)loop_now();
}

static void way_init(struct way *w, struct fault *f, bool input, const struct setting *s)
{
	w->f = f;
	w->input = input;
	w->set = *s;
	w->start = mix(s->v[SEED] * 2 + !input);
	TAILQ_INIT(&w->line);
	TAILQ_INIT(&w->back);
}

#define SEED_ANY UINT64_MAX	/* not a value that a word has */
static const struct setting nothing = { { [LIMIT] = LIMIT_DEFAULT, [SEED] = SEED_ANY } };

int fault_check(const char *const *words, size_t n, char *why, size_t size)
{
	struct setting s[NDIRS] = { nothing, nothing };
	int err = parse_words(words, n, s, why, size);

	return err < 0 ? err : 0;
}

int fault_set(struct tap_softc *sc, struct loop *l, const char *const *words, size_t n, char *why, size_t size)
{
	struct setting s[NDIRS] = { nothing, nothing };
	int err = parse_words(words, n, s, why, size);
	struct fault *f;

	if (err < 0)
		return err;
	f = err == 0 ? calloc(1, sizeof(*f)) : NULL;
	if (err == 0 && f == NULL) {
		str_format(why, size, "out of memory");
		return -ENOMEM;
	}
	fault_end(sc);
	if (f == NULL)
		return 0;
	if (s[IN].v[SEED] == SEED_ANY)
		s[IN].v[SEED] = s[OUT].v[SEED] = any_seed();
	f->sc = sc;
	f->loop = l;
	for (int dir = 0; dir < NDIRS; dir++)
		way_init(&f->way[dir], f, dir == IN, &s[dir]);
	tap_shim_set(sc, &fault_ops, f);
	return 0;
}

void fault_describe(const struct tap_softc *sc, char *text, size_t size)
{
	const struct fault *f = sc->shim;

	text[0] = '\0';
	if (sc->shim_ops == &fault_ops)
		describe((struct setting[]){ f->way[IN].set, f->way[OUT].set }, text, size);
}
