/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may be sent SIGIO, and sending it: the process side of tap_world's sigio_*. */
#ifndef TAPD_TAPD_SIGIO_H
#define TAPD_TAPD_SIGIO_H

#include "tap/tap.h"

/* As tap_world's functions of the same names; ctx is not used. */
int sigio_get(void *ctx, pid_t id, const struct tap_cred *setter, bool any_session, void **owner);
bool sigio_alive(void *ctx, void *owner);
void sigio_put(void *ctx, void *owner);
void sigio_send(void *ctx, void *owner);

#endif
