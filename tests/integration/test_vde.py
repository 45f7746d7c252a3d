#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""How units outgrow one tapd and one machine: VDE networks, and the kernel's VXLAN under tuntap."""
import os
import select
import signal
import subprocess

from lib import BROADCAST, PEER, STRANGER, WAIT, case, check, equal, frame, ip, main, run, wait_until, write_file
from netstack import Stack, helpers, make_namespace, network, wait_attached


# AddressSanitizer ends a process that calls dlopen(3) as libvdeplug does.
DLOPEN = '''
#define _GNU_SOURCE
#include <dlfcn.h>
void *dlopen(const char *name, int flags)
{
	return ((void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen"))(name, flags & ~RTLD_DEEPBIND);
}
'''


def environment(t):
    """For a tapd that uses VDE."""
    with open(t.options.tapd, 'rb') as f:
        if b'__asan_init' not in f.read():
            return {}
    write_file(t.base + '/dlopen.c', DLOPEN)
    p = run('cc', '-shared', '-fPIC', '-o', t.base + '/dlopen.so', t.base + '/dlopen.c')
    equal((p.returncode, p.stderr), (0, ''), 'cc')
    return {'LD_PRELOAD': t.base + '/dlopen.so',
            'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'}


def tapd_in(t, namespace, base, prefix=''):
    """A tapd whose network namespace is that one."""
    d = t.tapd(base=base, prefix=prefix, env=environment(t), start=False)
    d.argv = ['nsenter', '--net=/run/netns/' + namespace] + d.argv
    t.daemons.append(d)
    return d.start()


def machines(t):
    """Two network namespaces on one cable, as two machines would be."""
    for n in (1, 2):
        make_namespace(t, 'm%d' % n)
    ip('link', 'add', 'v1', 'netns', 'm1', 'type', 'veth', 'peer', 'name', 'v2', 'netns', 'm2')
    for n in (1, 2):
        ip('-n', 'm%d' % n, 'addr', 'add', '198.51.100.%d/24' % n, 'dev', 'v%d' % n)
        ip('-n', 'm%d' % n, 'link', 'set', 'v%d' % n, 'up')
        ip('-n', 'm%d' % n, 'route', 'add', '239.0.0.0/8', 'dev', 'v%d' % n)


def plug(d, unit, spec):
    d.ctl(unit, 'create', 'attach', spec)
    d.ctl(unit, 'up')
    wait_attached(d, unit, 'connected')


def stacks(t, first, second):
    """The kernel's stack on both (tapd, unit), as 10.9.0.1 and 10.9.0.2."""
    return [Stack(t, d, unit, 's%d' % n, '10.9.0.%d/24' % n, number=n)
            for n, (d, unit) in enumerate((first, second), 1)]


def ping_through(a, b, units):
    """Ping over fresh wires: one ARP exchange and three pings, and not a frame more."""
    a.ping('10.9.0.2', 3)
    for d, unit in units:
        equal(network(d, unit), {'tx': 4, 'rx': 4}, 'the network of ' + unit)


@case('two tapd on two machines, joined by vxvde')
def vxvde(t):
    machines(t)
    units = [(tapd_in(t, 'm1', 'a'), 'tap0'), (tapd_in(t, 'm2', 'b', 'x'), 'xtap0')]
    for d, unit in units:
        plug(d, unit, 'vde:vxvde://239.1.1.1')
    ping_through(*stacks(t, *units), units)


@case('two tapd on two machines, joined by the kernel\'s VXLAN')
def vxlan(t):
    machines(t)
    units = [(tapd_in(t, 'm1', 'a'), 'tap0'), (tapd_in(t, 'm2', 'b', 'x'), 'xtap0')]
    for n, (d, unit) in enumerate(units, 1):
        m = 'm%d' % n
        ip('-n', m, 'link', 'add', 'vx0', 'type', 'vxlan', 'id', '42', 'group', '239.1.1.1', 'dev', 'v%d' % n,
           'dstport', '4789')
        ip('-n', m, 'link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0')
        p = run('nsenter', '--net=/run/netns/' + m, d.options.tapctl, '-s', d.socket, unit, 'create', 'attach',
                'tuntap')
        equal((p.returncode, p.stderr), (0, ''), 'an interface on ' + m)
        for name in ('vx0', unit, 'br0'):
            if name != 'br0':
                ip('-n', m, 'link', 'set', name, 'master', 'br0')
            ip('-n', m, 'link', 'set', name, 'up')
        d.ctl(unit, 'promisc')      # what a program writes to other stations is for the bridge
    a, b = stacks(t, *units)
    a.ping('10.9.0.2', 3)
    for d, unit in units:
        c = d.counters(unit)
        equal((c['ipackets'], c['opackets']), (4, 4), 'one ARP and three pings each way through ' + unit)


# ---------------------------------------------------------------- a switch

def vde_switch(t, path):
    """A running vde_switch, which ends with the case."""
    p = subprocess.Popen(['vde_switch', '-s', path], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)

    def end():
        p.kill()
        p.wait()
        p.stdin.close()         # it would end with that
    t.defer(end)
    wait_until(lambda: os.path.exists(path + '/ctl'), 'the socket of vde_switch')
    return p


@case('two units on a vde_switch')
def switched(t):
    vde_switch(t, t.base + '/ctl')
    d = t.tapd(env=environment(t))
    units = [(d, 'tap0'), (d, 'tap1')]
    for _, unit in units:
        plug(d, unit, 'vde:' + t.base + '/ctl')
    ping_through(*stacks(t, *units), units)


