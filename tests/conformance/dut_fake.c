/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device under test in this process: the core, the CUSE transport with kernel.c on its other side, and a backend
 * that is a pair of lists.  Nothing here waits: when the daemon's loop has nothing more to do, it has nothing to say.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "cdev/cdev.h"
#include "ctl/verbs.h"
#include "tap/dialect.h"
#include "tests/conformance/kernel.h"
#include "tests/conformance/net.h"
#include "tests/conformance/reply.h"

#define MY_GROUP	4242	/* processes the world knows: us, this group, and a stranger */
#define STRANGER	4343
#define NOBODY		4444

static struct fake {
	struct loop *loop;
	struct tap_driver drv;
	struct cdev *cdev;
	struct kfile *slot[NSLOTS], *forked[NSLOTS], *armed, *child;
	struct kreq *job[NJOBS], *child_req;
	int sigios;
	struct tap_observer observer;
	char complaint[128];		/* the first call that failed without a reason */
} fake;

/* ------------------------------------------------------------------ the world */

static int world_node_add(void *ctx, struct tap_node *node)
{
	return cdev_cuse.node_add(fake.cdev, node);
}

static void world_node_del(void *ctx, struct tap_node *node)
{
	cdev_cuse.node_del(fake.cdev, node);
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
	if ((id == STRANGER && !any_session) || id == -STRANGER)
		return -EPERM;
	if (id != getpid() && id != -MY_GROUP && id != STRANGER)
		return -ESRCH;
	*owner = &fake;
	return 0;
}

static void world_sigio_put(void *ctx, void *owner)
{
}

static void world_sigio_send(void *ctx, void *owner)
{
	fake.sigios++;
}

static uint32_t world_host_hash(void *ctx, const char *name)
{
	return 0x1234;
}

static void world_log(void *ctx, int priority, const char *text)
{
	if (priority < LOG_INFO)
		printf("# tapd: %s\n", text);
}

static const struct tap_world world = {
	.node_add = world_node_add, .node_del = world_node_del, .node_alias = world_node_alias,
	.sigio_get = world_sigio_get, .sigio_alive = world_sigio_alive, .sigio_put = world_sigio_put,
	.sigio_send = world_sigio_send, .host_hash = world_host_hash, .log = world_log,
};

/* ------------------------------------------------------------------ reasons */

/* Every error has a reason (tap/why.h), and no success but a write whose frame went nowhere, or a read of nothing, does. */
static void see_call(struct tap_observer *o, const struct tap_call *c)
{
	if ((c->result < 0) == (c->why != TAP_WHY_NONE) || fake.complaint[0] != '\0')
		return;
	if (c->result >= 0 && (c->kind == TAP_CALL_READ || c->kind == TAP_CALL_WRITE))
		return;
	snprintf(fake.complaint, sizeof(fake.complaint), "call %d of %s returned %ld for reason %s", c->kind, c->device,
	    c->result, c->why != TAP_WHY_NONE ? tap_why_table[c->why].id : "none");
}

static const char *fake_complaint(struct dut *d)
{
	return fake.complaint[0] != '\0' ? fake.complaint : NULL;
}

/* ------------------------------------------------------------------ start, reset, stop */

static int fake_up(const struct setup *s)
{
	struct cdev_config cfg = { .drv = &fake.drv, .dev_dir = "/dev", .run_dir = "/run",
	    .open_channel = kernel_channel };
	char why[256];

	fake.loop = cfg.loop = loop_new();
	if (fake.loop == NULL)
		return -ENOMEM;
	kernel_init(fake.loop);
	fake.cdev = cdev_cuse.start(&cfg, why, sizeof(why));
	if (fake.cdev == NULL || tap_driver_init(&fake.drv, &world, &net_ops, NULL, "") != 0)
		return -EINVAL;
	fake.drv.dialect = tap_dialect_find(s->dialect);
	fake.observer = (struct tap_observer){ .wants = TAP_SEE_CALLS, .call = see_call };
	tap_observe(&fake.drv, &fake.observer);
	return tap_driver_publish(&fake.drv, s->ahead);
}

