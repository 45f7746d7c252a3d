/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The verbs: how each takes its words and what it does.  See verbs.h for the frame of it; command.c puts them in
 * order.  The meaning of a word is ifconfig(8)'s where FreeBSD has that word.
 */
#include "ctl/verbs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "backend/backend.h"
#include "base/util.h"
#include "ctl/command.h"
#include "ctl/show.h"
#include "ctl/verbs_list.h"
#include "ctl/words.h"
#include "tap/dialect.h"

/* ------------------------------------------------------------------ taking words */

static const char *next_word(struct ctl_parser *p)
{
	return p->i < p->n ? p->words[p->i++] : NULL;
}

/* Takes the next word if it is this one. */
static bool take_word(struct ctl_parser *p, const char *word)
{
	bool is = p->i < p->n && strcmp(p->words[p->i], word) == 0;

	p->i += is;
	return is;
}

static int expected(struct ctl_parser *p, const char *verb, const char *got, const char *what)
{
	return ctl_error_set(p->e, EINVAL, EXIT_USAGE, "%s: %s: expected %s", verb, got ? got : "(nothing)", what);
}

/* What may follow an address: its length in its family's words, then alias, -alias or delete. */
static int parse_addr_options(struct ctl_parser *p, struct ctl_step *s)
{
	const char *word;
	long len;

	if (s->addr.family == AF_INET && take_word(p, "netmask")) {
		word = next_word(p);
		if (!word || !ctl_netmask_parse(word, &s->addr.prefixlen))
			return expected(p, "netmask", word, "a mask, such as 255.255.255.0 or 0xffffff00");
	} else if (s->addr.family == AF_INET6 && take_word(p, "prefixlen")) {
		word = next_word(p);
		if (!word || !str_to_long(word, 0, 128, &len))
			return expected(p, "prefixlen", word, "a number from 0 to 128");
		s->addr.prefixlen = (unsigned)len;
	}
	if (take_word(p, "-alias") || take_word(p, "delete"))
		s->how = CTL_ADDR_DELETE;
	else
		s->how = take_word(p, "alias") ? CTL_ADDR_ADD : CTL_ADDR_SET;
	return 0;
}

static int parse_addr(struct ctl_parser *p, struct ctl_step *s)
{
	const char *word = next_word(p);
	int family = s->verb->value;

	if (!ctl_addr_parse(family, word, &s->addr))
		return expected(p, s->verb->name, word, family == AF_INET ?
		    "an IPv4 address, such as 192.0.2.1/24" : "an IPv6 address, such as 2001:db8::1/64");
	if (parse_addr_options(p, s) < 0)
		return -EINVAL;
	if (s->addr.prefixlen == CTL_NOPREFIX)
		s->addr.prefixlen = ctl_addr_default_prefix(&s->addr);
	return 0;
}

static int parse_ether(struct ctl_parser *p, struct ctl_step *s)
{
	const char *word = next_word(p);

	if (!ether_parse(word, s->lladdr) || (s->lladdr[0] & 1))
		return expected(p, s->verb->name, word, "a unicast link-level address, such as 58:9c:fc:00:00:01");
	return 0;
}

/* What no system's interface takes; the rest is the interface's to say (IF-24 to IF-26). */
static int parse_mtu(struct ctl_parser *p, struct ctl_step *s)
{
	const char *word = next_word(p);

	if (!str_to_long(word, 46, TAP_MAXMTU, &s->number))
		return expected(p, s->verb->name, word, "a number of bytes, 72 to 65521");
	return 0;
}

static int parse_word(struct ctl_parser *p, struct ctl_step *s)
{
	s->word = next_word(p);
	return 0;
}

static int parse_dialect(struct ctl_parser *p, struct ctl_step *s)
{
	char known[256] = "one of";

	s->word = next_word(p);
	if (tap_dialect_find(s->word) != NULL)
		return 0;
	for (const struct tap_dialect *d = tap_dialect_table; d->name != NULL; d++)
		str_format(known + strlen(known), sizeof(known) - strlen(known), " %s", d->name);
	return expected(p, s->verb->name, s->word, known);
}

/* Also by the last component alone, as tapd.conf(5) has them. */
static int find_sysctl(const char *name)
{
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++)
		if (strcmp(strrchr(tap_sysctl_table[id].name, '.') + 1, name) == 0)
			return id;
	return tap_sysctl_find(name);
}

