/* SPDX-License-Identifier: BSD-2-Clause */
/* src/tap under each dialect: one table for what all of them can be asked, and single tests for what only one has. */
#include <string.h>

#include "tap_fixture.h"

static uint8_t bcast[70000] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
static uint8_t stranger[60] = { 0x02, 0, 0, 0, 0, 1 };

static ssize_t write_n(size_t n)
{
	return tap_write(&file, bcast, n, 0);
}

/* ------------------------------------------------------------------ section 13, column by column */

struct expected {
	const char *name;
	int read_down;			/* errno; EAGAIN: it waits */
	ssize_t write_down;		/* of 60 bytes */
	uint64_t write_down_ipackets;
	size_t largest;			/* write that is taken */
	int larger;			/* errno of one more byte; 0: there is no such */
	ssize_t shortest;		/* of a 13-byte write */
	bool filter;			/* a stranger's frame is dropped */
	bool down_on_close, purge_up, purge_down, link0;
	int user_open;			/* of an unprivileged open */
	int destroy_open;
	int after_destroy;		/* read's errno */
	unsigned poll_after;
	int gifname, sifinfo, transient, gifflags;	/* errno, 0 where it has the ioctl */
	unsigned ifq;
};

#define OLD_POLL	(POLLHUP | POLLIN | POLLRDNORM)

static const struct expected table[] = {
	{ "freebsd", EHOSTDOWN, 60, 0, 16384, EIO, 13, true, true, true, true, true, EPERM, EINPROGRESS, 0, 0,
	  0, 0, ENOTTY, ENOTTY, 50 },
	{ "freebsd-8", EAGAIN, 60, 1, 16384, EIO, 13, true, true, true, false, false, EPERM, 0, EIO, OLD_POLL,
	  0, 0, ENOTTY, 0, 50 },
	{ "freebsd-10", EAGAIN, 60, 1, 16384, EIO, 13, true, true, true, false, false, EPERM, 0, EIO, OLD_POLL,
	  0, 0, ENOTTY, ENOTTY, 50 },
	{ "freebsd-11", EAGAIN, 60, 1, 16384, EIO, 13, true, true, true, false, true, EPERM, 0, EIO, OLD_POLL,
	  0, 0, ENOTTY, ENOTTY, 50 },
	{ "freebsd-12", EAGAIN, 0, 0, 16384, EIO, 13, true, true, true, true, true, EPERM, EINPROGRESS, 0, 0,
	  0, 0, ENOTTY, ENOTTY, 50 },
	{ "freebsd-13", EAGAIN, 0, 0, 65535, EIO, 13, true, true, true, true, true, 0, EINPROGRESS, 0, 0,
	  0, 0, ENOTTY, ENOTTY, 50 },
	{ "freebsd-14", EAGAIN, 0, 0, 65535, EIO, 13, true, true, true, true, true, 0, EINPROGRESS, 0, 0,
	  0, 0, ENOTTY, ENOTTY, 50 },
	{ "freebsd-16", EAGAIN, 0, 0, 65535, EIO, 13, true, true, true, true, true, 0, EINPROGRESS, 0, 0,
	  0, 0, 0, ENOTTY, 50 },
	{ "netbsd-10", EHOSTDOWN, 60, 1, 70000, 0, 13, false, false, false, false, false, 0, 0, ENXIO, POLLERR,
	  0, ENOTTY, ENOTTY, ENOTTY, 256 },
	{ "openbsd-7", EAGAIN, 60, 1, 16398, EMSGSIZE, -EMSGSIZE, false, true, false, false, false, 0, 0, ENXIO, POLLERR,
	  ENOTTY, ENOTTY, ENOTTY, ENOTTY, 50 },
	{ "dragonfly-6", EAGAIN, 60, 1, 16384, EIO, 13, false, false, false, false, false, EPERM, EBUSY, 0, 0,
	  ENOTTY, 0, ENOTTY, 0, 50 },
};

static const struct expected *e;	/* of the loop's test */

