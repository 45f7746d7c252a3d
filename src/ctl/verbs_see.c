/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs that look on: trace, explain, stats.  What they say, src/see knows; the calls of a trace, server.c sends. */
#include <errno.h>
#include <string.h>

#include "base/util.h"
#include "ctl/command.h"
#include "ctl/show.h"
#include "see/explain.h"
#include "see/trace.h"
#include "tap/dialect.h"
#include "tapd/ctl.h"

int ctl_parse_see(struct ctl_parser *p, struct ctl_step *s)
{
	s->word = p->i < p->n ? p->words[p->i++] : NULL;
	return 0;
}

/* A unit's name, or what may be a device's: a program may be about to open it. */
static int check_name(struct ctl_run *r, const struct ctl_step *s)
{
	enum tap_family family;
	int unit;

	if (tap_unit_byname(r->env->drv, s->word) != NULL || tap_name_parse(r->env->drv, s->word, &family, &unit))
		return 0;
	return ctl_error_set(&r->error, ENXIO, EXIT_FAIL, "%s: tapd has no interface %.64s; list its own with: "
	    "tapctl -l", s->verb->name, s->word);
}

static json_int_t microseconds(const struct timespec *ts)
{
	return (json_int_t)ts->tv_sec * 1000000 + ts->tv_nsec / 1000;
}

/* ------------------------------------------------------------------ trace */

json_t *ctl_trace_event(const struct tap_call *c)
{
	char call[TRACE_LINE_MAX], frame[TRACE_LINE_MAX], why[TRACE_LINE_MAX], program[TRACE_NAME_MAX];
	struct timespec now;
	pid_t pid;

	clock_gettime(CLOCK_REALTIME, &now);
	trace_who(c, &pid, program);
	trace_call(c, call, sizeof(call));
	trace_frame(c, frame, sizeof(frame));
	trace_why(c, why, sizeof(why));
	return json_pack("{s:i, s:{s:I, s:i, s:s, s:s, s:s, s:s, s:s?}}", "version", TAPD_CTL_VERSION, "trace",
	    "time_us", microseconds(&now), "pid", (int)pid, "program", program, "call", call, "frame", frame,
	    "why", why, "reason", tap_why_table[c->why].id);
}

bool ctl_trace_wants(const struct ctl_trace *t, const struct tap_call *c)
{
	return t->name[0] == '\0' || strcmp(t->name, c->device) == 0 ||
	       (c->sc != NULL && strcmp(t->name, c->sc->if_name) == 0);
}

int ctl_run_trace(struct ctl_run *r, const struct ctl_step *s)
{
	struct ctl_trace *t = r->env->trace;

	if (t == NULL)
		return -EOPNOTSUPP;
	if (s->word != NULL && check_name(r, s) < 0)
		return -ENXIO;
	if (!str_copy(t->name, sizeof(t->name), s->word != NULL ? s->word : ""))
		return -ENAMETOOLONG;
	t->on = json_object_set_new(r->reply, "tracing",
	    json_pack("{s:s}", "name", s->word != NULL ? s->word : "all")) == 0;
	return t->on ? 0 : -ENOMEM;
}

/* ------------------------------------------------------------------ explain */

struct telling {
	json_t *failures;
	const char *device;		/* NULL: any */
	bool frames;			/* the client may see them */
};

static void tell_failure(void *arg, const struct explain_item *i)
{
	const struct telling *t = arg;

	if (t->device != NULL && strcmp(t->device, i->device) != 0)
		return;
	json_array_append_new(t->failures, json_pack("{s:I, s:I, s:i, s:s, s:s, s:s, s:s, s:s}", "time_us",
	    microseconds(&i->when), "times", (json_int_t)i->times, "pid", (int)i->pid, "program", i->program,
	    "call", i->call, "frame", t->frames ? i->frame : "", "why", i->text, "reason", tap_why_table[i->why].id));
}

/* What a call would come to now, and why. */
static void add_now(json_t *now, struct tap_softc *sc, enum tap_call_kind kind, int err, enum tap_why why)
{
	static const char *const kinds[] = {
		[TAP_CALL_OPEN] = "open", [TAP_CALL_READ] = "read", [TAP_CALL_WRITE] = "write",
	};
	const struct tap_call c = { .kind = kind, .sc = sc, .device = sc->node.name, .why = why };
	const char *name = err != 0 ? strerrorname_np(err) : NULL;
	char text[TRACE_LINE_MAX];

	trace_why(&c, text, sizeof(text));
	json_array_append_new(now, json_pack("{s:s, s:s, s:s, s:s}", "call", kinds[kind], "result",
	    name != NULL ? name : "lost", "why", text, "reason", tap_why_table[why].id));
}

