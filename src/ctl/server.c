/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket's clients and their messages: see server.h. */
#include "ctl/server.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/util.h"
#include "ctl/frame.h"
#include "ctl/verbs.h"
#include "tapd/ctl.h"

#define CLIENTS_MAX	256
#define PENDING_MAX	(16u << 20)	/* bytes of replies not yet read, over all clients */
#define BURST		16		/* requests of one client before the others have a turn */
#define STRING_(x)	#x
#define STRING(x)	STRING_(x)
#define TRACE_PENDING_MAX (128u << 10)	/* bytes of a trace that its client has not read */
#define ACCEPT_PAUSE	(1000 * LOOP_MS)	/* without accepting, once descriptors ran out */

struct client {
	TAILQ_ENTRY(client) link;	/* ctl::clients, the one quiet for longest first */
	struct ctl *ctl;
	struct loop_fd lfd;
	struct ucred cred;
	bool privileged;
	struct ctl_rx rx;
	struct ctl_tx tx;
	struct tap_destroy destroy;	/* in use while waiting is set */
	struct tap_softc *waiting;	/* the unit whose last close the client waits for */
	struct ctl_trace trace;
	struct tap_observer observer;	/* in use while the client traces */
	uint64_t missed;		/* calls it was not told of: it does not read */
};

struct ctl {
	struct ctl_config cfg;
	struct loop_fd lfd;
	struct loop_timer pause;
	dev_t dev;			/* of the socket in the file system: it may not be ours any more */
	ino_t ino;
	TAILQ_HEAD(, client) clients;
	unsigned nclients;
	unsigned long nbad;		/* malformed messages so far */
};

/* ------------------------------------------------------------------ clients */

static void client_free(struct client *cl)
{
	struct ctl *c = cl->ctl;

	if (cl->waiting)
		tap_unit_destroy_cancel(cl->waiting, &cl->destroy);
	if (cl->observer.call)
		tap_unobserve(c->cfg.env.drv, &cl->observer);
	loop_fd_del(c->cfg.env.loop, &cl->lfd);
	close(cl->lfd.fd);
	ctl_rx_reset(&cl->rx);
	ctl_tx_free(&cl->tx);
	TAILQ_REMOVE(&c->clients, cl, link);
	c->nclients--;
	free(cl);
}

/* A client that waits or traces says nothing more. */
static bool is_listener(const struct client *cl)
{
	return cl->waiting || cl->trace.on;
}

/* Listen for what can come next: room to send, the next request, or, from one that only listens, the end. */
static void client_listen(struct client *cl)
{
	uint32_t events = cl->tx.len > 0 ? EPOLLOUT : is_listener(cl) ? 0 : EPOLLIN;

	loop_fd_mod(cl->ctl->cfg.env.loop, &cl->lfd, events);
}

static size_t pending(const struct ctl *c)
{
	const struct client *cl;
	size_t n = 0;

	TAILQ_FOREACH(cl, &c->clients, link)
		n += cl->tx.len - cl->tx.off;
	return n;
}

/* A malformed message is worth a line the 1st, 2nd, 4th, 8th... time, so that nobody fills the log. */
static void log_bad(struct client *cl, const char *what)
{
	unsigned long n = ++cl->ctl->nbad;

	if ((n & (n - 1)) == 0)
		log_debug("control socket: dropped a client (pid %d, uid %u): %s; %lu so far", (int)cl->cred.pid,
		    (unsigned)cl->cred.uid, what, n);
}

/* ------------------------------------------------------------------ replies */

static char *too_long(size_t *len)
{
	struct ctl_error e;
	json_t *reply;
	char *text;

	ctl_error_set(&e, EMSGSIZE, EXIT_FAIL, "the reply is longer than %d bytes; list the names with: tapctl -l, "
	    "and ask for one at a time", TAPD_CTL_REPLY_MAX);
	reply = ctl_error_reply(&e);
	text = json_dumps(reply, JSON_COMPACT);
	json_decref(reply);
	*len = text ? strlen(text) : 0;
	return text;
}

