/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages on a stream: a big-endian length and so many bytes.  It knows nothing of what a message says, and works the
 * same on blocking and nonblocking sockets.
 */
#ifndef TAPD_CTL_FRAME_H
#define TAPD_CTL_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define CTL_HEAD	4	/* bytes of the length */

/* What came in so far.  Zero it and set max before use. */
struct ctl_rx {
	uint32_t max;		/* bytes of the longest message taken */
	uint8_t head[CTL_HEAD];
	size_t have;		/* bytes read, head included */
	uint32_t len;		/* bytes of the message, once the head is complete */
	char *body;		/* the message; NUL-terminated for convenience */
};

/*
 * Read on, never beyond the message's end.  1: rx->body holds a message of rx->len bytes, until ctl_rx_reset().
 * 0: nothing more to read now.  -ECONNRESET: the peer is gone, between messages or in one; -EPROTO: a length of 0 or
 * above max; -ENOMEM; else read(2)'s.
 */
int ctl_rx_read(struct ctl_rx *rx, int fd);
/* Forget the message and be ready for the next; also frees everything. */
void ctl_rx_reset(struct ctl_rx *rx);

/* What is still to go out.  Zero it before use. */
struct ctl_tx {
	char *buf;
	size_t len, off;	/* bytes held; of those, sent */
};

/* Append a message of len bytes.  0 or -ENOMEM, and then nothing was appended. */
int ctl_tx_put(struct ctl_tx *tx, const void *msg, uint32_t len);
/* Send on, without SIGPIPE.  1: all is gone.  0: the socket is full.  Else send(2)'s -errno. */
int ctl_tx_flush(struct ctl_tx *tx, int fd);
void ctl_tx_free(struct ctl_tx *tx);

#endif
