/* SPDX-License-Identifier: BSD-2-Clause */
/* <string.h>: the system's, plus those of BSD's that glibc shows with _GNU_SOURCE only. */
#include_next <string.h>

#ifndef TAPBSD_STRING_H
#define TAPBSD_STRING_H

#include <sys/cdefs.h>

#if !defined(__USE_GNU) && !defined(__cplusplus)
extern void *memmem(const void *big, size_t big_len, const void *little, size_t little_len) __THROW;
extern char *strcasestr(const char *big, const char *little) __THROW;
extern void *memrchr(const void *b, int c, size_t len) __THROW;
#endif

#endif
