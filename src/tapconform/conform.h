/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tapconform: what its parts share.  A program for any tap(4): it knows the system calls, the ioctls and ifconfig(8),
 * and nothing of how the device is made.  Row ids are those of docs/rows.md.
 *
 * Results are numbers: what the call returned, or -errno.  A row is a function that makes calls and compares; the first
 * comparison that fails ends it.
 */
#ifndef TAPCONFORM_CONFORM_H
#define TAPCONFORM_CONFORM_H

#include <sys/types.h>
#include <sys/filio.h>
#include <sys/ioccom.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/ttycom.h>
#include <net/if.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dialect.h"

#ifndef _IOWINT
#define _IOWINT(g, n)	_IOC(IOC_VOID, (g), (n), sizeof(int))
#endif

#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))
#define BOUND		3000		/* ms within which what must happen happens */
#define QUIET		80		/* ms without which nothing happened */
#define FRAME_MAX	70000		/* bytes */
#define FRAME_MIN	50		/* bytes of the shortest frame that carries a number */
#define ADDRLEN		6

/* The numbers, by the system's own macros: if_tap.h has not all of them on any one system. */
struct tapinfo_ {
	int32_t baudrate;	/* bit/s */
	uint16_t mtu;		/* bytes */
	uint8_t type;
	uint8_t dummy;
};
struct obsd_tuninfo {
	uint32_t mtu;		/* bytes */
	uint16_t type;
	uint16_t flags;
	uint32_t baudrate;	/* bit/s */
};
struct dgname {
	int len;		/* bytes of buf */
	void *buf;
};
#define C_GDEBUG	_IOR('t', 89, int)
#define C_SDEBUG	_IOW('t', 90, int)
#define C_SIFINFO	_IOW('t', 91, struct tapinfo_)
#define C_GIFINFO	_IOR('t', 92, struct tapinfo_)
#define C_GIFNAME	_IOR('t', 93, struct ifreq)
#define C_NGIFNAME	_IOR('e', 0, struct ifreq)
#define C_SVNETHDR	_IOW('t', 91, int)
#define C_GVNETHDR	_IOR('t', 94, int)
#define C_STRANSIENT	_IOW('t', 98, int)
#define C_GTRANSIENT	_IOR('t', 99, int)
#define C_VMIO(n)	_IO('V', (n))
#define C_VMIO_SIFFLAGS	_IOWINT('V', 0)
#define C_SIFADDR	_IOW('i', 12, struct ifreq)
#define C_GIFADDR	_IOWR('i', 33, struct ifreq)
#define C_GIFFLAGS	_IOWR('i', 17, struct ifreq)
#define C_FIODTYPE	_IOR('f', 122, int)
#define C_FIODGNAME	_IOW('f', 120, struct dgname)
#define C_OSIFINFO	_IOW('t', 91, struct obsd_tuninfo)
#define C_OGIFINFO	_IOR('t', 92, struct obsd_tuninfo)
#define C_OSIFMODE	_IOW('t', 93, int)
#define C_UNKNOWN	_IOWR('z', 99, int)
#define TYPE_ETHER	6

/* Interface flags, as every BSD numbers them and as its ifconfig(8) prints them. */
#define F_UP		0x1
#define F_BROADCAST	0x2
#define F_DEBUG		0x4
#define F_POINTOPOINT	0x10
#define F_RUNNING	0x40
#define F_PROMISC	0x100
#define F_SIMPLEX	0x800
#define F_LINK0		0x1000
#define F_MULTICAST	0x8000
#define F_FRESH		(F_BROADCAST | F_SIMPLEX | F_MULTICAST)

enum verdict { V_OK, V_FAIL, V_SKIP };

