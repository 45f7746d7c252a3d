/* SPDX-License-Identifier: BSD-2-Clause */
/* From /dev/tap100 down, and up by a local socket. */
#include "program.h"

int
main(void)
{
	char path[32];
	int fd = -1, i;

	for (i = 100; i >= 0; i--) {
		snprintf(path, sizeof(path), "/dev/tap%d", i);
		if ((fd = open(path, O_RDWR)) >= 0)
			break;
	}
	if (fd < 0)
		err(1, "no tap left");
	bring_up(path + 5, PF_UNIX);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	say(path + 5);
	echo(fd);
	return 0;
}
