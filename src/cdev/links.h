/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Symlinks in dev_dir that lead to a node: all of FUSE's, and under CUSE the second names of renamed interfaces.  Every one
 * points below run_dir/dev, so that a later tapd knows for sure which are ours.
 */
#ifndef TAPD_CDEV_LINKS_H
#define TAPD_CDEV_LINKS_H

#include "cdev/cdev.h"

/* run_dir/dev, which the links point into. */
void cdev_links_dir(const struct cdev_config *cfg, char *path, size_t size);
/* dev_dir/name -> run_dir/dev/target.  0 or -errno. */
int cdev_link_add(const struct cdev_config *cfg, const char *name, const char *target);
void cdev_link_del(const struct cdev_config *cfg, const char *name);
/* current ("" or the name of a link) becomes name (NULL: none), leading to target.  Best effort. */
void cdev_link_replace(const struct cdev_config *cfg, char current[TAP_IFNAMSIZ], const char *name, const char *target);

#endif
