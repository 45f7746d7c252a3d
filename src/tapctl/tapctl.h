/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of tapctl: text.c prints, client.c talks to tapd, main.c and complete.c decide what. */
#ifndef TAPD_TAPCTL_H
#define TAPD_TAPCTL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* ---- client.c: every function says on standard error what failed and returns an exit status where it can fail */

/* A connection to tapd's socket, or -1 with *status. */
int client_connect(const char *path, bool quiet, int *status);
/* Ask for these words.  EXIT_OK: *reply is a new reference. */
int client_ask(int fd, const char *path, const char *const *words, size_t n, json_t **reply);

/* ---- text.c: replies as ifconfig(8) and sysctl(8) print */

/* asked: the first word of the request. */
void text_reply(FILE *out, json_t *reply, const char *asked);
void text_verbs(FILE *out, json_t *verbs);	/* the "verbs" of a reply */

/* ---- complete.c */

/* Print, one a line, what the last of the words may become. */
void complete(FILE *out, const char *socket_path, const char *const *words, size_t n);

#endif
