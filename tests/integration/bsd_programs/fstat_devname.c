/* SPDX-License-Identifier: BSD-2-Clause */
/* The name of the interface is that of the device number, which fstat tells. */
#include <sys/stat.h>

#include "program.h"

int
main(void)
{
	char name[16];
	struct stat st;
	int fd = open("/dev/tap3", O_RDWR);

	if (fd < 0)
		err(1, "/dev/tap3");
	if (fstat(fd, &st) < 0 || !S_ISCHR(st.st_mode))
		errx(1, "no character device");
	if (strcmp(devname(st.st_rdev, S_IFCHR), devname_r(st.st_rdev, S_IFCHR, name, sizeof(name))) != 0)
		errx(1, "devname and devname_r differ");
	bring_up(name, AF_INET);
	say(name);
	echo(fd);
	return 0;
}
