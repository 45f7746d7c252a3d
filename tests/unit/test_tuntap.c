/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TAP backend against this machine's kernel, in network namespaces of its own.  The device
 * core is played by the three tap_if_*() below, which write down what they are told: this is about what a backend
 * says and when, not about what the core makes of it.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backend/backend.h"
#include "backend/netns.h"
#include "unit.h"

#define ETHERTYPE_TEST	0x88b5		/* for local experiments: tells our frames from the kernel's own */
#define DEADLINE_MS	10000
#define MANY		200

struct unit {
	struct tap_softc sc;		/* first: a softc is the unit */
	unsigned updates;		/* tap_if_update() calls */
	struct tap_ifstate st;
	unsigned gone;
	unsigned frames, frames_down;	/* of the test's type; of those, while down was told */
	size_t len;
	uint8_t vnet[TAP_VNET_LEN];
	uint8_t frame[70000];		/* the last of those */
};

static struct loop *loop;
static struct tuntap *tun;
static struct unit units[MANY];
static char why[256];

/* ------------------------------------------------------------------ the core's part */

void tap_if_update(struct tap_softc *sc, const struct tap_ifstate *st)
{
	struct unit *u = (struct unit *)sc;

	u->updates++;
	u->st = *st;
	loop_stop(loop, 0);
}

void tap_if_gone(struct tap_softc *sc)
{
	((struct unit *)sc)->gone++;
	loop_stop(loop, 0);
}

void tap_if_output_vnet(struct tap_softc *sc, const uint8_t *vnet, const void *frame, size_t len)
{
	struct unit *u = (struct unit *)sc;
	const struct ether_header *eh = frame;

	ck_assert_uint_ge(len, sizeof(*eh));
	if (eh->ether_type != htons(ETHERTYPE_TEST))
		return;
	u->frames++;
	u->frames_down += !u->st.up;
	u->len = len;
	memcpy(u->vnet, vnet, TAP_VNET_LEN);
	memcpy(u->frame, frame, len);
	loop_stop(loop, 0);
}

/* ------------------------------------------------------------------ helpers */

static void on_deadline(void *arg)
{
	ck_abort_msg("waited in vain for %s", (const char *)arg);
}

/* Run the loop until cond. */
#define WAIT(cond) do { \
	struct loop_timer deadline_ = { 0 }; \
	loop_timer_set(loop, &deadline_, DEADLINE_MS * LOOP_MS, on_deadline, (void *)#cond); \
	while (!(cond)) \
		ck_assert_int_eq(loop_run(loop), 0); \
	loop_timer_del(loop, &deadline_); \
} while (0)

/* Somebody else does something to an interface. */
static void outside(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void outside(const char *fmt, ...)
{
	char cmd[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cmd, sizeof(cmd), fmt, ap);
	va_end(ap);
	ck_assert_msg(system(cmd) == 0, "%s", cmd);
}

static void name_unit(struct unit *u, int unit)
{
	const uint8_t mac[TAP_ADDRLEN] = { 0x58, 0x9c, 0xfc, 0, unit >> 8, unit };

	memset(u, 0, sizeof(*u));
	u->sc.node.unit = unit;
	snprintf(u->sc.node.name, sizeof(u->sc.node.name), "tap%d", unit);
	memcpy(u->sc.if_name, u->sc.node.name, sizeof(u->sc.if_name));
	memcpy(u->sc.lladdr, mac, sizeof(mac));
	u->sc.mtu = 1500;
}

static struct unit *attach(int unit)
{
	struct unit *u = &units[unit];
	int err;

	name_unit(u, unit);
	err = tuntap_ops.attach(&u->sc, tun, why, sizeof(why));
	ck_assert_msg(err == 0, "%s", why);
	return u;
}

static void detach(struct unit *u)
{
	tuntap_ops.detach(&u->sc);
	ck_assert_ptr_null(u->sc.net);
}

/* A packet socket for the test's frames on the unit's interface. */
static int packet_socket(const char *name)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETHERTYPE_TEST),
		.sll_ifindex = if_nametoindex(name) };
	int s = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETHERTYPE_TEST));

	ck_assert_int_ge(s, 0);
	ck_assert_int_eq(bind(s, (struct sockaddr *)&sll, sizeof(sll)), 0);
	return s;
}

