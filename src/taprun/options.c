/* SPDX-License-Identifier: BSD-2-Clause */
/* taprun's command line: one table, from which the parser's tables and --help are made. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "taprun/taprun.h"

enum { OPT_NET = 256, OPT_SHARE_NET, OPT_DIALECT, OPT_TAP, OPT_RECORD, OPT_TRACE, OPT_CONFIG, OPT_PUBLISH, OPT_USER };

static const struct {
	int id;				/* a short option's letter, or OPT_* */
	const char *name, *arg, *help;
} table[] = {
	{ OPT_TAP, "tap", "'tap0 WORD...'", "configure a unit first, in tapctl(8)'s words; repeatable" },
	{ OPT_NET, "net", "none|WHAT", "plug taps into WHAT, such as slirp or switch:lan (tapd --version lists\n"
	    "all); none, the default: a host interface each, in a network of their own" },
	{ OPT_SHARE_NET, "share-net", NULL, "the program stays in your network instead of one of its own" },
	{ OPT_DIALECT, "dialect", "NAME", "behave as this system, such as netbsd-10" },
	{ OPT_PUBLISH, "publish", "N", "/dev/tap0 to tapN-1 are there to be opened; default 8" },
	{ OPT_CONFIG, "config", "FILE", "units, switches and sysctls; tapd.conf(5)" },
	{ OPT_USER, "user", NULL, "the program keeps your user id; else it sees itself as root" },
	{ OPT_RECORD, "record", "FILE", "record the first unit to FILE, a pcapng, the next to FILE-2" },
	{ OPT_TRACE, "trace", NULL, "show each call on the devices, on standard error" },
	{ 'v', "verbose", NULL, "say more; twice: everything" },
	{ 'h', "help", NULL, "this text" },
	{ 'V', "version", NULL, "version" },
};

static void usage_option(size_t i)
{
	char left[48], opt[4] = "   ";
	const char *help = table[i].help, *end;

	if (table[i].id < 256)
		snprintf(opt, sizeof(opt), "-%c,", table[i].id);
	snprintf(left, sizeof(left), "%s --%s%s%s", opt, table[i].name, table[i].arg != NULL ? "=" : "",
	    table[i].arg != NULL ? table[i].arg : "");
	while ((end = strchr(help, '\n')) != NULL) {
		printf("  %-26s %.*s\n", left, (int)(end - help), help);
		help = end + 1;
		left[0] = '\0';
	}
	printf("  %-26s %s\n", left, help);
}

static void usage(void)
{
	printf("usage: taprun [options] [--] PROGRAM [ARG...]\n\n"
	    "Run PROGRAM with BSD tap(4) devices in a /dev of its own: no root, no kernel module.  Nothing is left when it\n"
	    "ends.\n\n"
	    "  taprun --tap 'tap0 inet 192.0.2.1/24 up' -- ./program /dev/tap0\n\n");
	for (size_t i = 0; i < NELEM(table); i++)
		usage_option(i);
	printf("\nExit status: PROGRAM's, or its signal; %d usage, %d and %d this machine forbids something, %d and %d\n"
	    "PROGRAM cannot be run.  More: taprun(1).\n", EXIT_USAGE, EXIT_UNAVAILABLE, EXIT_PERM, EXIT_NOEXEC, EXIT_NOENT);
}

static int add_tap(struct options *o, const char *value)
{
	if (value[strspn(value, " \t\n")] == '\0') {
		say("--tap: expected a unit and what to do to it, such as: --tap 'tap0 inet 192.0.2.1/24 up'");
		return EXIT_USAGE;
	}
	if (o->ntaps == NELEM(o->taps)) {
		say("--tap: at most %zu; a file can say more: --config", NELEM(o->taps));
		return EXIT_USAGE;
	}
	o->taps[o->ntaps++] = value;
	return -1;
}

/* Where a value goes that is taken as it is. */
static const char **text_option(struct options *o, int id)
{
	switch (id) {
	case OPT_NET:
		return &o->net;
	case OPT_DIALECT:
		return &o->dialect;
	case OPT_PUBLISH:
		return &o->publish;
	case OPT_CONFIG:
		return &o->config;
	case OPT_RECORD:
		return &o->record;
	default:
		return NULL;
	}
}

static int set_option(struct options *o, int id, const char *value)
{
	const char **text = text_option(o, id);

	if (text != NULL) {
		*text = value;
		return -1;
	}
	switch (id) {
	case OPT_TAP:
		return add_tap(o, value);
	case OPT_SHARE_NET:
		o->share_net = true;
		return -1;
	case OPT_USER:
		o->user = true;
		return -1;
	case OPT_TRACE:
		o->trace = true;
		return -1;
	case 'v':
		o->verbose++;
		return -1;
	case 'h':
		usage();
		return EXIT_OK;
	case 'V':
		printf("taprun %s\n", TAPD_VERSION);
		return EXIT_OK;
	default:
		fprintf(stderr, "taprun: try: taprun --help\n");
		return EXIT_USAGE;	/* getopt_long said why */
	}
}

int options_parse(struct options *o, int argc, char **argv)
{
	struct option longs[NELEM(table) + 1] = { 0 };
	int id, status = -1;

	*o = (struct options){ 0 };
	for (size_t i = 0; i < NELEM(table); i++)
		longs[i] = (struct option){ table[i].name, table[i].arg != NULL, NULL, table[i].id };
	while (status < 0 && (id = getopt_long(argc, argv, "+vhV", longs, NULL)) != -1)
		status = set_option(o, id, optarg);
	if (status >= 0)
		return status;
	if (optind == argc) {
		say("which program? as in: taprun -- ./program /dev/tap0; see taprun --help");
		return EXIT_USAGE;
	}
	o->isolated = o->net != NULL && strcmp(o->net, "none") == 0;
	if (o->isolated)
		o->net = NULL;
	o->program = argv + optind;
	return -1;
}
