/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's own interfaces, as a BSD would have them: what is known of them, in BSD's numbers, and the words of
 * ifconfig(8) done to them.  tapd is not asked here, nor missed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "ctl/words.h"
#include "tapctl/ifconfig.h"
#include "tapctl/tapctl.h"

#define DUMP_TRIES	8	/* a dump that changed under way is asked for again */
#define NAME_SIZE	16

static const struct {
	unsigned linux_flag, bsd_flag;
} flag_table[] = {
	{ IFF_UP, TAP_IFF_UP | TAP_IFF_RUNNING }, { IFF_BROADCAST, TAP_IFF_BROADCAST }, { IFF_DEBUG, TAP_IFF_DEBUG },
	{ IFF_LOOPBACK, TAP_IFF_LOOPBACK }, { IFF_POINTOPOINT, TAP_IFF_POINTOPOINT },
	{ IFF_NOARP, TAP_IFF_NOARP }, { IFF_PROMISC, TAP_IFF_PROMISC }, { IFF_ALLMULTI, IFC_IFF_ALLMULTI },
	{ IFF_MULTICAST, TAP_IFF_MULTICAST },
};

/* FreeBSD's flags of IPv6 on an interface: the file of /proc/sys/net/ipv6/conf/IF that has each, and its words. */
static const struct nd6 {
	unsigned flag;
	const char *file, *on, *off;
} nd6_table[] = {
	{ IFC_ND6_ACCEPT_RTADV, "accept_ra", "1", "0" },
	{ IFC_ND6_IFDISABLED, "disable_ipv6", "1", "0" },
	{ IFC_ND6_AUTO_LINKLOCAL, "addr_gen_mode", "0", "1" },
};

static const struct {
	unsigned linux_flag, bsd_flag;
} in6_flag_table[] = {
	{ IFA_F_TENTATIVE, IFC_IN6_TENTATIVE }, { IFA_F_DADFAILED, IFC_IN6_DUPLICATED },
	{ IFA_F_DEPRECATED, IFC_IN6_DEPRECATED }, { IFA_F_TEMPORARY, IFC_IN6_TEMPORARY },
};

/* ------------------------------------------------------------------ IPv6 on an interface */

/* The file of one flag: a descriptor, or -1. */
static int nd6_open(const char *name, const char *file, int how)
{
	char path[128];

	if (!str_format(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/%s", name, file))
		return -1;
	return open(path, how | O_CLOEXEC);
}

/* Adds the flag if it is on.  False: there is no IPv6. */
static bool nd6_read(const char *name, const struct nd6 *f, unsigned *flags)
{
	char text[16] = "";
	int fd = nd6_open(name, f->file, O_RDONLY);
	bool ok = fd >= 0 && read(fd, text, sizeof(text) - 1) > 0;

	if (fd >= 0)
		close(fd);
	text[strcspn(text, "\n")] = '\0';
	if (ok && strcmp(text, f->on) == 0)
		*flags |= f->flag;
	return ok;
}

static void nd6_show(json_t *interface)
{
	unsigned flags = IFC_ND6_PERFORMNUD;

	for (size_t i = 0; i < NELEM(nd6_table); i++)
		if (!nd6_read(str_of(interface, "name"), &nd6_table[i], &flags))
			return;
	json_object_set_new(interface, "nd6", json_integer(flags));
}

/* ------------------------------------------------------------------ what there is */

/*
 * RUNNING is that of a BSD: the driver is ready, which it is when up, while Linux's says that there is a carrier, which
 * "status" tells.  What can broadcast is SIMPLEX.
 */
static unsigned flags_of(const struct ifinfomsg *ifi)
{
	unsigned flags = ifi->ifi_flags & IFF_BROADCAST ? TAP_IFF_SIMPLEX : 0;

	for (size_t i = 0; i < NELEM(flag_table); i++)
		if (ifi->ifi_flags & flag_table[i].linux_flag)
			flags |= flag_table[i].bsd_flag;
	return flags;
}

/* The text of an attribute, which the kernel may not have ended; a new reference. */
static json_t *attr_text(const struct nlattr *a)
{
	const char *s = mnl_attr_get_payload(a);

	return json_stringn_nocheck(s, strnlen(s, mnl_attr_get_payload_len(a)));
}

/* Its driver, as FreeBSD has each interface in the group of its driver. */
static void set_group(json_t *o, const struct nlattr *info)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, info)
		if (mnl_attr_get_type(a) == IFLA_INFO_KIND)
			json_array_append_new(json_object_get(o, "groups"), attr_text(a));
}

