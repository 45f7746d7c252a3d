/* SPDX-License-Identifier: BSD-2-Clause */
/* The other programs: tapd, tapctl and the tracer.  Each ends with taprun, by PR_SET_PDEATHSIG. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "tapd/ctl.h"
#include "taprun/taprun.h"

#define STOP_PATIENCE	5000		/* ms for tapd to end by itself, and for the tracer to read what is left */
#define WORDS_MAX	256

/* ------------------------------------------------------------------ where they are */

/* Beside us as installed, beside us in a build tree, then where they were installed. */
static const char *const tapd_places[] = { "%s/tapd", "%s/../sbin/tapd", "%s/../tapd/tapd", TAPRUN_SBINDIR "/tapd",
	NULL };
static const char *const tapctl_places[] = { "%s/tapctl", "%s/../tapctl/tapctl", TAPRUN_BINDIR "/tapctl", NULL };

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static bool find_in_path(const char *name, char path[PATH_MAX])
{
	const char *dir = getenv("PATH");

	while (dir != NULL && *dir != '\0') {
		size_t n = strcspn(dir, ":");

		if (str_format(path, PATH_MAX, "%.*s/%s", (int)n, dir, name) && n > 0 && is_program(path))
			return true;
		dir += n + (dir[n] == ':');
	}
	return false;
}

static bool find(const char *name, const char *const *places, char path[PATH_MAX])
{
	char self[PATH_MAX] = "", *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0 && (slash = strrchr(self, '/')) != NULL)
		*slash = '\0';
	for (; *places != NULL; places++) {
		str_copy(path, PATH_MAX, *places);
		if (strncmp(*places, "%s", 2) == 0)
			str_format(path, PATH_MAX, "%s%s", self, *places + 2);
		if (is_program(path))
			return true;
	}
	return find_in_path(name, path);
}

int world_find(struct taprun *t)
{
	const char *missing = !find("tapd", tapd_places, t->tapd_path) ? "tapd" :
	    !find("tapctl", tapctl_places, t->tapctl_path) ? "tapctl" : NULL;

	if (missing == NULL)
		return 0;
	say("%s is not beside taprun, nor in " TAPRUN_SBINDIR ", " TAPRUN_BINDIR " or PATH; install tapd whole", missing);
	return EXIT_UNAVAILABLE;
}

/* ------------------------------------------------------------------ starting programs */

/* In the child: die when the parent does, even if it just did. */
static void tie_to(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAIL);
}

/* A descriptor's own copy at `to`; -1: /dev/null. */
static void put_fd(int fd, int to)
{
	if (fd < 0)
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fd != to)
		dup2(fd, to);
}

/* Starts argv with these as standard output and error (-1: nowhere) and nothing to read.  Its pid, or -1. */
static pid_t start(const char *const *argv, int out, int err)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		say("%s: %s", argv[0], strerror(errno));
	if (pid != 0)
		return pid;
	tie_to(parent);
	setsid();			/* the terminal's signals are for the program */
	unsetenv("NOTIFY_SOCKET");	/* which is also for the program */
	put_fd(-1, 0);
	put_fd(out, 1);
	put_fd(err, 2);
	execv(argv[0], (char *const *)argv);
	say("%s: %s", argv[0], strerror(errno));
	_exit(EXIT_NOENT);
}

/* The exit status of pid, 128 and more for a signal. */
static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_FAIL;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ------------------------------------------------------------------ tapd */

/* tapd's options that are ours as well. */
static size_t pass_options(const struct taprun *t, char (*text)[PATH_MAX], const char **argv)
{
	const struct {
		const char *name, *value;
	} table[] = {
		{ "attach", t->opt.net == NULL && t->opt.config != NULL ? NULL : t->attach },	/* the file may say */
		{ "config", t->opt.config }, { "dialect", t->opt.dialect }, { "record", t->opt.record },
		{ "publish", t->opt.publish },
	};
	size_t n = 0;

	for (size_t i = 0; i < NELEM(table); i++)
		if (table[i].value != NULL) {
			str_format(text[n], PATH_MAX, "--%s=%s", table[i].name, table[i].value);
			argv[n] = text[n];
			n++;
		}
	return n;
}

static pid_t start_tapd(const struct taprun *t, int ready)
{
	static const char *const loudness[] = { "-q", "-v", "-vv" };
	char text[8][PATH_MAX], ready_fd[32];
	const char *argv[16] = { t->tapd_path, "--transport=fuse", "--run-dir=" TAPRUN_RUN_DIR, "--dev-dir=/dev",
		loudness[t->opt.verbose > 2 ? 2 : t->opt.verbose], ready_fd };

	str_format(ready_fd, sizeof(ready_fd), "--ready-fd=%d", ready);
	pass_options(t, text, argv + 6);
	return start(argv, STDERR_FILENO, STDERR_FILENO);
}

