/* SPDX-License-Identifier: BSD-2-Clause */
/* What ifconfig takes, as tapd's words, what it prints, letter for letter, and that its page knows all its words. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "tapctl/ifconfig.h"
#include "manpage.h"
#include "unit.h"

#define WORDS_MAX 32

/* Reads "tap0 up"; line is cut to words in place. */
static bool parse(struct ifc_command *c, char *line)
{
	static char program[] = "ifconfig";
	char *argv[WORDS_MAX + 1] = { program }, *save = NULL;
	int n = 1;

	for (char *w = strtok_r(line, " ", &save); w != NULL && n < WORDS_MAX; w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	return ifc_parse(c, n, argv);
}

static void append(char *text, size_t size, const char *const *words, size_t n)
{
	if (text[0] != '\0' && n > 0)
		str_format(text + strlen(text), size - strlen(text), "; ");
	for (size_t i = 0; i < n; i++)
		str_format(text + strlen(text), size - strlen(text), "%s%s", i > 0 ? " " : "", words[i]);
}

/* All that tapd would be asked for, requests separated by "; ".  A word it has not is "(word)". */
static void requests(const struct ifc_command *c, char *text, size_t size)
{
	const char *words[4] = { c->name, "create" };
	char addr[64], own[64];

	text[0] = '\0';
	if (c->create)
		append(text, size, words, 2);
	for (size_t i = 0; i < c->nops; i++) {
		size_t n = ifc_op_words(c->name, &c->op[i], words);

		str_format(own, sizeof(own), "(%s)", c->op[i].word->name);
		words[0] = n > 0 ? words[0] : own;
		append(text, size, words, n > 0 ? n : 1);
	}
	if (c->address.wanted) {
		size_t n = ifc_address_words(c->name, &c->address, addr, words);

		words[0] = n > 0 ? words[0] : "(address)";
		append(text, size, words, n > 0 ? n : 1);
	}
}

/* Lines that programs run, and what becomes of them. */
static const struct {
	const char *line, *tapd;
} lines[] = {
	/* n2n, on FreeBSD and NetBSD */
	{ "tap0 ether 02:00:00:00:00:07", "tap0 ether 02:00:00:00:00:07" },
	{ "tap0 10.0.0.1 netmask 255.255.255.0 mtu 1290 up", "tap0 mtu 1290; tap0 up; tap0 inet 10.0.0.1/24" },
	{ "tap0 link 02:00:00:00:00:07 active", "tap0 ether 02:00:00:00:00:07; (active)" },
	/* OpenVPN */
	{ "tap0 10.8.0.2 netmask 255.255.255.0 mtu 1500 up", "tap0 mtu 1500; tap0 up; tap0 inet 10.8.0.2/24" },
	{ "tap0 10.8.0.2/24 mtu 1500 up", "tap0 mtu 1500; tap0 up; tap0 inet 10.8.0.2/24" },
	{ "tap0 10.8.0.2 netmask 255.255.255.0 mtu 1500 link0", "tap0 mtu 1500; tap0 link0; tap0 inet 10.8.0.2/24" },
	{ "tap0 10.8.0.2 netmask 255.255.255.0 mtu 1500 broadcast 10.8.0.255", "tap0 mtu 1500; tap0 inet 10.8.0.2/24" },
	{ "tap0 inet6 fd00::2/64 mtu 1500 up", "tap0 mtu 1500; tap0 up; tap0 inet6 fd00::2/64" },
	{ "tap0 inet6 fd00::2 prefixlen 112 up", "tap0 up; tap0 inet6 fd00::2/112" },
	{ "tap0 destroy", "tap0 destroy" },
	/* ZeroTier, on FreeBSD and NetBSD */
	{ "tap9993 create", "tap9993 create" },
	{ "tap9993 name ztabcdefghijklm", "tap9993 name ztabcdefghijklm" },
	{ "zt0 lladdr 02:00:00:00:00:07 mtu 2800 metric 5000 up",
	    "zt0 ether 02:00:00:00:00:07; zt0 mtu 2800; (metric); zt0 up" },
	{ "zt0 inet 10.147.17.5/24 alias", "zt0 inet 10.147.17.5/24 alias" },
	{ "zt0 inet6 fd00::5/88 alias", "zt0 inet6 fd00::5/88 alias" },
	{ "zt0 inet 10.147.17.5 -alias", "zt0 inet 10.147.17.5/8 -alias" },
	{ "zt0 inet6 fe80::1%zt0 -alias", "zt0 inet6 fe80::1/64 -alias" },
	{ "tap0 link 02:00:00:00:00:07 mtu 2800 metric 0 up",
	    "tap0 ether 02:00:00:00:00:07; tap0 mtu 2800; (metric); tap0 up" },
	/* lwIP, uIP, Contiki, tinc-up, GVPE, an emulator, scripts */
	{ "tap0 inet 192.168.0.2 netmask 0xffffff00", "tap0 inet 192.168.0.2/24" },
	{ "tap0 inet 192.168.0.1", "tap0 inet 192.168.0.1/24" },
	{ "tap0 inet6 fe80::206:98ff:fe00:232/64 add", "tap0 inet6 fe80::206:98ff:fe00:232/64 alias" },
	{ "tap0 10.0.0.1 netmask 255.0.0.0", "tap0 inet 10.0.0.1/8" },
	{ "tap0 ether 02:00:00:00:00:07 mtu 1400", "tap0 ether 02:00:00:00:00:07; tap0 mtu 1400" },
	{ "tap3 create inet 172.16.0.1/16 up", "tap3 create; tap3 up; tap3 inet 172.16.0.1/16" },
	{ "tap create", "tap create" },
	{ "tap plumb", "tap create" },
	{ "tap0 unplumb", "tap0 destroy" },
	{ "tap0 alias 10.0.0.2 netmask 255.255.255.255", "tap0 inet 10.0.0.2/32 alias" },
	{ "tap0 inet alias 10.0.0.2/32", "tap0 inet 10.0.0.2/32 alias" },
	{ "tap0 10.0.0.2 delete", "tap0 inet 10.0.0.2/8 -alias" },
	{ "tap0 inet 10.0.0.2 remove", "tap0 inet 10.0.0.2/8 -alias" },
	{ "tap0 inet6 2001:db8::1", "tap0 inet6 2001:db8::1/64" },
	{ "tap0 2001:db8::1/48", "tap0 inet6 2001:db8::1/48" },
	{ "tap0 -link0 promisc -promisc down", "tap0 -link0; tap0 promisc; tap0 -promisc; tap0 down" },
	/* what tapd has no word for */
	{ "tap0 description uplink -arp group vpn link1", "(description); (-arp); (group); (link1)" },
	{ "tap0 inet6 -ifdisabled", "(-ifdisabled)" },
	{ "tap0 10.0.0.1 10.0.0.2", "(address)" },
	{ "tap0 inet 10.0.0.1/24 broadcast 10.0.0.200", "(address)" },
	{ "tap0 -alias", "(address)" },
	/* nothing to do */
	{ "tap0", "" }, { "tap0 inet", "" }, { "tap0 ether", "" }, { "-v tap0", "" }, { "", "" }, { "-a", "" },
	{ "-a inet6", "" }, { "-l", "" }, { "-l ether", "" }, { "-ul", "" }, { "-aLmkn", "" }, { "-g tap", "" },
	{ "-ag tap", "" },
	{ "-f inet:cidr,inet6:cidr tap0", "" },
};

START_TEST(words)
{
	struct ifc_command c;
	char line[128], text[256];

	str_copy(line, sizeof(line), lines[_i].line);
	ck_assert_msg(parse(&c, line), "%s: %s", lines[_i].line, c.why);
	requests(&c, text, sizeof(text));
	ck_assert_str_eq(text, lines[_i].tapd);
	ck_assert_msg(ifc_is_show(&c) == (text[0] == '\0'), "%s", lines[_i].line);
}
END_TEST

/* FreeBSD's words; "" is the usage. */
static const struct {
	const char *line, *why;
} mistakes[] = {
	{ "tap0 up create", "create: bad value" },
	{ "tap0 inet 10.0.0", "10.0.0: bad value" },
	{ "tap0 inet 10.0.0.1/33", "10.0.0.1/33: bad value" },
	{ "tap0 inet 2001:db8::1", "2001:db8::1: bad value" },
	{ "tap0 inet6 10.0.0.1", "10.0.0.1: bad value" },
	{ "tap0 inet 10.0.0.1 netmask 255.0.255.0", "255.0.255.0: bad value" },
	{ "tap0 inet6 2001:db8::1 prefixlen 129", "129: bad value" },
	{ "tap0 inet6 2001:db8::1 netmask 255.0.0.0", "255.0.0.0: bad value" },
	{ "tap0 10.0.0.1 broadcast x", "x: bad value" },
	{ "tap0 10.0.0.1 10.0.0.2 10.0.0.3", "10.0.0.3: bad value" },
	{ "tap0 10.0.0.1 10.0.0.2/24", "10.0.0.2/24: bad value" },
	{ "tap0 netmask 255.0.0.0", "ioctl (SIOCAIFADDR): Destination address required" },
	{ "tap0 alias", "ioctl (SIOCAIFADDR): Destination address required" },
	{ "tap0 mtu", "'mtu' requires argument" },
	{ "tap0 10.0.0.1 netmask", "'netmask' requires argument" },
	{ "tap0 ether 00:11", "malformed link-level address" },
	{ "tap0 lladdr x up", "malformed link-level address" },
	{ "-f inet:roman tap0", "invalid format: inet:roman" },
	{ "-Z", "" },
	{ "-a tap0", "" },
	{ "-l up", "" },
};

START_TEST(wrong)
{
	struct ifc_command c;
	char line[128];

	str_copy(line, sizeof(line), mistakes[_i].line);
	ck_assert_msg(!parse(&c, line), "%s", mistakes[_i].line);
	ck_assert_str_eq(c.why, mistakes[_i].why);
}
END_TEST

START_TEST(too_much)
{
	struct ifc_command c;
	static char program[] = "ifconfig", name[] = "tap0", up[] = "up";
	char *argv[IFC_OPS_MAX + 4] = { program, name };

	for (size_t i = 0; i < IFC_OPS_MAX; i++)
		argv[2 + i] = up;
	ck_assert(ifc_parse(&c, IFC_OPS_MAX + 2, argv));
	ck_assert_uint_eq(c.nops, IFC_OPS_MAX);
	argv[2 + IFC_OPS_MAX] = up;
	ck_assert(!ifc_parse(&c, IFC_OPS_MAX + 3, argv));
	ck_assert_str_eq(c.why, "more than 64 things to do in one command");
}
END_TEST

/* ------------------------------------------------------------------ what is printed */

#define TAP \
	"{\"name\":\"tap0\",\"unit\":0,\"flags_value\":34883,\"mtu\":1500,\"index\":5," \
	"\"ether\":\"58:9c:fc:00:12:34\"," \
	"\"description\":\"vm net\",\"linkstate\":true,\"groups\":[\"tap\"],\"media\":\"Ethernet autoselect\"," \
	"\"status\":\"active\",\"nd6\":41,\"opened_text\":\"Opened by PID 757\",\"addresses\":[" \
	"{\"family\":\"inet\",\"address\":\"192.0.2.1\",\"prefixlen\":24,\"broadcast\":\"192.0.2.200\"}," \
	"{\"family\":\"inet\",\"address\":\"192.0.2.9\",\"prefixlen\":25}," \
	"{\"family\":\"inet\",\"address\":\"192.0.2.10\",\"prefixlen\":32,\"destination\":\"192.0.2.11\"}," \
	"{\"family\":\"inet6\",\"address\":\"2001:db8::1\",\"prefixlen\":64,\"in6_flags\":80}," \
	"{\"family\":\"inet6\",\"address\":\"fe80::1\",\"prefixlen\":64,\"in6_flags\":2}]}"
#define LO \
	"{\"name\":\"lo\",\"index\":1,\"flags_value\":73,\"mtu\":65536,\"groups\":[\"lo\"],\"nd6\":33,\"addresses\":[" \
	"{\"family\":\"inet\",\"address\":\"127.0.0.1\",\"prefixlen\":8}," \
	"{\"family\":\"inet6\",\"address\":\"::1\",\"prefixlen\":128,\"in6_flags\":0}]}"
#define BARE	"{\"name\":\"tap1\",\"flags_value\":34818,\"mtu\":1500,\"status\":\"unknown\",\"groups\":[]}"
#define FIRST	"tap0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500\n"

static const struct {
	const char *system, *line, *json, *text;
} outputs[] = {
	{ "freebsd-13", "tap0", TAP,
	    FIRST "\tdescription: vm net\n\toptions=80000<LINKSTATE>\n\tether 58:9c:fc:00:12:34\n"
	    "\tinet 192.0.2.1 netmask 0xffffff00 broadcast 192.0.2.200\n"
	    "\tinet 192.0.2.9 netmask 0xffffff80 broadcast 192.0.2.127\n"
	    "\tinet 192.0.2.10 --> 192.0.2.11 netmask 0xffffffff\n"
	    "\tinet6 2001:db8::1 prefixlen 64 deprecated autoconf\n"
	    "\tinet6 fe80::1%tap0 prefixlen 64 tentative scopeid 0x5\n"
	    "\tgroups: tap\n\tmedia: Ethernet autoselect\n\tstatus: active\n"
	    "\tnd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>\n\tOpened by PID 757\n" },
	{ "dragonfly-6", "tap0 inet", TAP,
	    FIRST "\tdescription: vm net\n\toptions=80000<LINKSTATE>\n"
	    "\tinet 192.0.2.1 netmask 0xffffff00 broadcast 192.0.2.200\n"
	    "\tinet 192.0.2.9 netmask 0xffffff80 broadcast 192.0.2.127\n"
	    "\tinet 192.0.2.10 --> 192.0.2.11 netmask 0xffffffff\n\tOpened by PID 757\n" },
	{ "", "tap0 ether", TAP,
	    FIRST "\tdescription: vm net\n\toptions=80000<LINKSTATE>\n\tether 58:9c:fc:00:12:34\n"
	    "\tOpened by PID 757\n" },
	{ "freebsd", "-f inet:cidr,inet6:cidr tap0 inet6", TAP,
	    FIRST "\tdescription: vm net\n\toptions=80000<LINKSTATE>\n"
	    "\tinet6 2001:db8::1/64 deprecated autoconf\n\tinet6 fe80::1%tap0/64 tentative scopeid 0x5\n"
	    "\tnd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>\n\tOpened by PID 757\n" },
	{ "freebsd", "-f inet:cidr lo", LO,
	    "lo: flags=49<UP,LOOPBACK,RUNNING> metric 0 mtu 65536\n\tinet 127.0.0.1/8\n\tinet6 ::1 prefixlen 128\n"
	    "\tgroups: lo\n\tnd6 options=21<PERFORMNUD,AUTO_LINKLOCAL>\n" },
	{ "freebsd", "-f inet:dotted lo inet", LO,
	    "lo: flags=49<UP,LOOPBACK,RUNNING> metric 0 mtu 65536\n\tinet 127.0.0.1 netmask 255.0.0.0\n" },
	{ "freebsd-14", "tap0 ether", TAP,
	    "tap0: flags=1008843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST,LOWER_UP> metric 0 mtu 1500\n"
	    "\tdescription: vm net\n\toptions=80000<LINKSTATE>\n\tether 58:9c:fc:00:12:34\n\tOpened by PID 757\n" },
	{ "freebsd-16", "lo inet", LO,
	    "lo: flags=1000049<UP,LOOPBACK,RUNNING,LOWER_UP> metric 0 mtu 65536\n"
	    "\tinet 127.0.0.1 netmask 0xff000000\n" },
	{ "freebsd-14", "tap1", BARE, "tap1: flags=8802<BROADCAST,SIMPLEX,MULTICAST> metric 0 mtu 1500\n" },
	{ "freebsd-8", "tap1", BARE, "tap1: flags=8802<BROADCAST,SIMPLEX,MULTICAST> metric 0 mtu 1500\n" },
	{ "netbsd-10", "tap0", TAP,
	    "tap0: flags=0x8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> mtu 1500\n\tdescription: \"vm net\"\n"
	    "\taddress: 58:9c:fc:00:12:34\n\tmedia: Ethernet autoselect\n\tstatus: active\n"
	    "\tinet 192.0.2.1/24 broadcast 192.0.2.200 flags 0\n\tinet 192.0.2.9/25 broadcast 192.0.2.127 flags 0\n"
	    "\tinet 192.0.2.10/32 -> 192.0.2.11 flags 0\n\tinet6 2001:db8::1/64 flags 0x50<DEPRECATED,AUTOCONF>\n"
	    "\tinet6 fe80::1%tap0/64 flags 0x2<TENTATIVE> scopeid 0x5\n" },
	{ "netbsd-10", "lo", LO,
	    "lo: flags=0x49<UP,LOOPBACK,RUNNING> mtu 65536\n\tinet 127.0.0.1/8 flags 0\n\tinet6 ::1/128 flags 0\n" },
	{ "openbsd-7", "tap0", TAP,
	    "tap0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> mtu 1500\n\tdescription: vm net\n"
	    "\tlladdr 58:9c:fc:00:12:34\n\tindex 5 priority 0 llprio 3\n\tgroups: tap\n\tmedia: Ethernet autoselect\n"
	    "\tstatus: active\n\tinet 192.0.2.1 netmask 0xffffff00 broadcast 192.0.2.200\n"
	    "\tinet 192.0.2.9 netmask 0xffffff80 broadcast 192.0.2.127\n"
	    "\tinet 192.0.2.10 --> 192.0.2.11 netmask 0xffffffff\n"
	    "\tinet6 2001:db8::1 prefixlen 64 deprecated autoconf\n"
	    "\tinet6 fe80::1%tap0 prefixlen 64 tentative scopeid 0x5\n" },
	{ "openbsd-7", "tap1", BARE, "tap1: flags=8802<BROADCAST,SIMPLEX,MULTICAST> mtu 1500\n\tstatus: no carrier\n" },
};

START_TEST(output)
{
	json_t *o = json_loads(outputs[_i].json, 0, NULL);
	struct ifc_command c;
	char line[64], *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(o);
	str_copy(line, sizeof(line), outputs[_i].line);
	ck_assert(parse(&c, line) && ifc_is_show(&c));
	ifc_print(f, outputs[_i].system, &c, o);
	fclose(f);
	ck_assert_str_eq(text, outputs[_i].text);
	free(text);
	json_decref(o);
}
END_TEST

/* A reply that lacks everything prints as nothing, never as a crash. */
START_TEST(nothing_known)
{
	static const char *const systems[] = { "freebsd", "netbsd", "openbsd" };
	json_t *o = json_loads("{\"addresses\":[{},{\"family\":\"inet\"},1],\"groups\":[1]}", 0, NULL);
	struct ifc_command c = { 0 };
	FILE *f = fopen("/dev/null", "w");

	for (size_t i = 0; i < NELEM(systems); i++)
		ifc_print(f, systems[i], &c, o);
	fclose(f);
	json_decref(o);
}
END_TEST

START_TEST(page_has_all_words)
{
	char *man = page("tapd-ifconfig.8");

	for (const struct ifc_word *w = ifc_word_table; w->name != NULL; w++)
		ck_assert_msg(documents(man, w->name), "tapd-ifconfig.8 does not tell of %s", w->name);
	free(man);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("ifconfig");
	TCase *tc = tcase_create("ifconfig");

	tcase_add_loop_test(tc, words, 0, NELEM(lines));
	tcase_add_loop_test(tc, wrong, 0, NELEM(mistakes));
	tcase_add_test(tc, too_much);
	tcase_add_loop_test(tc, output, 0, NELEM(outputs));
	tcase_add_test(tc, nothing_known);
	tcase_add_test(tc, page_has_all_words);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