/* check gives no index to a fixture: each test sets itself up. */
static void begin(int i)
{
	e = &table[i];
	fixture_dialect = e->name;
	setup();
	ck_assert_str_eq(sc->dialect->name, e->name);
}

static int ioctl_errno(uint32_t number)
{
	uint8_t data[TAP_IOCTL_MAX] = { 0 };
	struct tap_ioctl d;

	tap_ioctl_decode(number, &d);
	if (d.id == TAP_IOC_SIFINFO)
		memcpy(data, (const uint8_t[]){ 0x80, 0x96, 0x98, 0, 0xdc, 0x05, 6, 0 }, 8);
	return -tap_ioctl(&file, &d, data, &root);
}

START_TEST(every_dialect_is_in_the_table)
{
	size_t n = 0;

	for (const struct tap_dialect *d = tap_dialect_table; d->name != NULL; d++, n++)
		ck_assert_str_eq(d->name, table[n].name);
	ck_assert_uint_eq(n, sizeof(table) / sizeof(table[0]));
}
END_TEST

START_TEST(reads_and_writes)	/* RD-09, RD-10, WR-04, WR-07..WR-12, OB-03, NB-05, NB-14 */
{
	begin(_i);
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &file), 0);
	tap_unit_set_up(sc, false);
	ck_assert(!do_read(100, 0, true));
	if (sc->dialect->nonblock_per_unit)		/* the flag must change first */
		ck_assert_int_eq(rd_err, -EHOSTDOWN);
	ck_assert_int_eq(rd_err, -e->read_down);
	ck_assert_int_eq(write_n(60), e->write_down);
	ck_assert_uint_eq(sc->count.ipackets, e->write_down_ipackets);
	tap_unit_set_up(sc, true);
	ck_assert_int_eq(write_n(e->largest), e->largest);
	if (e->larger != 0)
		ck_assert_int_eq(write_n(e->largest + 1), -e->larger);
	ck_assert_int_eq(write_n(13), e->shortest);
	input_len = 0;
	ck_assert_int_eq(tap_write(&file, stranger, 60, 0), 60);
	ck_assert_uint_eq(input_len, e->filter ? 0 : 60);
	teardown();
}
END_TEST

static void close_once(bool up, bool link0)
{
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &file), 0);
	tap_unit_set_up(sc, up);
	tap_unit_set_link0(sc, link0);
	purges = 0;
	tap_close(&file);
}

START_TEST(closes)	/* CL-03..CL-07 */
{
	begin(_i);
	close_once(true, false);
	ck_assert_int_eq(!(sc->flags & TAP_IFF_UP), e->down_on_close);
	ck_assert_int_eq(purges, e->purge_up);
	close_once(false, false);
	ck_assert_int_eq(purges, e->purge_down);
	close_once(true, true);
	ck_assert_int_eq(!(sc->flags & TAP_IFF_UP), e->down_on_close && !e->link0);
	teardown();
}
END_TEST

START_TEST(destroys)	/* IF-10..IF-12, NB-09, RD-27 */
{
	struct tap_destroy w = { .done = NULL };

	begin(_i);
	open_up();
	do_read(100, 0, false);
	ck_assert_int_eq(-tap_unit_destroy(sc, &w), e->destroy_open);
	if (e->destroy_open == EINPROGRESS)
		tap_unit_destroy_cancel(sc, &w);
	if (e->destroy_open == 0) {
		ck_assert_int_eq(rd_answers, 1);
		ck_assert(!do_read(100, 0, false));
		ck_assert_int_eq(rd_err, -e->after_destroy);
		ck_assert_int_eq(write_n(60), -e->after_destroy);
		ck_assert_uint_eq(tap_poll(&file), e->poll_after);
		ck_assert_uint_eq(drv.nunits, 0);
	}
	teardown();
}
END_TEST

