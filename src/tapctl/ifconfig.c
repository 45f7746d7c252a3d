/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A BSD's ifconfig(8), for programs that run it and read what it prints: tapctl under that name.  Interfaces of tapd
 * are tapd's to change; all others are Linux's, and so are tapd's where it cannot be asked.
 */
#include "tapctl/ifconfig.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "tapctl/tapctl.h"

#define HOST_BACKEND	"tuntap"	/* the one whose units are interfaces of Linux, too */
#define ERRNO_MAX	133

struct ifc {
	const struct ifc_command *c;
	const char *socket_path;
	int tapd;			/* the connection, or -1 */
	struct rtnl rtnl;
	char system[32];		/* tapd's dialect, or "" */
	char name[64];			/* the interface's, as it is now */
	json_t *o;			/* the interface that something is done to */
	bool tell_name;			/* it is not the one that was given */
	char said[512];			/* what tapd said to the last error, or "" */
};

/* ------------------------------------------------------------------ errors */

/* As BSD's strerror(3) says them. */
static const char *error_text(int err)
{
	static const struct {
		int err;
		const char *text;
	} texts[] = {
		{ EADDRNOTAVAIL, "Can't assign requested address" }, { ENXIO, "Device not configured" },
		{ ENODEV, "Device not configured" }, { EBUSY, "Device busy" },
		{ EOPNOTSUPP, "Operation not supported" },
	};

	for (size_t i = 0; i < NELEM(texts); i++)
		if (texts[i].err == err)
			return texts[i].text;
	return strerror(err);
}

/* What failed and why, as FreeBSD says it, and below that what tapd knows better.  The exit status. */
static int fail(const struct ifc *ifc, int err, const char *what)
{
	bool by_name = strncmp(what, "SIOC", 4) == 0 || strncmp(what, "ioctl SIOC", 10) == 0;

	warnx("%s: %s", what, err == -EPERM && !by_name ? "permission denied" : error_text(-err));
	if (ifc->said[0] != '\0')
		warnx("tapd: %s", ifc->said);
	return EXIT_FAIL;
}

/* A tap is missing, and tapd too. */
static void hint(const struct ifc *ifc)
{
	if (ifc->tapd < 0 && (strncmp(ifc->c->name, "tap", 3) == 0 || strncmp(ifc->c->name, "vmnet", 5) == 0))
		warnx("nobody listens at %s; is tapd running? start it with: tapd", ifc->socket_path);
}

static int missing(const struct ifc *ifc)
{
	warnx("interface %s does not exist", ifc->c->name);
	hint(ifc);
	return EXIT_FAIL;
}

static int usage(void)
{
	fputs("usage: ifconfig [-f type:format] interface [address_family] [address [dest_address]] [parameters]\n"
	    "       ifconfig interface create [parameters]\n"
	    "       ifconfig interface destroy\n"
	    "       ifconfig -a [-dLmuv] [-f type:format] [address_family]\n"
	    "       ifconfig -l [-du] [address_family]\n"
	    "       ifconfig -g group | -C | [-dLmuv]\n", stderr);
	return EXIT_FAIL;
}

static int errno_of(const char *name)
{
	for (int err = 1; err <= ERRNO_MAX; err++)
		if (strerrorname_np(err) != NULL && strcmp(strerrorname_np(err), name) == 0)
			return err;
	return EIO;
}

/* ------------------------------------------------------------------ asking tapd */

/* Without a tapd to ask this is -ENOENT.  0: *reply is a new reference. */
static int ask(struct ifc *ifc, const char *const *words, size_t n, json_t **reply)
{
	int err = ifc->tapd < 0 ? -ENOENT : client_exchange(ifc->tapd, words, n, reply);
	json_t *error;

	ifc->said[0] = '\0';
	if (err < 0)
		return err;
	error = json_object_get(*reply, "error");
	if (error == NULL)
		return 0;
	str_copy(ifc->said, sizeof(ifc->said), str_of(error, "message"));
	err = -errno_of(str_of(error, "errno"));
	json_decref(*reply);
	return err;
}

static int tell(struct ifc *ifc, const char *const *words, size_t n)
{
	json_t *reply;
	int err = ask(ifc, words, n, &reply);

	if (err == 0)
		json_decref(reply);
	return err;
}

/* ------------------------------------------------------------------ what there is */

/* The place in a list of the interface of that name, or its length. */
static size_t find(json_t *list, const char *name)
{
	size_t i = 0;

	while (i < json_array_size(list) && strcmp(str_of(json_array_get(list, i), "name"), name) != 0)
		i++;
	return i;
}

/* What Linux says of a unit's interface that tapd does not: flags it does not follow, and the "index" and so on. */
static void merge(json_t *unit, json_t *o)
{
	static const char *const keys[] = { "index", "addresses", "description", "nd6" };
	long long flags = int_of(unit, "flags_value") | (int_of(o, "flags_value") & (TAP_IFF_NOARP | TAP_IFF_DEBUG));

	json_object_set_new(unit, "flags_value", json_integer(flags));
	for (size_t i = 0; i < NELEM(keys); i++)
		if (json_object_get(o, keys[i]) != NULL)
			json_object_set(unit, keys[i], json_object_get(o, keys[i]));
}

