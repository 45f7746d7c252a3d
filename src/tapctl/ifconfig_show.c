/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces as ifconfig(8) of FreeBSD (IF-40 to IF-45), NetBSD 10 and OpenBSD prints them, to the column: programs cut
 * fields out of it.  What only tapd knows is not shown; tapctl shows that.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/util.h"
#include "ctl/words.h"
#include "tapctl/ifconfig.h"
#include "tapctl/tapctl.h"

#define IFF_LOWER_UP	0x1000000	/* FreeBSD's number */

struct show {
	FILE *out;
	const struct flavour *f;
	const struct ifc_command *c;
	json_t *o;
};

struct section {
	void (*print)(const struct show *s);
	int family;			/* also shown of this family alone; -1: always shown */
};

#define SECTIONS_MAX 12
struct flavour {
	const char *system;		/* what its dialects begin with; "": all others */
	char flags[4], metric[16];	/* the first line: before the number, before " mtu" */
	char ether[16];
	char quote[2];			/* around a description */
	bool cidr;			/* addresses as ADDRESS/LEN, with their flags behind */
	bool link_status;		/* the status is the link's, not the medium's */
	bool lower_up;			/* a carrier is among the flags */
	struct section section[SECTIONS_MAX];
};

struct bit {
	unsigned bit;
	const char *name;
};

static const struct bit if_bits[] = {
	{ TAP_IFF_UP, "UP" }, { TAP_IFF_BROADCAST, "BROADCAST" }, { TAP_IFF_DEBUG, "DEBUG" },
	{ TAP_IFF_LOOPBACK, "LOOPBACK" }, { TAP_IFF_POINTOPOINT, "POINTOPOINT" }, { TAP_IFF_RUNNING, "RUNNING" },
	{ TAP_IFF_NOARP, "NOARP" },
	{ TAP_IFF_PROMISC, "PROMISC" }, { IFC_IFF_ALLMULTI, "ALLMULTI" }, { TAP_IFF_SIMPLEX, "SIMPLEX" },
	{ TAP_IFF_LINK0, "LINK0" }, { TAP_IFF_LINK1, "LINK1" }, { TAP_IFF_LINK2, "LINK2" },
	{ TAP_IFF_MULTICAST, "MULTICAST" }, { IFF_LOWER_UP, "LOWER_UP" },
	{ 0 },
};

static const struct bit nd6_bits[] = {
	{ IFC_ND6_PERFORMNUD, "PERFORMNUD" }, { IFC_ND6_ACCEPT_RTADV, "ACCEPT_RTADV" },
	{ IFC_ND6_IFDISABLED, "IFDISABLED" }, { IFC_ND6_AUTO_LINKLOCAL, "AUTO_LINKLOCAL" },
	{ 0 },
};

static const struct bit in6_bits[] = {
	{ IFC_IN6_TENTATIVE, "TENTATIVE" }, { IFC_IN6_DUPLICATED, "DUPLICATED" }, { IFC_IN6_DEPRECATED, "DEPRECATED" },
	{ IFC_IN6_AUTOCONF, "AUTOCONF" }, { IFC_IN6_TEMPORARY, "TEMPORARY" },
	{ 0 },
};

/* The words of FreeBSD and OpenBSD behind an IPv6 address, in their order. */
static const struct bit in6_words[] = {
	{ IFC_IN6_TENTATIVE, "tentative" }, { IFC_IN6_DUPLICATED, "duplicated" }, { IFC_IN6_DEPRECATED, "deprecated" },
	{ IFC_IN6_AUTOCONF, "autoconf" }, { IFC_IN6_TEMPORARY, "temporary" },
	{ 0 },
};

/* Those that are set, a separator between them. */
static void print_bits(FILE *out, const struct bit *bits, unsigned value, const char *separator)
{
	const char *before = "";

	for (; bits->name != NULL; bits++)
		if (value & bits->bit) {
			fprintf(out, "%s%s", before, bits->name);
			before = separator;
		}
}

/* A line of a text, where the interface has that. */
static void print_text(const struct show *s, const char *before, const char *key)
{
	const char *text = str_of(s->o, key);

	if (text[0] != '\0')
		fprintf(s->out, "\t%s%s\n", before, text);
}

/* ------------------------------------------------------------------ sections */

