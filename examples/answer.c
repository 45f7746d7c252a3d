/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See answer.h.  Everything is read and written byte by byte at the offsets of the RFCs, so neither alignment nor byte
 * order matters; no length is believed before it was compared with what there is.
 */
#include "answer.h"

#include <string.h>

/* Ethernet */
#define ETHER_DST	0
#define ETHER_SRC	6
#define ETHER_TYPE	12
#define ETHER_LEN	14
#define TYPE_IP		0x0800
#define TYPE_ARP	0x0806
#define TYPE_IP6	0x86dd

/* ARP for IPv4 over Ethernet (RFC 826) */
#define ARP_OP		6
#define ARP_SHA		8
#define ARP_SPA		14
#define ARP_THA		18
#define ARP_TPA		24
#define ARP_LEN		28
#define ARP_REQUEST	1
#define ARP_REPLY	2

/* IPv4 (RFC 791) */
#define IP_TOTAL	2
#define IP_ID		4
#define IP_FRAG		6
#define IP_TTL		8
#define IP_PROTO	9
#define IP_SUM		10
#define IP_SRC		12
#define IP_DST		16
#define IP_LEN		20
#define IP_MORE_OR_OFFSET 0x3fff
#define PROTO_ICMP	1

/* IPv6 (RFC 8200) */
#define IP6_PLEN	4
#define IP6_NEXT	6
#define IP6_HLIM	7
#define IP6_SRC		8
#define IP6_DST		24
#define IP6_LEN		40
#define NEXT_ICMP6	58

/* ICMP (RFC 792), ICMPv6 (RFC 4443) */
#define ICMP_TYPE	0
#define ICMP_CODE	1
#define ICMP_SUM	2
#define ICMP_LEN	8
#define ICMP_ECHO	8
#define ICMP_ECHOREPLY	0
#define ICMP6_ECHO	128
#define ICMP6_ECHOREPLY	129

/* Neighbour discovery (RFC 4861) */
#define ND_SOLICIT	135
#define ND_ADVERT	136
#define ND_FLAGS	4
#define ND_TARGET	8
#define ND_LEN		24
#define ND_SOURCE_LL	1
#define ND_TARGET_LL	2
#define ND_HLIM		255
#define ND_SOLICITED	0x40
#define ND_OVERRIDE	0x20

#define REPLY_TTL	64

/* A question, taken apart as far as it was checked. */
struct question {
	const struct station *st;
	const uint8_t *frame;
	const uint8_t *p;		/* what the frame carries */
	size_t n;			/* bytes of it */
	uint8_t *out;			/* the answer's frame */
	enum answer_kind *kind;
};

static unsigned get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Add n bytes to a ones' complement sum (RFC 1071).  n is below 128 KiB, so the carries fit. */
static uint32_t sum_add(uint32_t sum, const uint8_t *p, size_t n)
{
	for (; n > 1; p += 2, n -= 2)
		sum += get16(p);
	return n == 1 ? sum + ((uint32_t)p[0] << 8) : sum;
}

