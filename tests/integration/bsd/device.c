/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A BSD program for test_bsdlib.py: what a program does to the descriptor of a tap beside reading and writing.  Given
 * the device, it prints a line for each thing it saw; "ready" when it waits for a frame.
 */
#include <sys/types.h>
#include <sys/filio.h>
#include <sys/ioctl.h>
#include <sys/ttycom.h>

#include <net/if_tap.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t signals;

static void on_sigio(int signo)
{
	(void)signo;
	signals++;
}

static void six_bytes(int fd)
{
	unsigned char guarded[18];

	memset(guarded, 0xa5, sizeof(guarded));
	if (ioctl(fd, SIOCGIFADDR, guarded + 6) != 0) {
		printf("lladdr errno %d\n", errno);
		return;
	}
	printf("lladdr");
	for (int i = 0; i < 18; i++)
		printf("%s%02x", i % 6 == 0 ? " " : "", guarded[i]);
	printf("\n");
}

/* By fcntl(2), then as the driver sees it; and back. */
static void owner(int fd)
{
	int flags, n = -1;

	printf("F_SETOWN %d\n", fcntl(fd, F_SETOWN, getpid()));
	printf("F_GETOWN %s\n", fcntl(fd, F_GETOWN) == getpid() ? "me" : "other");
	printf("FIOGETOWN %d", ioctl(fd, FIOGETOWN, &n));
	printf(" %s\n", n == getpid() ? "me" : "other");
	n = -getpgrp();
	printf("FIOSETOWN %d\n", ioctl(fd, FIOSETOWN, &n));
	printf("F_GETOWN %s\n", fcntl(fd, F_GETOWN) == -getpgrp() ? "my group" : "other");
	n = getpgrp();
	printf("TIOCSPGRP %d\n", ioctl(fd, TIOCSPGRP, &n));
	fcntl(fd, F_SETOWN, getpid());
	flags = fcntl(fd, F_GETFL);
	printf("O_ASYNC before: %d\n", (flags & O_ASYNC) != 0);
	printf("F_SETFL %d\n", fcntl(fd, F_SETFL, flags | O_ASYNC));
	flags = fcntl(fd, F_GETFL);
	printf("O_ASYNC after: %d\n", (flags & O_ASYNC) != 0);
	printf("F_SETFL %d\n", fcntl(fd, F_SETFL, flags | O_NONBLOCK));
	flags = fcntl(fd, F_GETFL);
	printf("both: %d %d\n", (flags & O_ASYNC) != 0, (flags & O_NONBLOCK) != 0);
}

static void frame(int fd)
{
	sigset_t block, before;
	char buf[2000];
	int n = -1;

	sigemptyset(&block);
	sigaddset(&block, SIGIO);
	sigprocmask(SIG_BLOCK, &block, &before);
	printf("ready\n");
	while (signals == 0)
		sigsuspend(&before);
	sigprocmask(SIG_SETMASK, &before, NULL);
	printf("SIGIO\n");
	printf("FIONREAD %d", ioctl(fd, FIONREAD, &n));
	printf(" %d\n", n);
	printf("read %d\n", (int)read(fd, buf, sizeof(buf)));
	printf("FIONREAD %d", ioctl(fd, FIONREAD, &n));
	printf(" %d\n", n);
	printf("read %d", (int)read(fd, buf, sizeof(buf)));
	printf(" %s\n", errno == EAGAIN ? "EAGAIN" : "other");
}

static void quiet(int fd)
{
	int off = 0;

	printf("FIOASYNC %d\n", ioctl(fd, FIOASYNC, &off));
	printf("O_ASYNC at last: %d\n", (fcntl(fd, F_GETFL) & O_ASYNC) != 0);
	printf("FIONBIO %d\n", ioctl(fd, FIONBIO, &off));
	printf("O_NONBLOCK at last: %d\n", (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
}

int main(int argc, char **argv)
{
	struct ifreq ifr;
	int fd = argc > 1 ? open(argv[1], O_RDWR) : -1;

	if (fd == -1)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGIO, on_sigio);
	printf("TAPGIFNAME %s\n", ioctl(fd, TAPGIFNAME, &ifr) == 0 ? ifr.ifr_name : "failed");
#ifndef __NetBSD__
	printf("fdevname %s\n", fdevname(fd));
#endif
	six_bytes(fd);
	owner(fd);
	frame(fd);
	quiet(fd);
	return 0;
}
