/* SPDX-License-Identifier: BSD-2-Clause */
/* What both benchmarks stand on: see rig.h. */
#include "rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
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
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tapd/ctl.h"

#define READY_MS	20000

static void say(const char *word, const char *fmt, va_list ap)
{
	fflush(stdout);
	fprintf(stderr, "%s: ", word);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
}

void rig_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("benchmark failed", fmt, ap);
	va_end(ap);
	exit(1);
}

void rig_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("SKIP", fmt, ap);
	va_end(ap);
	exit(77);
}

uint64_t rig_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + ts.tv_nsec;
}

uint64_t rig_cpu(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (pid == 0 || clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &ts) != 0)
		return 0;
	return (uint64_t)ts.tv_sec * 1000000000u + ts.tv_nsec;
}

/* ------------------------------------------------------------------ the place */

static void no_ipv6(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;			/* a kernel without */
	if (write(fd, "1", 1) != 1)
		rig_fail("switching off IPv6: %s", strerror(errno));
	close(fd);
}

void rig_enter(unsigned limit)
{
	alarm(limit);			/* the children go with us: rig_spawn() */
	signal(SIGPIPE, SIG_IGN);
	if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0)
		rig_skip("a network namespace: %s; run as root, or under: unshare -rmn", strerror(errno));
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("bench", RIG_DIR, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755") != 0)
		rig_skip("a tmpfs on %s: %s", RIG_DIR, strerror(errno));
	no_ipv6();
}

static bool opens(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

const char *rig_transport(const char *want)
{
	if (strcmp(want, "fuse") != 0 && opens("/dev/cuse"))
		return "cuse";
	if (strcmp(want, "cuse") == 0)
		rig_skip("/dev/cuse: %s", strerror(errno));
	if (!opens("/dev/fuse"))
		rig_skip("/dev/fuse: %s", strerror(errno));
	return "fuse";
}

/* ------------------------------------------------------------------ children */

static void wait_ready(int fd, pid_t pid)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char c;

	if (poll(&p, 1, READY_MS) <= 0 || read(fd, &c, 1) != 1)
		rig_fail("the daemon (pid %d) did not get ready; its message is above", (int)pid);
}

pid_t rig_spawn(int (*fn)(void *arg, int ready_fd), void *arg)
{
	pid_t parent = getpid(), pid;
	int fds[2];

	fflush(NULL);
	if (pipe2(fds, O_CLOEXEC) != 0 || (pid = fork()) < 0)
		rig_fail("fork: %s", strerror(errno));
	if (pid == 0) {
		close(fds[0]);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(1);
		_exit(fn(arg, fds[1]));
	}
	close(fds[1]);
	wait_ready(fds[0], pid);
	close(fds[0]);
	return pid;
}

void rig_end(pid_t pid)
{
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
}

/* ------------------------------------------------------------------ tapd */

struct tapd_args {
	const char *bin, *transport, *prefix, *dev_dir;
	unsigned spin_us;
};

static int exec_tapd(void *arg, int ready_fd)
{
	const struct tapd_args *a = arg;
	char transport[32], prefix[32], run_dir[64], dev_dir[64], spin[32], ready[32];
	char *const argv[] = { "tapd", transport, prefix, run_dir, dev_dir, spin, ready, NULL };

	snprintf(transport, sizeof(transport), "--transport=%s", a->transport);
	snprintf(prefix, sizeof(prefix), "--prefix=%s", a->prefix);
	snprintf(run_dir, sizeof(run_dir), "--run-dir=" RIG_DIR "/%s", a->prefix);
	snprintf(dev_dir, sizeof(dev_dir), "--dev-dir=%s", a->dev_dir);
	snprintf(spin, sizeof(spin), "--spin=%u", a->spin_us);
	snprintf(ready, sizeof(ready), "--ready-fd=%d", ready_fd);
	fcntl(ready_fd, F_SETFD, 0);
	execv(a->bin, argv);
	fprintf(stderr, "%s: %s; name the daemon with --tapd=FILE\n", a->bin, strerror(errno));
	return 1;
}

static int ctl_connect(const char *prefix)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), RIG_DIR "/%s/tapd.sock", prefix);
	if (fd < 0 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0)
		rig_fail("%s: %s", sun.sun_path, strerror(errno));
	return fd;
}

