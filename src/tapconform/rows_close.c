/* SPDX-License-Identifier: BSD-2-Clause */
/* CL: what the last close does to the interface. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

#define NEEDS_ONE_CLOSE() \
	do { if (c->d->close_by_maker) SKIP("it depends on who made the interface"); } while (0)

static void cl_01(struct ctx *c)
{
	int first = c->fd;

	c->fd = dup(first);
	close(first);
	TRUE("dup works", c->fd >= 0);
	IS("write by the copy that is left", frame_send(c, 1, 60), 60);
	IS("the datagram received", host_receive(c), 1);
	IS("UP", ifc_flags(c, F_UP, -1), F_UP);
}

static void cl_02(struct ctx *c)
{
	IS("ifconfig link0", ifc_set(c, "link0"), 0);
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("close and open", dev_reopen(c), 0);
	IS("FIONREAD", dev_get(c, FIONREAD), 0);
}

/* Closed, and the close has taken effect: opened again, if that does not bring it up itself. */
static bool closed(struct ctx *c)
{
	long rc = dev_close(c);

	if (rc == 0 && !c->d->open_up) {
		rc = dev_open(c, O_RDWR);
		dev_close(c);
	}
	return expect(c, "close", rc, 0);
}

static void cl_03(struct ctx *c)
{
	long up = c->d->close_down ? 0 : F_UP;

	NEEDS_ONE_CLOSE();
	if (!closed(c))
		return;
	IS("UP after close", ifc_flags(c, F_UP, up), up);
}

/* By `purge`: have the addresses gone? */
static void purged(struct ctx *c, bool was_up)
{
	bool gone = c->d->purge == PURGE_ALWAYS || (c->d->purge == PURGE_IF_UP && was_up);

	if (!closed(c))
		return;
	if (gone)
		TRUE("the addresses have gone", ifc_wait_inet(c, false));
	else
		TRUE("the addresses stay", ifc_wait_inet(c, true));
	if (c->d->close_down)
		IS("UP", ifc_flags(c, F_UP, 0), 0);
}

static void cl_04(struct ctx *c)
{
	NEEDS_ONE_CLOSE();
	if (c->d->purge == PURGE_IF_UP)
		SKIP("this system looks whether it was up: CL-05, CL-06");
	purged(c, true);
	if (c->verdict != V_OK)
		return;
	IS("open", dev_open(c, O_RDWR), 0);
	IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("UP", ifc_flags(c, F_UP, 0), 0);
	purged(c, false);
}

static void cl_05(struct ctx *c)
{
	if (c->d->purge != PURGE_IF_UP)
		SKIP("this system does not look whether it was up: CL-04");
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("UP", ifc_flags(c, F_UP, 0), 0);
	purged(c, false);
}

static void cl_06(struct ctx *c)
{
	if (c->d->purge != PURGE_IF_UP)
		SKIP("this system does not look whether it was up: CL-04");
	purged(c, true);
}

static void cl_07(struct ctx *c)
{
	bool kept = c->d->link0_keeps || !c->d->close_down;

	NEEDS_ONE_CLOSE();
	IS("ifconfig link0", ifc_set(c, "link0"), 0);
	if (!closed(c))
		return;
	IS("UP after close with LINK0", ifc_flags(c, F_UP, kept ? F_UP : 0), kept ? F_UP : 0);
	if (kept)
		TRUE("the addresses stay", ifc_wait_inet(c, true));
}

static void cl_09(struct ctx *c)
{
	if (!c->d->link_state)
		SKIP("this system has no link state");
	TRUE("the link is active while open", ifc_wait_active(c, true));
	IS("close", dev_close(c), 0);
	TRUE("the link is not active after close", ifc_wait_active(c, false));
}

static void cl_13(struct ctx *c)
{
	static const uint8_t fresh[ADDRLEN] = { 0x02, 0, 0, 0, 0x13, 0x13 };
	struct ifc i;

	IS("ifconfig ether", ifc_set_lladdr(c, fresh), 0);
	IS("ifconfig mtu", ifc_set(c, "mtu 1400"), 0);
	IS("ifconfig link0", ifc_set(c, "link0"), 0);
	IS("close and open", dev_reopen(c), 0);
	TRUE("ifconfig shows the interface", ifc_get(c, &i));
	TRUE("the link-level address is kept", memcmp(i.lladdr, fresh, ADDRLEN) == 0);
	IS("the MTU", i.mtu, 1400);
	IS("LINK0", i.flags & F_LINK0, F_LINK0);
}

static void cl_14(struct ctx *c)
{
	bool want = !c->d->async_cleared;

	IS("FIOASYNC 1", dev_set(c, FIOASYNC, 1), 0);
	IS("close and open", dev_reopen(c), 0);
	IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
	IS("FIOSETOWN", dev_set(c, FIOSETOWN, (int)getpid()), 0);
	sigio_arm();
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("SIGIO in a session that did not ask", sigio_came(want ? BOUND : QUIET), want);
}

/* Opened by a process that is then killed. */
static void cl_17(struct ctx *c)
{
	struct reader r;

	IS("open", dev_open(c, O_RDWR), 0);
	IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
	if (!reader_start(c, &r, ON_SIGNAL_STOP))
		return;
	reader_asleep(&r);
	IS("close of this process' copy", dev_close(c), 0);
	IS("open while the other has it", dev_open_other(c, O_RDWR), -EBUSY);
	reader_end(&r);
	if (c->d->close_down)
		IS("UP after kill -9", ifc_flags(c, F_UP, 0), 0);
	IS("open", dev_open(c, O_RDWR), 0);
}

static void cl_18(struct ctx *c)
{
	IS("close", dev_close(c), 0);
}

const struct row rows_close[] = {
	{ "CL-01", READY, cl_01, "nothing happens while a copy is left" },
	{ "CL-02", READY, cl_02, "the queue is emptied" },
	{ "CL-03", READY, cl_03, "close and UP" },
	{ "CL-04", READY, cl_04, "close and addresses" },
	{ "CL-05", READY, cl_05, "close of an interface that is down keeps the addresses" },
	{ "CL-06", READY, cl_06, "close of an interface that is up takes the addresses" },
	{ "CL-07", READY, cl_07, "close with LINK0" },
	{ "CL-09", READY, cl_09, "close and the link state" },
	{ "CL-13", OPENED, cl_13, "address, MTU and LINK0 outlive a close" },
	{ "CL-14", READY, cl_14, "FIOASYNC and close" },
	{ "CL-17", CLOSED, cl_17, "kill -9 is a close" },
	{ "CL-18", OPENED, cl_18, "close returns 0" },
	{ 0 },
};
