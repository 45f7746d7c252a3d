/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ioctl(2): the table of commands, and what each does (sections 1 to 3 of the rows).
 *
 * A row stands for up to three numbers: BSD's, the one Linux's macros make of the same definition (the two differ in the
 * direction bits), and where Linux has a number of its own for the name, a row of generic_table.
 */
#include <errno.h>
#include <string.h>

#include "tap/softc.h"

/* Directions, seen from the program, in BSD's bits. */
#define VOID	0x20000000u
#define OUT	0x40000000u
#define IN	0x80000000u
#define INOUT	(IN | OUT)

struct row {
	const char *name;
	enum tap_ioctl_id id;
	uint32_t dir;
	char group;
	uint8_t nr;
	uint16_t size;		/* in the number; bytes */
	uint16_t in, out;	/* really carried; bytes */
};

/* struct ifreq is 32 bytes on FreeBSD, OpenBSD and 32-bit Linux, 40 on 64-bit Linux, 144 on NetBSD. */
#define IFREQ_ROWS(name, id, dir, group, nr, in, out) \
	{ name, id, dir, group, nr, 32, in, out }, \
	{ name, id, dir, group, nr, 40, in, out }, \
	{ name, id, dir, group, nr, 144, in, out }

static const struct row table[] = {
	{ "TAPGDEBUG", TAP_IOC_GDEBUG, OUT, 't', 89, 4, 0, 4 },
	{ "TAPSDEBUG", TAP_IOC_SDEBUG, IN, 't', 90, 4, 4, 0 },
	{ "TAPSIFINFO", TAP_IOC_SIFINFO, IN, 't', 91, 8, 8, 0 },
	{ "TAPGIFINFO", TAP_IOC_GIFINFO, OUT, 't', 92, 8, 0, 8 },
	{ "TAPGIFNAME", TAP_IOC_GIFNAME, OUT, 't', 93, 32, 0, 32 },
	{ "TAPGIFNAME", TAP_IOC_GIFNAME, OUT, 't', 93, 40, 0, 40 },
	{ "TAPGIFNAME", TAP_IOC_NGIFNAME, OUT, 'e', 0, 32, 0, 32 },
	{ "TAPGIFNAME", TAP_IOC_NGIFNAME, OUT, 'e', 0, 40, 0, 40 },
	{ "TAPGIFNAME", TAP_IOC_NGIFNAME, OUT, 'e', 0, 144, 0, 144 },
	{ "VMIO_SIOCSIFFLAGS", TAP_IOC_VMIO_SIFFLAGS, VOID, 'V', 0, 4, 0, 0 },
	{ "VMIO_SIOCSIFFLAGS", TAP_IOC_VMIO_OLD, VOID, 'V', 0, 0, 0, 0 },
	/* The address is the first six bytes, and programs pass six: no more is touched. */
	IFREQ_ROWS("SIOCSIFADDR", TAP_IOC_SIFADDR, IN, 'i', 12, 6, 0),
	IFREQ_ROWS("SIOCGIFADDR", TAP_IOC_GIFADDR, INOUT, 'i', 33, 0, 6),
	IFREQ_ROWS("OSIOCGIFADDR", TAP_IOC_OGIFADDR, INOUT, 'i', 13, 0, 6),
	{ "SIOCSIFADDR", TAP_IOC_SIFADDR, IN, 'i', 12, 6, 6, 0 },	/* libtap-bsd's, which FUSE can carry */
	{ "SIOCGIFADDR", TAP_IOC_GIFADDR, OUT, 'i', 33, 6, 0, 6 },
	{ "FIONREAD", TAP_IOC_FIONREAD, OUT, 'f', 127, 4, 0, 4 },
	{ "FIONBIO", TAP_IOC_FIONBIO, IN, 'f', 126, 4, 4, 0 },
	{ "FIOASYNC", TAP_IOC_FIOASYNC, IN, 'f', 125, 4, 4, 0 },
	{ "FIOSETOWN", TAP_IOC_FIOSETOWN, IN, 'f', 124, 4, 4, 0 },
	{ "FIOGETOWN", TAP_IOC_FIOGETOWN, OUT, 'f', 123, 4, 0, 4 },
	{ "FIODTYPE", TAP_IOC_FIODTYPE, OUT, 'f', 122, 4, 0, 4 },
	/* struct { int len; void *buf; }: the transport copies the name to buf. */
	{ "FIODGNAME", TAP_IOC_FIODGNAME, IN, 'f', 120, 16, 16, 0 },
	{ "FIODGNAME", TAP_IOC_FIODGNAME, IN, 'f', 120, 8, 8, 0 },
	IFREQ_ROWS("SIOCGIFFLAGS", TAP_IOC_GIFFLAGS, INOUT, 'i', 17, 0, 4),
	{ "TAPSVNETHDR", TAP_IOC_SVNETHDR, IN, 't', 91, 4, 4, 0 },
	{ "TAPGVNETHDR", TAP_IOC_GVNETHDR, OUT, 't', 94, 4, 0, 4 },
	{ "TAPSTRANSIENT", TAP_IOC_STRANSIENT, IN, 't', 98, 4, 4, 0 },
	{ "TAPGTRANSIENT", TAP_IOC_GTRANSIENT, OUT, 't', 99, 4, 0, 4 },
	{ "TUNSIFINFO", TAP_IOC_OSIFINFO, IN, 't', 91, 12, 12, 0 },
	{ "TUNGIFINFO", TAP_IOC_OGIFINFO, OUT, 't', 92, 12, 0, 12 },
	{ "TUNSIFMODE", TAP_IOC_OSIFMODE, IN, 't', 93, 4, 4, 0 },
	{ "TAPNBIO", TAP_IOC_NBIO, IN, 'K', 1, 4, 4, 0 },
	{ "TAPGASYNC", TAP_IOC_GASYNC, OUT, 'K', 2, 4, 0, 4 },
	{ "TAPKQDATA", TAP_IOC_KQDATA, INOUT, 'K', 0, 16, 16, 16 },
	{ "TIOCSPGRP", TAP_IOC_SPGRP, IN, 't', 118, 4, 4, 0 },
	{ "TIOCGPGRP", TAP_IOC_GPGRP, OUT, 't', 119, 4, 0, 4 },
};

