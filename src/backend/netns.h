/* SPDX-License-Identifier: BSD-2-Clause */
/* Network namespaces of other processes: which one a process is in, entering it for a moment, and whether it still lives. */
#ifndef TAPD_BACKEND_NETNS_H
#define TAPD_BACKEND_NETNS_H

#include <stdbool.h>
#include <sys/types.h>

struct netns {
	int fd;				/* of /proc/PID/ns/net; -1: our own */
	dev_t dev;
	ino_t ino;
};

/* The one pid is in; our own for 0 and for a process that /proc does not show.  To be closed. */
void netns_of(pid_t pid, struct netns *ns);
void netns_close(struct netns *ns);
bool netns_same(const struct netns *a, const struct netns *b);

/* Between the two the thread is in ns, and what it opens belongs there.  netns_enter(): 0, or -errno and nothing changed. */
int netns_enter(const struct netns *ns, int *home);
void netns_leave(int home);

/* Does any process but us, or a mount such as ip-netns(8) makes, still have it?  Reads all of /proc. */
bool netns_alive(const struct netns *ns);

#endif
