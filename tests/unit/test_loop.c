/* SPDX-License-Identifier: BSD-2-Clause */
/* src/base: the loop's promises about deletion, timers and signals, and the small parsers of util.h. */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/proc.h"
#include "base/util.h"
#include "unit.h"

static struct loop *loop;
static int pipes[2][2], calls;
static struct loop_fd src[2];
static struct loop_timer timers[3];
static char order[8];

static void setup(void)
{
	loop = loop_new();
	calls = 0;
	memset(order, 0, sizeof(order));
	memset(src, 0, sizeof(src));
	memset(timers, 0, sizeof(timers));
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(pipe(pipes[i]), 0);
}

static void teardown(void)
{
	loop_free(loop);
	for (int i = 0; i < 4; i++)
		close(pipes[i / 2][i % 2]);
}

/* Whichever comes first deletes both. */
static void delete_both(void *arg, uint32_t events)
{
	calls++;
	loop_fd_del(loop, &src[0]);
	loop_fd_del(loop, &src[1]);
	loop_stop(loop, 3);
}

START_TEST(a_deleted_source_is_not_called)
{
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(loop_fd_add(loop, &src[i], pipes[i][0], EPOLLIN, delete_both, NULL), 0);
		ck_assert_int_eq(write(pipes[i][1], "x", 1), 1);
	}
	ck_assert_int_eq(loop_run(loop), 3);
	ck_assert_int_eq(calls, 1);
	loop_fd_del(loop, &src[0]);	/* harmless */
}
END_TEST

static void note(void *arg)
{
	strcat(order, arg);
	if (strlen(order) == 2)
		loop_stop(loop, 0);
}

START_TEST(timers_fire_in_order)
{
	loop_timer_set(loop, &timers[0], 20 * LOOP_MS, note, "b");
	loop_timer_set(loop, &timers[1], 5 * LOOP_MS, note, "a");
	loop_timer_set(loop, &timers[2], 1 * LOOP_MS, note, "x");
	loop_timer_del(loop, &timers[2]);
	ck_assert_int_eq(loop_run(loop), 0);
	ck_assert_str_eq(order, "ab");
}
END_TEST

static void on_signal(void *arg, int signo)
{
	loop_stop(loop, signo);
}

START_TEST(signals_come_through_the_loop)
{
	loop_set_spin(loop, 10);
	ck_assert_int_eq(loop_signal(loop, SIGUSR1, on_signal, NULL), 0);
	ck_assert_int_eq(loop_signal(loop, SIGUSR2, on_signal, NULL), 0);
	raise(SIGUSR2);
	ck_assert_int_eq(loop_run(loop), SIGUSR2);
}
END_TEST

START_TEST(addresses_are_parsed_strictly)
{
	static const char *const bad[] = { "", "0:1:2:3:4", "0:1:2:3:4:5:6", "0:1:2:3:4:g", "000:1:2:3:4:5", "0:1:2:3:4:", ":" };
	uint8_t mac[6];
	char buf[ETHER_STRLEN];

	ck_assert(ether_parse("58:9C:fc:0:1:ff", mac));
	ck_assert_str_eq(ether_format(mac, buf), "58:9c:fc:00:01:ff");
	ck_assert(ether_parse("58-9c-fc-00-01-ff", mac));
	for (size_t i = 0; i < NELEM(bad); i++)
		ck_assert_msg(!ether_parse(bad[i], mac), "%s", bad[i]);
}
END_TEST

START_TEST(numbers_are_parsed_strictly)
{
	static const char *const bad[] = { "", " 1", "+1", "1 ", "1x", "0x", "11", "-6", "99999999999999999999" };
	char small[4];
	long v;

	ck_assert(str_to_long("10", -5, 10, &v) && v == 10);
	ck_assert(str_to_long("-5", -5, 10, &v) && v == -5);
	ck_assert(str_to_long("0xa", -5, 10, &v) && v == 10);
	for (size_t i = 0; i < NELEM(bad); i++)
		ck_assert_msg(!str_to_long(bad[i], -5, 10, &v), "%s", bad[i]);
	ck_assert(str_copy(small, sizeof(small), "abc"));
	ck_assert(!str_copy(small, sizeof(small), "abcd"));
	ck_assert_str_eq(small, "abc");
}
END_TEST

START_TEST(proc_knows_us)
{
	struct proc_ids ids;

	ck_assert_int_eq(proc_ids(getpid(), &ids), 0);
	ck_assert_int_eq(ids.tgid, getpid());
	ck_assert_int_eq(ids.session, getsid(0));
	ck_assert_int_eq(ids.pgrp, getpgrp());
	ck_assert_int_eq(ids.uid, getuid());
	ck_assert_int_lt(proc_ids(0, &ids), 0);
	ck_assert_int_eq(proc_tgid(0), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("base");
	TCase *tc = tcase_create("base");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_deleted_source_is_not_called);
	tcase_add_test(tc, timers_fire_in_order);
	tcase_add_test(tc, signals_come_through_the_loop);
	tcase_add_test(tc, addresses_are_parsed_strictly);
	tcase_add_test(tc, numbers_are_parsed_strictly);
	tcase_add_test(tc, proc_knows_us);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
