/* SPDX-License-Identifier: BSD-2-Clause */
/* GI: what stands above the driver.  IO: the device's ioctls. */
#include <sys/mman.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

/* ------------------------------------------------------------------ GI */

static void gi_04(struct ctx *c)
{
	struct ifc i;

	NEEDS(HAS_VMIO);
	IS("VMIO_SIOCSIFFLAGS", ioctl(c->fd, C_VMIO_SIFFLAGS, (unsigned long)UINT64_C(0x700000004)) == 0 ? 0 : -errno, 0);
	TRUE("ifconfig shows the interface", ifc_get(c, &i));
	IS("DEBUG of the int's low 32 bits", i.flags & F_DEBUG, F_DEBUG);
}

static void gi_05(struct ctx *c)
{
	IS("FIOSETOWN", dev_set(c, FIOSETOWN, (int)getpid()), 0);
	IS("FIOSETOWN from nowhere", dev_ioctl(c, FIOSETOWN, bad_pointer()), -EFAULT);
	IS("FIOGETOWN", dev_get(c, FIOGETOWN), getpid());
}

static void gi_06(struct ctx *c)
{
	struct tapinfo_ info;
	struct ifreq ifr;

	if (!(c->d->has & (HAS_NAME | HAS_NNAME | HAS_INFO)))
		SKIP("this system has no ioctl that leaves a part unset");
	if (c->d->has & HAS_INFO) {
		memset(&info, 0xff, sizeof(info));
		IS("TAPGIFINFO", dev_ioctl(c, C_GIFINFO, &info), 0);
		IS("dummy", info.dummy, 0);
	}
	if (c->d->has & (HAS_NAME | HAS_NNAME)) {
		memset(&ifr, 0xff, sizeof(ifr));
		IS("TAPGIFNAME", dev_ioctl(c, c->d->has & HAS_NAME ? C_GIFNAME : C_NGIFNAME, &ifr), 0);
		for (size_t n = strlen(ifr.ifr_name); n < 32; n++)
			IS("a byte behind the name", ((const unsigned char *)&ifr)[n], 0);
	}
}

static void gi_07(struct ctx *c)
{
	IS("FIONREAD to nowhere", dev_ioctl(c, FIONREAD, bad_pointer()), -EFAULT);
	IS("FIOGETOWN to nowhere", dev_ioctl(c, FIOGETOWN, bad_pointer()), -EFAULT);
}

static void gi_08(struct ctx *c)
{
	int value = 0x5a5a5a5a;

	IS("an unknown command", dev_int(c, C_UNKNOWN, &value), -ENOTTY);
	IS("the buffer", value, 0x5a5a5a5a);
}

static void gi_15(struct ctx *c)
{
	IS("FIODTYPE", dev_get(c, C_FIODTYPE), c->d->has & HAS_DTYPE ? 0 : -ENOTTY);
}

static void gi_16(struct ctx *c)
{
	char name[32] = "";
	struct dgname dg = { sizeof(name), name };
	long rc = dev_ioctl(c, C_FIODGNAME, &dg);

	NEEDS(HAS_DGNAME);
	IS_OR("FIODGNAME", rc, 0, sys_is_node(c) ? 0 : -ENOTTY, "ENOTTY: FUSE cannot follow its pointer");
	if (rc != 0)
		return;
	TRUE("FIODGNAME gives the device's name", strcmp(name, strrchr(c->path, '/') + 1) == 0);
	dg.len = (int)strlen(name);
	IS("FIODGNAME without room for the NUL", dev_ioctl(c, C_FIODGNAME, &dg), -EINVAL);
	dg.len = sizeof(name);
	dg.buf = bad_pointer();
	IS("FIODGNAME to nowhere", dev_ioctl(c, C_FIODGNAME, &dg), -EFAULT);
}

static void gi_17(struct ctx *c)
{
	IS("an unknown command", dev_ioctl(c, C_UNKNOWN, &(int){ 0 }), -ENOTTY);
	IS("isatty", isatty(c->fd), 0);
}

