/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * src/backend/savefile.c: the player by a clock of the test's own, over files of every kind that are made here, and the
 * wire that is made of it.  A file that is damaged gives an error with its offset, wherever that is.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/savefile.h"
#include "backend/wire.h"
#include "base/log.h"
#include "unit.h"

#define MS	UINT64_C(1000000)
#define LEN	60			/* bytes of the frames that are made here */
#define T0	1764000000u		/* s since 1970 */

/* ------------------------------------------------------------------ files */

static char path[] = "/tmp/test_savefile.XXXXXX";
static uint8_t file[65536];
static size_t file_len;

static void put(const void *data, size_t n)
{
	memcpy(file + file_len, data, n);
	file_len += n;
}

/* A number of 1 to 8 bytes, in either byte order. */
static void put_int(bool big, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		file[file_len++] = (uint8_t)(v >> 8 * (big ? n - 1 - i : i));
}

static void write_file(size_t len)
{
	FILE *f = fopen(path, "wb");

	ck_assert_uint_eq(fwrite(file, 1, len, f), len);
	fclose(f);
}

/* Where each record of the file ends. */
static size_t ends[128];
static int nends;

struct kind {
	const char *name;
	bool big, nano, ng;
};

static void pcap_header(const struct kind *k, uint32_t snaplen, uint32_t link)
{
	file_len = 0;
	nends = 0;
	put_int(k->big, k->nano ? 0xa1b23c4d : 0xa1b2c3d4, 4);
	put_int(k->big, 2, 2);
	put_int(k->big, 4, 2);
	put_int(k->big, 0, 8);
	put_int(k->big, snaplen, 4);
	put_int(k->big, link, 4);
	ends[nends++] = file_len;
}

/* A section and one interface, its times in nanoseconds or microseconds. */
static void ng_header(const struct kind *k)
{
	file_len = 0;
	nends = 0;
	put_int(k->big, 0x0a0d0d0a, 4);
	put_int(k->big, 28, 4);
	put_int(k->big, 0x1a2b3c4d, 4);
	put_int(k->big, 1, 2);
	put_int(k->big, 0, 2);
	put_int(k->big, UINT64_MAX, 8);
	put_int(k->big, 28, 4);
	put_int(k->big, 1, 4);
	put_int(k->big, 32, 4);
	put_int(k->big, 1, 2);			/* Ethernet */
	put_int(k->big, 0, 2);
	put_int(k->big, 0, 4);
	put_int(k->big, 9, 2);			/* if_tsresol */
	put_int(k->big, 1, 2);
	put_int(k->big, k->nano ? 9 : 6, 1);
	put_int(k->big, 0, 3);
	put_int(k->big, 0, 4);
	put_int(k->big, 32, 4);
	ends[nends++] = file_len;
}

static void header(const struct kind *k)
{
	if (k->ng)
		ng_header(k);
	else
		pcap_header(k, 262144, 1);
}

/* A record of the frame whose bytes are all fill, at T0 and ns. */
static void record(const struct kind *k, uint64_t ns, uint8_t fill, uint32_t caplen, uint32_t len)
{
	uint8_t data[2048];
	uint64_t ticks = (T0 * UINT64_C(1000000000) + ns) / (k->nano ? 1 : 1000);
	uint64_t second = k->nano ? 1000000000 : 1000000;

	memset(data, fill, sizeof(data));
	if (k->ng) {
		put_int(k->big, 6, 4);
		put_int(k->big, 32 + ((caplen + 3) & ~3u), 4);
		put_int(k->big, 0, 4);
		put_int(k->big, ticks >> 32, 4);
		put_int(k->big, ticks & UINT32_MAX, 4);
	} else {
		put_int(k->big, ticks / second, 4);
		put_int(k->big, ticks % second, 4);
	}
	put_int(k->big, caplen, 4);
	put_int(k->big, len, 4);
	put(data, k->ng ? (caplen + 3) & ~3u : caplen);
	if (k->ng)
		put_int(k->big, 32 + ((caplen + 3) & ~3u), 4);
	ends[nends++] = file_len;
}

/* ------------------------------------------------------------------ a receiver */

