/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BSD's interface ioctls on a socket.  Those Linux has as well, by BSD's number, become Linux's; the others are put
 * together from Linux's, from netlink and, for what makes and removes taps, from tapd.  An interface that the program's
 * kernel has is the kernel's; tapd is asked about those it has alone.
 *
 * Errors are BSD's: no such interface is ENXIO, where Linux says ENODEV.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if_arp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bsd/net/if.h"
#include "bsd/net/if_media.h"
#include "bsd/tapbsd.h"

/* What lies where in every system's structures: a name, then 16 bytes of union. */
#define AT_UNION	IFNAMSIZ
#define AT_SECOND	(AT_UNION + 16)		/* sockaddrs of struct ifaliasreq */
#define AT_MASK		(AT_UNION + 32)
#define AT6_DST		(AT_UNION + 28)		/* of struct in6_aliasreq */
#define AT6_MASK	(AT_UNION + 56)
#define AT6_FLAGS	(AT_UNION + 84)

struct call {
	int fd;			/* a socket */
	uint32_t nr;		/* of group 'i' */
	uint8_t *arg;		/* the program's structure */
	size_t size;		/* its bytes, by the number */
	char ifname[IFNAMSIZ];
};

/* ------------------------------------------------------------------ parts */

/* The program's socket may be of any family; some requests the kernel takes on one of AF_INET only. */
static int kernel(const struct call *c, unsigned long request, struct ifreq *ifr)
{
	int err, s;

	memcpy(ifr->ifr_name, c->ifname, IFNAMSIZ);
	if (tapbsd_real_ioctl(c->fd, request, ifr) == 0)
		return 0;
	if (errno != ENOTTY)
		return -errno;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return -errno;
	err = tapbsd_real_ioctl(s, request, ifr) == 0 ? 0 : -errno;
	close(s);
	return err;
}

static bool absent(int err)
{
	return err == -ENODEV || err == -ENXIO;
}

/* May tapd do what the kernel did not?  It has interfaces of its own, and lets users do things to their own units. */
static bool ask_tapd(int err)
{
	return absent(err) || err == -EPERM;
}

/* Linux's request: of the kernel, then of tapd, whose "no" leaves the kernel's. */
static int request(const struct call *c, unsigned long number, struct ifreq *ifr)
{
	int err = kernel(c, number, ifr), tapd_err;

	if (!ask_tapd(err))
		return err;
	tapd_err = tapbsd_tapd_ifreq((uint32_t)number, ifr);
	return tapd_err == -ENXIO ? err : tapd_err;
}

static int index_of(const struct call *c, unsigned *ifindex)
{
	*ifindex = if_nametoindex(c->ifname);
	return *ifindex != 0 ? 0 : -ENXIO;
}

static int set_up(const struct call *c, bool up)
{
	struct ifreq ifr = { 0 };
	int err = request(c, SIOCGIFFLAGS, &ifr);

	if (err < 0 || !!(ifr.ifr_flags & IFF_UP) == up)
		return err;
	ifr.ifr_flags = (short)(up ? ifr.ifr_flags | IFF_UP : ifr.ifr_flags & ~IFF_UP);
	return request(c, SIOCSIFFLAGS, &ifr);
}

/* What the kernel takes of an interface that is down only (EBUSY otherwise). */
static int request_down(const struct call *c, unsigned long number, struct ifreq *ifr)
{
	struct call after = *c;
	int err = request(c, number, ifr);

	if (err != -EBUSY)
		return err;
	err = set_up(c, false);
	if (err < 0)
		return err;
	err = request(c, number, ifr);
	if (err == 0 && number == SIOCSIFNAME)
		memcpy(after.ifname, ifr->ifr_newname, IFNAMSIZ);
	set_up(&after, true);
	return err;
}

/* ------------------------------------------------------------------ what Linux has too */

