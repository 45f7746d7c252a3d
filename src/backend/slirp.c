/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The slirp wire: a network in user mode by libslirp, as qemu's "user" network is: a gateway that is this host, DHCP,
 * DNS, and connections that go out as tapd's own.  It needs no privilege, and nobody outside sees a new station.
 *
 * libslirp parses, in C of the 1990s, whatever a program cares to write; there are frames that kill it.  So it runs in
 * a helper (helper.h) that has few descriptors and, where tapd has root's rights, none of them: a program that breaks
 * it has broken its own network, for a second.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <slirp/libslirp.h>

#include "backend/helper.h"
#include "base/log.h"
#include "base/util.h"

#define DESCRIPTORS_MAX	512		/* of one network */
#define FORWARDS_MAX	16
#define BATCH		64		/* frames of tapd's, then the sockets */
#define OVERHEAD	18		/* bytes of a frame above its MTU: header and VLAN tag */
#define NOBODY		65534

enum { COUNT_ERRORS, COUNT_SOCKETS };	/* in helper_shared.count */

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

struct slirp_wire {
	struct helper h;
	struct slirp_options options;
	uint64_t tx_big;
};

/* A timer of libslirp's: it has one, for router advertisements. */
struct slirp_timer {
	SlirpTimerCb fn;
	void *arg;
	int64_t when;			/* ms of its clock; INT64_MAX: not set */
};

/* The network, in the helper. */
struct network {
	struct helper *h;
	int fd;				/* to tapd */
	Slirp *slirp;
	bool over;			/* tapd hung up */
	struct slirp_timer timer;
	struct pollfd fds[1 + DESCRIPTORS_MAX];	/* tapd, then its sockets */
	size_t nfds;
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

/* ------------------------------------------------------------------ what libslirp calls */

static ssize_t on_send_packet(const void *frame, size_t len, void *arg)
{
	struct network *n = arg;

	if (len >= TAP_HDRLEN && len <= WIRE_FRAME_MAX && !helper_pass(n->fd, frame, len))
		n->over = true;
	return len;
}

static void on_guest_error(const char *text, void *arg)
{
	struct network *n = arg;

	n->h->shared->count[COUNT_ERRORS]++;
	log_debug("%s: slirp: %s", n->h->w->name, text);
}

static int64_t on_clock(void *arg)
{
	return loop_now();
}

static void *on_timer_new(SlirpTimerCb fn, void *fn_arg, void *arg)
{
	struct network *n = arg;

	n->timer = (struct slirp_timer){ fn, fn_arg, INT64_MAX };
	return &n->timer;
}

static void on_timer_free(void *timer, void *arg)
{
	struct slirp_timer *t = timer;

	t->when = INT64_MAX;
}

static void on_timer_mod(void *timer, int64_t when, void *arg)
{
	struct slirp_timer *t = timer;

	t->when = when;
}

/* All are asked about in every round. */
static void on_register(int fd, void *arg)
{
}

static void on_notify(void *arg)
{
}

static const SlirpCb callbacks = {
	.send_packet = on_send_packet,
	.guest_error = on_guest_error,
	.clock_get_ns = on_clock,
	.timer_new = on_timer_new,
	.timer_free = on_timer_free,
	.timer_mod = on_timer_mod,
	.register_poll_fd = on_register,
	.unregister_poll_fd = on_register,
	.notify = on_notify,
};

/* ------------------------------------------------------------------ the network, in the helper */

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

static int on_add_poll(int fd, int events, void *arg)
{
	struct network *n = arg;
	struct pollfd p = { .fd = fd };

	if (n->nfds == NELEM(n->fds))
		return -1;
	for (size_t i = 0; i < NELEM(event_table); i++)
		if (events & event_table[i].slirp)
			p.events |= event_table[i].poll;
	n->fds[n->nfds] = p;
	return n->nfds++;
}

static int on_get_revents(int i, void *arg)
{
	struct network *n = arg;
	int events = 0;

	for (size_t k = 0; k < NELEM(event_table); k++)
		if (n->fds[i].revents & event_table[k].poll)
			events |= event_table[k].slirp;
	return events;
}

/* The frames that wait, for a while. */
static void take_frames(struct network *n)
{
	static uint8_t frame[WIRE_FRAME_MAX];
	ssize_t len;

	for (int i = 0; i < BATCH && !n->over; i++) {
		len = recv(n->fd, frame, sizeof(frame), MSG_DONTWAIT);
		if (len < 0)
			return;
		if (len == 0)
			n->over = true;
		else
			slirp_input(n->slirp, frame, len);
	}
}

/* ms that poll(2) may sleep.  With no socket and no timer, libslirp's one second is about nothing. */
static int sleep_time(const struct network *n, uint32_t wanted)
{
	int64_t left = n->timer.when - on_clock(NULL) / 1000000;
	int ms = n->nfds == 1 && wanted >= 1000 ? -1 : (int)wanted;

	if (n->timer.when == INT64_MAX || (ms >= 0 && left > ms))
		return ms;
	return left < 0 ? 0 : left < INT32_MAX ? (int)left : INT32_MAX;
}

static void run_timer(struct network *n)
{
	if (n->timer.when > on_clock(NULL) / 1000000)
		return;
	n->timer.when = INT64_MAX;
	n->timer.fn(n->timer.arg);
}

/* One round.  The sockets come before the frames: they are when libslirp looks at the clock. */
static void round_once(struct network *n)
{
	uint32_t wanted = UINT32_MAX;
	int ready;

	n->fds[0] = (struct pollfd){ .fd = n->fd, .events = POLLIN };
	n->nfds = 1;
	slirp_pollfds_fill(n->slirp, &wanted, on_add_poll, n);
	n->h->shared->count[COUNT_SOCKETS] = n->nfds - 1;
	ready = poll(n->fds, n->nfds, sleep_time(n, wanted));
	slirp_pollfds_poll(n->slirp, ready < 0, on_get_revents, n);
	run_timer(n);
	if (n->fds[0].revents != 0)
		take_frames(n);
}

static struct in_addr host_of(const struct slirp_options *o, uint32_t number)
{
	return (struct in_addr){ .s_addr = o->net.s_addr | htonl(number) };
}

/* The addresses that users of qemu know. */
static Slirp *make_slirp(struct network *n, const struct slirp_options *o)
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
	return slirp_new(&cfg, &callbacks, n);
}

