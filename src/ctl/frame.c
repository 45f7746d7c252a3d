/* SPDX-License-Identifier: BSD-2-Clause */
/* Length-framed messages over a stream socket: the reading and the writing half, see frame.h. */
#include "ctl/frame.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Up to n bytes to dst.  The count, 0 when it would block, or -errno; the end of the stream is -ECONNRESET. */
static ssize_t read_some(int fd, void *dst, size_t n)
{
	for (;;) {
		ssize_t got = read(fd, dst, n);

		if (got > 0)
			return got;
		if (got == 0)
			return -ECONNRESET;
		if (errno == EAGAIN)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
}

/* The head is complete: check the length, make room. */
static int start_body(struct ctl_rx *rx)
{
	uint32_t len;

	memcpy(&len, rx->head, sizeof(len));
	rx->len = ntohl(len);
	if (rx->len == 0 || rx->len > rx->max)
		return -EPROTO;
	rx->body = malloc(rx->len + 1);
	if (!rx->body)
		return -ENOMEM;
	rx->body[rx->len] = '\0';
	return 0;
}

int ctl_rx_read(struct ctl_rx *rx, int fd)
{
	for (;;) {
		bool head = rx->have < CTL_HEAD;
		size_t at = head ? rx->have : rx->have - CTL_HEAD;
		size_t want = (head ? CTL_HEAD : rx->len) - at;
		ssize_t n;
		int r;

		if (want == 0)
			return 1;
		n = read_some(fd, head ? (char *)rx->head + at : rx->body + at, want);
		if (n <= 0)
			return (int)n;
		rx->have += n;
		if (rx->have == CTL_HEAD && (r = start_body(rx)) < 0)
			return r;
	}
}

void ctl_rx_reset(struct ctl_rx *rx)
{
	free(rx->body);
	rx->body = NULL;
	rx->have = 0;
	rx->len = 0;
}

int ctl_tx_put(struct ctl_tx *tx, const void *msg, uint32_t len)
{
	uint32_t head = htonl(len);
	char *buf = realloc(tx->buf, tx->len + CTL_HEAD + len);

	if (!buf)
		return -ENOMEM;
	tx->buf = buf;
	memcpy(buf + tx->len, &head, CTL_HEAD);
	memcpy(buf + tx->len + CTL_HEAD, msg, len);
	tx->len += CTL_HEAD + len;
	return 0;
}

int ctl_tx_flush(struct ctl_tx *tx, int fd)
{
	while (tx->off < tx->len) {
		ssize_t n = send(fd, tx->buf + tx->off, tx->len - tx->off, MSG_NOSIGNAL);

		if (n >= 0)
			tx->off += n;
		else if (errno == EAGAIN)
			return 0;
		else if (errno != EINTR)
			return -errno;
	}
	ctl_tx_free(tx);
	return 1;
}

void ctl_tx_free(struct ctl_tx *tx)
{
	free(tx->buf);
	*tx = (struct ctl_tx){0};
}
