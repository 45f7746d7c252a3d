/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay: a capture file played into a unit as if its network side had sent the frames, whatever that side is.  It
 * plays while the unit is up and somebody has it open, and waits otherwise.  At most one a unit; it is kept for showing
 * after its end, and goes with the unit.
 */
#ifndef TAPD_BACKEND_REPLAY_H
#define TAPD_BACKEND_REPLAY_H

#include "backend/savefile.h"
#include "tap/tap.h"

/* Takes the place of one that has ended.  -EBUSY: one is being played; -errno; why says it. */
int replay_start(struct tap_softc *sc, struct loop *l, const char *path, const struct player_how *how, char *why,
    size_t size);
int replay_stop(struct tap_softc *sc);		/* -ENOENT: there is none */
const struct player_info *replay_get(const struct tap_softc *sc);	/* NULL: there is none */

#endif
