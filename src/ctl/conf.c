/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading tapd.conf(5).  libConfuse does the syntax; every value comes to us as text, through one table of keys, each
 * with a function that checks and stores it.  So every mistake is found where it stands and is told in one form:
 *
 *	FILE:LINE: KEY = VALUE: expected SOMETHING
 */
#include "ctl/conf.h"

#include <arpa/inet.h>
#include <confuse.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/switch.h"
#include "base/log.h"
#include "base/util.h"
#include "ctl/words.h"

#define SPIN_MAX 1000			/* microseconds */
#define PUBLISH_DEFAULT	8		/* tap0 to tap7: enough for programs that open one by its name, or try them in order */

/* One reading of one file. */
struct loader {
	struct conf *c;
	const char *name;
	char *text;			/* ours; comments blanked out */
	char *why;
	size_t size;
	int err;			/* the first error, -errno, whose text is in why */
	int owner_line;			/* of the first owner, or 0 */
};

/* libConfuse hands its callbacks no pointer of ours.  Set during conf_parse() only; tapd has one thread. */
static struct loader *loading;

/* The first error stays: what follows from it is noise. */
static int fail(struct loader *l, int err, int line, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static int fail(struct loader *l, int err, int line, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (l->err == 0) {
		l->err = err;
		str_format(l->why, l->size, "%s:%d: %s", l->name, line, text);
	}
	return err;
}

/* ------------------------------------------------------------------ keys */

/* Where a key may stand. */
enum scope { SCOPE_DAEMON, SCOPE_UNIT, SCOPE_SWITCH };

/* Where a value goes: the daemon's, or those of one unit or switch. */
struct target {
	struct conf *c;
	struct conf_unit *u;
	struct conf_switch *sw;
	size_t index;			/* in a list */
	char why[512];			/* of -EINVAL: what is wrong, where that says more than the key's `expected` */
};

/* Stores value.  0; -EINVAL: it is not what the key expects; -ENOMEM. */
typedef int set_fn(struct target *t, const char *value);

struct key {
	enum scope scope;
	const char *name;
	bool list;
	const char *expected;
	set_fn *set;
};

static int set_string(char **dst, const char *value)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	free(*dst);
	*dst = copy;
	return 0;
}

static int set_bool(bool *dst, const char *value)
{
	int b = cfg_parse_boolean(value);

	if (b < 0)
		return -EINVAL;
	*dst = b;
	return 0;
}

static int set_dialect_of(const struct tap_dialect **dst, const char *value)
{
	for (const struct tap_dialect *d = tap_dialect_table; d->name; d++)
		if (strcmp(d->name, value) == 0) {
			*dst = d;
			return 0;
		}
	return -EINVAL;
}

static int set_transport(struct target *t, const char *value)
{
	if (strcmp(value, "auto") != 0 && strcmp(value, "cuse") != 0 && strcmp(value, "fuse") != 0)
		return -EINVAL;
	return set_string(&t->c->transport, value);
}

static int set_prefix(struct target *t, const char *value)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	if (strlen(value) > 8 || value[strspn(value, set)] != '\0')
		return -EINVAL;
	return set_string(&t->c->prefix, value);
}

static int set_path(char **dst, const char *value)
{
	return value[0] == '/' ? set_string(dst, value) : -EINVAL;
}

static int set_socket(struct target *t, const char *value)
{
	return set_path(&t->c->socket, value);
}

static int set_run_dir(struct target *t, const char *value)
{
	return set_path(&t->c->run_dir, value);
}

static int set_dev_dir(struct target *t, const char *value)
{
	return set_path(&t->c->dev_dir, value);
}

static int set_spin(struct target *t, const char *value)
{
	long v;

	if (!str_to_long(value, 0, SPIN_MAX, &v))
		return -EINVAL;
	t->c->spin_us = (unsigned)v;
	return 0;
}

