/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What both benchmarks stand on: a network and a mount namespace of their own, a tapd in it and its control socket,
 * the host's side of an interface.  It measures nothing.
 *
 * Everything made here is gone when the process and its children are: the namespaces end with them, tmpfs on RIG_DIR
 * and mounts included.  Errors end the program, with a sentence: status 1, or 77 where this machine cannot do it.
 */
#ifndef TAPD_TESTS_BENCH_RIG_H
#define TAPD_TESTS_BENCH_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RIG_DIR		"/run"		/* a tmpfs of ours; nothing that we need lives there */
#define RIG_ETHERTYPE	0x88b5		/* IEEE 802 local experimental: nobody else's frames are counted */
#define RIG_HDRLEN	14		/* bytes of Ethernet header */

struct rig_tapd {
	pid_t pid;
	int ctl;			/* connection to its control socket */
	const char *dev_dir;		/* where its devices are */
};

void rig_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void rig_skip(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Into new namespaces, without IPv6 in them, so that the host says nothing by itself.  It all ends in `limit` s. */
void rig_enter(unsigned limit);
/* "cuse" or "fuse": the one wanted, or for "auto" what tapd would take.  Skips when the machine has it not. */
const char *rig_transport(const char *want);

/*
 * A child that calls fn and exits with what it returns; it gets SIGTERM when we end first.  Returns once the child
 * wrote to the descriptor it is given; fails when it does not within 20 s.
 */
pid_t rig_spawn(int (*fn)(void *arg, int ready_fd), void *arg);
void rig_end(pid_t pid);		/* SIGTERM, and wait */

/* A tapd whose units are called PREFIXtapN. */
void rig_tapd_start(struct rig_tapd *t, const char *bin, const char *transport, const char *prefix, unsigned spin_us);
void rig_tapd_stop(struct rig_tapd *t);
/* tapctl A B (B may be NULL): fails unless tapd did it. */
void rig_ctl(const struct rig_tapd *t, const char *a, const char *b);
int rig_tapd_open(const struct rig_tapd *t, const char *name);	/* the device NAME, blocking */

/* A TAP of the kernel's: its descriptor, blocking.  The interface is up. */
int rig_native_tap(const char *ifname);
bool rig_is_up(const char *ifname);

/* The host's side: a packet socket on the interface, or on all when ifname is NULL. */
int rig_host(const char *ifname);
void rig_host_send(int host, const void *frame, size_t len);
/* How many frames came in since the last call. */
unsigned rig_host_count(int host);
/* A broadcast frame of RIG_ETHERTYPE. */
void rig_frame(uint8_t *frame, size_t len);

uint64_t rig_now(void);			/* ns */
uint64_t rig_cpu(pid_t pid);		/* ns of processor time of a process; 0 for pid 0 */

#endif
