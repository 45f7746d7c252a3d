/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes checksums and segmentation: two bytes of MTU, ten of virtio header, the rest a frame.  Whatever comes out must
 * lie in the bounds that the caller relies on: no frame longer than what went in, none longer than the MTU allows.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backend/gso.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bounds {
	size_t most;		/* bytes of a frame */
	unsigned frames;
};

static void emit(void *arg, const void *frame, size_t len)
{
	struct bounds *b = arg;
	volatile uint8_t last;

	if (len < TAP_HDRLEN || len > b->most)
		abort();
	last = ((const uint8_t *)frame)[len - 1];
	(void)last;
	b->frames++;
}

/* A refusal emits nothing, anything else at least one. */
static void judge(int err, int refusal, const struct bounds *b)
{
	if (err != 0 && err != refusal)
		abort();
	if ((err == 0) != (b->frames > 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = size - 2 - TAP_VNET_LEN;
	struct bounds b = { .most = len };
	const uint8_t *vnet = data + 2;
	unsigned mtu;
	uint8_t *frame;

	if (size < 2 + TAP_VNET_LEN + TAP_HDRLEN)
		return 0;
	mtu = data[0] << 8 | data[1];
	frame = malloc(len);		/* exactly, so that a sanitizer sees what reads beyond */
	if (frame == NULL)
		abort();
	memcpy(frame, vnet + TAP_VNET_LEN, len);
	judge(gso_finish(vnet, frame, len, emit, &b), -EINVAL, &b);
	b = (struct bounds){ .most = len < mtu + 22 ? len : mtu + 22 };
	judge(gso_split(frame, len, mtu, emit, &b), -EMSGSIZE, &b);
	gso_complete(frame, len);
	free(frame);
	return 0;
}