static int set_publish(struct target *t, const char *value)
{
	long v;

	if (!str_to_long(value, 0, CONF_PUBLISH_MAX, &v))
		return -EINVAL;
	t->c->publish = (unsigned)v;
	return 0;
}

static int set_dialect(struct target *t, const char *value)
{
	return set_dialect_of(&t->c->dialect, value);
}

static int set_owner(struct target *t, const char *value)
{
	const struct passwd *pw = getpwnam(value);
	long id;

	if (!pw && !str_to_long(value, 0, UINT32_MAX - 1L, &id))
		return -EINVAL;
	t->u->uid = pw ? pw->pw_uid : (uid_t)id;
	t->u->has_uid = true;
	return 0;
}

static int set_group(struct target *t, const char *value)
{
	const struct group *gr = getgrnam(value);
	long id;

	if (!gr && !str_to_long(value, 0, UINT32_MAX - 1L, &id))
		return -EINVAL;
	t->u->gid = gr ? gr->gr_gid : (gid_t)id;
	t->u->has_gid = true;
	return 0;
}

/* Octal, as chmod(1): a leading 0 is welcome, not needed. */
static int set_mode(struct target *t, const char *value)
{
	char *end;
	unsigned long v = strtoul(value, &end, 8);

	if (value[0] < '0' || value[0] > '7' || *end != '\0' || v > 0777)
		return -EINVAL;
	t->u->mode = (mode_t)v;
	t->u->has_mode = true;
	return 0;
}

static int set_ether(struct target *t, const char *value)
{
	if (!ether_parse(value, t->u->lladdr) || (t->u->lladdr[0] & 1))
		return -EINVAL;
	t->u->has_lladdr = true;
	return 0;
}

static int set_mtu(struct target *t, const char *value)
{
	long v;

	if (!str_to_long(value, TAP_MINMTU, 65521, &v))
		return -EINVAL;
	t->u->mtu = (unsigned)v;
	return 0;
}

/* The first value of a list begins it anew, so that a key that stands twice counts as it stands last. */
static void drop_family(struct conf_unit *u, int family)
{
	size_t n = 0;

	for (size_t i = 0; i < u->naddrs; i++)
		if (u->addrs[i].family != family)
			u->addrs[n++] = u->addrs[i];
	u->naddrs = n;
}

static int add_addr(struct target *t, int family, const char *value)
{
	struct conf_unit *u = t->u;
	struct tap_ifaddr a, *addrs;

	if (!ctl_addr_parse(family, value, &a) || a.prefixlen == CTL_NOPREFIX)
		return -EINVAL;
	if (t->index == 0)
		drop_family(u, family);
	addrs = reallocarray(u->addrs, u->naddrs + 1, sizeof(*addrs));
	if (!addrs)
		return -ENOMEM;
	u->addrs = addrs;
	addrs[u->naddrs++] = a;
	return 0;
}

static int set_inet(struct target *t, const char *value)
{
	return add_addr(t, AF_INET, value);
}

static int set_inet6(struct target *t, const char *value)
{
	return add_addr(t, AF_INET6, value);
}

static int set_up(struct target *t, const char *value)
{
	t->u->has_up = true;
	return set_bool(&t->u->up, value);
}

static int set_link0(struct target *t, const char *value)
{
	return set_bool(&t->u->link0, value);
}

static int set_unit_dialect(struct target *t, const char *value)
{
	return set_dialect_of(&t->u->dialect, value);
}

static int set_spec(struct target *t, char **dst, const char *value)
{
	if (strlen(value) >= TAP_SPEC_MAX || backend_check(value, t->why, sizeof(t->why)) != 0)
		return -EINVAL;
	return set_string(dst, value);
}

static int set_attach(struct target *t, const char *value)
{
	return strcmp(value, "auto") == 0 ? set_string(&t->c->attach, value) : set_spec(t, &t->c->attach, value);
}

