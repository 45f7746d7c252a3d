/* SPDX-License-Identifier: BSD-2-Clause */
/* The systems: see dialect.h. */
#include "dialect.h"

#include <errno.h>

#define HAS_FREEBSD	(HAS_DEBUG | HAS_INFO | HAS_NAME | HAS_VMIO | HAS_ADDR | HAS_DTYPE | HAS_DGNAME)
#define OPENED_BY	"Opened by PID %ld"

#define FREEBSD \
	.open_running = true, .opened_by = OPENED_BY, .ifq = 50, .write_size = EIO, .filter = true, .no_pgrp = ESRCH, \
	.spgrp_negative = true, .kq_write = -1, .close_down = true, .min_mtu = 72

#define FREEBSD_TO_11 \
	FREEBSD, .open_privileged = true, .max_write = 16384, .purge = PURGE_IF_UP

#define FREEBSD_FROM_12 \
	FREEBSD, .info_checked = true, .info_typed = true, .link_state = true, .purge = PURGE_ALWAYS, \
	.link0_keeps = true, .max_mtu = 65535

const struct dialect dialect_table[] = {
	{
		FREEBSD_FROM_12,
		.name = "freebsd",
		.help = "tap(4) as FreeBSD's manual page documents it",
		.has = HAS_FREEBSD,
		.open_privileged = true,
		.read_down = EHOSTDOWN,
		.max_write = 16384,
	},
	{
		FREEBSD_TO_11,
		.name = "freebsd-8",
		.help = "FreeBSD 8",
		.has = HAS_FREEBSD | HAS_FLAGS,
		.max_mtu = 1500,
	},
	{
		FREEBSD_TO_11,
		.name = "freebsd-10",
		.help = "FreeBSD 9 and 10",
		.has = HAS_FREEBSD,
		.link_state = true,
		.max_mtu = 65535,
	},
	{
		FREEBSD_TO_11,
		.name = "freebsd-11",
		.help = "FreeBSD 11",
		.has = HAS_FREEBSD,
		.info_typed = true,
		.link_state = true,
		.link0_keeps = true,
		.max_mtu = 65535,
	},
	{
		FREEBSD_FROM_12,
		.name = "freebsd-12",
		.help = "FreeBSD 12",
		.has = HAS_FREEBSD,
		.open_privileged = true,
		.write_down_zero = true,
		.max_write = 16384,
	},
	{
		FREEBSD_FROM_12,
		.name = "freebsd-13",
		.help = "FreeBSD 13",
		.has = HAS_FREEBSD | HAS_VNETHDR,
		.write_down_zero = true,
		.max_write = 65535,
	},
	{
		FREEBSD_FROM_12,
		.name = "freebsd-14",
		.help = "FreeBSD 14",
		.has = HAS_FREEBSD | HAS_VNETHDR,
		.write_down_zero = true,
		.max_write = 65535,
	},
	{
		FREEBSD_FROM_12,
		.name = "freebsd-16",
		.help = "FreeBSD 15 and 16",
		.has = HAS_FREEBSD | HAS_VNETHDR | HAS_TRANSIENT,
		.write_down_zero = true,
		.max_write = 65535,
	},
	{
		.name = "netbsd-10",
		.help = "NetBSD 10",
		.has = HAS_NNAME,
		.link_state = true,
		.read_down = EHOSTDOWN,
		.read_wakes_all = true,
		.nonblock_unit = true,
		.ifq = 256,
		.no_pgrp = EINVAL,
		.process_anywhere = true,
		.sigio_once = true,
		.sigio_down = true,
		.kq_bytes = true,
		.owner_kept = true,
		.async_cleared = true,
		.min_mtu = 46,
		.max_mtu = 9000,
	},
	{
		.name = "openbsd-7",
		.help = "OpenBSD 7",
		.has = HAS_OINFO | HAS_ADDR,
		.addr_is_own = true,
		.open_running = true,
		.open_up = true,
		.link_state = true,
		.ifq = 50,
		.min_write = 14,
		.max_write = 14 + 16384,
		.write_size = EMSGSIZE,
		.no_pgrp = ESRCH,
		.spgrp_negative = true,
		.kq_bytes = true,
		.kq_write = 14 + 16384,
		.close_down = true,
		.min_mtu = 46,
		.max_mtu = 16384,
	},
	{
		.name = "dragonfly-6",
		.help = "DragonFly 6",
		.has = HAS_DEBUG | HAS_INFO | HAS_VMIO | HAS_ADDR | HAS_DTYPE | HAS_FLAGS,
		.open_privileged = true,
		.open_running = true,
		.opened_by = "Opened by pid %ld",
		.ifq = 50,
		.max_write = 16384,
		.write_size = EIO,
		.no_pgrp = ESRCH,
		.spgrp_negative = true,
		.kq_nothing = true,
		.kq_bad_filter = EOPNOTSUPP,
		.close_by_maker = true,
		.min_mtu = 72,
		.max_mtu = 1500,
	},
	{ 0 },
};
