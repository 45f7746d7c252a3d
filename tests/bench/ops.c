/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The operations that bench_frames times.  What happens on the host's side between them is not in the figures, but for
 * the echo, which is timed from there.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"
#include "empty.h"
#include "rig.h"

#define BATCH	32			/* frames waiting at once: less than the queue holds (50) */
#define STOP	0xee			/* first byte behind the header: the echo ends */

static uint8_t frame[2048], got[2048];

static void run_write(struct subject *sub, unsigned len, struct samples *s)
{
	unsigned seen;

	rig_frame(frame, len);
	for (int i = 0; i < SLICE; i++) {
		uint64_t at = rig_now();

		if (write(sub->fd, frame, len) != (ssize_t)len)
			rig_fail("%s: write: %s", sub->title, strerror(errno));
		samples_add(s, rig_now() - at);
	}
	if (sub->host < 0)
		return;
	seen = rig_host_count(sub->host);
	sub->lost += seen < SLICE ? SLICE - seen : 0;
}

static void read_frame(const struct subject *sub, unsigned len)
{
	ssize_t n = read(sub->fd, got, len);

	if (n != (ssize_t)len)
		rig_fail("%s: read of %u bytes: %s", sub->title, len, n < 0 ? strerror(errno) : "another length");
}

static void feed(const struct subject *sub, unsigned len)
{
	for (int i = 0; i < BATCH && sub->host >= 0; i++)
		rig_host_send(sub->host, frame, len);
}

static void run_read(struct subject *sub, unsigned len, struct samples *s)
{
	rig_frame(frame, len);
	for (int i = 0; i < SLICE; i++) {
		uint64_t at;

		if (i % BATCH == 0)
			feed(sub, len);
		at = rig_now();
		read_frame(sub, len);
		samples_add(s, rig_now() - at);
	}
}

static void run_poll_read(struct subject *sub, unsigned len, struct samples *s)
{
	struct pollfd p = { .fd = sub->fd, .events = POLLIN };

	rig_frame(frame, len);
	for (int i = 0; i < SLICE; i++) {
		uint64_t at;

		if (i % BATCH == 0)
			feed(sub, len);
		at = rig_now();
		if (poll(&p, 1, -1) != 1 || p.revents != POLLIN)
			rig_fail("%s: poll: %#x", sub->title, (unsigned)p.revents);
		read_frame(sub, len);
		samples_add(s, rig_now() - at);
	}
}

/* The program of the echo: sleeps in read(2), writes back what came. */
static void *echo_program(void *arg)
{
	struct subject *sub = arg;
	uint8_t buf[2048];
	ssize_t n;

	while ((n = read(sub->fd, buf, sizeof(buf))) > RIG_HDRLEN && buf[RIG_HDRLEN] != STOP)
		if (write(sub->fd, buf, n) != n)
			break;
	return NULL;
}

static void run_echo(struct subject *sub, unsigned len, struct samples *s)
{
	pthread_t program;

	rig_frame(frame, len);
	if (pthread_create(&program, NULL, echo_program, sub) != 0)
		rig_fail("no thread");
	for (int i = 0; i < SLICE; i++) {
		uint64_t at = rig_now();

		rig_host_send(sub->host, frame, len);
		if (recv(sub->host, got, sizeof(got), 0) != (ssize_t)len)
			rig_fail("%s: the echo did not come back", sub->title);
		samples_add(s, rig_now() - at);
	}
	frame[RIG_HDRLEN] = STOP;
	rig_host_send(sub->host, frame, len);
	pthread_join(program, NULL);
	rig_host_count(sub->host);
}

static void run_fionread(struct subject *sub, unsigned len, struct samples *s)
{
	for (int i = 0; i < SLICE; i++) {
		uint64_t at = rig_now();
		int n;

		if (ioctl(sub->fd, EMPTY_FIONREAD, &n) != 0)
			rig_fail("%s: FIONREAD: %s", sub->title, strerror(errno));
		samples_add(s, rig_now() - at);
	}
}

const struct op op_table[OPS] = {
	[WRITE_60] = { "write_60", "write, 60 bytes", 60, run_write },
	[WRITE_1514] = { "write_1514", "write, 1514 bytes", 1514, run_write },
	[READ_60] = { "read_60", "read, 60 bytes", 60, run_read },
	[READ_1514] = { "read_1514", "read, 1514 bytes", 1514, run_read },
	[POLL_READ] = { "poll_read_60", "poll + read, 60 bytes", 60, run_poll_read },
	[ECHO] = { "echo_60", "host - program - host, 60", 60, run_echo, .host = true },
	[FIONREAD_OP] = { "fionread", "ioctl FIONREAD", 0, run_fionread, .daemon = true },
};
