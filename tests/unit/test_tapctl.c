/* SPDX-License-Identifier: BSD-2-Clause */
/* What tapctl prints, letter for letter, and that its manual pages and completion know what its tables know. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "ctl/conf.h"
#include "ctl/verbs.h"
#include "tapctl/tapctl.h"
#include "manpage.h"
#include "unit.h"

static char *text;
static size_t len;

/* The text of a reply, until the next call. */
static const char *text_of(const char *json, const char *asked)
{
	json_t *o = json_loads(json, 0, NULL);
	FILE *f;

	free(text);
	f = open_memstream(&text, &len);
	ck_assert_ptr_nonnull(o);
	text_reply(f, o, asked);
	fclose(f);
	json_decref(o);
	return text;
}

START_TEST(unit_open)
{
	ck_assert_str_eq(
	    text_of(
		"{\"version\":1,\"units\":[{\"name\":\"tap0\",\"device\":\"/dev/tap0\",\"family\":\"tap\","
		"\"unit\":0,\"dialect\":\"freebsd\",\"attach\":\"tuntap\",\"attached\":\"fine\",\"network\":{\"rx\":4},\"flags\":[\"UP\",\"BROADCAST\",\"RUNNING\","
		"\"SIMPLEX\","
		"\"MULTICAST\"],\"flags_value\":34883,\"mtu\":1500,\"ether\":\"58:9c:fc:00:12:34\",\"status\":"
		"\"active\","
		"\"gone\":false,\"linkstate\":true,\"media\":\"Ethernet autoselect\",\"opened_text\":\"Opened by PID 757\",\"opened_by\":[757],\"readers\":1,\"queue\":{\"length\":2,\"limit\":50},\"async\":true,"
		"\"sigio\":-757,\"addresses\":[{\"family\":\"inet\",\"address\":\"192.0.2.1\",\"prefixlen\":24},"
		"{\"family\":\"inet6\",\"address\":\"2001:db8::1\",\"prefixlen\":64}],"
		"\"counters\":{\"ipackets\":1,\"ibytes\":60,\"opackets\":3}}]}",
		"tap0"),
	    "tap0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500\n"
	    "\toptions=80000<LINKSTATE>\n"
	    "\tether 58:9c:fc:00:12:34\n"
	    "\tinet 192.0.2.1 netmask 0xffffff00 broadcast 192.0.2.255\n"
	    "\tinet6 2001:db8::1 prefixlen 64\n"
	    "\tgroups: tap\n"
	    "\tmedia: Ethernet autoselect\n"
	    "\tstatus: active\n"
	    "\tOpened by PID 757\n"
	    "\tdevice: /dev/tap0 dialect freebsd\n"
	    "\tattach: tuntap (fine)\n"
	    "\tnetwork: rx 4\n"
	    "\tqueue: length 2 limit 50 readers 1 async on sigio -757\n"
	    "\tinput: ipackets 1 ibytes 60\n"
	    "\toutput: opackets 3\n");
}
END_TEST

START_TEST(unit_closed_and_gone)
{
	const char *t = text_of("{\"units\":[{\"name\":\"tap0\",\"status\":\"unknown\",\"gone\":true,\"opened_by\":[],"
	    "\"addresses\":[{\"family\":\"inet\",\"address\":\"10.0.0.1\",\"prefixlen\":0}]}]}", "tap0");

	ck_assert_ptr_nonnull(strstr(t, "\tstatus: no carrier\n\tdevice:"));
	ck_assert_ptr_nonnull(strstr(t, "(host interface removed)"));
	ck_assert_ptr_null(strstr(t, "LINKSTATE"));	/* IF-35: not where open and close set no link state */
	ck_assert_ptr_nonnull(strstr(t, "netmask 0x00000000 broadcast 255.255.255.255"));
}
END_TEST

