/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/_types.h>: nothing.  gcc's <stddef.h> includes it when __FreeBSD__ is defined, for types that here come from gcc
 * and glibc.
 */
