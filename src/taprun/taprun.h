/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * taprun(1): a program with taps in a /dev of its own, without root and without a kernel module.
 *
 *	shell --- taprun ------- tapd			in the network of the caller where --net leads out, else with the program
 *		   |   `-------- tapctl trace		with --trace
 *		   `-- init ---- the program ...	in a process namespace: when init ends, all of it does
 *
 * taprun itself moves into a user and a mount namespace, so it needs no helper there, and what it mounts ends with the
 * last process in it.  tapd, the tracer and init are killed by the kernel when taprun ends, however it ends.
 *
 *	options.c	the command line
 *	sandbox.c	user and mount namespace, /proc
 *	dev.c		the private /dev
 *	net.c		the network namespace, and what taps are plugged into
 *	world.c		tapd, tapctl and the tracer
 *	job.c		the program: its terminal, signals and status
 *	why.c		what a machine that forbids something is told to allow, and how
 *
 * Functions that return int give 0 or the exit status for a run that failed, everything having been said.
 */
#ifndef TAPD_TAPRUN_TAPRUN_H
#define TAPD_TAPRUN_TAPRUN_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#define TAPRUN_RUN_DIR	"/dev/.tapd"		/* tapd's, in the private /dev; TAPD_CTL_SOCKET_TAPRUN is in it */
#define TAPRUN_PATH_DIR	TAPRUN_RUN_DIR "/bin"	/* first in the program's PATH: a BSD ifconfig, which is tapctl */
#define TAPRUN_TAPS_MAX	64			/* --tap */

enum { EXIT_NOEXEC = 126, EXIT_NOENT = 127 };	/* as a shell's */

struct options {
	const char *net;			/* --net; NULL: host interfaces where there can be some */
	bool isolated;				/* --net none: no way out, whatever there can be */
	bool share_net;
	const char *dialect, *record, *config, *publish;	/* as tapd takes them; NULL */
	const char *taps[TAPRUN_TAPS_MAX];
	size_t ntaps;
	bool user, trace;
	int verbose;				/* times -v */
	char **program;				/* and its arguments */
};

struct taprun {
	struct options opt;
	char tapd_path[PATH_MAX], tapctl_path[PATH_MAX];
	uid_t uid;				/* the caller's */
	gid_t gid;
	bool userns;				/* in a user namespace of our own */
	bool netns;				/* in a network namespace of our own */
	const char *attach;			/* what tapd plugs units into */
	pid_t tapd, tracer;			/* 0: not running */
};

/* options.c.  -1: go on; else the status to exit with. */
int options_parse(struct options *o, int argc, char **argv);

/* why.c */
/* A line to standard error, "taprun: " before it. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* What failed and why (err is errno), and the one command that would allow it.  The exit status. */
int forbidden(const char *what, int err);
/* The same of a device that cannot be opened: the advice alone. */
const char *device_advice(const char *path, int err, char *text, size_t size);

/* sandbox.c */
int sandbox_user(struct taprun *t);
int sandbox_mounts(struct taprun *t);
/* In a new process namespace: a /proc that shows it.  False: the old one stays. */
bool sandbox_proc(void);
/* The program is to see the caller's user again.  0 or -errno. */
int sandbox_user_back(const struct taprun *t);

/* dev.c */
int dev_check(struct taprun *t);		/* is there a FUSE that we may use? */
int dev_make(struct taprun *t);

/* net.c */
int net_choose(struct taprun *t);		/* and enter the new namespace, where tapd belongs into it */
int net_enter(struct taprun *t);		/* if that was not done */

/* world.c */
int world_find(struct taprun *t);
int world_tapd(struct taprun *t);
int world_ifconfig(struct taprun *t);
int world_taps(struct taprun *t);
int world_trace(struct taprun *t);
void world_reap(struct taprun *t);		/* a child of ours ended: say so where that matters */
void world_stop(struct taprun *t);

/* job.c.  Runs the program: *status is as waitpid(2)'s. */
int job_run(struct taprun *t, int *status);
/* End as the program did: its exit status, or -- it does not return then -- its signal. */
int job_end_as(int status);

#endif