/* A broadcast frame with a ramp of prime length, so that any shift shows. */
static const uint8_t *ramp(size_t len)
{
	static uint8_t frame[70000];
	struct ether_header *eh = (struct ether_header *)frame;

	for (size_t i = 0; i < len; i++)
		frame[i] = i % 251;
	memset(eh->ether_dhost, 0xff, sizeof(eh->ether_dhost));
	memset(eh->ether_shost, 0x02, sizeof(eh->ether_shost));
	eh->ether_type = htons(ETHERTYPE_TEST);
	return frame;
}

static unsigned open_fds(void)
{
	unsigned n = 0;
	DIR *d = opendir("/proc/self/fd");

	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void setup(void)
{
	ck_assert_int_eq(unshare(CLONE_NEWNET), 0);
	loop = loop_new();
	ck_assert_ptr_nonnull(loop);
	tun = tuntap_new(loop, &(struct netns){ .fd = -1 }, why, sizeof(why));
	ck_assert_msg(tun != NULL, "%s", why);
}

static void teardown(void)
{
	tuntap_free(tun);
	loop_free(loop);
}

/* ------------------------------------------------------------------ making and removing */

START_TEST(test_attach)
{
	struct unit *u = attach(5);
	struct ifreq ifr = { .ifr_name = "tap5" };
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	ck_assert_uint_eq(u->updates, 1);
	ck_assert(!u->st.up && !u->st.promisc);
	ck_assert_uint_eq(u->st.mtu, 1500);
	ck_assert_mem_eq(u->st.lladdr, u->sc.lladdr, TAP_ADDRLEN);
	ck_assert_int_eq(ioctl(s, SIOCGIFHWADDR, &ifr), 0);
	ck_assert_mem_eq(ifr.ifr_hwaddr.sa_data, u->sc.lladdr, TAP_ADDRLEN);
	ck_assert_int_eq(ioctl(s, SIOCGIFMTU, &ifr), 0);
	ck_assert_int_eq(ifr.ifr_mtu, 1500);
	detach(u);
	ck_assert_uint_eq(if_nametoindex("tap5"), 0);
	close(s);
}
END_TEST

START_TEST(test_attach_mtu)
{
	struct unit *u = &units[0];

	name_unit(u, 0);
	u->sc.mtu = 9000;
	ck_assert_int_eq(tuntap_ops.attach(&u->sc, tun, why, sizeof(why)), 0);
	ck_assert_uint_eq(u->updates, 1);
	ck_assert_uint_eq(u->st.mtu, 9000);
	detach(u);
}
END_TEST

/* What somebody else made is not taken over, not even a persistent TAP nobody uses. */
static const char *const taken_by[] = { "ip tuntap add tap1 mode tap", "ip tuntap add tap1 mode tun" };

START_TEST(test_taken)
{
	struct unit *u = &units[1];
	unsigned fds = open_fds();

	outside("%s", taken_by[_i]);
	name_unit(u, 1);
	ck_assert_int_eq(tuntap_ops.attach(&u->sc, tun, why, sizeof(why)), -EEXIST);
	ck_assert_ptr_nonnull(strstr(why, "tap1: "));
	ck_assert_ptr_nonnull(strstr(why, "--prefix"));
	ck_assert_uint_eq(u->updates, 0);
	ck_assert_uint_ne(if_nametoindex("tap1"), 0);
	ck_assert_uint_eq(open_fds(), fds);
	tuntap_ops.detach(&u->sc);		/* harmless: nothing was made */
}
END_TEST

/* A step after the first one fails: nothing is left. */
START_TEST(test_attach_fails_late)
{
	struct unit *u = &units[1];
	unsigned fds = open_fds();

	name_unit(u, 1);
	u->sc.mtu = 65535;			/* more than a Linux TAP takes */
	ck_assert_int_eq(tuntap_ops.attach(&u->sc, tun, why, sizeof(why)), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why, "MTU"));
	ck_assert_uint_eq(if_nametoindex("tap1"), 0);
	ck_assert_uint_eq(open_fds(), fds);
	ck_assert_uint_eq(u->updates + u->gone, 0);
}
END_TEST

