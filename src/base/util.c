/* SPDX-License-Identifier: BSD-2-Clause */
/* Small things several rooms need: see util.h. */
#include "base/util.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool str_copy(char *dst, size_t size, const char *src)
{
	return str_format(dst, size, "%s", src);
}

bool str_format(char *dst, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(dst, size, fmt, ap);
	va_end(ap);
	return n >= 0 && (size_t)n < size;
}

bool str_to_long(const char *s, long min, long max, long *value)
{
	char *end;
	long v;

	if (*s == '\0' || strspn(s, " \t\n\v\f\r+") != 0)
		return false;
	errno = 0;
	v = strtol(s, &end, strncmp(s, "0x", 2) == 0 ? 16 : 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return false;
	*value = v;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ether_parse(const char *s, uint8_t mac[6])
{
	for (int i = 0; i < 6; i++) {
		int hi = hex_digit(*s), lo;

		if (hi < 0)
			return false;
		lo = hex_digit(*++s);
		if (lo >= 0)
			s++;
		mac[i] = lo < 0 ? hi : hi << 4 | lo;
		if (i < 5 && *s != ':' && *s != '-')
			return false;
		if (i < 5)
			s++;
	}
	return *s == '\0';
}

const char *ether_format(const uint8_t mac[6], char buf[ETHER_STRLEN])
{
	snprintf(buf, ETHER_STRLEN, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
	return buf;
}
