/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * src/tap alone: what the conformance suite cannot see from outside (ownership, answers exactly once, counters of the
 * odd cases, names, the ioctl table) on a backend and a world made of counters.
 */
#include <string.h>

#include "tap_fixture.h"

/* ------------------------------------------------------------------ names, units */

START_TEST(names_are_parsed_strictly)	/* OP-13 */
{
	static const char *const bad[] = { "", "tap00", "tap01", "tap0x", "tap-1", "TAP0", "tap32768", "xtap0", "ta",
		"tap 1", "tap99999999999", "vmnetx" };
	enum tap_family f;
	int unit;

	ck_assert(tap_name_parse(&drv, "tap0", &f, &unit) && f == TAP_FAMILY_TAP && unit == 0);
	ck_assert(tap_name_parse(&drv, "tap32767", &f, &unit) && unit == 32767);
	ck_assert(tap_name_parse(&drv, "tap", &f, &unit) && unit == TAP_UNIT_CLONE);
	ck_assert(tap_name_parse(&drv, "vmnet3", &f, &unit) && f == TAP_FAMILY_VMNET && unit == 3);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!tap_name_parse(&drv, bad[i], &f, &unit), "%s", bad[i]);
}
END_TEST

START_TEST(prefix_is_in_every_name)
{
	struct tap_driver d;
	enum tap_family f;
	int unit;

	ck_assert_int_eq(tap_driver_init(&d, &world, &net, NULL, "a/b"), -EINVAL);
	ck_assert_int_eq(tap_driver_init(&d, &world, &net, NULL, "ninechars"), -EINVAL);
	ck_assert_int_eq(tap_driver_init(&d, &world, &net, NULL, "bsd-"), 0);
	ck_assert_str_eq(d.clone[TAP_FAMILY_TAP].name, "bsd-tap");
	ck_assert(tap_name_parse(&d, "bsd-tap4", &f, &unit) && unit == 4);
	ck_assert(!tap_name_parse(&d, "tap4", &f, &unit));
}
END_TEST

START_TEST(taken_names_are_passed_over)
{
	struct tap_softc *other;
	char why[256];

	taken_name = "tap1";
	ck_assert_int_eq(tap_unit_create(&drv, TAP_FAMILY_TAP, TAP_UNIT_CLONE, NULL, &other, why, sizeof(why)), 0);
	ck_assert_str_eq(other->node.name, "tap2");
	ck_assert_int_eq(tap_unit_create(&drv, TAP_FAMILY_TAP, 1, NULL, &other, why, sizeof(why)), -EEXIST);
	ck_assert_ptr_nonnull(strstr(why, "--prefix"));
	ck_assert_int_eq(drv.nunits, 2);
	ck_assert_int_eq(attached, 2);
}
END_TEST

START_TEST(default_lladdr_keeps_the_prefix)	/* IF-33 */
{
	static const uint8_t want[] = { 0x58, 0x9c, 0xfc, 0x00, 0xcd, 0xef };

	/* 0xabcdef & 0x10ffff */
	ck_assert_mem_eq(sc->lladdr, want, 6);
}
END_TEST

static int destroyed;

static void w_done(struct tap_destroy *w)
{
	destroyed++;
}

START_TEST(destroy_waits_for_the_last_close)	/* IF-10, OP-27 */
{
	struct tap_destroy w1 = { .done = w_done }, w2 = { .done = w_done };
	struct tap_file other = { .wakeup = f_wakeup };

	destroyed = 0;
	open_up();
	ck_assert_int_eq(tap_unit_destroy(sc, &w1), -EINPROGRESS);
	ck_assert_int_eq(tap_unit_destroy(sc, &w2), -EINPROGRESS);
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &other), -EBUSY);
	tap_unit_destroy_cancel(sc, &w2);
	ck_assert_int_eq(tap_write(&file, "123456789012345", 15, 0), 15);	/* RD-28: still in full */
	tap_close(&file);
	ck_assert_int_eq(destroyed, 1);
	ck_assert_int_eq(drv.nunits, 0);
	tap_close(&file);		/* harmless */
}
END_TEST

