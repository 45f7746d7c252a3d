#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Several systems at once, and the clone device under many openers (OP-01, OP-02, section 12's clone_reuse, NB-02)."""
import errno
import os

from lib import (BROADCAST, FIONREAD, PEER, TAPGIFINFO, case, equal, fcntl, frame, ioctl_get, main, run, tap_ifname,
                 wait_equal)

NB_TAPGIFNAME = 0x80286500
OPENERS = 20


def clone_openers(t, d, n):
    """n programs that have all opened /dev/tap at the same time; the names they got, and how to let them end."""
    start, leave = os.pipe(), os.pipe()

    def opener(say):
        os.read(start[0], 1)
        fd = d.open('tap')
        say(tap_ifname(fd))
        os.read(leave[0], 1)                    # until the last has its own
    programs = [t.program(opener, keep=(start[0], leave[0])) for _ in range(n)]
    os.write(start[1], b'x' * n)
    names = sorted(p.hear() for p in programs)

    def end():
        os.write(leave[1], b'x' * n)
        for p in programs:
            p.result()
        for fd in start + leave:
            os.close(fd)
    return names, end


@case('clone_reuse: twenty openers at once get twenty units, twenty more the same ones; without it new ones')
def many_openers(t):
    d = t.tapd()
    d.ctl('sysctl', 'net.link.tap.clone_reuse=1')
    want = sorted('tap%d' % n for n in range(OPENERS))
    for turn in ('first', 'second'):
        names, end = clone_openers(t, d, OPENERS)
        equal(names, want, 'units of the %s twenty' % turn)
        end()
        wait_equal(lambda: [u for u in want if d.unit(u)['opened_by']], [], 'open units')
    equal(sorted(d.ctl('-l')['names']), want, 'units there are')
    d.ctl('sysctl', 'net.link.tap.clone_reuse=0')
    names, end = clone_openers(t, d, 2)
    equal(names, ['tap20', 'tap21'], 'units without clone_reuse')
    end()


@case('cat > /dev/tap twice: one unit with clone_reuse, two without')
def cat_twice(t):
    for reuse, units in ((1, ['tap0']), (0, ['tap0', 'tap1'])):
        d = t.tapd(base='reuse%d' % reuse, prefix='' if reuse else 'x')
        d.ctl('sysctl', 'net.link.tap.clone_reuse=%d' % reuse)
        clone = d.path('tap' if reuse else 'xtap')
        for _ in range(2):
            equal(run('sh', '-c', 'cat > "$0" < /dev/null', clone).returncode, 0, 'exit status of cat')
            wait_equal(lambda: [u['name'] for u in d.ctl('-a')['units'] if u['opened_by']], [], 'open units')
        names = [n[0 if reuse else 1:] for n in d.ctl('-l')['names']]
        equal(names, units, 'units with clone_reuse=%d' % reuse)


def result(fn, *args):
    try:
        return fn(*args)
    except OSError as e:
        return errno.errorcode[e.errno]


def behaviour(t, d, name):
    """What one program sees of the unit, call by call."""
    seen = {}
    fd = t.open(d, name, os.O_RDWR)
    seen['read, down'] = result(os.read, fd, 100) if d.unit(name)['dialect'] != 'freebsd-12' else 'waits'
    seen['write 60, down'] = result(os.write, fd, frame(BROADCAST, PEER, 60))
    d.ctl(name, 'up')
    seen['write 60'] = result(os.write, fd, frame(BROADCAST, PEER, 60))
    seen['write 16385'] = result(os.write, fd, frame(BROADCAST, PEER, 16385))
    seen['FIONREAD'] = result(ioctl_get, fd, FIONREAD)
    seen['TAPGIFINFO'] = result(lambda: fcntl.ioctl(fd, TAPGIFINFO, bytes(8))[4:7])
    seen['TAPGIFNAME'] = result(tap_ifname, fd)
    seen["NetBSD's TAPGIFNAME"] = result(lambda: fcntl.ioctl(fd, NB_TAPGIFNAME, bytes(40))[:4])
    seen['second open'] = result(d.open, name)
    os.close(fd)
    wait_equal(lambda: d.unit(name)['opened_by'], [], 'openers')
    seen['up after close'] = 'UP' in d.unit(name)['flags']
    return seen


@case('two programs, two systems, one tapd: they differ where the systems do, and nowhere else')
def two_systems(t):
    d = t.tapd()
    for n, system in enumerate(('freebsd-12', 'netbsd-10')):
        d.ctl('tap%d' % n, 'create')
        d.ctl('tap%d' % n, 'dialect', system)
    freebsd, netbsd = behaviour(t, d, 'tap0'), behaviour(t, d, 'tap1')
    differ = {k: (freebsd[k], netbsd[k]) for k in freebsd if freebsd[k] != netbsd[k]}
    equal(differ, {
        'read, down': ('waits', 'EHOSTDOWN'),
        'write 60, down': (0, 60),
        'write 16385': ('EIO', 16385),
        'TAPGIFINFO': (b'\xdc\x05\x06', 'ENOTTY'),
        'TAPGIFNAME': ('tap0', 'ENOTTY'),
        "NetBSD's TAPGIFNAME": ('ENOTTY', b'tap1'),
        'up after close': (False, True),
    }, 'where the two differ')


if __name__ == '__main__':
    main()
