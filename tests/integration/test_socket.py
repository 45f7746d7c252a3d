#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Units on a stream socket, framed as qemu frames it: another tapd, passt, and peers that misbehave."""
import os
import select
import socket
import struct
import subprocess

from lib import BROADCAST, PEER, CtlError, WAIT, case, check, equal, frame, ip, main, run, wait_until
from netstack import Stack, make_namespace, network, wait_attached


def plug(d, unit, spec):
    d.ctl(unit, 'create', 'attach', spec)
    d.ctl(unit, 'up')


def two_tapd(t, where):
    """One listens, one connects; their units."""
    first, second = t.tapd(base='a'), t.tapd(base='b', prefix='x')
    plug(second, 'xtap0', 'socket:' + where)        # it must wait for the other
    wait_attached(second, 'xtap0', 'nobody listens there; trying again')
    plug(first, 'tap0', 'socket:%s,listen' % where)
    wait_attached(second, 'xtap0', ': connected')
    wait_attached(first, 'tap0', ': connected')
    return [(first, 'tap0'), (second, 'xtap0')]


def ping_through(t, units):
    a, b = [Stack(t, d, unit, 's%d' % n, '10.9.0.%d/24' % n, number=n) for n, (d, unit) in enumerate(units, 1)]
    a.ping('10.9.0.2', 3)
    for d, unit in units:
        equal(network(d, unit), {'tx': 4, 'rx': 4, 'connects': 1}, 'one ARP and three pings each way through ' + unit)
    return a, b


@case('two tapd over a Unix socket')
def unix(t):
    ping_through(t, two_tapd(t, t.base + '/wire'))
    check(os.path.exists(t.base + '/wire'), 'the socket exists')


@case('two tapd over TCP, IPv4 and IPv6')
def tcp(t):
    ping_through(t, two_tapd(t, '127.0.0.1:5555'))
    plug(t.daemons[0], 'tap1', 'socket:[::1]:5556,listen')
    plug(t.daemons[1], 'xtap1', 'socket:[::1]:5556')
    wait_attached(t.daemons[1], 'xtap1', '[::1]:5556: connected')


@case('a megabyte of TCP crosses, with long frames')
def bulk(t):
    units = two_tapd(t, t.base + '/wire')
    for d, unit in units:
        d.ctl(unit, 'mtu', '9000')
    a, b = ping_through(t, units)
    for s in (a, b):
        s.ip('link', 'set', 'eth0', 'mtu', '9000')

    def take(say):
        s = socket.create_server(('10.9.0.2', 7001))
        say('ready')
        c, _ = s.accept()
        n = 0
        while True:
            data = c.recv(65536)
            if not data:
                return n
            n += len(data)

    def give(say):
        s = socket.create_connection(('10.9.0.2', 7001), WAIT)
        s.sendall(bytes(1000000))
        s.close()
    server = b.program(take)
    equal(server.hear(), 'ready', 'the server')
    equal(a.program(give).result(), None, 'sent')
    equal(server.result(), 1000000, 'bytes received')
    n = [network(d, unit) for d, unit in units]
    equal((n[0]['tx'], n[1]['tx']), (n[1]['rx'], n[0]['rx']), 'what one sent the other got')


# ---------------------------------------------------------------- passt