/* BSD's number to Linux's.  The kernel copies its own struct ifreq, which is longer than FreeBSD's: by way of ours. */
static const struct {
	uint32_t nr;
	unsigned long request;
} same_table[] = {
	{ 12, SIOCSIFADDR }, { 14, SIOCSIFDSTADDR }, { 16, SIOCSIFFLAGS }, { 17, SIOCGIFFLAGS }, { 19, SIOCSIFBRDADDR },
	{ 22, SIOCSIFNETMASK }, { 23, SIOCGIFMETRIC }, { 24, SIOCSIFMETRIC }, { 32, SIOCGIFINDEX }, { 33, SIOCGIFADDR },
	{ 34, SIOCGIFDSTADDR }, { 35, SIOCGIFBRDADDR }, { 37, SIOCGIFNETMASK }, { 49, SIOCADDMULTI },
	{ 50, SIOCDELMULTI }, { 51, SIOCGIFMTU }, { 52, SIOCSIFMTU }, { 126, SIOCGIFMTU }, { 127, SIOCSIFMTU },
};

static int do_same(const struct call *c)
{
	struct ifreq ifr = { 0 };
	size_t size = c->size < sizeof(ifr) ? c->size : sizeof(ifr);
	size_t i = 0;
	int err;

	while (same_table[i].nr != c->nr)
		i++;
	memcpy(&ifr, c->arg, size);
	err = request(c, same_table[i].request, &ifr);
	if (err == 0)
		memcpy(c->arg + AT_UNION, (char *)&ifr + AT_UNION, size - AT_UNION);
	return err;
}

/* ------------------------------------------------------------------ taps come and go */

static int do_create(const struct call *c)
{
	const char *words[] = { c->ifname, "create" };
	char *reply, name[IFNAMSIZ];
	int err = if_nametoindex(c->ifname) != 0 ? -EEXIST : tapbsd_ctl(words, 2, &reply);

	if (err < 0)
		return err;
	if (tapbsd_json_string(tapbsd_json_member(reply, "created"), name, sizeof(name)))
		strcpy((char *)c->arg, name);
	else
		err = -EINVAL;
	free(reply);
	return err;
}

static int do_destroy(const struct call *c)
{
	const char *words[] = { c->ifname, "destroy" };
	int err = tapbsd_tapd_has(c->ifname);

	return err < 0 ? err : tapbsd_ctl(words, 2, NULL);
}

/* ------------------------------------------------------------------ addresses */

static unsigned prefix_of(const uint8_t *mask, size_t size)
{
	unsigned n = 0;

	while (n < size * 8 && mask[n / 8] & (0x80 >> n % 8))
		n++;
	return n;
}

/* The mask of an address's class, for a program that gives none. */
static unsigned class_prefix(uint8_t first)
{
	return first < 128 ? 8 : first < 192 ? 16 : 24;
}

/* The interface's address like want, with its length; of no address at all (family 0), its first IPv4 one.  -errno. */
static int find_addr(const char *ifname, struct tapbsd_ifaddr *want)
{
	size_t size = want->family == AF_INET6 ? 16 : 4, at = want->family == AF_INET6 ? 8 : 4;
	int family = want->family == AF_INET6 ? AF_INET6 : AF_INET;
	struct ifaddrs *list, *i;

	if (tapbsd_real_getifaddrs(&list) != 0)
		return -errno;
	for (i = list; i != NULL; i = i->ifa_next)
		if (i->ifa_addr != NULL && i->ifa_addr->sa_family == family && strcmp(i->ifa_name, ifname) == 0 &&
		    (want->family == 0 || memcmp((char *)i->ifa_addr + at, want->addr, size) == 0))
			break;
	if (i != NULL) {
		want->family = family;
		memcpy(want->addr, (char *)i->ifa_addr + at, size);
		want->prefixlen = i->ifa_netmask ? prefix_of((uint8_t *)i->ifa_netmask + at, size) : (unsigned)size * 8;
	}
	freeifaddrs(list);
	return i != NULL ? 0 : -EADDRNOTAVAIL;
}

/* The IPv4 address in i, whole.  False: it has another kind, or is another interface's. */
static bool read_inet(const char *ifname, const struct ifaddrs *i, struct tapbsd_ifaddr *a)
{
	if (i->ifa_addr == NULL || i->ifa_addr->sa_family != AF_INET || strcmp(i->ifa_name, ifname) != 0 ||
	    i->ifa_netmask == NULL)
		return false;
	memset(a, 0, sizeof(*a));
	a->family = AF_INET;
	memcpy(a->addr, (char *)i->ifa_addr + 4, 4);
	a->prefixlen = prefix_of((uint8_t *)i->ifa_netmask + 4, 4);
	a->point_to_point = i->ifa_flags & IFF_POINTOPOINT;
	a->has_broad = i->ifa_broadaddr != NULL;
	if (a->has_broad)
		memcpy(a->broad, (char *)i->ifa_broadaddr + 4, 4);
	return true;
}

