/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon: it puts the rooms together and takes them apart again.  Start and stop are one list each, in opposite
 * order; everything between is the loop's.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/backend.h"
#include "backend/wire.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/notify.h"
#include "base/util.h"
#include "cdev/cdev.h"
#include "ctl/conf.h"
#include "ctl/server.h"
#include "see/explain.h"
#include "see/record.h"
#include "tapd/options.h"
#include "tapd/sigio.h"

static const struct cdev_ops *const transports[] = { &cdev_cuse, &cdev_fuse };	/* auto: the first that works */

struct tapd {
	struct options opt;
	struct conf conf;
	char run_dir[PATH_MAX], dev_dir[PATH_MAX], socket[PATH_MAX + 16];
	int lock;
	struct loop *loop;
	struct backends backends;
	struct tap_driver drv;
	const struct cdev_ops *cdev_ops;
	struct cdev *cdev;
	struct explain *explain;
	struct record *record;
	struct ctl *ctl;
};

/* ------------------------------------------------------------------ the driver's world */

static int world_node_add(void *ctx, struct tap_node *node)
{
	struct tapd *d = ctx;

	return d->cdev_ops->node_add(d->cdev, node);
}

static void world_node_del(void *ctx, struct tap_node *node)
{
	struct tapd *d = ctx;

	d->cdev_ops->node_del(d->cdev, node);
}

static void world_node_alias(void *ctx, struct tap_node *node, const char *name)
{
	struct tapd *d = ctx;

	d->cdev_ops->node_alias(d->cdev, node, name);
}

/* FNV-1a over this machine's id and the name. */
static uint32_t world_host_hash(void *ctx, const char *name)
{
	char id[128] = "";
	uint32_t h = 2166136261u;
	FILE *f = fopen("/etc/machine-id", "re");

	if (f == NULL || fgets(id, sizeof(id), f) == NULL)
		gethostname(id, sizeof(id) - 1);
	if (f != NULL)
		fclose(f);
	for (const char *p = id; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	for (const char *p = name; *p != '\0'; p++)
		h = (h ^ (uint8_t)*p) * 16777619u;
	return h;
}

static int world_net_find(void *ctx, const char *spec, pid_t who, const struct tap_net_ops **ops, void **net_ctx, char *why,
    size_t size)
{
	struct tapd *d = ctx;

	return backend_find(&d->backends, spec, who, ops, net_ctx, why, size);
}

static void world_log(void *ctx, int priority, const char *text)
{
	log_at(priority, "%s", text);
}

/* ------------------------------------------------------------------ start */

/* The exit status for a start that failed with err. */
static int start_status(int err)
{
	if (err == -EEXIST)
		return EXIT_FAIL;
	return err == -EACCES || err == -EPERM ? EXIT_PERM : EXIT_UNAVAILABLE;
}

static int make_dir(const char *dir, char real[PATH_MAX])
{
	if (mkdir(dir, 0755) != 0 && errno != EEXIST) {
		log_err("%s: %s; run as root, or choose another place with --run-dir", dir, strerror(errno));
		return errno == EACCES ? EXIT_PERM : EXIT_FAIL;
	}
	if (realpath(dir, real) == NULL) {
		log_err("%s: %s", dir, strerror(errno));
		return EXIT_FAIL;
	}
	return 0;
}

static const char *pick(const char *first, const char *second)
{
	return first != NULL ? first : second;
}

/* Is path the directory dir + sub, or in it?  A link made in our own mount would have to wait for ourselves. */
static bool is_below(const char *path, const char *dir, const char *sub)
{
	size_t n = strlen(dir), m = strlen(sub);

	return strncmp(path, dir, n) == 0 && strncmp(path + n, sub, m) == 0 && (path[n + m] == '\0' || path[n + m] == '/');
}

/* Where things are; the command line wins over the file. */
static int start_places(struct tapd *d)
{
	const char *dev = pick(d->opt.dev_dir, d->conf.dev_dir);
	int status = make_dir(pick(d->opt.run_dir, d->conf.run_dir), d->run_dir);

	if (status != 0)
		return status;
	if (realpath(dev, d->dev_dir) == NULL) {
		log_err("%s: %s; --dev-dir must be there", dev, strerror(errno));
		return EXIT_FAIL;
	}
	if (is_below(d->dev_dir, d->run_dir, "/dev")) {
		log_err("%s: is below the place of the FUSE mount; choose another --dev-dir", d->dev_dir);
		return EXIT_USAGE;
	}
	if (d->conf.socket != NULL)
		str_copy(d->socket, sizeof(d->socket), d->conf.socket);
	else
		snprintf(d->socket, sizeof(d->socket), "%s/tapd.sock", d->run_dir);
	return 0;
}

/* One tapd for each run_dir.  The kernel gives the lock back however we end. */
static int start_lock(struct tapd *d)
{
	char path[PATH_MAX + 16], pid[16] = "";
	struct stat st;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/tapd.lock", d->run_dir);
	d->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (d->lock < 0) {
		log_err("%s: %s", path, strerror(errno));
		return errno == EACCES ? EXIT_PERM : EXIT_FAIL;
	}
	if (flock(d->lock, LOCK_EX | LOCK_NB) == 0 && fstat(d->lock, &st) == 0 && st.st_nlink == 0) {
		close(d->lock);			/* its last holder removed it as we came: take the next one */
		return start_lock(d);
	}
	if (flock(d->lock, LOCK_EX | LOCK_NB) != 0) {
		n = read(d->lock, pid, sizeof(pid) - 1);
		log_err("%s: another tapd (pid %.*s) runs here; stop it, or give this one its own --run-dir and --prefix", path,
		    n > 0 ? (int)strcspn(pid, "\n") : 1, n > 0 ? pid : "?");
		close(d->lock);
		d->lock = -1;		/* the file is the other's */
		return EXIT_FAIL;
	}
	n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(d->lock, 0) != 0 || pwrite(d->lock, pid, n, 0) != n)
		log_warn("%s: %s", path, strerror(errno));
	return 0;
}

