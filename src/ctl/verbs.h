/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be asked of tapd, in the words of ifconfig(8) and sysctl(8): one table, from which come parsing, rights,
 * `tapctl help`, completion and the tests.  A command is parsed to its last word before any of it is done.  Sockets
 * and messages are server.c's.
 */
#ifndef TAPD_CTL_VERBS_H
#define TAPD_CTL_VERBS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "tap/tap.h"

/* What a client wants to be told of from now on: see ctl_trace_event(). */
struct ctl_trace {
	bool on;
	char name[TAP_IFNAMSIZ];	/* an interface's or a device's; "": all */
};

/* Where commands run. */
struct ctl_env {
	struct tap_driver *drv;
	struct loop *loop;
	struct backends *backends;	/* NULL: there are no switches */
	struct explain *explain;
	struct record *record;
	const char *dev_dir;		/* "/dev" */
	const char *transport;		/* "cuse", "fuse": for `tapctl version` */
	struct ctl_trace *trace;	/* the client's, for the verb to fill in; NULL: this client cannot be told */
	pid_t pid;			/* of the client: it names the network namespace of what it makes; 0: ours */
	const char *cwd;		/* the client's working directory, absolute, for relative paths; NULL: none was given */
};

enum ctl_on { CTL_ON_TAPD, CTL_ON_UNIT };		/* the first word, or after an interface's name */
enum ctl_who { CTL_ANYONE, CTL_PRIVILEGED };		/* privileged: root, or the user tapd runs as */

struct ctl_parser;
struct ctl_step;
struct ctl_run;

struct ctl_verb {
	const char *name;
	enum ctl_on on;
	enum ctl_who who;
	unsigned nargs;			/* words it must have after it */
	const char *args;		/* its arguments, for people */
	const char *help;
	int value;			/* for rows that share a handler */
	int (*parse)(struct ctl_parser *p, struct ctl_step *s);	/* takes its words; NULL: takes none */
	int (*run)(struct ctl_run *r, const struct ctl_step *s);
	bool repeats;			/* takes the rest of the command, word by word */
};
extern const struct ctl_verb ctl_verb_table[];		/* ends with name == NULL */
const struct ctl_verb *ctl_verb_find(const char *name, enum ctl_on on);

/* The same words, for whoever only names them. */
struct ctl_word {
	const char *name;
	enum ctl_on on;
	enum ctl_who who;
	unsigned nargs;
	const char *args, *help;
};
extern const struct ctl_word ctl_word_table[];		/* ends with name == NULL */
const struct ctl_word *ctl_word_find(const char *name, enum ctl_on on);
/* The table as the "verbs" of include/tapd/ctl.h: a new reference, or NULL when out of memory. */
json_t *ctl_words_json(void);

/* What went wrong, for a person and for a program. */
struct ctl_error {
	int err;			/* errno, positive */
	int exit;			/* base/util.h */
	char message[512];
};
/* Fill in *e.  Returns -err. */
int ctl_error_set(struct ctl_error *e, int err, int status, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* {"version": 1, "error": ...}, a new reference or NULL. */
json_t *ctl_error_reply(const struct ctl_error *e);

/* One verb of a command with its arguments.  Strings are the request's. */
struct ctl_step {
	const struct ctl_verb *verb;
	enum ctl_who who;
	struct tap_ifaddr addr;
	enum { CTL_ADDR_SET, CTL_ADDR_ADD, CTL_ADDR_DELETE } how;
	uint8_t lladdr[TAP_ADDRLEN];
	long number;
	const char *word;		/* a sysctl's, interface's or dialect's name, or NULL */
	int sysctl;			/* to set, or -1 */
	const char *const *words;	/* of a verb that takes as many as there are */
	size_t nwords;
};

#define CTL_STEPS_MAX 64
struct ctl_command {
	const char *name;		/* the interface, or a family for create; NULL for CTL_ON_TAPD */
	struct ctl_step step[CTL_STEPS_MAX];
	size_t nsteps;
};
/* Words to steps, touching nothing.  0, or -errno with *e filled in. */
int ctl_parse(const char *const *words, size_t n, struct ctl_command *c, struct ctl_error *e);

/*
 * Do the command.  The reply, a new reference, or NULL when out of memory.  A destroy that must wait sets *waiting to
 * its unit, returns the interim message and keeps w, which is as tap_unit_destroy() describes it.
 */
json_t *ctl_do(const struct ctl_env *env, bool privileged, const char *const *words, size_t n, struct tap_destroy *w,
    struct tap_softc **waiting);

bool ctl_trace_wants(const struct ctl_trace *t, const struct tap_call *c);
/* A call as a message of include/tapd/ctl.h: a new reference, or NULL when out of memory. */
json_t *ctl_trace_event(const struct tap_call *c);

/* {"version": 1} with nothing more, a new reference or NULL. */
json_t *ctl_reply_new(void);

#endif
