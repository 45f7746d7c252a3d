/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface first, then its device; destroyed right after the close, when it must be gone.  Its address, MTU and
 * what getifaddrs says of it are set and asked through sockets.
 */
#include <ifaddrs.h>
#include <net/if_dl.h>
#include <net/if_types.h>
#include <netinet/in.h>
#include <netinet/in_var.h>

#include "program.h"

static const unsigned char ours[6] = { 0x02, 0, 0, 0, 0, 0x17 };

static void
check_link_level(const char *name)
{
	struct ifaddrs *list, *ifa;
	struct sockaddr_dl *sdl;

	if (getifaddrs(&list) < 0)
		err(1, "getifaddrs");
	for (ifa = list; ifa != NULL; ifa = ifa->ifa_next)
		if (ifa->ifa_addr != NULL && ifa->ifa_addr->sa_family == AF_LINK && strcmp(ifa->ifa_name, name) == 0)
			break;
	if (ifa == NULL)
		errx(1, "no AF_LINK address of %s", name);
	sdl = (struct sockaddr_dl *)(void *)ifa->ifa_addr;
	if (sdl->sdl_type != IFT_ETHER || sdl->sdl_alen != 6 || memcmp(LLADDR(sdl), ours, 6) != 0)
		errx(1, "not our link-level address");
	freeifaddrs(list);
}

int
main(void)
{
	struct ifreq ifr;
	int fd, s = socket(AF_LOCAL, SOCK_DGRAM, 0);

	memset(&ifr, 0, sizeof(ifr));
	strcpy(ifr.ifr_name, "tap5");
	if (s < 0 || ioctl(s, SIOCIFCREATE2, &ifr) < 0)
		err(1, "SIOCIFCREATE2");
	if (ioctl(s, SIOCIFCREATE2, &ifr) == 0 || errno != EEXIST)
		err(1, "SIOCIFCREATE2 again");
	if ((fd = open("/dev/tap5", O_RDWR)) < 0)
		err(1, "/dev/tap5");
	memcpy(ifr.ifr_addr.sa_data, ours, 6);
	ifr.ifr_addr.sa_family = AF_LINK;
	ifr.ifr_addr.sa_len = 6;
	if (ioctl(s, SIOCSIFLLADDR, &ifr) < 0)
		err(1, "SIOCSIFLLADDR");
	ifr.ifr_mtu = 1300;
	if (ioctl(s, SIOCSIFMTU, &ifr) < 0 || ioctl(s, SIOCGIFMTU, &ifr) < 0 || ifr.ifr_mtu != 1300)
		err(1, "SIOCSIFMTU");
	check_link_level("tap5");
	bring_up("tap5", AF_LOCAL);
	say("tap5");
	echo(fd);
	close(fd);
	if (ioctl(s, SIOCIFDESTROY, &ifr) < 0)
		err(1, "SIOCIFDESTROY");
	if (ioctl(s, SIOCGIFFLAGS, &ifr) == 0 || (errno != ENXIO && errno != ENODEV))
		err(1, "SIOCGIFFLAGS of what was destroyed");
	say("destroyed");
	return 0;
}
