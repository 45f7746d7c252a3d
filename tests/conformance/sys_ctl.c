/* SPDX-License-Identifier: BSD-2-Clause */
/* The controls of the tapd under test, over its socket.  What a reply says is reply.c's. */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tapd/ctl.h"
#include "tests/conformance/reply.h"
#include "tests/conformance/sys.h"

static int sock = -1;

int sys_ctl_open(const char *socket_path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct timeval limit = { 2 * WAIT_MS / 1000, 0 };

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", socket_path);
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0 || connect(sock, (struct sockaddr *)&sun, sizeof(sun)) != 0)
		return -errno;
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return 0;
}

void sys_ctl_close(void)
{
	if (sock >= 0)
		close(sock);
	sock = -1;
}

static int recv_all(void *buf, size_t len)
{
	ssize_t n = recv(sock, buf, len, MSG_WAITALL);

	return n == (ssize_t)len ? 0 : n < 0 ? -errno : -ECONNRESET;
}

/* The next reply; NULL and *err when there is none. */
static json_t *receive(int *err)
{
	uint32_t len;
	char *text;
	json_t *reply = NULL;

	*err = recv_all(&len, sizeof(len));
	if (*err != 0)
		return NULL;
	len = ntohl(len);
	text = len <= TAPD_CTL_REPLY_MAX ? malloc(len) : NULL;
	*err = text != NULL ? recv_all(text, len) : -EMSGSIZE;
	if (*err == 0 && (reply = json_loadb(text, len, 0, NULL)) == NULL)
		*err = -EBADMSG;
	free(text);
	return reply;
}

static int send_request(json_t *args)
{
	json_t *request = json_pack("{s:i, s:O}", "version", TAPD_CTL_VERSION, "args", args);
	char *text = json_dumps(request, JSON_COMPACT);
	uint32_t len = htonl(strlen(text));
	int err = 0;

	if (send(sock, &len, sizeof(len), MSG_NOSIGNAL) < 0 || send(sock, text, strlen(text), MSG_NOSIGNAL) < 0)
		err = -errno;
	free(text);
	json_decref(request);
	return err;
}

/* One request and its final reply.  Consumes args. */
static json_t *call(json_t *args, int *err)
{
	json_t *reply = NULL;

	*err = sock >= 0 ? send_request(args) : -ENOTCONN;
	json_decref(args);
	while (*err == 0) {
		reply = receive(err);
		if (reply == NULL || json_object_get(reply, "waiting") == NULL)
			break;
		json_decref(reply);
	}
	return reply;
}

/* One request and its final reply; NULL and *err when there is none. */
static json_t *call_line(const char *line, int *err)
{
	return call(reply_words(line), err);
}

int sys_ctl(struct dut *d, const char *line, char *out, size_t size)
{
	int err;
	json_t *reply = call_line(line, &err);

	if (reply != NULL)
		err = reply_text(reply, out, size);
	json_decref(reply);
	return err;
}

int sys_ctl_destroy_all(void)
{
	char line[64], out[256];
	int err;
	json_t *reply = call_line("-l", &err), *name;
	size_t i;

	json_array_foreach(json_object_get(reply, "names"), i, name) {
		snprintf(line, sizeof(line), "%s destroy", json_string_value(name));
		err = sys_ctl(NULL, line, out, sizeof(out));
		if (err != 0)
			break;
	}
	json_decref(reply);
	return err;
}

int sys_query(struct dut *d, const char *unit, struct ustate *u)
{
	int err;
	json_t *reply = call_line(unit, &err);

	reply_unit(reply, u);
	json_decref(reply);
	return err;
}
