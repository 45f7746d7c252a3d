/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the programs of this directory share: each gets its tap in a way of its own and then sends every frame back to
 * where it came from, so that the wire shows whether the way works.  BSD source, as those programs are.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <net/if.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAMES	2		/* that each program answers before it ends */
#define FRAME_MAX 65535

/* One word to the test. */
static inline void
say(const char *word)
{
	if (puts(word) == EOF || fflush(stdout) == EOF)
		err(1, "stdout");
}

/* Back to the sender.  A short write is an error to every program there is. */
static inline void
send_back(int fd, unsigned char *frame, ssize_t n)
{
	unsigned char ether[6];

	memcpy(ether, frame, 6);
	memmove(frame, frame + 6, 6);
	memcpy(frame + 6, ether, 6);
	if (write(fd, frame, n) != n)
		err(1, "write of %zd bytes", n);
}

/* One frame, by a read that may sleep. */
static inline void
echo_one(int fd)
{
	unsigned char frame[FRAME_MAX];
	ssize_t n;

	while ((n = read(fd, frame, sizeof(frame))) < 0 && errno == EINTR)
		;
	if (n < 14)
		err(1, "read: %zd", n);
	send_back(fd, frame, n);
}

/* What most of them do: select, read, write. */
static inline void
echo(int fd)
{
	fd_set set;
	int i;

	for (i = 0; i < FRAMES; i++) {
		FD_ZERO(&set);
		FD_SET(fd, &set);
		while (select(fd + 1, &set, NULL, NULL, NULL) < 0)
			if (errno != EINTR)
				err(1, "select");
		echo_one(fd);
	}
}

/* Up, by a socket of this domain: any will do for the flags of an interface. */
static inline void
bring_up(const char *name, int domain)
{
	struct ifreq ifr;
	int s = socket(domain, SOCK_DGRAM, 0);

	memset(&ifr, 0, sizeof(ifr));
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", name);
	if (s < 0 || ioctl(s, SIOCGIFFLAGS, &ifr) < 0)
		err(1, "SIOCGIFFLAGS %s", name);
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(s, SIOCSIFFLAGS, &ifr) < 0)
		err(1, "SIOCSIFFLAGS %s", name);
	close(s);
}

/* A shell command of the program's, with the interface's name in it. */
static inline void
command(const char *format, const char *name)
{
	char line[200];
	int status;

	snprintf(line, sizeof(line), format, name);
	status = system(line);
	if (status != 0)
		errx(1, "%s: status %d", line, status);
}

#endif
