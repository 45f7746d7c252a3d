#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The pcap wire: a unit plugged into one end of a veth pair, and a peer in a namespace of its own at the other.

The peer's kernel is what a network card's neighbours are: it resolves addresses, answers ping, speaks TCP, leaves
checksums and segmentation to its card, comes and goes.
"""
import contextlib
import ctypes
import fcntl
import hashlib
import os
import re
import select
import signal
import socket
import struct

from lib import (BROADCAST, EX_FAIL, MULTICAST, STRANGER, WAIT, Wire, case, check, equal, frame, inet_checksum, ip,
                 link, link_stats, mac, main, read_file, run, set_inet6, wait_equal, write_file)

OWN, THERE = mac('02:00:00:00:00:02'), mac('02:00:00:00:00:01')         # the unit's address, and the peer's
PEER, PROGRAM = '192.0.2.1', '192.0.2.2'
UDP_SEGMENT = 103


def ether_text(address):
    return address.hex(':')


# ---------------------------------------------------------------- namespaces

@contextlib.contextmanager
def netns(name):
    """This process, and what it starts, in another network namespace for a while."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open('/proc/self/ns/net') as here, open('/run/netns/' + name) as there:
        check(libc.setns(there.fileno(), 0x40000000) == 0, 'setns: errno %d' % ctypes.get_errno())
        try:
            yield
        finally:
            check(libc.setns(here.fileno(), 0x40000000) == 0, 'setns back')


def add_netns(t, name):
    ip('netns', 'add', name)
    t.defer(ip, 'netns', 'del', name)
    with netns(name):
        set_inet6('default', False)
        ip('link', 'set', 'lo', 'up')


def add_veth(mtu=1500):
    ip('link', 'add', 'veth0', 'mtu', str(mtu), 'type', 'veth', 'peer', 'name', 'veth1', 'mtu', str(mtu),
       'address', ether_text(THERE), 'netns', 'peer')
    ip('link', 'set', 'veth0', 'up')
    ip('-n', 'peer', 'addr', 'add', PEER + '/24', 'dev', 'veth1')
    ip('-n', 'peer', 'link', 'set', 'veth1', 'up')


