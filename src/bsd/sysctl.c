/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sysctl(3) for what a tap program asks: tapd's variables net.link.tap.*, an interface's link-level address as NetBSD
 * has it (net.link.tap.tapN, a string), and the interfaces of <net/if_mib.h>.  Everything else is ENOENT; so is tapd's,
 * when it does not run, as on a system without the driver.
 */
#include "bsd/sys/sysctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bsd/net/if.h"
#include "bsd/net/if_mib.h"
#include "bsd/tapbsd.h"

#define TAP_NODE	0x746170	/* mib[2] of net.link.tap; mib[3] is the place in tapd's list */
#define UNIT_NODE	0x10000		/* or, with the unit added, net.link.tap.tapN */
#define PREFIX		"net.link.tap."

/* What one call reads and writes. */
struct access {
	void *old;
	size_t *oldlen;
	const void *new;
	size_t newlen;
};

/* BSD's way with the old value: its size where there is no buffer, ENOMEM where that is too small. */
static int give(const struct access *a, const void *value, size_t size)
{
	if (a->oldlen == NULL)
		return 0;
	if (a->old != NULL) {
		memcpy(a->old, value, size < *a->oldlen ? size : *a->oldlen);
		if (*a->oldlen < size)
			return -ENOMEM;
	}
	*a->oldlen = size;
	return 0;
}

static int missing(int err)
{
	return err == -ENXIO ? -ENOENT : err;
}

/* ------------------------------------------------------------------ tapd's variables */

static int variable(const char *name, const struct access *a)
{
	char word[128], *reply;
	const char *words[] = { "sysctl", word };
	int err, value;

	if (a->new != NULL && a->newlen != sizeof(int))
		return -EINVAL;
	snprintf(word, sizeof(word), "%s", name);
	err = tapbsd_ctl(words, 2, &reply);
	if (err < 0)
		return missing(err);
	value = (int)tapbsd_json_number(tapbsd_json_member(tapbsd_json_first(tapbsd_json_member(reply, "sysctls")),
	    "value"));
	free(reply);
	err = give(a, &value, sizeof(value));
	if (err < 0 || a->new == NULL)
		return err;
	memcpy(&value, a->new, sizeof(value));
	snprintf(word, sizeof(word), "%s=%d", name, value);
	return missing(tapbsd_ctl(words, 2, NULL));
}

/* The name at a place in tapd's list, or (name given) the place of a name.  -ENOENT: none. */
static int in_list(int place, char name[128], int *found)
{
	const char *words[] = { "sysctl" };
	char *reply, text[128];
	int err = missing(tapbsd_ctl(words, 1, &reply)), n = 0;

	if (err < 0)
		return err;
	err = -ENOENT;
	for (const char *p = tapbsd_json_first(tapbsd_json_member(reply, "sysctls")); p != NULL && err < 0;
	    p = tapbsd_json_next(p), n++) {
		if (!tapbsd_json_string(tapbsd_json_member(p, "name"), text, sizeof(text)))
			continue;
		if (found != NULL ? strcmp(text, name) != 0 : n != place)
			continue;
		if (found != NULL)
			*found = n;
		else
			strcpy(name, text);
		err = 0;
	}
	free(reply);
	return err;
}

/* ------------------------------------------------------------------ NetBSD's net.link.tap.tapN */

/* The unit of "net.link.tap.tap7"; -1: another name. */
static int unit_of(const char *name)
{
	unsigned unit;
	int end = 0;

	if (sscanf(name, PREFIX "tap%5u%n", &unit, &end) != 1 || name[end] != '\0')
		return -1;
	return (int)unit;
}

static int lladdr(int unit, const struct access *a)
{
	char name[IFNAMSIZ], text[32], *reply;
	const char *words[] = { name, "ether", text }, *info;
	int err;

	snprintf(name, sizeof(name), "tap%d", unit);
	err = missing(tapbsd_ctl(words, 1, &reply));
	if (err < 0)
		return err;
	info = tapbsd_json_first(tapbsd_json_member(reply, "units"));
	if (!tapbsd_json_string(tapbsd_json_member(info, "ether"), text, sizeof(text)))
		err = -EINVAL;
	free(reply);
	if (err == 0)
		err = give(a, text, strlen(text) + 1);
	if (err < 0 || a->new == NULL)
		return err;
	if (a->newlen >= sizeof(text))
		return -EINVAL;
	memcpy(text, a->new, a->newlen);
	text[a->newlen] = '\0';
	return tapbsd_ctl(words, 3, NULL);
}

/* ------------------------------------------------------------------ the interfaces */

static int count_interfaces(const struct access *a)
{
	struct if_nameindex *list = if_nameindex();
	int highest = 0;

	if (list == NULL)
		return -errno;
	for (const struct if_nameindex *i = list; i->if_index != 0; i++)
		if ((int)i->if_index > highest)
			highest = (int)i->if_index;
	if_freenameindex(list);
	return give(a, &highest, sizeof(highest));
}

static int interface(int index, const struct access *a)
{
	struct ifmibdata d = { 0 };
	int err;

	if (if_indextoname((unsigned)index, d.ifmd_name) == NULL)
		return -ENOENT;
	err = tapbsd_link_data((unsigned)index, &d.ifmd_data);
	return err < 0 ? err : give(a, &d, sizeof(d));
}

/* ------------------------------------------------------------------ the calls */

static int by_mib(const int *mib, unsigned n, const struct access *a)
{
	char name[128];
	int err;

	if (n >= 5 && mib[0] == CTL_NET && mib[1] == AF_PACKET && mib[2] == NETLINK_GENERIC) {
		if (a->new != NULL)
			return -EPERM;
		if (n == 5 && mib[3] == IFMIB_SYSTEM && mib[4] == IFMIB_IFCOUNT)
			return count_interfaces(a);
		if (n == 6 && mib[3] == IFMIB_IFDATA && mib[5] == IFDATA_GENERAL)
			return interface(mib[4], a);
	}
	if (n != 4 || mib[0] != CTL_NET || mib[1] != AF_PACKET || mib[2] != TAP_NODE)
		return -ENOENT;
	if (mib[3] >= UNIT_NODE)
		return lladdr(mib[3] - UNIT_NODE, a);
	err = in_list(mib[3], name, NULL);
	return err < 0 ? err : variable(name, a);
}

static int result(int err)
{
	if (err == 0)
		return 0;
	errno = -err;
	return -1;
}

int sysctl(const int *name, unsigned int namelen, void *oldp, size_t *oldlenp, const void *newp, size_t newlen)
{
	struct access a = { oldp, oldlenp, newp, newlen };

	return result(by_mib(name, namelen, &a));
}

int sysctlbyname(const char *name, void *oldp, size_t *oldlenp, const void *newp, size_t newlen)
{
	struct access a = { oldp, oldlenp, newp, newlen };

	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return result(-ENOENT);
	return result(unit_of(name) >= 0 ? lladdr(unit_of(name), &a) : variable(name, &a));
}

int sysctlnametomib(const char *name, int *mib, size_t *size)
{
	int found[] = { CTL_NET, AF_PACKET, TAP_NODE, 0 };
	char copy[128];
	int err = 0;

	snprintf(copy, sizeof(copy), "%s", name);
	if (unit_of(name) >= 0)
		found[3] = UNIT_NODE + unit_of(name);
	else
		err = in_list(0, copy, &found[3]);
	if (err == 0 && *size < 4)
		err = -ENOMEM;
	if (err < 0)
		return result(err);
	memcpy(mib, found, sizeof(found));
	*size = 4;
	return 0;
}