static void set_ether(json_t *o, const struct ifinfomsg *ifi, const struct nlattr *a)
{
	char text[ETHER_STRLEN];

	if (ifi->ifi_type != ARPHRD_ETHER || mnl_attr_get_payload_len(a) != TAP_ADDRLEN)
		return;
	json_object_set_new(o, "ether", json_string(ether_format(mnl_attr_get_payload(a), text)));
	json_object_set_new(o, "media", json_string("Ethernet autoselect"));
	json_object_set_new(o, "status", json_string(ifi->ifi_flags & IFF_LOWER_UP ? "active" : "no carrier"));
}

static void set_attr(json_t *o, const struct ifinfomsg *ifi, const struct nlattr *a)
{
	switch (mnl_attr_get_type(a)) {
	case IFLA_IFNAME:
		json_object_set_new(o, "name", attr_text(a));
		break;
	case IFLA_IFALIAS:
		json_object_set_new(o, "description", attr_text(a));
		break;
	case IFLA_MTU:
		json_object_set_new(o, "mtu", json_integer(mnl_attr_get_u32(a)));
		break;
	case IFLA_PROMISCUITY:
		if (mnl_attr_get_u32(a) > 0)
			json_object_set_new(o, "flags_value", json_integer(int_of(o, "flags_value") | TAP_IFF_PROMISC));
		break;
	case IFLA_ADDRESS:
		set_ether(o, ifi, a);
		break;
	case IFLA_LINKINFO:
		set_group(o, a);
		break;
	}
}

struct dump {
	json_t *list;
	const char *name;		/* of the one that is wanted; NULL: all */
};

static int link_cb(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct dump *dump = arg;
	const struct nlattr *a;
	json_t *o;

	if (nlh->nlmsg_type != RTM_NEWLINK || mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return MNL_CB_OK;
	o = json_pack("{s:i, s:i, s:[], s:[]}", "index", ifi->ifi_index, "flags_value", (int)flags_of(ifi), "groups",
	    "addresses");
	if (ifi->ifi_flags & IFF_LOOPBACK)
		json_array_append_new(json_object_get(o, "groups"), json_string("lo"));
	mnl_attr_for_each(a, nlh, sizeof(*ifi))
		set_attr(o, ifi, a);
	if (dump->name != NULL && strcmp(dump->name, str_of(o, "name")) != 0) {
		json_decref(o);
		return MNL_CB_OK;
	}
	nd6_show(o);
	return json_array_append_new(dump->list, o) == 0 ? MNL_CB_OK : MNL_CB_ERROR;
}

/* ------------------------------------------------------------------ its addresses */

static json_t *find_index(json_t *list, int ifindex)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
		if (int_of(o, "index") == ifindex)
			return o;
	return NULL;
}

static unsigned in6_flags(unsigned flags)
{
	unsigned in6 = flags & IFA_F_PERMANENT ? 0 : IFC_IN6_AUTOCONF;

	for (size_t i = 0; i < NELEM(in6_flag_table); i++)
		if (flags & in6_flag_table[i].linux_flag)
			in6 |= in6_flag_table[i].bsd_flag;
	return in6;
}

static size_t addr_len(int family)
{
	return family == AF_INET ? 4 : 16;
}

static void set_addr_text(json_t *o, const char *key, int family, const struct nlattr *a)
{
	char text[INET6_ADDRSTRLEN];

	if (a != NULL && inet_ntop(family, mnl_attr_get_payload(a), text, sizeof(text)) != NULL)
		json_object_set_new(o, key, json_string(text));
}

/* IFA_LOCAL is the interface's; IFA_ADDRESS that of the other end, or the same, or the only one. */
static json_t *addr_json(const struct ifaddrmsg *ifa, const struct nlattr *const *attr)
{
	int family = ifa->ifa_family;
	const struct nlattr *local = attr[IFA_LOCAL], *other = attr[IFA_ADDRESS];
	unsigned flags = attr[IFA_FLAGS] != NULL ? mnl_attr_get_u32(attr[IFA_FLAGS]) : ifa->ifa_flags;
	json_t *o = json_pack("{s:s, s:i}", "family", ctl_family_name(family), "prefixlen", (int)ifa->ifa_prefixlen);

	set_addr_text(o, "address", family, local != NULL ? local : other);
	if (local != NULL && other != NULL &&
	    memcmp(mnl_attr_get_payload(local), mnl_attr_get_payload(other), addr_len(family)) != 0)
		set_addr_text(o, "destination", family, other);
	if (family == AF_INET)
		set_addr_text(o, "broadcast", family, attr[IFA_BROADCAST]);
	else
		json_object_set_new(o, "in6_flags", json_integer(in6_flags(flags)));
	return o;
}

