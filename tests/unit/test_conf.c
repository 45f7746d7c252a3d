/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tapd.conf: a good file and what becomes of it, then one file for each kind of mistake, with the line and the words
 * it must be told in.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/util.h"
#include "ctl/conf.h"
#include "ctl_fixture.h"
#include "unit.h"

static struct conf c;
static char why[1024];

static int parse(const char *text)
{
	return conf_parse(&c, "FILE", text, why, sizeof(why));
}

START_TEST(defaults)
{
	ck_assert_int_eq(conf_load(&c, NULL, why, sizeof(why)), 0);
	ck_assert_str_eq(c.transport, "auto");
	ck_assert_str_eq(c.prefix, "");
	ck_assert_ptr_null(c.socket);
	ck_assert_str_eq(c.run_dir, "/run/tapd");
	ck_assert_str_eq(c.dev_dir, "/dev");
	ck_assert_uint_eq(c.spin_us, 0);
	ck_assert_ptr_eq(c.dialect, &tap_dialect_table[0]);
	ck_assert_uint_eq(c.nunits, 0);
	for (int id = 0; id < TAP_SYSCTL_COUNT; id++) {
		ck_assert(!c.has_sysctl[id]);
		ck_assert_int_eq(c.sysctl[id], tap_sysctl_table[id].initial);
	}
	conf_free(&c);
	conf_free(&c);
}
END_TEST

static const char good[] =
	"# a comment\n"
	"transport = fuse\n"
	"prefix = \"x\"\n"
	"socket = \"/tmp/s\"\n"
	"run_dir = /tmp/r\n"
	"dev_dir = \"/tmp/d\"\n"
	"spin_us = 50\n"
	"dialect = \"freebsd\"\n"
	"sysctl {\n"
	"\tuser_open = 1\n"
	"\tup_on_open = 1\n"
	"\tifqmaxlen = 20\n"
	"}\n"
	"unit \"xtap0\" {\n"
	"\towner = root\n"
	"\tgroup = \"65534\"\n"
	"\tmode = 0660\n"
	"\tether = \"58:9c:fc:00:00:09\"\n"
	"\tmtu = 1400\n"
	"\tinet = {\"192.0.2.1/24\", \"192.0.2.2/32\"}\n"
	"\tinet6 = {\"2001:db8::1/64\"}\n"
	"\tlink0 = true\n"
	"\tdialect = \"freebsd\"\n"
	"}\n"
	"/* another */ unit xvmnet3 { }\n"
	"unit \"xtap7\" {\n"
	"\tinet = \"198.51.100.1/24\"\n"
	"\tup = no\n"
	"}\n";

START_TEST(good_file)
{
	const struct conf_unit *u;

	ck_assert_msg(parse(good) == 0, "%s", why);
	ck_assert_str_eq(c.transport, "fuse");
	ck_assert_str_eq(c.socket, "/tmp/s");
	ck_assert_str_eq(c.run_dir, "/tmp/r");
	ck_assert_str_eq(c.dev_dir, "/tmp/d");
	ck_assert_uint_eq(c.spin_us, 50);
	ck_assert_uint_eq(c.nunits, 3);
	u = &c.units[0];
	ck_assert_str_eq(u->name, "xtap0");
	ck_assert_int_eq(u->line, 14);
	ck_assert_int_eq(u->family, TAP_FAMILY_TAP);
	ck_assert(u->has_uid && u->uid == 0);
	ck_assert(u->has_gid && u->gid == 65534);
	ck_assert(u->has_mode && u->mode == 0660);
	ck_assert(u->has_lladdr && u->lladdr[5] == 9);
	ck_assert_uint_eq(u->mtu, 1400);
	ck_assert_uint_eq(u->naddrs, 3);
	ck_assert(u->link0 && !u->has_up);
	ck_assert_int_eq(c.units[1].family, TAP_FAMILY_VMNET);
	ck_assert_int_eq(c.units[1].unit, 3);
	ck_assert_uint_eq(c.units[2].naddrs, 1);
	ck_assert(c.units[2].has_up && !c.units[2].up);
	conf_free(&c);
}
END_TEST

/* What stands last counts, in lists too. */
START_TEST(last_wins)
{
	ck_assert_msg(parse("spin_us = 1 spin_us = 2\nunit tap0 { inet = {\"192.0.2.1/24\"} inet6 = {\"::1/128\"}\n"
	    "inet = {\"192.0.2.2/24\"}\n inet += {\"192.0.2.3/24\"} }") == 0, "%s", why);
	ck_assert_uint_eq(c.spin_us, 2);
	ck_assert_uint_eq(c.units[0].naddrs, 3);
	ck_assert_int_eq(c.units[0].addrs[0].family, AF_INET6);
	ck_assert_int_eq(c.units[0].addrs[1].addr[3], 2);
	ck_assert_int_eq(c.units[0].addrs[2].addr[3], 3);
	conf_free(&c);
}
END_TEST

