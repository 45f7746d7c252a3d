/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device under test through Linux: system calls on the nodes of a tapd that this file starts in a network and mount
 * namespace of its own; the host's side is a packet socket on the interface.  Not the control protocol: see sys_ctl.c.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/conformance/sys.h"

/* A read(2) in a thread of its own. */
struct job {
	bool active;
	pthread_t thread;
	int fd;
	int finished;			/* eventfd */
	size_t len;
	ssize_t res;
	uint8_t buf[FRAME_MAX];
};

static struct sys {
	int slot[NSLOTS];
	struct job job[NJOBS];
	int epoll, packet, usual;
	pid_t forked, reader, stranger, nobody;
} sys;

static int result(long r)
{
	return r < 0 ? -errno : (int)r;
}

/* ------------------------------------------------------------------ descriptors */

static int sys_open(struct dut *d, int slot, const char *name, int oflags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", sys_dev_dir(), name);
	fd = open(path, oflags | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	sys.slot[slot] = fd;
	return 0;
}

static int sys_close(struct dut *d, int slot)
{
	int fd = sys.slot[slot];

	sys.slot[slot] = -1;
	return result(close(fd));
}

static int sys_dup(struct dut *d, int slot, int to)
{
	sys.slot[to] = dup(sys.slot[slot]);
	return sys.slot[to] < 0 ? -errno : 0;
}

static void die_with_parent(void)
{
	sys_die_with_parent();
	signal(SIGTERM, SIG_DFL);
}

static int sys_fork(struct dut *d)
{
	sys.forked = fork();
	if (sys.forked == 0) {
		die_with_parent();
		for (;;)
			pause();
	}
	return sys.forked < 0 ? -errno : 0;
}

static int reap(pid_t *pid, int signo)
{
	int err = 0;

	if (*pid > 0) {
		kill(*pid, signo);
		err = sys_wait(*pid, WAIT_MS);
	}
	*pid = 0;
	return err < 0 ? err : 0;
}

static int sys_fork_exit(struct dut *d)
{
	return reap(&sys.forked, SIGTERM);
}

static int sys_setfl(struct dut *d, int slot, int flags)
{
	return result(fcntl(sys.slot[slot], F_SETFL, flags));
}

static int sys_getfl(struct dut *d, int slot)
{
	return result(fcntl(sys.slot[slot], F_GETFL));
}

static int sys_setown(struct dut *d, int slot, pid_t pid)
{
	return result(fcntl(sys.slot[slot], F_SETOWN, pid));
}

static int sys_stat(struct dut *d, const char *name, bool want_minor)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", sys_dev_dir(), name);
	if (stat(path, &st) != 0)
		return -errno;
	return want_minor ? (int)minor(st.st_rdev) : (int)(st.st_mode & 0777);
}

static int sys_as_user(struct dut *d, bool on)
{
	return result(seteuid(on ? 65534 : 0));
}

/* ------------------------------------------------------------------ calls */

static ssize_t sys_read(struct dut *d, int slot, const struct iovec *iov, int n, off_t off)
{
	return result(off < 0 ? readv(sys.slot[slot], iov, n) : preadv(sys.slot[slot], iov, n, off));
}

static ssize_t sys_write(struct dut *d, int slot, const struct iovec *iov, int n, off_t off)
{
	return result(off < 0 ? writev(sys.slot[slot], iov, n) : pwritev(sys.slot[slot], iov, n, off));
}

