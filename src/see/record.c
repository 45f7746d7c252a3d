/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recordings: see record.h.
 *
 * Frames become packets of the file as they pass.  A call of the program (ioctl, open and close; a read, write or poll
 * only when it failed) is a comment on the frame that follows it; where none follows within a second, a row of its own.
 *
 * Blocks are gathered in memory and written once a second, when the memory is full, and at the end: a tapd that is
 * killed loses a second.  write(2) to a regular file copies into the page cache; it waits only where the kernel makes
 * every writer wait because a disk is far behind.  After an error the file is cut back to its last whole block, so it
 * can be read.
 */
#include "see/record.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "see/pcapng.h"
#include "see/trace.h"
#include "tap/dialect.h"

#define BUFFER		(256 << 10)	/* bytes */
#define BLOCK_MAX	(BUFFER / 2)	/* bytes: more than the longest frame with all its comments */
#define FRAME_MAX	65553		/* bytes of a frame that are recorded: more was refused, or is none */
#define INTERVAL	(1000 * LOOP_MS)
#define ALL_MAX		1000		/* files of record_all(): a program may make units for ever */
#define NOTES		32		/* calls that wait for a frame */
#define NOTE_MAX	(2 * TRACE_LINE_MAX + 64)

/* A call, in words, and how often it came in a row. */
struct note {
	uint64_t when;			/* ns since 1970, of the first */
	unsigned times;
	char text[NOTE_MAX];
};

/* One recording. */
struct tape {
	TAILQ_ENTRY(tape) link;
	struct record *record;
	struct tap_softc *sc;
	int fd;
	char *path;
	struct record_info info;
	int err;			/* errno of what info.error says */
	uint64_t start;			/* ns since 1970 */
	uint64_t dropped;		/* frames, of those written */
	off_t written;			/* bytes of whole blocks in the file */
	bool vnet_said;
	struct loop_timer timer;	/* runs while something waits to be written */
	struct note notes[NOTES];
	size_t nnotes;
	struct pcapng blocks;
	uint8_t buffer[BUFFER];
};

struct record {
	struct tap_observer observer;
	struct tap_driver *drv;
	struct loop *loop;
	TAILQ_HEAD(, tape) tapes;	/* looks on while there is one, or all are to be recorded */
	char *all;			/* where all are recorded to, or NULL */
	unsigned nall;			/* files that were begun there */
};

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static struct tape *find(const struct record *r, const struct tap_softc *sc)
{
	struct tape *t;

	TAILQ_FOREACH(t, &r->tapes, link)
		if (t->sc == sc)
			return t;
	return NULL;
}

static struct tape *find_or_start(struct record *r, struct tap_softc *sc);

/* ------------------------------------------------------------------ writing */

/* n bytes of the buffer were written before err: keep the whole blocks of them, and stop; the traffic goes on. */
static void write_failed(struct tape *t, size_t n, int err)
{
	uint64_t lost;
	size_t whole = pcapng_whole(&t->blocks, n, &lost);
	bool begun = t->written > 0;		/* else it is record_start() that fails */

	t->written += (off_t)whole;
	if (ftruncate(t->fd, t->written) != 0)
		log_warn("%s: %s; its last block is torn", t->path, strerror(errno));
	t->info.lost += lost;
	t->info.frames -= lost;
	t->err = err;
	t->info.error = strerrordesc_np(err);
	if (begun)
		log_warn("%s: recording to %s stopped: %s; the %" PRIu64 " frames in it can be read, traffic goes on",
		    t->sc->if_name, t->path, t->info.error, t->info.frames);
}

/* Write what is gathered. */
static void write_out(struct tape *t)
{
	size_t n = 0;

	while (t->info.error == NULL && n < t->blocks.len) {
		ssize_t w = write(t->fd, t->buffer + n, t->blocks.len - n);

		if (w >= 0)
			n += (size_t)w;
		else if (errno != EINTR)
			write_failed(t, n, errno);
	}
	if (t->info.error == NULL)
		t->written += (off_t)n;
	t->info.bytes = (uint64_t)t->written;
	t->blocks.len = 0;
}

