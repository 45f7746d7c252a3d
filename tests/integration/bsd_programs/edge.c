/* SPDX-License-Identifier: BSD-2-Clause */
/* As a runtime with a poller of its own waits: an edge by kqueue (EV_CLEAR) or epoll, and then all until EAGAIN. */
#include <sys/epoll.h>
#include <sys/event.h>

#include "program.h"

static int tap;

static int
answer_all(void)
{
	unsigned char frame[FRAME_MAX];
	int answered = 0;
	ssize_t n;

	while ((n = read(tap, frame, sizeof(frame))) >= 14) {
		send_back(tap, frame, n);
		answered++;
	}
	if (n >= 0 || errno != EAGAIN)
		err(1, "read: %zd", n);
	return answered;
}

static int
by_kqueue(void)
{
	struct kevent ev;
	int kq = kqueue();

	EV_SET(&ev, tap, EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0, NULL);
	if (kq < 0 || kevent(kq, &ev, 1, NULL, 0, NULL) < 0)
		err(1, "kqueue");
	return kq;
}

static int
by_epoll(void)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	if (ep < 0 || epoll_ctl(ep, EPOLL_CTL_ADD, tap, &ev) < 0)
		err(1, "epoll");
	return ep;
}

int
main(int argc, char **argv)
{
	int answered = 0, kqueue = argc > 1 && strcmp(argv[1], "kqueue") == 0, poller;
	struct epoll_event happened;
	struct kevent ev;

	if ((tap = open("/dev/tap0", O_RDWR | O_NONBLOCK | O_CLOEXEC)) < 0)
		err(1, "/dev/tap0");
	bring_up("tap0", AF_INET);
	poller = kqueue ? by_kqueue() : by_epoll();
	say("tap0");
	while (answered < FRAMES) {
		if ((kqueue ? kevent(poller, NULL, 0, &ev, 1, NULL) : epoll_wait(poller, &happened, 1, -1)) != 1)
			err(1, "waiting");
		answered += answer_all();
	}
	return 0;
}
