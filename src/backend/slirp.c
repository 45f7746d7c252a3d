/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slirp wire: a network in user mode by libslirp, as qemu's "user" network is: a gateway that is this host, DHCP,
 * DNS, and connections that go out as tapd's own.  It needs no privilege, and nobody outside sees a new station.
 *
 * libslirp has no descriptor to watch; it names its sockets anew each time it is asked.  They live in an epoll set of
 * our own, which is one descriptor of the loop, and a turn brings all of it up to date: after an event, after a timeout
 * of its choice, and once after any number of frames that the user sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <slirp/libslirp.h>

#include "backend/wire.h"
#include "base/log.h"
#include "base/util.h"

#define SOCKETS_MAX	512		/* of one network; a program must not use up tapd's descriptors */
#define FORWARDS_MAX	16
#define STALE		(1000 * LOOP_MS)	/* libslirp's clock stands still between turns; older is too old */
#define OVERHEAD	18		/* bytes of a frame above its MTU: header and VLAN tag */

#define SLIRP_STATS(X) \
	X(rx, "frames that came from the network") \
	X(tx, "frames given to it") \
	X(tx_big, "frames dropped because they were longer than its MTU") \
	X(tx_sockets, "frames dropped because they could open a connection and 512 were open") \
	X(tx_looped, "frames dropped because they came of one it was just sending") \
	X(guest_errors, "frames it could not make sense of")

struct forward {
	bool udp;
	struct in_addr host, guest;	/* guest 0: the first address DHCP gives */
	int host_port, guest_port;
};

/* What the text after "slirp:" asks for. */
struct slirp_options {
	struct in_addr net, mask, dns;	/* dns 0: the third address of net */
	bool restricted, no_loopback;
	unsigned mtu;			/* bytes */
	struct forward forward[FORWARDS_MAX];
	size_t nforwards;
};

/* What the epoll set has of a descriptor. */
struct watch {
	uint32_t events;		/* 0: nothing */
	unsigned turn;			/* the last that wanted it */
	bool open;			/* it is a socket of libslirp's */
};

struct slirp_wire {
	struct wire *w;
	struct loop *loop;
	Slirp *slirp;
	unsigned mtu;
	bool inside;			/* libslirp is on the stack */
	uint64_t last;			/* when the last turn was, ns */
	struct loop_timer next;		/* the next turn */
	int epfd;
	struct loop_fd src;
	struct pollfd *fds, *old;	/* what libslirp wants watched, and wanted the turn before */
	size_t nfds, nold, fds_max;
	struct watch *watch;		/* by descriptor */
	size_t nwatch;
	unsigned turn, sockets;
	struct {
#define X(name, help) uint64_t name;
		SLIRP_STATS(X)
#undef X
	} n;
};

/* A timer of libslirp's: it has one, for router advertisements. */
struct slirp_timer {
	struct loop_timer t;
	SlirpTimerCb fn;
	void *arg;
	struct slirp_wire *s;
};

/* ------------------------------------------------------------------ options */

static int bad_option(char *why, size_t size, const char *word, const char *expected)
{
	snprintf(why, size, "slirp: %s: expected %s", word, expected);
	return -EINVAL;
}

static bool parse_port(const char *text, int *port)
{
	long v;

	if (!str_to_long(text, 1, 65535, &v))
		return false;
	*port = v;
	return true;
}

static bool parse_host(const char *text, struct in_addr *a)
{
	return text[0] == '\0' || inet_pton(AF_INET, text, a) == 1;
}

/* "tcp:[HOSTADDR]:PORT-[GUESTADDR]:PORT", as qemu's; cut up in place. */
static bool parse_forward(char *text, struct forward *f)
{
	char *host = strchr(text, ':'), *host_port, *guest, *guest_port;

	if (host == NULL || (host_port = strchr(host + 1, ':')) == NULL || (guest = strchr(host_port, '-')) == NULL ||
	    (guest_port = strchr(guest, ':')) == NULL)
		return false;
	*host++ = *host_port++ = *guest++ = *guest_port++ = '\0';
	f->udp = strcmp(text, "udp") == 0;
	return (f->udp || text[0] == '\0' || strcmp(text, "tcp") == 0) && parse_host(host, &f->host) &&
	    parse_host(guest, &f->guest) && parse_port(host_port, &f->host_port) && parse_port(guest_port, &f->guest_port);
}

