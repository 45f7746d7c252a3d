/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIGIO for every frame, and FIONREAD for whether there is one.  "fcntl": asked for by F_SETOWN and O_ASYNC; "ioctl": by
 * F_SETOWN and FIOASYNC.
 */
#include <sys/filio.h>
#include <sys/uio.h>
#include <signal.h>

#include "program.h"

static volatile sig_atomic_t signals;

static void
on_sigio(int signo)
{
	signals += signo == SIGIO;
}

static void
ask_for_signals(int fd, const char *way)
{
	int on = 1;

	if (fcntl(fd, F_SETOWN, getpid()) < 0)
		err(1, "F_SETOWN");
	if (strcmp(way, "ioctl") == 0 ? ioctl(fd, FIOASYNC, &on) < 0 :
	    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC | O_NONBLOCK) < 0)
		err(1, "asking for SIGIO");
	if (fcntl(fd, F_GETOWN) != getpid())
		errx(1, "F_GETOWN: %d", (int)fcntl(fd, F_GETOWN));
}

int
main(int argc, char **argv)
{
	sigset_t block, old;
	int fd, i, n;

	sigemptyset(&block);
	sigaddset(&block, SIGIO);
	sigprocmask(SIG_BLOCK, &block, &old);
	signal(SIGIO, on_sigio);
	if ((fd = open("/dev/tap0", O_RDWR | O_NONBLOCK)) < 0)
		err(1, "/dev/tap0");
	ask_for_signals(fd, argc > 1 ? argv[1] : "fcntl");
	bring_up("tap0", AF_INET);
	if (ioctl(fd, FIONREAD, &n) < 0 || n != 0)
		err(1, "FIONREAD of an empty queue: %d", n);
	say("tap0");
	for (i = 0; i < FRAMES; i++) {
		while (ioctl(fd, FIONREAD, &n) == 0 && n == 0)
			sigsuspend(&old);
		echo_one(fd);
	}
	return signals == 0;
}
