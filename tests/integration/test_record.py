#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Capture files: what is recorded of a unit, read by a parser of its own here; what is played into a unit, frame by frame;
and disks, files and units that fail under them.
"""
import os
import random
import re
import struct

from lib import (EX_FAIL, EX_NOPERM, EX_USAGE, NOBODY, PEER, STRANGER, CtlError, case, check, equal, expect_errno,
                 frame, mac, main, run, tap_info, wait_equal, wait_until)

INBOUND, OUTBOUND = 1, 2


# ---------------------------------------------------------------- files

class Packet:
    def __init__(self, when, data, length, options):
        self.when, self.data, self.length = when, data, length
        self.comments = [v.decode() for code, v in options if code == 1]
        self.direction = next((struct.unpack('=I', v)[0] for code, v in options if code == 2), None)


def parse_options(data):
    found, at = [], 0
    while at < len(data):
        code, size = struct.unpack_from('=HH', data, at)
        if code == 0:
            break
        found.append((code, data[at + 4:at + 4 + size]))
        at += 4 + (size + 3 & ~3)
    return found


class Pcapng:
    """A recording: packets, lines (calls that no frame followed), and what the statistics at its end say."""

    def __init__(self, path):
        self.packets, self.lines, self.statistics, self.interfaces, self.sections = [], [], None, [], 0
        with open(path, 'rb') as f:
            data = f.read()
        at = 0
        while at < len(data):
            kind, size = struct.unpack_from('=II', data, at)
            check(size % 4 == 0 and at + size <= len(data), 'the block at %d is torn' % at)
            equal(struct.unpack_from('=I', data, at + size - 4)[0], size, 'the second length of the block at %d' % at)
            self.block(kind, data[at + 8:at + size - 4])
            at += size

    def block(self, kind, body):
        if kind == 6:
            _, high, low, stored, length = struct.unpack_from('=5I', body)
            self.packets.append(Packet(high << 32 | low, body[20:20 + stored], length,
                                       parse_options(body[20 + (stored + 3 & ~3):])))
        elif kind == 9:
            self.lines.append(re.search(rb'^MESSAGE=(.*)$', body, re.M).group(1).decode())
        elif kind == 5:
            options = dict(parse_options(body[12:]))
            self.statistics = struct.unpack('=QQ', options[4] + options[5])
        elif kind == 1:
            self.interfaces.append(dict(parse_options(body[8:])))
        else:
            equal(kind, 0x0a0d0d0a, 'type of a block')
            equal(struct.unpack_from('=IHH', body), (0x1a2b3c4d, 1, 0), 'magic and version')
            self.sections += 1

    def frames(self, direction=None):
        return [p.data for p in self.packets if direction in (None, p.direction)]


def write_pcap(path, records, order='<', nano=True, link=1):
    """records: (ns since the first, frame) or (ns, stored part, length)."""
    with open(path, 'wb') as f:
        f.write(struct.pack(order + 'IHHiIII', 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, 262144, link))
        for r in records:
            sec, ns = divmod(r[0], 10 ** 9)
            f.write(struct.pack(order + '4I', 1764000000 + sec, ns if nano else ns // 1000, len(r[1]),
                                r[2] if len(r) > 2 else len(r[1])) + r[1])


def random_frames(dst, src, n, seed):
    rnd = random.Random(seed)
    return [frame(dst, src, 14) + rnd.randbytes(rnd.choice((0, 1, 46, 100, 1400, 1500))) for _ in range(n)]


# ---------------------------------------------------------------- units

def up_unit(t, d, name='tap0'):
    """The unit made, open and up: its descriptor, its link-level address, and the host's wire."""
    d.ctl(name, 'create')
    fd = t.open(d, name)
    d.ctl(name, 'up')
    return fd, mac(d.unit(name)['ether']), t.wire(name)


def reader(t, d, name, n):
    """A program that reads n frames; they go to a file, one after the other, with their lengths."""
    path = '%s/read-%s' % (t.base, name)

    def read(say):
        fd = d.open(name)
        say('open')
        with open(path, 'wb') as out:
            for _ in range(n):
                data = os.read(fd, 70000)
                out.write(struct.pack('=I', len(data)) + data)
        return 'done'
    p = t.program(read)
    equal(p.hear(), 'open', 'the reader')
    return p, path


