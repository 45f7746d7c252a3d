/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The packet code of examples/tapping: what is answered, byte for byte where it matters, and what is not.  Every frame
 * is handed over in memory of exactly its size, so a sanitizer sees a byte read too far.
 */
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "unit.h"

#define ROUNDS 200000		/* of random frames */

static const struct station us = {
	.lladdr = { 2, 0, 192, 0, 2, 2 },
	.has_in = true,
	.has_in6 = true,
	.in = { 192, 0, 2, 2 },
	.in6 = { 0x20, 1, 0xd, 0xb8, [15] = 2 },
};

/* Questions as Linux asks them, with checksums that are right. */
static const uint8_t arp_request[] = {
	255, 255, 255, 255, 255, 255, 2, 1, 1, 1, 1, 1, 8, 6,
	0, 1, 8, 0, 6, 4, 0, 1, 2, 1, 1, 1, 1, 1, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 2,
};
static const uint8_t echo_request[] = {
	2, 0, 192, 0, 2, 2, 2, 1, 1, 1, 1, 1, 8, 0,
	0x45, 0, 0, 31, 0x12, 0x34, 0x40, 0, 64, 1, 0xa4, 0xa7, 192, 0, 2, 1, 192, 0, 2, 2,
	8, 0, 0x8e, 0xc6, 0, 7, 0, 1, 'a', 'b', 'c',
};
static const uint8_t solicitation[] = {
	0x33, 0x33, 0xff, 0, 0, 2, 2, 1, 1, 1, 1, 1, 0x86, 0xdd,
	0x60, 0, 0, 0, 0, 32, 58, 255, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 2,
	135, 0, 0, 0, 0, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	1, 1, 2, 1, 1, 1, 1, 1,
};
static const uint8_t echo6_request[] = {
	2, 0, 192, 0, 2, 2, 2, 1, 1, 1, 1, 1, 0x86, 0xdd,
	0x60, 0, 0, 0, 0, 11, 58, 64, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
	0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,
	128, 0, 0, 0, 0, 7, 0, 1, 'a', 'b', 'c',
};

/* Where things are in those frames. */
enum { L3 = 14, ARP = 14, IP = 14, ICMP = 34, IP6 = 14, ICMP6 = 54, ND_OPTION = 78 };

/* A question being changed, and its answer. */
static struct {
	uint8_t in[512];
	size_t len;
	uint8_t out[512 + ANSWER_ROOM];
	size_t outlen;
	enum answer_kind kind;
} x;

static void ask(const struct station *st)
{
	uint8_t *in = malloc(x.len + 1), *out = malloc(x.len + ANSWER_ROOM), *from = in + 1;

	memcpy(from, x.in, x.len);		/* an odd address as well */
	x.outlen = answer_frame(st, from, x.len, out, &x.kind);
	ck_assert_uint_le(x.outlen, x.len + ANSWER_ROOM);
	memcpy(x.out, out, x.outlen);
	free(in);
	free(out);
}

/* ------------------------------------------------------------------ checksums, by another road than answer.c's */

/* The 16-bit ones' complement sum of n bytes on top of `sum`, each byte by itself: 0xffff over a right checksum. */
static uint32_t ones_sum(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sum += (uint32_t)p[i] << (i % 2 == 0 ? 8 : 0);
		if (sum > 0xffff)
			sum -= 0xffff;
	}
	return sum;
}

static uint32_t icmp6_ones_sum(const uint8_t *frame)
{
	size_t n = (size_t)frame[IP6 + 4] << 8 | frame[IP6 + 5];
	uint8_t tail[4] = { frame[IP6 + 4], frame[IP6 + 5], 0, 58 };

	return ones_sum(ones_sum(ones_sum(0, frame + IP6 + 8, 32), tail, 4), frame + ICMP6, n);
}

static void set_sum(uint8_t *at, uint32_t sum)
{
	at[0] = (uint8_t)(~sum >> 8);
	at[1] = (uint8_t)~sum;
}

/* Make the checksums of the question right again after a change. */
static void fix_sums(void)
{
	if (x.in[12] == 8) {
		size_t hlen = (x.in[IP] & 15) * 4u, total = (size_t)x.in[IP + 2] << 8 | x.in[IP + 3];
		uint8_t *icmp = x.in + IP + hlen;

		memset(x.in + IP + 10, 0, 2);
		set_sum(x.in + IP + 10, ones_sum(0, x.in + IP, hlen));
		memset(icmp + 2, 0, 2);
		set_sum(icmp + 2, ones_sum(0, icmp, total - hlen));
	} else {
		memset(x.in + ICMP6 + 2, 0, 2);
		set_sum(x.in + ICMP6 + 2, icmp6_ones_sum(x.in));
	}
}