static const struct {
	const char *text, *told;
} mistakes[] = {
    {"\nwibble = 1\n", "FILE:2: no such option 'wibble'; expected one of transport, prefix, socket,"},
    {"sysctl {\n wibble = 1\n}\n", "FILE:2: no such option 'wibble'; expected one of user_open,"},
    {"unit tap0 {\n\n wibble = 1\n}\n", "FILE:3: no such option 'wibble'; expected one of owner,"},
    {"unit tap0 {\n inet = {\"192.0.2.1/24\",\n \"192.0.2.2\"}\n}\n",
	"FILE:3: inet = 192.0.2.2: expected an IPv4 address with its prefix length"},
    {"unit tap0 {\n inet6 = 192.0.2.1/24\n}\n", "FILE:2: inet6 = 192.0.2.1/24: expected an IPv6 address"},
    {"unit tap0 {\n owner = \"nobody-of-that-name\"\n}\n",
	"FILE:2: owner = nobody-of-that-name: expected a user's name or number"},
    {"unit tap0 {\n group = \"no group\"\n}\n", "FILE:2: group = no group: expected a group's name or number"},
    {"unit tap0 {\n mode = 0888\n}\n", "FILE:2: mode = 0888: expected octal permissions, such as 0660"},
    {"unit tap0 {\n mode = 01777\n}\n", "FILE:2: mode = 01777: expected octal permissions"},
    {"unit tap0 {\n ether = 58:9c:fc:00:00\n}\n", "FILE:2: ether = 58:9c:fc:00:00: expected a unicast link-level address"},
    {"unit tap0 {\n attach = \"socket:lan.sock/x\"\n}\n",
	"FILE:2: attach = socket:lan.sock/x: expected the whole path, from the '/' of the root on"},
    {"attach = nowhere\n", "FILE:1: attach = nowhere: nothing to plug into; expected one of: tuntap "},
    {"attach = \"switch:a b\"\n", "FILE:1: attach = switch:a b: expected a name of 1 to 15 letters"},
    {"switch a {\n uplink = \"switch:a\"\n}\n", "FILE:1: switch \"a\": its uplink switch:a leads back to it"},
    {"switch a { uplink = \"switch:b\" }\nswitch b { uplink = \"switch:c\" }\nswitch c { uplink = \"switch:b\" }\n",
	"FILE:2: switch \"b\": its uplink switch:c leads back to it"},
    {"unit tap0 {\n mtu = 71\n}\n", "FILE:2: mtu = 71: expected a number of bytes from 72 to 65521"},
    {"unit tap0 {\n mtu = many\n}\n", "FILE:2: mtu = many: expected a number of bytes"},
    {"unit tap0 {\n up = perhaps\n}\n", "FILE:2: up = perhaps: expected true or false"},
    {"unit tap0 {\n link0 = 2\n}\n", "FILE:2: link0 = 2: expected true or false"},
    {"unit tap0 {\n dialect = plan9\n}\n", "FILE:2: dialect = plan9: expected the name of a dialect"},
    {"\ntransport = pigeon\n", "FILE:2: transport = pigeon: expected auto, cuse or fuse"},
    {"prefix = \"a/b\"\n", "FILE:1: prefix = a/b: expected up to 8 letters"},
    {"prefix = \"ninechars\"\n", "FILE:1: prefix = ninechars: expected up to 8 letters"},
    {"socket = tapd.sock\n", "FILE:1: socket = tapd.sock: expected an absolute path"},
    {"run_dir = \"\"\n", "FILE:1: run_dir = : expected an absolute path"},
    {"dev_dir = dev\n", "FILE:1: dev_dir = dev: expected an absolute path"},
    {"spin_us = -1\n", "FILE:1: spin_us = -1: expected a number of microseconds from 0 to 1000"},
    {"spin_us = 1001\n", "FILE:1: spin_us = 1001: expected a number of microseconds"},
    {"dialect = \"\"\n", "FILE:1: dialect = : expected the name of a dialect"},
    {"sysctl {\n user_open = 2\n}\n", "FILE:2: user_open = 2: expected a number from 0 to 1"},
    {"sysctl {\n user_open = yes\n}\n", "FILE:2: user_open = yes: expected a number from 0 to 1"},
    {"\nunit tap0 {\n}\n\nunit tap0 {\n}\n", "FILE:5: found duplicate title 'tap0'"},
    {"\n\nunit tap05 {\n\n}\n", "FILE:3: unit \"tap05\": expected tap or vmnet and a unit number, as in tap0"},
    {"unit tap {\n mtu = 1500\n}\n", "FILE:1: unit \"tap\" is the clone device: expected owner, group and mode only"},
    {"# unit eth0\nunit 'eth0' {\n mtu = 1400\n}\n", "FILE:2: unit \"eth0\": expected tap or vmnet"},
    {"unit tap0 {\n}\nprefix = x\n", "FILE:1: unit \"tap0\": expected xtap or xvmnet and a unit number, as in xtap0"},
    {"unit a123456789012345 {\n}\n", "FILE:1: unit \"a123456789012345\": expected a name of at most 15 bytes"},
    {"unit {\n}\n", "FILE:1: missing title for section 'unit'"},
    {"unit tap0\nmtu = 1\n", "FILE:2: missing opening brace for section 'unit'"},
    {"unit tap0 {\n mtu 1400\n}\n", "FILE:2: missing equal sign after option 'mtu'"},
    {"unit tap0 {\n mtu = 1400\n", "FILE:1: { is never closed"},
    {"unit tap0 {\n mtu = {1400}\n}\n", "FILE:2: unexpected token '{'"},
    {"# one {\n/* two\n three */ // four\nrun_dir = /a//b#\n# '\nsocket = \"/# \\\" {\" # }\nwibble = 1\n",
	"FILE:7: no such option 'wibble'"},
    {"\n/* no end\ntransport = fuse\n", "FILE:2: /* is never closed"},
    {"dev_dir = a//b\n", "FILE:1: dev_dir = a//b: expected an absolute path"},
    {"/*/", "FILE:1: /* is never closed"},
    {"transport = '", "FILE:1: ' is never"},
    {"unit tap0 { inet = { \"192.0.2.1/24\"\n}\n", "FILE:1: { is never closed"},
    {"}\n", "FILE:1: unexpected closing brace"},
    {"transport = \"fuse\n", "FILE:1: \" is never closed: expected its end"},
};

