/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a program reaches the device: the contract of a transport.  cuse.c and fuse.c each fill in one cdev_ops; both
 * turn a kernel request into a call of tap/tap.h and its answer into a reply, through request.c, and decide nothing.
 * A transport never sees a backend.
 */
#ifndef TAPD_CDEV_CDEV_H
#define TAPD_CDEV_CDEV_H

#include <stddef.h>

#include "base/loop.h"
#include "tap/tap.h"

struct cdev_config {
	struct loop *loop;
	struct tap_driver *drv;
	const char *dev_dir;		/* where programs look: "/dev" */
	const char *run_dir;		/* ours: "/run/tapd" */
	/*
	 * CUSE only: a new channel to the kernel, as open("/dev/cuse") gives; or -errno.  NULL: that very open.  The
	 * tests put a socketpair here and play the kernel on its other end.
	 */
	int (*open_channel)(void *ctx);
	void *open_ctx;
};

struct cdev;				/* one running transport */

struct cdev_ops {
	const char *name;		/* --transport=NAME */
	/* 0 when this machine has what the transport needs, or -errno and a sentence for a person in why. */
	int (*probe)(const struct cdev_config *cfg, char *why, size_t size);
	/* NULL: errno, and why holds a sentence.  cfg's strings must outlive the transport. */
	struct cdev *(*start)(const struct cdev_config *cfg, char *why, size_t size);
	/* After the driver withdrew its nodes.  Requests still held are answered with ENXIO. */
	void (*stop)(struct cdev *c);
	/* tap_world's node_add and node_del.  -EEXIST: the name is taken by something that is not ours. */
	int (*node_add)(struct cdev *c, struct tap_node *node);
	void (*node_del)(struct cdev *c, struct tap_node *node);
	/* tap_world's node_alias. */
	void (*node_alias)(struct cdev *c, struct tap_node *node, const char *name);
};

extern const struct cdev_ops cdev_cuse, cdev_fuse;

#define CDEV_FUSE_TYPE "fuse.tapd"	/* of our mounts, as /proc/mounts shows them */

/* Remove what a killed tapd left: dead mounts below run_dir and symlinks in dev_dir that point there.  Nothing else. */
void cdev_clean(const char *dev_dir, const char *run_dir);

#endif
