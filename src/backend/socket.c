/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket wire: frames over one stream connection, Unix or TCP, framed as by qemu's "-netdev stream", so that qemu,
 * passt and another tapd can be the other side.  It connects, and goes on trying, or with ",listen" waits for one peer
 * at a time.  It carries; it does not switch: for several peers plug several wires into a switch.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "backend/framing.h"
#include "backend/wire.h"
#include "base/log.h"
#include "base/util.h"

#define RETRY	(1000 * LOOP_MS)	/* between two attempts to connect */

#define SOCKET_STATS(X) \
	X(rx, "frames that came from the other side") \
	X(tx, "frames sent, or queued for the other side to take") \
	X(tx_away, "frames dropped because nobody was connected") \
	X(tx_full, "frames dropped because the other side took none and 256 KiB were waiting") \
	X(tx_lost, "frames that were waiting when the connection ended") \
	X(rx_short, "frames dropped because they were shorter than an Ethernet header") \
	X(rx_bad, "connections ended because a length was 0 or longer than any frame") \
	X(connects, "connections made") \
	X(refused, "peers turned away because another was connected")

union address {
	struct sockaddr sa;
	struct sockaddr_un un;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct sockwire {
	struct wire *w;
	union address addr;
	socklen_t addrlen;
	char where[TAP_SPEC_MAX];		/* the same, as it was given */
	bool listens;
	struct stat made;			/* the socket file that we made; st_ino 0: none */
	int door;				/* listening, or -1 */
	struct loop_fd door_src;
	int fd;					/* to the peer, or -1 */
	struct loop_fd src;
	bool connected;				/* fd is; else it is still connecting */
	bool stuck;				/* it did not take all: waiting for EPOLLOUT */
	struct loop_timer retry;
	struct {
#define X(name, help) uint64_t name;
		SOCKET_STATS(X)
#undef X
	} n;
	struct framing_in in;
	struct framing_out out;
};

/* ------------------------------------------------------------------ the address */

static int parse_unix(struct sockwire *s, char *why, size_t size)
{
	if (s->where[0] != '/') {
		snprintf(why, size, "socket:%s: expected the whole path, from the '/' of the root on", s->where);
		return -EINVAL;
	}
	s->addr.un.sun_family = AF_UNIX;
	s->addrlen = sizeof(s->addr.un);
	if (str_copy(s->addr.un.sun_path, sizeof(s->addr.un.sun_path), s->where))
		return 0;
	snprintf(why, size, "socket:%s: longer than the %zu characters a socket's path may have", s->where,
	    sizeof(s->addr.un.sun_path) - 1);
	return -EINVAL;
}

/* Split "HOST:PORT" or "[HOST]:PORT" in place. */
static bool split_host(char *text, char **host, char **port)
{
	char *colon = strrchr(text, ':');
	size_t n;

	if (colon == NULL || colon == text || colon[1] == '\0')
		return false;
	*colon = '\0';
	*host = text;
	*port = colon + 1;
	n = strlen(text);
	if (text[0] != '[')
		return strchr(text, ':') == NULL;
	*host = text + 1;
	text[n - 1] = text[n - 1] == ']' ? '\0' : text[n - 1];
	return text[n - 1] == '\0';
}

/* Numbers only: to look a name up would keep everybody waiting for a name server. */
static int parse_tcp(struct sockwire *s, char *why, size_t size)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
	char text[sizeof(s->where)], *host, *port;
	struct addrinfo *ai;
	long number;

	str_copy(text, sizeof(text), s->where);
	if (!split_host(text, &host, &port) || !str_to_long(port, 1, 65535, &number)) {
		snprintf(why, size, "socket:%s: expected a path with a '/', or HOST:PORT such as 127.0.0.1:5555 or [::1]:5555",
		    s->where);
		return -EINVAL;
	}
	if (getaddrinfo(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, port, &hints, &ai) != 0) {
		snprintf(why, size, "socket:%s: names are not looked up here; give the address, which \"getent hosts %s\" tells",
		    s->where, host);
		return -EINVAL;
	}
	memcpy(&s->addr, ai->ai_addr, ai->ai_addrlen);
	s->addrlen = ai->ai_addrlen;
	freeaddrinfo(ai);
	return 0;
}

static int parse(struct sockwire *s, const char *arg, char *why, size_t size)
{
	char *option;

	str_copy(s->where, sizeof(s->where), arg);
	option = strrchr(s->where, ',');
	if (option != NULL && strchr(option, '/') == NULL) {
		*option++ = '\0';
		s->listens = true;
		if (strcmp(option, "listen") != 0) {
			snprintf(why, size, "socket:%s: unknown option \"%s\"; there is \"listen\"", arg, option);
			return -EINVAL;
		}
	}
	return strchr(s->where, '/') != NULL ? parse_unix(s, why, size) : parse_tcp(s, why, size);
}

