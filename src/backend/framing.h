/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames in a byte stream, as qemu's "stream" and "socket" networks, passt and vde's tools that speak to them frame
 * them: 32 bits of length, big-endian, then the frame.  Bytes in, frames out, and the other way round; no descriptor.
 */
#ifndef TAPD_BACKEND_FRAMING_H
#define TAPD_BACKEND_FRAMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/wire.h"

#define FRAMING_HEAD	4			/* bytes of a length */
#define FRAMING_IN_MAX	(128 * 1024)		/* bytes: the longest frame, and some of the next */
#define FRAMING_OUT_MAX	(256 * 1024)		/* bytes waiting for the other side to take them */

/* What was received and is not yet a whole frame.  Zeroes are empty. */
struct framing_in {
	size_t have;
	uint8_t buf[FRAMING_IN_MAX];
};
/* Where the next received bytes belong, and how many may come: never 0. */
uint8_t *framing_in_room(struct framing_in *in, size_t *room);
/*
 * n bytes were put there: emit the frames that are whole now, of 1 to WIRE_FRAME_MAX bytes.  0; -EPROTO: a length that
 * no frame has, *bad; nothing after it can be understood.  emit must not touch `in`.
 */
int framing_in_took(struct framing_in *in, size_t n, void (*emit)(void *arg, const void *frame, size_t len), void *arg,
    uint32_t *bad);

/* What is to be sent, in whole frames but for those bytes of the first that are gone already.  Zeroes are empty. */
struct framing_out {
	size_t start, end;			/* in buf: the first byte of the first frame, and after the last */
	size_t done;				/* bytes of the first frame that are gone */
	size_t frames;
	uint8_t buf[FRAMING_OUT_MAX];
};
/* Queue a frame.  False: it does not fit whole, and nothing was queued. */
bool framing_out_put(struct framing_out *out, const void *frame, size_t len);
/* The bytes to send next, *n of them; 0 for none. */
const uint8_t *framing_out_next(const struct framing_out *out, size_t *n);
/* n of those were sent. */
void framing_out_sent(struct framing_out *out, size_t n);
/* Forget all; how many frames that were. */
size_t framing_out_drop(struct framing_out *out);

#endif
