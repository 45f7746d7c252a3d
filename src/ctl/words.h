/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arguments ifconfig(8) takes, from text: addresses, prefix lengths, netmasks.  tapctl's verbs and the
 * configuration file both read them through here.  It resolves no host names.
 */
#ifndef TAPD_CTL_WORDS_H
#define TAPD_CTL_WORDS_H

#include <stdbool.h>
#include <stdio.h>

#include "tap/tap.h"

#define CTL_NOPREFIX	255		/* tap_ifaddr.prefixlen of an address given without one */
#define CTL_ADDRSTRLEN	64		/* bytes of "ADDRESS/LEN" and NUL */

/* ADDRESS or ADDRESS/LEN of the family (AF_INET, AF_INET6), host bits kept.  False: it is none. */
bool ctl_addr_parse(int family, const char *s, struct tap_ifaddr *a);
/* What ifconfig takes for an address without a length: its class for IPv4, 64 for IPv6. */
unsigned ctl_addr_default_prefix(const struct tap_ifaddr *a);
bool ctl_addr_same(const struct tap_ifaddr *a, const struct tap_ifaddr *b);	/* but for the length */
/* 255.255.255.0 or 0xffffff00 to 24.  False unless its ones come first. */
bool ctl_netmask_parse(const char *s, unsigned *prefixlen);
/* The address without its length. */
const char *ctl_addr_format(const struct tap_ifaddr *a, char buf[CTL_ADDRSTRLEN]);
/* "inet" or "inet6". */
const char *ctl_family_name(int family);

#endif
