/* SPDX-License-Identifier: BSD-2-Clause */
/* The next one as long as the one before is in use; anything else ends it. */
#include "program.h"

int
main(void)
{
	char path[32];
	int fd, i = 0;

	do
		snprintf(path, sizeof(path), "/dev/tap%d", i++);
	while ((fd = open(path, O_RDWR)) < 0 && errno == EBUSY);
	if (fd < 0)
		err(1, "%s", path);
	bring_up(path + 5, AF_INET);
	say(path + 5);
	echo_one(fd);			/* a read that sleeps, no select */
	echo_one(fd);
	return 0;
}
