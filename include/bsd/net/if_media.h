/* SPDX-License-Identifier: BSD-2-Clause */
/* <net/if_media.h>: the media words of SIOCGIFMEDIA.  Only those an Ethernet interface without a wire can have. */
#ifndef TAPBSD_NET_IF_MEDIA_H
#define TAPBSD_NET_IF_MEDIA_H

#define IFM_ETHER	0x00000020
#define IFM_NMASK	0x000000e0
#define IFM_TMASK	0x0000001f
#define IFM_TYPE(x)	((x) & IFM_NMASK)
#define IFM_SUBTYPE(x)	((x) & IFM_TMASK)

#define IFM_AUTO	0
#define IFM_MANUAL	1
#define IFM_NONE	2
#define IFM_FDX		0x00100000
#define IFM_HDX		0x00200000

#define IFM_AVALID	0x00000001	/* ifm_status: the next bit says something */
#define IFM_ACTIVE	0x00000002

#endif
