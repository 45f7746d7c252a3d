/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of what an interface can be plugged into, and what all of them share: see backend.h. */
#include "backend/backend.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/netns.h"
#include "backend/switch.h"
#include "backend/wire.h"
#include "base/log.h"
#include "base/util.h"

/* Every wire this tapd was built with; the first with a name is the one. */
static const struct wire_ops *const wires[] = {
#if HAVE_PCAP
	&wire_pcap, &wire_file,
#endif
	&wire_switch,
#if HAVE_SLIRP
	&wire_slirp,
#endif
#if HAVE_VDE
	&wire_vde,
#endif
	&wire_socket, &wire_hosttap, &wire_null, &wire_echo,
};

/* Those it could have been built with. */
static const char *const left_out[] = { "pcap", "file", "slirp", "vde" };

static bool is_named(const char *spec, const char *name)
{
	size_t n = strlen(name);

	return strncmp(spec, name, n) == 0 && (spec[n] == '\0' || spec[n] == ':');
}

static const struct wire_ops *find_wire(const char *spec)
{
	for (size_t i = 0; i < NELEM(wires); i++)
		if (is_named(spec, wires[i]->name))
			return wires[i];
	return NULL;
}

/* All that can be named, separated by blanks. */
static void list_names(char *text, size_t size)
{
	str_copy(text, size, "");
	for (size_t i = 0; i < backend_count(); i++) {
		struct backend_desc d = backend_get(i);

		str_format(text + strlen(text), size - strlen(text), "%s%s%s%s", i > 0 ? " " : "", d.name,
		    d.args[0] != '\0' && d.args[0] != '[' ? ":" : "", d.args);
	}
}

/* What follows the name. */
static int check_arg(const struct wire_ops *ops, const char *spec, char *why, size_t size)
{
	const char *colon = strchr(spec, ':'), *arg = colon != NULL ? colon + 1 : "";

	if (ops->args[0] == '\0' && colon != NULL) {
		snprintf(why, size, "%s: nothing may follow \"%s\"", spec, ops->name);
		return -EINVAL;
	}
	if (arg[0] == '\0' && ops->args[0] != '\0' && ops->args[0] != '[') {
		snprintf(why, size, "%s: expected %s:%s, %s", ops->name, ops->name, ops->args, ops->help);
		return -EINVAL;
	}
	return ops->check != NULL ? ops->check(arg, why, size) : 0;
}

const struct wire_ops *backend_wire(const char *spec, char *why, size_t size)
{
	const struct wire_ops *ops = find_wire(spec);
	char names[256];

	if (ops != NULL)
		return check_arg(ops, spec, why, size) == 0 ? ops : NULL;
	for (size_t i = 0; i < NELEM(left_out); i++)
		if (is_named(spec, left_out[i])) {
			snprintf(why, size, "%s: this tapd was built without %s; build it with -D%s=enabled", spec, left_out[i],
			    strcmp(left_out[i], "file") == 0 ? "pcap" : left_out[i]);
			return NULL;
		}
	list_names(names, sizeof(names));
	snprintf(why, size, "%.64s: nothing to plug into; expected one of: %s", spec, names);
	return NULL;
}

/* ------------------------------------------------------------------ network namespaces */

#define SWEEP (2000 * LOOP_MS)		/* between looks for namespaces that nobody is in any more */

struct tuntap_of {
	LIST_ENTRY(tuntap_of) link;
	struct tuntap *t;
	bool own;
};

static void tuntap_of_free(struct tuntap_of *of)
{
	LIST_REMOVE(of, link);
	tuntap_free(of->t);
	free(of);
}

/* Our descriptors would keep a container's namespace for ever. */
static void sweep(void *arg)
{
	struct backends *b = arg;
	struct tuntap_of *of, *next;
	struct tap_softc *sc;
	bool others = false;

	for (of = LIST_FIRST(&b->tuntaps); of != NULL; of = next) {
		next = LIST_NEXT(of, link);
		if (!tuntap_is_idle(of->t)) {
			others |= !of->own;
			continue;
		}
		while ((sc = tuntap_any(of->t)) != NULL) {
			log_info("%s: its network namespace ended", sc->if_name);
			tap_unit_destroy(sc, NULL);
		}
		tuntap_of_free(of);
	}
	if (others)
		loop_timer_set(b->loop, &b->sweep, SWEEP, sweep, b);
}

static struct tuntap *tuntap_for(struct backends *b, const struct netns *ns, char *why, size_t size)
{
	struct tuntap_of *of;

	LIST_FOREACH(of, &b->tuntaps, link)
		if (tuntap_is_of(of->t, ns))
			return of->t;
	of = calloc(1, sizeof(*of));
	if (of != NULL)
		of->t = tuntap_new(b->loop, ns, why, size);
	if (of == NULL || of->t == NULL) {
		free(of);
		return NULL;
	}
	of->own = ns->fd < 0;
	LIST_INSERT_HEAD(&b->tuntaps, of, link);
	if (!of->own)
		loop_timer_set(b->loop, &b->sweep, SWEEP, sweep, b);
	return of->t;
}

/* ------------------------------------------------------------------ finding */

int backend_check(const char *spec, char *why, size_t size)
{
	return strcmp(spec, "tuntap") == 0 || backend_wire(spec, why, size) != NULL ? 0 : -EINVAL;
}

int backend_find(void *ctx, const char *spec, pid_t who, const struct tap_net_ops **ops, void **net_ctx, char *why,
    size_t size)
{
	struct backends *b = ctx;
	struct netns ns;

	if (strcmp(spec, "tuntap") != 0) {
		*ops = &wire_net_ops;
		*net_ctx = b;
		return backend_wire(spec, why, size) != NULL ? 0 : -EINVAL;
	}
	netns_of(who, &ns);
	*ops = &tuntap_ops;
	*net_ctx = tuntap_for(b, &ns, why, size);
	netns_close(&ns);
	return *net_ctx != NULL ? 0 : -errno;
}

const char *backend_auto(char *why, size_t size)
{
	str_copy(why, size, "");
	if (find_wire("slirp") == NULL || tuntap_allowed(why, size))
		return "tuntap";
	return "slirp";
}

size_t backend_count(void)
{
	return 1 + NELEM(wires);
}

struct backend_desc backend_get(size_t i)
{
	if (i == 0)
		return (struct backend_desc){ "tuntap", "", "a Linux network interface of the unit's name" };
	return (struct backend_desc){ wires[i - 1]->name, wires[i - 1]->args, wires[i - 1]->help };
}

void backends_init(struct backends *b, struct loop *loop)
{
	*b = (struct backends){ .loop = loop };
}

void backends_retire(struct backends *b)
{
	struct tuntap_of *of;

	LIST_FOREACH(of, &b->tuntaps, link)
		tuntap_retire(of->t);
}

void backends_fini(struct backends *b)
{
	switches_free(b->switches);
	loop_timer_del(b->loop, &b->sweep);
	while (!LIST_EMPTY(&b->tuntaps))
		tuntap_of_free(LIST_FIRST(&b->tuntaps));
}
