/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the host to the program: the frame queue, the sleeping readers, and what the backend tells about the interface.
 *
 * A frame goes straight to the oldest sleeping reader; it is copied into the queue only when nobody waits.  So there are
 * never frames in the queue and readers asleep at once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tap/softc.h"

const uint8_t tap_no_vnet[TAP_VNET_LEN];

static struct tap_frame *frame_new(const uint8_t *vnet, const void *data, size_t len)
{
	struct tap_frame *fr = malloc(sizeof(*fr) + TAP_VNET_MAX + len);

	if (fr == NULL)
		return NULL;
	fr->len = len;
	memset(fr->data, 0, TAP_VNET_MAX);
	memcpy(fr->data, vnet, TAP_VNET_LEN);
	memcpy(fr->data + TAP_VNET_MAX, data, len);
	return fr;
}

/* What read(2) gives of fr, n bytes: the header, moved up to the frame, where the program wants one (RD-17). */
static const uint8_t *frame_start(const struct tap_softc *sc, struct tap_frame *fr, size_t *n)
{
	uint8_t *start = fr->data + TAP_VNET_MAX - sc->vnet_len;

	if (sc->vnet_len == TAP_VNET_LEN)
		memmove(start, fr->data, TAP_VNET_LEN);
	*n = sc->vnet_len + fr->len;
	return start;
}

void tap_cut_drop(struct tap_softc *sc)
{
	free(sc->cut);
	sc->cut = NULL;
}

void tap_ifq_flush(struct tap_softc *sc)
{
	struct tap_frame *fr;

	while ((fr = STAILQ_FIRST(&sc->ifq)) != NULL) {
		STAILQ_REMOVE_HEAD(&sc->ifq, link);
		free(fr);
		sc->count.oflushed++;
	}
	sc->ifq_len = 0;
	tap_cut_drop(sc);
}

static struct tap_read *reader_pop(struct tap_softc *sc)
{
	struct tap_read *r = TAILQ_FIRST(&sc->readers);

	if (r != NULL) {
		TAILQ_REMOVE(&sc->readers, r, link);
		sc->nreaders--;
		r->parked_on = NULL;
	}
	return r;
}

void tap_readers_fail(struct tap_softc *sc, int err)
{
	struct tap_read *r;

	while ((r = reader_pop(sc)) != NULL)
		tap_read_done(r, -err, NULL, 0, TAP_WHY_READ_WOKEN);
}

/*
 * One frame into one read: what does not fit is lost (RD-03), but for the next pieces of the same read(2), should
 * Linux have torn it.
 */
static void deliver(struct tap_softc *sc, struct tap_read *r, const uint8_t *data, size_t len)
{
	size_t n = len < r->len ? len : r->len;

	sc->quiet = false;
	sc->count.opackets += sc->dialect->opackets_at_read;
	tap_cut_drop(sc);		/* an earlier read's, which slept until now */
	if (n < len) {
		sc->count.otruncated++;
		sc->cut = frame_new(tap_no_vnet, data, len);
	}
	tap_read_done(r, 0, data, n, n < len ? TAP_WHY_READ_CUT : TAP_WHY_NONE);
}

bool tap_ifq_deliver(struct tap_softc *sc, struct tap_read *r)
{
	struct tap_frame *fr = STAILQ_FIRST(&sc->ifq);
	const uint8_t *start;
	size_t n;

	if (fr == NULL)
		return false;
	STAILQ_REMOVE_HEAD(&sc->ifq, link);
	sc->ifq_len--;
	start = frame_start(sc, fr, &n);
	deliver(sc, r, start, n);
	free(fr);
	return true;
}

void tap_cut_deliver(struct tap_softc *sc, struct tap_read *r)
{
	struct tap_frame *fr = sc->cut;
	size_t left, n;

	if (fr == NULL || r->off >= fr->len) {
		r->done(r, 0, NULL, 0);
		return;
	}
	left = fr->len - r->off;
	n = left < r->len ? left : r->len;
	if (n == left)
		sc->count.otruncated--;		/* so it was whole after all */
	r->done(r, 0, fr->data + TAP_VNET_MAX + r->off, n);
	if (n == left)
		tap_cut_drop(sc);
}

