/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vde wire: any Virtual Distributed Ethernet by libvdeplug: a vde_switch, vxvde:// across machines, ptp://, tap://.
 *
 * libvdeplug waits wherever its plug-ins do: for a switch to answer, for a name server, for room in a socket; and it
 * loads those plug-ins by name.  So it runs in a process of its own, the helper, which does nothing but pass frames
 * between VDE and a socket pair.  tapd never waits for it, and starts another when it ends.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libvdeplug.h>

#include "backend/wire.h"
#include "base/util.h"

#define RETRY		(1000 * LOOP_MS)	/* from the end of a helper to the next */
#define BATCH		64			/* frames of a wire, then the others */
#define END_WAIT	100			/* ms a helper gets to leave its network in order */

#define VDE_STATS(X) \
	X(rx, "frames that came from the network") \
	X(tx, "frames passed on to it") \
	X(tx_away, "frames dropped because the network was not connected") \
	X(tx_big, "frames dropped because VDE carries 9234 bytes at most") \
	X(tx_full, "frames dropped because the network took none and the queue to it was full")

/* What the helper counts, in memory that both have. */
struct vde_shared {
	uint64_t tx_refused;
};

struct vde_wire {
	struct wire *w;
	char vnl[TAP_SPEC_MAX];			/* virtual network locator */
	pid_t helper;
	int fd;					/* to the helper, or -1 */
	int error;				/* why it said it ends, an errno */
	struct loop_fd src;
	struct loop_timer retry;
	struct vde_shared *shared;
	struct {
#define X(name, help) uint64_t name;
		VDE_STATS(X)
#undef X
	} n;
};

/* ------------------------------------------------------------------ the helper */

/* A message shorter than a frame is an errno: 0 connected, else why it ends. */
static void helper_tell(int fd, int error)
{
	send(fd, &error, sizeof(error), MSG_NOSIGNAL);
}

/* A frame of tapd's.  False: tapd hung up. */
static bool helper_send(int fd, VDECONN *conn, struct vde_shared *shared)
{
	char frame[VDE_ETHBUFSIZE];
	ssize_t n = recv(fd, frame, sizeof(frame), 0);

	if (n > 0 && vde_send(conn, frame, n, 0) < 0)
		shared->tx_refused++;
	return n > 0;
}

/* A frame of the network's.  0, or the errno that ended it. */
static int helper_receive(int fd, VDECONN *conn, bool hung_up)
{
	char frame[VDE_ETHBUFSIZE];
	ssize_t n = vde_recv(conn, frame, sizeof(frame), 0);

	if (n >= TAP_HDRLEN)
		return send(fd, frame, n, MSG_NOSIGNAL) < 0 ? errno : 0;
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return errno;
	return hung_up ? ECONNRESET : 0;	/* anything short is an own frame, or nothing */
}

/* Pass frames both ways until either side ends: the errno that VDE ended with, or 0 for tapd's end. */
static int helper_carry(int fd, VDECONN *conn, struct vde_shared *shared)
{
	struct pollfd p[] = { { fd, POLLIN, 0 }, { vde_datafd(conn), POLLIN, 0 }, { vde_ctlfd(conn), POLLIN, 0 } };
	int err = 0;

	while (err == 0) {
		if (poll(p, NELEM(p), -1) < 0 && errno != EINTR)
			return errno;
		if (p[0].revents != 0 && !helper_send(fd, conn, shared))
			return 0;
		if (p[1].revents != 0)
			err = helper_receive(fd, conn, p[1].revents & POLLHUP);
		if (p[2].revents != 0)		/* silent while the switch lives */
			err = ECONNRESET;
	}
	return err;
}

