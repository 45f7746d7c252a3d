# SPDX-License-Identifier: BSD-2-Clause
"""
A host made of scapy behind /dev/tap0: asks who has the address of the other side, then answers ARP and ping.
usage: scapy_tap.py OUR_ETHER OUR_ADDRESS OTHER_ADDRESS

It is scapy as a BSD has it.  scapy asks sys.platform which system it is on, once, when it is loaded; nothing of it is
changed or replaced.
"""
import sys

sys.platform = 'freebsd14'

import scapy.consts                                             # noqa: E402
from scapy.layers.inet import ICMP, IP                          # noqa: E402
from scapy.layers.l2 import ARP, Ether                          # noqa: E402
from scapy.layers.tuntap import TunTapInterface                 # noqa: E402
from scapy.sendrecv import sniff                                # noqa: E402

ETHER, ADDRESS, OTHER = sys.argv[1:]


def answer(p):
    if ARP in p and p[ARP].op == 1 and p[ARP].pdst == ADDRESS:
        return Ether(src=ETHER, dst=p.src) / ARP(op=2, hwsrc=ETHER, psrc=ADDRESS, hwdst=p[ARP].hwsrc, pdst=p[ARP].psrc)
    if ICMP in p and p[ICMP].type == 8 and p[IP].dst == ADDRESS:
        reply = IP(src=ADDRESS, dst=p[IP].src) / ICMP(type=0, id=p[ICMP].id, seq=p[ICMP].seq) / p[ICMP].payload
        return Ether(src=ETHER, dst=p.src) / reply
    return None


assert scapy.consts.FREEBSD and scapy.consts.BSD and not scapy.consts.LINUX
tap = TunTapInterface('tap0')
print('open', flush=True)
sys.stdin.readline()        # the interface is up
who_has = Ether(src=ETHER, dst='ff:ff:ff:ff:ff:ff') / ARP(hwsrc=ETHER, psrc=ADDRESS, pdst=OTHER)
print(tap.sr1(who_has, verbose=False, timeout=10)[ARP].hwsrc, flush=True)


def send_answer(p):
    reply = answer(p)
    if reply is not None:
        tap.send(reply)


sniff(opened_socket=tap, prn=send_answer, store=False)