START_TEST(test_no_device)
{
	struct unit *u = &units[0];

	name_unit(u, 0);
	ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
	ck_assert_int_eq(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	ck_assert_int_eq(mount("none", "/dev/net", "tmpfs", 0, NULL), 0);
	ck_assert_int_eq(tuntap_ops.attach(&u->sc, tun, why, sizeof(why)), -ENOENT);
	ck_assert_str_eq(why, "tap0: /dev/net/tun: No such file or directory; load the module (modprobe tun), "
	    "or pass the device into the container");
}
END_TEST

START_TEST(test_no_privilege)
{
	struct unit *u = &units[0];
	int err;

	name_unit(u, 0);
	ck_assert_int_eq(seteuid(65534), 0);
	err = tuntap_ops.attach(&u->sc, tun, why, sizeof(why));
	ck_assert(err == -EPERM || err == -EACCES);
	ck_assert_ptr_nonnull(strstr(why, "CAP_NET_ADMIN"));
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(test_many)
{
	unsigned fds = open_fds();

	for (int i = 0; i < MANY; i++)
		attach(i);
	for (int i = 0; i < MANY; i++)
		outside("ip link set tap%d mtu %d", i, 1000 + i);
	for (int i = 0; i < MANY; i++) {
		WAIT(units[i].st.mtu == 1000u + i);
		ck_assert_uint_eq(units[i].updates, 2);
	}
	for (int i = 0; i < MANY; i++)
		detach(&units[i]);
	ck_assert_uint_eq(open_fds(), fds);
	ck_assert_uint_eq(if_nametoindex("tap0") + if_nametoindex("tap199"), 0);
}
END_TEST

/* All of ours go at once, one that was deleted before included, nobody else's, and nothing is told. */
START_TEST(test_retire)
{
	struct unit *u = attach(0), *other = attach(1), *deleted = attach(2);
	unsigned fds = open_fds();

	outside("ip tuntap add foreign mode tap && ip link del tap2");
	tuntap_retire(tun);
	ck_assert_uint_eq(if_nametoindex("tap0") + if_nametoindex("tap1"), 0);
	ck_assert_uint_ne(if_nametoindex("foreign"), 0);
	ck_assert_uint_eq(u->gone + other->gone + deleted->gone, 0);
	ck_assert_uint_eq(u->updates + other->updates, 2);
	detach(u);
	detach(other);
	detach(deleted);
	ck_assert_uint_eq(open_fds(), fds - 3);
}
END_TEST

/* ------------------------------------------------------------------ state */

START_TEST(test_outside_changes)
{
	struct unit *u = attach(0), *other = attach(1);
	const uint8_t mac[TAP_ADDRLEN] = { 0x02, 0, 0, 0, 0, 0x77 };

	outside("ip link set tap0 up");
	WAIT(u->st.up);
	outside("ip link set tap0 mtu 1400");
	WAIT(u->st.mtu == 1400);
	outside("ip link set tap0 address 02:00:00:00:00:77");
	WAIT(memcmp(u->st.lladdr, mac, sizeof(mac)) == 0);
	outside("ip link set tap0 promisc on");
	WAIT(u->st.promisc);
	outside("ip link set tap0 promisc off");
	WAIT(!u->st.promisc);
	outside("ip link set tap0 down");
	WAIT(!u->st.up);
	ck_assert_uint_eq(u->updates, 7);	/* only changes are told */
	ck_assert_uint_eq(other->updates, 1);
	ck_assert_uint_eq(u->gone, 0);
	detach(u);
	detach(other);
}
END_TEST

/* A setter has told before it returns, whatever was announced before it first. */
START_TEST(test_setters)
{
	struct unit *u = attach(0);
	const uint8_t mac[TAP_ADDRLEN] = { 0x02, 0, 0, 0, 0, 0x78 };

	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), 0);
	ck_assert(u->st.up && u->updates == 2);
	ck_assert_int_eq(tuntap_ops.set_promisc(&u->sc, true), 0);
	ck_assert(u->st.promisc && u->updates == 3);
	ck_assert_int_eq(tuntap_ops.set_mtu(&u->sc, 576), 0);
	ck_assert(u->st.mtu == 576 && u->updates == 4);
	ck_assert_int_eq(tuntap_ops.set_lladdr(&u->sc, mac), 0);
	ck_assert(memcmp(u->st.lladdr, mac, sizeof(mac)) == 0 && u->updates == 5);
	outside("ip link set tap0 mtu 1400");
	ck_assert_int_eq(tuntap_ops.set_promisc(&u->sc, false), 0);
	ck_assert(!u->st.promisc && u->st.mtu == 1400 && u->updates == 7);
	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), 0);
	ck_assert_uint_eq(u->updates, 7);
	ck_assert_int_eq(tuntap_ops.set_mtu(&u->sc, 65535), -EINVAL);
	ck_assert_uint_eq(u->st.mtu, 1400);
	detach(u);
}
END_TEST