class Net:
    """The pair, a tapd, and tap0 plugged into this end: open and up, unless told otherwise."""

    def __init__(self, t, mtu=1500, opened=True):
        self.t = t
        add_netns(t, 'peer')
        add_veth(mtu)
        t.defer(run, 'ip', 'link', 'del', 'veth0')
        self.d = t.tapd()
        self.d.ctl('tap0', 'create', 'attach', 'pcap:veth0')
        self.d.ctl('tap0', 'ether', ether_text(OWN), 'mtu', str(mtu))
        self.fd = self.open() if opened else None

    def open(self):
        fd = self.t.open(self.d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
        self.d.ctl('tap0', 'up')
        return fd

    def peer_wire(self):
        """A packet socket at the other end."""
        with netns('peer'):
            wire = Wire('veth1', promisc=True)
        self.t.defer(wire.close)
        return wire

    def neighbour(self):
        ip('-n', 'peer', 'neigh', 'replace', PROGRAM, 'lladdr', ether_text(OWN), 'dev', 'veth1', 'nud', 'permanent')

    def network(self):
        """Its counters, those that are not 0."""
        return {k: v for k, v in self.d.unit('tap0')['network'].items() if v != 0}

    def says(self, text):
        """Wait until this is in what there is to say of the wire."""
        wait_equal(lambda: text in self.d.unit('tap0')['attached'] if text else self.d.unit('tap0')['attached'] == '',
                   True, 'the unit says "%s"' % text)

    def halt(self):
        """tapd does nothing until go_on(); what comes for it waits."""
        self.d.proc.send_signal(signal.SIGSTOP)
        wait_equal(lambda: read_file('/proc/%d/stat' % self.d.pid).rsplit(')', 1)[1].split()[0], 'T', 'state of tapd')

    def go_on(self):
        self.d.proc.send_signal(signal.SIGCONT)

    def tapping(self, *options):
        """The example program at /dev/tap0, ready."""
        p = self.t.program(exec_tapping, self.t.options.tapping, self.d.path('tap0'), *options)
        wait_equal(lambda: self.d.unit('tap0')['opened_by'], [p.pid], 'who has it open')
        self.d.ctl('tap0', 'up')
        return p


def exec_tapping(say, path, device, *options):
    os.dup2(2, 1)
    os.execv(path, [path, '-e', ether_text(OWN), *options, device])


def read_frame(fd):
    check(select.select([fd], [], [], WAIT)[0], 'a frame within %d s' % WAIT)
    return os.read(fd, 70000)


def write(fd, data):
    equal(os.write(fd, data), len(data), 'bytes written')


def ping(family, address, count=3):
    p = run('ip', 'netns', 'exec', 'peer', 'ping', family, '-c', str(count), '-i', '0.1', '-W', '5', address)
    check('%d received' % count in p.stdout, 'ping: ' + p.stdout + p.stderr)


# ---------------------------------------------------------------- programs behind it

@case('ARP and ping: a program behind /dev/tap0 answers through a network interface')
def arp_and_ping(t):
    n = Net(t, opened=False)
    n.tapping('-4', PROGRAM)
    ping('-4', PROGRAM)
    equal(n.network(), {'rx': 4, 'tx': 4}, 'an ARP request and three pings, each answered')
    c = n.d.counters('tap0')
    equal((c['opackets'], c['omcasts'], c['ipackets']), (4, 1, 4), "the unit's counters")
    with netns('peer'):
        equal(run('ip', 'neigh', 'show', PROGRAM).stdout.split()[:4], [PROGRAM, 'dev', 'veth1', 'lladdr'], 'neighbour')


@case('IPv6: neighbour discovery and ping')
def inet6(t):
    n = Net(t, opened=False)
    n.tapping('-6', '2001:db8::2')
    with netns('peer'):
        write_file('/proc/sys/net/ipv6/conf/veth1/router_solicitations', '0')
        set_inet6('veth1', True)
        ip('addr', 'add', '2001:db8::1/64', 'dev', 'veth1', 'nodad')
    ping('-6', '2001:db8::2')
    equal(n.network()['tx'], 4, 'an advertisement and three answers')
    c = n.d.counters('tap0')
    equal(c['ipackets'], 4, 'written')
    wait_equal(lambda: n.d.counters('tap0')['opackets'], n.network()['rx'], 'what came was read')


class Relay:
    """
    A guest with a TCP stack behind /dev/tap0: a host TAP in a third namespace, and a program that copies frames between
    the two.
    """

    def __init__(self, n, mtu):
        add_netns(n.t, 'guest')
        with netns('guest'):
            tap = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(tap, 0x400454ca, struct.pack('16sH22x', b'guest0', 0x1002))     # TUNSETIFF: a TAP, no header
            ip('link', 'set', 'guest0', 'address', ether_text(OWN), 'mtu', str(mtu), 'up')
            ip('addr', 'add', PROGRAM + '/24', 'dev', 'guest0')
        n.t.program(copy_frames, n.fd, tap, keep=(n.fd, tap))
        os.close(tap)


def copy_frames(say, a, b):
    poll = select.poll()
    poll.register(a, select.POLLIN)
    poll.register(b, select.POLLIN)
    other = {a: b, b: a}
    while True:
        for fd, _ in poll.poll():
            with contextlib.suppress(BlockingIOError):
                while True:
                    data = os.read(fd, 70000)
                    with contextlib.suppress(BlockingIOError):
                        os.write(other[fd], data)


def tcp_serve(say, address, size):
    with socket.create_server((address, 5001)) as s:
        say('listening')
        with s.accept()[0] as c:
            digest, got = hashlib.sha256(), 0
            while got < size:
                data = c.recv(65536)
                check(data, 'the connection ended after %d bytes' % got)
                digest.update(data)
                got += len(data)
            return digest.hexdigest()


def transfer(t, n, source, sink, address, size):
    """TCP from one namespace to the other; what came must be what went."""
    data = os.urandom(size)
    with netns(sink):
        server = t.program(tcp_serve, address, size)
    equal(server.hear(), 'listening', 'server')
    with netns(source):
        with socket.create_connection((address, 5001), timeout=WAIT) as s:
            s.settimeout(60)
            s.sendall(data)
            equal(server.result(60), hashlib.sha256(data).hexdigest(), 'what came from %s' % source)


def offloads(name):
    """Of an interface in the peer's namespace, as ethtool(8) names them, those that are on."""
    p = run('ip', 'netns', 'exec', 'peer', 'ethtool', '-k', name)
    equal(p.returncode, 0, 'ethtool: ' + p.stderr)
    return set(re.findall(r'^\s*(\S+): on', p.stdout, re.M))


@case('TCP both ways, the peer leaving checksums and segmentation to its card')
def tcp(t):
    n = Net(t)
    check({'tcp-segmentation-offload', 'tx-checksumming', 'generic-segmentation-offload'} <= offloads('veth1'),
          "the peer's offloads are on")
    Relay(n, 1500)
    transfer(t, n, 'peer', 'guest', PROGRAM, 3000000)
    c = n.network()
    check(c['rx_split'] > 0 and c['rx_completed'] > 0, 'segments were cut and checksums completed: %r' % c)
    transfer(t, n, 'guest', 'peer', PEER, 3000000)
    u = n.d.unit('tap0')
    equal({k for k, v in u['network'].items() if v}, {'rx', 'rx_split', 'rx_completed', 'tx'}, 'nothing was lost')
    equal(u['counters']['ipackets'], u['network']['tx'], 'written and sent')


@case('checksums the peer left to do are completed, damaged ones stay so')
def checksums(t):
    n = Net(t)
    n.neighbour()
    with netns('peer'):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(b'hello', (PROGRAM, 9))
    data = read_frame(n.fd)
    equal(data[42:], b'hello', 'payload')
    pseudo = socket.inet_aton(PEER) + socket.inet_aton(PROGRAM) + struct.pack('!HH', 17, len(data) - 34)
    equal(inet_checksum(pseudo + data[34:]), 0, 'the UDP checksum, computed over itself')
    equal(n.network(), {'rx': 1, 'rx_completed': 1}, 'counters')
    damaged = bytearray(data)
    damaged[-1] ^= 1
    n.peer_wire().send(bytes(damaged))
    equal(read_frame(n.fd), bytes(damaged), 'a frame that came damaged')
    equal(n.network(), {'rx': 2, 'rx_completed': 1}, 'counters')


@case('what cannot be cut is dropped and counted, and the log names the command that helps')
def uncuttable(t):
    n = Net(t)
    n.neighbour()
    with netns('peer'):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    t.defer(s.close)
    s.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, 1000)
    for _ in range(2):
        s.sendto(bytes(5000), (PROGRAM, 9))
    wait_equal(n.network, {'rx': 2, 'rx_completed': 2, 'rx_toobig': 2}, 'counters')
    said = re.findall(r'.*5042 bytes is longer than the MTU.*', n.d.log())
    equal(len(said), 1, 'lines in the log')
    check('ethtool -K veth0 gro off lro off' in said[0], said[0])
    advice = re.search(r'ethtool -K PEER[^;]*', said[0]).group().replace('PEER', 'veth1')
    equal(run('ip', 'netns', 'exec', 'peer', *advice.split()).returncode, 0, advice)
    s.sendto(bytes(5000), (PROGRAM, 9))
    equal([len(read_frame(n.fd)) for _ in range(5)], [1042] * 5, 'frames after that')
    equal(n.network()['rx_toobig'], 2, 'rx_toobig')