/* Queue a reply.  Consumes it; NULL stands for out of memory.  0, or -errno: the client cannot be kept. */
static int client_reply(struct client *cl, json_t *reply)
{
	char *text = json_dumps(reply, JSON_COMPACT);
	size_t len = text ? strlen(text) : 0;
	int err = -ENOMEM;

	json_decref(reply);
	if (len > TAPD_CTL_REPLY_MAX) {
		free(text);
		text = too_long(&len);
	}
	if (text && pending(cl->ctl) + len > PENDING_MAX)
		err = -ENOBUFS;
	else if (text)
		err = ctl_tx_put(&cl->tx, text, (uint32_t)len);
	free(text);
	return err;
}

/* Say why, if that can be said without waiting, before the connection ends. */
static void client_refuse(struct client *cl, int err, const char *what)
{
	struct ctl_error e;

	ctl_error_set(&e, err, EXIT_FAIL, "%s", what);
	if (client_reply(cl, ctl_error_reply(&e)) == 0)
		ctl_tx_flush(&cl->tx, cl->lfd.fd);
}

/*
 * The unit a client waited for is gone.  This comes from within tap_close(): only queue the reply.  Without memory for
 * it the connection is shut, and the loop finds it dead.
 */
static void destroy_done(struct tap_destroy *w)
{
	struct client *cl = (struct client *)((char *)w - offsetof(struct client, destroy));

	cl->waiting = NULL;
	if (client_reply(cl, ctl_reply_new()) < 0)
		shutdown(cl->lfd.fd, SHUT_RDWR);
	client_listen(cl);
}

/* ------------------------------------------------------------------ traces */

/* Tell how many calls were not told of, if any and if there is room.  False: there is not. */
static bool tell_missed(struct client *cl)
{
	if (cl->missed > 0 && client_reply(cl, json_pack("{s:i, s:I}", "version", TAPD_CTL_VERSION, "missed",
	    (json_int_t)cl->missed)) < 0)
		return false;
	cl->missed = 0;
	return true;
}

/* A program made a call.  This comes from within it: only queue the message. */
static void trace_call_made(struct tap_observer *o, const struct tap_call *c)
{
	struct client *cl = (struct client *)((char *)o - offsetof(struct client, observer));
	bool idle = cl->tx.len == 0;

	if (!ctl_trace_wants(&cl->trace, c))
		return;
	if (cl->tx.len > TRACE_PENDING_MAX || !tell_missed(cl) || client_reply(cl, ctl_trace_event(c)) < 0)
		cl->missed++;
	if (idle)
		client_listen(cl);
}

static void trace_start(struct client *cl)
{
	cl->observer = (struct tap_observer){ .wants = TAP_SEE_CALLS, .call = trace_call_made };
	tap_observe(cl->ctl->cfg.env.drv, &cl->observer);
}

/* ------------------------------------------------------------------ requests */

/* The words of a request, borrowed from it.  Their number, or -1 and *why: it is none. */
static int request_words(json_t *req, const char *words[TAPD_CTL_WORDS_MAX], const char **why)
{
	json_t *args = json_object_get(req, "args");
	json_t *version = json_object_get(req, "version");
	size_t n = json_array_size(args);

	if (!json_is_integer(version) || json_integer_value(version) != TAPD_CTL_VERSION) {
		*why = "expected a request of \"version\" 1";
		return -1;
	}
	*why = "expected \"args\", an array of at most 256 strings";
	if (!json_is_array(args) || n > TAPD_CTL_WORDS_MAX)
		return -1;
	for (size_t i = 0; i < n; i++) {
		words[i] = json_string_value(json_array_get(args, i));
		if (!words[i])
			return -1;
	}
	return (int)n;
}

