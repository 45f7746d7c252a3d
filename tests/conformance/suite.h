/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The language of the cases.  A case is data: the row it proves, what is given, and a list of steps, each a call and
 * what it must give.  An expected result is what the call returns; an error is written -EAGAIN.
 *
 * Frames are numbered from 1 within a case, those the host sends and those the program writes apart; the content of a
 * frame depends on its number, so READ(2000, 60, 3) says "the third frame the host sent, whole".  0: not looked at.
 */
#ifndef TAPD_TESTS_SUITE_H
#define TAPD_TESTS_SUITE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "tests/conformance/dut.h"

struct run;

struct step {
	void (*fn)(struct run *r, const struct step *s);	/* NULL: the last */
	const char *text;
	long a, b, c, want;
	unsigned long cmd;
	const char *s, *s2;
};

/* What is given, besides a running daemon with no unit. */
enum {
	NOTHING = 0,
	UNIT = 1,		/* tap0 exists */
	OPENED = 2 | UNIT,	/* and descriptor 0 has it open, O_RDWR */
	UP = 4,			/* ifconfig up, after the open if there is one */
	NB = 8,			/* descriptor 0 is non-blocking */
	VMNET = 16,		/* vmnet0 in place of tap0 */
	INET6 = 32,		/* the host has IPv6 (else it is off, and no frame comes that the case did not send) */
	AHEAD = 64,		/* the nodes of tap0 and tap1 are there, whether or not their units are */
	READY = OPENED | UP,
	READY_NB = READY | NB,
};

/*
 * The dialects a case holds for.  The fake kernel runs it for each of them; a real one once, for the first, because the
 * dialect is not what differs there.
 */
enum {
	IN_MANUAL = 1,			/* freebsd, the default: what the manual page says */
	IN_F8 = 2, IN_F10 = 4, IN_F11 = 8, IN_F12 = 16, IN_F13 = 32, IN_F14 = 64, IN_F16 = 128,
	IN_NETBSD = 256, IN_OPENBSD = 512, IN_DRAGONFLY = 1024,
	DIALECT_COUNT = 11,
	IN_F8_F11 = IN_F8 | IN_F10 | IN_F11,
	IN_F13_F16 = IN_F13 | IN_F14 | IN_F16,
	IN_F12_F16 = IN_F12 | IN_F13_F16,
	IN_F8_F16 = IN_F8_F11 | IN_F12_F16,
	IN_FREEBSD = IN_MANUAL | IN_F8_F16,
	IN_NEW = IN_MANUAL | IN_F12_F16,	/* one driver for tun and tap */
	IN_BSD = IN_FREEBSD | IN_DRAGONFLY,	/* FreeBSD and what comes of its driver */
	IN_ALL = IN_BSD | IN_NETBSD | IN_OPENBSD,
};
#define BUT(set)	(IN_ALL & ~(set))

struct tcase {
	const char *row;
	const char *title;
	unsigned in;
	unsigned on;
	unsigned given;
	const struct step *steps;
};

#define CASE_IN(in_, row_, on_, given_, title_, ...) \
	{ row_, title_, in_, on_, given_, (const struct step[]){ __VA_ARGS__, { 0 } } }
#define CASE(...)	CASE_IN(IN_MANUAL, __VA_ARGS__)

extern const struct tcase cases_ioctl[], cases_open[], cases_read[], cases_write[], cases_async[], cases_close[],
    cases_ifconfig[], cases_netbsd[], cases_systems[];

/* X(name): one function of steps.c each. */
#define STEPS(X) \
	X(fd) X(open) X(close) X(dup) X(fork) X(fork_exit) X(read) X(readv) X(write) X(writev) \
	X(read_bad) X(write_bad) X(setfl) X(is_nonblock) X(poll) X(poll_arm) X(poll_woken) X(int_get) \
	X(int_set) X(int_val) X(info_get) X(info_set) X(name_get) X(mac_get) X(mac_set) X(raw) X(raw_bad) \
	X(own_set) X(own_get) X(read_start) X(read_blocked) X(read_done) X(read_signal) X(child_read) \
	X(child_kill) X(host) X(host_fails) X(host_lost) X(wire) X(wire_none) X(ctl) X(ctl_out) X(unit) \
	X(no_unit) X(flags) X(mtu) X(status) X(opened_by) X(addrs) X(qlen) X(counter) X(sigio) \
	X(no_sigio) X(remote) X(isatty) X(as_user) X(mac_edge) X(dgname) X(kq) X(tun_get) X(tun_set) \
	X(ether) X(media) X(setown) X(stat) X(capture) X(read_edge)
