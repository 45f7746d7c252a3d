/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <net/ethernet.h>: the system's, plus struct ether_addr's member by FreeBSD's name, and ether_ntoa(3) and its kin
 * where BSD declares them.  See <sys/socket.h> for how the member gets in.
 */
#define ether_addr_octet :0; __extension__ union { unsigned char ether_addr_octet[6]; unsigned char octet[6]; }; \
	unsigned char tapbsd_octet_rest[0]
#include_next <net/ethernet.h>
#undef ether_addr_octet

#ifndef TAPBSD_NET_ETHERNET_H
#define TAPBSD_NET_ETHERNET_H

#include <sys/cdefs.h>
#include <sys/types.h>

#define ETHER_VLAN_ENCAP_LEN	4
#define ETHER_IS_MULTICAST(addr)	((addr)[0] & 1)

__BEGIN_DECLS
extern char *ether_ntoa(const struct ether_addr *addr) __THROW;
extern char *ether_ntoa_r(const struct ether_addr *addr, char *buf) __THROW;
extern struct ether_addr *ether_aton(const char *text) __THROW;
extern struct ether_addr *ether_aton_r(const char *text, struct ether_addr *addr) __THROW;
extern int ether_ntohost(char *host, const struct ether_addr *addr) __THROW;
extern int ether_hostton(const char *host, struct ether_addr *addr) __THROW;
extern int ether_line(const char *line, struct ether_addr *addr, char *host) __THROW;
__END_DECLS

#endif
