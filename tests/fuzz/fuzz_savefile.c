/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the player: the input is a capture file, played as fast as it reads into a receiver that throws away, twice
 * over, and once in its own time by a clock that jumps to each frame.  It must end, and what it hands out must be
 * frames.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "backend/savefile.h"
#include "backend/wire.h"
#include "base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TURNS 100000			/* more than any input has records */

static struct loop *loop;
static uint64_t frames;
static unsigned sum;
static bool ended;

static bool on_frame(void *arg, const void *frame, size_t len)
{
	if (len < TAP_HDRLEN || len > WIRE_FRAME_MAX)
		abort();
	for (size_t i = 0; i < len; i++)	/* so that a sanitizer sees all of it */
		sum += ((const uint8_t *)frame)[i];
	frames++;
	return true;
}

static void on_ended(void *arg)
{
	ended = true;
}

static void play(const char *path, const struct player_how *how)
{
	const struct player_user user = { on_frame, on_ended, NULL };
	char why[1024] = "";
	struct player *p = player_new(loop, path, how, &user, why, sizeof(why));
	uint64_t now = 0, wait = 0;

	frames = 0;
	ended = false;
	if (p == NULL) {
		if (strstr(why, path) != why)
			abort();
		return;
	}
	player_run(p, true);
	for (int i = 0; i < TURNS && wait != PLAYER_NEVER; i++) {
		wait = player_step(p, now);
		now += wait;
	}
	if (!ended || !player_info(p)->ended || player_info(p)->played != frames)
		abort();
	player_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[32];
	int fd = memfd_create("capture", MFD_CLOEXEC);

	log_init("fuzz_savefile", LOG_EMERG);
	if (loop == NULL)
		loop = loop_new();
	if (loop == NULL || fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	play(path, &(struct player_how){ 0, 2 });
	play(path, &(struct player_how){ 0.5, 1 });
	close(fd);
	return 0;
}
