#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""TAPSVNETHDR: what the host may leave to the program, and what the program may leave to the host.

Rows IO-29 to IO-32, RD-17 to RD-19, WR-20 to WR-22, CL-11; the unit is a freebsd-14.
"""
import os
import select
import socket
import struct

from lib import (PEER, WAIT, case, check, equal, expect_errno, inet_checksum, ioctl_get, ioctl_set, ip, mac, main,
                 set_inet6, udp_frame)

TAPSVNETHDR, TAPGVNETHDR = 0x4004745b, 0x8004745e
NEEDS_CSUM, TCPV4 = 1, 1
HOST, PROGRAM = '192.0.2.1', '192.0.2.2'
PORT = 4000


def unit(t, vnet):
    """A unit that is open with a header of vnet bytes, up, and a neighbour of the host's."""
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'dialect', 'freebsd-14')
    set_inet6('tap0', False)
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    ioctl_set(fd, TAPSVNETHDR, vnet)
    d.ctl('tap0', 'inet', HOST + '/24')
    ip('neigh', 'add', PROGRAM, 'lladdr', '02:00:00:00:00:02', 'dev', 'tap0', 'nud', 'permanent')
    return d, fd


def read_frame(fd, size=70000):
    ready, _, _ = select.select([fd], [], [], WAIT)
    check(ready, 'a frame within %d s' % WAIT)
    return os.read(fd, size)


def header(flags=0, gso=0, hdr_len=0, gso_size=0, csum_start=0, csum_offset=0):
    return struct.pack('=BBHHHH', flags, gso, hdr_len, gso_size, csum_start, csum_offset)


def udp_socket(t, port=0):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    t.defer(s.close)
    s.bind((HOST, port))
    s.settimeout(WAIT)
    return s


@case('10 and 12 are lengths, others are not; 0 again after the close')
def lengths(t):
    d, fd = unit(t, 12)
    equal(ioctl_get(fd, TAPGVNETHDR), 12, 'TAPGVNETHDR')
    for bad in (1, 11, -1, 1000):
        expect_errno('EINVAL', ioctl_set, fd, TAPSVNETHDR, bad)
    equal(ioctl_get(fd, TAPGVNETHDR), 12, 'TAPGVNETHDR after bad ones')
    os.close(fd)
    fd = t.open(d, 'tap0')
    equal(ioctl_get(fd, TAPGVNETHDR), 0, 'TAPGVNETHDR after close and open')


@case('without the offer the host finishes its checksums, with it the header says what is left')
def checksums_left(t):
    d, fd = unit(t, 0)
    s = udp_socket(t)
    s.sendto(b'hello', (PROGRAM, 9))
    plain = read_frame(fd)
    equal(len(plain), 14 + 20 + 8 + 5, 'length without a header')
    for vnet in (10, 12):
        ioctl_set(fd, TAPSVNETHDR, vnet)
        s.sendto(b'hello', (PROGRAM, 9))
        data = read_frame(fd)
        equal(len(data), vnet + len(plain), 'length with a header of %d' % vnet)
        equal(data[:10], header(NEEDS_CSUM, 0, 0, 0, 34, 6), 'header')
        equal(data[vnet + 34:vnet + 40], plain[34:40], 'UDP header, but for the checksum')
        check(data[vnet + 40:vnet + 42] != plain[40:42], 'the checksum is left to do')
    s.sendto(b'hello', (PROGRAM, 9))
    equal(len(read_frame(fd, 12)), 12, 'a read of the header only')
    s.sendto(b'hello', (PROGRAM, 9))
    equal(len(read_frame(fd, 4)), 4, 'a read of a part of the header')


