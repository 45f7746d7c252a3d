/* SPDX-License-Identifier: BSD-2-Clause */
/* The echo wire: every frame comes back as it was sent.  It answers nothing; it is for tests, and the pattern of a new wire. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "backend/wire.h"

struct echo {
	uint64_t frames;
	bool busy;		/* an echo of an echo, as of two switches, would have no end */
	uint64_t looped;
};

static int echo_open(struct wire *w, const char *arg, char *why, size_t size)
{
	w->priv = calloc(1, sizeof(struct echo));
	if (w->priv != NULL)
		return 0;
	snprintf(why, size, "%s: out of memory", w->name);
	return -ENOMEM;
}

static void echo_close(struct wire *w)
{
	free(w->priv);
}

static int echo_send(struct wire *w, const void *frame, size_t len)
{
	struct echo *e = w->priv;

	if (e->busy) {
		e->looped++;
		return -ENOBUFS;
	}
	e->frames++;
	e->busy = true;
	wire_recv(w, frame, len);
	e->busy = false;
	return 0;
}

static void echo_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct echo *e = w->priv;

	fn(arg, "echoed", e->frames, "frames sent back");
	fn(arg, "looped", e->looped, "frames dropped because they came of an echo");
}

const struct wire_ops wire_echo = {
	.name = "echo",
	.args = "",
	.help = "itself: what is written is read again",
	.open = echo_open,
	.close = echo_close,
	.send = echo_send,
	.each_stat = echo_each_stat,
};
