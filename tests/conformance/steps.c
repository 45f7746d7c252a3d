/* SPDX-License-Identifier: BSD-2-Clause */
/* What each step of a case does.  Not the cases, not the device: only the call and the comparison. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "tests/conformance/run.h"

#define OPS(r)	((r)->d->ops)

/* On a page boundary: a piece of an iovec that crosses one counts twice towards the 32 that make one request. */
static uint8_t buffer[FRAME_MAX] __attribute__((aligned(4096)));
static uint8_t expected[FRAME_MAX];

static const uint8_t remote_mac[6] = { 0x02, 0x00, 0x00, 0x00, 0x0e, 0x0e };

static void check(struct run *r, long got, long want)
{
	char g[64], w[64];

	if (got != want)
		run_fail(r, "expected %s, got %s", result_name(want, w, sizeof(w)), result_name(got, g, sizeof(g)));
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool wait_until(struct run *r, bool (*fn)(struct run *r, const void *arg), const void *arg)
{
	long end = now_ms() + WAIT_MS;

	do {
		if (fn(r, arg))
			return true;
		sched_yield();
	} while (now_ms() < end);
	return false;
}

static bool query(struct run *r, const char *unit, struct ustate *u)
{
	int err = OPS(r)->query(r->d, unit, u);

	if (err != 0)
		run_fail(r, "the state of %s cannot be had: %s", unit, strerror(-err));
	else if (!u->exists)
		run_fail(r, "%s does not exist", unit);
	return err == 0 && u->exists;
}

static long counter_value(const struct ustate *u, const char *name)
{
	for (int i = 0; i < u->ncounters; i++)
		if (strcmp(u->counter[i].name, name) == 0)
			return u->counter[i].value;
	return -1;
}

/* ------------------------------------------------------------------ frames */

static void set_mac(struct run *r, uint8_t *p, size_t len, const uint8_t mac[6])
{
	memcpy(p, mac, len < 6 ? len : 6);
}

static void own_mac(struct run *r, uint8_t mac[6])
{
	struct ustate u;

	if (query(r, r->unit, &u))
		sscanf(u.ether, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5);
}

/* The frame of this number: EtherType 0x88b5 is for local experiments (IEEE 802). */
static void make_frame(struct run *r, uint8_t *p, size_t len, int dst, int n)
{
	uint8_t own[6] = { 0 };
	const uint8_t *const to[] = {
		[TO_ALL] = (const uint8_t *)"\xff\xff\xff\xff\xff\xff",
		[TO_GROUP] = (const uint8_t *)"\x01\x00\x5e\x00\x00\x42",
		[TO_OTHER] = (const uint8_t *)"\x02\x00\x00\x00\x0f\x0f",
		[TO_REMOTE] = remote_mac,
		[TO_US] = own,
		[FROM_US] = (const uint8_t *)"\xff\xff\xff\xff\xff\xff",
	};
	uint8_t head[14] = { [6] = 2, [11] = 1, [12] = 0x88, 0xb5 };

	if (dst == TO_US || dst == FROM_US)
		own_mac(r, own);
	memcpy(head, to[dst], 6);
	if (dst == FROM_US)
		memcpy(head + 6, own, 6);
	memcpy(p, head, len < sizeof(head) ? len : sizeof(head));
	for (size_t i = sizeof(head); i < len; i++)
		p[i] = (uint8_t)(n * 41 + i);
}

static void check_frame(struct run *r, const uint8_t *got, long len, int dst, int k)
{
	make_frame(r, expected, len, dst, k);
	for (long i = 0; i < len; i++)
		if (got[i] != expected[i]) {
			run_fail(r, "not frame %d: byte %ld is 0x%02x, not 0x%02x", k, i, got[i], expected[i]);
			return;
		}
}

/* ------------------------------------------------------------------ descriptors */

void step_fd(struct run *r, const struct step *s)
{
	r->fd = s->a;
}

void step_as_user(struct run *r, const struct step *s)
{
	check(r, OPS(r)->as_user(r->d, s->a), 0);
}

void step_open(struct run *r, const struct step *s)
{
	check(r, OPS(r)->open(r->d, r->fd, s->s, s->a), s->want);
}

void step_close(struct run *r, const struct step *s)
{
	check(r, OPS(r)->close(r->d, r->fd), s->want);
}

void step_dup(struct run *r, const struct step *s)
{
	check(r, OPS(r)->dup(r->d, r->fd, s->a), 0);
}

void step_fork(struct run *r, const struct step *s)
{
	check(r, OPS(r)->fork(r->d), 0);
}

void step_fork_exit(struct run *r, const struct step *s)
{
	check(r, OPS(r)->fork_exit(r->d), 0);
}

/* ------------------------------------------------------------------ read and write */

void step_read(struct run *r, const struct step *s)
{
	struct iovec iov = { buffer, s->a };
	long got = OPS(r)->read(r->d, r->fd, &iov, 1, s->b);

	check(r, got, s->want);
	if (got == s->want && s->c != 0)
		check_frame(r, buffer, got, TO_ALL, s->c);
}

static int split(struct iovec *iov, int max, const struct step *s)
{
	int n = s->a < max ? s->a : max;

	for (int i = 0; i < n; i++)
		iov[i] = (struct iovec){ buffer + i * s->b, s->b };
	return n;
}

void step_readv(struct run *r, const struct step *s)
{
	struct iovec iov[32];
	long got = OPS(r)->read(r->d, r->fd, iov, split(iov, 32, s), -1);

	check(r, got, s->want);
	if (got == s->want && s->c != 0)
		check_frame(r, buffer, got, TO_ALL, s->c);
}

void step_read_bad(struct run *r, const struct step *s)
{
	struct iovec iov = { BAD_POINTER, s->a };

	check(r, OPS(r)->read(r->d, r->fd, &iov, 1, -1), s->want);
}

/* Memory of which only n bytes are there, before the end of what is mapped. */
static uint8_t *edge(struct run *r, size_t n)
{
	size_t page = sysconf(_SC_PAGESIZE);
	uint8_t *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED && munmap(p + page, page) == 0)
		return p + page - n;
	run_fail(r, "no memory");
	return NULL;
}

