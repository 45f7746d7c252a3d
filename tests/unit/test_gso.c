/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checksums and segmentation, on frames made by hand and judged by a slow checksum of its own: every frame that comes
 * out must be right by itself, and together they must be what went in.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "backend/gso.h"
#include "base/util.h"
#include "unit.h"

#define NEEDS_CSUM	VIRTIO_NET_HDR_F_NEEDS_CSUM
#define FIN		0x01
#define SYN		0x02
#define RST		0x04
#define PSH		0x08
#define ACK		0x10
#define URG		0x20
#define CWR		0x80
#define SEQ		0xfffff000u	/* wraps on the way */

/* ------------------------------------------------------------------ frames */

/* What a frame is made of.  Each case is one of these. */
struct shape {
	const char *name;
	int tags;
	bool v6;
	size_t ip_options;	/* bytes, of IPv4 */
	bool extended;		/* an extension header of 16 bytes before it, of IPv6 */
	uint8_t ext;		/* which */
	size_t tcp_options;	/* bytes */
	size_t trailer;		/* bytes */
};

static const struct shape shapes[] = {
	{ "v4" },
	{ "v6", .v6 = true },
	{ "v4, a tag", .tags = 1 },
	{ "v4, two tags", .tags = 2 },
	{ "v6, two tags", .tags = 2, .v6 = true },
	{ "v4, IP options", .ip_options = 40 },
	{ "v4, TCP options", .tcp_options = 12 },
	{ "v4, all options", .ip_options = 8, .tcp_options = 40, .tags = 1 },
	{ "v6, TCP options", .v6 = true, .tcp_options = 20 },
	{ "v6, hop by hop", .v6 = true, .extended = true, .ext = IPPROTO_HOPOPTS },
	{ "v6, destination", .v6 = true, .extended = true, .ext = IPPROTO_DSTOPTS },
	{ "v6, routing, used up", .v6 = true, .extended = true, .ext = IPPROTO_ROUTING },
	{ "v4, a trailer", .trailer = 6 },
};

struct made {
	uint8_t b[70000];
	size_t len, ip, l4, payload, end;	/* offsets; end: without the trailer */
	bool v6;
};

