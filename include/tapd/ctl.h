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
 *		With "cwd": "/absolute/directory", words that are paths may be relative to it.
 *
 * Reply:	{"version": 1} and, by request, one of
 *		"units": [UNIT, ...]		a name alone, or -a
 *		"names": ["tap0", ...]		-l
 *		"created": "tap0"		create
 *		"injected": [{"result": "delivered", "queued", "held" (by fault injection) or "dropped",
 *		    "counter" (the one it was dropped into, or null), "text"}, ...]	inject
 *		"sysctls": [{"name", "value", "help"}, ...]	sysctl; with "old" where the request set it
 *		"verbs": [{"name", "args", "help", "on", "privileged"}, ...]	help
 *		"tapd": {"version", "pid", "transport", "backend", "dialect", "prefix", "units"}	version
 *		"switches": [SWITCH, ...]	switch; of a switch by name, alone, with "stations"
 *		"explain": {"name", "failures": [FAILURE, ...], "now": [NOW, ...]}	explain
 *		"units": [UNIT, ...], "stats": [{"of", "name", "help"}, ...]	stats: what the numbers in the objects "of"
 *			("counters", "network", "fault") of the units mean
 *		"tracing": {"name": "tap0"}	trace; what follows is below
 *		"error": {"errno": "EEXIST", "message": "tap0: ...", "exit": 1}
 *		Arrays are always arrays, present even with nothing in them.  A request that fails in the middle leaves
 *		done what was done before; one with a mistake in any word does nothing.
 *
 * Interim:	{"version": 1, "waiting": {"name": "tap0", "opened_by": [757]}}
 *		comes before the reply to a destroy of a device that a program has open.  The reply follows once that
 *		program closed it; closing the connection first takes the destroy back.
 *
 * Trace:	After "tracing" the client is told, until it closes the connection, and sends nothing more.  One message a
 *		call of a program, when its result is there:
 *		{"version": 1, "trace": {"time_us" (since 1970), "pid" (0: not to be seen), "program",
 *			"call": "write(tap0, 42) = 42", "frame": "02:00:00:00:00:02 > ff:ff:ff:ff:ff:ff ARP, 42 bytes" or "",
 *			"why": "dropped: tap0 is not up: tapctl tap0 up" or "", "reason": "WRITE_DOWN" or null}}
 *		and, where the client read too slowly to be told of some, before the next one or once it has read all:
 *		{"version": 1, "missed": 12}
 *
 * UNIT:	"name", "device", "family" ("tap" or "vmnet"), "unit", "dialect", "backend" (such as "tuntap" or "pcap"),
 *		"attach" (what it is plugged into, such as "pcap:eth0"), "attached" (what there is to say of that, or ""),
 *		"network": {COUNTER: 0, ...} (the counters of what it is plugged into),
 *		"flags": ["UP", ...], "flags_value" (BSD's numbers), "mtu" (bytes), "ether", "remote",
 *		"baudrate" (bit/s), "status" ("active", "no carrier" or "unknown"),
 *		"gone" (the host interface was removed by somebody else),
 *		"linkstate" (the capability: open and close set the link state),
 *		"media" (text or null), "opened_text" (ifconfig's line about the opener, or ""),
 *		"opened_by": [pid] (0: a process tapd cannot see), "readers", "queue": {"length", "limit"} (frames),
 *		"async", "sigio" (process, or minus process group, or 0),
 *		"addresses": [{"family": "inet" or "inet6", "address", "prefixlen"}, ...],
 *		"counters": {"ipackets": 0, ...},
 *		"fault": null, or {"words" (which set it again), "in_frames": 0, ... (counters of each direction)},
 *		"record": null, or {"path", "frames", "bytes" (of the file by now), "lost" (frames that are not in it),
 *		"error" (why it stopped, or null)},
 *		"replay": null, or {"path", "speed" (a factor; 0: as fast as frames are taken), "loops" (0: without end),
 *		"ended", "played" (frames), "truncated", "bad_length", "clock_steps" (records not played, or not in their
 *		time), "error" (why it ended, or null)}
 *
 * SWITCH:	"name", "declared" (it stays without a port), "mtu" (bytes, of the smallest port),
 *		"limits": {"stations", "age" (s), "flood" (frames/s)},
 *		"ports": [{"number", "name", "uplink" (true of the one that is, number 0), "up", "text" (what an uplink
 *		says of its state, or ""), "counters": {"rx": 0, ...}}, ...],
 *		"stations": [{"ether", "vlan" (0: untagged), "port" (its number), "name" (its name), "age" (s)}, ...],
 *		"network": {COUNTER: 0, ...} (the counters of what the uplink is plugged into),
 *		"counters": {"rx": 0, ...} (of all ports, those that are gone included)
 *
 * FAILURE:	as "trace", of the last of "times" that were alike, the newest first.  "frame" is for the privileged.
 * NOW:		"call" ("open", "read" or "write"), "result" (an errno's name, or "lost": what is written goes nowhere),
 *		"why", "reason": what would fail, by the unit's state.
 *
 * What is not a message (a bad length, bad JSON, other types, another version) ends the connection, after an "error"
 * where that can still be said.  New keys may appear in any object at any time; a key never changes its type or
 * meaning within a version.
 */
#ifndef TAPD_CTL_H
#define TAPD_CTL_H

#define TAPD_CTL_SOCKET		"/run/tapd/tapd.sock"
/*
 * taprun(1)'s, in its private /dev: who finds it there is inside, and it goes before the other, as a program may clear
 * the environment, TAPD_SOCKET with it, for the ifconfig that it runs.
 */
#define TAPD_CTL_SOCKET_TAPRUN	"/dev/.tapd/tapd.sock"
#define TAPD_CTL_VERSION	1
#define TAPD_CTL_REQUEST_MAX	163840		/* bytes of JSON: room for the longest frame in hex */
#define TAPD_CTL_REPLY_MAX	(4 << 20)	/* bytes of JSON: some 6,000 units */
#define TAPD_CTL_WORDS_MAX	256		/* words of a request */

#endif
