/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tapping: a host behind a tap interface that answers ping.  It answers ARP and ICMP echo for an IPv4 address,
 * neighbour solicitation and ICMPv6 echo for an IPv6 address, and prints counts when it is stopped.  A program for
 * FreeBSD's tap(4), with its headers and nothing of another system; cc tapping.c answer.c builds it there.  The
 * packets are answer.c's.
 */
#include <sys/types.h>
#include <sys/filio.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <net/if_tap.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"

#define FRAME_MAX	(65535 + 18)	/* bytes: the largest MTU and the headers before it */
#define BATCH		64		/* frames answered before signals are looked at again */

struct tapping {
	struct station st;
	const char *path;
	char ifname[IFNAMSIZ];
	int fd;
	bool down;			/* the last read(2) said so, and we said so */
	uint64_t count[ANSWER_KINDS];
	uint64_t lost;			/* answers the interface did not take */
};

static volatile sig_atomic_t stopped;

static void on_signal(int signo)
{
	(void)signo;
	stopped = 1;
}

static void usage(void)
{
	fprintf(stderr, "usage: tapping [-4 address] [-6 address] [-e lladdr] [/dev/tapN | /dev/tap]\n"
	    "       answer ping for the addresses on the far side of the interface, until interrupted (/dev/tap0)\n");
	exit(64);
}

/* Exactly six bytes in hexadecimal with colons between, of one host. */
static bool parse_lladdr(const char *s, uint8_t lladdr[6])
{
	unsigned b[6];
	int end = 0;

	if (s[strspn(s, "0123456789abcdefABCDEF:")] != '\0' ||
	    sscanf(s, "%2x:%2x:%2x:%2x:%2x:%2x%n", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &end) != 6 ||
	    s[end] != '\0')
		return false;
	for (int i = 0; i < 6; i++)
		lladdr[i] = (uint8_t)b[i];
	return (lladdr[0] & 1) == 0;
}

/* Locally administered, and the same whenever the address is: the neighbours' caches stay right across a restart. */
static void derive_lladdr(struct station *st)
{
	st->lladdr[0] = 0x02;
	st->lladdr[1] = 0x00;
	memcpy(st->lladdr + 2, st->has_in ? st->in : st->in6 + 12, 4);
}

static void parse_args(struct tapping *t, int argc, char *argv[])
{
	bool has_lladdr = false;
	int c;

	while ((c = getopt(argc, argv, "4:6:e:")) != -1) {
		if (c == '4')
			t->st.has_in = inet_pton(AF_INET, optarg, t->st.in) == 1;
		else if (c == '6')
			t->st.has_in6 = inet_pton(AF_INET6, optarg, t->st.in6) == 1;
		else if (c == 'e')
			has_lladdr = parse_lladdr(optarg, t->st.lladdr);
		if ((c == '4' && !t->st.has_in) || (c == '6' && !t->st.has_in6) || (c == 'e' && !has_lladdr))
			errx(64, "-%c %s: not an address of that kind", c, optarg);
		if (c == '?')
			usage();
	}
	if ((!t->st.has_in && !t->st.has_in6) || argc - optind > 1)
		usage();
	if (!has_lladdr)
		derive_lladdr(&t->st);
	t->path = optind < argc ? argv[optind] : "/dev/tap0";
}

/* Non-blocking, so that one wake-up can take all that is there. */
static void open_tap(struct tapping *t)
{
	struct ifreq ifr;
	int on = 1;

	t->fd = open(t->path, O_RDWR);
	if (t->fd < 0)
		err(1, "open %s", t->path);
	if (t->fd >= FD_SETSIZE)
		errx(1, "too many descriptors are open already");
	if (ioctl(t->fd, TAPGIFNAME, &ifr) != 0)
		err(1, "%s is no tap(4) device: TAPGIFNAME", t->path);
	memcpy(t->ifname, ifr.ifr_name, sizeof(t->ifname));
	if (ioctl(t->fd, FIONBIO, &on) != 0)
		err(1, "%s: FIONBIO", t->path);
}

