/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tapdump: print every frame a tap interface sends, in hexadecimal.  A program for FreeBSD's tap(4), with its headers
 * and nothing of another system; cc tapdump.c builds it there.  It writes nothing to the interface.
 */
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <net/if_tap.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAME_MAX (65535 + 18)		/* bytes: the largest MTU and the headers before it */

/* What to do about an error. */
static const struct {
	int error;
	const char *advice;
} advice_table[] = {
	{ EHOSTDOWN, "the interface is not up; bring it up (ifconfig tapN up, or tapctl tapN up) and start again" },
	{ EBUSY, "another program has it open; ifconfig tapN (or tapctl tapN) shows its pid" },
	{ ENXIO, "the interface is gone; make it again (ifconfig tapN create, or tapctl tapN create)" },
	{ ENOENT, "there is no such interface; make it (ifconfig tapN create, or tapctl tapN create)" },
	{ EACCES, "its owner or mode keeps you out; run as root, or change them" },
	{ EPERM, "only root may; run as root, or set net.link.tap.user_open=1 with sysctl (or tapctl sysctl)" },
};

/* Print what failed on what and why, with advice if there is any, and end. */
static void fail(const char *what, const char *path)
{
	const int error = errno;
	const char *sep = "", *advice = "";

	for (size_t i = 0; i < sizeof(advice_table) / sizeof(advice_table[0]); i++)
		if (advice_table[i].error == error) {
			sep = ": ";
			advice = advice_table[i].advice;
		}
	errx(1, "%s %s: %s%s%s", what, path, strerror(error), sep, advice);
}

static void usage(void)
{
	fprintf(stderr, "usage: tapdump [-n count] [/dev/tapN]\n"
	    "       print each frame the interface sends, count of them or until interrupted (/dev/tap0)\n");
	exit(64);
}

/* read(2), again whenever a signal came between. */
static ssize_t read_frame(int fd, void *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n;
}

static void dump(const unsigned char *frame, ssize_t n)
{
	printf("%d bytes received.\n", (int)n);
	for (ssize_t i = 0; i < n; i++)
		printf(" %02x%s", frame[i], i % 16 == 15 || i == n - 1 ? "\n" : "");
	if (fflush(stdout) != 0)
		err(1, "standard output");
}

static void say_hello(int fd, const char *path)
{
	struct ifreq ifr;
	struct tapinfo ti;

	if (ioctl(fd, TAPGIFNAME, &ifr) != 0 || ioctl(fd, TAPGIFINFO, &ti) != 0)
		fail("ask for the name and MTU of", path);
	fprintf(stderr, "tapdump: %s is %s, mtu %d\n", path, ifr.ifr_name, (int)ti.mtu);
}

/* A count of frames, or usage. */
static long parse_count(const char *s)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(s, &end, 10);
	if (errno != 0 || end == s || *end != '\0' || n < 1)
		usage();
	return n;
}

int main(int argc, char *argv[])
{
	static unsigned char frame[FRAME_MAX];
	const char *path;
	long count = -1;	/* endless */
	int c, fd;

	while ((c = getopt(argc, argv, "n:")) != -1)
		if (c == 'n')
			count = parse_count(optarg);
		else
			usage();
	if (argc - optind > 1)
		usage();
	path = optind < argc ? argv[optind] : "/dev/tap0";
	fd = open(path, O_RDWR);
	if (fd < 0)
		fail("open", path);
	say_hello(fd, path);
	for (; count != 0; count -= count > 0) {
		ssize_t n = read_frame(fd, frame, sizeof(frame));

		if (n < 0)
			fail("read", path);
		dump(frame, n);
	}
	close(fd);
	return 0;
}
