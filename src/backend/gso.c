/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host leaves to its network card, done here: see gso.h.  The frames come from outside and are not believed:
 * every offset is checked against the frame before it is used, and what does not add up is refused or left alone.
 *
 * Sums are of 16-bit words in the host's order; a one's complement sum comes out right in either order, as long as it
 * is read and written in the same.
 */
#include "backend/gso.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <string.h>

#define GSO_FRAME	(65535 + TAP_HDRLEN + 2 * 4)	/* bytes of the longest frame: an IP packet behind two tags */
#define TYPE_OFFSET	12		/* of the Ethernet type, or of the first tag */
#define TAG_LEN		4
#define TCP_HDRLEN	20		/* bytes without options; also the shortest IPv4 header */
#define IP6_HDRLEN	40
#define TCP_SUM		16		/* offset of the checksum in the TCP header */
#define UDP_SUM		6

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, URG = 0x20, CWR = 0x80 };

/* Where things are in a frame that holds one whole TCP or UDP packet; offsets in bytes. */
struct packet {
	size_t ip, l4, end;		/* the Ethernet trailer begins at end */
	bool v6;
	uint8_t proto;
};

/* ------------------------------------------------------------------ words and sums */

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static void put16(uint8_t *p, size_t v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static uint64_t sum_add(uint64_t sum, const uint8_t *p, size_t len)
{
	uint32_t w;

	for (; len >= sizeof(w); p += sizeof(w), len -= sizeof(w)) {
		memcpy(&w, p, sizeof(w));
		sum += w;
	}
	w = 0;
	memcpy(&w, p, len);
	return sum + w;
}

static uint16_t sum_fold(uint64_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void sum_store(uint8_t *field, uint64_t sum)
{
	uint16_t v = ~sum_fold(sum);

	memcpy(field, &v, sizeof(v));
}

/* Of TCP and UDP.  Never 0, which for UDP means "none"; 0xffff is the same number. */
static void sum_store_l4(uint8_t *field, uint64_t sum)
{
	sum_store(field, sum_fold(sum) == 0xffff ? 0 : sum);
}

/* Of the pseudo header: addresses, protocol, length of what is above IP. */
static uint64_t sum_pseudo(const struct packet *p, const uint8_t *frame, size_t l4_len)
{
	uint64_t sum = (uint64_t)htons(p->proto) + htons(l4_len);

	return p->v6 ? sum_add(sum, frame + p->ip + 8, 32) : sum_add(sum, frame + p->ip + 12, 8);
}

/* ------------------------------------------------------------------ finding the headers */

/* The offset behind the Ethernet header and up to two tags: of what the type at offset - 2 says. */
static size_t skip_tags(const uint8_t *frame, size_t len)
{
	size_t at = TYPE_OFFSET;

	for (int tags = 0; tags < 2 && at + TAG_LEN + 2 <= len; tags++, at += TAG_LEN)
		if (get16(frame + at) != 0x8100 && get16(frame + at) != 0x88a8)
			break;
	return at + 2;
}

static bool parse_v4(struct packet *p, const uint8_t *ip, size_t left)
{
	size_t hlen, total;

	if (left < TCP_HDRLEN || ip[0] >> 4 != 4)
		return false;
	hlen = (ip[0] & 0x0f) * 4;
	total = get16(ip + 2);
	if (hlen < TCP_HDRLEN || total < hlen || total > left || (get16(ip + 6) & 0x3fff) != 0)	/* a fragment */
		return false;
	p->l4 = p->ip + hlen;
	p->end = p->ip + total;
	p->proto = ip[9];
	return true;
}

/*
 * Past the extension headers that stand before a whole packet.  A routing header that is not used up is refused: the
 * destination in the checksum is another than the one in the header then.
 */
static bool skip_extensions(struct packet *p, const uint8_t *frame)
{
	while (p->proto == IPPROTO_HOPOPTS || p->proto == IPPROTO_ROUTING || p->proto == IPPROTO_DSTOPTS) {
		const uint8_t *ext = frame + p->l4;

		if (p->end - p->l4 < 8 || (p->proto == IPPROTO_ROUTING && ext[3] != 0))
			return false;
		if (p->end - p->l4 < (ext[1] + 1u) * 8)
			return false;
		p->proto = ext[0];
		p->l4 += (ext[1] + 1u) * 8;
	}
	return true;
}

static bool parse_v6(struct packet *p, const uint8_t *frame, size_t left)
{
	const uint8_t *ip = frame + p->ip;

	if (left < IP6_HDRLEN || ip[0] >> 4 != 6 || get16(ip + 4) > left - IP6_HDRLEN)
		return false;
	p->v6 = true;
	p->proto = ip[6];
	p->l4 = p->ip + IP6_HDRLEN;
	p->end = p->l4 + get16(ip + 4);
	return skip_extensions(p, frame);
}

/* False: it is no whole TCP or UDP packet over IP. */
static bool parse(struct packet *p, const uint8_t *frame, size_t len)
{
	*p = (struct packet){ .ip = skip_tags(frame, len) };
	switch (len <= GSO_FRAME && p->ip <= len ? get16(frame + p->ip - 2) : 0) {
	case 0x0800:
		if (!parse_v4(p, frame + p->ip, len - p->ip))
			return false;
		break;
	case 0x86dd:
		if (!parse_v6(p, frame, len - p->ip))
			return false;
		break;
	default:
		return false;
	}
	return (p->proto == IPPROTO_TCP && p->end - p->l4 >= TCP_HDRLEN) ||
	    (p->proto == IPPROTO_UDP && p->end - p->l4 >= 8);
}

/*
 * The bytes before the payload of a TCP segment that can be cut; 0: it is none.  What counts or points in the sequence
 * beside the payload cannot.
 */
static size_t tcp_headers(const struct packet *p, const uint8_t *frame)
{
	const uint8_t *tcp = frame + p->l4;
	size_t hlen;

	if (p->proto != IPPROTO_TCP || (tcp[13] & (SYN | RST | URG)) != 0)
		return 0;
	hlen = (tcp[12] >> 4) * 4;
	return hlen >= TCP_HDRLEN && hlen <= p->end - p->l4 ? p->l4 + hlen : 0;
}

/* ------------------------------------------------------------------ cutting */

/* Make the headers of a frame right for the n-th segment, whose payload begins at offset in the whole one's. */
static void finish_segment(const struct packet *p, uint8_t *frame, size_t len, size_t offset, unsigned n, bool last)
{
	uint8_t *ip = frame + p->ip, *tcp = frame + p->l4;
	uint32_t seq = htonl(get32(tcp + 4) + offset);

	memcpy(tcp + 4, &seq, sizeof(seq));
	if (!last)
		tcp[13] &= ~(FIN | PSH);
	if (n > 0)
		tcp[13] &= ~CWR;
	if (p->v6) {
		put16(ip + 4, len - p->ip - IP6_HDRLEN);
	} else {
		put16(ip + 2, len - p->ip);
		put16(ip + 4, get16(ip + 4) + n);
		put16(ip + 10, 0);
		sum_store(ip + 10, sum_add(0, ip, p->l4 - p->ip));
	}
	put16(tcp + TCP_SUM, 0);
	sum_store_l4(tcp + TCP_SUM, sum_add(sum_pseudo(p, frame, len - p->l4), tcp, len - p->l4));
}

/* hlen: bytes before the payload; mss: bytes of payload in each frame, more than 0. */
static void cut(const struct packet *p, const uint8_t *frame, size_t hlen, size_t mss, gso_emit_fn *emit, void *arg)
{
	uint8_t seg[GSO_FRAME];		/* not static: emit may lead to another cut */
	size_t payload = p->end - hlen, offset = 0;
	unsigned n = 0;

	do {
		size_t take = payload - offset < mss ? payload - offset : mss;

		memcpy(seg, frame, hlen);
		memcpy(seg + hlen, frame + hlen + offset, take);
		finish_segment(p, seg, hlen + take, offset, n++, offset + take == payload);
		emit(arg, seg, hlen + take);
		offset += take;
	} while (offset < payload);
}

/* ------------------------------------------------------------------ by a virtio header */

/* One checksum: of everything from csum_start on, in which the pseudo header's sum is already. */
static int finish_sum(const struct virtio_net_hdr *h, const uint8_t *frame, size_t len, gso_emit_fn *emit, void *arg)
{
	size_t field = (size_t)h->csum_start + h->csum_offset;
	uint8_t copy[GSO_FRAME];

	if (h->csum_start < TAP_HDRLEN || field + 2 > len || len > sizeof(copy))
		return -EINVAL;
	memcpy(copy, frame, len);
	sum_store_l4(copy + field, sum_add(0, copy + h->csum_start, len - h->csum_start));
	emit(arg, copy, len);
	return 0;
}

static int finish_segments(const struct virtio_net_hdr *h, const uint8_t *frame, size_t len, gso_emit_fn *emit,
    void *arg)
{
	bool v6 = (h->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) == VIRTIO_NET_HDR_GSO_TCPV6;
	struct packet p;
	size_t hlen;

	if (!parse(&p, frame, len) || p.v6 != v6 || (hlen = tcp_headers(&p, frame)) == 0 || h->gso_size == 0)
		return -EINVAL;
	if ((h->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0 && (h->csum_start != p.l4 || h->csum_offset != TCP_SUM))
		return -EINVAL;
	cut(&p, frame, hlen, h->gso_size, emit, arg);
	return 0;
}

/* hdr_len is a hint that senders fill in loosely: it must lie in the frame, and is not used. */
int gso_finish(const uint8_t vnet[TAP_VNET_LEN], const void *frame, size_t len, gso_emit_fn *emit, void *arg)
{
	struct virtio_net_hdr h;

	_Static_assert(sizeof(h) == TAP_VNET_LEN, "the header without a count of buffers");
	memcpy(&h, vnet, sizeof(h));
	if (h.hdr_len > len)
		return -EINVAL;
	switch (h.gso_type) {
	case VIRTIO_NET_HDR_GSO_NONE:
		if ((h.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0)
			return finish_sum(&h, frame, len, emit, arg);
		emit(arg, frame, len);
		return 0;
	case VIRTIO_NET_HDR_GSO_TCPV4:
	case VIRTIO_NET_HDR_GSO_TCPV4 | VIRTIO_NET_HDR_GSO_ECN:
	case VIRTIO_NET_HDR_GSO_TCPV6:
	case VIRTIO_NET_HDR_GSO_TCPV6 | VIRTIO_NET_HDR_GSO_ECN:
		return finish_segments(&h, frame, len, emit, arg);
	default:
		return -EINVAL;
	}
}

/* ------------------------------------------------------------------ by looking at the frame */

/*
 * One complete checksum in 65,536 looks like a pseudo header's sum.  That does no harm: it is computed to be what it
 * was.
 */
bool gso_complete(void *frame, size_t len)
{
	uint8_t *field;
	uint16_t partial;
	struct packet p;
	uint64_t pseudo;

	if (!parse(&p, frame, len))
		return false;
	field = (uint8_t *)frame + p.l4 + (p.proto == IPPROTO_TCP ? TCP_SUM : UDP_SUM);
	pseudo = sum_pseudo(&p, frame, p.end - p.l4);
	memcpy(&partial, field, sizeof(partial));
	if (partial != sum_fold(pseudo))
		return false;
	sum_store_l4(field, sum_add(0, (uint8_t *)frame + p.l4, p.end - p.l4));
	return true;
}

int gso_split(const void *frame, size_t len, unsigned mtu, gso_emit_fn *emit, void *arg)
{
	struct packet p;
	size_t hlen;

	if (len <= skip_tags(frame, len) + mtu) {
		emit(arg, frame, len);
		return 0;
	}
	if (!parse(&p, frame, len) || (hlen = tcp_headers(&p, frame)) == 0 || hlen - p.ip >= mtu)
		return -EMSGSIZE;
	cut(&p, frame, hlen, mtu - (hlen - p.ip), emit, arg);
	return 0;
}
