/* SPDX-License-Identifier: BSD-2-Clause */
/* tapd's command line: one table, from which the parser's tables and --help are made. */
#include "tapd/options.h"

#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "backend/backend.h"
#include "base/util.h"
#include "ctl/conf.h"
#include "tap/dialect.h"

enum { OPT_TRANSPORT = 256, OPT_RUN_DIR, OPT_DEV_DIR, OPT_PREFIX, OPT_READY_FD, OPT_SPIN, OPT_ATTACH, OPT_DIALECT,
	OPT_PUBLISH, OPT_RECORD };

static const struct {
	int id;				/* a short option's letter, or OPT_* */
	const char *name, *arg, *help;
} table[] = {
	{ 'c', "config", "FILE", "read FILE: units, owners, sysctls; tapd.conf(5)" },
	{ 't', "test", NULL, "check the configuration, say what is wrong, and exit" },
	{ OPT_TRANSPORT, "transport", "auto|cuse|fuse", "how programs reach the devices; auto takes CUSE where there is one" },
	{ OPT_ATTACH, "attach", "auto|WHAT", "plug new units into WHAT, as --version lists; auto: tuntap, or slirp without the right" },
	{ OPT_DIALECT, "dialect", "NAME", "behave as this system, such as netbsd-10; default freebsd" },
	{ OPT_PUBLISH, "publish", "N", "tap0 to tapN-1 are there to be opened, ahead of their units" },
	{ OPT_RECORD, "record", "FILE", "record every unit: the first to FILE, a pcapng, the next to FILE-2" },
	{ OPT_RUN_DIR, "run-dir", "DIR", "socket, lock and FUSE mount; default /run/tapd" },
	{ OPT_DEV_DIR, "dev-dir", "DIR", "where the devices appear; default /dev" },
	{ OPT_PREFIX, "prefix", "TEXT", "put TEXT before tap in every name: /dev/TEXTtap0" },
	{ OPT_READY_FD, "ready-fd", "N", "write a newline to descriptor N once the devices are there" },
	{ OPT_SPIN, "spin", "USEC", "poll that long, up to 1000, before sleeping: less latency, more processor time" },
	{ 'q', "quiet", NULL, "log only what is wrong" },
	{ 'v', "verbose", NULL, "log more; twice: everything" },
	{ 'h', "help", NULL, "this text" },
	{ 'V', "version", NULL, "version and what is built in" },
};

static void usage(void)
{
	printf("usage: tapd [options]\n\nBSD tap(4) for programs on Linux: /dev/tap and /dev/tapN, until a signal ends it.\n\n");
	for (size_t i = 0; i < NELEM(table); i++) {
		char left[48], opt[4] = "   ";

		if (table[i].id < 256)
			snprintf(opt, sizeof(opt), "-%c,", table[i].id);
		snprintf(left, sizeof(left), "%s --%s%s%s", opt, table[i].name, table[i].arg != NULL ? "=" : "",
		    table[i].arg != NULL ? table[i].arg : "");
		printf("  %-32s %s\n", left, table[i].help);
	}
	printf("\nExit status: 0 stopped by a signal, 1 failure, 64 usage, 69 no CUSE, FUSE or TAP here, 77 no permission,\n"
	    "78 configuration.  Controls: tapctl(8).\n");
}

static void version(void)
{
	printf("tapd %s\ntransports: cuse fuse\nattach:\n", TAPD_VERSION);
	for (size_t i = 0; i < backend_count(); i++) {
		struct backend_desc d = backend_get(i);
		printf("  %s%s%s\n      %s\n", d.name, d.args[0] != '\0' && d.args[0] != '[' ? ":" : "", d.args, d.help);
	}
}

static int bad(const char *name, const char *value, const char *expected)
{
	fprintf(stderr, "tapd: --%s=%s: expected %s; see tapd --help\n", name, value, expected);
	return EXIT_USAGE;
}

static int bad_dialect(const char *value)
{
	char expected[256] = "one of";

	for (const struct tap_dialect *d = tap_dialect_table; d->name != NULL; d++)
		str_format(expected + strlen(expected), sizeof(expected) - strlen(expected), " %s", d->name);
	return bad("dialect", value, expected);
}

static int set_number(const char *name, const char *value, int max, int *to)
{
	char expected[48];
	long v;

	if (!str_to_long(value, 0, max, &v)) {
		snprintf(expected, sizeof(expected), "a number from 0 to %d", max);
		return bad(name, value, expected);
	}
	*to = v;
	return -1;
}

static int check_attach(const char *value)
{
	char why[512];

	if (strcmp(value, "auto") == 0 || backend_check(value, why, sizeof(why)) == 0)
		return -1;
	fprintf(stderr, "tapd: --attach=%s\n", why);
	return EXIT_USAGE;
}

static int set_option(struct options *o, int id, const char *value)
{
	long fd;

	switch (id) {
	case 'c':
		o->config = value;
		return -1;
	case 't':
		o->test = true;
		return -1;
	case 'q':
		o->verbose = -1;
		return -1;
	case 'v':
		o->verbose++;
		return -1;
	case OPT_TRANSPORT:
		if (strcmp(value, "auto") != 0 && strcmp(value, "cuse") != 0 && strcmp(value, "fuse") != 0)
			return bad("transport", value, "auto, cuse or fuse");
		o->transport = value;
		return -1;
	case OPT_ATTACH:
		o->attach = value;
		return check_attach(value);
	case OPT_DIALECT:
		o->dialect = tap_dialect_find(value);
		return o->dialect != NULL ? -1 : bad_dialect(value);
	case OPT_PUBLISH:
		return set_number("publish", value, CONF_PUBLISH_MAX, &o->publish);
	case OPT_RECORD:
		o->record = value;
		return -1;
	case OPT_RUN_DIR:
		o->run_dir = value;
		return -1;
	case OPT_DEV_DIR:
		o->dev_dir = value;
		return -1;
	case OPT_PREFIX:
		o->prefix = value;
		return -1;
	case OPT_READY_FD:
		if (!str_to_long(value, 0, INT_MAX, &fd) || fcntl(fd, F_GETFD) < 0)
			return bad("ready-fd", value, "an open descriptor");
		o->ready_fd = fd;
		return -1;
	case OPT_SPIN:
		return set_number("spin", value, 1000, &o->spin_us);
	case 'h':
		usage();
		return EXIT_OK;
	case 'V':
		version();
		return EXIT_OK;
	default:
		fprintf(stderr, "tapd: try: tapd --help\n");
		return EXIT_USAGE;	/* getopt_long said why */
	}
}

int options_parse(struct options *o, int argc, char **argv)
{
	struct option longs[NELEM(table) + 1] = { 0 };
	char shorts[2 * NELEM(table) + 1], *s = shorts;
	int id, status = -1;

	*o = (struct options){ .ready_fd = -1, .spin_us = -1, .publish = -1 };
	for (size_t i = 0; i < NELEM(table); i++) {
		longs[i] = (struct option){ table[i].name, table[i].arg != NULL, NULL, table[i].id };
		if (table[i].id < 256)
			*s++ = table[i].id;
		if (table[i].id < 256 && table[i].arg != NULL)
			*s++ = ':';
	}
	*s = '\0';
	while (status < 0 && (id = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
		status = set_option(o, id, optarg);
	if (status < 0 && optind < argc) {
		fprintf(stderr, "tapd: %s: tapd takes no arguments, only options; see tapd --help\n", argv[optind]);
		return EXIT_USAGE;
	}
	return status;
}