#define X(name) void step_##name(struct run *r, const struct step *s);
STEPS(X)
#undef X

#define STEP(name, text_, ...) { .fn = step_##name, .text = text_, __VA_ARGS__ }

/* The descriptor that the following calls use; 0 at the start. */
#define FD(slot)			STEP(fd, "FD(" #slot ")", .a = slot)
/* The caller is not the super-user / is again. */
#define AS_USER(on_)			STEP(as_user, "not the super-user: " #on_, .a = on_)
#define OPEN(dev, oflags, res)		STEP(open, "open(" dev ", " #oflags ")", .s = dev, .a = oflags, .want = res)
#define CLOSE				STEP(close, "close()", .want = 0)
#define DUP(to)				STEP(dup, "dup() to " #to, .a = to)
#define FORK				STEP(fork, "fork()")
#define FORK_EXIT			STEP(fork_exit, "the child exits")

#define READ(len, res, k)		STEP(read, "read(" #len ")", .a = len, .b = -1, .c = k, .want = res)
#define PREAD(len, off, res, k)		STEP(read, "pread(" #len ", " #off ")", .a = len, .b = off, .c = k, .want = res)
#define READV(n, len, res, k)		STEP(readv, "readv(" #n " x " #len ")", .a = n, .b = len, .c = k, .want = res)
/* Only the first good_ bytes of the buffer are mapped. */
#define READ_EDGE(len, good_, res)	STEP(read_edge, "read(" #len ") with " #good_ " good bytes", .a = len, \
	.b = good_, .want = res)
#define READ_BAD(len, res)		STEP(read_bad, "read(" #len " at a bad address)", .a = len, .want = res)

/* Where a written frame goes. */
enum { TO_ALL, TO_GROUP, TO_US, TO_OTHER, TO_REMOTE, FROM_US };
#define WRITE(len, res)			STEP(write, "write(" #len ")", .a = len, .b = -1, .c = TO_ALL, .want = res)
#define WRITE_TO(dst, len, res)		STEP(write, "write(" #len " " #dst ")", .a = len, .b = -1, .c = dst, \
	.want = res)
#define PWRITE(len, off, res)		STEP(write, "pwrite(" #len ", " #off ")", .a = len, .b = off, .c = TO_ALL, \
	.want = res)
#define WRITEV(n, len, res)		STEP(writev, "writev(" #n " x " #len ")", .a = n, .b = len, .want = res)
#define WRITE_BAD(len, res)		STEP(write_bad, "write(" #len " at a bad address)", .a = len, .want = res)

#define NONBLOCK(on_)			STEP(setfl, "fcntl O_NONBLOCK " #on_, .a = (on_) ? O_NONBLOCK : 0)
#define SETFL(flags_)			STEP(setfl, "fcntl(F_SETFL, " #flags_ ")", .a = flags_)
#define SETOWN(w)			STEP(setown, "fcntl(F_SETOWN, " #w ")", .a = w)
#define STAT_MODE(dev, v)		STEP(stat, "permissions of " dev, .s = dev, .want = v)
#define STAT_MINOR(dev, v)		STEP(stat, "minor number of " dev, .s = dev, .a = 1, .want = v)
#define IS_NONBLOCK(on_)		STEP(is_nonblock, "O_NONBLOCK in F_GETFL", .want = on_)
#define POLL(ev, res)			STEP(poll, "poll(" #ev ")", .a = ev, .want = res)
#define POLL_ARM(ev)			STEP(poll_arm, "somebody sleeps in poll(" #ev ")", .a = ev)
#define POLL_WOKEN			STEP(poll_woken, "poll was woken", .want = 1)
#define POLL_QUIET			STEP(poll_woken, "poll still sleeps", .want = 0)

