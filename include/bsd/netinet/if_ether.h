/* SPDX-License-Identifier: BSD-2-Clause */
/* <netinet/if_ether.h>: the system's, plus ether_ntoa(3) and its kin, by <net/ethernet.h>. */
#include_next <netinet/if_ether.h>
#include <net/ethernet.h>