static void question(const uint8_t *frame, size_t len)
{
	memcpy(x.in, frame, len);
	x.len = len;
	if (frame[12] == 0x86)
		fix_sums();
}
#define QUESTION(f) question(f, sizeof(f))

/* ------------------------------------------------------------------ what is answered */

START_TEST(arp_is_answered)
{
	static const uint8_t want[] = {
		2, 1, 1, 1, 1, 1, 2, 0, 192, 0, 2, 2, 8, 6,
		0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 192, 0, 2, 2, 192, 0, 2, 2, 2, 1, 1, 1, 1, 1, 192, 0, 2, 1,
	};

	QUESTION(arp_request);
	x.len = 60;		/* padded, as hardware does */
	ask(&us);
	ck_assert_int_eq(x.kind, ANSWER_ARP);
	ck_assert_mem_eq(x.out, want, sizeof(want));
	ck_assert_uint_eq(x.outlen, sizeof(want));
}
END_TEST

START_TEST(echo_is_answered)
{
	QUESTION(echo_request);
	fix_sums();
	ask(&us);
	ck_assert_int_eq(x.kind, ANSWER_ECHO);
	ck_assert_uint_eq(x.outlen, sizeof(echo_request));
	ck_assert_mem_eq(x.out, echo_request + 6, 6);
	ck_assert_mem_eq(x.out + 6, us.lladdr, 6);
	ck_assert_mem_eq(x.out + IP + 12, echo_request + IP + 16, 4);
	ck_assert_mem_eq(x.out + IP + 16, echo_request + IP + 12, 4);
	ck_assert_uint_eq(ones_sum(0, x.out + IP, 20), 0xffff);
	ck_assert_uint_eq(x.out[ICMP], 0);
	ck_assert_uint_eq(ones_sum(0, x.out + ICMP, 11), 0xffff);
	ck_assert_mem_eq(x.out + ICMP + 4, echo_request + ICMP + 4, 7);
}
END_TEST

/* Options and padding of the question are not in the answer. */
START_TEST(echo_with_options_is_answered_without)
{
	QUESTION(echo_request);
	memmove(x.in + ICMP + 8, x.in + ICMP, sizeof(echo_request) - ICMP);
	memset(x.in + ICMP, 1, 8);
	x.in[IP] = 0x47;
	x.in[IP + 3] = 39;
	x.len += 8 + 5;
	fix_sums();
	ask(&us);
	ck_assert_int_eq(x.kind, ANSWER_ECHO);
	ck_assert_uint_eq(x.outlen, sizeof(echo_request));
	ck_assert_uint_eq(x.out[IP], 0x45);
	ck_assert_uint_eq(ones_sum(0, x.out + IP, 20), 0xffff);
	ck_assert_uint_eq(ones_sum(0, x.out + ICMP, 11), 0xffff);
}
END_TEST

START_TEST(solicitation_is_answered)
{
	QUESTION(solicitation);
	ask(&us);
	ck_assert_int_eq(x.kind, ANSWER_SOLICIT);
	ck_assert_uint_eq(x.outlen, 14 + 40 + 32);
	ck_assert_mem_eq(x.out, solicitation + 6, 6);
	ck_assert_mem_eq(x.out + IP6 + 8, us.in6, 16);
	ck_assert_mem_eq(x.out + IP6 + 24, solicitation + IP6 + 8, 16);
	ck_assert_uint_eq(x.out[IP6 + 7], 255);
	ck_assert_uint_eq(x.out[ICMP6], 136);
	ck_assert_uint_eq(x.out[ICMP6 + 4], 0x60);
	ck_assert_mem_eq(x.out + ICMP6 + 8, us.in6, 16);
	ck_assert_uint_eq(x.out[ND_OPTION], 2);
	ck_assert_uint_eq(x.out[ND_OPTION + 1], 1);
	ck_assert_mem_eq(x.out + ND_OPTION + 2, us.lladdr, 6);
	ck_assert_uint_eq(icmp6_ones_sum(x.out), 0xffff);
}
END_TEST