/* ioctl: an int out / in / as the argument itself, struct tapinfo, a name in ifreq, a MAC in ifreq, only the result. */
#define INT_GET(nr, v)			STEP(int_get, "ioctl(" #nr ") gives", .cmd = nr, .want = v)
#define INT_SET(nr, v, res)		STEP(int_set, "ioctl(" #nr ", &" #v ")", .cmd = nr, .a = v, .want = res)
#define INT_VAL(nr, v, res)		STEP(int_val, "ioctl(" #nr ", " #v ")", .cmd = nr, .a = v, .want = res)
#define INFO_GET(nr, baud, m, t)	STEP(info_get, "ioctl(" #nr ") gives {" #baud ", " #m ", " #t "}", \
	.cmd = nr, .a = baud, .b = m, .c = t)
#define INFO_SET(nr, baud, m, t, res)	STEP(info_set, "ioctl(" #nr ", {" #baud ", " #m ", " #t "})", \
	.cmd = nr, .a = baud, .b = m, .c = t, .want = res)
#define NAME_GET(nr, size, name)	STEP(name_get, "ioctl(" #nr ") gives " name, .cmd = nr, .a = size, .s = name)
#define MAC_GET(nr, size, mac)		STEP(mac_get, "ioctl(" #nr ") gives " mac, .cmd = nr, .a = size, .s = mac)
#define MAC_SET(nr, size, mac, res)	STEP(mac_set, "ioctl(" #nr ", " mac ")", .cmd = nr, .a = size, .s = mac, \
	.want = res)
/* With room for six bytes only before the end of what is mapped. */
#define MAC_EDGE(nr, res)		STEP(mac_edge, "ioctl(" #nr ") with six bytes at the end of a mapping", \
	.cmd = nr, .want = res)
#define OWN_MAC				"the interface's"
#define RAW(nr, res)			STEP(raw, "ioctl(" #nr ")", .cmd = nr, .want = res)
#define RAW_BAD(nr, res)		STEP(raw_bad, "ioctl(" #nr ") at a bad address", .cmd = nr, .want = res)
#define DGNAME(nr, len, name, res)	STEP(dgname, "ioctl(" #nr ") with " #len " bytes of room", .cmd = nr, \
	.a = len, .s = name, .want = res)
/* What kevent(2) would say: TAPKQDATA, tapd's own. */
#define KQ(filter, on_, data_)		STEP(kq, "EVFILT " #filter ": active " #on_ ", data " #data_, \
	.a = filter, .b = on_, .c = data_)
#define KQ_FAILS(filter, res)		STEP(kq, "EVFILT " #filter, .a = filter, .want = res)
/* OpenBSD's struct tuninfo. */
#define TUN_GET(nr, m, t, fl, baud)	STEP(tun_get, "ioctl(" #nr ") gives {" #m ", " #t ", " #fl ", " #baud "}", \
	.cmd = nr, .a = m, .b = t, .c = fl, .want = baud)
#define TUN_SET(nr, m, t, fl, res)	STEP(tun_set, "ioctl(" #nr ", {" #m ", " #t ", " #fl "})", \
	.cmd = nr, .a = m, .b = t, .c = fl, .want = res)
#define OWN_SET(nr, sign, w, res)	STEP(own_set, "ioctl(" #nr ", " #sign " " #w ")", \
	.cmd = nr, .a = sign, .b = w, .want = res)
#define OWN_GET(nr, sign, w)		STEP(own_get, "ioctl(" #nr ") gives " #sign " " #w, .cmd = nr, .a = sign, \
	.b = w)
#define ISATTY(res)			STEP(isatty, "isatty()", .want = res)

