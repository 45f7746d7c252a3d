/* SPDX-License-Identifier: BSD-2-Clause */
/* What verbs.c and command.c share: a command while it is parsed and while it runs.  Nobody else includes this. */
#ifndef TAPD_CTL_COMMAND_H
#define TAPD_CTL_COMMAND_H

#include <limits.h>

#include "ctl/verbs.h"

/* The words not taken yet are words[i..n). */
struct ctl_parser {
	const char *const *words;
	size_t n, i;
	struct ctl_error *e;
};

struct ctl_run {
	const struct ctl_env *env;
	const struct ctl_command *command;
	bool privileged;
	const char *name;		/* the interface's, for messages */
	struct tap_softc *sc;
	json_t *reply;			/* verbs add their keys */
	struct tap_destroy *destroy;
	struct tap_softc **waiting;
	struct ctl_error error;		/* filled in by a verb that can say more than an errno */
};

/* A word that is a path, made absolute by the client's working directory.  -errno, and r->error says why. */
int ctl_path(struct ctl_run *r, const char *word, char path[PATH_MAX]);
/* What to plug into, with the path in it made absolute. */
int ctl_spec(struct ctl_run *r, const char *word, char spec[TAP_SPEC_MAX]);

/* verbs_see.c, for the table in verbs.c */
int ctl_parse_see(struct ctl_parser *p, struct ctl_step *s);
int ctl_run_trace(struct ctl_run *r, const struct ctl_step *s);
int ctl_run_explain(struct ctl_run *r, const struct ctl_step *s);
int ctl_run_stats(struct ctl_run *r, const struct ctl_step *s);

/* verbs_files.c */
int ctl_parse_record(struct ctl_parser *p, struct ctl_step *s);
int ctl_run_record(struct ctl_run *r, const struct ctl_step *s);
int ctl_parse_replay(struct ctl_parser *p, struct ctl_step *s);
int ctl_run_replay(struct ctl_run *r, const struct ctl_step *s);

/* verbs_switch.c */
int ctl_parse_switch(struct ctl_parser *p, struct ctl_step *s);
int ctl_run_switch(struct ctl_run *r, const struct ctl_step *s);

/* verbs_fault.c, for the table in verbs.c */
int ctl_parse_fault(struct ctl_parser *p, struct ctl_step *s);
int ctl_run_fault(struct ctl_run *r, const struct ctl_step *s);
int ctl_parse_inject(struct ctl_parser *p, struct ctl_step *s);
int ctl_run_inject(struct ctl_run *r, const struct ctl_step *s);

#endif
