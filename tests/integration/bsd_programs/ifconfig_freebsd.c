/* SPDX-License-Identifier: BSD-2-Clause */
/* Configured by ifconfig commands; its own address read from the columns of what FreeBSD's prints. */
#include "program.h"

int
main(void)
{
	char line[64] = "";
	int fd = open("/dev/tap0", O_RDWR);
	FILE *f;

	if (fd <= 0)
		err(1, "/dev/tap0");
	command("ifconfig %s ether 02:00:00:00:00:61", "tap0");
	command("ifconfig %s 192.0.2.1 netmask 255.255.255.0 mtu 1290 up", "tap0");
	if ((f = popen("ifconfig tap0 | grep ether | cut -c 8-24", "r")) == NULL || fgets(line, sizeof(line), f) == NULL)
		err(1, "ifconfig tap0");
	pclose(f);
	line[strcspn(line, "\n")] = '\0';
	say(line);
	say("tap0");
	echo(fd);
	return 0;
}
