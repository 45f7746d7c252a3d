/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the device core: the input is a list of calls of programs, the host and ifconfig, in any order that a
 * transport could make.  Checked: each read is answered exactly once and with no more than it asked for; results are in
 * range.
 */
#include <poll.h>

#include "tests/fuzz/fuzz.h"

#define NFILES	4
#define NREADS	8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct tap_read r;
	struct reading **slot;
};

static struct tap_driver drv;
static struct tap_file *file[NFILES];
static struct reading *parked[NREADS];
static volatile uint8_t sum;

static int world_node_add(void *ctx, struct tap_node *node)
{
	return node->unit == 13 ? -EEXIST : 0;		/* somebody else's name */
}

static void world_node_del(void *ctx, struct tap_node *node)
{
}

static const struct tap_world world = {
	.node_add = world_node_add, .node_del = world_node_del, .node_alias = world_node_alias,
	.sigio_get = world_sigio_get, .sigio_alive = world_sigio_alive, .sigio_put = world_sigio_put,
	.sigio_send = world_sigio_send, .host_hash = world_host_hash, .log = world_log,
};

static void require(int ok)
{
	if (!ok)
		abort();
}

static void wakeup(struct tap_file *f)
{
	require(f->cdev == f);
}

/* ------------------------------------------------------------------ programs */

static void do_close(int i)
{
	if (file[i] == NULL)
		return;
	tap_close(file[i]);
	free(file[i]);
	file[i] = NULL;
}

static void do_open(struct input *in, struct tap_softc *sc)
{
	struct tap_node clone = { .family = take(in, 1) & 1, .unit = TAP_UNIT_CLONE };
	struct tap_cred cred = { .pid = 1, .uid = take(in, 1) & 1 };
	int i = take(in, 1) % NFILES, err;

	if (file[i] != NULL)
		return;
	file[i] = calloc(1, sizeof(*file[i]));
	require(file[i] != NULL);
	file[i]->wakeup = wakeup;
	file[i]->cdev = file[i];
	err = tap_open(&drv, sc != NULL ? &sc->node : &clone, &cred, file[i]);
	require(err <= 0);
	if (err == 0)
		return;
	free(file[i]);
	file[i] = NULL;
}

static void read_done(struct tap_read *r, int err, const void *data, size_t n)
{
	struct reading *rd = r->cdev;

	require(err <= 0 && n <= r->len && (err == 0 || n == 0));
	for (size_t i = 0; i < n; i++)
		sum ^= ((const uint8_t *)data)[i];
	*rd->slot = NULL;
	free(rd);
}

static void do_read(struct input *in, struct tap_file *f)
{
	int i = take(in, 1) % NREADS;
	struct reading *rd;

	if (parked[i] != NULL)
		return;
	rd = parked[i] = calloc(1, sizeof(*rd));
	require(rd != NULL);
	rd->slot = &parked[i];
	rd->r = (struct tap_read){ .len = take(in, 2) + 1, .nonblock = take(in, 1) & 1, .done = read_done, .cdev = rd };
	if (take(in, 1) == 1)
		rd->r.off = take(in, 2);
	require(tap_read(f, &rd->r) == (parked[i] != NULL));
}

static void do_write(struct input *in, struct tap_file *f)
{
	static uint8_t frame[70000];
	uint8_t kind = take(in, 1);
	size_t len = take(in, 2) + (kind & 1 ? 4096 : 1);
	ssize_t n;

	if (kind & 2 && f->sc != NULL)
		memcpy(frame, f->sc->lladdr, TAP_ADDRLEN);
	else
		frame[0] = take(in, 1);
	n = tap_write(f, frame, len, kind & 4 ? 1 : 0);
	require(n <= (ssize_t)len);
}

static void do_ioctl(struct input *in, struct tap_file *f)
{
	uint8_t data[TAP_IOCTL_MAX] = { 0 };
	struct tap_cred cred = { .pid = 1, .uid = take(in, 1) & 1 };
	struct tap_ioctl d;

	if (!tap_ioctl_decode(take(in, 4), &d))
		return;
	require(d.in <= sizeof(data) && d.out <= sizeof(data));
	for (size_t i = 0; i < 12; i++)
		data[i] = take(in, 1);
	require(tap_ioctl(f, &d, data, &cred) <= 0);
}

static void do_poll(struct tap_file *f)
{
	unsigned ev = tap_poll(f);

	require(ev == POLLERR || (ev & (POLLOUT | POLLWRNORM)) == (POLLOUT | POLLWRNORM));
	require(!(ev & POLLIN) == !(ev & POLLRDNORM));
}

static void on_file(struct input *in, uint8_t what, int i)
{
	struct tap_file *f = file[i];

	if (f == NULL)
		return;
	switch (what) {
	case 0: do_close(i); break;
	case 1: do_read(in, f); break;
	case 2: do_write(in, f); break;
	case 3: do_ioctl(in, f); break;
	case 4: do_poll(f); break;
	}
}

/* ------------------------------------------------------------------ everybody else */

static void on_unit(struct input *in, uint8_t what, struct tap_softc *sc)
{
	if (sc == NULL)
		return;
	switch (what) {
	case 5: do_open(in, sc); break;
	case 6: do_destroy(sc); break;
	case 7: do_ifconfig(sc, in); break;
	case 8: do_host(sc, in); break;
	case 9: if (!sc->gone) tap_if_gone(sc); break;
	}
}

static void on_driver(struct input *in, uint8_t what)
{
	struct reading *rd = parked[take(in, 1) % NREADS];
	enum tap_family family;
	char name[8] = "";
	int unit;

	switch (what) {
	case 10: do_create(&drv, in); break;
	case 11: do_open(in, NULL); break;
	case 12: do_destroy_cancel(); break;
	case 13: do_sysctl(&drv, in); break;
	case 14: if (rd != NULL) tap_read_interrupt(&rd->r); break;
	case 15:
		for (size_t i = 0; i < sizeof(name) - 1; i++)
			name[i] = take(in, 1);
		tap_name_parse(&drv, name, &family, &unit);
		tap_unit_byname(&drv, name);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	require(tap_driver_init(&drv, &world, &net_ops, NULL, "") == 0);
	while (in.left > 0) {
		uint8_t op = take(&in, 1), what = op & 15;

		on_file(&in, what, op >> 4 & 3);
		on_unit(&in, what, net_unit(op >> 4));
		on_driver(&in, what);
	}
	do_destroy_cancel();
	for (int i = 0; i < NFILES; i++)
		do_close(i);
	tap_driver_fini(&drv);
	for (int i = 0; i < NREADS; i++)
		require(parked[i] == NULL);
	net_fini();
	return 0;
}
