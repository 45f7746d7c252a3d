/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames in a byte stream (framing.c), and the socket wire over it: a peer that is slow, torn, wrong, late or gone. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "backend/framing.h"
#include "base/log.h"
#include "base/util.h"
#include "unit.h"

/* ------------------------------------------------------------------ framing */

static struct framing_in in;
static struct framing_out out;
static size_t lengths[64], nlengths;

static void emit(void *arg, const void *frame, size_t len)
{
	lengths[nlengths++] = len;
	ck_assert_ptr_eq(arg, &in);
	for (size_t i = 0; i < len; i++)
		ck_assert_int_eq(((const uint8_t *)frame)[i], (uint8_t)(len + i));
}

/* A frame whose bytes tell its length and their place, behind its head; returns all its bytes. */
static size_t make(uint8_t *p, uint32_t len)
{
	uint32_t head = htonl(len);

	memcpy(p, &head, FRAMING_HEAD);
	for (uint32_t i = 0; i < len; i++)
		p[FRAMING_HEAD + i] = (uint8_t)(len + i);
	return FRAMING_HEAD + len;
}

/* Feed n bytes in pieces of at most `piece`. */
static int feed(const uint8_t *data, size_t n, size_t piece, uint32_t *bad)
{
	size_t room, part;
	uint8_t *p;
	int err;

	for (; n > 0; data += part, n -= part) {
		p = framing_in_room(&in, &room);
		ck_assert_uint_gt(room, 0);
		part = n < piece ? n : piece;
		part = part < room ? part : room;
		memcpy(p, data, part);
		err = framing_in_took(&in, part, emit, &in, bad);
		if (err != 0)
			return err;
	}
	return 0;
}

static void reset(void)
{
	memset(&in, 0, sizeof(in));
	memset(&out, 0, sizeof(out));
	nlengths = 0;
}

START_TEST(frames_come_whole_however_they_arrive)
{
	static const uint32_t sizes[] = { 1, 14, 60, 1514, WIRE_FRAME_MAX, 13, WIRE_FRAME_MAX, 1 };
	static const size_t pieces[] = { 1, 3, 4, 5, 1000, FRAMING_IN_MAX };
	static uint8_t data[3 * (WIRE_FRAME_MAX + FRAMING_HEAD)];
	size_t n = 0;
	uint32_t bad;

	for (size_t i = 0; i < NELEM(sizes); i++)
		n += make(data + n, sizes[i]);
	for (size_t p = 0; p < NELEM(pieces); p++) {
		reset();
		ck_assert_int_eq(feed(data, n, pieces[p], &bad), 0);
		ck_assert_uint_eq(nlengths, NELEM(sizes));
		for (size_t i = 0; i < NELEM(sizes); i++)
			ck_assert_uint_eq(lengths[i], sizes[i]);
		ck_assert_uint_eq(in.have, 0);
	}
}
END_TEST

START_TEST(a_length_no_frame_has_ends_it)
{
	static const uint32_t bads[] = { 0, WIRE_FRAME_MAX + 1, 0x47455420, UINT32_MAX };
	uint8_t data[64];
	uint32_t head, bad;
	size_t n;

	for (size_t i = 0; i < NELEM(bads); i++) {
		reset();
		n = make(data, 14);
		head = htonl(bads[i]);
		memcpy(data + n, &head, FRAMING_HEAD);
		ck_assert_int_eq(feed(data, n + FRAMING_HEAD - 1, 1, &bad), 0);
		ck_assert_int_eq(feed(data + n + FRAMING_HEAD - 1, 1, 1, &bad), -EPROTO);
		ck_assert_uint_eq(bad, bads[i]);
		ck_assert_uint_eq(nlengths, 1);
	}
}
END_TEST

