/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a FUSE request to a call of tap/tap.h and back: what cuse.c and fuse.c have in common.  CUSE speaks the FUSE
 * protocol, so both get the same requests; they differ in how a device comes to be and in what its open is answered with.
 *
 * Only these two files include this one.
 */
#ifndef TAPD_CDEV_REQUEST_H
#define TAPD_CDEV_REQUEST_H

#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>
#include <sys/queue.h>

#include "cdev/cdev.h"

/* One open file description of one session; fi->fh points to it. */
struct cdev_file {
	struct tap_file tap;
	struct fuse_pollhandle *ph;	/* whom to wake, or NULL; ours to free, once */
	TAILQ_ENTRY(cdev_file) link;	/* cdev_session::files */
};

/* A connection to the kernel, served from the loop. */
struct cdev_session {
	struct fuse_session *se;
	struct loop *loop;
	struct loop_fd src;
	struct fuse_buf *buf;		/* shared by all sessions of a transport */
	bool busy, dead;		/* within a request; to be freed after it */
	TAILQ_HEAD(, cdev_file) files;
	void (*gone)(void *arg);	/* the kernel ended the connection; the session is freed after this */
	void *arg;
};

/* Serve se, whose channel is fd.  Consumes both, also on failure.  0 or -errno. */
int cdev_session_init(struct cdev_session *s, struct loop *loop, struct fuse_session *se, int fd, struct fuse_buf *buf,
    void (*gone)(void *arg), void *arg);
/* Handle what is ready now.  Level-triggered: a limit on one turn keeps the others served. */
void cdev_session_run(struct cdev_session *s);
/*
 * End it: the files left are closed.  Within a request of s itself the end comes after that request: freed(arg) is
 * called when s may be freed.
 */
void cdev_session_fini(struct cdev_session *s, void (*freed)(void *arg));

/*
 * The file of an open with these flags, or NULL and *err.  The caller replies, and calls cdev_file_free() if nobody got
 * the reply.
 */
struct cdev_file *cdev_file_open(struct cdev_session *s, struct tap_driver *drv, const struct tap_node *node,
    fuse_req_t req, int flags, int *err);
void cdev_file_free(struct cdev_session *s, struct cdev_file *f);

/* Requests on an open file; each replies. */
void cdev_read(fuse_req_t req, size_t size, off_t off, struct fuse_file_info *fi);
void cdev_write(fuse_req_t req, const char *buf, size_t size, off_t off, struct fuse_file_info *fi);
void cdev_ioctl(fuse_req_t req, unsigned cmd, void *arg, struct fuse_file_info *fi, unsigned flags, const void *in_buf,
    size_t in_size, size_t out_size);
void cdev_poll(fuse_req_t req, struct fuse_file_info *fi, struct fuse_pollhandle *ph);
void cdev_release(struct cdev_session *s, fuse_req_t req, struct fuse_file_info *fi);

#endif