static void edge_free(uint8_t *p, size_t n)
{
	size_t page = sysconf(_SC_PAGESIZE);

	munmap(p + n - page, page);
}

void step_read_edge(struct run *r, const struct step *s)
{
	uint8_t *p = edge(r, s->b);
	struct iovec iov = { p, s->a };

	if (p == NULL)
		return;
	check(r, OPS(r)->read(r->d, r->fd, &iov, 1, -1), s->want);
	edge_free(p, s->b);
}

static void new_frame(struct run *r, int dst, size_t len)
{
	make_frame(r, buffer, len, dst, ++r->written);
	r->written_dst = dst;
}

void step_write(struct run *r, const struct step *s)
{
	struct iovec iov = { buffer, s->a };

	new_frame(r, s->c, s->a);
	check(r, OPS(r)->write(r->d, r->fd, &iov, 1, s->b), s->want);
}

void step_writev(struct run *r, const struct step *s)
{
	struct iovec iov[32];

	new_frame(r, TO_ALL, s->a * s->b);
	check(r, OPS(r)->write(r->d, r->fd, iov, split(iov, 32, s), -1), s->want);
}

void step_write_bad(struct run *r, const struct step *s)
{
	struct iovec iov = { BAD_POINTER, s->a };

	check(r, OPS(r)->write(r->d, r->fd, &iov, 1, -1), s->want);
}

void step_setfl(struct run *r, const struct step *s)
{
	check(r, OPS(r)->setfl(r->d, r->fd, s->a), 0);
}

void step_setown(struct run *r, const struct step *s)
{
	check(r, OPS(r)->setown(r->d, r->fd, OPS(r)->who(r->d, s->a)), 0);
}

void step_stat(struct run *r, const struct step *s)
{
	check(r, OPS(r)->stat(r->d, s->s, s->a), s->want);
}

void step_is_nonblock(struct run *r, const struct step *s)
{
	check(r, (OPS(r)->getfl(r->d, r->fd) & O_NONBLOCK) != 0, s->want);
}

/* ------------------------------------------------------------------ poll */

void step_poll(struct run *r, const struct step *s)
{
	int got = OPS(r)->poll(r->d, r->fd, s->a);

	if (got != s->want)
		run_fail(r, "expected revents 0x%lx, got 0x%x", s->want, got);
}

void step_poll_arm(struct run *r, const struct step *s)
{
	check(r, OPS(r)->poll_arm(r->d, r->fd, s->a), 0);
}

void step_poll_woken(struct run *r, const struct step *s)
{
	check(r, OPS(r)->poll_woken(r->d, s->want ? WAIT_MS : 0), s->want);
}

