/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tapctl(8): ifconfig(8) and sysctl(8) for tapd.  A thin client: it sends its words, prints the reply and exits as the
 * reply says.  What the words mean, tapd knows.  Under the name ifconfig it is that: see ifconfig.h.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "ctl/verbs.h"
#include "tapctl/ifconfig.h"
#include "tapctl/tapctl.h"
#include "tapd/ctl.h"

/* One of the words that come first; NULL: there is none of that name. */
static json_t *find_word(json_t *verbs, const char *name)
{
	json_t *v;
	size_t i;

	json_array_foreach(verbs, i, v)
		if (strcmp(str_of(v, "name"), name) == 0 && strcmp(str_of(v, "on"), "tapd") == 0)
			return v;
	return NULL;
}

/* All words: tapd's, and those that tapctl does more for, as it takes them. */
static json_t *all_words(void)
{
	json_t *verbs = ctl_words_json();

	for (const struct local *l = local_table; l->name != NULL; l++) {
		json_t *v = find_word(verbs, l->name);

		if (v != NULL)
			json_object_set_new(v, "args", json_string(l->args));
		else
			json_array_append_new(verbs, json_pack("{s:s, s:s, s:b, s:s}", "name", l->name, "args", l->args,
			    "privileged", l->privileged, "help", l->help));
	}
	return verbs;
}

static void print_usage(FILE *out)
{
	json_t *verbs = all_words();

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

static int command(const struct options *o, const char *const *words, size_t n)
{
	json_t *reply = NULL;
	int status, fd = client_connect(o->socket_path, false, &status);

	if (fd < 0)
		return status;
	status = client_ask(fd, o->socket_path, words, n, &reply);
	if (status == EXIT_OK)
		status = print_reply(o->json, reply, words[0]);
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
	const struct local *local;
	bool done = false;
	int status;

	if (!o.socket_path || o.socket_path[0] == '\0')
		o.socket_path = access(TAPD_CTL_SOCKET_TAPRUN, F_OK) == 0 ? TAPD_CTL_SOCKET_TAPRUN : TAPD_CTL_SOCKET;
	if (strcmp(program_invocation_short_name, "ifconfig") == 0)
		return ifconfig(o.socket_path, argc, argv);
	status = parse_options(argc, argv, &o, &done);
	if (status != EXIT_OK || done)
		return status;
	if (o.word)
		argv[--optind] = (char *)o.word;
	if (optind == argc) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	argv += optind;
	argc -= optind;
	local = local_find(argv[0]);
	if (local == NULL)
		return command(&o, (const char *const *)argv, (size_t)argc);
	optind = 0;
	return local->run(&o, argc, argv);
}
