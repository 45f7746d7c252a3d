/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls in words: see trace.h.  It changes nothing and keeps nothing but the names of the last few programs. */
#include "see/trace.h"

#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/loop.h"
#include "base/proc.h"
#include "base/util.h"

/* Text that grows at its end and is cut where it is full. */
struct out {
	char *text;
	size_t size, len;
};

static struct out out_begin(char *text, size_t size)
{
	if (size > 0)
		text[0] = '\0';
	return (struct out){ text, size, 0 };
}

static void __attribute__((format(printf, 2, 3))) put(struct out *o, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (o->len >= o->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(o->text + o->len, o->size - o->len, fmt, ap);
	va_end(ap);
	o->len += n < 0 ? 0 : (size_t)n < o->size - o->len ? (size_t)n : o->size - o->len;
}

/* The text ends on terminals and in JSON, and parts of it are a program's. */
static void make_printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

static void out_end(struct out *o)
{
	if (o->size > 0)
		make_printable(o->text);
}

/* ------------------------------------------------------------------ ioctl data */

static int32_t get32(const uint8_t *p)
{
	int32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint16_t get16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void put_int(struct out *o, const uint8_t *data)
{
	put(o, "%d", get32(data));
}

static void put_flags(struct out *o, const uint8_t *data)
{
	put(o, "%#x", (unsigned)get32(data));
}

static void put_name(struct out *o, const uint8_t *data)
{
	put(o, "\"%.*s\"", TAP_IFNAMSIZ, (const char *)data);
}

/* Linux's struct ifreq, with flags: IFF_TAP and so on. */
static void put_ifreq(struct out *o, const uint8_t *data)
{
	put(o, "{name=\"%.*s\", flags=%#x}", TAP_IFNAMSIZ, (const char *)data, get16(data + TAP_IFNAMSIZ));
}

static void put_ether(struct out *o, const uint8_t *data)
{
	char text[ETHER_STRLEN];

	put(o, "%s", ether_format(data, text));
}

/* struct tapinfo. */
static void put_tapinfo(struct out *o, const uint8_t *data)
{
	put(o, "{mtu=%u, type=%u, baudrate=%d}", get16(data + 4), data[6], get32(data));
}

/* OpenBSD's struct tuninfo. */
static void put_tuninfo(struct out *o, const uint8_t *data)
{
	put(o, "{mtu=%u, type=%u, flags=%#x, baudrate=%u}", (unsigned)get32(data), get16(data + 4), get16(data + 6),
	    (unsigned)get32(data + 8));
}

/* struct fiodgname_arg: where the name went is an address of the program's. */
static void put_dgname(struct out *o, const uint8_t *data)
{
	put(o, "{len=%d}", get32(data));
}

/* tapd's own: what kevent(2) asks. */
static void put_kqdata(struct out *o, const uint8_t *data)
{
	int64_t n;

	memcpy(&n, data + 8, sizeof(n));
	put(o, "{filter=%d, active=%d, data=%lld}", get32(data), get32(data + 4), (long long)n);
}

/* How the data of a command reads, and how many bytes that looks at. */
static const struct {
	void (*put)(struct out *o, const uint8_t *data);
	size_t size;
} formats[] = {
	[TAP_IOC_GDEBUG] = { put_int, 4 },
	[TAP_IOC_SDEBUG] = { put_int, 4 },
	[TAP_IOC_SIFINFO] = { put_tapinfo, 8 },
	[TAP_IOC_GIFINFO] = { put_tapinfo, 8 },
	[TAP_IOC_GIFNAME] = { put_name, TAP_IFNAMSIZ },
	[TAP_IOC_VMIO_SIFFLAGS] = { put_flags, 4 },
	[TAP_IOC_SIFADDR] = { put_ether, TAP_ADDRLEN },
	[TAP_IOC_GIFADDR] = { put_ether, TAP_ADDRLEN },
	[TAP_IOC_FIONREAD] = { put_int, 4 },
	[TAP_IOC_FIONBIO] = { put_int, 4 },
	[TAP_IOC_FIOASYNC] = { put_int, 4 },
	[TAP_IOC_FIOSETOWN] = { put_int, 4 },
	[TAP_IOC_FIOGETOWN] = { put_int, 4 },
	[TAP_IOC_SPGRP] = { put_int, 4 },
	[TAP_IOC_GPGRP] = { put_int, 4 },
	[TAP_IOC_FIODTYPE] = { put_int, 4 },
	[TAP_IOC_FIODGNAME] = { put_dgname, 4 },
	[TAP_IOC_VMIO_OLD] = { put_flags, 4 },
	[TAP_IOC_OGIFADDR] = { put_ether, TAP_ADDRLEN },
	[TAP_IOC_GIFFLAGS] = { put_flags, 4 },
	[TAP_IOC_SVNETHDR] = { put_int, 4 },
	[TAP_IOC_GVNETHDR] = { put_int, 4 },
	[TAP_IOC_STRANSIENT] = { put_int, 4 },
	[TAP_IOC_GTRANSIENT] = { put_int, 4 },
	[TAP_IOC_NGIFNAME] = { put_name, TAP_IFNAMSIZ },
	[TAP_IOC_OSIFINFO] = { put_tuninfo, 12 },
	[TAP_IOC_OGIFINFO] = { put_tuninfo, 12 },
	[TAP_IOC_OSIFMODE] = { put_flags, 4 },
	[TAP_IOC_KQDATA] = { put_kqdata, 16 },
	[TAP_IOC_GASYNC] = { put_int, 4 },
	[TAP_IOC_NBIO] = { put_int, 4 },
	[TAP_IOC_TUNSETIFF] = { put_ifreq, 18 },
	[TAP_IOC_TUNGETIFF] = { put_ifreq, 18 },
	[TAP_IOC_TUNGETFEATURES] = { put_flags, 4 },
	[TAP_IOC_TUNGETVNETHDRSZ] = { put_int, 4 },
	[TAP_IOC_TUNSETVNETHDRSZ] = { put_int, 4 },
	[TAP_IOC_TUNSETOFFLOAD] = { put_flags, 4 },
};

/* How many bytes of the data say something: what came in, or what went out if the call succeeded. */
static size_t said(const struct tap_call *c)
{
	const struct tap_ioctl *d = c->ioctl;

	if (c->data == NULL)
		return 0;
	if (d->by_value)
		return sizeof(int);
	return d->in > 0 ? d->in : c->result == 0 ? d->out : 0;
}

static void put_ioctl(struct out *o, const struct tap_call *c)
{
	const struct tap_ioctl *d = c->ioctl;

	if (d->id == TAP_IOC_NONE)
		put(o, ", %#x", d->cmd);
	else
		put(o, ", %s", d->name);
	if ((size_t)d->id < NELEM(formats) && formats[d->id].put != NULL && said(c) >= formats[d->id].size) {
		put(o, ", ");
		formats[d->id].put(o, c->data);
	}
}

/* ------------------------------------------------------------------ a call */

static const char *const kinds[] = {
	[TAP_CALL_OPEN] = "open",
	[TAP_CALL_CLOSE] = "close",
	[TAP_CALL_READ] = "read",
	[TAP_CALL_WRITE] = "write",
	[TAP_CALL_IOCTL] = "ioctl",
	[TAP_CALL_POLL] = "poll",
};

/* The usual ones; POLLRDNORM and POLLWRNORM come with them and say the same. */
static const struct {
	short bit;
	const char *name;
} events[] = { { POLLIN, "IN" }, { POLLOUT, "OUT" }, { POLLERR, "ERR" }, { POLLHUP, "HUP" }, { POLLNVAL, "NVAL" } };

static void put_events(struct out *o, long bits)
{
	const char *parting = "";

	for (size_t i = 0; i < NELEM(events); i++)
		if (bits & events[i].bit) {
			put(o, "%s%s", parting, events[i].name);
			parting = "|";
		}
	if (*parting == '\0')
		put(o, "0");
}

static void put_result(struct out *o, const struct tap_call *c)
{
	const char *name = c->result < 0 ? strerrorname_np((int)-c->result) : NULL;

	if (name != NULL)
		put(o, "%s", name);
	else if (c->kind == TAP_CALL_POLL)
		put_events(o, c->result);
	else
		put(o, "%ld", c->result);
}

void trace_call(const struct tap_call *c, char *text, size_t size)
{
	struct out o = out_begin(text, size);

	put(&o, "%s(%s", kinds[c->kind], c->device);
	if (c->kind == TAP_CALL_READ || c->kind == TAP_CALL_WRITE)
		put(&o, ", %zu", c->len);
	else if (c->kind == TAP_CALL_IOCTL)
		put_ioctl(&o, c);
	put(&o, ") = ");
	put_result(&o, c);
	out_end(&o);
}

/* ------------------------------------------------------------------ a frame */

static const struct {
	uint16_t type;
	const char *name;
} ethertypes[] = {
	{ 0x0800, "IPv4" }, { 0x0806, "ARP" }, { 0x86dd, "IPv6" }, { 0x8847, "MPLS" }, { 0x8863, "PPPoE discovery" },
	{ 0x8864, "PPPoE" }, { 0x888e, "EAPOL" }, { 0x88cc, "LLDP" },
};

/* A number below 1536 is a length: there is no type (IEEE 802.3). */
static void put_ethertype(struct out *o, unsigned type)
{
	for (size_t i = 0; i < NELEM(ethertypes); i++)
		if (ethertypes[i].type == type) {
			put(o, "%s", ethertypes[i].name);
			return;
		}
	if (type < 1536)
		put(o, "802.3");
	else
		put(o, "type 0x%04x", type);
}

static bool is_tag(unsigned type)
{
	return type == 0x8100 || type == 0x88a8;
}

#define TAGS_MAX 2		/* more is no frame of this world */

/* The type, behind any VLAN tags, each of which is told. */
static void put_types(struct out *o, const uint8_t *frame, size_t len)
{
	size_t at = (size_t)2 * TAP_ADDRLEN;
	unsigned type = frame[at] << 8 | frame[at + 1];

	for (int i = 0; i < TAGS_MAX && is_tag(type) && at + 6 <= len; i++) {
		put(o, "VLAN %u ", (frame[at + 2] << 8 | frame[at + 3]) & 0xfff);
		at += 4;
		type = frame[at] << 8 | frame[at + 1];
	}
	put_ethertype(o, type);
}

/* What a program reads begins with a virtio header where it asked for one; of what it writes we are not told it. */
static const uint8_t *frame_of(const struct tap_call *c, size_t *len)
{
	size_t vnet = c->kind == TAP_CALL_READ && c->sc != NULL ? c->sc->vnet_len : 0;

	if ((c->kind != TAP_CALL_READ && c->kind != TAP_CALL_WRITE) || c->data == NULL || c->ndata < vnet)
		return NULL;
	*len = c->ndata - vnet;
	return (const uint8_t *)c->data + vnet;
}

void trace_frame(const struct tap_call *c, char *text, size_t size)
{
	char src[ETHER_STRLEN], dst[ETHER_STRLEN];
	struct out o = out_begin(text, size);
	size_t len = 0;
	const uint8_t *frame = frame_of(c, &len);

	if (frame == NULL || len < TAP_HDRLEN)
		return;
	put(&o, "%s > %s ", ether_format(frame + TAP_ADDRLEN, src), ether_format(frame, dst));
	put_types(&o, frame, len);
	put(&o, ", %zu bytes", len);
	out_end(&o);
}

/* ------------------------------------------------------------------ a reason */

/* fmt with the interface's name for its "%s". */
static void put_named(struct out *o, const char *fmt, const char *name)
{
	const char *at = strstr(fmt, "%s");

	if (at == NULL)
		put(o, "%s", fmt);
	else
		put(o, "%.*s%s%s", (int)(at - fmt), fmt, name, at + 2);
}

void trace_why(const struct tap_call *c, char *text, size_t size)
{
	struct out o = out_begin(text, size);
	const char *name = c->sc != NULL ? c->sc->if_name : c->device;
	const struct tap_why_desc *w = &tap_why_table[c->why];

	if (c->why == TAP_WHY_NONE)
		return;
	put_named(&o, w->text, name);
	put(&o, ": ");
	put_named(&o, w->advice, name);
	out_end(&o);
}

/* ------------------------------------------------------------------ a program */

#define KNOWN		16			/* threads remembered */
#define KNOWN_FOR	(100 * LOOP_MS)		/* by then it may be another program: exec(2), or the number anew */

static struct known {
	pid_t tid, pid;
	uint64_t since;				/* ns, as loop_now() */
	char name[TRACE_NAME_MAX];
} known[KNOWN];

/* False: there is no such process any more. */
static bool read_name(pid_t pid, char name[TRACE_NAME_MAX])
{
	char path[64], text[TRACE_NAME_MAX];
	ssize_t n = -1;
	int fd;

	str_format(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text));
		close(fd);
	}
	if (n <= 0)
		return false;
	text[n - 1] = '\0';			/* in the place of a newline */
	make_printable(text);
	memcpy(name, text, sizeof(text));
	return true;
}