/* A loopback has a carrier when it is up. */
static bool has_carrier(json_t *o)
{
	unsigned flags = (unsigned)int_of(o, "flags_value");

	return flags & TAP_IFF_LOOPBACK ? flags & TAP_IFF_UP : strcmp(str_of(o, "status"), "active") == 0;
}

/* tap0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500 */
static void print_flags(const struct show *s)
{
	unsigned flags = (unsigned)int_of(s->o, "flags_value");

	if (s->f->lower_up && has_carrier(s->o))
		flags |= IFF_LOWER_UP;
	fprintf(s->out, "%s: flags=%s%x<", str_of(s->o, "name"), s->f->flags, flags);
	print_bits(s->out, if_bits, flags, ",");
	fprintf(s->out, ">%s mtu %lld\n", s->f->metric, int_of(s->o, "mtu"));
}

static void print_description(const struct show *s)
{
	const char *text = str_of(s->o, "description");

	if (text[0] != '\0')
		fprintf(s->out, "\tdescription: %s%s%s\n", s->f->quote, text, s->f->quote);
}

/* IF-35 */
static void print_options(const struct show *s)
{
	if (json_is_true(json_object_get(s->o, "linkstate")))
		fprintf(s->out, "\toptions=80000<LINKSTATE>\n");
}

static void print_ether(const struct show *s)
{
	print_text(s, s->f->ether, "ether");
}

static void print_index(const struct show *s)
{
	if (int_of(s->o, "index") > 0)
		fprintf(s->out, "\tindex %lld priority 0 llprio 3\n", int_of(s->o, "index"));
}

static void print_groups(const struct show *s)
{
	json_t *groups = json_object_get(s->o, "groups"), *group;
	size_t i;

	if (json_array_size(groups) == 0)
		return;
	fprintf(s->out, "\tgroups:");
	json_array_foreach(groups, i, group)
		fprintf(s->out, " %s", json_string_value(group));
	fputc('\n', s->out);
}

static void print_media(const struct show *s)
{
	print_text(s, "media: ", "media");
}

/* IF-41: an interface whose device was never open has no carrier; FreeBSD knows of none without a medium. */
static void print_status(const struct show *s)
{
	const char *status = str_of(s->o, "status");

	if (status[0] != '\0' && (s->f->link_status || *str_of(s->o, "media") != '\0'))
		fprintf(s->out, "\tstatus: %s\n", has_carrier(s->o) ? "active" : "no carrier");
}

static void print_nd6(const struct show *s)
{
	unsigned flags = (unsigned)int_of(s->o, "nd6");

	if (flags == 0)
		return;
	fprintf(s->out, "\tnd6 options=%x<", flags);
	print_bits(s->out, nd6_bits, flags, ",");
	fprintf(s->out, ">\n");
}

/* IF-42 */
static void print_opened(const struct show *s)
{
	print_text(s, "", "opened_text");
}

/* ------------------------------------------------------------------ addresses */

/* What a BSD has without being told one. */
static void print_broadcast(const struct show *s, json_t *a, uint32_t addr, uint32_t mask)
{
	const char *said = str_of(a, "broadcast");
	struct in_addr in = { htonl(addr | ~mask) };

	if (!(int_of(s->o, "flags_value") & TAP_IFF_BROADCAST) || *str_of(a, "destination") != '\0')
		return;
	fprintf(s->out, " broadcast %s", said[0] != '\0' ? said : inet_ntoa(in));
}

static void print_netmask(const struct show *s, uint32_t mask)
{
	struct in_addr in = { htonl(mask) };

	if (s->c->format.inet_dotted)
		fprintf(s->out, " netmask %s", inet_ntoa(in));
	else
		fprintf(s->out, " netmask 0x%08x", mask);
}

static void print_inet(const struct show *s, json_t *a)
{
	bool cidr = s->f->cidr || s->c->format.inet_cidr;
	const char *dst = str_of(a, "destination");
	long long len = int_of(a, "prefixlen");
	uint32_t mask = len <= 0 || len > 32 ? 0 : 0xffffffffu << (32 - len);
	struct in_addr in;

	if (inet_pton(AF_INET, str_of(a, "address"), &in) != 1)
		return;
	fprintf(s->out, "\tinet %s", str_of(a, "address"));
	if (cidr)
		fprintf(s->out, "/%lld", len);
	if (dst[0] != '\0')
		fprintf(s->out, " %s %s", s->f->cidr ? "->" : "-->", dst);
	if (!cidr)
		print_netmask(s, mask);
	print_broadcast(s, a, ntohl(in.s_addr), mask);
	fputs(s->f->cidr ? " flags 0\n" : "\n", s->out);
}

