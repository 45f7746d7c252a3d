/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `tapctl stats`: every counter of every unit with its meaning, for people, for programs, and in the text format that
 * Prometheus reads (version 0.0.4).  What counters there are and what they mean, tapd says.
 */
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#include "base/util.h"
#include "tapctl/tapctl.h"

/* Is it one of the device's own counters, which never go down? */
static bool is_counter(json_t *stat)
{
	return strcmp(str_of(stat, "of"), "counters") == 0;
}

/* A counter is called by its name alone, another number also by what it is of. */
static void stat_name(char *name, size_t size, json_t *stat, const char *parting)
{
	bool alone = is_counter(stat);

	str_format(name, size, "%s%s%s", alone ? "" : str_of(stat, "of"), alone ? "" : parting, str_of(stat, "name"));
}

/* ------------------------------------------------------------------ for people */

/* The unit's numbers that are not 0. */
static void text_unit(FILE *out, json_t *unit, json_t *stats)
{
	json_t *stat, *value;
	char name[128];
	size_t i;

	json_array_foreach(stats, i, stat) {
		value = json_object_get(json_object_get(unit, str_of(stat, "of")), str_of(stat, "name"));
		if (json_integer_value(value) == 0)
			continue;
		stat_name(name, sizeof(name), stat, ".");
		fprintf(out, "\t%12lld %-20s %s\n", (long long)json_integer_value(value), name, str_of(stat, "help"));
	}
}

void stats_text(FILE *out, json_t *reply)
{
	json_t *unit;
	size_t i;

	json_array_foreach(json_object_get(reply, "units"), i, unit) {
		fprintf(out, "%s:\n", str_of(unit, "name"));
		text_unit(out, unit, json_object_get(reply, "stats"));
	}
}

/* ------------------------------------------------------------------ for Prometheus */

/* As the format wants it: in help text '\\' and newline, in a label's value '"' too. */
static void put_escaped(FILE *out, const char *s, bool label)
{
	for (; *s != '\0'; s++)
		if (*s == '\n')
			fputs("\\n", out);
		else if (*s == '\\' || (label && *s == '"'))
			fprintf(out, "\\%c", *s);
		else
			fputc(*s, out);
}

static void put_label(FILE *out, const char *name, const char *value)
{
	fprintf(out, "%s=\"", name);
	put_escaped(out, value, true);
	fputc('"', out);
}

static void put_head(FILE *out, const char *name, const char *type, const char *help)
{
	fprintf(out, "# HELP %s ", name);
	put_escaped(out, help, false);
	fprintf(out, "\n# TYPE %s %s\n", name, type);
}

static void put_sample(FILE *out, const char *name, json_t *unit, long long value)
{
	fprintf(out, "%s{", name);
	put_label(out, "unit", str_of(unit, "name"));
	fprintf(out, "} %lld\n", value);
}

static long long is_up(json_t *unit)
{
	return int_of(unit, "flags_value") & 1;
}

static long long is_open(json_t *unit)
{
	return json_array_size(json_object_get(unit, "opened_by")) > 0;
}

static long long is_gone(json_t *unit)
{
	return json_is_true(json_object_get(unit, "gone"));
}

static long long queue_length(json_t *unit)
{
	return int_of(json_object_get(unit, "queue"), "length");
}

static long long queue_limit(json_t *unit)
{
	return int_of(json_object_get(unit, "queue"), "limit");
}

static long long readers(json_t *unit)
{
	return int_of(unit, "readers");
}

static const struct {
	const char *name, *help;
	long long (*value)(json_t *unit);
} gauges[] = {
	{ "tapd_up", "1 while the interface is up", is_up },
	{ "tapd_open", "1 while a program has the device open", is_open },
	{ "tapd_gone", "1 while the host interface is missing, because somebody removed it", is_gone },
	{ "tapd_queue_length", "frames that wait to be read", queue_length },
	{ "tapd_queue_limit", "frames that may wait to be read", queue_limit },
	{ "tapd_readers", "programs that sleep in read(2)", readers },
};

