/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The player (savefile.h).
 *
 * A frame that was cut when it was captured is counted and not played: what is left of it never was on any wire, and
 * its length fields and checksums would be wrong.
 */
#include "backend/savefile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/wire.h"
#include "base/util.h"

#define TURN		64			/* records */
#define BLOCKS_MAX	(32 << 20)		/* bytes without a frame: no honest file has so many */
#define GAP_MAX		INT64_C(86400000000000)	/* ns */
#define PATIENCE_MIN	LOOP_MS			/* ns from one offer of a frame to the next */
#define PATIENCE_MAX	(64 * LOOP_MS)

struct player {
	struct player_info info;
	struct player_user user;
	struct loop *loop;
	struct loop_timer timer;
	char *path;
	char error[PCAP_ERRBUF_SIZE + 128];

	int fd;
	FILE *fp;			/* reads fd; closed by pcap_close() */
	pcap_t *pcap;			/* NULL: ended */
	off_t at;			/* of fp in the file */
	size_t budget;			/* bytes that may be read before a frame comes */

	/* The record that is next, once it was read. */
	const uint8_t *frame;		/* libpcap's; NULL: not read yet */
	size_t len;
	uint64_t due;			/* ns of the caller's clock; means nothing while held */
	uint64_t left;			/* ns until it is due, while held */
	struct timespec stamp;		/* of the last record */
	int64_t gap;			/* ns before the last record */
	bool first;			/* no record of this round was read yet */
	bool any;			/* one of this round was played */
	unsigned rounds;
	uint64_t patience;

	bool on;
	bool held;
	bool busy;			/* in player_step() */
};

/* ------------------------------------------------------------------ words */

static int parse_speed(const char *value, struct player_how *how)
{
	char *end;
	double v = strtod(value, &end);

	if (strcmp(value, "max") == 0)
		v = 0;
	else if (end == value || *end != '\0' || !isfinite(v) || v < 0.001 || v > 1000)
		return -EINVAL;
	how->speed = v;
	return 0;
}

static int parse_loop(const char *value, struct player_how *how)
{
	long n = 0;

	if (*value != '\0' && !str_to_long(value, 1, 1000000000, &n))
		return -EINVAL;
	how->loops = (unsigned)n;
	return 0;
}

static const struct {
	const char *name;
	bool bare;			/* may stand without a value */
	int (*parse)(const char *value, struct player_how *how);
	const char *expected;
} words[] = {
	{ "speed", false, parse_speed, "a factor from 0.001 to 1000, or max" },
	{ "loop", true, parse_loop, "a number of times, or nothing for always" },
};

int player_option(const char *word, struct player_how *how, char *why, size_t size)
{
	const char *eq = strchrnul(word, '=');

	for (size_t i = 0; i < NELEM(words); i++) {
		if (strlen(words[i].name) != (size_t)(eq - word) || strncmp(words[i].name, word, eq - word) != 0)
			continue;
		if ((*eq == '\0' ? words[i].bare : eq[1] != '\0') &&
		    words[i].parse(*eq == '\0' ? eq : eq + 1, how) == 0)
			return 0;
		str_format(why, size, "%s: expected %s", word, words[i].expected);
		return -EINVAL;
	}
	return -ENOENT;
}

/* ------------------------------------------------------------------ the file */

static ssize_t cookie_read(void *arg, char *buf, size_t size)
{
	struct player *p = arg;
	ssize_t n;

	if (p->budget == 0) {
		errno = EFBIG;
		return -1;
	}
	n = pread(p->fd, buf, size < p->budget ? size : p->budget, p->at);
	if (n > 0) {
		p->budget -= (size_t)n;
		p->at += n;
	}
	return n;
}

/* Where the stream is, for ftello(); nobody goes anywhere else. */
static int cookie_seek(void *arg, off64_t *offset, int whence)
{
	const struct player *p = arg;

	if (whence != SEEK_CUR || *offset != 0) {
		errno = ESPIPE;
		return -1;
	}
	*offset = p->at;
	return 0;
}

static int refuse(struct player *p, int err, const char *why)
{
	str_copy(p->error, sizeof(p->error), why);
	return -err;
}

