/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recording a unit to a pcapng file: each frame with its direction and, where it was dropped, the counter it went to;
 * each ioctl, open and close as a comment.  A full disk ends the recording, never the traffic.
 */
#ifndef TAPD_SEE_RECORD_H
#define TAPD_SEE_RECORD_H

#include "base/loop.h"
#include "tap/tap.h"

struct record_info {
	const char *path;
	uint64_t frames;		/* recorded */
	uint64_t bytes;			/* of the file by now */
	uint64_t lost;			/* frames that are not in the file because of the error */
	const char *error;		/* why it stopped, or NULL: it goes on */
};

/* All recordings of one tapd; at most one a unit.  NULL: no memory. */
struct record *record_new(struct tap_driver *drv, struct loop *l);
void record_free(struct record *r);	/* flushes and closes all */
/*
 * Consumes fd, a file open for writing; what is in it is thrown away.  -EBUSY: the unit is recorded already, or another
 * is recorded to this file; -EINVAL: it is no regular file; -errno.  why always says it.
 */
int record_start(struct record *r, struct tap_softc *sc, int fd, const char *path, char *why, size_t size);
/* 0; -ENOENT: it is not recorded; -errno: it is over, but the file could not be written, now or before. */
int record_stop(struct record *r, struct tap_softc *sc);
/*
 * From now on every unit is recorded from the first that is seen of it: the first unit to path, and the next ones, or one
 * that was made again, to path-2, path-3 and so on (before an extension).  -errno: path cannot be written.
 */
int record_all(struct record *r, const char *path);
bool record_get(const struct record *r, const struct tap_softc *sc, struct record_info *i);

#endif