static void make_room(struct tape *t)
{
	if (t->blocks.size - t->blocks.len < BLOCK_MAX)
		write_out(t);
}

/* A call in the words it is recorded with. */
static void note_text(const struct note *n, char *text, size_t size)
{
	time_t sec = (time_t)(n->when / 1000000000u);
	char when[16];
	struct tm tm;

	gmtime_r(&sec, &tm);
	strftime(when, sizeof(when), "%H:%M:%S", &tm);
	str_format(text, size, "%s.%06uZ %s", when, (unsigned)(n->when % 1000000000u / 1000), n->text);
	if (n->times > 1)
		str_format(text + strlen(text), size - strlen(text), " (%u times)", n->times);
}

/* No frame came to carry the calls. */
static void put_notes(struct tape *t)
{
	char text[NOTE_MAX + 64];

	for (size_t i = 0; i < t->nnotes; i++) {
		note_text(&t->notes[i], text, sizeof(text));
		make_room(t);
		pcapng_line(&t->blocks, t->notes[i].when, text);
	}
	t->nnotes = 0;
}

static void on_timer(void *arg)
{
	struct tape *t = arg;

	put_notes(t);
	write_out(t);
}

static void write_soon(struct tape *t)
{
	if (t->timer.when == 0)
		loop_timer_set(t->record->loop, &t->timer, INTERVAL, on_timer, t);
}

/* ------------------------------------------------------------------ frames */

static const char *counter_help(const char *name)
{
	for (const struct tap_counter_desc *d = tap_counter_table; d->name != NULL; d++)
		if (strcmp(d->name, name) == 0)
			return d->help;
	return "";
}

/* Does its virtio header leave anything to do? */
static bool is_partial(const struct tap_seen *s)
{
	static const uint8_t nothing[TAP_VNET_LEN];

	return s->vnet != NULL && memcmp(s->vnet, nothing, sizeof(nothing)) != 0;
}

static void put_frame(struct tape *t, const struct tap_seen *s)
{
	char texts[NOTES][NOTE_MAX + 64], dropped[256];
	const char *comments[NOTES + 2];
	struct pcapng_packet k = { .when = now_ns(), .direction = s->input ? PCAPNG_INBOUND : PCAPNG_OUTBOUND,
		.frame = s->frame, .len = s->len < FRAME_MAX ? s->len : FRAME_MAX, .whole = s->len,
		.comments = comments };

	for (size_t i = 0; i < t->nnotes; i++) {
		note_text(&t->notes[i], texts[i], sizeof(texts[i]));
		comments[k.ncomments++] = texts[i];
	}
	if (is_partial(s) && !t->vnet_said) {
		comments[k.ncomments++] =
		    "recorded without its virtio header, which left checksums or segmentation to be done";
		t->vnet_said = true;
	}
	if (s->dropped != NULL) {
		str_format(dropped, sizeof(dropped), "dropped: %s: %s", s->dropped, counter_help(s->dropped));
		comments[k.ncomments++] = dropped;
	}
	make_room(t);
	pcapng_packet(&t->blocks, &k);
	t->nnotes = 0;
}

static void on_frame(struct tap_observer *o, const struct tap_seen *s)
{
	struct tape *t = find_or_start((struct record *)o, s->sc);

	if (t == NULL)
		return;
	if (t->info.error == NULL)
		put_frame(t, s);
	if (t->info.error != NULL) {		/* perhaps only now */
		t->info.lost++;
		return;
	}
	t->info.frames++;
	t->dropped += s->dropped != NULL;
	write_soon(t);
}

/* ------------------------------------------------------------------ calls */

/* One more of what came before, or a new note. */
static void add_note(struct tape *t, const char *text)
{
	struct note *n = t->nnotes > 0 ? &t->notes[t->nnotes - 1] : NULL;

	if (n != NULL && strcmp(n->text, text) == 0) {
		n->times++;
		return;
	}
	if (t->nnotes == NOTES)
		put_notes(t);
	n = &t->notes[t->nnotes++];
	n->when = now_ns();
	n->times = 1;
	str_copy(n->text, sizeof(n->text), text);
}