static void gi_18(struct ctx *c)
{
	static const int modes[] = { O_RDONLY, O_WRONLY };

	for (size_t n = 0; n < NELEM(modes); n++) {
		IS("close", dev_close(c), 0);
		IS("open", dev_open(c, modes[n]), 0);
		IS("FIOSETOWN", dev_set(c, FIOSETOWN, (int)getpid()), 0);
		IS("FIOGETOWN", dev_get(c, FIOGETOWN), getpid());
	}
}

/* ------------------------------------------------------------------ IO: name and parameters */

static void io_01(struct ctx *c)
{
	struct ifreq ifr;
	long freebsd, netbsd;

	memset(&ifr, 0, sizeof(ifr));
	freebsd = dev_ioctl(c, C_GIFNAME, &ifr);
	IS("TAPGIFNAME", freebsd, c->d->has & HAS_NAME ? 0 : -ENOTTY);
	if (freebsd == 0)
		TRUE("TAPGIFNAME gives the interface's name", strcmp(ifr.ifr_name, c->name) == 0);
	netbsd = dev_ioctl(c, C_NGIFNAME, &ifr);
	if (c->d->has & HAS_NNAME) {
		IS("NetBSD's TAPGIFNAME", netbsd, 0);
		TRUE("TAPGIFNAME gives the interface's name", strcmp(ifr.ifr_name, c->name) == 0);
	}
}

static long get_info(struct ctx *c, struct tapinfo_ *info)
{
	memset(info, 0xff, sizeof(*info));
	return dev_ioctl(c, C_GIFINFO, info);
}

static long set_info(struct ctx *c, int baudrate, unsigned mtu, unsigned type)
{
	struct tapinfo_ info = { baudrate, (uint16_t)mtu, (uint8_t)type, 0 };

	return dev_ioctl(c, C_SIFINFO, &info);
}

static void io_02(struct ctx *c)
{
	struct tapinfo_ info;

	IS("TAPGIFINFO", get_info(c, &info), c->d->has & HAS_INFO ? 0 : -ENOTTY);
	if (!(c->d->has & HAS_INFO))
		return;
	IS("mtu", info.mtu, 1500);
	IS("type", info.type, TYPE_ETHER);
	IS("baudrate", info.baudrate, 10000000);
}

static void io_03(struct ctx *c)
{
	struct tapinfo_ info;

	NEEDS(HAS_INFO);
	if (!c->d->info_typed)
		SKIP("this system changes the type: IO-04");
	IS("TAPSIFINFO of another type", set_info(c, 1, 1400, 23), -EPROTOTYPE);
	IS("TAPGIFINFO", get_info(c, &info), 0);
	IS("baudrate", info.baudrate, 10000000);
	IS("mtu", info.mtu, 1500);
}

static void io_04(struct ctx *c)
{
	struct tapinfo_ info;

	NEEDS(HAS_INFO);
	if (c->d->info_typed)
		SKIP("this system refuses another type: IO-03");
	IS("TAPSIFINFO of another type", set_info(c, 10000000, 1500, 23), 0);
	IS("TAPGIFINFO", get_info(c, &info), 0);
	IS("type", info.type, 23);
}

static void io_05(struct ctx *c)
{
	struct tapinfo_ info;

	NEEDS(HAS_INFO);
	IS("TAPSIFINFO of the baudrate", set_info(c, 12345678, 1500, TYPE_ETHER), 0);
	IS("TAPGIFINFO", get_info(c, &info), 0);
	IS("baudrate", info.baudrate, 12345678);
}

static void io_06(struct ctx *c)
{
	struct tapinfo_ info;
	struct ifc i;

	NEEDS(HAS_INFO);
	IS("TAPSIFINFO", set_info(c, 77, 1400, TYPE_ETHER), 0);
	IS("TAPGIFINFO", get_info(c, &info), 0);
	IS("mtu", info.mtu, 1400);
	IS("baudrate", info.baudrate, 77);
	TRUE("ifconfig shows the interface", ifc_get(c, &i));
	IS("ifconfig's mtu", i.mtu, 1400);
}

