/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the kernel whether /dev/tap makes taps, then opens it with O_CREAT, which must make no file. */
#include <sys/param.h>
#include <sys/sysctl.h>

#include "program.h"

int
main(void)
{
	char name[16];
	size_t size = sizeof(int);
	int cloning = -1, fd;

	if (sysctlbyname("net.link.tap.devfs_cloning", &cloning, &size, NULL, 0) < 0)
		err(1, "sysctlbyname");
	if (size != sizeof(int))
		errx(1, "sysctlbyname: %zu bytes", size);
	if (cloning == 0) {
		say("no cloning");
		return 0;
	}
	if ((fd = open("/dev/tap", O_CREAT | O_RDWR | O_CLOEXEC, 0600)) < 0)
		err(1, "/dev/tap");
	if (fdevname_r(fd, name, sizeof(name)) == NULL)
		err(1, "fdevname_r");
	bring_up(name, AF_INET);
	say(name);
	echo(fd);
	return 0;
}
