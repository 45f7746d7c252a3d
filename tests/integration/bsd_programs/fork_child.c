/* SPDX-License-Identifier: BSD-2-Clause */
/* A child that inherits the tap runs the commands that configure it, and ends: the tap stays open. */
#include <sys/wait.h>

#include "program.h"

int
main(void)
{
	int fd = open("/dev/tap0", O_RDWR), status;
	pid_t pid;

	if (fd <= 0)
		err(1, "/dev/tap0");
	if ((pid = fork()) < 0)
		err(1, "fork");
	if (pid == 0) {
		command("ifconfig %s 192.0.2.1 netmask 255.255.255.0 up", "tap0");
		return 0;
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "the child: status %d", status);
	say("tap0");
	echo(fd);
	return 0;
}
