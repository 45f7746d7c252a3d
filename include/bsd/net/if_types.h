/* SPDX-License-Identifier: BSD-2-Clause */
/* <net/if_types.h>: interface types, by the IANA's numbers.  Only those a tap program meets. */
#ifndef TAPBSD_NET_IF_TYPES_H
#define TAPBSD_NET_IF_TYPES_H

#define IFT_OTHER	0x01
#define IFT_ETHER	0x06		/* tapinfo.type */
#define IFT_PPP		0x17
#define IFT_LOOP	0x18
#define IFT_PROPVIRTUAL	0x35
#define IFT_TUNNEL	0x83
#define IFT_L2VLAN	0x87
#define IFT_BRIDGE	0xd1

#endif
