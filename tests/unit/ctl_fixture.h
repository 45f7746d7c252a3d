/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tap driver on the null backend in a world without nodes or signals: what the tests and fuzzers of the controls
 * act on.  world_nodes remembers the owner and mode of the node made last.
 */
#ifndef TAPD_TESTS_CTL_FIXTURE_H
#define TAPD_TESTS_CTL_FIXTURE_H

#include <errno.h>
#include <string.h>

#include "backend/wire.h"
#include "tap/tap.h"

static struct tap_node world_node;

static int world_node_add(void *ctx, struct tap_node *node)
{
	world_node = *node;
	return 0;
}

static void world_node_del(void *ctx, struct tap_node *node)
{
}

static void world_node_alias(void *ctx, struct tap_node *node, const char *name)
{
}

static bool world_sigio_alive(void *ctx, void *owner)
{
	return true;
}

static int world_sigio_get(void *ctx, pid_t id, const struct tap_cred *setter, bool any_session, void **owner)
{
	return -ESRCH;
}

static void world_sigio(void *ctx, void *owner)
{
}

static uint32_t world_hash(void *ctx, const char *name)
{
	return 0x123456;
}

static void world_log(void *ctx, int priority, const char *text)
{
}

static inline int fixture_driver(struct tap_driver *drv, const char *prefix)
{
	static const struct tap_world world = {
		.node_add = world_node_add, .node_del = world_node_del, .node_alias = world_node_alias,
	.sigio_get = world_sigio_get, .sigio_alive = world_sigio_alive,
		.sigio_put = world_sigio, .sigio_send = world_sigio, .host_hash = world_hash, .log = world_log,
	};

	int err = tap_driver_init(drv, &world, &wire_net_ops, NULL, prefix);

	strcpy(drv->net.spec, "null");
	return err;
}

#endif
