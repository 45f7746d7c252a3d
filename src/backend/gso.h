/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host leaves to its network card, done here: checksums, and cutting long TCP segments into frames.  Frames only;
 * no descriptor, no wire.  IPv4 and IPv6, TCP and UDP, behind up to two VLAN tags; what is none of these is left alone.
 */
#ifndef TAPD_BACKEND_GSO_H
#define TAPD_BACKEND_GSO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tap/tap.h"

typedef void gso_emit_fn(void *arg, const void *frame, size_t len);

/*
 * Do what the virtio header (struct virtio_net_hdr, host byte order) says is left to do and emit the frames that come
 * of it, in order.  -EINVAL: the header does not fit the frame, or asks for what nobody does (UDP fragmentation);
 * nothing was emitted.
 */
int gso_finish(const uint8_t vnet[TAP_VNET_LEN], const void *frame, size_t len, gso_emit_fn *emit, void *arg);

/*
 * A frame that a local sender left to its card to complete has only the pseudo header's sum where its checksum belongs.
 * Recognized by exactly that, and completed in place.  True: it was such a frame.
 */
bool gso_complete(void *frame, size_t len);

/*
 * Cut a TCP segment longer than mtu (bytes above the Ethernet header and tags) into frames that fit, and emit them.
 * -EMSGSIZE: too long and no such segment; nothing was emitted.
 */
int gso_split(const void *frame, size_t len, unsigned mtu, gso_emit_fn *emit, void *arg);

#endif
