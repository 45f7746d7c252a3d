/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random steps: mostly about tap0 and its first file, so that sequences come to something, and rarely about anything.
 * One seed makes one sequence with one compiler: they may evaluate a step's numbers in different orders.
 */
#include <errno.h>
#include <limits.h>

#include "model.h"

/* splitmix64: any seed is a good one. */
static uint32_t rnd(uint64_t *rng, uint32_t n)
{
	uint64_t z = *rng += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)(z ^ z >> 31) % n;
}

#define PICK(rng, ...) \
	((const int32_t[]){ __VA_ARGS__ }[rnd(rng, sizeof((const int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t))])

/* How often each step comes. */
static const int weights[STEP_COUNT] = {
	[STEP_open] = 90, [STEP_close] = 40, [STEP_read] = 160, [STEP_write] = 100, [STEP_poll] = 40,
	[STEP_ioctl] = 180, [STEP_interrupt] = 20, [STEP_frame] = 120, [STEP_later] = 90, [STEP_up] = 70,
	[STEP_promisc] = 10, [STEP_link0] = 10, [STEP_mtu] = 15, [STEP_lladdr] = 6, [STEP_rename] = 15,
	[STEP_dialect] = 6, [STEP_addr] = 12, [STEP_gone] = 8, [STEP_create] = 30, [STEP_destroy] = 15,
	[STEP_cancel] = 12, [STEP_refresh] = 10, [STEP_sysctl] = 20, [STEP_fail] = 10, [STEP_exit] = 4,
};

static int pick_op(uint64_t *rng)
{
	static uint32_t sum;
	int op = 0;

	if (sum == 0)
		for (int i = 0; i < STEP_COUNT; i++)
			sum += weights[i];
	for (int32_t left = rnd(rng, sum); (left -= weights[op]) >= 0;)
		op++;
	return op;
}

static int32_t pick_unit(uint64_t *rng)
{
	return rnd(rng, 3) != 0 ? 0 : (int32_t)rnd(rng, NUNITS);
}

static int32_t pick_file(uint64_t *rng)
{
	return rnd(rng, 3) != 0 ? 0 : (int32_t)rnd(rng, NFILES);
}

static int32_t pick_frame_len(uint64_t *rng)
{
	return PICK(rng, 14, 42, 60, 60, 60, 100, 1514, 9014);
}

/* Around every bound there is: Ethernet's header, 16384, OpenBSD's 16398, 65535, and beyond. */
static int32_t pick_write_len(uint64_t *rng)
{
	return PICK(rng, 0, 1, 10, 12, 13, 14, 15, 24, 26, 60, 60, 60, 60, 1514, 1515, 9018, 16383, 16384, 16385, 16396,
	    16397, 16398, 16399, 65535, 65536, 65547, 65548, FRAME_MAX);
}

/* What an ioctl is given: three words, of which most take one; mostly what goes with the number. */
static void ioctl_words(uint64_t *rng, uint32_t number, int32_t *w)
{
	static const int32_t mtus[] = {
		0, 45, 46, 71, 72, 1500, 1500, 1501, 9000, 9001, 16384, 16385, 65521, 65522, 65535,
	};
	int32_t mtu = mtus[rnd(rng, sizeof(mtus) / sizeof(mtus[0]))], type = PICK(rng, 6, 6, 6, 0, 7);

	switch (rnd(rng, 5) != 0 ? number & 0xffff : rnd(rng, 4)) {
	case 0:				/* struct tapinfo */
		w[0] = PICK(rng, 0, 10000000, 1000000000, -1, INT_MIN);
		w[1] = mtu | type << 16;
		break;
	case 0x745b:			/* TAPSIFINFO, OpenBSD's TUNSIFINFO; TAPSVNETHDR */
		if ((number >> 16 & 0xff) == 4) {
			w[0] = PICK(rng, 0, 1, 10, 10, 11, 12, 12);
			break;
		}
		/* FALLTHROUGH */
	case 1:				/* struct tuninfo */
		w[0] = mtu;
		w[1] = type | PICK(rng, 0, TAP_IFF_UP, 0x7fff, TAP_IFF_PROMISC) << 16;
		w[2] = PICK(rng, 0, 1000000000, -1);
		if ((number >> 16 & 0xff) == 8)
			w[1] = mtu | type << 16;
		break;
	case 0x667c: case 0x8901: case 0x7476: case 0x5410: case 2:	/* whom to signal */
		w[0] = PICK(rng, 0, 100, 100, 101, -100, -101, 300, -300, 400, 999, -999, INT_MIN, INT_MAX);
		break;
	default:
		w[0] = PICK(rng, 0, 1, 1, 2, 10, 12, 256, -1, -2, -3, 0x12, 0x10, 2, 0x7fffffff, 0x108c, 0xffff);
		w[1] = rnd(rng, 65536);
	}
}

static struct step make_ioctl(uint64_t *rng)
{
	/* Those that matter most, more often. */
	static const uint32_t often[] = {
		0x8004667c, 0x8004667d, 0x4004667f, 0x8008745b, 0x20045600, 0x8004667e, 0x80047462, 0x8004745b,
	};
	uint32_t number = rnd(rng, 3) != 0 ? model_number(rnd(rng, INT_MAX)) : often[rnd(rng, 8)];
	struct step st = { STEP_ioctl, { pick_file(rng) + (rnd(rng, 5) == 0 ? 16 : 0), (int32_t)number } };

	ioctl_words(rng, number, &st.a[2]);
	return st;
}

static struct step make_later(uint64_t *rng)
{
	struct step st = {STEP_later, {pick_unit(rng), PICK(rng, 'f', 'f', 'f', 'f', 'u', 'u', 'p', 'm', 'n', 'g')}};

	if (st.a[1] == 'u' || st.a[1] == 'p')
		st.a[2] = rnd(rng, 2);
	if (st.a[1] == 'm')
		st.a[2] = PICK(rng, 68, 1400, 1500, 65521);
	if (st.a[1] == 'n')
		st.a[2] = PICK(rng, 0, 2, 7, 8, 9);
	if (st.a[1] == 'g' && rnd(rng, 3) != 0)
		st.a[1] = 'f';
	st.a[3] = pick_frame_len(rng);
	st.a[4] = rnd(rng, 1000000);
	return st;
}

static struct step make_sysctl(uint64_t *rng)
{
	int32_t id = rnd(rng, TAP_SYSCTL_COUNT);

	if (id == TAP_SYSCTL_IFQMAXLEN)
		return (struct step){ STEP_sysctl, { id, PICK(rng, 0, 1, 2, 3, 50, 65537) } };
	/* Cloning is mostly on, or there is little to see. */
	return (struct step){
	    STEP_sysctl, {id, id == TAP_SYSCTL_DEVFS_CLONING ? PICK(rng, 1, 1, 1, 0) : PICK(rng, 0, 1, 0, 1, 2, -1)}};
}

#define STEP(name, ...) (struct step){ STEP_##name, { __VA_ARGS__ } }

struct step step_random(uint64_t *rng)
{
	int op = pick_op(rng);
	int32_t u = pick_unit(rng), f = pick_file(rng), one = rnd(rng, 2), seq = rnd(rng, 1000000);
	int ndialects = 0;

	while (model_dialects[ndialects] != NULL)
		ndialects++;
	switch (op) {
	case STEP_open:
		return STEP(
		    open, f, rnd(rng, 6) == 0 ? PICK(rng, -1, -1, -2, -3) : u, rnd(rng, 5) == 0, rnd(rng, 4) == 0);
	case STEP_read:
		return STEP(read, f, rnd(rng, NREADERS), PICK(rng, 1, 4, 12, 13, 20, 60, 100, 2000, 2000, 70000), one,
		    rnd(rng, 12) == 0 ? PICK(rng, 1, 20, 60, 100, 70000) : 0);
	case STEP_write: return STEP(write, f, pick_write_len(rng), seq, rnd(rng, 4), rnd(rng, 40) == 0 ? 131072 : 0);
	case STEP_ioctl: return make_ioctl(rng);
	case STEP_frame:
		return STEP(frame, u, rnd(rng, 40) == 0 ? PICK(rng, 49, 50, 51, 300) : PICK(rng, 1, 1, 1, 2, 3),
		    pick_frame_len(rng), seq, PICK(rng, DST_OTHER, DST_OTHER, DST_BROADCAST, DST_MULTICAST));
	case STEP_later: return make_later(rng);
	case STEP_up: return STEP(up, u, rnd(rng, 3) != 0);
	case STEP_mtu:
		return STEP(mtu, u,
		    PICK(rng, -1, 0, 45, 46, 71, 72, 1499, 1500, 1501, 9000, 9001, 16384, 16385, 65521, 65535, 65536));
	case STEP_lladdr: return STEP(lladdr, u, rnd(rng, 256));
	case STEP_rename: return STEP(rename, u, (int32_t)rnd(rng, 14) - 1);
	case STEP_dialect: return STEP(dialect, u, rnd(rng, ndialects));
	case STEP_create: return STEP(create, rnd(rng, 4) == 0 ? PICK(rng, -1, -2) : u, rnd(rng, 4) == 0);
	case STEP_destroy: return STEP(destroy, u, rnd(rng, NWAITERS));
	case STEP_cancel: return STEP(cancel, rnd(rng, NWAITERS));
	case STEP_refresh: return STEP(refresh, u, rnd(rng, 5), rnd(rng, 5));
	case STEP_sysctl: return make_sysctl(rng);
	case STEP_fail:
		return rnd(rng, 2) != 0 ? STEP(fail, 'i', PICK(rng, ENOBUFS, ENOBUFS, EIO, EINVAL, ENETDOWN, ENXIO))
					: STEP(fail, PICK(rng, 'a', 'n'), PICK(rng, ENOSPC, EEXIST, ENOMEM));
	case STEP_exit: return STEP(exit, rnd(rng, 6));
	case STEP_close: case STEP_poll: return (struct step){ op, { f } };
	case STEP_interrupt: return STEP(interrupt, rnd(rng, NREADERS));
	default: return (struct step){ op, { u, one } };	/* promisc, link0, addr, gone */
	}
}
