/* SPDX-License-Identifier: BSD-2-Clause */
/* src/see/record.c and pcapng.c: what was written, read back by libpcap and, where that looks away, by a parser here.
 */
#include <fcntl.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "see/pcapng.h"
#include "see/record.h"
#include "tap_fixture.h"

static char path[64];
static struct loop *loop;
static struct record *rec;
static struct record_info info;
static char why[512];

/* ------------------------------------------------------------------ reading it back */

static uint8_t file_data[1 << 20];
static size_t file_size;

/* What the test looks for, in the order of the file. */
static struct packet {
	uint32_t flags;
	size_t len, whole;
	int ncomments;
	char comments[40][512];
} packets[128];
static int npackets, nlines, nsections, nstats;
static char lines[128][512];
static uint64_t stats[2];		/* received, dropped */

static uint32_t get32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void parse_options(const uint8_t *p, const uint8_t *end, struct packet *k)
{
	while (p + 4 <= end && (get32(p) & 0xffff) != 0) {
		uint16_t code = (uint16_t)get32(p), n = (uint16_t)(get32(p) >> 16);

		ck_assert(p + 4 + n <= end);
		if (k != NULL && code == 1)
			snprintf(k->comments[k->ncomments++], sizeof(k->comments[0]), "%.*s", n, (const char *)p + 4);
		if (k != NULL && code == 2)
			k->flags = get32(p + 4);
		if (k == NULL && (code == 4 || code == 5))
			memcpy(&stats[code - 4], p + 4, 8);
		p += 4 + ((n + 3) & ~3);
	}
}

static void parse_packet(const uint8_t *body, const uint8_t *end)
{
	struct packet *k = &packets[npackets++];

	ck_assert_int_le(npackets, 128);
	k->len = get32(body + 12);
	k->whole = get32(body + 16);
	k->ncomments = 0;
	parse_options(body + 20 + ((k->len + 3) & ~(size_t)3), end, k);
}

/* Every block whole, and its two lengths the same. */
static void parse_file(void)
{
	FILE *f = fopen(path, "rb");
	size_t at = 0;

	file_size = fread(file_data, 1, sizeof(file_data), f);
	fclose(f);
	npackets = nlines = nsections = nstats = 0;
	while (at < file_size) {
		const uint8_t *block = file_data + at;
		uint32_t len = get32(block + 4);

		ck_assert_uint_le(at + len, file_size);
		ck_assert_uint_eq(get32(block + len - 4), len);
		switch (get32(block)) {
		case 6:
			parse_packet(block + 8, block + len - 4);
			break;
		case 5:
			nstats++;
			parse_options(block + 20, block + len - 4, NULL);
			break;
		case 9:
			snprintf(lines[nlines++], sizeof(lines[0]), "%.*s", (int)len - 12, (const char *)block + 8);
			break;
		case 0x0a0d0d0a:
			nsections++;
			break;
		default:
			ck_assert_uint_eq(get32(block), 1);
		}
		at += len;
	}
}

/* libpcap sees the same packets: their lengths, in order. */
static void check_libpcap(void)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, err);
	struct timespec last = { 0, 0 };
	struct pcap_pkthdr *h;
	const u_char *data;
	int n = 0, r;

	ck_assert_msg(p != NULL, "%s", err);
	ck_assert_int_eq(pcap_datalink(p), DLT_EN10MB);
	while ((r = pcap_next_ex(p, &h, &data)) == 1) {
		ck_assert_uint_eq(h->caplen, packets[n].len);
		ck_assert(h->ts.tv_sec > last.tv_sec || (h->ts.tv_sec == last.tv_sec && h->ts.tv_usec >= last.tv_nsec));
		last = (struct timespec){ h->ts.tv_sec, h->ts.tv_usec };
		n++;
	}
	ck_assert_msg(r == PCAP_ERROR_BREAK, "%s", pcap_geterr(p));
	ck_assert_int_eq(n, npackets);
	pcap_close(p);
}

/* ------------------------------------------------------------------ a recording */

static int record_to(struct tap_softc *unit)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK, 0600);

	ck_assert_int_ge(fd, 0);
	return record_start(rec, unit, fd, path, why, sizeof(why));
}

static void rec_setup(void)
{
	log_init("test_record", LOG_EMERG);
	setup();
	snprintf(path, sizeof(path), "/tmp/test_record.%d", (int)getpid());
	loop = loop_new();
	rec = record_new(&drv, loop);
	ck_assert_int_eq(record_to(sc), 0);
}

