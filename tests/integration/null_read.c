/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of a program that wrote "=" where it meant "==" in its check of malloc(3), and so reads into a null pointer:
 * open(O_RDWR), read(fd, NULL, 1514).  A tap answers EFAULT (RD-13): a BSD once there is a frame to read, Linux at once,
 * before it asks the device.
 * usage: null_read [DEVICE]
 * Exit status: 0 it said EFAULT; 1 it did not; 77 there is no such device.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FRAME 1514		/* bytes of the largest frame at an MTU of 1500 */

int main(int argc, char *argv[])
{
	const char *path = argc > 1 ? argv[1] : "/dev/tap0";
	unsigned char *volatile buffer = malloc(FRAME);		/* volatile: the compiler would refuse the rest */
	int fd, error;
	ssize_t n;

	fd = open(path, O_RDWR);
	if (fd < 0) {
		printf("# %s: %s\n", path, strerror(errno));
		return errno == ENOENT ? 77 : 1;
	}
	free(buffer);
	if ((buffer = NULL))
		return 1;
	n = read(fd, buffer, FRAME);
	error = errno;
	printf("# read of %d bytes into a null pointer: %zd%s%s\n", FRAME, n, n < 0 ? ", " : "",
	    n < 0 ? strerror(error) : "");
	return n == -1 && error == EFAULT ? 0 : 1;
}