/* Asked directly and without a source address option: the answer is longer than the question. */
START_TEST(unicast_solicitation_is_answered)
{
	QUESTION(solicitation);
	memcpy(x.in, us.lladdr, 6);
	memcpy(x.in + IP6 + 24, us.in6, 16);
	x.in[IP6 + 5] = 24;
	x.len -= 8;
	fix_sums();
	ask(&us);
	ck_assert_int_eq(x.kind, ANSWER_SOLICIT);
	ck_assert_uint_eq(x.outlen, x.len + ANSWER_ROOM);
	ck_assert_mem_eq(x.out, solicitation + 6, 6);
}
END_TEST

/* Another host is about to take our address: all nodes hear that it is ours. */
START_TEST(duplicate_address_is_defended)
{
	static const uint8_t all_nodes[16] = { 0xff, 2, [15] = 1 };

	QUESTION(solicitation);
	memset(x.in + IP6 + 8, 0, 16);
	x.in[IP6 + 5] = 24;
	x.len -= 8;
	fix_sums();
	ask(&us);
	ck_assert_int_eq(x.kind, ANSWER_SOLICIT);
	ck_assert_mem_eq(x.out + IP6 + 24, all_nodes, 16);
	ck_assert_uint_eq(x.out[ICMP6 + 4], 0x20);
	ck_assert_uint_eq(icmp6_ones_sum(x.out), 0xffff);
}
END_TEST

START_TEST(echo6_is_answered)
{
	QUESTION(echo6_request);
	ask(&us);
	ck_assert_int_eq(x.kind, ANSWER_ECHO6);
	ck_assert_uint_eq(x.outlen, sizeof(echo6_request));
	ck_assert_uint_eq(x.out[ICMP6], 129);
	ck_assert_mem_eq(x.out + ICMP6 + 4, echo6_request + ICMP6 + 4, 7);
	ck_assert_uint_eq(icmp6_ones_sum(x.out), 0xffff);
}
END_TEST

/* ------------------------------------------------------------------ what is not */

/* One byte of a question changed, checksums made right again: what becomes of it. */
static const struct change {
	const char *what;
	const uint8_t *frame;
	size_t len;
	size_t at;
	uint8_t value;
	enum answer_kind kind;
} change_table[] = {
#define ROW(f, at, value, kind, what) { what, f, sizeof(f), at, value, kind }
	ROW(arp_request, 0, 2, ANSWER_NOT_OURS, "frame for another host"),
	ROW(arp_request, 6, 3, ANSWER_MALFORMED, "frame from a group address"),
	ROW(arp_request, 13, 7, ANSWER_NOT_OURS, "another protocol"),
	ROW(arp_request, ARP + 1, 6, ANSWER_MALFORMED, "hardware type"),
	ROW(arp_request, ARP + 2, 9, ANSWER_MALFORMED, "protocol type"),
	ROW(arp_request, ARP + 4, 8, ANSWER_MALFORMED, "hardware address length"),
	ROW(arp_request, ARP + 5, 16, ANSWER_MALFORMED, "protocol address length"),
	ROW(arp_request, ARP + 7, 2, ANSWER_NOT_OURS, "ARP reply"),
	ROW(arp_request, ARP + 8, 3, ANSWER_MALFORMED, "sender is a group"),
	ROW(arp_request, ARP + 17, 2, ANSWER_NOT_OURS, "sender claims our address"),
	ROW(arp_request, ARP + 27, 3, ANSWER_NOT_OURS, "another target"),
	ROW(echo_request, 0, 3, ANSWER_NOT_OURS, "echo in a group frame"),
	ROW(echo_request, IP, 0x65, ANSWER_MALFORMED, "version"),
	ROW(echo_request, IP + 6, 0x20, ANSWER_NOT_OURS, "first fragment"),
	ROW(echo_request, IP + 7, 1, ANSWER_NOT_OURS, "later fragment"),
	ROW(echo_request, IP + 9, 17, ANSWER_NOT_OURS, "UDP"),
	ROW(echo_request, IP + 12, 224, ANSWER_NOT_OURS, "from multicast"),
	ROW(echo_request, IP + 12, 127, ANSWER_NOT_OURS, "from loopback"),
	ROW(echo_request, IP + 12, 0, ANSWER_NOT_OURS, "from net 0"),
	ROW(echo_request, IP + 19, 3, ANSWER_NOT_OURS, "to another host"),
	ROW(echo_request, ICMP, 0, ANSWER_NOT_OURS, "echo reply"),
	ROW(echo_request, ICMP + 1, 1, ANSWER_NOT_OURS, "ICMP code"),
	ROW(solicitation, IP6, 0x40, ANSWER_MALFORMED, "version"),
	ROW(solicitation, IP6 + 6, 0, ANSWER_NOT_OURS, "hop-by-hop header"),
	ROW(solicitation, IP6 + 7, 254, ANSWER_MALFORMED, "came through a router"),
	ROW(solicitation, IP6 + 8, 0xff, ANSWER_NOT_OURS, "from multicast"),
	ROW(solicitation, IP6 + 39, 3, ANSWER_NOT_OURS, "to another solicited-node address"),
	ROW(solicitation, ICMP6, 136, ANSWER_NOT_OURS, "advertisement"),
	ROW(solicitation, ICMP6 + 1, 1, ANSWER_MALFORMED, "ND code"),
	ROW(solicitation, ICMP6 + 8, 0xff, ANSWER_MALFORMED, "multicast target"),
	ROW(solicitation, ICMP6 + 23, 3, ANSWER_NOT_OURS, "another target"),
	ROW(solicitation, ND_OPTION + 1, 0, ANSWER_MALFORMED, "option of no length"),
	ROW(solicitation, ND_OPTION + 1, 2, ANSWER_MALFORMED, "option beyond the end"),
	ROW(solicitation, ND_OPTION + 2, 1, ANSWER_MALFORMED, "sender is a group"),
	ROW(solicitation, ND_OPTION, 99, ANSWER_SOLICIT, "option we do not know"),
	ROW(echo6_request, 0, 3, ANSWER_NOT_OURS, "echo in a group frame"),
	ROW(echo6_request, IP6 + 8, 0xff, ANSWER_NOT_OURS, "from multicast"),
	ROW(echo6_request, IP6 + 39, 3, ANSWER_NOT_OURS, "to another host"),
	ROW(echo6_request, ICMP6 + 1, 1, ANSWER_NOT_OURS, "ICMPv6 code"),
#undef ROW
};

