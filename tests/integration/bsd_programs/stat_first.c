/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A number that /dev does not show yet, the interface by ifconfig, stat until its device is there, another name for
 * the interface, and then the device by its number.
 */
#include <sys/stat.h>
#include <dirent.h>

#include "program.h"

static int
listed(const char *name)
{
	struct dirent *entry;
	DIR *dir = opendir("/dev");
	int found = 0;

	if (dir == NULL)
		err(1, "/dev");
	while ((entry = readdir(dir)) != NULL)
		found |= strcmp(entry->d_name, name) == 0;
	closedir(dir);
	return found;
}

int
main(void)
{
	char path[32];
	struct stat st;
	int fd, i = 9993, tries = 0;

	do
		snprintf(path, sizeof(path), "/dev/tap%d", i++);
	while (listed(path + 5));
	command("ifconfig %s create", path + 5);
	while (stat(path, &st) < 0)
		if (++tries == 1000 || usleep(1000) < 0)
			err(1, "%s", path);
	command("ifconfig %s name zt0 >/dev/null", path + 5);	/* it prints the name */
	if ((fd = open(path, O_RDWR)) < 0)
		err(1, "%s", path);
	command("ifconfig %s lladdr 02:00:00:00:00:21", "zt0");
	command("ifconfig %s mtu 2800 metric 0", "zt0");
	command("ifconfig %s up", "zt0");
	command("ifconfig %s inet 192.0.2.33/24 alias", "zt0");
	command("ifconfig %s inet 192.0.2.34/24 alias", "zt0");
	command("ifconfig %s inet 192.0.2.33 -alias", "zt0");
	say(path + 5);
	echo(fd);
	close(fd);
	command("ifconfig %s destroy", "zt0");
	return 0;
}
