/* SPDX-License-Identifier: BSD-2-Clause */
/* Network namespaces of other processes: see netns.h. */
#include "backend/netns.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"

static bool stat_netns(const char *who, struct netns *ns)
{
	char path[64];
	struct stat st;

	str_format(path, sizeof(path), "/proc/%s/ns/net", who);
	if (stat(path, &st) != 0)
		return false;
	ns->dev = st.st_dev;
	ns->ino = st.st_ino;
	return true;
}

bool netns_same(const struct netns *a, const struct netns *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

void netns_of(pid_t pid, struct netns *ns)
{
	struct netns own = { .fd = -1 }, its = { .fd = -1 };
	char who[16], path[64];

	str_format(who, sizeof(who), "%d", (int)pid);
	str_format(path, sizeof(path), "/proc/%s/ns/net", who);
	stat_netns("self", &own);
	*ns = own;
	if (pid <= 0 || !stat_netns(who, &its) || netns_same(&its, &own))
		return;
	its.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (its.fd >= 0)
		*ns = its;
}

void netns_close(struct netns *ns)
{
	if (ns->fd >= 0)
		close(ns->fd);
	ns->fd = -1;
}

int netns_enter(const struct netns *ns, int *home)
{
	int err;

	*home = -1;
	if (ns->fd < 0)
		return 0;
	*home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (*home >= 0 && setns(*home, CLONE_NEWNET) == 0 && setns(ns->fd, CLONE_NEWNET) == 0)
		return 0;
	err = -errno;
	if (*home >= 0)
		close(*home);
	*home = -1;
	return err;
}

/* The way back into our own namespace was tried before: it is not ours when we are root in a user namespace only. */
void netns_leave(int home)
{
	if (home < 0)
		return;
	if (setns(home, CLONE_NEWNET) != 0)
		log_err("returning to tapd's own network namespace: %s; restart tapd", strerror(errno));
	close(home);
}

/* A mount of it in our mount namespace: its root is "net:[INODE]". */
static bool is_mounted(const struct netns *ns)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, want[64];
	size_t size = 0;
	bool found = false;

	if (f == NULL)
		return true;		/* who knows */
	str_format(want, sizeof(want), " net:[%llu] ", (unsigned long long)ns->ino);
	while (!found && getline(&line, &size, f) > 0)
		found = strstr(line, want) != NULL;
	free(line);
	fclose(f);
	return found;
}

bool netns_alive(const struct netns *ns)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	struct netns other;
	bool found = proc == NULL;

	while (!found && (e = readdir(proc)) != NULL)
		found = isdigit((unsigned char)e->d_name[0]) && stat_netns(e->d_name, &other) && netns_same(&other, ns);
	if (proc != NULL)
		closedir(proc);
	return found || is_mounted(ns);
}