static int opt_hostfwd(struct slirp_options *o, char *value, char *why, size_t size)
{
	char copy[64];

	str_copy(copy, sizeof(copy), value);
	if (o->nforwards == FORWARDS_MAX)
		return bad_option(why, size, "hostfwd", "16 of them at most");
	o->forward[o->nforwards] = (struct forward){ .udp = false };
	if (!parse_forward(value, &o->forward[o->nforwards]))
		return bad_option(why, size, copy, "hostfwd=tcp:[HOSTADDR]:PORT-[GUESTADDR]:PORT, or udp:...");
	o->nforwards++;
	return 0;
}

/* The gateway is .2, the resolver .3 and DHCP starts at .15: it must have room for them. */
static int opt_net(struct slirp_options *o, char *value, char *why, size_t size)
{
	char *slash = strchr(value, '/');
	long bits = 0;

	if (slash != NULL)
		*slash = '\0';
	if (slash == NULL || inet_pton(AF_INET, value, &o->net) != 1 || !str_to_long(slash + 1, 8, 27, &bits))
		return bad_option(why, size, "net", "an IPv4 network of 8 to 27 bits, such as 10.1.0.0/24");
	o->mask.s_addr = htonl(UINT32_MAX << (32 - bits));
	o->net.s_addr &= o->mask.s_addr;
	return 0;
}

static int opt_dns(struct slirp_options *o, char *value, char *why, size_t size)
{
	return inet_pton(AF_INET, value, &o->dns) == 1 ? 0 : bad_option(why, size, "dns", "an IPv4 address of the network");
}

static int opt_mtu(struct slirp_options *o, char *value, char *why, size_t size)
{
	long mtu;

	if (!str_to_long(value, 1280, 65521, &mtu))
		return bad_option(why, size, "mtu", "1280 to 65521");
	o->mtu = mtu;
	return 0;
}

static int opt_restrict(struct slirp_options *o, char *value, char *why, size_t size)
{
	o->restricted = true;
	return 0;
}

static int opt_no_loopback(struct slirp_options *o, char *value, char *why, size_t size)
{
	o->no_loopback = true;
	return 0;
}

static const struct slirp_option {
	const char *name;
	bool has_value;
	int (*set)(struct slirp_options *o, char *value, char *why, size_t size);
} option_table[] = {
	{ "net", true, opt_net },
	{ "dns", true, opt_dns },
	{ "mtu", true, opt_mtu },
	{ "hostfwd", true, opt_hostfwd },
	{ "restrict", false, opt_restrict },
	{ "disable-host-loopback", false, opt_no_loopback },
};

static int set_option(struct slirp_options *o, char *word, char *why, size_t size)
{
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	for (size_t i = 0; i < NELEM(option_table); i++) {
		if (strcmp(word, option_table[i].name) != 0)
			continue;
		if (option_table[i].has_value != (value != NULL && value[0] != '\0'))
			return bad_option(why, size, word, option_table[i].has_value ? "a value after '='" : "no value");
		return option_table[i].set(o, value, why, size);
	}
	return bad_option(why, size, word, "one of net= dns= mtu= hostfwd= restrict disable-host-loopback");
}

static int parse_options(struct slirp_options *o, const char *arg, char *why, size_t size)
{
	char text[TAP_SPEC_MAX], *rest = text, *word;
	int err = 0;

	*o = (struct slirp_options){ .mtu = 1500 };
	o->net.s_addr = htonl(0x0a000200);
	o->mask.s_addr = htonl(0xffffff00);
	str_copy(text, sizeof(text), arg);
	while (err == 0 && (word = strsep(&rest, ",")) != NULL)
		if (word[0] != '\0')
			err = set_option(o, word, why, size);
	return err;
}

/* ------------------------------------------------------------------ its sockets */

static const struct {
	short poll;
	int slirp;
} event_table[] = {
	{ POLLIN, SLIRP_POLL_IN },
	{ POLLOUT, SLIRP_POLL_OUT },
	{ POLLPRI, SLIRP_POLL_PRI },
	{ POLLERR, SLIRP_POLL_ERR },
	{ POLLHUP, SLIRP_POLL_HUP },
};

