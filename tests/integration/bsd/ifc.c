/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A BSD program for test_bsdlib.py: one interface call of libtap-bsd a run, named by the arguments, its result printed.
 * It contains no line for Linux and is compiled as each BSD.  "ok ..." or the errno's number; exits 0 either way.
 */
#include <sys/param.h>
#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/sockio.h>
#include <sys/sysctl.h>

#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_media.h>
#include <net/if_mib.h>
#include <net/if_types.h>
#include <netinet/in.h>
#include <netinet/in_var.h>
#include <netinet/if_ether.h>
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>
#include <arpa/inet.h>

#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int s;
static struct ifreq ifr;

static int plain(unsigned long request, const char *name)
{
	strlcpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	return ioctl(s, request, &ifr);
}

static int create(char **a)
{
	int rc = plain(SIOCIFCREATE, a[0]);

	if (rc == 0)
		printf("%s ", ifr.ifr_name);
	return rc;
}

static int create2(char **a)
{
	return plain(SIOCIFCREATE2, a[0]);
}

static int destroy(char **a)
{
	return plain(SIOCIFDESTROY, a[0]);
}

/* NAME ADDRESS MASK */
static int alias(char **a)
{
	struct ifaliasreq ifra;
	struct sockaddr_in sin;

	memset(&ifra, 0, sizeof(ifra));
	strlcpy(ifra.ifra_name, a[0], sizeof(ifra.ifra_name));
	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin.sin_family = AF_INET;
	inet_pton(AF_INET, a[1], &sin.sin_addr);
	memcpy(&ifra.ifra_addr, &sin, sizeof(sin));
	inet_pton(AF_INET, a[2], &sin.sin_addr);
	memcpy(&ifra.ifra_mask, &sin, sizeof(sin));
	return ioctl(s, SIOCAIFADDR, &ifra);
}

/* The same by struct in_aliasreq, with a broadcast address: NAME ADDRESS MASK BROADCAST */
static int in_alias(char **a)
{
	struct in_aliasreq ifra;

	memset(&ifra, 0, sizeof(ifra));
	strlcpy(ifra.ifra_name, a[0], sizeof(ifra.ifra_name));
	ifra.ifra_addr.sin_len = ifra.ifra_mask.sin_len = ifra.ifra_broadaddr.sin_len = sizeof(ifra.ifra_addr);
	ifra.ifra_addr.sin_family = ifra.ifra_broadaddr.sin_family = AF_INET;
	inet_pton(AF_INET, a[1], &ifra.ifra_addr.sin_addr);
	inet_pton(AF_INET, a[2], &ifra.ifra_mask.sin_addr);
	inet_pton(AF_INET, a[3], &ifra.ifra_broadaddr.sin_addr);
	return ioctl(s, SIOCAIFADDR, &ifra);
}

/* NAME [ADDRESS] */
static int unalias(char **a)
{
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	if (a[1] != NULL) {
		sin.sin_len = sizeof(sin);
		sin.sin_family = AF_INET;
		inet_pton(AF_INET, a[1], &sin.sin_addr);
	}
	memcpy(&ifr.ifr_addr, &sin, sizeof(sin));
	return plain(SIOCDIFADDR, a[0]);
}

/* NAME ADDRESS PREFIXLEN */
static int alias6(char **a)
{
	struct in6_aliasreq ifra;

	memset(&ifra, 0, sizeof(ifra));
	strlcpy(ifra.ifra_name, a[0], sizeof(ifra.ifra_name));
	ifra.ifra_addr.sin6_len = ifra.ifra_prefixmask.sin6_len = sizeof(ifra.ifra_addr);
	ifra.ifra_addr.sin6_family = AF_INET6;
	inet_pton(AF_INET6, a[1], &ifra.ifra_addr.sin6_addr);
	memset(&ifra.ifra_prefixmask.sin6_addr, 0xff, (size_t)atoi(a[2]) / 8);
	ifra.ifra_flags = IN6_IFF_NODAD;
	ifra.ifra_lifetime.ia6t_vltime = ifra.ifra_lifetime.ia6t_pltime = ND6_INFINITE_LIFETIME;
	return ioctl(s, SIOCAIFADDR_IN6, &ifra);
}

