/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The FUSE transport, for kernels without CUSE and for users without privilege: a mounted directory run_dir/dev that
 * holds a file for each node, and symlinks to them in dev_dir.
 *
 * What is not obvious (docs/linux.md has the facts):
 *  - The open reply carries flags that libfuse 3.14 has no field for, so it is made by hand.  Without FOPEN_STREAM a
 *    blocked read would keep every write of the same file waiting, without FOPEN_PARALLEL_DIRECT_WRITES a write would
 *    keep the others waiting; the latter counts only below st_size, hence FILE_SIZE.
 *  - ioctl is restricted: the kernel copies by Linux's reading of the number.
 *  - Nothing here may look into our own mount: we would wait for ourselves.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "cdev/links.h"
#include "cdev/request.h"

#define FS_TYPE		CDEV_FUSE_TYPE
#define FILE_SIZE	(128 * 1024)	/* bytes: more than the largest frame */
#define INO_ROOT	FUSE_ROOT_ID
#define INO_CLONE	2		/* + family */
#define INO_UNIT	0x100000	/* * (family + 1) + unit */

#ifndef FOPEN_NOFLUSH
#define FOPEN_NOFLUSH (1 << 5)
#endif
#ifndef FOPEN_PARALLEL_DIRECT_WRITES
#define FOPEN_PARALLEL_DIRECT_WRITES (1 << 6)
#endif

/* A published node. */
struct fuse_node {
	struct tap_node *node;
	fuse_ino_t ino;
	char alias[TAP_IFNAMSIZ];	/* a second link, or "" */
	char name[TAP_IFNAMSIZ];	/* in our directory: the node's, '!' for '/' as in /sys */
	TAILQ_ENTRY(fuse_node) link;	/* cdev::nodes */
};

struct cdev {
	struct cdev_config cfg;
	struct cdev_session session;
	struct fuse_buf buf;
	char mount_dir[PATH_MAX];
	struct timespec born;
	bool running;
	TAILQ_HEAD(, fuse_node) nodes;
};

static struct cdev *req_cdev(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static fuse_ino_t node_ino(const struct tap_node *node)
{
	if (node->unit == TAP_UNIT_CLONE)
		return INO_CLONE + node->family;
	return (fuse_ino_t)INO_UNIT * (node->family + 1 + (node->is_net ? TAP_FAMILY_COUNT : 0)) + node->unit;
}

static struct tap_node *node_by_ino(struct cdev *c, fuse_ino_t ino)
{
	struct fuse_node *fn;

	TAILQ_FOREACH(fn, &c->nodes, link)
		if (fn->ino == ino)
			return fn->node;
	return NULL;
}

static struct tap_node *node_by_name(struct cdev *c, const char *name)
{
	struct fuse_node *fn;

	TAILQ_FOREACH(fn, &c->nodes, link)
		if (strcmp(fn->name, name) == 0)
			return fn->node;
	return NULL;
}

/* ------------------------------------------------------------------ the directory */

/* node NULL: the directory. */
static struct stat node_stat(const struct cdev *c, const struct tap_node *node)
{
	struct stat st = { .st_nlink = 1, .st_atim = c->born, .st_mtim = c->born, .st_ctim = c->born };

	if (node == NULL) {
		st.st_ino = INO_ROOT;
		st.st_mode = S_IFDIR | 0755;
		st.st_nlink = 2;
		st.st_uid = geteuid();
		st.st_gid = getegid();
		return st;
	}
	st.st_ino = node_ino(node);
	st.st_mode = S_IFREG | node->mode;
	st.st_uid = node->uid;
	st.st_gid = node->gid;
	st.st_size = FILE_SIZE;
	st.st_blksize = 4096;
	return st;
}

static void do_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
	struct tap_node *node = node_by_name(req_cdev(req), name);
	struct fuse_entry_param e = { 0 };

	if (node == NULL) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	e.ino = node_ino(node);
	e.attr = node_stat(req_cdev(req), node);
	fuse_reply_entry(req, &e);
}

/* Replies with the attributes of ino; node NULL means the directory where ino is its. */
static void reply_attr(fuse_req_t req, fuse_ino_t ino, const struct tap_node *node)
{
	struct stat st;

	if (node == NULL && ino != INO_ROOT) {
		fuse_reply_err(req, ENOENT);
		return;
	}
	st = node_stat(req_cdev(req), node);
	fuse_reply_attr(req, &st, 0);
}

static void do_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	reply_attr(req, ino, node_by_ino(req_cdev(req), ino));
}