static void rec_teardown(void)
{
	record_free(rec);
	teardown();
	loop_free(loop);
	unlink(path);
}

static void program_writes(size_t len, uint8_t fill)
{
	uint8_t frame[2048];

	memset(frame, fill, sizeof(frame));
	memset(frame, 0xff, 6);
	tap_write(&file, frame, len, 0);
}

static void stop(void)
{
	ck_assert_int_eq(record_stop(rec, sc), 0);
	parse_file();
	check_libpcap();
}

#define ck_contains(text, part) ck_assert_msg(strstr(text, part) != NULL, "\"%s\" has no \"%s\"", text, part)

START_TEST(frames_have_a_direction_and_all_their_bytes)
{
	open_up();
	program_writes(60, 1);
	host_sends(61, 2);
	program_writes(1514, 3);
	host_sends(14, 4);
	ck_assert(record_get(rec, sc, &info));
	ck_assert_uint_eq(info.frames, 4);
	ck_assert_uint_eq(info.lost, 0);
	ck_assert_str_eq(info.path, path);
	stop();
	ck_assert_uint_eq(packets[0].whole, 60);
	ck_assert_int_eq(nsections, 1);
	ck_assert_int_eq(npackets, 4);
	ck_assert_uint_eq(packets[0].len, 60);
	ck_assert_uint_eq(packets[1].len, 61);
	ck_assert_uint_eq(packets[2].len, 1514);
	ck_assert_uint_eq(packets[3].len, 14);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(packets[i].flags, i % 2 == 0 ? PCAPNG_INBOUND : PCAPNG_OUTBOUND);
	ck_assert_int_eq(nstats, 1);
	ck_assert_uint_eq(stats[0], 4);
	ck_assert_uint_eq(stats[1], 0);
	ck_assert(!record_get(rec, sc, &info));
}
END_TEST

START_TEST(of_what_is_longer_than_a_frame_the_beginning_is_recorded)
{
	static uint8_t big[200000];

	open_up();
	ck_assert_int_eq(tap_write(&file, big, sizeof(big), 0), -EIO);
	stop();
	ck_assert_int_eq(npackets, 1);
	ck_assert_uint_eq(packets[0].len, 65553);
	ck_assert_uint_eq(packets[0].whole, sizeof(big));
	ck_contains(packets[0].comments[packets[0].ncomments - 1], "dropped: ibig: ");
}
END_TEST

START_TEST(dropped_frames_say_where)
{
	open_up();
	for (int i = 0; i < TAP_IFQ_MAXLEN; i++)
		host_sends(60, 1);
	host_sends(60, 2);
	program_writes(13, 3);
	stop();
	ck_assert_int_eq(npackets, TAP_IFQ_MAXLEN + 2);
	ck_assert_int_eq(packets[1].ncomments, 0);
	ck_assert_str_eq(packets[TAP_IFQ_MAXLEN].comments[0],
	    "dropped: oqdrops: frames the host sent that were thrown away because the queue was full");
	ck_contains(packets[TAP_IFQ_MAXLEN + 1].comments[0], "dropped: ishort: ");
	ck_assert_uint_eq(stats[0], TAP_IFQ_MAXLEN + 2);
	ck_assert_uint_eq(stats[1], 2);
}
END_TEST

static int ioctl_of(const char *name, void *data)
{
	const uint32_t cmd = 0x4008745c;	/* BSD's TAPGIFINFO */
	struct tap_ioctl d;

	tap_ioctl_decode(strcmp(name, "TAPGIFINFO") == 0 ? cmd : 0x12345678, &d);
	return tap_ioctl(&file, &d, data, &root);
}

START_TEST(calls_are_comments_on_the_next_frame)
{
	uint8_t data[TAP_IOCTL_MAX];

	open_up();
	ck_assert_int_eq(ioctl_of("TAPGIFINFO", data), 0);
	ck_assert_int_lt(ioctl_of("none", data), 0);
	for (int i = 0; i < 1000; i++)
		do_read(2000, 0, true);
	host_sends(60, 1);
	do_read(2000, 0, true);			/* gives the frame: no comment */
	host_sends(60, 2);
	stop();
	ck_assert_int_eq(packets[0].ncomments, 4);
	ck_contains(packets[0].comments[0], "open(");
	ck_contains(packets[0].comments[1], "TAPGIFINFO");
	ck_contains(packets[0].comments[2], "no tap device has this command");
	ck_contains(packets[0].comments[3], "read(tap0, 2000) = EAGAIN");
	ck_contains(packets[0].comments[3], " (1000 times)");
	ck_assert_int_eq(packets[1].ncomments, 0);
}
END_TEST

