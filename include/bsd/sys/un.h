/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * <sys/un.h>: the system's, plus the member sun_len: the last byte of the path, where no program's path reaches.
 * See <sys/socket.h>.
 */
#define sun_path :0; __extension__ union { char sun_path[108]; \
	struct { char tapbsd_sun_before[107]; unsigned char sun_len; }; }; char tapbsd_sun_rest[0]
#include_next <sys/un.h>
#undef sun_path
