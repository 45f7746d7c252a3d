/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command from its first word to its reply: parse all, check rights, then do the steps in order.  What a step is,
 * verbs.c knows.
 */
#include "ctl/command.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/util.h"
#include "ctl/show.h"
#include "ctl/words.h"
#include "tapd/ctl.h"

int ctl_error_set(struct ctl_error *e, int err, int status, const char *fmt, ...)
{
	va_list ap;

	e->err = err;
	e->exit = status;
	va_start(ap, fmt);
	vsnprintf(e->message, sizeof(e->message), fmt, ap);
	va_end(ap);
	/* A message quotes what the client sent, and ends on a terminal or in a log. */
	for (char *c = e->message; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7e)
			*c = '?';
	return -err;
}

json_t *ctl_error_reply(const struct ctl_error *e)
{
	const char *name = strerrorname_np(e->err);

	return json_pack("{s:i, s:{s:s, s:s, s:i}}", "version", TAPD_CTL_VERSION, "error", "errno", name ? name : "EIO",
	    "message", e->message, "exit", e->exit);
}

json_t *ctl_reply_new(void)
{
	return json_pack("{s:i}", "version", TAPD_CTL_VERSION);
}

/* ------------------------------------------------------------------ parsing */

/* A new step for the verb, its words taken from p. */
static int parse_step(struct ctl_parser *p, struct ctl_command *c, const struct ctl_verb *v)
{
	struct ctl_step *s = &c->step[c->nsteps];

	if (c->nsteps == CTL_STEPS_MAX)
		return ctl_error_set(p->e, E2BIG, EXIT_USAGE, "more than %d things to do in one command; "
		    "split it", CTL_STEPS_MAX);
	if (p->n - p->i < v->nargs)
		return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "%s: expected %s", v->name, v->args);
	*s = (struct ctl_step){ .verb = v, .who = v->who, .sysctl = -1 };
	c->nsteps++;
	return v->parse ? v->parse(p, s) : 0;
}

static int parse_tapd(struct ctl_parser *p, struct ctl_command *c, const struct ctl_verb *v)
{
	int err;

	do {
		err = parse_step(p, c, v);
	} while (err == 0 && v->repeats && p->i < p->n);
	if (err == 0 && p->i < p->n)
		return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "%s: takes no %.64s", v->name, p->words[p->i]);
	return err;
}

/* The verb at p, taken.  A bare IPv4 address is short for inet, as in ifconfig(8), and stays to be its argument. */
static const struct ctl_verb *parse_verb(struct ctl_parser *p)
{
	const struct ctl_verb *v = ctl_verb_find(p->words[p->i], CTL_ON_UNIT);
	struct tap_ifaddr a;

	if (v)
		p->i++;
	else if (ctl_addr_parse(AF_INET, p->words[p->i], &a))
		v = ctl_verb_find("inet", CTL_ON_UNIT);
	return v;
}

/* create can only come first and destroy last. */
static int check_order(const struct ctl_parser *p, const struct ctl_command *c, const struct ctl_verb *v)
{
	if (c->nsteps > 0 && v == ctl_verb_find("create", CTL_ON_UNIT))
		return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "%s: create must be the first thing", c->name);
	if (c->nsteps > 0 && c->step[c->nsteps - 1].verb == ctl_verb_find("destroy", CTL_ON_UNIT))
		return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "%s: nothing can follow destroy", c->name);
	return 0;
}

static int parse_unit(struct ctl_parser *p, struct ctl_command *c)
{
	while (p->i < p->n) {
		const struct ctl_verb *v = parse_verb(p);
		int err;

		if (!v)
			return ctl_error_set(p->e, EINVAL, EXIT_USAGE,
			    "%s: %.64s: no such word; list them with: tapctl --help", c->name, p->words[p->i]);
		err = check_order(p, c, v);
		if (err == 0)
			err = parse_step(p, c, v);
		if (err < 0)
			return err;
	}
	return 0;
}

int ctl_parse(const char *const *words, size_t n, struct ctl_command *c, struct ctl_error *e)
{
	struct ctl_parser p = { words, n, 1, e };
	const struct ctl_verb *v;

	c->name = NULL;
	c->nsteps = 0;
	if (n == 0 || n > TAPD_CTL_WORDS_MAX)
		return ctl_error_set(e, EINVAL, EXIT_USAGE, "expected 1 to %d words, as in: tapctl tap0 up",
		    TAPD_CTL_WORDS_MAX);
	v = ctl_verb_find(words[0], CTL_ON_TAPD);
	if (v)
		return parse_tapd(&p, c, v);
	if (words[0][0] == '-' || strlen(words[0]) >= TAP_IFNAMSIZ)
		return ctl_error_set(
		    e, EINVAL, EXIT_USAGE, "%.64s: expected an interface's name, such as tap0", words[0]);
	c->name = words[0];
	return parse_unit(&p, c);
}

/* ------------------------------------------------------------------ paths */

int ctl_path(struct ctl_run *r, const char *word, char path[PATH_MAX])
{
	const char *cwd = r->env->cwd;

	if (word[0] == '/')
		cwd = "";
	if (cwd == NULL || (cwd[0] != '/' && cwd[0] != '\0'))
		return ctl_error_set(&r->error, EINVAL, EXIT_USAGE, "%.128s: expected an absolute path", word);
	if (!str_format(path, PATH_MAX, "%s%s%s", cwd, cwd[0] != '\0' ? "/" : "", word))
		return ctl_error_set(&r->error, ENAMETOOLONG, EXIT_FAIL, "%.128s: %s", word, strerror(ENAMETOOLONG));
	return 0;
}

