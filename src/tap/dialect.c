/* SPDX-License-Identifier: BSD-2-Clause */
/* The systems: see dialect.h. */
#include "tap/dialect.h"

#include <errno.h>

const struct tap_dialect tap_dialect_table[] = {
	{
		.name = "freebsd",
		.help = "tap(4) as FreeBSD's manual page documents it",
		.read_down = EHOSTDOWN,		/* "if the interface is not ready" */
		.write_down_counts = true,	/* "silently dropped" for a transient reason */
		.write_nobufs = 0,		/* likewise */
		.max_write = 16384,
		.unicast_filter = true,
		.link0_keeps = true,
		.purge_when_down = true,
		.open_privileged = true,
		.lladdr = { 0x58, 0x9c, 0xfc },
		.lladdr_mask = 0x10ffff,
	},
	{ 0 },
};
