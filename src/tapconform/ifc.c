/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface, by ifconfig(8): the one part that differs between the systems.  tapd's tapctl(8) has ifconfig's words
 * and prints as FreeBSD's does.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conform.h"

#define MAX_WORDS	24

/* TAPCONFORM_TAPD: built for tapd, with its headers that make this look like a FreeBSD. */
#if defined(TAPCONFORM_TAPD)
const char *const ifc_default = "tapctl";
#else
const char *const ifc_default = "ifconfig";
#endif

/* How a link-level address is set, and whether an administrator can ask for promisc. */
#if defined(__NetBSD__)
#define LLADDR_WORDS	"link %02x:%02x:%02x:%02x:%02x:%02x active"
#define HAVE_PROMISC	false
#elif defined(__OpenBSD__)
#define LLADDR_WORDS	"lladdr %02x:%02x:%02x:%02x:%02x:%02x"
#define HAVE_PROMISC	false
#else
#define LLADDR_WORDS	"ether %02x:%02x:%02x:%02x:%02x:%02x"
#define HAVE_PROMISC	true
#endif

bool sys_differs(void)
{
#if defined(TAPCONFORM_TAPD)
	return true;
#else
	return false;
#endif
}

bool sys_is_node(struct ctx *c)
{
	struct stat st;

	return stat(c->path, &st) == 0 && S_ISCHR(st.st_mode);
}

bool ifc_has_promisc(void)
{
	return HAVE_PROMISC;
}

/* ------------------------------------------------------------------ running it */

/* command + interface + words, split at spaces; text is what is split. */
static void build_argv(struct ctx *c, const char **argv, char *text)
{
	int n = 0;

	while (c->ifconfig[n] != NULL && n < MAX_WORDS - 2) {
		argv[n] = c->ifconfig[n];
		n++;
	}
	argv[n++] = c->name;
	for (char *word = strtok(text, " "); word != NULL && n < MAX_WORDS - 1; word = strtok(NULL, " "))
		argv[n++] = word;
	argv[n] = NULL;
}

/* Its output into out[size]; without out, it may say what it likes to nobody.  The exit status. */
static int run(struct ctx *c, const char *words, char *out, size_t size)
{
	const char *argv[MAX_WORDS];
	char text[256];
	int p[2], status = -1;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	snprintf(text, sizeof(text), "%s", words);
	build_argv(c, argv, text);
	if (pipe(p) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(p[1], 1);
		dup2(p[1], 2);
		if (c->fd >= 0)
			close(c->fd);	/* else it would hold the device open */
		close(p[0]);
		close(p[1]);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	close(p[1]);
	while (pid > 0 && (got = read(p[0], out + n, size - 1 - n)) > 0)
		n += (size_t)got < size - 1 - n ? (size_t)got : 0;	/* what is too long is written over */
	close(p[0]);
	out[n] = '\0';
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int ifc_set(struct ctx *c, const char *words)
{
	char out[1024];

	return run(c, words, out, sizeof(out));
}

int ifc_set_lladdr(struct ctx *c, const uint8_t a[ADDRLEN])
{
	char words[64];

	snprintf(words, sizeof(words), LLADDR_WORDS, a[0], a[1], a[2], a[3], a[4], a[5]);
	return ifc_set(c, words);
}

/* ------------------------------------------------------------------ reading it */

/* What follows the word, or NULL. */
static const char *after(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at != NULL ? at + strlen(word) : NULL;
}

static void read_lladdr(struct ifc *i)
{
	static const char *const names[] = { "\tether ", "\tlladdr ", "address: " };
	unsigned b[ADDRLEN];

	for (size_t n = 0; n < NELEM(names); n++) {
		const char *at = after(i->text, names[n]);

		if (at == NULL || sscanf(at, "%x:%x:%x:%x:%x:%x", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]) != ADDRLEN)
			continue;
		for (int k = 0; k < ADDRLEN; k++)
			i->lladdr[k] = (uint8_t)b[k];
		return;
	}
}

static void read_opener(struct ifc *i)
{
	char *at = strstr(i->text, "Opened by ");
	const char *number;

	i->opener = "";
	if (at == NULL)
		return;
	i->opener = at;
	at[strcspn(at, "\n")] = '\0';
	number = strpbrk(at, "0123456789");
	if (number != NULL)
		i->opened_by = strtol(number, NULL, 10);
}

bool ifc_get(struct ctx *c, struct ifc *i)
{
	const char *at;

	memset(i, 0, sizeof(*i));
	if (run(c, "", i->text, sizeof(i->text)) != 0 || (at = after(i->text, "flags=")) == NULL) {
		fail(c, "%s %s does not show the interface: %.100s", c->ifconfig[0], c->name, i->text);
		return false;
	}
#if defined(__NetBSD__) && !defined(TAPCONFORM_TAPD)
	i->flags = strtol(at, NULL, 0);
#else
	i->flags = strtol(at, NULL, 16);
#endif
	at = after(i->text, "mtu ");
	i->mtu = at != NULL ? strtol(at, NULL, 10) : 0;
	i->inet = strstr(i->text, "inet " HOST_ADDR) != NULL;
	i->active = strstr(i->text, "status: active") != NULL;
	read_lladdr(i);
	read_opener(i);
	return true;
}

/* ------------------------------------------------------------------ waiting for it */

long ifc_flags(struct ctx *c, long mask, long want)
{
	struct ifc i;

	for (int waited = 0; ifc_get(c, &i); waited += 20) {
		if (want < 0 || (i.flags & mask) == want || waited >= BOUND)
			return i.flags & mask;
		wait_fd(-1, 20);
	}
	return -EIO;
}

bool ifc_wait_inet(struct ctx *c, bool has)
{
	struct ifc i;

	for (int waited = 0; ifc_get(c, &i); waited += 20) {
		if (i.inet == has || waited >= BOUND)
			return i.inet == has;
		wait_fd(-1, 20);
	}
	return false;
}

bool ifc_wait_active(struct ctx *c, bool active)
{
	struct ifc i;

	for (int waited = 0; ifc_get(c, &i); waited += 20) {
		if (i.active == active || waited >= BOUND)
			return i.active == active;
		wait_fd(-1, 20);
	}
	return false;
}
