/* SPDX-License-Identifier: BSD-2-Clause */
/* AS: SIGIO and its owner. */
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "conform.h"

static bool arm(struct ctx *c)
{
	bool is = expect(c, "FIOASYNC 1", dev_set(c, FIOASYNC, 1), 0) &&
	    expect(c, "FIOSETOWN", dev_set(c, FIOSETOWN, (int)getpid()), 0);

	sigio_arm();
	return is;
}

/* The host sends a frame, and it is there: a signal would have come before. */
static bool frame_arrives(struct ctx *c, int seq)
{
	return expect(c, "the host sends", host_send(c, seq, 60), 0) &&
	    expect_true(c, "the device gets readable", dev_readable(c, BOUND));
}

static void as_01(struct ctx *c)
{
	IS("FIOASYNC 1", dev_set(c, FIOASYNC, 1), 0);
	if (frame_arrives(c, 1))
		TRUE("there is no SIGIO without an owner", !sigio_came(QUIET));
}

static void as_02(struct ctx *c)
{
	IS("FIOSETOWN", dev_set(c, FIOSETOWN, (int)getpid()), 0);
	if (frame_arrives(c, 1))
		TRUE("there is no SIGIO without FIOASYNC", !sigio_came(QUIET));
}

static void as_03(struct ctx *c)
{
	long len;

	if (!arm(c) || !frame_arrives(c, 1))
		return;
	TRUE("SIGIO comes for a frame", sigio_came(BOUND));
	IS("the host sends", host_send(c, 2, 60), 0);
	if (!c->d->sigio_once) {
		TRUE("SIGIO comes for a frame behind an unread one", sigio_came(BOUND));
		return;
	}
	TRUE("ifconfig works meanwhile", ifc_flags(c, F_UP, F_UP) == F_UP);
	TRUE("there is no SIGIO until something is read", !sigio_came(QUIET));
	IS("the frame read", dev_next(c, &len), 1);
	IS("the host sends", host_send(c, 3, 60), 0);
	TRUE("SIGIO comes after a read", sigio_came(BOUND));
}

/* The queue is full: what does not get in makes no signal. */
static void as_04(struct ctx *c)
{
	for (int n = 1; n <= c->d->ifq; n++)
		IS("the host sends", host_send(c, n, 60), 0);
	TRUE("ifconfig works while the queue is full", ifc_flags(c, F_UP, F_UP) == F_UP);
	if (!arm(c))
		return;
	host_send(c, 1000, 60);
	TRUE("ifconfig works while the queue is full", ifc_flags(c, F_UP, F_UP) == F_UP);
	TRUE("there is no SIGIO for a frame that is dropped", !sigio_came(QUIET));
}

static void as_05(struct ctx *c)
{
	if (!arm(c))
		return;
	IS("FIOGETOWN", dev_get(c, FIOGETOWN), getpid());
	if (frame_arrives(c, 1))
		TRUE("SIGIO comes to the process", sigio_came(BOUND));
}

static long own(struct ctx *c, int *owner)
{
	*owner = -1;
	return dev_int(c, FIOGETOWN, owner);
}

/* In a group of its own, told by FIOSETOWN -group: 1 when the signal came. */
static long group_gets_it(struct ctx *c)
{
	int owner;

	if (setpgid(0, 0) != 0)
		return -errno;
	if (dev_set(c, FIOASYNC, 1) != 0 || dev_set(c, FIOSETOWN, -(int)getpid()) != 0)
		return -errno;
	if (own(c, &owner) != 0 || owner != -(int)getpid())
		return -ESRCH;
	sigio_arm();
	host_send(c, 1, 60);
	return sigio_came(BOUND - 500);
}

static void as_06(struct ctx *c)
{
	IS("SIGIO comes to a process of the group", in_child(c, 0, group_gets_it), 1);
}

static void as_07(struct ctx *c)
{
	int owner;

	if (!arm(c))
		return;
	IS("FIOSETOWN 0", dev_set(c, FIOSETOWN, 0), 0);
	IS("FIOGETOWN", own(c, &owner), 0);
	IS("the owner", owner, 0);
	if (frame_arrives(c, 1))
		TRUE("there is no SIGIO without an owner", !sigio_came(QUIET));
}

/* A number that was a process' and its group's a moment ago. */
static pid_t nobody(void)
{
	pid_t pid = child_idle(false);

	if (pid > 0)
		child_end(pid);
	return pid;
}

