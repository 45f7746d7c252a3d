/* SPDX-License-Identifier: BSD-2-Clause */
/* <unistd.h>: the system's, plus those of BSD's that glibc shows with _GNU_SOURCE only. */
#include_next <unistd.h>

#ifndef TAPBSD_UNISTD_H
#define TAPBSD_UNISTD_H

#include <sys/cdefs.h>

__BEGIN_DECLS
extern int pipe2(int fildes[2], int flags) __THROW;
extern int setresuid(uid_t ruid, uid_t euid, uid_t suid) __THROW;
extern int setresgid(gid_t rgid, gid_t egid, gid_t sgid) __THROW;
extern int getresuid(uid_t *ruid, uid_t *euid, uid_t *suid) __THROW;
extern int getresgid(gid_t *rgid, gid_t *egid, gid_t *sgid) __THROW;
__END_DECLS

#endif
