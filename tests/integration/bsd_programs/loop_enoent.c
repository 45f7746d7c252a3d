/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes every tap there is: up from 0 until there is no such device.  It would never end if that had another name. */
#include "program.h"

int
main(void)
{
	char path[32];
	int count = 0, fd, i;

	for (i = 0;; i++) {
		snprintf(path, sizeof(path), "/dev/tap%d", i);
		if ((fd = open(path, O_RDWR)) >= 0)
			count++;
		else if (errno == ENOENT)
			break;
	}
	snprintf(path, sizeof(path), "%d of %d", count, i);
	say(path);
	return 0;
}
