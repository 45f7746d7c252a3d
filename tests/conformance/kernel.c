/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux's side of CUSE: see kernel.h. */
#include "tests/conformance/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define NDEVICES	32
#define NREQUESTS	32
#define TURNS		50		/* of the daemon's loop, after which it has nothing more to do */
#define MESSAGE_MAX	(160 * 1024)
#define VFS_FIONBIO	0x5421
#define VFS_FIOASYNC	0x5452

struct kdev {
	int fd;				/* our end; 0: free */
	char name[64];			/* "" until CUSE_INIT was answered */
};

struct kfile {
	struct kdev *dev;
	uint64_t fh, kh;
	int flags, refs;
	bool woken;
	struct kfile *next;
};

static struct {
	struct loop *loop;
	struct kdev dev[NDEVICES];
	struct kreq req[NREQUESTS];
	struct kfile *files;
	uint64_t unique, kh;
	unsigned uid;
} k;

/* ------------------------------------------------------------------ channels */

void kernel_init(struct loop *l)
{
	k.loop = l;
	k.unique = 2;
}

static void forget(struct kreq *r)
{
	free(r->data);
	*r = (struct kreq){ 0 };
}

void kernel_fini(void)
{
	struct kfile *f;

	for (int i = 0; i < NDEVICES; i++)
		if (k.dev[i].fd > 0)
			close(k.dev[i].fd);
	for (int i = 0; i < NREQUESTS; i++)
		forget(&k.req[i]);
	while ((f = k.files) != NULL) {
		k.files = f->next;
		free(f);
	}
	memset(&k, 0, sizeof(k));
}

void kernel_uid(unsigned uid)
{
	k.uid = uid;
}

static struct kdev *free_device(void)
{
	for (int i = 0; i < NDEVICES; i++)
		if (k.dev[i].fd == 0)
			return &k.dev[i];
	return NULL;
}