/* Linux's own numbers for the same names, as far as its VFS lets them through. */
static const struct {
	uint32_t cmd;
	struct tap_ioctl d;
} generic_table[] = {
	{ 0x541b, { "FIONREAD", TAP_IOC_FIONREAD, 0, 4, false, 0x541b } },
	{ 0x5421, { "FIONBIO", TAP_IOC_FIONBIO, 4, 0, false, 0x5421 } },
	{ 0x5452, { "FIOASYNC", TAP_IOC_FIOASYNC, 4, 0, false, 0x5452 } },
	{ 0x8901, { "FIOSETOWN", TAP_IOC_FIOSETOWN, 4, 0, false, 0x8901 } },
	{ 0x8903, { "FIOGETOWN", TAP_IOC_FIOGETOWN, 0, 4, false, 0x8903 } },
	{ 0x5410, { "TIOCSPGRP", TAP_IOC_SPGRP, 4, 0, false, 0x5410 } },
	{ 0x540f, { "TIOCGPGRP", TAP_IOC_GPGRP, 0, 4, false, 0x540f } },
	{ 0x8915, { "SIOCGIFADDR", TAP_IOC_GIFADDR, 0, 6, false, 0x8915 } },
	{ 0x8916, { "SIOCSIFADDR", TAP_IOC_SIFADDR, 6, 0, false, 0x8916 } },
	{ 0x400454ca, { "TUNSETIFF", TAP_IOC_TUNSETIFF, 40, 40, false, 0x400454ca } },
	{ 0x800454d2, { "TUNGETIFF", TAP_IOC_TUNGETIFF, 0, 40, false, 0x800454d2 } },
	{ 0x800454cf, { "TUNGETFEATURES", TAP_IOC_TUNGETFEATURES, 0, 4, false, 0x800454cf } },
	{ 0x800454d7, { "TUNGETVNETHDRSZ", TAP_IOC_TUNGETVNETHDRSZ, 0, 4, false, 0x800454d7 } },
	{ 0x400454d8, { "TUNSETVNETHDRSZ", TAP_IOC_TUNSETVNETHDRSZ, 4, 0, false, 0x400454d8 } },
	{ 0x400454d0, { "TUNSETOFFLOAD", TAP_IOC_TUNSETOFFLOAD, 0, 0, true, 0x400454d0 } },
};