START_TEST(change_is_noticed)
{
	const struct change *c = &change_table[_i];

	question(c->frame, c->len);
	x.in[c->at] = c->value;
	if (c->frame != arp_request)
		fix_sums();
	ask(&us);
	ck_assert_msg(x.kind == c->kind, "%s: %d, not %d", c->what, x.kind, c->kind);
	ck_assert_msg((x.outlen != 0) == (c->kind < ANSWER_NOT_OURS), "%s: %zu bytes", c->what, x.outlen);
}
END_TEST

/* Lengths that contradict one another.  No checksum saves them, so none is made right. */
static const struct change length_table[] = {
#define ROW(f, at, value, what) { what, f, sizeof(f), at, value, ANSWER_MALFORMED }
	ROW(echo_request, IP, 0x44, "IPv4 header of 16 bytes"),
	ROW(echo_request, IP, 0x4f, "IPv4 header longer than the packet"),
	ROW(echo_request, IP + 2, 0xff, "IPv4 packet longer than the frame"),
	ROW(echo_request, IP + 3, 19, "IPv4 packet shorter than its header"),
	ROW(echo6_request, IP6 + 4, 0xff, "IPv6 payload longer than the frame"),
	ROW(echo6_request, IP6 + 5, 12, "IPv6 payload one byte longer than the frame"),
	ROW(echo6_request, IP6 + 5, 3, "ICMPv6 without a header"),
	ROW(echo6_request, IP6 + 5, 0, "no payload"),
#undef ROW
};

START_TEST(length_is_not_believed)
{
	const struct change *c = &length_table[_i];

	question(c->frame, c->len);
	x.in[c->at] = c->value;
	ask(&us);
	ck_assert_msg(x.kind == c->kind && x.outlen == 0, "%s: %d", c->what, x.kind);
}
END_TEST

/* IPv4: header and ICMP too short for an echo, with every checksum right. */
START_TEST(short_echo_is_malformed)
{
	QUESTION(echo_request);
	x.in[IP + 3] = 20 + 7;
	fix_sums();
	ask(&us);
	ck_assert_int_eq(x.kind, ANSWER_MALFORMED);
	QUESTION(echo6_request);
	x.in[IP6 + 5] = 7;
	fix_sums();
	ask(&us);
	ck_assert_int_eq(x.kind, ANSWER_MALFORMED);
}
END_TEST

