/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGIO: who is to get it, and when (section 9 of the rows, AS-*). */
#include <errno.h>
#include <limits.h>

#include "tap/softc.h"

void tap_sigio_clear(struct tap_softc *sc)
{
	if (sc->sigio_owner != NULL)
		sc->drv->world.sigio_put(sc->drv->world.ctx, sc->sigio_owner);
	sc->sigio_owner = NULL;
	sc->sigio_id = 0;
}

int tap_sigio_set(struct tap_softc *sc, int id, const struct tap_cred *cred)
{
	const struct tap_world *w = &sc->drv->world;
	void *owner = NULL;
	int err = id == INT_MIN ? -ESRCH : 0;	/* it has no negative */

	if (err == 0 && id != 0)
		err = w->sigio_get(w->ctx, id, cred, id > 0 && sc->dialect->process_any_session, &owner);
	if (err == -ESRCH && id < 0)
		err = -sc->dialect->no_pgrp;
	if (err != 0)
		return err;			/* the old owner is kept (AS-08, AS-09) */
	tap_sigio_clear(sc);
	sc->sigio_owner = owner;
	sc->sigio_id = id;
	return 0;
}

int tap_sigio_get(struct tap_softc *sc)
{
	const struct tap_world *w = &sc->drv->world;

	if (sc->sigio_owner != NULL && !w->sigio_alive(w->ctx, sc->sigio_owner))
		tap_sigio_clear(sc);
	return sc->sigio_id;
}

void tap_sigio_post(struct tap_softc *sc)
{
	if (sc->async && sc->sigio_owner != NULL)
		sc->drv->world.sigio_send(sc->drv->world.ctx, sc->sigio_owner);
}