/* tcpdump's way: no flag is set, the interface is promiscuous all the same. */
START_TEST(test_promisc_membership)
{
	struct unit *u = attach(0);
	struct packet_mreq mr = { .mr_ifindex = if_nametoindex("tap0"), .mr_type = PACKET_MR_PROMISC };
	int s = packet_socket("tap0");

	ck_assert_int_eq(setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &mr, sizeof(mr)), 0);
	WAIT(u->st.promisc);
	ck_assert_int_eq(tuntap_ops.set_promisc(&u->sc, true), 0);
	ck_assert_int_eq(tuntap_ops.set_promisc(&u->sc, false), 0);
	ck_assert(u->st.promisc);		/* the socket still wants it */
	close(s);
	WAIT(!u->st.promisc);
	detach(u);
}
END_TEST

/* Leaving a bridge announces RTM_DELLINK, of family AF_BRIDGE: not the end of the interface. */
START_TEST(test_bridge)
{
	struct unit *u = attach(0);

	outside("ip link add br0 type bridge && ip link set tap0 master br0");
	WAIT(u->st.promisc);
	outside("ip link set tap0 nomaster");
	WAIT(!u->st.promisc);
	outside("ip link set tap0 up");
	WAIT(u->st.up);
	ck_assert_uint_eq(u->gone, 0);
	detach(u);
}
END_TEST

START_TEST(test_rename)
{
	struct unit *u = attach(0);

	outside("ip link set tap0 name foo0 && ip link set foo0 up");
	WAIT(u->st.up);
	ck_assert_int_eq(tuntap_ops.set_mtu(&u->sc, 1300), 0);
	ck_assert_uint_eq(u->st.mtu, 1300);
	detach(u);
	ck_assert_uint_eq(if_nametoindex("foo0"), 0);
}
END_TEST

/* Announcements that found no room are lost: the state is right all the same, and a deletion among them is noticed. */
static void shrink_event_socket(void)
{
	struct sockaddr_nl nl;
	int found = 0, size = 1;

	for (int fd = 3; fd < 64; fd++) {
		socklen_t len = sizeof(nl);

		if (getsockname(fd, (struct sockaddr *)&nl, &len) != 0 || nl.nl_family != AF_NETLINK ||
		    nl.nl_groups == 0)
			continue;
		ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)), 0);
		found++;
	}
	ck_assert_int_eq(found, 1);
}

START_TEST(test_overrun)
{
	struct unit *u = attach(0), *deleted = attach(1), *quiet = attach(2);

	shrink_event_socket();
	for (int i = 0; i < 20; i++)
		outside("ip link set tap0 mtu %d", 1000 + i);
	outside("ip link del tap1 && ip link set tap0 up promisc on mtu 1234");
	WAIT(u->st.mtu == 1234);
	ck_assert(u->st.up && u->st.promisc);
	ck_assert_uint_lt(u->updates, 20);	/* or nothing was lost, and this proves nothing */
	WAIT(deleted->gone);
	ck_assert_uint_eq(deleted->gone, 1);
	ck_assert_uint_eq(quiet->updates, 1);
	ck_assert_uint_eq(u->gone + quiet->gone, 0);
	detach(u);
	detach(deleted);
	detach(quiet);
}
END_TEST

