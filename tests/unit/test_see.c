/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls in words, letter for letter, every reason, and what is kept for `tapctl explain`. */
#include <arpa/inet.h>
#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "see/explain.h"
#include "see/trace.h"
#include "tap_fixture.h"

static char text[TRACE_LINE_MAX];

/* ------------------------------------------------------------------ ioctls */

#define SETS(group, nr, size)	(0x80000000u | (size) << 16 | (group) << 8 | (nr))	/* BSD's _IOW */
#define GETS(group, nr, size)	(0x40000000u | (size) << 16 | (group) << 8 | (nr))	/* _IOR */
#define BOTH(group, nr, size)	(0xc0000000u | (size) << 16 | (group) << 8 | (nr))	/* _IOWR */

static const struct {
	uint32_t cmd;
	const char *data;	/* in hex */
	int result;
	const char *line;
} ioctls[] = {
	{ GETS('t', 89, 4), "01000000", 0, "ioctl(tap0, TAPGDEBUG, 1) = 0" },
	{ SETS('t', 90, 4), "02000000", 0, "ioctl(tap0, TAPSDEBUG, 2) = 0" },
	{ SETS('t', 90, 4), "ffffffff", -EINVAL, "ioctl(tap0, TAPSDEBUG, -1) = EINVAL" },
	{ SETS('t', 91, 8), "80969800dc050600", 0,
	    "ioctl(tap0, TAPSIFINFO, {mtu=1500, type=6, baudrate=10000000}) = 0" },
	{ GETS('t', 92, 8), "00000000ffff0600", 0, "ioctl(tap0, TAPGIFINFO, {mtu=65535, type=6, baudrate=0}) = 0" },
	{ GETS('t', 92, 8), "00000000ffff0600", -ENXIO, "ioctl(tap0, TAPGIFINFO) = ENXIO" },
	{ GETS('t', 93, 32), "74617030", 0, "ioctl(tap0, TAPGIFNAME, \"tap0\") = 0" },
	{ GETS('t', 93, 40), "31323334353637383930313233343536", 0,
	    "ioctl(tap0, TAPGIFNAME, \"1234567890123456\") = 0" },
	{ GETS('e', 0, 144), "741b0a", 0, "ioctl(tap0, TAPGIFNAME, \"t\?\?\") = 0" },
	{ 0x20005600u | 4u << 16, "43080000", 0, "ioctl(tap0, VMIO_SIOCSIFFLAGS, 0x843) = 0" },
	{ 0x20005600u, "43000000", 0, "ioctl(tap0, VMIO_SIOCSIFFLAGS, 0x43) = 0" },
	{ SETS('i', 12, 32), "020000000099", 0, "ioctl(tap0, SIOCSIFADDR, 02:00:00:00:00:99) = 0" },
	{ BOTH('i', 33, 144), "589cfc001234", 0, "ioctl(tap0, SIOCGIFADDR, 58:9c:fc:00:12:34) = 0" },
	{ BOTH('i', 13, 40), "589cfc001234", 0, "ioctl(tap0, OSIOCGIFADDR, 58:9c:fc:00:12:34) = 0" },
	{ BOTH('i', 17, 32), "43880000", 0, "ioctl(tap0, SIOCGIFFLAGS, 0x8843) = 0" },
	{ GETS('f', 127, 4), "3c000000", 0, "ioctl(tap0, FIONREAD, 60) = 0" },
	{ 0x541b, "3c000000", 0, "ioctl(tap0, FIONREAD, 60) = 0" },
	{ 0x5421, "01000000", 0, "ioctl(tap0, FIONBIO, 1) = 0" },
	{ SETS('f', 125, 4), "01000000", 0, "ioctl(tap0, FIOASYNC, 1) = 0" },
	{ SETS('f', 124, 4), "0bfdffff", -ESRCH, "ioctl(tap0, FIOSETOWN, -757) = ESRCH" },
	{ GETS('f', 123, 4), "f5020000", 0, "ioctl(tap0, FIOGETOWN, 757) = 0" },
	{ SETS('t', 118, 4), "f5020000", 0, "ioctl(tap0, TIOCSPGRP, 757) = 0" },
	{ GETS('t', 119, 4), "f5020000", 0, "ioctl(tap0, TIOCGPGRP, 757) = 0" },
	{ GETS('f', 122, 4), "00000000", 0, "ioctl(tap0, FIODTYPE, 0) = 0" },
	{ SETS('f', 120, 16), "10000000000000000000000000000001", 0, "ioctl(tap0, FIODGNAME, {len=16}) = 0" },
	{ SETS('t', 91, 4), "0a000000", 0, "ioctl(tap0, TAPSVNETHDR, 10) = 0" },
	{ GETS('t', 94, 4), "0c000000", 0, "ioctl(tap0, TAPGVNETHDR, 12) = 0" },
	{ SETS('t', 98, 4), "01000000", 0, "ioctl(tap0, TAPSTRANSIENT, 1) = 0" },
	{ GETS('t', 99, 4), "01000000", 0, "ioctl(tap0, TAPGTRANSIENT, 1) = 0" },
	{ SETS('t', 91, 12), "dc0500000600430880969800", 0,
	    "ioctl(tap0, TUNSIFINFO, {mtu=1500, type=6, flags=0x843, baudrate=10000000}) = 0" },
	{ GETS('t', 92, 12), "dc0500000600430880969800", 0,
	    "ioctl(tap0, TUNGIFINFO, {mtu=1500, type=6, flags=0x843, baudrate=10000000}) = 0" },
	{ SETS('t', 93, 4), "02000000", 0, "ioctl(tap0, TUNSIFMODE, 0x2) = 0" },
	{ BOTH('K', 0, 16), "ffffffff010000003c00000000000000", 0,
	    "ioctl(tap0, TAPKQDATA, {filter=-1, active=1, data=60}) = 0" },
	{ SETS('K', 1, 4), "01000000", 0, "ioctl(tap0, TAPNBIO, 1) = 0" },
	{ GETS('K', 2, 4), "01000000", 0, "ioctl(tap0, TAPGASYNC, 1) = 0" },
	{ 0x400454ca, "746170300000000000000000000000000210", 0,
	    "ioctl(tap0, TUNSETIFF, {name=\"tap0\", flags=0x1002}) = 0" },
	{ 0x800454d2, "746170300000000000000000000000000210", 0,
	    "ioctl(tap0, TUNGETIFF, {name=\"tap0\", flags=0x1002}) = 0" },
	{ 0x800454cf, "02500000", 0, "ioctl(tap0, TUNGETFEATURES, 0x5002) = 0" },
	{ 0x800454d7, "0a000000", 0, "ioctl(tap0, TUNGETVNETHDRSZ, 10) = 0" },
	{ 0x400454d8, "0c000000", 0, "ioctl(tap0, TUNSETVNETHDRSZ, 12) = 0" },
	{ 0x400454d0, "0f000000", 0, "ioctl(tap0, TUNSETOFFLOAD, 0xf) = 0" },
	{ 0x40087412, "", -ENOTTY, "ioctl(tap0, 0x40087412) = ENOTTY" },
};

