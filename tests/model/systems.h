/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the systems differ, as the model sees it: written from the comparison of the systems, not from
 * src/tap/dialect.c, and of another shape on purpose, so that one slip is not made twice.
 */
#ifndef TAPD_TESTS_SYSTEMS_H
#define TAPD_TESTS_SYSTEMS_H

#include <stdint.h>

struct sys {
	const char *name;
	/*
	 * open:  c /dev/tap makes units; k that wants root or user_open, p so does open; r open marks RUNNING;
	 *        l link state, D it begins down; a a renamed interface gets an alias; u the address ends in the unit;
	 *        N a node in /dev/net
	 * read:  h EHOSTDOWN while down; w a frame wakes all; n nonblocking is the unit's; q quiet until read;
	 *        o opackets at read; g omcasts without broadcasts
	 * write: f unicast filter; s short ones are not received; while down: z it is 0, m it is not received
	 * ioctl: e SIOCSIFADDR is the interface's; b kevent in bytes; t TIOCSPGRP negative;
	 *        x an owner of another session; d SIGIO when it goes down
	 * close: O takes it down, P purges, U purges what was up, L neither with link0; K the owner stays,
	 *        A FIOASYNC does not
	 *        i nothing of it for a unit of ifconfig's that this open did not bring up
	 * more:  2 oerrors counted twice; Q kevent has no data, and other filters are EOPNOTSUPP
	 * destroy: S a poll that sleeps is not told
	 */
	const char *has;
	const char *ioctls;		/* letters of model_cmds */
	char missing;			/* open of no unit: c makes it, g until closed, x ENXIO, e ENOENT */
	char up;			/* open: a marks UP, k by sysctl, n never */
	char sifinfo;			/* TAPSIFINFO: c checks all, t the type, s nothing */
	char destroy;			/* while open: w waits, t takes it away, r refuses */
	int keeps;			/* units that /dev/tap made: those below this number stay */
	int mtu_min, mtu_max, wmin, wmax, werr, nobufs, ifq, gone, gone_ioctl, gone_poll, no_pgrp, kq_write;
	uint32_t oui, mask;		/* of the default address: three bytes, and what a hash may set of the others */
};
extern const struct sys model_systems[];	/* in the order of model_dialects */

#define CMD_NUMBERS 9
struct cmd {
	char id;			/* '\0' ends the table */
	int out;			/* bytes that come back */
	uint32_t numbers[CMD_NUMBERS];	/* BSD's, those of Linux's macros, Linux's own; as far as not 0 */
};
extern const struct cmd model_cmds[];

#endif