START_TEST(mistake)
{
	int err = parse(mistakes[_i].text);

	ck_assert_int_eq(err, -EINVAL);
	ck_assert_msg(strncmp(why, mistakes[_i].told, strlen(mistakes[_i].told)) == 0, "told \"%s\", not \"%s\"", why,
	    mistakes[_i].told);
	ck_assert_uint_eq(c.nunits, 0);
}
END_TEST

/* A file from the file system, and what is none. */
START_TEST(files)
{
	char path[] = "/tmp/test_conf.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_eq(write(fd, good, sizeof(good) - 1), sizeof(good) - 1);
	ck_assert_msg(conf_load(&c, path, why, sizeof(why)) == 0, "%s", why);
	ck_assert_uint_eq(c.nunits, 3);
	conf_free(&c);
	ck_assert_int_eq(write(fd, "\nwibble", 7), 7);
	ck_assert_int_eq(conf_load(&c, path, why, sizeof(why)), -EINVAL);
	ck_assert_msg(strncmp(why, path, strlen(path)) == 0 && strstr(why, ":31: no such option") != NULL, "%s", why);
	ck_assert_int_eq(write(fd, "", 1), 1);
	ck_assert_int_eq(conf_load(&c, path, why, sizeof(why)), -EILSEQ);
	ck_assert_msg(strstr(why, "NUL byte") != NULL, "%s", why);
	ck_assert_int_eq(ftruncate(fd, CONF_SIZE_MAX + 1), 0);
	ck_assert_int_eq(conf_load(&c, path, why, sizeof(why)), -EFBIG);
	ck_assert_int_eq(ftruncate(fd, 0), 0);
	ck_assert_int_eq(conf_load(&c, path, why, sizeof(why)), 0);
	conf_free(&c);
	unlink(path);
	close(fd);
	ck_assert_int_eq(conf_load(&c, path, why, sizeof(why)), -ENOENT);
	ck_assert_msg(strstr(why, ": No such file or directory") != NULL, "%s", why);
	ck_assert_int_eq(conf_load(&c, "/tmp", why, sizeof(why)), -EISDIR);
}
END_TEST

