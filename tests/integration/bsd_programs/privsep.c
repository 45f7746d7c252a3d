/* SPDX-License-Identifier: BSD-2-Clause */
/* A monitor keeps its privilege and opens the tap; the process that works with it has none and gets the descriptor. */
#include <sys/uio.h>
#include <sys/wait.h>

#include "program.h"

/* One descriptor over a local socket: sent if fd >= 0, otherwise received and returned. */
static int
pass(int s, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg;
	struct cmsghdr *cmsg;

	memset(&msg, 0, sizeof(msg));
	memset(&control, 0, sizeof(control));
	msg.msg_iov = &iov;
	msg.msg_iovlen = 1;
	msg.msg_control = &control;
	msg.msg_controllen = sizeof(control);
	cmsg = CMSG_FIRSTHDR(&msg);
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	if ((fd < 0 ? recvmsg(s, &msg, 0) : sendmsg(s, &msg, 0)) != 1)
		err(1, "passing the descriptor");
	if (fd < 0)
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

static int
monitor(int s, pid_t pid)
{
	int fd = open("/dev/tap2", O_RDWR), status;

	if (fd < 0)
		err(1, "/dev/tap2");
	bring_up("tap2", PF_UNIX);
	pass(s, fd);
	close(fd);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		errx(1, "the child: status %d", status);
	return 0;
}

int
main(void)
{
	int fd, s[2];
	pid_t pid;

	if (socketpair(AF_LOCAL, SOCK_STREAM, 0, s) < 0 || (pid = fork()) < 0)
		err(1, "socketpair, fork");
	if (pid > 0)
		return monitor(s[0], pid);
	if (setgid(65534) < 0 || setuid(65534) < 0)
		err(1, "setuid");
	fd = pass(s[1], -1);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	say("tap2");
	echo(fd);
	return 0;
}