/* With the address goes what Linux takes for its secondaries: BSD has no such thing, so they are put back. */
static int delete_inet(const struct call *c, unsigned ifindex, struct tapbsd_ifaddr *a)
{
	struct tapbsd_ifaddr other, there;
	struct ifaddrs *list;
	int err;

	if (tapbsd_real_getifaddrs(&list) != 0)
		return -errno;
	err = tapbsd_addr_delete(ifindex, a);
	for (const struct ifaddrs *i = list; err == 0 && i != NULL; i = i->ifa_next) {
		if (!read_inet(c->ifname, i, &other) || memcmp(other.addr, a->addr, 4) == 0)
			continue;
		there = other;
		if (find_addr(c->ifname, &there) < 0)
			tapbsd_addr_add(ifindex, &other);
	}
	freeifaddrs(list);
	return err;
}

static int delete_addr(const struct call *c, struct tapbsd_ifaddr *a)
{
	unsigned ifindex;
	int err = index_of(c, &ifindex), tapd_err;

	if (err == 0)
		err = find_addr(c->ifname, a);
	if (err == 0)
		err = a->family == AF_INET ? delete_inet(c, ifindex, a) : tapbsd_addr_delete(ifindex, a);
	if (!ask_tapd(err))
		return err;
	if (a->family == 0) {		/* the first one, of an interface only tapd has */
		struct ifreq ifr = { 0 };

		tapd_err = request(c, SIOCGIFADDR, &ifr);
		if (tapd_err < 0)
			return tapd_err;
		a->family = AF_INET;
		memcpy(a->addr, (char *)&ifr.ifr_addr + 4, 4);
	}
	tapd_err = tapbsd_tapd_addr(c->ifname, a->family, a->addr, a->prefixlen, false);
	return tapd_err == -ENXIO ? err : tapd_err;
}

/* Adds it, or changes the one that is there; the interface comes up with it (IF-23). */
static int add_addr(const struct call *c, const struct tapbsd_ifaddr *a)
{
	struct tapbsd_ifaddr old = *a;
	unsigned ifindex;
	int err = index_of(c, &ifindex), tapd_err;

	if (err == 0 && find_addr(c->ifname, &old) == 0 && old.prefixlen != a->prefixlen)
		delete_addr(c, &old);
	if (err == 0)
		err = tapbsd_addr_add(ifindex, a);
	if (err == 0)
		return set_up(c, true);
	if (!ask_tapd(err))
		return err;
	tapd_err = tapbsd_tapd_addr(c->ifname, a->family, a->addr, a->prefixlen, true);
	return tapd_err == -ENXIO ? err : tapd_err;
}

static int family_at(const struct call *c, size_t at)
{
	sa_family_t family;

	memcpy(&family, c->arg + at, sizeof(family));
	return family;
}

/* struct ifaliasreq and in_aliasreq: the addresses are 4 bytes into their sockaddrs. */
static int do_aifaddr(const struct call *c)
{
	struct tapbsd_ifaddr a = { .family = AF_INET };
	struct ifreq ifr = { 0 };
	uint32_t mask, addr;
	int err;

	if (family_at(c, AT_UNION) != AF_INET)
		return -EAFNOSUPPORT;
	err = request(c, SIOCGIFFLAGS, &ifr);
	if (err < 0)
		return err;
	memcpy(a.addr, c->arg + AT_UNION + 4, 4);
	memcpy(&addr, a.addr, 4);
	memcpy(&mask, c->arg + AT_MASK + 4, 4);
	a.prefixlen = mask != 0 ? prefix_of((uint8_t *)&mask, 4) : class_prefix(a.addr[0]);
	mask = htonl(a.prefixlen > 0 ? UINT32_MAX << (32 - a.prefixlen) : 0);
	a.point_to_point = ifr.ifr_flags & IFF_POINTOPOINT;
	memcpy(a.broad, c->arg + AT_SECOND + 4, 4);
	a.has_broad = family_at(c, AT_SECOND) == AF_INET;
	if (!a.has_broad && !a.point_to_point && a.prefixlen < 31) {
		addr |= ~mask;
		memcpy(a.broad, &addr, 4);
		a.has_broad = true;
	}
	return add_addr(c, &a);
}

