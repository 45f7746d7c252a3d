/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <libutil.h>: libbsd's, where it is installed, plus the terminals that FreeBSD declares here and Linux in <pty.h>.
 * No header is included for them, as libbsd's <stdlib.h> includes this one.
 */
#ifndef TAPBSD_LIBUTIL_H
#define TAPBSD_LIBUTIL_H

#if __has_include_next(<libutil.h>)
#include_next <libutil.h>
#endif
#include <sys/cdefs.h>

struct termios;
struct winsize;

__BEGIN_DECLS
extern int openpty(int *master, int *slave, char *name, const struct termios *t, const struct winsize *w) __THROW;
extern int forkpty(int *master, char *name, const struct termios *t, const struct winsize *w) __THROW;
extern int login_tty(int fd) __THROW;
__END_DECLS

#endif