static void fake_down(void)
{
	if (fake.loop == NULL)
		return;
	tap_driver_fini(&fake.drv);
	tap_driver_withdraw(&fake.drv);
	cdev_cuse.stop(fake.cdev);
	kernel_fini();
	net_fini();
	loop_free(fake.loop);
	memset(&fake, 0, sizeof(fake));
}

static int fake_start(struct dut *d, char **args)
{
	return 0;
}

static int fake_reset(struct dut *d, const struct setup *s)
{
	fake_down();
	return fake_up(s);
}

static int fake_stop(struct dut *d)
{
	fake_down();
	return 0;
}

/* ------------------------------------------------------------------ descriptors */

static int fake_as_user(struct dut *d, bool on)
{
	kernel_uid(on ? 1000 : 0);
	return 0;
}

static int fake_open(struct dut *d, int slot, const char *name, int oflags)
{
	return kernel_open(name, oflags, &fake.slot[slot]);
}

static int fake_close(struct dut *d, int slot)
{
	struct kfile *f = fake.slot[slot];

	fake.slot[slot] = NULL;
	return f != NULL ? kernel_unref(f) : -EBADF;
}

static int fake_dup(struct dut *d, int slot, int to)
{
	kernel_ref(fake.slot[slot]);
	fake.slot[to] = fake.slot[slot];
	return 0;
}

static int fake_fork(struct dut *d)
{
	for (int i = 0; i < NSLOTS; i++)
		if ((fake.forked[i] = fake.slot[i]) != NULL)
			kernel_ref(fake.forked[i]);
	return 0;
}

static int fake_fork_exit(struct dut *d)
{
	for (int i = 0; i < NSLOTS; i++) {
		if (fake.forked[i] != NULL)
			kernel_unref(fake.forked[i]);
		fake.forked[i] = NULL;
	}
	return 0;
}

static int fake_setfl(struct dut *d, int slot, int flags)
{
	int *f = kernel_flags(fake.slot[slot]);

	*f = (*f & ~O_NONBLOCK) | (flags & O_NONBLOCK);
	return 0;
}

static int fake_getfl(struct dut *d, int slot)
{
	return *kernel_flags(fake.slot[slot]);
}

/* Linux keeps it to itself. */
static int fake_setown(struct dut *d, int slot, pid_t pid)
{
	return 0;
}

static int fake_stat(struct dut *d, const char *name, bool want_minor)
{
	return -EOPNOTSUPP;
}

/* ------------------------------------------------------------------ calls */

static ssize_t fake_read(struct dut *d, int slot, const struct iovec *iov, int n, off_t off)
{
	return kernel_read(fake.slot[slot], iov[0].iov_base, iov[0].iov_len);
}

static ssize_t fake_write(struct dut *d, int slot, const struct iovec *iov, int n, off_t off)
{
	return kernel_write(fake.slot[slot], iov[0].iov_base, iov[0].iov_len);
}

static int fake_poll(struct dut *d, int slot, int events)
{
	return kernel_poll(fake.slot[slot], events, false);
}

static int fake_poll_arm(struct dut *d, int slot, int events)
{
	fake.armed = fake.slot[slot];
	return kernel_poll(fake.armed, events, true) == 0 ? 0 : -EALREADY;
}

static int fake_poll_woken(struct dut *d, int ms)
{
	return kernel_poll_woken(fake.armed);
}

static int fake_ioctl(struct dut *d, int slot, unsigned long cmd, void *arg)
{
	return kernel_ioctl(fake.slot[slot], cmd, arg);
}

static int fake_read_start(struct dut *d, int job, int slot, size_t len)
{
	int err = kernel_read_start(fake.slot[slot], len, &fake.job[job]);

	kernel_pump();
	return err;
}

static ssize_t fake_read_done(struct dut *d, int job, void *buf)
{
	return kernel_read_done(fake.job[job], buf, FRAME_MAX);
}

static int fake_read_signal(struct dut *d, int job, bool restart)
{
	return kernel_interrupt(fake.job[job]);
}