void rig_tapd_start(struct rig_tapd *t, const char *bin, const char *transport, const char *prefix, unsigned spin_us)
{
	struct tapd_args a = { bin, transport, prefix, RIG_DIR "/dev", spin_us };

	if (strcmp(transport, "cuse") == 0)
		a.dev_dir = "/dev";	/* the kernel's choice */
	else if (mkdir(a.dev_dir, 0755) != 0 && errno != EEXIST)
		rig_fail("%s: %s", a.dev_dir, strerror(errno));
	t->dev_dir = a.dev_dir;
	t->pid = rig_spawn(exec_tapd, &a);
	t->ctl = ctl_connect(prefix);
}

void rig_tapd_stop(struct rig_tapd *t)
{
	close(t->ctl);
	rig_end(t->pid);
}

static void read_all(int fd, void *buf, size_t len)
{
	ssize_t n;

	for (size_t have = 0; have < len; have += n)
		if ((n = read(fd, (char *)buf + have, len - have)) <= 0)
			rig_fail("the control connection ended");
}

static void read_reply(int fd, char *buf, size_t size)
{
	uint32_t len;

	read_all(fd, &len, sizeof(len));
	len = ntohl(len);
	if (len >= size)
		rig_fail("a reply of %u bytes", len);
	read_all(fd, buf, len);
	buf[len] = '\0';
}

void rig_ctl(const struct rig_tapd *t, const char *a, const char *b)
{
	char request[256], reply[4096];
	uint32_t head;
	int len = snprintf(request + 4, sizeof(request) - 4, "{\"version\":%d,\"args\":[\"%s\"%s%s%s]}", TAPD_CTL_VERSION, a,
	    b != NULL ? ",\"" : "", b != NULL ? b : "", b != NULL ? "\"" : "");

	head = htonl(len);
	memcpy(request, &head, sizeof(head));
	if (write(t->ctl, request, len + 4) != len + 4)
		rig_fail("tapd's control socket: %s", strerror(errno));
	read_reply(t->ctl, reply, sizeof(reply));
	if (strstr(reply, "\"error\"") != NULL)
		rig_fail("tapctl %s %s: %s", a, b != NULL ? b : "", reply);
}

int rig_tapd_open(const struct rig_tapd *t, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", t->dev_dir, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		rig_fail("%s: %s", path, strerror(errno));
	return fd;
}

/* ------------------------------------------------------------------ interfaces */

static void bring_up(const char *ifname)
{
	struct ifreq ifr = { .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr) != 0)
		rig_fail("%s: up: %s", ifname, strerror(errno));
	close(fd);
}

bool rig_is_up(const char *ifname)
{
	struct ifreq ifr = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &ifr) != 0)
		rig_fail("%s: flags: %s", ifname, strerror(errno));
	close(fd);
	return ifr.ifr_flags & IFF_UP;
}

int rig_native_tap(const char *ifname)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		rig_skip("/dev/net/tun: %s; load the module (modprobe tun)", strerror(errno));
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", ifname);
	if (ioctl(fd, TUNSETIFF, &ifr) != 0)
		rig_skip("a TAP interface: %s", strerror(errno));
	bring_up(ifname);
	return fd;
}

int rig_host(const char *ifname)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(RIG_ETHERTYPE) };
	int size = 8 << 20, fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		rig_skip("a packet socket: %s", strerror(errno));
	if (ifname != NULL)
		ll.sll_ifindex = if_nametoindex(ifname);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&ll, sizeof(ll)) != 0)
		rig_fail("%s: packet socket: %s", ifname != NULL ? ifname : "all interfaces", strerror(errno));
	return fd;
}

void rig_host_send(int host, const void *frame, size_t len)
{
	if (send(host, frame, len, 0) != (ssize_t)len)
		rig_fail("sending a frame on the host's side: %s", strerror(errno));
}

unsigned rig_host_count(int host)
{
	struct tpacket_stats st = { 0 };
	socklen_t len = sizeof(st);
	uint8_t byte;

	if (getsockopt(host, SOL_PACKET, PACKET_STATISTICS, &st, &len) != 0)
		rig_fail("packet socket statistics: %s", strerror(errno));
	while (recv(host, &byte, 1, MSG_DONTWAIT) >= 0)
		;
	return st.tp_packets;
}

void rig_frame(uint8_t *frame, size_t len)
{
	memset(frame, 0xff, 6);
	memcpy(frame + 6, "\x02\x00\x00\x00\x00\x01", 6);
	frame[12] = RIG_ETHERTYPE >> 8;
	frame[13] = RIG_ETHERTYPE & 0xff;
	memset(frame + RIG_HDRLEN, 0x5a, len - RIG_HDRLEN);
}
