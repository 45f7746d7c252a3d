/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of both families by the alias requests, and one of them away again by SIOCDIFADDR. */
#include <arpa/inet.h>
#include <net/if_tap.h>
#include <netinet/in.h>
#include <netinet/in_var.h>
#include <netinet6/nd6.h>

#include "program.h"

static void
fill(void *to, const char *address)
{
	struct sockaddr_in *sin = to;

	sin->sin_len = sizeof(*sin);
	sin->sin_family = AF_INET;
	if (inet_pton(AF_INET, address, &sin->sin_addr) != 1)
		errx(1, "inet_pton %s", address);
}

static void
add(int s, const char *name, const char *address, const char *mask)
{
	struct ifaliasreq ifra;

	memset(&ifra, 0, sizeof(ifra));
	strcpy(ifra.ifra_name, name);
	fill(&ifra.ifra_addr, address);
	fill(&ifra.ifra_mask, mask);
	if (ioctl(s, SIOCAIFADDR, &ifra) < 0)
		err(1, "SIOCAIFADDR %s", address);
}

static void
remove_one(int s, const char *name, const char *address)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	strcpy(ifr.ifr_name, name);
	fill(&ifr.ifr_addr, address);
	if (ioctl(s, SIOCDIFADDR, &ifr) < 0)
		err(1, "SIOCDIFADDR %s", address);
}

static void
add6(const char *name, const char *address)
{
	struct in6_aliasreq ifra;
	int s = socket(AF_INET6, SOCK_DGRAM, 0);

	memset(&ifra, 0, sizeof(ifra));
	strcpy(ifra.ifra_name, name);
	ifra.ifra_addr.sin6_len = sizeof(ifra.ifra_addr);
	ifra.ifra_addr.sin6_family = AF_INET6;
	ifra.ifra_prefixmask.sin6_len = sizeof(ifra.ifra_prefixmask);
	ifra.ifra_prefixmask.sin6_family = AF_INET6;
	if (inet_pton(AF_INET6, address, &ifra.ifra_addr.sin6_addr) != 1 ||
	    inet_pton(AF_INET6, "ffff:ffff:ffff:ffff::", &ifra.ifra_prefixmask.sin6_addr) != 1)
		errx(1, "inet_pton");
	ifra.ifra_lifetime.ia6t_vltime = ND6_INFINITE_LIFETIME;
	ifra.ifra_lifetime.ia6t_pltime = ND6_INFINITE_LIFETIME;
	if (s < 0 || ioctl(s, SIOCAIFADDR_IN6, &ifra) < 0)
		err(1, "SIOCAIFADDR_IN6 %s", address);
	close(s);
}

int
main(int argc, char **argv)
{
	struct ifreq ifr;
	int fd = open("/dev/tap0", O_RDWR), s = socket(AF_INET, SOCK_DGRAM, 0);

	memset(&ifr, 0, sizeof(ifr));
	if (fd < 0 || s < 0 || ioctl(fd, TAPGIFNAME, &ifr) < 0)
		err(1, "/dev/tap0");
	add(s, ifr.ifr_name, "192.0.2.1", "255.255.255.0");
	add(s, ifr.ifr_name, "198.51.100.1", "255.255.255.128");
	remove_one(s, ifr.ifr_name, "192.0.2.1");
	if (argc > 1)
		add6(ifr.ifr_name, argv[1]);
	say(ifr.ifr_name);
	echo(fd);
	return 0;
}
