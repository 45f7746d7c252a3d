/* SPDX-License-Identifier: BSD-2-Clause */
/* <net/bpf.h>: libpcap's, where it is installed (Debian: libpcap-dev).  There is no bpf(4) here. */
#ifndef TAPBSD_NET_BPF_H
#define TAPBSD_NET_BPF_H

#include <sys/types.h>

#include <pcap/bpf.h>
#include <sys/ioccom.h>

#define BIOCFLUSH	_IO('B', 104)

#endif