/* Room in both lists for one more.  False: out of memory; libslirp will ask again. */
static bool grow_lists(struct slirp_wire *s)
{
	size_t n = s->fds_max * 2 + 16;
	struct pollfd *p;

	if (s->nfds < s->fds_max)
		return true;
	if ((p = reallocarray(s->fds, n, sizeof(*p))) == NULL)
		return false;
	s->fds = p;
	if ((p = reallocarray(s->old, n, sizeof(*p))) == NULL)
		return false;
	s->old = p;
	s->fds_max = n;
	return true;
}

/* What is known of fd, which is a socket of libslirp's.  NULL: out of memory. */
static struct watch *find_watch(struct slirp_wire *s, int fd)
{
	size_t n = (size_t)fd * 2 + 16;
	struct watch *p;

	if ((size_t)fd >= s->nwatch) {
		if ((p = reallocarray(s->watch, n, sizeof(*p))) == NULL)
			return NULL;
		memset(p + s->nwatch, 0, (n - s->nwatch) * sizeof(*p));
		s->watch = p;
		s->nwatch = n;
	}
	p = &s->watch[fd];
	s->sockets += !p->open;
	p->open = true;
	return p;
}

/* poll(2)'s events are epoll(7)'s. */
static void set_watch(struct slirp_wire *s, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events };
	struct watch *watch = &s->watch[fd];
	int op = watch->events == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;

	if (events != watch->events)
		epoll_ctl(s->epfd, op, fd, &ev);
	watch->events = events;
}

static int on_add_poll(int fd, int events, void *arg)
{
	struct slirp_wire *s = arg;
	struct watch *watch = find_watch(s, fd);
	struct pollfd p = { .fd = fd };

	if (watch == NULL || !grow_lists(s))
		return -1;
	for (size_t i = 0; i < NELEM(event_table); i++)
		if (events & event_table[i].slirp)
			p.events |= event_table[i].poll;
	set_watch(s, fd, p.events);
	watch->turn = s->turn;
	s->fds[s->nfds] = p;
	return s->nfds++;
}

static int on_get_revents(int i, void *arg)
{
	struct slirp_wire *s = arg;
	int events = 0;

	for (size_t k = 0; k < NELEM(event_table); k++)
		if (s->fds[i].revents & event_table[k].poll)
			events |= event_table[k].slirp;
	return events;
}

/* A socket was made; not told of one that was accepted, and told of -1 when there is none. */
static void on_register(int fd, void *arg)
{
	if (fd >= 0)
		find_watch(arg, fd);
}

/* It is about to close fd, whose number the next socket may get. */
static void on_unregister(int fd, void *arg)
{
	struct slirp_wire *s = arg;

	if (fd < 0 || (size_t)fd >= s->nwatch)
		return;
	set_watch(s, fd, 0);
	s->sockets -= s->watch[fd].open;
	s->watch[fd].open = false;
}

/* ------------------------------------------------------------------ turns */

static void turn(void *arg);

/* Ask what to watch from now on, and for how long at most. */
static void refill(struct slirp_wire *s)
{
	struct pollfd *old = s->fds;
	uint32_t ms = UINT32_MAX;

	s->nold = s->nfds;
	s->fds = s->old;
	s->old = old;
	s->nfds = 0;
	s->turn++;
	slirp_pollfds_fill(s->slirp, &ms, on_add_poll, s);
	for (size_t i = 0; i < s->nold; i++)
		if (s->watch[s->old[i].fd].turn != s->turn)
			set_watch(s, s->old[i].fd, 0);
	if (s->nfds > 0 || ms < STALE / LOOP_MS)
		loop_timer_set(s->loop, &s->next, ms * LOOP_MS, turn, s);
	else
		loop_timer_del(s->loop, &s->next);
}

static void turn(void *arg)
{
	struct slirp_wire *s = arg;

	s->inside = true;
	s->last = loop_now();
	poll(s->fds, s->nfds, 0);
	slirp_pollfds_poll(s->slirp, 0, on_get_revents, s);
	refill(s);
	s->inside = false;
}