static struct loop *loop;
static struct player *player;
static uint8_t got[1024];		/* the fill of each frame */
static size_t ngot;
static int room, ended;			/* room: frames that will be taken; -1: any number */
static char why[1024];

static bool on_frame(void *arg, const void *frame, size_t len)
{
	if (room == 0)
		return false;
	room -= room > 0;
	ck_assert_uint_lt(ngot, sizeof(got));
	ck_assert_uint_ge(len, TAP_HDRLEN);
	got[ngot++] = ((const uint8_t *)frame)[len - 1];
	return true;
}

static void on_ended(void *arg)
{
	ended++;
}

static const struct player_user user = { on_frame, on_ended, NULL };

static void setup(void)
{
	strcpy(path + strlen(path) - 6, "XXXXXX");
	close(mkstemp(path));
	log_init("test_savefile", LOG_EMERG);
	loop = loop_new();
	player = NULL;
	ngot = 0;
	room = -1;
	ended = 0;
}

static void teardown(void)
{
	player_free(player);
	loop_free(loop);
	unlink(path);
}

static void play_how(double speed, unsigned loops)
{
	write_file(file_len);
	player = player_new(loop, path, &(struct player_how){ speed, loops }, &user, why, sizeof(why));
	ck_assert_msg(player != NULL, "%s", why);
	player_run(player, true);
}

static void play(void)
{
	play_how(1, 1);
}

#define step(now) player_step(player, now)

/* ------------------------------------------------------------------ kinds of files */

static const struct kind kinds[] = {
	{ "pcap", false, false, false }, { "pcap, big-endian", true, false, false },
	{ "pcap, ns", false, true, false }, { "pcap, ns, big-endian", true, true, false },
	{ "pcapng", false, false, true }, { "pcapng, big-endian", true, false, true },
	{ "pcapng, ns", false, true, true }, { "pcapng, ns, big-endian", true, true, true },
};
#define NKINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

START_TEST(every_kind_plays_in_its_own_time)
{
	const struct kind *k = &kinds[_i];
	uint64_t odd = k->nano ? 123456789 : 123456000;

	header(k);
	record(k, odd, 1, LEN, LEN);
	record(k, odd + 5 * MS, 2, LEN, LEN);
	record(k, odd + 5 * MS, 3, 61, 61);
	record(k, odd + 1500 * MS + (k->nano ? 7 : 1000), 4, LEN, LEN);
	play();
	ck_assert_uint_eq(step(1000), 5 * MS);
	ck_assert_uint_eq(ngot, 1);
	ck_assert_uint_eq(step(1000 + 5 * MS - 1), 1);
	ck_assert_uint_eq(step(1000 + 5 * MS), 1495 * MS + (k->nano ? 7 : 1000));
	ck_assert_uint_eq(ngot, 3);
	ck_assert_uint_eq(step(1000 + 2000 * MS), PLAYER_NEVER);
	ck_assert_int_eq(memcmp(got, "\1\2\3\4", 4), 0);
	ck_assert_int_eq(ended, 1);
	ck_assert(player_info(player)->ended);
	ck_assert_ptr_null(player_info(player)->error);
	ck_assert_uint_eq(player_info(player)->played, 4);
}
END_TEST

/* Never a crash, always the whole records before the cut and an error behind it that says where. */
START_TEST(a_file_cut_anywhere_is_an_error_there)
{
	const struct kind *k = &kinds[_i];
	int whole = 0;

	header(k);
	for (uint8_t i = 1; i <= 3; i++)
		record(k, i * MS, i, 17, 17);
	for (size_t cut = 0; cut <= file_len; cut++) {
		size_t size = file_len;
		bool at_end = whole < nends && cut == ends[whole];
		long at;

		whole += at_end;
		ngot = 0;
		ended = 0;
		write_file(cut);
		player = player_new(loop, path, &(struct player_how){ 0, 1 }, &user, why, sizeof(why));
		file_len = size;
		if (whole == 0) {
			ck_assert_ptr_null(player);
			ck_assert_msg(strstr(why, ": damaged at byte 0: ") != NULL, "%zu: %s", cut, why);
			continue;
		}
		ck_assert_msg(player != NULL, "%zu: %s", cut, why);
		player_run(player, true);
		ck_assert_uint_eq(step(0), PLAYER_NEVER);
		ck_assert_uint_eq(ngot, whole - 1);
		ck_assert_int_eq(ended, 1);
		if (at_end) {
			ck_assert_ptr_null(player_info(player)->error);
		} else {
			ck_assert_int_eq(sscanf(player_info(player)->error, "damaged at byte %ld: ", &at), 1);
			ck_assert_int_eq(at, ends[whole - 1]);
			ck_assert_ptr_nonnull(strstr(player_info(player)->error, "; what came before it was played"));
		}
		player_free(player);
		player = NULL;
	}
	ck_assert_int_eq(whole, 4);
}
END_TEST

