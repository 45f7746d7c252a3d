/* SPDX-License-Identifier: BSD-2-Clause */
/* <netinet6/nd6.h>: the lifetime that does not end, for struct in6_addrlifetime. */
#ifndef TAPBSD_NETINET6_ND6_H
#define TAPBSD_NETINET6_ND6_H

#include <netinet6/in6_var.h>

#define ND6_INFINITE_LIFETIME	0xffffffffU

#endif
