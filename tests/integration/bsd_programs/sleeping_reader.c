/* SPDX-License-Identifier: BSD-2-Clause */
/* One thread sleeps in poll and reads; the other writes to the same descriptor, the frame in two pieces. */
#include <poll.h>
#include <pthread.h>
#include <sys/uio.h>

#include "program.h"

static int tap, ring[2];

static void *
receiver(void *arg)
{
	struct pollfd pfd = { .fd = tap, .events = POLLIN };
	unsigned char frame[2048];
	ssize_t n;

	for (;;) {
		if (poll(&pfd, 1, -1) != 1)
			err(1, "poll");
		if ((n = read(tap, frame, sizeof(frame))) < 0)
			err(1, "read");
		if (write(ring[1], frame, n) != n)
			err(1, "the ring");
	}
	return arg;
}

int
main(void)
{
	unsigned char frame[2048], head[12];
	struct iovec iov[2];
	pthread_t thread;
	ssize_t n;
	int i;

	if ((tap = open("/dev/tap1", O_RDWR)) < 0 || socketpair(AF_LOCAL, SOCK_DGRAM, 0, ring) < 0)
		err(1, "/dev/tap1");
	bring_up("tap1", AF_INET);
	if (pthread_create(&thread, NULL, receiver, NULL) != 0)
		errx(1, "pthread_create");
	say("tap1");
	for (i = 0; i < FRAMES; i++) {
		if ((n = read(ring[0], frame, sizeof(frame))) < 14)
			err(1, "the ring");
		memcpy(head, frame + 6, 6);
		memcpy(head + 6, frame, 6);
		iov[0].iov_base = head;
		iov[0].iov_len = sizeof(head);
		iov[1].iov_base = frame + sizeof(head);
		iov[1].iov_len = n - sizeof(head);
		if (writev(tap, iov, 2) != n)
			err(1, "writev");
	}
	return 0;
}