static long set_mtu_1400(struct ctx *c)
{
	return set_info(c, 99, 1400, TYPE_ETHER);
}

static void io_07(struct ctx *c)
{
	struct tapinfo_ info;

	NEEDS(HAS_INFO);
	IS("TAPSIFINFO of an mtu by an ordinary user", in_child(c, 65534, set_mtu_1400),
	    c->d->info_checked ? -EPERM : 0);
	IS("TAPGIFINFO", get_info(c, &info), 0);
	IS("baudrate", info.baudrate, c->d->info_checked ? 10000000 : 99);
}

static void io_08(struct ctx *c)
{
	struct tapinfo_ info;

	NEEDS(HAS_INFO);
	if (!c->d->info_checked)
		SKIP("this system stores any mtu: IO-10");
	IS("TAPSIFINFO of mtu 71", set_info(c, 1, 71, TYPE_ETHER), -EINVAL);
	IS("TAPSIFINFO of mtu 0", set_info(c, 1, 0, TYPE_ETHER), -EINVAL);
	IS("TAPGIFINFO", get_info(c, &info), 0);
	IS("mtu", info.mtu, 1500);
	IS("baudrate", info.baudrate, 10000000);
	IS("TAPSIFINFO of mtu 72", set_info(c, 1, 72, TYPE_ETHER), 0);
}

static void io_09(struct ctx *c)
{
	NEEDS(HAS_INFO);
	IS_OR("TAPSIFINFO of mtu 65535", set_info(c, 10000000, 65535, TYPE_ETHER), 0,
	    c->d->info_checked ? -EINVAL : 0, "EINVAL: Linux's interface ends at 65521");
}

static void io_10(struct ctx *c)
{
	struct tapinfo_ info;

	NEEDS(HAS_INFO);
	if (c->d->info_checked)
		SKIP("this system checks the mtu: IO-08");
	IS("TAPSIFINFO of mtu 1", set_info(c, 10000000, 1, TYPE_ETHER), 0);
	IS("TAPGIFINFO", get_info(c, &info), 0);
	IS("mtu", info.mtu, 1);
	IS("TAPSIFINFO of mtu -1", set_info(c, 10000000, 65535, TYPE_ETHER), 0);
	IS("TAPGIFINFO", get_info(c, &info), 0);
	IS("mtu", info.mtu, 65535);
}

static void io_11(struct ctx *c)
{
	static const int32_t rates[] = { 0, 1, 1000000000, INT32_MAX, -1, INT32_MIN };
	struct tapinfo_ info;

	NEEDS(HAS_INFO);
	for (size_t n = 0; n < NELEM(rates); n++) {
		IS("TAPSIFINFO", set_info(c, rates[n], 1500, TYPE_ETHER), 0);
		IS("TAPGIFINFO", get_info(c, &info), 0);
		TRUE("any baudrate is stored as it is", info.baudrate == rates[n]);
	}
}

static void io_12(struct ctx *c)
{
	struct tapinfo_ info;

	NEEDS(HAS_INFO);
	IS("TAPSIFINFO", set_info(c, 1000000000, 1400, TYPE_ETHER), 0);
	IS("close and open", dev_reopen(c), 0);
	IS("TAPGIFINFO", get_info(c, &info), 0);
	IS("baudrate", info.baudrate, 1000000000);
	IS("mtu", info.mtu, 1400);
}

static void io_13(struct ctx *c)
{
	int old = (int)dev_get(c, C_GDEBUG);

	NEEDS(HAS_DEBUG);
	IS("TAPSDEBUG 12345", dev_set(c, C_SDEBUG, 12345), 0);
	IS("TAPGDEBUG", dev_get(c, C_GDEBUG), 12345);
	IS("TAPSDEBUG, as it was", dev_set(c, C_SDEBUG, old), 0);
}

static void io_14(struct ctx *c)
{
	int old = (int)dev_get(c, C_GDEBUG);

	NEEDS(HAS_DEBUG);
	IS("TAPSDEBUG 3", dev_set(c, C_SDEBUG, 3), 0);
	IS("close and open", dev_reopen(c), 0);
	IS("TAPGDEBUG", dev_get(c, C_GDEBUG), 3);
	IS("TAPSDEBUG, as it was", dev_set(c, C_SDEBUG, old), 0);
}

