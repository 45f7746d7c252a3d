/* SPDX-License-Identifier: BSD-2-Clause */
/* Replies of include/tapd/ctl.h, read: the fields a case looks at.  Whoever fetched them. */
#include "tests/conformance/reply.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

json_t *reply_words(const char *line)
{
	json_t *args = json_array();
	char copy[256], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *w = strtok_r(copy, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
		json_array_append_new(args, json_string(w));
	return args;
}

static int errno_of_name(const char *name)
{
	for (int e = 1; e < 134; e++) {
		const char *n = strerrorname_np(e);

		if (n != NULL && name != NULL && strcmp(n, name) == 0)
			return e;
	}
	return EPERM;
}

int reply_text(const json_t *reply, char *out, size_t size)
{
	json_t *error = json_object_get(reply, "error");
	const char *created = json_string_value(json_object_get(reply, "created"));
	const char *message = json_string_value(json_object_get(error, "message"));

	snprintf(out, size, "%s", message != NULL ? message : created != NULL ? created : "");
	return error != NULL ? -errno_of_name(json_string_value(json_object_get(error, "errno"))) : 0;
}

static void copy_text(char *dst, size_t size, const json_t *v)
{
	snprintf(dst, size, "%s", json_is_string(v) ? json_string_value(v) : "");
}

static void count_addresses(struct ustate *u, const json_t *list)
{
	size_t i;
	json_t *a;

	json_array_foreach(list, i, a) {
		const char *text = json_string_value(json_object_get(a, "address"));

		if (text == NULL || strncasecmp(text, "fe80", 4) == 0)
			continue;
		u->naddr[strchr(text, ':') != NULL]++;
	}
}

static void copy_counters(struct ustate *u, json_t *counters)
{
	const char *name;
	json_t *v;

	json_object_foreach(counters, name, v) {
		if (u->ncounters == NCOUNTERS)
			break;
		snprintf(u->counter[u->ncounters].name, sizeof(u->counter[0].name), "%s", name);
		u->counter[u->ncounters++].value = json_integer_value(v);
	}
}

static long integer(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_true(v) ? 1 : json_integer_value(v);
}

static void read_unit(struct ustate *u, const json_t *unit)
{
	const json_t *queue = json_object_get(unit, "queue");

	u->exists = unit != NULL;
	u->flags = integer(unit, "flags_value");
	u->mtu = integer(unit, "mtu");
	u->opened_by = json_integer_value(json_array_get(json_object_get(unit, "opened_by"), 0));
	u->readers = integer(unit, "readers");
	u->qlen = integer(queue, "length");
	u->qlimit = integer(queue, "limit");
	u->async = integer(unit, "async");
	copy_text(u->ether, sizeof(u->ether), json_object_get(unit, "ether"));
	copy_text(u->remote, sizeof(u->remote), json_object_get(unit, "remote"));
	copy_text(u->status, sizeof(u->status), json_object_get(unit, "status"));
	copy_text(u->media, sizeof(u->media), json_object_get(unit, "media"));
	count_addresses(u, json_object_get(unit, "addresses"));
	copy_counters(u, json_object_get(unit, "counters"));
}

void reply_unit(const json_t *reply, struct ustate *u)
{
	memset(u, 0, sizeof(*u));
	read_unit(u, json_array_get(json_object_get(reply, "units"), 0));
}
