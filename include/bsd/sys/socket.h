/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/socket.h>: the system's, plus AF_LINK and the members sa_len and ss_len.
 *
 * Linux keeps no length in an address.  sa_len is the last byte of the 16, which an IPv4 address leaves unused, so a
 * program that sets it does no harm.  The kernel never fills it in; getifaddrs(3) of libtap-bsd does, for IPv4.
 * They are members, not macros, since programs have variables of that name: while the system's header is read, the
 * names of its arrays stand for a union with something that swallows the "[14]" behind it.
 */
#define sa_data :0; __extension__ union { char sa_data[14]; \
	struct { char tapbsd_sa_before[13]; unsigned char sa_len; }; }; char tapbsd_sa_rest[0]
#define __ss_padding :0; __extension__ union { char __ss_padding[_SS_PADSIZE]; \
	struct { char tapbsd_ss_before[13]; unsigned char ss_len; }; }; char tapbsd_ss_rest[0]
#include_next <sys/socket.h>
#undef sa_data
#undef __ss_padding

#ifndef TAPBSD_SYS_SOCKET_H
#define TAPBSD_SYS_SOCKET_H

#ifdef __NetBSD__
#include <sys/uio.h>	/* its <sys/socket.h> brings readv() and writev() */
#endif

/* struct sockaddr_dl (<net/if_dl.h>) has the layout of Linux's link-level addresses. */
#define AF_LINK	AF_PACKET
#define PF_LINK	AF_LINK

__BEGIN_DECLS
extern int accept4(int s, struct sockaddr *addr, socklen_t *addrlen, int flags);
__END_DECLS

#endif