# ---------------------------------------------------------------- frames

def tagged(dst, src, size, *tags):
    f = frame(dst, src, size)
    return f[:12] + b''.join(struct.pack('!HH', kind, tag) for kind, tag in tags) + f[12:]


def receive_tagged(wire):
    """Linux takes the outer tag out of a frame and tells it beside: the frame with it put back."""
    wire.sock.setsockopt(263, 8, 1)                             # PACKET_AUXDATA
    while True:
        data, beside, _, address = wire.sock.recvmsg(70000, 256)
        if address[2] == socket.PACKET_OUTGOING:
            continue
        status, _, _, _, _, tci, kind = struct.unpack('IIIHHHH', beside[0][2])
        check(status & 0x50 == 0x50, 'a tagged frame')          # TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID
        return data[:12] + struct.pack('!HH', kind, tci) + data[12:]


@case('VLAN tags come and go as they were on the wire')
def vlan(t):
    n = Net(t)
    wire = n.peer_wire()
    q, ad = (0x8100, 5 << 13 | 100), (0x88a8, 200)
    sent = [tagged(OWN, THERE, size - 4 * len(tags), *tags)
            for tags, longest in (((q,), 1518), ((ad,), 1514), ((ad, q), 1514), ((q, q), 1518))
            for size in (64, longest)]
    for f in sent:
        wire.send(f)
    for f in sent:
        equal(read_frame(n.fd), f, 'a frame with tags')
    equal(n.network(), {'rx': len(sent)}, 'counters')

    for f in sent:
        write(n.fd, f[6:12] + f[:6] + f[12:])
        equal(receive_tagged(wire), f[6:12] + f[:6] + f[12:], 'at the peer')
    equal(n.network(), {'rx': len(sent), 'tx': len(sent)}, 'counters')