START_TEST(fini_takes_open_units_away)
{
	open_up();
	ck_assert(do_read(100, 0, false));
	tap_driver_fini(&drv);
	ck_assert_int_eq(rd_answers, 1);
	ck_assert_int_eq(rd_err, -ENXIO);
	ck_assert_int_ge(wakeups, 1);
	ck_assert(!do_read(100, 0, false));
	ck_assert_int_eq(rd_err, -ENXIO);
	ck_assert_int_eq(tap_write(&file, "x", 1, 0), -ENXIO);
	ck_assert_int_eq(tap_poll(&file), POLLERR);
}
END_TEST

/* ------------------------------------------------------------------ the data path */

START_TEST(a_parked_read_is_answered_once)
{
	open_up();
	ck_assert(do_read(100, 0, false));
	ck_assert_int_eq(sc->nreaders, 1);
	host_sends(60, 7);
	host_sends(61, 8);
	ck_assert_int_eq(rd_answers, 1);
	ck_assert_int_eq(rd_n, 60);
	ck_assert_int_eq(sc->ifq_len, 1);
	tap_read_interrupt(&rd);	/* too late: nothing happens */
	ck_assert_int_eq(rd_answers, 1);
	ck_assert(do_read(100, 0, false) == false && rd_n == 61);
	ck_assert_int_eq(sc->count.opackets, 2);
}
END_TEST

START_TEST(an_interrupted_read_loses_nothing)	/* RD-07 */
{
	open_up();
	ck_assert(do_read(100, 0, false));
	tap_read_interrupt(&rd);
	ck_assert_int_eq(rd_err, -EINTR);
	host_sends(60, 1);
	ck_assert(!do_read(100, 0, true));
	ck_assert_int_eq(rd_n, 60);
}
END_TEST

START_TEST(down_wakes_readers_and_flushes)	/* QU-08, freebsd's read_down */
{
	open_up();
	host_sends(60, 1);
	tap_unit_set_up(sc, false);
	ck_assert_int_eq(sc->ifq_len, 0);
	ck_assert_int_eq(sc->count.oflushed, 1);
	ck_assert(!do_read(100, 0, false));
	ck_assert_int_eq(rd_err, -EHOSTDOWN);
	tap_unit_set_up(sc, true);
	ck_assert(do_read(100, 0, false));
	tap_unit_set_up(sc, false);
	ck_assert_int_eq(rd_err, -EHOSTDOWN);
	host_sends(60, 1);		/* was on its way */
	ck_assert_int_eq(sc->count.oflushed, 2);
}
END_TEST

START_TEST(a_torn_read_gets_the_rest_of_its_frame)
{
	open_up();
	host_sends(1000, 5);
	host_sends(60, 6);
	ck_assert(!do_read(320, 0, true) && rd_n == 320);
	ck_assert_int_eq(sc->count.otruncated, 1);
	ck_assert(!do_read(320, 320, true) && rd_n == 320);
	ck_assert(!do_read(2000, 640, true) && rd_n == 360);
	ck_assert_int_eq(sc->count.otruncated, 0);
	ck_assert(!do_read(2000, 1000, true) && rd_n == 0 && rd_err == 0);
	ck_assert(!do_read(2000, 0, true) && rd_n == 60);
}
END_TEST

START_TEST(a_cut_frame_is_gone_with_the_next_read)	/* RD-03 */
{
	open_up();
	host_sends(1000, 5);
	ck_assert(do_read(20, 0, false) == false && rd_n == 20);
	ck_assert(do_read(20, 0, true) == false && rd_err == -EAGAIN);
	ck_assert(do_read(20, 20, true) == false && rd_n == 0);
}
END_TEST

