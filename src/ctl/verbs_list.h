/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one list of words: X(name, on, who, nargs, args, help, value, parse, run, repeats), as struct ctl_verb has them.
 * verbs.c makes the table with the functions of it, verb_names.c the one without, for tapctl.
 */
#ifndef TAPD_CTL_VERBS_LIST_H
#define TAPD_CTL_VERBS_LIST_H

#include "backend/savefile.h"		/* PLAYER_WORDS */

#define ADDR_ARGS "[alias | -alias | delete]"

#define CTL_VERBS(X) \
	X("-a", CTL_ON_TAPD, CTL_ANYONE, 0, "", \
	    "show every interface", 0, NULL, run_show_all, false) \
	X("-l", CTL_ON_TAPD, CTL_ANYONE, 0, "", \
	    "list the names of the interfaces", 0, NULL, run_names, false) \
	X("sysctl", CTL_ON_TAPD, CTL_ANYONE, 0, "[NAME[=VALUE] ...]", \
	    "show variables, or set them (privileged)", 0, parse_sysctl, run_sysctl, true) \
	X("trace", CTL_ON_TAPD, CTL_PRIVILEGED, 0, "[NAME]", \
	    "show each call that programs make on the device, as it is made", 0, ctl_parse_see, ctl_run_trace, false) \
	X("explain", CTL_ON_TAPD, CTL_ANYONE, 1, "NAME", \
	    "show what failed last on the device, and why", 0, ctl_parse_see, ctl_run_explain, false) \
	X("stats", CTL_ON_TAPD, CTL_ANYONE, 0, "", \
	    "show all counters and what they mean", 0, NULL, ctl_run_stats, false) \
	X("switch", CTL_ON_TAPD, CTL_ANYONE, 0, "[NAME [create] [uplink WHAT | uplink none] [destroy]]", \
	    "show tapd's switches, or one with its ports and stations; change it (privileged)", 0, ctl_parse_switch, ctl_run_switch, false) \
	X("help", CTL_ON_TAPD, CTL_ANYONE, 0, "", \
	    "list these words", 0, NULL, run_help, false) \
	X("version", CTL_ON_TAPD, CTL_ANYONE, 0, "", \
	    "show what tapd runs and how", 0, NULL, run_version, false) \
	X("create", CTL_ON_UNIT, CTL_PRIVILEGED, 0, "", \
	    "make the interface and its device; of tap or vmnet alone, the lowest free unit", 0, NULL, run_create, false) \
	X("attach", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "WHAT", \
	    "plug the interface into WHAT, such as pcap:eth0; `tapctl version` lists what there is", 0, parse_word, run_attach, false) \
	X("destroy", CTL_ON_UNIT, CTL_PRIVILEGED, 0, "", \
	    "remove the interface and its device, once no program has it open", 0, NULL, run_destroy, false) \
	X("inet", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "ADDRESS[/LEN] [netmask MASK] " ADDR_ARGS, \
	    "set, add or remove an IPv4 address", AF_INET, parse_addr, run_addr, false) \
	X("inet6", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "ADDRESS[/LEN] [prefixlen LEN] " ADDR_ARGS, \
	    "add or remove an IPv6 address", AF_INET6, parse_addr, run_addr, false) \
	X("ether", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "ADDRESS", \
	    "set the link-level address", 0, parse_ether, run_ether, false) \
	X("lladdr", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "ADDRESS", \
	    "the same as ether", 0, parse_ether, run_ether, false) \
	X("link", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "ADDRESS", \
	    "the same as ether", 0, parse_ether, run_ether, false) \
	X("mtu", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "BYTES", \
	    "set the MTU, 72 to 65521", 0, parse_mtu, run_mtu, false) \
	X("name", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "NAME", \
	    "rename the interface; the device keeps its name", 0, parse_word, run_rename, false) \
	X("dialect", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "SYSTEM", \
	    "behave as this system's tap(4), while nobody has it open", 0, parse_dialect, run_dialect, false) \
	X("up", CTL_ON_UNIT, CTL_PRIVILEGED, 0, "", \
	    "mark the interface up", 1, NULL, run_up, false) \
	X("down", CTL_ON_UNIT, CTL_PRIVILEGED, 0, "", \
	    "mark the interface down", 0, NULL, run_up, false) \
	X("link0", CTL_ON_UNIT, CTL_PRIVILEGED, 0, "", \
	    "keep up and addressed when the device is closed", 1, NULL, run_link0, false) \
	X("-link0", CTL_ON_UNIT, CTL_PRIVILEGED, 0, "", \
	    "end that", 0, NULL, run_link0, false) \
	X("promisc", CTL_ON_UNIT, CTL_PRIVILEGED, 0, "", \
	    "take written frames for any address", 1, NULL, run_promisc, false) \
	X("-promisc", CTL_ON_UNIT, CTL_PRIVILEGED, 0, "", \
	    "end that", 0, NULL, run_promisc, false) \
	X("fault", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "[in | out] WORD... | none", \
	    "harm frames on purpose: drop=1% delay=5ms+-2ms ...; see tapctl(8)", 0, ctl_parse_fault, ctl_run_fault, false) \
	X("inject", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "HEX", \
	    "hand one frame to the program, as if it had come from the network", 0, ctl_parse_inject, ctl_run_inject, false) \
	X("record", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "FILE | off", \
	    "record frames and calls to a pcapng FILE, which Wireshark opens", 0, ctl_parse_record, ctl_run_record, false) \
	X("replay", CTL_ON_UNIT, CTL_PRIVILEGED, 1, "FILE " PLAYER_WORDS " | stop", \
	    "play a pcap or pcapng FILE, as if the network had sent it", 0, ctl_parse_replay, ctl_run_replay, false)

#endif
