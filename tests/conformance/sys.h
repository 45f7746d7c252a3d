/* SPDX-License-Identifier: BSD-2-Clause */
/* What dut_sys.c has from sys_daemon.c (the tapd it runs) and sys_ctl.c (talking to its control socket). */
#ifndef TAPD_TESTS_SYS_H
#define TAPD_TESTS_SYS_H

#include "tests/conformance/dut.h"

/* START_* of dut.h.  Enters new namespaces, so only once a process. */
int sys_daemon_start(const char *transport, const char *tapd);
/* As dut_ops.reset.  A tapd that died is reported and started again, and so is one of another setup. */
int sys_daemon_reset(const struct setup *s);
int sys_daemon_stop(void);		/* the number of things left behind, each printed */
void sys_daemon_kill(void);		/* with SIGKILL, and remove what it leaves then */
const char *sys_dev_dir(void);
void sys_set_inet6(bool on);		/* for interfaces made from now on */

void sys_die_with_parent(void);		/* in a child: it gets SIGKILL when the test ends */
/* The exit status, or -ETIMEDOUT after ms, and then the process is killed. */
int sys_wait(pid_t pid, int ms);

int sys_ctl_open(const char *socket_path);
void sys_ctl_close(void);
int sys_ctl(struct dut *d, const char *line, char *out, size_t size);
int sys_ctl_destroy_all(void);
int sys_query(struct dut *d, const char *unit, struct ustate *u);

#endif