/* As open("/dev/cuse"): the first thing in the channel is CUSE_INIT. */
int kernel_channel(void *ctx)
{
	struct {
		struct fuse_in_header h;
		struct cuse_init_in in;
	} init = {
		.h = { .len = sizeof(init), .opcode = CUSE_INIT, .unique = 1 },
		.in = { .major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION,
		    .flags = CUSE_UNRESTRICTED_IOCTL },
	};
	struct kdev *d = free_device();
	int sv[2], size = 1 << 20;

	if (d == NULL || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, sv) != 0)
		return -EMFILE;
	for (int i = 0; i < 2; i++)
		setsockopt(sv[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (send(sv[0], &init, sizeof(init), 0) < 0)
		return -EIO;
	*d = (struct kdev){ .fd = sv[0] };
	return sv[1];
}

static struct kreq *find_request(uint64_t unique)
{
	for (int i = 0; i < NREQUESTS; i++)
		if (k.req[i].unique == unique)
			return &k.req[i];
	return NULL;
}

static struct kreq *new_request(struct kfile *f)
{
	struct kreq *r = find_request(0);

	if (r == NULL)
		return NULL;
	k.unique += 2;			/* odd ones are interrupts */
	*r = (struct kreq){ .unique = k.unique, .file = f };
	return r;
}

/* CUSE_INIT was answered: the device has a name now. */
static void device_named(struct kdev *d, const uint8_t *body, size_t len)
{
	size_t at = sizeof(struct cuse_init_out);
	static const char key[] = "DEVNAME=";

	if (len > at + strlen(key) && memcmp(body + at, key, strlen(key)) == 0)
		snprintf(d->name, sizeof(d->name), "%.*s", (int)(len - at - strlen(key)), body + at + strlen(key));
}

static void notified(const uint8_t *body, size_t len)
{
	struct fuse_notify_poll_wakeup_out w;

	if (len < sizeof(w))
		return;
	memcpy(&w, body, sizeof(w));
	for (struct kfile *f = k.files; f != NULL; f = f->next)
		if (f->kh == w.kh)
			f->woken = true;
}

static void answered(struct kreq *r, int error, const uint8_t *body, size_t len)
{
	r->done = true;
	r->error = error;
	r->len = len;
	r->data = malloc(len + 1);
	if (len > 0)
		memcpy(r->data, body, len);
}

static void received(struct kdev *d, const uint8_t *msg, size_t n)
{
	struct fuse_out_header h;
	const uint8_t *body = msg + sizeof(h);
	struct kreq *r;

	if (n < sizeof(h))
		return;
	memcpy(&h, msg, sizeof(h));
	if (h.unique == 0 && h.error == FUSE_NOTIFY_POLL)
		notified(body, n - sizeof(h));
	else if (h.unique == 1)
		device_named(d, body, n - sizeof(h));
	else if (h.unique != 0 && (r = find_request(h.unique)) != NULL && !r->done)
		answered(r, h.error, body, n - sizeof(h));
}

/* The daemon closed its end: what was asked fails, as in fuse_abort_conn(). */
static void device_gone(struct kdev *d)
{
	close(d->fd);
	for (int i = 0; i < NREQUESTS; i++)
		if (k.req[i].unique != 0 && !k.req[i].done && k.req[i].file != NULL && k.req[i].file->dev == d)
			answered(&k.req[i], -ECONNABORTED, NULL, 0);
	for (struct kfile *f = k.files; f != NULL; f = f->next)
		if (f->dev == d)
			f->dev = NULL;
	*d = (struct kdev){ 0 };
}

static void drain(void)
{
	static uint8_t msg[MESSAGE_MAX];

	for (int i = 0; i < NDEVICES; i++)
		while (k.dev[i].fd > 0) {
			ssize_t n = recv(k.dev[i].fd, msg, sizeof(msg), MSG_DONTWAIT);

			if (n < 0 && errno == EAGAIN)
				break;
			if (n <= 0)
				device_gone(&k.dev[i]);
			else
				received(&k.dev[i], msg, n);
		}
}

static void stop_loop(void *arg)
{
	loop_stop(arg, 0);
}

void kernel_pump(void)
{
	struct loop_timer t = { 0 };

	loop_timer_set(k.loop, &t, 0, stop_loop, k.loop);
	loop_run(k.loop);
	loop_timer_del(k.loop, &t);
	drain();
}

static bool await(struct kreq *r)
{
	for (int i = 0; i < TURNS && !r->done; i++)
		kernel_pump();
	return r->done;
}

/* ------------------------------------------------------------------ requests */

static int send_message(struct kdev *d, uint32_t opcode, uint64_t unique, const struct iovec *body, int n)
{
	struct fuse_in_header h = { .len = sizeof(h), .opcode = opcode, .unique = unique, .nodeid = FUSE_ROOT_ID,
	    .uid = k.uid, .gid = k.uid, .pid = getpid() };
	struct iovec iov[4] = { { &h, sizeof(h) } };

	for (int i = 0; i < n; i++) {
		iov[i + 1] = body[i];
		h.len += body[i].iov_len;
	}
	if (d == NULL || d->fd <= 0)
		return -ENOTCONN;
	return writev(d->fd, iov, n + 1) < 0 ? -errno : 0;
}

static int start(struct kfile *f, struct kdev *d, uint32_t opcode, const struct iovec *body, int n, struct kreq **rp)
{
	struct kreq *r = new_request(f);
	int err;

	if (r == NULL)
		return -ENOBUFS;
	err = send_message(d, opcode, r->unique, body, n);
	if (err != 0)
		forget(r);
	*rp = r;
	return err;
}

/* A request and its answer: at most size bytes to out, their number to *got (may be NULL).  0 or -errno. */
static int ask(struct kfile *f, struct kdev *d, uint32_t opcode, const struct iovec *body, int n, void *out,
    size_t size, size_t *got)
{
	struct kreq *r;
	int err = start(f, d, opcode, body, n, &r);

	if (err != 0)
		return err;
	err = await(r) ? r->error : -ETIMEDOUT;
	if (err == 0 && size > 0)
		memcpy(out, r->data, r->len < size ? r->len : size);
	if (got != NULL)
		*got = r->len;
	forget(r);
	return err;
}

int kernel_open(const char *name, int oflags, struct kfile **fp)
{
	struct fuse_open_in in = { .flags = oflags };
	struct fuse_open_out out = { 0 };
	struct iovec iov = { &in, sizeof(in) };
	struct kdev *d = NULL;
	struct kfile *f;
	int err;

	drain();			/* news of devices */
	for (int i = 0; i < NDEVICES; i++)
		if (k.dev[i].fd > 0 && strcmp(k.dev[i].name, name) == 0)
			d = &k.dev[i];
	if (d == NULL)
		return -ENOENT;
	err = ask(NULL, d, FUSE_OPEN, &iov, 1, &out, sizeof(out), NULL);
	if (err != 0)
		return err;
	f = calloc(1, sizeof(*f));
	*f = (struct kfile){ .dev = d, .fh = out.fh, .kh = ++k.kh, .flags = oflags, .refs = 1, .next = k.files };
	k.files = f;
	*fp = f;
	return 0;
}

void kernel_ref(struct kfile *f)
{
	f->refs++;
}

int kernel_unref(struct kfile *f)
{
	struct fuse_release_in in = { .fh = f->fh, .flags = f->flags };
	struct iovec iov = { &in, sizeof(in) };

	if (--f->refs > 0)
		return 0;
	ask(f, f->dev, FUSE_RELEASE, &iov, 1, NULL, 0, NULL);
	for (struct kfile **p = &k.files; *p != NULL; p = &(*p)->next)
		if (*p == f) {
			*p = f->next;
			break;
		}
	free(f);
	return 0;			/* whatever the daemon says */
}

int *kernel_flags(struct kfile *f)
{
	return &f->flags;
}

/* ------------------------------------------------------------------ read and write */

int kernel_read_start(struct kfile *f, size_t len, struct kreq **rp)
{
	struct fuse_read_in in = { .fh = f->fh, .size = len, .flags = f->flags };
	struct iovec iov = { &in, sizeof(in) };

	return start(f, f->dev, FUSE_READ, &iov, 1, rp);
}

ssize_t kernel_read_done(struct kreq *r, void *buf, size_t size)
{
	ssize_t n = await(r) ? r->error : -ETIMEDOUT;

	if (n == 0) {
		n = r->len < size ? r->len : size;
		memcpy(buf, r->data, n);
	}
	forget(r);
	return n;
}

ssize_t kernel_read(struct kfile *f, void *buf, size_t len)
{
	struct kreq *r;
	int err = kernel_read_start(f, len, &r);

	return err != 0 ? err : kernel_read_done(r, buf, len);
}

int kernel_interrupt(struct kreq *r)
{
	struct fuse_interrupt_in in = { .unique = r->unique };
	struct iovec iov = { &in, sizeof(in) };

	return send_message(r->file->dev, FUSE_INTERRUPT, r->unique | 1, &iov, 1);
}

ssize_t kernel_write(struct kfile *f, const void *buf, size_t len)
{
	struct fuse_write_in in = { .fh = f->fh, .size = len, .flags = f->flags };
	struct fuse_write_out out = { 0 };
	struct iovec iov[2] = { { &in, sizeof(in) }, { (void *)buf, len } };
	int err = ask(f, f->dev, FUSE_WRITE, iov, 2, &out, sizeof(out), NULL);

	return err != 0 ? err : (ssize_t)out.size;
}

/* ------------------------------------------------------------------ poll */

int kernel_poll(struct kfile *f, int events, bool sleeping)
{
	struct fuse_poll_in in = { .fh = f->fh, .kh = f->kh, .flags = sleeping ? FUSE_POLL_SCHEDULE_NOTIFY : 0,
	    .events = events };
	struct fuse_poll_out out = { 0 };
	struct iovec iov = { &in, sizeof(in) };
	int err;

	if (sleeping)
		f->woken = false;
	err = ask(f, f->dev, FUSE_POLL, &iov, 1, &out, sizeof(out), NULL);
	return err != 0 ? POLLERR : (int)out.revents & (events | POLLERR | POLLHUP);
}

bool kernel_poll_woken(struct kfile *f)
{
	for (int i = 0; i < TURNS && !f->woken; i++)
		kernel_pump();
	return f->woken;
}

/* ------------------------------------------------------------------ ioctl */

struct ioctl_answer {
	struct fuse_ioctl_out out;
	uint8_t data[8192];
};

/* One FUSE_IOCTL with the input of the pieces named, and room for what the others name. */
static int ioctl_once(struct kfile *f, uint32_t cmd, void *arg, const struct fuse_ioctl_iovec *v,
    const struct fuse_ioctl_out *o, struct ioctl_answer *a)
{
	struct fuse_ioctl_in in = { .fh = f->fh, .flags = FUSE_IOCTL_UNRESTRICTED, .cmd = cmd, .arg = (uintptr_t)arg };
	uint8_t data[8192];
	struct iovec iov[2] = { { &in, sizeof(in) }, { data, 0 } };

	for (uint32_t i = 0; i < o->in_iovs + o->out_iovs; i++) {
		if (v[i].base < 4096)
			return -EFAULT;
		if (i >= o->in_iovs) {
			in.out_size += v[i].len;
			continue;
		}
		memcpy(data + in.in_size, (void *)(uintptr_t)v[i].base, v[i].len);
		in.in_size += v[i].len;
	}
	iov[1].iov_len = in.in_size;
	return ask(f, f->dev, FUSE_IOCTL, iov, 2, a, sizeof(*a), NULL);
}

static void copy_out(const struct ioctl_answer *a, const struct fuse_ioctl_iovec *v, const struct fuse_ioctl_out *o)
{
	size_t at = 0;

	for (uint32_t i = o->in_iovs; i < o->in_iovs + o->out_iovs; i++) {
		memcpy((void *)(uintptr_t)v[i].base, a->data + at, v[i].len);
		at += v[i].len;
	}
}

/* fuse_do_ioctl(): ask without data; if told so, once more with what was named. */
int kernel_ioctl(struct kfile *f, uint32_t cmd, void *arg)
{
	struct fuse_ioctl_iovec v[16];
	struct fuse_ioctl_out named = { 0 };
	struct ioctl_answer a = { 0 };
	int err;

	if (cmd == VFS_FIONBIO) {
		f->flags = *(int *)arg ? f->flags | O_NONBLOCK : f->flags & ~O_NONBLOCK;
		return 0;
	}
	if (cmd == VFS_FIOASYNC)
		return *(int *)arg ? -ENOTTY : 0;
	for (int turn = 0; turn < 3; turn++) {
		err = ioctl_once(f, cmd, arg, v, &named, &a);
		if (err != 0 || !(a.out.flags & FUSE_IOCTL_RETRY))
			break;
		named = a.out;
		if (named.in_iovs + named.out_iovs > 16)
			return -EIO;
		memcpy(v, a.data, (named.in_iovs + named.out_iovs) * sizeof(v[0]));
	}
	if (err != 0)
		return err == -ENOSYS ? -ENOTTY : err;
	if (a.out.result >= 0)
		copy_out(&a, v, &named);
	return a.out.result;
}

/* ------------------------------------------------------------------ fuzzing */

void kernel_message(struct kfile *f, uint32_t opcode, uint64_t unique, void *body, size_t len)
{
	struct iovec iov = { body, len };

	if (len >= sizeof(f->fh) && opcode != FUSE_INTERRUPT)
		memcpy(body, &f->fh, sizeof(f->fh));
	if (send_message(f->dev, opcode, unique, &iov, 1) == 0)
		kernel_pump();
}