static int do_difaddr(const struct call *c)
{
	struct tapbsd_ifaddr a = { .family = family_at(c, AT_UNION) };

	if (a.family != AF_INET && a.family != AF_UNSPEC)
		return -EAFNOSUPPORT;
	memcpy(a.addr, c->arg + AT_UNION + 4, 4);
	return delete_addr(c, &a);
}

/* struct in6_aliasreq: the lifetimes are behind two time_t, of which 32-bit programs have either kind. */
static int do_aifaddr_in6(const struct call *c)
{
	size_t life = AT6_FLAGS + 4 + (c->size >= 128 ? 16 : 8);
	struct tapbsd_ifaddr a = { .family = AF_INET6 };
	int flags;

	if (family_at(c, AT_UNION) != AF_INET6)
		return -EAFNOSUPPORT;
	memcpy(a.addr, c->arg + AT_UNION + 8, 16);
	a.prefixlen = prefix_of(c->arg + AT6_MASK + 8, 16);
	if (a.prefixlen == 0)
		a.prefixlen = 64;
	memcpy(&flags, c->arg + AT6_FLAGS, sizeof(flags));
	a.nodad = flags & 0x20;		/* IN6_IFF_NODAD */
	memcpy(&a.valid, c->arg + life, 4);
	memcpy(&a.preferred, c->arg + life + 4, 4);
	if (a.valid == 0)
		a.valid = a.preferred = UINT32_MAX;
	return add_addr(c, &a);
}

static int do_difaddr_in6(const struct call *c)
{
	struct tapbsd_ifaddr a = { .family = AF_INET6 };

	if (family_at(c, AT_UNION) != AF_INET6)
		return -EAFNOSUPPORT;
	memcpy(a.addr, c->arg + AT_UNION + 8, 16);
	return delete_addr(c, &a);
}

/* ------------------------------------------------------------------ link-level address, name, description */

static int set_lladdr(const struct call *c, const uint8_t *lladdr)
{
	struct ifreq ifr = { 0 };

	ifr.ifr_hwaddr.sa_family = ARPHRD_ETHER;
	memcpy(ifr.ifr_hwaddr.sa_data, lladdr, 6);
	return request_down(c, SIOCSIFHWADDR, &ifr);
}

static int do_siflladdr(const struct call *c)
{
	return set_lladdr(c, c->arg + AT_UNION + 2);
}

/* NetBSD's: a struct sockaddr_dl, or a struct sockaddr with the address as its data, as some programs have it. */
static int do_sifphyaddr(const struct call *c)
{
	const uint8_t *sa = c->arg + AT_UNION;

	if (family_at(c, AT_UNION) != AF_PACKET)
		return -EINVAL;
	return set_lladdr(c, sa[11] == 6 && sa[3] < IFNAMSIZ ? sa + 12 + sa[3] : sa + 2);
}

static int do_ghwaddr(const struct call *c)
{
	struct ifreq ifr = { 0 };
	sa_family_t family = AF_PACKET;
	int err = request(c, SIOCGIFHWADDR, &ifr);

	if (err < 0)
		return err;
	memset(c->arg + AT_UNION, 0, 16);
	memcpy(c->arg + AT_UNION, &family, sizeof(family));
	memcpy(c->arg + AT_UNION + 2, ifr.ifr_hwaddr.sa_data, 6);
	c->arg[AT_UNION + 15] = 6;	/* sa_len */
	return 0;
}

static void *pointer_at(const struct call *c, size_t at)
{
	void *p;

	memcpy(&p, c->arg + at, sizeof(p));
	return p;
}

/*
 * The kernel renames an interface that is up since 6.2.  Before, tapd can, knowing what to keep; what is not tapd's
 * goes down meanwhile.
 */
static int do_sifname(const struct call *c)
{
	const char *name = pointer_at(c, AT_UNION);
	const char *words[] = { c->ifname, "name", name };
	struct ifreq ifr = { 0 };
	int err;

	if (name == NULL)
		return -EFAULT;
	if (name[0] == '\0' || strnlen(name, IFNAMSIZ) == IFNAMSIZ)
		return -EINVAL;
	strcpy(ifr.ifr_newname, name);
	err = kernel(c, SIOCSIFNAME, &ifr);
	if (err != -EBUSY && !ask_tapd(err))
		return err;
	if (tapbsd_tapd_has(c->ifname) == 0 && tapbsd_ctl(words, 3, NULL) == 0)
		return 0;
	return err == -EBUSY ? request_down(c, SIOCSIFNAME, &ifr) : err;
}

