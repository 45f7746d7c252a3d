/* SPDX-License-Identifier: BSD-2-Clause */
/* A unit as the JSON object of include/tapd/ctl.h.  It reads and changes nothing. */
#ifndef TAPD_CTL_SHOW_H
#define TAPD_CTL_SHOW_H

#include <jansson.h>

#include "tap/tap.h"

/* A new reference, or NULL when out of memory.  dev_dir: where the nodes are, "/dev". */
json_t *ctl_show_unit(struct tap_softc *sc, const char *dev_dir);
/* The processes that have it open, as a new array. */
json_t *ctl_show_openers(const struct tap_softc *sc);

#endif
