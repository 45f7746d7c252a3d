/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `tapctl watch`: all interfaces, what goes through them and what they drop, over and over.  On a terminal a table that
 * is drawn anew, until q; elsewhere one table after the other.  A tapd that ends is waited for.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/util.h"
#include "tapctl/tapctl.h"

#define PATIENCE 2		/* s a tapd may take to answer */

struct watch {
	const struct options *o;
	double interval;	/* s */
	long count;		/* tables; 0: until told to end */
	int fd;			/* to tapd, or -1 */
	bool terminal;		/* standard output is one, and is ours to draw on */
	bool keys;		/* and standard input is, too */
	struct termios saved;	/* with keys */
	json_t *units, *before;	/* as tapd told them last, and before that; NULL: not */
	double when, then;	/* CLOCK_MONOTONIC, s, of these */
	char trouble[256];	/* why there are no units to show */
};

static volatile sig_atomic_t signalled;		/* the last signal, or 0 */

static void on_signal(int signo)
{
	signalled = signo;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ------------------------------------------------------------------ the table */

/* Four or five characters: 0, 999, 1.2k, 45k, 3.1M. */
static void put_rate(FILE *out, int width, double rate)
{
	static const char units[] = " kMGT";
	char text[32];
	size_t u = 0;

	for (; rate >= 999.5 && u < sizeof(units) - 2; u++)
		rate /= 1000;
	str_format(text, sizeof(text), u > 0 && rate < 9.95 ? "%.1f%.1s" : "%.0f%.1s", rate, u > 0 ? &units[u] : "");
	fprintf(out, " %*s", width, text);
}

static json_t *unit_before(const struct watch *w, json_t *unit)
{
	json_t *u;
	size_t i;

	json_array_foreach(w->before, i, u)
		if (strcmp(str_of(u, "name"), str_of(unit, "name")) == 0)
			return u;
	return NULL;
}

/* How much a counter moved in a second; negative when that is not known: no time before, or another unit then. */
static double rate_of(const struct watch *w, json_t *unit, json_t *before, const char *counter)
{
	long long diff = int_of(json_object_get(unit, "counters"), counter) -
			 int_of(json_object_get(before, "counters"), counter);

	return before && diff >= 0 && w->when > w->then ? (double)diff / (w->when - w->then) : -1;
}

static void put_rates(FILE *out, const struct watch *w, json_t *unit, json_t *before)
{
	static const char *const counters[] = { "ipackets", "ibytes", "opackets", "obytes" };

	for (size_t i = 0; i < NELEM(counters); i++) {
		double rate = rate_of(w, unit, before, counters[i]);

		if (rate < 0)
			fprintf(out, " %9s", "-");
		else
			put_rate(out, 9, rate);
	}
}

/* Who has it open: the process and, where we may see it, its program. */
static void put_opener(FILE *out, json_t *unit)
{
	json_int_t pid = json_integer_value(json_array_get(json_object_get(unit, "opened_by"), 0));
	char path[64], name[17] = "", text[32] = "-";
	FILE *f;

	str_format(path, sizeof(path), "/proc/%lld/comm", (long long)pid);
	f = pid > 0 ? fopen(path, "re") : NULL;
	if (f) {
		if (fscanf(f, "%15[!-~]", name) != 1)
			name[0] = '\0';
		fclose(f);
	}
	if (json_array_size(json_object_get(unit, "opened_by")) > 0)
		str_format(text, sizeof(text), "%lld %s", (long long)pid, name);
	fprintf(out, " %-19.19s", text);
}

static const char *state_of(json_t *unit)
{
	if (json_is_true(json_object_get(unit, "gone")))
		return "gone";
	return int_of(unit, "flags_value") & 1 ? "up" : "down";
}

/* What moves without being a loss. */
static bool is_traffic(const char *counter)
{
	static const char *const traffic[] = { "ipackets", "ibytes", "imcasts", "opackets", "obytes", "omcasts" };

	for (size_t i = 0; i < NELEM(traffic); i++)
		if (strcmp(counter, traffic[i]) == 0)
			return true;
	return false;
}

/* By the counters that move, so that it says why. */
static void put_drops(FILE *out, const struct watch *w, json_t *unit, json_t *before)
{
	const char *counter, *parting = "";
	json_t *value;

	json_object_foreach(json_object_get(unit, "counters"), counter, value) {
		double rate = is_traffic(counter) ? 0 : rate_of(w, unit, before, counter);

		if (rate <= 0)
			continue;
		fprintf(out, "%s %s", parting, counter);
		put_rate(out, 0, rate);
		parting = ",";
	}
}

static void put_unit(FILE *out, const struct watch *w, json_t *unit)
{
	json_t *before = unit_before(w, unit), *queue = json_object_get(unit, "queue");
	char text[32];

	fprintf(out, "%-15s %-5s", str_of(unit, "name"), state_of(unit));
	put_opener(out, unit);
	put_rates(out, w, unit, before);
	str_format(text, sizeof(text), "%lld/%lld", int_of(queue, "length"), int_of(queue, "limit"));
	fprintf(out, " %8s", text);
	put_drops(out, w, unit, before);
	fputc('\n', out);
}

static void put_table(FILE *out, const struct watch *w)
{
	json_t *unit;
	size_t i;

	if (w->trouble[0] != '\0') {
		fprintf(out, "%s; waiting for it\n", w->trouble);
		return;
	}
	fprintf(out, "%-15s %-5s %-19s %9s %9s %9s %9s %8s %s\n", "UNIT", "STATE", "OPENED BY", "IN f/s", "IN B/s",
	    "OUT f/s", "OUT B/s", "QUEUE", "DROPS/s");
	json_array_foreach(w->units, i, unit)
		put_unit(out, w, unit);
	if (json_array_size(w->units) == 0)
		fprintf(out, "no interface yet; make one with: tapctl tap create\n");
}

/* ------------------------------------------------------------------ the screen */

/* Begin drawing: another screen than the shell's, no cursor; keys come at once and are not shown. */
static void screen_enter(struct watch *w)
{
	struct termios raw = w->saved;

	if (!w->terminal)
		return;
	fputs("\033[?1049h\033[?25l", stdout);
	fflush(stdout);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	if (w->keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static void screen_leave(struct watch *w)
{
	if (!w->terminal)
		return;
	fputs("\033[?25h\033[?1049l", stdout);
	fflush(stdout);
	if (w->keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &w->saved);
}

/* As much of text as the screen has room for, over what was there. */
static void screen_draw(const char *text)
{
	struct winsize ws = { .ws_row = 24, .ws_col = 80 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws);
	fputs("\033[H", stdout);
	for (int row = 0; *text != '\0' && row + 1 < ws.ws_row; row++) {
		size_t len = strcspn(text, "\n");

		printf("%.*s\033[K\n", (int)(len < ws.ws_col ? len : ws.ws_col), text);
		text += len + (text[len] == '\n');
	}
	fputs("\033[J", stdout);
}

/* False: nobody reads what we print, or no memory. */
static bool draw(const struct watch *w)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return false;
	put_table(f, w);
	fputc('\n', f);
	if (w->terminal)
		fprintf(f, "every %g s; q ends\n", w->interval);
	fclose(f);
	if (w->terminal)
		screen_draw(text);
	else
		fputs(text, stdout);
	free(text);
	return fflush(stdout) == 0;
}

/* ------------------------------------------------------------------ asking */

static void forget(struct watch *w)
{
	json_decref(w->before);
	json_decref(w->units);
	w->before = w->units = NULL;
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

static bool connect_to(struct watch *w)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	int status;

	if (w->fd < 0)
		w->fd = client_connect(w->o->socket_path, true, &status);
	if (w->fd >= 0)
		setsockopt(w->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return w->fd >= 0;
}

/* What there is now goes into w->units, or why not into w->trouble. */
static void ask(struct watch *w)
{
	const char *const words[] = { "-a" };
	json_t *reply = NULL, *units;

	w->trouble[0] = '\0';
	if (connect_to(w) && client_exchange(w->fd, words, 1, &reply) == 0 &&
	    (units = json_object_get(reply, "units"))) {
		json_decref(w->before);
		w->before = w->units;
		w->then = w->when;
		w->units = json_incref(units);
		w->when = now();
	} else {
		forget(w);
		str_format(w->trouble, sizeof(w->trouble), "%s: no tapd answers", w->o->socket_path);
	}
	json_decref(reply);
}

/* ------------------------------------------------------------------ running */

/* ^Z: the shell gets its screen back for as long as we are stopped. */
static void stop_for_a_while(struct watch *w)
{
	screen_leave(w);
	raise(SIGSTOP);
	screen_enter(w);
}

/* True: q was pressed, or whoever pressed keys is gone. */
static bool ends(short revents)
{
	char key = '\0';

	if (!(revents & POLLIN))
		return revents != 0;
	return read(STDIN_FILENO, &key, 1) <= 0 || key == 'q' || key == 'Q';
}

/* Until the next table is due.  False: it shall be the last. */
static bool pause_between(struct watch *w)
{
	struct pollfd p = { .fd = w->keys ? STDIN_FILENO : -1, .events = POLLIN };
	double end = now() + w->interval, left;
	sigset_t none;

	sigemptyset(&none);
	while ((left = end - now()) > 0) {
		struct timespec ts = { (time_t)left, (long)((left - (double)(time_t)left) * 1e9) };
		int n = ppoll(&p, 1, &ts, &none);

		if (n > 0 && ends(p.revents))
			return false;
		if (n < 0 && signalled == SIGTSTP)
			stop_for_a_while(w);
		else if (n < 0 && signalled != SIGWINCH)
			return false;
		if (n < 0 && !draw(w))
			return false;
	}
	return true;
}

/* Signals come while we pause and at no other time; each of them is looked at. */
static void catch_signals(void)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH };
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < NELEM(caught); i++) {
		sigaddset(&set, caught[i]);
		sigaction(caught[i], &sa, NULL);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int run(struct watch *w)
{
	bool more = true;

	w->terminal = isatty(STDOUT_FILENO);
	w->keys = w->terminal && tcgetattr(STDIN_FILENO, &w->saved) == 0;
	catch_signals();
	screen_enter(w);
	for (long n = 1; more; n++) {
		more = draw(w) && n != w->count && pause_between(w);
		if (more)
			ask(w);
	}
	screen_leave(w);
	forget(w);
	return ferror(stdout) ? EXIT_FAIL : EXIT_OK;
}

static bool parse_seconds(const char *s, double *seconds)
{
	char *end;

	*seconds = strtod(s, &end);
	return end != s && *end == '\0' && *seconds >= 0.1 && *seconds <= 86400;
}

int watch(const struct options *o, int argc, char **argv)
{
	static const struct option longopts[] = { { "interval", required_argument, NULL, 'i' },
		{ "count", required_argument, NULL, 'n' }, { 0 } };
	struct watch w = { .o = o, .interval = 1, .fd = -1 };
	int c, status;

	while ((c = getopt_long(argc, argv, "i:n:", longopts, NULL)) != -1)
		if ((c != 'i' || !parse_seconds(optarg, &w.interval)) &&
		    (c != 'n' || !str_to_long(optarg, 1, LONG_MAX, &w.count)))
			return local_usage("watch");
	if (optind < argc)
		return local_usage("watch");
	w.fd = client_connect(o->socket_path, false, &status);		/* a wrong socket is told at once */
	if (w.fd < 0)
		return status;
	ask(&w);
	return run(&w);
}