START_TEST(a_torn_write_is_never_a_frame)
{
	open_up();
	input_len = 0;
	ck_assert_int_eq(tap_write(&file, "123456789012345", 15, 320), -EINVAL);
	ck_assert_int_eq(input_len, 0);
	ck_assert_int_eq(sc->count.itorn, 1);
}
END_TEST

START_TEST(the_backends_errors_become_tap4s)	/* WR-16, WR-26 */
{
	uint8_t frame[60] = { 0xff };

	open_up();
	input_error = -ENOBUFS;
	ck_assert_int_eq(tap_write(&file, frame, 60, 0), 60);
	ck_assert_int_eq(sc->count.ierrors, 1);
	input_error = -ENETDOWN;
	ck_assert_int_eq(tap_write(&file, frame, 60, 0), 60);
	ck_assert_int_eq(sc->count.idown, 1);
	input_error = -ENXIO;
	ck_assert_int_eq(tap_write(&file, frame, 60, 0), -ENXIO);
	ck_assert_int_eq(sc->count.igone, 1);
	input_error = -EIO;
	ck_assert_int_eq(tap_write(&file, frame, 60, 0), -EIO);
	ck_assert_int_eq(sc->count.ipackets, 0);
}
END_TEST

START_TEST(a_gone_interface_comes_back)
{
	struct tap_file other = { .wakeup = f_wakeup };
	uint8_t frame[60] = { 0xff };
	char why[128];

	open_up();
	ck_assert(do_read(100, 0, false));
	tap_if_gone(sc);
	ck_assert_int_eq(rd_err, -EHOSTDOWN);
	ck_assert_int_eq(tap_write(&file, frame, 60, 0), -ENXIO);
	ck_assert_int_eq(tap_unit_set_up(sc, true), -ENXIO);
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &other), -ENXIO);
	ck_assert_int_eq(tap_unit_create(&drv, TAP_FAMILY_TAP, 0, NULL, &sc, why, sizeof(why)), 0);
	ck_assert_int_eq(tap_unit_set_up(sc, true), 0);
	ck_assert_int_eq(tap_write(&file, frame, 60, 0), 60);
}
END_TEST

START_TEST(closed_units_throw_output_away)	/* QU-03, QU-07 */
{
	struct tap_softc *vm;
	char why[128];

	tap_unit_set_up(sc, true);
	host_sends(60, 1);
	ck_assert_int_eq(sc->count.oerrors, 1);
	ck_assert_int_eq(sc->ifq_len, 0);
	ck_assert_int_eq(tap_unit_create(&drv, TAP_FAMILY_VMNET, 0, NULL, &vm, why, sizeof(why)), 0);
	sc = vm;
	tap_unit_set_up(sc, true);
	for (int i = 0; i < 60; i++)
		host_sends(60, 1);
	ck_assert_int_eq(sc->ifq_len, 50);
	ck_assert_int_eq(sc->count.oqdrops, 10);
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &file), 0);
	ck_assert(!do_read(100, 0, true) && rd_n == 60);
	tap_close(&file);
	ck_assert_int_eq(sc->flags & TAP_IFF_UP, TAP_IFF_UP);	/* CL-08 */
	ck_assert_int_eq(purges, 0);
}
END_TEST

