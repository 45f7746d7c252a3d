/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the CUSE transport with the core below it: requests of a kernel, in any order and with any content a kernel
 * could send.  Sizes and file handles are the kernel's word and right; all else is the input's.
 */
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cdev/cdev.h"
#include "tests/conformance/kernel.h"
#include "tests/fuzz/fuzz.h"

#define NFILES 4
#define REQUESTS_MAX 64		/* of one input, so that it stays quick */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tap_driver drv;
static struct cdev *cdev;
static struct loop *loop;
static struct kfile *file[NFILES];
static uint64_t unique;

static int world_node_add(void *ctx, struct tap_node *node)
{
	return cdev_cuse.node_add(cdev, node);
}

static void world_node_del(void *ctx, struct tap_node *node)
{
	cdev_cuse.node_del(cdev, node);
}

static const struct tap_world world = {
	.node_add = world_node_add, .node_del = world_node_del, .node_alias = world_node_alias,
	.sigio_get = world_sigio_get, .sigio_alive = world_sigio_alive, .sigio_put = world_sigio_put,
	.sigio_send = world_sigio_send, .host_hash = world_host_hash, .log = world_log,
};

static void up(void)
{
	struct cdev_config cfg = { .drv = &drv, .dev_dir = "/dev", .run_dir = "/run", .open_channel = kernel_channel };
	char why[256];

	log_init("fuzz_cuse", LOG_EMERG);
	loop = cfg.loop = loop_new();
	kernel_init(loop);
	cdev = cdev_cuse.start(&cfg, why, sizeof(why));
	if (cdev == NULL || tap_driver_init(&drv, &world, &net_ops, NULL, "") != 0 || tap_driver_publish(&drv, 0) != 0)
		abort();
	unique = 1000000;		/* apart from kernel.c's own */
}

static void down(void)
{
	do_destroy_cancel();
	for (int i = 0; i < NFILES; i++) {
		if (file[i] != NULL)
			kernel_unref(file[i]);
		file[i] = NULL;
	}
	tap_driver_fini(&drv);
	tap_driver_withdraw(&drv);
	cdev_cuse.stop(cdev);
	kernel_fini();
	net_fini();
	loop_free(loop);
}

/* ------------------------------------------------------------------ requests */

static void do_open(struct input *in, struct kfile **f)
{
	static const char *const names[] = { "tap", "vmnet", "tap0", "vmnet0", "tap1", "nothing" };

	if (*f == NULL && kernel_open(names[take(in, 1) % 6], take(in, 2), f) != 0)
		*f = NULL;
}

static void do_release(struct kfile **f)
{
	if (*f != NULL)
		kernel_unref(*f);
	*f = NULL;
}

/* The bytes of the input behind a fixed part; the sizes in it name what follows. */
static void do_request(struct input *in, struct kfile *f, uint32_t opcode, size_t fixed)
{
	static uint8_t body[256 + 20000];
	size_t extra = opcode == FUSE_WRITE ? take(in, 2) % 20000 : opcode == FUSE_IOCTL ? take(in, 1) : 0;

	memset(body, 0, fixed);
	for (size_t i = 8; i < fixed; i++)
		body[i] = take(in, 1);
	memset(body + fixed, take(in, 1), extra);
	if (opcode == FUSE_WRITE)
		((struct fuse_write_in *)body)->size = extra;
	if (opcode == FUSE_IOCTL)
		((struct fuse_ioctl_in *)body)->in_size = extra;
	unique += 2;
	kernel_message(f, opcode, unique, body, fixed + extra);
}

/*
 * Of a request that sleeps, was answered, or never was.  libfuse keeps one that matches nothing until the next request,
 * and would lose it at the end of the session; so there is a next request.
 */
static void do_interrupt(struct input *in, struct kfile *f)
{
	struct fuse_interrupt_in i = { .unique = unique - 2 * take(in, 1) };
	struct fuse_fsync_in next = { 0 };

	kernel_message(f, FUSE_INTERRUPT, i.unique | 1, &i, sizeof(i));
	unique += 2;
	kernel_message(f, FUSE_FSYNC, unique, &next, sizeof(next));
}

static const struct {
	uint32_t opcode;
	size_t fixed;
} requests[] = {
	{ FUSE_READ, sizeof(struct fuse_read_in) },
	{ FUSE_READ, sizeof(struct fuse_read_in) },
	{ FUSE_WRITE, sizeof(struct fuse_write_in) },
	{ FUSE_IOCTL, sizeof(struct fuse_ioctl_in) },
	{ FUSE_POLL, sizeof(struct fuse_poll_in) },
	{ FUSE_FLUSH, sizeof(struct fuse_flush_in) },
	{ FUSE_FSYNC, sizeof(struct fuse_fsync_in) },
	{ FUSE_GETATTR, sizeof(struct fuse_getattr_in) },
	{ FUSE_LSEEK, sizeof(struct fuse_lseek_in) },
	{ 9999, 64 },
};

static void one_step(struct input *in)
{
	uint8_t op = take(in, 1);
	struct kfile **f = &file[op >> 4 & 3];
	struct tap_softc *sc = net_unit(op >> 6);

	switch (op & 15) {
	case 0: do_open(in, f); break;
	case 1: do_release(f); break;
	case 2: if (*f != NULL) do_interrupt(in, *f); break;
	case 3: do_create(&drv, in); break;
	case 4: if (sc != NULL) do_destroy(sc); break;
	case 5: if (sc != NULL) do_host(sc, in); break;
	default:
		if (sc != NULL && (op & 15) == 15)
			do_ifconfig(sc, in);
		else if (*f != NULL)
			do_request(in, *f, requests[(op & 15) - 6].opcode, requests[(op & 15) - 6].fixed);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	up();
	for (int i = 0; i < REQUESTS_MAX && in.left > 0; i++)
		one_step(&in);
	down();
	return 0;
}
