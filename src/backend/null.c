/* SPDX-License-Identifier: BSD-2-Clause */
/* The null wire: takes every frame and throws it away, and never sends one.  It is not a loopback; that is echo.c. */
#include <errno.h>
#include <stdio.h>

#include "backend/wire.h"

static int null_open(struct wire *w, const char *arg, char *why, size_t size)
{
	return 0;
}

static void null_close(struct wire *w)
{
}

static int null_send(struct wire *w, const void *frame, size_t len)
{
	return 0;
}

const struct wire_ops wire_null = {
	.name = "null",
	.args = "",
	.help = "nothing: what is written goes nowhere",
	.open = null_open,
	.close = null_close,
	.send = null_send,
};
