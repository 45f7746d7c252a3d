/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the BSD systems differ, as data.  The state machine asks the unit's dialect; it never asks which one it is.
 * A new system is a new row of tap_dialect_table, a new difference is a new field here.
 */
#ifndef TAPD_TAP_DIALECT_H
#define TAPD_TAP_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tap_dialect {
	const char *name;
	const char *help;
	int read_down;			/* errno of read(2) while the interface is down; 0: it waits (RD-09, RD-10) */
	bool write_down_counts;		/* write(2) while down: its count, frame dropped; else 0 (WR-11, WR-12) */
	int write_nobufs;		/* errno of write(2) when there is no buffer; 0: its count (WR-16, WR-26) */
	size_t max_write;		/* bytes; a longer write(2) is EIO (WR-09) */
	bool unicast_filter;		/* not promiscuous: only frames for us get in (WR-04) */
	bool link0_keeps;		/* IFF_LINK0 spares the interface at the last close (CL-07) */
	bool purge_when_down;		/* the last close purges addresses even if the interface is down (CL-04, CL-05) */
	bool open_privileged;		/* open(2) asks for the super-user unless user_open (OP-23, OP-24) */
	uint8_t lladdr[3];		/* first bytes of the default link-level address (IF-32..IF-34) */
	uint32_t lladdr_mask;		/* which of the other 24 bits differ between units */
};

extern const struct tap_dialect tap_dialect_table[];	/* the default first; ends with name == NULL */

#endif
