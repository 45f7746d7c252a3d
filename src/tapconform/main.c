/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tapconform: does a tap device do what tap(4) says?  Options, the choice of rows, and what stands around each row: the
 * device opened and the interface configured before, everything put back after.
 */
#include <sys/time.h>

#include <ctype.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

#define EX_USAGE_	64
#define TRIES		3	/* of a row among whose frames were strange ones */
#define ROW_LIFE	10	/* s after which a row's sleep is ended */
#define MAX_CMD		8	/* words of --ifconfig */

static const struct row *const tables[] = {
	rows_ioctl, rows_open, rows_read, rows_poll, rows_write, rows_async, rows_close, rows_ifconfig, rows_other,
};

struct options {
	enum format format;
	bool list;
	char **prefixes;
	int nprefixes;
	const char *cmd[MAX_CMD + 1];
};

static struct ctx ctx = { .fd = -1, .out = -1, .in = -1 };

/* ------------------------------------------------------------------ around a row */

/* What an earlier session may have left on the device, where a system keeps such things. */
static void device_reset(struct ctx *c)
{
	dev_nonblock(c, false);
	dev_set(c, FIOASYNC, 0);
	dev_set(c, FIOSETOWN, 0);
}

static bool prepare(struct ctx *c, const struct row *row)
{
	long rc;

	c->verdict = V_OK;
	c->text[0] = c->differs[0] = '\0';
	c->strays = 0;
	sigio_arm();
	if (row->needs & OPENED) {
		rc = dev_open(c, O_RDWR);
		if (!expect(c, "open", rc, 0))
			return false;
		device_reset(c);
	}
	if (row->needs & ADDRESS && ifc_set(c, IFC_ADDRESS) != 0) {
		fail(c, "%s %s %s failed", c->ifconfig[0], c->name, IFC_ADDRESS);
		return false;
	}
	return (row->needs & READY) != READY || host_settle(c);
}

static void wait_closed(struct ctx *c)
{
	struct ifc i;

	for (int waited = 0; waited < BOUND && ifc_get(c, &i) && i.opened_by != 0; waited += 20)
		wait_fd(-1, 20);
}

static void cleanup(struct ctx *c)
{
	struct tapinfo_ info = { .baudrate = 10000000, .mtu = 1500, .type = TYPE_ETHER };

	if (c->fd >= 0) {
		if (c->d->has & HAS_INFO)
			dev_ioctl(c, C_SIFINFO, &info);
		dev_set(c, C_STRANSIENT, 0);	/* whatever it should know: else the close may destroy it */
		device_reset(c);
		dev_close(c);
	}
	wait_closed(c);
	ifc_set(c, IFC_NO_ADDRESS);
	ifc_set_lladdr(c, c->lladdr);
	ifc_set(c, ifc_has_promisc() ? "-link0 -promisc mtu 1500 down" : "-link0 mtu 1500 down");
	while (wait_fd(c->in, 0) && recv(c->in, c->buf, sizeof(c->buf), 0) >= 0)
		;
}

static void on_alarm(int signo)
{
	(void)signo;
}

/* A call that sleeps where it must not is interrupted, and so fails its row; again and again, for there may be more. */
static void watch(int seconds)
{
	struct itimerval it = { { seconds, 0 }, { seconds, 0 } };
	struct sigaction sa = { .sa_handler = on_alarm };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &it, NULL);
}

static void run_row(struct ctx *c, const struct row *row)
{
	watch(ROW_LIFE);
	for (int n = 0; n < TRIES; n++) {
		if (prepare(c, row))
			row->fn(c);
		cleanup(c);
		if (c->verdict != V_FAIL || c->strays == 0)
			break;
	}
	watch(0);
}

/* ------------------------------------------------------------------ which rows */

static bool chosen(const struct options *o, const struct row *row)
{
	for (int i = 0; i < o->nprefixes; i++)
		if (strncmp(row->id, o->prefixes[i], strlen(o->prefixes[i])) == 0)
			return true;
	return o->nprefixes == 0;
}

/* Calls fn for each row that is wanted; how many. */
static int each_row(const struct options *o, void (*fn)(const struct row *row, void *arg), void *arg)
{
	int n = 0;

	for (size_t t = 0; t < NELEM(tables); t++)
		for (const struct row *row = tables[t]; row->id != NULL; row++) {
			if (!chosen(o, row))
				continue;
			n++;
			if (fn != NULL)
				fn(row, arg);
		}
	return n;
}

static void list_row(const struct row *row, void *arg)
{
	(void)arg;
	printf("%s %s\n", row->id, row->title);
}

static void judge_row(const struct row *row, void *arg)
{
	run_row(&ctx, row);
	report_row(arg, row);
}

/* ------------------------------------------------------------------ options */

