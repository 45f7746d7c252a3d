/* SPDX-License-Identifier: BSD-2-Clause */
/* NB: what only NetBSD does.  OB: what only OpenBSD does.  Told apart by what the dialect has, not by its name. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

#define NEEDS_NETBSD() \
	do { if (!(c->d->has & HAS_NNAME)) SKIP("for NetBSD"); } while (0)
#define NEEDS_OPENBSD() \
	do { if (!(c->d->has & HAS_OINFO)) SKIP("for OpenBSD"); } while (0)

/* ------------------------------------------------------------------ NB */

static void nb_04(struct ctx *c)
{
	NEEDS_NETBSD();
	IS("open while open", dev_open_other(c, O_RDWR), -EBUSY);
	IS("open for reading while open", dev_open_other(c, O_RDONLY), -EBUSY);
}

static void nb_05(struct ctx *c)
{
	NEEDS_NETBSD();
	IS("read while down", dev_read(c, 100), -EHOSTDOWN);
	IS("read of 0 bytes while down", dev_read(c, 0), 0);
}

/* FIONBIO outlives the close, and what open is given does not reach the driver. */
static void nb_07(struct ctx *c)
{
	struct reader r;
	bool asleep;

	NEEDS_NETBSD();
	IS("FIONBIO 1", dev_nonblock(c, true), 0);
	IS("close and open", dev_reopen(c), 0);
	IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
	dev_drain(c);
	IS("read", dev_read(c, 2000), -EAGAIN);
	IS("FIONBIO 0", dev_nonblock(c, false), 0);
	IS("close", dev_close(c), 0);
	IS("open with O_NONBLOCK", dev_open(c, O_RDWR | O_NONBLOCK), 0);
	if (!reader_start(c, &r, ON_SIGNAL_STOP))
		return;
	asleep = reader_asleep(&r);
	reader_end(&r);
	TRUE("a read sleeps in spite of open's O_NONBLOCK", asleep);
}

static void nb_08(struct ctx *c)
{
	int v = 0;

	NEEDS_NETBSD();
	IS("an unknown command", dev_int(c, C_UNKNOWN, &v), -ENOTTY);
	IS("FreeBSD's TAPSDEBUG", dev_int(c, C_SDEBUG, &v), -ENOTTY);
	IS("FreeBSD's VMIO_SIOCSIFFLAGS", ioctl(c->fd, C_VMIO_SIFFLAGS, 0UL) == 0 ? 0 : -errno, -ENOTTY);
}

static void nb_11(struct ctx *c)
{
	NEEDS_NETBSD();
	for (int on = 1; on >= 0; on--)
		IS("FIOASYNC", dev_set(c, FIOASYNC, on), 0);
}

static void nb_12(struct ctx *c)
{
	NEEDS_NETBSD();
	IS("TIOCSPGRP of our group", dev_set(c, TIOCSPGRP, (int)getpgrp()), 0);
	IS("TIOCSPGRP -1", dev_set(c, TIOCSPGRP, -1), -EINVAL);
	IS("TIOCGPGRP", dev_get(c, TIOCGPGRP), getpgrp());
	IS("TIOCSPGRP 0", dev_set(c, TIOCSPGRP, 0), 0);
	IS("TIOCGPGRP", dev_get(c, TIOCGPGRP), 0);
}

static void nb_13(struct ctx *c)
{
	NEEDS_NETBSD();
	TRUE("the link is active while open", ifc_wait_active(c, true));
	IS("close", dev_close(c), 0);
	TRUE("the link is not active when closed", ifc_wait_active(c, false));
}

static void nb_14(struct ctx *c)
{
	static const size_t sizes[] = { 1, 13, 14, 1514, 1519, 20000, 65535 };

	NEEDS_NETBSD();
	memset(c->frame, 0xff, sizeof(c->frame));
	for (size_t n = 0; n < NELEM(sizes); n++)
		IS("write", dev_write(c, c->frame, sizes[n]), (long)sizes[n]);
	IS("ifconfig down", ifc_set(c, "down"), 0);
	for (size_t n = 0; n < NELEM(sizes); n++)
		IS("write while down", dev_write(c, c->frame, sizes[n]), (long)sizes[n]);
}

/* ------------------------------------------------------------------ OB */

static long get_info(struct ctx *c, struct obsd_tuninfo *ti)
{
	memset(ti, 0, sizeof(*ti));
	return dev_ioctl(c, C_OGIFINFO, ti);
}

static void ob_02(struct ctx *c)
{
	NEEDS_OPENBSD();
	IS("open while open", dev_open_other(c, O_RDWR), -EBUSY);
}

