/* SPDX-License-Identifier: BSD-2-Clause */
/* The tapd that dut_sys.c tests: namespaces, start, stop by its process id, and a look at what it left behind. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/conformance/sys.h"

static struct {
	pid_t pid;
	const char *transport, *tapd;
	struct setup setup;
	char base[64], run_dir[80], dev_dir[80], conf[80];
} daemon_ = { .setup = { .dialect = "freebsd" } };

void sys_die_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

int sys_wait(pid_t pid, int ms)
{
	int status, fd = syscall(SYS_pidfd_open, pid, 0);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	bool ended = fd >= 0 && poll(&p, 1, ms) == 1;

	if (fd >= 0)
		close(fd);
	if (!ended)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return !ended ? -ETIMEDOUT : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

const char *sys_dev_dir(void)
{
	return daemon_.dev_dir;
}

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;			/* no IPv6 in this kernel */
	if (write(fd, text, strlen(text)) < 0)
		printf("# %s: %s\n", path, strerror(errno));
	close(fd);
}

void sys_set_inet6(bool on)
{
	write_text("/proc/sys/net/ipv6/conf/default/disable_ipv6", on ? "0" : "1");
}

static int skip(const char *what, int err)
{
	printf("1..0 # SKIP %s: %s\n", what, strerror(err));
	return START_SKIP;
}

/* What the test needs of the machine. */
static int have_device(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int enter_namespaces(void)
{
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0)
		return errno;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return errno;
	return 0;
}

static int make_dirs(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(daemon_.base, sizeof(daemon_.base), "%.40s/tapd-conf-XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(daemon_.base) == NULL)
		return errno;
	snprintf(daemon_.run_dir, sizeof(daemon_.run_dir), "%s/run", daemon_.base);
	snprintf(daemon_.dev_dir, sizeof(daemon_.dev_dir), "%s/dev", daemon_.base);
	snprintf(daemon_.conf, sizeof(daemon_.conf), "%s/tapd.conf", daemon_.base);
	if (mkdir(daemon_.run_dir, 0755) != 0 || mkdir(daemon_.dev_dir, 0755) != 0)
		return errno;
	if (strcmp(daemon_.transport, "cuse") == 0)
		strcpy(daemon_.dev_dir, "/dev");	/* where devtmpfs makes the nodes */
	return 0;
}

static int write_conf(void)
{
	FILE *f = fopen(daemon_.conf, "we");

	if (f == NULL)
		return -errno;
	fprintf(f, "dialect = \"%s\"\npublish = %u\n", daemon_.setup.dialect, daemon_.setup.ahead);
	return fclose(f) == 0 ? 0 : -errno;
}

static void exec_tapd(int ready)
{
	char transport[32], run_dir[100], dev_dir[100], conf[100], ready_fd[32];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sys_die_with_parent();
	setpgid(0, 0);			/* SIGIO for the test's group is not for tapd */
	fcntl(ready, F_SETFD, 0);
	snprintf(transport, sizeof(transport), "--transport=%s", daemon_.transport);
	snprintf(run_dir, sizeof(run_dir), "--run-dir=%s", daemon_.run_dir);
	snprintf(dev_dir, sizeof(dev_dir), "--dev-dir=%s", daemon_.dev_dir);
	snprintf(conf, sizeof(conf), "--config=%s", daemon_.conf);
	snprintf(ready_fd, sizeof(ready_fd), "--ready-fd=%d", ready);
	execl(daemon_.tapd, "tapd", transport, run_dir, dev_dir, conf, ready_fd, (char *)NULL);
	fprintf(stderr, "%s: %s\n", daemon_.tapd, strerror(errno));
	_exit(127);
}

/* True once tapd wrote its newline. */
static bool is_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char c;

	return poll(&p, 1, 4 * WAIT_MS) == 1 && read(fd, &c, 1) == 1;
}

static int run_tapd(void)
{
	char path[100];
	int ready[2], status, err = write_conf();
	bool ok;

	if (err != 0)
		return err;
	if (pipe2(ready, O_CLOEXEC) != 0)
		return -errno;
	fflush(stdout);
	daemon_.pid = fork();
	if (daemon_.pid == 0)
		exec_tapd(ready[1]);
	close(ready[1]);
	ok = daemon_.pid > 0 && is_ready(ready[0]);
	close(ready[0]);
	snprintf(path, sizeof(path), "%s/tapd.sock", daemon_.run_dir);
	if (ok)
		return sys_ctl_open(path);
	status = sys_wait(daemon_.pid, 0);
	daemon_.pid = 0;
	printf("# tapd was not ready in time, status %d\n", status);
	return -ECHILD;
}