@case('jumbo frames: MTU 9000, and what is longer than the interface takes')
def jumbo(t):
    n = Net(t, mtu=9000)
    wire = n.peer_wire()
    out, back = frame(OWN, THERE, 9014), frame(THERE, OWN, 9014)
    wire.send(out)
    equal(read_frame(n.fd), out, 'read')
    write(n.fd, back)
    equal(wire.receive(), back, 'at the peer')
    os.write(n.fd, frame(THERE, OWN, 9015))
    equal(n.network(), {'rx': 1, 'tx': 1, 'tx_toobig': 1}, 'counters')
    check('ip link set veth0 mtu 9001' in n.d.log(), 'the log says how to raise it')
    n.d.ctl('tap0', 'mtu', '1500')
    wire.send(out)
    wait_equal(n.network, {'rx': 2, 'tx': 1, 'tx_toobig': 1, 'rx_toobig': 1}, 'counters with an MTU of 1500')


@case('only what is for the unit is read; all of it while promiscuous')
def promiscuous(t):
    n = Net(t)
    wire = n.peer_wire()
    ours, card = OWN, mac(link('veth0')['address'])

    def send_all():
        """One to each kind of address, and which of them were read."""
        kinds = {'stranger': STRANGER, 'card': card, 'own': ours, 'broadcast': BROADCAST, 'multicast': MULTICAST}
        for dst in list(kinds.values()) + [BROADCAST]:          # the last marks the end
            wire.send(frame(dst, THERE, 60))
        names = []
        while names.count('broadcast') < 2:
            dst = read_frame(n.fd)[:6]
            names.append([k for k, v in kinds.items() if v == dst][0])
        return names[:-1]

    equal(send_all(), ['own', 'broadcast', 'multicast'], 'read')
    equal(n.network(), {'rx': 4}, 'counters')
    n.d.ctl('tap0', 'promisc')
    equal(send_all(), ['stranger', 'card', 'own', 'broadcast', 'multicast'], 'read while promiscuous')
    equal(n.network(), {'rx': 10}, 'counters')
    n.d.ctl('tap0', '-promisc')
    equal(send_all(), ['own', 'broadcast', 'multicast'], 'read afterwards')


