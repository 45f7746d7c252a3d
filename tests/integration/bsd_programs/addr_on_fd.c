/* SPDX-License-Identifier: BSD-2-Clause */
/* The link-level address by the tap itself: into six bytes and not one more, and set by it. */
#include <net/if_tap.h>

#include "program.h"

static struct {
	unsigned char before[16], ether[6], after[42];
} guarded;

static void
get(int fd, const char *expected)
{
	char line[18];
	size_t i;

	memset(&guarded, 0xa5, sizeof(guarded));
	if (ioctl(fd, SIOCGIFADDR, guarded.ether) < 0)
		err(1, "SIOCGIFADDR");
	for (i = 0; i < sizeof(guarded.before); i++)
		if (guarded.before[i] != 0xa5)
			errx(1, "a byte before the buffer was written");
	for (i = 0; i < sizeof(guarded.after); i++)
		if (guarded.after[i] != 0xa5)
			errx(1, "byte %zu after the buffer was written", i);
	snprintf(line, sizeof(line), "%02x:%02x:%02x:%02x:%02x:%02x", guarded.ether[0], guarded.ether[1],
	    guarded.ether[2], guarded.ether[3], guarded.ether[4], guarded.ether[5]);
	if (expected != NULL && strcmp(line, expected) != 0)
		errx(1, "SIOCGIFADDR: %s", line);
	say(line);
}

int
main(void)
{
	static unsigned char ours[6] = { 0x02, 0, 0, 0, 0, 0x41 };
	int fd = open("/dev/tap0", O_RDWR);

	if (fd < 0)
		err(1, "/dev/tap0");
	get(fd, NULL);
	if (ioctl(fd, SIOCSIFADDR, ours) < 0)
		err(1, "SIOCSIFADDR");
	get(fd, "02:00:00:00:00:41");
	bring_up("tap0", AF_INET);
	say("tap0");
	echo(fd);
	return 0;
}