/* ------------------------------------------------------------------ ioctl */

static int do_ioctl(struct run *r, unsigned long cmd, void *arg)
{
	return OPS(r)->ioctl(r->d, r->fd, cmd, arg);
}

void step_int_get(struct run *r, const struct step *s)
{
	int v[2] = { 0x55555555, 0x55555555 };
	int err = do_ioctl(r, s->cmd, v);

	check(r, err, 0);
	check(r, v[0], s->want);
	if (v[1] != 0x55555555)
		run_fail(r, "wrote past the int");
}

void step_int_set(struct run *r, const struct step *s)
{
	int v = s->a;

	check(r, do_ioctl(r, s->cmd, &v), s->want);
	if (v != (int)s->a)
		run_fail(r, "changed the caller's int to %d", v);
}

void step_int_val(struct run *r, const struct step *s)
{
	check(r, do_ioctl(r, s->cmd, (void *)(intptr_t)s->a), s->want);
}

struct tapinfo8 {
	int32_t baudrate;
	uint16_t mtu;
	uint8_t type, dummy;
};

void step_info_get(struct run *r, const struct step *s)
{
	struct tapinfo8 t = { -1, 0x5555, 0x55, 0x55 };

	check(r, do_ioctl(r, s->cmd, &t), 0);
	if (t.baudrate != s->a || t.mtu != s->b || t.type != s->c || t.dummy != 0)
		run_fail(r, "got {%d, %u, %u, %u}", t.baudrate, t.mtu, t.type, t.dummy);
}

void step_info_set(struct run *r, const struct step *s)
{
	struct tapinfo8 t = { s->a, s->b, s->c, 0 };

	check(r, do_ioctl(r, s->cmd, &t), s->want);
}

/* An ifreq of s->a bytes with a known filling, and a guard behind it. */
static void fill_ifreq(uint8_t *p)
{
	memset(p, 0x5a, 160);
}

static void check_guard(struct run *r, const uint8_t *p, size_t size)
{
	for (size_t i = size; i < 160; i++)
		if (p[i] != 0x5a)
			run_fail(r, "wrote past the %zu bytes of struct ifreq", size);
}

void step_name_get(struct run *r, const struct step *s)
{
	uint8_t p[160];

	fill_ifreq(p);
	check(r, do_ioctl(r, s->cmd, p), 0);
	if (memchr(p, 0, 16) == NULL)
		run_fail(r, "ifr_name has no NUL");
	else if (strcmp((char *)p, s->s) != 0)
		run_fail(r, "expected %s, got %s", s->s, p);
	for (long i = strlen(s->s); i < s->a; i++)
		if (p[i] != 0)
			run_fail(r, "byte %ld of the ifreq is 0x%02x, not 0 (GI-06)", i, p[i]);
	check_guard(r, p, s->a);
}

static void parse_mac(struct run *r, const char *text, uint8_t mac[6])
{
	if (strcmp(text, OWN_MAC) == 0)
		own_mac(r, mac);
	else
		sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5);
}

void step_mac_get(struct run *r, const struct step *s)
{
	uint8_t p[160], mac[6] = { 0 };

	parse_mac(r, s->s, mac);
	fill_ifreq(p);
	check(r, do_ioctl(r, s->cmd, p), 0);
	if (memcmp(p, mac, 6) != 0)
		run_fail(r, "got %02x:%02x:%02x:%02x:%02x:%02x", p[0], p[1], p[2], p[3], p[4], p[5]);
	check_guard(r, p, 6);		/* the rest comes back as it was passed (IO-17) */
}

void step_mac_set(struct run *r, const struct step *s)
{
	uint8_t p[160], mac[6] = { 0 };

	parse_mac(r, s->s, mac);
	fill_ifreq(p);
	set_mac(r, p, 6, mac);
	check(r, do_ioctl(r, s->cmd, p), s->want);
}

void step_mac_edge(struct run *r, const struct step *s)
{
	uint8_t *p = edge(r, 6);

	if (p == NULL)
		return;
	check(r, do_ioctl(r, s->cmd, p), s->want);
	edge_free(p, 6);
}

/* FIODGNAME carries a length and a pointer to where the name goes. */
void step_dgname(struct run *r, const struct step *s)
{
	char name[32] = "untouched";
	struct {
		int len;
		void *buf;
	} arg = { s->a, name };
	int err = do_ioctl(r, s->cmd, &arg);

	check(r, err, s->want);
	if (strcmp(name, err == 0 ? s->s : "untouched") != 0)
		run_fail(r, "the name is \"%s\"", name);
}

