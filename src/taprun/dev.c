/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The private /dev: a tmpfs with the usual nodes bound from the host's, in which tapd makes its own.
 *
 * Pseudo-terminals are a devpts of our own, since the host's ptmx is for the host's root alone; the caller's terminal,
 * which is not in it, is /dev/console, where ttyname(3) finds it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/util.h"
#include "taprun/taprun.h"

#define FUSE_DEV	"/dev/fuse"

/* What of the host's /dev is there too, if it is there. */
static const char *const bound[] = {
	"null", "zero", "full", "random", "urandom", "tty", "fuse", "net/tun", "kvm", "vhost-net", "shm", "mqueue", "log",
};

static const struct {
	const char *name, *target;
} links[] = {
	{ "fd", "/proc/self/fd" }, { "stdin", "/proc/self/fd/0" }, { "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" }, { "ptmx", "pts/ptmx" },
};

int dev_check(struct taprun *t)
{
	int fd = open(FUSE_DEV, O_RDWR | O_CLOEXEC);
	char text[128];
	int err = errno;

	if (fd >= 0) {
		close(fd);
		return 0;
	}
	say(FUSE_DEV ": %s: tapd makes its devices with it; to allow it: %s", strerror(err),
	    device_advice(FUSE_DEV, err, text, sizeof(text)));
	return err == EACCES || err == EPERM ? EXIT_PERM : EXIT_UNAVAILABLE;
}

/* A place for something of the host's, as it is: a directory or a file.  0 or -errno. */
static int make_place(const char *path, bool dir)
{
	int fd;

	if (dir)
		return mkdir(path, 0755) == 0 || errno == EEXIST ? 0 : -errno;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* The host's file or directory that fd (O_PATH) holds appears at /dev/name.  0 or -errno. */
static int bind_fd(int fd, const char *name)
{
	char path[64], from[32];
	struct stat st;
	int err;

	str_format(path, sizeof(path), "/dev/%s", name);
	str_format(from, sizeof(from), "/proc/self/fd/%d", fd);
	err = fstat(fd, &st) != 0 ? -errno : make_place(path, S_ISDIR(st.st_mode));
	if (err == 0 && mount(from, path, NULL, MS_BIND | MS_REC, NULL) != 0)
		err = -errno;
	return err;
}

/* The terminal of standard input, output or error, or -1. */
static int open_terminal(void)
{
	const char *name = NULL;

	for (int fd = 0; fd <= 2 && name == NULL; fd++)
		name = ttyname(fd);
	return name != NULL ? open(name, O_PATH | O_CLOEXEC) : -1;
}

static int close_after(int fd, int err)
{
	close(fd);
	return err;
}

/* Pseudo-terminals of our own; the host's where that cannot be.  pts: the host's, or -1. */
static void make_pts(int pts)
{
	const char *options = "newinstance,ptmxmode=0666,mode=0620";

	make_place("/dev/pts", true);
	if (mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, options) != 0 && pts >= 0)
		bind_fd(pts, "pts");
}

static void make_links(void)
{
	char path[64];

	for (size_t i = 0; i < NELEM(links); i++) {
		str_format(path, sizeof(path), "/dev/%s", links[i].name);
		if (symlink(links[i].target, path) != 0)
			say("%s: %s", path, strerror(errno));
	}
}

/* After /dev was mounted over: the descriptors still lead to what is under it. */
static int fill(const int *fds, int pts, int tty)
{
	int err = 0;

	make_place("/dev/net", true);
	for (size_t i = 0; i < NELEM(bound); i++)
		if (fds[i] >= 0 && (err = close_after(fds[i], bind_fd(fds[i], bound[i]))) != 0)
			return forbidden(bound[i], -err);
	make_pts(pts);
	make_links();
	if (mkdir("/dev/shm", 01777) == 0)		/* the host has none */
		chmod("/dev/shm", 01777);
	if (tty >= 0)
		close_after(tty, bind_fd(tty, "console"));
	if (pts >= 0)
		close(pts);
	return mkdir(TAPRUN_RUN_DIR, 0755) == 0 ? 0 : forbidden(TAPRUN_RUN_DIR, errno);
}

int dev_make(struct taprun *t)
{
	mode_t mask = umask(0022);
	int fds[NELEM(bound)], pts = open("/dev/pts", O_PATH | O_CLOEXEC), tty = open_terminal();
	char path[64];
	int status;

	for (size_t i = 0; i < NELEM(bound); i++) {
		str_format(path, sizeof(path), "/dev/%s", bound[i]);
		fds[i] = open(path, O_PATH | O_CLOEXEC);
	}
	if (mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=0755") != 0)
		return forbidden("a private /dev", errno);
	status = fill(fds, pts, tty);
	umask(mask);
	return status;
}
