/* SPDX-License-Identifier: BSD-2-Clause */
/* The words without what they do: for help and completion, in a program that is not to be linked with all of tapd. */
#include <string.h>
#include <sys/socket.h>

#include "ctl/verbs.h"
#include "ctl/verbs_list.h"

const struct ctl_word ctl_word_table[] = {
#define X(name, on, who, nargs, args, help, value, parse, run, repeats) { name, on, who, nargs, args, help },
	CTL_VERBS(X)
#undef X
	{ 0 },
};

const struct ctl_word *ctl_word_find(const char *name, enum ctl_on on)
{
	for (const struct ctl_word *w = ctl_word_table; w->name; w++)
		if (w->on == on && strcmp(w->name, name) == 0)
			return w;
	return NULL;
}

json_t *ctl_words_json(void)
{
	json_t *list = json_array();

	for (const struct ctl_word *w = ctl_word_table; w->name; w++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:b}", "name", w->name, "args", w->args,
		    "help", w->help, "on", w->on == CTL_ON_TAPD ? "tapd" : "interface",
		    "privileged", w->who == CTL_PRIVILEGED));
	return list;
}