/* ------------------------------------------------------------------ losing the interface */

START_TEST(test_deleted)
{
	struct unit *u = attach(0), *other = attach(1);
	struct tap_ifaddr a = { AF_INET, 24, { 192, 0, 2, 1 } }, *none = NULL;
	struct tap_host_drops drops;

	outside("ip link del tap0");
	WAIT(u->gone);
	ck_assert_uint_eq(u->gone, 1);
	tuntap_ops.sync(&u->sc);
	ck_assert_int_eq(tuntap_ops.input(&u->sc, ramp(60), 60), -ENXIO);
	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), -ENXIO);
	ck_assert_int_eq(tuntap_ops.set_carrier(&u->sc, true), -ENXIO);
	ck_assert_int_eq(tuntap_ops.set_carrier(&u->sc, false), -ENXIO);
	ck_assert_int_eq(tuntap_ops.add_addr(&u->sc, &a), -ENXIO);
	ck_assert_int_eq(tuntap_ops.del_addr(&u->sc, &a), -ENXIO);
	ck_assert_int_eq(tuntap_ops.each_addr(&u->sc, NULL, none), -ENXIO);
	ck_assert_int_eq(tuntap_ops.purge_addrs(&u->sc), -ENXIO);
	ck_assert_int_eq(tuntap_ops.host_drops(&u->sc, &drops), -ENXIO);
	ck_assert_int_eq(tuntap_ops.set_up(&other->sc, true), 0);
	ck_assert(other->st.up && other->gone == 0 && u->gone == 1);
	detach(u);
	u = attach(0);				/* made again */
	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), 0);
	ck_assert(u->st.up && u->gone == 0);
	detach(u);
	detach(other);
}
END_TEST

/* Whoever looks first finds out. */
static int by_input(struct tap_softc *sc)
{
	return tuntap_ops.input(sc, ramp(60), 60);
}

static int by_setter(struct tap_softc *sc)
{
	return tuntap_ops.set_mtu(sc, 1000);
}

static int by_carrier(struct tap_softc *sc)
{
	return tuntap_ops.set_carrier(sc, true);
}

static int by_sync(struct tap_softc *sc)
{
	tuntap_ops.sync(sc);
	return -ENXIO;
}

static int (*const finds_out[])(struct tap_softc *) = { by_input, by_setter, by_carrier, by_sync };

START_TEST(test_deleted_unseen)
{
	struct unit *u = attach(0);

	outside("ip link del tap0");
	ck_assert_int_eq(finds_out[_i](&u->sc), -ENXIO);
	ck_assert_uint_eq(u->gone, 1);
	tuntap_ops.sync(&u->sc);
	ck_assert_uint_eq(u->gone, 1);
	detach(u);
}
END_TEST

/* A process in a network namespace of its own, for interfaces to be moved to.  It ends with this one. */
static pid_t elsewhere(void)
{
	int to[2];
	pid_t pid;
	char c = 0;

	ck_assert_int_eq(pipe(to), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		c = unshare(CLONE_NEWNET) == 0;
		if (write(to[1], &c, 1) == 1)
			pause();
		_exit(1);
	}
	ck_assert(read(to[0], &c, 1) == 1 && c == 1);
	return pid;
}

START_TEST(test_moved_away)
{
	struct unit *u = attach(0);
	pid_t pid = elsewhere();

	outside("ip link set tap0 netns %d", (int)pid);
	WAIT(u->gone);
	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), -ENXIO);
	detach(u);
	kill(pid, SIGKILL);
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

/* ------------------------------------------------------------------ frames */

static const size_t frame_len[] = { 60, 1514, 16384, 65535 };

START_TEST(test_frames)
{
	struct unit *u = attach(0);
	size_t len = frame_len[_i];
	static uint8_t got[70000];
	int s;

	ck_assert_int_eq(tuntap_ops.set_mtu(&u->sc, 65521), 0);
	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), 0);
	s = packet_socket("tap0");
	ck_assert_int_eq(send(s, ramp(len), len, 0), len);
	WAIT(u->frames == 1);
	ck_assert_uint_eq(u->len, len);
	ck_assert_mem_eq(u->frame, ramp(len), len);
	ck_assert_int_eq(tuntap_ops.input(&u->sc, ramp(len), len), 0);
	ck_assert_int_eq(recv(s, got, sizeof(got), 0), len);
	ck_assert_mem_eq(got, ramp(len), len);
	close(s);
	detach(u);
}
END_TEST

