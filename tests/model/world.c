/* SPDX-License-Identifier: BSD-2-Clause */
/* What both sides of the model check are told by the world around them: names, processes, frames. */
#include <errno.h>
#include <string.h>

#include "model.h"

const char *const world_names[] = {
	"tap0", "tap1", "tap2", "tap3", "tap4", "vmnet0", "vmnet1",
	"foo0", "bar0", "fifteen-letters", "sixteen-letters-", "with/slash", "tap01", NULL,
};

int world_name_id(const char *name)
{
	for (int i = 0; world_names[i] != NULL; i++)
		if (strcmp(name, world_names[i]) == 0)
			return i;
	return name[0] == '\0' ? -1 : -2;
}

const struct world_target world_targets[] = {
	{ 100, 0, false },			/* a process of the caller's session */
	{ 101, 0, false },
	{ 300, 0, true },			/* of another */
	{ 400, EPERM, false },			/* one that the caller may not signal */
	{ -100, 0, false },			/* groups */
	{ -300, 0, true },
	{ 0 },
};

void seen_event(struct seen *s, int what, int who, int n, uint32_t sum)
{
	if (s->nevents < NEVENTS)
		s->event[s->nevents++] = (struct event){ what, who, n, sum };
}

const uint8_t *world_frame(const struct frame *fr, const uint8_t *own)
{
	static const uint8_t fixed[][TAP_ADDRLEN] = {
		[DST_OTHER] = { 2, 0, 0, 0, 0, 9 },
		[DST_BROADCAST] = { 255, 255, 255, 255, 255, 255 },
		[DST_MULTICAST] = { 1, 0, 0x5e, 0, 0, 1 },
	};
	static uint8_t buf[TAP_VNET_MAX + FRAME_MAX + TAP_HDRLEN];
	static int filled;
	uint8_t *frame = buf + TAP_VNET_MAX;

	for (int i = filled; i < fr->len; i++)
		frame[i] = i;
	if (filled < fr->len)
		filled = fr->len;
	memcpy(frame, fr->dst == DST_OWN && own != NULL ? own : fixed[fr->dst], TAP_ADDRLEN);
	memcpy(frame + TAP_ADDRLEN, &fr->seq, sizeof(fr->seq));
	return frame - fr->vnet;
}

/* The ends tell two frames apart; the middle is the same in all. */
uint32_t world_sum(const void *data, size_t n)
{
	const uint8_t *p = data;
	uint32_t h = 2166136261u ^ n;

	for (size_t i = 0; i < n; i = i == 15 && n > 32 ? n - 16 : i + 1)
		h = (h ^ p[i]) * 16777619u;
	return h;
}
