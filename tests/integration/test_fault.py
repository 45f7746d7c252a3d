#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Fault injection and injected frames: exact counts from a known seed, both ways, over a real device."""
import json
import os
import struct
import subprocess

from lib import (BROADCAST, EX_FAIL, EX_NOPERM, EX_OK, EX_USAGE, ETHERTYPE, NOBODY, PEER, CtlError, case, check, equal,
                 expect_errno, frame, ip, main, set_inet6, wait_equal)

HEAD = BROADCAST + PEER + struct.pack('!H', ETHERTYPE)
BURST = 40              # frames that the queue of 50 surely has room for, even doubled in part


def numbered(n, size=60):
    return (HEAD + struct.pack('!I', n)).ljust(size, b'\0')


def number(data):
    return struct.unpack('!I', data[14:18])[0]


class Unit:
    """tap0, up and open, with the host's end of it."""

    def __init__(self, t, *more):
        self.d = t.tapd()
        self.d.ctl('tap0', 'create')
        set_inet6('tap0', False)
        self.fd = t.open(self.d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
        self.d.ctl('tap0', 'up', *more)
        self.host = t.wire('tap0')

    def fault(self, *words):
        self.d.ctl('tap0', 'fault', *words)

    def stats(self):
        return self.d.unit('tap0')['fault']

    def stat(self, name):
        return self.stats()[name]

    def held(self, way):
        """Frames in that direction, of those that were not doubled."""
        s = self.stats()
        return s[way + '_frames'] - sum(s.get(way + n, 0) for n in ('_dropped', '_limited', '_lost', '_passed'))

    def drain(self):
        """All that is in the queue."""
        got = []
        while True:
            try:
                got.append(os.read(self.fd, 70000))
            except BlockingIOError:
                return got

    def out(self, frames):
        """What the program reads of these frames of the host, in small bursts, so that the queue never fills."""
        got, sent = [], self.stat('out_frames')
        for i in range(0, len(frames), BURST // 2):
            for data in frames[i:i + BURST // 2]:
                self.host.send(data)
                sent += 1
            wait_equal(lambda: self.stat('out_frames'), sent, 'frames that came from the host')
            got += self.drain()
        return got

    def into(self, frames, expected):
        """What the host gets of these frames of the program."""
        for data in frames:
            equal(os.write(self.fd, data), len(data), 'write')
        return [self.host.receive() for _ in range(expected)]


# ---------------------------------------------------------------- fates

@case('seed 42 loses 95 of 1,000 one way and 102 the other, the same ones each time')
def seed(t):
    u = Unit(t)
    frames = [numbered(i) for i in range(1000)]
    before = u.d.counters('tap0')
    fates = []
    for size in (60, 600):
        u.fault('drop=10%', 'seed=42')
        kept_in = [number(f) for f in u.into(frames, 905)]
        kept_out = [number(f) for f in u.out(frames)]
        equal(len(kept_out), 898, 'frames read')
        stats = u.stats()
        equal((stats['in_frames'], stats['in_dropped']), (1000, 95), 'of what the program wrote')
        equal((stats['out_frames'], stats['out_dropped']), (1000, 102), 'of what the host sent')
        fates.append((kept_in, kept_out))
        frames = [numbered(i, size) for i in range(1000)]
    equal(fates[0], fates[1], 'which frames were kept, the second time')
    now = u.d.counters('tap0')
    equal({k: v - before.get(k, 0) for k, v in now.items() if k[0] == 'i' and 'bytes' not in k},
          {'ipackets': 2000, 'imcasts': 2000, 'ifault': 190}, 'input')
    equal((now['opackets'] - before.get('opackets', 0), now['ofault']), (1796, 204), 'output')


@case('dup passes every frame on twice')
def dup(t):
    u = Unit(t)
    u.fault('dup=100%', 'seed=1')
    frames = [numbered(i) for i in range(20)]
    twice = [f for f in frames for _ in (1, 2)]
    equal(u.into(frames, 40), twice, 'what the host got')
    equal(u.out(frames), twice, 'what the program read')
    equal((u.stat('in_duplicated'), u.stat('out_duplicated')), (20, 20), 'counters')


@case('corrupt turns one bit over, in each direction by itself')
def corrupt(t):
    def differ(a, b):
        equal(len(a), len(b), 'length')
        return sum(bin(x ^ y).count('1') for x, y in zip(a, b))
    u = Unit(t)
    frames = [numbered(i) for i in range(200)]
    u.fault('out', 'corrupt=100%', 'seed=5')
    equal([differ(a, b) for a, b in zip(u.out(frames), frames)], [1] * 200, 'bits that differ')
    equal(u.into(frames, 200), frames, 'the other direction')
    equal((u.stat('in_corrupted'), u.stat('out_corrupted')), (0, 200), 'counters')


@case('reorder changes the order and nothing else')
def reorder(t):
    u = Unit(t)
    u.fault('in', 'reorder=10%', 'seed=3')
    frames = [numbered(i) for i in range(1000)]
    got = u.into(frames, 1000)
    equal(sorted(got), frames, 'what the host got, sorted')
    check(got != frames, 'the order has changed')
    equal((u.stat('in_frames'), u.held('in'), u.stat('in_dropped')), (1000, 0, 0), 'counters')


@case('delay and rate hold frames, and they come in order')
def delay(t):
    u = Unit(t)
    u.fault('delay=1ms', 'rate=100mbit', 'seed=1')
    frames = [numbered(i) for i in range(40)]
    equal(u.into(frames, 40), frames, 'what the host got')
    for f in frames:
        u.host.send(f)
    got = []

    def read():
        got.extend(u.drain())
        return len(got)
    wait_equal(read, 40, 'frames read')
    equal(got, frames, 'what the program read')
    equal((u.stat('in_delayed'), u.stat('out_delayed'), u.held('out')), (40, 40, 0), 'counters')


@case('fault none lets held frames go and restores the unit')
def none(t):
    u = Unit(t)
    equal(u.d.unit('tap0')['fault'], None, 'fault before')
    u.fault('delay=3600s', 'limit=15', 'seed=1')
    frames = [numbered(i) for i in range(20)]
    for f in frames:
        os.write(u.fd, f)
    equal(u.out(frames), [], 'what the program read')
    stats = u.stats()
    equal((u.held('in'), stats['in_limited'], u.held('out'), stats['out_limited']), (15, 5, 15, 5), 'counters')
    u.fault('none')
    equal([u.host.receive() for _ in range(15)], frames[:15], 'what the host got')
    equal(u.drain(), frames[:15], 'what the program read')
    equal(u.d.unit('tap0')['fault'], None, 'fault after')
    counters = u.d.counters('tap0')
    equal((counters['ifault'], counters['ofault']), (5, 5), 'counters of the unit')
    equal(u.into(frames, 20), frames, 'what the host gets now')
    equal(u.d.counters('tap0')['ifault'], 5, 'ifault now')


@case('enobufs makes writes end as they do on each system, from one open to the next')
def enobufs(t):
    u = Unit(t)
    u.fault('enobufs=100%', 'seed=1')
    for n, (dialect, error) in enumerate((('freebsd', None), ('freebsd-14', 'ENOBUFS'), ('openbsd-7', 'ENOMEM')), 1):
        os.close(u.fd)
        wait_equal(lambda: u.d.unit('tap0')['opened_by'], [], 'openers')
        u.d.ctl('tap0', 'dialect', dialect)
        u.fd = t.open(u.d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
        u.d.ctl('tap0', 'up')
        for i in range(10):
            if error:
                expect_errno(error, os.write, u.fd, numbered(i))
            else:
                equal(os.write(u.fd, numbered(i)), 60, 'write')
        equal((u.d.counters('tap0')['ierrors'], u.stat('in_refused')), (10 * n, 10 * n), 'ierrors, in_refused')
    equal({f['reason'] for f in u.d.ctl('explain', 'tap0')['explain']['failures']}, {'WRITE_REFUSED'}, 'reasons')
    u.host = t.wire('tap0')
    equal(len(u.out([numbered(0)])), 1, 'frames read')
    equal(u.d.counters('tap0').get('ifault'), None, 'ifault')


@case('an interface that is down or destroyed loses what was held')
def ends(t):
    u = Unit(t)
    u.fault('delay=3600s')
    for i in range(10):
        os.write(u.fd, numbered(i))
    u.d.ctl('tap0', 'down', 'fault', 'none')
    equal(u.d.counters('tap0')['ifault'], 10, 'ifault')
    u.d.ctl('tap0', 'up', 'fault', 'delay=3600s')
    for i in range(10):
        os.write(u.fd, numbered(i))
    equal(u.held('in'), 10, 'frames held')
    os.close(u.fd)
    wait_equal(lambda: u.d.unit('tap0')['opened_by'], [], 'openers')
    u.d.ctl('tap0', 'destroy')
    equal(u.d.ctl('-l')['names'], [], 'units')


@case('tapctl shows it, and says what is wrong with other words')
def words(t):
    u = Unit(t)
    p = u.d.tapctl('tap0', 'fault', 'in', 'drop=0.5%', 'out', 'delay=5ms±2ms', 'seed=42', 'promisc')
    equal((p.returncode, p.stderr), (EX_OK, ''), 'fault')
    equal(u.d.unit('tap0')['fault']['words'], 'seed=42 in drop=0.5% out delay=5ms+-2ms', 'words')
    check('PROMISC' in u.d.unit('tap0')['flags'], 'the word after them was done')
    os.write(u.fd, numbered(0))
    text = u.d.tapctl('tap0').stdout
    check('\tfault: seed=42 in drop=0.5% out delay=5ms+-2ms\n\tfault in: frames 1 dropped 0 ' in text, text)
    for bad, why in ((['drop=200%'], 'drop=200%: expected a percentage from 0% to 100%'),
                     (['delay=5'], 'delay=5: expected a time up to 3600s, such as 5ms or 5ms+-2ms'),
                     (['out', 'enobufs=1%'], 'enobufs=1%: reads need no buffer; it is for in only'),
                     (['none', 'drop=1%'], 'none: expected drop=P%')):
        p = u.d.tapctl('tap0', '-promisc', 'fault', *bad)
        equal(p.returncode, EX_USAGE, 'exit status')
        check(p.stderr.startswith('tapctl: tap0: fault: ' + why), p.stderr)
    check('PROMISC' in u.d.unit('tap0')['flags'], 'a mistake changed nothing')
    equal(u.d.tapctl('tap0', 'fault').returncode, EX_USAGE, 'no words')
    p = u.d.tapctl('tap0', 'fault', 'drop=1%', preexec_fn=be_nobody)
    equal(p.returncode, EX_NOPERM, 'exit status of a user')
    equal(u.d.tapctl('tap0', 'fault', 'none').returncode, EX_OK, 'none')
    check('fault' not in u.d.tapctl('tap0').stdout.replace('ifault', '').replace('ofault', ''), 'nothing left of it')


def be_nobody():
    os.setgid(NOBODY)
    os.setuid(NOBODY)


# ---------------------------------------------------------------- inject

def says(p, text, status=EX_OK):
    equal((p.stdout, p.stderr, p.returncode), (text, '', status), 'what tapctl said')


def from_stdin(d, text):
    return subprocess.run([d.options.tapctl, '-s', d.socket, 'inject', 'tap0', '-'], input=text, timeout=60,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)


@case('inject hands a frame to the program and says what became of it')
def inject(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    set_inet6('tap0', False)
    data = frame(BROADCAST, PEER, 60, 7)
    says(d.tapctl('inject', 'tap0', data.hex()), 'dropped: tap0 is down (oflushed)\n')
    d.ctl('tap0', 'up')
    says(d.tapctl('inject', 'tap0', data.hex()), 'dropped: nobody has tap0 open (oerrors)\n')
    before = d.counters('tap0')
    reader = t.blocked_reader(d, 'tap0')
    says(d.tapctl('inject', 'tap0', data.hex()), 'delivered\n')
    equal(reader.result(), 60, 'what the reader got')
    equal(d.counters('tap0')['opackets'] - before.get('opackets', 0), 1, 'opackets')
    d.ctl('tap0', 'up')
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    spellings = [data.hex(), data.hex().upper(), data.hex(':'), data.hex('-'), data.hex(' '), data.hex('\n') + '\n']
    for s in spellings:
        says(d.tapctl('inject', 'tap0', s), 'queued\n')
    says(d.tapctl('inject', 'tap0', *data.hex(' ').split()), 'queued\n')
    says(from_stdin(d, data.hex(' ', 2) + '\n'), 'queued\n')
    for _ in range(len(spellings) + 2):
        equal(os.read(fd, 100), data, 'what the program read')
    expect_errno('EAGAIN', os.read, fd, 100)
    longest = frame(BROADCAST, PEER, 65553, 1)
    equal(d.ctl('tap0', 'inject', longest.hex())['injected'],
          [{'result': 'queued', 'counter': None, 'text': 'queued'}], 'the longest frame')
    equal(os.read(fd, 70000), longest, 'the longest frame')
    says(from_stdin(d, longest.hex()), 'queued\n')
    equal(os.read(fd, 70000), longest, 'the longest frame from standard input')
    p = from_stdin(d, longest.hex(' '))
    equal((p.returncode, p.stderr), (EX_FAIL, 'tapctl: standard input: longer than a request may be; leave out what '
                                     'stands between the bytes\n'), 'the longest frame with blanks')
    d.ctl('tap0', 'fault', 'drop=100%')
    says(d.tapctl('inject', 'tap0', data.hex()), 'dropped: fault injection lost it (ofault)\n')
    d.ctl('tap0', 'fault', 'delay=3600s')
    says(d.tapctl('inject', 'tap0', data.hex()), 'held by fault injection\n')


@case('inject says where hexadecimal digits are wrong')
def inject_bad(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    data = 'ffffffffffff02000000000288b5'
    for bad, why in ((data + '0', 'the last byte has only one digit'),
                     ('ff f ' + data[3:], "' ' at position 5: expected the second hexadecimal digit of a byte")):
        p = d.tapctl('inject', 'tap0', bad)
        equal((p.returncode, p.stderr), (EX_USAGE, 'tapctl: tap0: inject: %s\n' % why), bad)
    for bad, why in ((data[:26], '13 bytes: shorter than an Ethernet header of 14'),
                     (data + 'zz', "'z' at position 29: expected hexadecimal digits; for a file: tapctl inject NAME FILE"),
                     ('00' * 65554, '65554 bytes: longer than 65553'),
                     ('', '0 bytes: shorter than an Ethernet header of 14')):
        try:
            d.ctl('tap0', 'inject', bad)
        except CtlError as e:
            equal((e.exit, e.message), (EX_USAGE, 'tap0: inject: ' + why), bad[:40])
        else:
            check(False, 'inject %s succeeded' % bad[:40])
    p = d.tapctl('inject', 'tap0', 'ffzz')
    equal((p.returncode, p.stderr), (EX_FAIL, 'tapctl: ffzz: No such file or directory; nor is it a frame in '
                                     'hexadecimal digits\n'), 'neither file nor digits')
    equal(d.tapctl('inject', 'tap0').returncode, EX_USAGE, 'no frame')
    equal(d.tapctl('inject', 'tap0', data, preexec_fn=be_nobody).returncode, EX_NOPERM, 'a user')
    p = d.tapctl('inject', 'tap9', data)
    equal(p.stderr, 'tapctl: tapd has no interface tap9; list its own with: tapctl -l\n', 'no such unit')
    ip('link', 'del', 'tap0')
    p = d.tapctl('inject', 'tap0', data)
    equal((p.returncode, p.stderr), (EX_FAIL, 'tapctl: tap0: inject: its host interface was removed; make it again '
                                     'with: tapctl tap0 create\n'), 'an interface that is gone')


def pcap(frames, order='<', linktype=1):
    data = struct.pack(order + 'IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, linktype)
    for i, f in enumerate(frames):
        data += struct.pack(order + 'IIII', 1000 + i, 0, len(f), len(f)) + f
    return data


def pcapng(frames):
    def block(kind, body):
        body += bytes(-len(body) % 4)
        return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)
    data = block(0x0a0d0d0a, struct.pack('<IHHq', 0x1a2b3c4d, 1, 0, -1)) + block(1, struct.pack('<HHI', 1, 0, 0))
    for f in frames:
        data += block(6, struct.pack('<IIIII', 0, 0, 0, len(f), len(f)) + f)
    return data


def write_capture(t, name, data):
    path = '%s/%s' % (t.base, name)
    with open(path, 'wb') as f:
        f.write(data)
    return path


@case('inject plays a capture file, whole, in order and at once')
def inject_file(t):
    u = Unit(t)
    frames = [numbered(i, 60 + i) for i in range(60)]
    for name, data in (('little.pcap', pcap(frames)), ('big.pcap', pcap(frames, '>')), ('new.pcapng', pcapng(frames))):
        path = write_capture(t, name, data)
        says(u.d.tapctl('inject', 'tap0', path), '%s: 60 frames sent, 50 taken\n\t50 queued\n'
             '\t10 dropped: the queue of tap0 is full (oqdrops)\n' % path)
        equal(u.drain(), frames[:50], 'what the program read of ' + name)
    p = u.d.tapctl('-j', 'inject', 'tap0', write_capture(t, 'two.pcap', pcap(frames[:2])))
    equal(json.loads(p.stdout), {'sent': 2, 'taken': 2, 'results': {'queued': 2}, 'truncated': 0, 'bad_length': 0,
                                 'error': None}, 'as JSON')


@case('inject of a damaged or strange file sends what came before and says what is wrong')
def inject_damaged(t):
    u = Unit(t)
    frames = [numbered(i) for i in range(5)]
    path = write_capture(t, 'cut.pcap', pcap(frames)[:-7])
    p = u.d.tapctl('inject', 'tap0', path)
    equal((p.returncode, p.stdout), (EX_FAIL, '%s: 4 frames sent, 4 taken\n\t4 queued\n' % path), 'a file cut off')
    check(p.stderr.startswith('tapctl: %s: ' % path) and '328' in p.stderr, p.stderr)
    equal(u.drain(), frames[:4], 'what the program read')
    path = write_capture(t, 'short.pcap', pcap([frames[0], b'\xff' * 13, frames[1]]))
    says(u.d.tapctl('inject', 'tap0', path), '%s: 2 frames sent, 2 taken\n\t2 queued\n'
         '\t1 not sent: too short or too long for a frame\n' % path)
    for name, data in (('wlan.pcap', pcap(frames, linktype=105)), ('text.pcap', b'hello, world\n' * 9),
                       ('empty.pcap', b'')):
        p = u.d.tapctl('inject', 'tap0', write_capture(t, name, data))
        equal((p.returncode, p.stdout), (EX_FAIL, ''), name)
        check(name in p.stderr, p.stderr)
    p = u.d.tapctl('inject', 'tap9', write_capture(t, 'two.pcap', pcap(frames[:2])))
    check('two.pcap: frame 1: tapd has no interface tap9' in p.stderr, p.stderr)
    equal(p.returncode, EX_FAIL, 'no such unit')


if __name__ == '__main__':
    main()
