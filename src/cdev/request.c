/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a FUSE request to a call of tap/tap.h and back: see request.h.
 *
 * A blocking read is the only request that is not answered at once.  It is held, with an interrupt function, so that a
 * signal (and SIGKILL) ends it: without one the reader could not be killed.
 */
#include "cdev/request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/proc.h"

#define TURN 64			/* requests of one session before the others have their turn */

/* ------------------------------------------------------------------ sessions */

static void session_event(void *arg, uint32_t events)
{
	cdev_session_run(arg);
}

int cdev_session_init(struct cdev_session *s, struct loop *loop, struct fuse_session *se, int fd, struct fuse_buf *buf,
    void (*gone)(void *arg), void *arg)
{
	char path[32];
	int err;

	*s = (struct cdev_session){ .se = se, .loop = loop, .buf = buf, .gone = gone, .arg = arg };
	TAILQ_INIT(&s->files);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (fuse_session_mount(se, path) != 0) {	/* mounts nothing: it only takes fd */
		close(fd);
		fuse_session_destroy(se);
		return -EIO;
	}
	err = loop_fd_add(loop, &s->src, fd, EPOLLIN, session_event, s);
	if (err != 0)
		fuse_session_destroy(se);		/* closes fd */
	return err;
}

static void session_end(struct cdev_session *s)
{
	struct cdev_file *f;

	while ((f = TAILQ_FIRST(&s->files)) != NULL)
		cdev_file_free(s, f);
	loop_fd_del(s->loop, &s->src);
	fuse_session_destroy(s->se);
	s->gone(s->arg);
}

void cdev_session_run(struct cdev_session *s)
{
	int n = 0;

	s->busy = true;
	for (int i = 0; i < TURN && !s->dead; i++) {
		n = fuse_session_receive_buf(s->se, s->buf);
		if (n <= 0)
			break;
		fuse_session_process_buf(s->se, s->buf);
	}
	s->busy = false;
	if (s->dead || fuse_session_exited(s->se) || (n < 0 && n != -EAGAIN && n != -EINTR))
		session_end(s);
}

void cdev_session_fini(struct cdev_session *s, void (*freed)(void *arg))
{
	s->gone = freed;
	s->dead = true;
	if (!s->busy)
		session_end(s);
}

/* ------------------------------------------------------------------ files */

static void drop_pollhandle(struct cdev_file *f)
{
	if (f->ph != NULL)
		fuse_pollhandle_destroy(f->ph);
	f->ph = NULL;
}

/* selwakeup(9).  One notification an armed poll: the woken one arms it anew. */
static void file_wakeup(struct tap_file *tap)
{
	struct cdev_file *f = tap->cdev;

	if (f->ph == NULL)
		return;
	fuse_lowlevel_notify_poll(f->ph);
	drop_pollhandle(f);
}

static struct tap_cred req_cred(fuse_req_t req)
{
	const struct fuse_ctx *ctx = fuse_req_ctx(req);

	return (struct tap_cred){ .pid = ctx->pid, .uid = ctx->uid, .gid = ctx->gid };
}

struct cdev_file *cdev_file_open(struct cdev_session *s, struct tap_driver *drv, const struct tap_node *node,
    fuse_req_t req, int flags, int *err)
{
	struct tap_cred cred = req_cred(req);
	struct cdev_file *f = calloc(1, sizeof(*f));

	*err = -ENOMEM;
	if (f == NULL)
		return NULL;
	cred.pid = proc_tgid(cred.pid);
	f->tap.wakeup = file_wakeup;
	f->tap.cdev = f;
	f->tap.flag_seen = flags & O_NONBLOCK;
	f->tap.tid = fuse_req_ctx(req)->pid;
	*err = tap_open(drv, node, &cred, &f->tap);
	if (*err != 0) {
		free(f);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&s->files, f, link);
	return f;
}

void cdev_file_free(struct cdev_session *s, struct cdev_file *f)
{
	drop_pollhandle(f);
	tap_close(&f->tap);
	TAILQ_REMOVE(&s->files, f, link);
	free(f);
}

/* The open file a request is about, which learns who makes it; a release is made by the kernel, for whoever came last. */
static struct cdev_file *get_file(fuse_req_t req, const struct fuse_file_info *fi)
{
	struct cdev_file *f = (struct cdev_file *)(uintptr_t)fi->fh;

	if (fuse_req_ctx(req)->pid != 0)
		f->tap.tid = fuse_req_ctx(req)->pid;
	return f;
}

void cdev_release(struct cdev_session *s, fuse_req_t req, struct fuse_file_info *fi)
{
	cdev_file_free(s, get_file(req, fi));
	fuse_reply_err(req, 0);
}

/* ------------------------------------------------------------------ read */

struct held {
	struct tap_read r;
	fuse_req_t req;
};