@case('a program that writes as somebody else is that one too, also after closing and opening')
def writes_as(t):
    n = Net(t)
    wire = n.peer_wire()
    write(n.fd, frame(THERE, STRANGER, 60, 1))
    equal(wire.receive(), frame(THERE, STRANGER, 60, 1), 'what arrived there')
    for dst in (STRANGER, mac('02:00:00:00:00:77'), OWN):
        wire.send(frame(dst, THERE, 60))
    equal([read_frame(n.fd)[:6], read_frame(n.fd)[:6]], [STRANGER, OWN], 'whose frames were read')
    os.close(n.fd)
    wait_equal(lambda: n.d.unit('tap0')['opened_by'], [], 'openers')
    n.fd = n.open()
    for dst in (STRANGER, OWN):
        wire.send(frame(dst, THERE, 60))
    equal([read_frame(n.fd)[:6], read_frame(n.fd)[:6]], [STRANGER, OWN], 'whose frames were read after closing and opening')
    os.close(n.fd)
    wait_equal(lambda: n.d.unit('tap0')['opened_by'], [], 'openers')
    n.d.ctl('tap0', 'attach', 'null', 'attach', 'pcap:veth0')
    n.fd = n.open()
    for dst in (STRANGER, OWN):
        wire.send(frame(dst, THERE, 60))
    equal(read_frame(n.fd)[:6], OWN, 'whose frame was read after it was plugged in again')


@case('an example program with an address of its own answers through a network interface')
def own_address(t):
    n = Net(t, opened=False)
    p = t.program(lambda say: (os.dup2(2, 1), os.execv(t.options.tapping, [
        t.options.tapping, '-4', PROGRAM, n.d.path('tap0')])))
    wait_equal(lambda: n.d.unit('tap0')['opened_by'], [p.pid], 'who has it open')
    n.d.ctl('tap0', 'up')
    ping('-4', PROGRAM)


@case('the interface is promiscuous only while the unit is, and open')
def promiscuity(t):
    n = Net(t, opened=False)
    n.d.ctl('tap0', 'ether', link('veth0')['address'])          # so that nothing else is wanted of it

    def now():
        return link('veth0')['promiscuity']
    n.d.ctl('tap0', 'promisc')
    equal(now(), 0, 'while closed')
    fd = n.open()
    equal(now(), 1, 'open')
    n.d.ctl('tap0', '-promisc')
    equal(now(), 0, 'when not wanted')
    n.d.ctl('tap0', 'promisc')
    equal(now(), 1, 'again')
    os.close(fd)
    wait_equal(now, 0, 'after the close')


@case('what waited while the filter changed is not read after the change')
def changed_under_way(t):
    n = Net(t)
    wire = n.peer_wire()
    n.d.ctl('tap0', 'promisc')
    n.halt()
    n.d._ctl.send('tap0', '-promisc')                           # tapd finds this first, and then
    for _ in range(5):
        wire.send(frame(STRANGER, THERE, 60))                   # these, which the filter let pass
    n.go_on()
    n.d._ctl.receive()
    wire.send(frame(OWN, THERE, 60))
    equal(read_frame(n.fd)[:6], OWN, 'address of the first frame read')
    equal(n.network(), {'rx': 1, 'rx_filtered': 5}, 'counters')


@case('what this host sends by that interface is not read: neither own frames nor others')
def not_read_back(t):
    n = Net(t)
    wire = n.peer_wire()
    n.d.ctl('tap0', 'promisc')
    for dst in (BROADCAST, MULTICAST, OWN, STRANGER):
        write(n.fd, frame(dst, OWN, 60))
        equal(wire.receive()[:6], dst, 'at the peer')
    host = t.wire('veth0')
    for dst in (BROADCAST, OWN):
        host.send(frame(dst, STRANGER, 60))
        equal(wire.receive()[:12], dst + STRANGER, 'at the peer, of the host')
    wire.send(frame(BROADCAST, THERE, 60))
    equal(read_frame(n.fd)[6:12], THERE, 'sender of the first frame read')
    equal(n.network(), {'rx': 1, 'tx': 4}, 'counters')


