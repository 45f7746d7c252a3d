/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), put one after the other into memory: a section of one Ethernet
 * interface, in this machine's byte order, times in nanoseconds.  Who writes the memory to a file, and when, is the
 * caller's business.
 */
#ifndef TAPD_SEE_PCAPNG_H
#define TAPD_SEE_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The memory, the caller's: whole blocks, len bytes of size. */
struct pcapng {
	uint8_t *data;
	size_t size, len;
	bool full;			/* the block under way does not fit */
};

/* Each appends one block.  False: it does not fit, and nothing was appended.  Strings may be NULL: left out. */
bool pcapng_section(struct pcapng *p, const char *os, const char *application);
bool pcapng_interface(struct pcapng *p, const char *name, const char *description, const uint8_t lladdr[6]);

enum pcapng_direction { PCAPNG_INBOUND = 1, PCAPNG_OUTBOUND = 2 };
struct pcapng_packet {
	uint64_t when;			/* ns since 1970 */
	enum pcapng_direction direction;
	const void *frame;
	size_t len, whole;		/* bytes: those to be recorded, and all it had */
	const char *const *comments;
	size_t ncomments;
};
bool pcapng_packet(struct pcapng *p, const struct pcapng_packet *k);

/* A line of text at a time of its own, as an entry of systemd's journal: Wireshark shows it as a row. */
bool pcapng_line(struct pcapng *p, uint64_t when, const char *text);
/* The end: how many frames there were, and how many of them were dropped. */
bool pcapng_statistics(struct pcapng *p, uint64_t start, uint64_t when, uint64_t frames, uint64_t dropped);

/* The length of the blocks that the first n bytes hold whole; *packets is how many packets come after those. */
size_t pcapng_whole(const struct pcapng *p, size_t n, uint64_t *packets);

#endif
