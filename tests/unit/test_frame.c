/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the controls that need no server: framing over a socketpair, addresses from text, the verb table. */
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "ctl/frame.h"
#include "ctl/verbs.h"
#include "ctl/words.h"
#include "unit.h"

START_TEST(framing)
{
	struct ctl_rx rx = { .max = 16 };
	struct ctl_tx tx = { 0 };
	int sv[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv), 0);
	ck_assert_int_eq(ctl_rx_read(&rx, sv[0]), 0);
	ck_assert_int_eq(ctl_tx_put(&tx, "hello", 5), 0);
	ck_assert_int_eq(ctl_tx_put(&tx, "0123456789abcdef", 16), 0);
	ck_assert_int_eq(ctl_tx_put(&tx, "0123456789abcdefg", 17), 0);
	ck_assert_int_eq(ctl_tx_flush(&tx, sv[1]), 1);
	ck_assert_uint_eq(tx.len, 0);
	ck_assert_int_eq(ctl_rx_read(&rx, sv[0]), 1);
	ck_assert_int_eq(ctl_rx_read(&rx, sv[0]), 1);		/* still the same */
	ck_assert_str_eq(rx.body, "hello");
	ctl_rx_reset(&rx);
	ck_assert_int_eq(ctl_rx_read(&rx, sv[0]), 1);
	ck_assert_uint_eq(rx.len, 16);
	ctl_rx_reset(&rx);
	ck_assert_int_eq(ctl_rx_read(&rx, sv[0]), -EPROTO);
	ctl_rx_reset(&rx);
	close(sv[1]);
	close(sv[0]);
}
END_TEST

START_TEST(framing_full_and_gone)
{
	static char big[1 << 20];
	struct ctl_tx tx = { 0 };
	struct ctl_rx rx = { .max = sizeof(big) };
	int sv[2], r;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv), 0);
	ck_assert_int_eq(ctl_tx_put(&tx, big, sizeof(big)), 0);
	ck_assert_int_eq(ctl_tx_flush(&tx, sv[1]), 0);
	while ((r = ctl_rx_read(&rx, sv[0])) == 0)
		ck_assert_int_ge(ctl_tx_flush(&tx, sv[1]), 0);
	ck_assert_int_eq(r, 1);
	ck_assert_uint_eq(rx.len, sizeof(big));
	ctl_rx_reset(&rx);
	ck_assert_int_eq(ctl_tx_put(&tx, big, 10), 0);
	close(sv[0]);
	ck_assert_int_eq(ctl_tx_flush(&tx, sv[1]), -EPIPE);
	ck_assert_int_eq(ctl_rx_read(&rx, sv[1]), -ECONNRESET);
	ctl_tx_free(&tx);
	close(sv[1]);
}
END_TEST

START_TEST(words_of_addresses)
{
	struct tap_ifaddr a, b;
	char buf[CTL_ADDRSTRLEN];
	unsigned n;

	ck_assert(ctl_addr_parse(AF_INET, "192.0.2.1", &a));
	ck_assert_uint_eq(a.prefixlen, CTL_NOPREFIX);
	ck_assert_uint_eq(ctl_addr_default_prefix(&a), 24);
	ck_assert(ctl_addr_parse(AF_INET6, "2001:db8::1/128", &b));
	ck_assert_uint_eq(b.prefixlen, 128);
	ck_assert_str_eq(ctl_addr_format(&b, buf), "2001:db8::1");
	ck_assert(!ctl_addr_same(&a, &b));
	ck_assert(!ctl_addr_parse(AF_INET, "", &a));
	ck_assert(!ctl_addr_parse(AF_INET, "/24", &a));
	ck_assert(!ctl_addr_parse(AF_INET, "192.0.2.1/-1", &a));
	ck_assert(!ctl_addr_parse(AF_INET, "192.0.2.1/24/24", &a));
	ck_assert(ctl_netmask_parse("0.0.0.0", &n) && n == 0);
	ck_assert(ctl_netmask_parse("255.255.255.255", &n) && n == 32);
	ck_assert(ctl_netmask_parse("0xff000000", &n) && n == 8);
	ck_assert(!ctl_netmask_parse("0.0.0.1", &n));
	ck_assert(!ctl_netmask_parse("24", &n));
}
END_TEST

/* Every row of the table is reachable, and says what it is. */
START_TEST(table)
{
	for (const struct ctl_verb *v = ctl_verb_table; v->name; v++) {
		ck_assert_ptr_eq(ctl_verb_find(v->name, v->on), v);
		ck_assert_ptr_nonnull(v->run);
		ck_assert(v->help[0] != '\0');
		ck_assert((v->nargs > 0) <= (v->parse != NULL));
		ck_assert((v->args[0] != '\0') == (v->parse != NULL));
	}
}
END_TEST

static Suite *suite(void)
{
	const TTest *const tests[] = { table, framing, framing_full_and_gone, words_of_addresses };
	Suite *s = suite_create("frame");
	TCase *tc = tcase_create("parts");

	for (size_t i = 0; i < NELEM(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
