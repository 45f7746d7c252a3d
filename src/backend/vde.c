/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vde wire: any Virtual Distributed Ethernet by libvdeplug: a vde_switch, vxvde:// across machines, ptp://, tap://.
 *
 * libvdeplug waits wherever its plug-ins do: for a switch to answer, for a name server, for room in a socket; and it
 * loads those plug-ins by name.  So it runs in a helper (helper.h).
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libvdeplug.h>
#include <sys/socket.h>

#include "backend/helper.h"
#include "base/util.h"

enum { COUNT_REFUSED };			/* in helper_shared.count */

struct vde_wire {
	struct helper h;
	char vnl[TAP_SPEC_MAX];		/* virtual network locator */
	uint64_t tx_big;
};

/* ------------------------------------------------------------------ in the helper */

/* A frame of tapd's.  False: tapd hung up. */
static bool pass_down(struct helper *h, int fd, VDECONN *conn)
{
	char frame[VDE_ETHBUFSIZE];
	ssize_t n = recv(fd, frame, sizeof(frame), 0);

	if (n > 0 && vde_send(conn, frame, n, 0) < 0)
		h->shared->count[COUNT_REFUSED]++;
	return n > 0;
}

/* A frame of the network's.  0, or the errno that ended it. */
static int pass_up(int fd, VDECONN *conn, bool hung_up)
{
	char frame[VDE_ETHBUFSIZE];
	ssize_t n = vde_recv(conn, frame, sizeof(frame), 0);

	if (n >= TAP_HDRLEN)
		return helper_pass(fd, frame, n) ? 0 : errno;
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return errno;
	return hung_up ? ECONNRESET : 0;	/* anything short is an own frame, or nothing */
}

/* Pass frames both ways until either side ends. */
static int carry(struct helper *h, int fd, VDECONN *conn)
{
	struct pollfd p[] = { { fd, POLLIN, 0 }, { vde_datafd(conn), POLLIN, 0 }, { vde_ctlfd(conn), POLLIN, 0 } };
	int err = 0;

	while (err == 0) {
		if (poll(p, NELEM(p), -1) < 0 && errno != EINTR)
			return errno;
		if (p[0].revents != 0 && !pass_down(h, fd, conn))
			return 0;
		if (p[1].revents != 0)
			err = pass_up(fd, conn, p[1].revents & POLLHUP);
		if (p[2].revents != 0)		/* silent while the switch lives */
			err = ECONNRESET;
	}
	return err;
}

static int run(struct helper *h, int fd)
{
	struct vde_wire *v = h->w->priv;
	char descr[64];
	VDECONN *conn;
	int err;

	snprintf(descr, sizeof(descr), "tapd %s", h->w->name);
	conn = vde_open(v->vnl, descr, NULL);
	if (conn == NULL)
		return errno != 0 ? errno : EIO;
	helper_ready(fd);
	err = carry(h, fd, conn);
	vde_close(conn);		/* a socket it made in the file system goes with it */
	return err;
}

/* ------------------------------------------------------------------ in tapd */

static void say(struct helper *h, int error, int signo)
{
	static const struct {
		int error;
		const char *text;
	} reasons[] = {
		{ ENOENT, "nobody serves it; start it, as by vde_switch -s PATH" },
		{ ECONNREFUSED, "nobody serves it; start it, as by vde_switch -s PATH" },
		{ EPROTONOSUPPORT, "no such kind of network; each is a libvdeplug_KIND.so" },
		{ ENODEV, "No such device; add a route for it, such as: ip route add 224.0.0.0/4 dev eth0" },
		{ ECONNRESET, "it was closed" },
	};
	const struct vde_wire *v = h->w->priv;
	const char *text = error == 0 ? "connected" : strerror(error);

	for (size_t i = 0; i < NELEM(reasons); i++)
		if (reasons[i].error == error)
			text = reasons[i].text;
	wire_link(h->w, error == 0, "%.64s: %s", v->vnl, text);
}

static void vde_wire_close(struct wire *w)
{
	struct vde_wire *v = w->priv;

	helper_close(&v->h);
	free(v);
}

/* "vde:///run/x" is a locator itself: then the arg is what follows its first colon. */
static int vde_wire_open(struct wire *w, const char *arg, char *why, size_t size)
{
	struct vde_wire *v = calloc(1, sizeof(*v));

	if (v == NULL || helper_init(&v->h) != 0) {
		free(v);
		snprintf(why, size, "vde:%s: out of memory", arg);
		return -ENOMEM;
	}
	v->h.w = w;
	v->h.run = run;
	v->h.say = say;
	str_format(v->vnl, sizeof(v->vnl), "%s%s", strncmp(arg, "//", 2) == 0 ? "vde:" : "", arg);
	w->priv = v;
	w->up = false;
	str_copy(w->text, sizeof(w->text), "connecting");
	helper_start_soon(&v->h);
	return 0;
}

static int vde_wire_send(struct wire *w, const void *frame, size_t len)
{
	struct vde_wire *v = w->priv;

	if (len > VDE_ETHBUFSIZE) {
		v->tx_big++;
		return -ENOBUFS;
	}
	return helper_send(&v->h, frame, len);
}

static void vde_wire_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct vde_wire *v = w->priv;

	helper_each_stat(&v->h, fn, arg);
	fn(arg, "tx_big", v->tx_big, "frames dropped because VDE carries 9234 bytes at most");
	fn(arg, "tx_refused", v->h.shared->count[COUNT_REFUSED], "of the frames passed on, those that the network refused");
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
