/* SPDX-License-Identifier: BSD-2-Clause */
/* Units as JSON: see show.h.  The keys are described in include/tapd/ctl.h. */
#include "ctl/show.h"

#include <limits.h>
#include <string.h>

#include "backend/fault.h"
#include "backend/replay.h"
#include "base/util.h"
#include "ctl/words.h"
#include "see/record.h"
#include "tap/dialect.h"

/* In the order and spelling of ifconfig(8). */
static const struct {
	int bit;
	const char *name;
} flag_table[] = {
	{ TAP_IFF_UP, "UP" },
	{ TAP_IFF_BROADCAST, "BROADCAST" },
	{ TAP_IFF_DEBUG, "DEBUG" },
	{ TAP_IFF_LOOPBACK, "LOOPBACK" },
	{ TAP_IFF_RUNNING, "RUNNING" },
	{ TAP_IFF_NOARP, "NOARP" },
	{ TAP_IFF_PROMISC, "PROMISC" },
	{ TAP_IFF_SIMPLEX, "SIMPLEX" },
	{ TAP_IFF_LINK0, "LINK0" },
	{ TAP_IFF_LINK1, "LINK1" },
	{ TAP_IFF_LINK2, "LINK2" },
	{ TAP_IFF_MULTICAST, "MULTICAST" },
};

static const char *const family_names[] = { [TAP_FAMILY_TAP] = "tap", [TAP_FAMILY_VMNET] = "vmnet" };

static const char *const link_names[] = {
	[TAP_LINK_UNKNOWN] = "unknown", [TAP_LINK_DOWN] = "no carrier", [TAP_LINK_UP] = "active",
};

static json_t *show_flags(int flags)
{
	json_t *a = json_array();

	for (size_t i = 0; i < NELEM(flag_table); i++)
		if (flags & flag_table[i].bit)
			json_array_append_new(a, json_string(flag_table[i].name));
	return a;
}

static void show_addr(void *arg, const struct tap_ifaddr *a)
{
	json_t *list = arg;
	char text[CTL_ADDRSTRLEN];

	json_array_append_new(list, json_pack("{s:s, s:s, s:i}", "family", ctl_family_name(a->family),
	    "address", ctl_addr_format(a, text), "prefixlen", (int)a->prefixlen));
}

/* A backend without addresses, or an interface that is gone, has none. */
static json_t *show_addrs(struct tap_softc *sc)
{
	json_t *a = json_array();

	if (a && !sc->gone && sc->net_ops->each_addr)
		sc->net_ops->each_addr(sc, show_addr, a);
	return a;
}

static json_t *show_counters(const struct tap_softc *sc)
{
	json_t *o = json_object();

	for (const struct tap_counter_desc *d = tap_counter_table; d->name; d++) {
		uint64_t v;

		memcpy(&v, (const char *)&sc->count + d->offset, sizeof(v));
		json_object_set_new(o, d->name, json_integer((json_int_t)v));
	}
	return o;
}

json_t *ctl_show_openers(const struct tap_softc *sc)
{
	return sc->file ? json_pack("[i]", (int)sc->pid) : json_array();
}

/* What the unit is. */
static json_t *show_identity(const struct tap_softc *sc, const char *dev_dir)
{
	char device[PATH_MAX];

	str_format(device, sizeof(device), "%s/%s", dev_dir, sc->node.name);
	return json_pack("{s:s, s:s, s:s, s:i, s:s}", "name", sc->if_name, "device", device,
	    "family", family_names[sc->node.family], "unit", sc->node.unit, "dialect", sc->dialect->name);
}

static void show_stat(void *arg, const char *name, uint64_t value, const char *help)
{
	json_object_set_new(arg, name, json_integer((json_int_t)value));
}

/* What it is plugged into. */
static json_t *show_network(struct tap_softc *sc)
{
	json_t *stats = json_object();
	char text[256] = "", backend[TAP_SPEC_MAX];

	if (!sc->gone && sc->net_ops->each_stat)
		sc->net_ops->each_stat(sc, show_stat, stats);
	if (!sc->gone && sc->net_ops->describe)
		sc->net_ops->describe(sc, text, sizeof(text));
	str_format(backend, sizeof(backend), "%.*s", (int)strcspn(sc->net_spec, ":"), sc->net_spec);
	return json_pack("{s:s, s:s, s:s, s:o}", "backend", backend, "attach", sc->net_spec, "attached", text,
	    "network", stats);
}