static void io_15(struct ctx *c)
{
	IS("FIONREAD", dev_get(c, FIONREAD), 0);
}

static void io_16(struct ctx *c)
{
	long len;

	IS("the host sends 60", host_send(c, 1, 60), 0);
	IS("the host sends 1514", host_send(c, 2, 1514), 0);
	TRUE("the device gets readable", dev_readable(c, BOUND));
	IS("FIONREAD", dev_get(c, FIONREAD), 60);
	IS("the first frame", dev_next(c, &len), 1);
	TRUE("the device stays readable", dev_readable(c, BOUND));
	IS("FIONREAD", dev_get(c, FIONREAD), 1514);
}

/* ------------------------------------------------------------------ IO: the remote address */

static long get_addr(struct ctx *c, uint8_t *addr)
{
	struct ifreq ifr;
	long rc;

	memset(&ifr, 0, sizeof(ifr));
	rc = dev_ioctl(c, C_GIFADDR, &ifr);
	memcpy(addr, &ifr, ADDRLEN);
	return rc;
}

static long set_addr(struct ctx *c, const uint8_t *addr)
{
	struct ifreq ifr;

	memset(&ifr, 0, sizeof(ifr));
	memcpy(&ifr, addr, ADDRLEN);
	return dev_ioctl(c, C_SIFADDR, &ifr);
}

static void io_17(struct ctx *c)
{
	struct ifreq ifr;
	long rc;

	memset(&ifr, 0xa5, sizeof(ifr));
	rc = dev_ioctl(c, C_GIFADDR, &ifr);
	IS("SIOCGIFADDR", rc, c->d->has & HAS_ADDR ? 0 : -ENOTTY);
	if (rc != 0)
		return;
	TRUE("it is the interface's address", memcmp(&ifr, c->lladdr, ADDRLEN) == 0);
	for (size_t n = ADDRLEN; n < 32; n++)
		IS("a byte behind the address", ((const unsigned char *)&ifr)[n], 0xa5);
}

/* Six bytes of memory, and then none. */
static void io_18(struct ctx *c)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
	long rc;

	NEEDS(HAS_ADDR);
	if (map == MAP_FAILED || mprotect(map + page, page, PROT_NONE) != 0)
		SKIP("no memory");
	rc = dev_ioctl(c, C_GIFADDR, map + page - ADDRLEN);
	munmap(map, 2 * page);
	IS_OR("SIOCGIFADDR with room for six bytes", rc, -EFAULT, 0, "0: only six bytes are touched");
}

static void io_19(struct ctx *c)
{
	uint8_t addr[ADDRLEN];
	struct ifc i;

	NEEDS(HAS_ADDR);
	IS("SIOCSIFADDR", set_addr(c, mac_other), 0);
	IS("SIOCGIFADDR", get_addr(c, addr), 0);
	TRUE("it is the address that was set", memcmp(addr, mac_other, ADDRLEN) == 0);
	TRUE("ifconfig shows the interface", ifc_get(c, &i));
	IS("the interface's address has changed", memcmp(i.lladdr, c->lladdr, ADDRLEN) != 0, c->d->addr_is_own);
}

static void io_20(struct ctx *c)
{
	uint8_t addr[ADDRLEN];

	NEEDS(HAS_ADDR);
	IS("SIOCSIFADDR", set_addr(c, mac_other), 0);
	IS("close and open", dev_reopen(c), 0);
	IS("SIOCGIFADDR", get_addr(c, addr), 0);
	IS("it is still the address that was set", memcmp(addr, mac_other, ADDRLEN) == 0, c->d->addr_is_own);
}