START_TEST(other_links_are_refused_by_name)
{
	pcap_header(&kinds[0], 65535, 101);
	write_file(file_len);
	ck_assert_ptr_null(player_new(loop, path, &PLAYER_ONCE, &user, why, sizeof(why)));
	ck_assert_int_eq(errno, EPROTONOSUPPORT);
	ck_assert_ptr_nonnull(strstr(why, "type RAW; only Ethernet can be played"));
}
END_TEST

START_TEST(what_is_no_regular_file_is_refused_at_once)
{
	ck_assert_ptr_null(player_new(loop, "/tmp", &PLAYER_ONCE, &user, why, sizeof(why)));
	ck_assert_str_eq(why, "/tmp: it is no regular file, and others could keep tapd waiting; copy it to one");
	unlink(path);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_ptr_null(player_new(loop, path, &PLAYER_ONCE, &user, why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "no regular file"));
	unlink(path);
	ck_assert_ptr_null(player_new(loop, path, &PLAYER_ONCE, &user, why, sizeof(why)));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_nonnull(strstr(why, ": No such file or directory"));
}
END_TEST

/* The wait for a frame is as bounded as the memory: 40 MiB of blocks that say nothing end the playing. */
START_TEST(a_file_of_blocks_without_frames_does_not_keep_tapd)
{
	const uint32_t head[2] = { 0xbad, 1 << 20 };
	FILE *f;

	header(&kinds[4]);
	play();
	f = fopen(path, "r+b");
	fseek(f, 0, SEEK_END);
	for (int i = 0; i < 40; i++) {
		fwrite(head, sizeof(head), 1, f);
		fseek(f, (long)(file_len + ((size_t)i + 1) * head[1] - 4), SEEK_SET);
		fwrite(&head[1], 4, 1, f);
	}
	fclose(f);
	ck_assert_uint_eq(step(0), PLAYER_NEVER);
	ck_assert_str_eq(player_info(player)->error,
	    "damaged at byte 60: no frame comes in the next 32 MiB; what came before it was played");
}
END_TEST

/* ------------------------------------------------------------------ time */

static const struct kind *const ns = &kinds[2];

static const struct {
	double speed;
	uint64_t wait;
} speeds[] = { { 1, 8 * MS }, { 2, 4 * MS }, { 0.5, 16 * MS }, { 1000, 8000 }, { 0.001, 8000 * MS } };

START_TEST(a_factor_divides_the_gaps)
{
	header(ns);
	record(ns, 0, 1, LEN, LEN);
	record(ns, 8 * MS, 2, LEN, LEN);
	play_how(speeds[_i].speed, 1);
	ck_assert_uint_eq(step(5), speeds[_i].wait);
	ck_assert_uint_eq(step(5 + speeds[_i].wait), PLAYER_NEVER);
	ck_assert_uint_eq(ngot, 2);
}
END_TEST

/* Lateness of the loop is made up for: each frame is due at its time from the first. */
START_TEST(a_late_turn_does_not_shift_what_follows)
{
	header(ns);
	for (uint8_t i = 0; i < 4; i++)
		record(ns, i * 10 * MS, i, LEN, LEN);
	play();
	ck_assert_uint_eq(step(0), 10 * MS);
	ck_assert_uint_eq(step(25 * MS), 5 * MS);
	ck_assert_uint_eq(ngot, 3);
}
END_TEST

