/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libtap-bsd: that a tap gets numbers tapd knows and Linux carries, and that every other descriptor gets exactly what
 * plain ioctl(2) would have given.  The tap is played by an ioctl() of this file's, which the library calls in place of
 * the C library's; everything else passes through it to the kernel.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bsd/tapbsd.h"
#include "tap/tap.h"
#include "unit.h"

#define SENTINEL 77		/* an errno nobody sets */

/* ------------------------------------------------------------------ a tap */

static struct {
	int fd;			/* the descriptor that is the tap; -1: none */
	uint32_t request;	/* what it was sent last, but for what the library asks and tells by itself */
	int error;		/* what it answers to that; 0: success */
	bool foreign;		/* it is some other device */
	int told;		/* FIONBIO, as the driver hears of it */
	int calls;
} tap = { .fd = -1 };

static int answer_as_tap(uint32_t request, void *arg)
{
	struct tap_ioctl d;
	int error = tap.error;

	tap_ioctl_decode(request, &d);
	if (d.id == TAP_IOC_NBIO && !tap.foreign)
		tap.told = *(int *)arg;
	if (d.id == TAP_IOC_KQDATA || d.id == TAP_IOC_NBIO) {
		errno = ENOTTY;
		return tap.foreign ? -1 : 0;
	}
	if (d.id == TAP_IOC_GIFNAME && !tap.foreign) {
		memset(arg, 0, d.out);
		strcpy(arg, "tap7");
		return 0;
	}
	tap.request = request;
	tap.calls++;
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (fd == tap.fd && fd != -1)
		return answer_as_tap((uint32_t)request, arg);
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

/* An unlinked regular file of size bytes. */
static int regular_file(off_t size)
{
	int fd = memfd_create("file", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, size), 0);
	return fd;
}

static void tap_setup(void)
{
	memset(&tap, 0, sizeof(tap));
	tap.fd = regular_file(0);
}

static void tap_teardown(void)
{
	close(tap.fd);
	tap.fd = -1;
}

/* ------------------------------------------------------------------ the table */

START_TEST(table_is_unambiguous)
{
	for (const struct tapbsd_number *a = tapbsd_number_table; a->from != 0; a++)
		for (const struct tapbsd_number *b = tapbsd_number_table; b->from != 0; b++) {
			ck_assert_msg(a == b || a->from != b->from, "%#x is there twice", a->from);
			ck_assert_msg(a->to != b->from, "%#x is translated again", a->to);
		}
}
END_TEST

/* Both sides of each row are one command to tapd, and the kernel copies at least what tapd reads or writes. */
START_TEST(table_agrees_with_the_device)
{
	for (const struct tapbsd_number *n = tapbsd_number_table; n->from != 0; n++) {
		struct tap_ioctl from, to;

		if (n->to == FIOCLEX || n->to == FIONCLEX)
			continue;
		ck_assert_msg(tap_ioctl_decode(n->from, &from), "tapd does not know %#x", n->from);
		ck_assert_msg(tap_ioctl_decode(n->to, &to), "tapd does not know %#x", n->to);
		if (from.id == TAP_IOC_OGIFADDR)	/* the same by an older number */
			from.id = TAP_IOC_GIFADDR;
		ck_assert_msg(from.id == to.id, "%#x is %s, %#x is %s", n->from, from.name, n->to, to.name);
		if (n->only_tap)
			continue;
		ck_assert_msg(to.in == (_IOC_DIR(n->to) & _IOC_WRITE ? _IOC_SIZE(n->to) : 0), "%s: input", to.name);
		ck_assert_msg(to.out == (_IOC_DIR(n->to) & _IOC_READ ? _IOC_SIZE(n->to) : 0), "%s: output", to.name);
	}
}
END_TEST

/* ------------------------------------------------------------------ on a tap */