static void io_21(struct ctx *c)
{
	static const uint8_t fresh[ADDRLEN] = { 0x02, 0, 0, 0, 0x21, 0x21 };
	uint8_t addr[ADDRLEN];

	NEEDS(HAS_ADDR);
	IS("ifconfig ether", ifc_set_lladdr(c, fresh), 0);
	IS("SIOCGIFADDR", get_addr(c, addr), 0);
	IS("it follows the interface's address", memcmp(addr, fresh, ADDRLEN) == 0, c->d->addr_is_own);
}

static void io_22(struct ctx *c)
{
	static const uint8_t zero[ADDRLEN];

	NEEDS(HAS_ADDR);
	if (c->d->addr_is_own)
		SKIP("this system has no remote address: OB-08");
	IS("SIOCSIFADDR of a multicast address", set_addr(c, mac_group), 0);
	IS("SIOCSIFADDR of zeroes", set_addr(c, zero), 0);
}

/* ------------------------------------------------------------------ IO: the VMware ones */

static long vmio_flags(struct ctx *c, unsigned long v)
{
	return ioctl(c->fd, C_VMIO_SIFFLAGS, v) == 0 ? 0 : -errno;
}

static void io_23(struct ctx *c)
{
	IS("VMIO_SIOCSIFFLAGS 0", vmio_flags(c, 0), c->d->has & HAS_VMIO ? 0 : -ENOTTY);
	if (c->d->has & HAS_VMIO)
		IS("UP", ifc_flags(c, F_UP, F_UP), F_UP);
}

static void io_24(struct ctx *c)
{
	NEEDS(HAS_VMIO);
	IS("ifconfig link0", ifc_set(c, "link0"), 0);
	IS("VMIO_SIOCSIFFLAGS DEBUG|LINK0", vmio_flags(c, F_DEBUG | F_LINK0), 0);
	IS("UP, DEBUG and LINK0", ifc_flags(c, F_UP | F_DEBUG | F_LINK0, F_UP | F_DEBUG), F_UP | F_DEBUG);
	IS("VMIO_SIOCSIFFLAGS 0", vmio_flags(c, 0), 0);
	IS("UP and DEBUG", ifc_flags(c, F_UP | F_DEBUG, F_UP), F_UP);
}

static void io_25(struct ctx *c)
{
	NEEDS(HAS_VMIO);
	IS("VMIO_SIOCSIFFLAGS POINTOPOINT", vmio_flags(c, F_POINTOPOINT), 0);
	IS("the flags that cannot change", ifc_flags(c, F_FRESH | F_RUNNING | F_POINTOPOINT, F_FRESH | F_RUNNING),
	    F_FRESH | F_RUNNING);
}

static void io_26(struct ctx *c)
{
	NEEDS(HAS_VMIO);
	IS("ifconfig down", ifc_set(c, "down"), 0);
	IS("UP", ifc_flags(c, F_UP, 0), 0);
	IS("VMIO_SIOCSIFFLAGS 0", vmio_flags(c, 0), 0);
	IS("write", frame_send(c, 7, 60), 60);
	IS("the datagram received", host_receive(c), 7);
}

static void io_27(struct ctx *c)
{
	for (int n = 1; n <= 7; n++)
		IS("a VMIO command from 1 to 7", dev_ioctl(c, C_VMIO((unsigned)n), NULL), -ENOTTY);
}

static void io_28(struct ctx *c)
{
	NEEDS(HAS_VMIO);
	if (strncmp(c->name, "vmnet", 5) == 0)
		SKIP("this is a vmnet");
	IS("VMIO_SIOCSIFFLAGS on a tap", vmio_flags(c, 0), 0);
}

/* ------------------------------------------------------------------ IO: later ones, and those of tun(4) */

static void io_29(struct ctx *c)
{
	static const int lengths[] = { 12, 10, 0 };

	NEEDS(HAS_VNETHDR);
	for (size_t n = 0; n < NELEM(lengths); n++) {
		IS("TAPSVNETHDR", dev_set(c, C_SVNETHDR, lengths[n]), 0);
		IS("TAPGVNETHDR", dev_get(c, C_GVNETHDR), lengths[n]);
	}
}

