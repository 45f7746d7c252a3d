/* SPDX-License-Identifier: BSD-2-Clause */
/* The model's tables: systems and ioctl numbers.  See systems.h. */
#include "systems.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

#include "model.h"

#define GEN "RBYWwPpK"
#define FBSD GEN "TGdDSINVvAa"
#define OLD ENOBUFS, 0, EIO, ENOTTY, POLLHUP | POLLIN | POLLRDNORM, ESRCH, -1, 0x00bd00, 0xffff00
#define NEW(nobufs) nobufs, 0, ENXIO, ENXIO, POLLERR, ESRCH, -1, 0x589cfc, 0x10ffff

const struct sys model_systems[] = {
	{ "freebsd", "ckprlhfsmtaOLP", FBSD "on", 'c', 'k', 'c', 'w', 99, 72, 65535, 0, 16384, EIO, NEW(0) },
	{ "freebsd-8", "ckprfstuOUN2", FBSD "oF", 'c', 'k', 's', 't', 99, 72, 1500, 0, 16384, EIO, OLD },
	{ "freebsd-10", "ckprlfstuOU", FBSD "o", 'c', 'k', 's', 't', 99, 72, 65535, 0, 16384, EIO, OLD },
	{ "freebsd-11", "ckprlfstuOLU", FBSD, 'c', 'k', 't', 't', 99, 72, 65535, 0, 16384, EIO, OLD },
	{ "freebsd-12", "ckprlfsztaOLP", FBSD, 'c', 'k', 'c', 'w', 99, 72, 65535, 0, 16384, EIO, NEW(ENOBUFS) },
	{ "freebsd-13", "ckrlfsztaOLP", FBSD "Hg", 'c', 'k', 'c', 'w', 99, 72, 65535, 0, 65535, EIO, NEW(ENOBUFS) },
	{ "freebsd-14", "ckrlfsztaOLP", FBSD "Hg", 'c', 'k', 'c', 'w', 99, 72, 65535, 0, 65535, EIO, NEW(ENOBUFS) },
	{ "freebsd-16", "ckrlfsztaOLP", FBSD "HgXx", 'c', 'k', 'c', 'w', 99, 72, 65535, 0, 65535, EIO, NEW(ENOBUFS) },
	{ "netbsd-10", "clDhoqwndKAxbSg", GEN "n", 'x', 'n', '-', 't', 0, 46, 9000, 0, INT_MAX, 0, ENOBUFS, 256,
	  ENXIO, ENXIO, POLLERR, EINVAL, 0, 0xf20ba4, 0xffffff },
	{ "openbsd-7", "rltbOe", GEN "EeMAa", 'g', 'a', '-', 't', 0, 46, 16384, 14, 16398, EMSGSIZE, ENOMEM, 0,
	  ENXIO, ENXIO, POLLERR, ESRCH, 16398, 0xfee1ba, 0xffffff },
	{ "dragonfly-6", "ckprtuOPiQ", GEN "TdDSIVvAaoF", 'e', 'k', 's', 'r', 4, 72, 1500, 0, 16384, EIO, ENOBUFS, 0,
	  ENXIO, ENXIO, POLLERR, ESRCH, 0, 0x00bd00, 0xffff00 },
};

const char *const model_dialects[] = {
	"freebsd", "freebsd-8", "freebsd-10", "freebsd-11", "freebsd-12", "freebsd-13",
	"freebsd-14", "freebsd-16", "netbsd-10", "openbsd-7", "dragonfly-6", NULL,
};

/* struct ifreq of 32, 40 and 144 bytes, in BSD's directions and in Linux's. */
#define IFREQ(bsd, linux, x) \
	bsd | 0x200000 | x, bsd | 0x280000 | x, bsd | 0x900000 | x, \
	linux | 0x200000 | x, linux | 0x280000 | x, linux | 0x900000 | x
#define BSD_IN 0x80000000u
#define LINUX_IN 0x40000000u
#define INOUT 0xc0000000u