static void on_stop(void *arg, int signo)
{
	struct tapd *d = arg;

	log_info("stopped by signal %d (%s)", signo, strsignal(signo));
	loop_stop(d->loop, EXIT_OK);
}

static int start_loop(struct tapd *d)
{
	static const int stop_signals[] = { SIGTERM, SIGINT, SIGHUP };
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == 0) {	/* each unit takes two or three */
		rl.rlim_cur = rl.rlim_max;
		setrlimit(RLIMIT_NOFILE, &rl);
	}
	signal(SIGPIPE, SIG_IGN);
	umask(0022);
	d->loop = loop_new();
	if (d->loop == NULL) {
		log_err("event loop: %s", strerror(errno));
		return EXIT_FAIL;
	}
	loop_set_spin(d->loop, d->opt.spin_us >= 0 ? (unsigned)d->opt.spin_us : d->conf.spin_us);
	for (size_t i = 0; i < NELEM(stop_signals); i++)
		loop_signal(d->loop, stop_signals[i], on_stop, d);
	return 0;
}

static int start_driver(struct tapd *d)
{
	const struct tap_world world = {
		.ctx = d,
		.node_add = world_node_add,
		.node_del = world_node_del,
		.node_alias = world_node_alias,
		.sigio_get = sigio_get,
		.sigio_alive = sigio_alive,
		.sigio_put = sigio_put,
		.sigio_send = sigio_send,
		.host_hash = world_host_hash,
		.log = world_log,
		.net_find = world_net_find,
	};
	const char *prefix = pick(d->opt.prefix, d->conf.prefix);
	char why[512];

	backends_init(&d->backends, d->loop);
	if (tap_driver_init(&d->drv, &world, &wire_net_ops, &d->backends, prefix) != 0) {
		log_err("prefix \"%s\": expected up to 8 letters, digits, '_' or '-'", prefix);
		return EXIT_USAGE;
	}
	if (conf_apply_driver(&d->conf, &d->drv, why, sizeof(why)) != 0) {
		log_err("%s", why);
		return EXIT_CONF;
	}
	return 0;
}

/* Start the transport and publish the clone devices, or undo it all: 0 or -errno, and why. */
static int try_transport(struct tapd *d, const struct cdev_ops *ops, const struct cdev_config *cfg, char *why, size_t size)
{
	int err = ops->probe(cfg, why, size);

	if (err != 0)
		return err;
	d->cdev = ops->start(cfg, why, size);
	if (d->cdev == NULL)
		return -errno;
	d->cdev_ops = ops;
	err = tap_driver_publish(&d->drv, d->conf.publish);
	if (err == 0)
		return 0;
	snprintf(why, size, "%s/%s: %s%s", d->dev_dir, d->drv.clone[TAP_FAMILY_TAP].name, strerror(-err), err == -EEXIST ?
	    "; something else made that name, or another tapd runs: give this one a --prefix" : "");
	ops->stop(d->cdev);
	d->cdev = NULL;
	return err;
}

/* The transport that was asked for, or the first that works here. */
static int start_transport(struct tapd *d)
{
	struct cdev_config cfg = { .loop = d->loop, .drv = &d->drv, .dev_dir = d->dev_dir, .run_dir = d->run_dir };
	const char *want = pick(d->opt.transport, d->conf.transport);
	char why[PATH_MAX + 256] = "", passed[PATH_MAX + 256] = "";	/* passed: why the one before did not do */
	int err = -ENOENT;

	cdev_clean(d->dev_dir, d->run_dir);
	for (size_t i = 0; i < NELEM(transports) && err != 0; i++) {
		if (strcmp(want, "auto") != 0 && strcmp(want, transports[i]->name) != 0)
			continue;
		str_copy(passed, sizeof(passed), why);
		err = try_transport(d, transports[i], &cfg, why, sizeof(why));
	}
	if (err != 0) {
		log_err("%s", why);
		return start_status(err);
	}
	passed[strcspn(passed, ";")] = '\0';	/* without the advice: nothing is wrong */
	log_notice("devices at %s/%s, transport %s%s%s%s", d->dev_dir, d->drv.clone[TAP_FAMILY_TAP].name, d->cdev_ops->name,
	    passed[0] != '\0' ? " (no cuse here: " : "", passed, passed[0] != '\0' ? ")" : "");
	return 0;
}

