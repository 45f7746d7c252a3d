/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file of tapd, tapd.conf(5): read and checked whole by conf_load(), which touches nothing, then
 * applied to a running driver by conf_apply_units().  Options of the daemon itself are only kept here; main uses them.
 */
#ifndef TAPD_CTL_CONF_H
#define TAPD_CTL_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "backend/backend.h"
#include "tap/dialect.h"
#include "tap/tap.h"

#define CONF_SIZE_MAX	(1u << 20)	/* bytes of a configuration file */

/* unit "tap0" { ... }, or "tap" for the clone device.  What has_* says no to is left as the driver makes it. */
struct conf_unit {
	char name[TAP_IFNAMSIZ];
	int line;				/* where it begins */
	enum tap_family family;
	int unit;
	bool has_uid, has_gid, has_mode, has_lladdr, has_up;
	uid_t uid;
	gid_t gid;
	mode_t mode;
	uint8_t lladdr[TAP_ADDRLEN];
	unsigned mtu;				/* bytes; 0: not given */
	bool up, link0;
	const struct tap_dialect *dialect;	/* NULL: the daemon's */
	char *attach;				/* NULL: the daemon's */
	struct tap_ifaddr *addrs;		/* inet, then inet6, each in the file's order */
	size_t naddrs;
};

/* switch "lan" { ... } */
struct conf_switch {
	char name[TAP_IFNAMSIZ];
	int line;				/* where it begins */
	char *uplink;				/* NULL: none */
};

#define CONF_PUBLISH_MAX	512		/* nodes */

struct conf {
	char *transport;			/* "auto", "cuse" or "fuse" */
	char *prefix, *run_dir, *dev_dir;
	char *socket;				/* NULL: tapd.sock in run_dir */
	char *attach;				/* what units are plugged into, or "auto" */
	unsigned spin_us;
	unsigned publish;			/* nodes tap0, tap1, ... published ahead of their units */
	const struct tap_dialect *dialect;
	bool has_sysctl[TAP_SYSCTL_COUNT];
	int sysctl[TAP_SYSCTL_COUNT];
	struct conf_unit *units;		/* in the file's order */
	size_t nunits;
	struct conf_switch *switches;		/* likewise */
	size_t nswitches;
};

/*
 * Fill *c from the file, or with the defaults when path is NULL.  0, or -errno: why (size bytes) says file, line and
 * what was expected there; conf_free() is then not needed, but harmless.
 */
int conf_load(struct conf *c, const char *path, char *why, size_t size);
/* The same from memory: text ends with a NUL, name stands in messages. */
int conf_parse(struct conf *c, const char *name, const char *text, char *why, size_t size);
void conf_free(struct conf *c);

/*
 * What must hold before the first node is published: sysctls, the daemon's dialect, owner and mode of the clone nodes.
 * -errno, and why says which failed.
 */
int conf_apply_driver(const struct conf *c, struct tap_driver *drv, char *why, size_t size);
/* Make the switches, with their uplinks, as conf_apply_units() does units; before it, for units may want them. */
int conf_apply_switches(const struct conf *c, struct backends *b, char *why, size_t size);
/*
 * Create and configure the units, in the file's order.  Stops at the first that fails, leaving the ones before it:
 * -errno, and why says which.
 */
int conf_apply_units(const struct conf *c, struct tap_driver *drv, char *why, size_t size);

#endif