/* Hex to bytes; the rest of the size bytes is 0. */
static size_t unhex(const char *hex, uint8_t *bytes, size_t size)
{
	unsigned byte;
	size_t n = 0;

	memset(bytes, 0, size);
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		bytes[n++] = byte;
	return n;
}

static const char *line_of(const struct tap_call *c)
{
	trace_call(c, text, sizeof(text));
	return text;
}

START_TEST(ioctl_line)
{
	uint8_t data[TAP_IOCTL_MAX];
	struct tap_ioctl d;
	struct tap_call c = { .kind = TAP_CALL_IOCTL, .device = "tap0", .ioctl = &d, .data = data };

	tap_ioctl_decode(ioctls[_i].cmd, &d);
	unhex(ioctls[_i].data, data, sizeof(data));
	c.ndata = d.in > d.out ? d.in : d.out;
	c.result = ioctls[_i].result;
	ck_assert_str_eq(line_of(&c), ioctls[_i].line);
	/* Refused by the transport, before its data came. */
	c.data = NULL;
	ck_assert_ptr_null(strstr(line_of(&c), d.id == TAP_IOC_NONE ? "{" : ", 0x"));
}
END_TEST

/* Nobody adds a command and forgets how it reads. */
START_TEST(every_ioctl_has_a_line)
{
	for (int id = TAP_IOC_NONE; id <= TAP_IOC_TUNSETOFFLOAD; id++) {
		bool found = false;

		for (size_t i = 0; i < NELEM(ioctls); i++) {
			struct tap_ioctl d;

			tap_ioctl_decode(ioctls[i].cmd, &d);
			found |= (int)d.id == id;
		}
		ck_assert_msg(found, "no line here for the ioctl of id %d", id);
	}
}
END_TEST