/* Reads that sleep.  READ_BLOCKED(n): n of them do. */
#define READ_START(job, len)		STEP(read_start, "read(" #len ") in thread " #job, .a = job, .b = len)
#define READ_BLOCKED(n)			STEP(read_blocked, #n " reads sleep", .want = n)
#define READ_DONE(job, res, k)		STEP(read_done, "thread " #job " returns", .a = job, .c = k, .want = res)
#define SIGNAL(job)			STEP(read_signal, "signal to thread " #job, .a = job)
#define SIGNAL_RESTART(job)		STEP(read_signal, "signal to thread " #job ", SA_RESTART", .a = job, .b = 1)
#define CHILD_READ			STEP(child_read, "a child reads, and has the only descriptor")
#define KILL9				STEP(child_kill, "kill -9 of the child", .want = 0)

/* The host's side.  HOST: the interface takes the frame.  HOST_LOST: the sender need not notice that it does not. */
#define HOST(len)			STEP(host, "host sends " #len, .a = 1, .b = len)
#define HOSTS(n, len)			STEP(host, "host sends " #n " x " #len, .a = n, .b = len)
#define HOST_FAILS(len, res)		STEP(host_fails, "host sends " #len, .b = len, .want = res)
#define HOST_LOST(n, len)		STEP(host_lost, "host sends " #n " x " #len ", in vain", .a = n, .b = len)
#define WIRE(len, k)			STEP(wire, "the host receives written frame " #k, .c = k, .want = len)
#define CAPTURED(len)			STEP(capture, "host sends " #len ", and a capture sees it", .b = len)
#define WIRE_NONE			STEP(wire_none, "the host receives nothing")

#define CTL(line, res)			STEP(ctl, "tapctl " line, .s = line, .want = res)
#define CTL_OUT(line, out)		STEP(ctl_out, "tapctl " line " prints " out, .s = line, .s2 = out)
#define IFUP				CTL("tap0 up", 0)
#define IFDOWN				CTL("tap0 down", 0)
#define SYSCTL(name, value)		CTL("sysctl net.link.tap." name "=" #value, 0)
#define IS_UNIT(name)			STEP(unit, name " exists", .s = name)
#define NO_UNIT(name)			STEP(no_unit, name " does not exist", .s = name)
#define FLAGS(name, v)			STEP(flags, "flags of " name, .s = name, .want = v)
#define MTU(name, v)			STEP(mtu, "mtu of " name, .s = name, .want = v)
#define STATUS(name, v)			STEP(status, "status of " name " is " v, .s = name, .s2 = v)
#define OPENED_BY(name, w)		STEP(opened_by, "opener of " name " is " #w, .s = name, .b = w)
#define ADDRS(name, n4, n6)		STEP(addrs, name " has " #n4 " IPv4 and " #n6 " IPv6 addresses", .s = name, \
	.a = n4, .b = n6)
#define REMOTE(name, mac)		STEP(remote, "remote address of " name " is " mac, .s = name, .s2 = mac)
#define LLADDR(name, begin)		STEP(ether, "address of " name " begins with " begin, .s = name, .s2 = begin)
#define MEDIA(name, v)			STEP(media, "media of " name " is " v, .s = name, .s2 = v)
#define QLEN(n)				STEP(qlen, "frames queued", .want = n)
#define COUNTER(name, n)		STEP(counter, "counter " name, .s = name, .want = n)
#define SIGIO_COMES			STEP(sigio, "SIGIO comes")
#define NO_SIGIO			STEP(no_sigio, "no SIGIO")

