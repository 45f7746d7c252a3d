/* SPDX-License-Identifier: BSD-2-Clause */
/* Talking to tapd: one connection, one request, its reply.  Blocking; a human waits on the other side. */
#include "tapctl/tapctl.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/util.h"
#include "ctl/frame.h"
#include "tapd/ctl.h"

#define PATIENCE 300		/* ms of silent waiting for a device to be closed */

static int connect_fail(const char *path, bool quiet, int err)
{
	const char *hint = err == ENOENT || err == ECONNREFUSED ? "; is tapd running? start it with: tapd" : "";

	if (!quiet)
		fprintf(stderr, "tapctl: %s: %s%s\n", path, strerror(err), hint);
	return err == EACCES || err == EPERM ? EXIT_PERM : EXIT_UNAVAILABLE;
}

int client_connect(const char *path, bool quiet, int *status)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (!str_copy(sun.sun_path, sizeof(sun.sun_path), path)) {
		*status = connect_fail(path, quiet, ENAMETOOLONG);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	*status = connect_fail(path, quiet, errno);
	if (fd >= 0)
		close(fd);
	return -1;
}

int client_send(int fd, const char *const *words, size_t n)
{
	struct ctl_tx tx = { 0 };
	json_t *args = json_array();
	char *text, cwd[PATH_MAX];
	int err = -ENOMEM;

	for (size_t i = 0; i < n; i++)
		if (json_array_append_new(args, json_string(words[i])) < 0) {
			json_decref(args);
			return -EILSEQ;
		}
	args = json_pack("{s:i, s:o, s:s*}", "version", TAPD_CTL_VERSION, "args", args, "cwd", getcwd(cwd, sizeof(cwd)));
	text = json_dumps(args, JSON_COMPACT);
	json_decref(args);
	if (text && strlen(text) > TAPD_CTL_REQUEST_MAX)
		err = -E2BIG;
	else if (text)
		err = ctl_tx_put(&tx, text, (uint32_t)strlen(text));
	if (err == 0)
		err = ctl_tx_flush(&tx, fd);
	ctl_tx_free(&tx);
	free(text);
	return err < 0 ? err : 0;
}

int client_receive(int fd, json_t **msg)
{
	struct ctl_rx rx = { .max = TAPD_CTL_REPLY_MAX };
	int err = ctl_rx_read(&rx, fd);

	*msg = err == 1 ? json_loadb(rx.body, rx.len, 0, NULL) : NULL;
	ctl_rx_reset(&rx);
	if (err >= 0 && json_is_object(*msg))
		return 0;
	json_decref(*msg);
	*msg = NULL;
	return err < 0 ? err : -EPROTO;
}

/* tapd waits for a device to be closed: say so, unless that happens in a moment. */
static void tell_waiting(int fd, json_t *waiting)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	json_int_t pid = json_integer_value(json_array_get(json_object_get(waiting, "opened_by"), 0));
	const char *name = json_string_value(json_object_get(waiting, "name"));

	if (poll(&p, 1, PATIENCE) != 0)
		return;
	fprintf(stderr, "%s: %s is open by PID %lld; waiting for it to close (interrupt to give up)\n",
	    program_invocation_short_name, name ? name : "the device", (long long)pid);
}

int client_exchange(int fd, const char *const *words, size_t n, json_t **reply)
{
	int err = client_send(fd, words, n);
	json_t *waiting;

	/* A tapd that has no room for us closes, and may do so before it reads: what it said is still to be read. */
	if (err == 0 || err == -EPIPE)
		err = client_receive(fd, reply);
	if (err == 0 && (waiting = json_object_get(*reply, "waiting"))) {
		tell_waiting(fd, waiting);
		json_decref(*reply);
		err = client_receive(fd, reply);
	}
	return err;
}

int client_fail(const char *path, int err)
{
	fprintf(stderr, "tapctl: %s: %s\n", path,
	    err == -ECONNRESET ? "tapd closed the connection; it ended or is busy: "
				 "try again"
			       : strerror(-err));
	return err == -ECONNRESET ? EXIT_UNAVAILABLE : EXIT_FAIL;
}

int client_ask(int fd, const char *path, const char *const *words, size_t n, json_t **reply)
{
	int err = client_exchange(fd, words, n, reply);

	return err == 0 ? EXIT_OK : client_fail(path, err);
}