/* chmod, chown; a shell's "> /dev/tap0" truncates, which means nothing here and succeeds, as on a device. */
static void do_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *attr, int to_set, struct fuse_file_info *fi)
{
	struct tap_node *node = node_by_ino(req_cdev(req), ino);

	if (node != NULL && (to_set & FUSE_SET_ATTR_MODE))
		node->mode = attr->st_mode & 07777;
	if (node != NULL && (to_set & FUSE_SET_ATTR_UID))
		node->uid = attr->st_uid;
	if (node != NULL && (to_set & FUSE_SET_ATTR_GID))
		node->gid = attr->st_gid;
	reply_attr(req, ino, node);
}

static void do_readdir(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	struct cdev *c = req_cdev(req);
	struct fuse_node *fn;
	char buf[4096];
	size_t used = 0;
	off_t at = 0;

	if (ino != INO_ROOT) {
		fuse_reply_err(req, ENOTDIR);
		return;
	}
	if (size > sizeof(buf))
		size = sizeof(buf);
	TAILQ_FOREACH(fn, &c->nodes, link) {
		struct stat st = node_stat(c, fn->node);
		size_t n;

		if (at++ < off)
			continue;
		n = fuse_add_direntry(req, buf + used, size - used, fn->name, &st, at);
		if (n > size - used)
			break;
		used += n;
	}
	fuse_reply_buf(req, buf, used);
}

/* ------------------------------------------------------------------ files */

static void do_open(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	struct cdev *c = req_cdev(req);
	struct tap_node *node = node_by_ino(c, ino);
	struct fuse_open_out out = {
		.open_flags = FOPEN_DIRECT_IO | FOPEN_STREAM | FOPEN_NOFLUSH | FOPEN_PARALLEL_DIRECT_WRITES,
	};
	struct cdev_file *f;
	int err = -ENXIO;

	f = node != NULL ? cdev_file_open(&c->session, c->cfg.drv, node, req, fi->flags, &err) : NULL;
	if (f == NULL) {
		fuse_reply_err(req, -err);
		return;
	}
	out.fh = (uintptr_t)f;
	if (fuse_reply_buf(req, (const char *)&out, sizeof(out)) != 0)
		cdev_file_free(&c->session, f);		/* the opener was killed */
}

static void do_read(fuse_req_t req, fuse_ino_t ino, size_t size, off_t off, struct fuse_file_info *fi)
{
	cdev_read(req, size, off, fi);
}

static void do_write(fuse_req_t req, fuse_ino_t ino, const char *buf, size_t size, off_t off, struct fuse_file_info *fi)
{
	cdev_write(req, buf, size, off, fi);
}

static void do_release(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
	cdev_release(&req_cdev(req)->session, req, fi);
}

static void do_ioctl(fuse_req_t req, fuse_ino_t ino, unsigned cmd, void *arg, struct fuse_file_info *fi, unsigned flags,
    const void *in_buf, size_t in_size, size_t out_size)
{
	if (ino == INO_ROOT)
		fuse_reply_err(req, ENOTTY);
	else
		cdev_ioctl(req, cmd, arg, fi, flags, in_buf, in_size, out_size);
}

static void do_poll(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi, struct fuse_pollhandle *ph)
{
	cdev_poll(req, fi, ph);
}

static const struct fuse_lowlevel_ops fs_ops = {
	.lookup = do_lookup,
	.getattr = do_getattr,
	.setattr = do_setattr,
	.readdir = do_readdir,
	.open = do_open,
	.read = do_read,
	.write = do_write,
	.release = do_release,
	.ioctl = do_ioctl,
	.poll = do_poll,
};

/* ------------------------------------------------------------------ nodes */

static int node_add(struct cdev *c, struct tap_node *node)
{
	struct fuse_node *fn = calloc(1, sizeof(*fn));
	int err = -ENOMEM;

	if (fn != NULL) {
		memcpy(fn->name, node->name, sizeof(fn->name));
		for (char *p = fn->name; (p = strchr(p, '/')) != NULL;)
			*p = '!';
		err = cdev_link_add(&c->cfg, node->name, fn->name);
	}
	if (err != 0) {
		free(fn);
		return err;
	}
	fn->node = node;
	fn->ino = node_ino(node);
	node->cdev = fn;
	TAILQ_INSERT_TAIL(&c->nodes, fn, link);
	return 0;
}

static void node_del(struct cdev *c, struct tap_node *node)
{
	struct fuse_node *fn = node->cdev;

	node->cdev = NULL;
	if (fn == NULL)
		return;
	cdev_link_replace(&c->cfg, fn->alias, NULL, NULL);
	cdev_link_del(&c->cfg, node->name);
	TAILQ_REMOVE(&c->nodes, fn, link);
	free(fn);
}

