/* SPDX-License-Identifier: BSD-2-Clause */
/* The sysctl(8) variables of tap(4), net.link.tap.*, and the one tunable they lean on. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "tap/softc.h"

const struct tap_sysctl_desc tap_sysctl_table[] = {
	[TAP_SYSCTL_USER_OPEN] = { "net.link.tap.user_open", 0, 0, 1, false,
	    "let users other than the super-user open the devices, where the node's mode allows it" },
	[TAP_SYSCTL_UP_ON_OPEN] = { "net.link.tap.up_on_open", 0, 0, 1, false,
	    "mark the interface up when its device is opened" },
	[TAP_SYSCTL_DEVFS_CLONING] = { "net.link.tap.devfs_cloning", 1, 0, 1, false,
	    "let an open of the clone device make a new unit" },
	[TAP_SYSCTL_CLONE_REUSE] = { "net.link.tap.clone_reuse", 0, 0, 1, false,
	    "let an open of the clone device take an existing unit that nobody has open" },
	[TAP_SYSCTL_DEBUG] = { "net.link.tap.debug", 0, INT_MIN, INT_MAX, false,
	    "the variable of TAPSDEBUG and TAPGDEBUG, one for all units" },
	[TAP_SYSCTL_IFQMAXLEN] = { "net.link.ifqmaxlen", TAP_IFQ_MAXLEN, 1, 65536, true,
	    "frames a unit's queue holds; fixed once the first unit exists" },
	[TAP_SYSCTL_COUNT] = { 0 },
};

int tap_sysctl_find(const char *name)
{
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++)
		if (strcmp(tap_sysctl_table[id].name, name) == 0)
			return id;
	return -ENOENT;
}

int tap_sysctl_get(const struct tap_driver *drv, int id)
{
	return drv->sysctl[id];
}

int tap_sysctl_set(struct tap_driver *drv, int id, int value)
{
	const struct tap_sysctl_desc *d = &tap_sysctl_table[id];

	if (d->tunable && drv->nunits > 0)
		return -EPERM;
	if (value < d->min || value > d->max)
		return -EINVAL;
	drv->sysctl[id] = value;
	return 0;
}