/* ------------------------------------------------------------------ the peer */

/* Send what is queued, as far as it goes.  A connection that broke is ended where it is read, which may not be here. */
static void flush(struct sockwire *s)
{
	const uint8_t *p;
	size_t n;
	ssize_t sent = 0;
	bool stuck;

	while (p = framing_out_next(&s->out, &n), n > 0) {
		sent = send(s->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0)
			break;
		framing_out_sent(&s->out, sent);
	}
	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		shutdown(s->fd, SHUT_RDWR);
	stuck = n > 0;
	if (stuck != s->stuck)
		loop_fd_mod(s->w->b->loop, &s->src, EPOLLIN | (stuck ? EPOLLOUT : 0));
	s->stuck = stuck;
}

static void hang_up(struct sockwire *s)
{
	loop_fd_del(s->w->b->loop, &s->src);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->connected = false;
	s->n.tx_lost += framing_out_drop(&s->out);
}

static void try_connect(void *arg);

/* The connection ended, or could not be made. */
static void lost(struct sockwire *s, const char *reason)
{
	hang_up(s);
	wire_link(s->w, false, "%.64s: %s", s->where, reason);
	if (!s->listens)
		loop_timer_set(s->w->b->loop, &s->retry, RETRY, try_connect, s);
}

static void received(void *arg, const void *frame, size_t len)
{
	struct sockwire *s = arg;

	if (len < TAP_HDRLEN) {
		s->n.rx_short++;
		return;
	}
	s->n.rx++;
	wire_recv(s->w, frame, len);
}

/* One read a turn: the loop comes back while there is more. */
static void on_peer(void *arg, uint32_t events)
{
	struct sockwire *s = arg;
	size_t room;
	uint8_t *p = framing_in_room(&s->in, &room);
	char text[64];
	uint32_t bad;
	ssize_t n;

	if (events & EPOLLOUT)
		flush(s);
	if ((events & ~EPOLLOUT) == 0)
		return;
	n = recv(s->fd, p, room, MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		lost(s, n == 0 ? "the other side closed the connection" : strerror(errno));
	} else if (n > 0 && framing_in_took(&s->in, n, received, s, &bad) != 0) {
		s->n.rx_bad++;
		snprintf(text, sizeof(text), "a length of %u came, so this is no stream of frames", bad);
		lost(s, text);
	}
}

/* A machine that vanished is noticed in a minute, and its place at the door is free again. */
static void set_tcp_options(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
		{ IPPROTO_TCP, TCP_NODELAY, 1 },
		{ SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 15 },		/* s */
		{ IPPROTO_TCP, TCP_KEEPINTVL, 15 },		/* s */
		{ IPPROTO_TCP, TCP_USER_TIMEOUT, 60000 },	/* ms */
	};

	for (size_t i = 0; i < NELEM(options); i++)
		setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(options[i].value));
}

/* Consumes fd, which is connected. */
static void begin(struct sockwire *s, int fd)
{
	int err;

	loop_fd_del(s->w->b->loop, &s->src);
	s->fd = fd;
	if (s->addr.sa.sa_family != AF_UNIX)
		set_tcp_options(fd);
	s->in.have = 0;
	s->stuck = false;
	err = loop_fd_add(s->w->b->loop, &s->src, fd, EPOLLIN, on_peer, s);
	if (err != 0) {
		lost(s, strerror(-err));
		return;
	}
	s->connected = true;
	s->n.connects++;
	wire_link(s->w, true, "%.64s: connected", s->where);
}

/* ------------------------------------------------------------------ connecting */

static void connect_failed(struct sockwire *s, int err)
{
	char text[64];

	snprintf(text, sizeof(text), "%s; trying again", err == ENOENT || err == ECONNREFUSED ? "nobody listens there" :
	    strerror(err));
	lost(s, text);
}

static void on_connecting(void *arg, uint32_t events)
{
	struct sockwire *s = arg;
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
		err = errno;
	if (err != 0)
		connect_failed(s, err);
	else
		begin(s, s->fd);
}

static void try_connect(void *arg)
{
	struct sockwire *s = arg;
	int err;

	s->fd = socket(s->addr.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd >= 0 && connect(s->fd, &s->addr.sa, s->addrlen) == 0) {
		begin(s, s->fd);
		return;
	}
	err = errno;
	if (s->fd >= 0 && err == EINPROGRESS)
		err = -loop_fd_add(s->w->b->loop, &s->src, s->fd, EPOLLOUT, on_connecting, s);
	if (err != 0)
		connect_failed(s, err);
}

/* ------------------------------------------------------------------ listening */