static void ob_03(struct ctx *c)
{
	NEEDS_OPENBSD();
	memset(c->frame, 0xff, sizeof(c->frame));
	IS("write of 13 bytes", dev_write(c, c->frame, 13), -EMSGSIZE);
	IS("write of 14 bytes", dev_write(c, c->frame, 14), 14);
	IS("write of 14 + 16384 bytes", dev_write(c, c->frame, 14 + 16384), 14 + 16384);
	IS("write of one more", dev_write(c, c->frame, 14 + 16385), -EMSGSIZE);
}

static void ob_05(struct ctx *c)
{
	struct obsd_tuninfo ti, bad;

	NEEDS_OPENBSD();
	IS("TUNGIFINFO", get_info(c, &ti), 0);
	IS("its mtu", ti.mtu, 1500);
	IS("its type", ti.type, TYPE_ETHER);
	bad = ti;
	bad.mtu = 45;
	IS("TUNSIFINFO of mtu 45", dev_ioctl(c, C_OSIFINFO, &bad), -EINVAL);
	bad.mtu = 16385;
	IS("TUNSIFINFO of mtu 16385", dev_ioctl(c, C_OSIFINFO, &bad), -EINVAL);
	bad = ti;
	bad.type = 23;
	IS("TUNSIFINFO of another type", dev_ioctl(c, C_OSIFINFO, &bad), -EINVAL);
	ti.mtu = 1400;
	ti.baudrate = 77;
	IS("TUNSIFINFO of mtu 1400", dev_ioctl(c, C_OSIFINFO, &ti), 0);
	IS("TUNGIFINFO", get_info(c, &ti), 0);
	IS("its mtu", ti.mtu, 1400);
	IS("its baudrate", ti.baudrate, 77);
}

static void ob_06(struct ctx *c)
{
	struct obsd_tuninfo ti;

	NEEDS_OPENBSD();
	IS("TUNGIFINFO", get_info(c, &ti), 0);
	ti.flags = (uint16_t)(ti.flags & ~F_UP);
	ti.flags |= F_PROMISC;
	IS("TUNSIFINFO without UP, with PROMISC", dev_ioctl(c, C_OSIFINFO, &ti), 0);
	IS("UP and PROMISC", ifc_flags(c, F_UP | F_PROMISC, 0), 0);
	ti.flags |= F_UP;
	IS("TUNSIFINFO with UP", dev_ioctl(c, C_OSIFINFO, &ti), 0);
	IS("UP", ifc_flags(c, F_UP, F_UP), F_UP);
}

static void ob_07(struct ctx *c)
{
	NEEDS_OPENBSD();
	IS("TUNSIFMODE 0", dev_set(c, C_OSIFMODE, 0), -EINVAL);
	IS("TUNSIFMODE POINTOPOINT|BROADCAST", dev_set(c, C_OSIFMODE, F_POINTOPOINT | F_BROADCAST), -EINVAL);
	IS("TUNSIFMODE BROADCAST", dev_set(c, C_OSIFMODE, F_BROADCAST), 0);
}

static void ob_08(struct ctx *c)
{
	struct ifreq ifr;
	struct ifc i;

	NEEDS_OPENBSD();
	memset(&ifr, 0, sizeof(ifr));
	memcpy(&ifr, mac_other, ADDRLEN);
	IS("SIOCSIFADDR", dev_ioctl(c, C_SIFADDR, &ifr), 0);
	TRUE("ifconfig shows the interface", ifc_get(c, &i));
	TRUE("the interface has that address", memcmp(i.lladdr, mac_other, ADDRLEN) == 0);
	IS("write to it", frame_write(c, 1, 60, mac_other, HOST_ADDR), 60);
	IS("the datagram received", host_receive(c), 1);
}

const struct row rows_other[] = {
	{ "NB-04", OPENED, nb_04, "one opener at a time" },
	{ "NB-05", OPENED, nb_05, "EHOSTDOWN before anything else, but for 0 bytes" },
	{ "NB-07", READY, nb_07, "FIONBIO is the unit's; open's O_NONBLOCK is not looked at" },
	{ "NB-08", OPENED, nb_08, "what FreeBSD has besides is ENOTTY" },
	{ "NB-11", OPENED, nb_11, "FIOASYNC" },
	{ "NB-12", OPENED, nb_12, "TIOCSPGRP takes groups only" },
	{ "NB-13", OPENED, nb_13, "the link is up while open" },
	{ "NB-14", READY, nb_14, "any length is taken, up or down" },
	{ "OB-02", OPENED, ob_02, "one opener at a time" },
	{ "OB-03", READY, ob_03, "lengths outside are EMSGSIZE" },
	{ "OB-05", OPENED, ob_05, "TUNSIFINFO: what is EINVAL, and what is set" },
	{ "OB-06", OPENED, ob_06, "TUNSIFINFO: of the flags only some count" },
	{ "OB-07", OPENED, ob_07, "TUNSIFMODE takes one of two" },
	{ "OB-08", READY, ob_08, "SIOCSIFADDR sets the interface's address" },
	{ 0 },
};
