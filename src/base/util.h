/* SPDX-License-Identifier: BSD-2-Clause */
/* Small things several rooms need: text of addresses, checked string copies, sysexits. */
#ifndef TAPD_BASE_UTIL_H
#define TAPD_BASE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Exit statuses, as README and the man pages list them. */
enum { EXIT_OK = 0, EXIT_FAIL = 1, EXIT_USAGE = 64, EXIT_UNAVAILABLE = 69, EXIT_PERM = 77, EXIT_CONF = 78 };

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

/* Copy with a NUL.  False when src was cut to size bytes. */
bool str_copy(char *dst, size_t size, const char *src);
/* Format into size bytes.  False when it was cut. */
bool str_format(char *dst, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Decimal or 0x number of all of s, within min..max. */
bool str_to_long(const char *s, long min, long max, long *value);

#define ETHER_STRLEN 18		/* "58:9c:fc:00:12:34" and NUL */
bool ether_parse(const char *s, uint8_t mac[6]);	/* one or two hex digits per byte, ':' or '-' between */
const char *ether_format(const uint8_t mac[6], char buf[ETHER_STRLEN]);

#endif
