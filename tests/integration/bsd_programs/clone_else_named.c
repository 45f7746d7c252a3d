/* SPDX-License-Identifier: BSD-2-Clause */
/* The one asked for; where there is no such device, and only then, one from /dev/tap, renamed to that. */
#include <net/if_tap.h>

#include "program.h"

int
main(int argc, char **argv)
{
	char path[32];
	struct ifreq ifr;
	int fd, s;

	snprintf(path, sizeof(path), "/dev/%s", argc > 1 ? argv[1] : "tap0");
	if ((fd = open(path, O_RDWR)) < 0 && errno == ENOENT)
		fd = open("/dev/tap", O_RDWR);
	if (fd < 0)
		err(1, "%s", path);
	memset(&ifr, 0, sizeof(ifr));
	if (ioctl(fd, TAPGIFNAME, &ifr) < 0)
		err(1, "TAPGIFNAME");
	if (strcmp(ifr.ifr_name, path + 5) != 0) {
		if ((s = socket(AF_LOCAL, SOCK_DGRAM, 0)) < 0)
			err(1, "socket");
		ifr.ifr_data = path + 5;
		if (ioctl(s, SIOCSIFNAME, &ifr) < 0)
			err(1, "SIOCSIFNAME");
		close(s);
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	bring_up(path + 5, AF_LOCAL);
	say(path + 5);
	echo(fd);
	return 0;
}