static int set_unit_attach(struct target *t, const char *value)
{
	return set_spec(t, &t->u->attach, value);
}

static int set_uplink(struct target *t, const char *value)
{
	return set_spec(t, &t->sw->uplink, value);
}

static const struct key key_table[] = {
	{ SCOPE_DAEMON, "transport", false, "auto, cuse or fuse", set_transport },
	{ SCOPE_DAEMON, "prefix", false, "up to 8 letters, digits, '_' or '-'", set_prefix },
	{ SCOPE_DAEMON, "socket", false, "an absolute path", set_socket },
	{ SCOPE_DAEMON, "run_dir", false, "an absolute path", set_run_dir },
	{ SCOPE_DAEMON, "dev_dir", false, "an absolute path", set_dev_dir },
	{ SCOPE_DAEMON, "spin_us", false, "a number of microseconds from 0 to 1000", set_spin },
	{ SCOPE_DAEMON, "publish", false, "a number of devices from 0 to 512", set_publish },
	{ SCOPE_DAEMON, "dialect", false, "the name of a dialect, such as freebsd", set_dialect },
	{ SCOPE_DAEMON, "attach", false, "auto, or what `tapd --version` lists, such as tuntap or pcap:eth0", set_attach },
	{ SCOPE_UNIT, "owner", false, "a user's name or number", set_owner },
	{ SCOPE_UNIT, "group", false, "a group's name or number", set_group },
	{ SCOPE_UNIT, "mode", false, "octal permissions, such as 0660", set_mode },
	{ SCOPE_UNIT, "ether", false, "a unicast link-level address, such as 58:9c:fc:00:00:01", set_ether },
	{ SCOPE_UNIT, "mtu", false, "a number of bytes from 72 to 65521", set_mtu },
	{ SCOPE_UNIT, "inet", true, "an IPv4 address with its prefix length, such as 192.0.2.1/24", set_inet },
	{ SCOPE_UNIT, "inet6", true, "an IPv6 address with its prefix length, such as 2001:db8::1/64", set_inet6 },
	{ SCOPE_UNIT, "up", false, "true or false", set_up },
	{ SCOPE_UNIT, "link0", false, "true or false", set_link0 },
	{ SCOPE_UNIT, "dialect", false, "the name of a dialect, such as freebsd", set_unit_dialect },
	{ SCOPE_UNIT, "attach", false, "what `tapd --version` lists, such as tuntap or pcap:eth0", set_unit_attach },
	{ SCOPE_SWITCH, "uplink", false, "what `tapd --version` lists, such as slirp or pcap:eth0", set_uplink },
};

/* In the file a sysctl goes by the last component of its name. */
static const char *sysctl_key(int id)
{
	return strrchr(tap_sysctl_table[id].name, '.') + 1;
}

/* ------------------------------------------------------------------ libConfuse's callbacks */

/* The line on which section "title" begins: libConfuse knows only where it ends. */
static int section_line(const struct loader *l, const char *section, const char *title)
{
	size_t n = strlen(title), nsection = strlen(section);
	int line = 1;

	for (const char *s = l->text; *s != '\0'; s = strchrnul(s, '\n'), s += *s == '\n', line++) {
		const char *p = s + strspn(s, " \t");

		if (strncmp(p, section, nsection) != 0)
			continue;
		p += nsection + strspn(p + nsection, " \t");
		p += *p == '"' || *p == '\'';
		if (strncmp(p, title, n) == 0 && strchr("\"' \t{\n", p[n]))
			return line;
	}
	return line;
}

/* The unit of this title, new if need be.  NULL: told. */
static struct conf_unit *get_unit(struct loader *l, const char *title)
{
	struct conf *c = l->c;
	struct conf_unit *units, *u;

