/* SPDX-License-Identifier: BSD-2-Clause */
/* <net/if_var.h>: a kernel's header, which some programs include with <net/if.h>; that has all they use. */
#include <net/if.h>
