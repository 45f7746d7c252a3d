/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of ifconfig(8), as FreeBSD's takes it, with NetBSD's and OpenBSD's words for the same things. */
#include <arpa/inet.h>
#include <linux/if.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "ctl/words.h"
#include "tapctl/ifconfig.h"

#define NO_LINK_FLAGS	"only interfaces of tapd have link0, and none has link1 or link2; nothing was done"
#define NO_GROUPS	"Linux has no named groups of interfaces; nothing was done"

#define ETHER_ROW(name)	{ name, 1, "ioctl (SIOCAIFADDR)", "ether", linux_set_lladdr }
#define DESCR_ROW(name, n) { name, n, "ioctl SIOCSIFDESCR (set descr)", NULL, linux_set_description }
#define ND6_ROWS(word, flag) \
	{ word, 0, "ioctl (SIOCSIFINFO_IN6)", NULL, linux_set_nd6, flag }, \
	{ "-" word, 0, "ioctl (SIOCSIFINFO_IN6)", NULL, linux_set_nd6, flag | IFC_OFF }

const struct ifc_word ifc_word_table[] = {
	{ "up", 0, NULL, "up", linux_set_flag, IFF_UP },
	{ "down", 0, NULL, "down", linux_clear_flag, IFF_UP },
	{ "promisc", 0, NULL, "promisc", linux_set_flag, IFF_PROMISC },
	{ "-promisc", 0, NULL, "-promisc", linux_clear_flag, IFF_PROMISC },
	{ "arp", 0, NULL, NULL, linux_clear_flag, IFF_NOARP },
	{ "-arp", 0, NULL, NULL, linux_set_flag, IFF_NOARP },
	{ "debug", 0, NULL, NULL, linux_set_flag, IFF_DEBUG },
	{ "-debug", 0, NULL, NULL, linux_clear_flag, IFF_DEBUG },
	{ "link0", 0, NULL, "link0", .note = NO_LINK_FLAGS },
	{ "-link0", 0, NULL, "-link0", .note = "" },
	{ "link1", 0, .note = NO_LINK_FLAGS },
	{ "-link1", 0, .note = "" },
	{ "link2", 0, .note = NO_LINK_FLAGS },
	{ "-link2", 0, .note = "" },
	ETHER_ROW("ether"),
	ETHER_ROW("lladdr"),
	ETHER_ROW("link"),
	{ "active", 0, .note = "" },		/* NetBSD's: of several link-level addresses, this; there is but one */
	{ "mtu", 1, "ioctl SIOCSIFMTU (set mtu)", "mtu", linux_set_mtu },
	{ "metric", 1, .note = "Linux's interfaces have no metric, its routes have; nothing was done" },
	{ "name", 1, "ioctl SIOCSIFNAME (set name)", "name", linux_set_name },
	DESCR_ROW("description", 1),
	DESCR_ROW("descr", 1),
	DESCR_ROW("-description", 0),
	DESCR_ROW("-descr", 0),
	{ "group", 1, .note = NO_GROUPS },
	{ "-group", 1, .note = NO_GROUPS },
	ND6_ROWS("ifdisabled", IFC_ND6_IFDISABLED),
	ND6_ROWS("accept_rtadv", IFC_ND6_ACCEPT_RTADV),
	ND6_ROWS("auto_linklocal", IFC_ND6_AUTO_LINKLOCAL),
	{ "media", 1, "SIOCSIFMEDIA (media)" },		/* IF-45 */
	{ "mediaopt", 1, "SIOCSIFMEDIA (mediaopt)" },
	{ "destroy", 0, "SIOCIFDESTROY", "destroy", linux_destroy },
	{ "unplumb", 0, "SIOCIFDESTROY", "destroy", linux_destroy },
	{ 0 },
};

/* What takes part in an address. */
enum part { PART_INET, PART_INET6, PART_ADD, PART_DELETE, PART_NETMASK, PART_PREFIXLEN, PART_BROADCAST };