START_TEST(who_and_what)	/* OP-23, OP-24, GI-17, IO-34..IO-36, QU-01 */
{
	begin(_i);
	ck_assert_int_eq(-tap_open(&drv, &sc->node, &user, &file), e->user_open);
	tap_close(&file);
	open_up();
	ck_assert_int_eq(ioctl_errno(strcmp(e->name, "netbsd-10") == 0 ? 0x40906500 : 0x4020745d), e->gifname);
	ck_assert_int_eq(ioctl_errno(0x8008745b), e->sifinfo);
	ck_assert_int_eq(ioctl_errno(0x80047462), e->transient);
	ck_assert_int_eq(ioctl_errno(0xc0206911), e->gifflags);
	ck_assert_int_eq(ioctl_errno(0x20005601), ENOTTY);	/* IO-27 */
	ck_assert_uint_eq(sc->ifq_maxlen, e->ifq);
	if (e->transient == 0)
		sc->temporary = false;
	teardown();
}
END_TEST

/* ------------------------------------------------------------------ what only one has */

static void only(const char *dialect)
{
	fixture_dialect = dialect;
	setup();
}

START_TEST(netbsd_clone_goes_with_its_descriptor)	/* NB-02 */
{
	only("netbsd-10");
	ck_assert_int_eq(tap_open(&drv, &drv.clone[0], &user, &file), 0);
	ck_assert_str_eq(file.sc->node.name, "tap1");
	tap_close(&file);
	ck_assert_uint_eq(drv.nunits, 1);
	ck_assert_int_eq(tap_open(&drv, &(struct tap_node){ .unit = 7 }, &root, &file), -ENXIO);	/* NB-03 */
	teardown();
}
END_TEST

START_TEST(netbsd_is_quiet_until_a_read)
{
	int v = 1;
	struct tap_ioctl async = { "", TAP_IOC_FIOASYNC, 4, 0, false }, own = { "", TAP_IOC_FIOSETOWN, 4, 0, false };

	only("netbsd-10");
	open_up();
	tap_ioctl(&file, &async, &v, &root);
	tap_ioctl(&file, &own, &v, &root);
	host_sends(60, 1);
	host_sends(60, 1);
	ck_assert_int_eq(sigios, 1);
	ck_assert_int_eq(wakeups, 1);
	ck_assert(!do_read(100, 0, false));
	ck_assert_uint_eq(sc->count.opackets, 1);	/* at the read */
	host_sends(60, 1);
	ck_assert_int_eq(sigios, 2);
	tap_unit_set_up(sc, false);
	ck_assert_int_eq(sigios, 3);			/* AS-17 */
	tap_close(&file);
	ck_assert(!sc->async && sc->sigio_id == 1);
	teardown();
}
END_TEST

static struct tap_read second;

START_TEST(netbsd_wakes_all_readers)
{
	only("netbsd-10");
	open_up();
	second = (struct tap_read){ .len = 100, .done = r_done };
	ck_assert(tap_read(&file, &second));
	ck_assert(do_read(100, 0, false));
	host_sends(60, 1);
	ck_assert_int_eq(rd_answers, 2);
	ck_assert(rd_err == 0 && rd_n == 0);		/* the later one */
	teardown();
}
END_TEST

START_TEST(netbsd_nonblock_is_the_units)	/* NB-07 */
{
	struct tap_ioctl told;
	int off = 0;

	only("netbsd-10");
	file.flag_seen = true;				/* open(O_NONBLOCK) */
	open_up();
	ck_assert(do_read(100, 0, true));		/* blocks all the same */
	tap_read_interrupt(&rd);
	ck_assert(do_read(100, 0, false));		/* cleared */
	tap_read_interrupt(&rd);
	ck_assert(!do_read(100, 0, true));		/* set: that is a change */
	ck_assert_int_eq(rd_err, -EAGAIN);
	tap_close(&file);
	file.flag_seen = false;
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &file), 0);
	ck_assert(!do_read(100, 0, false));		/* it outlived the close */
	ck_assert_int_eq(rd_err, -EAGAIN);
	ck_assert(tap_ioctl_decode(0x40044b01, &told) && told.id == TAP_IOC_NBIO);
	ck_assert_int_eq(tap_ioctl(&file, &told, &off, &root), 0);
	ck_assert(do_read(100, 0, false));		/* FIONBIO 0, of which the driver was told */
	teardown();
}
END_TEST