static void say_hello(const struct tapping *t)
{
	const uint8_t *e = t->st.lladdr;
	char in[INET_ADDRSTRLEN] = "", in6[INET6_ADDRSTRLEN] = "";

	if (t->st.has_in)
		inet_ntop(AF_INET, t->st.in, in, sizeof(in));
	if (t->st.has_in6)
		inet_ntop(AF_INET6, t->st.in6, in6, sizeof(in6));
	printf("tapping: behind %s: %s%s%s at %02x:%02x:%02x:%02x:%02x:%02x\n", t->ifname, in,
	    t->st.has_in && t->st.has_in6 ? " and " : "", in6, e[0], e[1], e[2], e[3], e[4], e[5]);
	fflush(stdout);
}

static void say_counts(const struct tapping *t)
{
	static const char *const name[ANSWER_KINDS] = {
		[ANSWER_ARP] = "ARP requests answered",
		[ANSWER_ECHO] = "IPv4 echo requests answered",
		[ANSWER_SOLICIT] = "IPv6 neighbour solicitations answered",
		[ANSWER_ECHO6] = "IPv6 echo requests answered",
		[ANSWER_NOT_OURS] = "other frames",
		[ANSWER_MALFORMED] = "malformed frames",
	};

	for (int k = 0; k < ANSWER_KINDS; k++)
		printf("%10" PRIu64 " %s\n", t->count[k], name[k]);
	printf("%10" PRIu64 " answers the interface did not take\n", t->lost);
}

/* An interface that is down has nothing to read: select(2) waits until it is up and sends.  Says so once each time. */
static void note_down(struct tapping *t, bool down)
{
	if (down && !t->down)
		fprintf(stderr, "tapping: %s is not up; waiting (bring it up: ifconfig %s up, or tapctl %s up)\n",
		    t->ifname, t->ifname, t->ifname);
	t->down = down;
}

/* Read one frame and answer it.  False: nothing more to read now. */
static bool serve_one(struct tapping *t)
{
	static uint8_t in[FRAME_MAX], out[FRAME_MAX + ANSWER_ROOM];
	enum answer_kind kind;
	ssize_t n;
	size_t len;

	n = read(t->fd, in, sizeof(in));
	if (n < 0 && (errno == EAGAIN || errno == EINTR || errno == EHOSTDOWN)) {
		note_down(t, errno == EHOSTDOWN);
		return false;
	}
	if (n < 0)
		err(1, "read %s", t->path);
	note_down(t, false);
	len = answer_frame(&t->st, in, (size_t)n, out, &kind);
	t->count[kind]++;
	if (len > 0 && write(t->fd, out, len) != (ssize_t)len)
		t->lost++;
	return true;
}

/* Signals get in only while select(2) sleeps, so none is missed between a look at `stopped` and the sleep. */
static void serve(struct tapping *t, const sigset_t *open_mask)
{
	while (!stopped) {
		fd_set fds;

		for (int i = 0; i < BATCH && serve_one(t); i++)
			;
		FD_ZERO(&fds);
		FD_SET(t->fd, &fds);
		if (pselect(t->fd + 1, &fds, NULL, NULL, NULL, open_mask) < 0 && errno != EINTR)
			err(1, "select %s", t->path);
	}
}

/* SIGINT and SIGTERM stop us.  Both are blocked from here on; *open_mask is the mask to sleep with. */
static void catch_signals(sigset_t *open_mask)
{
	struct sigaction sa;
	sigset_t set;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	sigemptyset(&sa.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigaction(SIGINT, &sa, NULL) != 0 || sigaction(SIGTERM, &sa, NULL) != 0 ||
	    sigprocmask(SIG_BLOCK, &set, open_mask) != 0)
		err(1, "signals");
	sigdelset(open_mask, SIGINT);
	sigdelset(open_mask, SIGTERM);
}

int main(int argc, char *argv[])
{
	static struct tapping t;
	sigset_t open_mask;

	parse_args(&t, argc, argv);
	catch_signals(&open_mask);
	open_tap(&t);
	say_hello(&t);
	serve(&t, &open_mask);
	say_counts(&t);
	close(t.fd);
	return 0;
}
