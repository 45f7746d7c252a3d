/* SPDX-License-Identifier: BSD-2-Clause */
/* What /proc says of a process. */
#ifndef TAPD_BASE_PROC_H
#define TAPD_BASE_PROC_H

#include <stdbool.h>
#include <sys/types.h>

struct proc_ids {
	pid_t tgid;		/* the process, where pid named one of its threads */
	pid_t session, pgrp;
	uid_t uid, suid;	/* real and saved */
};

/* 0, or -ESRCH. */
int proc_ids(pid_t pid, struct proc_ids *ids);
/*
 * The process id, or with `group` the process group, that viewer calls id in its pid namespace: the number it has in
 * ours, or 0 when there is none.
 */
pid_t proc_seen_by(pid_t viewer, pid_t id, bool group);
/* The process of thread tid; tid itself when /proc does not tell. */
pid_t proc_tgid(pid_t tid);

#endif