static int parse_sysctl_value(struct ctl_parser *p, struct ctl_step *s, const char *word, const char *value)
{
	char name[64], range[64];
	const struct tap_sysctl_desc *d;

	if (!str_format(name, sizeof(name), "%.*s", (int)(value - word), word) ||
	    (s->sysctl = find_sysctl(name)) < 0)
		return ctl_error_set(
		    p->e, ENOENT, EXIT_FAIL, "sysctl: unknown oid '%.64s'; list them with: tapctl sysctl", name);
	d = &tap_sysctl_table[s->sysctl];
	str_format(range, sizeof(range), "a number from %d to %d", d->min, d->max);
	if (!str_to_long(value + 1, d->min, d->max, &s->number))
		return expected(p, name, value + 1, range);
	s->who = CTL_PRIVILEGED;
	return 0;
}

/* NAME, a branch's name or NAME=VALUE; with no word at all, everything. */
static int parse_sysctl(struct ctl_parser *p, struct ctl_step *s)
{
	const char *value;

	s->word = next_word(p);
	value = s->word ? strchr(s->word, '=') : NULL;
	return value ? parse_sysctl_value(p, s, s->word, value) : 0;
}

/* ------------------------------------------------------------------ the daemon's verbs */

static int run_show_all(struct ctl_run *r, const struct ctl_step *s)
{
	return json_object_set_new(r->reply, "units", ctl_show_units(r->env)) < 0 ? -ENOMEM : 0;
}

static int run_names(struct ctl_run *r, const struct ctl_step *s)
{
	json_t *names = json_array();
	struct tap_softc *sc;

	TAILQ_FOREACH(sc, &r->env->drv->units, link)
		json_array_append_new(names, json_string(sc->if_name));
	return json_object_set_new(r->reply, "names", names) < 0 ? -ENOMEM : 0;
}

/* The reply's "sysctls", made at its first use. */
static json_t *sysctl_list(struct ctl_run *r)
{
	json_t *list = json_object_get(r->reply, "sysctls");

	if (!list) {
		list = json_array();
		json_object_set_new(r->reply, "sysctls", list);
	}
	return list;
}

static int add_sysctl(struct ctl_run *r, int id, const int *old)
{
	json_t *o = json_pack("{s:s, s:i, s:s}", "name", tap_sysctl_table[id].name,
	    "value", tap_sysctl_get(r->env->drv, id), "help", tap_sysctl_table[id].help);

	if (old)
		json_object_set_new(o, "old", json_integer(*old));
	return json_array_append_new(sysctl_list(r), o) < 0 ? -ENOMEM : 0;
}

static int set_sysctl(struct ctl_run *r, const struct ctl_step *s)
{
	int old = tap_sysctl_get(r->env->drv, s->sysctl);
	int err = tap_sysctl_set(r->env->drv, s->sysctl, (int)s->number);

	if (err == -EPERM)
		return ctl_error_set(&r->error, EPERM, EXIT_FAIL, "sysctl: %s: read-only once a unit exists; "
		    "set it in the configuration file", tap_sysctl_table[s->sysctl].name);
	return err < 0 ? err : add_sysctl(r, s->sysctl, &old);
}

/* name is the whole of a sysctl's name, or the whole of its first components. */
static bool sysctl_matches(const char *name, const char *sysctl)
{
	size_t n = strlen(name);

	return strncmp(name, sysctl, n) == 0 && (sysctl[n] == '\0' || sysctl[n] == '.');
}

static int run_sysctl(struct ctl_run *r, const struct ctl_step *s)
{
	size_t shown = 0;

	if (s->sysctl >= 0)
		return set_sysctl(r, s);
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++) {
		if (s->word && !sysctl_matches(s->word, tap_sysctl_table[id].name))
			continue;
		if (add_sysctl(r, id, NULL) < 0)
			return -ENOMEM;
		shown++;
	}
	if (shown == 0)
		return ctl_error_set(&r->error, ENOENT, EXIT_FAIL,
		    "sysctl: unknown oid '%.64s'; list them with: tapctl sysctl", s->word);
	return 0;
}

static int run_help(struct ctl_run *r, const struct ctl_step *s)
{
	return json_object_set_new(r->reply, "verbs", ctl_words_json()) < 0 ? -ENOMEM : 0;
}

