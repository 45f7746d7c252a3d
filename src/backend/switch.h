/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Learning Ethernet switches inside tapd.  "switch:NAME" is a wire to a new port of the switch NAME, which exists as
 * long as it has such a port or is declared; port 0 may be an uplink, which is any other wire.
 */
#ifndef TAPD_BACKEND_SWITCH_H
#define TAPD_BACKEND_SWITCH_H

#include "backend/backend.h"

#define SWITCH_NAMESIZ		16		/* bytes of a switch's name, NUL included */
#define SWITCH_STATIONS		1024		/* stations one switch knows */
#define SWITCH_AGE		300		/* s for which a silent station is remembered */
#define SWITCH_FLOOD_RATE	10000		/* frames/s of one port to all others; as many at once after a rest */
#define SWITCH_DEPTH		2		/* times one frame may be inside one switch: it, and what answers it */
#define SWITCH_WORK		256		/* times one frame may enter any switch */

#define SWITCH_NAME_EXPECTED	"a name of 1 to 15 letters, digits, '_', '-' or '.'"
bool switch_name_ok(const char *name);

struct vswitch;

/* Of each port, from the switch's side, and of all its ports together.  X(name, help). */
#define SWITCH_COUNTERS(X) \
	X(rx, "frames that came in") \
	X(rx_bytes, "bytes of those") \
	X(flood, "of those, sent to every other port: to a group, or to a station not known") \
	X(tx, "frames that went out") \
	X(tx_bytes, "bytes of those") \
	X(tx_drops, "frames the uplink did not take") \
	X(bad_source, "frames that came from a group address, dropped") \
	X(same_port, "frames that came in where they are to go out, dropped") \
	X(storm_drops, "frames to flood beyond 10,000/s of one port, dropped") \
	X(loop_drops, "frames that came back while they were under way, dropped") \
	X(moves, "stations that came here from another port") \
	X(table_full, "frames whose source was not learned: the table was full")

struct switch_counters {
#define X(name, help) uint64_t name;
	SWITCH_COUNTERS(X)
#undef X
};

/* The switch of that name, or NULL. */
struct vswitch *switch_find(struct backends *b, const char *name);
/* As it, but make it if there is none; it stays until switch_destroy().  NULL: errno, and why. */
struct vswitch *switch_declare(struct backends *b, const char *name, char *why, size_t size);
bool switch_is_declared(const struct vswitch *sw);
/* The opposite.  -EBUSY and why: it has ports, and nothing changed. */
int switch_destroy(struct vswitch *sw, char *why, size_t size);
/* Plug its uplink into spec ("slirp", "pcap:eth0"); "none" takes it out.  -errno and why; then it is as it was. */
int switch_uplink(struct vswitch *sw, const char *spec, char *why, size_t size);
/* Every switch ends; none may have a port of a unit.  NULL is harmless. */
void switches_free(struct switches *s);
/* Tests: another clock than loop_now(). */
int switch_set_clock(struct backends *b, uint64_t (*now)(void));

/* For showing. */
struct switch_port {
	unsigned number;			/* 0: the uplink */
	const char *name;			/* "tap0"; of an uplink its text, "pcap:eth0" */
	bool up;
	const char *text;			/* what an uplink says of its state; may be "" */
	const struct switch_counters *count;
};
struct switch_station {
	uint8_t lladdr[TAP_ADDRLEN];
	unsigned vlan;				/* 0: untagged */
	unsigned port;
	const char *name;			/* the port's */
	unsigned age;				/* s since it was heard */
};
const char *switch_name(const struct vswitch *sw);
unsigned switch_mtu(const struct vswitch *sw);		/* bytes: the smallest of its ports, which an uplink keeps to */
struct vswitch *switch_next(struct backends *b, struct vswitch *sw);	/* the first for NULL; NULL after the last */
const struct switch_counters *switch_count(const struct vswitch *sw);
void switch_each_port(struct vswitch *sw, void (*fn)(void *arg, const struct switch_port *p), void *arg);
/* Those heard last come last. */
void switch_each_station(struct vswitch *sw, void (*fn)(void *arg, const struct switch_station *st), void *arg);
/* What the uplink's wire counts by itself: what it lost, and why, among that. */
void switch_each_uplink_stat(const struct vswitch *sw, tap_stat_fn *fn, void *arg);
void switch_each_stat(const struct switch_counters *c, tap_stat_fn *fn, void *arg);

#endif