def frames_of(path):
    with open(path, 'rb') as f:
        data = f.read()
    found, at = [], 0
    while at < len(data):
        size = struct.unpack_from('=I', data, at)[0]
        found.append(data[at + 4:at + 4 + size])
        at += 4 + size
    return found


def wire_counters(**those):
    names = ('played', 'truncated', 'bad_length', 'clock_steps', 'tx_discarded')
    return {name: those.get(name, 0) for name in names}


def ended(d, name):
    wait_until(lambda: d.unit(name)['replay']['ended'], 'the end of the replay')
    return d.unit(name)['replay']


def refused(d, words, status, part):
    """tapctl must fail so."""
    p = d.tapctl(*words)
    equal(p.returncode, status, 'status of tapctl %s (%s)' % (' '.join(words), p.stderr.strip()))
    check(part in p.stderr, '%r says nothing of %r' % (p.stderr, part))


# ---------------------------------------------------------------- record, then replay

@case('what was recorded is what passed, and replayed it is that again, byte for byte')
def round_trip(t):
    d = t.tapd()
    path = t.base + '/tap0.pcapng'
    fd, ether, wire = up_unit(t, d)
    written, sent = random_frames(ether, PEER, 1000, 1), random_frames(PEER, ether, 1000, 2)
    d.ctl('tap0', 'record', path)
    for w, s in zip(written, sent):
        equal(os.write(fd, w), len(w), 'bytes written')
        equal(wire.receive(), w, 'frame the host got')
        wire.send(s)
        equal(os.read(fd, 2000), s, 'frame read')
    record = d.unit('tap0')['record']
    equal((record['path'], record['frames'], record['lost'], record['error']), (path, 2000, 0, None), 'record')
    d.ctl('tap0', 'record', 'off')
    equal(d.unit('tap0')['record'], None, 'record afterwards')

    c = Pcapng(path)
    equal(c.frames(INBOUND), written, 'frames recorded that the program wrote')
    equal(c.frames(OUTBOUND), sent, 'frames recorded that the host sent')
    equal([p.direction for p in c.packets], [INBOUND, OUTBOUND] * 1000, 'directions')
    equal([p.when for p in c.packets], sorted(p.when for p in c.packets), 'time stamps, which go forward')
    equal([p.comments for p in c.packets if p.comments], [], 'comments')
    equal((c.sections, [i[2] for i in c.interfaces], c.statistics), (1, [b'tap0'], (2000, 0)), 'the rest of the file')
    equal(c.interfaces[0][6], ether, 'link-level address in the file')
    equal(os.stat(path).st_mode & 0o777, 0o600, 'mode of the file')

    d.ctl('tap1', 'create', 'up')
    program, read = reader(t, d, 'tap1', 2000)
    d.ctl('tap1', 'replay', path, 'speed=max')
    equal(program.result(60), 'done', 'the reader')
    equal(frames_of(read), [p.data for p in c.packets], 'frames read at the other end')


@case('as fast as the program reads: the queue holds 50, and not one of 5000 frames is lost')
def full_speed(t):
    d = t.tapd()
    path = t.base + '/in.pcap'
    sent = random_frames(PEER, STRANGER, 5000, 3)
    write_pcap(path, [(i, f) for i, f in enumerate(sent)])
    for name, words in (('tap0', ('create',)), ('tap1', ('create', 'attach', 'file:%s,speed=max' % path))):
        d.ctl(name, *words)
        fd = t.open(d, name)
        d.ctl(name, 'up')
        if name == 'tap0':
            d.ctl(name, 'replay', path, 'speed=max')
        wait_equal(lambda: d.unit(name)['queue']['length'], 50, 'frames queued')
        equal([os.read(fd, 2000) for _ in sent], sent, 'frames read from ' + name)
        counters = d.counters(name)
        equal(counters, {'opackets': 5000, 'obytes': sum(map(len, sent))}, 'counters of ' + name)
    equal(ended(d, 'tap0')['played'], 5000, 'frames played')
    equal(d.unit('tap1')['network'], wire_counters(played=5000), 'counters of the wire')
    wait_equal(lambda: d.unit('tap1')['attached'], 'played to its end, 5000 frames', 'what is said of the wire')