def passt(t, path):
    """passt that serves path, in a network namespace whose address is 192.0.2.1, and whose router is 192.0.2.254."""
    make_namespace(t, 'p')
    make_namespace(t, 'router')
    ip('-n', 'p', 'link', 'add', 'ext0', 'type', 'veth', 'peer', 'name', 'ext1', 'netns', 'router')
    ip('-n', 'router', 'addr', 'add', '192.0.2.254/24', 'dev', 'ext1')
    ip('-n', 'router', 'link', 'set', 'ext1', 'up')
    for words in ('addr add 192.0.2.1/24 dev ext0', 'link set ext0 up',
                  'route add default via 192.0.2.254 dev ext0'):
        ip('-n', 'p', *words.split())
    pings = 'echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range'        # who may ping without rights: everybody
    equal(run('nsenter', '--net=/run/netns/p', 'sh', '-c', pings).returncode, 0, pings)
    os.chmod(t.base, 0o777)         # it becomes nobody before it makes its socket
    log = open(t.base + '/passt.log', 'w+')
    p = subprocess.Popen(['nsenter', '--net=/run/netns/p', 'passt', '-f', '-4', '--socket', path],
                         stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def end():
        p.kill()
        p.wait()
        log.close()
    t.defer(end)

    def said():
        log.seek(0)
        return log.read()
    wait_until(lambda: os.path.exists(path) or p.poll() is not None, 'the socket of passt')
    check(p.poll() is None, 'passt ended: ' + said())
    return p


@case('passt: DHCP, ARP and ping with its own end')
def passt_peer(t):
    passt(t, t.base + '/passt')
    d = t.tapd()
    plug(d, 'tap0', 'socket:%s/passt' % t.base)
    wait_attached(d, 'tap0', 'connected')
    s = Stack(t, d, 'tap0', 'a')
    # busybox's client says what it got by running this.
    script = t.base + '/got'
    with open(script, 'w') as f:
        f.write('#!/bin/sh\n[ "$1" = bound ] || exit 0\n'
                'ip addr add "$ip/$mask" dev eth0 && ip route add default via "$router"\n')
    os.chmod(script, 0o755)
    p = s.run('busybox', 'udhcpc', '-f', '-q', '-n', '-i', 'eth0', '-s', script)
    equal(p.returncode, 0, 'udhcpc: ' + p.stderr)
    check('192.0.2.1/24' in s.addresses(), 'the address of its host: %r' % s.addresses())
    s.ping('192.0.2.254', 3)
    n = network(d, 'tap0')
    check(n['tx'] >= 4 and n['rx'] >= 4 and set(n) == {'tx', 'rx', 'connects'}, 'counters: %r' % n)


# ---------------------------------------------------------------- peers that go, and peers that are wrong

def client(t, path):
    s = socket.socket(socket.AF_UNIX)
    t.defer(s.close)
    s.settimeout(WAIT)
    s.connect(path)
    return s


def packed(f):
    return struct.pack('!I', len(f)) + f


def listener(t):
    """A unit that waits at a socket, up and open: the daemon, the path, the descriptor."""
    d = t.tapd()
    path = t.base + '/wire'
    plug(d, 'tap0', 'socket:%s,listen' % path)
    equal(d.unit('tap0')['attached'], 'waiting for a peer', 'what it says')
    return d, path, t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)


def readable(fd):
    check(select.select([fd], [], [], WAIT)[0], 'a frame within %d s' % WAIT)
    return os.read(fd, 70000)


@case('the peer is killed and comes back')
def killed(t):
    units = two_tapd(t, t.base + '/wire')
    (first, _), (second, _) = units
    first.kill()
    t.daemons.remove(first)
    wait_attached(second, 'xtap0', 'nobody listens there; trying again')
    fd = t.open(second, 'xtap0', os.O_RDWR | os.O_NONBLOCK)
    equal(os.write(fd, frame(BROADCAST, PEER, 60)), 60, 'write while it is away')
    equal(network(second, 'xtap0'), {'tx_away': 1, 'connects': 1}, 'counters')
    equal(second.counters('xtap0'), {'iaway': 1}, 'counters of the unit')
    reply = second.ctl('explain', 'xtap0')['explain']
    equal([(f['call'], f['reason']) for f in reply['failures']], [('write(xtap0, 60) = 60', 'WRITE_AWAY')], 'failures')
    equal([(n['call'], n['result'], n['reason']) for n in reply['now'][1:]], [('write', 'lost', 'WRITE_AWAY')], 'now')
    again = t.tapd(base='a')        # the socket that the killed one left makes room
    plug(again, 'tap0', 'socket:%s/wire,listen' % t.base)
    wait_attached(second, 'xtap0', ': connected')
    heard = t.open(again, 'tap0')
    equal(os.write(fd, frame(BROADCAST, PEER, 61)), 61, 'write')
    equal(readable(heard), frame(BROADCAST, PEER, 61), 'the frame')
    equal(network(second, 'xtap0'), {'tx_away': 1, 'tx': 1, 'connects': 2}, 'counters')


