/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames in a byte stream: see framing.h. */
#include "backend/framing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static uint32_t length_at(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return ntohl(v);
}

uint8_t *framing_in_room(struct framing_in *in, size_t *room)
{
	*room = sizeof(in->buf) - in->have;
	return in->buf + in->have;
}

int framing_in_took(struct framing_in *in, size_t n, void (*emit)(void *arg, const void *frame, size_t len), void *arg,
    uint32_t *bad)
{
	size_t at = 0;
	uint32_t len;

	in->have += n;
	while (in->have - at >= FRAMING_HEAD) {
		len = length_at(in->buf + at);
		if (len == 0 || len > WIRE_FRAME_MAX) {
			*bad = len;
			return -EPROTO;
		}
		if (in->have - at < FRAMING_HEAD + len)
			break;
		emit(arg, in->buf + at + FRAMING_HEAD, len);
		at += FRAMING_HEAD + len;
	}
	in->have -= at;
	if (at > 0)
		memmove(in->buf, in->buf + at, in->have);
	return 0;
}

bool framing_out_put(struct framing_out *out, const void *frame, size_t len)
{
	uint32_t head = htonl((uint32_t)len);

	if (out->end - out->start + FRAMING_HEAD + len > sizeof(out->buf))
		return false;
	if (out->end + FRAMING_HEAD + len > sizeof(out->buf)) {
		memmove(out->buf, out->buf + out->start, out->end - out->start);
		out->end -= out->start;
		out->start = 0;
	}
	memcpy(out->buf + out->end, &head, FRAMING_HEAD);
	memcpy(out->buf + out->end + FRAMING_HEAD, frame, len);
	out->end += FRAMING_HEAD + len;
	out->frames++;
	return true;
}

const uint8_t *framing_out_next(const struct framing_out *out, size_t *n)
{
	*n = out->end - out->start - out->done;
	return out->buf + out->start + out->done;
}

void framing_out_sent(struct framing_out *out, size_t n)
{
	size_t first;

	out->done += n;
	while (out->frames > 0 && out->done >= (first = FRAMING_HEAD + length_at(out->buf + out->start))) {
		out->start += first;
		out->done -= first;
		out->frames--;
	}
	if (out->frames == 0)
		out->start = out->end = 0;
}

size_t framing_out_drop(struct framing_out *out)
{
	size_t frames = out->frames;

	out->start = out->end = out->done = out->frames = 0;
	return frames;
}