#define NROWS(t) (sizeof(t) / sizeof((t)[0]))

static uint32_t bsd_number(const struct row *r)
{
	return r->dir | (uint32_t)r->size << 16 | (uint32_t)r->group << 8 | r->nr;
}

static uint32_t linux_number(const struct row *r)
{
	uint32_t dir = (r->dir & IN ? 0x40000000u : 0) | (r->dir & OUT ? IN : 0);

	return dir | (bsd_number(r) & 0x1fffffff);
}

bool tap_ioctl_decode(uint32_t cmd, struct tap_ioctl *d)
{
	for (size_t i = 0; i < NROWS(generic_table); i++)
		if (cmd == generic_table[i].cmd) {
			*d = generic_table[i].d;
			return true;
		}
	for (size_t i = 0; i < NROWS(table); i++) {
		const struct row *r = &table[i];

		if (cmd != bsd_number(r) && cmd != linux_number(r))
			continue;
		*d = (struct tap_ioctl){ r->name, r->id, r->in, r->out, r->dir == VOID, cmd };
		return true;
	}
	*d = (struct tap_ioctl){ .name = "unknown", .cmd = cmd };
	return false;
}

/* ------------------------------------------------------------------ what they do */

/* struct tapinfo of <net/if_tap.h>; its size and offsets are the same on every system (section 1.5). */
struct tapinfo {
	int32_t baudrate;	/* bit/s */
	uint16_t mtu;		/* bytes */
	uint8_t type;
	uint8_t dummy;
};
_Static_assert(sizeof(struct tapinfo) == 8, "struct tapinfo");

typedef int handler(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred);

static void put_int(void *data, int value)
{
	memcpy(data, &value, sizeof(value));
}

static int get_int(const void *data)
{
	int value;

	memcpy(&value, data, sizeof(value));
	return value;
}

static int do_gdebug(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, sc->drv->sysctl[TAP_SYSCTL_DEBUG]);
	return 0;
}

static int do_sdebug(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	return tap_sysctl_set(sc->drv, TAP_SYSCTL_DEBUG, get_int(data));
}

static int do_gifinfo(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	struct tapinfo ti;

	tap_sync(sc);
	ti = (struct tapinfo){ .baudrate = sc->baudrate, .mtu = sc->mtu, .type = sc->if_type };
	memcpy(data, &ti, sizeof(ti));
	return 0;
}

/* IO-03..IO-10.  Where the MTU is only stored, the host interface is told as far as it can follow. */
static int do_sifinfo(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	enum tap_sifinfo how = sc->dialect->sifinfo;
	struct tapinfo ti;
	int err = 0;

	memcpy(&ti, data, sizeof(ti));
	if (how != TAP_SIFINFO_STORED && ti.type != sc->if_type)
		return -EPROTOTYPE;
	tap_sync(sc);
	if (ti.mtu != sc->mtu) {
		if (how == TAP_SIFINFO_CHECKED && cred->uid != 0)
			return -EPERM;
		err = tap_unit_set_mtu(sc, ti.mtu);
	}
	if (err != 0 && how == TAP_SIFINFO_CHECKED)
		return err;
	sc->mtu = ti.mtu;
	sc->if_type = ti.type;
	sc->baudrate = ti.baudrate;
	return 0;
}

