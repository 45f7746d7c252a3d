#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Seeing inside: a trace of what real programs do, with a reason for every failure; what is told afterwards; counters for
Prometheus; the table that is drawn anew.
"""
import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import termios

from lib import (BROADCAST, EX_FAIL, EX_NOPERM, EX_OK, EX_UNAVAILABLE, EX_USAGE, FIOSETOWN, NOBODY, PEER,
                 STRANGER, TAPSIFINFO, WAIT, case, check, equal, expect_errno, frame, ioctl_set, ip,
                 main, tap_ifname, tap_info, wait_equal, wait_until)


class Tracer:
    """`tapctl -j trace`, running."""

    def __init__(self, t, d, *words, options=('-j',)):
        self.proc = subprocess.Popen([d.options.tapctl, '-s', d.socket, *options, 'trace', *words],
                                     stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        t.defer(self.end)
        self.rest = b''
        check('tracing' in self.proc.stderr.readline().decode(), 'tapctl says that it traces')

    def line(self):
        """The next line, without its newline; None: it ended."""
        while b'\n' not in self.rest:
            check(select.select([self.proc.stdout], [], [], WAIT)[0], 'the trace says nothing; so far %r' % self.rest)
            data = os.read(self.proc.stdout.fileno(), 65536)
            if not data:
                return None
            self.rest += data
        line, self.rest = self.rest.split(b'\n', 1)
        return line.decode()

    def event(self):
        return json.loads(self.line())['trace']

    def expect(self, call, reason=None, why=''):
        """The next call must be this; polls aside."""
        e = self.event()
        equal((e['call'], e['reason']), (call, reason), 'the next call and its reason; all of it: %r' % e)
        check(why in e['why'], '%r is not in the reason %r' % (why, e['why']))
        equal(e['why'] == '', reason is None, 'there is a reason where there is one')
        return e

    def end(self):
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait(WAIT)
        self.proc.stdout.close()
        self.proc.stderr.close()


def as_nobody(say, fn, *args):
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    return fn(*args)


def nonblocking(fd):
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_NONBLOCK)


# ---------------------------------------------------------------- trace

@case('a trace shows each call with its arguments and result, and who made it')
def calls(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    tr = Tracer(t, d, 'tap0')
    fd = d.open('tap0')
    e = tr.expect('open(tap0) = 0')
    equal(e['pid'], os.getpid(), 'the process')
    with open('/proc/self/comm') as f:
        equal(e['program'], f.read().rstrip('\n'), 'its program')
    d.ctl('tap0', 'up')
    baudrate, mtu, kind = tap_info(fd)
    tr.expect('ioctl(tap0, TAPGIFINFO, {mtu=%d, type=%d, baudrate=%d}) = 0' % (mtu, kind, baudrate))
    equal(tap_ifname(fd), 'tap0', 'name')
    tr.expect('ioctl(tap0, TAPGIFNAME, "tap0") = 0')
    fcntl.ioctl(fd, TAPSIFINFO, struct.pack('iHBB', 1000, 1400, kind, 0))
    tr.expect('ioctl(tap0, TAPSIFINFO, {mtu=1400, type=6, baudrate=1000}) = 0')
    data = frame(BROADCAST, PEER, 60)
    equal(os.write(fd, data), 60, 'written')
    equal(tr.expect('write(tap0, 60) = 60')['frame'],
          '02:00:00:00:00:02 > ff:ff:ff:ff:ff:ff type 0x88b5, 60 bytes', 'the frame written')
    t.wire('tap0').send(frame(PEER, BROADCAST, 77))
    equal(len(os.read(fd, 2000)), 77, 'read')
    equal(tr.expect('read(tap0, 2000) = 77')['frame'],
          'ff:ff:ff:ff:ff:ff > 02:00:00:00:00:02 type 0x88b5, 77 bytes', 'the frame read')
    os.close(fd)
    tr.expect('close(tap0) = 0')


@case('poll(2) is in a trace, with what it found')
def polls(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up')
    tr = Tracer(t, d, 'tap0')
    p = select.poll()
    p.register(fd, select.POLLIN | select.POLLOUT)
    equal(p.poll(0), [(fd, select.POLLOUT)], 'an empty queue')
    tr.expect('poll(tap0) = OUT')
    t.wire('tap0').send(frame(PEER, BROADCAST, 60))
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 1, 'frames queued')
    equal(p.poll(0), [(fd, select.POLLIN | select.POLLOUT)], 'a frame waiting')
    wait_until(lambda: tr.event()['call'] == 'poll(tap0) = IN|OUT', 'the poll that found a frame')


@case('every failure of open(2) has its reason')
def open_failures(t):
    d = t.tapd(config='sysctl { user_open = 0 }\nunit tap0 { mode = 0666 }\n')
    tr = Tracer(t, d)
    equal(t.program(as_nobody, os.open, d.path('tap0'), os.O_RDWR).result(), 'EPERM', 'open by a user')
    tr.expect('open(tap0) = EPERM', 'OPEN_PERM', 'user_open=1')
    fd = d.open('tap0')
    tr.expect('open(tap0) = 0')
    expect_errno('EBUSY', d.open, 'tap0')
    tr.expect('open(tap0) = EBUSY', 'OPEN_BUSY', 'tapctl tap0')
    waiting = d.connect()
    waiting.send('tap0', 'destroy')
    check('waiting' in waiting.receive(), 'the destroy waits')
    expect_errno('EBUSY', d.open, 'tap0')
    tr.expect('open(tap0) = EBUSY', 'OPEN_DYING', 'close it')
    os.close(fd)
    tr.expect('close(tap0) = 0')
    equal(waiting.receive(), {'version': 1}, 'the destroy')
    waiting.close()
    d.ctl('tap1', 'create')
    ip('link', 'delete', 'tap1')
    wait_equal(lambda: d.unit('tap1')['gone'], True, 'the interface is gone')
    expect_errno('ENXIO', d.open, 'tap1')
    tr.expect('open(tap1) = ENXIO', 'OPEN_GONE', 'tapctl tap1 create')


@case('every failure of read(2) has its reason')
def read_failures(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = d.open('tap0')
    tr = Tracer(t, d)
    expect_errno('EHOSTDOWN', os.read, fd, 1514)
    tr.expect('read(tap0, 1514) = EHOSTDOWN', 'READ_DOWN', 'tap0 is not up: tapctl tap0 up')
    d.ctl('tap0', 'up')
    nonblocking(fd)
    expect_errno('EAGAIN', os.read, fd, 1514)
    tr.expect('read(tap0, 1514) = EAGAIN', 'READ_EMPTY', 'poll(2)')
    t.wire('tap0').send(frame(PEER, BROADCAST, 100))
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 1, 'frames queued')
    equal(len(os.read(fd, 40)), 40, 'bytes of a short read')
    tr.expect('read(tap0, 40) = 40', 'READ_CUT', '14 bytes')
    os.close(fd)
    tr.expect('close(tap0) = 0')
    d.ctl('sysctl', 'net.link.tap.up_on_open=1')
    program = t.blocked_reader(d, 'tap0')
    tr.expect('open(tap0) = 0')
    equal(tap_pid(d), program.pid, 'who has it open')
    d.ctl('tap0', 'down')
    equal(program.result(), 'EHOSTDOWN', 'the sleeping read')
    equal(tr.expect('read(tap0, 70000) = EHOSTDOWN', 'READ_WOKEN', 'tapctl tap0 up')['pid'], program.pid, 'its program')
    tr.expect('close(tap0) = 0')
    fd = d.open('tap0')
    tr.expect('open(tap0) = 0')
    ip('link', 'delete', 'tap0')
    wait_equal(lambda: d.unit('tap0')['gone'], True, 'the interface is gone')
    expect_errno('EHOSTDOWN', os.read, fd, 1514)
    tr.expect('read(tap0, 1514) = EHOSTDOWN', 'READ_GONE', 'tapctl tap0 create')
    expect_errno('ENXIO', os.write, fd, frame(BROADCAST, PEER, 60))
    tr.expect('write(tap0, 60) = ENXIO', 'WRITE_GONE', 'tapctl tap0 create')
    os.close(fd)


def tap_pid(d):
    return d.unit('tap0')['opened_by'][0]


@case('a signal in a read is in the trace')
def interrupted(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    program = t.blocked_reader(d, 'tap0')
    tr = Tracer(t, d)
    program.signal(signal.SIGKILL)
    tr.expect('read(tap0, 70000) = EINTR', 'READ_INTERRUPTED', 'read again')
    tr.expect('close(tap0) = 0')


@case('every write(2) that goes nowhere has its reason, and the counter it went to')
def write_failures(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    tr = Tracer(t, d)
    equal(os.write(fd, frame(BROADCAST, PEER, 60)), 60, 'a write while down')
    tr.expect('write(tap0, 60) = 60', 'WRITE_DOWN', 'dropped: tap0 is not up: tapctl tap0 up')
    d.ctl('tap0', 'up')
    equal(os.write(fd, frame(STRANGER, PEER, 61)), 61, 'a write to another address')
    e = tr.expect('write(tap0, 61) = 61', 'WRITE_FILTERED', 'tapctl tap0 promisc')
    check('> 02:00:00:00:00:99 ' in e['frame'], 'the address is in %r' % e['frame'])
    equal(os.write(fd, bytes(13)), 13, 'a short write')
    equal(tr.expect('write(tap0, 13) = 13', 'WRITE_SHORT', '14 bytes')['frame'], '', 'no frame')
    expect_errno('EIO', os.write, fd, bytes(66000))
    tr.expect('write(tap0, 66000) = EIO', 'WRITE_BIG')
    equal(d.counters('tap0'), {'idown': 1, 'ifiltered': 1, 'ishort': 1, 'ibig': 1}, 'counters')


@case('every failure of ioctl(2) has its reason')
def ioctl_failures(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    tr = Tracer(t, d)
    expect_errno('ENOTTY', fcntl.ioctl, fd, 0x40087412, bytes(8))
    tr.expect('ioctl(tap0, 0x40087412) = ENOTTY', 'IOCTL_UNKNOWN')
    expect_errno('ENOTTY', fcntl.ioctl, fd, 0x40047462, bytes(4))
    tr.expect('ioctl(tap0, TAPSTRANSIENT, 0) = ENOTTY', 'IOCTL_OTHER_SYSTEM', 'tapctl tap0 dialect')
    expect_errno('EPROTOTYPE', fcntl.ioctl, fd, TAPSIFINFO, struct.pack('iHBB', 0, 1500, 23, 0))
    tr.expect('ioctl(tap0, TAPSIFINFO, {mtu=1500, type=23, baudrate=0}) = EPROTOTYPE', 'IOCTL_TYPE', 'TAPGIFINFO')
    expect_errno('EINVAL', fcntl.ioctl, fd, TAPSIFINFO, struct.pack('iHBB', 0, 20, 6, 0))
    tr.expect('ioctl(tap0, TAPSIFINFO, {mtu=20, type=6, baudrate=0}) = EINVAL', 'IOCTL_VALUE')
    expect_errno('ESRCH', ioctl_set, fd, FIOSETOWN, 0x7ffffff0)
    tr.expect('ioctl(tap0, FIOSETOWN, 2147483632) = ESRCH', 'IOCTL_NO_PROCESS')


@case("Linux's TUN ioctls over FUSE: told what carries them", only='fuse')
def ioctl_tun(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    tr = Tracer(t, d)
    expect_errno('ENOTTY', fcntl.ioctl, fd, 0x400454ca, bytes(40))
    tr.expect('ioctl(tap0, TUNSETIFF) = ENOTTY', 'IOCTL_TUN_TRANSPORT', '--transport=cuse')


@case('a trace of one device shows no other; a name may be given before the unit exists, and an interface\'s new name')
def one_device(t):
    d = t.tapd()
    tr = Tracer(t, d, 'tap1')
    d.ctl('tap0', 'create')
    d.ctl('tap1', 'create')
    t.open(d, 'tap0')
    fd = d.open('tap1')
    tr.expect('open(tap1) = 0')
    d.ctl('tap1', 'name', 'inside')
    renamed = Tracer(t, d, 'inside')
    os.close(fd)
    tr.expect('close(tap1) = 0')
    renamed.expect('close(tap1) = 0')
    p = d.tapctl('trace', 'eth7')
    equal(p.returncode, EX_FAIL, 'exit status for a name that can be no unit')
    check('no interface eth7' in p.stderr, p.stderr)
    equal(d.tapctl('trace', 'tap0', 'tap1').returncode, EX_USAGE, 'exit status for two names')
    equal(d.tapctl('trace', '-c', '0').returncode, EX_USAGE, 'exit status for a count of nothing')


LINE = re.compile(r'\d\d:\d\d:\d\d\.\d{6} +(\d+) (\S+) +(.*)')


@case('trace in text: a line a call, -c ends it')
def text(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    tr = Tracer(t, d, '-c', '3', 'tap0', options=())
    fd = d.open('tap0')
    os.write(fd, frame(BROADCAST, PEER, 60))
    os.close(fd)
    lines = [LINE.fullmatch(tr.line()) for _ in range(3)]
    check(all(lines), 'the form of the lines')
    equal([m.group(3) for m in lines],
          ['open(tap0) = 0',
           'write(tap0, 60) = 60  02:00:00:00:00:02 > ff:ff:ff:ff:ff:ff type 0x88b5, 60 bytes  '
           'dropped: tap0 is not up: tapctl tap0 up', 'close(tap0) = 0'], 'the lines')
    equal({m.group(1) for m in lines}, {str(os.getpid())}, 'the process')
    equal(tr.line(), None, 'the end')
    equal(tr.proc.wait(WAIT), EX_OK, 'exit status')


@case('tapd ends: so does the trace, and says so')
def tapd_ends(t):
    d = t.tapd()
    tr = Tracer(t, d)
    d.stop()
    equal(tr.line(), None, 'the end')
    check('tapd closed the connection' in tr.proc.stderr.read().decode(), 'a message')
    equal(tr.proc.wait(WAIT), EX_UNAVAILABLE, 'exit status')


@case('only the privileged may trace; anyone may ask for an explanation, without the frames')
def rights(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    os.write(fd, frame(BROADCAST, PEER, 60))

    def ask(*words):
        p = d.tapctl(*words)
        return [p.returncode, p.stdout, p.stderr]
    status, out, message = t.program(as_nobody, ask, 'trace', 'tap0').result()
    equal((status, out), (EX_NOPERM, ''), 'a trace by a user')
    check('not permitted' in message, message)
    equal(t.program(as_nobody, ask, 'trace').result()[0], EX_NOPERM, 'a trace of all by a user')
    status, out, message = t.program(as_nobody, ask, 'explain', 'tap0').result()
    equal(status, EX_OK, 'an explanation for a user: ' + message)
    check('dropped: tap0 is not up' in out and 'ff:ff' not in out, out)
    check('ff:ff:ff:ff:ff:ff' in d.tapctl('explain', 'tap0').stdout, 'root sees the frame')
    equal(t.program(as_nobody, ask, 'stats').result()[0], EX_OK, 'stats for a user')


FLOOD = 4000


@case('a client that does not read its trace is told how much it missed; nobody waits for it')
def slow_client(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = d.open('tap0')
    slow = d.connect()
    t.defer(slow.close)
    slow.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.send('trace')
    equal(slow.receive()['tracing']['name'], 'all', 'the trace')
    data = frame(BROADCAST, PEER, 60)
    for _ in range(FLOOD):
        equal(os.write(fd, data), 60, 'written')
    equal(d.counters('tap0'), {'idown': FLOOD}, 'counters')
    before = d.memory()
    for _ in range(FLOOD):
        os.write(fd, data)
    check(d.memory() - before < 1 << 20, 'memory grew by %d bytes' % (d.memory() - before))
    told = missed = 0
    while told + missed < 2 * FLOOD:
        event = slow.receive()
        told += 'trace' in event
        missed += event.get('missed', 0)
    equal(told + missed, 2 * FLOOD, 'calls told of and missed')
    check(told > 0 and missed > 0, '%d told, %d missed' % (told, missed))
    os.close(fd)
    equal(slow.receive()['trace']['call'], 'close(tap0) = 0', 'the next call')


@case('a trace whose client is killed ends, and leaves nothing')
def killed_client(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    descriptors = d.descriptors()
    tr = Tracer(t, d)
    equal(d.descriptors(), descriptors + 1, 'descriptors')
    os.write(fd, frame(BROADCAST, PEER, 60))
    tr.expect('write(tap0, 60) = 60', 'WRITE_DOWN')
    tr.proc.kill()
    for _ in range(100):
        os.write(fd, frame(BROADCAST, PEER, 60))
    wait_equal(d.descriptors, descriptors, 'descriptors')
    for _ in range(100):
        os.write(fd, frame(BROADCAST, PEER, 60))
    equal(d.counters('tap0'), {'idown': 201}, 'counters')


@case('what a tracing client sends is not read; it may trace by itself, beside others')
def two_clients(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    clients = [d.connect() for _ in range(3)]
    for c in clients:
        t.defer(c.close)
        c.send('trace', 'tap0')
        equal(c.receive()['tracing'], {'name': 'tap0'}, 'the trace')
        c.send('tap0', 'up')
    fd = d.open('tap0')
    for c in clients:
        equal(c.receive()['trace']['call'], 'open(tap0) = 0', 'the call')
    clients[1].close()
    os.close(fd)
    for c in (clients[0], clients[2]):
        equal(c.receive()['trace']['call'], 'close(tap0) = 0', 'the call')
    check('UP' not in d.unit('tap0')['flags'], 'no request was done')


# ---------------------------------------------------------------- explain

@case('explain tells what failed, the newest first, what to do, and what would fail now')
def explain(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    p = d.tapctl('explain', 'tap0')
    check(p.stdout.startswith('tap0: no call has failed\nNow:\n\tread EHOSTDOWN: tap0 is not up: '), p.stdout)
    fd = t.open(d, 'tap0')
    for _ in range(3):
        expect_errno('EHOSTDOWN', os.read, fd, 1514)
    expect_errno('EBUSY', d.open, 'tap0')
    d.ctl('tap0', 'up')
    nonblocking(fd)
    expect_errno('EAGAIN', os.read, fd, 1514)
    reply = d.ctl('explain', 'tap0')['explain']
    equal([(f['call'], f['times'], f['reason'], f['pid']) for f in reply['failures']],
          [('open(tap0) = EBUSY', 1, 'OPEN_BUSY', os.getpid()),
           ('read(tap0, 1514) = EHOSTDOWN', 3, 'READ_DOWN', os.getpid())], 'failures')
    equal([(n['call'], n['result'], n['reason']) for n in reply['now']], [('open', 'EBUSY', 'OPEN_BUSY')], 'now')
    p = d.tapctl('explain', 'tap0')
    equal(p.returncode, EX_OK, 'exit status')
    lines = p.stdout.splitlines()
    when = r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d'
    check(re.fullmatch(when + r' %d \S+: open\(tap0\) = EBUSY' % os.getpid(), lines[0]), lines[0])
    check(lines[2].endswith(': read(tap0, 1514) = EHOSTDOWN  (3 times)'), lines[2])
    check(lines[3].startswith('\ttap0 is not up: tapctl tap0 up, or '), lines[3])
    equal(lines[4:], ['Now:', '\topen EBUSY: tap0 is open already, and opening is exclusive: '
                      'see who has it: tapctl tap0'], 'the end')
    ip('link', 'delete', 'tap0')
    wait_equal(lambda: [(n['call'], n['result'], n['reason']) for n in d.ctl('explain', 'tap0')['explain']['now']],
               [('open', 'ENXIO', 'OPEN_GONE'), ('read', 'EHOSTDOWN', 'READ_GONE'), ('write', 'ENXIO', 'WRITE_GONE')],
               'now')


@case('explain of a device without a unit: what failed to open it')
def explain_clone(t):
    d = t.tapd()
    equal(d.ctl('explain', 'tap')['explain'], {'name': 'tap', 'failures': [], 'now': []}, 'nothing failed')
    d.ctl('sysctl', 'net.link.tap.devfs_cloning=0')
    expect_errno('ENOENT', d.open, 'tap')
    failures = d.ctl('explain', 'tap')['explain']['failures']
    equal([(f['call'], f['reason']) for f in failures], [('open(tap) = ENOENT', 'CLONE_OFF')], 'failures')
    equal(d.ctl('explain', 'vmnet')['explain']['failures'], [], 'failures of another device')
    p = d.tapctl('explain', 'eth7')
    equal(p.returncode, EX_FAIL, 'exit status for a name that can be no unit')
    check('no interface eth7' in p.stderr, p.stderr)
    equal(d.tapctl('explain').returncode, EX_USAGE, 'exit status without a name')


# ---------------------------------------------------------------- stats

NAME = r'[a-zA-Z_:][a-zA-Z0-9_:]*'
SAMPLE = re.compile(r'(%s)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\} (-?\d+)' % NAME)
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')


def parse_prometheus(text):
    """The text format 0.0.4, as far as it goes, strictly: {(name, ((label, value), ...)): number}."""
    check(text.endswith('\n'), 'the last line ends')
    samples, described, types, current = {}, set(), {}, None
    for line in text[:-1].split('\n'):
        head = re.fullmatch(r'# (HELP|TYPE) (%s) (.+)' % NAME, line)
        if head and head.group(1) == 'HELP':
            check(head.group(2) not in described, 'one HELP: ' + line)
            described.add(head.group(2))
            check(not re.search(r'\\[^\\n]', head.group(3)), 'escapes: ' + line)
        elif head:
            check(head.group(2) not in types, 'one TYPE: ' + line)
            check(head.group(3) in ('counter', 'gauge', 'untyped'), 'a type: ' + line)
            current, types[head.group(2)] = head.group(2), head.group(3)
        else:
            m = SAMPLE.fullmatch(line)
            check(m, 'a sample: ' + line)
            equal(m.group(1), current, 'the samples follow their TYPE')
            key = m.group(1), tuple(LABEL.findall(m.group(2)))
            check(key not in samples, 'each once: ' + line)
            samples[key] = int(m.group(3))
    equal(set(types), described, 'names with TYPE and HELP')
    check(all(n.endswith('_total') for n, kind in types.items() if kind == 'counter'), 'names of counters')
    return samples


@case('stats for Prometheus: every counter of every unit, as tapctl shows it')
def prometheus(t):
    d = t.tapd()
    equal({k[0] for k in parse_prometheus(d.tapctl('stats', '--format=prometheus').stdout)}, set(), 'without a unit')
    for name in ('tap0', 'tap1'):
        d.ctl(name, 'create')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up')
    d.ctl('tap1', 'name', 'o"u\\t')
    for size in (60, 61, 62):
        os.write(fd, frame(BROADCAST, PEER, size))
    t.wire('tap0').send(frame(PEER, BROADCAST, 60))
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 1, 'frames queued')
    os.write(fd, frame(STRANGER, PEER, 61))
    samples = parse_prometheus(d.tapctl('stats', '-f', 'prometheus').stdout)

    def of(name, unit='tap0'):
        return samples[name, (('unit', unit),)]
    for unit, label in (('tap0', 'tap0'), ('o"u\\t', 'o\\"u\\\\t')):
        for name, value in d.unit(unit)['counters'].items():
            equal(of('tapd_%s_total' % name, label), value, '%s of %s' % (name, unit))
    equal([of('tapd_ipackets_total'), of('tapd_ibytes_total'), of('tapd_ifiltered_total')], [3, 183, 1], 'counters')
    equal([of('tapd_' + n) for n in ('up', 'open', 'gone', 'queue_length', 'queue_limit', 'readers')],
          [1, 1, 0, 1, 50, 0], 'state of tap0')
    equal([of('tapd_' + n, 'o\\"u\\\\t') for n in ('up', 'open')], [0, 0], 'state of tap1')
    info = [dict(labels) for name, labels in samples if name == 'tapd_info']
    equal([i['device'] for i in info], [d.path('tap0'), d.path('tap1')], 'devices')


@case('stats of what an interface is plugged into')
def stats_network(t):
    d = t.tapd()
    d.ctl('tap0', 'create', 'attach', 'echo')
    d.ctl('tap1', 'create')
    fd = t.open(d, 'tap0')
    d.ctl('tap0', 'up')
    for _ in range(3):
        os.write(fd, frame(BROADCAST, PEER, 60))
    wait_equal(lambda: d.unit('tap0')['network']['echoed'], 3, 'frames that came back')
    samples = parse_prometheus(d.tapctl('stats', '-f', 'prometheus').stdout)
    equal({k: v for k, v in samples.items() if k[0] == 'tapd_network_echoed'},
          {('tapd_network_echoed', (('unit', 'tap0'),)): 3}, 'samples')
    check(re.search(r'^\t +3 network.echoed +frames sent back$', d.tapctl('stats').stdout, re.M), 'text')


@case('stats in text and JSON, and formats there are none of')
def stats_formats(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    os.write(fd, frame(BROADCAST, PEER, 60))
    equal(d.tapctl('stats').stdout,
          'tap0:\n\t           1 idown                writes while the interface was down, dropped\n', 'text')
    for words in (('-j', 'stats'), ('stats', '--format=json')):
        reply = json.loads(d.tapctl(*words).stdout)
        equal(reply['units'][0]['counters']['idown'], 1, 'idown')
        helps = {s['name']: s['help'] for s in reply['stats'] if s['of'] == 'counters'}
        equal(set(helps), set(reply['units'][0]['counters']), 'counters that are explained')
    for words in (('stats', '--format=xml'), ('stats', 'tap0'), ('stats', '-x')):
        p = d.tapctl(*words)
        equal((p.returncode, p.stdout), (EX_USAGE, ''), 'tapctl ' + ' '.join(words))
        check('usage: tapctl stats [-f text|json|prometheus]' in p.stderr, p.stderr)


# ---------------------------------------------------------------- watch

@case('watch without a terminal: one table after the other, so many')
def watch_plain(t):
    d = t.tapd()
    p = d.tapctl('watch', '-n', '1')
    equal((p.returncode, p.stderr), (EX_OK, ''), 'watch')
    check('no interface yet' in p.stdout and '\033' not in p.stdout, p.stdout)
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    os.write(fd, frame(BROADCAST, PEER, 60))
    p = d.tapctl('watch', '-i', '0.1', '-n', '3')
    equal(p.returncode, EX_OK, 'exit status')
    tables = p.stdout.split('\n\n')
    equal(len(tables), 4, 'tables and the end')
    for table in tables[:3]:
        head, line = table.splitlines()
        check(head.split()[:4] == ['UNIT', 'STATE', 'OPENED', 'BY'], head)
        check(re.fullmatch(r'tap0 +down +%d \S+ .* 0/50' % os.getpid(), line), line)
    check(' -  ' in tables[0] and ' - ' not in tables[1], 'rates from the second table on')
    for words in (('-i', '0'), ('-i', 'x'), ('-n', '0'), ('tap0',)):
        equal(d.tapctl('watch', *words).returncode, EX_USAGE, 'watch ' + ' '.join(words))


@case('watch says what is dropped, by which counter')
def watch_drops(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = d.open('tap0')
    p = subprocess.Popen([d.options.tapctl, '-s', d.socket, 'watch', '-i', '0.1'], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, universal_newlines=True)
    t.defer(p.wait)
    t.defer(p.kill)
    t.defer(p.stdout.close)

    def dropped():
        os.write(fd, frame(BROADCAST, PEER, 60))
        return re.search(r' 0/50 idown [\d.k]+$', p.stdout.readline().rstrip())
    wait_until(dropped, 'a table with the counter')
    p.send_signal(signal.SIGINT)
    equal(p.wait(WAIT), EX_OK, 'exit status after ^C')


class Screen:
    """`tapctl watch` on a terminal."""

    def __init__(self, t, d, *words):
        self.master, slave = pty.openpty()
        termios.tcsetwinsize(slave, (24, 100)) if hasattr(termios, 'tcsetwinsize') else \
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))
        self.slave = slave
        self.before = termios.tcgetattr(slave)
        self.proc = subprocess.Popen([d.options.tapctl, '-s', d.socket, 'watch', '-i', '0.1', *words], stdin=slave,
                                     stdout=slave, stderr=slave, start_new_session=True)
        self.text = ''
        t.defer(self.end)

    def read(self):
        if select.select([self.master], [], [], 0.01)[0]:
            self.text += os.read(self.master, 65536).decode()
        return self.text

    def wait_for(self, pattern):
        return wait_until(lambda: re.search(pattern, self.read()), lambda: '%r in %r' % (pattern, self.text[-2000:]))

    def forget(self):
        self.text = ''

    def key(self, k):
        os.write(self.master, k)

    def end(self):
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait(WAIT)
        for fd in (self.master, self.slave):
            with contextlib.suppress(OSError):
                os.close(fd)


@case('watch on a terminal: the units, who has them open, a tapd that ends and comes back; q ends it')
def watch_screen(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = d.open('tap0')
    s = Screen(t, d)
    s.wait_for(r'\033\[\?1049h.*UNIT +STATE')
    s.wait_for(r'tap0 +down +%d ' % os.getpid())
    s.wait_for(r'every 0\.1 s; q ends')
    check(not termios.tcgetattr(s.slave)[3] & termios.ECHO, 'keys are not shown')
    d.ctl('tap0', 'up')
    s.wait_for(r'tap0 +up +%d ' % os.getpid())
    os.close(fd)
    wait_equal(lambda: d.unit('tap0')['opened_by'], [], 'openers')
    s.wait_for(r'tap0 +(up|down) +- ')
    d.stop()
    s.wait_for(r'no tapd answers; waiting for it')
    s.forget()
    d.start()
    s.wait_for(r'no interface yet')
    d.ctl('tap5', 'create')
    s.wait_for(r'tap5 +down +- ')
    s.key(b'x')
    s.forget()
    s.wait_for(r'tap5')
    equal(s.proc.poll(), None, 'another key ends nothing')
    s.key(b'q')
    s.wait_for(r'\033\[\?25h\033\[\?1049l$')
    equal(s.proc.wait(WAIT), EX_OK, 'exit status')
    equal(termios.tcgetattr(s.slave), s.before, 'the terminal as it was')


@case('watch: ^C and a lost terminal end it, the former with the screen as it was')
def watch_signals(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    s = Screen(t, d)
    s.wait_for(r'tap0')
    os.killpg(s.proc.pid, signal.SIGINT)
    s.wait_for(r'\033\[\?1049l$')
    equal(s.proc.wait(WAIT), EX_OK, 'exit status')
    equal(termios.tcgetattr(s.slave), s.before, 'the terminal as it was')
    s = Screen(t, d)
    s.wait_for(r'tap0')
    os.close(s.slave)
    os.close(s.master)
    s.proc.wait(WAIT)


@case('watch without a tapd says so at once')
def watch_nobody(t):
    d = t.tapd(start=False)
    p = d.tapctl('watch')
    equal((p.returncode, p.stdout), (EX_UNAVAILABLE, ''), 'watch')
    check('is tapd running?' in p.stderr, p.stderr)


if __name__ == '__main__':
    main()