/*
 * A unit of tapd takes the place of Linux's interface, if it is that: it may be in another network namespace, where it
 * is not ours to see.  One that is plugged in elsewhere is no interface of Linux.
 */
static void add_unit(json_t *list, json_t *unit)
{
	size_t i = find(list, str_of(unit, "name"));
	json_t *o = json_array_get(list, i);
	bool host = strcmp(str_of(unit, "backend"), HOST_BACKEND) == 0;

	if (host && (o == NULL || strcmp(str_of(o, "ether"), str_of(unit, "ether")) != 0))
		return;
	json_object_set_new(unit, "groups", json_pack("[s]", str_of(unit, "family")));
	if (host)
		merge(unit, o);
	if (o != NULL)
		json_array_set(list, i, unit);
	else
		json_array_append(list, unit);
}

/* All interfaces, or the one of that name: a new reference, or NULL with *err. */
static json_t *interfaces(struct ifc *ifc, const char *name, int *err)
{
	const char *words[] = { name != NULL ? name : "-a" };
	json_t *list, *reply, *unit;
	size_t i;

	*err = linux_interfaces(&ifc->rtnl, name, &list);
	if (*err == 0 && ask(ifc, words, 1, &reply) == 0) {
		json_array_foreach(json_object_get(reply, "units"), i, unit)
			add_unit(list, unit);
		json_decref(reply);
	}
	if (*err == 0)
		return list;
	json_decref(list);
	return NULL;
}

static bool is_unit(json_t *o)
{
	return json_object_get(o, "unit") != NULL;
}

/* ------------------------------------------------------------------ showing */

/* Whose output: what the environment says, the unit's system, tapd's, FreeBSD. */
static const char *system_of(const struct ifc *ifc, json_t *o)
{
	const char *wanted = getenv("TAPD_IFCONFIG");

	if (wanted != NULL && wanted[0] != '\0')
		return wanted;
	return is_unit(o) ? str_of(o, "dialect") : ifc->system;
}

static bool in_group(json_t *o, const char *group)
{
	json_t *g;
	size_t i;

	json_array_foreach(json_object_get(o, "groups"), i, g)
		if (strcmp(json_string_value(g), group) == 0)
			return true;
	return false;
}

static bool is_wanted(const struct ifc_command *c, json_t *o)
{
	bool up = int_of(o, "flags_value") & TAP_IFF_UP;

	if ((c->only_up && !up) || (c->only_down && up) || (c->group != NULL && !in_group(o, c->group)))
		return false;
	return !c->names || c->family != AF_PACKET || json_object_get(o, "ether") != NULL;
}

static int show(struct ifc *ifc)
{
	const struct ifc_command *c = ifc->c;
	const char *before = "";
	json_t *list, *o;
	size_t i;
	int err;

	list = interfaces(ifc, c->name, &err);
	if (list == NULL)
		return fail(ifc, err, "interfaces");
	if (c->name != NULL && json_array_size(list) == 0) {
		json_decref(list);
		return missing(ifc);
	}
	json_array_foreach(list, i, o) {
		if (!is_wanted(c, o))
			continue;
		if (c->names)
			printf("%s%s", before, str_of(o, "name"));
		else
			ifc_print(stdout, system_of(ifc, o), c, o);
		before = c->group != NULL ? "\n" : " ";
	}
	if (c->names && (c->group == NULL || before[0] != '\0'))
		putchar('\n');
	json_decref(list);
	return EXIT_OK;
}

/* ------------------------------------------------------------------ doing */

/* What has no meaning here is accepted, since programs say it; they are told, but for what is so already. */
static void note(const struct ifc_op *op)
{
	const struct ifc_word *w = op->word;
	const char *arg = op->arg != NULL ? op->arg : "";

	if (w->note[0] != '\0' && strcmp(arg, "0") != 0)
		warnx("%s%s%s: %s", w->name, arg[0] != '\0' ? " " : "", arg, w->note);
}

static int do_op(struct ifc *ifc, const struct ifc_op *op)
{
	const struct ifc_word *w = op->word;
	int ifindex = (int)int_of(ifc->o, "index");
	const char *words[3];
	size_t n = ifc_op_words(ifc->name, op, words);

	ifc->said[0] = '\0';
	if (n > 0 && is_unit(ifc->o))
		return tell(ifc, words, n);
	if (w->set != NULL)
		return ifindex > 0 ? w->set(&ifc->rtnl, ifindex, op) : -EOPNOTSUPP;
	if (w->note == NULL)
		return -EINVAL;
	note(op);
	return 0;
}