static int do_gifname(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	tap_sync(sc);			/* it may have been renamed (IO-01) */
	memcpy(data, sc->if_name, strlen(sc->if_name));	/* and zeros (GI-06) */
	return 0;
}

/* Of v only these bits are settable; UP is forced, LINK0..2 cleared, the rest kept (IO-23..IO-26). */
static int do_vmio_sifflags(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	const int settable = TAP_IFF_DEBUG | TAP_IFF_LOOPBACK | TAP_IFF_NOARP;

	sc->flags &= ~(settable | TAP_IFF_LINK0 | TAP_IFF_LINK1 | TAP_IFF_LINK2);
	sc->flags |= get_int(data) & settable;
	return tap_set_up(sc, true);
}

static int do_gifflags(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	tap_sync(sc);
	put_int(data, sc->flags);
	return 0;
}

static int do_sifaddr(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	if (sc->dialect->sifaddr_sets_lladdr)
		return tap_unit_set_lladdr(sc, data);
	memcpy(sc->remote, data, TAP_ADDRLEN);
	if (!sc->gone && sc->net_ops->remote_changed != NULL)
		sc->net_ops->remote_changed(sc);
	return 0;
}

static int do_gifaddr(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	memcpy(data, sc->dialect->sifaddr_sets_lladdr ? sc->lladdr : sc->remote, TAP_ADDRLEN);
	return 0;
}

/* The whole length of the first frame (IO-15, IO-16). */
static int do_fionread(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	const struct tap_frame *fr;

	if (STAILQ_EMPTY(&sc->ifq))
		tap_sync(sc);
	fr = STAILQ_FIRST(&sc->ifq);
	put_int(data, fr != NULL ? (int)fr->len : 0);
	return 0;
}

static int do_fionbio(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	f->nonblock = sc->nonblock = get_int(data) != 0;
	return 0;
}

/* libtap-bsd says so after a FIONBIO, which the kernel did not pass on. */
static int do_nbio(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	if (sc->dialect->nonblock_per_unit)
		sc->nonblock = f->flag_seen = get_int(data) != 0;
	return 0;
}

static int do_fioasync(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	sc->async = get_int(data) != 0;
	return 0;
}

/* BSD's kernels keep it with the descriptor too, where fcntl(F_GETFL) finds it; here libtap-bsd asks. */
static int do_gasync(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, sc->async);
	return 0;
}

static int do_fiosetown(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	return tap_sigio_set(sc, get_int(data), cred);
}

static int do_fiogetown(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, tap_sigio_get(sc));
	return 0;
}

static int do_fiodtype(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, 0);		/* GI-15 */
	return 0;
}

/* TIOCSPGRP names a group by a positive number (AS-10, AS-11, NB-12). */
static int do_spgrp(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	if (get_int(data) < 0 && !sc->dialect->spgrp_negative)
		return -EINVAL;
	return tap_sigio_set(sc, (int)-(unsigned)get_int(data), cred);
}

static int do_gpgrp(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, -tap_sigio_get(sc));
	return 0;
}

/* IO-29, IO-30: with a header the host may leave work on its frames to the program. */
static int do_svnethdr(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	int len = get_int(data);

	if (len != 0 && len != TAP_VNET_LEN && len != TAP_VNET_MAX)
		return -EINVAL;
	return tap_set_vnet(sc, len);
}

static int do_gvnethdr(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, sc->vnet_len);
	return 0;
}

static int do_stransient(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	sc->temporary = get_int(data) != 0;	/* IO-33, CL-15 */
	return 0;
}

static int do_gtransient(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, sc->temporary);
	return 0;
}

/* OpenBSD's struct tuninfo (section 1.5). */
struct tuninfo {
	uint32_t mtu;		/* bytes */
	uint16_t type;
	uint16_t flags;		/* TAP_IFF_* */
	uint32_t baudrate;	/* bit/s */
};
_Static_assert(sizeof(struct tuninfo) == 12, "struct tuninfo");

