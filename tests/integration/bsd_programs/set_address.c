/* SPDX-License-Identifier: BSD-2-Clause */
/* The older way: SIOCSIFADDR and SIOCSIFNETMASK, and asked back; the MTU and the link-level address by getifaddrs. */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if_dl.h>
#include <net/if_types.h>
#include <netinet/in.h>

#include "program.h"

static struct ifreq ifr;

static void
address(int s, unsigned long request, const char *text)
{
	struct sockaddr_in *sin = (struct sockaddr_in *)(void *)&ifr.ifr_addr;

	memset(sin, 0, sizeof(*sin));
	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = inet_addr(text);
	if (ioctl(s, request, &ifr) < 0)
		err(1, "%s", text);
}

/* The first Ethernet of that name, as a program that looks for its own address does. */
static void
say_link_level(const char *name)
{
	struct ifaddrs *list, *ifa;
	const unsigned char *ether;
	char line[18];

	if (getifaddrs(&list) < 0)
		err(1, "getifaddrs");
	for (ifa = list; ifa != NULL; ifa = ifa->ifa_next) {
		const struct sockaddr_dl *sdl = (const struct sockaddr_dl *)(const void *)ifa->ifa_addr;

		if (sdl == NULL || sdl->sdl_family != AF_LINK || sdl->sdl_type != IFT_ETHER ||
		    strcmp(ifa->ifa_name, name) != 0)
			continue;
		ether = (const unsigned char *)LLADDR(sdl);
		snprintf(line, sizeof(line), "%02x:%02x:%02x:%02x:%02x:%02x", ether[0], ether[1], ether[2], ether[3],
		    ether[4], ether[5]);
		say(line);
	}
	freeifaddrs(list);
}

int
main(void)
{
	int fd = open("/dev/tap0", O_RDWR), s = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || s < 0)
		err(1, "/dev/tap0");
	strcpy(ifr.ifr_name, "tap0");
	address(s, SIOCSIFADDR, "192.0.2.1");
	address(s, SIOCSIFNETMASK, "255.255.255.128");
	if (ioctl(s, SIOCGIFADDR, &ifr) < 0 ||
	    ((struct sockaddr_in *)(void *)&ifr.ifr_addr)->sin_addr.s_addr != inet_addr("192.0.2.1"))
		err(1, "SIOCGIFADDR");
	bring_up("tap0", AF_INET);
	say_link_level("tap0");
	say("tap0");
	echo(fd);
	return 0;
}