@case('a closed device costs nothing: nothing reaches tapd')
def closed(t):
    n = Net(t, opened=False)
    wire = n.peer_wire()
    for _ in range(100):
        wire.send(frame(BROADCAST, THERE, 60))
    equal(link_stats('veth0')[0], 100, 'frames at the interface')
    equal(n.network(), {}, 'counters while closed')
    fd = n.open()
    wire.send(frame(BROADCAST, THERE, 60, tag=1))
    equal(read_frame(fd), frame(BROADCAST, THERE, 60, tag=1), 'the first frame read')
    n.d.ctl('tap0', 'down')
    wire.send(frame(BROADCAST, THERE, 60))
    equal(n.network(), {'rx': 1}, 'counters while down')
    equal({k: v for k, v in n.d.counters('tap0').items() if k[0] == 'o'}, {'opackets': 1, 'obytes': 60, 'omcasts': 1},
          "the unit's counters")


@case('a ring that is full: what the kernel dropped is counted')
def overrun(t):
    n = Net(t)
    wire = n.peer_wire()
    n.halt()
    for _ in range(5000):
        wire.send(frame(BROADCAST, THERE, 1514))
    n.go_on()
    wait_equal(lambda: sum(n.network().values()), 5000, 'frames accounted for')
    c = n.network()
    equal(set(c), {'rx', 'rx_kernel'}, 'where they went')
    u = n.d.counters('tap0')
    equal(u['opackets'] + u['oqdrops'], c['rx'], 'of those that came, queued and dropped')


# ---------------------------------------------------------------- an interface that comes and goes

def exchange(n, wire, fd, tag):
    """One frame each way."""
    wire.send(frame(BROADCAST, STRANGER, 60, tag))
    equal(read_frame(fd), frame(BROADCAST, STRANGER, 60, tag), 'read')
    write(fd, frame(STRANGER, OWN, 60, tag))
    equal(wire.receive(), frame(STRANGER, OWN, 60, tag), 'at the peer')


@case('the peer goes down and comes back: said, counted, and works again')
def peer_down(t):
    n = Net(t)
    wire = n.peer_wire()
    exchange(n, wire, n.fd, 1)
    ip('-n', 'peer', 'link', 'set', 'veth1', 'down')
    n.says('veth0 has no carrier')
    for _ in range(3):
        write_lost(n.fd)
    equal(n.network(), {'rx': 1, 'tx': 1, 'tx_down': 3}, 'counters')
    ip('-n', 'peer', 'link', 'set', 'veth1', 'up')
    n.says('')
    exchange(n, n.peer_wire(), n.fd, 2)
    equal(n.network(), {'rx': 2, 'tx': 2, 'tx_down': 3}, 'counters')
    check('has no carrier' in n.d.log() and 'works again' in n.d.log(), 'the log says so')


def write_lost(fd):
    """A write while the wire is away: it fails, or counts as sent; which, is not this file's business."""
    with contextlib.suppress(OSError):
        os.write(fd, frame(BROADCAST, OWN, 60))