static void node_alias(struct cdev *c, struct tap_node *node, const char *name)
{
	struct fuse_node *fn = node->cdev;

	if (fn != NULL)
		cdev_link_replace(&c->cfg, fn->alias, name, fn->name);
}

/* ------------------------------------------------------------------ the mount */

static int probe(const struct cdev_config *cfg, char *why, size_t size)
{
	int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC), err = fd < 0 ? errno : 0;

	if (err == 0) {
		close(fd);
		return 0;
	}
	snprintf(why, size, "/dev/fuse: %s; %s", strerror(err),
	    err == EACCES || err == EPERM ? "run as root" : "load the module (modprobe fuse)");
	return -err;
}

static int do_mount(struct cdev *c, int *fd, char *why, size_t size)
{
	char options[128];

	if (mkdir(c->mount_dir, 0755) != 0 && errno != EEXIST) {
		snprintf(why, size, "%s: %s; choose another place with --run-dir", c->mount_dir, strerror(errno));
		return -errno;
	}
	*fd = open("/dev/fuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0) {
		snprintf(why, size, "/dev/fuse: %s", strerror(errno));
		return -errno;
	}
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%u,group_id=%u,allow_other,default_permissions",
	    *fd, (unsigned)geteuid(), (unsigned)getegid());
	if (mount("tapd", c->mount_dir, FS_TYPE, MS_NOSUID | MS_NODEV, options) != 0) {
		int err = errno;

		snprintf(why, size, "mount on %s: %s; run as root, or inside a user and mount namespace", c->mount_dir,
		    strerror(err));
		close(*fd);
		return -err;
	}
	return 0;
}

/* Newer kernels can end a connection whose request is held too long, and a blocked read is held as long as it takes. */
static void warn_request_timeout(void)
{
	static const char *const files[] = { "/proc/sys/fs/fuse/default_request_timeout",
		"/proc/sys/fs/fuse/max_request_timeout" };

	for (size_t i = 0; i < NELEM(files); i++) {
		FILE *f = fopen(files[i], "re");
		unsigned seconds = 0;

		if (f != NULL && fscanf(f, "%u", &seconds) == 1 && seconds > 0)
			log_warn("%s is %u: a read that waits longer ends all devices; write 0 there and restart tapd", files[i],
			    seconds);
		if (f != NULL)
			fclose(f);
	}
}

static void mount_gone(void *arg)
{
	struct cdev *c = arg;

	c->running = false;
	log_err("%s was unmounted by somebody else: no device can be reached any more; restart tapd", c->mount_dir);
}

static int start_session(struct cdev *c, int fd)
{
	char *argv[] = { "tapd", NULL };
	struct fuse_args args = { .argc = 1, .argv = argv };
	struct fuse_session *se = fuse_session_new(&args, &fs_ops, sizeof(fs_ops), c);

	fuse_opt_free_args(&args);
	if (se == NULL) {
		close(fd);
		return -ENOMEM;
	}
	return cdev_session_init(&c->session, c->cfg.loop, se, fd, &c->buf, mount_gone, c);
}

static struct cdev *start(const struct cdev_config *cfg, char *why, size_t size)
{
	struct cdev *c = calloc(1, sizeof(*c));
	int fd = -1, err;

	if (c == NULL) {
		snprintf(why, size, "out of memory");
		return NULL;
	}
	c->cfg = *cfg;
	TAILQ_INIT(&c->nodes);
	clock_gettime(CLOCK_REALTIME, &c->born);
	cdev_links_dir(cfg, c->mount_dir, sizeof(c->mount_dir));
	err = do_mount(c, &fd, why, size);
	if (err == 0) {
		warn_request_timeout();
		err = start_session(c, fd);
		if (err != 0) {
			snprintf(why, size, "FUSE session: %s", strerror(-err));
			umount2(c->mount_dir, MNT_DETACH);
		}
	}
	if (err != 0) {
		free(c);
		errno = -err;
		return NULL;
	}
	c->running = true;
	return c;
}

static void session_freed(void *arg)
{
}

static void stop(struct cdev *c)
{
	if (c->running) {
		umount2(c->mount_dir, MNT_DETACH);
		cdev_session_fini(&c->session, session_freed);
	}
	rmdir(c->mount_dir);
	free(c->buf.mem);
	free(c);
}

const struct cdev_ops cdev_fuse = {
	.name = "fuse",
	.probe = probe,
	.start = start,
	.stop = stop,
	.node_add = node_add,
	.node_del = node_del,
	.node_alias = node_alias,
};
