/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of tapctl: text.c prints, client.c talks to tapd, main.c and the words of local.c decide what. */
#ifndef TAPD_TAPCTL_H
#define TAPD_TAPCTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct options {
	bool json;
	const char *socket_path;
	const char *word;		/* -a or -l, which are words to tapd */
};

/* ---- client.c: what returns an exit status says on standard error what failed */

/* A connection to tapd's socket, or -1 with *status. */
int client_connect(const char *path, bool quiet, int *status);
/* Ask for these words.  EXIT_OK: *reply is a new reference. */
int client_ask(int fd, const char *path, const char *const *words, size_t n, json_t **reply);

/* The same in silence: 0 or -errno, and then *reply is NULL. */
int client_exchange(int fd, const char *const *words, size_t n, json_t **reply);
/* One half each of that. */
int client_send(int fd, const char *const *words, size_t n);
int client_receive(int fd, json_t **msg);
int client_fail(const char *path, int err);		/* say what -errno means: the exit status */

/* ---- text.c: replies as ifconfig(8) and sysctl(8) print */

/* asked: the first word of the request. */
void text_reply(FILE *out, json_t *reply, const char *asked);
void text_verbs(FILE *out, json_t *verbs);	/* the "verbs" of a reply */

/* A whole reply: its text or JSON, and its error where people look for errors.  The exit status. */
int print_reply(bool json, json_t *reply, const char *asked);
/* What a reply lacks or has otherwise is "" and 0. */
const char *str_of(json_t *o, const char *key);
long long int_of(json_t *o, const char *key);

/* ---- local.c: words that tapctl does more for than to pass them on */

struct local {
	const char *name;
	const char *args;		/* its arguments, for people */
	bool privileged;
	const char *help;
	int (*run)(const struct options *o, int argc, char **argv);	/* argv[0]: the word.  The exit status */
};
extern const struct local local_table[];		/* ends with name == NULL */
const struct local *local_find(const char *name);	/* NULL: none of these */
int local_usage(const char *name);			/* say how it is used: EXIT_USAGE */

/* ---- trace.c, watch.c, stats.c, inject.c: one word each */

int trace(const struct options *o, int argc, char **argv);
void text_event(FILE *out, json_t *event);		/* what a trace tells */
int watch(const struct options *o, int argc, char **argv);
int inject(const struct options *o, int argc, char **argv);
int stats(const struct options *o, int argc, char **argv);
void stats_text(FILE *out, json_t *reply);		/* the reply to "stats" */
void stats_prometheus(FILE *out, json_t *reply);

/* ---- complete.c */

/* Print, one a line, what the last of the words may become. */
void complete(FILE *out, const char *socket_path, const char *const *words, size_t n);

#endif
