/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference model: what docs/rows.md says of a driver with a few units.  It shares no code with src/tap, and where
 * the systems differ it asks its own table (systems.c).
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#include "model.h"
#include "systems.h"

struct unit {
	bool there, own_node, async, temporary, opened_made, opened_up, nonblock, quiet, gone;
	const struct sys *d;
	int flags, mtu, host_mtu, baudrate, type, vnet, link, name, file, pid, owner, owner_id, carrier, purges, addr;
	unsigned owner_born;
	uint8_t lladdr[TAP_ADDRLEN], remote[TAP_ADDRLEN];
	struct frame queue[300], cut;			/* cut.len 0: none */
	int queued, limit, sleeping, sleepers[NREADERS], waiting, waiters[NWAITERS];
	struct tap_counters c;
	struct tap_host_drops drops, shown;
	bool up, dead;					/* the host's interface as it is, told or not */
	int host_name, npending;
	struct pending pending[NPENDING];
};

static struct model {
	const struct sys *d;				/* of new units */
	struct unit unit[NUNITS];
	struct { bool open, nonblock, flag, net; struct unit *u; const struct sys *d; } file[NFILES];
	struct { struct unit *u; int len; } reader[NREADERS];
	struct unit *waiter[NWAITERS];
	int sysctl[TAP_SYSCTL_COUNT], fail_input, fail_attach, fail_node;
	unsigned born[8];
	bool ahead[NUNITS];
} m;
static struct seen *seen;

static int queue_limit(const struct unit *u) { return u->d->ifq != 0 ? u->d->ifq : m.sysctl[TAP_SYSCTL_IFQMAXLEN]; }
static bool has(const struct unit *u, char c) { return strchr(u->d->has, c) != NULL; }
static bool is_up(const struct unit *u) { return u->flags & TAP_IFF_UP; }
static bool is_vmnet(const struct unit *u) { return u >= m.unit + NTAP; }
static int take(int *failure) { int err = *failure; *failure = 0; return -err; }
static void flag(struct unit *u, int bit, bool on) { u->flags = on ? u->flags | bit : u->flags & ~bit; }

/* ------------------------------------------------------------------ queue, readers, signals */

static void flush(struct unit *u)
{
	u->c.oflushed += u->queued;
	u->queued = u->cut.len = 0;
}

static void answer(int r, const struct frame *fr, int off, int n)
{
	m.reader[r].u = NULL;
	seen_event(seen, 'a', r, n, n < 0 ? 0 : world_sum(fr != NULL ? world_frame(fr, NULL) + off : NULL, n));
}

static int pop_reader(struct unit *u)
{
	int r = u->sleepers[0];

	memmove(u->sleepers, u->sleepers + 1, --u->sleeping * sizeof(int));
	return r;
}

static void answer_all(struct unit *u, int n) { while (u->sleeping > 0) answer(pop_reader(u), NULL, 0, n); }

static void deliver(struct unit *u, int r, struct frame fr)	/* RD-02, RD-03 */
{
	int all = u->vnet + fr.len, n = all < m.reader[r].len ? all : m.reader[r].len;

	fr.vnet = u->vnet;					/* RD-17..RD-19 */
	u->quiet = false;
	u->c.opackets += has(u, 'o');
	u->c.otruncated += n < all;
	u->cut = n < all ? fr : (struct frame){ 0 };
	answer(r, &fr, 0, n);
}

static void sigio(struct unit *u)				/* AS-01..AS-04, AS-13 */
{
	if (u->async && u->owner > 0 && m.born[u->owner - 1] == u->owner_born)
		seen_event(seen, 's', u->owner - 1, 0, 0);
}

static void unheard(struct unit *u, uint64_t n)			/* QU-03, QU-04, NB-10 */
{
	*(has(u, 'o') ? &u->c.opackets : &u->c.oerrors) += has(u, '2') ? 2 * n : n;
}

static void output(struct unit *u, struct frame fr)		/* QU-01..QU-10 */
{
	bool open = u->file >= 0, asleep = u->sleeping > 0;

	if (u->gone || !is_up(u)) {
		u->c.oflushed++;
		return;
	}
	if (!open && !is_vmnet(u)) {
		unheard(u, 1);
	} else if (!asleep && u->queued >= u->limit) {
		u->c.oqdrops++;
		return;
	} else {
		u->c.opackets += !has(u, 'o');
	}
	u->c.obytes += fr.len;
	u->c.omcasts += fr.dst == DST_MULTICAST || (fr.dst == DST_BROADCAST && !has(u, 'g'));
	if (!open && !is_vmnet(u))
		return;
	if (asleep)
		deliver(u, pop_reader(u), fr);
	else
		u->queue[u->queued++] = fr;
	if (asleep && has(u, 'w'))
		answer_all(u, 0);
	if (!open || u->quiet)
		return;
	u->quiet = !asleep && has(u, 'q');
	sigio(u);
	if (!asleep)
		seen_event(seen, 'w', u->file, 0, 0);
}