@case('frames keep the order of their times, across two files that play at once')
def in_time(t):
    d = t.tapd()
    times = {'tap0': (0, 600), 'tap1': (0, 300, 900)}       # ms
    for name, ms in times.items():
        d.ctl(name, 'create')
        t.open(d, name)
        write_pcap('%s/%s.pcap' % (t.base, name), [(m * 10 ** 6, frame(PEER, STRANGER, 60, m & 255)) for m in ms])
        d.ctl(name, 'record', '%s/%s.pcapng' % (t.base, name), 'up')
        d.ctl(name, 'replay', '%s/%s.pcap' % (t.base, name))
    arrived = []
    for name, ms in times.items():
        equal(ended(d, name)['played'], len(ms), 'frames played into ' + name)
        d.ctl(name, 'record', 'off')
        arrived += [(p.when, p.data) for p in Pcapng('%s/%s.pcapng' % (t.base, name)).packets]
    equal([data for _, data in sorted(arrived)][2:], [frame(PEER, STRANGER, 60, m & 255) for m in (300, 600, 900)],
          'frames after the two first, in the order they came')


@case('every byte order and resolution plays; what is no frame is counted; loops go round')
def kinds(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up')
    sent = [frame(PEER, STRANGER, 60, tag) for tag in range(3)]
    for order in '<>':
        for nano in (True, False):
            path = t.base + '/in.pcap'
            records = [(0, sent[0]), (0, b'short'), (10 ** 6, sent[1]), (10 ** 6, sent[2][:40], 60), (5, sent[2])]
            write_pcap(path, records, order, nano)
            d.ctl('tap0', 'replay', path, 'loop=2')
            equal([os.read(fd, 2000) for _ in range(6)], sent * 2, 'frames read')
            r = ended(d, 'tap0')
            equal((r['played'], r['bad_length'], r['truncated'], r['clock_steps'], r['error'], r['loops']),
                  (6, 2, 2, 2, None, 2), 'counters of the replay')


@case('a replay waits until the device is open and up, and while it is not')
def waits(t):
    d = t.tapd()
    path = t.base + '/in.pcap'
    sent = [frame(PEER, STRANGER, 60, tag) for tag in range(2)]
    write_pcap(path, list(enumerate(sent)))
    d.ctl('tap0', 'create', 'replay', path, 'loop')
    equal(d.unit('tap0')['replay']['played'], 0, 'frames played into a unit nobody has open')
    refused(d, ('tap0', 'replay', path), EX_FAIL, 'is being played; end that with: tapctl tap0 replay stop')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up')
    equal([os.read(fd, 2000) for _ in range(4)], sent * 2, 'frames read')
    d.ctl('tap0', 'down')
    before = d.unit('tap0')['replay']['played']
    d.ctl('tap0', 'up')
    wait_until(lambda: d.unit('tap0')['replay']['played'] > before, 'more frames')
    d.ctl('tap0', 'replay', 'stop')
    equal(d.unit('tap0')['replay'], None, 'replay')
    refused(d, ('tap0', 'replay', 'stop'), EX_FAIL, 'nothing is being played')


@case('an interface that is a file: what the program writes is dropped and counted')
def wire(t):
    d = t.tapd()
    write_pcap(t.base + '/in.pcap', [(0, frame(PEER, STRANGER, 60))])
    equal(d.tapctl('tap0', 'create', 'attach', 'file:in.pcap,loop=3', cwd=t.base).returncode, 0, 'status of tapctl')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up')
    for _ in range(3):
        equal(os.read(fd, 2000), frame(PEER, STRANGER, 60), 'frame read')
    equal(os.write(fd, frame(STRANGER, PEER, 60)), 60, 'bytes written')
    equal(d.unit('tap0')['network'], wire_counters(played=3, tx_discarded=1), 'counters of the wire')


# ---------------------------------------------------------------- what a recording tells

@case('calls are comments on the frame after them, drops say where, and the last calls are rows of their own')
def tells(t):
    d = t.tapd()
    path = t.base + '/tap0.pcapng'
    d.ctl('tap0', 'create', 'record', path)
    fd = d.open('tap0', os.O_RDWR | os.O_NONBLOCK)
    expect_errno('EHOSTDOWN', os.read, fd, 2000)
    tap_info(fd)
    d.ctl('tap0', 'up')
    wire = t.wire('tap0')
    for tag in range(51):
        wire.send(frame(PEER, STRANGER, 60, tag))
    wait_equal(lambda: d.counters('tap0').get('oqdrops'), 1, 'frames dropped')
    os.write(fd, frame(STRANGER, PEER, 60))
    os.close(fd)
    wait_equal(lambda: d.unit('tap0')['opened_by'], [], 'openers')
    d.ctl('tap0', 'record', 'off')

    c = Pcapng(path)
    equal(len(c.packets), 52, 'packets')
    said = c.lines[:-1] + c.packets[0].comments      # rows, where this took longer than a second
    equal(len(said), 3, 'calls before the first frame (%r)' % said)
    for text, parts in zip(said, (('open(', '= 0'), ('read(tap0, 2000) = EHOSTDOWN', 'tap0 is not up'),
                                  ('ioctl(', 'TAPGIFINFO'))):
        check(all(p in text for p in parts), 'the call %r says nothing of %r' % (text, parts))
        check(' %d ' % os.getpid() in text, 'the call %r does not say who made it' % text)
    equal([p.comments for p in c.packets[1:50]], [[]] * 49, 'comments on frames that were queued')
    equal([s.split(': ')[:2] for s in c.packets[50].comments], [['dropped', 'oqdrops']], 'comments on the 51st frame')
    equal([s.split(': ')[:2] for s in c.packets[51].comments], [['dropped', 'ifiltered']], 'comments on the write')
    check('close(' in c.lines[-1], 'the last row is %r' % c.lines[-1])
    equal(c.statistics, (52, 2), 'frames, and those dropped')


@case('a unit that is destroyed ends its recording well')
def destroyed(t):
    d = t.tapd()
    path = t.base + '/tap0.pcapng'
    fd, ether, wire = up_unit(t, d)
    d.ctl('tap0', 'record', path)
    os.write(fd, frame(ether, PEER, 60))
    os.close(fd)
    wait_equal(lambda: d.unit('tap0')['opened_by'], [], 'openers')
    d.ctl('tap0', 'destroy')
    c = Pcapng(path)
    equal((c.frames(), c.statistics), ([frame(ether, PEER, 60)], (1, 0)), 'the recording')
    d.ctl('tap0', 'create', 'record', path)     # over the old one
    d.stop()
    c = Pcapng(path)
    equal((c.frames(), c.statistics), ([], (0, 0)), 'the recording that tapd ended')


@case('a tapd that is killed leaves a file that can be read')
def killed(t):
    d = t.tapd()
    path = t.base + '/tap0.pcapng'
    fd, ether, wire = up_unit(t, d)
    d.ctl('tap0', 'record', path)
    sent = [frame(ether, PEER, 1000, tag) for tag in range(100)]
    for f in sent:
        os.write(fd, f)
    wait_until(lambda: os.stat(path).st_size > 100000, 'the file to be written')
    d.kill()
    equal(Pcapng(path).frames(), sent, 'frames')
    os.close(fd)
    d.start()       # tidies up what the killed one left


@case('a full disk ends the recording with a message, and traffic goes on')
def full_disk(t):
    d = t.tapd()
    disk = t.base + '/disk'
    os.mkdir(disk)
    equal(run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk).returncode, 0, 'status of mount')
    t.defer(run, 'umount', disk)
    fd, ether, wire = up_unit(t, d)
    path = disk + '/tap0.pcapng'
    d.ctl('tap0', 'record', path)
    sent = [frame(ether, PEER, 1000, tag) for tag in range(400)]
    for f in sent:
        equal(os.write(fd, f), 1000, 'bytes written')
        equal(wire.receive(), f, 'frame the host got')
    wait_until(lambda: d.unit('tap0')['record']['error'], 'the disk to be full')
    record = d.unit('tap0')['record']
    equal(record['error'], 'No space left on device', 'error')
    equal(record['frames'] + record['lost'], 400, 'frames recorded and lost')
    equal(d.counters('tap0'), {'ipackets': 400, 'ibytes': 400000}, 'counters')
    check('stopped: No space left on device' in d.tapctl('tap0').stdout, 'tapctl tap0 says nothing of it')
    equal(d.log().count('recording to %s stopped' % path), 1, 'lines in the log')
    c = Pcapng(path)
    check(c.packets, 'nothing can be read of the file')
    equal(c.frames(), sent[:len(c.packets)], 'frames of the file')
    equal(len(c.packets), record['frames'], 'frames recorded')
    refused(d, ('tap0', 'record', 'off'), EX_FAIL, 'No space left on device')
    equal(d.unit('tap0')['record'], None, 'record')
    refused(d, ('tap0', 'record', path + '2'), EX_FAIL, 'No space left on device')


