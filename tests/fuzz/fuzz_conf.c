/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the configuration file: reading it, and, when it is a good one, applying it to a driver. */
#include <stdlib.h>
#include <string.h>

#include "../unit/ctl_fixture.h"
#include "base/log.h"
#include "ctl/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void apply(const struct conf *c)
{
	struct tap_driver drv;
	char why[512];

	if (fixture_driver(&drv, c->prefix) != 0)
		abort();
	if (conf_apply_driver(c, &drv, why, sizeof(why)) == 0)
		conf_apply_units(c, &drv, why, sizeof(why));
	tap_driver_fini(&drv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf c;
	char why[512];
	char *text = malloc(size + 1);

	log_init("fuzz_conf", LOG_EMERG);
	memcpy(text, data, size);
	text[size] = '\0';
	if (conf_parse(&c, "FILE", text, why, sizeof(why)) == 0) {
		apply(&c);
		conf_free(&c);
	}
	free(text);
	return 0;
}
