/* SPDX-License-Identifier: BSD-2-Clause */
/* The main of a libcheck program: runs the suite s() and prints TAP. */
#ifndef TAPD_TESTS_UNIT_H
#define TAPD_TESTS_UNIT_H

#include <check.h>

#define UNIT_MAIN(s) \
	int main(void) \
	{ \
		SRunner *sr = srunner_create(s()); \
		srunner_set_tap(sr, "-"); \
		srunner_run_all(sr, CK_SILENT); \
		int failed = srunner_ntests_failed(sr); \
		srunner_free(sr); \
		return failed != 0; \
	}

#endif