	for (size_t i = 0; i < c->nunits; i++)
		if (strcmp(c->units[i].name, title) == 0)
			return &c->units[i];
	units = reallocarray(c->units, c->nunits + 1, sizeof(*units));
	if (!units) {
		fail(l, -ENOMEM, section_line(l, "unit", title), "unit \"%s\": %s", title, strerror(ENOMEM));
		return NULL;
	}
	c->units = units;
	u = &units[c->nunits];
	*u = (struct conf_unit){ .line = section_line(l, "unit", title) };
	if (!str_copy(u->name, sizeof(u->name), title)) {
		fail(l, -EINVAL, u->line, "unit \"%s\": expected a name of at most %d bytes", title, TAP_IFNAMSIZ - 1);
		return NULL;
	}
	c->nunits++;
	return u;
}

/* Likewise of a switch. */
static struct conf_switch *get_switch(struct loader *l, const char *title)
{
	struct conf *c = l->c;
	int line = section_line(l, "switch", title);
	struct conf_switch *switches;

	for (size_t i = 0; i < c->nswitches; i++)
		if (strcmp(c->switches[i].name, title) == 0)
			return &c->switches[i];
	if (!switch_name_ok(title)) {
		fail(l, -EINVAL, line, "switch \"%s\": expected " SWITCH_NAME_EXPECTED, title);
		return NULL;
	}
	switches = reallocarray(c->switches, c->nswitches + 1, sizeof(*switches));
	if (!switches) {
		fail(l, -ENOMEM, line, "switch \"%s\": %s", title, strerror(ENOMEM));
		return NULL;
	}
	c->switches = switches;
	switches[c->nswitches] = (struct conf_switch){ .line = line };
	str_copy(switches[c->nswitches].name, sizeof(switches->name), title);
	return &switches[c->nswitches++];
}

static int store(struct loader *l, cfg_t *cfg, cfg_opt_t *opt, const struct key *k, const char *value)
{
	struct target t = { .c = l->c, .index = opt->nvalues - 1 };
	int err;

	if (k->scope == SCOPE_UNIT && !(t.u = get_unit(l, cfg->title)))
		return l->err;
	if (k->scope == SCOPE_SWITCH && !(t.sw = get_switch(l, cfg->title)))
		return l->err;
	err = k->set(&t, value);
	if (err == -EINVAL && t.why[0] != '\0')
		return fail(l, err, cfg->line, "%s = %s", k->name, t.why);
	if (err == -EINVAL)
		return fail(l, err, cfg->line, "%s = %s: expected %s", k->name, value, k->expected);
	if (err < 0)
		return fail(l, err, cfg->line, "%s: %s", k->name, strerror(-err));
	if (k->set == set_owner && l->owner_line == 0)
		l->owner_line = cfg->line;
	return 0;
}

/* libConfuse's cfg_callback_t, for every key of key_table. */
static int on_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	enum scope scope = !cfg->title ? SCOPE_DAEMON : strcmp(cfg->name, "unit") == 0 ? SCOPE_UNIT : SCOPE_SWITCH;

	*(const char **)result = value;
	for (size_t i = 0; i < NELEM(key_table); i++)
		if (key_table[i].scope == scope && strcmp(key_table[i].name, opt->name) == 0)
			return store(loading, cfg, opt, &key_table[i], value);
	return -1;
}

/* The same for the sysctl section. */
static int on_sysctl(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
	struct loader *l = loading;
	int id = 0;
	long v;

	*(const char **)result = value;
	while (strcmp(sysctl_key(id), opt->name) != 0)
		id++;
	if (!str_to_long(value, tap_sysctl_table[id].min, tap_sysctl_table[id].max, &v))
		return fail(l, -EINVAL, cfg->line, "%s = %s: expected a number from %d to %d", opt->name, value,
		    tap_sysctl_table[id].min, tap_sysctl_table[id].max);
	l->c->sysctl[id] = (int)v;
	l->c->has_sysctl[id] = true;
	return 0;
}