/* More than one turn's worth: all arrive. */
START_TEST(test_frames_many)
{
	struct unit *u = attach(0);
	int s;

	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), 0);
	s = packet_socket("tap0");
	for (int i = 0; i < 400; i++)
		ck_assert_int_eq(send(s, ramp(60), 60, 0), 60);
	WAIT(u->frames == 400);
	close(s);
	detach(u);
}
END_TEST

/* Up is told before the frames that were sent since, and down after those sent until then: whoever is first to look. */
START_TEST(test_order)
{
	struct unit *u = attach(0);
	int s;

	outside("ip link set tap0 up");
	s = packet_socket("tap0");
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(send(s, ramp(60), 60, 0), 60);
	if (_i)
		tuntap_ops.sync(&u->sc);
	WAIT(u->frames == 100);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(send(s, ramp(60), 60, 0), 60);
	outside("ip link set tap0 down");
	if (_i)
		tuntap_ops.sync(&u->sc);
	WAIT(!u->st.up);
	ck_assert_uint_eq(u->frames, 200);
	ck_assert_uint_eq(u->frames_down, 0);
	close(s);
	detach(u);
}
END_TEST

/* The loop has the frames' descriptor before the announcements': up is told first all the same. */
START_TEST(test_order_frames_first)
{
	struct unit *u = attach(0);
	int s;

	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), 0);
	s = packet_socket("tap0");
	ck_assert_int_eq(send(s, ramp(60), 60, 0), 60);
	WAIT(u->frames == 1);
	outside("ip link set tap0 down");
	tuntap_ops.sync(&u->sc);
	ck_assert(!u->st.up);
	close(s);
	outside("ip link set tap0 up");
	s = packet_socket("tap0");
	ck_assert_int_eq(send(s, ramp(60), 60, 0), 60);
	WAIT(u->frames == 2);
	ck_assert_uint_eq(u->frames_down, 0);
	close(s);
	detach(u);
}
END_TEST

START_TEST(test_input_down)
{
	struct unit *u = attach(0);

	ck_assert_int_eq(tuntap_ops.input(&u->sc, ramp(60), 60), -ENETDOWN);
	ck_assert_uint_eq(u->gone, 0);
	detach(u);
}
END_TEST

static bool kernel_counts_void(void)
{
	struct utsname un;
	int major = 0, minor = 0;

	uname(&un);
	sscanf(un.release, "%d.%d", &major, &minor);
	return major > 6 || (major == 6 && minor >= 3);
}

/* Nothing is sent on tap0 but by us. */
static void no_ipv6(void)
{
	FILE *f = fopen("/proc/sys/net/ipv6/conf/tap0/disable_ipv6", "w");

	if (f == NULL)
		return;		/* a kernel without IPv6 */
	fputs("1", f);
	fclose(f);
}

/* What does not fit into Linux's ring is dropped there, and counted. */
START_TEST(test_ring_overflow)
{
	struct unit *u = attach(0);
	struct tap_host_drops drops;
	unsigned sent = 0;
	int s;

	no_ipv6();
	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), 0);
	s = packet_socket("tap0");
	for (int i = 0; i < 3000; i++)
		sent += send(s, ramp(60), 60, 0) == 60;
	for (unsigned before = u->frames - 1; before != u->frames;) {
		before = u->frames;
		tuntap_ops.sync(&u->sc);
	}
	ck_assert_int_eq(tuntap_ops.host_drops(&u->sc, &drops), 0);
	ck_assert_uint_gt(drops.ring, 0);
	ck_assert_uint_eq(drops.no_carrier, 0);
	ck_assert_uint_eq(u->frames + drops.ring, sent);
	close(s);
	detach(u);
}
END_TEST

