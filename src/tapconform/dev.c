/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device: calls on it with their results as numbers, processes that use it, signals.  Waits are select(2) with a
 * bound, in slices, so that a wake-up that a system does not give (NetBSD until something is read) cannot stop us.
 */
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

#define SLICE		40	/* ms */
#define CHILD_LIFE	30	/* s after which a forgotten process ends */

static long result(long rc)
{
	return rc < 0 ? -errno : rc;
}

/* ------------------------------------------------------------------ open and close */

/* A close may take effect a moment after it returned; until then the device is busy. */
static long open_settled(const char *path, int flags)
{
	long fd;

	for (int waited = 0; (fd = result(open(path, flags))) == -EBUSY && waited < BOUND; waited += SLICE)
		wait_fd(-1, SLICE);
	return fd;
}

long dev_open(struct ctx *c, int flags)
{
	long fd = open_settled(c->path, flags);

	if (fd >= FD_SETSIZE) {
		close((int)fd);
		fd = -EMFILE;
	}
	c->fd = fd < 0 ? -1 : (int)fd;
	return fd < 0 ? fd : 0;
}

long dev_close(struct ctx *c)
{
	int fd = c->fd;

	c->fd = -1;
	return fd < 0 ? 0 : result(close(fd));
}

long dev_reopen(struct ctx *c)
{
	long rc = dev_close(c);

	return rc != 0 ? rc : dev_open(c, O_RDWR);
}

long dev_open_other(struct ctx *c, int flags)
{
	long fd = result(open(c->path, flags));

	if (fd < 0)
		return fd;
	close((int)fd);
	return 0;
}

/* ------------------------------------------------------------------ waiting */

bool wait_fd(int fd, int ms)
{
	struct timeval tv = { ms / 1000, (ms % 1000) * 1000 };
	fd_set set;

	FD_ZERO(&set);
	if (fd >= 0)
		FD_SET(fd, &set);
	return select(fd + 1, &set, NULL, NULL, &tv) > 0;
}

long dev_readable(struct ctx *c, int ms)
{
	for (; !wait_fd(c->fd, ms < SLICE ? ms : SLICE); ms -= SLICE)
		if (ms <= SLICE)
			return 0;
	return 1;
}

long dev_poll(struct ctx *c, int events)
{
	struct pollfd p = { .fd = c->fd, .events = (short)events };
	long rc = result(poll(&p, 1, 0));

	return rc < 0 ? rc : (unsigned short)p.revents;
}

/* ------------------------------------------------------------------ read and write */

long dev_read(struct ctx *c, size_t size)
{
	return result(read(c->fd, c->buf, size));
}

long dev_next(struct ctx *c, long *len)
{
	int seq;

	for (;;) {
		if (!dev_readable(c, BOUND))
			return -ETIMEDOUT;
		*len = dev_read(c, sizeof(c->buf));
		if (*len < 0)
			return *len;
		seq = frame_seq(c, c->buf, *len);
		if (seq != 0)
			return seq;
		c->strays++;
	}
}

void dev_drain(struct ctx *c)
{
	while (wait_fd(c->fd, 0) && dev_read(c, sizeof(c->buf)) > 0)
		;
}

long dev_write(struct ctx *c, const void *data, size_t len)
{
	return result(write(c->fd, data, len));
}

/* ------------------------------------------------------------------ ioctl */

long dev_ioctl(struct ctx *c, unsigned long cmd, void *arg)
{
	return result(ioctl(c->fd, cmd, arg));
}

long dev_int(struct ctx *c, unsigned long cmd, int *value)
{
	return dev_ioctl(c, cmd, value);
}

long dev_set(struct ctx *c, unsigned long cmd, int value)
{
	return dev_int(c, cmd, &value);
}

long dev_get(struct ctx *c, unsigned long cmd)
{
	int value = -1;
	long rc = dev_int(c, cmd, &value);

	return rc != 0 ? rc : value;
}

long dev_nonblock(struct ctx *c, bool on)
{
	return dev_set(c, FIONBIO, on);
}

void *bad_pointer(void)
{
	static void *page;

	if (page == NULL) {
		page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
		if (page == MAP_FAILED)
			page = NULL;
	}
	return page;
}

/* ------------------------------------------------------------------ processes */

static void on_signal(int signo)
{
	(void)signo;
}

