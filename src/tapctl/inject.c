/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `tapctl inject NAME HEX...|-|FILE`: frames for the program, as if they had come from the network.  Digits go to tapd
 * as they are; a capture file is read here, with the user's own rights, and its frames are sent one by one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/savefile.h"
#include "backend/wire.h"
#include "base/util.h"
#include "tapctl/tapctl.h"
#include "tapd/ctl.h"

#define TEXT_MAX (TAPD_CTL_REQUEST_MAX - 8192)	/* bytes of digits; what else a request has is less */

static char text[TEXT_MAX];

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "tapctl: %s: %s\n", what, why);
	return EXIT_FAIL;
}

/* ------------------------------------------------------------------ one frame */

static bool is_hex(int n, char **words)
{
	bool digits = false;

	for (int i = 0; i < n; i++) {
		if (strspn(words[i], "0123456789abcdefABCDEF \t\r\n:-") != strlen(words[i]))
			return false;
		digits = digits || strpbrk(words[i], "0123456789abcdefABCDEF") != NULL;
	}
	return digits;
}

static int inject_hex(const struct options *o, const char *name, const char *hex)
{
	const char *words[] = { name, "inject", hex };
	json_t *reply = NULL;
	int status, fd = client_connect(o->socket_path, false, &status);

	if (fd < 0)
		return status;
	status = client_ask(fd, o->socket_path, words, NELEM(words), &reply);
	if (status == EXIT_OK)
		status = print_reply(o->json, reply, name);
	json_decref(reply);
	close(fd);
	return status;
}

static int too_long(const char *what)
{
	return fail(what, "longer than a request may be; leave out what stands between the bytes");
}

/* Digits may be given in several words, as they come from other programs. */
static int inject_words(const struct options *o, const char *name, int n, char **words)
{
	for (int i = 0; i < n; i++) {
		size_t len = strlen(text);

		if (!str_format(text + len, TEXT_MAX - len, "%s%s", i > 0 ? " " : "", words[i]))
			return too_long("inject");
	}
	return inject_hex(o, name, text);
}

static int inject_stdin(const struct options *o, const char *name)
{
	size_t n = fread(text, 1, TEXT_MAX, stdin);

	if (ferror(stdin))
		return fail("standard input", strerror(errno));
	if (n == TEXT_MAX)
		return too_long("standard input");
	text[n] = '\0';
	return inject_hex(o, name, text);
}

/* ------------------------------------------------------------------ a file */

#if HAVE_PCAP
struct run {
	const struct options *o;
	const char *name, *path;
	int fd;
	struct loop *loop;
	int status;
	json_int_t sent, taken;
	json_t *results;		/* what became of how many: {"queued": 50, ...} */
};

static void count_result(struct run *r, json_t *injected)
{
	const char *result = str_of(injected, "text");

	r->sent++;
	r->taken += strcmp(str_of(injected, "result"), "dropped") != 0;
	json_object_set_new(r->results, result, json_integer(int_of(r->results, result) + 1));
}

/* tapd would not have it: say which frame that was. */
static void refused(struct run *r, json_t *error)
{
	fprintf(stderr, "tapctl: %s: frame %lld: %s\n", r->path, (long long)r->sent + 1, str_of(error, "message"));
	r->status = (int)int_of(error, "exit");
	if (r->status <= 0 || r->status > 125)
		r->status = EXIT_FAIL;
}

static void encode_hex(char *hex, const uint8_t *frame, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*hex++ = digits[frame[i] >> 4];
		*hex++ = digits[frame[i] & 15];
	}
	*hex = '\0';
}

static bool send_frame(void *arg, const void *frame, size_t len)
{
	static char hex[2 * WIRE_FRAME_MAX + 1];
	struct run *r = arg;
	const char *words[] = { r->name, "inject", hex };
	json_t *reply = NULL, *error;

	if (r->status != EXIT_OK)
		return false;
	encode_hex(hex, frame, len);
	r->status = client_ask(r->fd, r->o->socket_path, words, NELEM(words), &reply);
	if ((error = json_object_get(reply, "error")) != NULL)
		refused(r, error);
	else if (r->status == EXIT_OK)
		count_result(r, json_array_get(json_object_get(reply, "injected"), 0));
	json_decref(reply);
	if (r->status != EXIT_OK)
		loop_stop(r->loop, 0);
	return r->status == EXIT_OK;
}

static void file_ended(void *arg)
{
	struct run *r = arg;

	loop_stop(r->loop, 0);
}

static void print_text(const struct run *r, const struct player_info *info)
{
	const char *result;
	json_t *n;

	printf("%s: %lld frames sent, %lld taken\n", r->path, (long long)r->sent, (long long)r->taken);
	json_object_foreach(r->results, result, n)
		printf("\t%lld %s\n", (long long)json_integer_value(n), result);
	if (info->truncated > 0)
		printf("\t%llu not sent: cut short when they were captured\n", (unsigned long long)info->truncated);
	if (info->bad_length > 0)
		printf("\t%llu not sent: too short or too long for a frame\n", (unsigned long long)info->bad_length);
}

static void print_json(const struct run *r, const struct player_info *info)
{
	json_t *o = json_pack("{s:I, s:I, s:O, s:I, s:I, s:s?}", "sent", r->sent, "taken", r->taken, "results",
	    r->results, "truncated", (json_int_t)info->truncated, "bad_length", (json_int_t)info->bad_length, "error",
	    info->error);

	json_dumpf(o, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(o);
}

static int play(struct run *r)
{
	const struct player_how how = { 0, 1 };
	const struct player_user user = { send_frame, file_ended, r };
	char why[512];
	struct player *p = player_new(r->loop, r->path, &how, &user, why, sizeof(why));
	const struct player_info *info;

	if (p == NULL) {
		fprintf(stderr, "tapctl: %s%s\n", why,
		    errno == ENOENT ? "; nor is it a frame in hexadecimal digits" : "");
		return EXIT_FAIL;
	}
	player_run(p, true);
	loop_run(r->loop);
	info = player_info(p);
	(r->o->json ? print_json : print_text)(r, info);
	if (info->error != NULL)
		r->status = fail(r->path, info->error);
	player_free(p);
	return r->status;
}

static int inject_file(const struct options *o, const char *name, const char *path)
{
	struct run r = { .o = o, .name = name, .path = path };
	int status;

	r.fd = client_connect(o->socket_path, false, &status);
	if (r.fd < 0)
		return status;
	r.loop = loop_new();
	r.results = json_object();
	status = r.loop != NULL ? play(&r) : fail(path, strerror(errno));
	json_decref(r.results);
	loop_free(r.loop);
	close(r.fd);
	return status;
}
#else
static int inject_file(const struct options *o, const char *name, const char *path)
{
	return fail(path, "no frame in hexadecimal digits, and this tapctl was built without libpcap to read files");
}
#endif

int inject(const struct options *o, int argc, char **argv)
{
	if (argc < 3)
		return local_usage("inject");
	if (argc == 3 && strcmp(argv[2], "-") == 0)
		return inject_stdin(o, argv[1]);
	if (is_hex(argc - 2, argv + 2))
		return inject_words(o, argv[1], argc - 2, argv + 2);
	return argc == 3 ? inject_file(o, argv[1], argv[2]) : local_usage("inject");
}