struct ctx {
	const struct dialect *d;
	const char *path;		/* of the device */
	const char *name;		/* of the interface */
	const char *const *ifconfig;	/* the command's words, ends with NULL */
	int fd;				/* -1: not open */
	int out, in;			/* UDP sockets of the host: to send, to receive */
	uint16_t port;			/* in's */
	uint8_t lladdr[ADDRLEN];	/* the interface's own, as found */
	int strays;			/* frames that nobody here sent */
	int last_len;			/* bytes of the last datagram host_receive() took */

	enum verdict verdict;
	char text[320];			/* why it failed or was skipped */
	char differs[160];		/* what this system does otherwise */
	uint8_t buf[FRAME_MAX], frame[FRAME_MAX];
};

/* ------------------------------------------------------------------ rows */

enum { CLOSED = 0, OPENED = 1, ADDRESS = 2, READY = OPENED | ADDRESS };	/* ADDRESS: and so up */

struct row {
	const char *id;			/* NULL: the last */
	unsigned needs;
	void (*fn)(struct ctx *c);
	const char *title;
};
extern const struct row rows_ioctl[], rows_open[], rows_read[], rows_poll[], rows_write[], rows_async[], rows_close[],
    rows_ifconfig[], rows_other[];

/* Each ends the row when it is not so.  `here`: what this system does instead, when it is no BSD; see sys_differs(). */
#define IS(what, got, want) \
	do { if (!expect(c, what, got, want)) return; } while (0)
#define IS_OR(what, got, want, here, reason) \
	do { if (!expect_or(c, what, got, want, here, reason)) return; } while (0)
#define TRUE(what, cond) \
	do { if (!expect_true(c, what, cond)) return; } while (0)
#define SKIP(why) \
	do { skip(c, why); return; } while (0)
#define NEEDS(bit) \
	do { if (!(c->d->has & (bit))) SKIP("this system has no such ioctl"); } while (0)

