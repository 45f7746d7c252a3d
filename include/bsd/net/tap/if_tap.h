/* SPDX-License-Identifier: BSD-2-Clause */
/* <net/tap/if_tap.h>: where DragonFly keeps <net/if_tap.h>. */
#include <net/if_tap.h>