/* What is done to its frames on purpose. */
static json_t *show_fault(struct tap_softc *sc)
{
	char words[FAULT_TEXT_MAX];
	json_t *fault;

	fault_describe(sc, words, sizeof(words));
	if (words[0] == '\0')
		return json_pack("{s:n}", "fault");
	fault = json_pack("{s:s}", "words", words);
	sc->shim_ops->each_stat(sc, show_stat, fault);
	return json_pack("{s:o}", "fault", fault);
}

/* The interface's side. */
static json_t *show_interface(struct tap_softc *sc)
{
	char ether[ETHER_STRLEN], remote[ETHER_STRLEN];

	return json_pack("{s:o, s:i, s:i, s:s, s:s, s:i, s:s, s:b, s:o}", "flags", show_flags(sc->flags),
	    "flags_value", sc->flags, "mtu", (int)sc->mtu, "ether", ether_format(sc->lladdr, ether),
	    "remote", ether_format(sc->remote, remote), "baudrate", sc->baudrate, "status", link_names[sc->link_state],
	    "gone", sc->gone, "addresses", show_addrs(sc));
}

/* The device's side. */
static json_t *show_device(const struct tap_softc *sc)
{
	char opened[64] = "";

	if (sc->file)
		str_format(opened, sizeof(opened), sc->dialect->opened_by, (int)sc->pid);
	return json_pack("{s:b, s:s?, s:s, s:o, s:i, s:{s:i, s:i}, s:b, s:i, s:o}",
	    "linkstate", sc->dialect->link_state, "media", sc->dialect->media, "opened_text", opened, "opened_by", ctl_show_openers(sc),
	    "readers", (int)sc->nreaders, "queue", "length", (int)sc->ifq_len, "limit", (int)sc->ifq_maxlen,
	    "async", sc->async, "sigio", (int)sc->sigio_id, "counters", show_counters(sc));
}

static json_t *show_record(const struct tap_softc *sc, const struct record *r)
{
	struct record_info i;

	if (!r || !record_get(r, sc, &i))
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:I, s:s?}", "path", i.path, "frames", (json_int_t)i.frames,
	    "bytes", (json_int_t)i.bytes, "lost", (json_int_t)i.lost, "error", i.error);
}

static json_t *show_replay(const struct tap_softc *sc)
{
#if HAVE_PCAP
	const struct player_info *i = replay_get(sc);

	if (i)
		return json_pack("{s:s, s:f, s:i, s:b, s:I, s:I, s:I, s:I, s:s?}", "path", i->path, "speed", i->how.speed,
		    "loops", (int)i->how.loops, "ended", i->ended, "played", (json_int_t)i->played,
		    "truncated", (json_int_t)i->truncated, "bad_length", (json_int_t)i->bad_length,
		    "clock_steps", (json_int_t)i->clock_steps, "error", i->error);
#endif
	return json_null();
}

/* Capture files that are written or played. */
static json_t *show_files(const struct tap_softc *sc, const struct ctl_env *env)
{
	return json_pack("{s:o, s:o}", "record", show_record(sc, env->record), "replay", show_replay(sc));
}

json_t *ctl_show_unit(struct tap_softc *sc, const struct ctl_env *env)
{
	json_t *unit, *parts[5];
	bool ok;

	tap_unit_refresh(sc);
	unit = show_identity(sc, env->dev_dir);
	parts[0] = show_network(sc);
	parts[1] = show_interface(sc);
	parts[2] = show_device(sc);
	parts[3] = show_fault(sc);
	parts[4] = show_files(sc, env);
	ok = unit != NULL;
	for (size_t i = 0; i < NELEM(parts); i++) {
		ok = ok && json_object_update(unit, parts[i]) == 0;
		json_decref(parts[i]);
	}
	if (ok)
		return unit;
	json_decref(unit);
	return NULL;
}

json_t *ctl_show_units(const struct ctl_env *env)
{
	json_t *units = json_array();
	struct tap_softc *sc;

	TAILQ_FOREACH(sc, &env->drv->units, link)
		if (json_array_append_new(units, ctl_show_unit(sc, env)) < 0) {
			json_decref(units);
			return NULL;
		}
	return units;
}