static const struct {
	const char *name;
	enum part part;
	unsigned nargs;
} part_table[] = {
	{ "inet", PART_INET }, { "inet6", PART_INET6 },
	{ "alias", PART_ADD }, { "add", PART_ADD },
	{ "-alias", PART_DELETE }, { "delete", PART_DELETE }, { "remove", PART_DELETE },
	{ "netmask", PART_NETMASK, 1 }, { "prefixlen", PART_PREFIXLEN, 1 }, { "broadcast", PART_BROADCAST, 1 },
};

/* The families of `ifconfig tap0 inet`, which shows. */
static const struct {
	const char *name;
	int family;
} families[] = {
	{ "inet", AF_INET }, { "inet6", AF_INET6 },
	{ "ether", AF_PACKET }, { "link", AF_PACKET }, { "lladdr", AF_PACKET },
};

/* The words not taken yet are *argv up to NULL. */
struct parser {
	struct ifc_command *c;
	char **argv;
	int family;
	const char *addr, *dst, *netmask, *prefixlen, *broadcast;
};

/* False, with what is wrong. */
static __attribute__((format(printf, 2, 3))) bool wrong(struct ifc_command *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->why, sizeof(c->why), fmt, ap);
	va_end(ap);
	return false;
}

static bool bad_value(struct parser *p, const char *word)
{
	return wrong(p->c, "%.100s: bad value", word);
}

/* ------------------------------------------------------------------ the address */

/* Without the scope that it may have, as in fe80::1%tap0/64: it can only be the interface's. */
static bool parse_scoped(int family, const char *s, struct tap_ifaddr *a)
{
	const char *scope = strchrnul(s, '%'), *rest = strchrnul(scope, '/');
	char text[CTL_ADDRSTRLEN];

	return str_format(text, sizeof(text), "%.*s%s", (int)(scope - s), s, rest) && ctl_addr_parse(family, text, a);
}

static bool parse_prefix(struct parser *p, struct tap_ifaddr *a)
{
	long len;

	if (p->netmask != NULL && (a->family != AF_INET || !ctl_netmask_parse(p->netmask, &a->prefixlen)))
		return bad_value(p, p->netmask);
	if (p->prefixlen != NULL) {
		if (!str_to_long(p->prefixlen, 0, a->family == AF_INET ? 32 : 128, &len))
			return bad_value(p, p->prefixlen);
		a->prefixlen = (unsigned)len;
	}
	if (a->prefixlen == CTL_NOPREFIX && p->dst != NULL)
		a->prefixlen = a->family == AF_INET ? 32 : 128;
	else if (a->prefixlen == CTL_NOPREFIX)
		a->prefixlen = ctl_addr_default_prefix(a);
	return true;
}

static bool parse_others(struct parser *p, struct ifc_address *ad)
{
	struct tap_ifaddr dst;

	if (p->dst != NULL) {
		if (!parse_scoped(ad->a.family, p->dst, &dst) || dst.prefixlen != CTL_NOPREFIX)
			return bad_value(p, p->dst);
		memcpy(ad->dst, dst.addr, sizeof(ad->dst));
		ad->has_dst = true;
	}
	if (p->broadcast == NULL)
		return true;
	ad->has_broadcast = ad->a.family == AF_INET && inet_pton(AF_INET, p->broadcast, ad->broadcast) == 1;
	return ad->has_broadcast || bad_value(p, p->broadcast);
}