/* at: the byte where what cannot be read begins.  -EINVAL. */
static int damaged(struct player *p, off_t at, const char *what, const char *after)
{
	if (p->budget == 0)
		what = "no frame comes in the next 32 MiB";
	str_format(p->error, sizeof(p->error), "damaged at byte %lld: %s; %s", (long long)at, what, after);
	p->info.error = p->error;
	return -EINVAL;
}

/* Read the file's header.  -errno, and p->error says why. */
static int open_capture(struct player *p)
{
	char err[PCAP_ERRBUF_SIZE];
	const char *name;

	p->budget = BLOCKS_MAX;
	p->at = 0;
	p->fp = fopencookie(p, "r", (cookie_io_functions_t){ .read = cookie_read, .seek = cookie_seek });
	if (p->fp == NULL)
		return refuse(p, ENOMEM, strerror(ENOMEM));
	p->pcap = pcap_fopen_offline_with_tstamp_precision(p->fp, PCAP_TSTAMP_PRECISION_NANO, err);
	if (p->pcap == NULL) {
		damaged(p, 0, err, "expected a pcap or pcapng file");
		fclose(p->fp);
		return -EINVAL;
	}
	p->first = true;
	p->any = false;
	if (pcap_datalink(p->pcap) == DLT_EN10MB)
		return 0;
	name = pcap_datalink_val_to_name(pcap_datalink(p->pcap));
	str_format(p->error, sizeof(p->error), "it was captured on a link of type %s; only Ethernet can be played",
	    name != NULL ? name : "unknown");
	return -EPROTONOSUPPORT;
}

