/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The CUSE transport: real character devices, one /dev/cuse channel each, all in one loop.
 *
 * What is not obvious (docs/linux.md has the facts):
 *  - A channel with major 0 takes a whole dynamic major, and the kernel has few.  The first node gets one; all others
 *    share it.  The minor is the unit, as on BSD.
 *  - The node exists once our answer to CUSE_INIT was written.  A refusal is silent: the channel then only reports
 *    EPOLLERR.
 *  - ioctl is unrestricted: the kernel copies what the ioctl table says, so numbers in any encoding work.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/log.h"
#include "cdev/links.h"
#include "cdev/request.h"

#include <cuse_lowlevel.h>

#define MINOR_VMNET	0x10000		/* vmnetN is MINOR_VMNET + N */
#define MINOR_NET	0x20000		/* + the device's: /dev/net/tapN */
#define MINOR_CLONE	0xffff0		/* + family */

struct cdev {
	struct cdev_config cfg;
	struct fuse_buf buf;
	unsigned major;			/* of all our nodes; 0 until the first exists */
	TAILQ_HEAD(, cuse_dev) orphans;	/* devices whose node is gone and that a program still has open */
};

struct cuse_dev {
	struct cdev_session session;
	struct cdev *cdev;
	struct tap_node *node;		/* NULL once it was deleted: an orphan */
	unsigned minor;
	TAILQ_ENTRY(cuse_dev) link;	/* cdev::orphans */
	char alias[TAP_IFNAMSIZ];	/* a second name of the node, or "" */
};

/* ------------------------------------------------------------------ requests */

static struct cuse_dev *req_dev(fuse_req_t req)
{
	return fuse_req_userdata(req);
}

static void do_open(fuse_req_t req, struct fuse_file_info *fi)
{
	struct cuse_dev *dev = req_dev(req);
	struct cdev_file *f;
	int err = -ENXIO;

	f = dev->node != NULL ? cdev_file_open(&dev->session, dev->cdev->cfg.drv, dev->node, req, fi->flags, &err) : NULL;
	if (f == NULL) {
		fuse_reply_err(req, -err);
		return;
	}
	fi->fh = (uintptr_t)f;
	if (fuse_reply_open(req, fi) != 0)
		cdev_file_free(&dev->session, f);	/* the opener was killed */
}

static void do_ioctl(fuse_req_t req, int cmd, void *arg, struct fuse_file_info *fi, unsigned flags, const void *in_buf,
    size_t in_size, size_t out_size)
{
	cdev_ioctl(req, cmd, arg, fi, flags, in_buf, in_size, out_size);
}

static void dev_freed(void *arg)
{
	free(arg);
}

/* An orphan's end: programs that still have it open get the kernel's ENOTCONN from now on. */
static void orphan_end(struct cuse_dev *dev)
{
	TAILQ_REMOVE(&dev->cdev->orphans, dev, link);
	cdev_session_fini(&dev->session, dev_freed);
}

static void do_release(fuse_req_t req, struct fuse_file_info *fi)
{
	struct cuse_dev *dev = req_dev(req);

	cdev_release(&dev->session, req, fi);
	if (dev->node == NULL && TAILQ_EMPTY(&dev->session.files))
		orphan_end(dev);
}

static const struct cuse_lowlevel_ops dev_ops = {
	.open = do_open,
	.read = cdev_read,
	.write = cdev_write,
	.ioctl = do_ioctl,
	.poll = cdev_poll,
	.release = do_release,
};

/* ------------------------------------------------------------------ nodes */

static unsigned node_minor(const struct tap_node *node)
{
	if (node->unit == TAP_UNIT_CLONE)
		return MINOR_CLONE + node->family;
	return node->unit + (node->family == TAP_FAMILY_VMNET ? MINOR_VMNET : 0) + (node->is_net ? MINOR_NET : 0);
}

