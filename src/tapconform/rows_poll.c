/* SPDX-License-Identifier: BSD-2-Clause */
/* PO: poll(2), select(2) and, on systems that have it, kevent(2). */
#include <poll.h>
#include <string.h>
#include <unistd.h>

#if defined(__has_include)
#if __has_include(<sys/event.h>)
#include <sys/time.h>
#include <sys/event.h>
#define HAVE_KEVENT
#endif
#endif

#include "conform.h"

#define IN	(POLLIN | POLLRDNORM)
#define OUT	(POLLOUT | POLLWRNORM)

static void po_01(struct ctx *c)
{
	IS("POLLIN|POLLRDNORM of an empty queue", dev_poll(c, IN), 0);
	IS("select for reading", dev_readable(c, 0), 0);
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("select is woken", dev_readable(c, BOUND));
}

static void po_02(struct ctx *c)
{
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("POLLIN", dev_poll(c, POLLIN), POLLIN);
	IS("POLLRDNORM", dev_poll(c, POLLRDNORM), POLLRDNORM);
	IS("both", dev_poll(c, IN), IN);
}

static void po_03(struct ctx *c)
{
	IS("POLLOUT|POLLWRNORM", dev_poll(c, OUT), OUT);
	IS("POLLOUT and POLLIN", dev_poll(c, POLLOUT | POLLIN), POLLOUT);
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("POLLOUT while down", dev_poll(c, POLLOUT), POLLOUT);
}

static void po_04(struct ctx *c)
{
	IS("the host sends", host_send(c, 1, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("POLLPRI|POLLRDBAND|POLLWRBAND", dev_poll(c, POLLPRI | POLLRDBAND | POLLWRBAND), 0);
}

static void po_05(struct ctx *c)
{
	IS("nothing asked, up", dev_poll(c, 0), 0);
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("nothing asked, down", dev_poll(c, 0), 0);
	IS("POLLIN, down", dev_poll(c, POLLIN), 0);
}

static void po_06(struct ctx *c)
{
	long len;

	IS("the host sends", host_send(c, 1, 60), 0);
	IS("the host sends", host_send(c, 2, 60), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("readable again", dev_readable(c, BOUND), 1);
	IS("the frame read", dev_next(c, &len), 1);
	IS("readable with one frame left", dev_readable(c, BOUND), 1);
	IS("the frame read", dev_next(c, &len), 2);
	IS("readable with none left", dev_readable(c, 0), 0);
}

#ifdef HAVE_KEVENT

/* How many events a filter gives at once, 0 or 1; *data its data.  -errno when it cannot be registered. */
static long kevent_now(struct ctx *c, int filter, long *data)
{
	struct timespec now = { 0, 0 };
	struct kevent ev;
	int kq = kqueue();
	long rc;

	if (kq < 0)
		return -errno;
	EV_SET(&ev, c->fd, filter, EV_ADD, 0, 0, 0);
	rc = kevent(kq, &ev, 1, NULL, 0, &now) < 0 ? -errno : 0;
	if (rc == 0)
		rc = kevent(kq, NULL, 0, &ev, 1, &now);
	*data = rc == 1 ? (long)ev.data : 0;
	close(kq);
	return rc;
}

static void po_08(struct ctx *c)
{
	long data;

	IS("EVFILT_READ of an empty queue", kevent_now(c, EVFILT_READ, &data), 0);
	IS("the host sends", host_send(c, 1, 92), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("the host sends", host_send(c, 2, 60), 0);
	TRUE("ifconfig works meanwhile", ifc_flags(c, F_UP, F_UP) == F_UP);
	IS("EVFILT_READ of two frames", kevent_now(c, EVFILT_READ, &data), 1);
	IS("its data", data, c->d->kq_nothing ? 0 : c->d->kq_bytes ? 92 : 2);
}

static void po_09(struct ctx *c)
{
	long data;

	IS("EVFILT_WRITE", kevent_now(c, EVFILT_WRITE, &data), 1);
	IS("its data", data, c->d->kq_write < 0 ? 1500 : c->d->kq_write);
}

static void po_10(struct ctx *c)
{
	long data;

	IS("EVFILT_VNODE", kevent_now(c, EVFILT_VNODE, &data), c->d->kq_bad_filter ? -c->d->kq_bad_filter : -EINVAL);
}

#else

static void no_kevent(struct ctx *c)
{
	SKIP("no kevent here");
}
#define po_08	no_kevent
#define po_09	no_kevent
#define po_10	no_kevent

#endif

const struct row rows_poll[] = {
	{ "PO-01", READY, po_01, "not readable while nothing is queued; the next frame wakes" },
	{ "PO-02", READY, po_02, "a queued frame: those of POLLIN and POLLRDNORM that were asked for" },
	{ "PO-03", READY, po_03, "always writable" },
	{ "PO-04", READY, po_04, "never POLLPRI, POLLRDBAND, POLLWRBAND" },
	{ "PO-05", READY, po_05, "never POLLERR, POLLHUP" },
	{ "PO-06", READY, po_06, "readable until the queue is empty" },
	{ "PO-08", READY, po_08, "EVFILT_READ and its data" },
	{ "PO-09", READY, po_09, "EVFILT_WRITE and its data" },
	{ "PO-10", READY, po_10, "another filter is EINVAL" },
	{ 0 },
};
