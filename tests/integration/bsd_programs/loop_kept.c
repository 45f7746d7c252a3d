/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Was the interface there before?  Then it is kept; otherwise the program destroys it when it ends.  It also sends a
 * tap the modes of a tun, and does not mind the answer.
 */
#include <net/if_tun.h>

#include "program.h"

int
main(int argc, char **argv)
{
	char path[32];
	int before, fd, mode = IFF_BROADCAST;

	snprintf(path, sizeof(path), "/dev/%s", argc > 1 ? argv[1] : "tap0");
	before = if_nametoindex(path + 5) != 0;
	if ((fd = open(path, O_RDWR)) < 0)
		err(1, "%s", path);
#ifdef TUNSIFMODE
	ioctl(fd, TUNSIFMODE, &mode);
#endif
	(void)mode;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	command("ifconfig %s 192.0.2.1 netmask 255.255.255.0 mtu 1400 up", path + 5);
	say(path + 5);
	echo(fd);
	close(fd);
	if (!before)
		command("ifconfig %s destroy", path + 5);
	return 0;
}