static void as_08(struct ctx *c)
{
	pid_t pid = nobody();
	int owner;

	TRUE("a process can be made", pid > 0);
	IS("FIOSETOWN", dev_set(c, FIOSETOWN, (int)getpid()), 0);
	IS("FIOSETOWN of no process", dev_set(c, FIOSETOWN, (int)pid), -ESRCH);
	IS("FIOSETOWN of no group", dev_set(c, FIOSETOWN, -(int)pid), -c->d->no_pgrp);
	IS("FIOGETOWN", own(c, &owner), 0);
	IS("the owner", owner, getpid());
}

static void as_09(struct ctx *c)
{
	pid_t pid = child_idle(true);
	long process, group;
	int owner = 0;

	TRUE("a process in a session of its own can be made", pid > 0);
	dev_set(c, FIOSETOWN, (int)getpid());
	group = dev_set(c, FIOSETOWN, -(int)pid);
	own(c, &owner);
	process = dev_set(c, FIOSETOWN, (int)pid);
	child_end(pid);
	IS("FIOSETOWN of a group of another session", group, -EPERM);
	IS("the owner", owner, getpid());
	IS("FIOSETOWN of a process of another session", process, c->d->process_anywhere ? 0 : -EPERM);
}

static void as_10(struct ctx *c)
{
	int owner;

	IS("TIOCSPGRP of our group", dev_set(c, TIOCSPGRP, (int)getpgrp()), 0);
	IS("FIOGETOWN", own(c, &owner), 0);
	IS("the owner", owner, -(long)getpgrp());
	IS("TIOCSPGRP, negative", dev_set(c, TIOCSPGRP, -(int)getpid()), c->d->spgrp_negative ? 0 : -EINVAL);
	IS("FIOGETOWN", own(c, &owner), 0);
	IS("the owner", owner, c->d->spgrp_negative ? (long)getpid() : -(long)getpgrp());
}

static void as_11(struct ctx *c)
{
	int group = 0;

	IS("FIOSETOWN", dev_set(c, FIOSETOWN, (int)getpid()), 0);
	IS("TIOCGPGRP", dev_int(c, TIOCGPGRP, &group), 0);
	IS("what it gives", group, -(long)getpid());
}

static void as_12(struct ctx *c)
{
	int owner, group = -1;

	IS("FIOGETOWN", own(c, &owner), 0);
	IS("the owner", owner, 0);
	IS("TIOCGPGRP", dev_int(c, TIOCGPGRP, &group), 0);
	IS("the group", group, 0);
}

static void as_16(struct ctx *c)
{
	int owner;

	IS("FIOSETOWN", dev_set(c, FIOSETOWN, (int)getpid()), 0);
	IS("close and open", dev_reopen(c), 0);
	IS("FIOGETOWN", own(c, &owner), 0);
	IS("the owner", owner, c->d->owner_kept ? getpid() : 0);
}

static void as_17(struct ctx *c)
{
	if (!arm(c))
		return;
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("UP", ifc_flags(c, F_UP, 0), 0);
	IS("SIGIO when it goes down", sigio_came(c->d->sigio_down ? BOUND : QUIET), c->d->sigio_down);
}

const struct row rows_async[] = {
	{ "AS-01", READY, as_01, "FIOASYNC alone sends nothing" },
	{ "AS-02", READY, as_02, "an owner alone gets nothing" },
	{ "AS-03", READY, as_03, "SIGIO for each frame, or for the first until a read" },
	{ "AS-04", READY, as_04, "no SIGIO for a frame that is dropped" },
	{ "AS-05", READY, as_05, "FIOSETOWN of a process" },
	{ "AS-06", READY, as_06, "FIOSETOWN of a process group" },
	{ "AS-07", READY, as_07, "FIOSETOWN 0 removes the owner" },
	{ "AS-08", OPENED, as_08, "FIOSETOWN of nobody, and the owner stays" },
	{ "AS-09", OPENED, as_09, "FIOSETOWN of another session" },
	{ "AS-10", OPENED, as_10, "TIOCSPGRP" },
	{ "AS-11", OPENED, as_11, "TIOCGPGRP is the negative of FIOGETOWN" },
	{ "AS-12", OPENED, as_12, "no owner is 0" },
	{ "AS-16", OPENED, as_16, "close and the owner" },
	{ "AS-17", READY, as_17, "SIGIO when the interface goes down" },
	{ 0 },
};
