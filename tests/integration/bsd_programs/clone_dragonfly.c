/* SPDX-License-Identifier: BSD-2-Clause */
/* DragonFly's headers: a character device by fstat, its name by fdevname, its MTU and its address by ioctls on it. */
#include <sys/stat.h>
#include <net/tap/if_tap.h>

#include "program.h"

int
main(void)
{
	unsigned char ether[6];
	char line[64], *name;
	struct tapinfo info;
	struct stat st;
	int fd = open("/dev/tap", O_RDWR | O_NONBLOCK);

	if (fd < 0)
		err(1, "/dev/tap");
	if (fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode))
		errx(1, "no character device");
	if ((name = fdevname(fd)) == NULL)
		err(1, "fdevname");
	memset(&info, 0, sizeof(info));
	if (ioctl(fd, TAPGIFINFO, &info) < 0)
		err(1, "TAPGIFINFO");
	if (ioctl(fd, SIOCGIFADDR, ether) < 0)
		err(1, "SIOCGIFADDR");
	bring_up(name, AF_INET);
	say(name);
	snprintf(line, sizeof(line), "%d %02x:%02x:%02x:%02x:%02x:%02x", info.mtu, ether[0], ether[1], ether[2],
	    ether[3], ether[4], ether[5]);
	say(line);
	echo(fd);
	return 0;
}