bool expect(struct ctx *c, const char *what, long got, long want);
bool expect_or(struct ctx *c, const char *what, long got, long want, long here, const char *reason);
bool expect_true(struct ctx *c, const char *what, bool is);
void skip(struct ctx *c, const char *why);
/* A failure in so many words. */
void fail(struct ctx *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ------------------------------------------------------------------ dev.c: the device */

long dev_open(struct ctx *c, int flags);	/* into c->fd; 0 or -errno */
long dev_reopen(struct ctx *c);			/* close and open O_RDWR: what the close did is done; 0 or -errno */
long dev_close(struct ctx *c);			/* of c->fd, if it is open */
long dev_open_other(struct ctx *c, int flags);	/* opens and closes another descriptor; 0 or -errno */
long dev_read(struct ctx *c, size_t size);	/* one read(2) into c->buf */
long dev_readable(struct ctx *c, int ms);	/* select(2): 1 or 0 */
long dev_poll(struct ctx *c, int events);	/* revents, at once */
/* The next numbered frame, waited for, into c->buf: its number, or -ETIMEDOUT; *len its length. */
long dev_next(struct ctx *c, long *len);
void dev_drain(struct ctx *c);
long dev_write(struct ctx *c, const void *data, size_t len);
long dev_int(struct ctx *c, unsigned long cmd, int *value);
long dev_set(struct ctx *c, unsigned long cmd, int value);
long dev_get(struct ctx *c, unsigned long cmd);		/* the int, or -errno; for ints that are not negative */
long dev_ioctl(struct ctx *c, unsigned long cmd, void *arg);
long dev_nonblock(struct ctx *c, bool on);		/* by FIONBIO */
void *bad_pointer(void);				/* to nothing */

/* A process that sleeps in read(2) of c->fd. */
struct reader {
	pid_t pid;
	int pipe;
};
enum { ON_SIGNAL_STOP, ON_SIGNAL_RESTART };
bool reader_start(struct ctx *c, struct reader *r, int on_signal);
bool reader_asleep(struct reader *r);
long reader_result(struct reader *r, long *seq);	/* what read(2) gave, waited for; -ETIMEDOUT */
void reader_end(struct reader *r);

/* Run fn in a process of its own, as `uid` if that is not 0; what it returned. */
long in_child(struct ctx *c, uid_t uid, long (*fn)(struct ctx *c));
/* A process that does nothing, in a group (or a session) of its own, until child_end(). */
pid_t child_idle(bool session);
void child_end(pid_t pid);

/* SIGIO to this process, counted from sigio_arm() on. */
void sigio_arm(void);
bool sigio_came(int ms);			/* one more than was asked for yet */
bool wait_fd(int fd, int ms);			/* readable within ms */

/* ------------------------------------------------------------------ net.c: the host's side */

#define HOST_ADDR	"192.0.2.1"
#define PEER_ADDR	"192.0.2.2"
#define NET_BROADCAST	"192.0.2.255"
#define ALL_HOSTS	"224.0.0.1"
extern const uint8_t mac_all[ADDRLEN], mac_group[ADDRLEN], mac_peer[ADDRLEN], mac_other[ADDRLEN];

int host_init(struct ctx *c);			/* 0 or -errno */
/* The host sends a datagram numbered seq, to the whole net, in a frame of len bytes; 0 or -errno. */
long host_send(struct ctx *c, int seq, size_t len);
long host_send_to(struct ctx *c, const char *addr, int seq, size_t len);
/* The number of the next datagram the host received, waited for; -ETIMEDOUT. */
long host_receive(struct ctx *c);
/* What the host sent until now has come to the device: marks the end and reads up to it. */
bool host_settle(struct ctx *c);
/* The number in a frame the host sent, or 0. */
int frame_seq(const struct ctx *c, const uint8_t *frame, long len);
/* A frame for the host's socket into c->frame, len bytes; destination by address of either kind. */
void frame_make(struct ctx *c, int seq, size_t len, const uint8_t *to, const char *addr);
/* Make and write one; what write(2) gave. */
long frame_write(struct ctx *c, int seq, size_t len, const uint8_t *to, const char *addr);
/* A frame for everybody. */
long frame_send(struct ctx *c, int seq, size_t len);

/* ------------------------------------------------------------------ ifc.c: ifconfig(8) */

struct ifc {
	long flags, mtu, opened_by;	/* opened_by: 0 when it names nobody */
	uint8_t lladdr[ADDRLEN];
	bool inet;			/* has HOST_ADDR */
	bool active;
	const char *opener;		/* the whole line, or "" */
	char text[4096];
};
extern const char *const ifc_default;		/* the command */
#define IFC_ADDRESS	"inet " HOST_ADDR "/24 up"
#define IFC_NO_ADDRESS	"inet " HOST_ADDR " delete"
int ifc_set(struct ctx *c, const char *words);	/* its exit status */
int ifc_set_lladdr(struct ctx *c, const uint8_t lladdr[ADDRLEN]);
bool ifc_has_promisc(void);
bool ifc_get(struct ctx *c, struct ifc *i);	/* false: the row has failed */
/* Until the flags under mask are want, or, with -1, as long as BOUND; what they are then. */
long ifc_flags(struct ctx *c, long mask, long want);
bool ifc_wait_inet(struct ctx *c, bool has);
bool ifc_wait_active(struct ctx *c, bool active);

/* Is this a system where docs/rows.md allows differences?  tapd's, that is; on a BSD none are. */
bool sys_differs(void);
bool sys_is_node(struct ctx *c);		/* the device is a character device */

/* ------------------------------------------------------------------ report.c */

enum format { FORMAT_TEXT, FORMAT_TAP, FORMAT_JSON };
struct report {
	enum format format;
	const struct ctx *c;
	int count[3];			/* by enum verdict */
	int n;
};
void report_start(struct report *r, int rows);
void report_row(struct report *r, const struct row *row);
void report_end(struct report *r);
const char *result_name(long result);		/* static storage, two of them in turn */

#endif