/* The checksum to store; 0 when the sum went over a right one. */
static unsigned sum_fold(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* ICMPv6's, with the pseudo-header of the IPv6 header ip6 (RFC 8200, 8.1). */
static unsigned icmp6_sum(const uint8_t *ip6, const uint8_t *icmp, size_t n)
{
	uint32_t sum = sum_add((uint32_t)n + NEXT_ICMP6, ip6 + IP6_SRC, 32);

	return sum_fold(sum_add(sum, icmp, n));
}

static size_t ignore(const struct question *q, enum answer_kind why)
{
	*q->kind = why;
	return 0;
}

/* Was the frame sent to this station alone? */
static bool for_us_alone(const struct question *q)
{
	return memcmp(q->frame + ETHER_DST, q->st->lladdr, 6) == 0;
}

/* The Ethernet header of the answer, to the link-level address dst.  Returns where its payload begins. */
static uint8_t *put_ether(const struct question *q, const uint8_t *dst, unsigned type)
{
	memcpy(q->out + ETHER_DST, dst, 6);
	memcpy(q->out + ETHER_SRC, q->st->lladdr, 6);
	put16(q->out + ETHER_TYPE, type);
	return q->out + ETHER_LEN;
}

/* ------------------------------------------------------------------ ARP */

static size_t answer_arp(const struct question *q)
{
	static const uint8_t ether_ip[6] = { 0, 1, 8, 0, 6, 4 };
	const uint8_t *p = q->p;
	uint8_t *a;

	if (q->n < ARP_LEN || memcmp(p, ether_ip, sizeof(ether_ip)) != 0 || (p[ARP_SHA] & 1) != 0)
		return ignore(q, ANSWER_MALFORMED);
	if (!q->st->has_in || get16(p + ARP_OP) != ARP_REQUEST || memcmp(p + ARP_TPA, q->st->in, 4) != 0 ||
	    memcmp(p + ARP_SPA, q->st->in, 4) == 0)
		return ignore(q, ANSWER_NOT_OURS);
	a = put_ether(q, q->frame + ETHER_SRC, TYPE_ARP);
	memcpy(a, ether_ip, sizeof(ether_ip));
	put16(a + ARP_OP, ARP_REPLY);
	memcpy(a + ARP_SHA, q->st->lladdr, 6);
	memcpy(a + ARP_SPA, q->st->in, 4);
	memcpy(a + ARP_THA, p + ARP_SHA, 6);
	memcpy(a + ARP_TPA, p + ARP_SPA, 4);
	*q->kind = ANSWER_ARP;
	return ETHER_LEN + ARP_LEN;
}

/* ------------------------------------------------------------------ IPv4 */

/* Any host but "this one", loopback, multicast and broadcast (RFC 1122, 3.2.1.3). */
static bool ip_is_host(const uint8_t *a)
{
	return a[0] != 0 && a[0] != 127 && a[0] < 224;
}

/* Header of hlen bytes, total bytes with it: are they there, and is the header whole? */
static bool ip_is_sound(const uint8_t *p, size_t n, size_t hlen, size_t total)
{
	return hlen >= IP_LEN && hlen <= total && total <= n && sum_fold(sum_add(0, p, hlen)) == 0;
}

/* The header of the answer has no options: those of the question were for the way here. */
static size_t put_echo(const struct question *q, const uint8_t *icmp, size_t n)
{
	uint8_t *a = put_ether(q, q->frame + ETHER_SRC, TYPE_IP);
	uint8_t *b = a + IP_LEN;

	memset(a, 0, IP_LEN);
	a[0] = 0x45;
	put16(a + IP_TOTAL, (unsigned)(IP_LEN + n));
	memcpy(a + IP_ID, q->p + IP_ID, 2);
	a[IP_TTL] = REPLY_TTL;
	a[IP_PROTO] = PROTO_ICMP;
	memcpy(a + IP_SRC, q->st->in, 4);
	memcpy(a + IP_DST, q->p + IP_SRC, 4);
	put16(a + IP_SUM, sum_fold(sum_add(0, a, IP_LEN)));
	memcpy(b, icmp, n);
	b[ICMP_TYPE] = ICMP_ECHOREPLY;
	put16(b + ICMP_SUM, 0);
	put16(b + ICMP_SUM, sum_fold(sum_add(0, b, n)));
	*q->kind = ANSWER_ECHO;
	return ETHER_LEN + IP_LEN + n;
}

static size_t answer_ip(const struct question *q)
{
	const uint8_t *p = q->p;
	size_t hlen, total;

	if (q->n < IP_LEN || p[0] >> 4 != 4)
		return ignore(q, ANSWER_MALFORMED);
	hlen = (size_t)(p[0] & 15) * 4;
	total = get16(p + IP_TOTAL);
	if (!ip_is_sound(p, q->n, hlen, total))
		return ignore(q, ANSWER_MALFORMED);
	if (!q->st->has_in || !for_us_alone(q) || memcmp(p + IP_DST, q->st->in, 4) != 0 || p[IP_PROTO] != PROTO_ICMP ||
	    (get16(p + IP_FRAG) & IP_MORE_OR_OFFSET) != 0 || !ip_is_host(p + IP_SRC))
		return ignore(q, ANSWER_NOT_OURS);
	p += hlen;
	total -= hlen;
	if (total < ICMP_LEN || sum_fold(sum_add(0, p, total)) != 0)
		return ignore(q, ANSWER_MALFORMED);
	if (p[ICMP_TYPE] != ICMP_ECHO || p[ICMP_CODE] != 0)
		return ignore(q, ANSWER_NOT_OURS);
	return put_echo(q, p, total);
}

/* ------------------------------------------------------------------ IPv6 */

static const uint8_t in6_unspecified[16];

/* The address neighbours are solicited at: ff02::1:ff and the last three bytes (RFC 4291, 2.7.1). */
static bool in6_is_solicited_node(const uint8_t *a, const uint8_t *in6)
{
	static const uint8_t prefix[13] = { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff };

	return memcmp(a, prefix, sizeof(prefix)) == 0 && memcmp(a + 13, in6 + 13, 3) == 0;
}

/* The header of an answer of n bytes of ICMPv6 to dst, and the checksum of those, which are in place. */
static size_t put_ip6(const struct question *q, uint8_t *a, const uint8_t *dst, unsigned hlim, size_t n)
{
	uint8_t *icmp = a + IP6_LEN;

	memset(a, 0, IP6_LEN);
	a[0] = 0x60;
	put16(a + IP6_PLEN, (unsigned)n);
	a[IP6_NEXT] = NEXT_ICMP6;
	a[IP6_HLIM] = (uint8_t)hlim;
	memcpy(a + IP6_SRC, q->st->in6, 16);
	memcpy(a + IP6_DST, dst, 16);
	put16(icmp + ICMP_SUM, 0);
	put16(icmp + ICMP_SUM, icmp6_sum(a, icmp, n));
	return ETHER_LEN + IP6_LEN + n;
}

static size_t answer_echo6(const struct question *q, const uint8_t *icmp, size_t n)
{
	const uint8_t *src = q->p + IP6_SRC;
	uint8_t *a;

	if (n < ICMP_LEN)
		return ignore(q, ANSWER_MALFORMED);
	if (icmp[ICMP_CODE] != 0 || !for_us_alone(q) || memcmp(q->p + IP6_DST, q->st->in6, 16) != 0 || src[0] == 0xff ||
	    memcmp(src, in6_unspecified, 16) == 0)
		return ignore(q, ANSWER_NOT_OURS);
	a = put_ether(q, q->frame + ETHER_SRC, TYPE_IP6);
	memcpy(a + IP6_LEN, icmp, n);
	a[IP6_LEN + ICMP_TYPE] = ICMP6_ECHOREPLY;
	*q->kind = ANSWER_ECHO6;
	return put_ip6(q, a, src, REPLY_TTL, n);
}

/*
 * Walk the options of a solicitation, n bytes.  False: malformed.  *ll is set to the source link-level address if there
 * is one.
 */
static bool nd_options(const uint8_t *o, size_t n, const uint8_t **ll)
{
	while (n > 0) {
		size_t len = n < 2 ? 0 : (size_t)o[1] * 8;

		if (len == 0 || len > n)
			return false;
		if (o[0] == ND_SOURCE_LL) {
			if (len != 8)
				return false;
			*ll = o + 2;
		}
		o += len;
		n -= len;
	}
	return true;
}

/* What RFC 4861, 7.1.1 asks of a solicitation.  *ll as in nd_options(); dad: its sender has no address yet. */
static bool nd_is_valid(const struct question *q, const uint8_t *icmp, size_t n, bool dad, const uint8_t **ll)
{
	if (q->p[IP6_HLIM] != ND_HLIM || n < ND_LEN || icmp[ICMP_CODE] != 0 || icmp[ND_TARGET] == 0xff)
		return false;
	if (!nd_options(icmp + ND_LEN, n - ND_LEN, ll) || (*ll != NULL && ((*ll)[0] & 1) != 0))
		return false;
	return !dad || (*ll == NULL && q->p[IP6_DST] == 0xff);
}

static size_t put_advert(const struct question *q, const uint8_t *lldst, const uint8_t *dst, unsigned flags)
{
	uint8_t *a = put_ether(q, lldst, TYPE_IP6);
	uint8_t *icmp = a + IP6_LEN;

	memset(icmp, 0, ND_LEN);
	icmp[ICMP_TYPE] = ND_ADVERT;
	icmp[ND_FLAGS] = (uint8_t)flags;
	memcpy(icmp + ND_TARGET, q->st->in6, 16);
	icmp[ND_LEN] = ND_TARGET_LL;
	icmp[ND_LEN + 1] = 1;
	memcpy(icmp + ND_LEN + 2, q->st->lladdr, 6);
	*q->kind = ANSWER_SOLICIT;
	return put_ip6(q, a, dst, ND_HLIM, ND_LEN + 8);
}

/* A host that checks whether its address is free has none yet: all nodes are told (RFC 4861, 7.2.4). */
static size_t answer_solicit(const struct question *q, const uint8_t *icmp, size_t n)
{
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 }, all_nodes_ll[6] = { 0x33, 0x33, [5] = 1 };
	const uint8_t *src = q->p + IP6_SRC, *dst = q->p + IP6_DST;
	const uint8_t *ll = NULL;
	bool dad = memcmp(src, in6_unspecified, 16) == 0;

	if (!nd_is_valid(q, icmp, n, dad, &ll))
		return ignore(q, ANSWER_MALFORMED);
	if (memcmp(icmp + ND_TARGET, q->st->in6, 16) != 0 || src[0] == 0xff ||
	    (memcmp(dst, q->st->in6, 16) != 0 && !in6_is_solicited_node(dst, q->st->in6)))
		return ignore(q, ANSWER_NOT_OURS);
	if (dad)
		return put_advert(q, all_nodes_ll, all_nodes, ND_OVERRIDE);
	return put_advert(q, ll != NULL ? ll : q->frame + ETHER_SRC, src, ND_SOLICITED | ND_OVERRIDE);
}