START_TEST(a_frame_is_queued_whole_or_not_at_all)
{
	static uint8_t frame[WIRE_FRAME_MAX];
	size_t n;

	reset();
	for (int i = 0; i < 3; i++)
		ck_assert(framing_out_put(&out, frame, WIRE_FRAME_MAX));
	framing_out_next(&out, &n);
	ck_assert_uint_eq(n, 3 * (FRAMING_HEAD + WIRE_FRAME_MAX));
	ck_assert(!framing_out_put(&out, frame, WIRE_FRAME_MAX));
	ck_assert(framing_out_put(&out, frame, FRAMING_OUT_MAX - n - FRAMING_HEAD));
	ck_assert(!framing_out_put(&out, frame, 1));
	framing_out_sent(&out, FRAMING_HEAD + WIRE_FRAME_MAX - 1);	/* all of the first but one byte: it keeps its place */
	ck_assert(!framing_out_put(&out, frame, 1));
	framing_out_sent(&out, 1);
	ck_assert_uint_eq(out.frames, 3);
	ck_assert(framing_out_put(&out, frame, WIRE_FRAME_MAX));
	ck_assert(!framing_out_put(&out, frame, 1));
	ck_assert_uint_eq(framing_out_drop(&out), 4);
	framing_out_next(&out, &n);
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* Whatever goes in comes out, in pieces of sizes that have nothing to do with the frames'. */
START_TEST(what_was_queued_comes_out)
{
	static uint8_t frame[FRAMING_HEAD + 2000];
	size_t put = 0, n;
	uint32_t bad;

	reset();
	for (unsigned step = 0; nlengths < 60 && step < 100000; step++) {
		uint32_t len = 14 + put * 31 % 1900;

		make(frame, len);
		if (put < 60 && step % 3 != 0 && framing_out_put(&out, frame + FRAMING_HEAD, len))
			put++;
		const uint8_t *p = framing_out_next(&out, &n);
		n = n < 97 + step % 700 ? n : 97 + step % 700;
		ck_assert_int_eq(feed(p, n, n + 1, &bad), 0);
		framing_out_sent(&out, n);
	}
	ck_assert_uint_eq(nlengths, 60);
	for (size_t i = 0; i < 60; i++)
		ck_assert_uint_eq(lengths[i], 14 + i * 31 % 1900);
	ck_assert_uint_eq(out.frames, 0);
}
END_TEST

/* ------------------------------------------------------------------ the wire */

static struct backends b;
static char dir[] = "/tmp/test_sockwire.XXXXXX", path[64], spec[2][128], why[256];
static struct user {
	struct wire *w;
	unsigned frames, links;
	size_t bytes;
	bool up;
} users[3];
static bool (*done)(void);
static struct loop_timer limit;

static void check_done(void)
{
	if (done != NULL && done())
		loop_stop(b.loop, 0);
}

static void on_recv(void *arg, const void *frame, size_t len)
{
	struct user *u = arg;

	u->frames++;
	u->bytes += len;
	check_done();
}

static void on_link(void *arg, bool up, const char *text)
{
	struct user *u = arg;

	u->up = up;
	u->links++;
	check_done();
}

static void on_limit(void *arg)
{
	loop_stop(b.loop, 1);
}

/* Run the loop until cond(), 10 s at most. */
static void run_until(bool (*cond)(void))
{
	done = cond;
	loop_timer_set(b.loop, &limit, 10000 * LOOP_MS, on_limit, NULL);
	if (!cond())
		ck_assert_int_eq(loop_run(b.loop), 0);
	loop_timer_del(b.loop, &limit);
	done = NULL;
}

static void one_turn(void *arg)
{
	loop_stop(b.loop, 0);
}

/* Let the loop handle what is ready. */
static void run_one_turn(void)
{
	struct loop_timer t = { 0 };

	loop_timer_set(b.loop, &t, 0, one_turn, NULL);
	loop_run(b.loop);
}

static bool try_plug(int i, const char *text)
{
	struct wire_user user = { on_recv, on_link, NULL, &users[i] };

	users[i] = (struct user){ .w = wire_open(&b, text, "test", &user, why, sizeof(why)) };
	return users[i].w != NULL;
}

static void plug(int i, const char *text)
{
	ck_assert_msg(try_plug(i, text), "%s: %s", text, why);
}

static void unplug(int i)
{
	wire_close(users[i].w);
	users[i].w = NULL;
}

struct wanted {
	const char *name;
	uint64_t value;
	bool found;
};

static void find_stat(void *arg, const char *name, uint64_t value, const char *help)
{
	struct wanted *w = arg;

	ck_assert_msg(help[0] != '\0', "%s", name);
	if (strcmp(name, w->name) == 0) {
		w->found = true;
		w->value = value;
	}
}

static uint64_t stat_of(int i, const char *name)
{
	struct wanted w = { name, 0, false };

	users[i].w->ops->each_stat(users[i].w, find_stat, &w);
	ck_assert_msg(w.found, "%s", name);
	return w.value;
}

static void setup(void)
{
	log_init("test_sockwire", LOG_EMERG);
	backends_init(&b, loop_new());
	strcpy(dir + strlen(dir) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/s", dir);
	snprintf(spec[0], sizeof(spec[0]), "socket:%s,listen", path);
	snprintf(spec[1], sizeof(spec[1]), "socket:%s", path);
}

static void teardown(void)
{
	for (size_t i = 0; i < NELEM(users); i++)
		unplug(i);
	loop_free(b.loop);
	ck_assert_int_eq(rmdir(dir), 0);	/* the socket went with the wire */
}

static bool both_up(void)
{
	return users[0].up && users[1].up;
}

static bool first_has_3(void)
{
	return users[0].frames == 3;
}

static bool first_down(void)
{
	return !users[0].up;
}

static bool second_down(void)
{
	return !users[1].up;
}

static bool second_down_told(void)
{
	return users[1].links == 1 && !users[1].up;
}

static uint8_t frame60[60];

START_TEST(two_wires_over_a_unix_socket)
{
	plug(0, spec[0]);
	plug(1, spec[1]);
	ck_assert_int_eq(users[1].w->ops->send(users[1].w, frame60, 60), -ENETDOWN);
	run_until(both_up);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(users[1].w->ops->send(users[1].w, frame60, 14 + i), 0);
	run_until(first_has_3);
	ck_assert_uint_eq(users[0].bytes, 3 * 14 + 3);
	ck_assert_uint_eq(stat_of(0, "rx"), 3);
	ck_assert_uint_eq(stat_of(1, "tx"), 3);
	ck_assert_uint_eq(stat_of(1, "tx_away"), 1);
	ck_assert_uint_eq(stat_of(1, "connects"), 1);
}
END_TEST

/* The server goes and comes back; the client finds it by itself. */
START_TEST(a_peer_that_comes_back_is_found)
{
	plug(1, spec[1]);
	run_until(second_down_told);
	ck_assert_ptr_nonnull(strstr(users[1].w->text, "nobody listens there"));
	plug(0, spec[0]);
	run_until(both_up);
	unplug(0);
	run_until(second_down);
	plug(0, spec[0]);
	run_until(both_up);
	ck_assert_uint_eq(stat_of(1, "connects"), 2);
}
END_TEST

static int raw_client(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(sun.sun_path, path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	return fd;
}

static bool first_up(void)
{
	return users[0].up;
}

START_TEST(one_peer_at_a_time)
{
	int first, second;
	char c;

	plug(0, spec[0]);
	first = raw_client();
	run_until(first_up);
	second = raw_client();
	while (stat_of(0, "refused") == 0)	/* else it ends by the test's time */
		run_one_turn();
	ck_assert_int_eq(read(second, &c, 1), 0);
	ck_assert_uint_eq(stat_of(0, "refused"), 1);
	close(second);
	close(first);
	run_until(first_down);
	first = raw_client();
	run_until(first_up);
	close(first);
}
END_TEST

START_TEST(garbage_ends_the_connection_and_short_frames_are_dropped)
{
	uint8_t data[128];
	size_t n = make(data, 13);
	int fd;

	n += make(data + n, 14);
	memcpy(data + n, "GET / HTTP/1.1", 14);
	plug(0, spec[0]);
	fd = raw_client();
	run_until(first_up);
	ck_assert_int_eq(write(fd, data, n + 14), (ssize_t)n + 14);
	run_until(first_down);
	ck_assert_ptr_nonnull(strstr(users[0].w->text, "1195725856"));
	ck_assert_uint_eq(stat_of(0, "rx"), 1);
	ck_assert_uint_eq(stat_of(0, "rx_short"), 1);
	ck_assert_uint_eq(stat_of(0, "rx_bad"), 1);
	close(fd);
	fd = raw_client();		/* and what was left of it is forgotten */
	run_until(first_up);
	ck_assert_int_eq(write(fd, data, make(data, 14)), 18);
	users[0].frames = 2;
	run_until(first_has_3);
	close(fd);
}
END_TEST

/* A peer that takes nothing: frames are dropped and counted, never torn, and the rest arrives when it reads again. */
START_TEST(a_slow_peer_costs_frames_but_tears_none)
{
	static uint8_t frame[9000], buf[65536];
	unsigned sent = 0, full = 0, got = 0;
	uint32_t bad;
	ssize_t n;
	int fd;

	plug(0, spec[0]);
	fd = raw_client();
	run_until(first_up);
	make(buf, sizeof(frame));
	memcpy(frame, buf + FRAMING_HEAD, sizeof(frame));
	while (full < 5)
		if (users[0].w->ops->send(users[0].w, frame, sizeof(frame)) == 0)
			sent++;
		else
			full++;
	ck_assert_uint_eq(stat_of(0, "tx"), sent);
	ck_assert_uint_eq(stat_of(0, "tx_full"), 5);
	reset();
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (got < sent) {			/* likewise */
		run_one_turn();
		n = read(fd, buf, sizeof(buf));
		nlengths = 0;
		ck_assert_int_eq(feed(buf, n > 0 ? n : 0, sizeof(buf), &bad), 0);
		got += nlengths;
	}
	ck_assert_uint_eq(got, sent);
	ck_assert_uint_eq(in.have, 0);
	ck_assert_int_eq(users[0].w->ops->send(users[0].w, frame, sizeof(frame)), 0);
	close(fd);
	run_until(first_down);
	ck_assert_uint_eq(stat_of(0, "tx_lost"), 0);
}
END_TEST

START_TEST(frames_that_wait_when_the_peer_goes_are_counted)
{
	static uint8_t frame[9000];
	int fd;

	plug(0, spec[0]);
	fd = raw_client();
	run_until(first_up);
	while (users[0].w->ops->send(users[0].w, frame, sizeof(frame)) == 0)
		;
	close(fd);
	run_until(first_down);
	ck_assert_uint_eq(stat_of(0, "tx_lost"), FRAMING_OUT_MAX / (sizeof(frame) + FRAMING_HEAD));
	ck_assert_uint_eq(stat_of(0, "tx_full"), 1);
	ck_assert_int_eq(users[0].w->ops->send(users[0].w, frame, 60), -ENETDOWN);
}
END_TEST

START_TEST(a_stale_socket_makes_room_and_nothing_else_does)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(sun.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert(!try_plug(0, spec[0]));
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_ptr_nonnull(strstr(why, "somebody listens there already"));
	close(fd);			/* its file stays */
	plug(0, spec[0]);
	unplug(0);
	close(open(path, O_CREAT, 0600));
	ck_assert(!try_plug(0, spec[0]));
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

/* A file of the same name that came later is not ours to remove. */
START_TEST(only_its_own_socket_is_removed)
{
	struct stat st;

	plug(0, spec[0]);
	ck_assert_int_eq(unlink(path), 0);
	close(open(path, O_CREAT, 0600));
	unplug(0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(unlink(path), 0);
}
END_TEST

START_TEST(bad_addresses_are_explained)
{
	static const struct {
		const char *spec, *expected;
	} bad[] = {
		{ "socket:", "socket: expected socket:PATH" },
		{ "socket:./here", "expected the whole path" },
		{ "socket:here", "expected a path" },
		{ "socket:127.0.0.1", "expected a path" },
		{ "socket:127.0.0.1:0", "expected a path" },
		{ "socket:127.0.0.1:65536", "expected a path" },
		{ "socket:127.0.0.1:http", "expected a path" },
		{ "socket:::1:80", "expected a path" },
		{ "socket:[::1:80", "expected a path" },
		{ "socket:[]:80", "names are not looked up" },
		{ "socket:example.net:80", "getent hosts example.net" },
		{ "socket:/tmp/x,server", "there is \"listen\"" },
		{ "socket:/nonexistent/x,listen", "make its directory first" },
		{ "socket:/0123456789012345678901234567890123456789012345678901234567890123456789"
		  "0123456789012345678901234567890123456789", "characters" },
	};

	for (size_t i = 0; i < NELEM(bad); i++) {
		ck_assert_msg(!try_plug(0, bad[i].spec), "%s", bad[i].spec);
		ck_assert_msg(strstr(why, bad[i].expected) != NULL, "%s: %s", bad[i].spec, why);
	}
}
END_TEST

static unsigned free_port(int family)
{
	struct sockaddr_in6 a = { .sin6_family = family };
	socklen_t len = sizeof(a);
	int fd = socket(family, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(a)) != 0)
		return 0;
	getsockname(fd, (struct sockaddr *)&a, &len);
	close(fd);
	return ntohs(a.sin6_port);
}

START_TEST(two_wires_over_tcp)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost", "[127.0.0.1]" };
	unsigned port = free_port(AF_INET);

	for (size_t i = 0; i < NELEM(hosts); i++) {
		snprintf(spec[0], sizeof(spec[0]), "socket:%s:%u,listen", hosts[i], port);
		snprintf(spec[1], sizeof(spec[1]), "socket:%s:%u", hosts[i], port);
		plug(0, spec[0]);
		plug(1, spec[1]);
		run_until(both_up);
		for (int k = 0; k < 3; k++)
			ck_assert_int_eq(users[1].w->ops->send(users[1].w, frame60, 60), 0);
		run_until(first_has_3);
		unplug(0);
		run_until(second_down);
		unplug(1);
	}
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("sockwire");
	TCase *framing = tcase_create("framing"), *wire = tcase_create("wire");

	tcase_add_test(framing, frames_come_whole_however_they_arrive);
	tcase_add_test(framing, a_length_no_frame_has_ends_it);
	tcase_add_test(framing, a_frame_is_queued_whole_or_not_at_all);
	tcase_add_test(framing, what_was_queued_comes_out);
	suite_add_tcase(s, framing);
	tcase_add_checked_fixture(wire, setup, teardown);
	tcase_set_timeout(wire, 30);
	tcase_add_test(wire, two_wires_over_a_unix_socket);
	tcase_add_test(wire, a_peer_that_comes_back_is_found);
	tcase_add_test(wire, one_peer_at_a_time);
	tcase_add_test(wire, garbage_ends_the_connection_and_short_frames_are_dropped);
	tcase_add_test(wire, a_slow_peer_costs_frames_but_tears_none);
	tcase_add_test(wire, frames_that_wait_when_the_peer_goes_are_counted);
	tcase_add_test(wire, a_stale_socket_makes_room_and_nothing_else_does);
	tcase_add_test(wire, only_its_own_socket_is_removed);
	tcase_add_test(wire, bad_addresses_are_explained);
	tcase_add_test(wire, two_wires_over_tcp);
	suite_add_tcase(s, wire);
	return s;
}

UNIT_MAIN(suite)
