/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies as text: a unit as FreeBSD's ifconfig(8) prints an interface (IF-40 to IF-45), and below that what only tapd
 * knows; variables as sysctl(8) does.  A key that a reply lacks prints as nothing, never as a crash.
 */
#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include "base/util.h"
#include "tapctl/tapctl.h"

const char *str_of(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

long long int_of(json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* tap0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500 */
static void text_flags(FILE *out, json_t *u)
{
	json_t *flags = json_object_get(u, "flags"), *flag;
	size_t i;

	fprintf(out, "%s: flags=%llx<", str_of(u, "name"), int_of(u, "flags_value"));
	json_array_foreach(flags, i, flag)
		fprintf(out, "%s%s", i > 0 ? "," : "", json_string_value(flag));
	fprintf(out, "> metric 0 mtu %lld\n", int_of(u, "mtu"));
}

static void text_inet(FILE *out, json_t *a)
{
	long long len = int_of(a, "prefixlen");
	uint32_t mask = len <= 0 || len > 32 ? 0 : 0xffffffffu << (32 - len);
	struct in_addr in;

	if (inet_pton(AF_INET, str_of(a, "address"), &in) != 1)
		return;
	in.s_addr |= htonl(~mask);
	fprintf(out, "\tinet %s netmask 0x%08x broadcast %s\n", str_of(a, "address"), mask, inet_ntoa(in));
}

static void text_addresses(FILE *out, json_t *u)
{
	json_t *a;
	size_t i;

	json_array_foreach(json_object_get(u, "addresses"), i, a) {
		if (strcmp(str_of(a, "family"), "inet") == 0)
			text_inet(out, a);
		else
			fprintf(out, "\tinet6 %s prefixlen %lld\n", str_of(a, "address"), int_of(a, "prefixlen"));
	}
}

/* IF-41: FreeBSD knows two states; an interface whose device was never open has no carrier. */
static void text_status(FILE *out, json_t *u)
{
	fprintf(out, "\tgroups: %s\n", str_of(u, "family"));
	if (json_is_string(json_object_get(u, "media")))
		fprintf(out, "\tmedia: %s\n", str_of(u, "media"));
	fprintf(out, "\tstatus: %s\n", strcmp(str_of(u, "status"), "active") == 0 ? "active" : "no carrier");
	if (str_of(u, "opened_text")[0] != '\0')
		fprintf(out, "\t%s\n", str_of(u, "opened_text"));
}

/* Every counter, five a line: first the interface's input (i...), then its output (o...). */
static void text_counters(FILE *out, json_t *counters)
{
	static const char *const sides[] = { "input", "output" };
	const char *key;
	json_t *value;

	for (size_t side = 0; side < NELEM(sides); side++) {
		int col = 0;

		json_object_foreach(counters, key, value) {
			if (key[0] != sides[side][0])
				continue;
			if (col == 0)
				fprintf(out, "\t%s:", sides[side]);
			fprintf(out, " %s %lld", key, (long long)json_integer_value(value));
			if (++col == 5) {
				fputc('\n', out);
				col = 0;
			}
		}
		if (col > 0)
			fputc('\n', out);
	}
}

/* What it is plugged into, and what that counts. */
static void text_network(FILE *out, json_t *u)
{
	const char *said = str_of(u, "attached");
	json_t *stats = json_object_get(u, "network"), *value;
	const char *key;

	fprintf(out, "\tattach: %s%s%s%s%s\n", str_of(u, "attach"), said[0] != '\0' ? " (" : "", said, said[0] != '\0' ? ")" : "",
	    json_is_true(json_object_get(u, "gone")) ? " (host interface removed)" : "");
	if (json_object_size(stats) == 0)
		return;
	fprintf(out, "\tnetwork:");
	json_object_foreach(stats, key, value)
		fprintf(out, " %s %lld", key, (long long)json_integer_value(value));
	fputc('\n', out);
}

/* The file that is written, and the one that is played. */
static void text_files(FILE *out, json_t *u)
{
	json_t *record = json_object_get(u, "record"), *replay = json_object_get(u, "replay");

	if (json_is_object(record)) {
		fprintf(out, "\trecord: %s frames %lld bytes %lld lost %lld", str_of(record, "path"), int_of(record, "frames"),
		    int_of(record, "bytes"), int_of(record, "lost"));
		fprintf(out, "%s%s\n", str_of(record, "error")[0] != '\0' ? " stopped: " : "", str_of(record, "error"));
	}
	if (!json_is_object(replay))
		return;
	fprintf(out, "\treplay: %s played %lld truncated %lld bad_length %lld clock_steps %lld", str_of(replay, "path"),
	    int_of(replay, "played"), int_of(replay, "truncated"), int_of(replay, "bad_length"), int_of(replay, "clock_steps"));
	fprintf(out, "%s%s%s\n", json_is_true(json_object_get(replay, "ended")) ? " ended" : "",
	    str_of(replay, "error")[0] != '\0' ? ": " : "", str_of(replay, "error"));
}

/* What is done to its frames on purpose, and to how many it was. */
static void text_fault(FILE *out, json_t *u)
{
	static const char *const dirs[] = { "in_", "out_" };
	json_t *fault = json_object_get(u, "fault"), *value;
	const char *key;

	if (!json_is_object(fault))
		return;
	fprintf(out, "\tfault: %s\n", str_of(fault, "words"));
	for (size_t i = 0; i < NELEM(dirs); i++) {
		size_t n = strlen(dirs[i]);

		fprintf(out, "\tfault %.*s:", (int)n - 1, dirs[i]);
		json_object_foreach(fault, key, value)
			if (strncmp(key, dirs[i], n) == 0)
				fprintf(out, " %s %lld", key + n, (long long)json_integer_value(value));
		fputc('\n', out);
	}
}

/* What no kernel shows. */
static void text_device(FILE *out, json_t *u)
{
	json_t *queue = json_object_get(u, "queue");

	fprintf(out, "\tdevice: %s dialect %s\n", str_of(u, "device"), str_of(u, "dialect"));
	text_network(out, u);
	fprintf(out, "\tqueue: length %lld limit %lld readers %lld async %s sigio %lld\n", int_of(queue, "length"),
	    int_of(queue, "limit"), int_of(u, "readers"), json_is_true(json_object_get(u, "async")) ? "on" : "off",
	    int_of(u, "sigio"));
	text_files(out, u);
	text_counters(out, json_object_get(u, "counters"));
	text_fault(out, u);
}

static void text_unit(FILE *out, json_t *u)
{
	text_flags(out, u);
	if (json_is_true(json_object_get(u, "linkstate")))
		fprintf(out, "\toptions=80000<LINKSTATE>\n");	/* IF-35 */
	fprintf(out, "\tether %s\n", str_of(u, "ether"));
	text_addresses(out, u);
	text_status(out, u);
	text_device(out, u);
}

static void text_units(FILE *out, json_t *units)
{
	json_t *u;
	size_t i;

	json_array_foreach(units, i, u)
		text_unit(out, u);
}

static void text_names(FILE *out, json_t *names)
{
	json_t *name;
	size_t i;

	json_array_foreach(names, i, name)
		fprintf(out, "%s%s", i > 0 ? " " : "", json_string_value(name));
	if (json_array_size(names) > 0)
		fputc('\n', out);
}

static void text_sysctls(FILE *out, json_t *sysctls)
{
	json_t *s;
	size_t i;

	json_array_foreach(sysctls, i, s) {
		fprintf(out, "%s: ", str_of(s, "name"));
		if (json_object_get(s, "old"))
			fprintf(out, "%lld -> ", int_of(s, "old"));
		fprintf(out, "%lld\n", int_of(s, "value"));
	}
}

void text_verbs(FILE *out, json_t *verbs)
{
	json_t *v;
	size_t i;

	json_array_foreach(verbs, i, v) {
		const char *unit = strcmp(str_of(v, "on"), "interface") == 0 ? "NAME " : "";
		const char *args = str_of(v, "args");

		fprintf(out, "  %s%s%s%s%s\n      %s\n", unit, str_of(v, "name"), *args ? " " : "", args,
		    json_is_true(json_object_get(v, "privileged")) ? "  (privileged)" : "", str_of(v, "help"));
	}
}

static void text_tapd(FILE *out, json_t *t)
{
	json_t *b;
	size_t i;

	fprintf(out, "tapd %s PID %lld transport %s attach %s dialect %s units %lld\n", str_of(t, "version"), int_of(t, "pid"),
	    str_of(t, "transport"), str_of(t, "attach"), str_of(t, "dialect"), int_of(t, "units"));
	fprintf(out, "attach may be:\n");
	json_array_foreach(json_object_get(t, "backends"), i, b) {
		const char *args = str_of(b, "args");
		fprintf(out, "  %s%s%s\n      %s\n", str_of(b, "name"), args[0] != '\0' && args[0] != '[' ? ":" : "", args,
		    str_of(b, "help"));
	}
}

/* 2026-11-25 12:34:56 757 tapdump: read(tap0, 1514) = EHOSTDOWN, and below it what was the matter. */
static void text_failure(FILE *out, json_t *f)
{
	time_t seconds = int_of(f, "time_us") / 1000000;
	struct tm tm = { 0 };
	char when[32];

	localtime_r(&seconds, &tm);
	strftime(when, sizeof(when), "%F %T", &tm);
	fprintf(out, "%s %lld %s: %s", when, int_of(f, "pid"), str_of(f, "program"), str_of(f, "call"));
	if (*str_of(f, "frame") != '\0')
		fprintf(out, "  %s", str_of(f, "frame"));
	if (int_of(f, "times") > 1)
		fprintf(out, "  (%lld times)", int_of(f, "times"));
	fprintf(out, "\n\t%s\n", str_of(f, "why"));
}

static void text_explain(FILE *out, json_t *explain)
{
	json_t *failures = json_object_get(explain, "failures"), *now = json_object_get(explain, "now"), *item;
	size_t i;

	json_array_foreach(failures, i, item)
		text_failure(out, item);
	if (json_array_size(failures) == 0)
		fprintf(out, "%s: no call has failed\n", str_of(explain, "name"));
	if (json_array_size(now) > 0)
		fprintf(out, "Now:\n");
	json_array_foreach(now, i, item)
		fprintf(out, "\t%s %s: %s\n", str_of(item, "call"), str_of(item, "result"), str_of(item, "why"));
}

static void text_injected(FILE *out, json_t *injected)
{
	json_t *one;
	size_t i;

	json_array_foreach(injected, i, one)
		fprintf(out, "%s\n", str_of(one, "text"));
}

/* A line of the counters that moved; none, if none did. */
static void text_moved(FILE *out, const char *before, json_t *counters)
{
	const char *key;
	json_t *value;
	int moved = 0;

	json_object_foreach(counters, key, value)
		if (json_integer_value(value) != 0)
			fprintf(out, "%s %s %lld", moved++ == 0 ? before : "", key, (long long)json_integer_value(value));
	if (moved > 0)
		fputc('\n', out);
}

/* As ifconfig(8) shows the members of a bridge. */
static void text_port(FILE *out, json_t *p)
{
	const char *said = str_of(p, "text");

	fprintf(out, "\t%s: %s port %lld", json_is_true(json_object_get(p, "uplink")) ? "uplink" : "member", str_of(p, "name"),
	    int_of(p, "number"));
	if (!json_is_true(json_object_get(p, "up")))
		fprintf(out, " status: no carrier");
	fprintf(out, "%s%s%s\n", said[0] != '\0' ? " (" : "", said, said[0] != '\0' ? ")" : "");
	text_moved(out, "\t       ", json_object_get(p, "counters"));
}

static void text_station(FILE *out, json_t *st)
{
	fprintf(out, "\tstation: %s", str_of(st, "ether"));
	if (int_of(st, "vlan") != 0)
		fprintf(out, " vlan %lld", int_of(st, "vlan"));
	fprintf(out, " %s port %lld age %lld\n", str_of(st, "name"), int_of(st, "port"), int_of(st, "age"));
}

static void text_switch(FILE *out, json_t *sw)
{
	json_t *limits = json_object_get(sw, "limits"), *item;
	size_t i;

	fprintf(out, "%s: switch mtu %lld maxaddr %lld timeout %lld%s\n", str_of(sw, "name"), int_of(sw, "mtu"),
	    int_of(limits, "stations"), int_of(limits, "age"),
	    json_is_true(json_object_get(sw, "declared")) ? "" : " (until its last port goes)");
	json_array_foreach(json_object_get(sw, "ports"), i, item)
		text_port(out, item);
	json_array_foreach(json_object_get(sw, "stations"), i, item)
		text_station(out, item);
	text_moved(out, "\tnetwork:", json_object_get(sw, "network"));
	text_moved(out, "\tall ports:", json_object_get(sw, "counters"));
}

static void text_switches(FILE *out, json_t *switches)
{
	json_t *sw;
	size_t i;

	if (json_array_size(switches) == 0)
		fputs("no switches\n", out);
	json_array_foreach(switches, i, sw)
		text_switch(out, sw);
}

static const struct {
	const char *key;
	void (*print)(FILE *out, json_t *value);
} printers[] = {
	{ "injected", text_injected },
	{ "units", text_units },
	{ "names", text_names },
	{ "sysctls", text_sysctls },
	{ "verbs", text_verbs },
	{ "tapd", text_tapd },
	{ "switches", text_switches },
	{ "explain", text_explain },
};

void text_reply(FILE *out, json_t *reply, const char *asked)
{
	const char *created = json_string_value(json_object_get(reply, "created"));

	/* IF-01, IF-02: ifconfig prints the name when it is not the one it was given. */
	if (created && strcmp(created, asked) != 0)
		fprintf(out, "%s\n", created);
	for (size_t i = 0; i < NELEM(printers); i++)
		if (json_object_get(reply, printers[i].key))
			printers[i].print(out, json_object_get(reply, printers[i].key));
}

int print_reply(bool json, json_t *reply, const char *asked)
{
	json_t *error = json_object_get(reply, "error");
	const char *message = json_string_value(json_object_get(error, "message"));
	json_int_t status = json_integer_value(json_object_get(error, "exit"));

	if (json) {
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