/* Frames show what reads and writes did; a poll that works says nothing. */
static bool is_worth_it(const struct tap_call *c)
{
	return c->result < 0 || (c->kind != TAP_CALL_READ && c->kind != TAP_CALL_WRITE && c->kind != TAP_CALL_POLL);
}

static void on_call(struct tap_observer *o, const struct tap_call *c)
{
	struct tape *t = is_worth_it(c) && c->sc != NULL ? find_or_start((struct record *)o, c->sc) : NULL;
	char call[TRACE_LINE_MAX], why[TRACE_LINE_MAX], name[TRACE_NAME_MAX], text[NOTE_MAX];
	pid_t pid;

	if (t == NULL || t->info.error != NULL)
		return;
	trace_who(c, &pid, name);
	trace_call(c, call, sizeof(call));
	trace_why(c, why, sizeof(why));
	str_format(text, sizeof(text), "%d %s  %s%s%s", (int)pid, name, call, why[0] != '\0' ? "  " : "", why);
	add_note(t, text);
	write_soon(t);
}

/* ------------------------------------------------------------------ beginning and end */

/* The file's beginning, written at once: a disk that is full already is found now. */
static int write_start(struct tape *t)
{
	char os[256] = "", description[TAP_SPEC_MAX + 64];
	struct utsname u;

	if (uname(&u) == 0)
		str_format(os, sizeof(os), "%s %s", u.sysname, u.release);
	str_format(description, sizeof(description), "/dev/%s, dialect %s, attached to %s", t->sc->node.name,
	    t->sc->dialect->name, t->sc->net_spec);
	pcapng_section(&t->blocks, os, "tapd " TAPD_VERSION);
	pcapng_interface(&t->blocks, t->sc->if_name, description, t->sc->lladdr);
	write_out(t);
	return -t->err;
}

static void tape_free(struct tape *t)
{
	close(t->fd);
	free(t->path);
	free(t);
}

/* Write the rest and forget it.  0, or -errno: the file is not complete. */
static int finish(struct tape *t)
{
	struct record *r = t->record;
	int err;

	if (t->info.error == NULL) {
		put_notes(t);
		make_room(t);
		pcapng_statistics(&t->blocks, t->start, now_ns(), t->info.frames, t->dropped);
		write_out(t);
	}
	if (t->info.error == NULL)
		log_info("%s: recorded %" PRIu64 " frames to %s", t->sc->if_name, t->info.frames, t->path);
	err = -t->err;
	loop_timer_del(r->loop, &t->timer);
	TAILQ_REMOVE(&r->tapes, t, link);
	if (TAILQ_EMPTY(&r->tapes) && r->all == NULL)
		tap_unobserve(r->drv, &r->observer);
	tape_free(t);
	return err;
}

static void on_gone(struct tap_observer *o, struct tap_softc *sc)
{
	struct tape *t = find((struct record *)o, sc);

	if (t != NULL)
		finish(t);
}

struct record *record_new(struct tap_driver *drv, struct loop *l)
{
	struct record *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	*r = (struct record){ .observer = { .wants = TAP_SEE_FRAMES | TAP_SEE_CALLS, .call = on_call, .frame = on_frame,
		.gone = on_gone }, .drv = drv, .loop = l };
	TAILQ_INIT(&r->tapes);
	signal(SIGXFSZ, SIG_IGN);	/* a file at its size limit ends that recording, not tapd */
	return r;
}

void record_free(struct record *r)
{
	struct tape *t;

	if (r == NULL)
		return;
	while ((t = TAILQ_FIRST(&r->tapes)) != NULL)
		finish(t);
	if (r->all != NULL)
		tap_unobserve(r->drv, &r->observer);
	free(r->all);
	free(r);
}

/* The unit whose recording goes to this file, or NULL. */
static const struct tap_softc *recorded_there(const struct record *r, const struct stat *st)
{
	struct stat other;
	struct tape *t;

	TAILQ_FOREACH(t, &r->tapes, link)
		if (fstat(t->fd, &other) == 0 && other.st_dev == st->st_dev && other.st_ino == st->st_ino)
			return t->sc;
	return NULL;
}

