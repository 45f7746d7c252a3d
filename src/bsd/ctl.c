/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client of tapd's control socket (include/tapd/ctl.h), small enough for other people's programs: it writes the few
 * requests there are and looks into the replies in place.  No JSON library: every allocation and symbol here is the
 * program's too.
 */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "bsd/tapbsd.h"
#include "tapd/ctl.h"

#define REQUEST_SIZE 1024	/* bytes; names, numbers and addresses are short */

/* ------------------------------------------------------------------ reading JSON */

static const char *skip_space(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Behind the string at p; NULL: it does not end. */
static const char *skip_string(const char *p)
{
	for (p++; *p != '\0' && *p != '"'; p++)
		if (*p == '\\' && p[1] != '\0')
			p++;
	return *p == '"' ? p + 1 : NULL;
}

/* Behind the value at p.  Brackets are counted, not matched: the text is from tapd, or it is nonsense of no harm. */
static const char *skip_value(const char *p)
{
	int depth = 0;

	do {
		p = skip_space(p);
		if (*p == '\0')
			return NULL;
		if (*p == '"') {
			p = skip_string(p);
			if (p == NULL)
				return NULL;
		} else if (strchr("{[", *p) != NULL) {
			depth++;
			p++;
		} else if (strchr("}]", *p) != NULL) {
			depth--;
			p++;
		} else if (strchr(",:", *p) != NULL) {
			p++;
		} else {
			p += strcspn(p, ",:]}[{\" \t\r\n");
		}
	} while (depth > 0);
	return depth == 0 ? skip_space(p) : NULL;
}

/* The element behind a value that ends at p; NULL: that was the last. */
static const char *after(const char *p)
{
	return p != NULL && *p == ',' ? skip_space(p + 1) : NULL;
}

const char *tapbsd_json_member(const char *object, const char *key)
{
	size_t len = strlen(key);
	const char *p, *end;

	if (object == NULL || *(object = skip_space(object)) != '{')
		return NULL;
	for (p = skip_space(object + 1); p != NULL && *p == '"'; p = after(skip_value(p))) {
		end = skip_string(p);
		if (end == NULL || *skip_space(end) != ':')
			return NULL;
		if ((size_t)(end - p) == len + 2 && memcmp(p + 1, key, len) == 0)
			return skip_space(skip_space(end) + 1);
		p = skip_space(skip_space(end) + 1);
	}
	return NULL;
}

const char *tapbsd_json_first(const char *array)
{
	if (array == NULL || *(array = skip_space(array)) != '[')
		return NULL;
	array = skip_space(array + 1);
	return *array == ']' || *array == '\0' ? NULL : array;
}

const char *tapbsd_json_next(const char *element)
{
	return element != NULL ? after(skip_value(element)) : NULL;
}

bool tapbsd_json_string(const char *value, char *buf, size_t size)
{
	size_t n = 0;

	if (value == NULL || *value != '"')
		return false;
	for (value++; *value != '"'; value++) {
		if (*value == '\\')
			value++;
		if (*value == '\0' || n + 1 >= size)
			return false;
		buf[n++] = *value;
	}
	buf[n] = '\0';
	return true;
}

long tapbsd_json_number(const char *value)
{
	return value != NULL ? strtol(value, NULL, 10) : 0;
}

/* ------------------------------------------------------------------ the conversation */

static int dial(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const char *path = secure_getenv("TAPD_SOCKET");
	int fd;

	if (path == NULL || path[0] == '\0')
		path = access(TAPD_CTL_SOCKET_TAPRUN, F_OK) == 0 ? TAPD_CTL_SOCKET_TAPRUN : TAPD_CTL_SOCKET;
	if (strlen(path) >= sizeof(sun.sun_path))
		return -ENXIO;
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	close(fd);
	return errno == EACCES || errno == EPERM ? -EPERM : -ENXIO;
}

/* Every byte of it, or -ENXIO: tapd went away; -EINTR: a signal came while nothing had been read. */
static int read_all(int fd, void *buf, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = recv(fd, (char *)buf + got, size - got, 0);

		if (n < 0 && errno == EINTR && got > 0)
			continue;
		if (n <= 0)
			return n < 0 && errno == EINTR ? -EINTR : -ENXIO;
		got += (size_t)n;
	}
	return 0;
}

static int read_message(int fd, char **text)
{
	uint32_t len;
	int err = read_all(fd, &len, sizeof(len));

	*text = NULL;
	if (err < 0)
		return err;
	len = be32toh(len);
	if (len > TAPD_CTL_REPLY_MAX)
		return -ENXIO;
	*text = malloc(len + 1);
	if (*text == NULL)
		return -ENOMEM;
	(*text)[len] = '\0';
	do
		err = read_all(fd, *text, len);
	while (err == -EINTR);
	return err;
}

/* {"version": 1, "args": [...]}, its length in front.  The length of all; 0: a word that cannot be said. */
static size_t compose(char buf[REQUEST_SIZE], const char *const words[], size_t n)
{
	size_t at = 4;
	uint32_t len;

	at += (size_t)snprintf(buf + at, REQUEST_SIZE - at, "{\"version\":%d,\"args\":[", TAPD_CTL_VERSION);
	for (size_t i = 0; i < n; i++) {
		for (const char *p = words[i]; *p != '\0'; p++)
			if (*p < ' ' || *p > '~' || *p == '"' || *p == '\\')
				return 0;
		at += (size_t)snprintf(buf + at, REQUEST_SIZE - at, "%s\"%s\"", i > 0 ? "," : "", words[i]);
		if (at + 3 > REQUEST_SIZE)
			return 0;
	}
	at += (size_t)snprintf(buf + at, REQUEST_SIZE - at, "]}");
	len = htobe32((uint32_t)at - 4);
	memcpy(buf, &len, 4);
	return at;
}

/* The errno of an error in a reply; 0: it has none. */
static int reply_error(const char *text)
{
	char name[32];
	const char *error = tapbsd_json_member(text, "error");

	if (error == NULL)
		return 0;
	if (tapbsd_json_string(tapbsd_json_member(error, "errno"), name, sizeof(name)))
		for (int e = 1; e < 134; e++)
			if (strerrorname_np(e) != NULL && strcmp(strerrorname_np(e), name) == 0)
				return -e;
	return -EINVAL;
}

/* The reply behind any interim ones. */
static int converse(int fd, const char *request, size_t len, char **reply)
{
	int err;

	if (send(fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
		return -ENXIO;
	for (;;) {
		err = read_message(fd, reply);
		if (err < 0 || tapbsd_json_member(*reply, "waiting") == NULL)
			break;
		free(*reply);
	}
	return err < 0 ? err : reply_error(*reply);
}

int tapbsd_ctl(const char *const words[], size_t n, char **reply)
{
	char request[REQUEST_SIZE], *text = NULL;
	size_t len = compose(request, words, n);
	int fd, err;

	if (len == 0)
		return -EINVAL;
	fd = dial();
	if (fd < 0)
		return fd;
	err = converse(fd, request, len, &text);
	close(fd);
	if (err == 0 && reply != NULL)
		*reply = text;
	else
		free(text);
	return err;
}
