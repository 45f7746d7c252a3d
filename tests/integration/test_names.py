#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Names that somebody else has are never taken over, neither below /dev nor among the interfaces."""
import os
import stat

from lib import (EX_FAIL, PEER, Skip, case, check, equal, expect_errno, frame, interfaces, ip, link, mac, main,
                 read_file, run, tap_ifname, write_file)


def foreign(t, path):
    """The path is the case's own: it stays, and goes with the case."""
    t.foreign.add(path)
    t.defer(lambda: os.path.lexists(path) and os.unlink(path))


def create_fails(d, name, path):
    p = d.tapctl(name, 'create')
    equal(p.returncode, EX_FAIL, 'exit status of tapctl %s create' % name)
    check(name in p.stderr and 'exists' in p.stderr, 'message: ' + p.stderr)
    return p.stderr


@case('a file of the name is never taken over: create fails, the clone device passes over it')
def plain_file(t):
    d = t.tapd()
    path = d.path('tap0')
    foreign(t, path)
    write_file(path, 'mine')
    message = create_fails(d, 'tap0', path)
    check('--prefix' in message, 'the message says what to do: ' + message)
    check('tap0' not in interfaces(), 'no interface is left of the attempt')
    equal(tap_ifname(t.open(d, 'tap')), 'tap1', 'the unit of the clone device')
    equal(d.tapctl('tap', 'create').stdout, 'tap2\n', 'the name tapctl tap create prints')
    equal(read_file(path), 'mine', 'the file')
    d.ctl('tap1', 'up')
    equal(d.ctl('-l')['names'], ['tap1', 'tap2'], 'units')


@case("somebody's symlink of the name is never taken over, dangling or not")
def symlink(t):
    d = t.tapd()
    for name, target in (('tap0', t.base + '/nowhere'), ('tap1', '/dev/null')):
        os.symlink(target, d.path(name))
        foreign(t, d.path(name))
        create_fails(d, name, d.path(name))
        equal(os.readlink(d.path(name)), target, 'the symlink')
    equal(tap_ifname(t.open(d, 'tap')), 'tap2', 'the unit of the clone device')


@case("an interface of the name is never taken over: somebody's TAP and any other kind")
def interface(t):
    ip('tuntap', 'add', 'tap0', 'mode', 'tap')
    t.defer(run, 'ip', 'link', 'del', 'tap0')
    t.foreign.add('interface tap0')
    ip('link', 'set', 'lo', 'down')
    ip('link', 'set', 'lo', 'name', 'tap1')
    try:
        d = t.tapd()
        before = link('tap0'), link('tap1')
        for name in ('tap0', 'tap1'):
            check('ip link delete' in create_fails(d, name, d.path(name)), 'the message says what to do')
            check(not os.path.lexists(d.path(name)), 'no node is left of the attempt')
        equal(tap_ifname(t.open(d, 'tap')), 'tap2', 'the unit of the clone device')
        equal((link('tap0'), link('tap1')), before, 'the interfaces of others')
    finally:
        ip('link', 'set', 'tap1', 'name', 'lo')
        ip('link', 'set', 'lo', 'up')


@case('a macvtap node is never taken over')
def macvtap(t):
    d = t.tapd()
    d.ctl('vmnet0', 'create')
    p = run('ip', 'link', 'add', 'link', 'vmnet0', 'name', 'mv0', 'type', 'macvtap')
    if p.returncode != 0:
        raise Skip('no macvtap in this kernel: ' + p.stderr.strip())
    t.defer(run, 'ip', 'link', 'del', 'mv0')
    name = 'tap%d' % link('mv0')['ifindex']
    path = d.path(name)
    if d.dev_dir != '/dev':
        if not os.path.exists('/dev/' + name):
            raise Skip('nothing makes the node /dev/%s here' % name)
        os.mknod(path, 0o600 | stat.S_IFCHR, os.stat('/dev/' + name).st_rdev)
        foreign(t, path)
    before = os.stat(path).st_rdev
    create_fails(d, name, path)
    equal(os.stat(path).st_rdev, before, 'the node')


@case('a taken clone name ends the start, with a message, and leaves nothing')
def clone_taken(t):
    d = t.tapd(start=False)
    path = d.path('tap')
    foreign(t, path)
    write_file(path, 'mine')
    p = run(*d.argv)
    check(p.returncode not in (0, None), 'exit status %r' % p.returncode)
    check(path in p.stderr and '--prefix' in p.stderr, 'message: ' + p.stderr)
    equal(read_file(path), 'mine', 'the file')
    equal(d.left(), [path], 'what is left')


def works(t, d, name):
    fd = t.open(d, name)
    d.ctl(name, 'up')
    ether = mac(d.unit(name)['ether'])
    wire = t.wire(name)
    wire.send(frame(PEER, ether, 60))
    equal(os.read(fd, 2000), frame(PEER, ether, 60), 'frame read from ' + name)
    equal(tap_ifname(fd), name, 'TAPGIFNAME of ' + name)


@case('--prefix is before every name')
def prefix(t):
    d = t.tapd(prefix='x-')
    equal(d.tapctl('x-tap', 'create').stdout, 'x-tap0\n', 'the name tapctl x-tap create prints')
    works(t, d, 'x-tap0')
    equal(tap_ifname(t.open(d, 'x-tap')), 'x-tap1', 'the unit of the clone device')
    equal(tap_ifname(t.open(d, 'x-vmnet')), 'x-vmnet0', 'the unit of the clone device of vmnet')
    p = d.tapctl('tap0', 'create')
    equal(p.returncode, EX_FAIL, 'exit status of tapctl tap0 create')
    check('x-tap0' in p.stderr, 'the message names the prefix: ' + p.stderr)
    expect_errno('ENOENT', d.open, 'tap')


@case('two tapds, with their own run directory and prefix, do not meet')
def two(t):
    a = t.tapd(base='a')
    b = t.tapd(base='b', prefix='b')
    a.ctl('tap0', 'create')
    b.ctl('btap0', 'create')
    works(t, a, 'tap0')
    works(t, b, 'btap0')
    b.stop()
    equal(b.left(), [], 'left by the one that stopped')
    works(t, a, a.tapctl('tap', 'create').stdout.strip())


@case('units may be made in any number and order; names that are none are refused')
def numbers(t):
    d = t.tapd()
    for name in ('tap5', 'tap0', 'tap32767', 'vmnet3'):
        equal(d.ctl(name, 'create')['created'], name, 'created')
        check(os.path.exists(d.path(name)), 'node of ' + name)
    equal(d.tapctl('tap', 'create').stdout, 'tap1\n', 'the lowest free one')
    equal(d.ctl('-l')['names'], ['tap0', 'tap1', 'tap5', 'tap32767', 'vmnet3'], 'units')
    for name in ('tap05', 'tap32768', 'tap-1', 'tun0', 'TAP0', 'tap1x', ''):
        equal(d.tapctl(name, 'create').returncode, EX_FAIL, 'exit status of tapctl %s create' % name)
    create_fails(d, 'tap5', d.path('tap5'))


if __name__ == '__main__':
    main()
