/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of a pcapng file: see pcapng.h.  libpcap reads this format and cannot write it. */
#include "see/pcapng.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6, BLOCK_JOURNAL = 9,
};
enum {
	OPT_END = 0, OPT_COMMENT = 1,
	SHB_OS = 3, SHB_APPLICATION = 4,
	IF_NAME = 2, IF_DESCRIPTION = 3, IF_MACADDR = 6, IF_TSRESOL = 9,
	EPB_FLAGS = 2,
	ISB_START = 2, ISB_END = 3, ISB_RECEIVED = 4, ISB_DROPPED = 5,
};
#define MAGIC		0x1a2b3c4du
#define ETHERNET	1		/* LINKTYPE_ETHERNET */
#define BLOCK_MIN	12		/* bytes: type, length, length */

/* n bytes, and zeroes up to the next multiple of four. */
static void put(struct pcapng *p, const void *data, size_t n)
{
	size_t padded = (n + 3) & ~(size_t)3;

	if (p->full || p->size - p->len < padded) {
		p->full = true;
		return;
	}
	if (n > 0)
		memcpy(p->data + p->len, data, n);
	memset(p->data + p->len + n, 0, padded - n);
	p->len += padded;
}

static void put32(struct pcapng *p, uint32_t v)
{
	put(p, &v, sizeof(v));
}

/* A time, as two words with the high one first. */
static void put_time(struct pcapng *p, uint64_t ns)
{
	put32(p, (uint32_t)(ns >> 32));
	put32(p, (uint32_t)ns);
}

static void option(struct pcapng *p, uint16_t code, const void *data, size_t n)
{
	const uint16_t head[2] = { code, (uint16_t)n };

	put(p, head, sizeof(head));
	put(p, data, n);
}

static void option_text(struct pcapng *p, uint16_t code, const char *text)
{
	if (text != NULL)
		option(p, code, text, strnlen(text, UINT16_MAX));
}

static void option_time(struct pcapng *p, uint16_t code, uint64_t ns)
{
	const uint32_t words[2] = { (uint32_t)(ns >> 32), (uint32_t)ns };

	option(p, code, words, sizeof(words));
}

/* Where the block begins. */
static size_t begin(struct pcapng *p, uint32_t type)
{
	size_t start = p->len;

	p->full = false;
	put32(p, type);
	put32(p, 0);
	return start;
}

static bool finish(struct pcapng *p, size_t start)
{
	uint32_t len = (uint32_t)(p->len - start + sizeof(len));

	put32(p, len);
	if (p->full)
		p->len = start;
	else
		memcpy(p->data + start + sizeof(len), &len, sizeof(len));
	return !p->full;
}

bool pcapng_section(struct pcapng *p, const char *os, const char *application)
{
	size_t start = begin(p, BLOCK_SECTION);
	const uint16_t version[2] = { 1, 0 };
	const int64_t length = -1;		/* not known before the end */

	put32(p, MAGIC);
	put(p, version, sizeof(version));
	put(p, &length, sizeof(length));
	option_text(p, SHB_OS, os);
	option_text(p, SHB_APPLICATION, application);
	option(p, OPT_END, NULL, 0);
	return finish(p, start);
}

bool pcapng_interface(struct pcapng *p, const char *name, const char *description, const uint8_t lladdr[6])
{
	size_t start = begin(p, BLOCK_INTERFACE);
	const uint16_t link[2] = { ETHERNET, 0 };
	const uint8_t nanoseconds = 9;

	put(p, link, sizeof(link));
	put32(p, 0);				/* no limit of a frame's length */
	option_text(p, IF_NAME, name);
	option_text(p, IF_DESCRIPTION, description);
	option(p, IF_MACADDR, lladdr, 6);
	option(p, IF_TSRESOL, &nanoseconds, 1);
	option(p, OPT_END, NULL, 0);
	return finish(p, start);
}

bool pcapng_packet(struct pcapng *p, const struct pcapng_packet *k)
{
	size_t start = begin(p, BLOCK_PACKET);
	const uint32_t flags = k->direction;

	put32(p, 0);				/* the interface */
	put_time(p, k->when);
	put32(p, (uint32_t)k->len);
	put32(p, (uint32_t)k->whole);
	put(p, k->frame, k->len);
	for (size_t i = 0; i < k->ncomments; i++)
		option_text(p, OPT_COMMENT, k->comments[i]);
	option(p, EPB_FLAGS, &flags, sizeof(flags));
	option(p, OPT_END, NULL, 0);
	return finish(p, start);
}

bool pcapng_line(struct pcapng *p, uint64_t when, const char *text)
{
	size_t start = begin(p, BLOCK_JOURNAL);
	char entry[2048];
	int n = snprintf(entry, sizeof(entry), "__REALTIME_TIMESTAMP=%" PRIu64 "\nPRIORITY=6\nSYSLOG_IDENTIFIER=tapd\n"
	    "MESSAGE=%.1900s\n", when / 1000, text);

	put(p, entry, (size_t)n);
	return finish(p, start);
}

bool pcapng_statistics(struct pcapng *p, uint64_t from, uint64_t when, uint64_t frames, uint64_t dropped)
{
	size_t start = begin(p, BLOCK_STATISTICS);

	put32(p, 0);				/* the interface */
	put_time(p, when);
	option_time(p, ISB_START, from);
	option_time(p, ISB_END, when);
	option(p, ISB_RECEIVED, &frames, sizeof(frames));
	option(p, ISB_DROPPED, &dropped, sizeof(dropped));
	option(p, OPT_END, NULL, 0);
	return finish(p, start);
}

size_t pcapng_whole(const struct pcapng *p, size_t n, uint64_t *packets)
{
	size_t at = 0, whole = 0;

	*packets = 0;
	while (at + BLOCK_MIN <= p->len) {
		uint32_t head[2];

		memcpy(head, p->data + at, sizeof(head));
		at += head[1];
		if (at <= n)
			whole = at;
		else
			*packets += head[0] == BLOCK_PACKET;
	}
	return whole;
}