START_TEST(who_may_open)	/* OP-10, OP-23 */
{
	struct tap_file f2 = { .wakeup = f_wakeup };

	ck_assert_int_eq(tap_open(&drv, &sc->node, &user, &file), -EPERM);
	ck_assert_int_eq(tap_open(&drv, &drv.clone[0], &user, &file), -ENOENT);
	ck_assert_int_eq(drv.nunits, 1);
	ck_assert_int_eq(tap_sysctl_set(&drv, TAP_SYSCTL_USER_OPEN, 1), 0);
	ck_assert_int_eq(tap_open(&drv, &sc->node, &user, &file), 0);
	ck_assert_int_eq(tap_open(&drv, &sc->node, &user, &f2), -EBUSY);
	ck_assert_int_eq(tap_open(&drv, &drv.clone[0], &user, &f2), 0);
	ck_assert_str_eq(f2.sc->node.name, "tap1");
	tap_close(&f2);
	ck_assert_int_eq(tap_sysctl_set(&drv, TAP_SYSCTL_CLONE_REUSE, 1), 0);
	ck_assert_int_eq(tap_open(&drv, &drv.clone[0], &root, &f2), 0);
	ck_assert_str_eq(f2.sc->node.name, "tap1");
	tap_close(&f2);
	ck_assert_int_eq(tap_sysctl_set(&drv, TAP_SYSCTL_DEVFS_CLONING, 0), 0);
	ck_assert_int_eq(tap_open(&drv, &drv.clone[0], &root, &f2), -ENOENT);
}
END_TEST

/* ------------------------------------------------------------------ ioctl, sysctl */

START_TEST(every_encoding_means_the_same)	/* section 1 */
{
	static const struct {
		uint32_t cmd;
		enum tap_ioctl_id id;
		unsigned in, out;
	} t[] = {
		{ 0x40047459, TAP_IOC_GDEBUG, 0, 4 }, { 0x80047459, TAP_IOC_GDEBUG, 0, 4 },
		{ 0x8004745a, TAP_IOC_SDEBUG, 4, 0 }, { 0x4004745a, TAP_IOC_SDEBUG, 4, 0 },
		{ 0x8008745b, TAP_IOC_SIFINFO, 8, 0 }, { 0x4008745b, TAP_IOC_SIFINFO, 8, 0 },
		{ 0x4008745c, TAP_IOC_GIFINFO, 0, 8 }, { 0x8008745c, TAP_IOC_GIFINFO, 0, 8 },
		{ 0x4020745d, TAP_IOC_GIFNAME, 0, 32 }, { 0x8028745d, TAP_IOC_GIFNAME, 0, 40 },
		{ 0x8020745d, TAP_IOC_GIFNAME, 0, 32 }, { 0x40906500, TAP_IOC_NGIFNAME, 0, 144 },
		{ 0x80286500, TAP_IOC_NGIFNAME, 0, 40 }, { 0x40206500, TAP_IOC_NGIFNAME, 0, 32 },
		{ 0x20045600, TAP_IOC_VMIO_SIFFLAGS, 0, 0 }, { 0x00045600, TAP_IOC_VMIO_SIFFLAGS, 0, 0 },
		{ 0x20005600, TAP_IOC_VMIO_OLD, 0, 0 }, { 0x00005600, TAP_IOC_VMIO_OLD, 0, 0 },
		{ 0x8020690c, TAP_IOC_SIFADDR, 6, 0 }, { 0x4028690c, TAP_IOC_SIFADDR, 6, 0 },
		{ 0x8916, TAP_IOC_SIFADDR, 6, 0 }, { 0x4006690c, TAP_IOC_SIFADDR, 6, 0 },
		{ 0xc0206921, TAP_IOC_GIFADDR, 0, 6 }, { 0xc0286921, TAP_IOC_GIFADDR, 0, 6 },
		{ 0xc020690d, TAP_IOC_OGIFADDR, 0, 6 }, { 0x8915, TAP_IOC_GIFADDR, 0, 6 },
		{ 0x80066921, TAP_IOC_GIFADDR, 0, 6 }, { 0xc0906921, TAP_IOC_GIFADDR, 0, 6 },
		{ 0x4004667f, TAP_IOC_FIONREAD, 0, 4 }, { 0x8004667f, TAP_IOC_FIONREAD, 0, 4 },
		{ 0x541b, TAP_IOC_FIONREAD, 0, 4 }, { 0x8004667e, TAP_IOC_FIONBIO, 4, 0 },
		{ 0x4004667e, TAP_IOC_FIONBIO, 4, 0 }, { 0x8004667d, TAP_IOC_FIOASYNC, 4, 0 },
		{ 0x4004667d, TAP_IOC_FIOASYNC, 4, 0 }, { 0x8004667c, TAP_IOC_FIOSETOWN, 4, 0 },
		{ 0x4004667c, TAP_IOC_FIOSETOWN, 4, 0 }, { 0x8901, TAP_IOC_FIOSETOWN, 4, 0 },
		{ 0x4004667b, TAP_IOC_FIOGETOWN, 0, 4 }, { 0x8903, TAP_IOC_FIOGETOWN, 0, 4 },
		{ 0x80047476, TAP_IOC_SPGRP, 4, 0 }, { 0x40047476, TAP_IOC_SPGRP, 4, 0 },
		{ 0x5410, TAP_IOC_SPGRP, 4, 0 }, { 0x40047477, TAP_IOC_GPGRP, 0, 4 },
		{ 0x80047477, TAP_IOC_GPGRP, 0, 4 }, { 0x540f, TAP_IOC_GPGRP, 0, 4 },
		{ 0x4004667a, TAP_IOC_FIODTYPE, 0, 4 }, { 0x80106678, TAP_IOC_FIODGNAME, 16, 0 },
		{ 0xc0206911, TAP_IOC_GIFFLAGS, 0, 4 }, { 0x80047462, TAP_IOC_STRANSIENT, 4, 0 },
		{ 0x40047463, TAP_IOC_GTRANSIENT, 0, 4 }, { 0x800c745b, TAP_IOC_OSIFINFO, 12, 0 },
		{ 0x400c745c, TAP_IOC_OGIFINFO, 0, 12 }, { 0x8004745b, TAP_IOC_SVNETHDR, 4, 0 },
		{ 0x4004745b, TAP_IOC_SVNETHDR, 4, 0 }, { 0x4004745e, TAP_IOC_GVNETHDR, 0, 4 },
		{ 0x8004745e, TAP_IOC_GVNETHDR, 0, 4 }, { 0x8004745d, TAP_IOC_OSIFMODE, 4, 0 },
	};
	static const uint32_t unknown[] = { 0, 0x5401, 0x20005601, 0x20005607, 0xc020693e,
		0x2000745f, 0x80047460, 0x40047461, 0xffffffff };
	struct tap_ioctl d;

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		ck_assert_msg(tap_ioctl_decode(t[i].cmd, &d), "%#x", t[i].cmd);
		ck_assert_msg(d.id == t[i].id && d.in == t[i].in && d.out == t[i].out, "%#x is %s", t[i].cmd, d.name);
		ck_assert_msg(d.by_value == (d.id == TAP_IOC_VMIO_SIFFLAGS || d.id == TAP_IOC_VMIO_OLD), "%#x", t[i].cmd);
	}
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		ck_assert_msg(!tap_ioctl_decode(unknown[i], &d), "%#x", unknown[i]);
}
END_TEST

