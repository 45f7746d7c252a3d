/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens and configures as root, then is a daemon, then nobody. */
#include <pwd.h>

#include "program.h"

static void
become_daemon(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid > 0)
		_exit(0);
	setsid();
	if (chdir("/") < 0)
		err(1, "/");
}

int
main(void)
{
	struct passwd *pw = getpwnam("nobody");
	int fd = open("/dev/tap0", O_RDWR);

	if (fd <= 0 || pw == NULL)
		err(1, "/dev/tap0");
	command("ifconfig %s ether 02:00:00:00:00:31", "tap0");
	command("ifconfig %s 192.0.2.1 netmask 255.255.255.0 mtu 1400 up", "tap0");
	become_daemon();
	if (setgid(pw->pw_gid) < 0 || setuid(pw->pw_uid) < 0)
		err(1, "setuid");
	if (open("/dev/tap1", O_RDWR) >= 0)
		errx(1, "nobody may open a tap");
	say("tap0");
	echo(fd);
	return 0;
}
