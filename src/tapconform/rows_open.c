/* SPDX-License-Identifier: BSD-2-Clause */
/* OP: open(2).  What makes units, and the clone device, is not judged: it would leave other interfaces behind. */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

static void op_20(struct ctx *c)
{
	static const int modes[] = { O_RDWR, O_RDONLY, O_WRONLY };

	for (size_t n = 0; n < NELEM(modes); n++) {
		IS("open", dev_open(c, modes[n]), 0);
		if (c->d->open_running)
			IS("RUNNING", ifc_flags(c, F_RUNNING, F_RUNNING), F_RUNNING);
		IS("close", dev_close(c), 0);
	}
}

static long open_again(struct ctx *c)
{
	return dev_open_other(c, O_RDONLY);
}

static void op_21(struct ctx *c)
{
	IS("open while open", dev_open_other(c, O_RDWR), -EBUSY);
	IS("open by another process", in_child(c, 0, open_again), -EBUSY);
	IS("write", frame_send(c, 1, 60), 60);
	IS("the datagram received", host_receive(c), 1);
}

static void op_22(struct ctx *c)
{
	IS("open for reading", dev_open(c, O_RDONLY), 0);
	IS("write", dev_write(c, c->frame, 60), -EBADF);
	IS("close", dev_close(c), 0);
	IS("open for writing", dev_open(c, O_WRONLY), 0);
	IS("read", dev_read(c, 2000), -EBADF);
}

/* By a node that lets everybody in, and without the user_open sysctl. */
static void op_23(struct ctx *c)
{
	struct stat st;
	long rc;

	if (!sys_is_node(c) || stat(c->path, &st) != 0 || chmod(c->path, 0666) != 0)
		SKIP("the device's mode cannot be changed");
	rc = in_child(c, 65534, open_again);
	chmod(c->path, st.st_mode & 07777);
	IS("open by an ordinary user", rc, c->d->open_privileged ? -EPERM : 0);
}

static void op_25(struct ctx *c)
{
	struct stat st;

	if (stat(c->path, &st) != 0 || (st.st_mode & 0006) != 0)
		SKIP("the device's mode lets everybody in");
	IS("open by an ordinary user", in_child(c, 65534, open_again), -EACCES);
}

static void op_28(struct ctx *c)
{
	long want = c->d->open_running ? F_RUNNING : ifc_flags(c, F_RUNNING, -1);

	IS("open", dev_open(c, O_RDWR), 0);
	IS("RUNNING", ifc_flags(c, F_RUNNING, want), want);
}

static void op_29(struct ctx *c)
{
	long up = c->d->open_up ? F_UP : 0;

	IS("UP after open", ifc_flags(c, F_UP, up), up);
	IS("ifconfig up", ifc_set(c, "up"), 0);
	IS("the flags", ifc_flags(c, F_UP | F_FRESH, F_UP | F_FRESH), F_UP | F_FRESH);
}

static void op_31(struct ctx *c)
{
	TRUE("the status is active exactly where there is a link state", ifc_wait_active(c, c->d->link_state));
}

static void op_32(struct ctx *c)
{
	char want[64];
	struct ifc i;

	if (c->d->opened_by == NULL)
		SKIP("this system's ifconfig does not say who opened it");
	snprintf(want, sizeof(want), c->d->opened_by, (long)getpid());
	TRUE("ifconfig shows the interface", ifc_get(c, &i));
	if (strcmp(i.opener, want) != 0)
		fail(c, "expected \"%s\" got \"%s\"", want, i.opener);
}

static long write_here(struct ctx *c)
{
	return frame_send(c, 2, 60);
}

static void op_35(struct ctx *c)
{
	int copy = dup(c->fd), first = c->fd;

	TRUE("dup works", copy >= 0);
	c->fd = copy;
	close(first);
	IS("open while a copy is left", dev_open_other(c, O_RDWR), -EBUSY);
	IS("write by a copy", frame_send(c, 1, 60), 60);
	IS("the datagram received", host_receive(c), 1);
	IS("write by a forked process", in_child(c, 0, write_here), 60);
	IS("the datagram received", host_receive(c), 2);
}

static void op_37(struct ctx *c)
{
	IS("open with O_NONBLOCK", dev_open(c, O_RDWR | O_NONBLOCK), 0);
	IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
	if (c->d->nonblock_unit)
		SKIP("this system does not look at O_NONBLOCK of open: NB-07");
	TRUE("a frame comes through", host_settle(c));
	IS("read", dev_read(c, 2000), -EAGAIN);
}

const struct row rows_open[] = {
	{ "OP-20", CLOSED, op_20, "opens for reading, writing or both" },
	{ "OP-21", READY, op_21, "one opener at a time: EBUSY, and the first does not notice" },
	{ "OP-22", CLOSED, op_22, "EBADF for what the descriptor was not opened for" },
	{ "OP-23", CLOSED, op_23, "an ordinary user whom the mode lets in" },
	{ "OP-25", CLOSED, op_25, "EACCES for an ordinary user whom the mode does not let in" },
	{ "OP-28", CLOSED, op_28, "an open and RUNNING" },
	{ "OP-29", OPENED, op_29, "an open and UP" },
	{ "OP-31", OPENED, op_31, "an open makes the link active" },
	{ "OP-32", OPENED, op_32, "ifconfig names the opener" },
	{ "OP-35", READY, op_35, "copies of the descriptor are one open" },
	{ "OP-37", CLOSED, op_37, "O_NONBLOCK at open counts for reads" },
	{ 0 },
};
