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
#include <machine/endian.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_dl.h>
#include <net/if_media.h>
#include <net/if_mib.h>
#include <net/if_types.h>
#include <net/if_var.h>
#include <netinet/if_ether.h>
#include <netinet/in.h>
#include <netinet/in_var.h>
#include <netinet6/in6_var.h>
#include <netinet6/nd6.h>
#include <sys/event.h>
#include <sys/filio.h>
#include <sys/ioccom.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <sys/sockio.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <sys/syslimits.h>
#include <sys/ttycom.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <libutil.h>
#include <pthread_np.h>
#include <signal.h>
#include <unistd.h>
#include <util.h>

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
#elif defined(__OpenBSD__)
	N(TUNSIFINFO, 0x400c745bul),
	N(TUNGIFINFO, 0x800c745cul),
	N(TUNSIFMODE, 0x4004745dul),
	N(sizeof(struct tuninfo), 12),
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
	N(TAPSVNETHDR, 0x4004745bul),
	N(TAPGVNETHDR, 0x8004745eul),
	N(TAPSTRANSIENT, 0x40047462ul),
	N(TAPGTRANSIENT, 0x80047463ul),
#endif
#ifndef __OpenBSD__
	N(TUNSLMODE, 0x4004745dul),
	N(TUNSIFMODE, 0x4004745eul),
	N(TUNSIFPID, 0x745ful),
	N(TUNSIFHEAD, 0x40047460ul),
	N(TUNGIFHEAD, 0x80047461ul),
	N(sizeof(struct tuninfo), 8),
	N(offsetof(struct tuninfo, mtu), 4),
	N(offsetof(struct tuninfo, type), 6),
	N(IOCPARM_LEN(TUNSIFINFO), 8),
#endif
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
	N(offsetof(struct sockaddr_dl, sdl_alen), 11),
	N(offsetof(struct sockaddr_dl, sdl_data), 12),
	/* Nothing of the system's own grew or moved. */
	N(sizeof(struct sockaddr), 16),
	N(offsetof(struct sockaddr, sa_data), 2),
	N(offsetof(struct sockaddr, sa_len), 15),
	N(sizeof(struct sockaddr_in), 16),
	N(offsetof(struct sockaddr_in, sin_zero), 8),
	N(offsetof(struct sockaddr_in, sin_len), 15),
	N(sizeof(struct sockaddr_in6), 28),
	N(offsetof(struct sockaddr_in6, sin6_len), 4),
	N(offsetof(struct sockaddr_in6, sin6_addr), 8),
	N(sizeof(struct sockaddr_storage), 128),
	N(sizeof(struct sockaddr_un), 110),
	N(offsetof(struct sockaddr_un, sun_path), 2),
	N(sizeof(struct ether_addr), 6),
	N(sizeof(struct ifreq), sizeof(long) == 8 ? 40 : 32),
	N(offsetof(struct ifreq, ifr_data), 16),
	N(offsetof(struct ifreq, ifr_buffer), 16),
	N(offsetof(struct ifreq, ifr_flags), 16),
	N(AF_LINK, 17),
	/* The numbers the library takes for BSD's own. */
	N(SIOCAIFADDR & 0xffff, 0x692b),
	N(SIOCIFCREATE, 0xc000697aul | SIZE_IFREQ),
	N(SIOCIFCREATE2, 0xc000697cul | SIZE_IFREQ),
	N(SIOCIFDESTROY, 0x40006979ul | SIZE_IFREQ),
	N(SIOCSIFLLADDR, 0x4000693cul | SIZE_IFREQ),
	N(SIOCGHWADDR, 0xc000693eul | SIZE_IFREQ),
#if defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || defined(__DragonFly__)
	N(SIOCSIFNAME, 0x40006928ul | SIZE_IFREQ),
	N(SIOCDIFADDR, 0x40006919ul | SIZE_IFREQ),
#else
	N(SIOCSIFNAME, 0x8923),
	N(SIOCDIFADDR, 0x8936),
#endif
	N(sizeof(struct in6_ifreq), 288),
	N(_BYTE_ORDER == _LITTLE_ENDIAN || _BYTE_ORDER == _BIG_ENDIAN, 1),
	N(IOCGROUP(TUNSIFMODE), 't'),
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
	return dev.ioctl(-1, SIOCGIFADDR, &ifr) == -1 && ioctl(-1, FIONREAD, &n) == -1 && LLADDR(&sdl) == sdl.sdl_data &&
	    strcmp(devname((dev_t)-1, S_IFCHR), "#NODEV") == 0 && a_size > 0 && a_distance == 0;
}

/* The members that Linux has not, and a variable of the name that must not be a macro. */
static int lengths(void)
{
	struct sockaddr sa;
	struct sockaddr_in sin;
	struct sockaddr_in6 sin6;
	struct sockaddr_un sun;
	struct sockaddr_storage ss;
	struct ether_addr ether;
	socklen_t sa_len = sizeof(sa);

	memset(&sin, 0, sizeof(sin));
	sin.sin_len = sizeof(sin);
	sin6.sin6_len = sizeof(sin6);
	sun.sun_len = sizeof(sun);
	ss.ss_len = 1;
	memcpy(&sa, &sin, sizeof(sa));
	ether.octet[5] = 7;
	return sa.sa_len == sa_len && sin6.sin6_len == 28 && sun.sun_len == 110 && ss.ss_len == 1 &&
	    ether.ether_addr_octet[5] == 7 && ether_aton("2:0:0:0:0:1")->octet[5] == 1;
}

/* The functions are there, and reach the library. */
static int functions(void)
{
	struct ifaddrs *list;
	struct ifmaddrs *groups;
	struct kevent ev;
	struct sockaddr_dl sdl;
	char name[16];
	size_t len = 0;
	int kq = kqueue();

	EV_SET(&ev, 1, EVFILT_USER, EV_ADD, 0, 0, NULL);
	if (kq == -1 || kevent(kq, &ev, 1, NULL, 0, NULL) != 0 || close(kq) != 0)
		return 0;
	if (getifaddrs(&list) != 0 || getifmaddrs(&groups) != 0)
		return 0;
	freeifaddrs(list);
	freeifmaddrs(groups);
	link_addr("tap0:2.0.0.0.0.a", &sdl);
	if (strcmp(link_ntoa(&sdl), "tap0:2.0.0.0.0.a") != 0 || sdl.sdl_alen != 6 || LLADDR(&sdl)[5] != 10)
		return 0;
	pthread_set_name_np(pthread_self(), "a name of a thread");
	pthread_get_name_np(pthread_self(), name, sizeof(name));
	return strcmp(name, "a name of a thr") == 0 && pthread_main_np() == 1 && pthread_getthreadid_np() == getpid() &&
	    sysctlbyname("no.such", NULL, &len, NULL, 0) == -1 && errno == ENOENT &&
	    fcntl(-1, F_SETOWN, 1) == -1 && errno == EBADF;
}

#if !defined(__NetBSD__) && !defined(__OpenBSD__)
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
	int bad = !calls() || !names() || !lengths() || !functions();

	for (size_t i = 0; i < sizeof(number_table) / sizeof(number_table[0]); i++) {
		const struct number *n = &number_table[i];

		if (n->value != n->want) {
			printf("# %s is %#lx, not %#lx\n", n->name, n->value, n->want);
			bad = 1;
		}
	}
	return bad;
}