/* ------------------------------------------------------------------ other calls */

static const struct {
	struct tap_call call;
	const char *line;
} calls[] = {
	{ { .kind = TAP_CALL_OPEN }, "open(tap0) = 0" },
	{ { .kind = TAP_CALL_OPEN, .result = -EBUSY }, "open(tap0) = EBUSY" },
	{ { .kind = TAP_CALL_CLOSE }, "close(tap0) = 0" },
	{ { .kind = TAP_CALL_READ, .len = 1514, .result = 60 }, "read(tap0, 1514) = 60" },
	{ { .kind = TAP_CALL_READ, .len = 1514, .result = -EHOSTDOWN }, "read(tap0, 1514) = EHOSTDOWN" },
	{ { .kind = TAP_CALL_WRITE, .len = 42, .result = 42 }, "write(tap0, 42) = 42" },
	{ { .kind = TAP_CALL_WRITE, .len = 42, .result = -9999 }, "write(tap0, 42) = -9999" },
	{ { .kind = TAP_CALL_POLL, .result = POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM }, "poll(tap0) = IN|OUT" },
	{ { .kind = TAP_CALL_POLL, .result = POLLERR }, "poll(tap0) = ERR" },
	{ { .kind = TAP_CALL_POLL, .result = 0 }, "poll(tap0) = 0" },
};

START_TEST(call_line)
{
	struct tap_call c = calls[_i].call;
	char small[8];

	c.device = "tap0";
	ck_assert_str_eq(line_of(&c), calls[_i].line);
	trace_call(&c, small, sizeof(small));		/* cut, never beyond its end */
	ck_assert_int_eq(strncmp(small, calls[_i].line, sizeof(small) - 1), 0);
	ck_assert_uint_eq(strlen(small), sizeof(small) - 1);
}
END_TEST

#define TO	"ffffffffffff"
#define FROM	"020000000002"
#define PAD	"00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
#define TRACED	"02:00:00:00:00:02 > ff:ff:ff:ff:ff:ff "

static const struct {
	const char *frame, *line;
} frames[] = {
	{ TO FROM "0806" PAD, TRACED "ARP, 60 bytes" },
	{ TO FROM "0800" PAD, TRACED "IPv4, 60 bytes" },
	{ TO FROM "86dd", TRACED "IPv6, 14 bytes" },
	{ TO FROM "88b5" PAD, TRACED "type 0x88b5, 60 bytes" },
	{ TO FROM "0026" PAD, TRACED "802.3, 60 bytes" },
	{ TO FROM "81002007" "0806" PAD, TRACED "VLAN 7 ARP, 64 bytes" },
	{ TO FROM "88a80064" "81000007" "86dd" PAD, TRACED "VLAN 100 VLAN 7 IPv6, 68 bytes" },
	{ TO FROM "8100" "2007", TRACED "type 0x8100, 16 bytes" },	/* its inner type is missing */
	{ TO FROM "08", "" },
	{ "", "" },
};

START_TEST(frame_line)
{
	uint8_t data[128];
	struct tap_call c = { .kind = TAP_CALL_WRITE, .device = "tap0", .data = data };

	c.ndata = unhex(frames[_i].frame, data, sizeof(data));
	trace_frame(&c, text, sizeof(text));
	ck_assert_str_eq(text, frames[_i].line);
	c.kind = TAP_CALL_READ;
	trace_frame(&c, text, sizeof(text));
	ck_assert_str_eq(text, frames[_i].line);
	c.kind = TAP_CALL_IOCTL;
	trace_frame(&c, text, sizeof(text));
	ck_assert_str_eq(text, "");
}
END_TEST

/* A read's data begins with the virtio header where the program asked for one; a header without a frame is none. */
START_TEST(frame_behind_a_header)
{
	struct tap_softc unit = { .vnet_len = 12 };
	uint8_t data[128];
	struct tap_call c = { .kind = TAP_CALL_READ, .sc = &unit, .device = "tap0", .data = data };

	c.ndata = unhex("000000000000000000000000" TO FROM "0806" PAD, data, sizeof(data));
	trace_frame(&c, text, sizeof(text));
	ck_assert_str_eq(text, TRACED "ARP, 60 bytes");
	c.ndata = 11;
	trace_frame(&c, text, sizeof(text));
	ck_assert_str_eq(text, "");
}
END_TEST

