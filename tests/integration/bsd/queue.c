/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A BSD program for test_bsdlib.py: kqueue(2) on a tap and on what else a program has.  Given the device (or nothing,
 * for what needs no tap), it prints a line for each event: filter, flags of EV_EOF and EV_ERROR, data.
 */
#include <sys/types.h>
#include <sys/event.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct timespec none = { 0, 0 }, long_time = { 10, 0 };

static int change(int kq, uintptr_t ident, int filter, int flags, unsigned fflags, int64_t data)
{
	struct kevent ev;

	EV_SET(&ev, ident, filter, flags, fflags, data, (void *)0x1234);
	return kevent(kq, &ev, 1, NULL, 0, &none) == 0 ? 0 : -errno;
}

static const char *name(int filter)
{
	static const char *const names[] = { "READ", "WRITE", "AIO", "VNODE", "PROC", "SIGNAL", "TIMER" };

	return filter == EVFILT_USER ? "USER" : names[-filter - 1];
}

/* Up to two events, in one line. */
static void next(const char *what, int kq, const struct timespec *timeout)
{
	struct kevent ev[2];
	int n = kevent(kq, NULL, 0, ev, 2, timeout);

	printf("%s:", what);
	for (int i = 0; i < n; i++)
		printf(" %s%s%s data %d%s", name(ev[i].filter), ev[i].flags & EV_EOF ? " EOF" : "",
		    ev[i].flags & EV_ERROR ? " ERROR" : "", (int)ev[i].data,
		    ev[i].udata == (void *)0x1234 ? "" : " bad udata");
	printf(n == 0 ? " none\n" : n < 0 ? " errno %d\n" : "\n", errno);
}

static int readable(int fd)
{
	struct pollfd pfd = { fd, POLLIN, 0 };

	return poll(&pfd, 1, 0);
}

/* ------------------------------------------------------------------ a tap */

static void on_tap(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK), kq = kqueue();
	char buf[2000];
	int said[2], hold[2], status;

	if (fd == -1 || kq == -1)
		exit(2);
	printf("add %d\n", change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0, 0));
	printf("vnode %d\n", change(kq, (uintptr_t)fd, EVFILT_VNODE, EV_ADD, 0, 0));
	next("empty", kq, &none);
	printf("ready\n");
	next("frame", kq, &long_time);
	printf("kqueue readable %d\n", readable(kq));
	next("still", kq, &none);
	printf("read %d\n", (int)read(fd, buf, sizeof(buf)));
	next("taken", kq, &none);
	printf("kqueue readable %d\n", readable(kq));
	printf("write %d\n", change(kq, (uintptr_t)fd, EVFILT_WRITE, EV_ADD | EV_ONESHOT, 0, 0));
	next("writable", kq, &none);
	next("once", kq, &none);
	printf("clear %d\n", change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD | EV_CLEAR, 0, 0));
	printf("ready\n");
	next("frame", kq, &long_time);
	next("cleared", kq, &none);
	printf("read %d\n", (int)read(fd, buf, sizeof(buf)));
	/* A child has the tap too, so its file stays open: the note goes with the descriptor all the same. */
	printf("level %d\n", change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0, 0));
	if (pipe(said) != 0 || pipe(hold) != 0)
		exit(2);
	if (fork() == 0) {
		printf("child kevent %d\n", change(kq, (uintptr_t)fd, EVFILT_READ, EV_ADD, 0, 0));
		close(hold[1]);
		_exit(write(said[1], "", 1) == 1 && read(hold[0], buf, 1) == 0 ? 0 : 1);
	}
	if (read(said[0], buf, 1) != 1)
		exit(2);
	close(fd);
	printf("ready\n");
	/* The frame is there when the test says so, on a note of its own. */
	change(kq, STDIN_FILENO, EVFILT_READ, EV_ADD, 0, 0);
	next("closed", kq, &long_time);
	printf("done\n");
	close(hold[1]);
	wait(&status);
}

/* ------------------------------------------------------------------ anything else */

static void pipes(int kq)
{
	int fds[2];

	if (pipe(fds) != 0)
		exit(2);
	change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ADD, 0, 0);
	change(kq, (uintptr_t)fds[1], EVFILT_WRITE, EV_ADD | EV_DISABLE, 0, 0);
	next("pipe empty", kq, &none);
	printf("write %d\n", (int)write(fds[1], "hello", 5));
	next("pipe full", kq, &none);
	change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_DISABLE, 0, 0);
	next("pipe disabled", kq, &none);
	change(kq, (uintptr_t)fds[1], EVFILT_WRITE, EV_ENABLE, 0, 0);
	next("pipe writable", kq, &none);
	change(kq, (uintptr_t)fds[1], EVFILT_WRITE, EV_DELETE, 0, 0);
	printf("delete again %d\n", change(kq, (uintptr_t)fds[1], EVFILT_WRITE, EV_DELETE, 0, 0));
	change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_ENABLE | EV_DISPATCH, 0, 0);
	close(fds[1]);
	next("pipe ended", kq, &none);
	close(fds[0]);
	printf("delete closed %d\n", change(kq, (uintptr_t)fds[0], EVFILT_READ, EV_DELETE, 0, 0));
	next("pipe closed", kq, &none);
}

