/* SPDX-License-Identifier: BSD-2-Clause */
/* The empty device: see empty.h. */
#define FUSE_USE_VERSION 314
#include "empty.h"

#include <cuse_lowlevel.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig.h"

#ifndef FOPEN_NOFLUSH
#define FOPEN_NOFLUSH (1 << 5)
#endif
#ifndef FOPEN_PARALLEL_DIRECT_WRITES
#define FOPEN_PARALLEL_DIRECT_WRITES (1 << 6)
#endif

static const char constant[2048];

/* ------------------------------------------------------------------ requests */

/* As tapd opens its files (cdev/fuse.c), or the kernel's part would not be the same. */
static void do_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct fuse_open_out out = {
		.open_flags = FOPEN_DIRECT_IO | FOPEN_STREAM | FOPEN_NOFLUSH | FOPEN_PARALLEL_DIRECT_WRITES,
	};

	fuse_reply_buf(req, (const char *)&out, sizeof(out));
}

static void do_cuse_open(fuse_req_t req, struct fuse_file_info *fi)
{
	fuse_reply_open(req, fi);
}

static void do_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct stat st = { .st_ino = ino, .st_mode = S_IFREG | 0600, .st_nlink = 1, .st_size = 128 * 1024 };

	fuse_reply_attr(req, &st, 0);
}

static void do_cuse_read(fuse_req_t req, size_t size, off_t off, struct fuse_file_info *fi)
{
	fuse_reply_buf(req, constant, size < sizeof(constant) ? size : sizeof(constant));
}

static void do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	do_cuse_read(req, size, off, fi);
}

static void do_cuse_write(fuse_req_t req, const char *buf, size_t size, off_t off, struct fuse_file_info *fi)
{
	fuse_reply_write(req, size);
}

static void do_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off, struct fuse_file_info *fi)
{
	fuse_reply_write(req, size);
}

static void do_cuse_poll(fuse_req_t req, struct fuse_file_info *fi, struct fuse_pollhandle *ph)
{
	if (ph != NULL)
		fuse_pollhandle_destroy(ph);
	fuse_reply_poll(req, POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM);
}

static void do_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct fuse_pollhandle *ph)
{
	do_cuse_poll(req, fi, ph);
}

/* CUSE asks for the sizes first, as it does of tapd. */
static void do_cuse_ioctl(fuse_req_t req, int cmd, void *arg, struct fuse_file_info *fi, unsigned flags,
    const void *in, size_t in_size, size_t out_size)
{
	struct iovec out = { arg, sizeof(int) };
	int value = 60;

	if (out_size < sizeof(int) && (flags & FUSE_IOCTL_UNRESTRICTED))
		fuse_reply_ioctl_retry(req, NULL, 0, &out, 1);
	else
		fuse_reply_ioctl(req, 0, &value, sizeof(value));
}

static void do_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned cmd, void *arg, struct fuse_file_info *fi,
    unsigned flags, const void *in, size_t in_size, size_t out_size)
{
	do_cuse_ioctl(req, cmd, arg, fi, flags, in, in_size, out_size);
}

/* ------------------------------------------------------------------ the two transports, in the child */

static int serve(struct fuse_session *se, int fd)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (se == NULL || fuse_session_mount(se, path) != 0)
		return 1;
	return fuse_session_loop(se) != 0;
}

static int fuse_main_child(void *arg, int ready_fd)
{
	static const struct fuse_lowlevel_ops ops = {
		.open = do_open, .getattr = do_getattr, .read = do_read, .write = do_write, .poll = do_poll,
		.ioctl = do_ioctl,
	};
	struct empty *e = arg;
	char *argv[] = { "empty", NULL };
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	char options[96];
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);

	snprintf(options, sizeof(options), "fd=%d,rootmode=100000,user_id=%d,group_id=%d", fd, geteuid(), getegid());
	if (mount("empty", e->path, "fuse.empty", MS_NOSUID | MS_NODEV, options) != 0) {
		fprintf(stderr, "%s: mount: %s\n", e->path, strerror(errno));
		return 1;
	}
	if (write(ready_fd, "\n", 1) != 1)
		return 1;
	return serve(fuse_session_new(&args, &ops, sizeof(ops), NULL), fd);
}

static int cuse_ready_fd;

static void cuse_ready(void *userdata)
{
	if (write(cuse_ready_fd, "\n", 1) != 1)
		_exit(1);
}

static int cuse_main_child(void *arg, int ready_fd)
{
	static const struct cuse_lowlevel_ops ops = {
		.init_done = cuse_ready, .open = do_cuse_open, .read = do_cuse_read, .write = do_cuse_write,
		.poll = do_cuse_poll, .ioctl = do_cuse_ioctl,
	};
	struct empty *e = arg;
	char name[96], *argv[] = { "empty", NULL };
	const char *info[] = { name };
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);
	struct cuse_info ci = { .dev_info_argc = 1, .dev_info_argv = info, .flags = CUSE_UNRESTRICTED_IOCTL };
	int fd = open("/dev/cuse", O_RDWR | O_CLOEXEC);

	cuse_ready_fd = ready_fd;
	snprintf(name, sizeof(name), "DEVNAME=%s", e->path + strlen("/dev/"));
	return serve(cuse_lowlevel_new(&args, &ci, &ops, NULL), fd);
}

/* ------------------------------------------------------------------ start, stop */

/* The mount point of the FUSE one is a file. */
static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		rig_fail("%s: %s", path, strerror(errno));
	close(fd);
}

void empty_start(struct empty *e, const char *transport)
{
	if (strcmp(transport, "cuse") == 0) {
		snprintf(e->path, sizeof(e->path), "/dev/bench-empty%d", (int)getpid());
		e->pid = rig_spawn(cuse_main_child, e);
	} else {
		snprintf(e->path, sizeof(e->path), RIG_DIR "/empty");
		make_file(e->path);
		e->pid = rig_spawn(fuse_main_child, e);
	}
	e->fd = open(e->path, O_RDWR | O_CLOEXEC);
	if (e->fd < 0)
		rig_fail("%s: %s", e->path, strerror(errno));
}

void empty_stop(struct empty *e)
{
	close(e->fd);
	rig_end(e->pid);
}
