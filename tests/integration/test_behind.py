#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Behind tapd's back: others change, rename and delete the interface with ip(8)."""
import os
import select

from lib import (PEER, case, check, equal, expect_errno, frame, ip, link, mac, main, tap_ifname, tap_info, wait_equal,
                 wait_until)


def up_unit(t, d, name, flags=os.O_RDWR):
    d.ctl(name, 'create')
    fd = t.open(d, name, flags)
    d.ctl(name, 'up')
    return fd, mac(d.unit(name)['ether'])


def passes(t, name, fd, ether):
    """Frames go both ways."""
    wire = t.wire(name)
    wire.send(frame(PEER, ether, 60, 1))
    equal(os.read(fd, 2000), frame(PEER, ether, 60, 1), 'frame read from ' + name)
    os.write(fd, frame(ether, PEER, 60, 2))
    equal(wire.receive(), frame(ether, PEER, 60, 2), 'frame the host got from ' + name)


@case('a deleted interface harms its unit only, and one log line says so')
def deleted(t):
    d = t.tapd()
    fd0, _ = up_unit(t, d, 'tap0')
    fd1, ether1 = up_unit(t, d, 'tap1')
    ip('link', 'del', 'tap0')
    wait_until(lambda: d.unit('tap0')['gone'], 'tapd to notice')
    expect_errno('EHOSTDOWN', os.read, fd0, 2000)
    expect_errno('ENXIO', os.write, fd0, frame(PEER, PEER, 60))
    expect_errno('ENXIO', d.open, 'tap0')
    passes(t, 'tap1', fd1, ether1)
    lines = [line for line in d.log().splitlines() if 'tap0' in line and 'deleted' in line]
    equal(len(lines), 1, 'log lines')
    check('tapctl tap0 create' in lines[0], 'the line says what to do next: ' + lines[0])
    equal(d.counters('tap0'), {'igone': 1}, 'counters')


@case('a deleted interface is noticed by the next write at the latest')  # WR-27
def deleted_write(t):
    d = t.tapd()
    fd, ether = up_unit(t, d, 'tap0')
    ip('link', 'del', 'tap0')
    expect_errno('ENXIO', os.write, fd, frame(ether, PEER, 60))
    expect_errno('EHOSTDOWN', os.read, fd, 2000)