# ---------------------------------------------------------------- refusals

@case('a damaged file plays up to the damage and names its byte')
def damaged(t):
    d = t.tapd()
    path = t.base + '/in.pcap'
    write_pcap(path, [(0, frame(PEER, STRANGER, 60)), (0, frame(PEER, STRANGER, 60))])
    os.truncate(path, 150)
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up', 'replay', path)
    equal(os.read(fd, 2000), frame(PEER, STRANGER, 60), 'frame read')
    r = ended(d, 'tap0')
    equal(r['played'], 1, 'frames played')
    check(re.match('damaged at byte 100: truncated dump file.*; what came before it was played$', r['error']),
          'error: %r' % r['error'])
    check('in.pcap: damaged at byte 100' in d.log(), 'the log does not say so')
    check('ended: damaged at byte 100' in d.tapctl('tap0').stdout, 'tapctl does not say so')
    write_pcap(path, [], link=101)
    refused(d, ('tap0', 'replay', path), EX_FAIL, 'type RAW; only Ethernet')
    with open(path, 'w') as f:
        f.write('this is no capture')
    refused(d, ('tap0', 'replay', path), EX_FAIL, 'damaged at byte 0: ')
    refused(d, ('tap1', 'create', 'attach', 'file:' + path), EX_FAIL, 'damaged at byte 0: ')