START_TEST(calls_that_no_frame_follows_are_lines)
{
	open_up();
	host_sends(60, 1);
	tap_close(&file);
	stop();
	ck_assert_int_eq(packets[0].ncomments, 1);
	ck_assert_int_eq(nlines, 1);
	ck_contains(lines[0], "__REALTIME_TIMESTAMP=");
	ck_contains(lines[0], "\nMESSAGE=");
	ck_contains(lines[0], "close(");
}
END_TEST

/* More calls than can wait for a frame: none is lost. */
START_TEST(many_calls_are_all_there)
{
	open_up();
	for (int i = 0; i < 100; i++)
		do_read(1000 + i, 0, true);
	host_sends(60, 1);
	record_stop(rec, sc);
	nlines = 0;
	parse_file();
	ck_assert_int_eq(packets[0].ncomments + nlines, 101);
	ck_contains(lines[1], "read(tap0, 1000)");
	ck_contains(packets[0].comments[packets[0].ncomments - 1], "read(tap0, 1099)");
}
END_TEST

static void stop_loop(void *arg)
{
	struct stat st;
	static struct loop_timer again;

	ck_assert_int_eq(stat(path, &st), 0);
	if ((size_t)st.st_size > file_size)
		loop_stop(loop, 0);
	else
		loop_timer_set(loop, &again, LOOP_MS, stop_loop, NULL);
}

START_TEST(what_waits_is_written_by_itself)
{
	parse_file();
	open_up();
	stop_loop(NULL);
	ck_assert_int_eq(loop_run(loop), 0);
	parse_file();
	ck_assert_int_eq(nlines, 1);
	ck_contains(lines[0], "open(");
}
END_TEST

START_TEST(a_virtio_header_is_told_once)
{
	uint8_t vnet[TAP_VNET_LEN] = { 1 }, frame[60] = { 0 };

	open_up();
	sc->vnet_len = TAP_VNET_LEN;		/* as TAPSVNETHDR does */
	host_sends(60, 1);
	tap_if_output_vnet(sc, vnet, frame, sizeof(frame));
	tap_if_output_vnet(sc, vnet, frame, sizeof(frame));
	stop();
	ck_contains(packets[1].comments[0], "virtio header");
	ck_assert_uint_eq(packets[1].len, 60);
	ck_assert_int_eq(packets[2].ncomments, 0);
}
END_TEST

START_TEST(a_unit_that_goes_ends_its_recording)
{
	struct tap_destroy w;

	open_up();
	program_writes(60, 1);
	tap_close(&file);
	ck_assert_int_eq(tap_unit_destroy(sc, &w), 0);
	parse_file();
	check_libpcap();
	ck_assert_int_eq(npackets, 1);
	ck_assert_int_eq(nstats, 1);
	create();
	ck_assert(!record_get(rec, sc, &info));
}
END_TEST

/* A disk that fills up in the middle of a block, here played by the limit of a file's size. */
START_TEST(a_full_disk_ends_the_recording_and_nothing_else)
{
	struct rlimit rl = { 20000, RLIM_INFINITY };
	uint64_t before;

	open_up();
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &rl), 0);
	for (int i = 0; i < 100; i++)
		program_writes(1000, (uint8_t)i);
	ck_assert_uint_eq(sc->count.ipackets, 100);
	ck_assert(record_get(rec, sc, &info));
	ck_assert_ptr_null(info.error);			/* it is all in memory */
	ck_assert_uint_eq(info.frames, 100);
	for (int i = 0; i < 200; i++)
		program_writes(1000, (uint8_t)i);
	ck_assert(record_get(rec, sc, &info));
	ck_assert_str_eq(info.error, "File too large");
	ck_assert_uint_eq(sc->count.ipackets, 300);
	ck_assert_uint_eq(info.frames + info.lost, 300);
	parse_file();
	check_libpcap();
	ck_assert_uint_eq(npackets, info.frames);
	ck_assert_uint_eq(info.bytes, file_size);
	ck_assert_uint_gt(file_size, 18000);
	before = info.frames;
	ck_assert_int_eq(record_stop(rec, sc), -EFBIG);
	parse_file();
	ck_assert_uint_eq(npackets, before);
}
END_TEST