START_TEST(test_carrier)
{
	struct unit *u = attach(0);
	struct tap_host_drops drops;
	int s;

	ck_assert_int_eq(tuntap_ops.set_carrier(&u->sc, false), 0);
	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), 0);
	ck_assert_int_eq(tuntap_ops.host_drops(&u->sc, &drops), 0);
	ck_assert_uint_eq(drops.no_carrier, 0);
	s = packet_socket("tap0");
	for (int i = 0; i < 3; i++)
		send(s, ramp(60), 60, 0);
	ck_assert_int_eq(tuntap_ops.set_carrier(&u->sc, true), 0);
	ck_assert_int_eq(tuntap_ops.host_drops(&u->sc, &drops), 0);
	ck_assert_uint_eq(drops.no_carrier, kernel_counts_void() ? 3 : 0);
	ck_assert_uint_eq(u->frames, 0);
	do
		send(s, ramp(60), 60, 0);	/* an older kernel takes a moment to see the carrier */
	while (tuntap_ops.sync(&u->sc), u->frames == 0);
	close(s);
	detach(u);
}
END_TEST

/* ------------------------------------------------------------------ addresses */

struct found {
	unsigned n;
	struct tap_ifaddr a[16];
};

static void find_addr(void *arg, const struct tap_ifaddr *a)
{
	struct found *f = arg;

	ck_assert_uint_lt(f->n, 16);
	f->a[f->n++] = *a;
}

static struct found addrs(const struct tap_net_ops *ops, struct unit *u)
{
	struct found f = { 0 };

	ck_assert_int_eq(ops->each_addr(&u->sc, find_addr, &f), 0);
	return f;
}

static void assert_addr(const struct tap_ifaddr *a, const struct tap_ifaddr *b)
{
	ck_assert_int_eq(a->family, b->family);
	ck_assert_uint_eq(a->prefixlen, b->prefixlen);
	ck_assert_mem_eq(a->addr, b->addr, sizeof(a->addr));
}

static const struct tap_ifaddr v4 = { AF_INET, 24, { 192, 0, 2, 1 } };
static const struct tap_ifaddr v4_second = { AF_INET, 24, { 192, 0, 2, 2 } };
static const struct tap_ifaddr v6 = { AF_INET6, 64, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } };

/* What both backends do alike; the interface is down, so Linux adds no link-local address by itself. */
static void try_addrs(const struct tap_net_ops *ops, struct unit *u)
{
	struct tap_ifaddr host = v4;
	struct found f;

	ck_assert_uint_eq(addrs(ops, u).n, 0);
	ck_assert_int_eq(ops->add_addr(&u->sc, &v4), 0);
	ck_assert_int_eq(ops->add_addr(&u->sc, &v4_second), 0);
	ck_assert_int_eq(ops->add_addr(&u->sc, &v6), 0);
	ck_assert_int_eq(ops->add_addr(&u->sc, &v4), -EEXIST);
	ck_assert_int_eq(ops->add_addr(&u->sc, &v6), -EEXIST);
	f = addrs(ops, u);
	ck_assert_uint_eq(f.n, 3);
	assert_addr(&f.a[0], &v4);
	assert_addr(&f.a[1], &v4_second);
	assert_addr(&f.a[2], &v6);
	host.prefixlen = 32;			/* the address says which */
	ck_assert_int_eq(ops->del_addr(&u->sc, &v6), 0);
	ck_assert_int_eq(ops->del_addr(&u->sc, &v6), -EADDRNOTAVAIL);
	ck_assert_int_eq(ops->add_addr(&u->sc, &v6), 0);
	ck_assert_int_eq(ops->purge_addrs(&u->sc), 0);
	ck_assert_uint_eq(addrs(ops, u).n, 0);
	ck_assert_int_eq(ops->add_addr(&u->sc, &v4), 0);
	ck_assert_int_eq(ops->del_addr(&u->sc, &host), 0);
	ck_assert_int_eq(ops->del_addr(&u->sc, &v4), -EADDRNOTAVAIL);
}