static void io_30(struct ctx *c)
{
	NEEDS(HAS_VNETHDR);
	IS("TAPSVNETHDR 11", dev_set(c, C_SVNETHDR, 11), -EINVAL);
	IS("TAPSVNETHDR -1", dev_set(c, C_SVNETHDR, -1), -EINVAL);
	IS("TAPGVNETHDR", dev_get(c, C_GVNETHDR), 0);
}

static void io_31(struct ctx *c)
{
	NEEDS(HAS_VNETHDR);
	IS("TAPGVNETHDR at first", dev_get(c, C_GVNETHDR), 0);
}

static void io_32(struct ctx *c)
{
	NEEDS(HAS_VNETHDR);
	IS("TAPSVNETHDR 12", dev_set(c, C_SVNETHDR, 12), 0);
	IS("close and open", dev_reopen(c), 0);
	IS("TAPGVNETHDR", dev_get(c, C_GVNETHDR), 0);
}

static void io_33(struct ctx *c)
{
	NEEDS(HAS_TRANSIENT);
	IS("TAPGTRANSIENT", dev_get(c, C_GTRANSIENT), 0);
	IS("TAPSTRANSIENT 5", dev_set(c, C_STRANSIENT, 5), 0);
	IS("TAPGTRANSIENT", dev_get(c, C_GTRANSIENT), 1);
	IS("TAPSTRANSIENT 0", dev_set(c, C_STRANSIENT, 0), 0);
	IS("TAPGTRANSIENT", dev_get(c, C_GTRANSIENT), 0);
}

static void io_34(struct ctx *c)
{
	if ((c->d->has & (HAS_TRANSIENT | HAS_VNETHDR)) == (HAS_TRANSIENT | HAS_VNETHDR))
		SKIP("this system has them: IO-29, IO-33");
	if (!(c->d->has & HAS_TRANSIENT))
		IS("TAPSTRANSIENT", dev_set(c, C_STRANSIENT, 1), -ENOTTY);
	if (!(c->d->has & HAS_VNETHDR))
		IS("TAPSVNETHDR", dev_set(c, C_SVNETHDR, 12), -ENOTTY);
}

static void io_35(struct ctx *c)
{
	int v = 0;

	if (c->d->has & HAS_OINFO)
		SKIP("this system's tap is a tun: OB-07");
	IS("TUNSLMODE", dev_int(c, _IOW('t', 93, int), &v), -ENOTTY);
	IS_OR("TUNSIFMODE", dev_int(c, _IOW('t', 94, int), &v), -ENOTTY, c->d->has & HAS_VNETHDR ? 0 : -ENOTTY,
	    "TUNSIFMODE in Linux's encoding is TAPGVNETHDR in BSD's");
	IS("TUNSIFPID", dev_ioctl(c, _IO('t', 95), NULL), -ENOTTY);
	IS("TUNSIFHEAD", dev_int(c, _IOW('t', 96, int), &v), -ENOTTY);
	IS("TUNGIFHEAD", dev_int(c, _IOR('t', 97, int), &v), -ENOTTY);
}

static void io_36(struct ctx *c)
{
	struct ifreq ifr;
	int flags;

	memset(&ifr, 0, sizeof(ifr));
	IS("SIOCGIFFLAGS on the device", dev_ioctl(c, C_GIFFLAGS, &ifr), c->d->has & HAS_FLAGS ? 0 : -ENOTTY);
	memcpy(&flags, &ifr, sizeof(flags));
	if (c->d->has & HAS_FLAGS)
		IS("the flags", flags & 0xffff, F_FRESH | F_RUNNING);
}