START_TEST(the_last_write_may_fail_as_well)
{
	struct rlimit rl = { 2000, RLIM_INFINITY };

	open_up();
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &rl), 0);
	for (int i = 0; i < 10; i++)
		program_writes(1000, 1);
	ck_assert_int_eq(record_stop(rec, sc), -EFBIG);
	parse_file();
	ck_assert_int_eq(npackets, 1);
	ck_assert_int_eq(record_stop(rec, sc), -ENOENT);
}
END_TEST

START_TEST(one_recording_a_unit_and_one_a_file)
{
	struct tap_softc *other;

	ck_assert_int_eq(record_to(sc), -EBUSY);
	ck_contains(why, "tapctl tap0 record off");
	ck_assert_int_eq(tap_unit_create(&drv, TAP_FAMILY_TAP, 1, NULL, &other, why, sizeof(why)), 0);
	ck_assert_int_eq(record_to(other), -EBUSY);
	ck_contains(why, "tap0 is being recorded to it");
	ck_assert_int_eq(record_stop(rec, other), -ENOENT);
	unlink(path);
	ck_assert_int_eq(record_to(other), 0);		/* another file by now */
	unlink(path);
	ck_assert_int_eq(record_stop(rec, sc), 0);
	ck_assert_int_eq(record_to(sc), 0);
}
END_TEST

START_TEST(only_regular_files_are_written)
{
	int fds[2];

	ck_assert_int_eq(record_stop(rec, sc), 0);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(record_start(rec, sc, fds[1], "pipe", why, sizeof(why)), -EINVAL);
	ck_contains(why, "pipe: it is no regular file");
	ck_assert_int_eq(drv.seen, 0);			/* nobody looks on */
}
END_TEST

/* ------------------------------------------------------------------ blocks alone */

START_TEST(a_block_that_does_not_fit_leaves_the_others_whole)
{
	const uint8_t lladdr[6] = { 2 }, frame[100] = { 0 };
	const struct pcapng_packet packet = { 1, PCAPNG_INBOUND, frame, sizeof(frame), sizeof(frame), NULL, 0 };
	uint8_t buffer[400];
	struct pcapng p = { .data = buffer };
	size_t whole;
	uint64_t n;

	for (p.size = 0; p.size <= sizeof(buffer); p.size++) {
		p.len = 0;
		pcapng_section(&p, "os", NULL);
		whole = p.len;
		if (pcapng_interface(&p, "tap0", NULL, lladdr))
			whole = p.len;
		ck_assert_uint_eq(p.len, whole);
		if (!pcapng_packet(&p, &packet))
			ck_assert_uint_eq(p.len, whole);
		ck_assert_uint_eq(pcapng_whole(&p, p.len, &n), p.len);
		ck_assert_uint_eq(n, 0);
		if (p.len > whole) {
			ck_assert_uint_eq(pcapng_whole(&p, p.len - 1, &n), whole);
			ck_assert_uint_eq(n, 1);
		}
	}
	ck_assert_uint_gt(p.len, whole);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("record");
	TCase *t = tcase_create("record");

	tcase_add_checked_fixture(t, rec_setup, rec_teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, frames_have_a_direction_and_all_their_bytes);
	tcase_add_test(t, of_what_is_longer_than_a_frame_the_beginning_is_recorded);
	tcase_add_test(t, dropped_frames_say_where);
	tcase_add_test(t, calls_are_comments_on_the_next_frame);
	tcase_add_test(t, calls_that_no_frame_follows_are_lines);
	tcase_add_test(t, many_calls_are_all_there);
	tcase_add_test(t, what_waits_is_written_by_itself);
	tcase_add_test(t, a_virtio_header_is_told_once);
	tcase_add_test(t, a_unit_that_goes_ends_its_recording);
	tcase_add_test(t, a_full_disk_ends_the_recording_and_nothing_else);
	tcase_add_test(t, the_last_write_may_fail_as_well);
	tcase_add_test(t, one_recording_a_unit_and_one_a_file);
	tcase_add_test(t, only_regular_files_are_written);
	tcase_add_test(t, a_block_that_does_not_fit_leaves_the_others_whole);
	suite_add_tcase(s, t);
	return s;
}

UNIT_MAIN(suite)