static void usage(void)
{
	fprintf(stderr, "usage: tapconform [--dialect name] [--format text|tap|json] [--ifconfig command] [--list]\n"
	    "                  [row-prefix ...] /dev/tapN\n"
	    "       judge a tap device by the rows of tap(4); nobody else may use it meanwhile.  Dialects:\n");
	for (const struct dialect *d = dialect_table; d->name != NULL; d++)
		fprintf(stderr, "       %-12s %s\n", d->name, d->help);
	exit(EX_USAGE_);
}

static const struct dialect *find_dialect(const char *name)
{
	for (const struct dialect *d = dialect_table; d->name != NULL; d++)
		if (strcmp(d->name, name) == 0)
			return d;
	fprintf(stderr, "tapconform: --dialect %s: no such system\n", name);
	usage();
	return NULL;
}

static enum format find_format(const char *name)
{
	static const char *const names[] = { "text", "tap", "json" };

	for (size_t i = 0; i < NELEM(names); i++)
		if (strcmp(names[i], name) == 0)
			return (enum format)i;
	fprintf(stderr, "tapconform: --format %s: not text, tap or json\n", name);
	usage();
	return FORMAT_TEXT;
}

static void split_command(struct options *o, char *text)
{
	int n = 0;

	for (char *word = strtok(text, " "); word != NULL && n < MAX_CMD; word = strtok(NULL, " "))
		o->cmd[n++] = word;
	o->cmd[n] = NULL;
	if (n == 0)
		usage();
}

static void parse(struct options *o, int argc, char *argv[])
{
	static const struct option longs[] = {
		{ "dialect", required_argument, NULL, 'd' }, { "format", required_argument, NULL, 'f' },
		{ "ifconfig", required_argument, NULL, 'i' }, { "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 },
	};
	int ch;

	o->cmd[0] = ifc_default;
	ctx.d = dialect_table;
	while ((ch = getopt_long(argc, argv, "d:f:i:lh", longs, NULL)) != -1)
		switch (ch) {
		case 'd':
			ctx.d = find_dialect(optarg);
			break;
		case 'f':
			o->format = find_format(optarg);
			break;
		case 'i':
			split_command(o, optarg);
			break;
		case 'l':
			o->list = true;
			break;
		default:
			usage();
		}
	o->prefixes = argv + optind;
	o->nprefixes = argc - optind;
	if (o->nprefixes > 0 && strchr(argv[argc - 1], '/') != NULL)
		ctx.path = argv[--o->nprefixes + optind];
	if (ctx.path == NULL && !o->list)
		usage();
	ctx.ifconfig = o->cmd;
}

/* ------------------------------------------------------------------ the start */

static void set_name(struct ctx *c)
{
	size_t n = strlen(c->path);

	c->name = strrchr(c->path, '/') + 1;
	if (!isdigit((unsigned char)c->path[n - 1])) {
		fprintf(stderr, "tapconform: %s: give a unit, as /dev/tap0: a clone device makes another at each open\n",
		    c->path);
		exit(EX_USAGE_);
	}
}

/* May we have the device, and can its interface be configured?  Says what is wrong. */
static bool look(struct ctx *c)
{
	struct ifc i;
	long rc;

	if (geteuid() != 0) {
		fprintf(stderr, "tapconform: configuring %s takes the super-user\n", c->name);
		return false;
	}
	rc = dev_open(c, O_RDWR);
	if (rc != 0) {
		fprintf(stderr, "tapconform: %s: %s%s\n", c->path, strerror((int)-rc),
		    rc == -EBUSY ? "; it must be nobody else's meanwhile" : "");
		return false;
	}
	dev_close(c);
	if (!ifc_get(c, &i)) {
		fprintf(stderr, "tapconform: %s; name the command with --ifconfig\n", c->text);
		return false;
	}
	memcpy(c->lladdr, i.lladdr, ADDRLEN);
	rc = host_init(c);
	if (rc != 0)
		fprintf(stderr, "tapconform: no UDP sockets: %s\n", strerror((int)-rc));
	return rc == 0;
}

int main(int argc, char *argv[])
{
	struct options o = { .format = FORMAT_TEXT };
	struct report r = { .c = &ctx };
	int rows;

	parse(&o, argc, argv);
	rows = each_row(&o, o.list ? list_row : NULL, NULL);
	if (rows == 0) {
		fprintf(stderr, "tapconform: no row's id begins so; --list shows them\n");
		return EX_USAGE_;
	}
	if (o.list)
		return 0;
	set_name(&ctx);
	signal(SIGPIPE, SIG_IGN);
	if (!look(&ctx))
		return 1;
	cleanup(&ctx);
	r.format = o.format;
	report_start(&r, rows);
	each_row(&o, judge_row, &r);
	report_end(&r);
	return r.count[V_FAIL] > 0 ? 1 : 0;
}