static void handle(int signo, void (*fn)(int), int flags)
{
	struct sigaction sa = { .sa_handler = fn, .sa_flags = flags };

	sigemptyset(&sa.sa_mask);
	sigaction(signo, &sa, NULL);
}

static void live_briefly(void)
{
	signal(SIGALRM, SIG_DFL);
	alarm(CHILD_LIFE);
}

struct reading {
	long result, seq;
};

static void read_once(struct ctx *c, int pipe_out, int how)
{
	struct reading got = { 0, 0 };

	handle(SIGUSR1, on_signal, how == ON_SIGNAL_RESTART ? SA_RESTART : 0);
	live_briefly();
	if (write(pipe_out, "", 1) != 1)
		_exit(1);
	got.result = dev_read(c, sizeof(c->buf));
	got.seq = frame_seq(c, c->buf, got.result);
	_exit(write(pipe_out, &got, sizeof(got)) != sizeof(got));
}

bool reader_start(struct ctx *c, struct reader *r, int how)
{
	int p[2];
	char byte;

	r->pid = -1;
	if (pipe(p) != 0) {
		fail(c, "pipe: %s", strerror(errno));
		return false;
	}
	r->pipe = p[0];
	r->pid = fork();
	if (r->pid == 0)
		read_once(c, p[1], how);
	close(p[1]);
	if (r->pid > 0 && wait_fd(r->pipe, BOUND) && read(r->pipe, &byte, 1) == 1)
		return true;
	fail(c, "a process to read did not start");
	reader_end(r);
	return false;
}

/* Nothing comes from it; it has begun before this. */
bool reader_asleep(struct reader *r)
{
	return !wait_fd(r->pipe, QUIET);
}

long reader_result(struct reader *r, long *seq)
{
	struct reading got = { -ETIMEDOUT, 0 };

	if (wait_fd(r->pipe, BOUND) && read(r->pipe, &got, sizeof(got)) != sizeof(got))
		got.result = -EPIPE;
	if (seq != NULL)
		*seq = got.seq;
	return got.result;
}

void reader_end(struct reader *r)
{
	if (r->pid > 0)
		child_end(r->pid);
	if (r->pid != 0)
		close(r->pipe);
	r->pid = 0;
}

long in_child(struct ctx *c, uid_t uid, long (*fn)(struct ctx *c))
{
	long rc = -EPIPE;
	int p[2];
	pid_t pid;

	if (pipe(p) != 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		live_briefly();
		rc = uid != 0 && setuid(uid) != 0 ? -errno : fn(c);
		_exit(write(p[1], &rc, sizeof(rc)) != sizeof(rc));
	}
	close(p[1]);
	if (pid > 0 && wait_fd(p[0], BOUND) && read(p[0], &rc, sizeof(rc)) != sizeof(rc))
		rc = -EPIPE;
	close(p[0]);
	if (pid > 0)
		child_end(pid);
	return rc;
}

pid_t child_idle(bool session)
{
	int p[2];
	char byte;
	pid_t pid;

	if (pipe(p) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		live_briefly();
		signal(SIGIO, SIG_IGN);
		if ((session ? setsid() : setpgid(0, 0)) < 0 || write(p[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(p[1]);
	if (pid > 0 && (!wait_fd(p[0], BOUND) || read(p[0], &byte, 1) != 1)) {
		child_end(pid);
		pid = -1;
	}
	close(p[0]);
	return pid;
}

void child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* ------------------------------------------------------------------ SIGIO */

static int sigio_pipe[2] = { -1, -1 };

static void on_sigio(int signo)
{
	int saved = errno;
	ssize_t n = write(sigio_pipe[1], "", 1);

	(void)signo;
	(void)n;		/* a full pipe has enough of them */
	errno = saved;
}

void sigio_arm(void)
{
	if (sigio_pipe[0] < 0 && pipe(sigio_pipe) != 0)
		return;
	fcntl(sigio_pipe[1], F_SETFL, O_NONBLOCK);
	handle(SIGIO, on_sigio, SA_RESTART);
	while (sigio_came(0))
		;
}

/* select(2) itself may be what the signal interrupts: look again then. */
bool sigio_came(int ms)
{
	char byte;

	return (wait_fd(sigio_pipe[0], ms) || wait_fd(sigio_pipe[0], 0)) && read(sigio_pipe[0], &byte, 1) == 1;
}
