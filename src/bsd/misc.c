/* SPDX-License-Identifier: BSD-2-Clause */
/* Small functions of BSD's C library that programs with taps call: link_addr(3), and <pthread_np.h>. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bsd/net/if_dl.h"
#include "bsd/pthread_np.h"
#include "bsd/tapbsd.h"

/* ------------------------------------------------------------------ link_addr(3) */

/* "tap0:02.00.00.00.00.01", with ':' or '.' between the bytes; the name may be missing, its ':' then too. */
TAPBSD_PUBLIC void link_addr(const char *addr, struct sockaddr_dl *sdl)
{
	const char *colon = strchr(addr, ':');
	unsigned byte;
	int used;

	memset(sdl, 0, sizeof(*sdl));
	sdl->sdl_family = AF_PACKET;
	sdl->sdl_len = sizeof(*sdl);
	if (colon != NULL && strspn(addr, "0123456789abcdefABCDEF") != (size_t)(colon - addr)) {
		sdl->sdl_nlen = (unsigned char)(colon - addr < 16 ? colon - addr : 15);
		memcpy(sdl->sdl_data, addr, sdl->sdl_nlen);
		addr = colon + 1;
	}
	while (sdl->sdl_alen < 20 && sscanf(addr, "%2x%n", &byte, &used) == 1) {
		LLADDR(sdl)[sdl->sdl_alen++] = (char)byte;
		addr += used;
		addr += strspn(addr, ".:");
	}
}

/* "tap0:2.0.0.0.0.1" or "2.0.0.0.0.1", in static storage. */
TAPBSD_PUBLIC char *link_ntoa(const struct sockaddr_dl *sdl)
{
	static char buf[64];
	size_t n = 0;

	if (sdl->sdl_nlen > 0 && sdl->sdl_nlen < 16)
		n = (size_t)snprintf(buf, sizeof(buf), "%.*s%s", sdl->sdl_nlen, sdl->sdl_data,
		    sdl->sdl_alen > 0 ? ":" : "");
	buf[n] = '\0';
	for (int i = 0; i < sdl->sdl_alen && n + 4 < sizeof(buf); i++)
		n += (size_t)snprintf(buf + n, sizeof(buf) - n, "%s%x", i > 0 ? "." : "",
		    (unsigned char)CLLADDR(sdl)[i]);
	return buf;
}

/* ------------------------------------------------------------------ <pthread_np.h> */

TAPBSD_PUBLIC void pthread_set_name_np(pthread_t thread, const char *name)
{
	char cut[16];

	snprintf(cut, sizeof(cut), "%s", name);
	pthread_setname_np(thread, cut);
}

TAPBSD_PUBLIC void pthread_get_name_np(pthread_t thread, char *name, size_t len)
{
	char full[16] = "";

	pthread_getname_np(thread, full, sizeof(full));
	if (len > 0)
		snprintf(name, len, "%s", full);
}

TAPBSD_PUBLIC int pthread_getthreadid_np(void)
{
	return (int)syscall(SYS_gettid);
}

TAPBSD_PUBLIC int pthread_main_np(void)
{
	return getpid() == pthread_getthreadid_np();
}
