/* SPDX-License-Identifier: BSD-2-Clause */
/* The systems: see dialect.h.  Each row says only what it says; nothing is inherited but by the macros right below. */
#include "tap/dialect.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "tap/tap.h"

#define C(id) (UINT64_C(1) << TAP_IOC_##id)

#define GENERIC_IOCTLS	(C(FIONREAD) | C(FIONBIO) | C(FIOASYNC) | C(FIOSETOWN) | C(FIOGETOWN) | C(SPGRP) | C(GPGRP) | \
	C(KQDATA) | C(GASYNC) | C(NBIO))
#define FREEBSD_IOCTLS	(GENERIC_IOCTLS | C(FIODTYPE) | C(FIODGNAME) | C(GDEBUG) | C(SDEBUG) | C(SIFINFO) | C(GIFINFO) | \
	C(GIFNAME) | C(VMIO_SIFFLAGS) | C(VMIO_OLD) | C(SIFADDR) | C(GIFADDR))
#define VNET_IOCTLS	(C(SVNETHDR) | C(GVNETHDR))
#define TRANSIENT_IOCTLS (C(STRANSIENT) | C(GTRANSIENT))

#define AUTOSELECT	"Ethernet autoselect"
#define GIGABIT		"Ethernet 1000baseT <full-duplex>"
#define OPENED_BY	"Opened by PID %d"

/* What every FreeBSD since 8 has in common. */
#define FREEBSD_COMMON \
	.clone = true, .clone_privileged = true, .clone_keeps = TAP_MAXUNIT + 1, .missing = TAP_MISSING_CREATES, \
	.missing_keeps = true, .up_on_open = TAP_UP_SYSCTL, .open_running = true, .min_mtu = TAP_MINMTU, \
	.write_size = EIO, .short_dropped = true, .unicast_filter = true, \
	.spgrp_negative = true, .no_pgrp = ESRCH, .kq_write = -1, .kq_bad_filter = EINVAL, \
	.close_down = true, .opened_by = OPENED_BY

/* Until 11: one driver for tap alone, and a destroy that takes the device away. */
#define FREEBSD_OLD \
	FREEBSD_COMMON, .open_privileged = true, .lladdr = { 0x00, 0xbd, 0x00 }, .lladdr_mask = 0xffff00, \
	.lladdr_unit = true, .write_down = TAP_WRITE_COUNTED, .write_nobufs = ENOBUFS, .max_write = 16384, \
	.purge = TAP_PURGE_IF_UP, .destroy_open = TAP_DESTROY_TAKES, .gone_errno = EIO, .gone_ioctl = ENOTTY, \
	.gone_poll = POLLHUP | POLLIN | POLLRDNORM

/* Since 12: tun and tap in one driver. */
#define FREEBSD_NEW \
	FREEBSD_COMMON, .link_state = true, .lladdr = { 0x58, 0x9c, 0xfc }, .lladdr_mask = 0x10ffff, \
	.max_mtu = TAP_MAXMTU, .sifinfo = TAP_SIFINFO_CHECKED, .purge = TAP_PURGE_ALWAYS, .link0_keeps = true, \
	.destroy_open = TAP_DESTROY_WAITS, .gone_errno = ENXIO, .gone_ioctl = ENXIO, .gone_poll = POLLERR, \
	.rename_alias = true

