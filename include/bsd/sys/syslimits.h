/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/syslimits.h>: PATH_MAX and the like, by <limits.h>. */
#include <limits.h>