static void on_door(void *arg, uint32_t events)
{
	struct sockwire *s = arg;
	int fd = accept4(s->door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (!s->connected) {
		begin(s, fd);
		return;
	}
	s->n.refused++;
	log_debug("%s: socket: %s: a second peer was turned away", s->w->name, s->where);
	close(fd);
}

/* A socket file that nobody listens on any more makes room; one that somebody does, or another file, does not. */
static int clear_path(struct sockwire *s)
{
	struct stat st;
	int fd, err;

	if (lstat(s->addr.un.sun_path, &st) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = connect(fd, &s->addr.sa, s->addrlen) == 0 || errno == EAGAIN ? EADDRINUSE : errno;
	close(fd);
	if (err != ECONNREFUSED)
		return -err;
	return unlink(s->addr.un.sun_path) == 0 ? 0 : -errno;
}

static int open_door(struct sockwire *s)
{
	bool is_unix = s->addr.sa.sa_family == AF_UNIX;
	int one = 1, err = is_unix ? clear_path(s) : 0;

	if (err != 0)
		return err;
	s->door = socket(s->addr.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->door < 0)
		return -errno;
	if (!is_unix)
		setsockopt(s->door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(s->door, &s->addr.sa, s->addrlen) != 0)
		return -errno;
	if (is_unix && lstat(s->addr.un.sun_path, &s->made) != 0)
		s->made.st_ino = 0;
	if (listen(s->door, 4) != 0)
		return -errno;
	return loop_fd_add(s->w->b->loop, &s->door_src, s->door, EPOLLIN, on_door, s);
}

static int listen_why(const struct sockwire *s, int err, char *why, size_t size)
{
	snprintf(why, size, "socket:%s: cannot listen: %s%s", s->where, strerror(-err),
	    err == -EADDRINUSE ? "; somebody listens there already" :
	    err == -EEXIST ? " and is no socket; choose another path" :
	    err == -ENOENT ? "; make its directory first" : "");
	return err;
}

/* ------------------------------------------------------------------ the wire */

static void socket_close(struct wire *w)
{
	struct sockwire *s = w->priv;
	struct stat st;

	hang_up(s);
	loop_timer_del(w->b->loop, &s->retry);
	loop_fd_del(w->b->loop, &s->door_src);
	if (s->door >= 0)
		close(s->door);
	if (s->made.st_ino != 0 && lstat(s->addr.un.sun_path, &st) == 0 && st.st_ino == s->made.st_ino &&
	    st.st_dev == s->made.st_dev)
		unlink(s->addr.un.sun_path);
	free(s);
}

static int socket_check(const char *arg, char *why, size_t size)
{
	struct sockwire *s = calloc(1, sizeof(*s));
	int err = s != NULL ? parse(s, arg, why, size) : 0;	/* without memory open() says so */

	free(s);
	return err;
}

static int socket_open(struct wire *w, const char *arg, char *why, size_t size)
{
	struct sockwire *s = calloc(1, sizeof(*s));
	int err;

	if (s == NULL) {
		snprintf(why, size, "socket:%s: out of memory", arg);
		return -ENOMEM;
	}
	s->w = w;
	s->door = s->fd = -1;
	w->priv = s;
	err = parse(s, arg, why, size);
	if (err == 0 && s->listens && (err = open_door(s)) != 0)
		listen_why(s, err, why, size);
	if (err != 0) {
		socket_close(w);
		return err;
	}
	if (!s->listens)	/* not from here: nobody may be told anything before open returned */
		loop_timer_set(w->b->loop, &s->retry, 0, try_connect, s);
	w->up = false;
	str_copy(w->text, sizeof(w->text), s->listens ? "waiting for a peer" : "connecting");
	return 0;
}

static int socket_send(struct wire *w, const void *frame, size_t len)
{
	struct sockwire *s = w->priv;

	if (!s->connected) {
		s->n.tx_away++;
		return -ENETDOWN;
	}
	if (!framing_out_put(&s->out, frame, len)) {
		s->n.tx_full++;
		return -ENOBUFS;
	}
	s->n.tx++;
	if (!s->stuck)
		flush(s);
	return 0;
}

static void socket_each_stat(struct wire *w, tap_stat_fn *fn, void *arg)
{
	const struct sockwire *s = w->priv;

#define X(name, help) fn(arg, #name, s->n.name, help);
	SOCKET_STATS(X)
#undef X
}

const struct wire_ops wire_socket = {
	.name = "socket",
	.args = "PATH|HOST:PORT[,listen]",
	.help = "qemu, passt or another tapd, over a Unix or TCP stream",
	.check = socket_check,
	.open = socket_open,
	.close = socket_close,
	.send = socket_send,
	.each_stat = socket_each_stat,
};
