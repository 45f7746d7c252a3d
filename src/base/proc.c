/* SPDX-License-Identifier: BSD-2-Clause */
/* What /proc says of a process: see proc.h. */
#include "base/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool slurp(pid_t pid, const char *file, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, buf, size - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* The numbers behind "key:" in status. */
static bool status_field(const char *status, const char *key, const char *fmt, int *a, int *b, int *c)
{
	const char *at = strstr(status, key);

	return at != NULL && sscanf(at + strlen(key), fmt, a, b, c) >= 1;
}

int proc_ids(pid_t pid, struct proc_ids *ids)
{
	char status[4096], stat[1024], *rest;
	int tgid, uid[3], unused;

	if (pid <= 0 || !slurp(pid, "status", status, sizeof(status)) || !slurp(pid, "stat", stat, sizeof(stat)))
		return -ESRCH;
	if (!status_field(status, "\nTgid:", "%d", &tgid, &unused, &unused) ||
	    !status_field(status, "\nUid:", "%d %d %d", &uid[0], &uid[1], &uid[2]))
		return -ESRCH;
	rest = strrchr(stat, ')');	/* the name before it may hold anything */
	if (rest == NULL || sscanf(rest + 1, " %*c %*d %d %d", &ids->pgrp, &ids->session) != 2)
		return -ESRCH;
	ids->tgid = tgid;
	ids->uid = uid[0];
	ids->suid = uid[2];
	return 0;
}

/* The name of its pid namespace, in size bytes. */
static bool pid_namespace(const char *pid, char *name, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%.16s/ns/pid", pid);
	n = readlink(path, name, size - 1);
	name[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* Its number in its own namespace: the last of the line. */
static int innermost(const char *status, const char *key)
{
	const char *at = strstr(status, key), *end, *last;

	if (at == NULL)
		return 0;
	end = strchrnul(at + 1, '\n');
	for (last = end; last > at && last[-1] != '\t'; last--)
		;
	return atoi(last);
}

pid_t proc_seen_by(pid_t viewer, pid_t id, bool group)
{
	char ours[64], theirs[64], ns[64], number[16], status[4096];
	struct proc_ids ids;
	pid_t found = 0;
	struct dirent *de;
	DIR *d;

	snprintf(number, sizeof(number), "%d", (int)viewer);
	if (!pid_namespace("self", ours, sizeof(ours)) || !pid_namespace(number, theirs, sizeof(theirs)) ||
	    strcmp(ours, theirs) == 0)
		return id;
	d = opendir("/proc");
	while (found == 0 && d != NULL && (de = readdir(d)) != NULL) {
		pid_t pid = atoi(de->d_name);

		if (pid <= 0 || !pid_namespace(de->d_name, ns, sizeof(ns)) || strcmp(ns, theirs) != 0 ||
		    !slurp(pid, "status", status, sizeof(status)))
			continue;
		if (innermost(status, group ? "\nNSpgid:" : "\nNSpid:") == id && proc_ids(pid, &ids) == 0)
			found = group ? ids.pgrp : pid;
	}
	if (d != NULL)
		closedir(d);
	return found;
}

pid_t proc_tgid(pid_t tid)
{
	struct proc_ids ids;

	return proc_ids(tid, &ids) == 0 ? ids.tgid : tid;
}