int world_tapd(struct taprun *t)
{
	int ready[2], status;
	char c;

	setenv("TAPD_SOCKET", TAPD_CTL_SOCKET_TAPRUN, 1);
	if (pipe(ready) != 0)
		return EXIT_FAIL;
	fcntl(ready[0], F_SETFD, FD_CLOEXEC);
	t->tapd = start_tapd(t, ready[1]);
	close(ready[1]);
	status = t->tapd < 0 || read(ready[0], &c, 1) != 1;
	close(ready[0]);
	if (status == 0)
		return 0;
	status = t->tapd > 0 ? wait_for(t->tapd) : EXIT_FAIL;
	t->tapd = 0;
	say("tapd did not start%s", t->userns && status == EXIT_PERM ? "; what it says above root may be allowed: sudo taprun ..." :
	    "");
	return status;
}

/* ------------------------------------------------------------------ tapctl */

/* Where it is called ifconfig it is BSD's; also for a program that names the path BSD has it at, if Linux has one there. */
int world_ifconfig(struct taprun *t)
{
	if (access("/sbin/ifconfig", F_OK) == 0 && mount(t->tapctl_path, "/sbin/ifconfig", NULL, MS_BIND, NULL) != 0)
		say("/sbin/ifconfig stays Linux's: %s", strerror(errno));
	if (mkdir(TAPRUN_PATH_DIR, 0755) == 0 && symlink(t->tapctl_path, TAPRUN_PATH_DIR "/ifconfig") == 0)
		return 0;
	say(TAPRUN_PATH_DIR ": %s", strerror(errno));
	return EXIT_FAIL;
}

static int tapctl(const struct taprun *t, const char *const *words, bool quiet)
{
	const char *argv[WORDS_MAX + 2] = { t->tapctl_path };
	size_t n = 1;
	pid_t pid;

	while (*words != NULL && n < NELEM(argv) - 1)
		argv[n++] = *words++;
	pid = start(argv, quiet ? -1 : STDERR_FILENO, quiet ? -1 : STDERR_FILENO);
	return pid < 0 ? EXIT_FAIL : wait_for(pid);
}

static bool has_word(const char *const *words, const char *word)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, word) == 0)
			return true;
	return false;
}

/* A unit that is not there is made first.  words[1] is left free for that. */
static int run_tap(const struct taprun *t, const char **words)
{
	const char *show[] = { words[0], NULL };
	bool make = !has_word(words + 2, "create") && tapctl(t, show, true) != EXIT_OK;

	words[1] = make ? "create" : words[0];
	return tapctl(t, make ? words : words + 1, false);
}

int world_taps(struct taprun *t)
{
	for (size_t i = 0; i < t->opt.ntaps; i++) {
		const char *words[WORDS_MAX] = { 0 };
		char *copy = strdup(t->opt.taps[i]), *save = NULL;
		size_t n = 0;
		int status;

		for (char *w = copy != NULL ? strtok_r(copy, " \t\n", &save) : NULL; w != NULL && n < WORDS_MAX - 1;
		     w = strtok_r(NULL, " \t\n", &save)) {
			words[n] = w;
			n += n == 0 ? 2 : 1;
		}
		status = n > 0 ? run_tap(t, words) : EXIT_FAIL;
		free(copy);
		if (status == EXIT_OK)
			continue;
		say("--tap '%s' failed%s", t->opt.taps[i], t->userns && status != EXIT_USAGE && (t->opt.net != NULL ||
		    t->opt.share_net) ? "; if your own network forbids it: sudo taprun ..." : "");
		return status;
	}
	return 0;
}

/* The tracer's first line says that it is there; what else it says on standard error is of no interest. */
int world_trace(struct taprun *t)
{
	const char *argv[] = { t->tapctl_path, "trace", NULL };
	char line[256] = "";
	int said[2], status;
	ssize_t n;

	if (!t->opt.trace)
		return 0;
	if (pipe2(said, O_CLOEXEC) != 0)
		return EXIT_FAIL;
	t->tracer = start(argv, STDERR_FILENO, said[1]);
	close(said[1]);
	n = t->tracer > 0 ? read(said[0], line, sizeof(line) - 1) : -1;
	close(said[0]);
	if (n > 0 && strstr(line, "tracing") != NULL)
		return 0;
	fprintf(stderr, "%s", line);
	status = t->tracer > 0 ? wait_for(t->tracer) : EXIT_FAIL;
	t->tracer = 0;
	return status;
}

/* ------------------------------------------------------------------ the end */

void world_reap(struct taprun *t)
{
	int status;

	if (t->tapd > 0 && waitpid(t->tapd, &status, WNOHANG) == t->tapd) {
		t->tapd = 0;
		say("tapd ended (%s %d): its devices are gone; the program goes on",
		    WIFEXITED(status) ? "status" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
	}
	if (t->tracer > 0 && waitpid(t->tracer, NULL, WNOHANG) == t->tracer)
		t->tracer = 0;
}

/* Waits for *pid, but not for ever; then it is killed. */
static void end(pid_t *pid)
{
	const struct timespec nap = { .tv_nsec = 2000000 };

	for (int ms = 0; *pid > 0 && waitpid(*pid, NULL, WNOHANG) == 0; ms += 2) {
		if (ms >= STOP_PATIENCE)
			kill(*pid, SIGKILL);
		nanosleep(&nap, NULL);
	}
	*pid = 0;
}

/* tapd first: the tracer reads until tapd has nothing more to say. */
void world_stop(struct taprun *t)
{
	if (t->tapd > 0)
		kill(t->tapd, SIGTERM);
	end(&t->tapd);
	end(&t->tracer);
}
