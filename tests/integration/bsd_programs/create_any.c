/* SPDX-License-Identifier: BSD-2-Clause */
/* Any interface, by the name of its kind; opened, renamed, and its descriptor given to another program: itself. */
#include "program.h"

int
main(int argc, char **argv)
{
	char path[32], number[16];
	struct ifreq ifr;
	int fd, s;

	if (argc > 1) {
		echo(atoi(argv[1]));
		return 0;
	}
	s = socket(AF_LOCAL, SOCK_DGRAM, 0);
	memset(&ifr, 0, sizeof(ifr));
	strcpy(ifr.ifr_name, "tap");
	if (s < 0 || ioctl(s, SIOCIFCREATE2, &ifr) < 0)
		err(1, "SIOCIFCREATE2");
	snprintf(path, sizeof(path), "/dev/%s", ifr.ifr_name);
	if ((fd = open(path, O_RDWR)) < 0)
		err(1, "%s", path);
	say(path + 5);
	ifr.ifr_data = (char *)"vnet0";
	if (ioctl(s, SIOCSIFNAME, &ifr) < 0)
		err(1, "SIOCSIFNAME");
	bring_up("vnet0", AF_LOCAL);
	close(s);
	snprintf(number, sizeof(number), "%d", fd);
	execl(argv[0], argv[0], number, (char *)NULL);
	err(1, "%s", argv[0]);
}