/* May sc be recorded to fd?  -errno and why. */
static int check_target(const struct record *r, const struct tap_softc *sc, int fd, const char *path, char *why,
    size_t size)
{
	const struct tape *t = find(r, sc);
	const struct tap_softc *other;
	struct stat st;

	if (t != NULL) {
		str_format(why, size, "it is recorded to %s already; end that with: tapctl %s record off", t->path,
		    sc->if_name);
		return -EBUSY;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		str_format(why, size, "%s: it is no regular file, and others could keep tapd waiting", path);
		return -EINVAL;
	}
	other = recorded_there(r, &st);
	if (other == NULL)
		return 0;
	str_format(why, size, "%s: %s is being recorded to it", path, other->if_name);
	return -EBUSY;
}

/* NULL: no memory. */
static struct tape *tape_new(struct record *r, struct tap_softc *sc, int fd, const char *path)
{
	struct tape *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->record = r;
	t->sc = sc;
	t->fd = fd;
	t->start = now_ns();
	t->blocks = (struct pcapng){ .data = t->buffer, .size = sizeof(t->buffer) };
	t->path = strdup(path);
	t->info.path = t->path;
	if (t->path != NULL)
		return t;
	free(t);
	return NULL;
}

int record_start(struct record *r, struct tap_softc *sc, int fd, const char *path, char *why, size_t size)
{
	int err = check_target(r, sc, fd, path, why, size);
	struct tape *t = err == 0 ? tape_new(r, sc, fd, path) : NULL;

	if (t == NULL) {
		close(fd);
		if (err == 0)
			str_format(why, size, "%s: %s", path, strerror(ENOMEM));
		return err != 0 ? err : -ENOMEM;
	}
	err = ftruncate(fd, 0) != 0 ? -errno : write_start(t);
	if (err != 0) {
		str_format(why, size, "%s: %s", path, strerror(-err));
		tape_free(t);
		return err;
	}
	if (TAILQ_EMPTY(&r->tapes) && r->all == NULL)
		tap_observe(r->drv, &r->observer);
	TAILQ_INSERT_TAIL(&r->tapes, t, link);
	return 0;
}

int record_stop(struct record *r, struct tap_softc *sc)
{
	struct tape *t = find(r, sc);

	return t != NULL ? finish(t) : -ENOENT;
}

bool record_get(const struct record *r, const struct tap_softc *sc, struct record_info *i)
{
	const struct tape *t = find(r, sc);

	if (t != NULL)
		*i = t->info;
	return t != NULL;
}

/* ------------------------------------------------------------------ all units */

static int open_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : -errno;
}

/* The n-th file, from 1: all; then n before its extension. */
static bool nth_path(const char *all, unsigned n, char path[PATH_MAX])
{
	const char *slash = strrchr(all, '/'), *dot = strrchr(slash != NULL ? slash : all, '.');
	int stem = dot != NULL ? (int)(dot - all) : (int)strlen(all);

	if (n == 1)
		return str_copy(path, PATH_MAX, all);
	return str_format(path, PATH_MAX, "%.*s-%u%s", stem, all, n, all + stem);
}

static struct tape *find_or_start(struct record *r, struct tap_softc *sc)
{
	struct tape *t = find(r, sc);
	char path[PATH_MAX], why[PATH_MAX + 256];
	int fd;

	if (t != NULL || r->all == NULL || r->nall >= ALL_MAX)
		return t;
	if (!nth_path(r->all, ++r->nall, path))
		return NULL;
	fd = open_file(path);
	if (fd < 0)
		str_format(why, sizeof(why), "%s: %s", path, strerror(-fd));
	if (fd >= 0 && record_start(r, sc, fd, path, why, sizeof(why)) == 0)
		return find(r, sc);
	log_warn("%s: not recorded, and no unit is from here on: %s", sc->if_name, why);
	r->nall = ALL_MAX;
	return NULL;
}

int record_all(struct record *r, const char *path)
{
	int fd = open_file(path);

	if (fd < 0)
		return fd;
	close(fd);
	r->all = strdup(path);
	if (r->all == NULL)
		return -ENOMEM;
	if (TAILQ_EMPTY(&r->tapes))
		tap_observe(r->drv, &r->observer);
	return 0;
}
