/* SPDX-License-Identifier: BSD-2-Clause */
/* <net/if_media.h>: the media words of SIOCGIFMEDIA.  A tap says IFM_ETHER, no more. */
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
/* Those with a wire, as a program that tells speeds by them names them. */
#define IFM_10_T	3
#define IFM_10_2	4
#define IFM_10_5	5
#define IFM_100_TX	6
#define IFM_100_FX	7
#define IFM_100_T4	8
#define IFM_100_VG	9
#define IFM_100_T2	10
#define IFM_1000_SX	11
#define IFM_10_STP	12
#define IFM_10_FL	13
#define IFM_1000_LX	14
#define IFM_1000_CX	15
#define IFM_1000_T	16
#define IFM_10G_LR	18
#define IFM_10G_SR	19
#define IFM_10G_CX4	20
#define IFM_FDX		0x00100000
#define IFM_HDX		0x00200000

#define IFM_AVALID	0x00000001	/* ifm_status: the next bit says something */
#define IFM_ACTIVE	0x00000002

#endif