static void files(int kq)
{
	FILE *f = tmpfile();

	fputs("0123456789", f);
	fflush(f);
	lseek(fileno(f), 3, SEEK_SET);
	change(kq, (uintptr_t)fileno(f), EVFILT_READ, EV_ADD, 0, 0);
	next("file", kq, &none);
	change(kq, (uintptr_t)fileno(f), EVFILT_READ, EV_DELETE, 0, 0);
	fclose(f);
}

static void timers(int kq)
{
	printf("timer %d\n", change(kq, 1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, 0, 20));
	next("timer early", kq, &none);
	next("timer", kq, &long_time);
	printf("gone %d\n", change(kq, 1, EVFILT_TIMER, EV_DELETE, 0, 0));
	change(kq, 2, EVFILT_TIMER, EV_ADD, NOTE_NSECONDS, 1000000);
	next("periodic", kq, &long_time);
	change(kq, 2, EVFILT_TIMER, EV_DELETE, 0, 0);
	printf("negative %d\n", change(kq, 3, EVFILT_TIMER, EV_ADD, 0, -1));
}

static volatile sig_atomic_t handled;

static void handler(int signo)
{
	(void)signo;
	handled++;
}

static void signals(int kq)
{
	signal(SIGUSR1, SIG_IGN);
	change(kq, SIGUSR1, EVFILT_SIGNAL, EV_ADD, 0, 0);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR1);
	next("signal", kq, &none);
	next("signal told", kq, &none);
	signal(SIGUSR1, handler);	/* the program's own comes later, and still both see it */
	change(kq, SIGUSR1, EVFILT_SIGNAL, EV_ENABLE, 0, 0);
	kill(getpid(), SIGUSR1);
	next("signal", kq, &none);
	printf("handled %d\n", (int)handled);
	change(kq, SIGUSR1, EVFILT_SIGNAL, EV_DELETE, 0, 0);
}

static void user(int kq)
{
	change(kq, 7, EVFILT_USER, EV_ADD | EV_CLEAR, 0, 0);
	next("user quiet", kq, &none);
	change(kq, 7, EVFILT_USER, 0, NOTE_TRIGGER, 0);
	next("user", kq, &none);
	next("user cleared", kq, &none);
	change(kq, 7, EVFILT_USER, EV_DELETE, 0, 0);
}

static void errors(int kq)
{
	struct kevent ev;
	int n;

	printf("vnode %d\n", change(kq, 0, EVFILT_VNODE, EV_ADD, 0, 0));
	printf("bad descriptor %d\n", change(kq, 999, EVFILT_READ, EV_ADD, 0, 0));
	EV_SET(&ev, 999, EVFILT_READ, EV_ADD, 0, 0, (void *)0x1234);
	n = kevent(kq, &ev, 1, &ev, 1, &none);
	printf("in the list %d %s %d\n", n, ev.flags == EV_ERROR ? "ERROR" : "other", (int)ev.data);
}

static void lifetimes(int kq)
{
	int fds[2], status;

	printf("no kqueue %d\n", change(STDIN_FILENO, 1, EVFILT_TIMER, EV_ADD, 0, 1));
	if (fork() == 0)
		_exit(change(kq, 1, EVFILT_TIMER, EV_ADD, 0, 1) == -EBADF && fcntl(kq, F_GETFD) == -1 ? 0 : 1);
	wait(&status);
	printf("child without it %d\n", status);
	close(kq);
	printf("closed %d\n", change(kq, 1, EVFILT_TIMER, EV_ADD, 0, 1));
	if (pipe(fds) != 0)	/* its number is used again */
		exit(2);
	printf("another descriptor %d\n", change(kq, 1, EVFILT_TIMER, EV_ADD, 0, 1));
}

int main(int argc, char **argv)
{
	int kq;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1) {
		on_tap(argv[1]);
		return 0;
	}
	kq = kqueue();
	pipes(kq);
	files(kq);
	timers(kq);
	signals(kq);
	user(kq);
	errors(kq);
	lifetimes(kq);
	return 0;
}
