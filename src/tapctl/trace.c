/* SPDX-License-Identifier: BSD-2-Clause */
/* `tapctl trace`: the calls of programs, a line each, as tapd tells of them. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "tapctl/tapctl.h"

static void print_part(FILE *out, const char *text)
{
	if (*text != '\0')
		fprintf(out, "  %s", text);
}

/* 12:34:56.789012    757 tapdump    read(tap0, 1514) = EHOSTDOWN  tap0 is not up: tapctl tap0 up, or ... */
static void text_trace(FILE *out, json_t *t)
{
	json_int_t us = json_integer_value(json_object_get(t, "time_us"));
	time_t seconds = us / 1000000;
	struct tm tm = { 0 };
	char when[16];

	localtime_r(&seconds, &tm);
	strftime(when, sizeof(when), "%T", &tm);
	fprintf(out, "%s.%06lld %6lld %-10s %s", when, (long long)(us % 1000000),
	    (long long)json_integer_value(json_object_get(t, "pid")), str_of(t, "program"), str_of(t, "call"));
	print_part(out, str_of(t, "frame"));
	print_part(out, str_of(t, "why"));
	fputc('\n', out);
}

void text_event(FILE *out, json_t *event)
{
	json_t *trace = json_object_get(event, "trace");
	json_t *missed = json_object_get(event, "missed");

	if (trace)
		text_trace(out, trace);
	if (missed)
		fprintf(out, "... %lld calls not shown: they came faster than they were read\n",
		    (long long)json_integer_value(missed));
}

/* Print an event of any kind.  False: standard output takes no more. */
static bool print_event(const struct options *o, json_t *event)
{
	if (o->json) {
		json_dumpf(event, stdout, JSON_COMPACT);
		putchar('\n');
	} else {
		text_event(stdout, event);
	}
	return fflush(stdout) == 0;
}

/* Until so many calls were shown, or tapd has nothing more to say: the exit status. */
static int follow(const struct options *o, int fd, long count)
{
	json_t *msg;
	int err, status = -1;

	while (status < 0 && (err = client_receive(fd, &msg)) == 0) {
		if (json_object_get(msg, "error")) {
			status = print_reply(o->json, msg, "trace");
		} else if (json_object_get(msg, "tracing")) {
			fprintf(stderr, "tapctl: tracing %s; interrupt to end\n",
			    str_of(json_object_get(msg, "tracing"), "name"));
		} else if (!print_event(o, msg)) {
			perror("tapctl: standard output");
			status = EXIT_FAIL;
		} else if (json_object_get(msg, "trace") && --count == 0) {
			status = EXIT_OK;
		}
		json_decref(msg);
	}
	if (status >= 0)
		return status;
	return client_fail(o->socket_path, err);
}

int trace(const struct options *o, int argc, char **argv)
{
	static const struct option longopts[] = { { "count", required_argument, NULL, 'c' }, { 0 } };
	const char *words[] = { "trace", NULL };
	long count = 0;
	int c, fd, err, status;

	while ((c = getopt_long(argc, argv, "c:", longopts, NULL)) != -1)
		if (c != 'c' || !str_to_long(optarg, 1, LONG_MAX, &count))
			return local_usage("trace");
	if (argc - optind > 1)
		return local_usage("trace");
	words[1] = argv[optind];
	fd = client_connect(o->socket_path, false, &status);
	if (fd < 0)
		return status;
	err = client_send(fd, words, words[1] ? 2 : 1);
	status = err < 0 ? client_fail(o->socket_path, err) : follow(o, fd, count);
	close(fd);
	return status;
}