/* ------------------------------------------------------------------ the interface */

static void gone(struct unit *u)
{
	u->gone = u->dead = true;
	u->npending = 0;
	flag(u, TAP_IFF_UP | TAP_IFF_PROMISC | TAP_IFF_RUNNING, false);
	flush(u);
	answer_all(u, -EHOSTDOWN);
	if (u->file >= 0)
		seen_event(seen, 'w', u->file, 0, 0);
}

static void told(struct unit *u, const struct pending *p)
{
	bool was_up = is_up(u);

	switch (p->what) {
	case 'f': output(u, p->frame); break;
	case 'g': gone(u); break;
	case 'p': flag(u, TAP_IFF_PROMISC, p->value); break;
	case 'm':					/* else what TAPSIFINFO stored lasts (IO-10, IO-12) */
		if (p->value != u->host_mtu)
			u->mtu = u->host_mtu = p->value;
		break;
	case 'n': u->name = p->value; break;
	case 'u':
		flag(u, TAP_IFF_UP, p->value);
		if (!was_up || p->value)
			break;
		flush(u);				/* QU-08 */
		if (has(u, 'h'))
			answer_all(u, -EHOSTDOWN);	/* RD-11 */
		if (has(u, 'd') && u->file >= 0)
			sigio(u);
	}
}

static void sync(struct unit *u)
{
	struct pending todo[NPENDING];
	int n = u->gone ? 0 : u->npending;

	memcpy(todo, u->pending, sizeof(todo));
	u->npending = 0;
	for (int k = 0; k < n; k++)
		told(u, &todo[k]);
}

static int ask(struct unit *u, char what, int value)
{
	struct pending p = { what, value };

	sync(u);
	if (u->gone)
		return -ENXIO;
	if (what == 'u')
		u->up = value;
	if (what == 'n')
		u->host_name = value;
	told(u, &p);
	return 0;
}

static bool name_taken(int name, const struct unit *but)
{
	for (struct unit *u = m.unit; u < m.unit + NUNITS; u++)
		if (u != but && u->there && !u->dead && u->host_name == name)
			return true;
	return false;
}

static int set_mtu(struct unit *u, int mtu)			/* IF-24..IF-26 */
{
	if (mtu < u->d->mtu_min || mtu > u->d->mtu_max)
		return -EINVAL;
	if (u->gone || mtu > HOST_MAXMTU)
		return u->gone ? -ENXIO : -EINVAL;
	if (ask(u, 'm', mtu) != 0)
		return -ENXIO;
	u->mtu = mtu;
	return 0;
}

static int set_lladdr(struct unit *u, const uint8_t *lladdr)
{
	sync(u);
	if (u->gone)
		return -ENXIO;
	memcpy(u->lladdr, lladdr, TAP_ADDRLEN);
	return 0;
}

static void set_link(struct unit *u, bool up)			/* OP-31, CL-09 */
{
	if (!has(u, 'l'))
		return;
	u->link = up ? TAP_LINK_UP : TAP_LINK_DOWN;
	if (!u->gone)
		u->carrier = up || is_vmnet(u);
}

static void clear_owner(struct unit *u)
{
	u->owner = u->owner_id = 0;
}

/* ------------------------------------------------------------------ create, destroy */

/* The host's new interface: 0, or why there is none. */
static int attach(struct unit *u)
{
	int err = take(&m.fail_attach), i = (int)(u - m.unit);

	u->npending = 0;
	return err != 0 ? err : name_taken(i, u->there ? u : NULL) ? -EEXIST : 0;
}

static void attached(struct unit *u)
{
	u->name = u->host_name = (int)(u - m.unit);
	u->dead = u->gone = u->up = false;
	u->carrier = -1;
	u->addr = u->purges = 0;
	u->drops = u->shown = (struct tap_host_drops){ 0 };
}

static int make(struct unit *u, bool like)			/* IF-08 */
{
	int err = attach(u), n = UNIT((int)(u - m.unit));
	uint32_t low;

	if (err != 0)
		return err;
	if (like)
		m.ahead[u - m.unit] = false;			/* it has another owner */
	if (!m.ahead[u - m.unit] && (err = take(&m.fail_node)) != 0)
		return err;
	*u = (struct unit){.there = true,
	    .d = m.d,
	    .own_node = !m.ahead[u - m.unit],
	    .mtu = 1500,
	    .host_mtu = 1500,
	    .baudrate = 10000000,
	    .type = 6,
	    .file = -1,
	    .flags = TAP_IFF_BROADCAST | TAP_IFF_SIMPLEX | TAP_IFF_MULTICAST};
	low = HOST_HASH & u->d->mask;
	memcpy(u->lladdr, (uint8_t[]){ u->d->oui >> 16, u->d->oui >> 8, u->d->oui, low >> 16, low >> 8,
	    has(u, 'u') ? (uint32_t)n : low }, TAP_ADDRLEN);
	u->limit = queue_limit(u);
	attached(u);
	if (has(u, 'D'))
		set_link(u, false);
	return 0;
}

