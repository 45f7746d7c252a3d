/* SPDX-License-Identifier: BSD-2-Clause */
/* <pthread_np.h>: a thread's name and number.  Names are cut to Linux's 15 characters. */
#ifndef TAPBSD_PTHREAD_NP_H
#define TAPBSD_PTHREAD_NP_H

#include <pthread.h>
#include <stddef.h>
#include <sys/cdefs.h>

__BEGIN_DECLS
extern void pthread_set_name_np(pthread_t thread, const char *name);
extern void pthread_get_name_np(pthread_t thread, char *name, size_t len);
extern int pthread_getthreadid_np(void);
extern int pthread_main_np(void);
__END_DECLS

#endif
