/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each system's tap(4) must do where the systems differ, as data (section "Choices of a dialect" of docs/rows.md
 * and the NB and OB rows).  Stated here anew on purpose: a judge that read tapd's own table would agree with it.
 */
#ifndef TAPCONFORM_DIALECT_H
#define TAPCONFORM_DIALECT_H

#include <stdbool.h>

/* The ioctls it has besides FIONREAD, FIONBIO, FIOASYNC and the owner's; of what it has not, ENOTTY is expected. */
enum {
	HAS_DEBUG = 1 << 0,	/* TAPGDEBUG, TAPSDEBUG */
	HAS_INFO = 1 << 1,	/* TAPGIFINFO, TAPSIFINFO */
	HAS_NAME = 1 << 2,	/* TAPGIFNAME */
	HAS_NNAME = 1 << 3,	/* TAPGIFNAME of NetBSD */
	HAS_VMIO = 1 << 4,	/* VMIO_SIOCSIFFLAGS */
	HAS_ADDR = 1 << 5,	/* SIOCGIFADDR, SIOCSIFADDR */
	HAS_FLAGS = 1 << 6,	/* SIOCGIFFLAGS */
	HAS_DTYPE = 1 << 7,	/* FIODTYPE */
	HAS_DGNAME = 1 << 8,	/* FIODGNAME */
	HAS_TRANSIENT = 1 << 9,	/* TAPSTRANSIENT, TAPGTRANSIENT */
	HAS_VNETHDR = 1 << 10,	/* TAPSVNETHDR, TAPGVNETHDR */
	HAS_OINFO = 1 << 11,	/* OpenBSD's TUNGIFINFO, TUNSIFINFO, TUNSIFMODE */
};

enum purge { PURGE_NEVER, PURGE_IF_UP, PURGE_ALWAYS };

struct dialect {
	const char *name;
	const char *help;
	unsigned has;
	bool info_checked;	/* TAPSIFINFO's MTU goes through the checks of ifconfig mtu (IO-06, IO-10) */
	bool info_typed;	/* its type must be the interface's (IO-03, IO-04) */
	bool addr_is_own;	/* SIOCSIFADDR sets the interface's address (IO-19, OB-08) */

	bool open_privileged;	/* open wants the super-user (OP-23, OP-24) */
	bool open_running;	/* open sets RUNNING (OP-28) */
	bool open_up;		/* open sets UP (OP-29) */
	bool link_state;	/* open and close set it (OP-31, CL-09) */
	const char *opened_by;	/* format of ifconfig's line; NULL: none (OP-32) */

	int read_down;		/* errno of read while down; 0: sleeps (RD-09 to RD-12) */
	bool read_wakes_all;	/* a frame wakes all readers, the rest of them return 0 (RD-20) */
	bool nonblock_unit;	/* FIONBIO belongs to the unit, and open's O_NONBLOCK is not looked at (NB-07) */
	int ifq;		/* frames the queue holds (QU-02) */

	bool write_down_zero;	/* write while down: 0, else its count (WR-11, WR-12) */
	long min_write, max_write;	/* bytes; max 0: no limit (WR-09, OB-03) */
	int write_size;		/* errno outside */
	bool filter;		/* frames to others are dropped (WR-04) */

	int no_pgrp;		/* errno for a process group that is not there (AS-08) */
	bool process_anywhere;	/* FIOSETOWN takes processes of other sessions (AS-09) */
	bool spgrp_negative;	/* TIOCSPGRP takes a process by a negative number (AS-10) */
	bool sigio_once;	/* one SIGIO until something is read (AS-03) */
	bool sigio_down;	/* SIGIO when the interface goes down (AS-17) */
	bool kq_bytes;		/* kevent's data for reading: bytes of the first frame, else frames (PO-08) */
	bool kq_nothing;	/* no data at all */
	int kq_bad_filter;	/* errno of another filter; 0: EINVAL (PO-10) */
	long kq_write;		/* and for writing; -1: the MTU (PO-09) */

	bool close_down;	/* close takes the interface down (CL-03) */
	bool close_by_maker;	/* what it does depends on who made the interface, which nobody can see */
	enum purge purge;	/* and its addresses away (CL-04 to CL-06) */
	bool link0_keeps;	/* LINK0 spares it that (CL-07) */
	bool owner_kept;	/* the owner outlives the close (AS-16) */
	bool async_cleared;	/* FIOASYNC does not (CL-14) */

	int min_mtu, max_mtu;	/* bytes (IF-24 to IF-26) */
};

extern const struct dialect dialect_table[];	/* the default first; ends with name NULL */

#endif