/* What would fail now, by the unit's state alone. */
static json_t *explain_now(struct tap_softc *sc)
{
	json_t *now = json_array();
	bool up = sc->flags & TAP_IFF_UP;

	if (sc->gone)
		add_now(now, sc, TAP_CALL_OPEN, ENXIO, TAP_WHY_OPEN_GONE);
	else if (!TAILQ_EMPTY(&sc->destroyers))
		add_now(now, sc, TAP_CALL_OPEN, EBUSY, TAP_WHY_OPEN_DYING);
	else if (sc->file != NULL)
		add_now(now, sc, TAP_CALL_OPEN, EBUSY, TAP_WHY_OPEN_BUSY);
	if (sc->gone)
		add_now(now, sc, TAP_CALL_READ, EHOSTDOWN, TAP_WHY_READ_GONE);
	else if (!up && sc->dialect->read_down != 0)
		add_now(now, sc, TAP_CALL_READ, sc->dialect->read_down, TAP_WHY_READ_DOWN);
	if (sc->gone)
		add_now(now, sc, TAP_CALL_WRITE, ENXIO, TAP_WHY_WRITE_GONE);
	else if (!up)
		add_now(now, sc, TAP_CALL_WRITE, 0, TAP_WHY_WRITE_DOWN);
	else if (sc->net_ops->is_away != NULL && sc->net_ops->is_away(sc))
		add_now(now, sc, TAP_CALL_WRITE, 0, TAP_WHY_WRITE_AWAY);
	return now;
}

int ctl_run_explain(struct ctl_run *r, const struct ctl_step *s)
{
	struct tap_softc *sc = tap_unit_byname(r->env->drv, s->word);
	struct telling t = { .failures = json_array(), .device = sc != NULL ? NULL : s->word, .frames = r->privileged };
	json_t *explain;

	if (check_name(r, s) < 0) {
		json_decref(t.failures);
		return -ENXIO;
	}
	if (sc != NULL)
		tap_unit_refresh(sc);
	explain_each(r->env->explain, sc, tell_failure, &t);
	explain = json_pack("{s:s, s:o, s:o}", "name", s->word, "failures", t.failures,
	    "now", sc != NULL ? explain_now(sc) : json_array());
	return json_object_set_new(r->reply, "explain", explain) < 0 ? -ENOMEM : 0;
}

/* ------------------------------------------------------------------ stats */

/* What there is to count, each once, while units are gone through. */
struct meanings {
	json_t *list;
	const char *of;			/* where in a UNIT it is */
};

static void add_meaning(void *arg, const char *name, uint64_t value, const char *help)
{
	const struct meanings *m = arg;
	json_t *known;
	size_t i;

	json_array_foreach(m->list, i, known)
		if (strcmp(json_string_value(json_object_get(known, "of")), m->of) == 0 &&
		    strcmp(json_string_value(json_object_get(known, "name")), name) == 0)
			return;
	json_array_append_new(m->list, json_pack("{s:s, s:s, s:s}", "of", m->of, "name", name, "help", help));
}

static json_t *list_meanings(struct tap_driver *drv)
{
	struct meanings m = { .list = json_array(), .of = "counters" };
	struct tap_softc *sc;

	for (const struct tap_counter_desc *d = tap_counter_table; d->name != NULL; d++)
		add_meaning(&m, d->name, 0, d->help);
	m.of = "network";
	TAILQ_FOREACH(sc, &drv->units, link)
		if (!sc->gone && sc->net_ops->each_stat != NULL)
			sc->net_ops->each_stat(sc, add_meaning, &m);
	m.of = "fault";
	TAILQ_FOREACH(sc, &drv->units, link)
		if (sc->shim_ops != NULL && sc->shim_ops->each_stat != NULL)
			sc->shim_ops->each_stat(sc, add_meaning, &m);
	return m.list;
}

int ctl_run_stats(struct ctl_run *r, const struct ctl_step *s)
{
	if (json_object_set_new(r->reply, "units", ctl_show_units(r->env)) < 0 ||
	    json_object_set_new(r->reply, "stats", list_meanings(r->env->drv)) < 0)
		return -ENOMEM;
	return 0;
}