/* Does omcasts count it?  By the group bit, which the broadcast address has too. */
static bool is_multicast(const struct tap_softc *sc, const uint8_t *frame, size_t len)
{
	static const uint8_t broadcast[TAP_ADDRLEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (len < TAP_ADDRLEN || !(frame[0] & 1))
		return false;
	return !sc->dialect->omcasts_group || memcmp(frame, broadcast, sizeof(broadcast)) != 0;
}

/* Into the queue: NULL; or dropped: the counter's name (QU-02). */
static const char *enqueue(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	struct tap_frame *fr;

	if (sc->ifq_len >= sc->ifq_maxlen) {
		sc->count.oqdrops++;
		return "oqdrops";
	}
	fr = frame_new(vnet, frame, len);
	if (fr == NULL) {
		sc->count.onomem++;
		return "onomem";
	}
	STAILQ_INSERT_TAIL(&sc->ifq, fr, link);
	sc->ifq_len++;
	return NULL;
}

static void count_output(struct tap_softc *sc, const void *frame, size_t len, bool taken)
{
	sc->count.obytes += len;
	sc->count.omcasts += is_multicast(sc, frame, len);
	sc->count.opackets += taken && !sc->dialect->opackets_at_read;
}

void tap_count_unheard(struct tap_softc *sc, uint64_t frames)
{
	if (sc->dialect->opackets_at_read)
		sc->count.opackets += frames;
	else
		sc->count.oerrors += frames * (1 + sc->dialect->oerrors_twice);
}

/* Nobody has the device open: thrown away (QU-03), but a vmnet keeps them for the next opener (QU-07). */
static const char *output_closed(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	const char *dropped = sc->dialect->opackets_at_read ? "opackets" : "oerrors";

	if (sc->node.family == TAP_FAMILY_VMNET) {
		dropped = enqueue(sc, vnet, frame, len);
		if (dropped == NULL)
			count_output(sc, frame, len, true);
		return dropped;
	}
	tap_count_unheard(sc, 1);
	count_output(sc, frame, len, false);
	return dropped;
}

/* QU-10: SIGIO, then pollers, unless they were told and have not read since.  waiting: the frame is in the queue. */
static void announce(struct tap_softc *sc, bool waiting)
{
	if (sc->quiet)
		return;
	sc->quiet = waiting && sc->dialect->quiet_until_read;
	tap_sigio_post(sc);
	if (waiting)
		sc->file->wakeup(sc->file);
}

/* As tap_ifq_deliver(), for a frame that never was in the queue. */
static void deliver_vnet(struct tap_softc *sc, struct tap_read *r, const uint8_t *vnet, const void *frame, size_t len)
{
	struct tap_frame *fr = frame_new(vnet, frame, len);
	const uint8_t *start;
	size_t n;

	if (fr == NULL) {
		sc->count.onomem++;
		tap_read_done(r, -ENOMEM, NULL, 0, TAP_WHY_NOMEM);
		return;
	}
	start = frame_start(sc, fr, &n);
	deliver(sc, r, start, n);
	free(fr);
}

/* The frame goes to the oldest sleeper; where it wakes all, the others find nothing and return 0. */
static void deliver_to_readers(struct tap_softc *sc, struct tap_read *r, const uint8_t *vnet, const void *frame, size_t len)
{
	if (sc->vnet_len == 0)
		deliver(sc, r, frame, len);
	else
		deliver_vnet(sc, r, vnet, frame, len);
	if (!sc->dialect->read_wakes_all)
		return;
	while ((r = reader_pop(sc)) != NULL)
		tap_read_done(r, 0, NULL, 0, TAP_WHY_READ_WOKEN);
}

/* The counter it was dropped into, or NULL. */
static const char *output(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	struct tap_read *r;
	const char *dropped = NULL;

	if (sc->gone || !(sc->flags & TAP_IFF_UP)) {
		sc->count.oflushed++;		/* sent before it went down (QU-08) */
		return "oflushed";
	}
	if (sc->file == NULL)
		return output_closed(sc, vnet, frame, len);
	r = reader_pop(sc);
	if (r == NULL)
		dropped = enqueue(sc, vnet, frame, len);
	if (dropped != NULL)
		return dropped;
	count_output(sc, frame, len, true);
	if (r != NULL)
		deliver_to_readers(sc, r, vnet, frame, len);
	announce(sc, r == NULL);
	return NULL;
}

void tap_shim_output(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	const char *dropped = output(sc, vnet, frame, len);

	tap_see_frame(sc, false, sc->vnet_len != 0 ? vnet : NULL, frame, len, dropped);
}

void tap_if_output_vnet(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	if (sc->shim_ops != NULL)
		sc->shim_ops->output(sc, vnet, frame, len);
	else
		tap_shim_output(sc, vnet, frame, len);
}

void tap_if_output(struct tap_softc *sc, const void *frame, size_t len)
{
	tap_if_output_vnet(sc, tap_no_vnet, frame, len);
}

/* A renamed interface's node keeps its name, and gets a second one where the system gives it that (NA-03). */
void tap_alias_update(struct tap_softc *sc)
{
	const struct tap_world *w = &sc->drv->world;
	bool wanted = sc->dialect->rename_alias && strcmp(sc->if_name, sc->node.name) != 0;

	w->node_alias(w->ctx, tap_unit_node(sc), wanted ? sc->if_name : NULL);
}

void tap_if_update(struct tap_softc *sc, const struct tap_ifstate *st)
{
	bool was_up = sc->flags & TAP_IFF_UP;

	sc->flags &= ~(TAP_IFF_UP | TAP_IFF_PROMISC);
	sc->flags |= (st->up ? TAP_IFF_UP : 0) | (st->promisc ? TAP_IFF_PROMISC : 0);
	if (st->mtu != sc->host_mtu)		/* else TAPSIFINFO's lasts (IO-10, IO-12) */
		sc->mtu = sc->host_mtu = st->mtu;
	if (st->name[0] != '\0' && strcmp(st->name, sc->if_name) != 0) {
		memcpy(sc->if_name, st->name, sizeof(sc->if_name));
		tap_alias_update(sc);
	}
	memcpy(sc->lladdr, st->lladdr, sizeof(sc->lladdr));
	if (!was_up || st->up)
		return;
	tap_ifq_flush(sc);
	if (sc->dialect->read_down != 0)
		tap_readers_fail(sc, sc->dialect->read_down);
	if (sc->dialect->sigio_on_down && sc->file != NULL)
		tap_sigio_post(sc);
}

void tap_if_gone(struct tap_softc *sc)
{
	sc->gone = true;
	sc->flags &= ~(TAP_IFF_UP | TAP_IFF_PROMISC | TAP_IFF_RUNNING);
	tap_ifq_flush(sc);
	tap_readers_fail(sc, EHOSTDOWN);
	if (sc->file != NULL)
		sc->file->wakeup(sc->file);
}