static json_t *list_backends(void)
{
	json_t *list = json_array();

	for (size_t i = 0; i < backend_count(); i++) {
		struct backend_desc d = backend_get(i);

		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", d.name, "args", d.args, "help", d.help));
	}
	return list;
}

static int run_version(struct ctl_run *r, const struct ctl_step *s)
{
	const struct ctl_env *env = r->env;
	json_t *o = json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:i, s:o}", "version", TAPD_VERSION, "pid", (int)getpid(),
	    "transport", env->transport, "attach", env->drv->net.spec, "dialect", env->drv->dialect->name,
	    "prefix", env->drv->prefix, "units", (int)env->drv->nunits, "backends", list_backends());

	return json_object_set_new(r->reply, "tapd", o) < 0 ? -ENOMEM : 0;
}

/* ------------------------------------------------------------------ a unit's verbs */

/* What the same command plugs the new unit into, so that it is never plugged into anything else; NULL: nothing said. */
static const struct ctl_step *attach_step(const struct ctl_command *c)
{
	for (size_t i = 0; i < c->nsteps; i++)
		if (strcmp(c->step[i].verb->name, "attach") == 0)
			return &c->step[i];
	return NULL;
}

/* "tap" takes the lowest free unit (IF-01), "tap5" that one (IF-02).  Existing ones are EEXIST (IF-03). */
static int run_create(struct ctl_run *r, const struct ctl_step *s)
{
	enum tap_family family;
	const struct ctl_step *attach = attach_step(r->command);
	struct tap_want want = { .who = r->env->pid };
	char spec[TAP_SPEC_MAX], why[512] = "";
	int unit, err = 0;

	if (!tap_name_parse(r->env->drv, r->name, &family, &unit))
		return ctl_error_set(&r->error, EINVAL, EXIT_FAIL, "%s: not a name tapd can make; "
		    "expected %stap or %svmnet, alone or with a unit number, as in %stap0", r->name, r->env->drv->prefix,
		    r->env->drv->prefix, r->env->drv->prefix);
	if (attach != NULL)
		err = ctl_spec(r, attach->word, spec);
	if (err < 0)
		return err;
	want.spec = attach != NULL ? spec : NULL;
	err = tap_unit_create(r->env->drv, family, unit, &want, &r->sc, why, sizeof(why));
	if (err < 0 && why[0] != '\0')
		return ctl_error_set(&r->error, -err, EXIT_FAIL, "%s: create: %s", r->name, why);
	if (err < 0)
		return err;
	r->name = r->sc->if_name;
	return json_object_set_new(r->reply, "created", json_string(r->name)) < 0 ? -ENOMEM : 0;
}

/* Done already where create was told of it. */
static int run_attach(struct ctl_run *r, const struct ctl_step *s)
{
	char spec[TAP_SPEC_MAX], why[512] = "";
	int err = ctl_spec(r, s->word, spec);

	if (err < 0 || strcmp(spec, r->sc->net_spec) == 0)
		return err;
	err = tap_unit_attach(r->sc, spec, r->env->pid, why, sizeof(why));
	if (err < 0)
		return ctl_error_set(&r->error, -err, err == -EINVAL ? EXIT_USAGE : EXIT_FAIL, "%s: attach: %s", r->name, why);
	return 0;
}

/* Closed, the unit goes at once (IF-09); open, this waits for its last close (IF-10). */
static int run_destroy(struct ctl_run *r, const struct ctl_step *s)
{
	struct tap_softc *sc = r->sc;
	json_t *interim = json_pack("{s:s, s:o}", "name", sc->if_name, "opened_by", ctl_show_openers(sc));
	int err;

	if (!interim)
		return -ENOMEM;
	err = tap_unit_destroy(sc, r->destroy);
	if (err == -EINPROGRESS) {
		*r->waiting = sc;
		json_object_set(r->reply, "waiting", interim);
		err = 0;
	}
	json_decref(interim);
	return err;
}

/* What an interface has, beside an address to be set. */
struct addr_search {
	const struct tap_ifaddr *want;
	struct tap_ifaddr first;		/* of the same family */
	struct tap_ifaddr same;			/* with whatever length */
	bool has_first, has_same;
};