static void print_in6_flags(const struct show *s, unsigned flags)
{
	if (!s->f->cidr) {
		fputs(flags != 0 ? " " : "", s->out);
		print_bits(s->out, in6_words, flags, " ");
		return;
	}
	fprintf(s->out, " flags %#x", flags);
	if (flags == 0)
		return;
	fputc('<', s->out);
	print_bits(s->out, in6_bits, flags, ",");
	fputc('>', s->out);
}

static void print_inet6(const struct show *s, json_t *a)
{
	bool cidr = s->f->cidr || s->c->format.inet6_cidr, scoped;
	const char *dst = str_of(a, "destination");
	struct in6_addr in6;

	if (inet_pton(AF_INET6, str_of(a, "address"), &in6) != 1)
		return;
	scoped = IN6_IS_ADDR_LINKLOCAL(&in6);
	fprintf(s->out, "\tinet6 %s%s%s", str_of(a, "address"), scoped ? "%" : "", scoped ? str_of(s->o, "name") : "");
	if (cidr)
		fprintf(s->out, "/%lld", int_of(a, "prefixlen"));
	if (dst[0] != '\0')
		fprintf(s->out, " %s %s", s->f->cidr ? "->" : "-->", dst);
	if (!cidr)
		fprintf(s->out, " prefixlen %lld", int_of(a, "prefixlen"));
	print_in6_flags(s, (unsigned)int_of(a, "in6_flags"));
	if (scoped)
		fprintf(s->out, " scopeid %#llx", int_of(s->o, "index"));
	fputc('\n', s->out);
}

static void print_addresses(const struct show *s)
{
	json_t *a;
	size_t i;

	json_array_foreach(json_object_get(s->o, "addresses"), i, a) {
		bool inet = strcmp(str_of(a, "family"), "inet") == 0;

		if (s->c->family == AF_UNSPEC || s->c->family == (inet ? AF_INET : AF_INET6))
			(inet ? print_inet : print_inet6)(s, a);
	}
}

/* ------------------------------------------------------------------ systems */

#define ALWAYS (-1)
#define ADDRESSES { print_addresses, ALWAYS }	/* which looks at their family itself */

#define FREEBSD_SECTIONS { \
		{ print_flags, ALWAYS }, { print_description, ALWAYS }, { print_options, ALWAYS }, \
		{ print_ether, AF_PACKET }, ADDRESSES, { print_groups, 0 }, { print_media, 0 }, { print_status, 0 }, \
		{ print_nd6, AF_INET6 }, { print_opened, ALWAYS } }

/* The first that fits; the last fits all. */
static const struct flavour flavours[] = {
	{ "freebsd-14", .metric = " metric 0", .ether = "ether ", .lower_up = true, .section = FREEBSD_SECTIONS },
	{ "freebsd-16", .metric = " metric 0", .ether = "ether ", .lower_up = true, .section = FREEBSD_SECTIONS },
	{ "netbsd", .flags = "0x", .ether = "address: ", .quote = "\"", .cidr = true, .link_status = true, .section = {
		{ print_flags, ALWAYS }, { print_description, ALWAYS }, { print_ether, AF_PACKET },
		{ print_media, AF_PACKET }, { print_status, AF_PACKET }, ADDRESSES } },
	{ "openbsd", .ether = "lladdr ", .link_status = true, .section = {
		{ print_flags, ALWAYS }, { print_description, ALWAYS }, { print_ether, AF_PACKET },
		{ print_index, ALWAYS }, { print_groups, ALWAYS }, { print_media, ALWAYS }, { print_status, ALWAYS },
		ADDRESSES } },
	{ "", .metric = " metric 0", .ether = "ether ", .section = FREEBSD_SECTIONS },
};

static const struct flavour *find_flavour(const char *system)
{
	const struct flavour *f = flavours;

	while (strncmp(system, f->system, strlen(f->system)) != 0)
		f++;
	return f;
}

void ifc_print(FILE *out, const char *system, const struct ifc_command *c, json_t *interface)
{
	const struct show s = { .out = out, .f = find_flavour(system), .c = c, .o = interface };

	for (const struct section *x = s.f->section; x->print != NULL; x++)
		if (c->family == AF_UNSPEC || x->family == ALWAYS || x->family == c->family)
			x->print(&s);
}