static int add_forwards(struct network *n, const struct slirp_options *o)
{
	struct helper_shared *shared = n->h->shared;
	char host[INET_ADDRSTRLEN];

	for (size_t i = 0; i < o->nforwards; i++) {
		const struct forward *f = &o->forward[i];
		struct in_addr guest = f->guest.s_addr != 0 ? f->guest : host_of(o, 15);
		int err;

		if (slirp_add_hostfwd(n->slirp, f->udp, f->host, f->host_port, guest, f->guest_port) == 0)
			continue;
		err = errno != 0 ? errno : EADDRINUSE;
		inet_ntop(AF_INET, &f->host, host, sizeof(host));
		str_format(shared->text, sizeof(shared->text), "cannot listen on %s:%s:%d: %s", f->udp ? "udp" : "tcp", host,
		    f->host_port, strerror(err));
		return err;
	}
	return 0;
}

/*
 * From here on it may do what anybody may.  Where root cannot become nobody, as in some user namespaces, it has no
 * capability at least.  The death signal went with the old ids.
 */
static void drop_rights(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (geteuid() == 0 && setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
	    setresuid(NOBODY, NOBODY, NOBODY) == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	syscall(SYS_capset, &head, none);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static int run(struct helper *h, int fd)
{
	static struct network n;
	const struct slirp_options *o = &((struct slirp_wire *)h->w->priv)->options;
	struct rlimit files = { DESCRIPTORS_MAX, DESCRIPTORS_MAX };
	int err;

	n.h = h;
	n.fd = fd;
	n.timer.when = INT64_MAX;
	setrlimit(RLIMIT_NOFILE, &files);
	n.slirp = make_slirp(&n, o);
	if (n.slirp == NULL)
		return EINVAL;
	err = add_forwards(&n, o);
	if (err != 0)
		return err;
	drop_rights();
	helper_ready(fd);
	while (!n.over)
		round_once(&n);
	return 0;
}

/* ------------------------------------------------------------------ in tapd */

static void say(struct helper *h, int error, int signo)
{
	if (error == 0)
		wire_link(h->w, true, "%s", "");
	else if (h->shared->text[0] != '\0')
		wire_link(h->w, false, "%s; trying again", h->shared->text);
	else
		wire_link(h->w, false, "libslirp died (%s); starting it again", signo != 0 ? strsignal(signo) : strerror(error));
}

static void slirp_wire_close(struct wire *w)
{
	struct slirp_wire *s = w->priv;

	helper_close(&s->h);
	free(s);
}

static int slirp_wire_check(const char *arg, char *why, size_t size)
{
	struct slirp_options o;

	return parse_options(&o, arg, why, size);
}

static int slirp_wire_open(struct wire *w, const char *arg, char *why, size_t size)
{
	struct slirp_wire *s = calloc(1, sizeof(*s));
	int err;

	if (s == NULL || helper_init(&s->h) != 0) {
		free(s);
		snprintf(why, size, "slirp: out of memory");
		return -ENOMEM;
	}
	s->h.w = w;
	s->h.run = run;
	s->h.say = say;
	w->priv = s;
	err = parse_options(&s->options, arg, why, size);
	if (err == 0 && (err = helper_start_now(&s->h)) != 0)
		snprintf(why, size, "slirp: %s", s->h.shared->text[0] != '\0' ? s->h.shared->text : strerror(-err));
	if (err != 0)
		slirp_wire_close(w);
	return err;
}

static int slirp_wire_send(struct wire *w, const void *frame, size_t len)
{
	struct slirp_wire *s = w->priv;

	if (len > s->options.mtu + OVERHEAD) {
		s->tx_big++;
		return -ENOBUFS;
	}
	return helper_send(&s->h, frame, len);
}

static void slirp_wire_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct slirp_wire *s = w->priv;

	helper_each_stat(&s->h, fn, arg);
	fn(arg, "tx_big", s->tx_big, "frames dropped because they were longer than its MTU");
	fn(arg, "guest_errors", s->h.shared->count[COUNT_ERRORS], "frames it could not make sense of");
	fn(arg, "sockets", s->h.shared->count[COUNT_SOCKETS], "sockets watched at this moment, forwarded ports included");
}

const struct wire_ops wire_slirp = {
	.name = "slirp",
	.args = "[:OPTION,...]",
	.help = "a network in user mode with DHCP, DNS and NAT; needs no privilege",
	.max_mtu = 65521,
	.check = slirp_wire_check,
	.open = slirp_wire_open,
	.close = slirp_wire_close,
	.send = slirp_wire_send,
	.each_stat = slirp_wire_each_stat,
};
