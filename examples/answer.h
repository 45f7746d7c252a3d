/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host says when it is asked for: answers to ARP requests, IPv4 and IPv6 echo requests and IPv6 neighbour
 * solicitations.  Packets in, packets out: no device, no system call, no state.  Not a network stack: nothing is ever
 * asked, reassembled or forwarded.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who answers. */
struct station {
	uint8_t lladdr[6];
	bool has_in, has_in6;
	uint8_t in[4];		/* IPv4 address, if has_in */
	uint8_t in6[16];	/* IPv6 address, if has_in6 */
};

/* What a frame was.  The first four were answered. */
enum answer_kind {
	ANSWER_ARP, ANSWER_ECHO, ANSWER_SOLICIT, ANSWER_ECHO6,
	ANSWER_NOT_OURS,	/* for another host, or nothing we answer */
	ANSWER_MALFORMED,	/* ours by its type, but too short, wrong in itself or of a wrong checksum */
	ANSWER_KINDS
};

#define ANSWER_ROOM 8		/* an answer is at most this many bytes longer than its question */

/*
 * The answer to the Ethernet frame `in` of len bytes goes to `out`, which has room for len + ANSWER_ROOM bytes and does
 * not overlap it.  Returns the answer's length in bytes, or 0 when there is none; *kind says why.
 */
size_t answer_frame(const struct station *st, const uint8_t *in, size_t len, uint8_t *out, enum answer_kind *kind);

#endif
