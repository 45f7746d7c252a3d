/* SPDX-License-Identifier: BSD-2-Clause */
/* A program of Linux: a device by its path, or a descriptor, that answers as one of /dev/net/tun does. */
#include <linux/if_tun.h>

#include "program.h"

int
main(int argc, char **argv)
{
	struct ifreq ifr, other;
	unsigned int features = 0;
	int fd = open(argc > 1 ? argv[1] : "/dev/tap0", O_RDWR);

	memset(&ifr, 0, sizeof(ifr));
	if (fd < 0 || ioctl(fd, TUNGETIFF, &ifr) < 0)
		err(1, "TUNGETIFF");
	if (!(ifr.ifr_flags & IFF_TAP) || !(ifr.ifr_flags & IFF_NO_PI))
		errx(1, "flags: %#x", ifr.ifr_flags);
	if (ioctl(fd, TUNGETFEATURES, &features) < 0 || !(features & IFF_TAP) || (features & IFF_TUN))
		err(1, "TUNGETFEATURES: %#x", features);
	other = ifr;
	other.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (ioctl(fd, TUNSETIFF, &other) == 0)
		errx(1, "TUNSETIFF made it a tun");
	other = ifr;
	if (ioctl(fd, TUNSETIFF, &other) < 0)
		err(1, "TUNSETIFF");
	bring_up(ifr.ifr_name, AF_INET);
	say(ifr.ifr_name);
	echo(fd);
	return 0;
}