static int unalias6(char **a)
{
	struct in6_ifreq ifr6;

	memset(&ifr6, 0, sizeof(ifr6));
	strlcpy(ifr6.ifr_name, a[0], sizeof(ifr6.ifr_name));
	ifr6.ifr_addr.sin6_len = sizeof(ifr6.ifr_addr);
	ifr6.ifr_addr.sin6_family = AF_INET6;
	inet_pton(AF_INET6, a[1], &ifr6.ifr_addr.sin6_addr);
	return ioctl(s, SIOCDIFADDR_IN6, &ifr6);
}

static int lladdr(char **a)
{
	ifr.ifr_addr.sa_len = ETHER_ADDR_LEN;
	ifr.ifr_addr.sa_family = AF_LINK;
	memcpy(ifr.ifr_addr.sa_data, ether_aton(a[1]), ETHER_ADDR_LEN);
	return plain(SIOCSIFLLADDR, a[0]);
}

/* NetBSD's way: by struct sockaddr_dl */
static int phyaddr(char **a)
{
	struct ifaliasreq ifra;
	struct sockaddr_dl *sdl = (struct sockaddr_dl *)(void *)&ifra.ifra_addr;

	memset(&ifra, 0, sizeof(ifra));
	strlcpy(ifra.ifra_name, a[0], sizeof(ifra.ifra_name));
	sdl->sdl_family = AF_LINK;
	sdl->sdl_len = sizeof(*sdl);
	sdl->sdl_alen = ETHER_ADDR_LEN;
	memcpy(LLADDR(sdl), ether_aton(a[1]), ETHER_ADDR_LEN);
	return ioctl(s, SIOCSIFPHYADDR, &ifra);
}

static int show_hwaddr(unsigned long request, const char *name)
{
	struct ether_addr e;
	int rc = plain(request, name);

	memcpy(&e, ifr.ifr_addr.sa_data, sizeof(e));
	if (rc == 0)
		printf("%s len %d ", ether_ntoa(&e), ifr.ifr_addr.sa_len);
	return rc;
}

static int hwaddr(char **a)
{
	return show_hwaddr(SIOCGHWADDR, a[0]);
}

/* On a local socket, as ours is, BSD gives the link-level address. */
static int local_addr(char **a)
{
	return show_hwaddr(SIOCGIFADDR, a[0]);
}

static int rename_to(char **a)
{
	ifr.ifr_data = a[1];
	return plain(SIOCSIFNAME, a[0]);
}

#if defined(__NetBSD__) || defined(__OpenBSD__)
static int set_descr(char **a)
{
	ifr.ifr_data = a[1];
	return plain(SIOCSIFDESCR, a[0]);
}

static int get_descr(char **a)
{
	char text[IFDESCRSIZE];
	int rc;

	ifr.ifr_data = text;
	rc = plain(SIOCGIFDESCR, a[0]);
	if (rc == 0)
		printf("'%s' ", text);
	return rc;
}
#else
static int set_descr(char **a)
{
	ifr.ifr_buffer.buffer = a[1];
	ifr.ifr_buffer.length = strlen(a[1]) + 1;
	return plain(SIOCSIFDESCR, a[0]);
}

/* NAME ROOM */
static int get_descr(char **a)
{
	char text[256] = "untouched";
	int rc;

	ifr.ifr_buffer.buffer = text;
	ifr.ifr_buffer.length = (size_t)atoi(a[1]);
	rc = plain(SIOCGIFDESCR, a[0]);
	if (rc == 0)
		printf("'%s' %zu %s ", text, ifr.ifr_buffer.length, ifr.ifr_buffer.buffer == NULL ? "NULL" : "same");
	return rc;
}
#endif

static int group(char **a)
{
	struct ifgroupreq ifgr;

	memset(&ifgr, 0, sizeof(ifgr));
	strlcpy(ifgr.ifgr_name, a[0], sizeof(ifgr.ifgr_name));
	strlcpy(ifgr.ifgr_group, a[1], sizeof(ifgr.ifgr_group));
	return ioctl(s, SIOCAIFGROUP, &ifgr);
}

static int media(char **a)
{
	struct ifmediareq ifmr;
	int rc;

	memset(&ifmr, 0, sizeof(ifmr));
	strlcpy(ifmr.ifm_name, a[0], sizeof(ifmr.ifm_name));
	rc = ioctl(s, SIOCGIFMEDIA, &ifmr);
	if (rc == 0)
		printf("%s %s count %d ", IFM_TYPE(ifmr.ifm_active) == IFM_ETHER ? "ether" : "other",
		    ifmr.ifm_status & IFM_ACTIVE ? "active" : "inactive", ifmr.ifm_count);
	return rc;
}

