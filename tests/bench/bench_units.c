/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_units: many units in one tapd.  Creates them, opens all, writes a frame to each, closes and destroys them, and
 * prints how long that took and what tapd had grown to.  Fails only if something did not succeed, the arrival of every
 * frame included; nothing is asserted about time or memory.
 */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/util.h"
#include "rig.h"

#define UNITS_DEFAULT	1000
#define UNITS_MAX	32767
#define LIMIT		600		/* s until something must be stuck */
#define PREFIX		"bu"

struct bench {
	struct rig_tapd tapd;
	int *fd;			/* of each unit */
	int host;
	long units;
};

#define NAME_LEN 32

static void unit_name(char name[NAME_LEN], long unit)
{
	snprintf(name, NAME_LEN, PREFIX "tap%ld", unit);
}

/* ------------------------------------------------------------------ the steps */

static void create_units(struct bench *b)
{
	char name[NAME_LEN];

	for (long i = 0; i < b->units; i++) {
		unit_name(name, i);
		rig_ctl(&b->tapd, name, "create");
	}
}

static void open_units(struct bench *b)
{
	char name[NAME_LEN];

	for (long i = 0; i < b->units; i++) {
		unit_name(name, i);
		b->fd[i] = rig_tapd_open(&b->tapd, name);
	}
}

static void write_units(struct bench *b)
{
	uint8_t frame[60];
	unsigned seen;

	rig_frame(frame, sizeof(frame));
	for (long i = 0; i < b->units; i++)
		if (write(b->fd[i], frame, sizeof(frame)) != sizeof(frame))
			rig_fail(PREFIX "tap%ld: write: %s", i, strerror(errno));
	seen = rig_host_count(b->host);
	if (seen != (unsigned long)b->units)
		rig_fail("%ld frames written, %u arrived", b->units, seen);
}

/* The kernel tells of a close without waiting for the answer; the last one's is done when its interface is down. */
static void wait_closed(struct bench *b)
{
	char name[NAME_LEN];

	unit_name(name, b->units - 1);
	while (rig_is_up(name))
		sched_yield();
}

static void close_units(struct bench *b)
{
	for (long i = 0; i < b->units; i++)
		if (close(b->fd[i]) != 0)
			rig_fail(PREFIX "tap%ld: close: %s", i, strerror(errno));
	wait_closed(b);
}

static void destroy_units(struct bench *b)
{
	char name[NAME_LEN];

	for (long i = 0; i < b->units; i++) {
		unit_name(name, i);
		rig_ctl(&b->tapd, name, "destroy");
	}
}

static const struct {
	const char *title;
	void (*fn)(struct bench *b);
} steps[] = {
	{ "create", create_units }, { "open", open_units }, { "write", write_units }, { "close", close_units },
	{ "destroy", destroy_units },
};

/* ------------------------------------------------------------------ what tapd has grown to */

static long rss_kib(pid_t pid)
{
	char path[64], line[256];
	long kib = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && kib < 0 && fgets(line, sizeof(line), f) != NULL)
		sscanf(line, "VmRSS: %ld", &kib);
	if (f != NULL)
		fclose(f);
	return kib;
}

static long fd_count(pid_t pid)
{
	char path[64];
	long n = -2;			/* . and .. */
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	d = opendir(path);
	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

static void print_size(const struct bench *b)
{
	printf("    tapd: %ld KiB resident, %ld descriptors\n", rss_kib(b->tapd.pid), fd_count(b->tapd.pid));
}

/* ------------------------------------------------------------------ main */

static void run(struct bench *b)
{
	print_size(b);
	for (size_t i = 0; i < NELEM(steps); i++) {
		uint64_t at = rig_now();
		double s;

		steps[i].fn(b);
		s = (rig_now() - at) / 1e9;
		printf("  %-8s %8.3f s  %9.1f us each\n", steps[i].title, s, s * 1e6 / b->units);
		if (steps[i].fn == write_units)
			print_size(b);
		fflush(stdout);
	}
	print_size(b);
}

static void raise_fd_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
		return;
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
}

static void usage(FILE *to)
{
	fprintf(to, "usage: bench_units --tapd=FILE [--transport=auto|cuse|fuse] [UNITS]\n\n"
	    "  UNITS        how many, 1 to %d; default $TAPD_BENCH_UNITS, or %d\n", UNITS_MAX, UNITS_DEFAULT);
}

static long parse_units(const char *text)
{
	long n = UNITS_DEFAULT;

	if (text != NULL && !str_to_long(text, 1, UNITS_MAX, &n)) {
		fprintf(stderr, "bench_units: %s: expected a number of units, 1 to %d\n", text, UNITS_MAX);
		exit(EXIT_USAGE);
	}
	return n;
}

static void start(struct bench *b, const char *bin, const char *transport)
{
	struct utsname u;

	b->fd = calloc(b->units, sizeof(*b->fd));
	if (b->fd == NULL)
		rig_fail("out of memory");
	raise_fd_limit();
	rig_enter(LIMIT);
	rig_tapd_start(&b->tapd, bin, transport, PREFIX, 0);
	rig_ctl(&b->tapd, "sysctl", "net.link.tap.up_on_open=1");
	b->host = rig_host(NULL);
	uname(&u);
	printf("tapd %s; %s %s %s, %ld CPUs; transport %s; %ld units\n", TAPD_VERSION, u.sysname, u.release, u.machine,
	    sysconf(_SC_NPROCESSORS_ONLN), transport, b->units);
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "tapd", required_argument, NULL, 'd' }, { "transport", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' }, { 0 },
	};
	const char *bin = NULL, *transport = "auto";
	struct bench b = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		if (c == 'd')
			bin = optarg;
		else if (c == 't')
			transport = optarg;
		else {
			usage(c == 'h' ? stdout : stderr);
			return c == 'h' ? EXIT_OK : EXIT_USAGE;
		}
	}
	if (bin == NULL || argc - optind > 1) {
		usage(stderr);
		return EXIT_USAGE;
	}
	b.units = parse_units(optind < argc ? argv[optind] : getenv("TAPD_BENCH_UNITS"));
	start(&b, bin, rig_transport(transport));
	run(&b);
	rig_tapd_stop(&b.tapd);
	free(b.fd);
	return 0;
}
