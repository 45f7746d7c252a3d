/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs that try a program: fault, and inject, which plays the network side.  verbs.c has their rows. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backend/fault.h"
#include "backend/wire.h"
#include "base/util.h"
#include "ctl/command.h"

/* ------------------------------------------------------------------ fault */

/* Takes everything up to the next verb. */
int ctl_parse_fault(struct ctl_parser *p, struct ctl_step *s)
{
	char why[256];

	s->words = p->words + p->i;
	while (p->i < p->n && ctl_verb_find(p->words[p->i], CTL_ON_UNIT) == NULL) {
		p->i++;
		s->nwords++;
	}
	if (fault_check(s->words, s->nwords, why, sizeof(why)) < 0)
		return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "%.64s: fault: %s", p->words[0], why);
	return 0;
}

int ctl_run_fault(struct ctl_run *r, const struct ctl_step *s)
{
	char why[256] = "";
	int err = fault_set(r->sc, r->env->loop, s->words, s->nwords, why, sizeof(why));

	return err < 0 ? ctl_error_set(&r->error, -err, EXIT_FAIL, "%s: fault: %s", r->name, why) : 0;
}

/* ------------------------------------------------------------------ inject */

static int hex_digit(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	return isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : -1;
}

static int bad_hex(const char *s, const char *at, bool second, char *why, size_t size)
{
	if (*at == '\0')
		str_format(why, size, "the last byte has only one digit");
	else
		str_format(why, size, "'%c' at position %zu: expected %s", *at, (size_t)(at - s) + 1,
		    second ? "the second hexadecimal digit of a byte" :
		    "hexadecimal digits; for a file: tapctl inject NAME FILE");
	return -EINVAL;
}

/*
 * A frame of two hexadecimal digits a byte; blanks, newlines, ':' and '-' may stand between bytes.  Its length, or
 * -EINVAL and why.
 */
static int parse_frame(const char *s, uint8_t frame[WIRE_FRAME_MAX], char *why, size_t size)
{
	size_t n = 0;
	const char *p;

	for (p = s; *(p += strspn(p, " \t\r\n:-")) != '\0'; p += 2) {
		int high = hex_digit(p[0]), low = high < 0 ? -1 : hex_digit(p[1]);

		if (low < 0)
			return bad_hex(s, high < 0 ? p : p + 1, high >= 0, why, size);
		if (n < WIRE_FRAME_MAX)
			frame[n] = (uint8_t)(high << 4 | low);
		n++;
	}
	if (n < TAP_HDRLEN)
		str_format(why, size, "%zu bytes: shorter than an Ethernet header of %d", n, TAP_HDRLEN);
	else if (n > WIRE_FRAME_MAX)
		str_format(why, size, "%zu bytes: longer than %d", n, WIRE_FRAME_MAX);
	else
		return (int)n;
	return -EINVAL;
}

static uint8_t frame[WIRE_FRAME_MAX];	/* of the command under way */

int ctl_parse_inject(struct ctl_parser *p, struct ctl_step *s)
{
	char why[128];

	s->word = p->words[p->i++];
	if (parse_frame(s->word, frame, why, sizeof(why)) < 0)
		return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "%.64s: inject: %s", p->words[0], why);
	return 0;
}

/* What becomes of one frame. */
struct watch {
	struct tap_observer o;
	const struct tap_softc *sc;
	bool seen;
	const char *dropped;		/* as tap_seen's */
};

static void watch_frame(struct tap_observer *o, const struct tap_seen *seen)
{
	struct watch *w = (struct watch *)o;

	if (seen->sc != w->sc || seen->input || w->seen)
		return;			/* after it, one may come that waited for it */
	w->seen = true;
	w->dropped = seen->dropped;
}

/* Why frames go into these counters; "%s" is the interface's name. */
static const struct {
	const char *counter, *text;
} reasons[] = {
	{ "oerrors", "nobody has %s open" },
	{ "opackets", "nobody has %s open" },	/* where the system counts it so */
	{ "oqdrops", "the queue of %s is full" },
	{ "oflushed", "%s is down" },
	{ "onomem", "tapd has no memory for it" },
	{ "ofault", "fault injection lost it" },
};

static json_t *describe_drop(const char *counter, const char *name)
{
	char text[128] = "dropped: ";

	for (size_t i = 0; i < NELEM(reasons); i++)
		if (strcmp(reasons[i].counter, counter) == 0)
			str_format(text + strlen(text), sizeof(text) - strlen(text), reasons[i].text, name);
	str_format(text + strlen(text), sizeof(text) - strlen(text), " (%s)", counter);
	return json_pack("{s:s, s:s, s:s}", "result", "dropped", "counter", counter, "text", text);
}

/* Put the frame in and tell what became of it: as JSON, a new reference or NULL. */
static json_t *inject(struct tap_softc *sc, const char *name, size_t len)
{
	struct watch w = { .o = { .wants = TAP_SEE_FRAMES, .frame = watch_frame }, .sc = sc };
	uint64_t lost = sc->count.ofault;
	unsigned queued = sc->ifq_len;
	const char *result;

	tap_observe(sc->drv, &w.o);
	tap_if_output(sc, frame, len);
	tap_unobserve(sc->drv, &w.o);
	if (w.dropped != NULL)
		return describe_drop(w.dropped, name);
	if (!w.seen && sc->count.ofault != lost)
		return describe_drop("ofault", name);
	result = !w.seen ? "held" : sc->ifq_len > queued ? "queued" : "delivered";
	return json_pack("{s:s, s:n, s:s}", "result", result, "counter", "text",
	    w.seen ? result : "held by fault injection");
}

int ctl_run_inject(struct ctl_run *r, const struct ctl_step *s)
{
	json_t *list = json_object_get(r->reply, "injected");
	char why[128];
	int len = parse_frame(s->word, frame, why, sizeof(why));

	tap_unit_refresh(r->sc);
	if (r->sc->gone)
		return -ENXIO;
	if (list == NULL) {
		list = json_array();
		json_object_set_new(r->reply, "injected", list);
	}
	return json_array_append_new(list, inject(r->sc, r->name, (size_t)len)) < 0 ? -ENOMEM : 0;
}
