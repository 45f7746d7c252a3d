/* SPDX-License-Identifier: BSD-2-Clause */
/* A tap from /dev/tap, non-blocking; fdevname tells which, and TAPGIFNAME and fdevname_r must agree. */
#include <net/if_tap.h>

#include "program.h"

int
main(void)
{
	char name[16], *device;
	struct ifreq ifr;
	int fd = open("/dev/tap", O_RDWR | O_NONBLOCK);

	if (fd < 0)
		err(1, "/dev/tap");
	if ((device = fdevname(fd)) == NULL)
		err(1, "fdevname");
	if (fdevname_r(fd, name, sizeof(name)) == NULL)
		err(1, "fdevname_r");
	if (ioctl(fd, TAPGIFNAME, &ifr) < 0)
		err(1, "TAPGIFNAME");
	if (strcmp(device, name) != 0 || strcmp(name, ifr.ifr_name) != 0)
		errx(1, "names: %s, %s, %s", device, name, ifr.ifr_name);
	bring_up(name, AF_INET);
	say(name);
	echo(fd);
	return 0;
}
