/* SPDX-License-Identifier: BSD-2-Clause */
/* <machine/endian.h>: the byte order, by BSD's names. */
#ifndef TAPBSD_MACHINE_ENDIAN_H
#define TAPBSD_MACHINE_ENDIAN_H

#include <endian.h>

#define _LITTLE_ENDIAN	__LITTLE_ENDIAN
#define _BIG_ENDIAN	__BIG_ENDIAN
#define _PDP_ENDIAN	__PDP_ENDIAN
#define _BYTE_ORDER	__BYTE_ORDER

#endif