static int create(int which, bool like, struct unit **up)	/* IF-01..IF-03; which as in the step */
{
	int from = which == -2 ? NTAP : 0, to = which == -2 ? NUNITS : NTAP, err;

	if (which >= 0) {
		struct unit *u = *up = &m.unit[which];

		if (!u->there)
			return make(u, like);
		if (!u->gone)
			return -EEXIST;
		err = attach(u);
		if (err != 0)
			return err;
		attached(u);
		flag(u, TAP_IFF_RUNNING, u->file >= 0 && has(u, 'r'));
		if (u->link != TAP_LINK_UNKNOWN || has(u, 'D'))
			set_link(u, u->file >= 0);
		return 0;
	}
	for (int i = from; i < to; i++) {
		*up = &m.unit[i];
		err = (*up)->there ? -EEXIST : make(*up, false);
		if (err != -EEXIST)
			return err;
	}
	err = take(&m.fail_attach);
	return err != 0 && err != -EEXIST ? err : -ENOSPC;
}

static void destroy_now(struct unit *u)
{
	int n = u->waiting;

	u->there = false;
	for (int k = 0; k < n; k++) {
		m.waiter[u->waiters[k]] = NULL;
		seen_event(seen, 'd', u->waiters[k], 0, 0);
	}
}

static int destroy(struct unit *u, int w)			/* IF-09..IF-12 */
{
	int f = u->file;

	if (f >= 0 && u->d->destroy == 'r')
		return -EBUSY;
	if (f >= 0 && u->d->destroy == 'w') {
		m.waiter[w] = u;
		u->waiters[u->waiting++] = w;
		return -EINPROGRESS;
	}
	answer_all(u, has(u, 'h') ? -EHOSTDOWN : -u->d->gone);
	if (f >= 0) {
		m.file[f].u = NULL;
		if (!has(u, 'S'))
			seen_event(seen, 'w', f, 0, 0);
	}
	destroy_now(u);
	return 0;
}

/* ------------------------------------------------------------------ open, close */

static int clone(int which, bool user, struct unit **up)	/* OP-01..OP-10 */
{
	int from = which == -2 ? NTAP : 0, to = which == -2 ? NUNITS : NTAP, err;
	bool privileged = strchr(m.d->has, 'k') != NULL;

	if (!m.sysctl[TAP_SYSCTL_DEVFS_CLONING] || (privileged && user && !m.sysctl[TAP_SYSCTL_USER_OPEN]))
		return -ENOENT;
	for (int i = from; which < 0 && m.sysctl[TAP_SYSCTL_CLONE_REUSE] && i < to; i++) {
		struct unit *u = *up = &m.unit[i];

		if (!u->there || u->file >= 0 || u->gone || u->waiting > 0)
			continue;
		sync(u);
		if (!u->gone)
			return 0;
	}
	err = create(which, false, up);
	if (err == 0)
		(*up)->opened_made = true;
	if (err == 0)
		(*up)->temporary = which < 0 ? UNIT((int)(*up - m.unit)) >= m.d->keeps : m.d->missing == 'g';
	return err;
}

static int lookup(int which, bool user, struct unit **up)
{
	if (which < 0)
		return strchr(m.d->has, 'c') != NULL ? clone(which, user, up) : -ENXIO;
	*up = &m.unit[which];
	if ((*up)->there)
		return 0;
	return m.d->missing == 'x' ? -ENXIO : m.d->missing == 'e' ? -ENOENT : clone(which, user, up);
}

static int64_t do_open(const int32_t *a)
{
	struct unit *u;
	int err;

	if (m.file[a[0]].open)
		return SKIP;
	if (a[1] == -3) {					/* OP-15 */
		m.file[a[0]].open = m.file[a[0]].net = true;
		m.file[a[0]].u = NULL;
		return 0;
	}
	err = lookup(a[1], a[2], &u);
	if (err != 0)
		return err;
	sync(u);
	if (has(u, 'p') && a[2] && !m.sysctl[TAP_SYSCTL_USER_OPEN])
		return -EPERM;					/* OP-23 */
	if (u->gone || u->file >= 0 || u->waiting > 0)
		return u->gone ? -ENXIO : -EBUSY;		/* OP-21, OP-27 */
	m.file[a[0]].open = true;
	m.file[a[0]].nonblock = m.file[a[0]].net = false;
	m.file[a[0]].flag = a[3];
	m.file[a[0]].u = u;
	m.file[a[0]].d = u->d;
	u->file = a[0];
	u->pid = a[2] ? 101 : 100;
	memcpy(u->remote, u->lladdr, TAP_ADDRLEN);
	if (has(u, 'r'))
		flag(u, TAP_IFF_RUNNING, true);
	set_link(u, true);
	u->opened_up = !is_up(u) && u->d->up == 'k' && m.sysctl[TAP_SYSCTL_UP_ON_OPEN];
	if (u->d->up == 'a' || (u->d->up == 'k' && m.sysctl[TAP_SYSCTL_UP_ON_OPEN]))
		ask(u, 'u', true);				/* OP-29, OP-30 */
	return 0;
}