/* ------------------------------------------------------------------ reasons */

static size_t count(const char *s, const char *what)
{
	size_t n = 0;

	for (; (s = strstr(s, what)) != NULL; s += strlen(what))
		n++;
	return n;
}

START_TEST(every_reason)
{
	const struct tap_why_desc *w = &tap_why_table[_i];
	struct tap_softc unit = { .if_name = "uplink" };
	struct tap_call c = { .device = "tap0", .why = _i };
	size_t named = count(w->text, "%s") + count(w->advice, "%s");

	ck_assert_uint_le(count(w->text, "%s"), 1);
	ck_assert_uint_le(count(w->advice, "%s"), 1);
	ck_assert_uint_eq(named, count(w->text, "%") + count(w->advice, "%"));
	trace_why(&c, text, sizeof(text));
	ck_assert_ptr_null(strchr(text, '%'));
	ck_assert_uint_lt(strlen(text), sizeof(text) - 1);
	ck_assert_ptr_nonnull(strstr(text, ": "));
	ck_assert_uint_eq(count(text, "tap0") >= named, true);
	c.sc = &unit;			/* by the interface's name, which the words of tapctl take */
	trace_why(&c, text, sizeof(text));
	ck_assert_uint_eq(count(text, "uplink"), named);
}
END_TEST

START_TEST(reasons)
{
	struct tap_call c = { .device = "tap0", .why = TAP_WHY_READ_DOWN };

	trace_why(&c, text, sizeof(text));
	ck_assert_str_eq(text, "tap0 is not up: tapctl tap0 up, or tapctl sysctl net.link.tap.up_on_open=1");
	c.why = TAP_WHY_NONE;
	trace_why(&c, text, sizeof(text));
	ck_assert_str_eq(text, "");
}
END_TEST

/* ------------------------------------------------------------------ programs */

START_TEST(who)
{
	struct tap_call c = { .kind = TAP_CALL_OPEN, .device = "tap0", .tid = getpid() };
	char name[TRACE_NAME_MAX];
	pid_t pid;

	prctl(PR_SET_NAME, "tap\033prog");
	trace_who(&c, &pid, name);
	ck_assert_int_eq(pid, getpid());
	ck_assert_str_eq(name, "tap?prog");
	prctl(PR_SET_NAME, "another");
	trace_who(&c, &pid, name);			/* an open looks anew: it may be another program by now */
	ck_assert_str_eq(name, "another");
	c.tid = 0;
	trace_who(&c, &pid, name);
	ck_assert_int_eq(pid, 0);
	ck_assert_str_eq(name, "?");
	c.tid = 0x7ffffff0;				/* nobody */
	trace_who(&c, &pid, name);
	ck_assert_int_eq(pid, 0x7ffffff0);
	ck_assert_str_eq(name, "?");
}
END_TEST

/* The close of a program that was killed is still that program's. */
START_TEST(who_ended)
{
	struct tap_call c = { .kind = TAP_CALL_OPEN, .device = "tap0" };
	char name[TRACE_NAME_MAX];
	int go[2];
	pid_t pid;

	prctl(PR_SET_NAME, "shortlived");
	ck_assert_int_eq(pipe(go), 0);
	c.tid = fork();
	if (c.tid == 0) {
		close(go[1]);
		_exit(read(go[0], name, 1) != 0);	/* until we close our end */
	}
	close(go[0]);
	trace_who(&c, &pid, name);
	ck_assert_str_eq(name, "shortlived");
	close(go[1]);
	ck_assert_int_eq(waitpid(c.tid, NULL, 0), c.tid);
	trace_who(&c, &pid, name);
	ck_assert_int_eq(pid, c.tid);
	ck_assert_str_eq(name, "shortlived");
}
END_TEST

/* More threads than are remembered: each is told right. */
START_TEST(who_of_many)
{
	struct tap_call c = { .kind = TAP_CALL_READ, .device = "tap0" };
	char name[TRACE_NAME_MAX];
	pid_t pid;

	prctl(PR_SET_NAME, "many");
	for (int i = 0; i < 200; i++) {
		c.tid = i % 50 == 0 ? getpid() : 0x7fff0000 + i;
		trace_who(&c, &pid, name);
		ck_assert_int_eq(pid, c.tid);
		ck_assert_str_eq(name, i % 50 == 0 ? "many" : "?");
	}
}
END_TEST