/* From all that the words said of it. */
static bool parse_address(struct parser *p)
{
	struct ifc_address *ad = &p->c->address;
	int family = p->family;

	if (family == AF_UNSPEC)
		family = p->addr != NULL && strchr(p->addr, ':') != NULL ? AF_INET6 : AF_INET;
	ad->wanted = p->addr != NULL || ad->how == IFC_DELETE;
	ad->any = p->addr == NULL;
	ad->a.family = family;
	if (!ad->wanted && (p->netmask != NULL || p->prefixlen != NULL || p->broadcast != NULL || ad->how == IFC_ADD))
		return wrong(p->c, "ioctl (SIOCAIFADDR): Destination address required");
	if (p->addr == NULL)
		return true;
	if (!parse_scoped(family, p->addr, &ad->a))
		return bad_value(p, p->addr);
	return parse_prefix(p, &ad->a) && parse_others(p, ad);
}

/* ------------------------------------------------------------------ words */

/* The word after this one. */
static bool take_argument(struct parser *p, const char *word, const char **arg)
{
	if (*p->argv == NULL)
		return wrong(p->c, "'%.64s' requires argument", word);
	*arg = *p->argv++;
	return true;
}

static bool take_op(struct parser *p, const struct ifc_word *w)
{
	struct ifc_op *op = &p->c->op[p->c->nops];
	uint8_t lladdr[6];

	if (p->c->nops == IFC_OPS_MAX)
		return wrong(p->c, "more than %d things to do in one command", IFC_OPS_MAX);
	p->c->nops++;
	op->word = w;
	if (w->nargs > 0 && !take_argument(p, w->name, &op->arg))
		return false;
	if (w->set == linux_set_lladdr && !ether_parse(op->arg, lladdr))
		return wrong(p->c, "malformed link-level address");
	return true;
}

static bool take_part(struct parser *p, const char *word, enum part part)
{
	switch (part) {
	case PART_INET:
	case PART_INET6:
		p->family = part == PART_INET ? AF_INET : AF_INET6;
		return true;
	case PART_ADD:
	case PART_DELETE:
		p->c->address.how = part == PART_ADD ? IFC_ADD : IFC_DELETE;
		return true;
	case PART_NETMASK:
		return take_argument(p, word, &p->netmask);
	case PART_PREFIXLEN:
		return take_argument(p, word, &p->prefixlen);
	case PART_BROADCAST:
		return take_argument(p, word, &p->broadcast);
	}
	return false;
}

/* What no other word is, is an address, then the other end's. */
static bool take_word(struct parser *p)
{
	const char *word = *p->argv++;

	for (const struct ifc_word *w = ifc_word_table; w->name != NULL; w++)
		if (strcmp(w->name, word) == 0)
			return take_op(p, w);
	for (size_t i = 0; i < NELEM(part_table); i++)
		if (strcmp(part_table[i].name, word) == 0)
			return take_part(p, word, part_table[i].part);
	if (p->dst != NULL)
		return bad_value(p, word);
	*(p->addr == NULL ? &p->addr : &p->dst) = word;
	return true;
}

/* The family that argv, alone, names; AF_UNSPEC: none. */
static int lone_family(char **argv)
{
	for (size_t i = 0; argv[0] != NULL && argv[1] == NULL && i < NELEM(families); i++)
		if (strcmp(argv[0], families[i].name) == 0)
			return families[i].family;
	return AF_UNSPEC;
}

/* An interface, and what is to be done with it. */
static bool parse_interface(struct ifc_command *c, char **argv)
{
	struct parser p = { .c = c, .argv = argv + 1 };

	c->name = argv[0];
	c->family = lone_family(p.argv);
	if (c->family != AF_UNSPEC)
		return true;
	if (*p.argv != NULL && (strcmp(*p.argv, "create") == 0 || strcmp(*p.argv, "plumb") == 0)) {
		c->create = true;
		p.argv++;
	}
	while (*p.argv != NULL)
		if (!take_word(&p))
			return false;
	return parse_address(&p);
}

/* ------------------------------------------------------------------ options */

