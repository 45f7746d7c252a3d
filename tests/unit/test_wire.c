/* SPDX-License-Identifier: BSD-2-Clause */
/* Units on wires: the interface that lives in tapd, the wires null and echo, and plugging from one into another. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "backend/wire.h"
#include "tests/unit/ctl_fixture.h"

static struct tap_driver drv;
static struct tap_softc *sc;
static struct backends backends;
static struct loop *loop;
static struct tap_file file;
static struct tap_read rd;
static int answers, answer_err;
static size_t answer_len;
static uint8_t answer[2048];
static char why[512];
static const struct tap_cred root = { 1, 0, 0 };
static const uint8_t stranger[60] = { 2, 9, 9, 9, 9, 9, 2, 1, 1, 1, 1, 1, 8, 0, 'h', 'i' };

static void wakeup(struct tap_file *f)
{
}

static void done(struct tap_read *r, int err, const void *data, size_t n)
{
	answers++;
	answer_err = err;
	answer_len = n;
	if (n > 0)
		memcpy(answer, data, n < sizeof(answer) ? n : sizeof(answer));
}

static bool do_read(bool nonblock)
{
	rd = (struct tap_read){ .len = 2048, .nonblock = nonblock, .done = done };
	answers = 0;
	return tap_read(&file, &rd);
}

static void setup(void)
{
	static struct tap_world world;

	loop = loop_new();
	backends_init(&backends, loop);
	ck_assert_int_eq(fixture_driver(&drv, ""), 0);
	world = drv.world;
	world.net_find = backend_find;
	world.ctx = &backends;
	drv.world = world;
	ck_assert_int_eq(tap_driver_set_net(&drv, "null", why, sizeof(why)), 0);
	ck_assert_int_eq(tap_unit_create(&drv, TAP_FAMILY_TAP, 0, NULL, &sc, why, sizeof(why)), 0);
	file = (struct tap_file){ .wakeup = wakeup };
}

static void teardown(void)
{
	tap_close(&file);
	tap_driver_fini(&drv);
	backends_fini(&backends);
	loop_free(loop);
}

static void attach(const char *spec)
{
	ck_assert_msg(tap_unit_attach(sc, spec, 0, why, sizeof(why)) == 0, "%s: %s", spec, why);
	ck_assert_str_eq(sc->net_spec, spec);
}

static void open_up(void)
{
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &file), 0);
	ck_assert_int_eq(tap_unit_set_up(sc, true), 0);
}

static void count_addr(void *arg, const struct tap_ifaddr *a)
{
	++*(int *)arg;
}

START_TEST(test_interface)
{
	const struct tap_ifaddr v4 = { AF_INET, 24, { 192, 0, 2, 1 } }, v6 = { AF_INET6, 64, { 0x20, 1, 13 } };
	const uint8_t lladdr[] = { 2, 0, 0, 0, 0, 9 };
	int n = 0;

	ck_assert_str_eq(sc->net_spec, "null");
	ck_assert_int_eq(tap_unit_set_mtu(sc, 9000), 0);
	ck_assert_int_eq(tap_unit_set_lladdr(sc, lladdr), 0);
	ck_assert_int_eq(tap_unit_set_promisc(sc, true), 0);
	ck_assert_int_eq(tap_unit_add_addr(sc, &v4), 0);
	ck_assert_int_eq(tap_unit_add_addr(sc, &v6), 0);
	ck_assert_int_eq(tap_unit_add_addr(sc, &v4), -EEXIST);
	ck_assert_int_eq(sc->net_ops->each_addr(sc, count_addr, &n), 0);
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(tap_unit_del_addr(sc, &v6), 0);
	ck_assert_int_eq(tap_unit_del_addr(sc, &v6), -EADDRNOTAVAIL);
	ck_assert_int_eq(tap_unit_rename(sc, "lan0"), 0);
	ck_assert_str_eq(sc->if_name, "lan0");
	ck_assert(sc->mtu == 9000 && (sc->flags & TAP_IFF_PROMISC) && (sc->flags & TAP_IFF_UP));
	ck_assert_mem_eq(sc->lladdr, lladdr, TAP_ADDRLEN);
}
END_TEST

/* What is written goes nowhere, also to strangers: there is no host whose address could be meant (WR-04). */
START_TEST(test_null)
{
	open_up();
	ck_assert_int_eq(tap_write(&file, stranger, sizeof(stranger), 0), sizeof(stranger));
	ck_assert_uint_eq(sc->count.ipackets, 1);
	ck_assert_uint_eq(sc->count.ifiltered, 0);
	ck_assert(!do_read(true));
	ck_assert_int_eq(answer_err, -EAGAIN);
}
END_TEST

