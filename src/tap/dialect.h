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

/* What open(2) of a unit that does not exist does (OP-07, NB-03, OB-01). */
enum tap_missing { TAP_MISSING_CREATES, TAP_MISSING_ENXIO, TAP_MISSING_ENOENT };

/* When the interface is marked up by open(2) (OP-29, OP-30). */
enum tap_up_on_open { TAP_UP_NEVER, TAP_UP_SYSCTL, TAP_UP_ALWAYS };

/* write(2) while the interface is down. */
enum tap_write_down {
	TAP_WRITE_DROPPED,	/* its count; dropped, idown (the manual page, WR-26) */
	TAP_WRITE_ZERO,		/* 0, whatever was written (WR-11) */
	TAP_WRITE_COUNTED,	/* its count; the driver counts it as received, the stack drops it (WR-12, NB-14) */
};

/* When the last close deletes the interface's addresses (CL-04..CL-06). */
enum tap_purge { TAP_PURGE_NEVER, TAP_PURGE_IF_UP, TAP_PURGE_ALWAYS };

/* TAPSIFINFO (IO-03..IO-10). */
enum tap_sifinfo {
	TAP_SIFINFO_CHECKED,	/* the type must be ours, the MTU goes the way of SIOCSIFMTU */
	TAP_SIFINFO_TYPED,	/* the type must be ours, the MTU is stored */
	TAP_SIFINFO_STORED,	/* type and MTU are stored */
};

/* What kevent(2) says of what waits to be read. */
enum tap_kq { TAP_KQ_FRAMES, TAP_KQ_BYTES /* of the first frame */, TAP_KQ_NOTHING };

/* Destroying a unit whose device is open (IF-10..IF-12, NB-09, OB). */
enum tap_destroy_open {
	TAP_DESTROY_WAITS,	/* for the last close; the file works on */
	TAP_DESTROY_TAKES,	/* at once; the file is left with gone_* */
	TAP_DESTROY_REFUSED,	/* EBUSY */
};

struct tap_dialect {
	const char *name;
	const char *help;
	uint64_t ioctls;		/* commands it has, 1 << enum tap_ioctl_id; others are ENOTTY (GI-17, IO-34..IO-36) */

	/* open and create */
	bool clone;			/* there is a clone device at all */
	int clone_keeps;		/* a unit below this number outlives the open that cloned it (CL-12, NB-02) */
	enum tap_missing missing;
	bool missing_keeps;		/* a unit made by its open stays at the last close (CL-12, OB-01) */
	bool clone_privileged;		/* making a unit by open asks for the super-user unless user_open (OP-10, OP-24) */
	bool open_privileged;		/* open asks for the super-user unless user_open (OP-23, OP-24) */
	enum tap_up_on_open up_on_open;
	bool open_running;		/* an open marks the interface running (OP-28) */
	bool link_state;		/* open and close set the link state (OP-31, CL-09) */
	bool link_down_first;		/* before the first open it is down, not unknown (NB-13) */
	unsigned ifq_maxlen;		/* frames; 0: the sysctl's (QU-01) */
	uint8_t lladdr[3];		/* first bytes of the default link-level address (IF-32..IF-34) */
	uint32_t lladdr_mask;		/* which of the other 24 bits differ between units */
	bool lladdr_unit;		/* the last byte is the unit's number (IF-32) */
	unsigned min_mtu, max_mtu;	/* bytes (IF-24..IF-26) */

	/* read */
	int read_down;			/* errno of read while the interface is down; 0: it waits (RD-09..RD-11) */
	bool read_wakes_all;		/* a frame wakes every sleeping reader; those left without return 0 (RD-20) */
	bool nonblock_per_unit;		/* FIONBIO is the unit's; O_NONBLOCK of open is not looked at (NB-07) */
	bool quiet_until_read;		/* after one frame no wake-up and no SIGIO until something reads (NB: OACTIVE) */

	/* write */
	enum tap_write_down write_down;
	int write_nobufs;		/* errno when there is no buffer; 0: its count (WR-16, WR-26) */
	size_t min_write, max_write;	/* bytes; outside: write_size (WR-09, OB-03) */
	int write_size;			/* errno */
	bool short_dropped;		/* less than an Ethernet header: dropped, not counted as received (WR-07, WR-08) */
	bool unicast_filter;		/* not promiscuous: only frames for us get in (WR-04) */

	/* counters */
	bool oerrors_twice;		/* one too many for each frame that nobody was there for (QU-04) */
	bool opackets_at_read;		/* not when queued; and when thrown away by close or for want of an opener (NB-10) */
	bool omcasts_group;		/* omcasts counts no broadcasts (NB-23) */

	/* ioctl */
	enum tap_sifinfo sifinfo;
	bool sifaddr_sets_lladdr;	/* SIOCSIFADDR sets the interface's own address (OB-08) */
	bool spgrp_negative;		/* TIOCSPGRP takes a negative number, for a process (AS-10) */
	int no_pgrp;			/* errno for a process group that does not exist (AS-08) */
	bool process_any_session;	/* FIOSETOWN takes a process of another session (AS-09) */
	bool sigio_on_down;		/* SIGIO when the interface goes down, too (AS-17) */
	enum tap_kq kq_read;		/* kevent's read data (PO-08) */
	int kq_bad_filter;		/* errno of a filter that is neither read nor write (PO-10) */
	int kq_write;			/* kevent's write data; -1: the MTU (PO-09) */

	/* close and destroy */
	bool close_down;		/* the last close takes the interface down (CL-03) */
	enum tap_purge purge;
	bool spares_made;		/* but not a unit that ifconfig made, unless this open brought it up */
	bool link0_keeps;		/* IFF_LINK0 spares it that (CL-07) */
	bool owner_survives;		/* the SIGIO owner outlives the close (CL-10) */
	bool async_cleared;		/* FIOASYNC does not (CL-14) */
	enum tap_destroy_open destroy_open;
	int gone_errno;			/* of read and write once the unit was taken away (RD-27, NB-09) */
	int gone_ioctl;			/* of ioctl */
	unsigned gone_poll;		/* poll(2) bits */
	bool gone_quiet;		/* a poll(2) that sleeps is not woken by it (NB-09) */
	bool net_node;			/* every interface has a node of its own in /dev/net (OP-15) */
	bool rename_alias;		/* a renamed interface gets a second node of its name (NA-03) */

	/* what ifconfig prints */
	const char *media;		/* NULL: no line (IF-40) */
	const char *opened_by;		/* format of the line with the pid (IF-42) */
};

extern const struct tap_dialect tap_dialect_table[];	/* the default first; ends with name == NULL */

/* By name; NULL when there is none. */
const struct tap_dialect *tap_dialect_find(const char *name);

#endif
