/* SPDX-License-Identifier: BSD-2-Clause */
/* Comparing, and saying how it went: a line for each row as text, as TAP, or all as one JSON object. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conform.h"

/* ------------------------------------------------------------------ results */

#define E(name) { name, #name }
static const struct {
	int value;
	const char *name;
} errno_table[] = {
	E(EPERM), E(ENOENT), E(ESRCH), E(EINTR), E(EIO), E(ENXIO), E(EBADF), E(EAGAIN), E(ENOMEM), E(EACCES), E(EFAULT),
	E(EBUSY), E(EEXIST), E(ENODEV), E(EINVAL), E(EMFILE), E(ENOTTY), E(ENOSPC), E(ESPIPE), E(EPIPE), E(EMSGSIZE),
	E(EPROTOTYPE), E(EOPNOTSUPP), E(EADDRNOTAVAIL), E(ENETDOWN), E(ENETUNREACH), E(ENOBUFS), E(ENOTCONN), E(EHOSTDOWN),
	E(EHOSTUNREACH), { ETIMEDOUT, "nothing within the time" },
};

const char *result_name(long result)
{
	static char text[2][32];
	static int turn;

	for (size_t i = 0; i < NELEM(errno_table); i++)
		if (result == -errno_table[i].value)
			return errno_table[i].name;
	turn = !turn;
	snprintf(text[turn], sizeof(text[turn]), "%ld", result);
	return text[turn];
}

void fail(struct ctx *c, const char *fmt, ...)
{
	va_list ap;

	if (c->verdict == V_FAIL)
		return;			/* the first reason is the reason */
	c->verdict = V_FAIL;
	va_start(ap, fmt);
	vsnprintf(c->text, sizeof(c->text), fmt, ap);
	va_end(ap);
}

void skip(struct ctx *c, const char *why)
{
	c->verdict = V_SKIP;
	snprintf(c->text, sizeof(c->text), "%s", why);
}

bool expect(struct ctx *c, const char *what, long got, long want)
{
	if (c->verdict == V_FAIL)
		return false;
	if (got == want)
		return true;
	fail(c, "%s: expected %s got %s", what, result_name(want), result_name(got));
	return false;
}

bool expect_or(struct ctx *c, const char *what, long got, long want, long here, const char *reason)
{
	if (got == want || got != here || !sys_differs() || c->verdict == V_FAIL)
		return expect(c, what, got, want);
	snprintf(c->differs, sizeof(c->differs), "%s", reason);
	return true;
}

bool expect_true(struct ctx *c, const char *what, bool is)
{
	if (!is)
		fail(c, "expected that %s; it is not so", what);
	return is && c->verdict != V_FAIL;
}

/* ------------------------------------------------------------------ printing */

static void json_string(const char *s)
{
	putchar('"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			printf("\\%c", *s);
		else if ((unsigned char)*s < ' ')
			printf("\\u%04x", (unsigned)*s);
		else
			putchar(*s);
	}
	putchar('"');
}

void report_start(struct report *r, int rows)
{
	if (r->format == FORMAT_TAP)
		printf("1..%d\n", rows);
	if (r->format != FORMAT_JSON)
		return;
	printf("{\"device\": ");
	json_string(r->c->path);
	printf(", \"dialect\": ");
	json_string(r->c->d->name);
	printf(", \"rows\": [");
}

static void text_row(const struct ctx *c, const char *id)
{
	if (c->verdict == V_FAIL)
		printf("%s FAIL %s\n", id, c->text);
	else if (c->verdict == V_SKIP)
		printf("%s skip (%s)\n", id, c->text);
	else if (c->differs[0] != '\0')
		printf("%s ok (differs: %s)\n", id, c->differs);
	else
		printf("%s ok\n", id);
}

static void tap_row(const struct ctx *c, const struct row *row, int n)
{
	printf("%s %d - %s %s", c->verdict == V_FAIL ? "not ok" : "ok", n, row->id, row->title);
	if (c->verdict == V_SKIP)
		printf(" # SKIP %s", c->text);
	printf("\n");
	if (c->verdict == V_FAIL)
		printf("# %s\n", c->text);
	if (c->differs[0] != '\0')
		printf("# differs: %s\n", c->differs);
}

static void json_row(const struct ctx *c, const struct row *row, int n)
{
	static const char *const names[] = { [V_OK] = "ok", [V_FAIL] = "fail", [V_SKIP] = "skip" };

	printf("%s\n  {\"row\": \"%s\", \"verdict\": \"%s\", \"title\": ", n > 1 ? "," : "", row->id, names[c->verdict]);
	json_string(row->title);
	if (c->verdict != V_OK) {
		printf(", \"text\": ");
		json_string(c->text);
	}
	if (c->differs[0] != '\0') {
		printf(", \"differs\": ");
		json_string(c->differs);
	}
	printf("}");
}

void report_row(struct report *r, const struct row *row)
{
	r->n++;
	r->count[r->c->verdict]++;
	switch (r->format) {
	case FORMAT_TEXT:
		text_row(r->c, row->id);
		break;
	case FORMAT_TAP:
		tap_row(r->c, row, r->n);
		break;
	case FORMAT_JSON:
		json_row(r->c, row, r->n);
		break;
	}
	fflush(stdout);
}

void report_end(struct report *r)
{
	if (r->format == FORMAT_JSON)
		printf("\n], \"ok\": %d, \"failed\": %d, \"skipped\": %d}\n", r->count[V_OK], r->count[V_FAIL],
		    r->count[V_SKIP]);
	else
		printf("%s%s as %s: %d ok, %d failed, %d skipped\n", r->format == FORMAT_TAP ? "# " : "", r->c->path,
		    r->c->d->name, r->count[V_OK], r->count[V_FAIL], r->count[V_SKIP]);
}
