/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device under test, as a case sees it: the calls of a program, and the host's side of the interface.
 *
 * dut_fake.c has the device core and the CUSE transport in this process and plays the kernel; dut_sys.c makes real
 * system calls on the nodes of a running tapd.  The cases cannot tell which they run over.
 *
 * Every function returns what the system call would, with -errno for errors.
 */
#ifndef TAPD_TESTS_DUT_H
#define TAPD_TESTS_DUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#define NSLOTS		4		/* file descriptors of a case */
#define NJOBS		4		/* blocked reads of a case */
#define FRAME_MAX	70000		/* bytes */
#define NCOUNTERS	32
#define WAIT_MS		5000		/* a condition that did not come true by then never will */

/* The transports a case can run over; a case that names none runs over all of them. */
enum { ON_FAKE = 1, ON_FUSE = 2, ON_CUSE = 4 };
#define ON_ALL		(ON_FAKE | ON_FUSE | ON_CUSE)
#define ON_SYS		(ON_FUSE | ON_CUSE)	/* needs Linux's own system call layer */
#define ON_UNRESTRICTED	(ON_FAKE | ON_CUSE)	/* the kernel does not read the ioctl number for us */

/* A bad address: nothing is mapped there. */
#define BAD_POINTER	((void *)(uintptr_t)8)

/* One unit as the controls show it. */
struct ustate {
	bool exists;
	long flags;			/* TAP_IFF_* */
	long mtu;			/* bytes */
	long opened_by;			/* process id, 0: nobody */
	long readers, qlen, qlimit, async;
	long naddr[2];			/* IPv4, IPv6 (link-local ones not counted) */
	char ether[18], remote[18];
	char status[16];		/* "active", "no carrier", "unknown" */
	char media[40];			/* "": no such line */
	int ncounters;
	struct { char name[16]; long value; } counter[NCOUNTERS];
};

/* A process the SIGIO calls can name. */
enum who { WHO_NONE, WHO_ME, WHO_MY_GROUP, WHO_NOBODY, WHO_STRANGER, WHO_COUNT };

enum { START_SKIP = 77, START_FAILED = 99 };

struct dut;

/* What a daemon is like that has just been started. */
struct setup {
	const char *dialect;
	unsigned ahead;			/* nodes published ahead of their units */
	bool inet6;			/* of the host */
};

struct dut_ops {
	/* args: what followed the transport's name on the command line.  0, or START_* with the reason printed. */
	int (*start)(struct dut *d, char **args);
	/* The number of things left behind, each printed. */
	int (*stop)(struct dut *d);
	/* The daemon hangs: end it hard, so that what waits for it goes on, and clean up after it. */
	void (*abandon)(struct dut *d);
	const char *(*complaint)(struct dut *d);	/* what was wrong with the case just run, beside its steps; may be NULL */
	/* Before each case: no unit, no open file, sysctls at their defaults, and the rest as *s says. */
	int (*reset)(struct dut *d, const struct setup *s);
	/* HOST and WIRE mean this interface from now on. */
	int (*host_attach)(struct dut *d, const char *ifname);

	int (*as_user)(struct dut *d, bool on);				/* calls from now on are an ordinary user's */
	int (*open)(struct dut *d, int slot, const char *name, int oflags);
	int (*close)(struct dut *d, int slot);
	int (*dup)(struct dut *d, int slot, int to);
	/* A process that inherits all descriptors and does nothing / its end. */
	int (*fork)(struct dut *d);
	int (*fork_exit)(struct dut *d);
	/* off < 0: readv/writev, otherwise preadv/pwritev. */
	ssize_t (*read)(struct dut *d, int slot, const struct iovec *iov, int n, off_t off);
	ssize_t (*write)(struct dut *d, int slot, const struct iovec *iov, int n, off_t off);
	int (*setfl)(struct dut *d, int slot, int flags);		/* fcntl(F_SETFL) */
	int (*getfl)(struct dut *d, int slot);				/* fcntl(F_GETFL) */
	int (*setown)(struct dut *d, int slot, pid_t pid);		/* fcntl(F_SETOWN) */
	/* stat(2) of a node: its permission bits, or its minor number. */
	int (*stat)(struct dut *d, const char *name, bool want_minor);
	int (*poll)(struct dut *d, int slot, int events);		/* timeout 0: revents */
	int (*poll_arm)(struct dut *d, int slot, int events);		/* somebody sleeps in poll */
	int (*poll_woken)(struct dut *d, int ms);			/* 1: was woken, within ms */
	int (*ioctl)(struct dut *d, int slot, unsigned long cmd, void *arg);

	/* A read(2) by another thread; by another process, which then has the only copy of the descriptor. */
	int (*read_start)(struct dut *d, int job, int slot, size_t len);
	ssize_t (*read_done)(struct dut *d, int job, void *buf);	/* waits; -ETIMEDOUT */
	int (*read_signal)(struct dut *d, int job, bool restart);	/* a handler runs, with SA_RESTART or without */
	int (*child_read)(struct dut *d, int slot);
	int (*child_kill)(struct dut *d);				/* SIGKILL; 0 when it was reaped at once */

	int (*host_send)(struct dut *d, const void *frame, size_t len);
	ssize_t (*wire_recv)(struct dut *d, void *buf, int ms);		/* -EAGAIN: nothing came */
	/* The host sends a frame the usual way, and a bpf(4) sees it: 0, or -EAGAIN after ms. */
	int (*capture)(struct dut *d, const void *frame, size_t len, int ms);

	/* tapctl(8).  0, or a negative number: -errno where the text tells which, else -1. */
	int (*ctl)(struct dut *d, const char *line, char *out, size_t size);
	int (*query)(struct dut *d, const char *unit, struct ustate *u);
	pid_t (*who)(struct dut *d, enum who w);			/* a group is negative */
	int (*sigio)(struct dut *d, int ms);				/* SIGIOs since the last call; waits for one */
};

struct dut {
	const char *name;
	unsigned on;
	const struct dut_ops *ops;
};

extern struct dut dut_fake, dut_fuse, dut_cuse;

#endif