/* As src/tap/ioctl.c has it. */
void step_kq(struct run *r, const struct step *s)
{
	struct {
		int32_t filter, active;
		int64_t data;
	} kq = { s->a, -1, -1 };
	int err = do_ioctl(r, TAPKQDATA, &kq);

	check(r, err, s->want);
	if (err == 0 && (kq.active != s->b || kq.data != s->c))
		run_fail(r, "active %d, data %lld", kq.active, (long long)kq.data);
}

struct tuninfo12 {
	uint32_t mtu;
	uint16_t type, flags;
	uint32_t baudrate;
};

void step_tun_get(struct run *r, const struct step *s)
{
	struct tuninfo12 t = { 0 };

	check(r, do_ioctl(r, s->cmd, &t), 0);
	if (t.mtu != s->a || t.type != s->b || t.flags != s->c || t.baudrate != s->want)
		run_fail(r, "got {%u, %u, 0x%x, %u}", t.mtu, t.type, t.flags, t.baudrate);
}

void step_tun_set(struct run *r, const struct step *s)
{
	struct tuninfo12 t = { s->a, s->b, s->c, 77 };

	check(r, do_ioctl(r, s->cmd, &t), s->want);
}

void step_raw(struct run *r, const struct step *s)
{
	uint8_t p[160];

	fill_ifreq(p);
	check(r, do_ioctl(r, s->cmd, p), s->want);
	if (s->want < 0)
		check_guard(r, p, 0);	/* an error copies nothing out (GI-08) */
}

void step_raw_bad(struct run *r, const struct step *s)
{
	check(r, do_ioctl(r, s->cmd, BAD_POINTER), s->want);
}

void step_isatty(struct run *r, const struct step *s)
{
	uint8_t termios[64];

	check(r, do_ioctl(r, NUM_TCGETS, termios) == 0, s->want);
}

void step_own_set(struct run *r, const struct step *s)
{
	int v = s->a * OPS(r)->who(r->d, s->b);

	check(r, do_ioctl(r, s->cmd, &v), s->want);
}

void step_own_get(struct run *r, const struct step *s)
{
	int v = 0x55555555;

	check(r, do_ioctl(r, s->cmd, &v), 0);
	check(r, v, s->a * OPS(r)->who(r->d, s->b));
}

/* ------------------------------------------------------------------ reads that sleep */

static bool readers_are(struct run *r, const void *arg)
{
	struct ustate u;

	return query(r, r->unit, &u) && u.readers == *(const long *)arg;
}

void step_read_start(struct run *r, const struct step *s)
{
	check(r, OPS(r)->read_start(r->d, s->a, r->fd, s->b), 0);
}

void step_read_blocked(struct run *r, const struct step *s)
{
	if (!wait_until(r, readers_are, &s->want))
		run_fail(r, "there were never exactly %ld", s->want);
}

void step_read_done(struct run *r, const struct step *s)
{
	long got = OPS(r)->read_done(r->d, s->a, buffer);

	check(r, got, s->want);
	if (got == s->want && s->c != 0)
		check_frame(r, buffer, got, TO_ALL, s->c);
}

void step_read_signal(struct run *r, const struct step *s)
{
	check(r, OPS(r)->read_signal(r->d, s->a, s->b), 0);
}

void step_child_read(struct run *r, const struct step *s)
{
	long one = 1;

	check(r, OPS(r)->child_read(r->d, r->fd), 0);
	if (!wait_until(r, readers_are, &one))
		run_fail(r, "the child's read never reached the device");
}

void step_child_kill(struct run *r, const struct step *s)
{
	check(r, OPS(r)->child_kill(r->d), s->want);
}

/* ------------------------------------------------------------------ the host */

/* Frames of len bytes that the device has taken or dropped for its full queue, as far as counters tell. */
struct settled {
	long len, want;
};

static long frames_seen(struct run *r, long len)
{
	struct ustate u;

	return query(r, r->unit, &u) ? counter_value(&u, "obytes") / len + counter_value(&u, "oqdrops") : -1;
}

static bool has_settled(struct run *r, const void *arg)
{
	const struct settled *t = arg;

	return frames_seen(r, t->len) >= t->want;
}

/*
 * The frames of a burst are in the device when each was counted: queued or dropped on the full queue.  obytes moves
 * when a frame is queued, whatever the dialect does with opackets.
 */
