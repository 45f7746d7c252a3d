#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Frames, both ways: every one of them and every byte is counted on both sides; the queue; the address filter."""
import os
import socket

from lib import (BROADCAST, MULTICAST, PEER, STRANGER, WAIT, Skip, case, equal, expect_errno, frame, ip, link_stats,
                 mac, main, run, udp_frame, wait_equal)

SIZES = (14, 15, 60, 1514)
HOST, PROGRAM = '192.0.2.1', '192.0.2.2'


def up_unit(t, d, name='tap0', flags=os.O_RDWR):
    """The unit made, open and up: its descriptor, its link-level address, and the host's wire."""
    d.ctl(name, 'create')
    fd = t.open(d, name, flags)
    d.ctl(name, 'up')
    return fd, mac(d.unit(name)['ether']), t.wire(name)


@case('the host sends, the program reads: frames and bytes are exact on both sides')
def to_program(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    sent = [frame(PEER, ether, size, size) for size in SIZES]
    for f in sent:
        wire.send(f)
    equal([os.read(fd, 2000) for _ in sent], sent, 'frames read')
    equal(d.counters('tap0'), {'opackets': 4, 'obytes': sum(SIZES)}, 'counters of tapd')
    equal(link_stats('tap0'), (0, 0, 4, sum(SIZES)), 'counters of the host')


@case('the program writes, the host receives: frames and bytes are exact on both sides')
def to_host(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    sent = [frame(ether, PEER, size, size) for size in SIZES]
    for f in sent:
        equal(os.write(fd, f), len(f), 'bytes written')
    equal([wire.receive() for _ in sent], sent, 'frames the host got')
    equal(d.counters('tap0'), {'ipackets': 4, 'ibytes': sum(SIZES)}, 'counters of tapd')
    equal(link_stats('tap0'), (4, sum(SIZES), 0, 0), 'counters of the host')


@case('multicast and broadcast frames are counted as such, both ways')
def multicast(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    for dst in (BROADCAST, MULTICAST, PEER):
        wire.send(frame(dst, ether, 60))
        os.read(fd, 2000)
    for dst in (BROADCAST, MULTICAST, ether):
        os.write(fd, frame(dst, PEER, 64))
        wire.receive()
    equal(d.counters('tap0'), {'opackets': 3, 'obytes': 180, 'omcasts': 2, 'ipackets': 3, 'ibytes': 192, 'imcasts': 2},
          'counters of tapd')
    equal(link_stats('tap0'), (3, 192, 3, 180), 'counters of the host')


@case('UDP both ways between a host socket and the program')
def udp(t):
    d = t.tapd()
    fd, ether, _ = up_unit(t, d)
    d.ctl('tap0', 'inet', HOST + '/24')
    ip('neigh', 'add', PROGRAM, 'lladdr', PEER.hex(':'), 'dev', 'tap0')
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((HOST, 7000))
        s.settimeout(WAIT)
        s.sendto(b'to the program', (PROGRAM, 7001))
        got = os.read(fd, 2000)
        equal(got[:14], PEER + ether + b'\x08\x00', 'Ethernet header')
        equal(got[42:], b'to the program', 'payload')
        os.write(fd, udp_frame(ether, PEER, PROGRAM, HOST, 7001, 7000, b'to the host'))
        equal(s.recvfrom(2000), (b'to the host', (PROGRAM, 7001)), 'datagram the host got')
    equal(d.counters('tap0'), {'opackets': 1, 'obytes': 56, 'ipackets': 1, 'ibytes': 53}, 'counters of tapd')
    equal(link_stats('tap0'), (1, 53, 1, 56), 'counters of the host')


@case('a short read loses the rest of its frame, not the next frame')
def short_read(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    first, second = frame(PEER, ether, 100, 1), frame(PEER, ether, 60, 2)
    wire.send(first)
    wire.send(second)
    equal(os.read(fd, 20), first[:20], 'the short read')
    equal(os.read(fd, 2000), second, 'the read after it')
    equal(d.counters('tap0'), {'opackets': 2, 'obytes': 160, 'otruncated': 1}, 'counters of tapd')


@case('writes that are no frame: short ones are swallowed, too long ones refused')
def odd_writes(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    equal(os.write(fd, b'x' * 13), 13, 'a write of 13 bytes')
    expect_errno('EIO', os.write, fd, frame(ether, PEER, 16385))
    good = frame(ether, PEER, 60)
    os.write(fd, good)
    equal(wire.receive(), good, 'the only frame the host got')
    equal(d.counters('tap0'), {'ishort': 1, 'ibig': 1, 'ipackets': 1, 'ibytes': 60}, 'counters of tapd')
    equal(link_stats('tap0'), (1, 60, 0, 0), 'counters of the host')


@case('the queue holds 50 frames, drops the newest, and gives them in order')
def overflow(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d, flags=os.O_RDWR | os.O_NONBLOCK)
    sent = [frame(PEER, ether, 60, tag) for tag in range(60)]
    for f in sent:
        wire.send(f)
    want = {'opackets': 50, 'obytes': 3000, 'oqdrops': 10}
    wait_equal(lambda: d.counters('tap0'), want, 'counters of tapd')
    equal(d.unit('tap0')['queue'], {'length': 50, 'limit': 50}, 'queue')
    equal([os.read(fd, 2000) for _ in range(50)], sent[:50], 'frames read')
    expect_errno('EAGAIN', os.read, fd, 2000)
    wire.send(sent[59])
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 1, 'queue length')
    equal(os.read(fd, 2000), sent[59], 'the frame after the queue was empty again')
    equal(link_stats('tap0'), (0, 0, 61, 61 * 60), 'counters of the host')


def filtered(d, fd, ether, wire):
    """Writes a frame for somebody else, then one for us: which arrive."""
    other, ours = frame(STRANGER, PEER, 60, 1), frame(ether, PEER, 60, 2)
    equal(os.write(fd, other), 60, 'a write to another address')
    os.write(fd, ours)
    got = [wire.receive()]
    if got[0] != ours:
        got.append(wire.receive())
    equal(got, ([other] if other in got else []) + [ours], 'frames the host got')
    return other not in got


def check_filter(d, fd, ether, wire, on, off):
    """The filter acts, not after on(), and again after off()."""
    equal(filtered(d, fd, ether, wire), True, 'filtered at first')
    on()
    equal(filtered(d, fd, ether, wire), False, 'filtered while promiscuous')
    off()
    equal(filtered(d, fd, ether, wire), True, 'filtered afterwards')
    equal(d.counters('tap0'), {'ipackets': 4, 'ibytes': 240, 'ifiltered': 2}, 'counters of tapd')


@case('the address filter follows ip link set promisc')
def filter_ip(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    check_filter(d, fd, ether, wire, lambda: ip('link', 'set', 'tap0', 'promisc', 'on'),
                 lambda: ip('link', 'set', 'tap0', 'promisc', 'off'))


@case('the address filter follows tapctl promisc')
def filter_tapctl(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    check_filter(d, fd, ether, wire, lambda: d.ctl('tap0', 'promisc'), lambda: d.ctl('tap0', '-promisc'))


@case('the address filter follows a packet socket that wants the interface promiscuous')
def filter_packet(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    sniffer = []
    check_filter(d, fd, ether, wire, lambda: sniffer.append(t.wire('tap0', promisc=True)), lambda: sniffer[0].close())


@case('a member of a bridge takes frames for any address')  # WR-05, WR-25
def filter_bridge(t):
    p = run('ip', 'link', 'add', 'br0', 'type', 'bridge')
    if p.returncode != 0:
        raise Skip('no bridge in this kernel: ' + p.stderr.strip())
    t.defer(run, 'ip', 'link', 'del', 'br0')
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    check_filter(d, fd, ether, wire, lambda: ip('link', 'set', 'tap0', 'master', 'br0'),
                 lambda: ip('link', 'set', 'tap0', 'nomaster'))


@case('two units bridged by the host: what one program writes the other reads')  # RD-24
def bridged(t):
    if run('ip', 'link', 'add', 'br0', 'type', 'bridge').returncode != 0:
        raise Skip('no bridge in this kernel')
    t.defer(run, 'ip', 'link', 'del', 'br0')
    ip('link', 'set', 'br0', 'up')
    d = t.tapd()
    fds = [up_unit(t, d, name)[0] for name in ('tap0', 'tap1')]
    for name in ('tap0', 'tap1'):
        ip('link', 'set', name, 'master', 'br0')
    sent = frame(STRANGER, PEER, 60)
    os.write(fds[0], sent)
    equal(os.read(fds[1], 2000), sent, 'the frame at the other end')
    os.write(fds[1], frame(PEER, STRANGER, 60))
    equal(os.read(fds[0], 2000), frame(PEER, STRANGER, 60), 'the answer')


@case('a thousand frames each way at once, none lost where the program keeps up')
def many(t):
    d = t.tapd()
    fd, ether, wire = up_unit(t, d)
    for tag in range(1000):
        wire.send(frame(PEER, ether, 60, tag))
        os.write(fd, frame(ether, PEER, 60, tag))
        equal(os.read(fd, 2000), frame(PEER, ether, 60, tag), 'frame %d read' % tag)
        equal(wire.receive(), frame(ether, PEER, 60, tag), 'frame %d the host got' % tag)
    equal(d.counters('tap0'), {'opackets': 1000, 'obytes': 60000, 'ipackets': 1000, 'ibytes': 60000},
          'counters of tapd')
    equal(link_stats('tap0'), (1000, 60000, 1000, 60000), 'counters of the host')


if __name__ == '__main__':
    main()
