/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "tuntap:NAME": a Linux TAP interface of any name as a wire, for a switch's uplink or a unit that is to be plugged
 * into an interface not its own.  Addresses, MTU and up or down are its user's business, with ip(8); it is made down.
 * It is not tuntap.c, whose interfaces are units: this one only carries frames.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "backend/wire.h"
#include "base/util.h"

#define DEV	"/dev/net/tun"
#define BUDGET	64			/* frames read before others have their turn */
#define RETRY	(1000 * LOOP_MS)	/* between attempts to make it again */

struct hosttap {
	struct wire *w;
	char name[IFNAMSIZ];
	int fd;				/* -1 while the interface is gone */
	struct loop_fd io;
	struct loop_timer retry;
	bool reading;			/* frame is in use */
	uint64_t down, full, gone;	/* frames not sent */
	uint8_t frame[WIRE_FRAME_MAX];
};

static const struct {
	int err;
	const char *advice;
} advice[] = {
	{ ENOENT, "load the module (modprobe tun), or pass the device into the container" },
	{ ENODEV, "load the module (modprobe tun)" },
	{ ENXIO, "load the module (modprobe tun)" },
	{ EPERM, "making a host interface takes root or CAP_NET_ADMIN" },
	{ EACCES, "making a host interface takes root or CAP_NET_ADMIN" },
	{ EEXIST, "take another name, or delete that interface: ip link delete" },
	{ EMFILE, "raise the limit of open files (ulimit -n, LimitNOFILE=)" },
	{ ENFILE, "raise the system's limit of open files (sysctl fs.file-max)" },
};

static int explain(const struct hosttap *t, const char *what, int err, char *why, size_t size)
{
	const char *then = "";

	for (size_t i = 0; i < NELEM(advice); i++)
		if (advice[i].err == err)
			then = advice[i].advice;
	snprintf(why, size, "tuntap:%s: %s: %s%s%s", t->name, what, strerror(err), then[0] != '\0' ? "; " : "", then);
	return -err;
}

static void on_frames(void *arg, uint32_t events);

/* Make the interface and watch it.  -errno, and why.  A name that is taken is EEXIST, which the kernel calls EBUSY. */
static int make(struct hosttap *t, char *why, size_t size)
{
	struct ifreq ifr = { .ifr_flags = (short)(IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL) };
	int err, fd = open(DEV, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return explain(t, DEV, errno, why, size);
	str_copy(ifr.ifr_name, sizeof(ifr.ifr_name), t->name);
	err = ioctl(fd, TUNSETIFF, &ifr) == 0 ? 0 : errno == EBUSY ? -EEXIST : -errno;
	if (err == 0)
		err = loop_fd_add(t->w->b->loop, &t->io, fd, EPOLLIN, on_frames, t);
	if (err == 0) {
		t->fd = fd;
		return 0;
	}
	close(fd);
	return explain(t, "making the host interface", -err, why, size);
}

static void try_again(void *arg)
{
	struct hosttap *t = arg;
	char why[sizeof(t->w->text)];

	if (make(t, why, sizeof(why)) == 0) {
		wire_link(t->w, true, "%s", "");
		return;
	}
	loop_timer_set(t->w->b->loop, &t->retry, RETRY, try_again, t);
	wire_link(t->w, false, "%s", why);
}

static void drop(struct hosttap *t)
{
	loop_fd_del(t->w->b->loop, &t->io);
	close(t->fd);
	t->fd = -1;
}

/* A descriptor whose interface was deleted stays in EBADFD for ever. */
static void check_deleted(struct hosttap *t)
{
	struct ifreq ifr;

	if (ioctl(t->fd, TUNGETIFF, &ifr) == 0 || errno != EBADFD)
		return;
	drop(t);
	loop_timer_set(t->w->b->loop, &t->retry, RETRY, try_again, t);
	wire_link(t->w, false, "%s was deleted by somebody else; it will be made again", t->name);
}

static void receive(struct hosttap *t)
{
	ssize_t len = 0;

	if (t->reading || t->fd < 0)
		return;
	t->reading = true;
	for (int i = 0; i < BUDGET && t->fd >= 0 && (len = read(t->fd, t->frame, sizeof(t->frame))) >= 0; i++)
		if (len >= TAP_HDRLEN)
			wire_recv(t->w, t->frame, (size_t)len);
	t->reading = false;
	if (t->fd >= 0 && len < 0 && errno != EAGAIN)
		check_deleted(t);
}

static void on_frames(void *arg, uint32_t events)
{
	receive(arg);
}

/* ------------------------------------------------------------------ the wire */

static bool name_ok(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n < IFNAMSIZ && strcspn(name, "/%: \t\n\v\f\r") == n && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0;
}

static int hosttap_check(const char *arg, char *why, size_t size)
{
	if (name_ok(arg))
		return 0;
	snprintf(why, size, "tuntap:%.32s: expected a name for the host interface, of 1 to %d characters, as in tuntap:up0",
	    arg, IFNAMSIZ - 1);
	return -EINVAL;
}

static int hosttap_open(struct wire *w, const char *arg, char *why, size_t size)
{
	struct hosttap *t = calloc(1, sizeof(*t));
	int err;

	if (t == NULL) {
		snprintf(why, size, "tuntap:%s: out of memory", arg);
		return -ENOMEM;
	}
	t->w = w;
	str_copy(t->name, sizeof(t->name), arg);
	err = make(t, why, size);
	if (err == 0)
		w->priv = t;
	else
		free(t);
	return err;
}

static void hosttap_close(struct wire *w)
{
	struct hosttap *t = w->priv;

	loop_timer_del(w->b->loop, &t->retry);
	if (t->fd >= 0)
		drop(t);
	free(t);
}

static int hosttap_send(struct wire *w, const void *frame, size_t len)
{
	struct hosttap *t = w->priv;

	if (t->fd >= 0 && write(t->fd, frame, len) >= 0)
		return 0;
	if (t->fd >= 0 && errno == EIO) {	/* it is down */
		t->down++;
		return -ENETDOWN;
	}
	if (t->fd >= 0 && errno != EBADFD) {
		t->full++;
		return -ENOBUFS;
	}
	t->gone++;
	if (t->fd >= 0)
		check_deleted(t);
	return -ENETDOWN;
}

static void hosttap_sync(struct wire *w)
{
	receive(w->priv);
}

static void hosttap_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct hosttap *t = w->priv;

	fn(arg, "host_down", t->down, "frames dropped because the host interface was down");
	fn(arg, "host_full", t->full, "frames the host interface did not take");
	fn(arg, "host_gone", t->gone, "frames dropped because the host interface was deleted");
}

const struct wire_ops wire_hosttap = {
	.name = "tuntap",
	.args = "NAME",
	.help = "a Linux TAP interface of that name, without a unit",
	.max_mtu = 65521,
	.check = hosttap_check,
	.open = hosttap_open,
	.close = hosttap_close,
	.send = hosttap_send,
	.sync = hosttap_sync,
	.each_stat = hosttap_each_stat,
};
