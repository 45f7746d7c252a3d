/* SPDX-License-Identifier: BSD-2-Clause */
/* Telling the service manager: sd_notify(3)'s protocol, and a descriptor to write a newline to (s6's way). */
#ifndef TAPD_BASE_NOTIFY_H
#define TAPD_BASE_NOTIFY_H

/* state: "READY=1", "STOPPING=1"...  Nothing happens when nobody asked (no NOTIFY_SOCKET). */
void notify_manager(const char *state);
/* Writes a newline to fd and closes it; fd -1 is nobody. */
void notify_ready_fd(int fd);

#endif
