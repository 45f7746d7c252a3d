/* SPDX-License-Identifier: BSD-2-Clause */
/* <util.h>: what NetBSD and OpenBSD call <libutil.h>. */
#include <libutil.h>
