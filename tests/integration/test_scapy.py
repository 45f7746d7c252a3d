#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
scapy, unmodified, as a BSD has it: its tap is /dev/tap0.  Debian's package python3-scapy and Debian's python3.
"""
import os
import subprocess

from bsdprograms import Program, start_tapd
from lib import Skip, case, check, equal, ip, link, main, run, wait_equal

PYTHON = '/usr/bin/python3'     # scapy is installed for this one, whichever runs the test
ETHER, ADDRESS, OTHER = '02:00:00:00:00:71', '192.0.2.2', '192.0.2.1'


@case("scapy's BSD branch asks for a neighbour and answers ARP and ping")
def scapy(t):
    if run(PYTHON, '-c', 'import scapy').returncode != 0:
        raise Skip('no scapy; install python3-scapy')
    d = start_tapd(t)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'scapy_tap.py')
    p = Program(t, d, [PYTHON, script, ETHER, ADDRESS, OTHER], stdin=subprocess.PIPE)
    t.defer(p.p.stdin.close)
    equal(p.hear(60), 'open', 'scapy')
    wait_equal(lambda: d.unit('tap0')['opened_by'], [p.pid], 'openers')
    d.ctl('tap0', 'inet', OTHER + '/24')
    p.p.stdin.write(b'\n')
    p.p.stdin.flush()
    equal(p.hear(30), link('tap0')['address'], 'who has the address of the host, by scapy')
    ip('neighbour', 'flush', 'dev', 'tap0')         # so that it asks scapy
    ping = run('ping', '-n', '-c', '3', '-i', '0.2', '-W', '10', '-s', '1400', ADDRESS)
    check(ping.returncode == 0 and ' 0% packet loss' in ping.stdout, 'ping: ' + ping.stdout + ping.stderr)
    neighbour = ip('neighbour', 'show', ADDRESS, 'dev', 'tap0').split()
    equal(neighbour[neighbour.index('lladdr') + 1], ETHER, 'link-level address of scapy, by the host')
    equal(d.counters('tap0')['ipackets'], 5, "scapy's frames: two of ARP, three echoes")


if __name__ == '__main__':
    main(own_dev=True)
