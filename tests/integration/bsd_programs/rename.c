/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Renamed through a socket, with all else that a switch or a VPN sets there; TAPGIFNAME, asked again before the close,
 * tells the new name, and by it the interface is destroyed.
 */
#include <net/if_dl.h>
#include <net/if_tap.h>

#include "program.h"

static struct ifreq ifr;

static void
set(int s, unsigned long request, const char *what)
{
	if (ioctl(s, request, &ifr) < 0)
		err(1, "%s %s", what, ifr.ifr_name);
}

int
main(void)
{
	static char name[] = "net_vpn", description[] = "a virtual adapter";
	struct ifgroupreq group;
	int fd = open("/dev/tap", O_RDWR), s = socket(AF_LOCAL, SOCK_DGRAM, 0);

	if (fd < 0 || s < 0 || ioctl(fd, TAPGIFNAME, &ifr) < 0)
		err(1, "TAPGIFNAME");
	say(ifr.ifr_name);
	ifr.ifr_data = name;
	set(s, SIOCSIFNAME, "SIOCSIFNAME");
	strcpy(ifr.ifr_name, name);
	ifr.ifr_addr.sa_family = AF_LINK;
	ifr.ifr_addr.sa_len = 6;
	memcpy(ifr.ifr_addr.sa_data, "\x02\0\0\0\0\x51", 6);
	set(s, SIOCSIFLLADDR, "SIOCSIFLLADDR");
	ifr.ifr_mtu = 1450;
	set(s, SIOCSIFMTU, "SIOCSIFMTU");
	ifr.ifr_buffer.buffer = description;
	ifr.ifr_buffer.length = sizeof(description);
	set(s, SIOCSIFDESCR, "SIOCSIFDESCR");
	memset(&group, 0, sizeof(group));
	strcpy(group.ifgr_name, name);
	strcpy(group.ifgr_group, "vpn");
	if (ioctl(s, SIOCAIFGROUP, &group) < 0)
		err(1, "SIOCAIFGROUP");
	bring_up(name, AF_LOCAL);
	say(name);
	echo(fd);
	memset(&ifr, 0, sizeof(ifr));
	if (ioctl(fd, TAPGIFNAME, &ifr) < 0 || strcmp(ifr.ifr_name, name) != 0)
		err(1, "TAPGIFNAME: %s", ifr.ifr_name);
	close(fd);
	set(s, SIOCIFDESTROY, "SIOCIFDESTROY");
	return 0;
}
