/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <net/if_dl.h>: a link-level address.  The fields lie where Linux's struct sockaddr_ll has their equivalents, so one
 * that Linux filled in reads right: index, alen and LLADDR().  getifaddrs(3) of libtap-bsd puts BSD's sdl_type into it
 * (IFT_ETHER); elsewhere it holds Linux's ARPHRD_ value.  sdl_nlen is 0: Linux puts no name there.
 */
#ifndef TAPBSD_NET_IF_DL_H
#define TAPBSD_NET_IF_DL_H

#include <sys/socket.h>
#include <sys/types.h>

struct sockaddr_dl {
	sa_family_t	sdl_family;
	unsigned char	sdl_len;
	unsigned char	sdl_nlen;	/* bytes of the interface name, before the address */
	int		sdl_index;	/* if_nametoindex(3); 0: none */
	unsigned short	sdl_type;
	unsigned char	sdl_slen;	/* bytes of the selector, after the address */
	unsigned char	sdl_alen;	/* bytes of the address */
	char		sdl_data[46];
};

#define LLADDR(s)	((char *)((s)->sdl_data + (s)->sdl_nlen))
#define CLLADDR(s)	((const char *)((s)->sdl_data + (s)->sdl_nlen))
#define LLINDEX(s)	((s)->sdl_index)

__BEGIN_DECLS
extern void link_addr(const char *addr, struct sockaddr_dl *sdl);
extern char *link_ntoa(const struct sockaddr_dl *sdl);
__END_DECLS

#endif