static int addr_cb(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr[IFA_MAX + 1] = { NULL }, *a;
	const struct dump *dump = arg;
	json_t *o;

	if (nlh->nlmsg_type != RTM_NEWADDR || mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa) ||
	    (ifa->ifa_family != AF_INET && ifa->ifa_family != AF_INET6))
		return MNL_CB_OK;
	o = find_index(dump->list, (int)ifa->ifa_index);
	mnl_attr_for_each(a, nlh, sizeof(*ifa))
		if (mnl_attr_get_type(a) <= IFA_MAX && mnl_attr_get_payload_len(a) >= sizeof(uint32_t))
			attr[mnl_attr_get_type(a)] = a;
	if (o != NULL)
		json_array_append_new(json_object_get(o, "addresses"), addr_json(ifa, attr));
	return MNL_CB_OK;
}

/* ------------------------------------------------------------------ both */

static int dump(struct rtnl *r, uint16_t type, size_t size, mnl_cb_t cb, struct dump *d)
{
	return rtnl_talk(r, rtnl_request(r, type, NLM_F_DUMP, size), cb, d);
}

int linux_interfaces(struct rtnl *r, const char *name, json_t **list)
{
	struct dump d = { .name = name };
	int err, tries = DUMP_TRIES;

	do {
		json_decref(d.list);
		d.list = json_array();
		err = dump(r, RTM_GETLINK, sizeof(struct ifinfomsg), link_cb, &d);
		if (err == 0 && json_array_size(d.list) > 0)
			err = dump(r, RTM_GETADDR, sizeof(struct ifaddrmsg), addr_cb, &d);
	} while (err == -EINTR && --tries > 0);
	*list = d.list;
	return err;
}

/* ------------------------------------------------------------------ setting */

int linux_set_flag(struct rtnl *r, int ifindex, const struct ifc_op *op)
{
	return rtnl_set_flags(r, ifindex, op->word->value, op->word->value);
}

int linux_clear_flag(struct rtnl *r, int ifindex, const struct ifc_op *op)
{
	return rtnl_set_flags(r, ifindex, 0, op->word->value);
}

int linux_set_mtu(struct rtnl *r, int ifindex, const struct ifc_op *op)
{
	long mtu;

	return str_to_long(op->arg, 0, INT32_MAX, &mtu) ? rtnl_set_mtu(r, ifindex, (unsigned)mtu) : -EINVAL;
}

int linux_set_lladdr(struct rtnl *r, int ifindex, const struct ifc_op *op)
{
	uint8_t lladdr[TAP_ADDRLEN];

	return ether_parse(op->arg, lladdr) ? rtnl_set_lladdr(r, ifindex, lladdr) : -EINVAL;
}

/* A BSD renames interfaces that are up, Linux before 6.2 does not. */
int linux_set_name(struct rtnl *r, int ifindex, const struct ifc_op *op)
{
	int err = rtnl_set_name(r, ifindex, op->arg);

	if (err != -EBUSY || rtnl_set_flags(r, ifindex, 0, IFF_UP) != 0)
		return err;
	err = rtnl_set_name(r, ifindex, op->arg);
	rtnl_set_flags(r, ifindex, IFF_UP, IFF_UP);
	return err;
}

static struct nlmsghdr *link_request(struct rtnl *r, uint16_t type, int ifindex)
{
	struct nlmsghdr *nlh = rtnl_request(r, type, NLM_F_ACK, sizeof(struct ifinfomsg));
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_index = ifindex;
	return nlh;
}

int linux_set_description(struct rtnl *r, int ifindex, const struct ifc_op *op)
{
	struct nlmsghdr *nlh = link_request(r, RTM_NEWLINK, ifindex);
	const char *text = op->arg != NULL ? op->arg : "";

	if (strlen(text) >= IFALIASZ)
		return -EINVAL;
	mnl_attr_put(nlh, IFLA_IFALIAS, strlen(text), text);
	return rtnl_talk(r, nlh, NULL, NULL);
}

/* What has no driver that could make it again cannot be destroyed, which a BSD calls EINVAL. */
int linux_destroy(struct rtnl *r, int ifindex, const struct ifc_op *op)
{
	int err = rtnl_talk(r, link_request(r, RTM_DELLINK, ifindex), NULL, NULL);

	return err == -EOPNOTSUPP ? -EINVAL : err;
}

