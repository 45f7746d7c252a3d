/* SPDX-License-Identifier: BSD-2-Clause */
/* tapd's command line. */
#ifndef TAPD_TAPD_OPTIONS_H
#define TAPD_TAPD_OPTIONS_H

#include <stdbool.h>

/* What the command line said; NULL or -1 where it said nothing. */
struct options {
	const char *config;		/* -c */
	bool test;			/* -t: check the configuration and exit */
	const char *transport;		/* "auto", "cuse" or "fuse" */
	const char *attach;		/* "auto", or what new units are plugged into */
	const char *run_dir, *dev_dir, *prefix, *record;
	const struct tap_dialect *dialect;
	int publish;			/* nodes */
	int ready_fd;
	int spin_us;
	int verbose;			/* times -v; -1: -q */
};

/* Fills in o.  -1: go on; else the status to exit with, everything having been said. */
int options_parse(struct options *o, int argc, char **argv);

#endif
