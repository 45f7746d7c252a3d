/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a manual page tells of a word: for tests that hold a page against a program's own table. */
#ifndef TAPD_TESTS_MANPAGE_H
#define TAPD_TESTS_MANPAGE_H

#include <check.h>
#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A page of docs/man, for the caller to free. */
static char *page(const char *name)
{
	char here[] = __FILE__, path[512], *s = calloc(1, 65536);
	FILE *f;

	snprintf(path, sizeof(path), "%s/../../docs/man/%s", dirname(here), name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	ck_assert_uint_gt(fread(s, 1, 65535, f), 0);
	fclose(f);
	return s;
}

/* The page has a line that begins with one of the macros and holds the word as a word. */
static bool documents(const char *man, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strstr(man, word); p; p = strstr(p + 1, word)) {
		const char *line = p;

		while (line > man && line[-1] != '\n')
			line--;
		if (*line == '.' && p[-1] == ' ' && strchr(" \n", p[n]))
			return true;
	}
	return false;
}

#endif
