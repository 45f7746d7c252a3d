/* SPDX-License-Identifier: BSD-2-Clause */
/* A backend for tests: interfaces that live in this process, and the host's hand on one of them. */
#ifndef TAPD_TESTS_NET_H
#define TAPD_TESTS_NET_H

#include "tap/tap.h"

extern const struct tap_net_ops net_ops;	/* no context */

void net_fini(void);				/* forget the frames; after the driver's end */
#define NET_NOBUFS 4242	/* a frame of this length is one for which it has no buffer */
int net_attach_host(const char *ifname);	/* the interface of the next two calls; -ENODEV */
int net_host_send(const void *frame, size_t len);	/* -ENETDOWN while it is not up */
ssize_t net_host_recv(void *buf, size_t size);	/* what a program wrote; -EAGAIN */
struct tap_softc *net_unit(unsigned i);		/* the i-th attached one, or NULL */

#endif