/* Words are a client's: what a terminal would act on is not shown. */
static void log_words(const struct client *cl, const char *const *words, size_t n)
{
	char text[256] = "";

	if (log_level() < LOG_DEBUG)
		return;
	for (size_t i = 0; i < n; i++)
		str_format(text + strlen(text), sizeof(text) - strlen(text), " %s", words[i]);
	for (char *p = text; *p != '\0'; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	log_debug("tapctl%s%s", text, cl->privileged ? "" : " (not privileged)");
}

/* Run the words where the client is. */
static json_t *do_request(struct client *cl, json_t *req, const char *const *words, size_t n)
{
	struct ctl_env env = cl->ctl->cfg.env;

	env.trace = &cl->trace;
	env.pid = cl->cred.pid;
	env.cwd = json_string_value(json_object_get(req, "cwd"));
	cl->destroy.done = destroy_done;
	return ctl_do(&env, cl->privileged, words, n, &cl->destroy, &cl->waiting);
}

/* Answer the message in cl->rx.  False: the client has to go. */
static bool handle_request(struct client *cl)
{
	json_t *req = json_loadb(cl->rx.body, cl->rx.len, JSON_REJECT_DUPLICATES, NULL);
	const char *words[TAPD_CTL_WORDS_MAX], *why = "expected a JSON object";
	int n = json_is_object(req) ? request_words(req, words, &why) : -1;
	int err = -EPROTO;

	if (n >= 0) {
		log_words(cl, words, (size_t)n);
		err = client_reply(cl, do_request(cl, req, words, (size_t)n));
	} else {
		log_bad(cl, why);
		client_refuse(cl, EPROTO, why);
	}
	json_decref(req);
	ctl_rx_reset(&cl->rx);
	if (err == 0 && cl->trace.on)
		trace_start(cl);
	return err == 0;
}

/* Read and answer what is there.  False: the client has to go. */
static bool client_read(struct client *cl)
{
	for (int i = 0; i < BURST && !is_listener(cl) && cl->tx.len == 0; i++) {
		int r = ctl_rx_read(&cl->rx, cl->lfd.fd);

		if (r == -EPROTO) {
			log_bad(cl, "bad length of a message");
			client_refuse(cl, EPROTO, "expected a message of 1 to " STRING(TAPD_CTL_REQUEST_MAX) " bytes");
		}
		if (r < 0)
			return false;
		if (r == 0)
			return true;
		if (!handle_request(cl) || ctl_tx_flush(&cl->tx, cl->lfd.fd) < 0)
			return false;
	}
	return true;
}

static void client_event(void *arg, uint32_t events)
{
	struct client *cl = arg;
	bool keep = true;

	TAILQ_REMOVE(&cl->ctl->clients, cl, link);
	TAILQ_INSERT_TAIL(&cl->ctl->clients, cl, link);
	if (events & EPOLLOUT)
		keep = ctl_tx_flush(&cl->tx, cl->lfd.fd) >= 0;
	if (keep && cl->tx.len == 0)
		tell_missed(cl);
	if (keep && events & EPOLLIN)
		keep = client_read(cl);
	else if (events & (EPOLLHUP | EPOLLERR))
		keep = false;
	if (keep)
		client_listen(cl);
	else
		client_free(cl);
}

/* ------------------------------------------------------------------ accepting */

/*
 * All places are taken: the client that has been quiet for longest makes room.  An unprivileged newcomer cannot drive
 * out root, and nobody drives out a waiting destroy.
 */
static bool make_room(struct ctl *c, bool privileged)
{
	struct client *cl;

	TAILQ_FOREACH(cl, &c->clients, link)
		if (!cl->privileged) {
			client_free(cl);
			return true;
		}
	TAILQ_FOREACH(cl, &c->clients, link)
		if (privileged && !cl->waiting) {
			client_free(cl);
			return true;
		}
	return false;
}

/* Consumes fd. */
static void client_new(struct ctl *c, int fd)
{
	struct client *cl = calloc(1, sizeof(*cl));
	socklen_t len = sizeof(struct ucred);

	if (!cl || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cl->cred, &len) < 0)
		goto fail;
	cl->ctl = c;
	cl->privileged = cl->cred.uid == 0 || cl->cred.uid == geteuid();
	cl->rx.max = TAPD_CTL_REQUEST_MAX;
	if (c->nclients >= CLIENTS_MAX && !make_room(c, cl->privileged))
		goto fail;
	if (loop_fd_add(c->cfg.env.loop, &cl->lfd, fd, EPOLLIN, client_event, cl) < 0)
		goto fail;
	TAILQ_INSERT_TAIL(&c->clients, cl, link);
	c->nclients++;
	return;
fail:
	free(cl);
	close(fd);
}