@case('a reader that sleeps when the interface is deleted gets EHOSTDOWN')
def deleted_reader(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    program = t.blocked_reader(d, 'tap0')
    ip('link', 'del', 'tap0')
    equal(program.result(), 'EHOSTDOWN', 'result of the read')


def poller(say, path, how):
    """Waits for something to read; then what poll(2) said and what read(2) gives."""
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    if how == 'epoll':
        e = select.epoll()
        e.register(fd, select.EPOLLIN)
        say('ready')
        events = e.poll()
    else:
        p = select.poll()
        p.register(fd, select.POLLIN)
        say('ready')
        events = p.poll()
    say(events[0][1])
    return len(os.read(fd, 2000))


@case('a program that sleeps in poll when the interface is deleted is told')
def deleted_poller(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    program = t.program(poller, d.path('tap0'), 'poll')
    equal(program.hear(), 'ready', 'the program')
    program.wait_asleep()
    ip('link', 'del', 'tap0')
    check(program.hear() & (select.POLLIN | select.POLLERR | select.POLLHUP), 'poll tells')
    equal(program.result(), 'EHOSTDOWN', 'result of the read')


@case('create makes a deleted interface again, and the descriptor that was open works again')
def revived(t):
    d = t.tapd()
    fd, ether = up_unit(t, d, 'tap0')
    ip('link', 'del', 'tap0')
    wait_until(lambda: d.unit('tap0')['gone'], 'tapd to notice')
    equal(d.tapctl('tap0', 'create').returncode, 0, 'exit status of tapctl tap0 create')
    equal(d.unit('tap0')['gone'], False, 'gone')
    equal(mac(d.unit('tap0')['ether']), ether, 'link-level address of the new interface')
    expect_errno('EHOSTDOWN', os.read, fd, 2000)
    d.ctl('tap0', 'up')
    passes(t, 'tap0', fd, ether)
    os.close(fd)
    wait_until(lambda: 'UP' not in link('tap0')['flags'], 'the interface to go down with the close')


@case('a poll registered before the interface was deleted works after it was made again')
def revived_poller(t):
    d = t.tapd()
    fd, ether = up_unit(t, d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    e = select.epoll()
    e.register(fd, select.EPOLLIN)
    ip('link', 'del', 'tap0')
    wait_until(lambda: d.unit('tap0')['gone'], 'tapd to notice')
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    t.wire('tap0').send(frame(PEER, ether, 60))
    wait_equal(lambda: [ev for _, ev in e.poll(0)], [select.EPOLLIN], 'events')
    equal(os.read(fd, 2000), frame(PEER, ether, 60), 'frame read')


@case('a deleted interface can be destroyed and made anew')
def deleted_destroy(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    ip('link', 'del', 'tap0')
    wait_until(lambda: d.unit('tap0')['gone'], 'tapd to notice')
    d.ctl('tap0', 'destroy')
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up')
    passes(t, 'tap0', fd, mac(d.unit('tap0')['ether']))


@case('somebody who takes the name of a deleted interface keeps it')
def name_taken(t):
    d = t.tapd()
    fd, ether = up_unit(t, d, 'tap0')
    ip('link', 'del', 'tap0')
    wait_until(lambda: d.unit('tap0')['gone'], 'tapd to notice')
    ip('tuntap', 'add', 'tap0', 'mode', 'tap')
    index = link('tap0')['ifindex']
    p = d.tapctl('tap0', 'create')
    equal(p.returncode, 1, 'exit status of tapctl tap0 create')
    check('tap0' in p.stderr, 'message: ' + p.stderr)
    equal(link('tap0')['ifindex'], index, 'the other interface')
    expect_errno('ENXIO', os.write, fd, frame(ether, PEER, 60))
    ip('link', 'del', 'tap0')
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    passes(t, 'tap0', fd, ether)


@case('ip link set down and up are followed: the queue is thrown away, a sleeping reader told')
def down(t):
    d = t.tapd()
    fd, ether = up_unit(t, d, 'tap0')
    wire = t.wire('tap0')
    wire.send(frame(PEER, ether, 60, 1))
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 1, 'queue length')
    ip('link', 'set', 'tap0', 'down')
    expect_errno('EHOSTDOWN', os.read, fd, 2000)
    equal(os.write(fd, frame(ether, PEER, 60)), 60, 'a write while down')
    equal(d.counters('tap0'), {'opackets': 1, 'obytes': 60, 'oflushed': 1, 'idown': 1}, 'counters')
    check('UP' not in d.unit('tap0')['flags'], 'flags by tapctl')
    ip('link', 'set', 'tap0', 'up')
    check('UP' in d.unit('tap0')['flags'], 'flags by tapctl')
    wire = t.wire('tap0')
    wire.send(frame(PEER, ether, 60, 2))
    equal(os.read(fd, 2000), frame(PEER, ether, 60, 2), 'frame read when up again')


@case('a reader that sleeps when the interface goes down gets EHOSTDOWN')
def down_reader(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    program = t.blocked_reader(d, 'tap0')
    ip('link', 'set', 'tap0', 'down')
    equal(program.result(), 'EHOSTDOWN', 'result of the read')


@case('what the host sends in the moment it takes the interface down never shows up later')
def down_race(t):
    d = t.tapd()
    fd, ether = up_unit(t, d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    for tag in range(20):
        wire = t.wire('tap0')
        wire.send(frame(PEER, ether, 60, tag))
        ip('link', 'set', 'tap0', 'down')
        ip('link', 'set', 'tap0', 'up')
        expect_errno('EAGAIN', os.read, fd, 2000)
    equal(d.counters('tap0')['oflushed'], 20, 'frames thrown away')


@case('ip link set mtu is followed')
def mtu(t):
    d = t.tapd()
    fd, _ = up_unit(t, d, 'tap0')
    ip('link', 'set', 'tap0', 'mtu', '1400')
    equal(tap_info(fd), (10000000, 1400, 6), 'TAPGIFINFO')
    equal(d.unit('tap0')['mtu'], 1400, 'MTU by tapctl')


@case('ip link set address is followed: the filter lets the new address in')
def lladdr(t):
    d = t.tapd()
    fd, old = up_unit(t, d, 'tap0')
    new = bytes.fromhex('020000000042')
    ip('link', 'set', 'tap0', 'address', new.hex(':'))
    passes(t, 'tap0', fd, new)
    os.write(fd, frame(old, PEER, 60))
    equal(d.counters('tap0').get('ifiltered'), 1, 'frames to the old address dropped')
    equal(d.unit('tap0')['ether'], new.hex(':'), 'address by tapctl')


@case('addresses given with ip(8) are shown by tapctl')
def shown(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    ip('addr', 'add', '192.0.2.7/28', 'dev', 'tap0')
    equal(d.unit('tap0')['addresses'], [{'family': 'inet', 'address': '192.0.2.7', 'prefixlen': 28}], 'addresses')


@case('a renamed interface goes on working, and goes with its unit')
def renamed(t):
    d = t.tapd()
    fd, ether = up_unit(t, d, 'tap0')
    ip('link', 'set', 'tap0', 'down')
    ip('link', 'set', 'tap0', 'name', 'wan0')
    ip('link', 'set', 'wan0', 'up')
    passes(t, 'wan0', fd, ether)
    ip('link', 'set', 'wan0', 'mtu', '1300')
    equal(tap_info(fd)[1], 1300, 'MTU')
    os.close(fd)
    wait_until(lambda: 'UP' not in link('wan0')['flags'], 'the interface to go down with the close')
    d.ctl('tap0', 'destroy')
    equal(link('wan0'), None, 'the interface after destroy')


@case('a renamed interface is known by its new name to the program and to tapctl')  # IF-15, IO-01
def renamed_name(t):
    d = t.tapd()
    fd, _ = up_unit(t, d, 'tap0')
    ip('link', 'set', 'tap0', 'down')
    ip('link', 'set', 'tap0', 'name', 'wan0')
    equal(tap_ifname(fd), 'wan0', 'TAPGIFNAME')
    equal(d.unit('wan0')['name'], 'wan0', 'name by tapctl')
    equal(d.unit('tap0')['name'], 'wan0', 'name by tapctl, asked by the device')


@case('an interface moved to another network namespace does not end tapd')
def moved(t):
    d = t.tapd()
    _, _ = up_unit(t, d, 'tap0')
    fd1, ether1 = up_unit(t, d, 'tap1')
    ip('netns', 'add', 'tapd-elsewhere')
    try:
        ip('link', 'set', 'tap0', 'netns', 'tapd-elsewhere')
        passes(t, 'tap1', fd1, ether1)
        d.unit('tap0')
    finally:
        ip('netns', 'del', 'tapd-elsewhere')
    passes(t, 'tap1', fd1, ether1)


if __name__ == '__main__':
    main()