START_TEST(freebsd_8_has_a_net_node)	/* OP-15 */
{
	struct tap_file f2 = { .wakeup = f_wakeup };
	int v = 0;
	struct tap_ioctl get = { "", TAP_IOC_GIFNAME, 0, 32, false };

	only("freebsd-8");
	ck_assert_int_eq(nodes, 2);
	ck_assert_str_eq(sc->net_node.name, "net/tap0");
	ck_assert_int_eq(tap_open(&drv, &sc->net_node, &root, &file), 0);
	ck_assert_int_eq(tap_open(&drv, &sc->net_node, &root, &f2), 0);
	ck_assert_ptr_null(sc->file);
	ck_assert(!do_read(100, 0, false));
	ck_assert_int_eq(rd_err, -ENODEV);
	ck_assert_int_eq(write_n(60), -ENODEV);
	ck_assert_uint_eq(tap_poll(&file), POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM);
	ck_assert_int_eq(tap_ioctl(&file, &get, &v, &root), -EOPNOTSUPP);
	tap_close(&f2);
	ck_assert_int_eq(tap_unit_set_dialect(sc, tap_dialect_find("freebsd")), 0);
	ck_assert_int_eq(nodes, 1);
	teardown();
}
END_TEST

START_TEST(openbsd_open_makes_and_close_removes)	/* OB-01 */
{
	only("openbsd-7");
	ck_assert_int_eq(tap_open(&drv, &(struct tap_node){ .unit = 3 }, &root, &file), 0);
	ck_assert(sc->drv->nunits == 2 && (file.sc->flags & TAP_IFF_UP));
	tap_close(&file);
	ck_assert_uint_eq(drv.nunits, 1);
	ck_assert_int_eq(tap_open(&drv, &drv.clone[0], &root, &file), -ENXIO);
	teardown();
}
END_TEST

START_TEST(dragonfly_keeps_the_first_four)
{
	only("dragonfly-6");
	for (unsigned i = 1; i < 6; i++) {
		ck_assert_int_eq(tap_open(&drv, &drv.clone[0], &root, &file), 0);
		tap_close(&file);
		ck_assert_uint_eq(drv.nunits, i < 4 ? i + 1 : 4);
	}
	teardown();
}
END_TEST

START_TEST(transient_goes_at_the_last_close)	/* IO-33, CL-15 */
{
	struct tap_ioctl set = { "", TAP_IOC_STRANSIENT, 4, 0, false }, get = { "", TAP_IOC_GTRANSIENT, 0, 4, false };
	int v = 5;

	only("freebsd-16");
	open_up();
	ck_assert_int_eq(tap_ioctl(&file, &set, &v, &root), 0);
	ck_assert_int_eq(tap_ioctl(&file, &get, &v, &root), 0);
	ck_assert_int_eq(v, 1);
	tap_close(&file);
	ck_assert_uint_eq(drv.nunits, 0);
	teardown();
}
END_TEST

START_TEST(renaming_makes_an_alias)	/* NA-03, IF-15, IF-16 */
{
	only("freebsd");
	strcpy(ifstate.name, "wan0");
	tap_if_update(sc, &ifstate);
	ck_assert_str_eq(alias, "wan0");
	ck_assert_ptr_eq(tap_unit_byname(&drv, "wan0"), sc);
	ck_assert_ptr_eq(tap_unit_byname(&drv, "tap0"), sc);
	strcpy(ifstate.name, "tap0");
	tap_if_update(sc, &ifstate);
	ck_assert_str_eq(alias, "");
	ck_assert_int_eq(tap_unit_rename(sc, ""), -EINVAL);
	ck_assert_int_eq(tap_unit_rename(sc, "sixteen-letters-"), -EINVAL);
	ifstate.name[0] = '\0';
	teardown();
}
END_TEST