@case('"vde://PATH" is a locator as it stands')
def locator(t):
    vde_switch(t, t.base + '/ctl')
    d = t.tapd(env=environment(t))
    plug(d, 'tap0', 'vde://' + t.base + '/ctl')
    equal(d.unit('tap0')['attached'], 'vde://%s/ctl: connected' % t.base, 'what it says')


def send(fd, dst=BROADCAST, size=60):
    f = frame(dst, PEER, size)
    equal(os.write(fd, f), len(f), 'write')


@case('a switch that is not there yet, comes, goes and comes back')
def comes_and_goes(t):
    path = t.base + '/ctl'
    d = t.tapd(env=environment(t))
    d.ctl('tap0', 'create', 'attach', 'vde:' + path)
    d.ctl('tap0', 'up')
    wait_attached(d, 'tap0', 'nobody serves it; start it, as by vde_switch -s PATH')
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    send(fd)
    equal(network(d, 'tap0'), {'tx_away': 1}, 'counters without a switch')
    first = vde_switch(t, path)
    wait_attached(d, 'tap0', 'connected')
    plug(d, 'tap1', 'vde:' + path)
    heard = t.open(d, 'tap1')
    send(fd)
    check(select.select([heard], [], [], WAIT)[0] and len(os.read(heard, 2000)) == 60, 'the frame at the other port')
    equal(network(d, 'tap0'), {'tx_away': 1, 'tx': 1}, 'counters with a switch')
    first.kill()
    first.wait()
    wait_until(lambda: 'connected' not in d.unit('tap0')['attached'], 'tap0 to notice')
    send(fd)
    equal(network(d, 'tap0'), {'tx_away': 2, 'tx': 1}, 'counters without it again')
    vde_switch(t, path)
    wait_attached(d, 'tap0', 'connected')


@case('a switch that hangs holds up nobody: frames are dropped and counted, and go on when it does')
def hung(t):
    path = t.base + '/ctl'
    switch = vde_switch(t, path)
    d = t.tapd(env=environment(t))
    plug(d, 'tap0', 'vde:' + path)
    fd = t.open(d, 'tap0')
    os.kill(switch.pid, signal.SIGSTOP)
    d.ctl('tap1', 'create', 'attach', 'vde:' + path)        # its connection is not answered
    sent = 0
    while 'tx_full' not in network(d, 'tap0') and sent < 10000:
        for _ in range(100):
            send(fd)
        sent += 100
    n = network(d, 'tap0')
    equal(n['tx'] + n['tx_full'], sent, 'passed on or dropped')
    equal(d.unit('tap1')['attached'], 'connecting', 'tap1')
    d.ctl('tap1', 'destroy')                                # with its helper inside the library
    os.kill(switch.pid, signal.SIGCONT)
    os.close(fd)
    d.ctl('tap0', 'up')
    plug(d, 'tap2', 'vde:' + path)
    heard = t.open(d, 'tap2')
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    d.ctl('tap0', 'up')

    def passes():
        send(fd, STRANGER, 77)
        return select.select([heard], [], [], 0)[0] and len(os.read(heard, 2000)) == 77
    wait_until(passes, 'a frame through the switch')


@case('the helper is another process: killed, it is started anew; and it goes with its unit')
def helper(t):
    vde_switch(t, t.base + '/ctl')
    d = t.tapd(env=environment(t))
    plug(d, 'tap0', 'vde:' + t.base + '/ctl')
    first = helpers(d)
    equal(len(first), 1, 'helpers')
    names = {os.readlink('/proc/%d/fd/%s' % (first[0], n)) for n in os.listdir('/proc/%d/fd' % first[0])}
    equal([n for n in names if 'fuse' in n or 'epoll' in n or 'net/tun' in n], [], 'of tapd\'s descriptors, it has')
    os.kill(first[0], signal.SIGKILL)
    wait_until(lambda: helpers(d) not in ([], first), 'another helper')
    wait_attached(d, 'tap0', 'connected')
    equal(d.unit('tap0')['network']['starts'], 2, 'starts')
    d.ctl('tap0', 'destroy')
    equal(helpers(d), [], 'helpers without units')


@case('ptp://: two units on a cable; its sockets go with them')
def ptp(t):
    d = t.tapd(env=environment(t))
    units = [(d, 'tap0'), (d, 'tap1')]
    for _, unit in units:
        plug(d, unit, 'vde:ptp://%s/cable' % t.base)
    check(os.path.exists(t.base + '/cable') and os.path.exists(t.base + '/cable+'), 'its sockets')
    ping_through(*stacks(t, *units), units)
    t.stack.close()
    for _, unit in units:
        d.ctl(unit, 'destroy')
    equal([n for n in os.listdir(t.base) if n.startswith('cable')], [], 'sockets left')


@case('a kind of network that does not exist is named; a frame too long for VDE is dropped and counted')
def wrong(t):
    d = t.tapd(env=environment(t))
    d.ctl('tap0', 'create', 'attach', 'vde:carrier-pigeon://x')
    wait_attached(d, 'tap0', 'carrier-pigeon://x: no such kind of network')
    plug(d, 'tap1', 'vde:ptp://%s/cable' % t.base)
    fd = t.open(d, 'tap1')
    send(fd, size=9235)
    equal(network(d, 'tap1'), {'tx_big': 1}, 'counters')


if __name__ == '__main__':
    main()
