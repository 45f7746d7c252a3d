/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIGIO: see sigio.h.
 *
 * tapd may signal anybody, the program that asks may not: every target must be of the asker's session (AS-09) and one the
 * asker could signal itself (AS-14), both when it is named and when the signal goes out.  A process is held by a pidfd,
 * so that its number, used again by another, is never signalled.  Numbers are those of the asker's pid namespace.
 */
#include "tapd/sigio.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/proc.h"

struct owner {
	pid_t id;		/* process, or -(process group) */
	int pidfd;		/* of the process; -1 for a group */
	uid_t setter;
	bool any_session;
	pid_t session;		/* else the target's must be this; 0 is that of one outside our pid namespace */
};

static int may_signal(const struct owner *o, const struct proc_ids *p)
{
	if (!o->any_session && p->session != o->session)
		return -EPERM;
	return o->setter == 0 || o->setter == p->uid || o->setter == p->suid ? 0 : -EPERM;
}

/* fn for every process of the group that may be signalled; how many there are, or -EPERM when none may, -ESRCH: none. */
static int each_member(const struct owner *o, void (*fn)(pid_t pid))
{
	DIR *d = opendir("/proc");
	int n = 0, err = -ESRCH;
	struct proc_ids p;
	struct dirent *de;

	while (d != NULL && (de = readdir(d)) != NULL) {
		pid_t pid = atoi(de->d_name);

		if (pid <= 0 || proc_ids(pid, &p) != 0 || p.pgrp != -o->id)
			continue;
		err = may_signal(o, &p);
		if (err != 0)
			continue;
		n++;
		if (fn != NULL)
			fn(pid);
	}
	if (d != NULL)
		closedir(d);
	return n > 0 ? n : err;
}

static int hold_process(struct owner *o)
{
	struct proc_ids p;
	int err = proc_ids(o->id, &p);

	if (err == 0 && p.tgid != o->id)
		err = -ESRCH;		/* a thread is no process */
	if (err == 0)
		err = may_signal(o, &p);
	if (err != 0)
		return err;
	o->pidfd = syscall(SYS_pidfd_open, o->id, 0);
	return o->pidfd < 0 ? -errno : 0;
}

int sigio_get(void *ctx, pid_t id, const struct tap_cred *setter, bool any_session, void **owner)
{
	struct owner *o = calloc(1, sizeof(*o));
	struct proc_ids self;
	int err = o == NULL ? -ENOMEM : proc_ids(setter->pid, &self);

	id = id > 0 ? proc_seen_by(setter->pid, id, false) : -proc_seen_by(setter->pid, -id, true);
	if (err == 0 && id == 0)
		err = -ESRCH;
	if (err == 0) {
		*o = (struct owner){ .id = id, .pidfd = -1, .setter = setter->uid,
			.any_session = any_session, .session = self.session };
		err = id > 0 ? hold_process(o) : each_member(o, NULL);
	}
	if (err < 0) {
		free(o);
		return err;
	}
	*owner = o;
	return 0;
}

void sigio_put(void *ctx, void *owner)
{
	struct owner *o = owner;

	if (o->pidfd >= 0)
		close(o->pidfd);
	free(o);
}

/* A pidfd becomes readable when its process ends. */
bool sigio_alive(void *ctx, void *owner)
{
	const struct owner *o = owner;
	struct pollfd p = { .fd = o->pidfd, .events = POLLIN };

	return o->pidfd >= 0 ? poll(&p, 1, 0) == 0 : kill(o->id, 0) == 0 || errno == EPERM;
}

static void signal_member(pid_t pid)
{
	kill(pid, SIGIO);
}

void sigio_send(void *ctx, void *owner)
{
	const struct owner *o = owner;
	struct proc_ids p;

	if (o->pidfd < 0 && o->setter == 0 && o->id != -1)	/* -1 is not a group to kill(2) */
		kill(o->id, SIGIO);
	else if (o->pidfd < 0)
		each_member(o, signal_member);
	else if (o->setter == 0 || (proc_ids(o->id, &p) == 0 && may_signal(o, &p) == 0))
		syscall(SYS_pidfd_send_signal, o->pidfd, SIGIO, NULL, 0);
}
