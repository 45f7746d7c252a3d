/* SPDX-License-Identifier: BSD-2-Clause */
/* <stdio.h>: the system's, plus those of BSD's that glibc shows with _GNU_SOURCE only. */
#include_next <stdio.h>

#ifndef TAPBSD_STDIO_H
#define TAPBSD_STDIO_H

#include <stdarg.h>
#include <sys/cdefs.h>

__BEGIN_DECLS
extern int asprintf(char **ret, const char *format, ...) __THROWNL __attribute__((__format__(__printf__, 2, 3)));
extern int vasprintf(char **ret, const char *format, va_list ap) __THROWNL
    __attribute__((__format__(__printf__, 2, 0)));
__END_DECLS

#endif