@case('a checksum left by the program is finished by the host; a header that does not fit is dropped and counted')
def checksums_left_by_us(t):
    d, fd = unit(t, 10)
    s = udp_socket(t, PORT)
    own = mac(d.unit('tap0')['ether'])
    f = udp_frame(own, PEER, PROGRAM, HOST, 9, PORT, b'from the program')
    pseudo = socket.inet_aton(PROGRAM) + socket.inet_aton(HOST) + struct.pack('!HH', 17, len(f) - 34)
    partial = f[:40] + struct.pack('!H', ~inet_checksum(pseudo) & 0xffff) + f[42:]
    data = header(NEEDS_CSUM, 0, 0, 0, 34, 6) + partial
    equal(os.write(fd, data), len(data), 'write')
    equal(s.recv(100), b'from the program', 'what the host got')
    data = header(NEEDS_CSUM, 0, 0, 0, 60000, 6) + partial
    equal(os.write(fd, data), len(data), 'write with a header that points outside')
    equal(d.counters('tap0')['ivnet'], 1, 'ivnet')
    equal(os.write(fd, bytes(23)), 23, 'a header and less than an Ethernet header')
    equal(d.counters('tap0')['ishort'], 1, 'ishort')


class Tcp:
    """The program's side of one TCP connection to the host, in order and without loss."""

    def __init__(self, fd, own):
        self.fd, self.own, self.seq, self.ack = fd, own, 1000, 0

    def send(self, flags, payload=b'', gso_size=0):
        tcp = struct.pack('!HHIIBBHHH', 5000, PORT, self.seq, self.ack, 0x50, flags, 65000, 0, 0)
        pseudo = socket.inet_aton(PROGRAM) + socket.inet_aton(HOST) + struct.pack('!HH', 6, len(tcp) + len(payload))
        tcp = tcp[:16] + struct.pack('!H', ~inet_checksum(pseudo) & 0xffff) + tcp[18:]
        head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 40 + len(payload), 1, 0, 64, 6, 0, socket.inet_aton(PROGRAM),
                           socket.inet_aton(HOST))
        head = head[:10] + struct.pack('!H', inet_checksum(head)) + head[12:]
        vnet = header(NEEDS_CSUM, TCPV4 if gso_size else 0, 54, gso_size, 34, 16)
        data = vnet + self.own + PEER + b'\x08\x00' + head + tcp + payload
        equal(os.write(self.fd, data), len(data), 'write')
        self.seq += len(payload) + (1 if flags & 2 else 0)

    def receive(self):
        """Header, flags and payload of the host's next segment."""
        while True:
            data = read_frame(self.fd)
            if data[10 + 12:10 + 14] == b'\x08\x00' and data[10 + 23] == 6:
                break
        seq, = struct.unpack('!I', data[10 + 38:10 + 42])
        flags, payload = data[10 + 47], data[10 + 34 + (data[10 + 46] >> 4) * 4:]
        self.ack = (seq + len(payload) + (1 if flags & 3 else 0)) & 0xffffffff
        return struct.unpack('=BBHHHH', data[:10]), flags, payload


@case('segmentation is left both ways: 10,000 bytes of TCP in one frame')
def segmentation(t):
    d, fd = unit(t, 10)
    listener = socket.create_server((HOST, PORT))
    t.defer(listener.close)
    listener.settimeout(WAIT)
    tcp = Tcp(fd, mac(d.unit('tap0')['ether']))
    tcp.send(0x02)                                              # SYN
    _, flags, _ = tcp.receive()
    equal(flags & 0x12, 0x12, 'SYN and ACK')
    tcp.send(0x10)
    conn, _ = listener.accept()
    t.defer(conn.close)
    conn.settimeout(WAIT)

    sent = bytes(i % 251 for i in range(10000))
    tcp.send(0x18, sent, gso_size=1000)
    got = b''
    while len(got) < len(sent):
        got += conn.recv(len(sent))
    equal(got, sent, 'what the host got of one large frame')

    conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    conn.sendall(sent[:8000])
    got, largest, gso = b'', 0, 0
    while len(got) < 8000:
        vnet, _, payload = tcp.receive()
        got += payload
        if len(payload) > largest:
            largest, gso = len(payload), vnet[1]
        if payload:
            tcp.send(0x10)
    equal(got, sent[:8000], 'what the program got')
    check(largest > 1500, 'a frame longer than the MTU, got %d bytes' % largest)
    equal(gso & 0x7f, TCPV4, 'its kind of segmentation')


if __name__ == '__main__':
    main()