/* IF-01, IF-02: only a name that was not asked for is news. */
START_TEST(others)
{
	ck_assert_str_eq(text_of("{\"created\":\"tap0\"}", "tap"), "tap0\n");
	ck_assert_str_eq(text_of("{\"created\":\"tap5\"}", "tap5"), "");
	ck_assert_str_eq(text_of("{\"version\":1}", "tap0"), "");
	ck_assert_str_eq(text_of("{\"names\":[\"tap0\",\"vmnet1\"]}", "-l"), "tap0 vmnet1\n");
	ck_assert_str_eq(text_of("{\"names\":[]}", "-l"), "");
	ck_assert_str_eq(
	    text_of("{\"sysctls\":[{\"name\":\"a.b\",\"value\":1},{\"name\":\"c\",\"value\":2,\"old\":0}]}", "sysctl"),
	    "a.b: 1\nc: 0 -> 2\n");
}
END_TEST

/* What print() makes of a message, until the next call. */
static const char *printed(void (*print)(FILE *out, json_t *o), const char *json)
{
	json_t *o = json_loads(json, 0, NULL);
	FILE *f;

	free(text);
	f = open_memstream(&text, &len);
	ck_assert_ptr_nonnull(o);
	print(f, o);
	fclose(f);
	json_decref(o);
	return text;
}

START_TEST(trace_lines)
{
	setenv("TZ", "UTC", 1);
	ck_assert_str_eq(printed(text_event,
	    "{\"version\":1,\"trace\":{\"time_us\":1700000000000042,\"pid\":757,\"program\":\"tapdump\","
	    "\"call\":\"read(tap0, 1514) = EHOSTDOWN\",\"frame\":\"\",\"why\":\"tap0 is not up: tapctl tap0 up\","
	    "\"reason\":\"READ_DOWN\"}}"),
	    "22:13:20.000042    757 tapdump    read(tap0, 1514) = EHOSTDOWN  tap0 is not up: tapctl tap0 up\n");
	ck_assert_str_eq(printed(text_event, "{\"trace\":{\"time_us\":1,\"pid\":0,\"program\":\"?\",\"call\":\"c\","
	    "\"frame\":\"a > b ARP, 60 bytes\",\"why\":\"\"}}"),
	    "00:00:00.000001      0 ?          c  a > b ARP, 60 bytes\n");
	ck_assert_str_eq(printed(text_event, "{\"version\":1,\"missed\":12}"),
	    "... 12 calls not shown: they came faster than they were read\n");
	printed(text_event, "{\"trace\":1,\"missed\":[]}");
}
END_TEST

START_TEST(explanations)
{
	setenv("TZ", "UTC", 1);
	ck_assert_str_eq(text_of("{\"explain\":{\"name\":\"tap0\",\"failures\":["
	    "{\"time_us\":1700000000000042,\"times\":3,\"pid\":757,\"program\":\"tapdump\","
	    "\"call\":\"write(tap0, 60) = 60\",\"frame\":\"a > b ARP, 60 bytes\",\"why\":\"dropped: x: do y\"},"
	    "{\"time_us\":1700000000000042,\"times\":1,\"pid\":757,\"program\":\"tapdump\","
	    "\"call\":\"open(tap0) = EBUSY\",\"frame\":\"\",\"why\":\"v: w\"}],"
	    "\"now\":[{\"call\":\"read\",\"result\":\"EHOSTDOWN\",\"why\":\"z\"}]}}", "explain"),
	    "2023-11-14 22:13:20 757 tapdump: write(tap0, 60) = 60  a > b ARP, 60 bytes  (3 times)\n"
	    "\tdropped: x: do y\n"
	    "2023-11-14 22:13:20 757 tapdump: open(tap0) = EBUSY\n"
	    "\tv: w\n"
	    "Now:\n"
	    "\tread EHOSTDOWN: z\n");
	ck_assert_str_eq(text_of("{\"explain\":{\"name\":\"tap0\",\"failures\":[],\"now\":[]}}", "explain"),
	    "tap0: no call has failed\n");
}
END_TEST

#define STATS "{\"units\":[{\"name\":\"t\\\"\\\\\\n0\",\"device\":\"/dev/tap0\",\"backend\":\"slirp\"," \
	"\"dialect\":\"freebsd\",\"flags_value\":1,\"opened_by\":[0],\"queue\":{\"length\":2,\"limit\":50}," \
	"\"readers\":1,\"counters\":{\"ipackets\":9223372036854775807},\"network\":{\"sockets\":3},\"fault\":null}]," \
	"\"stats\":[{\"of\":\"counters\",\"name\":\"ipackets\",\"help\":\"frames\\\\ \\\"in\\\"\\nall\"}," \
	"{\"of\":\"network\",\"name\":\"sockets\",\"help\":\"open sockets\"}," \
	"{\"of\":\"fault\",\"name\":\"dropped\",\"help\":\"frames\"}]}"

