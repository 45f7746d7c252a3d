/* SPDX-License-Identifier: BSD-2-Clause */
/* WR: write(2). */
#include <netinet/in.h>
#include <sys/uio.h>
#include <arpa/inet.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

/* What was written before this has not arrived: the next one has number 99 and arrives first. */
static bool nothing_came(struct ctx *c)
{
	return expect(c, "write of a marker", frame_send(c, 99, 60), 60) &&
	    expect(c, "the datagram received", host_receive(c), 99);
}

static void wr_01(struct ctx *c)
{
	IS_OR("write of 0 bytes", dev_write(c, c->frame, 0), c->d->min_write > 0 ? -c->d->write_size : 0, 0,
	    "0: Linux does not ask the device");
	nothing_came(c);
}

/* Some hosts hand a socket only what it joined for. */
static void join_all_hosts(struct ctx *c)
{
	struct ip_mreq mreq;

	memset(&mreq, 0, sizeof(mreq));
	mreq.imr_multiaddr.s_addr = inet_addr(ALL_HOSTS);
	mreq.imr_interface.s_addr = inet_addr(HOST_ADDR);
	setsockopt(c->in, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq));
}

static void wr_02(struct ctx *c)
{
	IS("write of 60, broadcast", frame_send(c, 1, 60), 60);
	IS("the datagram received", host_receive(c), 1);
	IS("its length", c->last_len, 60 - 42);
	IS("write of 1514, broadcast", frame_send(c, 2, 1514), 1514);
	IS("the datagram received", host_receive(c), 2);
	IS("its length", c->last_len, 1514 - 42);
	join_all_hosts(c);
	dev_drain(c);
	IS("write of 60, multicast", frame_write(c, 3, 60, mac_group, ALL_HOSTS), 60);
	IS("the datagram received", host_receive(c), 3);
}

static void wr_03(struct ctx *c)
{
	IS("write to the interface's address", frame_write(c, 1, 60, c->lladdr, HOST_ADDR), 60);
	IS("the datagram received", host_receive(c), 1);
}

static void wr_04(struct ctx *c)
{
	long seq;

	IS("write to another address", frame_write(c, 1, 60, mac_other, HOST_ADDR), 60);
	IS("write of a marker", frame_send(c, 99, 60), 60);
	seq = host_receive(c);
	if (c->d->filter)
		IS("the datagram received", seq, 99);
	else
		IS_OR("the datagram received", seq, 1, 99, "Linux itself drops what is for others");
}

static void wr_05(struct ctx *c)
{
	if (!ifc_has_promisc())
		SKIP("this system's ifconfig has no word for promisc");
	IS("ifconfig promisc", ifc_set(c, "promisc"), 0);
	IS("write to another address", frame_write(c, 1, 60, mac_other, HOST_ADDR), 60);
	IS("write to everybody", frame_send(c, 2, 60), 60);
	IS("ifconfig -promisc", ifc_set(c, "-promisc"), 0);
}

static void wr_06(struct ctx *c)
{
	static const uint8_t remote[ADDRLEN] = { 0x02, 0, 0, 0, 0x0e, 0x0e };
	struct ifreq ifr;

	NEEDS(HAS_ADDR);
	if (!c->d->filter)
		SKIP("this system's driver has no filter");
	memset(&ifr, 0, sizeof(ifr));
	memcpy(&ifr, remote, ADDRLEN);
	IS("SIOCSIFADDR", dev_ioctl(c, C_SIFADDR, &ifr), 0);
	IS("write to the remote address", frame_write(c, 1, 60, remote, HOST_ADDR), 60);
	if (!nothing_came(c))
		return;
	IS("write to the interface's address", frame_write(c, 2, 60, c->lladdr, HOST_ADDR), 60);
	IS("the datagram received", host_receive(c), 2);
}

static void wr_07(struct ctx *c)
{
	IS("write of 1 byte", frame_send(c, 1, 60) == 60 ? dev_write(c, c->frame, 1) : -EIO,
	    c->d->min_write > 1 ? -c->d->write_size : 1);
	IS("the datagram received", host_receive(c), 1);
	IS("write of 13 bytes", dev_write(c, c->frame, 13), c->d->min_write > 13 ? -c->d->write_size : 13);
	nothing_came(c);
}

static void wr_09(struct ctx *c)
{
	long max = c->d->max_write, size = max != 0 ? max + 1 : 20000;

	IS("write of one byte too many", frame_send(c, 1, (size_t)size), max != 0 ? -c->d->write_size : size);
	if (max != 0)
		nothing_came(c);
}

/* Where there is no limit of the driver's, what is longer than the MTU is the stack's affair. */
static void wr_10(struct ctx *c)
{
	long max = c->d->max_write;

	if (max == 0)
		SKIP("this system's driver has no limit: NB-14");
	IS("write of the longest frame", frame_send(c, 1, (size_t)max), max);
	IS("the datagram received", host_receive(c), 1);
	IS("its length", c->last_len, max - 42);
}

/* The interface is down and then up again; what was written meanwhile is gone. */
static void write_down(struct ctx *c, long size, long want)
{
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("UP", ifc_flags(c, F_UP, 0), 0);
	IS("write while down", frame_send(c, 1, (size_t)size), want);
	IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
	IS("UP", ifc_flags(c, F_UP, F_UP), F_UP);
	nothing_came(c);
}