static void put_gauges(FILE *out, json_t *units)
{
	json_t *unit;
	size_t n;

	for (size_t i = 0; i < NELEM(gauges); i++) {
		put_head(out, gauges[i].name, "gauge", gauges[i].help);
		json_array_foreach(units, n, unit)
			put_sample(out, gauges[i].name, unit, gauges[i].value(unit));
	}
}

/* What each unit is, as labels of a number that says nothing. */
static void put_info(FILE *out, json_t *units)
{
	static const char *const labels[] = { "device", "backend", "dialect" };
	json_t *unit;
	size_t n;

	put_head(out, "tapd_info", "gauge", "1; the labels say what the unit is");
	json_array_foreach(units, n, unit) {
		fputs("tapd_info{", out);
		put_label(out, "unit", str_of(unit, "name"));
		for (size_t i = 0; i < NELEM(labels); i++) {
			fputc(',', out);
			put_label(out, labels[i], str_of(unit, labels[i]));
		}
		fputs("} 1\n", out);
	}
}

/* Of numbers that are not the device's nobody says here whether they go down, too. */
static void put_stat(FILE *out, json_t *units, json_t *stat)
{
	char what[128], name[160];
	json_t *unit, *value;
	size_t n;

	stat_name(what, sizeof(what), stat, "_");
	str_format(name, sizeof(name), "tapd_%s%s", what, is_counter(stat) ? "_total" : "");
	put_head(out, name, is_counter(stat) ? "counter" : "untyped", str_of(stat, "help"));
	json_array_foreach(units, n, unit) {
		value = json_object_get(json_object_get(unit, str_of(stat, "of")), str_of(stat, "name"));
		if (value)
			put_sample(out, name, unit, json_integer_value(value));
	}
}

void stats_prometheus(FILE *out, json_t *reply)
{
	json_t *units = json_object_get(reply, "units"), *stat;
	size_t i;

	put_info(out, units);
	put_gauges(out, units);
	json_array_foreach(json_object_get(reply, "stats"), i, stat)
		put_stat(out, units, stat);
}

/* ------------------------------------------------------------------ the command */

static void stats_json(FILE *out, json_t *reply)
{
	json_dumpf(reply, out, JSON_INDENT(2));
	fputc('\n', out);
}

static const struct {
	const char *name;
	void (*print)(FILE *out, json_t *reply);
} formats[] = { { "text", stats_text }, { "json", stats_json }, { "prometheus", stats_prometheus } };

/* The index of a format, or -1. */
static int find_format(const char *name)
{
	for (size_t i = 0; i < NELEM(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return (int)i;
	return -1;
}

static int print_stats(json_t *reply, int format)
{
	if (json_object_get(reply, "error"))
		return print_reply(false, reply, "stats");
	formats[format].print(stdout, reply);
	if (fflush(stdout) == 0)
		return EXIT_OK;
	perror("tapctl: standard output");
	return EXIT_FAIL;
}

int stats(const struct options *o, int argc, char **argv)
{
	static const struct option longopts[] = { { "format", required_argument, NULL, 'f' }, { 0 } };
	const char *const words[] = { "stats" };
	int c, fd, status, format = find_format(o->json ? "json" : "text");
	json_t *reply = NULL;

	while ((c = getopt_long(argc, argv, "f:", longopts, NULL)) != -1)
		if (c != 'f' || (format = find_format(optarg)) < 0)
			return local_usage("stats");
	if (optind < argc)
		return local_usage("stats");
	fd = client_connect(o->socket_path, false, &status);
	if (fd < 0)
		return status;
	status = client_ask(fd, o->socket_path, words, 1, &reply);
	if (status == EXIT_OK)
		status = print_stats(reply, format);
	json_decref(reply);
	close(fd);
	return status;
}
