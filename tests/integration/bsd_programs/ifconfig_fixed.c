/* SPDX-License-Identifier: BSD-2-Clause */
/* An embedded stack's port: /dev/tap0 and one ifconfig command, nothing else; poll before the read that may sleep. */
#include <poll.h>

#include "program.h"

int
main(void)
{
	struct pollfd pfd;
	int i;

	if ((pfd.fd = open("/dev/tap0", O_RDWR)) < 0)
		err(1, "/dev/tap0");
	command("ifconfig %s inet 192.0.2.1 netmask 255.255.255.0", "tap0");
	say("tap0");
	pfd.events = POLLIN;
	for (i = 0; i < FRAMES; i++) {
		while (poll(&pfd, 1, 2) == 0)
			;
		echo_one(pfd.fd);
	}
	return 0;
}