/* It keeps the standard descriptors and fd, and ends when tapd does, however that ends. */
static void helper_settle(int fd, pid_t parent)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP };	/* they are for tapd, which then tells us */
	sigset_t none;

	if (fd > 3)
		close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0u, 0);
	for (size_t i = 0; i < NELEM(ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_NAME, "tapd-vde");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

static void helper_main(struct vde_wire *v, int fd, pid_t parent)
{
	char descr[64];
	VDECONN *conn;

	helper_settle(fd, parent);
	snprintf(descr, sizeof(descr), "tapd %s", v->w->name);
	conn = vde_open(v->vnl, descr, NULL);
	if (conn == NULL) {
		helper_tell(fd, errno != 0 ? errno : EIO);
		_exit(1);
	}
	helper_tell(fd, 0);
	helper_tell(fd, helper_carry(fd, conn, v->shared));
	vde_close(conn);
	_exit(0);
}

/* ------------------------------------------------------------------ its life */

static void start_helper(void *arg);

static void say_why(struct vde_wire *v)
{
	const char *text = strerror(v->error), *advice = "";

	if (v->error == ENOENT || v->error == ECONNREFUSED)
		text = "nobody serves it", advice = "; start it, as by vde_switch -s PATH";
	else if (v->error == EPROTONOSUPPORT)
		text = "no such kind of network", advice = "; each is a libvdeplug_KIND.so";
	else if (v->error == ECONNRESET)
		text = "it was closed";
	wire_link(v->w, false, "%.56s: %s%s", v->vnl, text, advice);
}

/* Its end, in order if it can: a socket it made in the file system goes with it. */
static void end_helper(struct vde_wire *v)
{
	struct pollfd p = { .fd = v->fd };

	if (v->fd < 0)
		return;
	loop_fd_del(v->w->b->loop, &v->src);
	shutdown(v->fd, SHUT_WR);
	poll(&p, 1, END_WAIT);
	close(v->fd);
	v->fd = -1;
	kill(v->helper, SIGKILL);
	waitpid(v->helper, NULL, 0);
}

static void helper_ended(struct vde_wire *v)
{
	end_helper(v);
	say_why(v);
	loop_timer_set(v->w->b->loop, &v->retry, RETRY, start_helper, v);
}

/* One message.  False: none is there now, or there is no helper any more. */
static bool take_message(struct vde_wire *v)
{
	uint8_t frame[VDE_ETHBUFSIZE];
	ssize_t n = recv(v->fd, frame, sizeof(frame), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		helper_ended(v);
		return false;
	}
	if (n >= TAP_HDRLEN) {
		v->n.rx++;
		wire_recv(v->w, frame, n);
	} else if (n == sizeof(v->error)) {
		memcpy(&v->error, frame, sizeof(v->error));
		if (v->error == 0)
			wire_link(v->w, true, "%.64s: connected", v->vnl);
	}
	return true;
}

static void on_messages(void *arg, uint32_t events)
{
	for (int i = 0; i < BATCH && take_message(arg); i++)
		;
}

static int fork_helper(struct vde_wire *v)
{
	pid_t parent = getpid();
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return -errno;
	v->helper = fork();
	if (v->helper == 0)
		helper_main(v, fds[1], parent);
	close(fds[1]);
	if (v->helper < 0) {
		close(fds[0]);
		return -errno;
	}
	v->fd = fds[0];
	v->error = ECONNRESET;		/* if it dies without a word */
	return loop_fd_add(v->w->b->loop, &v->src, v->fd, EPOLLIN, on_messages, v);
}

static void start_helper(void *arg)
{
	struct vde_wire *v = arg;
	int err = fork_helper(v);

	if (err == 0)
		return;
	v->error = -err;
	helper_ended(v);
}

/* ------------------------------------------------------------------ the wire */

static void vde_wire_close(struct wire *w)
{
	struct vde_wire *v = w->priv;

	loop_timer_del(w->b->loop, &v->retry);
	end_helper(v);
	munmap(v->shared, sizeof(*v->shared));
	free(v);
}

/* "vde:///run/x" is a locator itself: then the arg is what follows its first colon. */
static int vde_wire_open(struct wire *w, const char *arg, char *why, size_t size)
{
	struct vde_wire *v = calloc(1, sizeof(*v));

	if (v == NULL)
		goto nomem;
	v->shared = mmap(NULL, sizeof(*v->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (v->shared == MAP_FAILED)
		goto nomem;
	v->w = w;
	v->fd = -1;
	str_format(v->vnl, sizeof(v->vnl), "%s%s", strncmp(arg, "//", 2) == 0 ? "vde:" : "", arg);
	w->priv = v;
	w->up = false;
	str_copy(w->text, sizeof(w->text), "connecting");
	loop_timer_set(w->b->loop, &v->retry, 0, start_helper, v);
	return 0;
nomem:
	free(v);
	snprintf(why, size, "vde:%s: out of memory", arg);
	return -ENOMEM;
}

static int vde_wire_send(struct wire *w, const void *frame, size_t len)
{
	struct vde_wire *v = w->priv;

	if (!w->up) {
		v->n.tx_away++;
		return -ENETDOWN;
	}
	if (len > VDE_ETHBUFSIZE) {
		v->n.tx_big++;
		return -ENOBUFS;
	}
	if (send(v->fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		v->n.tx_full++;
		return -ENOBUFS;
	}
	v->n.tx++;
	return 0;
}

static void vde_wire_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct vde_wire *v = w->priv;

#define X(name, help) fn(arg, #name, v->n.name, help);
	VDE_STATS(X)
#undef X
	fn(arg, "tx_refused", v->shared->tx_refused, "of the frames passed on, those that the network refused");
}

const struct wire_ops wire_vde = {
	.name = "vde",
	.args = "VNL",
	.help = "a VDE network: a vde_switch's path, vxvde://GROUP, ptp://PATH",
	.max_mtu = VDE_MAXMTU,
	.open = vde_wire_open,
	.close = vde_wire_close,
	.send = vde_wire_send,
	.each_stat = vde_wire_each_stat,
};