static int fake_child_read(struct dut *d, int slot)
{
	int err;

	fake.child = fake.slot[slot];
	fake.slot[slot] = NULL;
	err = kernel_read_start(fake.child, 2000, &fake.child_req);
	kernel_pump();
	return err;
}

/* Linux interrupts the request, waits for its answer, and only then closes the descriptors. */
static int fake_child_kill(struct dut *d)
{
	uint8_t buf[16];
	ssize_t n;

	kernel_interrupt(fake.child_req);
	n = kernel_read_done(fake.child_req, buf, sizeof(buf));
	kernel_unref(fake.child);
	return n == -ETIMEDOUT ? -ETIMEDOUT : 0;
}

/* ------------------------------------------------------------------ the host and the controls */

static int fake_host_attach(struct dut *d, const char *ifname)
{
	return net_attach_host(ifname);
}

static int fake_host_send(struct dut *d, const void *frame, size_t len)
{
	int err = net_host_send(frame, len);

	kernel_pump();
	return err;
}

static ssize_t fake_wire_recv(struct dut *d, void *buf, int ms)
{
	return net_host_recv(buf, FRAME_MAX);
}

static void destroy_done(struct tap_destroy *w)
{
	free(w);
}

/* A destroy that waits for the last close is left waiting. */
static json_t *call(const char *line)
{
	struct ctl_env env = { .drv = &fake.drv, .dev_dir = "/dev", .transport = "cuse" };
	struct tap_destroy *w = calloc(1, sizeof(*w));
	struct tap_softc *waiting = NULL;
	json_t *args = reply_words(line), *reply;
	const char *words[16];
	size_t n = 0;

	while (n < 16 && n < json_array_size(args)) {
		words[n] = json_string_value(json_array_get(args, n));
		n++;
	}
	w->done = destroy_done;
	reply = ctl_do(&env, true, words, n, w, &waiting);
	if (waiting == NULL)
		free(w);
	json_decref(args);
	kernel_pump();
	return reply;
}

static int fake_capture(struct dut *d, const void *frame, size_t len, int ms)
{
	return -EOPNOTSUPP;
}

static int fake_ctl(struct dut *d, const char *line, char *out, size_t size)
{
	json_t *reply = call(line);
	int err = reply_text(reply, out, size);

	json_decref(reply);
	return err;
}

static int fake_query(struct dut *d, const char *unit, struct ustate *u)
{
	json_t *reply = call(unit);

	reply_unit(reply, u);
	json_decref(reply);
	return 0;
}

static pid_t fake_who(struct dut *d, enum who w)
{
	return w == WHO_ME ? getpid() : w == WHO_MY_GROUP ? -MY_GROUP : w == WHO_STRANGER ? STRANGER :
	    w == WHO_NOBODY ? NOBODY : 0;
}

static int fake_sigio(struct dut *d, int ms)
{
	int n = fake.sigios;

	fake.sigios = 0;
	return n;
}

static void fake_abandon(struct dut *d)
{
}

static const struct dut_ops fake_ops = {
	.start = fake_start, .stop = fake_stop, .abandon = fake_abandon, .complaint = fake_complaint,
	.reset = fake_reset, .host_attach = fake_host_attach,
	.as_user = fake_as_user, .open = fake_open, .close = fake_close, .dup = fake_dup,
	.fork = fake_fork, .fork_exit = fake_fork_exit, .read = fake_read, .write = fake_write,
	.setfl = fake_setfl, .getfl = fake_getfl, .setown = fake_setown, .stat = fake_stat,
	.poll = fake_poll, .poll_arm = fake_poll_arm,
	.poll_woken = fake_poll_woken, .ioctl = fake_ioctl, .read_start = fake_read_start, .read_done = fake_read_done,
	.read_signal = fake_read_signal, .child_read = fake_child_read, .child_kill = fake_child_kill,
	.host_send = fake_host_send, .wire_recv = fake_wire_recv, .capture = fake_capture,
	.ctl = fake_ctl, .query = fake_query,
	.who = fake_who, .sigio = fake_sigio,
};

struct dut dut_fake = { "fake", ON_FAKE, &fake_ops };
