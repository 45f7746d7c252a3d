/* SPDX-License-Identifier: BSD-2-Clause */
/* The user and mount namespace that taprun lives in, and what belongs to them. */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/util.h"
#include "taprun/taprun.h"

/* Is this process, by its effective capabilities, allowed to make the other namespaces as it is? */
static bool is_privileged(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[2] = { 0 };
	unsigned want = 1u << CAP_SYS_ADMIN | 1u << CAP_NET_ADMIN;

	return geteuid() == 0 && syscall(SYS_capget, &head, caps) == 0 && (caps[0].effective & want) == want;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* One user and one group of a new user namespace, and who they are outside.  0 or -errno. */
static int map_ids(uid_t uid, gid_t gid, uid_t uid_outside, gid_t gid_outside)
{
	char uid_map[64], gid_map[64];
	int err = write_text("/proc/self/setgroups", "deny");	/* or gid_map is not ours to write */

	str_format(uid_map, sizeof(uid_map), "%u %u 1\n", uid, uid_outside);
	str_format(gid_map, sizeof(gid_map), "%u %u 1\n", gid, gid_outside);
	if (err == 0 || err == -ENOENT)
		err = write_text("/proc/self/gid_map", gid_map);
	return err != 0 ? err : write_text("/proc/self/uid_map", uid_map);
}

int sandbox_user(struct taprun *t)
{
	int err;

	t->uid = geteuid();
	t->gid = getegid();
	if (is_privileged())
		return 0;
	if (unshare(CLONE_NEWUSER) != 0)
		return forbidden("a user namespace", errno);
	t->userns = true;
	err = map_ids(0, 0, t->uid, t->gid);
	if (err == -EPERM && t->uid == 0)	/* root outside is nothing to give away without that */
		return forbidden("a user namespace's root (for root without CAP_SETFCAP; --cap-add SETFCAP, or be another user)",
		    -err);
	return err == 0 ? 0 : forbidden("a user namespace's root", -err);
}

int sandbox_user_back(const struct taprun *t)
{
	if (!t->userns)
		return 0;
	if (unshare(CLONE_NEWUSER) != 0)
		return -errno;
	return map_ids(t->uid, t->gid, 0, 0);
}

/* What the host mounts and unmounts later is seen here, and nothing of ours there. */
int sandbox_mounts(struct taprun *t)
{
	if (unshare(CLONE_NEWNS) != 0)
		return forbidden("a mount namespace", errno);
	if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) != 0)
		return forbidden("a mount namespace's root", errno);
	return 0;
}

bool sandbox_proc(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}
