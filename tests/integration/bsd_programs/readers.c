/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several threads read the one descriptor, each by select on it and a pipe that ends them; O_NONBLOCK was set by the
 * open and is taken away, so a thread that lost the race sleeps in read.
 */
#include <pthread.h>

#include "program.h"

#define READERS 3

static int tap, pipes[2], answered;

static void *
reader(void *arg)
{
	fd_set set;

	for (;;) {
		FD_ZERO(&set);
		FD_SET(tap, &set);
		FD_SET(pipes[0], &set);
		if (select((tap > pipes[0] ? tap : pipes[0]) + 1, &set, NULL, NULL, NULL) < 0)
			err(1, "select");
		if (FD_ISSET(pipes[0], &set))
			return arg;
		echo_one(tap);
		if (__sync_add_and_fetch(&answered, 1) == FRAMES)
			exit(0);	/* the others may sleep in read, or in select */
	}
}

int
main(void)
{
	pthread_t thread[READERS];
	int i;

	if ((tap = open("/dev/tap0", O_RDWR | O_NONBLOCK)) < 0 || pipe(pipes) < 0)
		err(1, "/dev/tap0");
	if (fcntl(tap, F_SETFL, fcntl(tap, F_GETFL) & ~O_NONBLOCK) < 0)
		err(1, "fcntl");
	bring_up("tap0", AF_INET);
	for (i = 0; i < READERS; i++)
		if (pthread_create(&thread[i], NULL, reader, NULL) != 0)
			errx(1, "pthread_create");
	say("tap0");
	for (i = 0; i < READERS; i++)
		pthread_join(thread[i], NULL);
	return 1;
}