static const struct {
	const uint8_t *frame;
	size_t len;
	size_t from;		/* every bit from here on is under a checksum */
} sound_table[] = {
	{ arp_request, sizeof(arp_request), sizeof(arp_request) },
	{ echo_request, sizeof(echo_request), IP },
	{ solicitation, sizeof(solicitation), ICMP6 },
	{ echo6_request, sizeof(echo6_request), IP6 + 8 },
};

/* Cut anywhere, it is malformed, never answered and never read past. */
START_TEST(cut_frame_is_malformed)
{
	for (size_t len = 0; len < sound_table[_i].len; len++) {
		question(sound_table[_i].frame, sound_table[_i].len);
		if (sound_table[_i].frame == echo_request)
			fix_sums();
		x.len = len;
		ask(&us);
		ck_assert_msg(x.kind == ANSWER_MALFORMED && x.outlen == 0, "cut to %zu", len);
	}
}
END_TEST

START_TEST(wrong_bit_is_not_answered)
{
	for (size_t at = sound_table[_i].from; at < sound_table[_i].len; at++)
		for (int bit = 0; bit < 8; bit++) {
			question(sound_table[_i].frame, sound_table[_i].len);
			if (sound_table[_i].frame == echo_request)
				fix_sums();
			x.in[at] ^= 1 << bit;
			ask(&us);
			ck_assert_msg(x.outlen == 0, "byte %zu bit %d", at, bit);
		}
}
END_TEST

/* A station without an address of a kind answers nothing of that kind. */
START_TEST(missing_address_is_not_answered)
{
	static const struct station nobody = { .lladdr = { 2, 0, 192, 0, 2, 2 } };

	for (size_t i = 0; i < sizeof(sound_table) / sizeof(sound_table[0]); i++) {
		question(sound_table[i].frame, sound_table[i].len);
		if (sound_table[i].frame == echo_request)
			fix_sums();
		ask(&nobody);
		ck_assert_int_eq(x.kind, ANSWER_NOT_OURS);
		ck_assert_uint_eq(x.outlen, 0);
	}
}
END_TEST

static uint32_t random32(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Do the lengths in the question leave something to sum, and within x.in? */
static bool fixable(void)
{
	if (x.in[12] == 8)
		return x.in[IP + 2] == 0 && x.in[IP + 3] >= (x.in[IP] & 15) * 4 + 4;
	return x.in[IP6 + 4] == 0;
}

/* Random bytes in sound frames, checksums mostly right, cut at random: nothing is read or written out of bounds. */
START_TEST(random_frames_do_no_harm)
{
	uint32_t state = 20080514;

	for (int round = 0; round < ROUNDS; round++) {
		size_t i = random32(&state) % 4;

		question(sound_table[i].frame, sound_table[i].len);
		for (uint32_t n = random32(&state) % 4; n > 0; n--)
			x.in[random32(&state) % x.len] = (uint8_t)random32(&state);
		if (random32(&state) % 4 != 0 && fixable())
			fix_sums();
		if (random32(&state) % 2 == 0)
			x.len = random32(&state) % (x.len + 1);
		ask(&us);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("answer");
	TCase *good = tcase_create("answered"), *bad = tcase_create("not answered");

	tcase_add_test(good, arp_is_answered);
	tcase_add_test(good, echo_is_answered);
	tcase_add_test(good, echo_with_options_is_answered_without);
	tcase_add_test(good, solicitation_is_answered);
	tcase_add_test(good, unicast_solicitation_is_answered);
	tcase_add_test(good, duplicate_address_is_defended);
	tcase_add_test(good, echo6_is_answered);
	tcase_add_loop_test(bad, change_is_noticed, 0, sizeof(change_table) / sizeof(change_table[0]));
	tcase_add_loop_test(bad, length_is_not_believed, 0, sizeof(length_table) / sizeof(length_table[0]));
	tcase_add_test(bad, short_echo_is_malformed);
	tcase_add_loop_test(bad, cut_frame_is_malformed, 0, 4);
	tcase_add_loop_test(bad, wrong_bit_is_not_answered, 0, 4);
	tcase_add_test(bad, missing_address_is_not_answered);
	tcase_add_test(bad, random_frames_do_no_harm);
	tcase_set_timeout(bad, 60);
	suite_add_tcase(s, good);
	suite_add_tcase(s, bad);
	return s;
}

UNIT_MAIN(suite)