@case('the interface goes down, is deleted and made again: said, counted, and works again')
def interface_gone(t):
    n = Net(t)
    exchange(n, n.peer_wire(), n.fd, 1)
    ip('link', 'set', 'veth0', 'down')
    n.says('veth0 is down: ip link set veth0 up')
    write_lost(n.fd)
    ip('link', 'set', 'veth0', 'up')
    n.says('')
    exchange(n, n.peer_wire(), n.fd, 2)
    equal(n.network(), {'rx': 2, 'tx': 2, 'tx_down': 1}, 'counters after down and up')
    descriptors = n.d.descriptors()
    index = socket.if_nametoindex('veth0')
    ip('link', 'del', 'veth0')
    n.says('veth0 is gone')
    write_lost(n.fd)
    add_veth()
    check(socket.if_nametoindex('veth0') != index, 'another interface')
    n.says('')
    exchange(n, n.peer_wire(), n.fd, 3)
    equal(n.network(), {'rx': 3, 'tx': 3, 'tx_down': 2}, 'counters after delete and make')
    equal(n.d.descriptors(), descriptors, 'descriptors of tapd')


@case('an interface that is down when the unit is plugged in is waited for')
def down_at_first(t):
    n = Net(t, opened=False)
    ip('link', 'set', 'veth0', 'down')
    n.d.ctl('tap0', 'destroy')
    n.d.ctl('tap0', 'create', 'attach', 'pcap:veth0')
    n.says('veth0 is down')
    fd = n.open()
    n.d.ctl('tap0', 'ether', ether_text(OWN))
    ip('link', 'set', 'veth0', 'up')
    n.says('')
    exchange(n, n.peer_wire(), fd, 1)
    equal(n.network(), {'rx': 1, 'tx': 1}, 'counters')


# ---------------------------------------------------------------- what it cannot be

@case('what cannot be plugged into says why, and what to do')
def refused(t):
    d = t.tapd()
    for spec, text in (('pcap:eth9', 'pcap:eth9: no such interface; list them with: ip link'),
                       ('pcap:lo', 'pcap:lo: not an Ethernet interface'),
                       ('pcap', 'pcap: expected pcap:IFACE, a network interface'),
                       ('pcap:', 'pcap: expected pcap:IFACE, a network interface'),
                       ('pcap:' + 'x' * 16, 'name an interface')):
        p = d.tapctl('tap0', 'create', 'attach', spec)
        check(p.returncode != 0 and text in p.stderr, '%s: %d, %r' % (spec, p.returncode, p.stderr))
    equal(d.ctl('-a')['units'], [], 'units')


@case('without CAP_NET_RAW: told so')
def no_right(t):
    add_netns(t, 'peer')
    add_veth()
    t.defer(ip, 'link', 'del', 'veth0')
    d = t.tapd(start=False)
    d.argv = ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw'] + d.argv
    t.daemons.append(d)
    d.start()
    p = d.tapctl('tap0', 'create', 'attach', 'pcap:veth0')
    equal(p.returncode, EX_FAIL, 'status')
    check('pcap:veth0: not permitted; start tapd as root, or give it CAP_NET_RAW' in p.stderr, p.stderr)


@case("plugged into another unit's interface, or its own: frames pass, nothing hangs")
def own_units(t):
    d = t.tapd()
    d.ctl('tap0', 'create', 'attach', 'tuntap')
    set_inet6('tap0', False)
    a = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    d.ctl('tap0', 'up')
    d.ctl('tap1', 'create', 'attach', 'pcap:tap0')
    b = t.open(d, 'tap1', os.O_RDWR | os.O_NONBLOCK)
    d.ctl('tap1', 'up')
    write(b, frame(BROADCAST, STRANGER, 60, 1))
    equal(read_frame(a), frame(BROADCAST, STRANGER, 60, 1), 'from tap1 to tap0')
    write(a, frame(BROADCAST, STRANGER, 60, 2))
    equal(read_frame(b), frame(BROADCAST, STRANGER, 60, 2), 'from tap0 to tap1')
    p = d.tapctl('tap0', 'attach', 'pcap:tap0')
    check(p.returncode != 0 and 'tap0' in p.stderr, 'into itself: %d, %r' % (p.returncode, p.stderr))
    equal(d.unit('tap1')['name'], 'tap1', 'tapd goes on')


if __name__ == '__main__':
    main()