static void put16(uint8_t *p, unsigned v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static unsigned get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

/* One byte after the other, big endian: nothing clever. */
static unsigned reference_sum(unsigned sum, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		sum += i % 2 == 0 ? p[i] << 8 : p[i];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

static unsigned pseudo_sum(const struct made *m, uint8_t proto)
{
	unsigned sum = m->v6 ? reference_sum(0, m->b + m->ip + 8, 32) : reference_sum(0, m->b + m->ip + 12, 8);
	uint8_t rest[4] = { 0, proto };

	put16(rest + 2, m->end - m->l4);
	return reference_sum(sum, rest, sizeof(rest));
}

static void make_ip(struct made *m, const struct shape *s, uint8_t proto, size_t above)
{
	uint8_t *ip = m->b + m->ip;
	size_t ext = s->extended ? 16 : 0;

	m->v6 = s->v6;
	if (s->v6) {
		m->l4 = m->ip + 40 + ext;
		ip[0] = 0x60;
		put16(ip + 4, ext + above);
		ip[6] = proto;
		ip[7] = 64;
		for (int i = 8; i < 40; i++)
			ip[i] = i * 7;
		if (s->extended) {
			ip[6] = s->ext;
			ip[40] = proto;
			ip[41] = 1;
		}
		return;
	}
	m->l4 = m->ip + 20 + s->ip_options;
	ip[0] = 0x40 | (20 + s->ip_options) / 4;
	put16(ip + 2, 20 + s->ip_options + above);
	put16(ip + 4, 0xfffe);			/* the id wraps */
	put16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = proto;
	memcpy(ip + 12, "\300\0\2\1\300\0\2\2", 8);
	memset(ip + 20, 1, s->ip_options);
	put16(ip + 10, ~reference_sum(0, ip, m->l4 - m->ip));
}

static void make_ether(struct made *m, const struct shape *s)
{
	*m = (struct made){ .ip = 14 + 4 * s->tags };
	memcpy(m->b, "\2\0\0\0\0\1\2\0\0\0\0\2", 12);
	for (int i = 0; i < s->tags; i++) {
		put16(m->b + 12 + 4 * i, i < s->tags - 1 ? 0x88a8 : 0x8100);
		put16(m->b + 14 + 4 * i, 100 + i);
	}
	put16(m->b + m->ip - 2, s->v6 ? 0x86dd : 0x0800);
}

static void fill(struct made *m, const struct shape *s, size_t payload)
{
	m->end = m->payload + payload;
	m->len = m->end + s->trailer;
	for (size_t i = 0; i < payload; i++)
		m->b[m->payload + i] = i * 31 + (i >> 8);
}

/* A TCP segment as a sender leaves it to its card: the pseudo header's sum for a checksum. */
static void make_tcp(struct made *m, const struct shape *s, uint8_t flags, size_t payload)
{
	uint8_t *tcp;

	make_ether(m, s);
	make_ip(m, s, IPPROTO_TCP, 20 + s->tcp_options + payload);
	tcp = m->b + m->l4;
	m->payload = m->l4 + 20 + s->tcp_options;
	put16(tcp, 1000);
	put16(tcp + 2, 2000);
	put16(tcp + 4, SEQ >> 16);
	put16(tcp + 6, SEQ & 0xffff);
	tcp[12] = (20 + s->tcp_options) / 4 << 4;
	tcp[13] = flags;
	memset(tcp + 20, 1, s->tcp_options);
	fill(m, s, payload);
	put16(tcp + 16, pseudo_sum(m, IPPROTO_TCP));
}

static void make_udp(struct made *m, const struct shape *s, size_t payload)
{
	make_ether(m, s);
	make_ip(m, s, IPPROTO_UDP, 8 + payload);
	m->payload = m->l4 + 8;
	put16(m->b + m->l4 + 4, 8 + payload);
	fill(m, s, payload);
	put16(m->b + m->l4 + 6, pseudo_sum(m, IPPROTO_UDP));
}

/* ------------------------------------------------------------------ what came out */

struct got {
	const struct made *whole;
	unsigned n;
	size_t payload;		/* bytes of it, so far */
	size_t largest;		/* bytes of IP packet */
	uint8_t last_flags;
	struct made one;
};

static void check_sums(const struct made *m, uint8_t proto)
{
	if (!m->v6)
		ck_assert_uint_eq(reference_sum(0, m->b + m->ip, m->l4 - m->ip), 0xffff);
	ck_assert_uint_eq(reference_sum(pseudo_sum(m, proto), m->b + m->l4, m->end - m->l4), 0xffff);
}

/* The n-th frame of a TCP segment, against the whole. */
static void on_segment(void *arg, const void *frame, size_t len)
{
	struct got *g = arg;
	const struct made *w = g->whole;
	struct made *m = &g->one;
	uint8_t flags;

	*m = *w;
	memcpy(m->b, frame, len);
	m->len = m->end = len;
	ck_assert_uint_ge(len, w->payload);
	check_sums(m, IPPROTO_TCP);
	if (m->v6) {
		ck_assert_uint_eq(get16(m->b + m->ip + 4), len - m->ip - 40);
	} else {
		ck_assert_uint_eq(get16(m->b + m->ip + 2), len - m->ip);
		ck_assert_uint_eq(get16(m->b + m->ip + 4), (0xfffe + g->n) & 0xffff);
	}
	ck_assert_uint_eq(get32(m->b + m->l4 + 4), (uint32_t)(SEQ + g->payload));
	ck_assert_mem_eq(m->b, w->b, m->ip);
	ck_assert_mem_eq(m->b + m->l4 + 20, w->b + m->l4 + 20, m->payload - m->l4 - 20);
	ck_assert_mem_eq(m->b + m->payload, w->b + m->payload + g->payload, len - m->payload);
	flags = m->b[m->l4 + 13];
	ck_assert_int_eq((flags & CWR) != 0, g->n == 0 && (w->b[m->l4 + 13] & CWR) != 0);
	if (g->n > 0)
		ck_assert_int_eq(g->last_flags & (FIN | PSH), 0);
	g->last_flags = flags;
	g->n++;
	g->payload += len - m->payload;
	if (len - m->ip > g->largest)
		g->largest = len - m->ip;
}

static void on_frame(void *arg, const void *frame, size_t len)
{
	struct got *g = arg;

	g->one = *g->whole;
	memcpy(g->one.b, frame, len);
	g->one.len = len;
	g->n++;
}

static void not_expected(void *arg, const void *frame, size_t len)
{
	ck_abort_msg("a frame of %zu bytes", len);
}

static struct made made;

/* gso_finish() with this header. */
static int finish(struct virtio_net_hdr h, gso_emit_fn *emit, void *arg)
{
	uint8_t vnet[TAP_VNET_LEN];

	memcpy(vnet, &h, sizeof(vnet));
	return gso_finish(vnet, made.b, made.len, emit, arg);
}

static struct virtio_net_hdr tcp_header(uint8_t type, unsigned gso_size)
{
	return (struct virtio_net_hdr){ .flags = NEEDS_CSUM, .gso_type = type, .hdr_len = made.payload,
		.gso_size = gso_size, .csum_start = made.l4, .csum_offset = 16 };
}

static uint8_t tcp_type(const struct shape *s)
{
	return s->v6 ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
}

/* ------------------------------------------------------------------ tests */

START_TEST(nothing_left)
{
	struct got g = { .whole = &made };

	make_tcp(&made, &shapes[0], ACK, 100);
	ck_assert_int_eq(finish((struct virtio_net_hdr){ 0 }, on_frame, &g), 0);
	ck_assert_uint_eq(g.n, 1);
	ck_assert_uint_eq(g.one.len, made.len);
	ck_assert_mem_eq(g.one.b, made.b, made.len);
}
END_TEST

START_TEST(sum_left)
{
	const struct shape *s = &shapes[_i];

	for (size_t payload = 0; payload < 9; payload++) {
		struct got g = { .whole = &made };

		make_tcp(&made, s, ACK, payload);
		ck_assert_int_eq(finish(tcp_header(VIRTIO_NET_HDR_GSO_NONE, 0), on_frame, &g), 0);
		ck_assert_uint_eq(g.n, 1);
		check_sums(&g.one, IPPROTO_TCP);
		make_udp(&made, s, payload);
		ck_assert_int_eq(finish((struct virtio_net_hdr){ .flags = NEEDS_CSUM, .csum_start = made.l4,
			.csum_offset = 6 }, on_frame, &g), 0);
		ck_assert_uint_eq(g.n, 2);
		check_sums(&g.one, IPPROTO_UDP);
	}
}
END_TEST

/* A UDP checksum of 0 would say that there is none. */
START_TEST(sum_is_never_zero)
{
	struct got g = { .whole = &made };
	unsigned sum;

	make_udp(&made, &shapes[0], 2);
	put16(made.b + made.payload, 0);
	sum = reference_sum(0, made.b + made.l4, made.end - made.l4);
	put16(made.b + made.payload, 0xffff - sum);
	ck_assert_int_eq(finish((struct virtio_net_hdr){ .flags = NEEDS_CSUM, .csum_start = made.l4, .csum_offset = 6 },
	    on_frame, &g), 0);
	ck_assert_uint_eq(get16(g.one.b + made.l4 + 6), 0xffff);
	check_sums(&g.one, IPPROTO_UDP);
}
END_TEST

START_TEST(segments)
{
	static const struct { size_t payload; unsigned n; } cases[] = {
		{ 0, 1 }, { 1, 1 }, { 999, 1 }, { 1000, 1 }, { 1001, 2 }, { 2000, 2 }, { 10001, 11 }, { 60000, 60 },
	};
	const struct shape *s = &shapes[_i];

	for (size_t i = 0; i < NELEM(cases); i++) {
		struct got g = { .whole = &made };

		make_tcp(&made, s, ACK | PSH | FIN | CWR, cases[i].payload);
		ck_assert_int_eq(finish(tcp_header(tcp_type(s) | VIRTIO_NET_HDR_GSO_ECN, 1000), on_segment, &g), 0);
		ck_assert_uint_eq(g.n, cases[i].n);
		ck_assert_uint_eq(g.payload, cases[i].payload);
		ck_assert_int_eq(g.last_flags, ACK | PSH | FIN | (g.n == 1 ? CWR : 0));
	}
}
END_TEST

/* Headers that do not fit a TCP segment of 3,000 bytes over IPv4. */
START_TEST(refused)
{
	static const uint8_t v4 = VIRTIO_NET_HDR_GSO_TCPV4;
	struct virtio_net_hdr good, h;

	make_tcp(&made, &shapes[0], ACK, 3000);
	good = tcp_header(v4, 1000);
	struct { size_t offset, size; unsigned value; } bad[] = {
		{ offsetof(struct virtio_net_hdr, gso_type), 1, VIRTIO_NET_HDR_GSO_TCPV6 },
		{ offsetof(struct virtio_net_hdr, gso_type), 1, VIRTIO_NET_HDR_GSO_UDP },
		{ offsetof(struct virtio_net_hdr, gso_type), 1, 5 },		/* UDP, in datagrams */
		{ offsetof(struct virtio_net_hdr, gso_type), 1, VIRTIO_NET_HDR_GSO_ECN | 2 },
		{ offsetof(struct virtio_net_hdr, gso_size), 2, 0 },
		{ offsetof(struct virtio_net_hdr, hdr_len), 2, made.len + 1 },
		{ offsetof(struct virtio_net_hdr, csum_start), 2, made.l4 - 2 },
		{ offsetof(struct virtio_net_hdr, csum_start), 2, 0xffff },
		{ offsetof(struct virtio_net_hdr, csum_offset), 2, 6 },
	};
	for (size_t i = 0; i < NELEM(bad); i++) {
		h = good;
		if (bad[i].size == 1)
			*((uint8_t *)&h + bad[i].offset) = bad[i].value;
		else
			memcpy((uint8_t *)&h + bad[i].offset, &(uint16_t){ bad[i].value }, 2);
		ck_assert_int_eq(finish(h, not_expected, NULL), -EINVAL);
	}
	h = (struct virtio_net_hdr){ .flags = NEEDS_CSUM, .csum_start = 34 };
	for (unsigned i = made.len - 35; i <= 0xffff; i += 997) {
		h.csum_offset = i;
		ck_assert_int_eq(finish(h, not_expected, NULL), -EINVAL);
	}
	h = (struct virtio_net_hdr){ .flags = NEEDS_CSUM, .csum_start = 12, .csum_offset = 16 };
	ck_assert_int_eq(finish(h, not_expected, NULL), -EINVAL);
}
END_TEST

/* Frames that no header fits: size bytes at offset (from Ethernet, IP, TCP) set to value. */
static const struct {
	const char *name;
	size_t shape;
	char from;		/* 'e', 'i', 't' */
	size_t offset, size;
	unsigned value;
} uncuttable[] = {
	{ "no IP", 0, 'e', 13, 1, 0x06 },
	{ "three tags", 3, 'e', 20, 1, 0x81 },
	{ "IPv5", 0, 'i', 0, 1, 0x55 },
	{ "a header length of 16", 0, 'i', 0, 1, 0x44 },
	{ "a total length beyond the frame", 0, 'i', 2, 2, 0xffff },
	{ "a total length of 0", 0, 'i', 2, 2, 0 },
	{ "more fragments", 0, 'i', 6, 1, 0x20 },
	{ "a fragment's rest", 0, 'i', 7, 1, 1 },
	{ "UDP", 0, 'i', 9, 1, IPPROTO_UDP },
	{ "ESP", 0, 'i', 9, 1, IPPROTO_ESP },
	{ "a TCP header of 16", 0, 't', 12, 1, 0x40 },
	{ "SYN", 0, 't', 13, 1, SYN },
	{ "RST", 0, 't', 13, 1, ACK | RST },
	{ "URG", 0, 't', 13, 1, ACK | URG },
	{ "IPv6: a payload length beyond the frame", 1, 'i', 4, 2, 0xffff },
	{ "IPv6: a payload length of 0, jumbo", 1, 'i', 4, 2, 0 },
	{ "IPv6: a fragment", 9, 'i', 6, 1, IPPROTO_FRAGMENT },
	{ "IPv6: no next header", 1, 'i', 6, 1, IPPROTO_NONE },
	{ "IPv6: a chain of headers without end", 9, 'i', 40, 1, IPPROTO_DSTOPTS },
	{ "IPv6: a header beyond the packet", 9, 'i', 41, 1, 0xff },
	{ "IPv6: a way to go", 11, 'i', 43, 1, 1 },
};

START_TEST(left_alone)
{
	const struct shape *s = &shapes[uncuttable[_i].shape];
	char from = uncuttable[_i].from;
	static struct made before;
	uint8_t *at;

	make_tcp(&made, s, ACK, 1800);
	at = made.b + (from == 'e' ? 0 : from == 'i' ? made.ip : made.l4) + uncuttable[_i].offset;
	if (uncuttable[_i].size == 1)
		*at = uncuttable[_i].value;
	else
		put16(at, uncuttable[_i].value);
	ck_assert_int_eq(gso_split(made.b, made.len, 1500, not_expected, NULL), -EMSGSIZE);
	ck_assert_int_eq(finish(tcp_header(tcp_type(s), 1000), not_expected, NULL), -EINVAL);
	if (from == 't')		/* its checksum is right or wrong all the same */
		return;
	before = made;
	ck_assert(!gso_complete(made.b, made.len));
	ck_assert_mem_eq(made.b, before.b, made.len);
}
END_TEST

START_TEST(complete)
{
	const struct shape *s = &shapes[_i];

	for (size_t payload = 1; payload < 5; payload++) {
		make_tcp(&made, s, ACK, payload);
		ck_assert(gso_complete(made.b, made.len));
		check_sums(&made, IPPROTO_TCP);
		ck_assert(!gso_complete(made.b, made.len));	/* it is whole now */
		make_udp(&made, s, payload);
		ck_assert(gso_complete(made.b, made.len));
		check_sums(&made, IPPROTO_UDP);
		ck_assert(!gso_complete(made.b, made.len));
	}
}
END_TEST

/* What came damaged stays so, for the receiver to see; no UDP checksum stays none. */
START_TEST(complete_repairs_nothing)
{
	make_udp(&made, &shapes[0], 100);
	ck_assert(gso_complete(made.b, made.len));
	made.b[made.payload] ^= 1;
	ck_assert(!gso_complete(made.b, made.len));
	put16(made.b + made.l4 + 6, 0);
	ck_assert(!gso_complete(made.b, made.len));
}
END_TEST

/* A checksum that happens to be the pseudo header's sum is computed to be what it was. */
START_TEST(complete_by_chance)
{
	unsigned pseudo, rest;

	make_udp(&made, &shapes[0], 2);
	pseudo = get16(made.b + made.l4 + 6);
	put16(made.b + made.payload, 0);
	rest = reference_sum(pseudo, made.b + made.l4, made.end - made.l4);
	put16(made.b + made.payload, 0xffff - rest);
	check_sums(&made, IPPROTO_UDP);
	gso_complete(made.b, made.len);
	ck_assert_uint_eq(get16(made.b + made.l4 + 6), pseudo);
}
END_TEST

START_TEST(split)
{
	const struct shape *s = &shapes[_i];
	static const unsigned mtus[] = { 1500, 9000, 576 };

	for (size_t i = 0; i < NELEM(mtus); i++) {
		struct got g = { .whole = &made };

		make_tcp(&made, s, ACK | PSH, 30000);
		ck_assert_int_eq(gso_split(made.b, made.len, mtus[i], on_segment, &g), 0);
		ck_assert_uint_eq(g.payload, 30000);
		ck_assert_uint_eq(g.largest, mtus[i]);
		ck_assert_int_eq(g.last_flags, ACK | PSH);
	}
}
END_TEST

/* Tags do not count: what fits as it is goes as it is, be it what it may. */
START_TEST(split_fits)
{
	const struct shape *s = &shapes[_i];
	struct got g = { .whole = &made };

	make_udp(&made, s, 100);
	ck_assert_int_eq(gso_split(made.b, made.len, made.len - made.ip, on_frame, &g), 0);
	ck_assert_uint_eq(g.n, 1);
	ck_assert_mem_eq(g.one.b, made.b, made.len);
	ck_assert_int_eq(gso_split(made.b, made.len, made.len - made.ip - 1, not_expected, NULL), -EMSGSIZE);
	ck_assert_int_eq(gso_split(made.b, 14, 0, on_frame, &g), 0);
	ck_assert_uint_eq(g.n, 2);
}
END_TEST

/* An MTU below the headers is no reason to divide by anything. */
START_TEST(split_tiny_mtu)
{
	make_tcp(&made, &shapes[7], ACK, 2000);
	for (unsigned mtu = 0; mtu <= made.payload - made.ip; mtu++)
		ck_assert_int_eq(gso_split(made.b, made.len, mtu, not_expected, NULL), -EMSGSIZE);
}
END_TEST

/* Every length a frame can be cut to, in memory of just that length: a sanitizer sees what reads beyond. */
START_TEST(cut_short)
{
	struct got g = { .whole = &made };

	for (size_t i = 0; i < NELEM(shapes); i++) {
		make_tcp(&made, &shapes[i], ACK, 10);
		for (size_t len = TAP_HDRLEN; len < made.len; len++) {
			uint8_t vnet[TAP_VNET_LEN] = { 0 }, *exact = malloc(len);

			ck_assert_ptr_nonnull(exact);
			memcpy(exact, made.b, len);
			ck_assert_int_eq(gso_complete(exact, len), len >= made.end);
			memcpy(exact, made.b, len);
			vnet[1] = tcp_type(&shapes[i]);
			vnet[4] = 100;
			ck_assert_int_eq(gso_finish(vnet, exact, len, on_frame, &g), len >= made.end ? 0 : -EINVAL);
			free(exact);
		}
	}
}
END_TEST

static Suite *suite(void)
{
	const TTest *const once[] = { nothing_left, sum_is_never_zero, refused, complete_repairs_nothing,
		complete_by_chance, split_tiny_mtu, cut_short };
	const TTest *const each_shape[] = { sum_left, segments, complete, split, split_fits };
	Suite *s = suite_create("gso");
	TCase *tc = tcase_create("gso");

	for (size_t i = 0; i < NELEM(once); i++)
		tcase_add_test(tc, once[i]);
	for (size_t i = 0; i < NELEM(each_shape); i++)
		tcase_add_loop_test(tc, each_shape[i], 0, NELEM(shapes));
	tcase_add_loop_test(tc, left_alone, 0, NELEM(uncuttable));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