static void accept_again(void *arg)
{
	struct ctl *c = arg;

	loop_fd_mod(c->cfg.env.loop, &c->lfd, EPOLLIN);
}

/* Without descriptors the listening socket would stay ready for ever: look away for a while. */
static void accept_pause(struct ctl *c)
{
	log_warn("control socket: accept: %s; raise the limit of open files", strerror(errno));
	loop_fd_mod(c->cfg.env.loop, &c->lfd, 0);
	loop_timer_set(c->cfg.env.loop, &c->pause, ACCEPT_PAUSE, accept_again, c);
}

static void accept_event(void *arg, uint32_t events)
{
	struct ctl *c = arg;
	int fd = accept4(c->lfd.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		client_new(c, fd);
	else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
		accept_pause(c);
}

/* ------------------------------------------------------------------ the socket */

/* 0 when nothing, or the socket of a tapd that is no more, is at the path; that one is removed. */
static int clear_path(const struct sockaddr_un *sun, char *why, size_t size)
{
	struct stat st;
	int fd, err;

	if (lstat(sun->sun_path, &st) < 0 && errno == ENOENT)
		return 0;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	err = connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) < 0 ? errno : 0;
	close(fd);
	if (err == 0)
		str_format(
		    why, size, "%s: another tapd answers there; stop it, or use another --run-dir", sun->sun_path);
	else if (!S_ISSOCK(st.st_mode))
		str_format(
		    why, size, "%s: exists and is no socket; remove it, or use another --run-dir", sun->sun_path);
	if (err != ECONNREFUSED || !S_ISSOCK(st.st_mode))
		return -EADDRINUSE;
	return unlink(sun->sun_path) < 0 && errno != ENOENT ? -errno : 0;
}

/* Bound and listening; showing is for anyone, so anyone may connect. */
static int open_socket(struct ctl *c, const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)sun, sizeof(*sun)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	if (chmod(sun->sun_path, 0666) == 0 && listen(fd, SOMAXCONN) == 0 && lstat(sun->sun_path, &st) == 0) {
		c->dev = st.st_dev;
		c->ino = st.st_ino;
		return fd;
	}
	err = -errno;
	unlink(sun->sun_path);
	close(fd);
	return err;
}

static int start(struct ctl *c, char *why, size_t size)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, err;

	if (!str_copy(sun.sun_path, sizeof(sun.sun_path), c->cfg.path)) {
		str_format(why, size, "%s: longer than the %zu bytes of a socket's name; use another --run-dir",
		    c->cfg.path, sizeof(sun.sun_path) - 1);
		return -ENAMETOOLONG;
	}
	err = clear_path(&sun, why, size);
	if (err < 0)
		return err;
	fd = open_socket(c, &sun);
	if (fd < 0)
		return fd;
	err = loop_fd_add(c->cfg.env.loop, &c->lfd, fd, EPOLLIN, accept_event, c);
	if (err < 0) {
		unlink(c->cfg.path);
		close(fd);
	}
	return err;
}

struct ctl *ctl_new(const struct ctl_config *cfg, char *why, size_t size)
{
	struct ctl *c = calloc(1, sizeof(*c));
	int err = -ENOMEM;

	if (size > 0)
		why[0] = '\0';
	if (c) {
		c->cfg = *cfg;
		TAILQ_INIT(&c->clients);
		err = start(c, why, size);
	}
	if (err >= 0)
		return c;
	if (size > 0 && why[0] == '\0')
		str_format(
		    why, size, "%s: %s; check its directory, or use another --run-dir", cfg->path, strerror(-err));
	free(c);
	return NULL;
}

void ctl_free(struct ctl *c)
{
	struct stat st;

	if (!c)
		return;
	while (!TAILQ_EMPTY(&c->clients))
		client_free(TAILQ_FIRST(&c->clients));
	loop_timer_del(c->cfg.env.loop, &c->pause);
	loop_fd_del(c->cfg.env.loop, &c->lfd);
	close(c->lfd.fd);
	if (lstat(c->cfg.path, &st) == 0 && st.st_dev == c->dev && st.st_ino == c->ino)
		unlink(c->cfg.path);
	free(c);
}
