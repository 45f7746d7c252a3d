/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What fuzz_tap.c and fuzz_cuse.c share: an input taken apart into numbers, a driver whose world does nothing, and the
 * calls that do not come from a program: create, destroy, ifconfig, the host's frames.
 */
#ifndef TAPD_TESTS_FUZZ_H
#define TAPD_TESTS_FUZZ_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/conformance/net.h"

struct input {
	const uint8_t *p;
	size_t left;
};

static inline uint32_t take(struct input *in, size_t bytes)
{
	uint32_t v = 0;

	for (; bytes > 0 && in->left > 0; bytes--, in->left--)
		v = v << 8 | *in->p++;
	return v;
}

static inline void world_node_alias(void *ctx, struct tap_node *node, const char *name)
{
}

static inline bool world_sigio_alive(void *ctx, void *owner)
{
	return true;
}

static inline int world_sigio_get(void *ctx, pid_t id, const struct tap_cred *setter, bool any_session, void **owner)
{
	if (id % 3 == 0)
		return -ESRCH;
	*owner = malloc(1);		/* so that a leak or a second put shows */
	return *owner != NULL ? 0 : -ENOMEM;
}

static inline void world_sigio_put(void *ctx, void *owner)
{
	free(owner);
}

static inline void world_sigio_send(void *ctx, void *owner)
{
	*(volatile char *)owner = 1;
}

static inline uint32_t world_host_hash(void *ctx, const char *name)
{
	return 7;
}

static inline void world_log(void *ctx, int priority, const char *text)
{
}

/* A destroy that waits; forgotten once it was done or taken back. */
struct waiter {
	struct tap_destroy w;
	struct tap_softc *sc;
};

static struct waiter *waiting;		/* at most one at a time */

static inline void destroy_done(struct tap_destroy *w)
{
	free(waiting);
	waiting = NULL;
}

static inline void do_destroy(struct tap_softc *sc)
{
	if (waiting != NULL)
		return;
	waiting = calloc(1, sizeof(*waiting));
	if (waiting == NULL)
		abort();
	waiting->w.done = destroy_done;
	waiting->sc = sc;
	if (tap_unit_destroy(sc, &waiting->w) == 0)
		destroy_done(NULL);
}

static inline void do_destroy_cancel(void)
{
	if (waiting == NULL)
		return;
	tap_unit_destroy_cancel(waiting->sc, &waiting->w);
	destroy_done(NULL);
}

static inline void do_create(struct tap_driver *drv, struct input *in)
{
	char why[256];
	struct tap_softc *sc;
	int unit = (int8_t)take(in, 1);

	tap_unit_create(drv, take(in, 1) & 1, unit < 0 ? TAP_UNIT_CLONE : unit, NULL, &sc, why, sizeof(why));
}

static inline void do_ifconfig(struct tap_softc *sc, struct input *in)
{
	struct tap_ifaddr a = { .family = 2, .prefixlen = 24, .addr = { 192, 0, 2 } };
	uint8_t what = take(in, 1), mac[TAP_ADDRLEN] = { 2 };
	uint32_t v = take(in, 2);

	a.addr[3] = mac[5] = v;
	switch (what % 8) {
	case 0: tap_unit_set_up(sc, v & 1); break;
	case 1: tap_unit_set_promisc(sc, v & 1); break;
	case 2: tap_unit_set_link0(sc, v & 1); break;
	case 3: tap_unit_set_mtu(sc, v); break;
	case 4: tap_unit_set_lladdr(sc, mac); break;
	case 5: tap_unit_add_addr(sc, &a); break;
	case 6: tap_unit_del_addr(sc, &a); break;
	case 7: tap_unit_refresh(sc); break;
	}
}

static inline void do_sysctl(struct tap_driver *drv, struct input *in)
{
	int id = take(in, 1) % TAP_SYSCTL_COUNT;

	tap_sysctl_set(drv, id, (int32_t)take(in, 4));
}

static inline void do_host(struct tap_softc *sc, struct input *in)
{
	static uint8_t frame[65536];

	frame[0] = take(in, 1);
	net_attach_host(sc->if_name);
	net_host_send(frame, take(in, 2));
}

#endif