START_TEST(a_clock_that_jumps_is_no_gap)
{
	header(ns);
	record(ns, 10000 * MS, 1, LEN, LEN);
	record(ns, 9000 * MS, 2, LEN, LEN);
	record(ns, 86400u * 1000 * MS + 9001 * MS, 3, LEN, LEN);
	record(ns, 86400u * 1000 * MS + 9003 * MS, 4, LEN, LEN);
	play();
	ck_assert_uint_eq(step(0), 2 * MS);
	ck_assert_uint_eq(ngot, 3);
	ck_assert_uint_eq(player_info(player)->clock_steps, 2);
}
END_TEST

START_TEST(a_turn_is_bounded)
{
	header(ns);
	for (int i = 0; i < 100; i++)
		record(ns, 0, (uint8_t)i, LEN, i % 2 ? LEN : 99);
	play();
	ck_assert_uint_eq(step(0), 0);
	ck_assert_uint_eq(ngot, 32);
	ck_assert_uint_eq(step(0), PLAYER_NEVER);
	ck_assert_uint_eq(ngot, 50);
	ck_assert_uint_eq(player_info(player)->truncated, 50);
}
END_TEST

START_TEST(held_it_keeps_what_was_left_to_wait)
{
	uint64_t now = loop_now();

	header(ns);
	record(ns, 0, 1, LEN, LEN);
	record(ns, 3600 * 1000 * MS, 2, LEN, LEN);
	play();
	ck_assert_uint_eq(step(now), 3600 * 1000 * MS);
	player_run(player, false);
	ck_assert_uint_eq(step(now + 7200 * 1000 * MS), PLAYER_NEVER);
	ck_assert_uint_eq(ngot, 1);
	player_run(player, true);
	ck_assert_uint_le(step(now), 3600 * 1000 * MS);
	ck_assert_uint_eq(ngot, 1);
	ck_assert_uint_eq(step(now + 3600 * 1000 * MS), PLAYER_NEVER);
	ck_assert_uint_eq(ngot, 2);
}
END_TEST

/* ------------------------------------------------------------------ who does not take them */

START_TEST(a_frame_that_is_not_taken_is_offered_again)
{
	header(ns);
	for (uint8_t i = 0; i < 5; i++)
		record(ns, 0, i, LEN, LEN);
	play_how(0, 1);
	room = 2;
	ck_assert_uint_eq(step(0), MS);
	ck_assert_uint_eq(step(0), 2 * MS);		/* less and less often */
	room = 1;
	ck_assert_uint_eq(step(0), MS);
	for (int i = 0; i < 10; i++)
		step(0);
	ck_assert_uint_eq(step(0), 64 * MS);
	room = -1;
	ck_assert_uint_eq(step(0), PLAYER_NEVER);
	ck_assert_uint_eq(ngot, 5);
	ck_assert_int_eq(memcmp(got, "\0\1\2\3\4", 5), 0);
}
END_TEST

START_TEST(in_time_the_rest_follows_the_one_that_had_to_wait)
{
	header(ns);
	record(ns, 0, 1, LEN, LEN);
	record(ns, 10 * MS, 2, LEN, LEN);
	play();
	room = 0;
	step(0);
	room = -1;
	ck_assert_uint_eq(step(100 * MS), 10 * MS);
}
END_TEST

START_TEST(records_that_are_no_frames_are_counted)
{
	header(ns);
	record(ns, 0, 1, 13, 13);
	record(ns, 0, 2, 14, 14);
	record(ns, 0, 3, 0, 0);
	record(ns, 0, 4, LEN, 1514);
	record(ns, 0, 5, LEN, WIRE_FRAME_MAX + 1);
	record(ns, 0, 6, 1514, 1514);
	play();
	step(0);
	ck_assert_uint_eq(ngot, 2);
	ck_assert_int_eq(memcmp(got, "\2\6", 2), 0);
	ck_assert_uint_eq(player_info(player)->played, 2);
	ck_assert_uint_eq(player_info(player)->bad_length, 3);
	ck_assert_uint_eq(player_info(player)->truncated, 1);
}
END_TEST

/* ------------------------------------------------------------------ loops */

START_TEST(rounds_follow_each_other_evenly)
{
	header(ns);
	record(ns, 0, 1, LEN, LEN);
	record(ns, 20 * MS, 2, LEN, LEN);
	play_how(1, 3);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_uint_eq(step(i * 20 * MS), 20 * MS);
	ck_assert_uint_eq(step(100 * MS), PLAYER_NEVER);
	ck_assert_uint_eq(ngot, 6);
	ck_assert_int_eq(memcmp(got, "\1\2\1\2\1\2", 6), 0);
	ck_assert_int_eq(ended, 1);
}
END_TEST