static size_t answer_ip6(const struct question *q)
{
	const uint8_t *p = q->p, *icmp;
	size_t n;

	if (q->n < IP6_LEN || p[0] >> 4 != 6 || get16(p + IP6_PLEN) > q->n - IP6_LEN)
		return ignore(q, ANSWER_MALFORMED);
	icmp = p + IP6_LEN;
	n = get16(p + IP6_PLEN);
	if (!q->st->has_in6 || p[IP6_NEXT] != NEXT_ICMP6)
		return ignore(q, ANSWER_NOT_OURS);
	if (n < 4 || icmp6_sum(p, icmp, n) != 0)
		return ignore(q, ANSWER_MALFORMED);
	switch (icmp[ICMP_TYPE]) {
	case ICMP6_ECHO:
		return answer_echo6(q, icmp, n);
	case ND_SOLICIT:
		return answer_solicit(q, icmp, n);
	default:
		return ignore(q, ANSWER_NOT_OURS);
	}
}

/* ------------------------------------------------------------------ Ethernet */

size_t answer_frame(const struct station *st, const uint8_t *in, size_t len, uint8_t *out, enum answer_kind *kind)
{
	struct question q = { st, in, NULL, 0, out, kind };

	if (len < ETHER_LEN || (in[ETHER_SRC] & 1) != 0)
		return ignore(&q, ANSWER_MALFORMED);
	q.p = in + ETHER_LEN;
	q.n = len - ETHER_LEN;
	if ((in[ETHER_DST] & 1) == 0 && !for_us_alone(&q))
		return ignore(&q, ANSWER_NOT_OURS);
	switch (get16(in + ETHER_TYPE)) {
	case TYPE_ARP:
		return answer_arp(&q);
	case TYPE_IP:
		return answer_ip(&q);
	case TYPE_IP6:
		return answer_ip6(&q);
	default:
		return ignore(&q, ANSWER_NOT_OURS);
	}
}
