/* SPDX-License-Identifier: BSD-2-Clause */
/* The control device: open, close, read, write and poll (sections 4, 5, 7, 8 and 10 of the rows). */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <syslog.h>

#include "tap/softc.h"

/* Tell bystanders whether somebody is there: the carrier.  A vmnet has one always, for its output is kept (QU-07). */
static void set_link(struct tap_softc *sc, bool up)
{
	if (!sc->dialect->link_state)
		return;
	sc->link_state = up ? TAP_LINK_UP : TAP_LINK_DOWN;
	if (!sc->gone && sc->net_ops->set_carrier != NULL)
		sc->net_ops->set_carrier(sc, up || sc->node.family == TAP_FAMILY_VMNET);
}

static void set_open(struct tap_softc *sc, bool on)
{
	if (!sc->gone && sc->net_ops->set_open != NULL)
		sc->net_ops->set_open(sc, on);
}

/* An interface that is made again has the carrier of the one before. */
void tap_link_init(struct tap_softc *sc)
{
	if (sc->file != NULL)
		set_open(sc, true);
	if (sc->dialect->link_down_first || sc->link_state != TAP_LINK_UNKNOWN)
		set_link(sc, sc->link_state == TAP_LINK_UP);
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

/* ------------------------------------------------------------------ open */

static bool may_open(const struct tap_softc *sc, const struct tap_cred *cred)
{
	return !sc->dialect->open_privileged || cred->uid == 0 || sc->drv->sysctl[TAP_SYSCTL_USER_OPEN];
}

static bool up_on_open(const struct tap_softc *sc)
{
	if (sc->dialect->up_on_open == TAP_UP_SYSCTL)
		return sc->drv->sysctl[TAP_SYSCTL_UP_ON_OPEN];
	return sc->dialect->up_on_open == TAP_UP_ALWAYS;
}

/* What an open changes (OP-28..OP-34). */
static void attach_file(struct tap_softc *sc, struct tap_file *f, const struct tap_cred *cred)
{
	f->sc = sc;
	f->dialect = sc->dialect;
	f->nonblock = false;
	sc->file = f;
	sc->pid = cred->pid;
	if (sc->dialect->open_running)
		sc->flags |= TAP_IFF_RUNNING;
	memcpy(sc->remote, sc->lladdr, sizeof(sc->remote));
	set_link(sc, true);
	set_open(sc, true);
	sc->up_by_open = up_on_open(sc) && !(sc->flags & TAP_IFF_UP);
	if (up_on_open(sc) && tap_set_up(sc, true) != 0)
		tap_log(sc, LOG_WARNING, "should be up on open, but the interface did not come up");
}

/* The unit behind the node, made where the dialect makes it. */
static int lookup(struct tap_driver *drv, const struct tap_node *node, const struct tap_cred *cred, struct tap_softc **scp)
{
	if (node->unit == TAP_UNIT_CLONE && !drv->dialect->clone)
		return tap_because(drv, TAP_WHY_OPEN_NO_CLONE, -ENXIO);
	if (node->unit == TAP_UNIT_CLONE)
		return tap_clone(drv, node->family, TAP_UNIT_CLONE, cred, scp);
	*scp = tap_unit_find(drv, node->family, node->unit);
	if (*scp != NULL)
		return 0;
	switch (drv->dialect->missing) {
	case TAP_MISSING_CREATES:
		return tap_clone(drv, node->family, node->unit, cred, scp);
	case TAP_MISSING_ENOENT:
		return tap_because(drv, TAP_WHY_OPEN_MISSING, -ENOENT);
	default:
		return tap_because(drv, TAP_WHY_OPEN_MISSING, -ENXIO);
	}
}

static int open_unit(struct tap_softc *sc, const struct tap_cred *cred, struct tap_file *f)
{
	f->sc = sc;			/* so that a refusal is told of this unit */
	tap_sync(sc);
	if (!may_open(sc, cred))
		return tap_because(sc->drv, TAP_WHY_OPEN_PERM, -EPERM);		/* before EBUSY (OP-23) */
	if (sc->gone)
		return tap_because(sc->drv, TAP_WHY_OPEN_GONE, -ENXIO);
	if (!TAILQ_EMPTY(&sc->destroyers))
		return tap_because(sc->drv, TAP_WHY_OPEN_DYING, -EBUSY);	/* OP-27 */
	if (sc->file != NULL)
		return tap_because(sc->drv, TAP_WHY_OPEN_BUSY, -EBUSY);		/* OP-21 */
	attach_file(sc, f, cred);
	tap_log(sc, LOG_DEBUG, "opened by PID %d, uid %u", (int)cred->pid, (unsigned)cred->uid);
	return 0;
}

int tap_open(struct tap_driver *drv, const struct tap_node *node, const struct tap_cred *cred, struct tap_file *f)
{
	struct tap_softc *sc;
	int err = 0;

	f->sc = NULL;
	f->drv = drv;
	f->dialect = drv->dialect;
	f->is_net = node->is_net;
	memcpy(f->device, node->name, sizeof(f->device));
	drv->why = TAP_WHY_NONE;
	if (!f->is_net) {		/* that one any number of times, and nothing comes of it (OP-15) */
		err = lookup(drv, node, cred, &sc);
		if (err == 0)
			err = open_unit(sc, cred, f);
	}
	if (tap_is_seen(drv, drv->why))
		tap_see_call(drv, &(struct tap_call){ .kind = TAP_CALL_OPEN, .sc = f->sc, .device = f->device,
		    .tid = f->tid, .result = err, .why = drv->why });
	if (err != 0)
		f->sc = NULL;
	return err;
}

/* ------------------------------------------------------------------ close */

int tap_set_vnet(struct tap_softc *sc, unsigned len)
{
	int err = 0;

	if (sc->gone)
		return -ENXIO;
	if (sc->net_ops->set_offload != NULL)
		err = sc->net_ops->set_offload(sc, len != 0);
	if (err == 0)
		sc->vnet_len = len;
	return err;
}

/* An interface that went meanwhile has nothing left to undo. */
static void warn_close(struct tap_softc *sc, const char *what, int err)
{
	if (err != 0 && !sc->gone)
		tap_log(sc, LOG_WARNING, "closed, but tapd could not %s: %s; do it with ip(8)", what, strerror(-err));
}

/* The last close takes the interface down and its addresses away, with the exceptions of CL-03..CL-08. */
static void close_interface(struct tap_softc *sc)
{
	const struct tap_dialect *d = sc->dialect;
	bool up = sc->flags & TAP_IFF_UP;
	bool purge = d->purge == TAP_PURGE_ALWAYS || (d->purge == TAP_PURGE_IF_UP && up);

	if (sc->gone || !d->close_down || sc->node.family == TAP_FAMILY_VMNET ||
	    ((sc->flags & TAP_IFF_LINK0) && d->link0_keeps) ||
	    (d->spares_made && !sc->made_by_open && !sc->up_by_open))
		return;
	if (up)
		warn_close(sc, "take the interface down", tap_set_up(sc, false));
	if (purge && sc->net_ops->purge_addrs != NULL)
		warn_close(sc, "delete its addresses", sc->net_ops->purge_addrs(sc));
	if (up || d->purge != TAP_PURGE_IF_UP)
		sc->flags &= ~TAP_IFF_RUNNING;
}

void tap_close(struct tap_file *f)
{
	struct tap_softc *sc = f->sc;

	if (sc == NULL)
		return;
	if (tap_is_seen(f->drv, TAP_WHY_NONE))
		tap_see_call(f->drv, &(struct tap_call){ .kind = TAP_CALL_CLOSE, .sc = sc, .device = f->device, .tid = f->tid });
	tap_sync(sc);			/* what the host sent while it was open counts as such */
	tap_readers_fail(sc, ENXIO);
	if (sc->dialect->opackets_at_read)
		sc->count.opackets += sc->ifq_len;
	tap_ifq_flush(sc);
	if (!sc->dialect->owner_survives)
		tap_sigio_clear(sc);
	if (sc->dialect->async_cleared)
		sc->async = false;
	sc->quiet = false;
	if (sc->vnet_len != 0)
		tap_set_vnet(sc, 0);	/* CL-11 */
	sc->vnet_len = 0;
	close_interface(sc);
	f->sc = NULL;
	sc->file = NULL;
	tap_log(sc, LOG_DEBUG, "closed by PID %d", (int)sc->pid);
	sc->pid = 0;
	set_open(sc, false);
	set_link(sc, false);
	if (sc->temporary || !TAILQ_EMPTY(&sc->destroyers))
		tap_destroy_now(sc);
}

void tap_revoke(struct tap_softc *sc, int err)
{
	struct tap_file *f = sc->file;

	tap_readers_fail(sc, err);
	if (f == NULL)
		return;
	f->sc = NULL;
	sc->file = NULL;
	if (!sc->dialect->gone_quiet)
		f->wakeup(f);
}

/* ------------------------------------------------------------------ read */

static void park(struct tap_softc *sc, struct tap_read *r)
{
	r->parked_on = sc;
	TAILQ_INSERT_TAIL(&sc->readers, r, link);
	sc->nreaders++;
}

/*
 * Does r wait?  Where that is the unit's to say, the driver hears of O_NONBLOCK only when it changes; so what open(2) was
 * given counts for nothing, and what was set last outlives the close.
 */
static bool is_nonblock(struct tap_softc *sc, struct tap_file *f, const struct tap_read *r)
{
	if (!sc->dialect->nonblock_per_unit)
		return r->nonblock || f->nonblock;
	if (r->nonblock != f->flag_seen)
		sc->nonblock = r->nonblock;
	f->flag_seen = r->nonblock;
	return sc->nonblock;
}

/* What a read that found no frame gets, or 0 when it shall sleep. */
static int read_empty(struct tap_softc *sc, bool nonblock)
{
	if (sc->gone)
		return tap_because(sc->drv, TAP_WHY_READ_GONE, -EHOSTDOWN);
	if (!(sc->flags & TAP_IFF_UP) && sc->dialect->read_down != 0)
		return tap_because(sc->drv, TAP_WHY_READ_DOWN, -sc->dialect->read_down);
	sc->quiet = false;
	return nonblock ? tap_because(sc->drv, TAP_WHY_READ_EMPTY, -EAGAIN) : 0;
}

/* 0: it shall sleep; 1: it was answered; -errno. */
static int read_frame(struct tap_softc *sc, struct tap_file *f, struct tap_read *r)
{
	bool nonblock = is_nonblock(sc, f, r);

	tap_cut_drop(sc);
	if (tap_ifq_deliver(sc, r))
		return 1;
	tap_sync(sc);
	if (tap_ifq_deliver(sc, r))
		return 1;
	return read_empty(sc, nonblock);
}

/* A call on a file without a unit; the answer for one whose unit is gone. */
static int no_unit(const struct tap_file *f, int gone_errno)
{
	if (f->is_net)
		return tap_because(f->drv, TAP_WHY_NET_NODE, -ENODEV);
	return tap_because(f->drv, TAP_WHY_REVOKED, -gone_errno);
}

bool tap_read(struct tap_file *f, struct tap_read *r)
{
	struct tap_softc *sc = f->sc;
	int err;

	r->parked_on = NULL;
	r->file = f;
	if (sc != NULL && r->off != 0) {
		tap_cut_deliver(sc, r);
		return false;
	}
	err = sc == NULL ? no_unit(f, f->dialect->gone_errno) : read_frame(sc, f, r);
	if (err < 0)
		tap_read_done(r, err, NULL, 0, f->drv->why);
	if (err != 0)
		return false;
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
	tap_read_done(r, -EINTR, NULL, 0, TAP_WHY_READ_INTERRUPTED);
}

/* ------------------------------------------------------------------ write */

/*
 * Would the interface take a frame for this address (WR-04..WR-06)?  For one that is not ours the state must be of this
 * moment: promiscuous may have been switched on or off since the last look.
 */
static bool is_for_us(struct tap_softc *sc, const uint8_t *frame)
{
	if (!sc->dialect->unicast_filter || sc->net_ops->is_wire || (frame[0] & 1) || memcmp(frame, sc->lladdr, TAP_ADDRLEN) == 0)
		return true;
	tap_sync(sc);
	return (sc->flags & TAP_IFF_PROMISC) || memcmp(frame, sc->lladdr, TAP_ADDRLEN) == 0;
}

static ssize_t write_down(struct tap_softc *sc, size_t len)
{
	tap_because(sc->drv, TAP_WHY_WRITE_DOWN, 0);
	sc->count.idown++;
	if (sc->dialect->write_down == TAP_WRITE_COUNTED)
		sc->count.ipackets++;
	return sc->dialect->write_down == TAP_WRITE_ZERO ? 0 : (ssize_t)len;
}

/* The interface is up, but its wire has nobody at the other end: as on a cable that is cut, the frame is sent and lost. */
static ssize_t write_away(struct tap_softc *sc, size_t len)
{
	sc->count.iaway++;
	return tap_because(sc->drv, TAP_WHY_WRITE_AWAY, len);
}

static ssize_t write_failed(struct tap_softc *sc, size_t len, int err)
{
	if (err == -ENETDOWN)
		return sc->net_ops->is_wire && (sc->flags & TAP_IFF_UP) ? write_away(sc, len) : write_down(sc, len);
	if (err == -ENXIO) {
		sc->count.igone++;
		return tap_because(sc->drv, TAP_WHY_WRITE_GONE, err);
	}
	sc->count.ierrors++;
	if (sc->drv->why != TAP_WHY_WRITE_REFUSED)
		tap_because(sc->drv, err == -ENOBUFS ? TAP_WHY_WRITE_NOBUFS : TAP_WHY_WRITE_FAILED, 0);
	if (err == -ENOBUFS)
		return sc->dialect->write_nobufs != 0 ? -sc->dialect->write_nobufs : (ssize_t)len;
	return err;
}

/* Where a write to a down interface takes nothing, its length does not matter either; elsewhere it is looked at first. */
static bool bad_size(struct tap_softc *sc, size_t len)
{
	const struct tap_dialect *d = sc->dialect;

	if (len >= d->min_write && (d->max_write == SIZE_MAX || len <= d->max_write + sc->vnet_len))
		return false;
	if (d->write_down == TAP_WRITE_ZERO && !tap_is_up(sc))
		return false;
	if (len >= d->min_write)
		sc->count.ibig++;
	else
		sc->count.ishort++;
	tap_because(sc->drv, len >= d->min_write ? TAP_WHY_WRITE_BIG : TAP_WHY_WRITE_SHORT, 0);
	return true;
}

/* The driver took n bytes from the program (WR-23). */
static void count_input(struct tap_softc *sc, const uint8_t *frame, size_t n)
{
	sc->count.ipackets++;
	sc->count.ibytes += n;
	sc->count.imcasts += n > 0 && (frame[0] & 1);
}

/* Less than an Ethernet header: no interface of Linux takes it, whatever the driver said of it (WR-07, WR-08). */
static ssize_t write_short(struct tap_softc *sc, const uint8_t *data, size_t len)
{
	sc->count.ishort++;
	tap_because(sc->drv, TAP_WHY_WRITE_SHORT, 0);
	if (!sc->dialect->short_dropped)
		count_input(sc, data, len);
	return len;
}

/* What was written to an interface that is up: a virtio header where there is one, and one frame (WR-20..WR-22). */
static ssize_t write_frame(struct tap_softc *sc, const uint8_t *data, size_t total)
{
	const uint8_t *frame = data + sc->vnet_len;
	size_t len = total - sc->vnet_len;
	bool ours;
	int err;

	if (total < sc->vnet_len + TAP_HDRLEN)
		return write_short(sc, data, total);
	ours = is_for_us(sc, frame);
	if (!(sc->flags & TAP_IFF_UP))		/* so it was told meanwhile */
		return sc->gone ? write_failed(sc, total, -ENXIO) : write_down(sc, total);
	if (!ours) {
		sc->count.ifiltered++;
		return tap_because(sc->drv, TAP_WHY_WRITE_FILTERED, total);
	}
	err = tap_net_input(sc, sc->vnet_len != 0 ? data : NULL, frame, len);
	if (err == -EINVAL && sc->vnet_len != 0) {
		sc->count.ivnet++;
		return tap_because(sc->drv, TAP_WHY_WRITE_VNET, total);
	}
	if (err != 0)
		return write_failed(sc, total, err);
	count_input(sc, frame, len);
	return total;
}

static ssize_t write_unit(struct tap_softc *sc, const void *data, size_t len, uint64_t off)
{
	if (off != 0) {
		sc->count.itorn++;
		return tap_because(sc->drv, TAP_WHY_WRITE_TORN, -EINVAL);
	}
	if (sc->gone)
		return write_failed(sc, len, -ENXIO);
	if (bad_size(sc, len))
		return -sc->dialect->write_size;
	if (tap_is_up(sc))
		return write_frame(sc, data, len);
	return sc->gone ? write_failed(sc, len, -ENXIO) : write_down(sc, len);
}

/* Tell who looks on of a write, as a call and as a frame. */
static void see_write(struct tap_file *f, struct tap_softc *sc, const uint8_t *data, size_t len, long result)
{
	size_t vnet = sc != NULL && sc->vnet_len <= len ? sc->vnet_len : 0;
	enum tap_why why = f->drv->why;

	tap_see_call(f->drv, &(struct tap_call){ .kind = TAP_CALL_WRITE, .sc = sc, .device = f->device, .tid = f->tid,
	    .len = len, .data = data + vnet, .ndata = len - vnet, .result = result, .why = why });
	if (sc != NULL)
		tap_see_frame(sc, true, vnet != 0 ? data : NULL, data + vnet, len - vnet, tap_why_counter(why));
}

ssize_t tap_write(struct tap_file *f, const void *frame, size_t len, uint64_t off)
{
	struct tap_softc *sc = f->sc;
	ssize_t n;

	f->drv->why = TAP_WHY_NONE;
	n = sc == NULL ? no_unit(f, f->dialect->gone_errno) : write_unit(sc, frame, len, off);
	if (tap_is_seen(f->drv, f->drv->why))
		see_write(f, sc, frame, len, n);
	return n;
}

/* ------------------------------------------------------------------ poll */

static unsigned poll_file(struct tap_file *f)
{
	struct tap_softc *sc = f->sc;

	if (f->is_net)
		return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
	if (sc == NULL)
		return f->dialect->gone_poll;
	if (STAILQ_EMPTY(&sc->ifq))
		tap_sync(sc);
	if (sc->gone)
		return POLLERR;
	return POLLOUT | POLLWRNORM | (STAILQ_EMPTY(&sc->ifq) ? 0 : POLLIN | POLLRDNORM);
}

unsigned tap_poll(struct tap_file *f)
{
	unsigned events = poll_file(f);

	if (f->drv->seen & TAP_SEE_CALLS)
		tap_see_call(f->drv, &(struct tap_call){ .kind = TAP_CALL_POLL, .sc = f->sc, .device = f->device, .tid = f->tid,
		    .result = events });
	return events;
}