START_TEST(one_frame_without_end_leaves_time_for_others)
{
	header(ns);
	record(ns, 0, 1, LEN, LEN);
	play_how(1, 0);
	for (unsigned i = 0; i < 100; i++)
		ck_assert_uint_eq(step(i * MS), MS);
	ck_assert_uint_eq(ngot, 100);
	ck_assert_int_eq(ended, 0);
}
END_TEST

START_TEST(a_file_without_frames_is_not_looped)
{
	header(ns);
	record(ns, 0, 1, 5, 5);
	play_how(0, 0);
	ck_assert_uint_eq(step(0), PLAYER_NEVER);
	ck_assert_int_eq(ended, 1);
	ck_assert_ptr_null(player_info(player)->error);
}
END_TEST

/* ------------------------------------------------------------------ words */

static const struct {
	const char *word;
	int result;
	double speed;
	unsigned loops;
} options[] = {
	{ "speed=2", 0, 2, 1 }, { "speed=0.5", 0, 0.5, 1 }, { "speed=max", 0, 0, 1 }, { "speed=1e3", 0, 1000, 1 },
	{ "loop", 0, 1, 0 }, { "loop=7", 0, 1, 7 },
	{ "speed", -EINVAL, 1, 1 }, { "speed=", -EINVAL, 1, 1 }, { "speed=0", -EINVAL, 1, 1 },
	{ "speed=-1", -EINVAL, 1, 1 },
	{ "speed=nan", -EINVAL, 1, 1 }, { "speed=inf", -EINVAL, 1, 1 }, { "speed=2x", -EINVAL, 1, 1 },
	{ "speed=1001", -EINVAL, 1, 1 }, { "loop=", -EINVAL, 1, 1 }, { "loop=0", -EINVAL, 1, 1 },
	{ "loop=x", -EINVAL, 1, 1 },
	{ "loops=2", -ENOENT, 1, 1 }, { "up", -ENOENT, 1, 1 }, { "", -ENOENT, 1, 1 }, { "sp=2", -ENOENT, 1, 1 },
};

START_TEST(words_say_how)
{
	struct player_how how = PLAYER_ONCE;

	why[0] = '\0';
	ck_assert_int_eq(player_option(options[_i].word, &how, why, sizeof(why)), options[_i].result);
	ck_assert_double_eq(how.speed, options[_i].speed);
	ck_assert_uint_eq(how.loops, options[_i].loops);
	ck_assert_int_eq(why[0] != '\0', options[_i].result == -EINVAL);
}
END_TEST

/* ------------------------------------------------------------------ the wire */

static struct backends backends;
static bool link_up;
static char link_text[256];
static uint64_t counted;

static void wire_frame(void *arg, const void *frame, size_t len)
{
	on_frame(NULL, frame, len);
}

static void wire_told(void *arg, bool up, const char *text)
{
	link_up = up;
	snprintf(link_text, sizeof(link_text), "%s", text);
	loop_stop(loop, 0);
}

static bool wire_room(void *arg)
{
	return room != 0;
}

static const struct wire_user wire_user = { wire_frame, wire_told, wire_room, NULL };

static struct wire *open_wire(const char *options_text)
{
	char spec[TAP_SPEC_MAX];

	backends_init(&backends, loop);
	link_up = true;
	snprintf(spec, sizeof(spec), "file:%s%s", path, options_text);
	return wire_open(&backends, spec, "tap0", &wire_user, why, sizeof(why));
}

static void find_stat(void *arg, const char *name, uint64_t value, const char *help)
{
	if (strcmp(name, arg) == 0)
		counted = value;
}

