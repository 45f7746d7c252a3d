/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control socket: it accepts clients, knows who they are, and carries their requests to verbs.h and the replies
 * back.  The protocol is include/tapd/ctl.h.  Nothing a client sends or fails to read can block tapd, or cost more
 * than that client's connection.
 */
#ifndef TAPD_CTL_SERVER_H
#define TAPD_CTL_SERVER_H

#include <stddef.h>

#include "ctl/verbs.h"

/* Strings and pointers are borrowed and must outlive the server. */
struct ctl_config {
	const char *path;		/* of the socket; its directory must exist */
	struct ctl_env env;		/* where commands run; its loop is the server's too */
};

struct ctl;

/* Listen.  NULL: why (size bytes) holds a sentence for a person.  A dead tapd's socket is replaced, nothing else is. */
struct ctl *ctl_new(const struct ctl_config *cfg, char *why, size_t size);
/* Drop the clients, take back their waiting destroys, remove the socket.  Before tap_driver_fini().  NULL is harmless.
 */
void ctl_free(struct ctl *c);

#endif