START_TEST(test_echo)
{
	attach("echo");
	open_up();
	ck_assert(do_read(false));
	ck_assert_int_eq(tap_write(&file, stranger, sizeof(stranger), 0), sizeof(stranger));
	ck_assert_int_eq(answers, 1);
	ck_assert_uint_eq(answer_len, sizeof(stranger));
	ck_assert_mem_eq(answer, stranger, sizeof(stranger));
	ck_assert(sc->count.ipackets == 1 && sc->count.opackets == 1);
}
END_TEST

/* A checksum that the program's virtio header leaves to be done is done, for there is no host to do it. */
START_TEST(test_echo_vnet)
{
	uint8_t data[10 + 60] = { 1, 0, [6] = 34, [8] = 6 };	/* needs a checksum from byte 34, at 6 */
	uint8_t *udp = data + 10 + 34;

	attach("echo");
	open_up();
	ck_assert_int_eq(sc->net_ops->input_vnet != NULL, 1);
	sc->vnet_len = TAP_VNET_LEN;
	memcpy(data + 10, stranger, sizeof(stranger));
	memcpy(udp, (const uint8_t[]){ 0, 7, 0, 7, 0, 26, 0, 0 }, 8);
	ck_assert_int_eq(tap_write(&file, data, sizeof(data), 0), sizeof(data));
	ck_assert(!do_read(true));
	ck_assert_uint_eq(answer_len, sizeof(data));
	ck_assert_uint_eq(answer[0], 0);			/* nothing is left to do */
	ck_assert_uint_ne(answer[10 + 34 + 6] << 8 | answer[10 + 34 + 7], 0);
	sc->vnet_len = 0;
}
END_TEST

/* A reader sleeps through the change; flags and addresses of the interface are as documented. */
START_TEST(test_attach)
{
	const struct tap_ifaddr v4 = { AF_INET, 24, { 192, 0, 2, 1 } };
	int n = 0;

	open_up();
	ck_assert_int_eq(tap_unit_add_addr(sc, &v4), 0);
	ck_assert_int_eq(tap_unit_set_promisc(sc, true), 0);
	ck_assert_int_eq(tap_unit_set_mtu(sc, 1400), 0);
	ck_assert(do_read(false));
	attach("echo");
	ck_assert_int_eq(answers, 0);
	ck_assert((sc->flags & TAP_IFF_UP) && (sc->flags & TAP_IFF_PROMISC) && (sc->flags & TAP_IFF_RUNNING));
	ck_assert_uint_eq(sc->mtu, 1400);
	sc->net_ops->each_addr(sc, count_addr, &n);
	ck_assert_int_eq(n, 0);
	ck_assert_int_eq(tap_write(&file, stranger, sizeof(stranger), 0), sizeof(stranger));
	ck_assert_int_eq(answers, 1);
}
END_TEST

/* What cannot be had leaves the unit where it was, and says what could be. */
START_TEST(test_attach_fails)
{
	static const struct {
		const char *spec, *said;
	} rows[] = {
		{ "nowhere", "nowhere: nothing to plug into; expected one of: tuntap" },
		{ "echoes", "echoes: nothing to plug into" },
		{ "null:x", "null:x: nothing may follow \"null\"" },
		{ "", ": nothing to plug into" },
		{ "tuntap:", "tuntap: expected tuntap:NAME, a Linux TAP interface" },
		{ "tuntap:a/b", "tuntap:a/b: expected a name" },
		{ "switch", "switch: expected switch:NAME, a port" },
		{ "socket:", "socket: expected socket:PATH|HOST:PORT" },
		{ "socket:run/lan", "socket:run/lan: expected the whole path" },
	};

	open_up();
	attach("echo");
	ck_assert(do_read(false));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_assert_int_lt(tap_unit_attach(sc, rows[i].spec, 0, why, sizeof(why)), 0);
		ck_assert_msg(strstr(why, rows[i].said) != NULL, "%s: %s", rows[i].spec, why);
		ck_assert_str_eq(sc->net_spec, "echo");
	}
	ck_assert_int_eq(answers, 0);
	ck_assert_int_eq(tap_write(&file, stranger, sizeof(stranger), 0), sizeof(stranger));
	ck_assert_int_eq(answers, 1);
}
END_TEST

static Suite *wire_suite(void)
{
	Suite *s = suite_create("wire");
	TCase *tc = tcase_create("wire");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_interface);
	tcase_add_test(tc, test_null);
	tcase_add_test(tc, test_echo);
	tcase_add_test(tc, test_echo_vnet);
	tcase_add_test(tc, test_attach);
	tcase_add_test(tc, test_attach_fails);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(wire_suite)