/* ------------------------------------------------------------------ what failed */

static struct explain *explain;
static struct explain_item items[2 * EXPLAIN_KEPT];
static size_t nitems;

static void keep(void *arg, const struct explain_item *i)
{
	ck_assert_uint_lt(nitems, NELEM(items));
	items[nitems++] = *i;
}

static void look(const struct tap_softc *unit)
{
	nitems = 0;
	explain_each(explain, unit, keep, NULL);
}

static void setup_explain(void)
{
	setup();
	explain = explain_new(&drv);
	ck_assert_ptr_nonnull(explain);
	ck_assert_uint_eq(drv.seen, TAP_SEE_FAILURES);
}

static void teardown_explain(void)
{
	explain_free(explain);
	ck_assert_uint_eq(drv.seen, 0);
	teardown();
}

static struct tap_file other;			/* a second open */

static void do_open_again(pid_t tid)
{
	other = (struct tap_file){ .wakeup = f_wakeup, .tid = tid };
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &other), -EBUSY);
}

START_TEST(failures_of_a_unit)
{
	uint8_t frame[2000] = { 2, 0, 0, 0, 0, 0x99, 2, 0, 0, 0, 0, 2, 0x88, 0xb5 };

	look(sc);
	ck_assert_uint_eq(nitems, 0);
	file.tid = getpid();
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &file), 0);
	do_read(1514, 0, true);
	do_read(9000, 0, true);
	ck_assert_int_eq(tap_unit_set_up(sc, true), 0);
	do_read(1514, 0, true);				/* EAGAIN is no failure */
	ck_assert_int_eq(rd_err, -EAGAIN);
	ck_assert_int_eq(tap_write(&file, frame, 60, 0), 60);
	do_open_again(4711);
	ck_assert_int_eq(tap_write(&file, frame, 61, 0), 61);
	look(sc);
	ck_assert_uint_eq(nitems, 3);
	ck_assert_str_eq(items[0].call, "write(tap0, 61) = 61");
	ck_assert_str_eq(items[0].frame, "02:00:00:00:00:02 > 02:00:00:00:00:99 type 0x88b5, 61 bytes");
	ck_assert_str_eq(items[0].text,
	    "dropped: the frame is for another address and tap0 is not promiscuous: tapctl tap0 promisc");
	ck_assert_uint_eq(items[0].times, 2);
	ck_assert_int_eq(items[0].pid, getpid());
	ck_assert_str_eq(items[1].call, "open(tap0) = EBUSY");
	ck_assert_int_eq(items[1].pid, 4711);
	ck_assert_uint_eq(items[1].times, 1);
	ck_assert_str_eq(items[2].call, "read(tap0, 9000) = EHOSTDOWN");
	ck_assert_int_eq(items[2].why, TAP_WHY_READ_DOWN);
	ck_assert_uint_eq(items[2].times, 2);
	ck_assert_str_eq(items[2].frame, "");
	ck_assert_int_ge(items[2].when.tv_sec, 1700000000);
	look(NULL);
	ck_assert_uint_eq(nitems, 0);
}
END_TEST

/* A call may succeed and yet be worth a word. */
START_TEST(failures_that_succeed)
{
	open_up();
	host_sends(60, 0xff);
	do_read(20, 0, true);
	ck_assert_int_eq(rd_err, 0);
	look(sc);
	ck_assert_uint_eq(nitems, 1);
	ck_assert_str_eq(items[0].call, "read(tap0, 20) = 20");
	ck_assert_int_eq(items[0].why, TAP_WHY_READ_CUT);
}
END_TEST

/* A failure that comes again is in front, and never pushes another out; the oldest goes. */
START_TEST(failures_are_bounded)
{
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &file), 0);
	for (int i = 0; i < 100; i++) {
		do_open_again(1000);
		do_open_again(i < 3 * EXPLAIN_KEPT ? 2000 + i : 3000);
	}
	look(sc);
	ck_assert_uint_eq(nitems, EXPLAIN_KEPT);
	ck_assert_int_eq(items[0].pid, 3000);
	ck_assert_uint_eq(items[0].times, 100 - 3 * EXPLAIN_KEPT);
	ck_assert_int_eq(items[1].pid, 1000);
	ck_assert_uint_eq(items[1].times, 100);
	for (int i = 2; i < EXPLAIN_KEPT; i++) {
		ck_assert_int_eq(items[i].pid, 2000 + 3 * EXPLAIN_KEPT + 1 - i);
		ck_assert_uint_eq(items[i].times, 1);		/* what took an older one's place begins at 1 */
	}
}
END_TEST

