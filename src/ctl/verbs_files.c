/* SPDX-License-Identifier: BSD-2-Clause */
/* The verbs about capture files: record and replay.  verbs.c has their rows. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "backend/replay.h"
#include "base/util.h"
#include "ctl/command.h"
#include "see/record.h"

static int failed(struct ctl_run *r, const struct ctl_step *s, int err, const char *why)
{
	return ctl_error_set(&r->error, -err, err == -EPERM || err == -EACCES ? EXIT_PERM : EXIT_FAIL, "%s: %s: %s",
	    r->name, s->verb->name, why);
}

/* ------------------------------------------------------------------ record */

int ctl_parse_record(struct ctl_parser *p, struct ctl_step *s)
{
	s->word = p->words[p->i++];
	return 0;
}

static int record_off(struct ctl_run *r, const struct ctl_step *s)
{
	struct record_info i;
	char why[PATH_MAX + 128];
	int err;

	if (!record_get(r->env->record, r->sc, &i))
		return failed(r, s, -ENOENT, "nothing is being recorded");
	str_copy(why, sizeof(why), i.path);
	err = record_stop(r->env->record, r->sc);
	if (err == 0)
		return 0;
	str_format(why + strlen(why), sizeof(why) - strlen(why), ": %s; it holds what was recorded until then",
	    strerror(-err));
	return failed(r, s, err, why);
}

/* Overwritten if it exists, as tcpdump(1) does; but a symbolic link is not followed, and a FIFO not waited for. */
static int record_to(struct ctl_run *r, const struct ctl_step *s, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	char why[PATH_MAX + 128];
	int err;

	if (fd < 0) {
		err = -errno;
		str_format(why, sizeof(why), "%s: %s", path,
		    err == -ELOOP ? "it is a symbolic link; name the file itself" :
		    err == -ENXIO ? "it is no regular file" : strerror(-err));
		return failed(r, s, err, why);
	}
	err = record_start(r->env->record, r->sc, fd, path, why, sizeof(why));
	return err < 0 ? failed(r, s, err, why) : 0;
}

int ctl_run_record(struct ctl_run *r, const struct ctl_step *s)
{
	char path[PATH_MAX];
	int err;

	if (strcmp(s->word, "off") == 0)
		return record_off(r, s);
	err = ctl_path(r, s->word, path);
	return err < 0 ? err : record_to(r, s, path);
}

/* ------------------------------------------------------------------ replay */

#if HAVE_PCAP

/* FILE and the words that say how, or stop. */
int ctl_parse_replay(struct ctl_parser *p, struct ctl_step *s)
{
	struct player_how how;
	char why[256];
	int err = 0;

	s->words = p->words + p->i++;
	s->nwords = 1;
	while (p->i < p->n && (err = player_option(p->words[p->i], &how, why, sizeof(why))) == 0) {
		p->i++;
		s->nwords++;
	}
	return err == -EINVAL ? ctl_error_set(p->e, EINVAL, EXIT_USAGE, "%.64s: replay: %s", p->words[0], why) : 0;
}

int ctl_run_replay(struct ctl_run *r, const struct ctl_step *s)
{
	struct player_how how = PLAYER_ONCE;
	char path[PATH_MAX], why[PATH_MAX + 512];
	int err;

	if (strcmp(s->words[0], "stop") == 0)
		return replay_stop(r->sc) < 0 ? failed(r, s, -ENOENT, "nothing is being played") : 0;
	for (size_t i = 1; i < s->nwords; i++)
		player_option(s->words[i], &how, why, sizeof(why));
	err = ctl_path(r, s->words[0], path);
	if (err < 0)
		return err;
	err = replay_start(r->sc, r->env->loop, path, &how, why, sizeof(why));
	return err < 0 ? failed(r, s, err, why) : 0;
}

#else

int ctl_parse_replay(struct ctl_parser *p, struct ctl_step *s)
{
	return ctl_error_set(p->e, EOPNOTSUPP, EXIT_FAIL, "replay: this tapd was built without libpcap; build it with "
	    "-Dpcap=enabled");
}

int ctl_run_replay(struct ctl_run *r, const struct ctl_step *s)
{
	return -EOPNOTSUPP;
}

#endif