int linux_set_nd6(struct rtnl *r, int ifindex, const struct ifc_op *op)
{
	unsigned flag = op->word->value & ~IFC_OFF;
	const struct nd6 *f = nd6_table;
	char name[NAME_SIZE];
	const char *value;
	struct rtnl_link l;
	int fd, err = rtnl_get_link(r, ifindex, &l);

	while (f->flag != flag)
		f++;
	value = op->word->value & IFC_OFF ? f->off : f->on;
	if (err != 0 || !str_copy(name, sizeof(name), l.st.name))
		return err != 0 ? err : -EINVAL;
	fd = nd6_open(name, f->file, O_WRONLY);
	if (fd < 0)
		return -errno;
	err = write(fd, value, strlen(value)) < 0 ? -errno : 0;
	close(fd);
	return err;
}

/* ------------------------------------------------------------------ setting addresses */

/* A request about an address; the other end's and broadcast may be NULL. */
static struct nlmsghdr *addr_request(struct rtnl *r, uint16_t type, uint16_t flags, int ifindex,
    const struct tap_ifaddr *a, const uint8_t *dst, const uint8_t *broadcast)
{
	struct nlmsghdr *nlh = rtnl_request(r, type, NLM_F_ACK | flags, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	size_t len = addr_len(a->family);

	ifa->ifa_family = a->family;
	ifa->ifa_index = ifindex;
	ifa->ifa_prefixlen = a->prefixlen;
	mnl_attr_put(nlh, IFA_LOCAL, len, a->addr);
	if (dst != NULL)
		mnl_attr_put(nlh, IFA_ADDRESS, len, dst);
	if (broadcast != NULL)
		mnl_attr_put(nlh, IFA_BROADCAST, len, broadcast);
	return nlh;
}

static int add_address(struct rtnl *r, int ifindex, const struct ifc_address *ad)
{
	if (!ad->has_dst && !ad->has_broadcast)
		return rtnl_add_addr(r, ifindex, &ad->a);
	return rtnl_talk(r, addr_request(r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex, &ad->a,
	    ad->has_dst ? ad->dst : ad->a.addr, ad->has_broadcast ? ad->broadcast : NULL), NULL, NULL);
}

static bool addr_of(json_t *o, struct tap_ifaddr *a)
{
	int family = strcmp(str_of(o, "family"), "inet") == 0 ? AF_INET : AF_INET6;

	if (!ctl_addr_parse(family, str_of(o, "address"), a))
		return false;
	a->prefixlen = (unsigned)int_of(o, "prefixlen");
	return true;
}

bool linux_find_address(json_t *addresses, const struct ifc_address *ad, bool any, struct tap_ifaddr *found)
{
	struct tap_ifaddr a;
	json_t *o;
	size_t i;

	json_array_foreach(addresses, i, o)
		if (addr_of(o, &a) && a.family == ad->a.family && (any || ctl_addr_same(&a, &ad->a))) {
			*found = a;
			return true;
		}
	return false;
}

/* The address that a command takes away: -EADDRNOTAVAIL if there is none. */
static int remove_address(struct rtnl *r, int ifindex, const struct ifc_address *ad, json_t *addresses)
{
	bool replace = ad->how == IFC_SET && ad->a.family == AF_INET;
	struct tap_ifaddr old;

	if (!linux_find_address(addresses, ad, false, &old) &&
	    !(replace && linux_find_address(addresses, ad, true, &old)))
		return -EADDRNOTAVAIL;
	return rtnl_talk(r, addr_request(r, RTM_DELADDR, 0, ifindex, &old, NULL, NULL), NULL, NULL);
}

/*
 * As FreeBSD: without "alias" an IPv4 address takes the place of the first, one that is there gets the new length, and
 * the interface comes up with it (IF-23).
 */
int linux_address(struct rtnl *r, int ifindex, const struct ifc_address *ad, json_t *addresses)
{
	bool plain = !ad->has_dst && !ad->has_broadcast;
	struct tap_ifaddr old;
	int err;

	if (ad->how == IFC_DELETE)
		return remove_address(r, ifindex, ad, addresses);
	if (plain && linux_find_address(addresses, ad, false, &old) && old.prefixlen == ad->a.prefixlen)
		return rtnl_set_flags(r, ifindex, IFF_UP, IFF_UP);
	err = remove_address(r, ifindex, ad, addresses);
	if (err == 0 || err == -EADDRNOTAVAIL)
		err = add_address(r, ifindex, ad);
	return err == 0 ? rtnl_set_flags(r, ifindex, IFF_UP, IFF_UP) : err;
}
