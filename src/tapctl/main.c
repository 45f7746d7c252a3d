/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tapctl(8): ifconfig(8) and sysctl(8) for tapd.  A thin client: it sends its words, prints the reply and exits as the
 * reply says.  What the words mean, tapd knows.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "ctl/verbs.h"
#include "tapctl/tapctl.h"
#include "tapd/ctl.h"

struct options {
	bool json;
	const char *socket_path;
	const char *word;		/* -a or -l, which are words to tapd */
};

static void print_usage(FILE *out)
{
	json_t *verbs = ctl_verbs_json();

	fprintf(out, "usage: tapctl [-j] [-s SOCKET] WORD...\n"
	    "  tapctl tap create                       make the next free tap, print its name\n"
	    "  tapctl tap0 inet 192.0.2.1/24 up        several things in one command, in order\n"
	    "  tapctl tap0                             show it\n\n"
	    "options:\n"
	    "  -j, --json           print replies as JSON\n"
	    "  -s, --socket=SOCKET  where tapd listens (TAPD_SOCKET, else " TAPD_CTL_SOCKET ")\n"
	    "  -h, --help           print this\n"
	    "  -V, --version        print the version of tapctl\n\n"
	    "words:\n");
	text_verbs(out, verbs);
	json_decref(verbs);
	fprintf(out, "\nexit status: %d done, %d failed, %d wrong words, %d no tapd there, %d not permitted\n", EXIT_OK,
	    EXIT_FAIL, EXIT_USAGE, EXIT_UNAVAILABLE, EXIT_PERM);
}

/* A whole reply: its text or JSON, and its error where people look for errors.  The exit status. */
static int print_reply(const struct options *o, json_t *reply, const char *asked)
{
	json_t *error = json_object_get(reply, "error");
	const char *message = json_string_value(json_object_get(error, "message"));
	json_int_t status = json_integer_value(json_object_get(error, "exit"));

	if (o->json) {
		json_dumpf(reply, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		text_reply(stdout, reply, asked);
	}
	if (fflush(stdout) != 0) {
		perror("tapctl: standard output");
		return EXIT_FAIL;
	}
	if (!error)
		return EXIT_OK;
	fprintf(stderr, "tapctl: %s\n", message ? message : "tapd failed without saying why");
	return status > 0 && status < 126 ? (int)status : EXIT_FAIL;
}

static int command(const struct options *o, const char *const *words, size_t n)
{
	json_t *reply = NULL;
	int status, fd = client_connect(o->socket_path, false, &status);

	if (fd < 0)
		return status;
	status = client_ask(fd, o->socket_path, words, n, &reply);
	if (status == EXIT_OK)
		status = print_reply(o, reply, words[0]);
	json_decref(reply);
	close(fd);
	return status;
}

/* EXIT_OK with *done: nothing is left to do. */
static int parse_options(int argc, char **argv, struct options *o, bool *done)
{
	static const struct option longopts[] = {
		{ "json", no_argument, NULL, 'j' }, { "socket", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }, { 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "+ajls:hV", longopts, NULL)) != -1) {
		switch (c) {
		case 'a':
		case 'l':
			o->word = c == 'a' ? "-a" : "-l";
			break;
		case 'j':
			o->json = true;
			break;
		case 's':
			o->socket_path = optarg;
			break;
		case 'h':
			print_usage(stdout);
			*done = true;
			return EXIT_OK;
		case 'V':
			printf("tapctl %s\n", TAPD_VERSION);
			*done = true;
			return EXIT_OK;
		default:
			fprintf(stderr, "tapctl: try: tapctl --help\n");
			return EXIT_USAGE;
		}
	}
	return EXIT_OK;
}

int main(int argc, char **argv)
{
	struct options o = { .socket_path = getenv("TAPD_SOCKET") };
	bool done = false;
	int status;

	if (!o.socket_path || o.socket_path[0] == '\0')
		o.socket_path = TAPD_CTL_SOCKET;
	status = parse_options(argc, argv, &o, &done);
	if (status != EXIT_OK || done)
		return status;
	if (o.word)
		argv[--optind] = (char *)o.word;
	if (optind == argc) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[optind], "complete") == 0) {
		complete(stdout, o.socket_path, (const char *const *)argv + optind + 1, (size_t)(argc - optind - 1));
		return EXIT_OK;
	}
	return command(&o, (const char *const *)argv + optind, (size_t)(argc - optind));
}