/* ioctl numbers, with the encoding in the name: BSD's, the one Linux gives the same macro, Linux's own number. */
#define BSD_TAPGDEBUG		0x40047459u
#define LNX_TAPGDEBUG		0x80047459u
#define BSD_TAPSDEBUG		0x8004745Au
#define LNX_TAPSDEBUG		0x4004745Au
#define BSD_TAPSIFINFO		0x8008745Bu
#define LNX_TAPSIFINFO		0x4008745Bu
#define BSD_TAPGIFINFO		0x4008745Cu
#define LNX_TAPGIFINFO		0x8008745Cu
#define BSD_TAPGIFNAME		0x4020745Du
#define LNX_TAPGIFNAME		0x8028745Du
#define LNX32_TAPGIFNAME	0x8020745Du
#define NBSD_TAPGIFNAME		0x40906500u
#define LNX_NBSD_TAPGIFNAME	0x80286500u
#define BSD_VMIO_SIOCSIFFLAGS	0x20045600u
#define OLD_VMIO_SIOCSIFFLAGS	0x20005600u
#define LNX_VMIO_SIOCSIFFLAGS	0x00045600u
#define LNX_OLD_VMIO_SIOCSIFFLAGS 0x00005600u
#define BSD_VMIO(n)		(0x20005600u + (n))
#define LNX_VMIO(n)		(0x00005600u + (n))
#define BSD_SIOCSIFADDR		0x8020690Cu
#define LNX_SIOCSIFADDR		0x4028690Cu
#define NUM_SIOCSIFADDR		0x8916u
#define BSD_SIOCGIFADDR		0xC0206921u
#define LNX_SIOCGIFADDR		0xC0286921u
#define NUM_SIOCGIFADDR		0x8915u
#define BSD_SIOCGIFFLAGS	0xC0206911u
#define BSD_SIOCGHWADDR		0xC020693Eu
#define BSD_FIONREAD		0x4004667Fu
#define LNX_FIONREAD		0x8004667Fu
#define NUM_FIONREAD		0x541Bu
#define BSD_FIONBIO		0x8004667Eu
#define LNX_FIONBIO		0x4004667Eu
#define NUM_FIONBIO		0x5421u
#define BSD_FIOASYNC		0x8004667Du
#define LNX_FIOASYNC		0x4004667Du
#define NUM_FIOASYNC		0x5452u
#define BSD_FIOSETOWN		0x8004667Cu
#define LNX_FIOSETOWN		0x4004667Cu
#define NUM_FIOSETOWN		0x8901u
#define BSD_FIOGETOWN		0x4004667Bu
#define LNX_FIOGETOWN		0x8004667Bu
#define NUM_FIOGETOWN		0x8903u
#define NUM_SIOCSPGRP		0x8902u
#define NUM_SIOCGPGRP		0x8904u
#define BSD_FIODGNAME		0x80106678u
#define BSD_FIODTYPE		0x4004667Au
#define LNX_FIODTYPE		0x8004667Au
#define BSD_TIOCSPGRP		0x80047476u
#define LNX_TIOCSPGRP		0x40047476u
#define NUM_TIOCSPGRP		0x5410u
#define BSD_TIOCGPGRP		0x40047477u
#define LNX_TIOCGPGRP		0x80047477u
#define NUM_TIOCGPGRP		0x540Fu
#define BSD_TUNSLMODE		0x8004745Du
#define BSD_TUNSIFMODE		0x8004745Eu
#define BSD_TUNSIFPID		0x2000745Fu
#define BSD_TUNSIFHEAD		0x80047460u
#define BSD_TUNGIFHEAD		0x40047461u
#define BSD_TAPSVNETHDR		0x8004745Bu
#define LNX_TAPSVNETHDR		0x4004745Bu
#define BSD_TAPSTRANSIENT	0x80047462u
#define LNX_TAPSTRANSIENT	0x40047462u
#define BSD_TAPGVNETHDR		0x4004745Eu
#define LNX_TAPGVNETHDR		0x8004745Eu
#define BSD_SIOCGIFMEDIA	0xC0306938u
#define BSD_OSIOCGIFADDR	0xC020690Du
#define BSD_TAPGTRANSIENT	0x40047463u
#define LNX_TAPGTRANSIENT	0x80047463u
#define OLD_NBSD_TAPGIFNAME	0x40206500u
#define BSD_TUNSIFINFO		0x800C745Bu
#define LNX_TUNSIFINFO		0x400C745Bu
#define BSD_TUNGIFINFO		0x400C745Cu
#define LNX_TUNGIFINFO		0x800C745Cu
#define OBSD_TUNSIFMODE		0x8004745Du
#define LNX_OBSD_TUNSIFMODE	0x4004745Du
#define TAPKQDATA		0xC0104B00u	/* the same in both encodings */
#define NUM_TCGETS		0x5401u

#endif