/* The interface's packets, by whatever way the system has. */
static int data(char **a)
{
	struct if_data d;
	int rc;
#if defined(__NetBSD__)
	struct ifdatareq ifdr;

	memset(&ifdr, 0, sizeof(ifdr));
	strlcpy(ifdr.ifdr_name, a[0], sizeof(ifdr.ifdr_name));
	rc = ioctl(s, SIOCGIFDATA, &ifdr);
	d = ifdr.ifdr_data;
#elif defined(__OpenBSD__)
	ifr.ifr_data = (void *)&d;
	rc = plain(SIOCGIFDATA, a[0]);
#else
	int mib[] = { CTL_NET, PF_LINK, NETLINK_GENERIC, IFMIB_IFDATA, (int)if_nametoindex(a[0]), IFDATA_GENERAL };
	struct ifmibdata ifmd;
	size_t len = sizeof(ifmd);

	rc = sysctl(mib, 6, &ifmd, &len, NULL, 0);
	d = ifmd.ifmd_data;
#endif
	if (rc == 0)
		printf("in %d out %d mtu %d ", (int)d.ifi_ipackets, (int)d.ifi_opackets, (int)d.ifi_mtu);
	return rc;
}

static int flags(char **a)
{
	int rc = plain(SIOCGIFFLAGS, a[0]);

	if (rc == 0)
		printf("%s %s ", ifr.ifr_flags & IFF_UP ? "up" : "down",
		    ifr.ifr_flags & IFF_MULTICAST ? "multicast" : "no multicast");
	return rc;
}

/* NAME 0 or 1 */
static int up(char **a)
{
	if (plain(SIOCGIFFLAGS, a[0]) != 0)
		return -1;
	ifr.ifr_flags = (short)(*a[1] == '1' ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP);
	return plain(SIOCSIFFLAGS, a[0]);
}

static int mtu(char **a)
{
	int rc = plain(SIOCGIFMTU, a[0]);

	if (rc == 0)
		printf("%d ", ifr.ifr_mtu);
	return rc;
}

static int set_mtu(char **a)
{
	ifr.ifr_mtu = atoi(a[1]);
	return plain(SIOCSIFMTU, a[0]);
}

/* NAME ADDRESS MASK, in two steps and read back */
static int addr(char **a)
{
	struct sockaddr_in sin;

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	inet_pton(AF_INET, a[1], &sin.sin_addr);
	memcpy(&ifr.ifr_addr, &sin, sizeof(sin));
	s = socket(AF_INET, SOCK_DGRAM, 0);
	if (plain(SIOCSIFADDR, a[0]) != 0)
		return -1;
	inet_pton(AF_INET, a[2], &sin.sin_addr);
	memcpy(&ifr.ifr_addr, &sin, sizeof(sin));
	if (plain(SIOCSIFNETMASK, a[0]) != 0 || plain(SIOCGIFADDR, a[0]) != 0)
		return -1;
	memcpy(&sin, &ifr.ifr_addr, sizeof(sin));
	printf("%s ", inet_ntoa(sin.sin_addr));
	if (plain(SIOCGIFNETMASK, a[0]) != 0)
		return -1;
	memcpy(&sin, &ifr.ifr_addr, sizeof(sin));
	printf("%s ", inet_ntoa(sin.sin_addr));
	return 0;
}

