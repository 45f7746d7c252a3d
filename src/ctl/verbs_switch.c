/* SPDX-License-Identifier: BSD-2-Clause */
/* The verb switch: what there is of them, as JSON, and what may be done to one.  verbs.c has its row. */
#include <errno.h>
#include <string.h>

#include "backend/switch.h"
#include "base/util.h"
#include "ctl/command.h"

/* ------------------------------------------------------------------ showing */

static void add_stat(void *arg, const char *name, uint64_t value, const char *help)
{
	json_object_set_new(arg, name, json_integer((json_int_t)value));
}

static json_t *show_counters(const struct switch_counters *c)
{
	json_t *o = json_object();

	switch_each_stat(c, add_stat, o);
	return o;
}

static void add_port(void *arg, const struct switch_port *p)
{
	json_array_append_new(arg, json_pack("{s:i, s:s, s:b, s:b, s:s, s:o}", "number", (int)p->number,
	    "name", p->name, "uplink", p->number == 0, "up", p->up, "text", p->text,
	    "counters", show_counters(p->count)));
}

static void add_station(void *arg, const struct switch_station *st)
{
	char ether[ETHER_STRLEN];

	json_array_append_new(arg, json_pack("{s:s, s:i, s:i, s:s, s:i}", "ether", ether_format(st->lladdr, ether),
	    "vlan", (int)st->vlan, "port", (int)st->port, "name", st->name, "age", (int)st->age));
}

static json_t *show_switch(struct vswitch *sw, bool stations)
{
	json_t *ports = json_array(), *network = json_object(), *o, *list;

	switch_each_port(sw, add_port, ports);
	switch_each_uplink_stat(sw, add_stat, network);
	o = json_pack("{s:s, s:b, s:i, s:{s:i, s:i, s:i}, s:o, s:o, s:o}", "name", switch_name(sw), "declared",
	    switch_is_declared(sw), "mtu", (int)switch_mtu(sw), "limits", "stations", SWITCH_STATIONS,
	    "age", SWITCH_AGE, "flood", SWITCH_FLOOD_RATE, "ports", ports, "network", network,
	    "counters", show_counters(switch_count(sw)));
	if (stations) {
		list = json_array();
		switch_each_station(sw, add_station, list);
		json_object_set_new(o, "stations", list);
	}
	return o;
}

/* The one, or all for NULL. */
static int show(struct ctl_run *r, struct vswitch *one)
{
	struct backends *b = r->env->backends;
	json_t *list = json_array();

	if (one != NULL)
		json_array_append_new(list, show_switch(one, true));
	else
		for (struct vswitch *sw = switch_next(b, NULL); sw != NULL; sw = switch_next(b, sw))
			json_array_append_new(list, show_switch(sw, false));
	return json_object_set_new(r->reply, "switches", list) < 0 ? -ENOMEM : 0;
}

/* ------------------------------------------------------------------ what may be done to one */

static int no_switch(struct ctl_run *r, const char *name)
{
	return ctl_error_set(&r->error, ENXIO, EXIT_FAIL, "switch %s: there is none; make it with: tapctl switch %s "
	    "create, or plug an interface into switch:%s", name, name, name);
}

static int do_create(struct ctl_run *r, const char *name, const char *arg)
{
	struct vswitch *sw = switch_find(r->env->backends, name);
	char why[256] = "";

	if (sw != NULL && switch_is_declared(sw))
		return ctl_error_set(&r->error, EEXIST, EXIT_FAIL, "switch %s: create: it exists", name);
	if (switch_declare(r->env->backends, name, why, sizeof(why)) == NULL)
		return ctl_error_set(&r->error, errno, EXIT_FAIL, "%s", why);
	return 0;
}

static int do_uplink(struct ctl_run *r, const char *name, const char *arg)
{
	struct vswitch *sw = switch_find(r->env->backends, name);
	char spec[TAP_SPEC_MAX], why[512] = "";
	int err;

	if (sw == NULL)
		return no_switch(r, name);
	err = ctl_spec(r, arg, spec);
	if (err < 0)
		return err;
	err = switch_uplink(sw, spec, why, sizeof(why));
	if (err < 0)
		return ctl_error_set(&r->error, -err, err == -EINVAL ? EXIT_USAGE : EXIT_FAIL, "switch %s: uplink: %s",
		    name, why);
	return 0;
}

static int do_destroy(struct ctl_run *r, const char *name, const char *arg)
{
	struct vswitch *sw = switch_find(r->env->backends, name);
	char why[256] = "";
	int err;

	if (sw == NULL)
		return no_switch(r, name);
	err = switch_destroy(sw, why, sizeof(why));
	return err < 0 ? ctl_error_set(&r->error, -err, EXIT_FAIL, "switch %s: destroy: %s", name, why) : 0;
}

static const struct deed {
	const char *word, *arg;			/* arg: what must follow it, for people; NULL: nothing */
	int (*run)(struct ctl_run *r, const char *name, const char *arg);
} deeds[] = {
	{ "create", NULL, do_create },
	{ "uplink", "what to plug in, such as slirp or pcap:eth0, or none", do_uplink },
	{ "destroy", NULL, do_destroy },
};

static const struct deed *find_deed(const char *word)
{
	for (size_t i = 0; i < NELEM(deeds); i++)
		if (strcmp(deeds[i].word, word) == 0)
			return &deeds[i];
	return NULL;
}

/* [NAME [WORD ...]] to the command's end. */
int ctl_parse_switch(struct ctl_parser *p, struct ctl_step *s)
{
	if (p->i == p->n)
		return 0;
	s->word = p->words[p->i++];
	if (!switch_name_ok(s->word))
		return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "switch %.64s: expected " SWITCH_NAME_EXPECTED, s->word);
	s->words = p->words + p->i;
	s->nwords = p->n - p->i;
	while (p->i < p->n) {
		const struct deed *d = find_deed(p->words[p->i]);

		if (d == NULL)
			return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "switch %s: %.64s: expected create, uplink or "
			    "destroy", s->word, p->words[p->i]);
		if (d->arg != NULL && ++p->i == p->n)
			return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "switch %s: %s: expected %s", s->word, d->word,
			    d->arg);
		p->i++;
		s->who = CTL_PRIVILEGED;
	}
	return 0;
}

int ctl_run_switch(struct ctl_run *r, const struct ctl_step *s)
{
	struct vswitch *sw;
	int err = 0;

	if (r->env->backends == NULL)
		return -EOPNOTSUPP;
	sw = s->word != NULL ? switch_find(r->env->backends, s->word) : NULL;
	if (s->nwords == 0)
		return s->word != NULL && sw == NULL ? no_switch(r, s->word) : show(r, sw);
	for (size_t i = 0; err == 0 && i < s->nwords; i++) {
		const struct deed *d = find_deed(s->words[i]);

		err = d->run(r, s->word, d->arg != NULL ? s->words[++i] : NULL);
	}
	return err;
}