static int call(enum tap_ioctl_id id, unsigned in, unsigned out, void *data, const struct tap_cred *cred)
{
	struct tap_ioctl d = { "", id, in, out, false };

	return tap_ioctl(&file, &d, data, cred);
}

START_TEST(sigio_goes_to_the_owner_per_frame)	/* AS-01..AS-05, AS-08, AS-10..AS-12, AS-16, CL-14 */
{
	int v = 1;

	open_up();
	ck_assert_int_eq(call(TAP_IOC_FIOASYNC, 4, 0, &v, &root), 0);
	host_sends(60, 1);
	ck_assert_int_eq(sigios, 0);
	v = 50;
	ck_assert_int_eq(call(TAP_IOC_SPGRP, 4, 0, &v, &root), 0);
	ck_assert_int_eq(call(TAP_IOC_FIOGETOWN, 0, 4, &v, &root), 0);
	ck_assert_int_eq(v, -50);
	v = 999;
	ck_assert_int_eq(call(TAP_IOC_FIOSETOWN, 4, 0, &v, &root), -ESRCH);
	v = (int)0x80000000;
	ck_assert_int_eq(call(TAP_IOC_SPGRP, 4, 0, &v, &root), -ESRCH);
	ck_assert_int_eq(call(TAP_IOC_GPGRP, 0, 4, &v, &root), 0);
	ck_assert_int_eq(v, 50);
	host_sends(60, 1);
	host_sends(60, 1);
	ck_assert_int_eq(sigios, 2);
	tap_close(&file);
	ck_assert_int_eq(sc->sigio_id, 0);
	open_up();
	v = 77;
	ck_assert_int_eq(call(TAP_IOC_FIOSETOWN, 4, 0, &v, &root), 0);
	host_sends(60, 1);
	ck_assert_int_eq(sigios, 3);	/* FIOASYNC survived the close */
}
END_TEST