static void search_addr(void *arg, const struct tap_ifaddr *a)
{
	struct addr_search *s = arg;

	if (a->family == s->want->family && !s->has_first) {
		s->has_first = true;
		s->first = *a;
	}
	if (ctl_addr_same(a, s->want)) {
		s->has_same = true;
		s->same = *a;
	}
}

static void search_addrs(struct tap_softc *sc, struct addr_search *s)
{
	if (!sc->gone && sc->net_ops->each_addr)
		sc->net_ops->each_addr(sc, search_addr, s);
}

/* Put a in the place of old.  On failure old is there again. */
static int swap_addr(struct tap_softc *sc, const struct tap_ifaddr *old, const struct tap_ifaddr *a)
{
	int err = tap_unit_del_addr(sc, old);

	if (err < 0)
		return err;
	err = tap_unit_add_addr(sc, a);
	if (err < 0)
		tap_unit_add_addr(sc, old);
	return err;
}

/*
 * As ifconfig(8) on FreeBSD: without "alias" an IPv4 address takes the place of the interface's first, an IPv6 address
 * comes beside the others; an address that is there gets the new length.  The interface comes up with it (IF-23).
 */
static int set_addr(struct tap_softc *sc, const struct ctl_step *s)
{
	struct addr_search found = { .want = &s->addr };
	bool replace = s->how == CTL_ADDR_SET && s->addr.family == AF_INET;

	search_addrs(sc, &found);
	if (found.has_same && found.same.prefixlen == s->addr.prefixlen)
		return tap_unit_set_up(sc, true);
	if (found.has_same)
		return swap_addr(sc, &found.same, &s->addr);
	if (replace && found.has_first)
		return swap_addr(sc, &found.first, &s->addr);
	return tap_unit_add_addr(sc, &s->addr);
}

static int delete_addr(struct ctl_run *r, const struct ctl_step *s)
{
	struct addr_search found = { .want = &s->addr };
	char text[CTL_ADDRSTRLEN];

	search_addrs(r->sc, &found);
	if (!found.has_same)
		return ctl_error_set(&r->error, EADDRNOTAVAIL, EXIT_FAIL, "%s: %s: it has no address %s", r->name,
		    s->verb->name, ctl_addr_format(&s->addr, text));
	return tap_unit_del_addr(r->sc, &found.same);
}

static int run_addr(struct ctl_run *r, const struct ctl_step *s)
{
	return s->how == CTL_ADDR_DELETE ? delete_addr(r, s) : set_addr(r->sc, s);
}

static int run_ether(struct ctl_run *r, const struct ctl_step *s)
{
	return tap_unit_set_lladdr(r->sc, s->lladdr);
}

static int run_mtu(struct ctl_run *r, const struct ctl_step *s)
{
	int err = tap_unit_set_mtu(r->sc, (unsigned)s->number);

	if (err == -EINVAL)
		return ctl_error_set(&r->error, EINVAL, EXIT_FAIL, "%s: mtu: %ld: expected %u to %u bytes", r->name,
		    s->number, r->sc->dialect->min_mtu, tap_unit_max_mtu(r->sc));
	return err;
}

static int run_rename(struct ctl_run *r, const struct ctl_step *s)
{
	return tap_unit_rename(r->sc, s->word);
}

static int run_dialect(struct ctl_run *r, const struct ctl_step *s)
{
	return tap_unit_set_dialect(r->sc, tap_dialect_find(s->word));
}

static int run_up(struct ctl_run *r, const struct ctl_step *s)
{
	return tap_unit_set_up(r->sc, s->verb->value);
}

static int run_link0(struct ctl_run *r, const struct ctl_step *s)
{
	return tap_unit_set_link0(r->sc, s->verb->value);
}

static int run_promisc(struct ctl_run *r, const struct ctl_step *s)
{
	return tap_unit_set_promisc(r->sc, s->verb->value);
}

/* ------------------------------------------------------------------ the table */

const struct ctl_verb ctl_verb_table[] = {
#define X(name, on, who, nargs, args, help, value, parse, run, repeats) \
	{ name, on, who, nargs, args, help, value, parse, run, repeats },
	CTL_VERBS(X)
#undef X
	{ 0 },
};

const struct ctl_verb *ctl_verb_find(const char *name, enum ctl_on on)
{
	for (const struct ctl_verb *v = ctl_verb_table; v->name; v++)
		if (v->on == on && strcmp(v->name, name) == 0)
			return v;
	return NULL;
}