START_TEST(a_wire_plays_once_it_is_ready)
{
	struct wire *w;

	header(ns);
	record(ns, 0, 1, LEN, LEN);
	record(ns, MS, 2, LEN, LEN);
	write_file(file_len);
	w = open_wire("");
	ck_assert_msg(w != NULL, "%s", why);
	wire_file.sync(w);
	ck_assert_uint_eq(ngot, 0);
	wire_file.set_ready(w, true);
	ck_assert_int_eq(loop_run(loop), 0);
	ck_assert_uint_eq(ngot, 2);
	ck_assert(link_up);
	ck_assert_str_eq(link_text, "played to its end, 2 frames");
	ck_assert_int_eq(wire_file.send(w, file, LEN), 0);
	wire_file.each_stat(w, find_stat, "tx_discarded");
	ck_assert_uint_eq(counted, 1);
	wire_close(w);
}
END_TEST

START_TEST(at_full_speed_a_wire_asks_for_room)
{
	struct wire *w;

	header(ns);
	for (uint8_t i = 0; i < 10; i++)
		record(ns, 0, i, LEN, LEN);
	write_file(file_len);
	w = open_wire(",speed=max");
	ck_assert_msg(w != NULL, "%s", why);
	wire_file.set_ready(w, true);
	room = 4;
	wire_file.sync(w);
	ck_assert_uint_eq(ngot, 4);
	room = 4;
	wire_file.sync(w);
	ck_assert_uint_eq(ngot, 8);
	room = -1;
	ck_assert_int_eq(loop_run(loop), 0);		/* without anybody's sync() */
	ck_assert_uint_eq(ngot, 10);
	wire_close(w);
}
END_TEST

START_TEST(a_wire_tells_of_damage)
{
	struct wire *w;

	header(ns);
	record(ns, 0, 1, LEN, LEN);
	write_file(file_len - 1);
	w = open_wire(",loop");
	ck_assert_msg(w != NULL, "%s", why);
	wire_file.set_ready(w, true);
	ck_assert_int_eq(loop_run(loop), 0);
	ck_assert(!link_up);
	ck_assert_int_eq(strncmp(link_text, "damaged at byte 24: truncated dump file", 39), 0);
	wire_close(w);
}
END_TEST

START_TEST(a_comma_may_be_the_paths_own)
{
	char first[sizeof(path)];
	struct wire *w;

	header(ns);
	ck_assert_ptr_null(open_wire(",speed=fast"));
	ck_assert_ptr_nonnull(strstr(why, "speed=fast: expected a factor"));
	strcpy(first, path);
	unlink(path);
	memcpy(strrchr(path, '.'), ",", 1);
	write_file(file_len);
	w = open_wire(",speed=2,loop");
	ck_assert_msg(w != NULL, "%s", why);
	wire_close(w);
	unlink(path);
	strcpy(path, first);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("savefile");
	TCase *t = tcase_create("savefile");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, every_kind_plays_in_its_own_time, 0, NKINDS);
	tcase_add_loop_test(t, a_file_cut_anywhere_is_an_error_there, 0, NKINDS);
	tcase_add_test(t, other_links_are_refused_by_name);
	tcase_add_test(t, what_is_no_regular_file_is_refused_at_once);
	tcase_add_test(t, a_file_of_blocks_without_frames_does_not_keep_tapd);
	tcase_add_loop_test(t, a_factor_divides_the_gaps, 0, sizeof(speeds) / sizeof(speeds[0]));
	tcase_add_test(t, a_late_turn_does_not_shift_what_follows);
	tcase_add_test(t, a_clock_that_jumps_is_no_gap);
	tcase_add_test(t, a_turn_is_bounded);
	tcase_add_test(t, held_it_keeps_what_was_left_to_wait);
	tcase_add_test(t, a_frame_that_is_not_taken_is_offered_again);
	tcase_add_test(t, in_time_the_rest_follows_the_one_that_had_to_wait);
	tcase_add_test(t, records_that_are_no_frames_are_counted);
	tcase_add_test(t, rounds_follow_each_other_evenly);
	tcase_add_test(t, one_frame_without_end_leaves_time_for_others);
	tcase_add_test(t, a_file_without_frames_is_not_looped);
	tcase_add_loop_test(t, words_say_how, 0, sizeof(options) / sizeof(options[0]));
	tcase_add_test(t, a_wire_plays_once_it_is_ready);
	tcase_add_test(t, at_full_speed_a_wire_asks_for_room);
	tcase_add_test(t, a_wire_tells_of_damage);
	tcase_add_test(t, a_comma_may_be_the_paths_own);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(suite)
