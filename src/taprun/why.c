/* SPDX-License-Identifier: BSD-2-Clause */
/* What a machine forbids, why, and the one command that would allow it. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "taprun/taprun.h"

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("taprun: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

/* A kernel's setting, or -1. */
static long get_setting(const char *name)
{
	char path[128];
	long v = -1;
	FILE *f;

	str_format(path, sizeof(path), "/proc/sys/%s", name);
	*strchr(path + 10, '.') = '/';
	f = fopen(path, "re");
	if (f != NULL && fscanf(f, "%ld", &v) != 1)
		v = -1;
	if (f != NULL)
		fclose(f);
	return v;
}

/* Is there a system call filter on us?  Containers have one. */
static bool is_filtered(void)
{
	char line[256];
	long mode = 0;
	FILE *f = fopen("/proc/self/status", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "Seccomp:", 8) == 0)
			mode = strtol(line + 8, NULL, 10);
	if (f != NULL)
		fclose(f);
	return mode != 0;
}

/* Settings that forbid: the first whose value is `bad` is the reason. */
static const struct {
	bool full;		/* says ENOSPC; the others EPERM or EACCES */
	const char *name;	/* as sysctl(8) knows it */
	long bad, good;
	const char *why;
} settings[] = {
	{ true, "user.max_user_namespaces", 0, 10000, "user namespaces are switched off" },
	{ true, "user.max_mnt_namespaces", 0, 10000, "mount namespaces are switched off" },
	{ true, "user.max_net_namespaces", 0, 10000, "network namespaces are switched off" },
	{ true, "user.max_pid_namespaces", 0, 10000, "process namespaces are switched off" },
	{ false, "kernel.unprivileged_userns_clone", 0, 1, "this kernel keeps user namespaces from ordinary users" },
	{ false, "kernel.apparmor_restrict_unprivileged_userns", 1, 0,
	    "AppArmor keeps ordinary users from doing anything in a user namespace, as Ubuntu has it" },
};

/* What holds where no setting explains it. */
static const char *general_reason(int err)
{
	if (err == ENOSPC)
		return "the limit is reached (user.max_*_namespaces, or 32 namespaces inside each other)";
	if (err == ENOSYS || err == EINVAL)
		return "this kernel was built without it: use another kernel, or run tapd as root";
	if (err != EPERM && err != EACCES)
		return NULL;
	if (is_filtered() && getuid() == 0)
		return "a container's filter forbids it; start the container with: --cap-add SYS_ADMIN --cap-add NET_ADMIN "
		    "--security-opt apparmor=unconfined";
	if (is_filtered())
		return "a container's filter forbids it; start the container with: --security-opt seccomp=unconfined "
		    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined";
	return "something forbids it (a chroot, SELinux, AppArmor); run it as root instead: sudo taprun ...";
}

static int forbidden_status(int err)
{
	return err == EPERM || err == EACCES ? EXIT_PERM : EXIT_UNAVAILABLE;
}

int forbidden(const char *what, int err)
{
	const char *reason;

	for (size_t i = 0; i < NELEM(settings); i++) {
		if (settings[i].full ? err != ENOSPC : err != EPERM && err != EACCES)
			continue;
		if (get_setting(settings[i].name) != settings[i].bad)
			continue;
		say("%s: %s: %s; to allow it: sudo sysctl -w %s=%ld", what, strerror(err), settings[i].why, settings[i].name,
		    settings[i].good);
		return forbidden_status(err);
	}
	reason = general_reason(err);
	say("%s: %s%s%s", what, strerror(err), reason != NULL ? ": " : "", reason != NULL ? reason : "");
	return forbidden_status(err);
}

const char *device_advice(const char *path, int err, char *text, size_t size)
{
	const char *name = strrchr(path, '/') + 1;

	if (err == EACCES)
		str_format(text, size, "sudo chmod 666 %s", path);
	else if (err == EPERM)		/* a control group's word */
		str_format(text, size, "start the container with --device %s", path);
	else
		str_format(text, size, "sudo modprobe %s, or in a container, start it with --device %s", name, path);
	return text;
}
