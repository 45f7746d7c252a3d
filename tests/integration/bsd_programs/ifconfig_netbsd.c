/* SPDX-License-Identifier: BSD-2-Clause */
/* The same in NetBSD's words and from NetBSD's columns, with a tap of its own. */
#include <net/if_tap.h>

#include "program.h"

int
main(void)
{
	char line[128] = "", words[128];
	struct ifreq ifr;
	int fd = open("/dev/tap", O_RDWR);
	FILE *f;

	memset(&ifr, 0, sizeof(ifr));
	if (fd <= 0 || ioctl(fd, TAPGIFNAME, &ifr) < 0)
		err(1, "/dev/tap");
	command("ifconfig %s link 02:00:00:00:00:62 active", ifr.ifr_name);
	command("ifconfig %s 192.0.2.1 netmask 255.255.255.0 mtu 1290 up", ifr.ifr_name);
	snprintf(words, sizeof(words), "ifconfig %s | grep address | cut -c 11-28", ifr.ifr_name);
	if ((f = popen(words, "r")) == NULL || fgets(line, sizeof(line), f) == NULL)
		err(1, "ifconfig");
	pclose(f);
	line[strcspn(line, "\n")] = '\0';
	say(line);
	say(ifr.ifr_name);
	echo(fd);
	return 0;
}
