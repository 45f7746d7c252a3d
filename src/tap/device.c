/* SPDX-License-Identifier: BSD-2-Clause */
/* The control device: open, close, read, write and poll (sections 4, 5, 7, 8 and 10 of the rows). */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <syslog.h>

#include "tap/softc.h"

/* Set the carrier as bystanders shall see it: up while open, and for a vmnet, whose output is kept, always. */
static void set_link(struct tap_softc *sc, bool up)
{
	sc->link_state = up ? TAP_LINK_UP : TAP_LINK_DOWN;
	if (!sc->gone && sc->net_ops->set_carrier != NULL)
		sc->net_ops->set_carrier(sc, up || sc->node.family == TAP_FAMILY_VMNET);
}

int tap_set_up(struct tap_softc *sc, bool up)
{
	if (sc->gone)
		return -ENXIO;
	return sc->net_ops->set_up != NULL ? sc->net_ops->set_up(sc, up) : -EOPNOTSUPP;
}

bool tap_is_up(struct tap_softc *sc)
{
	if (!(sc->flags & TAP_IFF_UP))
		tap_sync(sc);
	return sc->flags & TAP_IFF_UP;
}

static bool may_open(const struct tap_softc *sc, const struct tap_cred *cred)
{
	return !sc->dialect->open_privileged || cred->uid == 0 || sc->drv->sysctl[TAP_SYSCTL_USER_OPEN];
}

/* What an open changes (OP-28..OP-34). */
static void attach_file(struct tap_softc *sc, struct tap_file *f, const struct tap_cred *cred)
{
	f->sc = sc;
	f->nonblock = false;
	sc->file = f;
	sc->pid = cred->pid;
	sc->flags |= TAP_IFF_RUNNING;
	memcpy(sc->remote, sc->lladdr, sizeof(sc->remote));
	set_link(sc, true);
	if (sc->drv->sysctl[TAP_SYSCTL_UP_ON_OPEN] && tap_set_up(sc, true) != 0)
		tap_log(sc, LOG_WARNING, "net.link.tap.up_on_open is set, but the interface did not come up");
}

int tap_open(struct tap_driver *drv, const struct tap_node *node, const struct tap_cred *cred, struct tap_file *f)
{
	struct tap_softc *sc;
	int err = 0;

	f->sc = NULL;
	if (node->unit == TAP_UNIT_CLONE)
		err = tap_clone(drv, node->family, cred, &sc);
	else if ((sc = tap_unit_find(drv, node->family, node->unit)) == NULL)
		err = -ENXIO;
	if (err != 0)
		return err;
	tap_sync(sc);
	if (!may_open(sc, cred))
		return -EPERM;		/* before EBUSY (OP-23) */
	if (sc->gone)
		return -ENXIO;
	if (sc->file != NULL || !TAILQ_EMPTY(&sc->destroyers))
		return -EBUSY;		/* OP-21, OP-27 */
	attach_file(sc, f, cred);
	return 0;
}

/* The last close takes the interface down and its addresses away (CL-03, CL-04), but for vmnet and LINK0 (CL-07, CL-08). */
static void close_interface(struct tap_softc *sc)
{
	bool up = sc->flags & TAP_IFF_UP;
	bool spared = sc->node.family == TAP_FAMILY_VMNET || ((sc->flags & TAP_IFF_LINK0) && sc->dialect->link0_keeps);

	if (spared || sc->gone)
		return;
	if (up && tap_set_up(sc, false) != 0)
		tap_log(sc, LOG_WARNING, "closed, but the interface did not go down");
	if ((up || sc->dialect->purge_when_down) && sc->net_ops->purge_addrs != NULL && sc->net_ops->purge_addrs(sc) != 0)
		tap_log(sc, LOG_WARNING, "closed, but some addresses could not be deleted");
	sc->flags &= ~TAP_IFF_RUNNING;
}

void tap_close(struct tap_file *f)
{
	struct tap_softc *sc = f->sc;

	if (sc == NULL)
		return;
	tap_sync(sc);			/* what the host sent while it was open counts as such */
	tap_readers_fail(sc, ENXIO);
	tap_ifq_flush(sc);
	tap_sigio_set(sc, 0, NULL);
	close_interface(sc);
	f->sc = NULL;
	sc->file = NULL;
	sc->pid = 0;
	set_link(sc, false);
	if (!TAILQ_EMPTY(&sc->destroyers))
		tap_destroy_now(sc);
}

void tap_revoke(struct tap_softc *sc)
{
	struct tap_file *f = sc->file;

	tap_readers_fail(sc, ENXIO);
	if (f == NULL)
		return;
	f->sc = NULL;
	sc->file = NULL;
	f->wakeup(f);
}

