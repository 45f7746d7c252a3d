/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The player: the frames of a capture file (pcap in either byte order, microseconds or nanoseconds; pcapng) handed out
 * one by one, in the file's own time, at a factor of it, or as fast as they are taken.  It reads through libpcap and
 * knows neither units nor wires.
 *
 * Only regular files are played: reading one waits for a disk at most, never for a person or a peer.  Its memory is one
 * block of the file, 16 MiB at most.
 */
#ifndef TAPD_BACKEND_SAVEFILE_H
#define TAPD_BACKEND_SAVEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"

struct player_how {
	double speed;			/* how much faster than the file's time; 0: as fast as frames are taken */
	unsigned loops;			/* how often; 0: without end */
};
#define PLAYER_ONCE ((struct player_how){ 1, 1 })
#define PLAYER_WORDS "[speed=N|max] [loop[=N]]"

/*
 * One word of PLAYER_WORDS into *how.  -ENOENT: it is none of them; -EINVAL: its value is wrong; why says what was
 * expected.
 */
int player_option(const char *word, struct player_how *how, char *why, size_t size);

struct player_user {
	/* Take a frame of TAP_HDRLEN to WIRE_FRAME_MAX bytes.  False: not now; it will be offered again. */
	bool (*frame)(void *arg, const void *frame, size_t len);
	/* The end, or an error, which info then has.  Not from within player_new(); must not free the player. */
	void (*ended)(void *arg);
	void *arg;
};

struct player_info {
	const char *path;
	struct player_how how;
	bool ended;
	const char *error;		/* why it ended: "damaged at byte 60: ..."; NULL: there was no error */
	uint64_t played;		/* frames */
	/* Records that were no frames to play. */
	uint64_t truncated;		/* cut when they were captured: the rest of the frame is not in the file */
	uint64_t bad_length;		/* shorter than an Ethernet header or longer than any frame */
	uint64_t clock_steps;		/* time stamps that went back, or on by more than a day: played at once */
};

struct player;

/* Opens the file and reads its beginning.  NULL: errno, and why is a sentence that begins with the path. */
struct player *player_new(struct loop *l, const char *path, const struct player_how *how,
    const struct player_user *user, char *why, size_t size);
void player_free(struct player *p);		/* NULL is harmless */
/* Play, from the beginning or where it was held; or hold, and keep the time to the next frame.  At first it is held. */
void player_run(struct player *p, bool on);
/* Offer now what is due now. */
void player_sync(struct player *p);
const struct player_info *player_info(const struct player *p);

/*
 * What the timer does: offer what is due at now (ns of any clock), a bounded number of records a turn.  The ns until
 * the next turn, or PLAYER_NEVER: it ended, is held, or is being played further up the stack.
 */
#define PLAYER_NEVER UINT64_MAX
uint64_t player_step(struct player *p, uint64_t now);

#endif
