/* SPDX-License-Identifier: BSD-2-Clause */
/* Symlinks in dev_dir, and finding those that a killed tapd left: see links.h. */
#include "cdev/links.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"

void cdev_links_dir(const struct cdev_config *cfg, char *path, size_t size)
{
	snprintf(path, size, "%s/dev", cfg->run_dir);
}

int cdev_link_add(const struct cdev_config *cfg, const char *name, const char *target)
{
	char path[PATH_MAX], to[PATH_MAX];

	if (!str_format(path, sizeof(path), "%s/%s", cfg->dev_dir, name) ||
	    !str_format(to, sizeof(to), "%s/dev/%s", cfg->run_dir, target))
		return -ENAMETOOLONG;
	return symlink(to, path) == 0 ? 0 : -errno;
}

void cdev_link_del(const struct cdev_config *cfg, const char *name)
{
	char path[PATH_MAX];

	if (str_format(path, sizeof(path), "%s/%s", cfg->dev_dir, name))
		unlink(path);
}

void cdev_link_replace(const struct cdev_config *cfg, char current[TAP_IFNAMSIZ], const char *name, const char *target)
{
	if (current[0] != '\0')
		cdev_link_del(cfg, current);
	current[0] = '\0';
	if (name != NULL && cdev_link_add(cfg, name, target) == 0)
		str_copy(current, TAP_IFNAMSIZ, name);
}

/* ------------------------------------------------------------------ what a killed tapd left */

static void clean_links(const char *dev_dir, const char *mount_dir)
{
	size_t n = strlen(mount_dir);
	char path[PATH_MAX + NAME_MAX + 2], target[PATH_MAX];
	DIR *d = opendir(dev_dir);
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL) {
		ssize_t len;

		snprintf(path, sizeof(path), "%s/%s", dev_dir, de->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		if (len <= (ssize_t)n || strncmp(target, mount_dir, n) != 0 || target[n] != '/')
			continue;
		if (unlink(path) == 0)
			log_info("%s: removed, left by a tapd that was killed", path);
	}
	if (d != NULL)
		closedir(d);
}

/* The links of a CUSE tapd to its nodes, which aliases go through. */
static void clean_dir(const char *mount_dir)
{
	char path[PATH_MAX + NAME_MAX + 2];
	DIR *d = opendir(mount_dir);
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", mount_dir, de->d_name);
		if (de->d_type == DT_LNK)
			unlink(path);
	}
	if (d != NULL)
		closedir(d);
	rmdir(mount_dir);
}

void cdev_clean(const char *dev_dir, const char *run_dir)
{
	char mount_dir[PATH_MAX], line[2 * PATH_MAX], where[PATH_MAX];
	FILE *f = fopen("/proc/self/mountinfo", "re");

	snprintf(mount_dir, sizeof(mount_dir), "%s/dev", run_dir);
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%*s %*s %*s %*s %4095s", where) != 1 || strcmp(where, mount_dir) != 0 ||
		    strstr(line, " - " CDEV_FUSE_TYPE " ") == NULL)
			continue;
		if (umount2(mount_dir, MNT_DETACH) == 0)
			log_info("%s: unmounted, left by a tapd that was killed", mount_dir);
	}
	if (f != NULL)
		fclose(f);
	clean_links(dev_dir, mount_dir);
	if (str_format(where, sizeof(where), "%s/net", dev_dir))	/* /dev/net/tapN */
		clean_links(where, mount_dir);
	clean_dir(mount_dir);
}
