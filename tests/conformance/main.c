/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conformance suite: every case over one transport, results as TAP.
 *
 *	conformance fake [ROW...]
 *	conformance fuse|cuse TAPD [ROW...]
 *
 * ROW picks the cases whose row begins so.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/conformance/run.h"

#define CASE_SECONDS 60		/* a case that takes longer hangs */

static struct dut *const duts[] = { &dut_fake, &dut_fuse, &dut_cuse, NULL };
static const struct tcase *const tables[] = { cases_ioctl, cases_open, cases_read, cases_write, cases_async,
    cases_close, cases_ifconfig, NULL };

static struct run *current;
static int number;

void run_fail(struct run *r, const char *fmt, ...)
{
	va_list ap;

	if (r->failure[0] != '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(r->failure, sizeof(r->failure), fmt, ap);
	va_end(ap);
}

const char *result_name(long v, char *buf, size_t size)
{
	const char *name = v < 0 ? strerrorname_np((int)-v) : NULL;

	if (name != NULL)
		snprintf(buf, size, "%s (%s)", name, strerror((int)-v));
	else
		snprintf(buf, size, "%ld", v);
	return buf;
}

static const char *given_name(unsigned given, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s%s%s%s", given & UNIT ? given & VMNET ? "vmnet0" : "tap0" : "no unit",
	    (given & OPENED) == OPENED ? ", open" : "", given & UP ? ", up" : "", given & NB ? ", non-blocking" : "",
	    given & INET6 ? ", IPv6" : "");
	return buf;
}

static bool chosen(const struct tcase *c, const struct dut *d, char **rows)
{
	if (c->on != 0 && !(c->on & d->on))
		return false;
	for (char **row = rows; *row != NULL; row++)
		if (strncmp(c->row, *row, strlen(*row)) == 0)
			return true;
	return *rows == NULL;
}

static void print_failure(const struct run *r)
{
	char given[80];

	printf("# given %s; call %s: %s\n", given_name(r->c->given, given, sizeof(given)),
	    r->at != NULL ? r->at->text : "(setting up)", r->failure);
}

static bool run_case(struct dut *d, const struct tcase *c)
{
	struct run r = { .d = d, .c = c, .unit = c->given & VMNET ? "vmnet0" : "tap0" };
	int err;

	current = &r;
	alarm(CASE_SECONDS);
	err = d->ops->reset(d, c->given & INET6);
	if (err != 0)
		run_fail(&r, "the device could not be reset: %s", strerror(-err));
	else
		run_given(&r);
	for (const struct step *s = c->steps; s->fn != NULL && r.failure[0] == '\0'; s++) {
		r.at = s;
		s->fn(&r, s);
	}
	alarm(0);
	printf("%s %d - %s %s\n", r.failure[0] == '\0' ? "ok" : "not ok", ++number, c->row, c->title);
	if (r.failure[0] != '\0')
		print_failure(&r);
	fflush(stdout);
	current = NULL;
	return r.failure[0] == '\0';
}

/* The main thread hangs in a system call: say where, end the daemon, give up. */
static void hang(int signo)
{
	printf("not ok %d - %s %s\n", ++number, current->c->row, current->c->title);
	run_fail(current, "hung for %d s", CASE_SECONDS);
	print_failure(current);
	printf("Bail out! %s hung\n", current->c->row);
	fflush(stdout);
	current->d->ops->abandon(current->d);
	_exit(1);
}

static int count_cases(const struct dut *d, char **rows)
{
	int n = 0;

	for (int t = 0; tables[t] != NULL; t++)
		for (const struct tcase *c = tables[t]; c->row != NULL; c++)
			n += chosen(c, d, rows);
	return n;
}

static int run_all(struct dut *d, char **rows)
{
	int failed = 0;

	for (int t = 0; tables[t] != NULL; t++)
		for (const struct tcase *c = tables[t]; c->row != NULL; c++)
			if (chosen(c, d, rows))
				failed += !run_case(d, c);
	return failed;
}

static struct dut *find_dut(const char *name)
{
	for (int i = 0; duts[i] != NULL; i++)
		if (name != NULL && strcmp(duts[i]->name, name) == 0)
			return duts[i];
	return NULL;
}

int main(int argc, char **argv)
{
	struct dut *d = find_dut(argv[1]);
	char **rows;
	int failed, left, err;

	if (d == NULL || (d->on != ON_FAKE && argc < 3)) {
		fprintf(stderr, "usage: conformance fake [ROW...] | fuse TAPD [ROW...] | cuse TAPD [ROW...]\n");
		return 64;
	}
	rows = argv + (d->on == ON_FAKE ? 2 : 3);
	err = d->ops->start(d, argv + 2);
	if (err != 0)
		return err == START_SKIP ? 0 : err;
	signal(SIGALRM, hang);
	printf("1..%d\n", count_cases(d, rows) + 1);
	failed = run_all(d, rows);
	left = d->ops->stop(d);
	printf("%s %d - stopping leaves nothing behind\n", left == 0 ? "ok" : "not ok", ++number);
	return failed + left != 0;
}
