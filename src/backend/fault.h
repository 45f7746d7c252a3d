/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fault injection: frames lost, doubled, reordered, delayed, corrupted and slowed on purpose, in each direction by
 * itself, between a unit and whatever it is plugged into.  What happens to the n-th frame of a direction follows from
 * the seed alone, so that a failure can be made again.
 */
#ifndef TAPD_BACKEND_FAULT_H
#define TAPD_BACKEND_FAULT_H

#include <stddef.h>

#include "base/loop.h"
#include "tap/tap.h"

#define FAULT_TEXT_MAX	512	/* bytes of what fault_describe() says at most, NUL included */

/*
 * Words such as "drop=1%", "delay=5ms+-2ms", "rate=10mbit", "seed=42"; before them "in" (what the program writes) or
 * "out" (what it reads) say for which direction the words after it are, else both.  A later word beats an earlier one.
 * The one word "none" ends it.  Frames that were held go on at once, in order; counts begin anew.
 * -EINVAL, and why says which word and what was expected; then nothing changed.
 */
int fault_set(struct tap_softc *sc, struct loop *l, const char *const *words, size_t n, char *why, size_t size);
/* Would fault_set() take these words?  0, or -EINVAL and why. */
int fault_check(const char *const *words, size_t n, char *why, size_t size);
/* What is set, as words that set it again; "" for nothing. */
void fault_describe(const struct tap_softc *sc, char *text, size_t size);
/* One line a word, for help and the manual page; ends with name == NULL. */
struct fault_kind;
struct fault_word {
	const char *name, *args, *help;
	const struct fault_kind *kind;
};
extern const struct fault_word fault_word_table[];

#endif