@case('paths are the client\'s; links, pipes and the unprivileged are refused')
def refusals(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    for name, make in (('link', lambda p: os.symlink('/etc/passwd', p)), ('fifo', os.mkfifo), ('dir', os.mkdir)):
        make('%s/%s' % (t.base, name))
    refused(d, ('tap0', 'record', t.base + '/link'), EX_FAIL, 'it is a symbolic link')
    refused(d, ('tap0', 'record', t.base + '/fifo'), EX_FAIL, 'it is no regular file')
    refused(d, ('tap0', 'record', t.base + '/dir'), EX_FAIL, 'Is a directory')
    refused(d, ('tap0', 'record', t.base + '/none/x'), EX_FAIL, 'No such file or directory')
    refused(d, ('tap0', 'record', 'off'), EX_FAIL, 'nothing is being recorded')
    refused(d, ('tap0', 'replay', t.base + '/fifo'), EX_FAIL, 'it is no regular file')
    refused(d, ('tap0', 'replay', t.base + '/none'), EX_FAIL, 'No such file or directory')
    refused(d, ('tap0', 'replay', t.base + '/x', 'speed=fast'), EX_USAGE, 'a factor from 0.001 to 1000, or max')
    equal(d.tapctl('tap0', 'record', 'here.pcapng', cwd=t.base).returncode, 0, 'status of tapctl with a relative path')
    equal(d.unit('tap0')['record']['path'], t.base + '/here.pcapng', 'path')
    refused(d, ('tap0', 'record', t.base + '/other'), EX_FAIL, 'end that with: tapctl tap0 record off')
    d.ctl('tap1', 'create')
    refused(d, ('tap1', 'record', t.base + '/here.pcapng'), EX_FAIL, 'tap0 is being recorded to it')

    def ask(say):
        os.setuid(NOBODY)
        answers = []
        for words in (('record', '/tmp/x'), ('replay', '/tmp/x')):
            try:
                answers.append(d.connect().ask('tap0', *words))
            except CtlError as e:
                answers.append(e.exit)
        return answers
    equal(t.program(ask).result(), [EX_NOPERM, EX_NOPERM], 'status for nobody')


if __name__ == '__main__':
    main()
