/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the framing of the socket wire: the input is what a peer sends, cut into pieces by its first byte.  Each frame
 * that comes of it is sent on through the other half, whose pieces must give the same frames again.
 */
#include <stdlib.h>
#include <string.h>

#include "backend/framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct framing_in in, again;
static struct framing_out out;
static uint64_t sum, sum_again;		/* of all frames, in order */

static void add(uint64_t *to, const uint8_t *frame, size_t len)
{
	*to = *to * 31 + len;
	for (size_t i = 0; i < len; i++)
		*to = *to * 31 + frame[i];
}

static void on_again(void *arg, const void *frame, size_t len)
{
	add(&sum_again, frame, len);
}

static int feed(struct framing_in *to, const uint8_t *data, size_t n, void (*emit)(void *, const void *, size_t))
{
	uint32_t bad;
	size_t room;
	uint8_t *p = framing_in_room(to, &room);

	if (room < n)
		abort();
	memcpy(p, data, n);
	return framing_in_took(to, n, emit, NULL, &bad);
}

/* Send at most max of the bytes that wait. */
static void drain(size_t max)
{
	size_t n;
	const uint8_t *p = framing_out_next(&out, &n);

	n = n < max ? n : max;
	if (feed(&again, p, n, on_again) != 0)
		abort();
	framing_out_sent(&out, n);
}

static void on_frame(void *arg, const void *frame, size_t len)
{
	if (len == 0 || len > WIRE_FRAME_MAX)
		abort();
	if (framing_out_put(&out, frame, len))
		add(&sum, frame, len);
	drain(len % 7 == 0 ? 0 : len % 97 + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t piece = size > 0 ? data[0] % 64 + 1 : 1, n;

	in.have = again.have = 0;
	framing_out_drop(&out);
	sum = sum_again = 0;
	for (size_t at = 1; at < size; at += n) {
		n = size - at < piece ? size - at : piece;
		if (feed(&in, data + at, n, on_frame) != 0)
			break;
	}
	while (framing_out_next(&out, &n), n > 0)
		drain(piece);
	if (sum != sum_again || out.frames != 0 || again.have != 0)
		abort();
	return 0;
}