static int do_ogifinfo(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	struct tuninfo ti;

	tap_sync(sc);
	ti = (struct tuninfo){ sc->mtu, sc->if_type, sc->flags, sc->baudrate };
	memcpy(data, &ti, sizeof(ti));
	return 0;
}

/* OB-05, OB-06: of the flags only UP can differ here, as an Ethernet interface is always multicast and broadcast. */
static int do_osifinfo(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	struct tuninfo ti;
	int err;

	memcpy(&ti, data, sizeof(ti));
	if (ti.type != sc->if_type)
		return -EINVAL;
	err = tap_unit_set_mtu(sc, ti.mtu);
	if (err == 0)
		err = tap_set_up(sc, ti.flags & TAP_IFF_UP);
	if (err == 0)
		sc->baudrate = ti.baudrate;
	return err;
}

/* OB-07: exactly one of the two; an Ethernet interface stays what it is. */
static int do_osifmode(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	int mode = get_int(data) & (TAP_IFF_POINTOPOINT | TAP_IFF_BROADCAST);

	return mode == TAP_IFF_POINTOPOINT || mode == TAP_IFF_BROADCAST ? 0 : -EINVAL;
}

/* What a kevent(2) made of poll(2) and this would report (PO-08..PO-10). */
struct kqdata {
	int32_t filter;		/* EVFILT_READ or EVFILT_WRITE, in */
	int32_t active;		/* out */
	int64_t data;		/* out */
};
_Static_assert(sizeof(struct kqdata) == 16, "struct kqdata");

enum { EVFILT_READ = -1, EVFILT_WRITE = -2 };

static int64_t kq_read_data(const struct tap_softc *sc, const struct tap_frame *first)
{
	if (first == NULL || sc->dialect->kq_read == TAP_KQ_NOTHING)
		return 0;
	return sc->dialect->kq_read == TAP_KQ_BYTES ? (int64_t)first->len : (int64_t)sc->ifq_len;
}

static int do_kqdata(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	const struct tap_frame *first;
	struct kqdata kq;

	memcpy(&kq, data, sizeof(kq));
	tap_sync(sc);
	first = STAILQ_FIRST(&sc->ifq);
	if (kq.filter == EVFILT_READ) {
		kq.active = first != NULL;
		kq.data = kq_read_data(sc, first);
	} else if (kq.filter == EVFILT_WRITE) {
		kq.active = true;
		kq.data = sc->dialect->kq_write >= 0 ? sc->dialect->kq_write : (int64_t)sc->mtu;
	} else {
		return -sc->dialect->kq_bad_filter;
	}
	memcpy(data, &kq, sizeof(kq));
	return 0;
}

/* The transport copies the name, for only it reaches the program's second pointer. */
static int do_fiodgname(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	return 0;
}

static handler *const handlers[] = {
	[TAP_IOC_GDEBUG] = do_gdebug,
	[TAP_IOC_SDEBUG] = do_sdebug,
	[TAP_IOC_SIFINFO] = do_sifinfo,
	[TAP_IOC_GIFINFO] = do_gifinfo,
	[TAP_IOC_GIFNAME] = do_gifname,
	[TAP_IOC_VMIO_SIFFLAGS] = do_vmio_sifflags,
	[TAP_IOC_SIFADDR] = do_sifaddr,
	[TAP_IOC_GIFADDR] = do_gifaddr,
	[TAP_IOC_FIONREAD] = do_fionread,
	[TAP_IOC_FIONBIO] = do_fionbio,
	[TAP_IOC_FIOASYNC] = do_fioasync,
	[TAP_IOC_FIOSETOWN] = do_fiosetown,
	[TAP_IOC_FIOGETOWN] = do_fiogetown,
	[TAP_IOC_FIODTYPE] = do_fiodtype,
	[TAP_IOC_FIODGNAME] = do_fiodgname,
	[TAP_IOC_SPGRP] = do_spgrp,
	[TAP_IOC_GPGRP] = do_gpgrp,
	[TAP_IOC_VMIO_OLD] = do_vmio_sifflags,
	[TAP_IOC_OGIFADDR] = do_gifaddr,
	[TAP_IOC_GIFFLAGS] = do_gifflags,
	[TAP_IOC_SVNETHDR] = do_svnethdr,
	[TAP_IOC_GVNETHDR] = do_gvnethdr,
	[TAP_IOC_STRANSIENT] = do_stransient,
	[TAP_IOC_GTRANSIENT] = do_gtransient,
	[TAP_IOC_NGIFNAME] = do_gifname,
	[TAP_IOC_OSIFINFO] = do_osifinfo,
	[TAP_IOC_OGIFINFO] = do_ogifinfo,
	[TAP_IOC_OSIFMODE] = do_osifmode,
	[TAP_IOC_KQDATA] = do_kqdata,
	[TAP_IOC_GASYNC] = do_gasync,
	[TAP_IOC_NBIO] = do_nbio,
};