START_TEST(stats_formats)
{
	ck_assert_str_eq(printed(stats_text, STATS),
	    "t\"\\\n0:\n"
	    "\t9223372036854775807 ipackets             frames\\ \"in\"\nall\n"
	    "\t           3 network.sockets      open sockets\n");
	printed(stats_prometheus, STATS);
	ck_assert_ptr_nonnull(strstr(text, "\ntapd_info{unit=\"t\\\"\\\\\\n0\",device=\"/dev/tap0\",backend=\"slirp\","
	    "dialect=\"freebsd\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(text, "# TYPE tapd_up gauge\ntapd_up{unit=\"t\\\"\\\\\\n0\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n# HELP tapd_ipackets_total frames\\\\ \"in\"\\nall\n"
	    "# TYPE tapd_ipackets_total counter\ntapd_ipackets_total{unit=\"t\\\"\\\\\\n0\"} 9223372036854775807\n"));
	ck_assert_ptr_nonnull(strstr(text, "# TYPE tapd_network_sockets untyped\ntapd_network_sockets{unit="));
	ck_assert_ptr_nonnull(strstr(text, "# TYPE tapd_fault_dropped untyped\n"));
	ck_assert_ptr_null(strstr(text, "tapd_fault_dropped{"));
	printed(stats_prometheus, "{\"units\":{},\"stats\":[1,{}]}");
	printed(stats_text, "{\"units\":[1,{}],\"stats\":[1,{}]}");
}
END_TEST

/* A tapd of another day may leave out anything, or say it otherwise. */
START_TEST(odd_replies)
{
	text_of("{}", "tap0");
	text_of("{\"units\":{},\"names\":1,\"sysctls\":null,\"verbs\":\"x\",\"tapd\":[],\"created\":1}", "x");
	text_of(
	    "{\"units\":[1,{},{\"flags\":[1],\"opened_by\":[\"x\"],\"addresses\":[1,{}],\"counters\":[],\"queue\":1}]}",
	    "x");
	text_of("{\"names\":[1],\"verbs\":[1,{}],\"sysctls\":[1,{}]}", "x");
	text_of("{\"explain\":1}", "x");
	text_of("{\"explain\":{\"failures\":[1,{}],\"now\":[1,{}]}}", "x");
}
END_TEST

/* What completion offers, as one string. */
static const char *offered(size_t n, const char *const *words)
{
	FILE *f;

	free(text);
	f = open_memstream(&text, &len);
	complete(f, "/nonexistent/sock", words, n);
	fclose(f);
	return text;
}

START_TEST(completion)
{
	ck_assert_str_eq(offered(1, (const char *[]){ "ta" }), "tap\n");
	ck_assert_str_eq(offered(1, (const char *[]){ "sys" }), "sysctl\n");
	ck_assert_str_eq(offered(2, (const char *[]){ "tap0", "ine" }), "inet\ninet6\n");
	ck_assert_str_eq(offered(3, (const char *[]){ "tap0", "inet", "" }), "");
	ck_assert_str_eq(offered(4, (const char *[]){ "tap0", "mtu", "1400", "d" }), "destroy\ndialect\ndown\n");
	ck_assert_str_eq(offered(3, (const char *[]){ "-j", "tap", "c" }), "create\n");
	ck_assert_str_eq(offered(4, (const char *[]){ "-s", "/x", "sysctl", "net.link.i" }), "net.link.ifqmaxlen\n");
	ck_assert_str_eq(offered(2, (const char *[]){ "-a", "" }), "");
	ck_assert_str_eq(offered(1, (const char *[]){ "tr" }), "trace\n");	/* tapd's too, and offered once */
	ck_assert_str_eq(offered(1, (const char *[]){ "wa" }), "watch\n");
	ck_assert_str_eq(offered(1, (const char *[]){ "comp" }), "");
	ck_assert_str_eq(offered(2, (const char *[]){ "trace", "" }), "");		/* names, which no tapd tells */
	ck_assert_ptr_nonnull(strstr(offered(0, (const char *[]){ NULL }), "vmnet\n"));
}
END_TEST