/* A unit's closing brace: it may have had no values at all. */
static int on_unit(cfg_t *cfg, cfg_opt_t *opt)
{
	return get_unit(loading, cfg_opt_getnsec(opt, opt->nvalues - 1)->title) ? 0 : -1;
}

static int on_switch(cfg_t *cfg, cfg_opt_t *opt)
{
	return get_switch(loading, cfg_opt_getnsec(opt, opt->nvalues - 1)->title) ? 0 : -1;
}

/* What libConfuse finds wrong; to an unknown key, add the known ones. */
static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[512], known[384] = "";
	size_t n = 0;

	vsnprintf(text, sizeof(text), fmt, ap);
	if (strncmp(text, "no such option", 14) == 0)
		for (const cfg_opt_t *o = cfg->opts; o->name && n < sizeof(known); o++)
			n += (size_t)snprintf(
			    known + n, sizeof(known) - n, "%s%s", n ? ", " : "; expected one of ", o->name);
	fail(loading, -EINVAL, cfg->line, "%s%s", text, known);
}

/* ------------------------------------------------------------------ before libConfuse */

/*
 * libConfuse 3.3 counts the lines of comments twice, and takes the end of the file for any closing brace or the end of
 * a comment.  So comments are replaced by blanks, and what must be closed is checked, before it sees the text.
 */

/* Bytes of the comment at s, to the end of the text if it never ends, or 0.  Inside a word, as in a/b//c, is none. */
static size_t comment_length(const char *s, char before)
{
	const char *end;

	if (*s == '#')
		return strcspn(s, "\n");
	if (*s != '/' || !strchr(" \t\r\n={}(),+;\"'*", before))
		return 0;
	if (s[1] == '/')
		return strcspn(s, "\n");
	if (s[1] != '*')
		return 0;
	end = strstr(s + 2, "*/");
	return end ? (size_t)(end + 2 - s) : strlen(s);
}

/* Bytes of the string at s, quotes included. */
static size_t quoted_length(const char *s)
{
	const char *p = s + 1;

	while (*p != '\0' && *p != *s)
		p += *p == '\\' && p[1] != '\0' ? 2 : 1;
	return (size_t)(p + (*p != '\0') - s);
}

static void blank(char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != '\n')
			s[i] = ' ';
}

static int line_at(const struct loader *l, const char *at)
{
	int line = 1;

	for (const char *p = l->text; p < at; p++)
		line += *p == '\n';
	return line;
}

/* A comment or string of n bytes that ran into the end of the text. */
static bool ran_out(const char *s, size_t n)
{
	if (*s == '#' || s[n] != '\0' || strncmp(s, "//", 2) == 0)
		return false;
	return strncmp(s, "/*", 2) == 0 ? n < 4 || s[n - 2] != '*' || s[n - 1] != '/' : n < 2 || s[n - 1] != *s;
}

/* Blanks the comments.  What is opened and never closed (a comment, a string or the outermost brace), or NULL. */
static const char *blank_comments(char *s)
{
	const char *open = NULL;
	char before = '\n';
	int depth = 0;

	for (size_t n; *s != '\0'; before = s[n - 1], s += n) {
		size_t comment = comment_length(s, before);
		bool quote = *s == '"' || *s == '\'';

		n = comment ? comment : quote ? quoted_length(s) : 1;
		if ((comment || quote) && ran_out(s, n))
			return s;
		if (comment)
			blank(s, n);
		else if (*s == '{' && depth++ == 0)
			open = s;
		else if (*s == '}' && depth > 0)
			depth--;
	}
	return depth > 0 ? open : NULL;
}

/* ------------------------------------------------------------------ reading */

/* The keys of a scope, as libConfuse wants them.  opts has room for all and four more. */
static void make_opts(cfg_opt_t *opts, enum scope scope, size_t *n)
{
	for (size_t i = 0; i < NELEM(key_table); i++)
		if (key_table[i].scope == scope)
			opts[(*n)++] = (cfg_opt_t){ .name = key_table[i].name, .type = CFGT_STR, .parsecb = on_value,
			    .flags = CFGF_NODEFAULT | (key_table[i].list ? CFGF_LIST : 0) };
}