/* What -f may say; what is FreeBSD's way without it changes nothing. */
static bool parse_format(struct ifc_command *c, char *text)
{
	const struct {
		const char *name;
		bool *on;
	} formats[] = {
		{ "inet:cidr", &c->format.inet_cidr }, { "inet:dotted", &c->format.inet_dotted }, { "inet:hex", NULL },
		{ "inet6:cidr", &c->format.inet6_cidr }, { "inet6:numeric", NULL }, { "addr:numeric", NULL },
		{ "addr:default", NULL }, { "ether:colon", NULL }, { "ether:default", NULL }, { "default", NULL },
	};
	char *save = NULL;

	for (char *word = strtok_r(text, ",", &save); word != NULL; word = strtok_r(NULL, ",", &save)) {
		size_t i = 0;

		while (i < NELEM(formats) && strcmp(formats[i].name, word) != 0)
			i++;
		if (i == NELEM(formats))
			return wrong(c, "invalid format: %.100s", word);
		if (formats[i].on != NULL)
			*formats[i].on = true;
	}
	return true;
}

/* True: *all is whether they are about all interfaces. */
static bool parse_options(struct ifc_command *c, int argc, char **argv, bool *all)
{
	int opt;

	optind = 0;
	opterr = 0;
	while ((opt = getopt(argc, argv, "+aCdf:g:klLmnuv")) != -1) {
		switch (opt) {
		case 'a':
			*all = true;
			break;
		case 'C':
			c->cloners = *all = true;
			break;
		case 'd':
			c->only_down = true;
			break;
		case 'f':
			if (!parse_format(c, optarg))
				return false;
			break;
		case 'g':
			c->group = optarg;
			break;
		case 'l':
			c->names = *all = true;
			break;
		case 'u':
			c->only_up = true;
			break;
		case '?':
			return false;
		default:	/* k, L, m, n, v: more than there is to show, or of no meaning here */
			break;
		}
	}
	if (c->group != NULL && !*all)
		c->names = *all = true;
	return true;
}

bool ifc_parse(struct ifc_command *c, int argc, char **argv)
{
	bool all = false;

	memset(c, 0, sizeof(*c));
	if (!parse_options(c, argc, argv, &all))
		return false;
	argv += optind;
	if (!all && *argv != NULL)
		return parse_interface(c, argv);
	c->family = lone_family(argv);
	return *argv == NULL || c->family != AF_UNSPEC;
}

bool ifc_is_show(const struct ifc_command *c)
{
	return !c->create && c->nops == 0 && !c->address.wanted;
}

/* ------------------------------------------------------------------ tapd's words */

size_t ifc_op_words(const char *name, const struct ifc_op *op, const char *words[3])
{
	words[0] = name;
	words[1] = op->word->tapctl;
	words[2] = op->arg;
	return words[1] == NULL ? 0 : op->arg == NULL ? 2 : 3;
}

/* The one that goes with the address, which tapd sets by itself. */
static bool is_usual_broadcast(const struct ifc_address *ad)
{
	uint32_t addr, broadcast;

	memcpy(&addr, ad->a.addr, sizeof(addr));
	memcpy(&broadcast, ad->broadcast, sizeof(broadcast));
	return ad->a.prefixlen <= 30 && broadcast == (addr | htonl(UINT32_MAX >> ad->a.prefixlen));
}

size_t ifc_address_words(const char *name, const struct ifc_address *ad, char text[64], const char *words[4])
{
	static const char *const how[] = { [IFC_SET] = NULL, [IFC_ADD] = "alias", [IFC_DELETE] = "-alias" };
	char addr[CTL_ADDRSTRLEN];

	if (ad->any || ad->has_dst || (ad->has_broadcast && !is_usual_broadcast(ad)))
		return 0;
	str_format(text, CTL_ADDRSTRLEN, "%s/%u", ctl_addr_format(&ad->a, addr), ad->a.prefixlen);
	words[0] = name;
	words[1] = ctl_family_name(ad->a.family);
	words[2] = text;
	words[3] = how[ad->how];
	return words[3] == NULL ? 3 : 4;
}
