/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The failures kept for `tapctl explain`: see explain.h.  A failure is kept as it came and put into words only when
 * somebody asks, because a program may fail as fast as it can.
 */
#include "see/explain.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

struct failure {
	TAILQ_ENTRY(failure) link;
	struct timespec when;
	uint64_t times;
	struct tap_call call;			/* its pointers: to what follows here, but for sc */
	struct tap_ioctl ioctl;			/* its name is of src/tap's table */
	char device[TAP_IFNAMSIZ];
	uint8_t data[TAP_IOCTL_MAX];		/* an ioctl's, or where a frame begins */
	pid_t pid;
	char program[TRACE_NAME_MAX];
};

/* A unit's failures, or those without a unit. */
struct unit {
	TAILQ_ENTRY(unit) link;
	const struct tap_softc *sc;
	TAILQ_HEAD(failures, failure) failures;	/* newest first */
	unsigned n;
};

struct explain {
	struct tap_observer observer;
	struct tap_driver *drv;
	TAILQ_HEAD(, unit) units;		/* the one that failed last is first; all have failed */
};

/* ------------------------------------------------------------------ keeping */

static struct unit *unit_find(const struct explain *e, const struct tap_softc *sc)
{
	struct unit *u;

	TAILQ_FOREACH(u, &e->units, link)
		if (u->sc == sc)
			return u;
	return NULL;
}

/* The unit's place, in front of the others; NULL: no memory. */
static struct unit *unit_get(struct explain *e, const struct tap_softc *sc)
{
	struct unit *u = unit_find(e, sc);

	if (u != NULL) {
		TAILQ_REMOVE(&e->units, u, link);
	} else {
		u = calloc(1, sizeof(*u));
		if (u == NULL)
			return NULL;
		u->sc = sc;
		TAILQ_INIT(&u->failures);
	}
	TAILQ_INSERT_HEAD(&e->units, u, link);
	return u;
}

static void unit_free(struct explain *e, struct unit *u)
{
	struct failure *f;

	TAILQ_REMOVE(&e->units, u, link);
	while ((f = TAILQ_FIRST(&u->failures)) != NULL) {
		TAILQ_REMOVE(&u->failures, f, link);
		free(f);
	}
	free(u);
}

/* The same thread failing in the same call for the same reason, whatever it passed. */
static bool is_same(const struct failure *f, const struct tap_call *c)
{
	return f->call.kind == c->kind && f->call.why == c->why && f->call.tid == c->tid &&
	       (c->kind != TAP_CALL_IOCTL || f->ioctl.cmd == c->ioctl->cmd) && strcmp(f->device, c->device) == 0;
}

/*
 * Where c is to be kept, taken out of the list: with those like it, or in a new place, or in the oldest's.  NULL: no
 * memory.
 */
static struct failure *place(struct unit *u, const struct tap_call *c)
{
	struct failure *f;

	TAILQ_FOREACH(f, &u->failures, link)
		if (is_same(f, c))
			break;
	if (f == NULL && u->n < EXPLAIN_KEPT) {
		f = calloc(1, sizeof(*f));
		u->n += f != NULL;
		return f;
	}
	if (f == NULL) {
		f = TAILQ_LAST(&u->failures, failures);
		f->times = 0;
	}
	TAILQ_REMOVE(&u->failures, f, link);
	return f;
}

static void fill(struct failure *f, const struct tap_call *c)
{
	clock_gettime(CLOCK_REALTIME, &f->when);
	f->times++;
	f->call = *c;
	str_copy(f->device, sizeof(f->device), c->device);
	f->call.device = f->device;
	if (c->ioctl != NULL) {
		f->ioctl = *c->ioctl;
		f->call.ioctl = &f->ioctl;
	}
	if (c->data != NULL) {
		size_t n = c->ndata < sizeof(f->data) ? c->ndata : sizeof(f->data);

		memcpy(f->data, c->data, c->ioctl != NULL && c->ioctl->by_value ? sizeof(int) : n);
		f->call.data = f->data;
	}
	trace_who(c, &f->pid, f->program);
}

/* That there is nothing to read is how a non-blocking program works, and no failure. */
static void on_call(struct tap_observer *o, const struct tap_call *c)
{
	struct explain *e = (struct explain *)((char *)o - offsetof(struct explain, observer));
	struct unit *u;
	struct failure *f;

	if (c->why == TAP_WHY_READ_EMPTY)
		return;
	u = unit_get(e, c->sc);
	f = u != NULL ? place(u, c) : NULL;
	if (f == NULL)
		return;
	fill(f, c);
	TAILQ_INSERT_HEAD(&u->failures, f, link);
}

static void on_gone(struct tap_observer *o, struct tap_softc *sc)
{
	struct explain *e = (struct explain *)((char *)o - offsetof(struct explain, observer));
	struct unit *u = unit_find(e, sc);

	if (u != NULL)
		unit_free(e, u);
}

struct explain *explain_new(struct tap_driver *drv)
{
	struct explain *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return NULL;
	e->drv = drv;
	e->observer = (struct tap_observer){ .wants = TAP_SEE_FAILURES, .call = on_call, .gone = on_gone };
	TAILQ_INIT(&e->units);
	tap_observe(drv, &e->observer);
	return e;
}

void explain_free(struct explain *e)
{
	if (e == NULL)
		return;
	tap_unobserve(e->drv, &e->observer);
	while (!TAILQ_EMPTY(&e->units))
		unit_free(e, TAILQ_FIRST(&e->units));
	free(e);
}

/* ------------------------------------------------------------------ telling */

static void tell(const struct failure *f, struct explain_item *i)
{
	*i = (struct explain_item){ .when = f->when, .times = f->times, .pid = f->pid, .why = f->call.why };
	memcpy(i->device, f->device, sizeof(i->device));
	memcpy(i->program, f->program, sizeof(i->program));
	trace_call(&f->call, i->call, sizeof(i->call));
	trace_frame(&f->call, i->frame, sizeof(i->frame));
	trace_why(&f->call, i->text, sizeof(i->text));
}

void explain_each(const struct explain *e, const struct tap_softc *sc,
    void (*fn)(void *arg, const struct explain_item *i), void *arg)
{
	const struct unit *u = e != NULL ? unit_find(e, sc) : NULL;
	const struct failure *f;
	struct explain_item i;

	if (u == NULL)
		return;
	TAILQ_FOREACH(f, &u->failures, link) {
		tell(f, &i);
		fn(arg, &i);
	}
}
