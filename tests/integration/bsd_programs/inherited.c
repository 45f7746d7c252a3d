/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts with the tap open as descriptor N, of which it knows no more than the number; kqueue says when to read. */
#include <sys/event.h>

#include "program.h"

int
main(int argc, char **argv)
{
	int fd = atoi(argc > 1 ? argv[1] : ""), i, kq;
	struct kevent ev;

	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		err(1, "descriptor %d", fd);
	EV_SET(&ev, fd, EVFILT_READ, EV_ADD, 0, 0, NULL);
	if ((kq = kqueue()) < 0 || kevent(kq, &ev, 1, NULL, 0, NULL) < 0)
		err(1, "kqueue");
	say("ready");
	for (i = 0; i < FRAMES; i++) {
		if (kevent(kq, NULL, 0, &ev, 1, NULL) != 1 || (int)ev.ident != fd)
			err(1, "kevent");
		echo_one(fd);
	}
	return 0;
}
