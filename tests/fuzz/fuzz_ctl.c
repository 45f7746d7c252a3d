/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the control socket whole: framing, JSON, verbs and the driver below them.  The first byte of the input
 * chooses: even, the rest goes over the socket as it is; odd, it goes as one message with a right length.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../unit/ctl_fixture.h"
#include "base/log.h"
#include "ctl/server.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct tap_driver drv;
static struct loop *loop;
static struct ctl *ctl;
static char dir[] = "/tmp/fuzz_ctl.XXXXXX";
static struct sockaddr_un sun = { .sun_family = AF_UNIX };

static void finish(void)
{
	ctl_free(ctl);
	tap_driver_fini(&drv);
	loop_free(loop);
	rmdir(dir);
}

static void start(void)
{
	struct ctl_config cfg = { sun.sun_path, { .drv = &drv, .dev_dir = "/dev", .transport = "none" } };
	char why[256];

	log_init("fuzz_ctl", LOG_EMERG);
	if (!mkdtemp(dir) || fixture_driver(&drv, "") != 0 || !(loop = loop_new()))
		abort();
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s/sock", dir);
	cfg.env.loop = loop;
	ctl = ctl_new(&cfg, why, sizeof(why));
	if (!ctl)
		abort();
	atexit(finish);
}

/* Reads answers, which say nothing here, until the server has closed. */
static void on_reply(void *arg, uint32_t events)
{
	struct loop_fd *f = arg;
	char buf[4096];
	ssize_t n = read(f->fd, buf, sizeof(buf));

	if (n <= 0)
		loop_stop(loop, 0);
}

/* Units that the input made must not be there for the next. */
static void forget_units(void)
{
	struct tap_destroy w;

	while (!TAILQ_EMPTY(&drv.units))
		if (tap_unit_destroy(TAILQ_FIRST(&drv.units), &w) != 0)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint32_t head = htonl((uint32_t)size - 1);
	struct loop_fd f;
	int fd;

	if (!ctl)
		start();
	if (size < 2 || size > 65536)
		return 0;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0)
		abort();
	if (data[0] & 1)
		send(fd, &head, sizeof(head), MSG_NOSIGNAL);
	send(fd, data + 1, size - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(fd, SHUT_WR);
	if (loop_fd_add(loop, &f, fd, EPOLLIN, on_reply, &f) < 0)
		abort();
	loop_run(loop);
	loop_fd_del(loop, &f);
	close(fd);
	forget_units();
	return 0;
}
