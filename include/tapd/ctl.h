/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control protocol of tapd: what tapctl speaks and what any other program may speak.  It is no library: a client
 * needs a socket, four bytes and JSON.
 *
 * Transport: a Unix stream socket, TAPD_CTL_SOCKET unless tapd was told another.  Who asks is known from the socket
 * (SO_PEERCRED), never from the message.
 *
 * Framing, both ways: a 32-bit big-endian length, then so many bytes of UTF-8 JSON, one object.  A request is 2 to
 * TAPD_CTL_REQUEST_MAX bytes long, a reply at most TAPD_CTL_REPLY_MAX.  Requests may be sent ahead; they are answered
 * one after the other, in order.
 *
 * Request:	{"version": 1, "args": ["tap0", "inet", "192.0.2.1/24", "up"]}
 *		args are the words of ifconfig(8) or sysctl(8), as tapctl(8) lists them; at most TAPD_CTL_WORDS_MAX.
 *
 * Reply:	{"version": 1} and, by request, one of
 *		"units": [UNIT, ...]		a name alone, or -a
 *		"names": ["tap0", ...]		-l
 *		"created": "tap0"		create
 *		"sysctls": [{"name", "value", "help"}, ...]	sysctl; with "old" where the request set it
 *		"verbs": [{"name", "args", "help", "on", "privileged"}, ...]	help
 *		"tapd": {"version", "pid", "transport", "backend", "dialect", "prefix", "units"}	version
 *		"error": {"errno": "EEXIST", "message": "tap0: ...", "exit": 1}
 *		Arrays are always arrays, present even with nothing in them.  A request that fails in the middle leaves
 *		done what was done before; one with a mistake in any word does nothing.
 *
 * Interim:	{"version": 1, "waiting": {"name": "tap0", "opened_by": [757]}}
 *		comes before the reply to a destroy of a device that a program has open.  The reply follows once that
 *		program closed it; closing the connection first takes the destroy back.
 *
 * UNIT:	"name", "device", "family" ("tap" or "vmnet"), "unit", "dialect", "backend",
 *		"flags": ["UP", ...], "flags_value" (BSD's numbers), "mtu" (bytes), "ether", "remote",
 *		"baudrate" (bit/s), "status" ("active", "no carrier" or "unknown"),
 *		"gone" (the host interface was removed by somebody else),
 *		"linkstate" (the capability: open and close set the link state),
 *		"media" (text or null), "opened_text" (ifconfig's line about the opener, or ""),
 *		"opened_by": [pid] (0: a process tapd cannot see), "readers", "queue": {"length", "limit"} (frames),
 *		"async", "sigio" (process, or minus process group, or 0),
 *		"addresses": [{"family": "inet" or "inet6", "address", "prefixlen"}, ...],
 *		"counters": {"ipackets": 0, ...}
 *
 * What is not a message (a bad length, bad JSON, other types, another version) ends the connection, after an "error"
 * where that can still be said.  New keys may appear in any object at any time; a key never changes its type or
 * meaning within a version.
 */
#ifndef TAPD_CTL_H
#define TAPD_CTL_H

#define TAPD_CTL_SOCKET		"/run/tapd/tapd.sock"
#define TAPD_CTL_VERSION	1
#define TAPD_CTL_REQUEST_MAX	65536		/* bytes of JSON */
#define TAPD_CTL_REPLY_MAX	(4 << 20)	/* bytes of JSON: some 6,000 units */
#define TAPD_CTL_WORDS_MAX	256		/* words of a request */

#endif
