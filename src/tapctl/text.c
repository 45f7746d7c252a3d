/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replies as text: a unit as FreeBSD's ifconfig(8) prints an interface (IF-40 to IF-45), and below that what only tapd
 * knows; variables as sysctl(8) does.  A key that a reply lacks prints as nothing, never as a crash.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/util.h"
#include "tapctl/tapctl.h"

static const char *str_of(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static long long int_of(json_t *o, const char *key)
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

/* What no kernel shows. */
static void text_device(FILE *out, json_t *u)
{
	json_t *queue = json_object_get(u, "queue");

	fprintf(out, "\tdevice: %s dialect %s backend %s%s\n", str_of(u, "device"), str_of(u, "dialect"),
	    str_of(u, "backend"), json_is_true(json_object_get(u, "gone")) ? " (host interface removed)" : "");
	fprintf(out, "\tqueue: length %lld limit %lld readers %lld async %s sigio %lld\n", int_of(queue, "length"),
	    int_of(queue, "limit"), int_of(u, "readers"), json_is_true(json_object_get(u, "async")) ? "on" : "off",
	    int_of(u, "sigio"));
	text_counters(out, json_object_get(u, "counters"));
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
	fprintf(out, "tapd %s PID %lld transport %s backend %s dialect %s units %lld\n", str_of(t, "version"),
	    int_of(t, "pid"), str_of(t, "transport"), str_of(t, "backend"), str_of(t, "dialect"), int_of(t, "units"));
}

static const struct {
	const char *key;
	void (*print)(FILE *out, json_t *value);
} printers[] = {
	{ "units", text_units },
	{ "names", text_names },
	{ "sysctls", text_sysctls },
	{ "verbs", text_verbs },
	{ "tapd", text_tapd },
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