@case('a second peer is turned away while the first lives')
def second_peer(t):
    d, path, fd = listener(t)
    first = client(t, path)
    wait_attached(d, 'tap0', 'connected')
    second = client(t, path)
    equal(second.recv(1), b'', 'what the second gets')
    first.send(packed(frame(BROADCAST, PEER, 60)))
    equal(readable(fd), frame(BROADCAST, PEER, 60), 'a frame of the first')
    equal(network(d, 'tap0'), {'rx': 1, 'connects': 1, 'refused': 1}, 'counters')
    first.close()
    wait_attached(d, 'tap0', 'the other side closed the connection')
    client(t, path)
    wait_attached(d, 'tap0', ': connected')


@case('frames come whole, however they are cut; a short one is dropped; a wrong length ends the connection')
def garbage(t):
    d, path, fd = listener(t)
    s = client(t, path)
    f = frame(BROADCAST, PEER, 60)
    for byte in packed(f):
        s.send(bytes([byte]))
    equal(readable(fd), f, 'a frame in 64 pieces')
    s.send(packed(f[:13]) + packed(f) + packed(f[:14]))
    equal([readable(fd), readable(fd)], [f, f[:14]], 'frames behind a short one')
    equal(network(d, 'tap0'), {'rx': 3, 'rx_short': 1, 'connects': 1}, 'counters')
    s.send(b'GET / HTTP/1.1\r\n\r\n')
    equal(s.recv(1), b'', 'what the peer gets')
    check('a length of 1195725856 came' in d.unit('tap0')['attached'], d.unit('tap0')['attached'])
    for n, bad in enumerate((struct.pack('!I', 0), struct.pack('!I', 65554), b'\xff' * 4), 2):
        s = client(t, path)
        s.send(packed(f) + bad)
        equal(readable(fd), f, 'a frame before it')
        equal(s.recv(1), b'', 'what the peer gets')
        equal(network(d, 'tap0')['rx_bad'], n, 'rx_bad')


@case('a peer that takes nothing costs frames, and tears none')
def slow(t):
    d, path, fd = listener(t)
    s = client(t, path)
    wait_attached(d, 'tap0', 'connected')
    f = frame(BROADCAST, PEER, 1514)
    sent = 0
    while 'tx_full' not in network(d, 'tap0') and sent < 10000:
        for _ in range(50):
            os.write(fd, f)
        sent += 50
    n = network(d, 'tap0')
    equal(n['tx'] + n['tx_full'], sent, 'sent or dropped')
    data = b''
    while len(data) < n['tx'] * 1518:
        data += s.recv(65536)
    check(data == packed(f) * n['tx'], 'all that were sent arrive, whole')


@case('addresses that cannot be are explained, and nothing is made')
def wrong(t):
    d = t.tapd()
    taken = t.base + '/taken'
    with open(taken, 'w'):
        pass
    for where, said in (('name', "expected a path with a '/', or HOST:PORT"),
                        ('example.net:5555', 'names are not looked up'),
                        (taken + ',listen', 'is no socket'), ('/nowhere/x,listen', 'make its directory first'),
                        ('/tmp/x,serve', 'unknown option "serve"')):
        try:
            d.ctl('tap0', 'create', 'attach', 'socket:' + where)
            check(False, where + ' was taken')
        except CtlError as e:
            check(said in e.message, '%s: %s' % (where, e.message))
    equal(d.ctl('-a')['units'], [], 'units')


if __name__ == '__main__':
    main()
