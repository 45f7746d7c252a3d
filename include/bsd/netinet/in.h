/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <netinet/in.h>: the system's, plus the members sin_len and sin6_len.  sin_len is in the unused end of the address,
 * sin6_len in the flow information, at which Linux looks only on sockets with IPV6_FLOWINFO_SEND.  How: see
 * <sys/socket.h>.
 */
#define sin_zero :0; __extension__ union { unsigned char sin_zero[8]; \
	struct { unsigned char tapbsd_sin_before[7]; unsigned char sin_len; }; }; unsigned char tapbsd_sin_rest[0]
#define sin6_flowinfo :0; __extension__ union { uint32_t sin6_flowinfo; unsigned char sin6_len; }
#include_next <netinet/in.h>
#undef sin_zero
#undef sin6_flowinfo
