/* SPDX-License-Identifier: BSD-2-Clause */
/* A process of its own for a wire's library: see helper.h. */
#include "backend/helper.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"

#define RETRY		(1000 * LOOP_MS)	/* from the end of one to the start of the next */
#define BATCH		64			/* frames of a wire, then the others */
#define END_WAIT	100			/* ms one gets to leave its network in order */
#define WORD_WAIT	2000			/* ms for its first word, which needs nothing but this machine */

/* ------------------------------------------------------------------ in the helper */

/* A message shorter than a frame is an errno: 0 it works, else why it ends. */
static void tell(int fd, int error)
{
	send(fd, &error, sizeof(error), MSG_NOSIGNAL);
}

void helper_ready(int fd)
{
	tell(fd, 0);
}

bool helper_pass(int fd, const void *frame, size_t len)
{
	ssize_t n;

	do {
		n = send(fd, frame, len, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n >= 0;
}

/* It keeps the standard descriptors and fd, and signals at tapd are not for it: tapd hangs up when it ends. */
static void settle(int fd, pid_t parent)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	sigset_t none;

	if (fd > 3)
		close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0u, 0);
	for (size_t i = 0; i < NELEM(ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_NAME, "tapd-helper");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

static _Noreturn void live(struct helper *h, int fd, pid_t parent)
{
	int error;

	settle(fd, parent);
	error = h->run(h, fd);
	if (error != 0)
		tell(fd, error);
	_exit(0);
}

/* ------------------------------------------------------------------ in tapd */

static void start(void *arg);

/* Its last words are a string, whatever it wrote. */
static void close_text(struct helper *h)
{
	h->shared->text[sizeof(h->shared->text) - 1] = '\0';
}

/* It is gone after this: the signal it died by, or 0. */
static int end(struct helper *h)
{
	struct pollfd p = { .fd = h->fd };
	int status, options = 0;

	if (h->fd < 0)
		return 0;
	loop_fd_del(h->w->b->loop, &h->src);
	shutdown(h->fd, SHUT_WR);
	if (poll(&p, 1, END_WAIT) != 1 && kill(h->pid, SIGKILL) != 0)
		options = WNOHANG;		/* it has other ids and we lack CAP_KILL: it cannot be waited for */
	close(h->fd);
	h->fd = -1;
	if (waitpid(h->pid, &status, options) != h->pid)
		return 0;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void ended(struct helper *h)
{
	int signo = end(h);

	close_text(h);
	h->say(h, h->error, signo);
	loop_timer_set(h->w->b->loop, &h->retry, RETRY, start, h);
}

/* One message.  False: none is there now, or it ended. */
static bool take_message(struct helper *h)
{
	uint8_t frame[WIRE_FRAME_MAX];
	ssize_t n = recv(h->fd, frame, sizeof(frame), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		ended(h);
		return false;
	}
	if (n >= TAP_HDRLEN) {
		h->rx++;
		wire_recv(h->w, frame, n);
	} else if (n == sizeof(h->error)) {
		memcpy(&h->error, frame, sizeof(h->error));
		if (h->error == 0)
			h->say(h, 0, 0);
	}
	return true;
}

static void on_messages(void *arg, uint32_t events)
{
	for (int i = 0; i < BATCH && take_message(arg); i++)
		;
}

static int fork_it(struct helper *h)
{
	pid_t parent = getpid();
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return -errno;
	h->shared->text[0] = '\0';
	h->pid = fork();
	if (h->pid == 0)
		live(h, fds[1], parent);
	close(fds[1]);
	if (h->pid < 0) {
		close(fds[0]);
		return -errno;
	}
	h->fd = fds[0];
	h->error = ECONNRESET;		/* if it dies without a word */
	h->starts++;
	return loop_fd_add(h->w->b->loop, &h->src, h->fd, EPOLLIN, on_messages, h);
}

static void start(void *arg)
{
	struct helper *h = arg;
	int err = fork_it(h);

	if (err == 0)
		return;
	h->error = -err;
	ended(h);
}

void helper_start_soon(struct helper *h)
{
	loop_timer_set(h->w->b->loop, &h->retry, 0, start, h);
}

int helper_start_now(struct helper *h)
{
	int err = fork_it(h);
	struct pollfd p = { .fd = h->fd, .events = POLLIN };

	if (err != 0)
		return err;
	if (poll(&p, 1, WORD_WAIT) != 1)
		return -ETIMEDOUT;
	if (recv(h->fd, &err, sizeof(err), MSG_DONTWAIT) != sizeof(err))
		return -ECONNRESET;
	close_text(h);
	return -err;
}

int helper_init(struct helper *h)
{
	void *p = mmap(NULL, sizeof(*h->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	h->fd = -1;
	h->shared = p != MAP_FAILED ? p : NULL;
	return p != MAP_FAILED ? 0 : -errno;
}

void helper_close(struct helper *h)
{
	loop_timer_del(h->w->b->loop, &h->retry);
	end(h);
	if (h->shared != NULL)
		munmap(h->shared, sizeof(*h->shared));
}

int helper_send(struct helper *h, const void *frame, size_t len)
{
	if (!h->w->up) {
		h->tx_away++;
		return -ENETDOWN;
	}
	if (send(h->fd, frame, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		h->tx_full++;
		return -ENOBUFS;
	}
	h->tx++;
	return 0;
}

void helper_each_stat(const struct helper *h, tap_stat_fn *fn, void *arg)
{
	fn(arg, "rx", h->rx, "frames that came from the network");
	fn(arg, "tx", h->tx, "frames passed on to it");
	fn(arg, "tx_away", h->tx_away, "frames dropped because the network was not there");
	fn(arg, "tx_full", h->tx_full, "frames dropped because the network took none and the queue to it was full");
	fn(arg, "starts", h->starts, "processes started for it");
}