static int set_descr(const struct call *c, const char *text, size_t len)
{
	char copy[256];
	unsigned ifindex;
	int err = index_of(c, &ifindex);

	if (err < 0)
		return err;
	len = text != NULL ? strnlen(text, len) : 0;
	if (len >= sizeof(copy))
		return -ENAMETOOLONG;
	memcpy(copy, text != NULL ? text : "", len);
	copy[len] = '\0';
	return tapbsd_alias_set(ifindex, copy);
}

static int get_descr(const struct call *c, char text[256])
{
	unsigned ifindex;
	int err = index_of(c, &ifindex);

	return err < 0 ? err : tapbsd_alias_get(ifindex, text);
}

/* FreeBSD's: a struct ifreq_buffer. */
static int do_sifdescr(const struct call *c)
{
	size_t len;

	memcpy(&len, c->arg + AT_UNION, sizeof(len));
	return set_descr(c, pointer_at(c, AT_UNION + sizeof(len)), len);
}

/* A buffer that is too small is not an error there: its pointer becomes NULL and its length what is needed. */
static int do_gifdescr(const struct call *c)
{
	char text[256];
	void *buffer = pointer_at(c, AT_UNION + sizeof(size_t));
	size_t room, len;
	int err = get_descr(c, text);

	if (err < 0)
		return err;
	if (text[0] == '\0')
		return -ENOMSG;
	len = strlen(text) + 1;
	memcpy(&room, c->arg + AT_UNION, sizeof(room));
	if (room < len)
		buffer = NULL;
	else
		memcpy(buffer, text, len);
	memcpy(c->arg + AT_UNION, &len, sizeof(len));
	memcpy(c->arg + AT_UNION + sizeof(len), &buffer, sizeof(buffer));
	return 0;
}

/* OpenBSD's and NetBSD's: strings of IFDESCRSIZE bytes. */
static int do_sifdescr_string(const struct call *c)
{
	return set_descr(c, pointer_at(c, AT_UNION), IFDESCRSIZE);
}

static int do_gifdescr_string(const struct call *c)
{
	char text[256], *to = pointer_at(c, AT_UNION);
	int err = get_descr(c, text);

	if (err == 0)
		snprintf(to, IFDESCRSIZE, "%.*s", IFDESCRSIZE - 1, text);
	return err;
}

/* ------------------------------------------------------------------ the rest */

/* Groups are for pf(4).  What FreeBSD refuses is refused; the rest has no effect anybody could see. */
static int do_group(const struct call *c)
{
	const char *group = (const char *)c->arg + offsetof(struct ifgroupreq, ifgr_group);
	size_t len = strnlen(group, IFNAMSIZ);
	struct ifreq ifr = { 0 };
	int err = request(c, SIOCGIFFLAGS, &ifr);

	if (err == 0 && (len == 0 || len == IFNAMSIZ || (group[len - 1] >= '0' && group[len - 1] <= '9')))
		err = -EINVAL;
	return err;
}

static int do_gifmedia(const struct call *c)
{
	struct ifmediareq m;
	struct ifreq ifr = { 0 };
	int err = request(c, SIOCGIFFLAGS, &ifr);

	if (err < 0)
		return err;
	memcpy(&m, c->arg, sizeof(m));
	if (m.ifm_ulist != NULL && m.ifm_count > 0)
		m.ifm_ulist[0] = IFM_ETHER;
	m.ifm_current = m.ifm_active = IFM_ETHER;
	m.ifm_mask = 0;
	m.ifm_status = IFM_AVALID | (ifr.ifr_flags & IFF_RUNNING ? IFM_ACTIVE : 0);
	m.ifm_count = 1;
	memcpy(c->arg, &m, sizeof(m));
	return 0;
}

static int link_data(const struct call *c, struct if_data *data)
{
	unsigned ifindex;
	int err = index_of(c, &ifindex);

	return err < 0 ? err : tapbsd_link_data(ifindex, data);
}