/* What an error of a handler means. */
static enum tap_why why_failed(int err)
{
	switch (err) {
	case 0:
		return TAP_WHY_NONE;
	case -EINVAL:
		return TAP_WHY_IOCTL_VALUE;
	case -EPERM:
		return TAP_WHY_IOCTL_PERM;
	case -EPROTOTYPE:
		return TAP_WHY_IOCTL_TYPE;
	case -ESRCH:
		return TAP_WHY_IOCTL_NO_PROCESS;
	default:
		return TAP_WHY_IOCTL_FAILED;
	}
}

static int ioctl_file(struct tap_file *f, const struct tap_ioctl *d, void *data, const struct tap_cred *cred)
{
	int err;

	if (f->is_net)
		return tap_because(f->drv, TAP_WHY_NET_NODE, -EOPNOTSUPP);
	if (f->sc == NULL)
		return tap_because(f->drv, TAP_WHY_REVOKED, -f->dialect->gone_ioctl);
	if (d->id == TAP_IOC_NONE)
		return tap_because(f->drv, TAP_WHY_IOCTL_UNKNOWN, -ENOTTY);
	if (d->id < TAP_IOC_TUNSETIFF && !(f->sc->dialect->ioctls & UINT64_C(1) << d->id))
		return tap_because(f->drv, TAP_WHY_IOCTL_OTHER_SYSTEM, -ENOTTY);
	if (d->in < d->out)
		memset((char *)data + d->in, 0, d->out - d->in);
	err = d->id >= TAP_IOC_TUNSETIFF ? tap_tun_ioctl(f->sc, d->id, data) : handlers[d->id](f->sc, f, data, cred);
	return tap_because(f->drv, why_failed(err), err);
}

static void see_ioctl(struct tap_file *f, const struct tap_ioctl *d, const void *data, int err)
{
	if (tap_is_seen(f->drv, f->drv->why))
		tap_see_call(f->drv, &(struct tap_call){ .kind = TAP_CALL_IOCTL, .sc = f->sc, .device = f->device, .tid = f->tid,
		    .ioctl = d, .data = data, .ndata = data == NULL ? 0 : d->in > d->out ? d->in : d->out, .result = err,
		    .why = f->drv->why });
}

int tap_ioctl(struct tap_file *f, const struct tap_ioctl *d, void *data, const struct tap_cred *cred)
{
	int err = ioctl_file(f, d, data, cred);

	see_ioctl(f, d, data, err);
	return err;
}

void tap_ioctl_refused(struct tap_file *f, const struct tap_ioctl *d)
{
	bool tun = d->id >= TAP_IOC_TUNSETIFF;	/* our library does not stand between those and the kernel */

	see_ioctl(f, d, NULL, tap_because(f->drv, tun ? TAP_WHY_IOCTL_TUN_TRANSPORT : TAP_WHY_IOCTL_TRANSPORT, -ENOTTY));
}