/* What /proc says of the thread now; of one that ended, what it said before. */
static void refresh(struct known *k, pid_t tid)
{
	pid_t pid = proc_tgid(tid);

	k->since = loop_now();
	if (!read_name(pid, k->name)) {
		if (k->tid == tid)
			return;
		str_copy(k->name, sizeof(k->name), "?");
	}
	k->tid = tid;
	k->pid = pid;
}

/* The thread's entry: its own, or else the oldest. */
static struct known *find_known(pid_t tid)
{
	struct known *oldest = &known[0];

	for (size_t i = 0; i < KNOWN; i++) {
		if (known[i].tid == tid)
			return &known[i];
		if (known[i].since < oldest->since)
			oldest = &known[i];
	}
	return oldest;
}

void trace_who(const struct tap_call *c, pid_t *pid, char name[TRACE_NAME_MAX])
{
	struct known *k = find_known(c->tid);

	*pid = 0;
	str_copy(name, TRACE_NAME_MAX, "?");
	if (c->tid <= 0)
		return;
	if (k->tid != c->tid || loop_now() - k->since > KNOWN_FOR || c->kind == TAP_CALL_OPEN)
		refresh(k, c->tid);
	*pid = k->pid;
	memcpy(name, k->name, TRACE_NAME_MAX);
}