START_TEST(tapsifinfo_checks_before_it_stores)	/* IO-03..IO-09 */
{
	struct { int32_t baud; uint16_t mtu; uint8_t type, dummy; } ti = { 5, 9000, 7, 0 };

	open_up();
	ck_assert_int_eq(call(TAP_IOC_SIFINFO, 8, 0, &ti, &root), -EPROTOTYPE);
	ti.type = 6;
	ck_assert_int_eq(call(TAP_IOC_SIFINFO, 8, 0, &ti, &user), -EPERM);
	ti.mtu = 71;
	ck_assert_int_eq(call(TAP_IOC_SIFINFO, 8, 0, &ti, &root), -EINVAL);
	ck_assert_int_eq(sc->baudrate, 10000000);
	ti.mtu = 1500;
	ck_assert_int_eq(call(TAP_IOC_SIFINFO, 8, 0, &ti, &user), 0);
	ck_assert_int_eq(sc->baudrate, 5);
	ti.mtu = 9000;
	ck_assert_int_eq(call(TAP_IOC_SIFINFO, 8, 0, &ti, &root), 0);
	memset(&ti, 0xff, sizeof(ti));
	ck_assert_int_eq(call(TAP_IOC_GIFINFO, 0, 8, &ti, &root), 0);
	ck_assert(ti.baud == 5 && ti.mtu == 9000 && ti.type == 6 && ti.dummy == 0);
}
END_TEST

START_TEST(sysctls_have_bounds)
{
	ck_assert_int_eq(tap_sysctl_find("net.link.tap.nope"), -ENOENT);
	ck_assert_int_eq(tap_sysctl_find("net.link.tap.debug"), TAP_SYSCTL_DEBUG);
	ck_assert_int_eq(tap_sysctl_set(&drv, TAP_SYSCTL_USER_OPEN, 2), -EINVAL);
	ck_assert_int_eq(tap_sysctl_set(&drv, TAP_SYSCTL_IFQMAXLEN, 100), -EPERM);	/* units exist */
	ck_assert_int_eq(tap_sysctl_set(&drv, TAP_SYSCTL_DEBUG, -7), 0);
	ck_assert_int_eq(tap_sysctl_get(&drv, TAP_SYSCTL_DEBUG), -7);
}
END_TEST

START_TEST(an_address_brings_it_up_only_if_it_took)	/* IF-23 */
{
	struct tap_ifaddr a = { 0 };

	ck_assert_int_eq(tap_unit_add_addr(sc, &a), -EOPNOTSUPP);	/* this backend has none */
	ck_assert_int_eq(sc->flags & TAP_IFF_UP, 0);
}
END_TEST