static void on_events(void *arg, uint32_t events)
{
	turn(arg);
}

/* What the frames of this round of the loop changed is looked at once, after them. */
static void turn_soon(struct slirp_wire *s)
{
	loop_timer_set(s->loop, &s->next, 0, turn, s);
}

/* ------------------------------------------------------------------ what libslirp calls */

static ssize_t on_send_packet(const void *frame, size_t len, void *arg)
{
	struct slirp_wire *s = arg;

	if (len >= TAP_HDRLEN && len <= WIRE_FRAME_MAX) {
		s->n.rx++;
		wire_recv(s->w, frame, len);
	}
	return len;
}

static void on_guest_error(const char *text, void *arg)
{
	struct slirp_wire *s = arg;

	s->n.guest_errors++;
	log_debug("%s: slirp: %s", s->w->name, text);
}

static int64_t on_clock(void *arg)
{
	return loop_now();
}

static void on_timer(void *arg)
{
	struct slirp_timer *t = arg;
	struct slirp_wire *s = t->s;

	s->inside = true;
	t->fn(t->arg);
	s->inside = false;
}

static void *on_timer_new(SlirpTimerCb fn, void *fn_arg, void *arg)
{
	struct slirp_timer *t = calloc(1, sizeof(*t));

	if (t != NULL)
		*t = (struct slirp_timer){ .fn = fn, .arg = fn_arg, .s = arg };
	return t;
}

static void on_timer_free(void *timer, void *arg)
{
	struct slirp_wire *s = arg;
	struct slirp_timer *t = timer;

	if (t != NULL)
		loop_timer_del(s->loop, &t->t);
	free(t);
}

/* when: ms of its clock. */
static void on_timer_mod(void *timer, int64_t when, void *arg)
{
	struct slirp_wire *s = arg;
	struct slirp_timer *t = timer;
	int64_t now = loop_now();

	when *= LOOP_MS;
	if (t != NULL)
		loop_timer_set(s->loop, &t->t, when > now ? when - now : 0, on_timer, t);
}

static void on_notify(void *arg)
{
	turn_soon(arg);
}

static const SlirpCb callbacks = {
	.send_packet = on_send_packet,
	.guest_error = on_guest_error,
	.clock_get_ns = on_clock,
	.timer_new = on_timer_new,
	.timer_free = on_timer_free,
	.timer_mod = on_timer_mod,
	.register_poll_fd = on_register,
	.unregister_poll_fd = on_unregister,
	.notify = on_notify,
};

/* ------------------------------------------------------------------ the wire */

static struct in_addr host_of(const struct slirp_options *o, uint32_t number)
{
	return (struct in_addr){ .s_addr = o->net.s_addr | htonl(number) };
}

/* The addresses that users of qemu know. */
static Slirp *make_slirp(struct slirp_wire *s, const struct slirp_options *o)
{
	SlirpConfig cfg = {
		.version = 3,
		.restricted = o->restricted,
		.in_enabled = true,
		.vnetwork = o->net,
		.vnetmask = o->mask,
		.vhost = host_of(o, 2),
		.vnameserver = o->dns.s_addr != 0 ? o->dns : host_of(o, 3),
		.vdhcp_start = host_of(o, 15),
		.in6_enabled = true,
		.vprefix_len = 64,
		.if_mtu = o->mtu,
		.if_mru = o->mtu,
		.disable_host_loopback = o->no_loopback,
	};

	inet_pton(AF_INET6, "fec0::", &cfg.vprefix_addr6);
	inet_pton(AF_INET6, "fec0::2", &cfg.vhost6);
	inet_pton(AF_INET6, "fec0::3", &cfg.vnameserver6);
	return slirp_new(&cfg, &callbacks, s);
}

