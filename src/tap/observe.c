/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who looks on (trace, explain, record) and who stands in the way (fault injection).  Nobody is there usually, and then
 * all of this costs a look at one word.
 */
#include <errno.h>
#include <string.h>

#include "tap/softc.h"

/* ------------------------------------------------------------------ looking on */

static void update_seen(struct tap_driver *drv)
{
	struct tap_observer *o;

	drv->seen = 0;
	TAILQ_FOREACH(o, &drv->observers, link)
		drv->seen |= o->wants;
}

void tap_observe(struct tap_driver *drv, struct tap_observer *o)
{
	TAILQ_INSERT_TAIL(&drv->observers, o, link);
	update_seen(drv);
}

void tap_unobserve(struct tap_driver *drv, struct tap_observer *o)
{
	TAILQ_REMOVE(&drv->observers, o, link);
	update_seen(drv);
}

void tap_see_call(struct tap_driver *drv, const struct tap_call *c)
{
	struct tap_observer *o;

	if (!(drv->seen & TAP_SEE_CALLS) && (c->why == TAP_WHY_NONE || !(drv->seen & TAP_SEE_FAILURES)))
		return;
	TAILQ_FOREACH(o, &drv->observers, link)
		if ((o->wants & TAP_SEE_CALLS) || (c->why != TAP_WHY_NONE && (o->wants & TAP_SEE_FAILURES)))
			o->call(o, c);
}

void tap_read_done(struct tap_read *r, int err, const void *data, size_t n, enum tap_why why)
{
	struct tap_file *f = r->file;

	if (tap_is_seen(f->drv, why))
		tap_see_call(f->drv, &(struct tap_call){ .kind = TAP_CALL_READ, .sc = f->sc, .device = f->device,
		    .tid = r->tid, .len = r->len, .data = data, .ndata = n, .result = err != 0 ? err : (long)n, .why = why });
	r->done(r, err, data, n);
}

void tap_see_frame(struct tap_softc *sc, bool input, const uint8_t *vnet, const void *frame, size_t len, const char *dropped)
{
	const struct tap_seen seen = { sc, input, vnet, frame, len, dropped };
	struct tap_observer *o;

	if (!(sc->drv->seen & TAP_SEE_FRAMES))
		return;
	TAILQ_FOREACH(o, &sc->drv->observers, link)
		if (o->wants & TAP_SEE_FRAMES)
			o->frame(o, &seen);
}

void tap_see_gone(struct tap_softc *sc)
{
	struct tap_observer *o, *next;

	for (o = TAILQ_FIRST(&sc->drv->observers); o != NULL; o = next) {
		next = TAILQ_NEXT(o, link);	/* it may go with the unit */
		if (o->gone != NULL)
			o->gone(o, sc);
	}
}

const char *tap_why_counter(enum tap_why why)
{
	static const char *const counters[TAP_WHY_COUNT] = {
		[TAP_WHY_WRITE_DOWN] = "idown",
		[TAP_WHY_WRITE_AWAY] = "iaway",
		[TAP_WHY_WRITE_FILTERED] = "ifiltered",
		[TAP_WHY_WRITE_SHORT] = "ishort",
		[TAP_WHY_WRITE_BIG] = "ibig",
		[TAP_WHY_WRITE_TORN] = "itorn",
		[TAP_WHY_WRITE_GONE] = "igone",
		[TAP_WHY_WRITE_VNET] = "ivnet",
		[TAP_WHY_WRITE_FAULT] = "ifault",
		[TAP_WHY_WRITE_REFUSED] = "ierrors",
		[TAP_WHY_WRITE_NOBUFS] = "ierrors",
		[TAP_WHY_WRITE_FAILED] = "ierrors",
	};

	return counters[why];
}

/* ------------------------------------------------------------------ standing in the way */

int tap_net_input(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	if (sc->shim_ops != NULL)
		return sc->shim_ops->input(sc, vnet != NULL ? vnet : tap_no_vnet, frame, len);
	return tap_shim_input(sc, vnet, frame, len);
}

int tap_shim_input(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	if (sc->gone)
		return -ENXIO;
	if (!(sc->flags & TAP_IFF_UP))
		return -ENETDOWN;
	if (vnet == NULL || sc->net_ops->input_vnet == NULL)
		return sc->net_ops->input(sc, frame, len);
	return sc->net_ops->input_vnet(sc, vnet, frame, len);
}

void tap_shim_drop(struct tap_softc *sc, bool input, const void *frame, size_t len)
{
	if (input) {
		sc->count.ifault++;
		tap_because(sc->drv, TAP_WHY_WRITE_FAULT, 0);
		return;
	}
	sc->count.ofault++;
	tap_see_frame(sc, false, NULL, frame, len, "ofault");
}

int tap_shim_refuse(struct tap_softc *sc)
{
	return tap_because(sc->drv, TAP_WHY_WRITE_REFUSED, -ENOBUFS);
}

void tap_shim_set(struct tap_softc *sc, const struct tap_shim_ops *ops, void *shim)
{
	if (sc->shim_ops != NULL)
		sc->shim_ops->detach(sc);
	sc->shim_ops = ops;
	sc->shim = shim;
}
