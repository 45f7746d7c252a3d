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
	{ "TAPGIFNAME", TAP_IOC_GIFNAME, OUT, 'e', 0, 32, 0, 32 },	/* NetBSD's number */
	{ "TAPGIFNAME", TAP_IOC_GIFNAME, OUT, 'e', 0, 40, 0, 40 },
	{ "TAPGIFNAME", TAP_IOC_GIFNAME, OUT, 'e', 0, 144, 0, 144 },
	{ "VMIO_SIOCSIFFLAGS", TAP_IOC_VMIO_SIFFLAGS, VOID, 'V', 0, 4, 0, 0 },
	{ "VMIO_SIOCSIFFLAGS", TAP_IOC_VMIO_SIFFLAGS, VOID, 'V', 0, 0, 0, 0 },	/* until FreeBSD 7 */
	/* The address is the first six bytes, and programs pass six: no more is touched. */
	IFREQ_ROWS("SIOCSIFADDR", TAP_IOC_SIFADDR, IN, 'i', 12, 6, 0),
	IFREQ_ROWS("SIOCGIFADDR", TAP_IOC_GIFADDR, INOUT, 'i', 33, 0, 6),
	IFREQ_ROWS("OSIOCGIFADDR", TAP_IOC_GIFADDR, INOUT, 'i', 13, 0, 6),
	{ "SIOCSIFADDR", TAP_IOC_SIFADDR, IN, 'i', 12, 6, 6, 0 },	/* libtap-bsd's, which FUSE can carry */
	{ "SIOCGIFADDR", TAP_IOC_GIFADDR, OUT, 'i', 33, 6, 0, 6 },
	{ "FIONREAD", TAP_IOC_FIONREAD, OUT, 'f', 127, 4, 0, 4 },
	{ "FIONBIO", TAP_IOC_FIONBIO, IN, 'f', 126, 4, 4, 0 },
	{ "FIOASYNC", TAP_IOC_FIOASYNC, IN, 'f', 125, 4, 4, 0 },
	{ "FIOSETOWN", TAP_IOC_FIOSETOWN, IN, 'f', 124, 4, 4, 0 },
	{ "FIOGETOWN", TAP_IOC_FIOGETOWN, OUT, 'f', 123, 4, 0, 4 },
	{ "FIODTYPE", TAP_IOC_FIODTYPE, OUT, 'f', 122, 4, 0, 4 },
	{ "TIOCSPGRP", TAP_IOC_SPGRP, IN, 't', 118, 4, 4, 0 },
	{ "TIOCGPGRP", TAP_IOC_GPGRP, OUT, 't', 119, 4, 0, 4 },
};

/* Linux's own numbers for the same names, as far as its VFS lets them through. */
static const struct {
	uint32_t cmd;
	struct tap_ioctl d;
} generic_table[] = {
	{ 0x541b, { "FIONREAD", TAP_IOC_FIONREAD, 0, 4, false } },
	{ 0x5421, { "FIONBIO", TAP_IOC_FIONBIO, 4, 0, false } },
	{ 0x5452, { "FIOASYNC", TAP_IOC_FIOASYNC, 4, 0, false } },
	{ 0x8901, { "FIOSETOWN", TAP_IOC_FIOSETOWN, 4, 0, false } },
	{ 0x8903, { "FIOGETOWN", TAP_IOC_FIOGETOWN, 0, 4, false } },
	{ 0x5410, { "TIOCSPGRP", TAP_IOC_SPGRP, 4, 0, false } },
	{ 0x540f, { "TIOCGPGRP", TAP_IOC_GPGRP, 0, 4, false } },
	{ 0x8915, { "SIOCGIFADDR", TAP_IOC_GIFADDR, 0, 6, false } },
	{ 0x8916, { "SIOCSIFADDR", TAP_IOC_SIFADDR, 6, 0, false } },
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
		*d = (struct tap_ioctl){ r->name, r->id, r->in, r->out, r->dir == VOID };
		return true;
	}
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
	ti = (struct tapinfo){ .baudrate = sc->baudrate, .mtu = sc->mtu, .type = TAP_IFT_ETHER };
	memcpy(data, &ti, sizeof(ti));
	return 0;
}

/* IO-03, IO-05..IO-09. */
static int do_sifinfo(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	struct tapinfo ti;
	int err;

	memcpy(&ti, data, sizeof(ti));
	if (ti.type != TAP_IFT_ETHER)
		return -EPROTOTYPE;
	tap_sync(sc);
	if (ti.mtu != sc->mtu) {
		if (cred->uid != 0)
			return -EPERM;
		err = tap_unit_set_mtu(sc, ti.mtu);
		if (err != 0)
			return err;
	}
	sc->baudrate = ti.baudrate;
	return 0;
}

static int do_gifname(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	memcpy(data, sc->if_name, sizeof(sc->if_name));
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

static int do_sifaddr(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	memcpy(sc->remote, data, TAP_ADDRLEN);
	return 0;
}

static int do_gifaddr(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	memcpy(data, sc->remote, TAP_ADDRLEN);
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
	f->nonblock = get_int(data) != 0;
	return 0;
}

static int do_fioasync(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	sc->async = get_int(data) != 0;
	return 0;
}

static int do_fiosetown(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	return tap_sigio_set(sc, get_int(data), cred);
}

static int do_fiogetown(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, sc->sigio_id);
	return 0;
}

static int do_fiodtype(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, 0);		/* GI-15 */
	return 0;
}

/* TIOCSPGRP names a group by a positive number (AS-10, AS-11). */
static int do_spgrp(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	return tap_sigio_set(sc, (int)-(unsigned)get_int(data), cred);
}

static int do_gpgrp(struct tap_softc *sc, struct tap_file *f, void *data, const struct tap_cred *cred)
{
	put_int(data, -sc->sigio_id);
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
	[TAP_IOC_SPGRP] = do_spgrp,
	[TAP_IOC_GPGRP] = do_gpgrp,
};

int tap_ioctl(struct tap_file *f, const struct tap_ioctl *d, void *data, const struct tap_cred *cred)
{
	if (f->sc == NULL)
		return -ENXIO;
	if (d->in < d->out)
		memset((char *)data + d->in, 0, d->out - d->in);
	return handlers[d->id](f->sc, f, data, cred);
}