const struct tap_dialect tap_dialect_table[] = {
	{
		FREEBSD_NEW,
		.name = "freebsd",
		.help = "tap(4) as FreeBSD's manual page documents it",
		.ioctls = FREEBSD_IOCTLS | C(OGIFADDR) | C(NGIFNAME),
		.open_privileged = true,
		.read_down = EHOSTDOWN,			/* "if the interface is not ready" */
		.write_down = TAP_WRITE_DROPPED,	/* "silently dropped" for a transient reason */
		.write_nobufs = 0,			/* likewise */
		.max_write = 16384,
		.media = AUTOSELECT,
	},
	{
		FREEBSD_OLD,
		.name = "freebsd-8",
		.help = "FreeBSD 8",
		.ioctls = FREEBSD_IOCTLS | C(OGIFADDR) | C(GIFFLAGS),
		.max_mtu = 1500,
		.net_node = true,
		.oerrors_twice = true,
		.sifinfo = TAP_SIFINFO_STORED,
	},
	{
		FREEBSD_OLD,
		.name = "freebsd-10",
		.help = "FreeBSD 9 and 10",
		.ioctls = FREEBSD_IOCTLS | C(OGIFADDR),
		.max_mtu = TAP_MAXMTU,
		.link_state = true,
		.sifinfo = TAP_SIFINFO_STORED,
		.media = AUTOSELECT,
	},
	{
		FREEBSD_OLD,
		.name = "freebsd-11",
		.help = "FreeBSD 11",
		.ioctls = FREEBSD_IOCTLS,
		.max_mtu = TAP_MAXMTU,
		.link_state = true,
		.sifinfo = TAP_SIFINFO_TYPED,
		.link0_keeps = true,
		.media = AUTOSELECT,
	},
	{
		FREEBSD_NEW,
		.name = "freebsd-12",
		.help = "FreeBSD 12",
		.ioctls = FREEBSD_IOCTLS,
		.open_privileged = true,
		.write_down = TAP_WRITE_ZERO,
		.write_nobufs = ENOBUFS,
		.max_write = 16384,
		.media = AUTOSELECT,
	},
	{
		FREEBSD_NEW,
		.name = "freebsd-13",
		.help = "FreeBSD 13",
		.ioctls = FREEBSD_IOCTLS | VNET_IOCTLS,
		.write_down = TAP_WRITE_ZERO,
		.write_nobufs = ENOBUFS,
		.max_write = 65535,
		.media = AUTOSELECT,
	},
	{
		FREEBSD_NEW,
		.name = "freebsd-14",
		.help = "FreeBSD 14",
		.ioctls = FREEBSD_IOCTLS | VNET_IOCTLS,
		.write_down = TAP_WRITE_ZERO,
		.write_nobufs = ENOBUFS,
		.max_write = 65535,
		.media = GIGABIT,
	},
	{
		FREEBSD_NEW,
		.name = "freebsd-16",
		.help = "FreeBSD 15 and 16",
		.ioctls = FREEBSD_IOCTLS | VNET_IOCTLS | TRANSIENT_IOCTLS,
		.write_down = TAP_WRITE_ZERO,
		.write_nobufs = ENOBUFS,
		.max_write = 65535,
		.media = GIGABIT,
	},
	{
		.name = "netbsd-10",
		.help = "NetBSD 10",
		.ioctls = GENERIC_IOCTLS | C(NGIFNAME),
		.clone = true,
		.missing = TAP_MISSING_ENXIO,
		.missing_keeps = true,
		.link_state = true,
		.link_down_first = true,
		.ifq_maxlen = 256,
		.lladdr = { 0xf2, 0x0b, 0xa4 },
		.lladdr_mask = 0xffffff,
		.min_mtu = 46,
		.max_mtu = 9000,
		.read_down = EHOSTDOWN,
		.read_wakes_all = true,
		.nonblock_per_unit = true,
		.quiet_until_read = true,
		.write_down = TAP_WRITE_COUNTED,
		.write_nobufs = ENOBUFS,
		.max_write = SIZE_MAX,
		.opackets_at_read = true,
		.omcasts_group = true,
		.no_pgrp = EINVAL,
		.process_any_session = true,
		.sigio_on_down = true,
		.kq_read = TAP_KQ_BYTES,
		.kq_bad_filter = EINVAL,
		.owner_survives = true,
		.async_cleared = true,
		.destroy_open = TAP_DESTROY_TAKES,
		.gone_errno = ENXIO,
		.gone_ioctl = ENXIO,
		.gone_poll = POLLERR,
		.gone_quiet = true,
		.opened_by = OPENED_BY,
	},
	{
		.name = "openbsd-7",
		.help = "OpenBSD 7",
		.ioctls = GENERIC_IOCTLS | C(OSIFINFO) | C(OGIFINFO) | C(OSIFMODE) | C(SIFADDR) | C(GIFADDR),
		.missing = TAP_MISSING_CREATES,
		.up_on_open = TAP_UP_ALWAYS,
		.open_running = true,
		.link_state = true,
		.lladdr = { 0xfe, 0xe1, 0xba },
		.lladdr_mask = 0xffffff,
		.min_mtu = 46,
		.max_mtu = 16384,
		.write_down = TAP_WRITE_COUNTED,
		.write_nobufs = ENOMEM,
		.min_write = TAP_HDRLEN,
		.max_write = TAP_HDRLEN + 16384,
		.write_size = EMSGSIZE,
		.sifaddr_sets_lladdr = true,
		.spgrp_negative = true,
		.no_pgrp = ESRCH,
		.kq_read = TAP_KQ_BYTES,
		.kq_bad_filter = EINVAL,
		.kq_write = TAP_HDRLEN + 16384,
		.close_down = true,
		.destroy_open = TAP_DESTROY_TAKES,
		.gone_errno = ENXIO,
		.gone_ioctl = ENXIO,
		.gone_poll = POLLERR,
		.media = AUTOSELECT,
		.opened_by = OPENED_BY,
	},
	{
		.name = "dragonfly-6",
		.help = "DragonFly 6",
		.ioctls = (FREEBSD_IOCTLS | C(OGIFADDR) | C(GIFFLAGS)) & ~(C(GIFNAME) | C(FIODGNAME)),
		.clone = true,
		.clone_privileged = true,
		.clone_keeps = 4,
		.missing = TAP_MISSING_ENOENT,
		.missing_keeps = true,
		.open_privileged = true,
		.up_on_open = TAP_UP_SYSCTL,
		.open_running = true,
		.lladdr = { 0x00, 0xbd, 0x00 },
		.lladdr_mask = 0xffff00,
		.lladdr_unit = true,
		.min_mtu = TAP_MINMTU,
		.max_mtu = 1500,
		.write_down = TAP_WRITE_COUNTED,
		.write_nobufs = ENOBUFS,
		.max_write = 16384,
		.write_size = EIO,
		.sifinfo = TAP_SIFINFO_STORED,
		.spgrp_negative = true,
		.no_pgrp = ESRCH,
		.kq_read = TAP_KQ_NOTHING,
		.kq_bad_filter = EOPNOTSUPP,
		.close_down = true,
		.purge = TAP_PURGE_ALWAYS,
		.spares_made = true,
		.destroy_open = TAP_DESTROY_REFUSED,
		.gone_errno = ENXIO,
		.gone_ioctl = ENXIO,
		.gone_poll = POLLERR,
		.media = AUTOSELECT,
		.opened_by = "Opened by pid %d",
	},
	{ 0 },
};

const struct tap_dialect *tap_dialect_find(const char *name)
{
	for (const struct tap_dialect *d = tap_dialect_table; d->name != NULL; d++)
		if (strcmp(d->name, name) == 0)
			return d;
	return NULL;
}
