/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux's side of CUSE, played over a socketpair: devices, open file descriptions, requests and their answers.  It does
 * what fs/fuse does with them (ioctl retry, interrupts, poll notification) and nothing of the device.
 */
#ifndef TAPD_TESTS_KERNEL_H
#define TAPD_TESTS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/loop.h"

struct kfile;			/* an open file description */

/* A request sent and perhaps answered. */
struct kreq {
	uint64_t unique;	/* 0: not in use */
	bool done;
	int error;		/* 0 or -errno */
	size_t len;
	uint8_t *data;		/* the answer, malloc'ed */
	struct kfile *file;
};

void kernel_init(struct loop *l);
void kernel_fini(void);				/* all channels closed, all files forgotten */
int kernel_channel(void *ctx);			/* cdev_config.open_channel: the daemon's end */
void kernel_pump(void);				/* let the daemon handle what is ready */
void kernel_uid(unsigned uid);			/* of the requests from now on */

int kernel_open(const char *name, int oflags, struct kfile **fp);
void kernel_ref(struct kfile *f);
int kernel_unref(struct kfile *f);		/* the last one sends the release */
int *kernel_flags(struct kfile *f);		/* f_flags */
ssize_t kernel_read(struct kfile *f, void *buf, size_t len);
ssize_t kernel_write(struct kfile *f, const void *buf, size_t len);
int kernel_ioctl(struct kfile *f, uint32_t cmd, void *arg);
int kernel_poll(struct kfile *f, int events, bool sleeping);
bool kernel_poll_woken(struct kfile *f);	/* since the last sleeping poll */

int kernel_read_start(struct kfile *f, size_t len, struct kreq **rp);
int kernel_interrupt(struct kreq *r);
/* Waits for the answer: bytes, or -errno; -ETIMEDOUT when the daemon has nothing more to do and did not answer. */
ssize_t kernel_read_done(struct kreq *r, void *buf, size_t size);

/* For fuzzing: a request as it is, but that the file's handle goes to its first eight bytes.  Its answer is dropped. */
void kernel_message(struct kfile *f, uint32_t opcode, uint64_t unique, void *body, size_t len);

#endif
