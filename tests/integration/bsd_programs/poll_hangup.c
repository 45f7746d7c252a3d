/* SPDX-License-Identifier: BSD-2-Clause */
/* A switch's port: polls until the tap is gone under it. */
#include <poll.h>

#include "program.h"

int
main(void)
{
	struct pollfd pfd;

	if ((pfd.fd = open("/dev/tap0", O_RDWR)) < 0)
		err(1, "/dev/tap0");
	bring_up("tap0", AF_INET);
	say("tap0");
	pfd.events = POLLIN;
	for (;;) {
		if (poll(&pfd, 1, -1) != 1)
			err(1, "poll");
		if (pfd.revents & (POLLHUP | POLLERR))
			break;
		echo_one(pfd.fd);
	}
	say("gone");
	return 0;
}
