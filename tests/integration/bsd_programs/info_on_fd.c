/* SPDX-License-Identifier: BSD-2-Clause */
/* The MTU by the tap itself, and destroyed after the close, as a VPN does with a tap that was not there before. */
#include <net/if_tap.h>

#include "program.h"

int
main(void)
{
	char name[16];
	struct tapinfo info;
	struct ifreq ifr;
	int fd = open("/dev/tap", O_RDWR | O_NONBLOCK), s;

	if (fd < 0)
		err(1, "/dev/tap");
	if (fdevname_r(fd, name, sizeof(name)) == NULL)
		err(1, "fdevname_r");
	if (ioctl(fd, TAPGIFINFO, &info) < 0)
		err(1, "TAPGIFINFO");
	if (info.mtu != 1500)
		errx(1, "MTU: %d", info.mtu);
	info.mtu = 1426;
	if (ioctl(fd, TAPSIFINFO, &info) < 0)
		err(1, "TAPSIFINFO");
	bring_up(name, AF_INET);
	say(name);
	echo(fd);
	if (close(fd) < 0)
		err(1, "close");
	memset(&ifr, 0, sizeof(ifr));
	strcpy(ifr.ifr_name, name);
	if ((s = socket(AF_INET, SOCK_DGRAM, 0)) < 0 || ioctl(s, SIOCIFDESTROY, &ifr) < 0)
		err(1, "SIOCIFDESTROY");
	return 0;
}
