/* SPDX-License-Identifier: BSD-2-Clause */
/* <net/if_ether.h>: where NetBSD keeps what others have in <netinet/if_ether.h>. */
#include <netinet/if_ether.h>
