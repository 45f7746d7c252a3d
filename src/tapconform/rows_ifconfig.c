/* SPDX-License-Identifier: BSD-2-Clause */
/* IF: the interface, as ifconfig(8) sets and shows it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "conform.h"

static void if_20(struct ctx *c)
{
	long running = ifc_flags(c, F_RUNNING, -1);

	IS("ifconfig up", ifc_set(c, "up"), 0);
	IS("UP and RUNNING", ifc_flags(c, F_UP | F_RUNNING, F_UP | running), F_UP | running);
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("UP and RUNNING", ifc_flags(c, F_UP | F_RUNNING, running), running);
}

static void if_21(struct ctx *c)
{
	long want = F_UP | F_FRESH | (c->d->open_running ? F_RUNNING : 0);
	long mask = c->d->open_running ? 0xffff : 0xffff & ~F_RUNNING;

	IS("ifconfig up", ifc_set(c, "up"), 0);
	IS("the flags", ifc_flags(c, mask, want), want);
}

static void if_22(struct ctx *c)
{
	long mask = c->d->open_running ? 0xffff : 0xffff & ~F_RUNNING;

	IS("ifconfig up", ifc_set(c, "up"), 0);
	if (c->d->purge == PURGE_IF_UP || c->d->close_by_maker)
		mask &= ~F_RUNNING;	/* an address or an open of before may have left it */
	IS("the flags", ifc_flags(c, mask, F_UP | F_FRESH), F_UP | F_FRESH);
}

static void if_23(struct ctx *c)
{
	IS("UP and RUNNING of a closed interface with an address", ifc_flags(c, F_UP | F_RUNNING, F_UP | F_RUNNING),
	    F_UP | F_RUNNING);
}

static int set_mtu(struct ctx *c, int mtu)
{
	char words[32];

	snprintf(words, sizeof(words), "mtu %d", mtu);
	return ifc_set(c, words);
}

static void if_24(struct ctx *c)
{
	struct ifc i;

	IS_OR("ifconfig mtu, the least", set_mtu(c, c->d->min_mtu) != 0, 0, c->d->min_mtu < 68,
	    "Linux's interface begins at 68");
	if (c->differs[0] == '\0') {
		TRUE("ifconfig shows the interface", ifc_get(c, &i));
		IS("the MTU", i.mtu, c->d->min_mtu);
	}
	IS_OR("ifconfig mtu, the most", set_mtu(c, c->d->max_mtu) != 0, 0, c->d->max_mtu > 65521,
	    "Linux's interface ends at 65521");
	IS("ifconfig mtu 1500", set_mtu(c, 1500), 0);
}

static void if_25(struct ctx *c)
{
	IS("ifconfig mtu, one below the least, fails", set_mtu(c, c->d->min_mtu - 1) != 0, true);
	IS("ifconfig mtu, one above the most, fails", set_mtu(c, c->d->max_mtu + 1) != 0, true);
}

static void if_26(struct ctx *c)
{
	IS("ifconfig mtu 1501 fails", set_mtu(c, 1501) != 0, c->d->max_mtu == 1500);
}

static void if_27(struct ctx *c)
{
	static const uint8_t fresh[ADDRLEN] = { 0x02, 0, 0, 0, 0x27, 0x27 };
	struct ifc i;

	IS("ifconfig ether", ifc_set_lladdr(c, fresh), 0);
	TRUE("ifconfig shows the interface", ifc_get(c, &i));
	TRUE("the interface has the new address", memcmp(i.lladdr, fresh, ADDRLEN) == 0);
	IS("write to the new address", frame_write(c, 1, 60, fresh, HOST_ADDR), 60);
	IS("the datagram received", host_receive(c), 1);
}

const struct row rows_ifconfig[] = {
	{ "IF-20", OPENED, if_20, "up and down change UP only" },
	{ "IF-21", OPENED, if_21, "the flags of an interface that is open and up" },
	{ "IF-22", CLOSED, if_22, "the flags of an interface that is closed and up, without an address" },
	{ "IF-23", ADDRESS, if_23, "an address makes UP and RUNNING" },
	{ "IF-24", OPENED, if_24, "the least and the most MTU are taken" },
	{ "IF-25", OPENED, if_25, "an MTU outside is refused" },
	{ "IF-26", OPENED, if_26, "an MTU above 1500" },
	{ "IF-27", READY, if_27, "a new link-level address counts at once" },
	{ 0 },
};