static int open_channel(const struct cdev_config *cfg)
{
	int fd;

	if (cfg->open_channel != NULL)
		return cfg->open_channel(cfg->open_ctx);
	fd = open("/dev/cuse", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static struct fuse_session *new_session(struct cuse_dev *dev)
{
	char name[sizeof("DEVNAME=") + TAP_IFNAMSIZ], *argv[] = { "tapd", NULL };
	const char *info[] = { name };
	struct fuse_args args = { .argc = 1, .argv = argv };
	struct cuse_info ci = {
		.dev_major = dev->cdev->major,
		.dev_minor = node_minor(dev->node),
		.dev_info_argc = 1,
		.dev_info_argv = info,
		.flags = CUSE_UNRESTRICTED_IOCTL,
	};

	struct fuse_session *se;

	snprintf(name, sizeof(name), "DEVNAME=%s", dev->node->name);
	se = cuse_lowlevel_new(&args, &ci, &dev_ops, dev);
	fuse_opt_free_args(&args);
	return se;
}

/*
 * Answer CUSE_INIT and see whether the kernel took it.  The buffer is its own: we may be inside the open of the clone
 * device, whose request is in the shared one.
 */
static int handshake(struct cuse_dev *dev)
{
	struct pollfd p = { .fd = dev->session.src.fd, .events = POLLIN };
	struct fuse_buf buf = { 0 };
	int n;

	if (poll(&p, 1, 1000) != 1 || !(p.revents & POLLIN))
		return -EIO;
	n = fuse_session_receive_buf(dev->session.se, &buf);
	if (n > 0)
		fuse_session_process_buf(dev->session.se, &buf);
	free(buf.mem);
	if (n <= 0)
		return n < 0 ? n : -EIO;
	if (poll(&p, 1, 0) < 0 || (p.revents & (POLLERR | POLLHUP)))
		return -EBUSY;
	return 0;
}

static void node_path(const struct cdev *c, const struct tap_node *node, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", c->cfg.dev_dir, node->name);
}

/* The node is there, and ours: give it its owner and mode. */
static int adopt_node(struct cdev *c, const struct tap_node *node)
{
	char path[256];
	struct stat st;

	if (c->cfg.open_channel != NULL)
		return 0;		/* no kernel, no node */
	node_path(c, node, path, sizeof(path));
	if (lstat(path, &st) != 0) {
		log_err("%s: %s; the kernel made the device, but the node did not appear: is %s a devtmpfs?", path,
		    strerror(errno), c->cfg.dev_dir);
		return -ENOENT;
	}
	if (!S_ISCHR(st.st_mode) || (c->major != 0 && major(st.st_rdev) != c->major) ||
	    minor(st.st_rdev) != node_minor(node))
		return -EEXIST;
	c->major = major(st.st_rdev);
	if (chown(path, node->uid, node->gid) != 0 || chmod(path, node->mode) != 0)
		log_warn("%s: owner and mode could not be set: %s", path, strerror(errno));
	return 0;
}

/* The kernel ended one device (somebody wrote to its `abort`): the others live on. */
static void dev_gone(void *arg)
{
	struct cuse_dev *dev = arg;

	if (dev->node == NULL) {
		TAILQ_REMOVE(&dev->cdev->orphans, dev, link);
		free(dev);
		return;
	}
	log_err("%s: the kernel closed the device; destroy and create the unit to have it again", dev->node->name);
	dev->node->cdev = NULL;
	free(dev);
}

static bool name_taken(const struct cdev *c, const struct tap_node *node)
{
	char path[256];
	struct stat st;

	node_path(c, node, path, sizeof(path));
	return c->cfg.open_channel == NULL && lstat(path, &st) == 0;
}

/* Two devices cannot have one number: the new one is wanted more. */
static void end_orphan_of(struct cdev *c, unsigned minor)
{
	struct cuse_dev *dev;

	TAILQ_FOREACH(dev, &c->orphans, link)
		if (dev->minor == minor)
			break;
	if (dev != NULL)
		orphan_end(dev);
}

static int node_add(struct cdev *c, struct tap_node *node)
{
	struct fuse_session *se;
	struct cuse_dev *dev;
	int fd, err;

	if (name_taken(c, node))
		return -EEXIST;
	end_orphan_of(c, node_minor(node));
	fd = open_channel(&c->cfg);
	if (fd < 0)
		return fd;
	dev = calloc(1, sizeof(*dev));
	if (dev != NULL) {
		dev->cdev = c;
		dev->node = node;
		dev->minor = node_minor(node);
	}
	se = dev != NULL ? new_session(dev) : NULL;
	if (se == NULL) {
		close(fd);
		free(dev);
		return -ENOMEM;
	}
	err = cdev_session_init(&dev->session, c->cfg.loop, se, fd, &c->buf, dev_gone, dev);
	if (err != 0) {
		free(dev);
		return err;
	}
	err = handshake(dev);
	if (err == 0)
		err = adopt_node(c, node);
	if (err != 0) {
		cdev_session_fini(&dev->session, dev_freed);
		return err;
	}
	node->cdev = dev;
	return 0;
}

/*
 * The second name leads to the node by way of run_dir/dev, so that it can be told from a link of somebody else's should we
 * be killed.
 */
static void node_alias(struct cdev *c, struct tap_node *node, const char *name)
{
	char dir[PATH_MAX], via[PATH_MAX + TAP_IFNAMSIZ + 1], path[256];
	struct cuse_dev *dev = node->cdev;

	if (dev == NULL)
		return;
	cdev_links_dir(&c->cfg, dir, sizeof(dir));
	snprintf(via, sizeof(via), "%s/%s", dir, node->name);
	node_path(c, node, path, sizeof(path));
	unlink(via);
	if (name != NULL && ((mkdir(dir, 0755) != 0 && errno != EEXIST) || symlink(path, via) != 0))
		name = NULL;
	cdev_link_replace(&c->cfg, dev->alias, name, node->name);
}

/*
 * The node vanishes with its channel, and so would what a program that has it open is told.  So a device that is open
 * loses its name only, and ends with the last close.
 */
static void node_del(struct cdev *c, struct tap_node *node)
{
	struct cuse_dev *dev = node->cdev;
	char path[256];

	if (dev == NULL)
		return;
	node_alias(c, node, NULL);
	node->cdev = NULL;
	dev->node = NULL;
	if (TAILQ_EMPTY(&dev->session.files)) {
		cdev_session_fini(&dev->session, dev_freed);
		return;
	}
	TAILQ_INSERT_TAIL(&c->orphans, dev, link);
	node_path(c, node, path, sizeof(path));
	if (c->cfg.open_channel == NULL && unlink(path) != 0)
		log_warn("%s: %s", path, strerror(errno));
}

/* ------------------------------------------------------------------ the transport */

static int probe(const struct cdev_config *cfg, char *why, size_t size)
{
	int fd = open_channel(cfg), err = fd < 0 ? -fd : 0;

	if (err == 0) {
		close(fd);
		return 0;
	}
	snprintf(why, size, "/dev/cuse: %s; %s or run with --transport=fuse", strerror(err),
	    err == EACCES || err == EPERM ? "run as root" : "load the module (modprobe cuse)");
	return -err;
}

static struct cdev *start(const struct cdev_config *cfg, char *why, size_t size)
{
	struct cdev *c = calloc(1, sizeof(*c));

	if (c == NULL)
		snprintf(why, size, "out of memory");
	else {
		c->cfg = *cfg;
		TAILQ_INIT(&c->orphans);
	}
	return c;
}

static void stop(struct cdev *c)
{
	struct cuse_dev *dev;
	char dir[PATH_MAX];

	while ((dev = TAILQ_FIRST(&c->orphans)) != NULL)
		orphan_end(dev);
	cdev_links_dir(&c->cfg, dir, sizeof(dir));
	rmdir(dir);		/* if there ever was an alias */
	free(c->buf.mem);
	free(c);
}

const struct cdev_ops cdev_cuse = {
	.name = "cuse",
	.probe = probe,
	.start = start,
	.stop = stop,
	.node_add = node_add,
	.node_del = node_del,
	.node_alias = node_alias,
};
