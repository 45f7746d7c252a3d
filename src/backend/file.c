/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire "file:PATH": a player (savefile.h) is its other end.  What is written to it goes nowhere. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "backend/savefile.h"
#include "backend/wire.h"
#include "base/util.h"

struct file {
	struct wire *w;
	struct player *player;
	uint64_t discarded;
};

static bool file_frame(void *arg, const void *frame, size_t len)
{
	struct file *f = arg;
	struct wire_user *u = &f->w->user;

	if (player_info(f->player)->how.speed == 0 && u->room != NULL && !u->room(u->arg))
		return false;
	wire_recv(f->w, frame, len);
	return true;
}

static void file_ended(void *arg)
{
	struct file *f = arg;
	const struct player_info *i = player_info(f->player);

	if (i->error != NULL)
		wire_link(f->w, false, "%s", i->error);
	else
		wire_link(f->w, true, "played to its end, %" PRIu64 " frames", i->played);
}

/* "PATH,speed=2,loop" to its path and words.  A comma that no word of ours follows is the path's. */
static int parse_arg(char *arg, struct player_how *how, char *why, size_t size)
{
	char *comma;
	int err = 0;

	*how = PLAYER_ONCE;
	while (err == 0 && (comma = strrchr(arg, ',')) != NULL) {
		err = player_option(comma + 1, how, why, size);
		if (err == 0)
			*comma = '\0';
	}
	if (err == -EINVAL)
		return err;
	if (arg[0] != '/')
		str_format(why, size, "file:%.64s: expected the whole path, as in: file:/tmp/in.pcap,speed=2,loop", arg);
	return arg[0] != '/' ? -EINVAL : 0;
}

static int file_check(const char *arg, char *why, size_t size)
{
	char path[TAP_SPEC_MAX];
	struct player_how how;

	return str_copy(path, sizeof(path), arg) ? parse_arg(path, &how, why, size) : -ENAMETOOLONG;
}

static int file_open(struct wire *w, const char *arg, char *why, size_t size)
{
	char path[TAP_SPEC_MAX];
	struct player_how how;
	struct file *f;
	int err;

	if (!str_copy(path, sizeof(path), arg))
		return -ENAMETOOLONG;
	err = parse_arg(path, &how, why, size);
	if (err != 0)
		return err;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return -ENOMEM;
	f->w = w;
	f->player = player_new(w->b->loop, path, &how, &(struct player_user){ file_frame, file_ended, f }, why, size);
	if (f->player == NULL) {
		err = -errno;
		free(f);
		return err;
	}
	w->priv = f;
	return 0;
}

static void file_close(struct wire *w)
{
	struct file *f = w->priv;

	player_free(f->player);
	free(f);
}

static int file_send(struct wire *w, const void *frame, size_t len)
{
	struct file *f = w->priv;

	f->discarded++;
	return 0;
}

static void file_set_ready(struct wire *w, bool ready)
{
	struct file *f = w->priv;

	player_run(f->player, ready);
}

static void file_sync(struct wire *w)
{
	struct file *f = w->priv;

	player_sync(f->player);
}

static void file_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct file *f = w->priv;
	const struct player_info *i = player_info(f->player);

	fn(arg, "played", i->played, "frames of the file that were played");
	fn(arg, "truncated", i->truncated, "records not played: only a part of the frame was captured");
	fn(arg, "bad_length", i->bad_length, "records not played: no Ethernet frame has their length");
	fn(arg, "clock_steps", i->clock_steps,
	    "records played at once: their time stamps went back, or on by more than a day");
	fn(arg, "tx_discarded", f->discarded, "frames the program wrote, which nobody is there to take");
}

const struct wire_ops wire_file = {
	.name = "file",
	.args = "PATH[,speed=N|max][,loop[=N]]",
	.help = "frames of a pcap or pcapng file, played",
	.check = file_check,
	.open = file_open,
	.close = file_close,
	.send = file_send,
	.set_ready = file_set_ready,
	.sync = file_sync,
	.each_stat = file_each_stat,
};
