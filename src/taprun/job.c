/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The program as a job of the caller's shell: terminal, signals, stop and continue, status.
 *
 * It runs under an init of its own, process 1 of a process namespace, which forwards signals, reaps, and tells taprun
 * through a pipe of each stop and of the end.  The kernel ends all processes of the namespace when init ends, and init
 * when taprun does.
 *
 * Process group.  A group outside of the namespace is 0 inside, and BSD programs pass getpgrp(2) to TIOCSPGRP, so the
 * program gets a group of its own and, as a shell would do it, the terminal.  But a pipeline at a terminal, as in
 * `taprun ... | less`, is one group that the terminal belongs to as a whole: there the program stays in ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "taprun/taprun.h"

#define INIT_STACK	(128 << 10)	/* bytes */

struct job {
	struct taprun *t;
	sigset_t mask;			/* the caller's */
	int tty;			/* the controlling terminal, or -1 */
	bool own_group;
	bool front;			/* the terminal is the program's */
	pid_t init;
	int told[2];			/* pipe: init tells statuses of waitpid(2) */
	int status;			/* the program's; -1: it runs */
};

/* ------------------------------------------------------------------ the program */

/* The BSD ifconfig first; our tapctl last, for when there is no other. */
static void set_path(const struct taprun *t)
{
	int dir = (int)(strrchr(t->tapctl_path, '/') - t->tapctl_path);
	const char *path = getenv("PATH");
	char *text;

	if (asprintf(&text, TAPRUN_PATH_DIR ":%s:%.*s", path != NULL ? path : "/usr/bin:/bin", dir, t->tapctl_path) < 0)
		return;
	setenv("PATH", text, 1);
	free(text);
}

static void become_program(const struct job *j)
{
	char **argv = j->t->opt.program;
	int err;

	if (j->own_group)
		setpgid(0, 0);
	if (j->front)
		tcsetpgrp(j->tty, getpgrp());
	if (j->t->opt.user && (err = sandbox_user_back(j->t)) != 0)
		_exit(forbidden("--user: a user namespace inside the other", -err));
	set_path(j->t);
	sigprocmask(SIG_SETMASK, &j->mask, NULL);
	execvp(argv[0], argv);
	err = errno;
	say("%s: %s", argv[0], strerror(err));
	_exit(err == ENOENT ? EXIT_NOENT : EXIT_NOEXEC);
}

/* ------------------------------------------------------------------ init */

/* Reaps all that ended or stopped, and tells of the program.  It ends with the program, and all else with it. */
static void init_reap(const struct job *j, pid_t program)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0) {
		if (pid != program)
			continue;
		if (write(j->told[1], &status, sizeof(status)) != sizeof(status) || !WIFSTOPPED(status))
			_exit(0);
	}
}

/* A signal for the program.  One that taprun queued (a SIGCONT) comes with the terminal. */
static void init_forward(const struct job *j, pid_t program, const siginfo_t *si)
{
	if (si->si_code == SI_QUEUE)
		tcsetpgrp(j->tty, program);
	kill(si->si_signo == SIGCONT && j->own_group ? -program : program, si->si_signo);
}

static int become_init(void *arg)
{
	struct job *j = arg;
	struct pollfd taprun = { .fd = j->told[1] };
	siginfo_t si;
	sigset_t all;
	pid_t program;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(j->told[0]);
	if (poll(&taprun, 1, 0) != 0)		/* it died before that: the pipe has no reader */
		_exit(0);
	if (!sandbox_proc() && j->t->opt.verbose > 0)
		say("/proc: %s: it shows the processes of the whole container", strerror(errno));
	program = fork();
	if (program == 0)
		become_program(j);
	if (program < 0)
		_exit(EXIT_FAIL);
	setpgid(0, 0);				/* signals of the job's group are not for us */
	sigfillset(&all);
	for (;;) {
		if (sigwaitinfo(&all, &si) == SIGCHLD)
			init_reap(j, program);
		else if (si.si_code <= 0 && si.si_pid == 0)	/* from outside: taprun */
			init_forward(j, program, &si);
	}
}

/* ------------------------------------------------------------------ the terminal */

static void open_terminal(struct job *j)
{
	j->tty = open("/dev/tty", O_RDWR | O_CLOEXEC);
	j->own_group = j->tty < 0 || (isatty(0) && isatty(1) && isatty(2));
	j->front = j->tty >= 0 && j->own_group && tcgetpgrp(j->tty) == getpgrp();
}

/* Back to us, before the shell looks. */
static void take_terminal(struct job *j)
{
	if (j->front)
		tcsetpgrp(j->tty, getpgrp());
	j->front = false;
}

