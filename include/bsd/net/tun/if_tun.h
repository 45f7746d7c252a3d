/* SPDX-License-Identifier: BSD-2-Clause */
/* <net/tun/if_tun.h>: where DragonFly keeps <net/if_tun.h>. */
#include <net/if_tun.h>
