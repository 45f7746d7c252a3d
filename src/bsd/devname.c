/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * devname(3) and fdevname(3), as FreeBSD's manual page has them.  They name what is there; nothing is looked up by
 * walking /dev.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "bsd/tapbsd.h"

#define DEVNAME_SIZE 256	/* bytes of the static buffers: a path below /dev */

/* The value of DEVNAME in the uevent file of the device, which the kernel named it by.  0, or -1. */
static int name_from_sysfs(dev_t dev, mode_t type, char *buf, int len)
{
	char line[DEVNAME_SIZE + sizeof("DEVNAME=")];
	char path[64];
	FILE *f;
	int rc = -1;

	snprintf(path, sizeof(path), "/sys/dev/%s/%u:%u/uevent", S_ISCHR(type) ? "char" : "block", major(dev),
	    minor(dev));
	f = fopen(path, "re");
	if (f == NULL)
		return -1;
	while (rc != 0 && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "DEVNAME=", 8) == 0 && snprintf(buf, len, "%s", line + 8) < len)
			rc = 0;
	}
	fclose(f);
	return rc;
}

char *devname_r(dev_t dev, mode_t type, char *buf, int len)
{
	int saved = errno;

	if (len <= 0)
		return buf;
	if (dev == (dev_t)-1 || !(S_ISCHR(type) || S_ISBLK(type)))
		snprintf(buf, len, "#NODEV");
	else if (name_from_sysfs(dev, type, buf, len) != 0)
		snprintf(buf, len, "#%c:%#jx", S_ISCHR(type) ? 'C' : 'B', (uintmax_t)dev);
	errno = saved;
	return buf;
}

char *devname(dev_t dev, mode_t type)
{
	static char buf[DEVNAME_SIZE];

	return devname_r(dev, type, buf, sizeof(buf));
}

/* The path fd was opened by, without "/dev/".  0, or -1 with errno. */
static int name_from_fd(int fd, char *buf, size_t size)
{
	char link[32], path[DEVNAME_SIZE];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = S_ISCHR(st.st_mode) ? readlink(link, path, sizeof(path) - 1) : -1;
	path[n < 0 ? 0 : n] = '\0';
	if (strncmp(path, "/dev/", 5) != 0) {
		errno = ENOTTY;
		return -1;
	}
	snprintf(buf, size, "%s", path + 5);
	return 0;
}

char *fdevname_r(int fd, char *buf, int len)
{
	char name[DEVNAME_SIZE];
	int saved = errno;

	if (!(tapbsd_is_tap(fd) && tapbsd_ifname(fd, name) == 0) && name_from_fd(fd, name, sizeof(name)) != 0)
		return NULL;
	if (len <= 0 || strlen(name) >= (size_t)len) {
		errno = EINVAL;
		return NULL;
	}
	errno = saved;
	memcpy(buf, name, strlen(name) + 1);
	return buf;
}

char *fdevname(int fd)
{
	static char buf[DEVNAME_SIZE];

	return fdevname_r(fd, buf, sizeof(buf));
}