/* What new units are plugged into.  Better said at the start than at the first unit. */
static int start_net(struct tapd *d)
{
	const char *spec = pick(d->opt.attach, d->conf.attach);
	char why[512] = "";
	int err;

	if (strcmp(spec, "auto") == 0)
		spec = backend_auto(why, sizeof(why));
	if (why[0] != '\0' && strcmp(spec, "tuntap") != 0)
		log_notice("new units get a network of their own (%s): %s", spec, why);
	err = tap_driver_set_net(&d->drv, spec, why, sizeof(why));
	if (err == 0)
		return 0;
	log_err("%s", why);
	return err == -EINVAL ? EXIT_USAGE : start_status(err);
}

static int start_units(struct tapd *d)
{
	char why[512];

	if (conf_apply_switches(&d->conf, &d->backends, why, sizeof(why)) == 0 &&
	    conf_apply_units(&d->conf, &d->drv, why, sizeof(why)) == 0)
		return 0;
	log_err("%s", why);
	return EXIT_FAIL;
}

/* Those who look on. */
static int start_see(struct tapd *d)
{
	int err;

	d->explain = explain_new(&d->drv);
	d->record = record_new(&d->drv, d->loop);
	if (d->explain == NULL || d->record == NULL) {
		log_err("out of memory");
		return EXIT_FAIL;
	}
	err = d->opt.record != NULL ? record_all(d->record, d->opt.record) : 0;
	if (err == 0)
		return 0;
	log_err("--record=%s: %s", d->opt.record, strerror(-err));
	return err == -EACCES || err == -EPERM ? EXIT_PERM : EXIT_FAIL;
}

static int start_ctl(struct tapd *d)
{
	const struct ctl_config cfg = {
		.path = d->socket,
		.env = {
			.drv = &d->drv,
			.loop = d->loop,
			.backends = &d->backends,
			.explain = d->explain,
			.record = d->record,
			.dev_dir = d->dev_dir,
			.transport = d->cdev_ops->name,
		},
	};
	char why[PATH_MAX + 256];

	d->ctl = ctl_new(&cfg, why, sizeof(why));
	if (d->ctl != NULL)
		return 0;
	log_err("%s", why);
	return EXIT_FAIL;
}

static int (*const start_steps[])(struct tapd *) = {
	start_places, start_lock, start_loop, start_driver, start_net, start_see, start_transport, start_units, start_ctl,
};

/* ------------------------------------------------------------------ stop */

/* Undoes what was started, in the opposite order. */
static void stop(struct tapd *d)
{
	char path[PATH_MAX + 16];

	notify_manager("STOPPING=1");
	ctl_free(d->ctl);
	if (d->cdev != NULL) {
		backends_retire(&d->backends);
		tap_driver_fini(&d->drv);
		tap_driver_withdraw(&d->drv);
		d->cdev_ops->stop(d->cdev);
	}
	record_free(d->record);
	explain_free(d->explain);
	backends_fini(&d->backends);
	loop_free(d->loop);
	if (d->lock >= 0) {
		snprintf(path, sizeof(path), "%s/tapd.lock", d->run_dir);
		unlink(path);
		close(d->lock);
		rmdir(d->run_dir);	/* if nothing of others is in it */
	}
	conf_free(&d->conf);
}

/* ------------------------------------------------------------------ main */

static int load_config(struct tapd *d)
{
	char why[512];

	if (conf_load(&d->conf, d->opt.config, why, sizeof(why)) != 0) {
		log_err("%s", why);
		return EXIT_CONF;
	}
	if (d->opt.dialect != NULL)
		d->conf.dialect = d->opt.dialect;
	if (d->opt.publish >= 0)
		d->conf.publish = (unsigned)d->opt.publish;
	return 0;
}

static int run(struct tapd *d)
{
	int status = 0;

	for (size_t i = 0; i < NELEM(start_steps) && status == 0; i++)
		status = start_steps[i](d);
	if (status != 0)
		return status;
	notify_manager("READY=1");
	notify_ready_fd(d->opt.ready_fd);
	status = loop_run(d->loop);
	if (status < 0)
		log_err("event loop: %s", strerror(-status));
	return status < 0 ? EXIT_FAIL : status;
}

int main(int argc, char **argv)
{
	struct tapd d = { .lock = -1 };
	int status = options_parse(&d.opt, argc, argv);

	if (status >= 0)
		return status;
	log_init("tapd", LOG_NOTICE + (d.opt.verbose > 2 ? 2 : d.opt.verbose));
	status = load_config(&d);
	if (status != 0 || d.opt.test) {
		conf_free(&d.conf);
		return status;
	}
	status = run(&d);
	stop(&d);
	return status;
}