static int open_regular(struct player *p)
{
	struct stat st;

	/* Without O_NONBLOCK the open of a FIFO would wait for its other end. */
	p->fd = open(p->path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (p->fd < 0 || fstat(p->fd, &st) != 0)
		return refuse(p, errno, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(p, EINVAL, "it is no regular file, and others could keep tapd waiting; copy it to one");
	return 0;
}

static void close_capture(struct player *p)
{
	if (p->pcap != NULL)
		pcap_close(p->pcap);
	p->pcap = NULL;
	p->frame = NULL;
}

/* ------------------------------------------------------------------ records */

static void end(struct player *p)
{
	close_capture(p);
	p->info.ended = true;
	p->user.ended(p->user.arg);
}

/* Another round, or the end.  A file of which nothing can be played is not read again and again. */
static void end_round(struct player *p)
{
	p->rounds++;
	if (!p->any || p->rounds == p->info.how.loops) {
		end(p);
		return;
	}
	close_capture(p);
	if (open_capture(p) != 0) {
		p->info.error = p->error;
		end(p);
	}
}

/*
 * The time from the last record to this one, ns.  From the end of a round to the beginning of the next it is as long as
 * before the last record, so that a pulse goes on evenly.
 */
static int64_t gap_before(struct player *p, const struct timeval *tv)
{
	const long day = GAP_MAX / 1000000000;
	int64_t gap = -1;
	long sec;

	if (p->first)
		return p->rounds == 0 ? 0 : p->gap > (int64_t)LOOP_MS ? p->gap : (int64_t)LOOP_MS;
	if (!__builtin_sub_overflow(tv->tv_sec, p->stamp.tv_sec, &sec) && sec >= -day && sec <= day)
		gap = sec * INT64_C(1000000000) + (tv->tv_usec - p->stamp.tv_nsec);	/* tv_usec has ns */
	if (gap >= 0 && gap <= GAP_MAX)
		return gap;
	p->info.clock_steps++;
	return 0;
}

static void take_record(struct player *p, const struct pcap_pkthdr *h, const uint8_t *data)
{
	p->gap = gap_before(p, &h->ts);
	p->first = false;
	p->stamp = (struct timespec){ h->ts.tv_sec, h->ts.tv_usec };
	if (p->info.how.speed > 0)
		p->due += (uint64_t)((double)p->gap / p->info.how.speed);
	if (h->len < TAP_HDRLEN || h->len > WIRE_FRAME_MAX) {
		p->info.bad_length++;
	} else if (h->caplen < h->len) {
		p->info.truncated++;
	} else {
		p->frame = data;
		p->len = h->len;
	}
}

/* Read one record.  Then there is a frame, or there is none and the next record may have one, or it has ended. */
static void read_record(struct player *p)
{
	off_t at = ftello(p->fp);
	struct pcap_pkthdr *h;
	const u_char *data;

	p->budget = BLOCKS_MAX;
	switch (pcap_next_ex(p->pcap, &h, &data)) {
	case 1:
		take_record(p, h, data);
		break;
	case PCAP_ERROR_BREAK:
		end_round(p);
		break;
	default:
		damaged(p, at, pcap_geterr(p->pcap), "what came before it was played");
		end(p);
	}
}

/* ------------------------------------------------------------------ the player */

static void hold(struct player *p, uint64_t left)
{
	p->held = true;
	p->left = left;
}

/* Offer the frame.  False: it was not taken. */
static bool play(struct player *p)
{
	if (!p->user.frame(p->user.arg, p->frame, p->len))
		return false;
	p->info.played++;
	p->any = true;
	p->frame = NULL;
	p->patience = PATIENCE_MIN;
	return true;
}

/* As player_step(), while not busy. */
static uint64_t turn(struct player *p, uint64_t now)
{
	uint64_t wait;

	if (p->held)
		p->due = now + p->left;
	p->held = false;
	for (int i = 0; i < TURN && p->on && !p->info.ended; i++) {
		if (p->frame == NULL)
			read_record(p);
		if (p->frame == NULL)
			continue;
		if (p->info.how.speed > 0 && p->due > now)
			return p->due - now;
		if (play(p))
			continue;
		wait = p->patience;
		p->patience = wait * 2 < PATIENCE_MAX ? wait * 2 : PATIENCE_MAX;
		hold(p, 0);
		return wait;
	}
	return p->on && !p->info.ended ? 0 : PLAYER_NEVER;
}

uint64_t player_step(struct player *p, uint64_t now)
{
	uint64_t wait;

	if (p->busy || !p->on || p->info.ended)
		return PLAYER_NEVER;
	p->busy = true;
	wait = turn(p, now);
	p->busy = false;
	return wait;
}

static void on_timer(void *arg)
{
	struct player *p = arg;
	uint64_t wait = player_step(p, loop_now());

	if (wait != PLAYER_NEVER)
		loop_timer_set(p->loop, &p->timer, wait, on_timer, p);
}

void player_sync(struct player *p)
{
	if (p->on && !p->busy)
		on_timer(p);
}

void player_run(struct player *p, bool on)
{
	uint64_t now = loop_now();

	if (on == p->on)
		return;
	p->on = on;
	if (on) {
		p->patience = PATIENCE_MIN;
		loop_timer_set(p->loop, &p->timer, 0, on_timer, p);
		return;
	}
	loop_timer_del(p->loop, &p->timer);
	if (!p->held)
		hold(p, p->due > now ? p->due - now : 0);
}

struct player *player_new(struct loop *l, const char *path, const struct player_how *how,
    const struct player_user *user, char *why, size_t size)
{
	struct player *p = calloc(1, sizeof(*p));
	int err = -ENOMEM;

	if (p != NULL) {
		p->fd = -1;
		p->path = strdup(path);
	}
	if (p != NULL && p->path != NULL) {
		p->info = (struct player_info){ .path = p->path, .how = *how };
		p->user = *user;
		p->loop = l;
		p->held = true;
		p->patience = PATIENCE_MIN;
		err = open_regular(p);
		if (err == 0)
			err = open_capture(p);
	}
	if (err == 0)
		return p;
	str_format(why, size, "%s: %s", path, p != NULL && p->error[0] != '\0' ? p->error : strerror(-err));
	player_free(p);
	errno = -err;
	return NULL;
}

void player_free(struct player *p)
{
	if (p == NULL)
		return;
	loop_timer_del(p->loop, &p->timer);
	close_capture(p);
	if (p->fd >= 0)
		close(p->fd);
	free(p->path);
	free(p);
}

const struct player_info *player_info(const struct player *p)
{
	return &p->info;
}
