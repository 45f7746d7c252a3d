#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The last close: what of the interface goes with it, what is spared, and where frames go that nobody is there for."""
import os

from lib import (PEER, Skip, addresses, case, check, equal, expect_errno, frame, have_inet6, ip, kernel_release, link,
                 mac, main, routes, set_inet6, wait_equal, wait_until)


def flags(d, name):
    return d.unit(name)['flags']


def wait_closed(d, name):
    """A close(2) that has returned may still be on its way to tapd."""
    wait_equal(lambda: d.unit(name)['opened_by'], [], 'openers of ' + name)


def host_up(name):
    return 'UP' in link(name)['flags']


def addressed_unit(t, d, name='tap0', prefix='192.0.2.'):
    """A unit that is open, up and has an IPv4 address (IPv6 too, where the kernel has it), with routes."""
    d.ctl(name, 'create')
    if have_inet6():
        set_inet6(name, True)
    fd = t.open(d, name)
    d.ctl(name, 'inet', prefix + '1/24')
    ip('route', 'add', '198.51.100.0/24', 'via', prefix + '2')
    if have_inet6():
        d.ctl(name, 'inet6', '2001:db8::1/64')
    return fd


def routes_of(name):
    """Without what they say of the carrier."""
    return sorted(r.replace(' linkdown', '') for r in routes(name))


def have_addresses(name):
    want = ['192.0.2.1/24'] + (['2001:db8::1/64'] if have_inet6() else [])
    have = addresses(name)
    return all(a in have for a in want) and any('198.51.100.0/24' in r for r in routes(name))


@case('the last close takes the interface down, and its addresses and routes away')  # CL-03, CL-04
def purge(t):
    d = t.tapd()
    fd = addressed_unit(t, d)
    check(have_addresses('tap0'), 'addresses and routes while open')
    os.close(fd)
    wait_closed(d, 'tap0')
    equal(host_up('tap0'), False, 'up after the last close')
    equal(addresses('tap0'), [], 'addresses after the last close')
    equal(routes('tap0'), [], 'routes after the last close')
    equal(d.unit('tap0')['addresses'], [], 'addresses, by tapctl')
    check('RUNNING' not in flags(d, 'tap0'), 'RUNNING went with the last close')


@case('the last close takes the addresses of an interface that is down already')
def purge_down(t):
    d = t.tapd()
    fd = addressed_unit(t, d)
    ip('link', 'set', 'tap0', 'down')
    check('192.0.2.1/24' in addresses('tap0'), 'the address while down')
    os.close(fd)
    wait_closed(d, 'tap0')
    equal(addresses('tap0'), [], 'addresses after the last close')


def check_spared(t, d, fd, name):
    before = routes_of(name)
    os.close(fd)
    wait_closed(d, name)
    equal(host_up(name), True, 'up after the last close')
    check(have_addresses(name), 'addresses and routes after the last close')
    # IPv6 may have added some meanwhile, once it knew that no other host has the address.
    equal([r for r in before if r not in routes_of(name)], [], 'routes that went with the last close')
    check('RUNNING' in flags(d, name), 'RUNNING after the last close')


@case('LINK0 spares flags, addresses and routes')
def link0(t):
    d = t.tapd()
    fd = addressed_unit(t, d)
    d.ctl('tap0', 'link0')
    check_spared(t, d, fd, 'tap0')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', '-link0')
    os.close(fd)
    wait_closed(d, 'tap0')
    equal((host_up('tap0'), addresses('tap0')), (False, []), 'up and addresses after LINK0 was cleared')


@case('a vmnet keeps flags, addresses and routes')
def vmnet(t):
    d = t.tapd()
    check_spared(t, d, addressed_unit(t, d, 'vmnet0'), 'vmnet0')


@case('a vmnet keeps what the host sends for the next opener, and throws away what was queued at the close')
def vmnet_keeps(t):
    d = t.tapd()
    d.ctl('vmnet0', 'create')
    d.ctl('vmnet0', 'up')
    wire = t.wire('vmnet0')
    fd = t.open(d, 'vmnet0')
    wire.send(frame(PEER, PEER, 60, 100))
    wait_equal(lambda: d.unit('vmnet0')['queue']['length'], 1, 'queue length')
    os.close(fd)
    wait_closed(d, 'vmnet0')
    sent = [frame(PEER, PEER, 60, tag) for tag in range(3)]
    for f in sent:
        wire.send(f)
    wait_equal(lambda: d.unit('vmnet0')['queue']['length'], 3, 'queue length while closed')
    fd = t.open(d, 'vmnet0')
    equal([os.read(fd, 2000) for _ in sent], sent, 'frames read by the next opener')
    equal(d.counters('vmnet0'), {'opackets': 4, 'obytes': 240, 'oflushed': 1}, 'counters of tapd')