static void close_interface(struct unit *u)			/* CL-03..CL-08 */
{
	bool up = is_up(u);

	if (u->gone || !has(u, 'O') || is_vmnet(u) || (has(u, 'L') && (u->flags & TAP_IFF_LINK0)) ||
	    (has(u, 'i') && !u->opened_made && !u->opened_up))
		return;
	if (up)
		ask(u, 'u', false);
	if (has(u, 'P') || (has(u, 'U') && up)) {
		u->addr = 0;
		u->purges++;
	}
	if (!has(u, 'U') || up)
		flag(u, TAP_IFF_RUNNING, false);
}

static int64_t do_close(const int32_t *a)
{
	struct unit *u = m.file[a[0]].u;

	if (!m.file[a[0]].open)
		return SKIP;
	m.file[a[0]].open = false;
	m.file[a[0]].u = NULL;
	if (u == NULL)
		return 0;
	sync(u);
	answer_all(u, -ENXIO);
	u->c.opackets += has(u, 'o') ? u->queued : 0;
	flush(u);
	if (!has(u, 'K'))
		clear_owner(u);
	u->async = u->async && !has(u, 'A');			/* CL-14 */
	u->quiet = false;
	u->vnet = 0;						/* CL-11 */
	close_interface(u);
	u->file = -1;
	u->pid = 0;
	set_link(u, false);
	if (u->temporary || u->waiting > 0)
		destroy_now(u);
	return 0;
}

/* ------------------------------------------------------------------ read, write, poll */

static int64_t do_read(const int32_t *a)
{
	struct unit *u = m.file[a[0]].u;
	int r = a[1], off = a[4], err = 0;
	bool nonblock;

	if (!m.file[a[0]].open || m.reader[r].u != NULL)
		return SKIP;
	m.reader[r].len = a[2];
	if (u == NULL) {
		answer(r, NULL, 0, m.file[a[0]].net ? -ENODEV : -m.file[a[0]].d->gone);
		return 0;
	}
	if (off != 0) {						/* the next piece of a torn read(2) (docs/linux.md) */
		struct frame fr = u->cut;
		int all = fr.len > 0 ? fr.vnet + fr.len : 0, left = all > off ? all - off : 0,
		    n = left < a[2] ? left : a[2];

		if (left > 0 && n == left) {
			u->c.otruncated--;
			u->cut.len = 0;
		}
		answer(r, left > 0 ? &fr : NULL, off, n);
		return 0;
	}
	if (has(u, 'n') && a[3] != m.file[a[0]].flag)
		u->nonblock = m.file[a[0]].flag = a[3];		/* NB-07 */
	else if (has(u, 'n'))
		m.file[a[0]].flag = a[3];
	nonblock = has(u, 'n') ? u->nonblock : a[3] || m.file[a[0]].nonblock;
	u->cut.len = 0;
	if (u->queued == 0)
		sync(u);
	if (u->queued > 0) {
		struct frame fr = u->queue[0];

		memmove(u->queue, u->queue + 1, --u->queued * sizeof(fr));
		deliver(u, r, fr);
		return 0;
	}
	if (u->gone || (!is_up(u) && has(u, 'h')))
		err = -EHOSTDOWN;				/* RD-09, RD-10 */
	else if (nonblock)
		err = -EAGAIN;
	if (err != -EHOSTDOWN)
		u->quiet = false;
	if (err != 0) {
		answer(r, NULL, 0, err);
		return 0;
	}
	m.reader[r].u = u;
	u->sleepers[u->sleeping++] = r;
	return true;
}

static int write_down(struct unit *u, int len)			/* WR-11, WR-12 */
{
	u->c.idown++;
	u->c.ipackets += !has(u, 'z') && !has(u, 'm');
	return has(u, 'z') ? 0 : len;
}

static int write_gone(struct unit *u) { u->c.igone++; return -ENXIO; }

/* What the host does with it: 0 or an errno. */
static int input(struct unit *u, const struct frame *fr)
{
	int err;

	if (u->npending > 0 && u->pending[u->npending - 1].what == 'g')
		sync(u);
	if (u->gone || !u->up)
		return u->gone ? -ENXIO : -ENETDOWN;
	err = take(&m.fail_input);
	if (err == 0)
		seen_event(seen, 'i', (int)(u - m.unit), fr->len, world_sum(world_frame(fr, u->lladdr), fr->len));
	return err;
}

