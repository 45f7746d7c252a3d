/* SPDX-License-Identifier: BSD-2-Clause */
/* What /proc says of a process: see proc.h. */
#include "base/proc.h"

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

pid_t proc_tgid(pid_t tid)
{
	struct proc_ids ids;

	return proc_ids(tid, &ids) == 0 ? ids.tgid : tid;
}