static int add_forwards(struct slirp_wire *s, const struct slirp_options *o, char *why, size_t size)
{
	char host[INET_ADDRSTRLEN];

	for (size_t i = 0; i < o->nforwards; i++) {
		const struct forward *f = &o->forward[i];
		struct in_addr guest = f->guest.s_addr != 0 ? f->guest : host_of(o, 15);
		int err;

		if (slirp_add_hostfwd(s->slirp, f->udp, f->host, f->host_port, guest, f->guest_port) == 0)
			continue;
		err = errno != 0 ? errno : EADDRINUSE;
		inet_ntop(AF_INET, &f->host, host, sizeof(host));
		snprintf(why, size, "slirp: cannot listen on %s:%s:%d: %s; choose another port", f->udp ? "udp" : "tcp", host,
		    f->host_port, strerror(err));
		return -err;
	}
	return 0;
}

static void slirp_wire_close(struct wire *w)
{
	struct slirp_wire *s = w->priv;

	if (s->slirp != NULL)
		slirp_cleanup(s->slirp);
	loop_timer_del(s->loop, &s->next);
	loop_fd_del(s->loop, &s->src);
	if (s->epfd >= 0)
		close(s->epfd);
	free(s->fds);
	free(s->old);
	free(s->watch);
	free(s);
}

static int start(struct slirp_wire *s, const struct slirp_options *o, char *why, size_t size)
{
	int err;

	s->epfd = epoll_create1(EPOLL_CLOEXEC);
	err = s->epfd >= 0 ? loop_fd_add(s->loop, &s->src, s->epfd, EPOLLIN, on_events, s) : -errno;
	if (err == 0 && (s->slirp = make_slirp(s, o)) == NULL)
		err = -EINVAL;
	if (err != 0) {
		snprintf(why, size, "slirp: %s", strerror(-err));
		return err;
	}
	turn_soon(s);
	return add_forwards(s, o, why, size);
}

static int slirp_wire_open(struct wire *w, const char *arg, char *why, size_t size)
{
	struct slirp_options o;
	struct slirp_wire *s;
	int err = parse_options(&o, arg, why, size);

	if (err != 0)
		return err;
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		snprintf(why, size, "slirp: out of memory");
		return -ENOMEM;
	}
	*s = (struct slirp_wire){ .w = w, .loop = w->b->loop, .mtu = o.mtu, .epfd = -1 };
	w->priv = s;
	err = start(s, &o, why, size);
	if (err != 0)
		slirp_wire_close(w);
	return err;
}

/* Could this frame make libslirp open one more socket?  Anything of IP, but for the inside of a TCP connection. */
static bool may_open(const uint8_t *frame, size_t len)
{
	size_t tcp;

	if (len < 34)
		return false;
	if (frame[12] == 0x08 && frame[13] == 0x00)
		tcp = frame[14 + 9] == IPPROTO_TCP ? 14 + (frame[14] & 15) * 4u : 0;
	else if (frame[12] == 0x86 && frame[13] == 0xdd)
		tcp = frame[14 + 6] == IPPROTO_TCP ? 14 + 40 : 0;
	else
		return false;
	return tcp == 0 || len < tcp + 14 || (frame[tcp + 13] & 0x02) != 0;
}

static int slirp_wire_send(struct wire *w, const void *frame, size_t len)
{
	struct slirp_wire *s = w->priv;
	uint64_t *dropped = s->inside ? &s->n.tx_looped : len > s->mtu + OVERHEAD ? &s->n.tx_big :
	    s->sockets >= SOCKETS_MAX && may_open(frame, len) ? &s->n.tx_sockets : NULL;

	if (dropped != NULL) {
		++*dropped;
		return -ENOBUFS;
	}
	if (loop_now() - s->last > STALE)
		turn(s);
	s->inside = true;
	slirp_input(s->slirp, frame, len);
	s->inside = false;
	s->n.tx++;
	turn_soon(s);
	return 0;
}

static void slirp_wire_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct slirp_wire *s = w->priv;

#define X(name, help) fn(arg, #name, s->n.name, help);
	SLIRP_STATS(X)
#undef X
	fn(arg, "sockets", s->sockets, "sockets open at this moment, forwarded ports included");
}

const struct wire_ops wire_slirp = {
	.name = "slirp",
	.args = "[:OPTION,...]",
	.help = "a network in user mode with DHCP, DNS and NAT; needs no privilege",
	.max_mtu = 65521,
	.open = slirp_wire_open,
	.close = slirp_wire_close,
	.send = slirp_wire_send,
	.each_stat = slirp_wire_each_stat,
};
