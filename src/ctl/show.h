/* SPDX-License-Identifier: BSD-2-Clause */
/* A unit as the JSON object of include/tapd/ctl.h.  It reads and changes nothing. */
#ifndef TAPD_CTL_SHOW_H
#define TAPD_CTL_SHOW_H

#include <jansson.h>

#include "ctl/verbs.h"
#include "tap/tap.h"

/* A new reference, or NULL when out of memory. */
json_t *ctl_show_unit(struct tap_softc *sc, const struct ctl_env *env);
/* Every unit, as a new array, or NULL. */
json_t *ctl_show_units(const struct ctl_env *env);
/* The processes that have it open, as a new array. */
json_t *ctl_show_openers(const struct tap_softc *sc);

#endif
