/* SPDX-License-Identifier: BSD-2-Clause */
/* What verbs.c and command.c share: a command while it is parsed and while it runs.  Nobody else includes this. */
#ifndef TAPD_CTL_COMMAND_H
#define TAPD_CTL_COMMAND_H

#include "ctl/verbs.h"

/* The words not taken yet are words[i..n). */
struct ctl_parser {
	const char *const *words;
	size_t n, i;
	struct ctl_error *e;
};

struct ctl_run {
	const struct ctl_env *env;
	const char *name;		/* the interface's, for messages */
	struct tap_softc *sc;
	json_t *reply;			/* verbs add their keys */
	struct tap_destroy *destroy;
	struct tap_softc **waiting;
	struct ctl_error error;		/* filled in by a verb that can say more than an errno */
};

#endif
