/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <machine/ansi.h>: gcc's <stddef.h> includes it when __NetBSD__ is defined and takes a type whose _BSD_*_T_ is
 * missing for one that somebody else has defined.  Not for programs.
 */
#ifndef TAPBSD_MACHINE_ANSI_H
#define TAPBSD_MACHINE_ANSI_H

#define _BSD_PTRDIFF_T_	__PTRDIFF_TYPE__
#define _BSD_SIZE_T_	__SIZE_TYPE__
#define _BSD_WCHAR_T_	__WCHAR_TYPE__

#endif