static int sys_poll(struct dut *d, int slot, int events)
{
	struct pollfd p = { .fd = sys.slot[slot], .events = events };

	return poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

/*
 * epoll_ctl() returns once the device knows that somebody waits, and epoll_wait() asks it again only when it was woken:
 * so there is no moment in which a wake-up could come too early or be taken for granted.
 */
static int sys_poll_arm(struct dut *d, int slot, int events)
{
	struct epoll_event ev = { .events = events };

	sys.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (sys.epoll < 0)
		return -errno;
	return result(epoll_ctl(sys.epoll, EPOLL_CTL_ADD, sys.slot[slot], &ev));
}

static int sys_poll_woken(struct dut *d, int ms)
{
	struct epoll_event ev;

	return result(epoll_wait(sys.epoll, &ev, 1, ms));
}

static int sys_ioctl(struct dut *d, int slot, unsigned long cmd, void *arg)
{
	return result(ioctl(sys.slot[slot], cmd, arg));
}

/* ------------------------------------------------------------------ reads that sleep */

static void *job_main(void *arg)
{
	struct job *j = arg;
	uint64_t one = 1;

	j->res = result(read(j->fd, j->buf, j->len));
	if (write(j->finished, &one, sizeof(one)) < 0)
		perror("eventfd");
	return NULL;
}

static int sys_read_start(struct dut *d, int job, int slot, size_t len)
{
	struct job *j = &sys.job[job];
	int err;

	j->fd = sys.slot[slot];
	j->len = len;
	j->finished = eventfd(0, EFD_CLOEXEC);
	err = pthread_create(&j->thread, NULL, job_main, j);
	j->active = err == 0;
	return -err;
}

static ssize_t sys_read_done(struct dut *d, int job, void *buf)
{
	struct job *j = &sys.job[job];
	struct pollfd p = { .fd = j->finished, .events = POLLIN };

	if (poll(&p, 1, WAIT_MS) != 1)
		return -ETIMEDOUT;
	pthread_join(j->thread, NULL);
	close(j->finished);
	j->active = false;
	if (j->res > 0)
		memcpy(buf, j->buf, j->res);
	return j->res;
}

static int sys_read_signal(struct dut *d, int job, bool restart)
{
	return -pthread_kill(sys.job[job].thread, restart ? SIGUSR2 : SIGUSR1);
}

static int sys_child_read(struct dut *d, int slot)
{
	char buf[2048];

	sys.reader = fork();
	if (sys.reader == 0) {
		die_with_parent();
		_exit(read(sys.slot[slot], buf, sizeof(buf)) < 0);
	}
	return sys.reader < 0 ? -errno : sys_close(d, slot);
}

static int sys_child_kill(struct dut *d)
{
	return reap(&sys.reader, SIGKILL);
}

/* ------------------------------------------------------------------ the host */

/*
 * Without the queueing discipline, which Linux brings into service some time after the carrier came; a frame sent
 * before that would be thrown away unseen.
 */
static int sys_host_attach(struct dut *d, const char *ifname)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
	    .sll_ifindex = if_nametoindex(ifname) };
	int on = 1, size = 1 << 20;

	if (sll.sll_ifindex == 0)
		return -ENODEV;
	sys.packet = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (sys.packet < 0)
		return -errno;
	setsockopt(sys.packet, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	setsockopt(sys.packet, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	sys.usual = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (sys.usual < 0 || bind(sys.usual, (struct sockaddr *)&sll, sizeof(sll)) != 0)
		return -errno;
	return result(bind(sys.packet, (struct sockaddr *)&sll, sizeof(sll)));
}

/* A packet socket remembers that its interface went down,
    and would say so once more in place of the next call's result. */
static void forget_error(int fd)
{
	int err;
	socklen_t size = sizeof(err);

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size);
}

static int sys_host_send(struct dut *d, const void *frame, size_t len)
{
	forget_error(sys.packet);
	return send(sys.packet, frame, len, 0) < 0 ? -errno : 0;
}

/* The next frame of the kind: what the interface sent, or what it received. */
static ssize_t packet_recv(int fd, bool outgoing, void *buf, int ms)
{
	struct sockaddr_ll from;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	do {
		socklen_t size = sizeof(from);

		forget_error(fd);
		if (poll(&p, 1, ms) != 1)
			return -EAGAIN;
		n = recvfrom(fd, buf, FRAME_MAX, MSG_DONTWAIT, (struct sockaddr *)&from, &size);
	} while (n >= 0 && (from.sll_pkttype == PACKET_OUTGOING) != outgoing);
	return result(n);
}

static ssize_t sys_wire_recv(struct dut *d, void *buf, int ms)
{
	return packet_recv(sys.packet, false, buf, ms);
}

/*
 * Through the queueing discipline, for what goes past it is not captured; until Linux has brought that into service it
 * throws frames away, unseen by the capture and by the device.  A socket never sees what itself sent, so there are two.
 */
static int sys_capture(struct dut *d, const void *frame, size_t len, int ms)
{
	static uint8_t seen[FRAME_MAX];

	for (; ms > 0; ms--) {
		forget_error(sys.usual);
		if (send(sys.usual, frame, len, 0) < 0)
			return -errno;
		if (packet_recv(sys.packet, true, seen, 1) == (ssize_t)len && memcmp(seen, frame, len) == 0)
			return 0;
	}
	return -EAGAIN;
}