/* A program that takes the descriptor for a Linux TAP's finds one, and what it is not is refused. */
START_TEST(linux_tun_ioctls)
{
	struct {
		char name[16];
		uint16_t flags;
		char rest[22];
	} ifr = { "", 0x1002, "" };
	int v = 0;

	open_up();
	ck_assert_int_eq(call(TAP_IOC_TUNGETFEATURES, 0, 4, &v, &root), 0);
	ck_assert_int_eq(v, 0x5002);			/* IFF_TAP, IFF_NO_PI, IFF_VNET_HDR */
	ck_assert_int_eq(call(TAP_IOC_TUNSETIFF, 40, 40, &ifr, &root), 0);
	ck_assert_str_eq(ifr.name, "tap0");
	strcpy(ifr.name, "tap1");
	ck_assert_int_eq(call(TAP_IOC_TUNSETIFF, 40, 40, &ifr, &root), -EBUSY);
	ck_assert_uint_eq(drv.why, TAP_WHY_IOCTL_FAILED);
	strcpy(ifr.name, "tap0");
	ifr.flags = 0x1001;				/* a TUN */
	ck_assert_int_eq(call(TAP_IOC_TUNSETIFF, 40, 40, &ifr, &root), -EINVAL);
	ifr.flags = 0x0002;				/* packet information */
	ck_assert_int_eq(call(TAP_IOC_TUNSETIFF, 40, 40, &ifr, &root), -EINVAL);
	v = 12;
	ck_assert_int_eq(call(TAP_IOC_TUNSETVNETHDRSZ, 4, 0, &v, &root), -EINVAL);
	ifr.flags = 0x5002;
	ck_assert_int_eq(call(TAP_IOC_TUNSETIFF, 40, 40, &ifr, &root), 0);
	ck_assert_uint_eq(sc->vnet_len, 10);
	ck_assert_int_eq(call(TAP_IOC_TUNSETVNETHDRSZ, 4, 0, &v, &root), 0);
	ck_assert_int_eq(call(TAP_IOC_TUNGETVNETHDRSZ, 0, 4, &v, &root), 0);
	ck_assert_int_eq(v, 12);
	v = 0x10;					/* UDP fragmentation */
	ck_assert_int_eq(call(TAP_IOC_TUNSETOFFLOAD, 0, 0, &v, &root), -EINVAL);
	v = 0x0f;
	ck_assert_int_eq(call(TAP_IOC_TUNSETOFFLOAD, 0, 0, &v, &root), 0);
	ck_assert_int_eq(call(TAP_IOC_TUNGETIFF, 0, 40, &ifr, &root), 0);
	ck_assert_uint_eq(ifr.flags, 0x5002);
	ck_assert_int_eq(sc->dialect->ioctls >> TAP_IOC_TUNSETIFF & 1, 0);	/* they are no system's own */
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("tap");
	TCase *tc = tcase_create("core");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, names_are_parsed_strictly);
	tcase_add_test(tc, prefix_is_in_every_name);
	tcase_add_test(tc, taken_names_are_passed_over);
	tcase_add_test(tc, default_lladdr_keeps_the_prefix);
	tcase_add_test(tc, destroy_waits_for_the_last_close);
	tcase_add_test(tc, fini_takes_open_units_away);
	tcase_add_test(tc, a_parked_read_is_answered_once);
	tcase_add_test(tc, an_interrupted_read_loses_nothing);
	tcase_add_test(tc, down_wakes_readers_and_flushes);
	tcase_add_test(tc, a_torn_read_gets_the_rest_of_its_frame);
	tcase_add_test(tc, a_cut_frame_is_gone_with_the_next_read);
	tcase_add_test(tc, a_torn_write_is_never_a_frame);
	tcase_add_test(tc, the_backends_errors_become_tap4s);
	tcase_add_test(tc, a_gone_interface_comes_back);
	tcase_add_test(tc, closed_units_throw_output_away);
	tcase_add_test(tc, who_may_open);
	tcase_add_test(tc, every_encoding_means_the_same);
	tcase_add_test(tc, sigio_goes_to_the_owner_per_frame);
	tcase_add_test(tc, tapsifinfo_checks_before_it_stores);
	tcase_add_test(tc, sysctls_have_bounds);
	tcase_add_test(tc, an_address_brings_it_up_only_if_it_took);
	tcase_add_test(tc, linux_tun_ioctls);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
