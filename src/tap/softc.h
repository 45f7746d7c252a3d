/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of src/tap share among themselves.  Nobody else includes this. */
#ifndef TAPD_TAP_SOFTC_H
#define TAPD_TAP_SOFTC_H

#include "tap/dialect.h"
#include "tap/tap.h"

/* ifq.c */
void tap_ifq_flush(struct tap_softc *sc);			/* throws all frames away, counted */
void tap_cut_drop(struct tap_softc *sc);			/* forgets the frame a torn read was in */
bool tap_ifq_deliver(struct tap_softc *sc, struct tap_read *r);	/* the first frame to r; false: the queue is empty */
void tap_cut_deliver(struct tap_softc *sc, struct tap_read *r);	/* the rest of a torn read */
void tap_alias_update(struct tap_softc *sc);			/* the interface's name or the dialect changed */
void tap_count_unheard(struct tap_softc *sc, uint64_t frames);	/* frames sent while nobody had the device open */
void tap_readers_fail(struct tap_softc *sc, int err);		/* answers every parked read with -err */
extern const uint8_t tap_no_vnet[TAP_VNET_LEN];			/* nothing is left to do for the frame */

/* device.c */
void tap_revoke(struct tap_softc *sc, int err);			/* takes the unit away from under its open file */
void tap_link_init(struct tap_softc *sc);			/* the link state of a new interface */
int tap_set_up(struct tap_softc *sc, bool up);
int tap_set_vnet(struct tap_softc *sc, unsigned len);		/* 0, 10 or 12 bytes before each frame */
bool tap_is_up(struct tap_softc *sc);				/* asks the backend before it says no */

/* observe.c */
void tap_see_call(struct tap_driver *drv, const struct tap_call *c);
/* r's answer: tells who looks on, then done().  f is the file that read. */
void tap_read_done(struct tap_read *r, int err, const void *data, size_t n, enum tap_why why);
void tap_see_frame(struct tap_softc *sc, bool input, const uint8_t *vnet, const void *frame, size_t len, const char *dropped);
void tap_see_gone(struct tap_softc *sc);
const char *tap_why_counter(enum tap_why why);			/* the counter a write with this reason went to, or NULL */
int tap_net_input(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len);	/* vnet may be NULL */

/* Does anybody look at a call with this reason?  Mostly nobody does, but for those that failed. */
static inline bool tap_is_seen(const struct tap_driver *drv, enum tap_why why)
{
	return (drv->seen & ~TAP_SEE_FAILURES) != 0 || (why != TAP_WHY_NONE && drv->seen != 0);
}

/* The reason of the call under way.  Returns err. */
static inline int tap_because(struct tap_driver *drv, enum tap_why why, int err)
{
	drv->why = why;
	return err;
}

/* sigio.c */
int tap_sigio_set(struct tap_softc *sc, int id, const struct tap_cred *cred);	/* 0 removes (AS-05..AS-09) */
void tap_sigio_clear(struct tap_softc *sc);
int tap_sigio_get(struct tap_softc *sc);			/* the id, or 0 (AS-12, AS-13) */
void tap_sigio_post(struct tap_softc *sc);			/* a frame was queued (AS-01..AS-04) */

/* tun.c */
int tap_tun_ioctl(struct tap_softc *sc, enum tap_ioctl_id id, void *data);	/* of TAP_IOC_TUNSETIFF and above */

/* driver.c */
/* The unit an open makes: unit, or TAP_UNIT_CLONE for one of the cloner's choice. */
int tap_clone(struct tap_driver *drv, enum tap_family family, int unit, const struct tap_cred *cred, struct tap_softc **scp);
struct tap_node *tap_unit_node(struct tap_softc *sc);		/* its own, or the one published ahead of it */
void tap_unit_free(struct tap_softc *sc);
void tap_destroy_now(struct tap_softc *sc);			/* frees the unit, then tells the waiters */

/* The log line of a unit; fmt gets the text after "tap0: ". */
void tap_log(struct tap_softc *sc, int priority, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static inline void tap_sync(struct tap_softc *sc)
{
	if (!sc->gone)
		sc->net_ops->sync(sc);
}

#endif
