#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
One tapd and programs in other network namespaces: what an open creates is in the opener's, what tapctl creates in
tapctl's, and a namespace that nobody is in any more is not kept by tapd.
"""
import ctypes
import os

from lib import (PEER, case, check, equal, expect_errno, frame, interfaces, ip, mac, main, run, tap_ifname, wait_equal,
                 wait_until, write_file, Wire)

libc = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNET = 0x40000000


def unshare_net():
    """Into a namespace of our own, where only the test sends frames."""
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), 'unshare')
    if os.path.exists('/proc/sys/net/ipv6'):
        write_file('/proc/sys/net/ipv6/conf/default/disable_ipv6', '1')


@case('an open of the clone device makes its interface in the opener\'s network namespace')
def clone_elsewhere(t):
    d = t.tapd()
    here = sorted(interfaces())
    r, w = os.pipe()

    def program(say):
        unshare_net()
        fd = d.open('tap')
        say([tap_ifname(fd), sorted(interfaces())])
        os.read(r, 1)
    a = t.program(program, keep=(r,))
    name, there = a.hear()
    b = t.program(program, keep=(r,))
    name2, there2 = b.hear()
    equal([name, name2], ['tap0', 'tap1'], 'names')
    equal([there, there2], [['lo', 'tap0'], ['lo', 'tap1']], 'interfaces in the two namespaces')
    equal(sorted(interfaces()), here, 'interfaces here')
    os.write(w, b'xx')
    a.result()
    b.result()
    os.close(r)
    os.close(w)
    wait_until(lambda: not d.ctl('-l')['names'], 'the units to end with their namespaces')


@case('frames of two programs in two namespaces stay apart')
def frames_apart(t):
    d = t.tapd()

    def program(say, number):
        unshare_net()
        fd = d.open('tap')
        name = tap_ifname(fd)
        d.ctl(name, 'up')
        wire = Wire(name)
        wire.send(frame(PEER, PEER, 60, number))
        got = os.read(fd, 2000) == frame(PEER, PEER, 60, number)
        os.write(fd, frame(mac(d.unit(name)['ether']), PEER, 60, number + 10))
        back = wire.receive() == frame(mac(d.unit(name)['ether']), PEER, 60, number + 10)
        wire.close()
        return [got, back]
    a, b = t.program(program, 1), t.program(program, 2)
    equal([a.result(), b.result()], [[True, True], [True, True]], 'frames')


@case('tapctl makes the interface in its own namespace')
def tapctl_elsewhere(t):
    d = t.tapd()

    def tapctl(say):
        unshare_net()
        equal(d.tapctl('tap0', 'create').returncode, 0, 'exit status')
        return sorted(interfaces())
    equal(t.program(tapctl).result(), ['lo', 'tap0'], 'interfaces there')
    check('tap0' not in interfaces(), 'no interface here')


@case('an interface in another namespace follows ip(8) there, and its addresses')
def follows(t):
    d = t.tapd()

    def program(say):
        unshare_net()
        fd = d.open('tap')
        ip('link', 'set', 'tap0', 'up', 'mtu', '1400')
        ip('address', 'add', '192.0.2.1/24', 'dev', 'tap0')
        u = d.unit('tap0')
        say([u['mtu'], 'UP' in u['flags'], u['addresses']])
        ip('link', 'del', 'tap0')
        expect_errno('EHOSTDOWN', os.read, fd, 2000)
        return d.unit('tap0')['gone']
    p = t.program(program)
    equal(p.hear(), [1400, True, [{'family': 'inet', 'address': '192.0.2.1', 'prefixlen': 24}]], 'state')
    equal(p.result(), True, 'gone')


@case('a named namespace is kept while it has its name')
def named(t):
    d = t.tapd()
    name = 'tapd-test-%d' % os.getpid()
    ip('netns', 'add', name)
    t.defer(run, 'ip', 'netns', 'del', name)

    def program(say):
        fd = os.open('/run/netns/' + name, os.O_RDONLY)
        if libc.setns(fd, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), 'setns')
        os.close(d.open('tap'))

        def there():
            return 'tap0' in interfaces()
        return there()
    equal(t.program(program).result(), True, 'the interface outlives its program there')
    other = t.program(lambda say: (unshare_net(), os.close(d.open('tap')))[0])
    other.result()
    wait_equal(lambda: d.ctl('-l')['names'], ['tap0'], 'the unit of the namespace without a name ends')
    ip('netns', 'del', name)
    wait_equal(lambda: d.ctl('-l')['names'], [], 'the unit of the named one ends with its name')


if __name__ == '__main__':
    main()