START_TEST(tap_is_sent_the_translation)
{
	char arg[TAP_IOCTL_MAX] = { 0 };

	for (const struct tapbsd_number *n = tapbsd_number_table; n->from != 0; n++) {
		struct tap_ioctl d;

		if (tap_ioctl_decode(n->from, &d) && d.id == TAP_IOC_GIFNAME)
			continue;
		errno = SENTINEL;
		ck_assert_int_eq(tapbsd_ioctl(tap.fd, n->from, arg), 0);
		ck_assert_int_eq(errno, SENTINEL);
		ck_assert_uint_eq(tap.request, n->to);
	}
}
END_TEST

START_TEST(tap_is_sent_the_rest_as_it_is)
{
	int arg = 0;

	ck_assert_int_eq(tapbsd_ioctl(tap.fd, FIONBIO, &arg), 0);
	ck_assert_uint_eq(tap.request, FIONBIO);
	ck_assert_int_eq(tap.told, arg);
	ck_assert_int_eq(tapbsd_ioctl(tap.fd, 0x00045600, 0x1043), 0);
	ck_assert_uint_eq(tap.request, 0x00045600);
}
END_TEST

/* Numbers that went through an int arrive sign-extended. */
START_TEST(number_in_an_int)
{
	int request = (int)0xc0206921;
	uint8_t lladdr[6];

	ck_assert_int_eq(tapbsd_ioctl(tap.fd, (unsigned long)(long)request, lladdr), 0);
	ck_assert_uint_eq(tap.request, 0x80066921);
}
END_TEST

START_TEST(tap_errors_are_final)
{
	static const int errors[] = { EINVAL, EPROTOTYPE, EPERM, ENXIO, EFAULT, ESRCH, EHOSTDOWN, ENOTCONN };
	char info[8] = { 0 };

	tap.error = errors[_i];
	ck_assert_int_eq(tapbsd_ioctl(tap.fd, 0x8008745b, info), -1);
	ck_assert_int_eq(errno, errors[_i]);
	ck_assert_uint_eq(tap.request, 0x4008745b);
	ck_assert_int_eq(tap.calls, 1);
}
END_TEST

/* A device or file of another kind that does not know the translation gets the caller's own number. */
START_TEST(other_device_gets_the_original)
{
	static const int errors[] = { ENOTTY, EINVAL, EOPNOTSUPP, ENOSYS };
	int arg = 0;

	tap.foreign = true;
	tap.error = errors[_i];
	ck_assert_int_eq(tapbsd_ioctl(tap.fd, FIONREAD, &arg), -1);
	ck_assert_int_eq(errno, errors[_i]);
	ck_assert_uint_eq(tap.request, FIONREAD);
	ck_assert_int_eq(tap.calls, 2);
}
END_TEST

/* FIONBIO works on anything: BSD's number for it may become Linux's on a tap only. */
START_TEST(other_device_keeps_fionbio)
{
	int arg = 1;

	tap.foreign = true;
	tapbsd_ioctl(tap.fd, 0x8004667e, &arg);
	ck_assert_uint_eq(tap.request, 0x8004667e);
	ck_assert_int_eq(tap.calls, 1);
}
END_TEST