static int64_t do_write(const int32_t *a)
{
	struct unit *u = m.file[a[0]].u;
	int vnet = u != NULL ? u->vnet : 0, len = a[1], err;
	struct frame fr = { len > vnet ? len - vnet : 0, a[2], a[3], 0 };
	const uint8_t *dst;
	bool multicast;

	if (!m.file[a[0]].open)
		return SKIP;
	if (u == NULL)
		return m.file[a[0]].net ? -ENODEV : -m.file[a[0]].d->gone;
	if (a[4] != 0) {
		u->c.itorn++;
		return -EINVAL;
	}
	if (u->gone)
		return write_gone(u);
	if (has(u, 'z') && !is_up(u))
		sync(u);
	if (has(u, 'z') && !is_up(u))
		return u->gone ? write_gone(u) : write_down(u, len);	/* whatever its length */
	if (len < u->d->wmin || (len > u->d->wmax && len - vnet > u->d->wmax)) {
		*(len < u->d->wmin ? &u->c.ishort : &u->c.ibig) += 1;
		return -u->d->werr;
	}
	if (!is_up(u))
		sync(u);
	if (u->gone || !is_up(u))
		return u->gone ? write_gone(u) : write_down(u, len);
	if (fr.len < TAP_HDRLEN) {
		u->c.ishort++;
		u->c.ipackets += !has(u, 's');
		u->c.ibytes += has(u, 's') ? 0 : len;
		u->c.imcasts += !has(u, 's') && len > 0 && (world_frame(&fr, u->lladdr)[0] & 1);
		return len;
	}
	dst = world_frame(&fr, u->lladdr);
	multicast = dst[0] & 1;
	if (has(u, 'f') && !multicast && memcmp(dst, u->lladdr, TAP_ADDRLEN) != 0) {
		sync(u);
		if (u->gone || !is_up(u))
			return u->gone ? write_gone(u) : write_down(u, len);
		if (!(u->flags & TAP_IFF_PROMISC)) {
			u->c.ifiltered++;
			return len;
		}
	}
	err = input(u, &fr);
	if (err == 0) {
		u->c.ipackets++;
		u->c.ibytes += fr.len;
		u->c.imcasts += multicast;
		return len;
	}
	if (err == -EINVAL && vnet != 0) {			/* WR-21 */
		u->c.ivnet++;
		return len;
	}
	if (err == -ENETDOWN || err == -ENXIO)
		return err == -ENXIO ? write_gone(u) : write_down(u, len);
	u->c.ierrors++;
	return err != -ENOBUFS ? err : u->d->nobufs != 0 ? -u->d->nobufs : len;	/* WR-16, WR-26 */
}

static int64_t do_poll(const int32_t *a)
{
	struct unit *u = m.file[a[0]].u;

	if (!m.file[a[0]].open)
		return SKIP;
	if (m.file[a[0]].net)
		return POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM;
	if (u == NULL)
		return m.file[a[0]].d->gone_poll;
	if (u->queued == 0)
		sync(u);
	return u->gone ? POLLERR : POLLOUT | POLLWRNORM | (u->queued > 0 ? POLLIN | POLLRDNORM : 0);
}

/* ------------------------------------------------------------------ ioctl */

static int set_owner(struct unit *u, int id)			/* AS-05..AS-09 */
{
	int k = 0;

	if (id == 0) {
		clear_owner(u);
		return 0;
	}
	while (world_targets[k].id != 0 && world_targets[k].id != id)
		k++;
	if (world_targets[k].id == 0)
		return id < 0 ? -u->d->no_pgrp : -ESRCH;
	if (world_targets[k].err != 0 || (world_targets[k].other_session && !(id > 0 && has(u, 'x'))))
		return -EPERM;
	u->owner = k + 1;
	u->owner_id = id;
	u->owner_born = m.born[k];
	return 0;
}

static int get_owner(struct unit *u)				/* AS-12, AS-13 */
{
	if (u->owner > 0 && m.born[u->owner - 1] != u->owner_born)
		clear_owner(u);
	return u->owner_id;
}

static int set_up(struct unit *u, bool up) { return u->gone ? -ENXIO : ask(u, 'u', up); }

static int sifinfo(struct unit *u, const int32_t *v, bool user)	/* IO-03..IO-11: baudrate, mtu and type << 16 */
{
	int mtu = v[1] & 0xffff, type = v[1] >> 16 & 0xff, err;

	if (u->d->sifinfo != 's' && type != u->type)
		return -EPROTOTYPE;
	sync(u);
	if (mtu != u->mtu) {
		if (user && u->d->sifinfo == 'c')
			return -EPERM;
		err = set_mtu(u, mtu);
		if (err != 0 && u->d->sifinfo == 'c')
			return err;
		u->mtu = mtu;
	}
	u->type = type;
	u->baudrate = v[0];
	return 0;
}

