/* SPDX-License-Identifier: BSD-2-Clause */
/* <sys/ttycom.h>: ioctls of terminals, TIOCSPGRP and TIOCGPGRP among them, with Linux's numbers. */
#ifndef TAPBSD_SYS_TTYCOM_H
#define TAPBSD_SYS_TTYCOM_H

#include <asm/ioctls.h>
#include <sys/ioccom.h>

#endif