void step_host(struct run *r, const struct step *s)
{
	struct settled t = { s->b, frames_seen(r, s->b) + s->a };

	for (long i = 0; i < s->a && r->failure[0] == '\0'; i++) {
		make_frame(r, buffer, s->b, TO_ALL, ++r->sent);
		check(r, OPS(r)->host_send(r->d, buffer, s->b), 0);
	}
	if (!wait_until(r, has_settled, &t))
		run_fail(r, "the device did not count the frame in obytes or oqdrops");
}

void step_host_fails(struct run *r, const struct step *s)
{
	make_frame(r, buffer, s->b, TO_ALL, ++r->sent);
	check(r, OPS(r)->host_send(r->d, buffer, s->b), s->want);
}

void step_host_lost(struct run *r, const struct step *s)
{
	for (long i = 0; i < s->a; i++) {
		make_frame(r, buffer, s->b, TO_ALL, ++r->sent);
		OPS(r)->host_send(r->d, buffer, s->b);
	}
}

void step_wire(struct run *r, const struct step *s)
{
	long got = OPS(r)->wire_recv(r->d, buffer, WAIT_MS);

	check(r, got, s->want);
	if (got == s->want)
		check_frame(r, buffer, got, r->written_dst, s->c);
}

void step_capture(struct run *r, const struct step *s)
{
	make_frame(r, buffer, s->b, TO_ALL, ++r->sent);
	check(r, OPS(r)->capture(r->d, buffer, s->b, WAIT_MS), 0);
}

/* write(2) returns after the interface received the frame, so one look is enough. */
void step_wire_none(struct run *r, const struct step *s)
{
	check(r, OPS(r)->wire_recv(r->d, buffer, 0), -EAGAIN);
}

/* ------------------------------------------------------------------ the controls */

void step_ctl(struct run *r, const struct step *s)
{
	char out[256] = "";
	int got = OPS(r)->ctl(r->d, s->s, out, sizeof(out));

	check(r, got, s->want);
	if (r->failure[0] != '\0' && out[0] != '\0')
		printf("# %s\n", out);
}

void step_ctl_out(struct run *r, const struct step *s)
{
	char out[256] = "";

	check(r, OPS(r)->ctl(r->d, s->s, out, sizeof(out)), 0);
	out[strcspn(out, "\n")] = '\0';
	if (strcmp(out, s->s2) != 0)
		run_fail(r, "expected \"%s\", got \"%s\"", s->s2, out);
}

void step_unit(struct run *r, const struct step *s)
{
	struct ustate u;

	query(r, s->s, &u);
}

static bool unit_is_gone(struct run *r, const void *name)
{
	struct ustate u;

	return OPS(r)->query(r->d, name, &u) == 0 && !u.exists;
}

/* Waited for: a close that takes the unit away reaches the daemon a moment later over FUSE. */
void step_no_unit(struct run *r, const struct step *s)
{
	if (!wait_until(r, unit_is_gone, s->s))
		run_fail(r, "it does");
}

/*
 * A state is waited for: a close over FUSE and the host's own news reach the daemon a moment after the call that caused
 * them returned.
 */
struct awaited {
	const char *unit;
	bool (*is)(struct run *r, const struct ustate *u, const struct step *s);
	const struct step *s;
	struct ustate u;
};

static bool state_is(struct run *r, const void *arg)
{
	struct awaited *a = (struct awaited *)(uintptr_t)arg;

	return query(r, a->unit, &a->u) && a->is(r, &a->u, a->s);
}

/* False after WAIT_MS without; *u is then the last state seen. */
static bool await(struct run *r, const struct step *s, const char *unit, struct ustate *u,
    bool (*is)(struct run *r, const struct ustate *u, const struct step *s))
{
	struct awaited a = { unit, is, s, { 0 } };
	bool ok = wait_until(r, state_is, &a);

	*u = a.u;
	return ok;
}

static bool flags_are(struct run *r, const struct ustate *u, const struct step *s)
{
	return u->flags == s->want;
}

void step_flags(struct run *r, const struct step *s)
{
	struct ustate u;

	if (!await(r, s, s->s, &u, flags_are))
		run_fail(r, "expected %lx, got %lx", s->want, u.flags);
}

static bool mtu_is(struct run *r, const struct ustate *u, const struct step *s)
{
	return u->mtu == s->want;
}

