/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As a hypervisor reads: FIONBIO, then until EWOULDBLOCK, then kqueue; the header of a frame and its data into buffers
 * of their own by readv, and out by writev.
 */
#include <sys/event.h>
#include <sys/uio.h>
#include <net/if_tap.h>

#include "program.h"

static unsigned char dst[6], src[6], data[2048];

/* One frame back, if there is one. */
static int
answer(int fd)
{
	struct iovec in[3] = { { dst, 6 }, { src, 6 }, { data, sizeof(data) } };
	struct iovec out[3] = { { src, 6 }, { dst, 6 }, { data, 0 } };
	ssize_t n = readv(fd, in, 3);

	if (n < 0 && errno == EWOULDBLOCK)
		return 0;
	if (n < 14)
		err(1, "readv");
	out[2].iov_len = n - 12;
	if (writev(fd, out, 3) != n)
		err(1, "writev");
	return 1;
}

int
main(void)
{
	int answered = 0, fd, kq, on = 1;
	struct kevent ev;
	struct ifreq ifr;

	if ((fd = open("/dev/tap0", O_RDWR)) < 0)
		err(1, "/dev/tap0");
	if (ioctl(fd, FIONBIO, &on) < 0)
		err(1, "FIONBIO");
	memset(&ifr, 0, sizeof(ifr));
	if (ioctl(fd, TAPGIFNAME, &ifr) < 0)
		err(1, "TAPGIFNAME");
	bring_up(ifr.ifr_name, AF_LOCAL);
	EV_SET(&ev, fd, EVFILT_READ, EV_ADD, 0, 0, NULL);
	if (answer(fd) || (kq = kqueue()) < 0 || kevent(kq, &ev, 1, NULL, 0, NULL) < 0)
		err(1, "kqueue");
	say(ifr.ifr_name);
	while (answered < FRAMES) {
		if (kevent(kq, NULL, 0, &ev, 1, NULL) != 1 || ev.filter != EVFILT_READ)
			err(1, "kevent");
		while (answer(fd))
			answered++;
	}
	return 0;
}