/* In tapd's words, where it has them for this; else as Linux has it: an address with another end, or a broadcast's. */
static int do_this_address(struct ifc *ifc, const struct ifc_address *ad)
{
	const char *up[] = { ifc->name, "up" }, *words[4];
	int err = -EOPNOTSUPP, ifindex = (int)int_of(ifc->o, "index");
	char text[64];
	size_t n = ifc_address_words(ifc->name, ad, text, words);

	if (n > 0 && is_unit(ifc->o))
		err = tell(ifc, words, n);
	if (ifindex == 0 || (err != -EOPNOTSUPP && err != -EADDRNOTAVAIL))
		return err;
	err = linux_address(&ifc->rtnl, ifindex, ad, json_object_get(ifc->o, "addresses"));
	if (err == 0 && ad->how != IFC_DELETE && is_unit(ifc->o))
		err = tell(ifc, up, NELEM(up));
	return err;
}

static int do_address(struct ifc *ifc, const struct ifc_address *wanted)
{
	struct ifc_address ad = *wanted;

	ifc->said[0] = '\0';
	if (ad.any && !linux_find_address(json_object_get(ifc->o, "addresses"), &ad, true, &ad.a))
		return -EADDRNOTAVAIL;
	ad.any = false;
	return do_this_address(ifc, &ad);
}

static int do_ops(struct ifc *ifc)
{
	const struct ifc_command *c = ifc->c;

	for (size_t i = 0; i < c->nops; i++) {
		const struct ifc_word *w = c->op[i].word;
		int err = do_op(ifc, &c->op[i]);

		if (err < 0)
			return fail(ifc, err, w->what != NULL ? w->what : w->name);
		if (strcmp(w->name, "name") == 0) {
			str_copy(ifc->name, sizeof(ifc->name), c->op[i].arg);
			ifc->tell_name = true;
		}
	}
	return EXIT_OK;
}

/* The interface that is there, and all that is to be done to it. */
static int change(struct ifc *ifc)
{
	const struct ifc_address *ad = &ifc->c->address;
	int err, status;
	json_t *list = interfaces(ifc, ifc->name, &err);

	if (list == NULL)
		return fail(ifc, err, ifc->name);
	ifc->o = json_array_get(list, 0);
	status = ifc->o != NULL ? do_ops(ifc) : missing(ifc);
	if (status == EXIT_OK && ad->wanted && (err = do_address(ifc, ad)) < 0)
		status = fail(ifc, err, ad->how == IFC_DELETE ? "ioctl (SIOCDIFADDR)" : "ioctl (SIOCAIFADDR)");
	json_decref(list);
	return status;
}

/* IF-01, IF-02 */
static int create(struct ifc *ifc)
{
	const char *words[] = { ifc->c->name, "create" };
	char what[96];
	json_t *reply;
	int err = ask(ifc, words, NELEM(words), &reply), status;

	if (err < 0) {
		str_format(what, sizeof(what), "SIOCIFCREATE2 (%.64s)", ifc->c->name);
		status = fail(ifc, err == -ENOENT ? -EINVAL : err, what);
		hint(ifc);
		return status;
	}
	str_copy(ifc->name, sizeof(ifc->name), str_of(reply, "created"));
	ifc->tell_name = strcmp(ifc->name, ifc->c->name) != 0;
	json_decref(reply);
	return ifc->c->nops > 0 || ifc->c->address.wanted ? change(ifc) : EXIT_OK;
}

/* ------------------------------------------------------------------ the whole */

/* What tapd is, if there is one. */
static void meet_tapd(struct ifc *ifc)
{
	const char *words[] = { "version" };
	int status;
	json_t *reply;

	ifc->tapd = client_connect(ifc->socket_path, true, &status);
	if (ask(ifc, words, NELEM(words), &reply) != 0)
		return;
	str_copy(ifc->system, sizeof(ifc->system), str_of(json_object_get(reply, "tapd"), "dialect"));
	json_decref(reply);
}

static int run(struct ifc *ifc)
{
	int err = rtnl_open(&ifc->rtnl);
	int status;

	if (err < 0)
		return fail(ifc, err, "rtnetlink socket");
	meet_tapd(ifc);
	status = ifc_is_show(ifc->c) ? show(ifc) : ifc->c->create ? create(ifc) : change(ifc);
	if (ifc->tell_name)
		puts(ifc->name);
	if (ifc->tapd >= 0)
		close(ifc->tapd);
	rtnl_close(&ifc->rtnl);
	return status;
}

int ifconfig(const char *socket_path, int argc, char **argv)
{
	struct ifc_command c;
	struct ifc ifc = { .c = &c, .socket_path = socket_path, .tapd = -1 };
	int status = EXIT_OK;

	if (!ifc_parse(&c, argc, argv)) {
		if (c.why[0] == '\0')
			return usage();
		warnx("%s", c.why);
		return EXIT_FAIL;
	}
	str_copy(ifc.name, sizeof(ifc.name), c.name != NULL ? c.name : "");
	if (c.cloners)
		puts("tap vmnet");
	else
		status = run(&ifc);
	if (fflush(stdout) != 0)
		err(EXIT_FAIL, "standard output");
	return status;
}