/* Standard error of what f does. */
static const char *stderr_of(void (*f)(void))
{
	static char text[1024];
	FILE *tmp = tmpfile();
	int saved = dup(2);
	size_t n;

	fflush(stderr);
	dup2(fileno(tmp), 2);
	f();
	fflush(stderr);
	dup2(saved, 2);
	close(saved);
	rewind(tmp);
	n = fread(text, 1, sizeof(text) - 1, tmp);
	text[n] = '\0';
	fclose(tmp);
	return text;
}

static void parse_owner(void)
{
	ck_assert_int_eq(parse("unit tap0 {\n owner = root\n}\n"), 0);
	conf_free(&c);
}

static void parse_owner_user_open(void)
{
	ck_assert_int_eq(parse("unit tap0 {\n owner = root\n}\nsysctl { user_open = 1 }\n"), 0);
	conf_free(&c);
}

START_TEST(owner_without_user_open)
{
	const char *text;

	log_init("tapd", LOG_INFO);
	text = stderr_of(parse_owner);
	ck_assert_msg(strstr(text, "FILE:2: owner is set, but") != NULL, "%s", text);
	text = stderr_of(parse_owner_user_open);
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(apply)
{
	struct tap_driver drv;
	struct tap_softc *sc;

	ck_assert_int_eq(fixture_driver(&drv, "x"), 0);
	ck_assert_msg(parse(good) == 0, "%s", why);
	ck_assert_msg(conf_apply_driver(&c, &drv, why, sizeof(why)) == 0, "%s", why);
	ck_assert_msg(conf_apply_units(&c, &drv, why, sizeof(why)) == 0, "%s", why);
	ck_assert_int_eq(tap_sysctl_get(&drv, TAP_SYSCTL_USER_OPEN), 1);
	ck_assert_int_eq(tap_sysctl_get(&drv, TAP_SYSCTL_IFQMAXLEN), 20);
	ck_assert_uint_eq(drv.nunits, 3);
	sc = tap_unit_byname(&drv, "xtap0");
	ck_assert_uint_eq(sc->node.gid, 65534);
	ck_assert_uint_eq(sc->node.mode, 0660);
	ck_assert_uint_eq(sc->mtu, 1400);
	ck_assert_uint_eq(sc->ifq_maxlen, 20);
	ck_assert_int_eq(sc->lladdr[5], 9);
	ck_assert_int_eq(sc->flags & (TAP_IFF_UP | TAP_IFF_LINK0), TAP_IFF_UP | TAP_IFF_LINK0);
	ck_assert_uint_eq(tap_unit_byname(&drv, "xvmnet3")->node.mode, 0600);
	ck_assert_int_eq(tap_unit_byname(&drv, "xtap7")->flags & TAP_IFF_UP, 0);
	/* The file again: its units are there already. */
	ck_assert_int_eq(conf_apply_units(&c, &drv, why, sizeof(why)), -EEXIST);
	ck_assert_msg(strstr(why, "unit \"xtap0\": create: ") == why, "%s", why);
	ck_assert_int_eq(conf_apply_driver(&c, &drv, why, sizeof(why)), -EPERM);
	ck_assert_msg(strstr(why, "net.link.ifqmaxlen") != NULL, "%s", why);
	conf_free(&c);
	tap_driver_fini(&drv);
}
END_TEST

START_TEST(clone_node)
{
	struct tap_driver drv;

	ck_assert_int_eq(fixture_driver(&drv, ""), 0);
	ck_assert_msg(parse("unit vmnet { group = 65534\n mode = 0660 }\nsysctl { user_open = 1 }") == 0, "%s", why);
	ck_assert_int_eq(conf_apply_driver(&c, &drv, why, sizeof(why)), 0);
	ck_assert_int_eq(conf_apply_units(&c, &drv, why, sizeof(why)), 0);
	ck_assert_uint_eq(drv.nunits, 0);
	ck_assert_uint_eq(drv.clone[TAP_FAMILY_VMNET].mode, 0660);
	ck_assert_uint_eq(drv.clone[TAP_FAMILY_VMNET].gid, 65534);
	ck_assert_uint_eq(drv.clone[TAP_FAMILY_TAP].mode, 0600);
	conf_free(&c);
	tap_driver_fini(&drv);
}
END_TEST

static Suite *suite(void)
{
	const TTest *const tests[] = { defaults, good_file, last_wins, files, owner_without_user_open, apply, clone_node };
	Suite *s = suite_create("conf");
	TCase *tc = tcase_create("conf");

	for (size_t i = 0; i < NELEM(tests); i++)
		tcase_add_test(tc, tests[i]);
	tcase_add_loop_test(tc, mistake, 0, NELEM(mistakes));
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
