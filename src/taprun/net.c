/* SPDX-License-Identifier: BSD-2-Clause */
/* The network namespace, and what taps are plugged into. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backend/backend.h"
#include "base/util.h"
#include "taprun/taprun.h"

#define TUN_DEV	"/dev/net/tun"

static int loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr) != 0)
		err = -errno;
	close(fd);
	return err;
}

/* In a network of our own every program may send pings.  As far as it can be. */
static void allow_ping(const struct taprun *t)
{
	int fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY | O_CLOEXEC);
	const char *groups = t->userns ? "0 0" : "0 2147483647";

	if (fd >= 0 && write(fd, groups, strlen(groups)) < 0 && t->opt.verbose > 0)
		say("ping_group_range: %s; ping(8) may need root", strerror(errno));
	if (fd >= 0)
		close(fd);
}

int net_enter(struct taprun *t)
{
	int err;

	if (t->opt.share_net || t->netns)
		return 0;
	if (unshare(CLONE_NEWNET) != 0)
		return forbidden("a network namespace", errno);
	t->netns = true;
	allow_ping(t);
	err = loopback_up();
	return err == 0 ? 0 : forbidden("the loopback interface", -err);
}

/* Can there be host interfaces?  Says why not. */
static bool can_have_tuntap(const struct taprun *t)
{
	char why[512], text[128];
	int fd;

	if (t->opt.share_net) {
		if (tuntap_allowed(why, sizeof(why)))
			return true;
		say("--share-net: %s; taps are plugged into slirp instead, a network without rights; to have interfaces in your "
		    "network: sudo taprun ...", why);
		return false;
	}
	fd = open(TUN_DEV, O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return true;
	}
	say(TUN_DEV ": %s: taps have no host interface and are plugged into slirp instead, a network without rights; to have "
	    "interfaces: %s", strerror(errno), device_advice(TUN_DEV, errno, text, sizeof(text)));
	return false;
}

/*
 * Host interfaces are made where tapd is, so it goes with the program.  What leads out has to be reached from the
 * caller's network, so tapd stays there.
 */
int net_choose(struct taprun *t)
{
	if (t->opt.net != NULL)
		t->attach = t->opt.net;
	else
		t->attach = can_have_tuntap(t) ? "tuntap" : t->opt.isolated ? "slirp:restrict,disable-host-loopback" : "slirp";
	return strcmp(t->attach, "tuntap") == 0 ? net_enter(t) : 0;
}
