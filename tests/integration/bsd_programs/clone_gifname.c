/* SPDX-License-Identifier: BSD-2-Clause */
/* A tap of one's own from /dev/tap; TAPGIFNAME tells which. */
#include <net/if_tap.h>

#include "program.h"

int
main(void)
{
	struct ifreq ifr;
	int fd = open("/dev/tap", O_RDWR);

	if (fd < 0)
		err(1, "/dev/tap");
	memset(&ifr, 0, sizeof(ifr));
	if (ioctl(fd, TAPGIFNAME, &ifr) < 0)
		err(1, "TAPGIFNAME");
	bring_up(ifr.ifr_name, AF_INET);
	say(ifr.ifr_name);
	echo(fd);
	return 0;
}