static void wr_11(struct ctx *c)
{
	if (!c->d->write_down_zero)
		SKIP("this system returns the count: WR-12");
	write_down(c, 60, 0);
	write_down(c, c->d->max_write + 1, 0);
}

static void wr_12(struct ctx *c)
{
	if (c->d->write_down_zero)
		SKIP("this system returns 0: WR-11");
	write_down(c, 60, 60);
}

static void wr_13(struct ctx *c)
{
	if (c->d->write_down_zero || c->d->max_write == 0)
		SKIP("this system looks at no length then");
	write_down(c, c->d->max_write + 1, -c->d->write_size);
}

static void wr_17(struct ctx *c)
{
	struct iovec iov[3] = { { c->frame, 14 }, { c->frame + 14, 20 }, { c->frame + 34, 26 } };
	long n;

	frame_make(c, 1, 60, mac_all, NET_BROADCAST);
	n = writev(c->fd, iov, 3);
	IS("writev", n < 0 ? -errno : n, 60);
	IS("the datagram received", host_receive(c), 1);
	nothing_came(c);
}

static void wr_18(struct ctx *c)
{
	long n;

	frame_make(c, 1, 60, mac_all, NET_BROADCAST);
	n = pwrite(c->fd, c->frame, 60, 999);
	n = n < 0 ? -errno : n;
	IS_OR("pwrite at 999", n, 60, sys_is_node(c) ? 60 : -ESPIPE, "ESPIPE: FUSE's file is a stream");
	if (n == 60)
		IS("the datagram received", host_receive(c), 1);
}

static void wr_19(struct ctx *c)
{
	struct reader r;
	long rc;

	IS("FIONBIO 1", dev_nonblock(c, true), 0);
	IS("write", frame_send(c, 1, 60), 60);
	IS("the datagram received", host_receive(c), 1);
	IS("FIONBIO 0", dev_nonblock(c, false), 0);
	if (!reader_start(c, &r, ON_SIGNAL_STOP))
		return;
	rc = reader_asleep(&r) ? frame_send(c, 2, 60) : -EIO;
	reader_end(&r);
	IS("write while a read sleeps", rc, 60);
	IS("the datagram received", host_receive(c), 2);
}

static void wr_20(struct ctx *c)
{
	static uint8_t data[12 + 60];

	NEEDS(HAS_VNETHDR);
	IS("TAPSVNETHDR 12", dev_set(c, C_SVNETHDR, 12), 0);
	frame_make(c, 1, 60, mac_all, NET_BROADCAST);
	memcpy(data + 12, c->frame, 60);
	IS("write of header and frame", dev_write(c, data, sizeof(data)), (long)sizeof(data));
	IS("the datagram received", host_receive(c), 1);
}

static void wr_22(struct ctx *c)
{
	static const uint8_t zero[25];

	NEEDS(HAS_VNETHDR);
	IS("TAPSVNETHDR 12", dev_set(c, C_SVNETHDR, 12), 0);
	IS("write of 25 bytes", dev_write(c, zero, sizeof(zero)), (long)sizeof(zero));
}

static void wr_24(struct ctx *c)
{
	frame_make(c, 1, 60, mac_all, NET_BROADCAST);
	memcpy(c->frame + 6, c->lladdr, ADDRLEN);
	IS("write of a frame from the interface's own address", dev_write(c, c->frame, 60), 60);
	IS("the datagram received", host_receive(c), 1);
	memset(c->frame + 12, 0x88, 48);
	IS("write of a frame of no known protocol", dev_write(c, c->frame, 60), 60);
	nothing_came(c);
}

const struct row rows_write[] = {
	{ "WR-01", READY, wr_01, "a write of 0 bytes is no frame" },
	{ "WR-02", READY, wr_02, "broadcast and multicast frames are received" },
	{ "WR-03", READY, wr_03, "a frame to the interface's address is received" },
	{ "WR-04", READY, wr_04, "a frame to another address" },
	{ "WR-05", READY, wr_05, "promisc: a frame to another address is taken" },
	{ "WR-06", READY, wr_06, "the filter looks at the interface's address, not the remote one" },
	{ "WR-07", READY, wr_07, "less than an Ethernet header" },
	{ "WR-09", READY, wr_09, "more than the longest frame" },
	{ "WR-10", READY, wr_10, "the longest frame is taken, whatever the MTU" },
	{ "WR-11", READY, wr_11, "down: a write returns 0" },
	{ "WR-12", READY, wr_12, "down: a write returns its count, and the frame is lost" },
	{ "WR-13", READY, wr_13, "down: more than the longest frame" },
	{ "WR-17", READY, wr_17, "writev is one frame" },
	{ "WR-18", READY, wr_18, "pwrite is write, whatever the offset" },
	{ "WR-19", READY, wr_19, "a write never waits" },
	{ "WR-20", READY, wr_20, "a virtio header is taken off" },
	{ "WR-22", READY, wr_22, "a virtio header and less than 14 bytes" },
	{ "WR-24", READY, wr_24, "what a frame holds is not looked at" },
	{ 0 },
};