@case('the last close throws the queue away, and counts it')
def flush(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up')
    wire = t.wire('tap0')
    for tag in range(7):
        wire.send(frame(PEER, PEER, 60, tag))
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 7, 'queue length')
    os.close(fd)
    wait_closed(d, 'tap0')
    equal(d.unit('tap0')['queue']['length'], 0, 'queue length after the close')
    equal(d.counters('tap0'), {'opackets': 7, 'obytes': 420, 'oflushed': 7}, 'counters of tapd')
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    d.ctl('tap0', 'up')
    expect_errno('EAGAIN', os.read, fd, 2000)


@case('what the host sends before the first open is thrown away and counted')
def output_unopened(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    wire = t.wire('tap0')
    for tag in range(5):
        wire.send(frame(PEER, PEER, 60, tag))
    wait_equal(lambda: d.counters('tap0'), {'oerrors': 5, 'obytes': 300}, 'counters of tapd')
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    expect_errno('EAGAIN', os.read, fd, 2000)
    wire.send(frame(PEER, PEER, 60, 9))
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 1, 'queue length once open')
    equal(os.read(fd, 2000), frame(PEER, PEER, 60, 9), 'the frame sent once open')


@case('what the host sends after the last close is thrown away, counted and never seen by the next opener')  # QU-03
def output_closed(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'link0', 'up')
    os.close(t.open(d, 'tap0'))
    wait_closed(d, 'tap0')
    wire = t.wire('tap0')
    for tag in range(5):
        wire.sock.send(frame(PEER, PEER, 60, tag))
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    expect_errno('EAGAIN', os.read, fd, 2000)
    wire.send(frame(PEER, PEER, 60, 9))
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 1, 'queue length once open')
    equal(os.read(fd, 2000), frame(PEER, PEER, 60, 9), 'the first frame read')
    if kernel_release() < (6, 3):
        raise Skip('before Linux 6.3 no counter knows of frames sent without a carrier')
    count = d.counters('tap0')
    equal((count['oerrors'], count['opackets']), (5, 1), 'oerrors and opackets')


@case('the carrier follows the device: bystanders see whether a program is there')  # OP-31, CL-09, IF-41
def carrier(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'link0', 'up')

    def seen():
        return 'LOWER_UP' in link('tap0')['flags'], d.unit('tap0')['status']
    fd = t.open(d, 'tap0')
    wait_equal(seen, (True, 'active'), 'carrier while open')
    os.close(fd)
    wait_equal(seen, (False, 'no carrier'), 'carrier after the close')
    t.open(d, 'tap0')
    wait_equal(seen, (True, 'active'), 'carrier when open again')


@case('net.link.tap.up_on_open marks the interface up, and close takes it down')
def up_on_open(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    os.close(t.open(d, 'tap0'))
    equal(host_up('tap0'), False, 'up after an open without up_on_open')
    d.ctl('sysctl', 'net.link.tap.up_on_open=1')
    wait_closed(d, 'tap0')
    fd = t.open(d, 'tap0')
    equal(host_up('tap0'), True, 'up after an open with up_on_open')
    os.close(fd)
    wait_until(lambda: not host_up('tap0'), 'the interface to go down with the close')


@case('what the unit is survives the close: MTU, address, counters; and the node stays')
def kept(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'mtu', '1400', 'ether', '02:00:00:00:00:77')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up')
    os.write(fd, frame(mac('02:00:00:00:00:77'), PEER, 60))
    os.close(fd)
    wait_closed(d, 'tap0')
    u = d.unit('tap0')
    equal((u['mtu'], u['ether'], u['counters']['ipackets']), (1400, '02:00:00:00:00:77', 1), 'MTU, address, ipackets')
    t.open(d, 'tap0')


@case('an open right after a close never finds the device busy')
def reopen(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    for _ in range(300):
        os.close(d.open('tap0'))


@case('a unit that the clone device made stays, closed and down, until it is destroyed')
def clone_stays(t):
    d = t.tapd()
    fd = t.open(d, 'tap')
    equal(d.ctl('-l')['names'], ['tap0'], 'units')
    os.close(fd)
    wait_closed(d, 'tap0')
    check(os.path.exists(d.path('tap0')), 'the node after the close')
    d.ctl('tap0', 'destroy')
    equal(d.ctl('-l')['names'], [], 'units after destroy')
    check(not os.path.lexists(d.path('tap0')), 'the node after destroy')
    equal(link('tap0'), None, 'the interface after destroy')


@case('destroy waits for the last close, and may be taken back')  # IF-10, IF-11, OP-27, RD-28
def destroy_waits(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    c = d.connect()
    t.defer(c.close)
    c.send('tap0', 'destroy')
    equal(c.receive()['waiting'], {'name': 'tap0', 'opened_by': [os.getpid()]}, 'what the waiting client is told')
    c.close()
    wait_until(lambda: 'tap0' in d.ctl('-l')['names'], 'the unit to live on')
    other = d.connect()
    t.defer(other.close)
    other.send('tap0', 'destroy')
    other.receive()
    expect_errno('EBUSY', d.open, 'tap0')
    os.close(fd)
    equal('error' in other.receive(), False, 'error of the destroy after the last close')
    equal(link('tap0'), None, 'the interface')


if __name__ == '__main__':
    main()
