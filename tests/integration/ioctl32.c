/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A 32-bit program on the device given: the ioctls whose data differ in size or place from a 64-bit one's, by the numbers
 * that Linux's macros give.  Exit status 0 when all are right, else the number of the first that is not.
 */
#include <fcntl.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

_Static_assert(sizeof(void *) == 4 && sizeof(struct ifreq) == 32, "compile with -m32");

struct tapinfo {
	int32_t baudrate;
	uint16_t mtu;
	uint8_t type, dummy;
};

int main(int argc, char **argv)
{
	struct ifreq ifr = { .ifr_flags = 0x5555 };
	struct tapinfo ti;
	unsigned char mac[8] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1, n = -1;

	if (fd < 0)
		return 1;
	if (ioctl(fd, _IOR('t', 93, struct ifreq), &ifr) != 0 || strcmp(ifr.ifr_name, strrchr(argv[1], '/') + 1) != 0)
		return 2;
	if (ioctl(fd, _IOR('t', 92, struct tapinfo), &ti) != 0 || ti.mtu != 1500 || ti.type != 6)
		return 3;
	ti.baudrate = 5;
	if (ioctl(fd, _IOW('t', 91, struct tapinfo), &ti) != 0)
		return 4;
	if (ioctl(fd, _IOR('f', 127, int), &n) != 0 || n != 0)
		return 5;
	if (ioctl(fd, _IOR('i', 33, unsigned char[6]), mac) != 0 || mac[0] != 0x58 || mac[6] != 1)
		return 6;
	if (ioctl(fd, _IOC(_IOC_NONE, 'V', 0, 4), 0) != 0)	/* VMIO_SIOCSIFFLAGS, by value */
		return 7;
	if (ioctl(fd, _IO('x', 99), 0) == 0)
		return 8;
	return 0;
}
