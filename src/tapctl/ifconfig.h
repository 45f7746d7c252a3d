/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of the BSD ifconfig(8) that tapctl is under that name: ifconfig_words.c reads a command line, ifconfig.c
 * does it, ifconfig_linux.c knows the kernel's interfaces, ifconfig_show.c prints.
 *
 * An interface is JSON, as the UNIT of include/tapd/ctl.h.  Of those of Linux there are "name", "flags_value", "mtu",
 * "ether" and "status" (of Ethernet's), "addresses", and what tapd does not tell:
 *	"index"		of the interface, as IPv6 scopes have it
 *	"groups"	[name, ...]
 *	"description"	where it has one
 *	"nd6"		FreeBSD's flags of IPv6 on it, where it has IPv6
 * and in an address, where it has them, "destination", "broadcast" (IPv4), "in6_flags" (FreeBSD's numbers).
 */
#ifndef TAPD_TAPCTL_IFCONFIG_H
#define TAPD_TAPCTL_IFCONFIG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "backend/rtnl.h"

/* FreeBSD's numbers: of interfaces beside those of tap.h, of IPv6 on an interface, of an IPv6 address. */
#define IFC_IFF_ALLMULTI	0x0200
#define IFC_ND6_PERFORMNUD	0x01
#define IFC_ND6_ACCEPT_RTADV	0x02
#define IFC_ND6_IFDISABLED	0x08
#define IFC_ND6_AUTO_LINKLOCAL	0x20
#define IFC_IN6_TENTATIVE	0x02
#define IFC_IN6_DUPLICATED	0x04
#define IFC_IN6_DEPRECATED	0x10
#define IFC_IN6_AUTOCONF	0x40
#define IFC_IN6_TEMPORARY	0x80

/* ---- ifconfig_words.c */

struct ifc_op;

/* A word that does one thing, and what it is to tapd and to Linux. */
struct ifc_word {
	const char *name;
	unsigned nargs;			/* 0 or 1 */
	const char *what;		/* what failed, in FreeBSD's words; NULL: the name */
	const char *tapctl;		/* tapd's word, with the same argument; NULL: it has none */
	int (*set)(struct rtnl *r, int ifindex, const struct ifc_op *op);	/* 0 or -errno; NULL: Linux has none */
	unsigned value;			/* for set() */
	const char *note;		/* where neither has it: accepted, and this is said of it; "": nothing */
};
extern const struct ifc_word ifc_word_table[];		/* ends with name == NULL */

struct ifc_op {
	const struct ifc_word *word;
	const char *arg;		/* or NULL */
};

enum ifc_how { IFC_SET, IFC_ADD, IFC_DELETE };

/* The address of a command. */
struct ifc_address {
	bool wanted;			/* there is one to set, add or delete */
	enum ifc_how how;
	bool any;			/* delete the first, whatever it is */
	struct tap_ifaddr a;
	bool has_dst, has_broadcast;
	uint8_t dst[16], broadcast[4];
};

#define IFC_OPS_MAX 64

/* What -f says of addresses. */
struct ifc_format {
	bool inet_cidr, inet_dotted, inet6_cidr;
};

struct ifc_command {
	bool names, cloners;		/* -l, -C */
	bool only_up, only_down;
	const char *group;		/* -g, or NULL; alone it asks for names */
	struct ifc_format format;
	const char *name;		/* NULL: all */
	int family;			/* show AF_INET, AF_INET6 or AF_PACKET alone; AF_UNSPEC: all */
	bool create;
	struct ifc_op op[IFC_OPS_MAX];
	size_t nops;
	struct ifc_address address;
	char why[160];			/* what is wrong with the command, without "ifconfig: "; "": its form */
};

/* False: c->why says why not.  argv[0] is the program's name. */
bool ifc_parse(struct ifc_command *c, int argc, char **argv);
/* Nothing is to be done but to show. */
bool ifc_is_show(const struct ifc_command *c);
/* What tapd is asked for an operation: words for a request, at most 3.  0: it has no word for it. */
size_t ifc_op_words(const char *name, const struct ifc_op *op, const char *words[3]);
/* The same for an address, at most 4; text is room for one.  0: tapd cannot be told of this one. */
size_t ifc_address_words(const char *name, const struct ifc_address *ad, char text[64], const char *words[4]);

/* ---- ifconfig_linux.c: 0 or -errno */

/* All interfaces of our network namespace, or the one of that name, by index: *list is a new reference. */
int linux_interfaces(struct rtnl *r, const char *name, json_t **list);
/* The same address among these with whatever length, or any of its family.  False: there is none. */
bool linux_find_address(json_t *addresses, const struct ifc_address *ad, bool any, struct tap_ifaddr *found);
/* The address as a command wants it, on an interface that has these. */
int linux_address(struct rtnl *r, int ifindex, const struct ifc_address *ad, json_t *addresses);

int linux_set_flag(struct rtnl *r, int ifindex, const struct ifc_op *op);	/* the word's value: IFF_* of Linux */
int linux_clear_flag(struct rtnl *r, int ifindex, const struct ifc_op *op);
int linux_set_mtu(struct rtnl *r, int ifindex, const struct ifc_op *op);
int linux_set_lladdr(struct rtnl *r, int ifindex, const struct ifc_op *op);
int linux_set_name(struct rtnl *r, int ifindex, const struct ifc_op *op);
int linux_set_description(struct rtnl *r, int ifindex, const struct ifc_op *op);
int linux_set_nd6(struct rtnl *r, int ifindex, const struct ifc_op *op);	/* value: IFC_ND6_*, maybe | IFC_OFF */
int linux_destroy(struct rtnl *r, int ifindex, const struct ifc_op *op);

#define IFC_OFF			0x80000000

/* ---- ifconfig_show.c */

/*
 * Print an interface as the system that name begins with ("freebsd-14", "netbsd-10", "openbsd-7") does; FreeBSD for
 * any other.
 */
void ifc_print(FILE *out, const char *system, const struct ifc_command *c, json_t *interface);

/* ---- ifconfig.c */

/* The exit status, 0 or 1 as FreeBSD's. */
int ifconfig(const char *socket_path, int argc, char **argv);

#endif
