/* SPDX-License-Identifier: BSD-2-Clause */
/* What tapctl prints, letter for letter, and that its manual pages and completion know what its tables know. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/util.h"
#include "ctl/conf.h"
#include "ctl/verbs.h"
#include "tapctl/tapctl.h"
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
		"\"unit\":0,\"dialect\":\"freebsd\",\"backend\":\"tuntap\",\"flags\":[\"UP\",\"BROADCAST\",\"RUNNING\","
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
	    "\tdevice: /dev/tap0 dialect freebsd backend tuntap\n"
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

/* A tapd of another day may leave out anything, or say it otherwise. */
START_TEST(odd_replies)
{
	text_of("{}", "tap0");
	text_of("{\"units\":{},\"names\":1,\"sysctls\":null,\"verbs\":\"x\",\"tapd\":[],\"created\":1}", "x");
	text_of(
	    "{\"units\":[1,{},{\"flags\":[1],\"opened_by\":[\"x\"],\"addresses\":[1,{}],\"counters\":[],\"queue\":1}]}",
	    "x");
	text_of("{\"names\":[1],\"verbs\":[1,{}],\"sysctls\":[1,{}]}", "x");
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
	ck_assert_str_eq(offered(2, (const char *[]){ "tap0", "in" }), "inet\ninet6\n");
	ck_assert_str_eq(offered(3, (const char *[]){ "tap0", "inet", "" }), "");
	ck_assert_str_eq(offered(4, (const char *[]){ "tap0", "mtu", "1400", "d" }), "destroy\ndialect\ndown\n");
	ck_assert_str_eq(offered(3, (const char *[]){ "-j", "tap", "c" }), "create\n");
	ck_assert_str_eq(offered(4, (const char *[]){ "-s", "/x", "sysctl", "net.link.i" }), "net.link.ifqmaxlen\n");
	ck_assert_str_eq(offered(2, (const char *[]){ "-a", "" }), "");
	ck_assert_ptr_nonnull(strstr(offered(0, NULL), "vmnet\n"));
}
END_TEST

/* ------------------------------------------------------------------ manual pages */

/* A page of docs/man, for the caller to free. */
static char *page(const char *name)
{
	char here[] = __FILE__, path[512], *s = calloc(1, 65536);
	FILE *f;

	snprintf(path, sizeof(path), "%s/../../docs/man/%s", dirname(here), name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	ck_assert_uint_gt(fread(s, 1, 65535, f), 0);
	fclose(f);
	return s;
}

/* The page has a line that begins with one of the macros and holds the word as a word. */
static bool documents(const char *man, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = strstr(man, word); p; p = strstr(p + 1, word)) {
		const char *line = p;

		while (line > man && line[-1] != '\n')
			line--;
		if (*line == '.' && p[-1] == ' ' && strchr(" \n", p[n]))
			return true;
	}
	return false;
}

START_TEST(tapctl_page_has_all_words)
{
	char *man = page("tapctl.8");

	for (const struct ctl_verb *v = ctl_verb_table; v->name; v++)
		ck_assert_msg(documents(man, v->name[0] == '-' && v->on == CTL_ON_TAPD ? v->name + 1 : v->name),
		    "tapctl.8 does not tell of %s", v->name);
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
	free(man);
}
END_TEST

static Suite *suite(void)
{
	const TTest *const tests[] = { unit_open, unit_closed_and_gone, others, odd_replies, completion,
		tapctl_page_has_all_words, conf_page_has_all_keys };
	Suite *s = suite_create("tapctl");
	TCase *tc = tcase_create("tapctl");

	for (size_t i = 0; i < NELEM(tests); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
