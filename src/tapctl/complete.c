/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `tapctl complete WORD...`: candidates for the shell's completion, from the verb and sysctl tables and, where tapd
 * answers, the names of its interfaces.  It never says an error: a shell is asking in the middle of a line.
 */
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "ctl/verbs.h"
#include "tapctl/tapctl.h"

static void offer(FILE *out, const char *word, const char *partial)
{
	if (strncmp(word, partial, strlen(partial)) == 0)
		fprintf(out, "%s\n", word);
}

static void offer_verbs(FILE *out, enum ctl_on on, const char *partial)
{
	for (const struct ctl_word *v = ctl_word_table; v->name; v++)
		if (v->on == on)
			offer(out, v->name, partial);
}

/* Words of tapctl's own; not "complete", which nobody types, nor those that tapd has too. */
static void offer_locals(FILE *out, const char *partial)
{
	for (const struct local *l = local_table; l->name; l++)
		if (strcmp(l->name, "complete") != 0 && !ctl_word_find(l->name, CTL_ON_TAPD))
			offer(out, l->name, partial);
}

static void offer_sysctls(FILE *out, const char *partial)
{
	for (const struct tap_sysctl_desc *d = tap_sysctl_table; d->name; d++)
		offer(out, d->name, partial);
}

static void offer_names(FILE *out, const char *socket_path, const char *partial)
{
	const char *words[] = { "-l" };
	json_t *reply = NULL, *name;
	int status, fd = client_connect(socket_path, true, &status);
	size_t i;

	if (fd < 0)
		return;
	if (client_ask(fd, socket_path, words, 1, &reply) == EXIT_OK)
		json_array_foreach(json_object_get(reply, "names"), i, name)
			offer(out, json_string_value(name), partial);
	json_decref(reply);
	close(fd);
}

/* True when the word before the last wants one of its own, which nobody but the user knows. */
static bool wants_argument(const char *before)
{
	const struct ctl_word *v = ctl_word_find(before, CTL_ON_UNIT);

	return v && v->nargs > 0;
}

/* How many words tapctl's own options take at the beginning; one that names a socket sets *socket_path. */
static size_t skip_options(const char **socket_path, const char *const *words, size_t n)
{
	size_t i = 0;

	while (i + 1 < n &&
	       (strcmp(words[i], "-j") == 0 || strcmp(words[i], "--json") == 0 || strcmp(words[i], "-s") == 0)) {
		if (strcmp(words[i], "-s") == 0)
			*socket_path = words[++i];
		i++;
	}
	return i;
}

void complete(FILE *out, const char *socket_path, const char *const *words, size_t n)
{
	size_t skip = skip_options(&socket_path, words, n);
	const char *last;

	words += skip;
	n -= skip;
	last = n > 0 ? words[n - 1] : "";
	if (n < 2) {
		offer_names(out, socket_path, last);
		offer(out, "tap", last);
		offer(out, "vmnet", last);
		offer_verbs(out, CTL_ON_TAPD, last);
		offer_locals(out, last);
	} else if (strcmp(words[0], "trace") == 0 || strcmp(words[0], "explain") == 0) {
		offer_names(out, socket_path, last);
	} else if (strcmp(words[0], "inject") == 0) {
		if (n == 2)		/* then come digits or a file */
			offer_names(out, socket_path, last);
	} else if (strcmp(words[0], "sysctl") == 0) {
		offer_sysctls(out, last);
	} else if (!ctl_word_find(words[0], CTL_ON_TAPD) && !wants_argument(words[n - 2])) {
		offer_verbs(out, CTL_ON_UNIT, last);
	}
}