static int parse_text(struct loader *l)
{
	cfg_opt_t unit_opts[NELEM(key_table) + 1] = { 0 }, sysctl_opts[TAP_SYSCTL_COUNT + 1] = { 0 };
	cfg_opt_t opts[NELEM(key_table) + 4] = { 0 }, switch_opts[NELEM(key_table) + 1] = { 0 };
	size_t n = 0, nunit = 0, nswitch = 0;
	cfg_t *cfg;

	make_opts(unit_opts, SCOPE_UNIT, &nunit);
	make_opts(switch_opts, SCOPE_SWITCH, &nswitch);
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++)
		sysctl_opts[id] = (cfg_opt_t){ .name = sysctl_key(id), .type = CFGT_STR, .parsecb = on_sysctl,
		    .flags = CFGF_NODEFAULT };
	make_opts(opts, SCOPE_DAEMON, &n);
	opts[n++] = (cfg_opt_t)CFG_SEC("sysctl", sysctl_opts, CFGF_NODEFAULT);
	opts[n] = (cfg_opt_t)CFG_SEC("unit", unit_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	opts[n++].validcb = on_unit;
	opts[n] = (cfg_opt_t)CFG_SEC("switch", switch_opts, CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES);
	opts[n].validcb = on_switch;

	cfg = cfg_init(opts, CFGF_NONE);
	if (!cfg)
		return fail(l, -ENOMEM, 0, "%s", strerror(ENOMEM));
	cfg_set_error_function(cfg, on_error);
	if (cfg_parse_buf(cfg, l->text) != CFG_SUCCESS)
		fail(l, -EINVAL, cfg->line, "cannot be parsed");
	cfg_free(cfg);
	return l->err;
}

static int check_closed(struct loader *l)
{
	const char *open = blank_comments(l->text);

	if (!open)
		return 0;
	return fail(l, -EINVAL, line_at(l, open), "%.*s is never closed: expected its end before the end of the file",
	    *open == '/' ? 2 : 1, open);
}

/* The clone device has no interface. */
static bool has_interface_keys(const struct conf_unit *u)
{
	return u->has_lladdr || u->has_up || u->mtu != 0 || u->link0 || u->dialect || u->attach || u->naddrs > 0;
}

/* Names depend on the prefix, which may stand below the units. */
static int check_units(struct loader *l)
{
	struct tap_driver names = { 0 };

	str_copy(names.prefix, sizeof(names.prefix), l->c->prefix);
	for (size_t i = 0; i < l->c->nunits; i++) {
		struct conf_unit *u = &l->c->units[i];

		if (!tap_name_parse(&names, u->name, &u->family, &u->unit))
			return fail(l, -EINVAL, u->line,
			    "unit \"%s\": expected %stap or %svmnet and a unit number, as in %stap0", u->name,
			    names.prefix, names.prefix, names.prefix);
		if (u->unit == TAP_UNIT_CLONE && has_interface_keys(u))
			return fail(l, -EINVAL, u->line,
			    "unit \"%s\" is the clone device: expected owner, group and mode only", u->name);
	}
	return 0;
}

/* The switch of the file that this one's uplink is a port of, or NULL. */
static const struct conf_switch *uplink_switch(const struct conf *c, const struct conf_switch *s)
{
	for (size_t i = 0; s->uplink != NULL && strncmp(s->uplink, "switch:", 7) == 0 && i < c->nswitches; i++)
		if (strcmp(c->switches[i].name, s->uplink + 7) == 0)
			return &c->switches[i];
	return NULL;
}

