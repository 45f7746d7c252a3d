/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For test_bsdlib.py: ioctl(2) and fcntl(2) on what is no tap.  It is compiled with the headers of libtap-bsd and
 * without, and both programs must print the same.
 */
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/sockios.h>

static void say(const char *what, int rc, int value)
{
	printf("%s: %d %d %d\n", what, rc, rc == -1 ? errno : 0, value);
}

/* The owner is this process, or not; never its number, which differs. */
static void descriptor(int fd)
{
	int n = 0, on = 1, off = 0, flags;
	struct flock lk;

	say("FIONREAD", ioctl(fd, FIONREAD, &n), n);
	say("FIONBIO", ioctl(fd, FIONBIO, &on), fcntl(fd, F_GETFL));
	say("FIONBIO", ioctl(fd, FIONBIO, &off), fcntl(fd, F_GETFL));
	say("FIOASYNC", ioctl(fd, FIOASYNC, &on), fcntl(fd, F_GETFL));
	say("FIOASYNC", ioctl(fd, FIOASYNC, &off), fcntl(fd, F_GETFL));
	say("F_SETOWN", fcntl(fd, F_SETOWN, getpid()), 0);
	n = fcntl(fd, F_GETOWN);
	say("F_GETOWN", n == getpid() ? 0 : n, 0);
	flags = fcntl(fd, F_GETFL);
	say("F_SETFL", fcntl(fd, F_SETFL, flags | O_ASYNC | O_NONBLOCK), fcntl(fd, F_GETFL));
	say("F_SETFL", fcntl(fd, F_SETFL, flags), fcntl(fd, F_GETFL));
	say("F_GETFD", fcntl(fd, F_GETFD), 0);
	say("F_SETFD", fcntl(fd, F_SETFD, FD_CLOEXEC), fcntl(fd, F_GETFD));
	memset(&lk, 0, sizeof(lk));
	lk.l_type = F_WRLCK;
	lk.l_whence = SEEK_SET;
	lk.l_len = 1;
	say("F_SETLK", fcntl(fd, F_SETLK, &lk), 0);
	lk.l_type = F_WRLCK;
	say("F_GETLK", fcntl(fd, F_GETLK, &lk), lk.l_type);
	n = 0;
	say("SIOCGPGRP", ioctl(fd, SIOCGPGRP, &n), n == getpid());
}

static void interfaces(int fd)
{
	static const char *const names[] = { "lo", "none0" };

	for (int i = 0; i < 2; i++) {
		struct ifreq ifr;

		memset(&ifr, 0, sizeof(ifr));
		strcpy(ifr.ifr_name, names[i]);
		say("SIOCGIFFLAGS", ioctl(fd, SIOCGIFFLAGS, &ifr), ifr.ifr_flags);
		say("SIOCGIFMTU", ioctl(fd, SIOCGIFMTU, &ifr), ifr.ifr_mtu);
		say("SIOCGIFADDR", ioctl(fd, SIOCGIFADDR, &ifr), ifr.ifr_addr.sa_family);
		say("SIOCGIFHWADDR", ioctl(fd, SIOCGIFHWADDR, &ifr), ifr.ifr_hwaddr.sa_family);
		say("SIOCGIFINDEX", ioctl(fd, SIOCGIFINDEX, &ifr), ifr.ifr_ifindex);
		strcpy(ifr.ifr_newname, "a/b");
		say("SIOCSIFNAME", ioctl(fd, SIOCSIFNAME, &ifr), 0);
	}
}

static void addresses(void)
{
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), n = 0;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	say("bind", bind(fd, (struct sockaddr *)&sin, len), 0);
	say("getsockname", getsockname(fd, (struct sockaddr *)&sin, &len), (int)len);
	say("connect", connect(fd, (struct sockaddr *)&sin, len), sin.sin_zero[7]);
	say("send", (int)send(fd, "hello", 5, 0), 0);
	say("FIONREAD", ioctl(fd, FIONREAD, &n), n);
	descriptor(fd);
	interfaces(fd);
}

int main(void)
{
	int pair[2], master, slave, n = 0;
	struct winsize ws = { 24, 80, 0, 0 };
	FILE *f = tmpfile();

	signal(SIGIO, SIG_IGN);
	addresses();
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0)
		descriptor(pair[0]);
	if (pipe(pair) == 0)
		descriptor(pair[0]);
	if (openpty(&master, &slave, NULL, NULL, &ws) == 0) {
		descriptor(master);
		descriptor(slave);
		say("TIOCGWINSZ", ioctl(slave, TIOCGWINSZ, &ws), ws.ws_col);
		say("TIOCGPGRP", ioctl(slave, TIOCGPGRP, &n), n);
	}
	fputs("0123456789", f);
	fflush(f);
	descriptor(fileno(f));
	descriptor(open("/", O_RDONLY));
	descriptor(open("/dev/null", O_RDWR));
	descriptor(-1);
	return 0;
}
