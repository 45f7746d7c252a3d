/* SPDX-License-Identifier: BSD-2-Clause */
/* Log lines: see log.h.  One write(2) per line, so that lines of several processes do not mix. */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
	const char *program;
	int level;
	bool journal;
} conf = { "tapd", LOG_NOTICE, false };

void log_init(const char *program, int level)
{
	conf.program = program;
	conf.level = level;
	conf.journal = getenv("JOURNAL_STREAM") != NULL;
}

int log_level(void)
{
	return conf.level;
}

void log_at(int priority, const char *fmt, ...)
{
	int saved = errno, n = 0;
	char line[1024];
	va_list ap;

	if (priority > conf.level)
		return;
	if (conf.journal)
		n = snprintf(line, sizeof(line), "<%d>", priority);
	else
		n = snprintf(line, sizeof(line), "%s: ", conf.program);
	errno = saved;
	va_start(ap, fmt);
	n += vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	va_end(ap);
	if ((size_t)n > sizeof(line) - 2)
		n = sizeof(line) - 2;
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0) {
		/* nowhere left to say it */
	}
	errno = saved;
}
