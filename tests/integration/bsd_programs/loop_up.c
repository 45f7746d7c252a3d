/* SPDX-License-Identifier: BSD-2-Clause */
/* From /dev/tap0 up until one opens; a descriptor of 0 would be taken for a failure.  The name is the loop's. */
#include "program.h"

int
main(void)
{
	char path[32];
	int fd = -1, i;

	for (i = 0; i < 255; i++) {
		snprintf(path, sizeof(path), "/dev/tap%d", i);
		if ((fd = open(path, O_RDWR)) > 0)
			break;
	}
	if (fd <= 0)
		errx(1, "no tap left");
	say(path + 5);
	echo(fd);
	return 0;
}