/* A way of uplinks that leads back to where it began. */
static int check_switches(struct loader *l)
{
	for (size_t i = 0; i < l->c->nswitches; i++) {
		const struct conf_switch *s = &l->c->switches[i], *next = uplink_switch(l->c, s);

		for (size_t n = 0; next != NULL && next != s && n < l->c->nswitches; n++)
			next = uplink_switch(l->c, next);
		if (next == s)
			return fail(l, -EINVAL, s->line, "switch \"%s\": its uplink %s leads back to it", s->name, s->uplink);
	}
	return 0;
}

/* OP-23: the driver itself asks for the super-user, whatever the node's owner. */
static void warn_owner(const struct loader *l)
{
	if (l->owner_line > 0 && l->c->sysctl[TAP_SYSCTL_USER_OPEN] == 0)
		log_warn(
		    "%s:%d: owner is set, but only the super-user may open a tap while user_open is 0: others will "
		    "get EPERM; say sysctl { user_open = 1 }",
		    l->name, l->owner_line);
}

/* False: out of memory. */
static bool set_defaults(struct conf *c)
{
	*c = (struct conf){ .dialect = &tap_dialect_table[0], .publish = PUBLISH_DEFAULT };
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++)
		c->sysctl[id] = tap_sysctl_table[id].initial;
	return set_string(&c->transport, "auto") == 0 && set_string(&c->attach, "auto") == 0 && set_string(&c->prefix, "") == 0 &&
	    set_string(&c->run_dir, "/run/tapd") == 0 &&
	    set_string(&c->dev_dir, "/dev") == 0;
}

int conf_parse(struct conf *c, const char *name, const char *text, char *why, size_t size)
{
	struct loader l = { .c = c, .name = name, .text = strdup(text), .why = why, .size = size };

	if (!set_defaults(c) || !l.text) {
		str_format(why, size, "%s: %s", name, strerror(ENOMEM));
		l.err = -ENOMEM;
	}
	loading = &l;
	if (l.err == 0 && check_closed(&l) == 0 && parse_text(&l) == 0 && check_units(&l) == 0 && check_switches(&l) == 0)
		warn_owner(&l);
	loading = NULL;
	free(l.text);
	if (l.err < 0)
		conf_free(c);
	return l.err;
}

/* The whole file, NUL-terminated, for the caller to free; NULL with errno set. */
static char *read_file(const char *path)
{
	char *text = malloc(CONF_SIZE_MAX + 1);
	FILE *f = text ? fopen(path, "re") : NULL;
	size_t n = 0;
	int err = errno;

	if (f) {
		n = fread(text, 1, CONF_SIZE_MAX + 1, f);
		err = ferror(f) ? errno : n > CONF_SIZE_MAX ? EFBIG : memchr(text, '\0', n) ? EILSEQ : 0;
		fclose(f);
	}
	if (f && err == 0) {
		text[n] = '\0';
		return text;
	}
	free(text);
	errno = err;
	return NULL;
}

int conf_load(struct conf *c, const char *path, char *why, size_t size)
{
	char *text = path ? read_file(path) : strdup("");
	int err = -errno;

	*c = (struct conf){ 0 };
	if (!text) {
		str_format(why, size, "%s: %s; expected a configuration file as tapd.conf(5) describes",
		    path ? path : "tapd", err == -EILSEQ ? "is no text: it has a NUL byte" : strerror(-err));
		return err;
	}
	err = conf_parse(c, path ? path : "tapd", text, why, size);
	free(text);
	return err;
}

void conf_free(struct conf *c)
{
	for (size_t i = 0; i < c->nunits; i++) {
		free(c->units[i].addrs);
		free(c->units[i].attach);
	}
	free(c->units);
	for (size_t i = 0; i < c->nswitches; i++)
		free(c->switches[i].uplink);
	free(c->switches);
	free(c->transport);
	free(c->attach);
	free(c->prefix);
	free(c->socket);
	free(c->run_dir);
	free(c->dev_dir);
	*c = (struct conf){ 0 };
}