const struct cmd model_cmds[] = {
	{ 'd', 4, { 0x40047459, 0x80047459 } },			/* TAPGDEBUG, TAPSDEBUG */
	{ 'D', 0, { 0x8004745a, 0x4004745a } },
	{ 'S', 0, { 0x8008745b, 0x4008745b } },			/* TAPSIFINFO, TAPGIFINFO */
	{ 'I', 8, { 0x4008745c, 0x8008745c } },
	{ 'N', 32, { 0x4020745d, 0x8020745d } },		/* TAPGIFNAME; NetBSD's */
	{ 'N', 40, { 0x4028745d, 0x8028745d } },
	{ 'n', 32, { 0x40206500, 0x80206500 } },
	{ 'n', 40, { 0x40286500, 0x80286500 } },
	{ 'n', 144, { 0x40906500, 0x80906500 } },
	{ 'V', 0, { 0x20045600, 0x00045600 } },			/* VMIO_SIOCSIFFLAGS; until FreeBSD 7 */
	{ 'v', 0, { 0x20005600, 0x00005600 } },
	{ 'A', 0, { IFREQ(BSD_IN, LINUX_IN, 0x690c), 0x8916 } },	/* SIOCSIFADDR, SIOCGIFADDR, OSIOCGIFADDR */
	{ 'a', 6, { IFREQ(INOUT, INOUT, 0x6921), 0x8915 } },
	{ 'o', 6, { IFREQ(INOUT, INOUT, 0x690d) } },
	{ 'F', 4, { IFREQ(INOUT, INOUT, 0x6911) } },		/* SIOCGIFFLAGS */
	{ 'R', 4, { 0x4004667f, 0x8004667f, 0x541b } },		/* FIONREAD, FIONBIO, FIOASYNC */
	{ 'B', 0, { 0x8004667e, 0x4004667e, 0x5421 } },
	{ 'Y', 0, { 0x8004667d, 0x4004667d, 0x5452 } },
	{ 'W', 0, { 0x8004667c, 0x4004667c, 0x8901 } },		/* FIOSETOWN, FIOGETOWN */
	{ 'w', 4, { 0x4004667b, 0x8004667b, 0x8903 } },
	{ 'T', 4, { 0x4004667a, 0x8004667a } },			/* FIODTYPE, FIODGNAME */
	{ 'G', 0, { 0x80106678, 0x40106678 } },
	{ 'P', 0, { 0x80047476, 0x40047476, 0x5410 } },		/* TIOCSPGRP, TIOCGPGRP */
	{ 'p', 4, { 0x40047477, 0x80047477, 0x540f } },
	{ 'X', 0, { 0x80047462, 0x40047462 } },			/* TAPSTRANSIENT, TAPGTRANSIENT */
	{ 'x', 4, { 0x40047463, 0x80047463 } },
	{ 'H', 0, { 0x8004745b, 0x4004745b } },			/* TAPSVNETHDR, TAPGVNETHDR */
	{ 'g', 4, { 0x4004745e, 0x8004745e } },
	{ 'E', 0, { 0x800c745b, 0x400c745b } },			/* OpenBSD's TUNSIFINFO, TUNGIFINFO, TUNSIFMODE */
	{ 'e', 12, { 0x400c745c, 0x800c745c } },
	{ 'M', 0, { 0x8004745d, 0x4004745d } },
	{ 'K', 16, { 0xc0104b00 } },				/* tapd's own for kevent */
	/* Nobody's: ENOTTY (GI-17). */
	{ '?', 0, { 0x20005601, 0x2000745f, 0x80047460, 0x40047461, 0x5401, 0xc020693e, 0x20006601, 0xc0206920 } },
	{ 0 },
};

uint32_t model_number(uint32_t random)
{
	const struct cmd *c = &model_cmds[random % (sizeof(model_cmds) / sizeof(model_cmds[0]) - 1)];
	int n = 0;

	while (n < CMD_NUMBERS && c->numbers[n] != 0)
		n++;
	return c->numbers[random / 64 % n];
}