/* What fcntl(2) asks of the kernel goes to the driver, as on BSD. */
START_TEST(fcntl_on_a_tap)
{
	errno = SENTINEL;
	ck_assert_int_eq(tapbsd_fcntl(tap.fd, F_SETFL, O_ASYNC), 0);
	ck_assert_uint_eq(tap.request, 0x4004667d);
	ck_assert_int_eq(tapbsd_fcntl(tap.fd, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(tap.told, 1);
	ck_assert_int_eq(tapbsd_fcntl64(tap.fd, F_SETOWN, getpid()), 0);
	ck_assert_uint_eq(tap.request, 0x4004667c);
	tapbsd_fcntl(tap.fd, F_GETOWN);
	ck_assert_uint_eq(tap.request, 0x8004667b);
	ck_assert_int_ge(tapbsd_fcntl(tap.fd, F_GETFL), 0);
	ck_assert_uint_eq(tap.request, 0x80044b02);
	ck_assert_int_eq(tapbsd_fcntl(tap.fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(errno, SENTINEL);
	tap.error = EPERM;
	ck_assert_int_eq(tapbsd_fcntl(tap.fd, F_SETOWN, 1), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

START_TEST(fcntl_on_another_device)
{
	tap.foreign = true;
	ck_assert_int_eq(tapbsd_fcntl(tap.fd, F_SETFL, O_ASYNC | O_NONBLOCK), 0);
	ck_assert_int_eq(tapbsd_fcntl(tap.fd, F_SETOWN, getpid()), 0);
	ck_assert_int_eq(tapbsd_fcntl(tap.fd, F_GETOWN), getpid());
	ck_assert_int_eq(tap.calls, 0);
}
END_TEST

/* ------------------------------------------------------------------ replies of tapd */

START_TEST(json_is_found)
{
	static const char text[] = "{\"a\": {\"names\": 1, \"x\": [\"]\", \"}\"]},"
	    " \"names\" : [\"tap0\", \"t\\\"1\", {\"n\":-12}]}";
	const char *names = tapbsd_json_member(text, "names"), *one = tapbsd_json_first(names), *two, *three;
	char buf[8];

	two = tapbsd_json_next(one);
	three = tapbsd_json_next(two);
	ck_assert(tapbsd_json_string(one, buf, sizeof(buf)));
	ck_assert_str_eq(buf, "tap0");
	ck_assert(!tapbsd_json_string(one, buf, 4));
	ck_assert(tapbsd_json_string(two, buf, sizeof(buf)));
	ck_assert_str_eq(buf, "t\"1");
	ck_assert_int_eq(tapbsd_json_number(tapbsd_json_member(three, "n")), -12);
	ck_assert(!tapbsd_json_string(three, buf, sizeof(buf)));
	ck_assert_ptr_null(tapbsd_json_next(three));
	ck_assert_ptr_null(tapbsd_json_member(text, "b"));
	ck_assert_ptr_null(tapbsd_json_member(names, "a"));
	ck_assert_ptr_null(tapbsd_json_first(text));
	ck_assert_ptr_null(tapbsd_json_first(tapbsd_json_member("{\"e\":[]}", "e")));
	ck_assert_ptr_null(tapbsd_json_member(NULL, "a"));
	ck_assert_int_eq(tapbsd_json_number(NULL), 0);
}
END_TEST

/* What is no JSON: nothing is found, or something, but never a byte behind its end. */
START_TEST(json_may_be_nonsense)
{
	static const char text[] = "{\"error\":{\"errno\":\"EEXIST\",\"m\":[1,{\"a\":\"\\\\\"}]},\"z\":[\"t\",3]}";

	for (size_t len = 0; len < sizeof(text); len++)
		for (int c = 0; c < 7; c++) {
			char *copy = malloc(len + 1), buf[32];
			const char *error, *p;

			memcpy(copy, text, len);
			copy[len] = '\0';
			if (len > 0 && c > 0)
				copy[len * 7 / 9] = "\"{}[]\\"[c - 1];
			error = tapbsd_json_member(copy, "error");
			tapbsd_json_string(tapbsd_json_member(error, "errno"), buf, sizeof(buf));
			for (p = tapbsd_json_first(tapbsd_json_member(copy, "z")); p != NULL; p = tapbsd_json_next(p))
				tapbsd_json_number(p);
			free(copy);
		}
}
END_TEST

/* ------------------------------------------------------------------ on everything else */

/* Descriptors a program may have; -1 is one that is closed. */
enum { UDP, LOCAL, PIPE, PTY_MASTER, PTY, REGULAR, DIRECTORY, NULLDEV, CLOSED, NFDS };

/* A UDP socket connected to itself on lo, with one datagram of 5 bytes waiting; needs a network namespace. */
static int udp_socket(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(sin);
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ifr.ifr_flags = IFF_UP;
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sin, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&sin, &len), 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sin, len), 0);
	ck_assert_int_eq(send(fd, "hello", 5, 0), 5);
	return fd;
}

static bool own_network(void)
{
	if (unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
		return true;
	fprintf(stderr, "# left out: no network namespace of our own: %s\n", strerror(errno));
	return false;
}

static void open_all(int fds[NFDS])
{
	struct pollfd pty;
	int pair[2];

	fds[UDP] = udp_socket();
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	ck_assert_int_eq(send(pair[1], "hello", 5, 0), 5);
	fds[LOCAL] = pair[0];
	ck_assert_int_eq(pipe(pair), 0);
	ck_assert_int_eq(write(pair[1], "hello", 5), 5);
	fds[PIPE] = pair[0];
	ck_assert_int_eq(openpty(&fds[PTY_MASTER], &fds[PTY], NULL, NULL, NULL), 0);
	ck_assert_int_eq(write(fds[PTY_MASTER], "hello\n", 6), 6);
	pty = (struct pollfd){ fds[PTY], POLLIN, 0 };	/* it goes through a queue of the kernel's */
	ck_assert_int_eq(poll(&pty, 1, 10000), 1);
	fds[REGULAR] = regular_file(1000);
	fds[DIRECTORY] = open("/", O_RDONLY);
	fds[NULLDEV] = open("/dev/null", O_RDWR);
	fds[CLOSED] = -1;
}

struct result {
	int rc, error;
	char data[TAP_IOCTL_MAX];
};

/* The argument is what each command takes: an int, or a struct ifreq that names lo. */
static struct result call(int (*fn)(int, unsigned long, ...), int fd, uint32_t request)
{
	struct result r = { 0 };

	if (request == SIOCGIFADDR || request == SIOCSIFADDR)
		strcpy(r.data, "lo");
	errno = SENTINEL;
	r.rc = fn(fd, request, r.data);
	r.error = errno;
	return r;
}

static void compare(int fd, int what, uint32_t request)
{
	struct result want = call(ioctl, fd, request), got = call(tapbsd_ioctl, fd, request);

	ck_assert_msg(got.rc == want.rc && got.error == want.error, "%#x on %d: %d errno %d, not %d errno %d", request,
	    what, got.rc, got.error, want.rc, want.error);
	ck_assert_msg(memcmp(got.data, want.data, sizeof(got.data)) == 0, "%#x on %d: data", request, what);
}

/* BSD's interface ioctls are done on a socket: ifioctl.c.  A local one has Linux's SIOCGIFADDR too. */
static bool is_served(int what, uint32_t request)
{
	return ((what == UDP || what == LOCAL) && _IOC_TYPE(request) == 'i') ||
	    (what == LOCAL && request == SIOCGIFADDR);
}

/* Every number of the table, on every descriptor: return value, errno and data are those of ioctl(2). */
START_TEST(others_are_not_disturbed)
{
	int fds[NFDS];

	if (!own_network())
		return;
	open_all(fds);
	for (const struct tapbsd_number *n = tapbsd_number_table; n->from != 0; n++)
		for (int i = 0; i < NFDS; i++)
			if (!is_served(i, n->from))
				compare(fds[i], i, n->from);
}
END_TEST

/* The same, told by what a program wants to see, so that a mistake in both of the above cannot hide. */
START_TEST(others_answer)
{
	static const struct {
		int what, waiting;
	} waiting[] = { { UDP, 5 }, { LOCAL, 5 }, { PIPE, 5 }, { PTY, 6 }, { REGULAR, 1000 } };
	struct ifreq ifr = { .ifr_name = "lo" };
	int fds[NFDS], n, on = 1;

	if (!own_network())
		return;
	open_all(fds);
	for (size_t i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++) {
		ck_assert_int_eq(tapbsd_ioctl(fds[waiting[i].what], FIONREAD, &n), 0);
		ck_assert_int_eq(n, waiting[i].waiting);
	}
	ck_assert_int_eq(tapbsd_ioctl(fds[UDP], FIOASYNC, &on), 0);
	ck_assert_int_ne(fcntl(fds[UDP], F_GETFL) & O_ASYNC, 0);
	ck_assert_int_eq(tapbsd_ioctl(fds[UDP], SIOCGIFADDR, &ifr), 0);
	ck_assert_uint_eq(((struct sockaddr_in *)(void *)&ifr.ifr_addr)->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
}
END_TEST

/* In a session of its own, whose terminal the pty is. */
static bool terminal_has_a_group(int pty)
{
	int group = 0;

	return setsid() == getpid() && ioctl(pty, TIOCSCTTY, 0) == 0 && tapbsd_ioctl(pty, TIOCGPGRP, &group) == 0 &&
	    group == getpgrp() && tapbsd_ioctl(pty, TIOCSPGRP, &group) == 0;
}

START_TEST(terminal_answers)
{
	int master, pty, status;
	pid_t pid;

	ck_assert_int_eq(openpty(&master, &pty, NULL, NULL, NULL), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(terminal_has_a_group(pty) ? 0 : 1);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* ------------------------------------------------------------------ names */

START_TEST(devname_of_a_device)
{
	char buf[32];

	errno = SENTINEL;
	ck_assert_str_eq(devname(makedev(1, 3), S_IFCHR), "null");
	ck_assert_str_eq(devname(makedev(4095, 4095), S_IFCHR), "#C:0xffffff");
	ck_assert_str_eq(devname((dev_t)-1, S_IFCHR), "#NODEV");
	ck_assert_str_eq(devname(makedev(1, 3), S_IFREG), "#NODEV");
	ck_assert_ptr_eq(devname_r(makedev(1, 5), S_IFCHR, buf, sizeof(buf)), buf);
	ck_assert_str_eq(buf, "zero");
	ck_assert_int_eq(errno, SENTINEL);
}
END_TEST

START_TEST(fdevname_of_a_tap)
{
	char buf[5];

	ck_assert_str_eq(fdevname(tap.fd), "tap7");
	ck_assert_ptr_eq(fdevname_r(tap.fd, buf, sizeof(buf)), buf);
	ck_assert_str_eq(buf, "tap7");
	ck_assert_ptr_null(fdevname_r(tap.fd, buf, sizeof(buf) - 1));
	ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(fdevname_of_others)
{
	int fds[2], null = open("/dev/null", O_RDWR);

	ck_assert_str_eq(fdevname(null), "null");
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_ptr_null(fdevname(fds[0]));
	ck_assert_int_eq(errno, ENOTTY);
	ck_assert_ptr_null(fdevname(-1));
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("bsd");
	TCase *table = tcase_create("table"), *with_tap = tcase_create("tap"), *others = tcase_create("others");

	tcase_add_test(table, table_is_unambiguous);
	tcase_add_test(table, table_agrees_with_the_device);
	tcase_add_checked_fixture(with_tap, tap_setup, tap_teardown);
	tcase_add_test(with_tap, tap_is_sent_the_translation);
	tcase_add_test(with_tap, tap_is_sent_the_rest_as_it_is);
	tcase_add_test(with_tap, number_in_an_int);
	tcase_add_loop_test(with_tap, tap_errors_are_final, 0, 8);
	tcase_add_loop_test(with_tap, other_device_gets_the_original, 0, 4);
	tcase_add_test(with_tap, other_device_keeps_fionbio);
	tcase_add_test(with_tap, fdevname_of_a_tap);
	tcase_add_test(with_tap, fcntl_on_a_tap);
	tcase_add_test(with_tap, fcntl_on_another_device);
	tcase_add_test(table, json_is_found);
	tcase_add_test(table, json_may_be_nonsense);
	tcase_add_test(others, others_are_not_disturbed);
	tcase_add_test(others, others_answer);
	tcase_add_test(others, terminal_answers);
	tcase_add_test(others, devname_of_a_device);
	tcase_add_test(others, fdevname_of_others);
	suite_add_tcase(s, table);
	suite_add_tcase(s, with_tap);
	suite_add_tcase(s, others);
	return s;
}

UNIT_MAIN(suite)