START_TEST(nodes_ahead_make_their_unit)	/* OP-07, OP-08, OP-10 */
{
	only("freebsd");
	ck_assert_int_eq(tap_driver_publish(&drv, 4), 0);
	ck_assert_int_eq(nodes, 1 + 2 + 4);
	ck_assert_int_eq(tap_open(&drv, &drv.ahead[3], &user, &file), -ENOENT);
	ck_assert_int_eq(tap_open(&drv, &drv.ahead[3], &root, &file), 0);
	ck_assert_str_eq(file.sc->node.name, "tap3");
	ck_assert_int_eq(nodes, 1 + 2 + 4);
	tap_close(&file);
	tap_sysctl_set(&drv, TAP_SYSCTL_DEVFS_CLONING, 0);
	ck_assert_int_eq(tap_open(&drv, &drv.ahead[2], &root, &file), -ENOENT);
	ck_assert_int_eq(tap_open(&drv, &drv.ahead[3], &root, &file), 0);	/* OP-09 */
	tap_close(&file);
	tap_driver_withdraw(&drv);
	tap_driver_fini(&drv);
	ck_assert_int_eq(nodes, 0);
}
END_TEST

START_TEST(a_dead_owner_is_forgotten)	/* AS-13 */
{
	struct tap_ioctl own = { "", TAP_IOC_FIOSETOWN, 4, 0, false }, get = { "", TAP_IOC_FIOGETOWN, 0, 4, false };
	int v = 7;

	only("freebsd");
	open_up();
	ck_assert_int_eq(tap_ioctl(&file, &own, &v, &root), 0);
	sigio_alive = false;
	ck_assert_int_eq(tap_ioctl(&file, &get, &v, &root), 0);
	ck_assert_int_eq(v, 0);
	teardown();
}
END_TEST

START_TEST(kevent_data)	/* PO-08..PO-10 */
{
	struct { int32_t filter, active; int64_t data; } kq = { -1, 0, 0 };
	struct tap_ioctl d;

	ck_assert(tap_ioctl_decode(0xc0104b00, &d) && d.id == TAP_IOC_KQDATA);
	only("freebsd");
	open_up();
	host_sends(60, 1);
	host_sends(90, 1);
	ck_assert_int_eq(tap_ioctl(&file, &d, &kq, &root), 0);
	ck_assert(kq.active && kq.data == 2);
	kq.filter = -2;
	ck_assert_int_eq(tap_ioctl(&file, &d, &kq, &root), 0);
	ck_assert(kq.active && kq.data == 1500);
	kq.filter = -7;
	ck_assert_int_eq(tap_ioctl(&file, &d, &kq, &root), -EINVAL);
	tap_close(&file);
	sc->dialect = tap_dialect_find("netbsd-10");
	open_up();
	host_sends(60, 1);
	host_sends(90, 1);
	kq.filter = -1;
	ck_assert_int_eq(tap_ioctl(&file, &d, &kq, &root), 0);
	ck_assert(kq.active && kq.data == 60);
	teardown();
}
END_TEST

static Suite *suite(void)
{
	const TTest *const single[] = { every_dialect_is_in_the_table, netbsd_clone_goes_with_its_descriptor,
		netbsd_is_quiet_until_a_read, netbsd_wakes_all_readers, netbsd_nonblock_is_the_units, freebsd_8_has_a_net_node,
		openbsd_open_makes_and_close_removes, dragonfly_keeps_the_first_four, transient_goes_at_the_last_close,
		renaming_makes_an_alias, nodes_ahead_make_their_unit, a_dead_owner_is_forgotten, kevent_data };
	const TTest *const rows[] = { reads_and_writes, closes, destroys, who_and_what };
	Suite *s = suite_create("dialect");
	TCase *tc = tcase_create("dialect");

	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
		tcase_add_test(tc, single[i]);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		tcase_add_loop_test(tc, rows[i], 0, sizeof(table) / sizeof(table[0]));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