int sys_daemon_start(const char *transport, const char *tapd)
{
	static const char *const fuse_needs[] = { "/dev/net/tun", "/dev/fuse", NULL };
	static const char *const cuse_needs[] = { "/dev/net/tun", "/dev/cuse", NULL };
	const char *const *need = strcmp(transport, "cuse") == 0 ? cuse_needs : fuse_needs;
	int err;

	daemon_.transport = transport;
	daemon_.tapd = tapd;
	for (; *need != NULL; need++)
		if ((err = have_device(*need)) != 0)
			return skip(*need, err);
	err = enter_namespaces();
	if (err != 0)
		return skip("unshare(2) of network and mounts", err);
	err = make_dirs();
	if (err == 0)
		err = -run_tapd();
	if (err == 0)
		return 0;
	printf("Bail out! tapd cannot be started: %s\n", strerror(err));
	return START_FAILED;
}

static bool has_died(void)
{
	int status;

	if (daemon_.pid > 0 && waitpid(daemon_.pid, &status, WNOHANG) == daemon_.pid) {
		printf("# tapd died, wait status 0x%x\n", status);
		daemon_.pid = 0;
	}
	return daemon_.pid <= 0;
}

/* Its exit status after SIGTERM. */
static int end_tapd(void)
{
	int status;

	kill(daemon_.pid, SIGTERM);
	status = sys_wait(daemon_.pid, 2 * WAIT_MS);
	sys_ctl_close();
	daemon_.pid = 0;
	if (status != 0)
		printf("# tapd ended with status %d after SIGTERM\n", status);
	return status;
}

/* The daemon that s asks for, running. */
static int want_tapd(const struct setup *s)
{
	bool died = has_died();

	if (!died && strcmp(s->dialect, daemon_.setup.dialect) == 0 && s->ahead == daemon_.setup.ahead)
		return 0;
	if (died)
		sys_ctl_close();
	else if (end_tapd() != 0)
		return -ECHILD;
	daemon_.setup = *s;
	return run_tapd();
}

/* A close reaches the daemon a moment later over FUSE; until then some dialects refuse (IF-12). */
static int destroy_all(void)
{
	int err = sys_ctl_destroy_all();

	for (int ms = 0; err == -EBUSY && ms < WAIT_MS; ms++) {
		poll(NULL, 0, 1);
		err = sys_ctl_destroy_all();
	}
	return err;
}

int sys_daemon_reset(const struct setup *s)
{
	static const char *const sysctls[] = { "user_open=0", "up_on_open=0", "devfs_cloning=1", "clone_reuse=0",
	    "debug=0" };
	char line[64], out[256];
	int err = want_tapd(s);

	if (err == 0)
		err = destroy_all();
	for (size_t i = 0; err == 0 && i < sizeof(sysctls) / sizeof(sysctls[0]); i++) {
		snprintf(line, sizeof(line), "sysctl net.link.tap.%s", sysctls[i]);
		err = sys_ctl(NULL, line, out, sizeof(out));
	}
	return err;
}

/* ------------------------------------------------------------------ what is left */

static int left_in(const char *dir, const char *prefix)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' || strncmp(e->d_name, prefix, strlen(prefix)) != 0)
			continue;
		printf("# left behind: %s/%s\n", dir, e->d_name);
		n++;
	}
	closedir(d);
	return n;
}

static int left_mounts(void)
{
	FILE *f = fopen("/proc/self/mounts", "re");
	char line[512];
	int n = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, daemon_.base) != NULL) {
			printf("# left mounted: %s", line);
			n++;
		}
	if (f != NULL)
		fclose(f);
	return n;
}

static int left_interfaces(void)
{
	struct if_nameindex *list = if_nameindex();
	int n = 0;

	for (struct if_nameindex *i = list; i != NULL && i->if_name != NULL; i++)
		if (strcmp(i->if_name, "lo") != 0 && strcmp(i->if_name, "sit0") != 0) {
			printf("# left behind: interface %s\n", i->if_name);
			n++;
		}
	if_freenameindex(list);
	return n;
}

static void remove_dirs(void)
{
	char dev[80];

	snprintf(dev, sizeof(dev), "%s/dev", daemon_.base);
	rmdir(dev);
	unlink(daemon_.conf);
	rmdir(daemon_.run_dir);
	rmdir(daemon_.base);
}

int sys_daemon_stop(void)
{
	int status, left;

	if (has_died())
		return 1;
	status = end_tapd();
	left = (status != 0) + left_in(daemon_.run_dir, "") + left_in(daemon_.dev_dir, "tap") +
	    left_in(daemon_.dev_dir, "vmnet") + left_mounts() + left_interfaces();
	remove_dirs();
	return left;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	remove(path);
	return 0;
}

void sys_daemon_kill(void)
{
	char path[100];

	if (daemon_.pid > 0) {
		kill(daemon_.pid, SIGKILL);
		sys_wait(daemon_.pid, WAIT_MS);
	}
	daemon_.pid = 0;
	snprintf(path, sizeof(path), "%s/dev", daemon_.run_dir);
	umount2(path, MNT_DETACH);
	nftw(daemon_.base, remove_one, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