const struct row rows_ioctl[] = {
	{ "GI-04", OPENED, gi_04, "a command that takes its int by value gets the low 32 bits" },
	{ "GI-05", OPENED, gi_05, "setting from a bad pointer is EFAULT and sets nothing" },
	{ "GI-06", OPENED, gi_06, "what a getting command leaves unset reads as zero" },
	{ "GI-07", OPENED, gi_07, "getting to a bad pointer is EFAULT" },
	{ "GI-08", OPENED, gi_08, "a command that fails leaves the buffer alone" },
	{ "GI-15", OPENED, gi_15, "FIODTYPE is 0" },
	{ "GI-16", OPENED, gi_16, "FIODGNAME gives the device's name" },
	{ "GI-17", OPENED, gi_17, "any other command is ENOTTY" },
	{ "GI-18", OPENED, gi_18, "commands work on descriptors for reading or writing only" },
	{ "IO-01", OPENED, io_01, "TAPGIFNAME names the interface" },
	{ "IO-02", OPENED, io_02, "TAPGIFINFO of a fresh unit" },
	{ "IO-03", OPENED, io_03, "TAPSIFINFO of another type is EPROTOTYPE" },
	{ "IO-04", OPENED, io_04, "TAPSIFINFO of another type changes the type" },
	{ "IO-05", OPENED, io_05, "TAPSIFINFO of the mtu as it is sets the baudrate" },
	{ "IO-06", OPENED, io_06, "TAPSIFINFO sets the interface's mtu" },
	{ "IO-07", OPENED, io_07, "TAPSIFINFO of an mtu takes privilege" },
	{ "IO-08", OPENED, io_08, "TAPSIFINFO of an mtu below 72 is EINVAL" },
	{ "IO-09", OPENED, io_09, "TAPSIFINFO of mtu 65535" },
	{ "IO-10", OPENED, io_10, "TAPSIFINFO stores any mtu" },
	{ "IO-11", OPENED, io_11, "TAPSIFINFO stores any baudrate" },
	{ "IO-12", OPENED, io_12, "the parameters outlive a close" },
	{ "IO-13", OPENED, io_13, "TAPSDEBUG and TAPGDEBUG" },
	{ "IO-14", OPENED, io_14, "the debug value outlives a close" },
	{ "IO-15", READY, io_15, "FIONREAD of nothing is 0" },
	{ "IO-16", READY, io_16, "FIONREAD is the length of the first frame" },
	{ "IO-17", OPENED, io_17, "SIOCGIFADDR is the interface's address, the rest of the buffer untouched" },
	{ "IO-18", OPENED, io_18, "SIOCGIFADDR takes room for a whole struct ifreq" },
	{ "IO-19", OPENED, io_19, "SIOCSIFADDR sets the remote address only" },
	{ "IO-20", OPENED, io_20, "an open copies the interface's address to the remote one" },
	{ "IO-21", OPENED, io_21, "the remote address does not follow the interface's" },
	{ "IO-22", OPENED, io_22, "SIOCSIFADDR takes any address" },
	{ "IO-23", OPENED, io_23, "VMIO_SIOCSIFFLAGS brings the interface up" },
	{ "IO-24", OPENED, io_24, "VMIO_SIOCSIFFLAGS: DEBUG is settable, LINK0 is cleared" },
	{ "IO-25", OPENED, io_25, "VMIO_SIOCSIFFLAGS keeps the flags that cannot change" },
	{ "IO-26", READY, io_26, "after VMIO_SIOCSIFFLAGS 0 a frame is taken" },
	{ "IO-27", OPENED, io_27, "VMIO commands 1 to 7 are ENOTTY" },
	{ "IO-28", OPENED, io_28, "VMIO_SIOCSIFFLAGS works on a tap" },
	{ "IO-29", OPENED, io_29, "TAPSVNETHDR takes 0, 10 and 12" },
	{ "IO-30", OPENED, io_30, "TAPSVNETHDR of another length is EINVAL" },
	{ "IO-31", OPENED, io_31, "TAPGVNETHDR is 0 at first" },
	{ "IO-32", OPENED, io_32, "the virtio header is off after a close" },
	{ "IO-33", OPENED, io_33, "TAPSTRANSIENT and TAPGTRANSIENT" },
	{ "IO-34", OPENED, io_34, "TAPSTRANSIENT, TAPSVNETHDR before there were any are ENOTTY" },
	{ "IO-35", OPENED, io_35, "the commands of tun(4) are ENOTTY" },
	{ "IO-36", OPENED, io_36, "SIOCGIFFLAGS on the device" },
	{ 0 },
};
