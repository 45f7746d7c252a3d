/* SPDX-License-Identifier: BSD-2-Clause */
/* RD: read(2).  QU: the queue before it. */
#include <sys/uio.h>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

/* One process asleep in read, before which the device was empty. */
static bool sleeper(struct ctx *c, struct reader *r, int on_signal)
{
	if (!reader_start(c, r, on_signal))
		return false;
	if (reader_asleep(r))
		return true;
	fail(c, "read of an empty queue: expected that it sleeps, got %s", result_name(reader_result(r, NULL)));
	reader_end(r);
	return false;
}

static bool next_is(struct ctx *c, int want, long want_len)
{
	long len = 0, seq = dev_next(c, &len);

	return expect(c, "the number of the frame read", seq, want) && expect(c, "its length", len, want_len);
}

/* ------------------------------------------------------------------ RD */

static void rd_01(struct ctx *c)
{
	IS("read of 0 bytes", dev_read(c, 0), 0);
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("read of 0 bytes", dev_read(c, 0), 0);
	if (!next_is(c, 1, 60))
		return;
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("read of 0 bytes while down", dev_read(c, 0), 0);
}

static void rd_02(struct ctx *c)
{
	IS("the host sends 60", host_send(c, 1, 60), 0);
	IS("the host sends 1514", host_send(c, 2, 1514), 0);
	if (next_is(c, 1, 60))
		next_is(c, 2, 1514);
}

