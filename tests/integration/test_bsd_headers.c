/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A BSD tap program that does nothing, but includes and names everything include/bsd has.  test_bsd_headers.sh
 * compiles it as C and C++, as each of the systems would, and runs it: it fails when a number or a layout is not what
 * tapd takes. Which system it is for: FreeBSD unless __NetBSD__ or __DragonFly__ is defined.
 */
#ifdef __DragonFly__
#include <net/tap/if_tap.h>
#include <net/tun/if_tun.h>
#else
#include <net/if_tap.h>
#include <net/if_tun.h>
#endif
#include <net/if_dl.h>
#include <net/if_types.h>
#include <sys/filio.h>
#include <sys/ioccom.h>
#include <sys/ioctl.h>
#include <sys/sockio.h>
#include <sys/stat.h>
#include <sys/ttycom.h>

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
#include <cstddef>
#include <string>
#endif

/* What gcc's <stddef.h> must still define when it takes this for a BSD. */
static const size_t a_size = sizeof(wchar_t);
static const ptrdiff_t a_distance = 0;

/* Members called ioctl, and pointers to the function, are left alone. */
struct device {
	int (*ioctl)(int, unsigned long, ...);
};

struct number {
	const char *name;
	unsigned long value, want;
};

#define SIZE_IFREQ ((unsigned long)sizeof(struct ifreq) << 16)

static const struct number number_table[] = {
#define N(name, want) { #name, (unsigned long)(name), (want) }
#ifdef __NetBSD__
	N(TAPGIFNAME, 0x80006500ul | SIZE_IFREQ),
#else
	N(TAPGIFNAME, 0x8000745dul | SIZE_IFREQ),
	N(TAPGDEBUG, 0x80047459ul),
	N(TAPSDEBUG, 0x4004745aul),
	N(TAPSIFINFO, 0x4008745bul),
	N(TAPGIFINFO, 0x8008745cul),
	N(VMIO_SIOCSIFFLAGS, 0x00045600ul),
	N(VMIO_SIOCSKEEP, 0x5601ul),
	N(VMIO_SIOCSIFBR, 0x5602ul),
	N(VMIO_SIOCSLADRF, 0x5603ul),
	N(VMIO_SIOCSETMACADDR, 0x5604ul),
	N(VMIO_SIOCPORT, 0x5605ul),
	N(VMIO_SIOCBRIDGE, 0x5606ul),
	N(VMIO_SIOCNETIF, 0x5607ul),
	N(TAPMRU, 16384),
#endif
	N(TUNSLMODE, 0x4004745dul),
	N(TUNSIFMODE, 0x4004745eul),
	N(TUNSIFPID, 0x745ful),
	N(TUNSIFHEAD, 0x40047460ul),
	N(TUNGIFHEAD, 0x80047461ul),
	N(FIODTYPE, 0x8004667aul),
	N(FIONREAD, 0x541bul),
	N(FIONBIO, 0x5421ul),
	N(FIOASYNC, 0x5452ul),
	N(FIOSETOWN, 0x8901ul),
	N(FIOGETOWN, 0x8903ul),
	N(TIOCSPGRP, 0x5410ul),
	N(TIOCGPGRP, 0x540ful),
	N(SIOCGIFADDR, 0x8915ul),
	N(SIOCSIFADDR, 0x8916ul),
	N(IFT_ETHER, 6),
	N(sizeof(struct tuninfo), 8),
	N(offsetof(struct tuninfo, mtu), 4),
	N(offsetof(struct tuninfo, type), 6),
	N(offsetof(struct sockaddr_dl, sdl_alen), 11),
	N(offsetof(struct sockaddr_dl, sdl_data), 12),
	N(IOCPARM_LEN(TUNSIFINFO), 8),
	N(IOCGROUP(TUNSIFINFO), 't'),
#undef N
};

/* The calls a tap program makes, on a descriptor that is none. */
static int calls(void)
{
	struct device dev = { ioctl };
	struct sockaddr_dl sdl;
	struct ifreq ifr;
	int n = 0;

	memset(&sdl, 0, sizeof(sdl));
	memset(&ifr, 0, sizeof(ifr));
	return dev.ioctl(-1, TAPGIFNAME, &ifr) == -1 && ioctl(-1, FIONREAD, &n) == -1 && LLADDR(&sdl) == sdl.sdl_data &&
	    strcmp(devname((dev_t)-1, S_IFCHR), "#NODEV") == 0 && a_size > 0 && a_distance == 0;
}

#ifndef __NetBSD__
static int names(void)
{
	char buf[16];
	struct tapinfo ti = { 10000000, 1500, IFT_ETHER, 0 };

	return fdevname(-1) == NULL && fdevname_r(-1, buf, sizeof(buf)) == NULL && ti.mtu == 1500 &&
	    devname_r((dev_t)-1, S_IFCHR, buf, sizeof(buf)) == buf;
}
#else
static int names(void)
{
	return 1;
}
#endif

int main(void)
{
	int bad = !calls() || !names();

	for (size_t i = 0; i < sizeof(number_table) / sizeof(number_table[0]); i++) {
		const struct number *n = &number_table[i];

		if (n->value != n->want) {
			printf("# %s is %#lx, not %#lx\n", n->name, n->value, n->want);
			bad = 1;
		}
	}
	return bad;
}
