/* SPDX-License-Identifier: BSD-2-Clause */
/* A driver with one unit, tap0, on a backend and a world made of counters; for the tests of src/tap. */
#ifndef TAPD_TESTS_TAP_FIXTURE_H
#define TAPD_TESTS_TAP_FIXTURE_H

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap/dialect.h"
#include "tap/tap.h"
#include "unit.h"

static struct tap_driver drv;
static struct tap_ifstate ifstate;		/* of the one interface the tests look at */
static int nodes, attached, wakeups, input_error, sigios, purges;
static const char *taken_name;			/* node_add says EEXIST for it */
static size_t input_len;
static char alias[TAP_IFNAMSIZ];
static bool sigio_alive = true;

/* ------------------------------------------------------------------ the world */

static int w_node_add(void *ctx, struct tap_node *node)
{
	if (taken_name != NULL && strcmp(node->name, taken_name) == 0)
		return -EEXIST;
	nodes++;
	return 0;
}

static void w_node_del(void *ctx, struct tap_node *node)
{
	nodes--;
}

static void w_node_alias(void *ctx, struct tap_node *node, const char *name)
{
	snprintf(alias, sizeof(alias), "%s", name != NULL ? name : "");
}

static bool w_sigio_alive(void *ctx, void *owner)
{
	return sigio_alive;
}

static int w_sigio_get(void *ctx, pid_t id, const struct tap_cred *setter, bool any_session, void **owner)
{
	*owner = &sigios;
	return id == 999 ? -ESRCH : 0;
}

static void w_sigio_put(void *ctx, void *owner)
{
}

static void w_sigio_send(void *ctx, void *owner)
{
	sigios++;
}

static uint32_t w_host_hash(void *ctx, const char *name)
{
	return 0xffabcdefu;
}

static void w_log(void *ctx, int priority, const char *text)
{
}

static const struct tap_world world = { NULL, w_node_add, w_node_del, w_node_alias, w_sigio_get, w_sigio_alive, w_sigio_put,
	w_sigio_send, w_host_hash, w_log };

/* ------------------------------------------------------------------ the network side */

static int n_attach(struct tap_softc *sc, void *ctx, char *why, size_t size)
{
	if (attached >= 1000) {
		snprintf(why, size, "no more");
		return -ENOSPC;
	}
	attached++;
	ifstate = (struct tap_ifstate){ .mtu = sc->mtu };
	memcpy(ifstate.lladdr, sc->lladdr, TAP_ADDRLEN);
	tap_if_update(sc, &ifstate);
	return 0;
}

static void n_detach(struct tap_softc *sc)
{
	attached--;
}

static int n_input(struct tap_softc *sc, const void *frame, size_t len)
{
	input_len = len;
	return input_error;
}

static void n_sync(struct tap_softc *sc)
{
}

static int n_set_up(struct tap_softc *sc, bool up)
{
	ifstate.up = up;
	tap_if_update(sc, &ifstate);
	return 0;
}

static int n_set_mtu(struct tap_softc *sc, unsigned mtu)
{
	ifstate.mtu = mtu;
	tap_if_update(sc, &ifstate);
	return 0;
}

static int n_purge(struct tap_softc *sc)
{
	purges++;
	return 0;
}

static const struct tap_net_ops net = { .name = "test", .attach = n_attach, .detach = n_detach, .input = n_input,
	.sync = n_sync, .set_up = n_set_up, .set_mtu = n_set_mtu, .purge_addrs = n_purge };

/* ------------------------------------------------------------------ a program */

static const struct tap_cred root = { 100, 0, 0 }, user = { 101, 1000, 1000 };
static struct tap_softc *sc;
static struct tap_file file;
static struct tap_read rd;
static int rd_answers, rd_err;
static size_t rd_n;
static uint8_t rd_data[2048];

static void f_wakeup(struct tap_file *f)
{
	wakeups++;
}

static void r_done(struct tap_read *r, int err, const void *data, size_t n)
{
	rd_answers++;
	rd_err = err;
	rd_n = n;
	if (n > 0)
		memcpy(rd_data, data, n);
}

static bool do_read(size_t len, uint64_t off, bool nonblock)
{
	rd = (struct tap_read){ .len = len, .off = off, .nonblock = nonblock, .done = r_done };
	rd_answers = 0;
	return tap_read(&file, &rd);
}

static void host_sends(size_t len, uint8_t fill)
{
	uint8_t frame[2048];

	memset(frame, fill, sizeof(frame));
	tap_if_output(sc, frame, len);
}

static void create(void)
{
	char why[128];

	ck_assert_int_eq(tap_unit_create(&drv, TAP_FAMILY_TAP, 0, NULL, &sc, why, sizeof(why)), 0);
}

static const char *fixture_dialect = "freebsd";

static void setup(void)
{
	taken_name = NULL;
	input_error = 0;
	wakeups = sigios = purges = 0;
	sigio_alive = true;
	alias[0] = '\0';
	ck_assert_int_eq(tap_driver_init(&drv, &world, &net, NULL, ""), 0);
	drv.dialect = tap_dialect_find(fixture_dialect);
	create();
	file = (struct tap_file){ .wakeup = f_wakeup };
}

static void open_up(void)
{
	ck_assert_int_eq(tap_open(&drv, &sc->node, &root, &file), 0);
	ck_assert_int_eq(tap_unit_set_up(sc, true), 0);
}

static void teardown(void)
{
	tap_close(&file);
	tap_driver_fini(&drv);
	ck_assert_int_eq(nodes, 0);
	ck_assert_int_eq(attached, 0);
}

#endif