START_TEST(test_addrs)
{
	struct unit *u = attach(0), *other = attach(1);
	struct tap_ifaddr bad = v4, host = v4;
	struct found f;

	bad.prefixlen = 33;
	ck_assert_int_eq(tuntap_ops.add_addr(&u->sc, &bad), -EINVAL);
	ck_assert_int_eq(tuntap_ops.add_addr(&other->sc, &v6), 0);
	try_addrs(&tuntap_ops, u);
	ck_assert_uint_eq(addrs(&tuntap_ops, other).n, 1);
	host.prefixlen = 32;			/* Linux takes an address twice, with two prefix lengths */
	ck_assert_int_eq(tuntap_ops.add_addr(&u->sc, &v4), 0);
	ck_assert_int_eq(tuntap_ops.add_addr(&u->sc, &host), 0);
	ck_assert_int_eq(tuntap_ops.del_addr(&u->sc, &v4), 0);
	f = addrs(&tuntap_ops, u);
	ck_assert_uint_eq(f.n, 1);
	assert_addr(&f.a[0], &host);
	detach(u);
	detach(other);
}
END_TEST

/* Up, the interface has a link-local address as well, and routes: all go (CL-04). */
START_TEST(test_purge_up)
{
	struct unit *u = attach(0);

	ck_assert_int_eq(tuntap_ops.set_up(&u->sc, true), 0);
	ck_assert_int_eq(tuntap_ops.add_addr(&u->sc, &v4), 0);
	ck_assert_int_eq(tuntap_ops.add_addr(&u->sc, &v6), 0);
	outside("ip route add 198.51.100.0/24 via 192.0.2.9 && ip addr show tap0 | grep -q 'brd 192.0.2.255'");
	ck_assert_uint_ge(addrs(&tuntap_ops, u).n, 3);
	ck_assert_int_eq(tuntap_ops.purge_addrs(&u->sc), 0);
	ck_assert_uint_eq(addrs(&tuntap_ops, u).n, 0);
	outside("test -z \"$(ip route show dev tap0)\"");
	ck_assert(u->st.up);
	detach(u);
}
END_TEST

/* ------------------------------------------------------------------ */

static Suite *tuntap_suite(void)
{
	Suite *s = suite_create("tuntap");
	TCase *tc = tcase_create("tuntap");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_attach);
	tcase_add_test(tc, test_attach_mtu);
	tcase_add_loop_test(tc, test_taken, 0, 2);
	tcase_add_test(tc, test_attach_fails_late);
	tcase_add_test(tc, test_no_device);
	tcase_add_test(tc, test_no_privilege);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_retire);
	tcase_add_test(tc, test_outside_changes);
	tcase_add_test(tc, test_setters);
	tcase_add_test(tc, test_promisc_membership);
	if (system("ip link add br0 type bridge") == 0)
		tcase_add_test(tc, test_bridge);
	else
		printf("# test_bridge is left out: this kernel has no bridge\n");
	tcase_add_test(tc, test_rename);
	tcase_add_test(tc, test_overrun);
	tcase_add_test(tc, test_deleted);
	tcase_add_loop_test(tc, test_deleted_unseen, 0, 4);
	tcase_add_test(tc, test_moved_away);
	tcase_add_loop_test(tc, test_frames, 0, 4);
	tcase_add_test(tc, test_frames_many);
	tcase_add_loop_test(tc, test_order, 0, 2);
	tcase_add_test(tc, test_order_frames_first);
	tcase_add_test(tc, test_input_down);
	tcase_add_test(tc, test_ring_overflow);
	tcase_add_test(tc, test_carrier);
	tcase_add_test(tc, test_addrs);
	tcase_add_test(tc, test_purge_up);
	suite_add_tcase(s, tc);
	return s;
}

/* What the machine lacks, or NULL.  From here on we are in a network namespace of our own. */
static const char *lacking(void)
{
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return "/dev/net/tun cannot be opened";
	close(fd);
	if (unshare(CLONE_NEWNET) != 0)
		return "no privilege to make a network namespace";
	if (system("ip -V >/dev/null") != 0)
		return "ip(8) of iproute2 is missing";
	return NULL;
}

int main(void)
{
	const char *reason = lacking();
	SRunner *sr;
	int failed;

	if (reason != NULL) {
		printf("1..0 # SKIP %s\n", reason);
		return 77;
	}
	sr = srunner_create(tuntap_suite());
	srunner_set_tap(sr, "-");
	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