static void park(struct tap_softc *sc, struct tap_read *r)
{
	r->parked_on = sc;
	TAILQ_INSERT_TAIL(&sc->readers, r, link);
	sc->nreaders++;
}

/* What a read that found no frame gets, or 0 when it shall sleep. */
static int read_empty(const struct tap_softc *sc, bool nonblock)
{
	if (sc->gone)
		return -EHOSTDOWN;
	if (!(sc->flags & TAP_IFF_UP) && sc->dialect->read_down != 0)
		return -sc->dialect->read_down;
	return nonblock ? -EAGAIN : 0;
}

bool tap_read(struct tap_file *f, struct tap_read *r)
{
	struct tap_softc *sc = f->sc;
	int err = sc == NULL ? -ENXIO : 0;

	r->parked_on = NULL;
	if (err == 0 && r->off != 0) {
		tap_cut_deliver(sc, r);
		return false;
	}
	if (err == 0) {
		tap_cut_drop(sc);
		if (tap_ifq_deliver(sc, r))
			return false;
		tap_sync(sc);
		if (tap_ifq_deliver(sc, r))
			return false;
		err = read_empty(sc, r->nonblock || f->nonblock);
	}
	if (err != 0) {
		r->done(r, err, NULL, 0);
		return false;
	}
	park(sc, r);
	return true;
}

void tap_read_interrupt(struct tap_read *r)
{
	struct tap_softc *sc = r->parked_on;

	if (sc == NULL)
		return;
	TAILQ_REMOVE(&sc->readers, r, link);
	sc->nreaders--;
	r->parked_on = NULL;
	r->done(r, -EINTR, NULL, 0);
}

/*
 * Would the interface take a frame for this address (WR-04..WR-06)?  For one that is not ours the state must be of this
 * moment: promiscuous may have been switched on or off since the last look.
 */
static bool is_for_us(struct tap_softc *sc, const uint8_t *frame)
{
	if (!sc->dialect->unicast_filter || (frame[0] & 1) || memcmp(frame, sc->lladdr, TAP_ADDRLEN) == 0)
		return true;
	tap_sync(sc);
	return (sc->flags & TAP_IFF_PROMISC) || memcmp(frame, sc->lladdr, TAP_ADDRLEN) == 0;
}

static ssize_t write_down(struct tap_softc *sc, size_t len)
{
	sc->count.idown++;
	return sc->dialect->write_down_counts ? (ssize_t)len : 0;
}

static ssize_t write_failed(struct tap_softc *sc, size_t len, int err)
{
	if (err == -ENETDOWN)
		return write_down(sc, len);
	if (err == -ENXIO) {
		sc->count.igone++;
		return err;
	}
	sc->count.ierrors++;
	if (err == -ENOBUFS)
		return sc->dialect->write_nobufs != 0 ? -sc->dialect->write_nobufs : (ssize_t)len;
	return err;
}

/* Where the count says more than the state, the length is looked at first: it is not a transient reason (WR-09, WR-13). */
static bool too_big(struct tap_softc *sc, size_t len)
{
	return len > sc->dialect->max_write && (sc->dialect->write_down_counts || tap_is_up(sc));
}

ssize_t tap_write(struct tap_file *f, const void *frame, size_t len, uint64_t off)
{
	struct tap_softc *sc = f->sc;
	int err;

	if (sc == NULL)
		return -ENXIO;
	if (off != 0) {
		sc->count.itorn++;
		return -EINVAL;
	}
	if (sc->gone)
		return write_failed(sc, len, -ENXIO);
	if (too_big(sc, len)) {
		sc->count.ibig++;
		return -EIO;
	}
	if (!tap_is_up(sc))
		return sc->gone ? write_failed(sc, len, -ENXIO) : write_down(sc, len);
	if (len < TAP_HDRLEN) {
		sc->count.ishort++;
		return len;
	}
	if (!is_for_us(sc, frame)) {
		sc->count.ifiltered++;
		return len;
	}
	err = sc->net_ops->input(sc, frame, len);
	if (err != 0)
		return write_failed(sc, len, err);
	sc->count.ipackets++;
	sc->count.ibytes += len;
	sc->count.imcasts += *(const uint8_t *)frame & 1;
	return len;
}

unsigned tap_poll(struct tap_file *f)
{
	struct tap_softc *sc = f->sc;

	if (sc != NULL && STAILQ_EMPTY(&sc->ifq))
		tap_sync(sc);
	if (sc == NULL || sc->gone)
		return POLLERR;
	return POLLOUT | POLLWRNORM | (STAILQ_EMPTY(&sc->ifq) ? 0 : POLLIN | POLLRDNORM);
}