void step_mtu(struct run *r, const struct step *s)
{
	struct ustate u;

	if (!await(r, s, s->s, &u, mtu_is))
		check(r, u.mtu, s->want);
}

static bool status_is(struct run *r, const struct ustate *u, const struct step *s)
{
	return strcmp(u->status, s->s2) == 0;
}

void step_status(struct run *r, const struct step *s)
{
	struct ustate u;

	if (!await(r, s, s->s, &u, status_is))
		run_fail(r, "got \"%s\"", u.status);
}

static bool remote_is(struct run *r, const struct ustate *u, const struct step *s)
{
	return strcmp(u->remote, strcmp(s->s2, OWN_MAC) == 0 ? u->ether : s->s2) == 0;
}

void step_remote(struct run *r, const struct step *s)
{
	struct ustate u;

	if (!await(r, s, s->s, &u, remote_is))
		run_fail(r, "got %s", u.remote);
}

void step_ether(struct run *r, const struct step *s)
{
	struct ustate u;

	if (query(r, s->s, &u) && strncmp(u.ether, s->s2, strlen(s->s2)) != 0)
		run_fail(r, "got %s", u.ether);
}

void step_media(struct run *r, const struct step *s)
{
	struct ustate u;

	if (query(r, s->s, &u) && strcmp(u.media, s->s2) != 0)
		run_fail(r, "got \"%s\"", u.media);
}

static bool opener_is(struct run *r, const struct ustate *u, const struct step *s)
{
	return u->opened_by == OPS(r)->who(r->d, s->b);
}

void step_opened_by(struct run *r, const struct step *s)
{
	struct ustate u;

	if (!await(r, s, s->s, &u, opener_is))
		check(r, u.opened_by, OPS(r)->who(r->d, s->b));
}

static bool addrs_are(struct run *r, const struct ustate *u, const struct step *s)
{
	return u->naddr[0] == s->a && u->naddr[1] == s->b;
}

void step_addrs(struct run *r, const struct step *s)
{
	struct ustate u;

	if (!await(r, s, s->s, &u, addrs_are))
		run_fail(r, "got %ld and %ld", u.naddr[0], u.naddr[1]);
}

static bool qlen_is(struct run *r, const struct ustate *u, const struct step *s)
{
	return u->qlen == s->want;
}

void step_qlen(struct run *r, const struct step *s)
{
	struct ustate u;

	if (!await(r, s, r->unit, &u, qlen_is))
		check(r, u.qlen, s->want);
}

static bool counter_is(struct run *r, const struct ustate *u, const struct step *s)
{
	return counter_value(u, s->s) - counter_value(&r->base, s->s) == s->want;
}

void step_counter(struct run *r, const struct step *s)
{
	struct ustate u;

	if (!await(r, s, r->unit, &u, counter_is))
		check(r, counter_value(&u, s->s) - counter_value(&r->base, s->s), s->want);
}

void step_sigio(struct run *r, const struct step *s)
{
	if (OPS(r)->sigio(r->d, WAIT_MS) < 1)
		run_fail(r, "none came");
}

void step_no_sigio(struct run *r, const struct step *s)
{
	check(r, OPS(r)->sigio(r->d, 0), 0);
}

/* ------------------------------------------------------------------ given */

static void given_ctl(struct run *r, const char *verb)
{
	char line[64], out[256] = "";
	int err;

	snprintf(line, sizeof(line), "%s %s", r->unit, verb);
	err = OPS(r)->ctl(r->d, line, out, sizeof(out));
	if (err != 0)
		run_fail(r, "tapctl %s: %d %s", line, err, out);
}

static void given_open(struct run *r)
{
	int err = OPS(r)->open(r->d, 0, r->unit, O_RDWR | (r->c->given & NB ? O_NONBLOCK : 0));

	if (err < 0)
		run_fail(r, "open %s: %s", r->unit, strerror(-err));
}

void run_given(struct run *r)
{
	if (!(r->c->given & UNIT))
		return;
	given_ctl(r, "create");
	if (r->failure[0] == '\0' && OPS(r)->host_attach(r->d, r->unit) != 0)
		run_fail(r, "the host has no interface %s", r->unit);
	if (r->failure[0] == '\0' && (r->c->given & OPENED) == OPENED)
		given_open(r);
	if (r->failure[0] == '\0' && (r->c->given & UP))
		given_ctl(r, "up");
	if (r->failure[0] == '\0')
		query(r, r->unit, &r->base);
}