/* Counters that did not move are not shown, nor is a line of none. */
START_TEST(switches)
{
	ck_assert_str_eq(
	    text_of("{\"version\":1,\"switches\":[{\"name\":\"lan\",\"declared\":false,\"mtu\":1400,\"limits\":"
		    "{\"stations\":1024,\"age\":300,\"flood\":10000},\"ports\":[{\"number\":0,\"name\":\"pcap:eth0\","
		    "\"uplink\":true,\"up\":false,\"text\":\"eth0 is down\",\"counters\":{\"rx\":0}},{\"number\":1,\"name\":"
		    "\"tap0\",\"uplink\":false,\"up\":true,\"text\":\"\",\"counters\":{\"rx\":2,\"flood\":0,\"tx\":1}}],"
		    "\"stations\":[{\"ether\":\"02:00:00:00:00:01\",\"vlan\":0,\"port\":1,\"name\":\"tap0\",\"age\":7},"
		    "{\"ether\":\"02:00:00:00:00:01\",\"vlan\":10,\"port\":1,\"name\":\"tap0\",\"age\":0}],"
		    "\"network\":{\"injected\":3},\"counters\":{\"rx\":2,\"tx\":1}},"
		    "{\"name\":\"spare\",\"declared\":true,\"mtu\":1500,\"limits\":{\"stations\":1024,\"age\":300},"
		    "\"ports\":[],\"network\":{},\"counters\":{\"rx\":0}}]}", "switch"),
	    "lan: switch mtu 1400 maxaddr 1024 timeout 300 (until its last port goes)\n"
	    "\tuplink: pcap:eth0 port 0 status: no carrier (eth0 is down)\n"
	    "\tmember: tap0 port 1\n"
	    "\t        rx 2 tx 1\n"
	    "\tstation: 02:00:00:00:00:01 tap0 port 1 age 7\n"
	    "\tstation: 02:00:00:00:00:01 vlan 10 tap0 port 1 age 0\n"
	    "\tnetwork: injected 3\n"
	    "\tall ports: rx 2 tx 1\n"
	    "spare: switch mtu 1500 maxaddr 1024 timeout 300\n");
}
END_TEST

/* ------------------------------------------------------------------ manual pages */

START_TEST(tapctl_page_has_all_words)
{
	char *man = page("tapctl.8");

	for (const struct ctl_verb *v = ctl_verb_table; v->name; v++)
		ck_assert_msg(documents(man, v->name[0] == '-' && v->on == CTL_ON_TAPD ? v->name + 1 : v->name),
		    "tapctl.8 does not tell of %s", v->name);
	for (const struct local *l = local_table; l->name; l++)
		ck_assert_msg(documents(man, l->name), "tapctl.8 does not tell of %s", l->name);
	free(man);
}
END_TEST

/* The keys of a scope are in the message about a wrong one. */
static void check_keys(const char *man, const char *conf)
{
	struct conf c;
	char why[1024], *save, *key;

	ck_assert_int_lt(conf_parse(&c, "FILE", conf, why, sizeof(why)), 0);
	key = strstr(why, "expected one of ");
	ck_assert_ptr_nonnull(key);
	for (key = strtok_r(key + 16, ", ", &save); key; key = strtok_r(NULL, ", ", &save))
		ck_assert_msg(documents(man, key), "tapd.conf.5 does not tell of %s", key);
}

START_TEST(conf_page_has_all_keys)
{
	char *man = page("tapd.conf.5");

	check_keys(man, "wibble = 1\n");
	check_keys(man, "sysctl { wibble = 1 }\n");
	check_keys(man, "unit tap0 { wibble = 1 }\n");
	check_keys(man, "switch lan { wibble = 1 }\n");
	free(man);
}
END_TEST

static Suite *suite(void)
{
	const TTest *const tests[] = { unit_open, unit_closed_and_gone, others, trace_lines, explanations, stats_formats, odd_replies, completion,
		switches, tapctl_page_has_all_words, conf_page_has_all_keys };
	Suite *s = suite_create("tapctl");
	TCase *tc = tcase_create("tapctl");

	for (size_t i = 0; i < NELEM(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
