/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The host's side of the wire, with what every system has: UDP sockets.  A datagram to the net's broadcast address goes
 * out as one frame without asking anybody; a frame written to the device arrives as a datagram.  Each carries a number.
 */
#include <netinet/in.h>
#include <arpa/inet.h>

#include <string.h>
#include <unistd.h>

#include "conform.h"

#define HEADERS		42	/* bytes of Ethernet, IPv4 and UDP */
#define UDP_OUT		9	/* the port the host sends to: discard */

const uint8_t mac_all[ADDRLEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
const uint8_t mac_group[ADDRLEN] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };
const uint8_t mac_peer[ADDRLEN] = { 0x02, 0x00, 0x00, 0x00, 0x00, 0x02 };
const uint8_t mac_other[ADDRLEN] = { 0x02, 0x00, 0x00, 0x00, 0x00, 0x99 };
static const uint8_t magic[4] = { 't', 'a', 'p', '?' };

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static unsigned get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* magic, number, and then bytes that show a cut or a shift. */
static void payload(uint8_t *p, int seq, size_t len)
{
	memcpy(p, magic, sizeof(magic));
	put16(p + 4, (unsigned)seq);
	for (size_t i = 6; i < len; i++)
		p[i] = (uint8_t)(i + (size_t)seq);
}

static int payload_seq(const uint8_t *p, long len)
{
	int seq;

	if (len < 6 || memcmp(p, magic, sizeof(magic)) != 0)
		return 0;
	seq = (int)get16(p + 4);
	for (long i = 6; i < len; i++)
		if (p[i] != (uint8_t)(i + seq))
			return 0;
	return seq;
}

static struct sockaddr_in sin_of(const char *addr, unsigned port)
{
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_port = htons((uint16_t)port);
	sin.sin_addr.s_addr = addr != NULL ? inet_addr(addr) : htonl(INADDR_ANY);
	return sin;
}

int host_init(struct ctx *c)
{
	struct sockaddr_in sin = sin_of(NULL, 0);
	socklen_t len = sizeof(sin);
	int on = 1, room = 1 << 20;

	c->out = socket(AF_INET, SOCK_DGRAM, 0);
	c->in = socket(AF_INET, SOCK_DGRAM, 0);
	if (c->out < 0 || c->in < 0 || setsockopt(c->out, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) != 0 ||
	    bind(c->in, (struct sockaddr *)&sin, sizeof(sin)) != 0 ||
	    getsockname(c->in, (struct sockaddr *)&sin, &len) != 0)
		return -errno;
	setsockopt(c->in, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));	/* as far as it goes */
	c->port = ntohs(sin.sin_port);
	return 0;
}

/* ------------------------------------------------------------------ the host sends */

long host_send_to(struct ctx *c, const char *addr, int seq, size_t len)
{
	struct sockaddr_in sin = sin_of(addr, UDP_OUT);
	size_t n = len - HEADERS;
	uint8_t data[2048];

	payload(data, seq, n);
	return sendto(c->out, data, n, 0, (struct sockaddr *)&sin, sizeof(sin)) < 0 ? -errno : 0;
}

long host_send(struct ctx *c, int seq, size_t len)
{
	return host_send_to(c, NET_BROADCAST, seq, len);
}

int frame_seq(const struct ctx *c, const uint8_t *f, long len)
{
	(void)c;
	if (len < HEADERS || get16(f + 12) != 0x0800 || f[14] != 0x45 || f[23] != 17 || get16(f + 36) != UDP_OUT)
		return 0;
	return payload_seq(f + HEADERS, len - HEADERS);
}

bool host_settle(struct ctx *c)
{
	static int mark = 60000;
	long len, seq, rc;

	mark = mark < 65000 ? mark + 1 : 60000;
	rc = host_send(c, mark, FRAME_MIN);
	if (rc != 0) {
		fail(c, "the host cannot send to %s: %s", NET_BROADCAST, result_name(rc));
		return false;
	}
	while ((seq = dev_next(c, &len)) != mark)
		if (seq < 0) {
			fail(c, "a frame the host sent did not come: %s", result_name(seq));
			return false;
		}
	return true;
}

/* ------------------------------------------------------------------ the host receives */

long host_receive(struct ctx *c)
{
	int seq;

	do {
		if (!wait_fd(c->in, BOUND))
			return -ETIMEDOUT;
		c->last_len = (int)recv(c->in, c->buf, sizeof(c->buf), 0);
		seq = payload_seq(c->buf, c->last_len);
	} while (seq == 0);
	return seq;
}

static unsigned checksum(const uint8_t *p, size_t len)
{
	unsigned long sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += get16(p + i);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (unsigned)~sum & 0xffff;
}

void frame_make(struct ctx *c, int seq, size_t len, const uint8_t *to, const char *addr)
{
	uint8_t *f = c->frame, *ip = f + 14, *udp = ip + 20;
	in_addr_t src = inet_addr(PEER_ADDR), dst = inet_addr(addr);

	memset(f, 0, HEADERS);
	memcpy(f, to, ADDRLEN);
	memcpy(f + 6, mac_peer, ADDRLEN);
	put16(f + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, (unsigned)len - 14);
	ip[8] = 1;			/* time to live: no further than the host */
	ip[9] = IPPROTO_UDP;
	memcpy(ip + 12, &src, 4);
	memcpy(ip + 16, &dst, 4);
	put16(ip + 10, checksum(ip, 20));
	put16(udp, UDP_OUT);
	put16(udp + 2, c->port);
	put16(udp + 4, (unsigned)len - 34);	/* without a checksum, as UDP over IPv4 may be */
	payload(udp + 8, seq, len - HEADERS);
}

long frame_write(struct ctx *c, int seq, size_t len, const uint8_t *to, const char *addr)
{
	frame_make(c, seq, len, to, addr);
	return dev_write(c, c->frame, len);
}

long frame_send(struct ctx *c, int seq, size_t len)
{
	return frame_write(c, seq, len, mac_all, NET_BROADCAST);
}
