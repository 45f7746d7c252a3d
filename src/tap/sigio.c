/* SPDX-License-Identifier: BSD-2-Clause */
/* SIGIO: who is to get it, and when (section 9 of the rows, AS-*). */
#include <errno.h>
#include <limits.h>

#include "tap/softc.h"

int tap_sigio_set(struct tap_softc *sc, int id, const struct tap_cred *cred)
{
	const struct tap_world *w = &sc->drv->world;
	void *owner = NULL;
	int err;

	if (id == INT_MIN)
		return -ESRCH;		/* has no negative */
	if (id != 0) {
		err = w->sigio_get(w->ctx, id, cred, &owner);
		if (err != 0)
			return err;	/* the old owner is kept (AS-08, AS-09) */
	}
	if (sc->sigio_owner != NULL)
		w->sigio_put(w->ctx, sc->sigio_owner);
	sc->sigio_owner = owner;
	sc->sigio_id = id;
	return 0;
}

void tap_sigio_post(struct tap_softc *sc)
{
	if (sc->async && sc->sigio_owner != NULL)
		sc->drv->world.sigio_send(sc->drv->world.ctx, sc->sigio_owner);
}