static void rd_03(struct ctx *c)
{
	IS("the host sends 100", host_send(c, 1, 100), 0);
	IS("the host sends 60", host_send(c, 2, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	memset(c->buf, 0xee, 64);
	IS("read of 20 bytes", dev_read(c, 20), 20);
	IS("the byte behind them", c->buf[20], 0xee);
	next_is(c, 2, 60);
}

static void rd_04(struct ctx *c)
{
	static uint8_t rest[2000];
	struct iovec iov[3] = { { c->buf, 14 }, { c->buf + 14, 20 }, { rest, sizeof(rest) } };
	long n;

	IS("the host sends", host_send(c, 1, 142), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	n = readv(c->fd, iov, 3);
	IS("readv", n < 0 ? -errno : n, 142);
	memcpy(c->buf + 34, rest, 142 - 34);
	IS("the frame of the pieces", frame_seq(c, c->buf, 142), 1);
}

static void rd_05(struct ctx *c)
{
	struct reader r;
	long rc, seq;

	if (!sleeper(c, &r, ON_SIGNAL_STOP))
		return;
	host_send(c, 1, 1514);
	rc = reader_result(&r, &seq);
	reader_end(&r);
	IS("what the sleeping read returned", rc, 1514);
	IS("its frame", seq, 1);
}

static void rd_06(struct ctx *c)
{
	int flags = fcntl(c->fd, F_GETFL);

	IS("FIONBIO 1", dev_nonblock(c, true), 0);
	IS("read", dev_read(c, 2000), -EAGAIN);
	IS("FIONBIO 0", dev_nonblock(c, false), 0);
	TRUE("a frame comes through", host_settle(c));
	IS("F_SETFL O_NONBLOCK", fcntl(c->fd, F_SETFL, flags | O_NONBLOCK), 0);
	IS("read", dev_read(c, 2000), -EAGAIN);
	IS("F_SETFL as it was", fcntl(c->fd, F_SETFL, flags), 0);
}

/* The signal until it had an effect: the first might come before the read sleeps. */
static long interrupted(struct reader *r)
{
	for (int waited = 0; waited < BOUND; waited += QUIET) {
		kill(r->pid, SIGUSR1);
		if (wait_fd(r->pipe, QUIET))
			return reader_result(r, NULL);
	}
	return -ETIMEDOUT;
}

static void rd_07(struct ctx *c)
{
	struct reader r;
	long rc;

	if (!sleeper(c, &r, ON_SIGNAL_STOP))
		return;
	rc = interrupted(&r);
	reader_end(&r);
	IS("the read that a signal met", rc, -EINTR);
	IS("the host sends", host_send(c, 1, 60), 0);
	next_is(c, 1, 60);
}

static void rd_08(struct ctx *c)
{
	struct reader r;
	long rc;

	if (!sleeper(c, &r, ON_SIGNAL_RESTART))
		return;
	kill(r.pid, SIGUSR1);
	if (reader_asleep(&r))
		host_send(c, 1, 60);
	rc = reader_result(&r, NULL);
	reader_end(&r);
	IS_OR("the read that a signal with SA_RESTART met", rc, 60, -EINTR, "EINTR, which FUSE cannot avoid");
}

static void rd_09(struct ctx *c)
{
	struct reader r;
	long rc;

	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("UP", ifc_flags(c, F_UP, 0), 0);
	if (!reader_start(c, &r, ON_SIGNAL_STOP))
		return;
	rc = reader_asleep(&r) ? 0 : reader_result(&r, NULL);
	reader_end(&r);
	IS("read while down (0: sleeps)", rc, -c->d->read_down);
}

static void rd_10(struct ctx *c)
{
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("UP", ifc_flags(c, F_UP, 0), 0);
	IS("FIONBIO 1", dev_nonblock(c, true), 0);
	IS("read while down", dev_read(c, 2000), c->d->read_down != 0 ? -c->d->read_down : -EAGAIN);
}

static void rd_11(struct ctx *c)
{
	struct reader r;
	long rc;

	if (!sleeper(c, &r, ON_SIGNAL_STOP))
		return;
	ifc_set(c, "down");
	rc = c->d->read_down == 0 && reader_asleep(&r) ? 0 : reader_result(&r, NULL);
	reader_end(&r);
	IS("the sleeping read when it went down (0: sleeps on)", rc, -c->d->read_down);
}

static void rd_12(struct ctx *c)
{
	struct reader r;
	long rc, seq;

	IS("ifconfig down", ifc_set(c, "down"), 0);
	if (c->d->read_down != 0) {
		IS("FIONBIO 1", dev_nonblock(c, true), 0);
		IS("read while down", dev_read(c, 2000), -c->d->read_down);
		IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
		host_settle(c);
		return;
	}
	if (!sleeper(c, &r, ON_SIGNAL_STOP))
		return;
	ifc_set(c, IFC_ADDRESS);
	host_send(c, 1, 60);
	rc = reader_result(&r, &seq);
	reader_end(&r);
	IS("what the sleeping read returned", rc, 60);
	IS("its frame", seq, 1);
}

/* The header is there, in front of the frame. */
static void rd_17(struct ctx *c)
{
	NEEDS(HAS_VNETHDR);
	IS("TAPSVNETHDR 12", dev_set(c, C_SVNETHDR, 12), 0);
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("FIONREAD", dev_get(c, FIONREAD), 60);
	IS("read", dev_read(c, 2000), 72);
	memmove(c->buf, c->buf + 12, 60);
	IS("the frame behind the header", frame_seq(c, c->buf, 60), 1);
}

static void rd_18(struct ctx *c)
{
	NEEDS(HAS_VNETHDR);
	IS("TAPSVNETHDR 12", dev_set(c, C_SVNETHDR, 12), 0);
	IS("the host sends", host_send(c, 1, 60), 0);
	IS("the host sends", host_send(c, 2, 61), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("read of 12", dev_read(c, 12), 12);
	TRUE("the device stays readable", dev_readable(c, BOUND));
	IS("read", dev_read(c, 2000), 73);
}

static void rd_19(struct ctx *c)
{
	NEEDS(HAS_VNETHDR);
	IS("TAPSVNETHDR 12", dev_set(c, C_SVNETHDR, 12), 0);
	IS("the host sends", host_send(c, 1, 60), 0);
	IS("the host sends", host_send(c, 2, 61), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("read of 4", dev_read(c, 4), 4);
	TRUE("the device stays readable", dev_readable(c, BOUND));
	IS("read", dev_read(c, 2000), 73);
}

/* Two sleep.  Which of them wakes is not said. */
static void rd_20(struct ctx *c)
{
	struct reader r[2];
	long first, second, len[2] = { 0, 0 };
	int one;

	if (!sleeper(c, &r[0], ON_SIGNAL_STOP))
		return;
	if (!sleeper(c, &r[1], ON_SIGNAL_STOP)) {
		reader_end(&r[0]);
		return;
	}
	host_send(c, 1, 60);
	for (int waited = 0; waited < BOUND && !wait_fd(r[0].pipe, 20) && !wait_fd(r[1].pipe, 20); waited += 40)
		;
	one = wait_fd(r[0].pipe, 0) ? 0 : 1;
	first = reader_result(&r[one], &len[0]);
	second = c->d->read_wakes_all || !reader_asleep(&r[!one]) ? reader_result(&r[!one], &len[1]) : -EAGAIN;
	reader_end(&r[0]);
	reader_end(&r[1]);
	if (c->d->read_wakes_all) {
		IS("the sum of what the two reads returned", first + second, 60);
		return;
	}
	IS("the read that woke", first, 60);
	IS("the other (EAGAIN: sleeps on)", second, -EAGAIN);
}

static void rd_21(struct ctx *c)
{
	for (int n = 1; n <= 20; n++)
		IS("the host sends", host_send(c, n, (size_t)(FRAME_MIN + n)), 0);
	for (int n = 1; n <= 20; n++)
		if (!next_is(c, n, FRAME_MIN + n))
			return;
}

static void rd_22(struct ctx *c)
{
	long n;

	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	n = pread(c->fd, c->buf, 2000, 12345);
	IS_OR("pread at 12345", n < 0 ? -errno : n, 60, sys_is_node(c) ? 60 : -ESPIPE, "ESPIPE: FUSE's file is a stream");
}

static void rd_23(struct ctx *c)
{
	volatile size_t count = (size_t)INT_MAX + 1;	/* the compiler would not have it */
	long n;

	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	n = read(c->fd, c->buf, count);
	IS_OR("read of INT_MAX + 1", n < 0 ? -errno : n, -EINVAL, 60, "Linux cuts the count, and the read goes on");
}

/* The frame is ARP for the address, as the host asks before it sends there. */
static bool is_arp_for(const uint8_t *f, long len, const uint8_t last)
{
	return len >= 42 && f[12] == 0x08 && f[13] == 0x06 && f[21] == 1 && f[41] == last;
}

/* Read until the host's question for PEER_ADDR; its length. */
static long read_arp(struct ctx *c)
{
	for (;;) {
		long len;

		if (!dev_readable(c, BOUND))
			return -ETIMEDOUT;
		len = dev_read(c, sizeof(c->buf));
		if (len < 0 || is_arp_for(c->buf, len, 2))
			return len;
		c->strays++;
	}
}

/* PEER_ADDR is at mac_peer. */
static long write_arp_reply(struct ctx *c)
{
	uint8_t *f = c->frame;

	memcpy(f, c->buf + 6, ADDRLEN);
	memcpy(f + 6, mac_peer, ADDRLEN);
	memcpy(f + 12, c->buf + 12, 10);
	f[21] = 2;
	memcpy(f + 22, mac_peer, ADDRLEN);
	memcpy(f + 28, c->buf + 38, 4);
	memcpy(f + 32, c->buf + 22, 10);
	return dev_write(c, f, 42);
}

static void rd_24(struct ctx *c)
{
	IS("the host sends a broadcast", host_send(c, 1, 60), 0);
	if (!next_is(c, 1, 60))
		return;
	TRUE("its address is broadcast", memcmp(c->buf, mac_all, ADDRLEN) == 0);
	TRUE("it is from the interface's address", memcmp(c->buf + 6, c->lladdr, ADDRLEN) == 0);
	IS("the host sends to one neighbour", host_send_to(c, PEER_ADDR, 2, 60), 0);
	TRUE("the host's ARP request comes", read_arp(c) > 0);
	IS("the answer written", write_arp_reply(c), 42);
	if (!next_is(c, 2, 60))
		return;
	TRUE("the unicast frame has the neighbour's address", memcmp(c->buf, mac_peer, ADDRLEN) == 0);
}

/* A neighbour nobody is: rows must not depend on what the host has learnt before. */
static void rd_25(struct ctx *c)
{
	static const uint8_t fresh[ADDRLEN] = { 0x02, 0, 0, 0, 0x25, 0x25 };
	long len;

	IS("ifconfig ether", ifc_set_lladdr(c, fresh), 0);
	IS("ifconfig down", ifc_set(c, "down"), 0);	/* the host forgets its neighbours */
	IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
	host_send_to(c, PEER_ADDR, 2, 60);
	len = read_arp(c);
	IS("the length of an ARP request", len, 42);
}

static void rd_26(struct ctx *c)
{
	IS("write", frame_send(c, 1, 60), 60);
	IS("the datagram received", host_receive(c), 1);
	IS("FIONBIO 1", dev_nonblock(c, true), 0);
	IS("read", dev_read(c, 2000), -EAGAIN);
}

/* ------------------------------------------------------------------ QU */

static void qu_02(struct ctx *c)
{
	long refused = 0, rc;

	for (int n = 1; n <= c->d->ifq + 10; n++) {
		rc = host_send(c, n, 60);
		if (rc != 0 && rc != -ENOBUFS)
			IS("the host sends", rc, -ENOBUFS);
		refused += rc != 0;
	}
	TRUE("ifconfig works while the queue is full", ifc_flags(c, F_UP, F_UP) == F_UP);
	for (int n = 1; n <= c->d->ifq; n++)
		if (!next_is(c, n, 60))
			return;
	IS("FIONBIO 1", dev_nonblock(c, true), 0);
	IS("read after as many frames as the queue holds", dev_read(c, 2000), -EAGAIN);
	IS_OR("sends refused with ENOBUFS", refused, 10, 0, "the sender sees success: Linux takes the frames first");
}

static void qu_08(struct ctx *c)
{
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("UP", ifc_flags(c, F_UP, 0), 0);
	IS("FIONREAD", dev_get(c, FIONREAD), 0);
	IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
	IS("the host sends", host_send(c, 2, 61), 0);
	next_is(c, 2, 61);
}

static void qu_09(struct ctx *c)
{
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("close and open", dev_reopen(c), 0);
	IS("FIONREAD", dev_get(c, FIONREAD), 0);
	IS("ifconfig", ifc_set(c, IFC_ADDRESS), 0);
	IS("the host sends", host_send(c, 2, 61), 0);
	next_is(c, 2, 61);
}

static void qu_10(struct ctx *c)
{
	IS("FIOASYNC 1", dev_set(c, FIOASYNC, 1), 0);
	IS("FIOSETOWN", dev_set(c, FIOSETOWN, (int)getpid()), 0);
	sigio_arm();
	IS("readable at first", dev_readable(c, 0), 0);
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("SIGIO comes", sigio_came(BOUND));
	TRUE("the device gets readable", dev_readable(c, BOUND));
}

const struct row rows_read[] = {
	{ "RD-01", READY, rd_01, "a read of 0 bytes is 0 and takes no frame" },
	{ "RD-02", READY, rd_02, "one read is one frame, whole" },
	{ "RD-03", READY, rd_03, "a short read loses the rest of its frame" },
	{ "RD-04", READY, rd_04, "readv spreads one frame" },
	{ "RD-05", READY, rd_05, "a read of an empty queue sleeps until a frame comes" },
	{ "RD-06", READY, rd_06, "EWOULDBLOCK with FIONBIO and O_NONBLOCK" },
	{ "RD-07", READY, rd_07, "a signal ends a sleeping read with EINTR" },
	{ "RD-08", READY, rd_08, "with SA_RESTART it goes on" },
	{ "RD-09", READY, rd_09, "read while the interface is down" },
	{ "RD-10", READY, rd_10, "non-blocking read while the interface is down" },
	{ "RD-11", READY, rd_11, "a sleeping read when the interface goes down" },
	{ "RD-12", READY, rd_12, "frames after the interface was down" },
	{ "RD-17", READY, rd_17, "with a virtio header: header, then frame" },
	{ "RD-18", READY, rd_18, "room for the virtio header only" },
	{ "RD-19", READY, rd_19, "room for a part of the virtio header" },
	{ "RD-20", READY, rd_20, "two sleeping reads and one frame" },
	{ "RD-21", READY, rd_21, "frames come in the order they were sent" },
	{ "RD-22", READY, rd_22, "pread is read, whatever the offset" },
	{ "RD-23", READY, rd_23, "a count above INT_MAX is EINVAL" },
	{ "RD-24", READY, rd_24, "broadcast, ARP and unicast come, with their headers" },
	{ "RD-25", READY, rd_25, "no padding: an ARP request is 42 bytes" },
	{ "RD-26", READY, rd_26, "written frames do not come back" },
	{ "QU-02", READY, qu_02, "a full queue drops the newest frame" },
	{ "QU-08", READY, qu_08, "down empties the queue" },
	{ "QU-09", READY, qu_09, "close empties the queue" },
	{ "QU-10", READY, qu_10, "a frame sends SIGIO and makes readable" },
	{ 0 },
};
