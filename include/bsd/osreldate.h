/* SPDX-License-Identifier: BSD-2-Clause */
/* <osreldate.h>: the version of the system a program is built for. */
#include <sys/param.h>