static void read_done(struct tap_read *r, int err, const void *data, size_t n)
{
	struct held *h = r->cdev;

	if (err != 0)
		fuse_reply_err(h->req, -err);
	else
		fuse_reply_buf(h->req, data, n);
	free(h);
}

/* Called by the library with its lock on req held; replying is allowed here. */
static void read_interrupted(fuse_req_t req, void *data)
{
	struct held *h = data;

	tap_read_interrupt(&h->r);
}

void cdev_read(fuse_req_t req, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct held *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		fuse_reply_err(req, ENOMEM);
		return;
	}
	h->req = req;
	h->r.len = size;
	h->r.off = off;
	h->r.nonblock = fi->flags & O_NONBLOCK;
	h->r.tid = fuse_req_ctx(req)->pid;
	h->r.done = read_done;
	h->r.cdev = h;
	if (!tap_read(&get_file(req, fi)->tap, &h->r))
		return;
	if (fuse_req_interrupted(req))
		tap_read_interrupt(&h->r);
	else
		fuse_req_interrupt_func(req, read_interrupted, h);
}

/* ------------------------------------------------------------------ write, ioctl, poll */

void cdev_write(fuse_req_t req, const char *buf, size_t size, off_t off, struct fuse_file_info *fi)
{
	ssize_t n = tap_write(&get_file(req, fi)->tap, buf, size, off);

	if (n < 0)
		fuse_reply_err(req, -n);
	else
		fuse_reply_write(req, n);
}

/* Where the kernel leaves the sizes to us it asks first without data, and again with what is named here. */
static void ioctl_retry(fuse_req_t req, void *arg, const struct tap_ioctl *d)
{
	struct iovec in = { arg, d->in }, out = { arg, d->out };

	fuse_reply_ioctl_retry(req, &in, d->in > 0, &out, d->out > 0);
}

/*
 * FIODGNAME (GI-16): the data is a length and a pointer to where the name goes, as long as the caller's pointers are.
 * One more round is needed to reach that pointer, and only an unrestricted ioctl has it.
 */
static void reply_dgname(fuse_req_t req, const char *name, void *arg, const uint8_t *data, size_t in, size_t out_size,
    unsigned flags)
{
	struct iovec from = { arg, in }, to = { NULL, strlen(name) + 1 };
	uint64_t pointer = 0;
	int32_t len;

	memcpy(&len, data, sizeof(len));
	memcpy(&pointer, data + in / 2, in / 2);
	to.iov_base = (void *)(uintptr_t)pointer;
	if (!(flags & FUSE_IOCTL_UNRESTRICTED))
		fuse_reply_err(req, ENOTTY);
	else if (len < 0 || (size_t)len < to.iov_len)
		fuse_reply_err(req, EINVAL);
	else if (out_size < to.iov_len)
		fuse_reply_ioctl_retry(req, &from, 1, &to, 1);
	else
		fuse_reply_ioctl(req, 0, name, to.iov_len);
}

void cdev_ioctl(fuse_req_t req, unsigned cmd, void *arg, struct fuse_file_info *fi, unsigned flags, const void *in_buf,
    size_t in_size, size_t out_size)
{
	uint8_t data[TAP_IOCTL_MAX] = { 0 };
	struct tap_cred cred = req_cred(req);
	struct tap_file *f = &get_file(req, fi)->tap;
	struct tap_ioctl d;
	int err, value = (int)(uintptr_t)arg;

	tap_ioctl_decode(cmd, &d);
	if ((in_size < d.in || out_size < d.out) && (flags & FUSE_IOCTL_UNRESTRICTED)) {
		ioctl_retry(req, arg, &d);
		return;
	}
	if (in_size < d.in || out_size < d.out) {
		tap_ioctl_refused(f, &d);	/* this number cannot carry it: docs/porting.md */
		fuse_reply_err(req, ENOTTY);
		return;
	}
	if (d.by_value)
		memcpy(data, &value, sizeof(value));
	else if (d.in > 0)
		memcpy(data, in_buf, d.in);
	err = tap_ioctl(f, &d, data, &cred);
	if (err != 0)
		fuse_reply_err(req, -err);
	else if (d.id == TAP_IOC_FIODGNAME)
		reply_dgname(req, f->sc->node.name, arg, data, d.in, out_size, flags);
	else
		fuse_reply_ioctl(req, 0, data, d.out);
}

void cdev_poll(fuse_req_t req, struct fuse_file_info *fi, struct fuse_pollhandle *ph)
{
	struct cdev_file *f = get_file(req, fi);

	if (ph != NULL) {
		drop_pollhandle(f);
		f->ph = ph;		/* before looking, so that nothing is missed */
	}
	fuse_reply_poll(req, tap_poll(&f->tap));
}