static int do_gifdata(const struct call *c)
{
	struct if_data data;
	int err = link_data(c, &data);

	if (err == 0)
		memcpy(c->arg + offsetof(struct ifdatareq, ifdr_data), &data, sizeof(data));
	return err;
}

static int do_gifdata_pointer(const struct call *c)
{
	return link_data(c, pointer_at(c, AT_UNION));
}

/* ------------------------------------------------------------------ the table */

/* By number, then by the size of the structure: some numbers have two. */
#define IFREQ	32, 144			/* struct ifreq: FreeBSD's to NetBSD's */
#define ALIAS	64, 68			/* struct ifaliasreq */

static const struct {
	uint32_t nr;
	size_t min, max;
	int (*run)(const struct call *c);
} table[] = {
	{ 25, IFREQ, do_difaddr },
	{ 25, 288, 288, do_difaddr_in6 },
	{ 26, ALIAS, do_aifaddr },		/* by NetBSD's number */
	{ 43, ALIAS, do_aifaddr },
	{ 27, 112, 136, do_aifaddr_in6 },
	{ 27, IFREQ, do_gifdata_pointer },
	{ 40, IFREQ, do_sifname },
	{ 41, IFREQ, do_sifdescr },
	{ 42, IFREQ, do_gifdescr },
	{ 56, sizeof(struct ifmediareq), sizeof(struct ifmediareq), do_gifmedia },
	{ 60, IFREQ, do_siflladdr },
	{ 62, IFREQ, do_ghwaddr },
	{ 70, ALIAS, do_sifphyaddr },
	{ 121, IFREQ, do_destroy },
	{ 122, IFREQ, do_create },
	{ 124, IFREQ, do_create },
	{ 128, IFREQ, do_sifdescr_string },
	{ 129, IFREQ, do_gifdescr_string },
	{ 133, sizeof(struct ifdatareq), sizeof(struct ifdatareq), do_gifdata },
	{ 135, 36, 40, do_group },
	{ 137, 36, 40, do_group },
};

static int (*find(uint32_t nr, size_t size))(const struct call *c)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].nr == nr && size >= table[i].min && size <= table[i].max)
			return table[i].run;
	for (size_t i = 0; i < sizeof(same_table) / sizeof(same_table[0]); i++)
		if (same_table[i].nr == nr && size >= 32 && size <= 144)
			return do_same;
	return NULL;
}

static bool is_socket(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode);
}

static bool run_bsd(struct call *c, int (*run)(const struct call *c), int *rc)
{
	int saved = errno;
	int err;

	memcpy(c->ifname, c->arg, IFNAMSIZ);
	c->ifname[IFNAMSIZ - 1] = '\0';
	err = run(c);
	errno = err == 0 ? saved : err == -ENODEV ? ENXIO : -err;
	*rc = err == 0 ? 0 : -1;
	return true;
}

/*
 * Linux's own number: the kernel's answer stands, unless it has no such interface and tapd has.  A local socket has no
 * SIOCGIFADDR there; BSD asks the interface itself then, which gives its link-level address.
 */
static bool run_linux(struct call *c, uint32_t number, int *rc)
{
	int err, saved = errno;

	*rc = tapbsd_real_ioctl(c->fd, number, c->arg);
	if (*rc != 0 && errno == ENOTTY && number == SIOCGIFADDR) {
		errno = saved;
		return run_bsd(c, do_ghwaddr, rc);
	}
	if (*rc == 0 || !ask_tapd(-errno))
		return true;
	err = errno;
	*rc = tapbsd_tapd_ifreq(number, (struct ifreq *)(void *)c->arg);
	if (*rc < 0) {
		errno = *rc == -ENXIO ? err : -*rc;
		*rc = -1;
	}
	return true;
}

bool tapbsd_ifioctl(int fd, uint32_t number, void *arg, int *rc)
{
	struct call c = { .fd = fd, .nr = number & 0xff, .arg = arg, .size = number >> 16 & 0x1fff };
	int (*run)(const struct call *) = (number >> 8 & 0xff) == 'i' ? find(c.nr, c.size) : NULL;
	int saved = errno;

	if (run == NULL && (number < SIOCGIFNAME || number > SIOCGIFHWADDR))
		return false;
	if (!is_socket(fd) || arg == NULL) {
		errno = saved;
		return false;
	}
	return run != NULL ? run_bsd(&c, run, rc) : run_linux(&c, number, rc);
}
