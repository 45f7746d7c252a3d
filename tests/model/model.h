/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The model check: a random sequence of steps is done twice, by src/tap on a backend made of arrays (core.c) and by a
 * small model written from docs/rows.md (model.c), and what can be seen after each step must be the same.
 *
 * This is what the two share: the steps, what is seen, and the few facts about the world around both (who may be sent a
 * signal, which frames there are).  It says nothing about what a tap device does.
 */
#ifndef TAPD_TESTS_MODEL_H
#define TAPD_TESTS_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include "tap/tap.h"

/* ------------------------------------------------------------------ the world of both */

#define NTAP		5			/* tap0..tap4: DragonFly's clones live on up to tap3 */
#define NVMNET		2
#define NUNITS		(NTAP + NVMNET)		/* the backend has no room for more: ENOSPC */
#define NAHEAD		2			/* nodes published ahead: tap0, tap1 */
#define NFILES		4
#define NREADERS	6
#define NWAITERS	3
#define HOST_HASH	0xffabcdefu
#define HOST_MINMTU 46 /* what the host takes: no less than NetBSD asks for, and as Linux (IF-24) */
#define HOST_MAXMTU	65521
#define FRAME_MAX	70000

/* Units by number: tap0.., then vmnet0... */
#define FAMILY(u)	((u) < NTAP ? TAP_FAMILY_TAP : TAP_FAMILY_VMNET)
#define UNIT(u)		((u) < NTAP ? (u) : (u) - NTAP)
#define INDEX(f, n)	((f) == TAP_FAMILY_TAP ? (n) : NTAP + (n))

/* Names by number: first the nodes', then what an interface may be renamed to. */
extern const char *const world_names[];		/* ends with NULL */
int world_name_id(const char *name);		/* -1: ""; -2: none of them */

/*
 * Whom FIOSETOWN can name: ids, and what the system says of them.  A process may end (step "exit"); one of the same
 * number that is started later is another.
 */
struct world_target {
	int id, err;
	bool other_session;		/* EPERM but with any_session */
};
extern const struct world_target world_targets[];	/* ends with id == 0 */

enum world_dst { DST_OWN, DST_OTHER, DST_BROADCAST, DST_MULTICAST };

/* A frame, made again whenever its bytes are wanted.  own: 6 bytes, for DST_OWN. */
struct frame {
	int len, seq, dst;
	int vnet;			/* bytes of virtio header before it, all zero: nothing is left to do */
};
const uint8_t *world_frame(const struct frame *fr, const uint8_t *own);	/* valid until the next call */
uint32_t world_sum(const void *data, size_t n);	/* of some bytes of data */

/* What happened to a host interface and has not been told yet. */
struct pending {
	char what;			/* 'f'rame, 'u'p, 'p'romisc, 'm'tu, 'n'ame, 'g'one */
	int value;
	struct frame frame;
};
#define NPENDING	32

/* ------------------------------------------------------------------ steps */

/* X(name, what the five numbers are).  A step that makes no sense (a file that is not open, ...) does nothing. */
#define STEPS(X) \
	X(open, "file unit(-1 tap, -2 vmnet, -3 net/tap0) user nonblock") \
	X(close, "file") \
	X(read, "file reader len nonblock off") \
	X(write, "file len seq dst off") \
	X(poll, "file") \
	X(ioctl, "file+16*user number word word word") \
	X(interrupt, "reader") \
	X(frame, "unit count len seq dst: the host sends, and it is told") \
	X(later, "unit what value len seq: something happens to the interface, to be told when asked") \
	X(up, "unit on") \
	X(promisc, "unit on") \
	X(link0, "unit on") \
	X(mtu, "unit mtu") \
	X(lladdr, "unit last-byte") \
	X(rename, "unit name") \
	X(dialect, "unit dialect") \
	X(addr, "unit add") \
	X(gone, "unit: somebody deletes the host interface") \
	X(create, "unit(-1 tap, -2 vmnet) with-owner") \
	X(destroy, "unit waiter") \
	X(cancel, "waiter") \
	X(refresh, "unit no-carrier ring: Linux dropped frames, and the unit is shown") \
	X(sysctl, "id value") \
	X(fail, "what('i'nput, 'a'ttach, 'n'ode) errno: the next one fails") \
	X(exit, "target: the process or group ends, and another takes its number")

enum step_op {
#define X(name, help) STEP_##name,
	STEPS(X)
#undef X
	STEP_COUNT
};

struct step {
	int op;
	int32_t a[5];
};

/* ------------------------------------------------------------------ what is seen */

#define SEEN_FIELDS(X) \
	X(exists) X(dialect) X(flags) X(mtu) X(lladdr) X(remote) X(baudrate) X(type) X(link) X(file) X(pid) X(async) \
	X(owner) X(temporary) X(vnet) X(offload) X(queued) X(first) X(readers) X(gone) X(waiters) X(carrier) X(purges) \
	X(addr) X(if_name) X(alias) X(node)

enum seen_field {
#define X(name) SEEN_##name,
	SEEN_FIELDS(X)
#undef X
	SEEN_COUNT
};

#define NCOUNTERS	(sizeof(struct tap_counters) / sizeof(uint64_t))

/*
 * 'a' read answered: reader, count or -errno, sum of the data; 'w' wake-up: file; 's' SIGIO: target; 'i' input: unit,
 * length, sum; 'd' destroy done: waiter; 'X' a rule of tap.h was broken.
 */
struct event {
	int what, who, n;
	uint32_t sum;
};
#define NEVENTS		4096

struct seen {
	int64_t result;
	uint32_t nout;
	uint8_t out[TAP_IOCTL_MAX];
	int64_t unit[NUNITS][SEEN_COUNT];
	uint64_t count[NUNITS][NCOUNTERS];
	int64_t sysctl[TAP_SYSCTL_COUNT];
	int64_t owners;				/* sigio_get without sigio_put */
	int64_t clones, ahead;			/* nodes there are, bits */
	uint32_t nevents;
	struct event event[NEVENTS];		/* must be last: compared as far as used */
};

void seen_event(struct seen *s, int what, int who, int n, uint32_t sum);

/* ------------------------------------------------------------------ the two */

#define SKIP	INT64_C(99999)			/* result of a step that does nothing */

void model_begin(int dialect);			/* index of model_dialects */
void model_step(const struct step *st, struct seen *s);
extern const char *const model_dialects[];	/* ends with NULL */

void core_begin(const char *dialect);
void core_step(const struct step *st, struct seen *s);
/* Closes and frees everything; what is left over, as a sentence, or NULL. */
const char *core_end(void);

/* ------------------------------------------------------------------ sequences */

struct step step_random(uint64_t *rng);
uint32_t model_number(uint32_t random);		/* an ioctl number worth trying */

#endif