static int osifinfo(struct unit *u, const int32_t *v)		/* OB-05, OB-06: mtu, type and flags << 16, baudrate */
{
	int err = (v[1] & 0xffff) != u->type ? -EINVAL : set_mtu(u, v[0]);

	if (err == 0)
		err = set_up(u, v[1] >> 16 & TAP_IFF_UP);
	if (err == 0)
		u->baudrate = v[2];
	return err;
}

static int sysctl(int id, int value)				/* section "sysctls" of tapd.conf(5) */
{
	static const int range[][2] = { { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, { INT_MIN, INT_MAX }, { 1, 65536 } };

	for (int i = 0; id == TAP_SYSCTL_IFQMAXLEN && i < NUNITS; i++)
		if (m.unit[i].there)
			return -EPERM;
	if (value < range[id][0] || value > range[id][1])
		return -EINVAL;
	m.sysctl[id] = value;
	return 0;
}

static int vmio(struct unit *u, int v)				/* IO-23..IO-26 */
{
	const int settable = TAP_IFF_DEBUG | TAP_IFF_LOOPBACK | TAP_IFF_NOARP;

	flag(u, settable | TAP_IFF_LINK0 | TAP_IFF_LINK1 | TAP_IFF_LINK2, false);
	flag(u, v & settable, true);
	return set_up(u, true);
}

static int kqdata(struct unit *u, const int32_t *v, int32_t *out)	/* PO-08..PO-10 */
{
	sync(u);
	if (v[0] != -1 && v[0] != -2)
		return has(u, 'Q') ? -EOPNOTSUPP : -EINVAL;
	out[0] = v[0];
	out[1] = v[0] == -2 || u->queued > 0;
	out[2] = v[0] == -2 ? (u->d->kq_write >= 0 ? u->d->kq_write : u->mtu) : u->queued == 0 || has(u, 'Q') ? 0 :
	    has(u, 'b') ? u->queue[0].len : u->queued;
	out[3] = 0;
	return 0;
}

static int command(char id, struct unit *u, int f, const int32_t *v, bool user, int32_t *out)
{
	if (strchr("IFNn", id) != NULL || (id == 'e') || (id == 'R' && u->queued == 0))
		sync(u);
	switch (id) {
	case 'd': out[0] = m.sysctl[TAP_SYSCTL_DEBUG]; return 0;
	case 'D': return sysctl(TAP_SYSCTL_DEBUG, v[0]);
	case 'S': return sifinfo(u, v, user);
	case 'I': out[0] = u->baudrate; out[1] = (u->mtu & 0xffff) | u->type << 16; return 0;
	case 'N': case 'n': strcpy((char *)out, world_names[u->name]); return 0;
	case 'V': case 'v': return vmio(u, v[0]);
	case 'A':
		return has(u, 'e') ? u->gone ? -ENXIO : set_lladdr(u, (void *)v)
				   : (memcpy(u->remote, v, TAP_ADDRLEN), 0);
	case 'a': case 'o': memcpy(out, has(u, 'e') ? u->lladdr : u->remote, TAP_ADDRLEN); return 0;
	case 'F': out[0] = u->flags; return 0;
	case 'R': out[0] = u->queued > 0 ? u->queue[0].len : 0; return 0;
	case 'B': u->nonblock = m.file[f].nonblock = v[0] != 0; return 0;
	case 'Y': u->async = v[0] != 0; return 0;
	case 'W': return set_owner(u, v[0]);
	case 'w': out[0] = get_owner(u); return 0;
	case 'P': return v[0] < 0 && !has(u, 't') ? -EINVAL : set_owner(u, v[0] == INT_MIN ? v[0] : -v[0]);
	case 'p': out[0] = -get_owner(u); return 0;
	case 'H': return v[0] != 0 && v[0] != 10 && v[0] != 12 ? -EINVAL : u->gone ? -ENXIO : (u->vnet = v[0], 0);
	case 'g': out[0] = u->vnet; return 0;
	case 'X': u->temporary = v[0] != 0; return 0;
	case 'x': out[0] = u->temporary; return 0;
	case 'E': return osifinfo(u, v);
	case 'e':
		memcpy(out, (const int32_t[]){ u->mtu, u->type | (int32_t)((uint32_t)u->flags << 16), u->baudrate }, 12);
		return 0;
	case 'M': return !(v[0] & TAP_IFF_BROADCAST) == !(v[0] & TAP_IFF_POINTOPOINT) ? -EINVAL : 0;	/* OB-07 */
	case 'K': return kqdata(u, v, out);
	default: return 0;					/* FIODTYPE, FIODGNAME */
	}
}

static int64_t do_ioctl(const int32_t *a)
{
	int f = a[0] & 15, err = -ENOTTY;
	struct unit *u = m.file[f].u;
	int32_t out[TAP_IOCTL_MAX / 4] = { 0 };

	if (!m.file[f].open)
		return SKIP;
	if (u == NULL)
		return m.file[f].net ? -EOPNOTSUPP : -m.file[f].d->gone_ioctl;
	for (const struct cmd *c = model_cmds; c->id != '\0'; c++)
		for (int k = 0; k < CMD_NUMBERS && c->numbers[k] != 0; k++) {
			if (c->numbers[k] != (uint32_t)a[1] || strchr(u->d->ioctls, c->id) == NULL)
				continue;
			err = command(c->id, u, f, &a[2], a[0] >> 4, out);
			seen->nout = err == 0 ? c->out : 0;
			memcpy(seen->out, out, seen->nout);
			return err;
		}
	return err;
}

/* ------------------------------------------------------------------ the rest of the steps */

static int64_t do_later(struct unit *u, const int32_t *a)
{
	struct pending p = { a[1], a[2], { a[3], a[4], DST_BROADCAST, 0 } };

	if (u->dead || u->npending == NPENDING || (p.what == 'f' && !u->up) ||
	    (p.what == 'n' && (strlen(world_names[p.value]) >= TAP_IFNAMSIZ || name_taken(p.value, u))))
		return SKIP;
	u->up = p.what == 'u' ? p.value : u->up;
	u->host_name = p.what == 'n' ? p.value : u->host_name;
	u->dead = p.what == 'g';
	u->pending[u->npending++] = p;
	return 0;
}

/* The unit of that interface name, else of that node's name; NULL. */
static struct unit *by_name(int name, bool node)
{
	for (struct unit *u = m.unit; u < m.unit + NUNITS; u++)
		if (u->there && u->name == name)
			return u;
	return node && name < NUNITS && m.unit[name].there ? &m.unit[name] : NULL;
}

static int64_t do_rename(struct unit *u, int name)		/* IF-15, IF-16 */
{
	struct unit *other;

	if (name < 0 || strlen(world_names[name]) >= TAP_IFNAMSIZ || strchr(world_names[name], '/') != NULL)
		return -EINVAL;
	other = by_name(name, false);
	if (other == NULL) {
		for (struct unit *o = m.unit; o < m.unit + NUNITS; o++)
			if (o->there)
				sync(o);		/* one may have been renamed a moment ago */
		other = by_name(name, true);
	}
	if (other != NULL && other != u)
		return -EEXIST;
	return u->name == name ? 0 : u->gone ? -ENXIO : name_taken(name, u) ? -EEXIST : ask(u, 'n', name);
}

static int64_t do_addr(struct unit *u, bool add)		/* IF-23, QU-11 */
{
	sync(u);
	if (u->gone || u->addr == add)
		return u->gone ? -ENXIO : add ? -EEXIST : -EADDRNOTAVAIL;
	u->addr = add;
	if (!add)
		return 0;
	flag(u, TAP_IFF_RUNNING, true);
	return ask(u, 'u', true);
}

static int64_t do_refresh(struct unit *u, const int32_t *a)
{
	if (!u->gone) {
		u->drops.no_carrier += a[1];
		u->drops.ring += a[2];
	}
	sync(u);
	if (u->gone)
		return 0;
	unheard(u, u->drops.no_carrier - u->shown.no_carrier);
	u->c.oring += u->drops.ring - u->shown.ring;
	u->shown = u->drops;
	return 0;
}

static int set_dialect(struct unit *u, int dialect)
{
	if (u->file >= 0)
		return -EBUSY;
	u->d = &model_systems[dialect];
	u->limit = queue_limit(u);
	return 0;
}

static int64_t unit_step(const struct step *st, struct unit *u)
{
	const int32_t *a = st->a;

	switch (st->op) {
	case STEP_frame:
		for (int k = 0; k < a[1] && !u->gone; k++)
			output(u, (struct frame){ a[2], a[3] + k, a[4], 0 });
		return u->gone ? SKIP : 0;
	case STEP_later: return do_later(u, a);
	case STEP_up: return set_up(u, a[1]);
	case STEP_promisc: return u->gone ? -ENXIO : ask(u, 'p', a[1]);
	case STEP_link0: flag(u, TAP_IFF_LINK0, a[1]); return 0;
	case STEP_mtu: return set_mtu(u, a[1]);
	case STEP_lladdr: return u->gone ? -ENXIO : set_lladdr(u, (uint8_t[]){ 2, 1, 1, 1, 1, a[1] });
	case STEP_rename: return do_rename(u, a[1]);
	case STEP_dialect: return set_dialect(u, a[1]);
	case STEP_addr: return do_addr(u, a[1]);
	case STEP_gone: return u->gone ? SKIP : (gone(u), 0);
	case STEP_destroy: return m.waiter[a[1]] != NULL ? SKIP : destroy(u, a[1]);
	case STEP_refresh: return do_refresh(u, a);
	default: return SKIP;
	}
}

static int64_t do_cancel(int w)					/* IF-11 */
{
	struct unit *u = m.waiter[w];
	int n = 0;

	if (u == NULL)
		return SKIP;
	m.waiter[w] = NULL;
	for (int k = 0; k < u->waiting; k++)
		if (u->waiters[k] != w)
			u->waiters[n++] = u->waiters[k];
	u->waiting = n;
	return 0;
}

static int64_t do_interrupt(int r)				/* RD-07 */
{
	struct unit *u = m.reader[r].u;
	int n = 0;

	if (u == NULL)
		return SKIP;
	for (int k = 0; k < u->sleeping; k++)
		if (u->sleepers[k] != r)
			u->sleepers[n++] = u->sleepers[k];
	u->sleeping = n;
	answer(r, NULL, 0, -EINTR);
	return 0;
}

static int64_t do_create(const int32_t *a)
{
	struct unit *u;
	int err = create(a[0], a[1], &u);

	return err != 0 ? err : u - m.unit;
}

static int64_t do_step(const struct step *st)
{
	const int32_t *a = st->a;

	switch (st->op) {
	case STEP_open: return do_open(a);
	case STEP_close: return do_close(a);
	case STEP_read: return do_read(a);
	case STEP_write: return do_write(a);
	case STEP_poll: return do_poll(a);
	case STEP_ioctl: return do_ioctl(a);
	case STEP_interrupt: return do_interrupt(a[0]);
	case STEP_create: return do_create(a);
	case STEP_cancel: return do_cancel(a[0]);
	case STEP_sysctl: return sysctl(a[0], a[1]);
	case STEP_fail: *(a[0] == 'i' ? &m.fail_input : a[0] == 'a' ? &m.fail_attach : &m.fail_node) = a[1]; return 0;
	case STEP_exit: m.born[a[0]]++; return 0;
	default: return m.unit[a[0]].there ? unit_step(st, &m.unit[a[0]]) : SKIP;
	}
}

static int64_t word(const uint8_t *p)
{
	int64_t v = 0;

	for (int i = 0; i < TAP_ADDRLEN; i++)
		v = v << 8 | p[i];
	return v;
}

static void look_at(const struct unit *u, int64_t *v)
{
	int i = (int)(u - m.unit);
	bool alive = u->owner > 0 && m.born[u->owner - 1] == u->owner_born;
	int64_t all[] = {1, u->d - model_systems, u->flags, u->mtu, word(u->lladdr), u->file >= 0 ? word(u->remote) : 0,
	    u->baudrate, u->type, u->link, u->file + 1, u->pid, u->async, alive ? u->owner_id : 0, u->temporary,
	    u->vnet, u->vnet != 0 && !u->gone, u->queued, u->queued > 0 ? u->queue[0].len : 0, u->sleeping, u->gone,
	    u->waiting, u->carrier, u->purges, u->addr, u->name, has(u, 'a') && u->name != i ? u->name : -1,
	    u->own_node + 2 * m.ahead[i] + 4 * has(u, 'N')};

	_Static_assert(sizeof(all) == SEEN_COUNT * sizeof(int64_t), "SEEN_FIELDS, in their order");
	memcpy(v, all, sizeof(all));
}

void model_step(const struct step *st, struct seen *s)
{
	seen = s;
	s->nevents = s->nout = s->owners = s->ahead = 0;
	memset(s->out, 0, sizeof(s->out));
	s->result = do_step(st);
	for (int i = 0; i < NUNITS; i++) {
		const struct unit *u = &m.unit[i];

		memset(s->unit[i], 0, sizeof(s->unit[i]));
		memset(s->count[i], 0, sizeof(s->count[i]));
		s->ahead |= (int64_t)m.ahead[i] << i;
		if (!u->there)
			continue;
		look_at(u, s->unit[i]);
		memcpy(s->count[i], &u->c, sizeof(u->c));
		s->owners += u->owner > 0;
	}
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++)
		s->sysctl[id] = m.sysctl[id];
	s->clones = strchr(m.d->has, 'c') != NULL ? (1 << TAP_FAMILY_COUNT) - 1 : 0;
}

void model_begin(int dialect)
{
	m = (struct model){ .d = &model_systems[dialect], .ahead = { true, true } };
	m.sysctl[TAP_SYSCTL_DEVFS_CLONING] = 1;
	m.sysctl[TAP_SYSCTL_IFQMAXLEN] = 50;
}
