/* SPDX-License-Identifier: BSD-2-Clause */
/* TAPSTRANSIENT: the last close destroys the interface.  With "keep" it is taken back before. */
#include <net/if_tap.h>

#include "program.h"

int
main(int argc, char **argv)
{
	int fd = open("/dev/tap0", O_RDWR), got = -1, off = 0, on = 1;

	if (fd < 0 || ioctl(fd, TAPSTRANSIENT, &on) < 0)
		err(1, "TAPSTRANSIENT");
	if (ioctl(fd, TAPGTRANSIENT, &got) < 0 || got != 1)
		err(1, "TAPGTRANSIENT: %d", got);
	if (argc > 1 && ioctl(fd, TAPSTRANSIENT, &off) < 0)
		err(1, "TAPSTRANSIENT");
	bring_up("tap0", AF_INET);
	say("tap0");
	echo(fd);
	return 0;
}
