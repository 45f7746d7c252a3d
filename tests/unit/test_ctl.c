/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The controls, from a client's socket to the driver and back: every verb, every refusal, messages in pieces and
 * messages that are none.  The server and its loop run in the test's own thread; the clients are real sockets.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/util.h"
#include "ctl/frame.h"
#include "ctl/server.h"
#include "ctl_fixture.h"
#include "tapd/ctl.h"
#include "unit.h"

static struct tap_driver drv;
static struct loop *loop;
static struct ctl *ctl;
static char dir[] = "/tmp/test_ctl.XXXXXX";
static char path[64];
static struct ctl_config cfg;

static void setup(void)
{
	char why[256];

	strcpy(dir, "/tmp/test_ctl.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	chmod(dir, 0755);
	snprintf(path, sizeof(path), "%s/sock", dir);
	ck_assert_int_eq(fixture_driver(&drv, ""), 0);
	loop = loop_new();
	ck_assert_ptr_nonnull(loop);
	cfg = (struct ctl_config){ path, { .drv = &drv, .loop = loop, .dev_dir = "/dev", .transport = "none" } };
	ctl = ctl_new(&cfg, why, sizeof(why));
	ck_assert_msg(ctl != NULL, "%s", why);
}

static void teardown(void)
{
	ctl_free(ctl);
	ck_assert_int_ne(access(path, F_OK), 0);
	tap_driver_fini(&drv);
	loop_free(loop);
	rmdir(dir);
}

/* ------------------------------------------------------------------ a client */

static void stop(void *arg)
{
	loop_stop(loop, 0);
}

static void stop_on_fd(void *arg, uint32_t events)
{
	loop_stop(loop, 1);
}

/* Run the loop until fd has something to read; a second without is a failure. */
static void run_until_readable(int fd)
{
	struct loop_timer t = { 0 };
	struct loop_fd f;
	int r;

	ck_assert_int_eq(loop_fd_add(loop, &f, fd, POLLIN, stop_on_fd, NULL), 0);
	loop_timer_set(loop, &t, 5000 * LOOP_MS, stop, NULL);
	r = loop_run(loop);
	loop_fd_del(loop, &f);
	loop_timer_del(loop, &t);
	ck_assert_msg(r == 1, "no answer came");
}

/* Let the server handle all that is there now. */
static void run_idle(void)
{
	struct loop_timer t = { 0 };

	loop_timer_set(loop, &t, 0, stop, NULL);
	loop_run(loop);
	loop_timer_set(loop, &t, 0, stop, NULL);
	loop_run(loop);
}

static int dial(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(sun.sun_path, path);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	return fd;
}

static void send_all(int fd, const void *data, size_t len)
{
	ck_assert_int_eq(send(fd, data, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* A frame around text, to buf; its length. */
static size_t frame(char *buf, const char *text, size_t len)
{
	uint32_t head = htonl((uint32_t)len);

	memcpy(buf, &head, 4);
	memcpy(buf + 4, text, len);
	return len + 4;
}

static void send_text(int fd, const char *text, size_t len)
{
	char *buf = malloc(len + 4);

	send_all(fd, buf, frame(buf, text, len));
	free(buf);
}

/* {"version":1,"args":[...]} of words parted by blanks. */
static char *request(const char *words)
{
	char copy[512], *save, *w;
	json_t *args = json_array(), *req;
	char *text;

	strcpy(copy, words);
	for (w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		json_array_append_new(args, json_string(w));
	req = json_pack("{s:i, s:o}", "version", 1, "args", args);
	text = json_dumps(req, 0);
	json_decref(req);
	return text;
}

static void ask_on(int fd, const char *words)
{
	char *text = request(words);

	send_text(fd, text, strlen(text));
	free(text);
}

/* The next message from the server, or NULL at the end of the connection. */
static json_t *reply_on(int fd)
{
	struct ctl_rx rx = { .max = TAPD_CTL_REPLY_MAX };
	json_t *o = NULL;
	int r;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((r = ctl_rx_read(&rx, fd)) == 0)
		run_until_readable(fd);
	fcntl(fd, F_SETFL, 0);
	if (r == 1) {
		o = json_loadb(rx.body, rx.len, 0, NULL);
		ck_assert(json_is_object(o));
		ck_assert_int_eq(json_integer_value(json_object_get(o, "version")), 1);
	}
	ctl_rx_reset(&rx);
	return o;
}

static json_t *ask(const char *words)
{
	int fd = dial();
	json_t *o;

	ask_on(fd, words);
	o = reply_on(fd);
	close(fd);
	ck_assert_ptr_nonnull(o);
	return o;
}

static void ok(const char *words)
{
	json_t *o = ask(words);
	char *text = json_dumps(o, 0);

	ck_assert_msg(json_object_get(o, "error") == NULL, "%s: %s", words, text);
	free(text);
	json_decref(o);
}

static void check_error(const char *words, json_t *o, const char *name, int status, const char *part)
{
	json_t *e = json_object_get(o, "error");
	char *text = json_dumps(o, 0);

	ck_assert_msg(e != NULL, "%s: no error but %.500s", words, text);
	ck_assert_msg(strcmp(json_string_value(json_object_get(e, "errno")), name) == 0, "%s: %.500s", words, text);
	ck_assert_msg(json_integer_value(json_object_get(e, "exit")) == status, "%s: %.500s", words, text);
	ck_assert_msg(
	    strstr(json_string_value(json_object_get(e, "message")), part) != NULL, "%s: %.500s", words, text);
	free(text);
}

static void bad(const char *words, const char *name, int status, const char *part)
{
	json_t *o = ask(words);

	check_error(words, o, name, status, part);
	json_decref(o);
}

static struct tap_softc *tap(int unit)
{
	return tap_unit_find(&drv, TAP_FAMILY_TAP, unit);
}

/* The addresses of tap0 as "A/len B/len". */
static const char *addresses(void)
{
	static char buf[512];
	json_t *o = ask("tap0"), *a;
	size_t i;

	buf[0] = '\0';
	json_array_foreach(json_object_get(json_array_get(json_object_get(o, "units"), 0), "addresses"), i, a)
		snprintf(buf + strlen(buf), sizeof(buf) - strlen(buf), "%s%s/%d", i ? " " : "",
		    json_string_value(json_object_get(a, "address")),
		    (int)json_integer_value(json_object_get(a, "prefixlen")));
	json_decref(o);
	return buf;
}

/* ------------------------------------------------------------------ verbs */

START_TEST(create_lowest_names_it)
{
	json_t *o = ask("tap create");

	ck_assert_str_eq(json_string_value(json_object_get(o, "created")), "tap0");
	json_decref(o);
	ok("tap2 create");
	o = ask("tap create");
	ck_assert_str_eq(json_string_value(json_object_get(o, "created")), "tap1");
	json_decref(o);
	o = ask("vmnet create");
	ck_assert_str_eq(json_string_value(json_object_get(o, "created")), "vmnet0");
	json_decref(o);
	ck_assert_uint_eq(drv.nunits, 4);
}
END_TEST

START_TEST(create_errors)
{
	ok("tap5 create");
	bad("tap5 create", "EEXIST", EXIT_FAIL, "tap5: create: ");
	bad("tap05 create", "EINVAL", EXIT_FAIL, "not a name tapd can make");
	bad("tapx create", "EINVAL", EXIT_FAIL, "tapx");
	bad("eth0 create", "EINVAL", EXIT_FAIL, "expected tap or vmnet");
	bad("tap0123456789012 create", "EINVAL", EXIT_USAGE, "expected an interface's name");
	bad("tap6 up create", "EINVAL", EXIT_USAGE, "create must be the first");
	bad("tap6 destroy up", "EINVAL", EXIT_USAGE, "nothing can follow destroy");
	bad("tap", "EINVAL", EXIT_USAGE, "tapctl tap create");
	bad("tap6", "ENXIO", EXIT_FAIL, "tapd has no interface tap6");
	bad("tap6 up", "ENXIO", EXIT_FAIL, "tapd has no interface tap6");
	bad("tap6 destroy", "ENXIO", EXIT_FAIL, "tapd has no interface tap6");
	bad("nonsense", "ENXIO", EXIT_FAIL, "tapd has no interface nonsense");
	ck_assert_uint_eq(drv.nunits, 1);
}
END_TEST

START_TEST(create_and_configure_in_one)
{
	json_t *o = ask("tap create inet 192.0.2.1/24 mtu 1400 -link0 up");

	ck_assert_str_eq(json_string_value(json_object_get(o, "created")), "tap0");
	json_decref(o);
	ck_assert_uint_eq(tap(0)->mtu, 1400);
	ck_assert_str_eq(addresses(), "192.0.2.1/24");
}
END_TEST

START_TEST(destroy_closed)
{
	ok("tap0 create");
	ok("tap0 down destroy");
	ck_assert_uint_eq(drv.nunits, 0);
}
END_TEST

START_TEST(flags)
{
	static const struct {
		const char *word;
		int bit;
	} rows[] = { { "up", TAP_IFF_UP }, { "link0", TAP_IFF_LINK0 }, { "promisc", TAP_IFF_PROMISC } };

	ok("tap0 create");
	for (size_t i = 0; i < NELEM(rows); i++) {
		char words[64];

		snprintf(words, sizeof(words), "tap0 %s", rows[i].word);
		ok(words);
		ck_assert_int_eq(tap(0)->flags & rows[i].bit, rows[i].bit);
		snprintf(words, sizeof(words), "tap0 %s%s", i ? "-" : "", i ? rows[i].word : "down");
		ok(words);
		ck_assert_int_eq(tap(0)->flags & rows[i].bit, 0);
	}
}
END_TEST

START_TEST(inet_as_ifconfig)
{
	ok("tap0 create");
	ck_assert_int_eq(tap(0)->flags & TAP_IFF_UP, 0);
	ok("tap0 inet 192.0.2.1/24");
	ck_assert_int_eq(tap(0)->flags & TAP_IFF_UP, TAP_IFF_UP);	/* IF-23 */
	ck_assert_str_eq(addresses(), "192.0.2.1/24");
	ok("tap0 inet 192.0.2.1/24");
	ck_assert_str_eq(addresses(), "192.0.2.1/24");
	ok("tap0 inet 192.0.2.1/28");
	ck_assert_str_eq(addresses(), "192.0.2.1/28");
	ok("tap0 inet 198.51.100.1 netmask 255.255.255.128");
	ck_assert_str_eq(addresses(), "198.51.100.1/25");
	ok("tap0 inet 203.0.113.1 netmask 0xfffffff0 alias");
	ck_assert_str_eq(addresses(), "198.51.100.1/25 203.0.113.1/28");
	ok("tap0 inet 198.51.100.1 -alias");
	ck_assert_str_eq(addresses(), "203.0.113.1/28");
	ok("tap0 inet 203.0.113.1 delete");
	ck_assert_str_eq(addresses(), "");
	ok("tap0 10.1.2.3 up");
	ck_assert_str_eq(addresses(), "10.1.2.3/8");
	ok("tap0 172.16.0.1");
	ck_assert_str_eq(addresses(), "172.16.0.1/16");
	ok("tap0 inet 192.0.2.9 down");
	ck_assert_str_eq(addresses(), "192.0.2.9/24");
	ck_assert_int_eq(tap(0)->flags & TAP_IFF_UP, 0);
}
END_TEST

START_TEST(inet6_as_ifconfig)
{
	ok("tap0 create");
	ok("tap0 inet6 2001:db8::1/48");
	ok("tap0 inet6 2001:db8::2 prefixlen 56 alias inet6 2001:db8::3");
	ck_assert_str_eq(addresses(), "2001:db8::1/48 2001:db8::2/56 2001:db8::3/64");
	ok("tap0 inet6 2001:db8::2 -alias");
	ck_assert_str_eq(addresses(), "2001:db8::1/48 2001:db8::3/64");
}
END_TEST

START_TEST(address_errors)
{
	static const struct {
		const char *words, *part;
	} rows[] = {
		{ "tap0 inet", "inet: expected ADDRESS" },
		{ "tap0 inet 192.0.2", "192.0.2: expected an IPv4 address" },
		{ "tap0 inet 192.0.2.1/33", "expected an IPv4 address" },
		{ "tap0 inet 192.0.2.1/", "expected an IPv4 address" },
		{ "tap0 inet 2001:db8::1/64", "expected an IPv4 address" },
		{ "tap0 inet 192.0.2.1 netmask", "netmask: (nothing): expected a mask" },
		{ "tap0 inet 192.0.2.1 netmask 255.0.255.0", "expected a mask" },
		{ "tap0 inet 192.0.2.1 netmask 0x1ffffffff", "expected a mask" },
		{ "tap0 inet 192.0.2.1 prefixlen 24", "prefixlen: no such word" },
		{ "tap0 inet6 192.0.2.1/24", "expected an IPv6 address" },
		{ "tap0 inet6 2001:db8::1/129", "expected an IPv6 address" },
		{ "tap0 inet6 2001:db8::1 prefixlen 129", "expected a number from 0 to 128" },
	};

	ok("tap0 create");
	for (size_t i = 0; i < NELEM(rows); i++)
		bad(rows[i].words, "EINVAL", EXIT_USAGE, rows[i].part);
	bad("tap0 inet 192.0.2.1 -alias", "EADDRNOTAVAIL", EXIT_FAIL, "it has no address 192.0.2.1");
	ck_assert_str_eq(addresses(), "");
}
END_TEST

START_TEST(ether_and_mtu)
{
	ok("tap0 create");
	ok("tap0 ether 58:9c:fc:00:00:01");
	ck_assert_mem_eq(tap(0)->lladdr, "\x58\x9c\xfc\x00\x00\x01", 6);
	ok("tap0 lladdr 58:9c:fc:0:0:2");
	ck_assert_int_eq(tap(0)->lladdr[5], 2);
	ok("tap0 link 58-9c-fc-00-00-03 mtu 72");
	ck_assert_int_eq(tap(0)->lladdr[5], 3);
	ck_assert_uint_eq(tap(0)->mtu, 72);
	ok("tap0 mtu 65535");
	bad("tap0 mtu 71", "EINVAL", EXIT_FAIL, "tap0: mtu: 71: expected 72 to 65535");
	bad("tap0 mtu 65536", "EINVAL", EXIT_USAGE, "expected a number of bytes");
	bad("tap0 mtu x", "EINVAL", EXIT_USAGE, "mtu: x: expected");
	bad("tap0 mtu", "EINVAL", EXIT_USAGE, "mtu: expected BYTES");
	bad("tap0 ether 58:9c:fc:00:00", "EINVAL", EXIT_USAGE, "expected a unicast link-level address");
	bad("tap0 ether 58:9c:fc:00:00:01:02", "EINVAL", EXIT_USAGE, "expected a unicast link-level address");
	ck_assert_uint_eq(tap(0)->mtu, 65535);
}
END_TEST

START_TEST(nothing_is_done_of_a_wrong_command)
{
	ok("tap0 create");
	bad("tap0 up mtu 1400 inet nonsense", "EINVAL", EXIT_USAGE, "nonsense");
	bad("tap0 up wibble", "EINVAL", EXIT_USAGE, "wibble: no such word");
	bad("tap1 create ether zz", "EINVAL", EXIT_USAGE, "zz");
	ck_assert_int_eq(tap(0)->flags & TAP_IFF_UP, 0);
	ck_assert_uint_eq(tap(0)->mtu, 1500);
	ck_assert_ptr_null(tap(1));
}
END_TEST

START_TEST(show_has_every_key)
{
	static const char *const keys[] = {"name", "device", "family", "unit", "dialect", "backend", "flags",
	    "flags_value", "mtu", "ether", "remote", "baudrate", "status", "gone", "opened_by", "readers", "queue",
	    "async", "sigio", "addresses", "counters"};
	json_t *o, *u;

	ok("tap0 create");
	o = ask("tap0");
	u = json_array_get(json_object_get(o, "units"), 0);
	for (size_t i = 0; i < NELEM(keys); i++)
		ck_assert_msg(json_object_get(u, keys[i]) != NULL, "no %s", keys[i]);
	for (const struct tap_counter_desc *d = tap_counter_table; d->name; d++)
		ck_assert_msg(
		    json_is_integer(json_object_get(json_object_get(u, "counters"), d->name)), "no %s", d->name);
	ck_assert_str_eq(json_string_value(json_object_get(u, "device")), "/dev/tap0");
	ck_assert_int_eq(json_integer_value(json_object_get(u, "flags_value")), 0x8802);	/* IF-08 */
	ck_assert_int_eq(json_array_size(json_object_get(u, "flags")), 3);
	ck_assert(json_is_array(json_object_get(u, "addresses")));
	ck_assert_int_eq(json_array_size(json_object_get(u, "opened_by")), 0);
	json_decref(o);
}
END_TEST

START_TEST(lists)
{
	json_t *o = ask("-a");

	ck_assert(json_is_array(json_object_get(o, "units")));
	ck_assert_int_eq(json_array_size(json_object_get(o, "units")), 0);
	json_decref(o);
	o = ask("-l");
	ck_assert(json_is_array(json_object_get(o, "names")));
	json_decref(o);
	ok("tap0 create");
	ok("vmnet3 create");
	o = ask("-l");
	ck_assert_str_eq(json_string_value(json_array_get(json_object_get(o, "names"), 1)), "vmnet3");
	json_decref(o);
	bad("-a tap0", "EINVAL", EXIT_USAGE, "-a: takes no tap0");
	bad("-x", "EINVAL", EXIT_USAGE, "expected an interface's name");
	o = ask("help");
	ck_assert_int_gt(json_array_size(json_object_get(o, "verbs")), 15);
	json_decref(o);
	o = ask("version");
	ck_assert_str_eq(json_string_value(json_object_get(json_object_get(o, "tapd"), "attach")), "null");
	json_decref(o);
}
END_TEST

/* Until there are n. */
static void make_units(int n)
{
	while ((int)drv.nunits < n) {
		struct tap_softc *sc;
		char why[256];

		ck_assert_int_eq(
		    tap_unit_create(&drv, TAP_FAMILY_TAP, (int)drv.nunits, NULL, &sc, why, sizeof(why)), 0);
	}
}

/* A reply of a thousand units is longer than a socket holds: it goes out in pieces. */
START_TEST(show_a_thousand)
{
	json_t *o;

	make_units(1000);
	o = ask("-a");
	ck_assert_int_eq(json_array_size(json_object_get(o, "units")), 1000);
	json_decref(o);
	make_units(8000);
	bad("-a", "EMSGSIZE", EXIT_FAIL, "tapctl -l");
}
END_TEST

START_TEST(sysctls)
{
	json_t *o = ask("sysctl"), *s;

	ck_assert_int_eq(json_array_size(json_object_get(o, "sysctls")), TAP_SYSCTL_COUNT);
	json_decref(o);
	o = ask("sysctl net.link.tap.up_on_open=1 net.link.tap.user_open");
	s = json_array_get(json_object_get(o, "sysctls"), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(s, "old")), 0);
	ck_assert_int_eq(json_integer_value(json_object_get(s, "value")), 1);
	s = json_array_get(json_object_get(o, "sysctls"), 1);
	ck_assert_ptr_null(json_object_get(s, "old"));
	ck_assert_str_eq(json_string_value(json_object_get(s, "name")), "net.link.tap.user_open");
	json_decref(o);
	ck_assert_int_eq(tap_sysctl_get(&drv, TAP_SYSCTL_UP_ON_OPEN), 1);
	o = ask("sysctl net.link.tap");
	ck_assert_int_eq(json_array_size(json_object_get(o, "sysctls")), TAP_SYSCTL_COUNT - 1);
	json_decref(o);
	bad("sysctl net.link.ta", "ENOENT", EXIT_FAIL, "unknown oid 'net.link.ta'");
	bad("sysctl wibble=1", "ENOENT", EXIT_FAIL, "unknown oid 'wibble'");
	bad("sysctl net.link.tap.user_open=2", "EINVAL", EXIT_USAGE, "expected a number from 0 to 1");
	bad("sysctl net.link.tap.user_open=", "EINVAL", EXIT_USAGE, "expected a number from 0 to 1");
	bad("sysctl net.link.tap.up_on_open=0 wibble=1", "ENOENT", EXIT_FAIL, "wibble");
	ck_assert_int_eq(tap_sysctl_get(&drv, TAP_SYSCTL_UP_ON_OPEN), 1);
	ok("tap0 create");
	bad("sysctl net.link.ifqmaxlen=10", "EPERM", EXIT_FAIL, "read-only once a unit exists");
}
END_TEST

/* ------------------------------------------------------------------ destroy of an open unit */

static void no_wakeup(struct tap_file *f)
{
}

static struct tap_file open_tap0(void)
{
	struct tap_file f = { .wakeup = no_wakeup };

	return f;
}

static const struct tap_cred root = { .pid = 757 };

START_TEST(destroy_waits_for_the_last_close)
{
	struct tap_file f = open_tap0();
	int fd = dial();
	json_t *o, *w;

	ok("tap0 create");
	ck_assert_int_eq(tap_open(&drv, &tap(0)->node, &root, &f), 0);
	ask_on(fd, "tap0 destroy");
	o = reply_on(fd);
	w = json_object_get(o, "waiting");
	ck_assert_str_eq(json_string_value(json_object_get(w, "name")), "tap0");
	ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(w, "opened_by"), 0)), 757);
	json_decref(o);
	ask_on(fd, "-l");					/* sent ahead: has to wait its turn */
	run_idle();
	ck_assert_uint_eq(drv.nunits, 1);
	tap_close(&f);
	ck_assert_uint_eq(drv.nunits, 0);
	o = reply_on(fd);
	ck_assert_int_eq(json_object_size(o), 1);
	json_decref(o);
	o = reply_on(fd);
	ck_assert(json_is_array(json_object_get(o, "names")));
	json_decref(o);
	close(fd);
}
END_TEST

START_TEST(client_gone_takes_the_destroy_back)
{
	struct tap_file f = open_tap0();
	int fd = dial(), other = dial();

	ok("tap0 create");
	ck_assert_int_eq(tap_open(&drv, &tap(0)->node, &root, &f), 0);
	ask_on(fd, "tap0 destroy");
	json_decref(reply_on(fd));
	ask_on(other, "tap0 destroy");
	json_decref(reply_on(other));
	close(fd);
	run_idle();
	ck_assert(!TAILQ_EMPTY(&tap(0)->destroyers));
	close(other);
	run_idle();
	ck_assert(TAILQ_EMPTY(&tap(0)->destroyers));
	tap_close(&f);
	ck_assert_ptr_nonnull(tap(0));
	ok("tap0 destroy");
}
END_TEST

START_TEST(server_gone_takes_the_destroy_back)
{
	struct tap_file f = open_tap0();
	int fd = dial();
	char why[256];

	ok("tap0 create");
	ck_assert_int_eq(tap_open(&drv, &tap(0)->node, &root, &f), 0);
	ask_on(fd, "tap0 destroy");
	json_decref(reply_on(fd));
	ctl_free(ctl);
	ck_assert(TAILQ_EMPTY(&tap(0)->destroyers));
	tap_close(&f);
	close(fd);
	ctl = ctl_new(&cfg, why, sizeof(why));
	ck_assert_ptr_nonnull(ctl);
}
END_TEST

/* ------------------------------------------------------------------ messages */

START_TEST(byte_by_byte)
{
	char buf[256], *text = request("-l");
	size_t n = frame(buf, text, strlen(text));
	int fd = dial();
	json_t *o;

	for (size_t i = 0; i < n; i++) {
		send_all(fd, buf + i, 1);
		run_idle();
	}
	o = reply_on(fd);
	ck_assert(json_is_array(json_object_get(o, "names")));
	json_decref(o);
	free(text);
	close(fd);
}
END_TEST

START_TEST(many_in_one_write)
{
	char buf[8192], *text = request("version");
	size_t n = 0;
	int fd = dial();

	for (int i = 0; i < 100; i++)
		n += frame(buf + n, text, strlen(text));
	send_all(fd, buf, n);
	for (int i = 0; i < 100; i++) {
		json_t *o = reply_on(fd);

		ck_assert_ptr_nonnull(json_object_get(o, "tapd"));
		json_decref(o);
	}
	free(text);
	close(fd);
}
END_TEST

/* The client still reads after it said it will send no more, as a shell script's would. */
START_TEST(half_closed)
{
	int fd = dial();
	json_t *o;

	ask_on(fd, "-l");
	shutdown(fd, SHUT_WR);
	o = reply_on(fd);
	ck_assert(json_is_array(json_object_get(o, "names")));
	json_decref(o);
	ck_assert_ptr_null(reply_on(fd));
	close(fd);
}
END_TEST

/* Sends raw bytes; the server must say EPROTO and hang up, and go on serving others. */
static void refused(const void *data, size_t len)
{
	int fd = dial();
	json_t *o;

	send_all(fd, data, len);
	o = reply_on(fd);
	ck_assert_ptr_nonnull(o);
	check_error("raw", o, "EPROTO", EXIT_FAIL, "expected");
	json_decref(o);
	ck_assert_ptr_null(reply_on(fd));
	close(fd);
	ok("-l");
}

START_TEST(malformed)
{
	static const char *const texts[] = {
	    "x",
	    "[]",
	    "1",
	    "null",
	    "\"a\"",
	    "{",
	    "{}",
	    "{\"version\":1}",
	    "{\"args\":[\"-l\"]}",
	    "{\"version\":2,\"args\":[\"-l\"]}",
	    "{\"version\":\"1\",\"args\":[\"-l\"]}",
	    "{\"version\":1.0,\"args\":[\"-l\"]}",
	    "{\"version\":1,\"args\":\"-l\"}",
	    "{\"version\":1,\"args\":[1]}",
	    "{\"version\":1,\"args\":[[\"-l\"]]}",
	    "{\"version\":1,\"args\":[null]}",
	    "{\"version\":1,\"args\":[\"-l\\u0000\"]}",
	    "{\"version\":1,\"args\":[\"\xff\xfe\"]}",
	    "{\"version\":1,\"version\":1,\"args\":[\"-l\"]}",
	    "{\"version\":1,\"args\":[\"-l\"]} {}",
	    "{\"version\":1e400,\"args\":[\"-l\"]}",
	};
	char buf[512];

	for (size_t i = 0; i < NELEM(texts); i++)
		refused(buf, frame(buf, texts[i], strlen(texts[i])));
	refused("\0\0\0\0", 4);
	refused("\0\2\200\1", 4);		/* one more than TAPD_CTL_REQUEST_MAX */
	refused("\xff\xff\xff\xff", 4);
	refused("GET / HTTP/1.1\r\n\r\n", 18);
	refused(buf, frame(buf, "{\"version\":1,\"args\":[\"-l\"]\0}", 28));
}
END_TEST

START_TEST(deep_and_wide)
{
	static char buf[TAPD_CTL_REQUEST_MAX + 4], text[TAPD_CTL_REQUEST_MAX];
	int n;

	memset(text, '[', sizeof(text));
	refused(buf, frame(buf, text, sizeof(text)));
	n = sprintf(text, "{\"version\":1,\"args\":[\"a\"");
	for (int i = 0; i < 256; i++)
		n += sprintf(text + n, ",\"a\"");
	n += sprintf(text + n, "]}");
	refused(buf, frame(buf, text, (size_t)n));
}
END_TEST

/* Well-formed, but too much, too long or not for a terminal: an error and no more. */
START_TEST(odd_words)
{
	static char buf[TAPD_CTL_REQUEST_MAX + 4], text[TAPD_CTL_REQUEST_MAX];
	int fd = dial();
	json_t *o;

	ok("tap0 create");
	memset(text, 'a', sizeof(text));
	memcpy(text, "{\"version\":1,\"args\":[\"", 22);
	memcpy(text + sizeof(text) - 3, "\"]}", 3);
	send_all(fd, buf, frame(buf, text, sizeof(text)));
	o = reply_on(fd);
	check_error("long", o, "EINVAL", EXIT_USAGE, "expected an interface's name");
	json_decref(o);
	send_text(fd, "{\"version\":1,\"args\":[]}", 23);
	o = reply_on(fd);
	check_error("none", o, "EINVAL", EXIT_USAGE, "expected 1 to 256 words");
	json_decref(o);
	send_text(fd, "{\"version\":1,\"args\":[\"tap0\",\"\\u001b[2J\303\266\"]}", 43);
	o = reply_on(fd);
	check_error("control", o, "EINVAL", EXIT_USAGE, "tap0: ?[2J??: no such word");
	json_decref(o);
	strcpy(text, "tap0");
	for (int i = 0; i < 65; i++)
		strcat(text, " up");
	bad(text, "E2BIG", EXIT_USAGE, "more than 64 things");
	close(fd);
}
END_TEST

/* Someone who asks and never reads costs the others nothing. */
START_TEST(client_that_never_reads)
{
	char *text = request("help");
	char buf[128];
	size_t n = frame(buf, text, strlen(text));
	int fd = dial();

	for (int i = 0; i < 20000; i++)
		if (send(fd, buf, n, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			run_idle();
	ok("-l");
	free(text);
	close(fd);
	run_idle();
	ok("-l");
}
END_TEST

/* ------------------------------------------------------------------ clients */

START_TEST(three_hundred)
{
	int fds[300], served = 0;
	struct rlimit rl = { 1024, 1024 };

	setrlimit(RLIMIT_NOFILE, &rl);
	for (int i = 0; i < 300; i++) {
		fds[i] = dial();
		run_idle();
	}
	for (int i = 299; i >= 0; i--) {
		char *text = request("-l"), buf[128];
		json_t *o = NULL;

		if (send(fds[i], buf, frame(buf, text, strlen(text)), MSG_NOSIGNAL) > 0)
			o = reply_on(fds[i]);
		served += o != NULL;
		json_decref(o);
		free(text);
		close(fds[i]);
	}
	ck_assert_int_eq(served, 256);
	ok("-l");
}
END_TEST

/* Many that come and go at once are all served. */
START_TEST(three_hundred_quick_ones)
{
	for (int i = 0; i < 300; i++)
		ok("-l");
}
END_TEST

START_TEST(out_of_descriptors)
{
	struct rlimit rl, old;
	int fd = dial(), next;
	json_t *o;

	getrlimit(RLIMIT_NOFILE, &old);
	ask_on(fd, "-l");
	next = dup(fd);
	close(next);
	rl = (struct rlimit){ (rlim_t)next, old.rlim_max };
	setrlimit(RLIMIT_NOFILE, &rl);
	run_idle();						/* accept fails; the loop must not spin on it */
	setrlimit(RLIMIT_NOFILE, &old);
	o = reply_on(fd);					/* a second later */
	ck_assert_ptr_nonnull(o);
	json_decref(o);
	close(fd);
}
END_TEST

/* A child without privileges asks; its exit status is what it was told. */
static int ask_unprivileged(const char *words)
{
	int status, p[2];
	pid_t pid;

	ck_assert_int_eq(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		struct ctl_rx rx = { .max = TAPD_CTL_REPLY_MAX };
		json_t *o;
		int fd;

		if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
			_exit(99);
		fd = dial();
		ask_on(fd, words);
		if (ctl_rx_read(&rx, fd) != 1)
			_exit(98);
		o = json_loadb(rx.body, rx.len, 0, NULL);
		_exit((int)json_integer_value(json_object_get(json_object_get(o, "error"), "exit")));
	}
	close(p[1]);
	run_until_readable(p[0]);				/* the child's exit closes its end */
	close(p[0]);
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

START_TEST(unprivileged)
{
	if (geteuid() != 0) {
		printf("# unprivileged: not checked, only root can become somebody else\n");
		return;
	}
	ok("tap0 create");
	ck_assert_int_eq(ask_unprivileged("-a"), 0);
	ck_assert_int_eq(ask_unprivileged("tap0"), 0);
	ck_assert_int_eq(ask_unprivileged("sysctl"), 0);
	ck_assert_int_eq(ask_unprivileged("version"), 0);
	ck_assert_int_eq(ask_unprivileged("tap0 up"), EXIT_PERM);
	ck_assert_int_eq(ask_unprivileged("tap create"), EXIT_PERM);
	ck_assert_int_eq(ask_unprivileged("tap0 destroy"), EXIT_PERM);
	ck_assert_int_eq(ask_unprivileged("sysctl net.link.tap.user_open=1"), EXIT_PERM);
	ck_assert_int_eq(ask_unprivileged("tap0 wibble"), EXIT_USAGE);
	ck_assert_uint_eq(drv.nunits, 1);
	ck_assert_int_eq(tap(0)->flags & TAP_IFF_UP, 0);
}
END_TEST

/* ------------------------------------------------------------------ the socket's name */

START_TEST(path_taken)
{
	struct ctl_config other = cfg;
	char why[256], file[80], longer[200];
	FILE *f;

	ck_assert_ptr_null(ctl_new(&other, why, sizeof(why)));
	ck_assert_msg(strstr(why, "another tapd answers there") != NULL, "%s", why);
	snprintf(file, sizeof(file), "%s/file", dir);
	f = fopen(file, "w");
	fclose(f);
	other.path = file;
	ck_assert_ptr_null(ctl_new(&other, why, sizeof(why)));
	ck_assert_msg(strstr(why, "is no socket") != NULL, "%s", why);
	ck_assert_int_eq(unlink(file), 0);
	memset(longer, 'x', sizeof(longer));
	longer[0] = '/';
	longer[sizeof(longer) - 1] = '\0';
	other.path = longer;
	ck_assert_ptr_null(ctl_new(&other, why, sizeof(why)));
	ck_assert_msg(strstr(why, "longer than the 107 bytes") != NULL, "%s", why);
	other.path = "/nonexistent/sock";
	ck_assert_ptr_null(ctl_new(&other, why, sizeof(why)));
	ck_assert_msg(strstr(why, "No such file or directory") != NULL, "%s", why);
	ok("-l");
}
END_TEST

START_TEST(stale_socket_is_replaced)
{
	char other[80], why[256];
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct ctl_config cfg2 = cfg;
	struct ctl *c;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(other, sizeof(other), "%s/stale", dir);
	strcpy(sun.sun_path, other);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(fd);
	cfg2.path = other;
	c = ctl_new(&cfg2, why, sizeof(why));
	ck_assert_msg(c != NULL, "%s", why);
	/* What is at the path by then is somebody else's: left alone. */
	unlink(other);
	fd = open(other, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	ctl_free(c);
	ck_assert_int_eq(access(other, F_OK), 0);
	close(fd);
	unlink(other);
}
END_TEST

static Suite *suite(void)
{
	const TTest *const served[] = {
	    create_lowest_names_it,
	    create_errors,
	    create_and_configure_in_one,
	    destroy_closed,
	    flags,
	    inet_as_ifconfig,
	    inet6_as_ifconfig,
	    address_errors,
	    ether_and_mtu,
	    nothing_is_done_of_a_wrong_command,
	    show_has_every_key,
	    lists,
	    show_a_thousand,
	    sysctls,
	    destroy_waits_for_the_last_close,
	    client_gone_takes_the_destroy_back,
	    server_gone_takes_the_destroy_back,
	    byte_by_byte,
	    many_in_one_write,
	    half_closed,
	    malformed,
	    deep_and_wide,
	    odd_words,
	    client_that_never_reads,
	    three_hundred,
	    three_hundred_quick_ones,
	    out_of_descriptors,
	    unprivileged,
	    path_taken,
	    stale_socket_is_replaced,
	};
	Suite *s = suite_create("ctl");
	TCase *tc = tcase_create("server");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	for (size_t i = 0; i < NELEM(served); i++)
		tcase_add_test(tc, served[i]);
	suite_add_tcase(s, tc);
	return s;
}

UNIT_MAIN(suite)
