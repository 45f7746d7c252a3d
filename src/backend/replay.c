/* SPDX-License-Identifier: BSD-2-Clause */
/* Replay: see replay.h.  A replay hangs on the driver as an observer that sees nothing but the end of its unit. */
#include "backend/replay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/util.h"

struct replay {
	struct tap_observer observer;
	struct tap_softc *sc;
	struct player *player;
};

static void replay_free(struct replay *r)
{
	tap_unobserve(r->sc->drv, &r->observer);
	player_free(r->player);
	free(r);
}

static void replay_gone(struct tap_observer *o, struct tap_softc *sc)
{
	struct replay *r = (struct replay *)o;

	if (r->sc == sc)
		replay_free(r);
}

static struct replay *find(const struct tap_softc *sc)
{
	struct tap_observer *o;

	TAILQ_FOREACH(o, &sc->drv->observers, link)
		if (o->gone == replay_gone && ((struct replay *)o)->sc == sc)
			return (struct replay *)o;
	return NULL;
}

/* Would a frame go to the program, or (a vmnet) into the queue for the next one? */
static bool is_ready(const struct tap_softc *sc)
{
	return !sc->gone && (sc->flags & TAP_IFF_UP) && (sc->file != NULL || sc->node.family == TAP_FAMILY_VMNET);
}

static bool has_room(const struct tap_softc *sc)
{
	return sc->nreaders > 0 || sc->ifq_len < sc->ifq_maxlen;
}

static bool on_frame(void *arg, const void *frame, size_t len)
{
	struct replay *r = arg;

	if (!is_ready(r->sc) || (player_info(r->player)->how.speed == 0 && !has_room(r->sc)))
		return false;
	tap_if_output(r->sc, frame, len);
	return true;
}

static void on_ended(void *arg)
{
	struct replay *r = arg;
	const struct player_info *i = player_info(r->player);

	if (i->error != NULL)
		log_warn("%s: replay: %s: %s", r->sc->if_name, i->path, i->error);
	else
		log_info("%s: replay: %s: played to its end, %" PRIu64 " frames", r->sc->if_name, i->path, i->played);
}

int replay_start(struct tap_softc *sc, struct loop *l, const char *path, const struct player_how *how, char *why,
    size_t size)
{
	struct replay *old = find(sc), *r;
	int err;

	if (old != NULL && !player_info(old->player)->ended) {
		str_format(why, size, "%s is being played; end that with: tapctl %s replay stop",
		    player_info(old->player)->path, sc->if_name);
		return -EBUSY;
	}
	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		str_format(why, size, "out of memory");
		return -ENOMEM;
	}
	*r = (struct replay){ .observer = { .gone = replay_gone }, .sc = sc };
	r->player = player_new(l, path, how, &(struct player_user){ on_frame, on_ended, r }, why, size);
	if (r->player == NULL) {
		err = -errno;
		free(r);
		return err;
	}
	if (old != NULL)
		replay_free(old);
	tap_observe(sc->drv, &r->observer);
	player_run(r->player, true);
	return 0;
}

int replay_stop(struct tap_softc *sc)
{
	struct replay *r = find(sc);

	if (r == NULL)
		return -ENOENT;
	replay_free(r);
	return 0;
}

const struct player_info *replay_get(const struct tap_softc *sc)
{
	const struct replay *r = find(sc);

	return r != NULL ? player_info(r->player) : NULL;
}
