/* SPDX-License-Identifier: BSD-2-Clause */
/* The words that tapctl does more for than to pass them on: see struct local. */
#include <string.h>

#include "base/util.h"
#include "tapctl/tapctl.h"

static int run_complete(const struct options *o, int argc, char **argv)
{
	complete(stdout, o->socket_path, (const char *const *)argv + 1, (size_t)(argc - 1));
	return EXIT_OK;
}

const struct local local_table[] = {
	{ "trace", "[-c COUNT] [NAME]", true, "show each call that programs make on the device, as it is made", trace },
	{ "watch", "[-i SECONDS] [-n COUNT]", false, "show all interfaces, their rates and drops, over and over", watch },
	{ "stats", "[-f text|json|prometheus]", false, "print all counters, with what they mean", stats },
	{ "inject", "NAME HEX...|-|FILE", true, "hand a frame, or those of a capture file, to the program on NAME", inject },
	{ "complete", "[WORD ...]", false, "print what the last word may become, for a shell", run_complete },
	{ 0 },
};

const struct local *local_find(const char *name)
{
	for (const struct local *l = local_table; l->name != NULL; l++)
		if (strcmp(l->name, name) == 0)
			return l;
	return NULL;
}

int local_usage(const char *name)
{
	fprintf(stderr, "usage: tapctl %s %s\n", name, local_find(name)->args);
	return EXIT_USAGE;
}