/* What follows these is a path, if it has a '/' or, for a file, always. */
static bool has_path(const char *spec, const char *arg)
{
	return strncmp(spec, "file:", 5) == 0 || (strncmp(spec, "socket:", 7) == 0 && strchr(arg, '/') != NULL);
}

int ctl_spec(struct ctl_run *r, const char *word, char spec[TAP_SPEC_MAX])
{
	const char *arg = strchr(word, ':');
	char path[PATH_MAX];
	int err = 0;

	if (arg != NULL && arg[1] != '\0' && has_path(word, arg)) {
		err = ctl_path(r, arg + 1, path);
		if (err == 0 && str_format(spec, TAP_SPEC_MAX, "%.*s:%s", (int)(arg - word), word, path))
			return 0;
	} else if (str_copy(spec, TAP_SPEC_MAX, word)) {
		return 0;
	}
	return err < 0 ? err : ctl_error_set(&r->error, ENAMETOOLONG, EXIT_USAGE, "%.64s...: longer than %d bytes", word,
	    TAP_SPEC_MAX - 1);
}

/* ------------------------------------------------------------------ doing */

static int check_rights(const struct ctl_command *c, bool privileged, struct ctl_error *e)
{
	for (size_t i = 0; i < c->nsteps && !privileged; i++)
		if (c->step[i].who == CTL_PRIVILEGED)
			return ctl_error_set(e, EPERM, EXIT_PERM, "%s: %s: not permitted; run tapctl as root or as "
			    "the user tapd runs as", c->name ? c->name : c->step[i].verb->name,
			    c->name ? c->step[i].verb->name : c->step[i].word ? c->step[i].word : "all");
	return 0;
}

/* The unit the command is about; create will make its own. */
static int find_unit(struct ctl_run *r, const struct ctl_command *c)
{
	enum tap_family family;
	int unit;

	if (!c->name || (c->nsteps > 0 && c->step[0].verb == ctl_verb_find("create", CTL_ON_UNIT)))
		return 0;
	r->sc = tap_unit_byname(r->env->drv, c->name);
	if (r->sc)
		return 0;
	if (tap_name_parse(r->env->drv, c->name, &family, &unit) && unit == TAP_UNIT_CLONE)
		return ctl_error_set(&r->error, EINVAL, EXIT_USAGE, "%s: which one? say %s0, or make a new one with: "
		    "tapctl %s create", c->name, c->name, c->name);
	return ctl_error_set(&r->error, ENXIO, EXIT_FAIL, "tapd has no interface %s; list its own with: tapctl -l", c->name);
}

/* What strerror(3) does not say well enough; the last that fits wins. */
static const struct {
	int err;
	const char *verb;		/* NULL: any */
	const char *text;
} explanations[] = {
	{ EOPNOTSUPP, NULL, "the backend cannot do that" },
	{ EBUSY, "dialect", "a program has the device open" },
	{ EBUSY, "destroy", "a program has the device open" },
	{ EEXIST, "name", "another interface has that name" },
	{ EINVAL, "name", "expected 1 to 15 characters and no '/'" },
};

/* The sentence of a step that failed with only an errno. */
static void describe_failure(struct ctl_run *r, const struct ctl_step *s, int err)
{
	const char *name = r->name ? r->name : "tapd";
	const char *what = strerror(-err);
	int status = err == -EPERM || err == -EACCES ? EXIT_PERM : EXIT_FAIL;

	for (size_t i = 0; i < NELEM(explanations); i++)
		if (explanations[i].err == -err && (!explanations[i].verb || strcmp(explanations[i].verb, s->verb->name) == 0))
			what = explanations[i].text;
	if (err == -ENXIO)
		ctl_error_set(&r->error, ENXIO, status, "%s: %s: its host interface was removed; make it again with: "
		    "tapctl %s create", name, s->verb->name, name);
	else
		ctl_error_set(&r->error, -err, status, "%s: %s: %s", name, s->verb->name, what);
}

static int run_steps(struct ctl_run *r, const struct ctl_command *c)
{
	for (size_t i = 0; i < c->nsteps; i++) {
		int err = c->step[i].verb->run(r, &c->step[i]);

		if (err < 0 && r->error.err == 0)
			describe_failure(r, &c->step[i], err);
		if (err < 0)
			return err;
	}
	return 0;
}

/* A name alone. */
static int show_unit(struct ctl_run *r)
{
	json_t *units = json_array();

	if (json_array_append_new(units, ctl_show_unit(r->sc, r->env)) < 0) {
		json_decref(units);
		return -ENOMEM;
	}
	return json_object_set_new(r->reply, "units", units) < 0 ? -ENOMEM : 0;
}

static int run_command(struct ctl_run *r, bool privileged, const char *const *words, size_t n)
{
	struct ctl_command c;
	int err = ctl_parse(words, n, &c, &r->error);

	r->name = c.name;
	r->command = &c;
	if (err == 0)
		err = check_rights(&c, privileged, &r->error);
	if (err == 0)
		err = find_unit(r, &c);
	if (err == 0)
		err = c.nsteps > 0 ? run_steps(r, &c) : show_unit(r);
	if (err < 0 && r->error.err == 0)
		ctl_error_set(&r->error, -err, EXIT_FAIL, "%s: %s", c.name, strerror(-err));
	return err;
}

json_t *ctl_do(const struct ctl_env *env, bool privileged, const char *const *words, size_t n, struct tap_destroy *w,
    struct tap_softc **waiting)
{
	struct ctl_run r = { .env = env, .privileged = privileged, .reply = ctl_reply_new(), .destroy = w, .waiting = waiting };

	if (r.reply && run_command(&r, privileged, words, n) < 0) {
		json_decref(r.reply);
		r.reply = ctl_error_reply(&r.error);
	}
	return r.reply;
}