/*
 * The terminal gave ^C or ^\ to the program's group alone.  Without us a script or a make that started it would have had
 * it too; ours is blocked, and comes when we end as the program did.
 */
static void share_end(const struct job *j)
{
	if (j->front && WIFSIGNALED(j->status) && (WTERMSIG(j->status) == SIGINT || WTERMSIG(j->status) == SIGQUIT))
		kill(0, WTERMSIG(j->status));
}

/* We were continued, by fg or by bg. */
static void continue_program(struct job *j)
{
	j->front = j->tty >= 0 && j->own_group && tcgetpgrp(j->tty) == getpgrp();
	if (j->front)
		sigqueue(j->init, SIGCONT, (union sigval){ 0 });
	else
		kill(j->init, SIGCONT);
}

/*
 * The program was stopped.  If the terminal did it, the job is stopped, which for the shell is us.  Anybody else who
 * stops a program will continue it, and we go on.
 */
static void on_stop(struct job *j, int signo)
{
	if (j->tty < 0 || (signo != SIGTSTP && signo != SIGTTIN && signo != SIGTTOU))
		return;
	if (signo != SIGTSTP && !j->front && j->own_group && tcgetpgrp(j->tty) == getpgrp()) {
		continue_program(j);		/* brought to the foreground while it ran */
		return;
	}
	take_terminal(j);
	kill(getpid(), SIGSTOP);
}

/* ------------------------------------------------------------------ taprun's loop */

static void read_told(struct job *j)
{
	int status;

	while (j->status < 0 && read(j->told[0], &status, sizeof(status)) == sizeof(status)) {
		if (WIFSTOPPED(status))
			on_stop(j, WSTOPSIG(status));
		else
			j->status = status;
	}
}

/* A signal of ours.  What the terminal sends reaches the program by itself, unless it has a group of its own. */
static void on_signal(struct job *j, const struct signalfd_siginfo *si)
{
	int signo = (int)si->ssi_signo;

	if (signo == SIGCHLD)
		world_reap(j->t);
	else if (signo == SIGCONT)
		continue_program(j);
	else if (signo != SIGPIPE && (si->ssi_code <= 0 || j->own_group))
		kill(j->init, signo);
}

/* Until init ended: the program's status, by then, is in the pipe if there is one. */
static void follow(struct job *j, int signals)
{
	struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = j->told[0], .events = POLLIN } };
	struct signalfd_siginfo si;
	int how;

	while (waitpid(j->init, &how, WNOHANG) == 0) {
		poll(fds, NELEM(fds), -1);
		if (fds[0].revents != 0 && read(signals, &si, sizeof(si)) == sizeof(si))
			on_signal(j, &si);
		if (fds[1].revents & POLLIN)
			read_told(j);
		if (fds[1].revents & POLLHUP)
			fds[1].fd = -1;		/* SIGCHLD comes */
	}
	read_told(j);
}

/* Signals that cannot be forwarded: our own faults. */
static void block_signals(sigset_t *all, sigset_t *before)
{
	static const int not[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };

	sigfillset(all);
	for (size_t i = 0; i < NELEM(not); i++)
		sigdelset(all, not[i]);
	sigprocmask(SIG_SETMASK, all, before);
}

/* A process namespace and its first process; ours stays as it is.  The memory is a copy, as with fork(2). */
static int start_init(struct job *j)
{
	char stack[INIT_STACK] __attribute__((aligned(16)));

	if (pipe2(j->told, O_CLOEXEC | O_NONBLOCK) != 0)
		return forbidden("a pipe", errno);
	j->init = clone(become_init, stack + sizeof(stack), CLONE_NEWPID | SIGCHLD, j);
	if (j->init < 0)
		return forbidden("a process namespace", errno);
	close(j->told[1]);
	return 0;
}

int job_run(struct taprun *t, int *status)
{
	struct job j = { .t = t, .status = -1 };
	sigset_t all;
	int signals, failed;

	open_terminal(&j);
	block_signals(&all, &j.mask);
	signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	failed = signals < 0 ? forbidden("signals", errno) : start_init(&j);
	if (failed != 0)
		return failed;
	follow(&j, signals);
	share_end(&j);
	take_terminal(&j);		/* signals stay blocked: the end is not to be interrupted */
	if (j.status < 0)
		say("the program was killed with its namespace");
	*status = j.status < 0 ? SIGKILL : j.status;
	return 0;
}

int job_end_as(int status)
{
	const struct rlimit no_core = { 0 };
	int signo = WTERMSIG(status);
	sigset_t one;

	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	setrlimit(RLIMIT_CORE, &no_core);	/* the program has left its own */
	sigemptyset(&one);
	sigaddset(&one, signo);
	signal(signo, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	raise(signo);
	return 128 + signo;
}
