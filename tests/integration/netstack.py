# SPDX-License-Identifier: BSD-2-Clause
"""
A program that has a whole network stack: Linux's own, in a network namespace whose eth0 is a host TAP that a relay
joins to a /dev/tapN.  So ping(8), TCP and name servers of the kernel talk through the device under test.

    s = Stack(t, d, 'tap0', 'a', '10.0.2.15/24')
    s.ping('10.0.2.2', 3)
    p = s.program(fn, ...)      # as Case.program(), inside
"""
import ctypes
import fcntl
import os
import re
import select
import struct

from lib import check, equal, ip, link, run, wait_until, write_file

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454ca, 2, 0x1000


def enter(namespace):
    """This process goes on in the network namespace of that name."""
    fd = os.open('/run/netns/' + namespace, os.O_RDONLY)
    check(ctypes.CDLL(None, use_errno=True).setns(fd, 0x40000000) == 0, 'entering namespace ' + namespace)
    os.close(fd)


def make_namespace(t, name):
    """One that has loopback and sends no IPv6 by itself; it ends with the case."""
    ip('netns', 'add', name)
    t.defer(ip, 'netns', 'del', name)

    def settle(say):
        enter(name)
        write_file('/proc/sys/net/ipv6/conf/default/disable_ipv6', '1')
    equal(t.program(settle).result(), None, 'a namespace')
    ip('-n', name, 'link', 'set', 'lo', 'up')


def relay(say, path, namespace, ether):
    """Pass frames between the device and eth0 until the end."""
    dev = os.open(path, os.O_RDWR)
    enter(namespace)
    tap = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack('16sH22x', b'eth0', IFF_TAP | IFF_NO_PI))
    ip('link', 'set', 'eth0', 'address', ether)
    say('ready')
    other = {dev: tap, tap: dev}
    while True:
        for fd in select.select(list(other), [], [])[0]:
            try:
                os.write(other[fd], os.read(fd, 70000))
            except OSError as e:        # a side that is down, or closed for now
                if fd == dev and e.errno == 112:
                    select.select([], [], [], 0.01)


class Stack:
    """The kernel's stack as a program on a unit, which must be up.  number makes its link-level address."""

    def __init__(self, t, d, unit, name, address=None, inet6=False, number=2):
        self.t, self.name, self.ether = t, name, '02:00:00:00:00:%02x' % number
        make_namespace(t, name)
        self.relay = t.program(relay, d.path(unit), name, self.ether)
        equal(self.relay.hear(), 'ready', 'the relay')
        if inet6:
            self.set('net/ipv6/conf/eth0/disable_ipv6', 0)
        if address:
            self.ip('addr', 'add', address, 'dev', 'eth0')
        self.ip('link', 'set', 'eth0', 'up')

    def ip(self, *words):
        return ip('-n', self.name, *words)

    def run(self, *argv):
        return run('nsenter', '--net=/run/netns/' + self.name, *argv)

    def set(self, what, value):
        def put(say):
            enter(self.name)
            write_file('/proc/sys/' + what, str(value))
        equal(self.t.program(put).result(), None, what)

    def program(self, fn, *args):
        def inside(say, *rest):
            enter(self.name)
            return fn(say, *rest)
        return self.t.program(inside, *args)

    def ping(self, address, count, *options):
        """All of count pings must be answered."""
        p = self.run('ping', '-n', '-c', str(count), '-i', '0.05', '-W', '5', *options, address)
        check(p.returncode == 0, 'ping %s: %s %s' % (address, p.stdout, p.stderr))
        equal(re.search(r'(\d+) received', p.stdout).group(1), str(count), 'pings answered')

    def addresses(self):
        return re.findall(r'inet6? (\S+)', self.ip('addr', 'show', 'dev', 'eth0'))


def network(d, unit):
    """The counters of what a unit is plugged into that are not 0; but for how often its helper was started."""
    return {k: v for k, v in d.unit(unit)['network'].items() if v != 0 and k != 'starts'}


def helpers(d):
    """The processes that tapd started for wires."""
    with open('/proc/%d/task/%d/children' % (d.pid, d.pid)) as f:
        return [int(p) for p in f.read().split()]


def wait_attached(d, unit, text):
    """Wait until what the unit is plugged into says this."""
    wait_until(lambda: text in d.unit(unit)['attached'],
               lambda: '%r, but it says %r' % (text, d.unit(unit)['attached']))