/* What getifaddrs(3) has of NAME. */
static int list(char **a)
{
	struct ifaddrs *all, *i;
	char text[INET6_ADDRSTRLEN];

	if (getifaddrs(&all) != 0)
		return -1;
	for (i = all; i != NULL; i = i->ifa_next) {
		struct sockaddr_dl *sdl = (struct sockaddr_dl *)(void *)i->ifa_addr;
		struct ether_addr e;

		if (strcmp(i->ifa_name, a[0]) != 0 || i->ifa_addr == NULL)
			continue;
		if (i->ifa_addr->sa_family == AF_LINK && sdl->sdl_type == IFT_ETHER && sdl->sdl_alen == sizeof(e)) {
			memcpy(&e, LLADDR(sdl), sizeof(e));
			printf("link %s index %s ", ether_ntoa(&e),
			    sdl->sdl_index == (int)if_nametoindex(a[0]) ? "same" : "other");
		} else if (i->ifa_addr->sa_family == AF_INET) {
			struct sockaddr_in *sin = (struct sockaddr_in *)(void *)i->ifa_addr;

			printf("inet %s len %d %d ", inet_ntoa(sin->sin_addr), sin->sin_len, i->ifa_addr->sa_len);
		} else if (i->ifa_addr->sa_family == AF_INET6) {
			struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)(void *)i->ifa_addr;

			inet_ntop(AF_INET6, &sin6->sin6_addr, text, sizeof(text));
			printf("inet6 %s len %d ", text, sin6->sin6_len);
		}
	}
	freeifaddrs(all);
	return 0;
}

/* Is the group ADDRESS among NAME's? */
static int groups(char **a)
{
	struct ifmaddrs *all, *i;
	int found = 0;

	if (getifmaddrs(&all) != 0)
		return -1;
	for (i = all; i != NULL; i = i->ifma_next) {
		struct sockaddr_dl *name = (struct sockaddr_dl *)(void *)i->ifma_name;
		struct sockaddr_dl *sdl = (struct sockaddr_dl *)(void *)i->ifma_addr;

		found |= name->sdl_index == (int)if_nametoindex(a[0]) &&
		    memcmp(LLADDR(sdl), ether_aton(a[1]), ETHER_ADDR_LEN) == 0;
	}
	freeifmaddrs(all);
	printf("%s ", found ? "member" : "stranger");
	return 0;
}

/* VARIABLE [VALUE]: an int, by name and by number */
static int variable(char **a)
{
	int mib[CTL_MAXNAME], value = -1, again = -1, new = a[1] ? atoi(a[1]) : 0;
	size_t len = sizeof(value), n = CTL_MAXNAME;

	if (sysctlbyname(a[0], &value, &len, a[1] ? &new : NULL, a[1] ? sizeof(new) : 0) != 0 ||
	    sysctlnametomib(a[0], mib, &n) != 0 || sysctl(mib, (unsigned)n, &again, &len, NULL, 0) != 0)
		return -1;
	printf("%d %d len %zu ", value, again, len);
	return 0;
}

/* VARIABLE [VALUE]: a string */
static int string(char **a)
{
	char value[64];
	size_t len = 0;

	if (sysctlbyname(a[0], NULL, &len, NULL, 0) != 0)
		return -1;
	printf("%zu ", len);
	len = 5;
	if (sysctlbyname(a[0], value, &len, NULL, 0) != -1 || errno != ENOMEM)
		return -1;
	len = sizeof(value);
	if (sysctlbyname(a[0], value, &len, a[1], a[1] ? strlen(a[1]) : 0) != 0)
		return -1;
	printf("%s ", value);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(char **args);
} calls[] = {
	{ "create", create }, { "create2", create2 }, { "destroy", destroy }, { "alias", alias },
	{ "in_alias", in_alias },
	{ "unalias", unalias }, { "alias6", alias6 }, { "unalias6", unalias6 }, { "lladdr", lladdr },
	{ "phyaddr", phyaddr }, { "hwaddr", hwaddr }, { "local_addr", local_addr }, { "rename", rename_to }, { "set_descr", set_descr },
	{ "get_descr", get_descr }, { "group", group }, { "media", media }, { "data", data }, { "flags", flags },
	{ "up", up }, { "mtu", mtu }, { "set_mtu", set_mtu }, { "addr", addr }, { "list", list }, { "groups", groups },
	{ "variable", variable }, { "string", string },
};

int main(int argc, char **argv)
{
	size_t i = 0;

	/* Any family will do: programs take PF_LOCAL, PF_INET and PF_INET6. */
	s = socket(PF_LOCAL, SOCK_DGRAM, 0);
	while (i < sizeof(calls) / sizeof(calls[0]) && (argc < 2 || strcmp(calls[i].name, argv[1]) != 0))
		i++;
	if (s == -1 || i == sizeof(calls) / sizeof(calls[0]))
		return 2;
	errno = 0;
	if (calls[i].run(argv + 2) == 0)
		printf("ok\n");
	else
		printf("%d\n", errno);
	return 0;
}