/* ------------------------------------------------------------------ SIGIO */

static pid_t make_stranger(void)
{
	int ready[2];
	char c;
	pid_t pid;

	if (pipe(ready) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		die_with_parent();
		setsid();
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &c, 1) != 1)
		pid = -1;
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static pid_t make_nobody(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	sys_wait(pid, WAIT_MS);
	return pid;
}

static pid_t sys_who(struct dut *d, enum who w)
{
	if (w == WHO_STRANGER && sys.stranger == 0)
		sys.stranger = make_stranger();
	if (w == WHO_NOBODY && sys.nobody == 0)
		sys.nobody = make_nobody();
	return w == WHO_ME ? getpid() : w == WHO_MY_GROUP ? -getpgrp() : w == WHO_NOBODY ? sys.nobody :
	    w == WHO_STRANGER ? sys.stranger : 0;
}

static int sys_sigio(struct dut *d, int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	return sigtimedwait(&set, NULL, &t) == SIGIO;
}

/* ------------------------------------------------------------------ start, reset, stop */

static void nothing(int signo)
{
}

/* SIGIO is fetched, never delivered; SIGUSR1 and SIGUSR2 interrupt a read.  All before there is any thread or child. */
static void set_signals(void)
{
	struct sigaction sa = { .sa_handler = nothing }, restart = { .sa_handler = nothing, .sa_flags = SA_RESTART };
	sigset_t set;

	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGUSR2, &restart, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGIO);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int sys_start(struct dut *d, char **args)
{
	for (int i = 0; i < NSLOTS; i++)
		sys.slot[i] = -1;
	sys.epoll = sys.packet = sys.usual = -1;
	setpgid(0, 0);
	set_signals();
	return sys_daemon_start(d->name, args[0]);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void drop_jobs(void)
{
	for (int i = 0; i < NJOBS; i++) {
		struct job *j = &sys.job[i];
		struct pollfd p = { .fd = j->finished, .events = POLLIN };

		if (!j->active)
			continue;
		pthread_kill(j->thread, SIGUSR1);
		if (poll(&p, 1, WAIT_MS) != 1)
			printf("# a read(2) did not return after a signal\n");
		pthread_join(j->thread, NULL);
		close_fd(&j->finished);
		j->active = false;
	}
}

static void drop_all(struct dut *d)
{
	sys_as_user(d, false);
	drop_jobs();
	reap(&sys.forked, SIGKILL);
	reap(&sys.reader, SIGKILL);
	reap(&sys.stranger, SIGKILL);
	close_fd(&sys.epoll);
	close_fd(&sys.packet);
	close_fd(&sys.usual);
	for (int i = 0; i < NSLOTS; i++)
		close_fd(&sys.slot[i]);
	while (sys_sigio(d, 0))
		;
}

static int sys_reset(struct dut *d, const struct setup *s)
{
	drop_all(d);
	sys_set_inet6(s->inet6);
	return sys_daemon_reset(s);
}

static int sys_stop(struct dut *d)
{
	drop_all(d);
	return sys_daemon_stop();
}

static void sys_abandon(struct dut *d)
{
	sys_daemon_kill();
	drop_all(d);
}

static const struct dut_ops sys_ops = {
	.start = sys_start, .stop = sys_stop, .abandon = sys_abandon,
	.reset = sys_reset, .host_attach = sys_host_attach,
	.as_user = sys_as_user, .open = sys_open, .close = sys_close, .dup = sys_dup,
	.fork = sys_fork, .fork_exit = sys_fork_exit,
	.read = sys_read, .write = sys_write, .setfl = sys_setfl, .getfl = sys_getfl,
	.setown = sys_setown, .stat = sys_stat,
	.poll = sys_poll, .poll_arm = sys_poll_arm, .poll_woken = sys_poll_woken, .ioctl = sys_ioctl,
	.read_start = sys_read_start, .read_done = sys_read_done, .read_signal = sys_read_signal,
	.child_read = sys_child_read, .child_kill = sys_child_kill,
	.host_send = sys_host_send, .wire_recv = sys_wire_recv, .capture = sys_capture,
	.ctl = sys_ctl, .query = sys_query, .who = sys_who, .sigio = sys_sigio,
};

struct dut dut_fuse = { "fuse", ON_FUSE, &sys_ops };
struct dut dut_cuse = { "cuse", ON_CUSE, &sys_ops };