/* ------------------------------------------------------------------ applying */

static void set_node(struct tap_node *node, const struct conf_unit *u)
{
	if (u->has_uid)
		node->uid = u->uid;
	if (u->has_gid)
		node->gid = u->gid;
	if (u->has_mode)
		node->mode = u->mode;
}

/* The unit with its node, of the file's owner, mode and dialect. */
static int create_unit(
    const struct conf_unit *u, struct tap_driver *drv, struct tap_softc **scp, char *why, size_t size)
{
	const struct tap_dialect *dialect = drv->dialect;
	struct tap_node node = { .mode = 0600 };
	int err;

	set_node(&node, u);
	if (u->dialect)
		drv->dialect = u->dialect;
	err = tap_unit_create(drv, u->family, u->unit, &(struct tap_want){ .node = &node, .spec = u->attach }, scp, why, size);
	drv->dialect = dialect;
	return err;
}

/* An address brings the interface up (IF-23); a file that says up = false has the last word. */
static int configure_unit(const struct conf_unit *u, struct tap_softc *sc, const char **what)
{
	int err = 0;

	*what = "ether";
	if (u->has_lladdr)
		err = tap_unit_set_lladdr(sc, u->lladdr);
	if (err == 0 && u->mtu) {
		*what = "mtu";
		err = tap_unit_set_mtu(sc, u->mtu);
	}
	if (err == 0 && u->link0) {
		*what = "link0";
		err = tap_unit_set_link0(sc, true);
	}
	for (size_t i = 0; err == 0 && i < u->naddrs; i++) {
		*what = ctl_family_name(u->addrs[i].family);
		err = tap_unit_add_addr(sc, &u->addrs[i]);
	}
	if (err == 0 && u->has_up) {
		*what = "up";
		err = tap_unit_set_up(sc, u->up);
	}
	return err;
}

int conf_apply_driver(const struct conf *c, struct tap_driver *drv, char *why, size_t size)
{
	drv->dialect = c->dialect;
	for (size_t i = 0; i < c->nunits; i++)
		if (c->units[i].unit == TAP_UNIT_CLONE)
			set_node(&drv->clone[c->units[i].family], &c->units[i]);
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++) {
		int err = c->has_sysctl[id] ? tap_sysctl_set(drv, id, c->sysctl[id]) : 0;

		if (err == 0)
			continue;
		str_format(why, size, "sysctl %s = %d: %s", tap_sysctl_table[id].name, c->sysctl[id], strerror(-err));
		return err;
	}
	return 0;
}

int conf_apply_switches(const struct conf *c, struct backends *b, char *why, size_t size)
{
	char reason[512] = "";
	int err = 0;

	for (size_t i = 0; err == 0 && i < c->nswitches; i++) {
		const struct conf_switch *s = &c->switches[i];
		struct vswitch *sw = switch_declare(b, s->name, reason, sizeof(reason));

		if (sw == NULL)
			err = -errno;
		else if (s->uplink != NULL)
			err = switch_uplink(sw, s->uplink, reason, sizeof(reason));
		if (err < 0)
			str_format(why, size, "switch \"%s\": %s", s->name, reason);
	}
	return err;
}

int conf_apply_units(const struct conf *c, struct tap_driver *drv, char *why, size_t size)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < c->nunits; i++) {
		const char *what = "create";
		struct tap_softc *sc;
		char reason[256] = "";

		if (c->units[i].unit == TAP_UNIT_CLONE)
			continue;
		err = create_unit(&c->units[i], drv, &sc, reason, sizeof(reason));
		if (err == 0)
			err = configure_unit(&c->units[i], sc, &what);
		if (err < 0)
			str_format(why, size, "unit \"%s\": %s: %s", c->units[i].name, what,
			    reason[0] != '\0' ? reason : strerror(-err));
	}
	return err;
}