/* Ioctls are told apart by command; their data is kept. */
START_TEST(failures_of_ioctls)
{
	uint8_t data[TAP_IOCTL_MAX] = { 0 };
	struct tap_ioctl d;

	open_up();
	for (uint32_t cmd = 0x40087410; cmd < 0x40087413; cmd++) {
		tap_ioctl_decode(cmd, &d);
		ck_assert_int_eq(tap_ioctl(&file, &d, data, &root), -ENOTTY);
	}
	tap_ioctl_decode(SETS('t', 91, 8), &d);
	memcpy(data, (uint8_t[]){ 0, 0, 0, 0, 0xdc, 5, 23, 0 }, 8);
	ck_assert_int_eq(tap_ioctl(&file, &d, data, &root), -EPROTOTYPE);
	memset(data, 0, sizeof(data));
	memset(&d, 0, sizeof(d));			/* what the caller had is not looked at again */
	look(sc);
	ck_assert_uint_eq(nitems, 4);
	ck_assert_str_eq(items[0].call, "ioctl(tap0, TAPSIFINFO, {mtu=1500, type=23, baudrate=0}) = EPROTOTYPE");
	ck_assert_str_eq(items[1].call, "ioctl(tap0, 0x40087412) = ENOTTY");
	ck_assert_str_eq(items[3].call, "ioctl(tap0, 0x40087410) = ENOTTY");
}
END_TEST

/* Of calls that reach no unit the device's name is kept; a unit's own go with the unit. */
START_TEST(failures_without_a_unit)
{
	struct tap_node clone = { .family = TAP_FAMILY_TAP, .unit = TAP_UNIT_CLONE, .name = "tap" };

	ck_assert_int_eq(tap_sysctl_set(&drv, TAP_SYSCTL_DEVFS_CLONING, 0), 0);
	other = (struct tap_file){ .wakeup = f_wakeup };
	ck_assert_int_lt(tap_open(&drv, &clone, &root, &other), 0);
	look(NULL);
	ck_assert_uint_eq(nitems, 1);
	ck_assert_str_eq(items[0].device, "tap");
	ck_assert_int_eq(items[0].why, TAP_WHY_CLONE_OFF);
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &file), 0);
	do_open_again(1);
	tap_close(&file);
	ck_assert_int_eq(tap_unit_destroy(sc, NULL), 0);
	look(sc);
	ck_assert_uint_eq(nitems, 0);
	create();
	look(sc);
	ck_assert_uint_eq(nitems, 0);
	file = (struct tap_file){ .wakeup = f_wakeup };
	explain_each(NULL, sc, keep, NULL);		/* nobody looked on: nothing to tell */
	explain_free(NULL);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("see");
	TCase *tc = tcase_create("trace"), *te = tcase_create("explain");

	tcase_add_loop_test(tc, ioctl_line, 0, NELEM(ioctls));
	tcase_add_test(tc, every_ioctl_has_a_line);
	tcase_add_loop_test(tc, call_line, 0, NELEM(calls));
	tcase_add_loop_test(tc, frame_line, 0, NELEM(frames));
	tcase_add_test(tc, frame_behind_a_header);
	tcase_add_loop_test(tc, every_reason, TAP_WHY_NONE + 1, TAP_WHY_COUNT);
	tcase_add_test(tc, reasons);
	tcase_add_test(tc, who);
	tcase_add_test(tc, who_ended);
	tcase_add_test(tc, who_of_many);
	tcase_add_checked_fixture(te, setup_explain, teardown_explain);
	tcase_add_test(te, failures_of_a_unit);
	tcase_add_test(te, failures_that_succeed);
	tcase_add_test(te, failures_are_bounded);
	tcase_add_test(te, failures_of_ioctls);
	tcase_add_test(te, failures_without_a_unit);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, te);
	return s;
}

UNIT_MAIN(suite)
