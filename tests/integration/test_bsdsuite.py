#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
What the BSDs' own test suites ask of tap(4), and Linux's of its TAPs, asked here in words of our own: NetBSD's
tests/net/if_tap, FreeBSD's tests/sys/net (if_clone, if_tun), and the orders of closing and deleting in Linux's
selftests/net/tun.c.
"""
import contextlib
import ctypes
import errno
import os
import select
import socket
import subprocess
import threading
import time

from bsdprograms import Program, closed, environment, exchange, program, start_tapd
from lib import (PEER, WAIT, Skip, case, check, equal, expect_errno, frame, have_inet6, interfaces, ip, link,
                 main, run, set_inet6, wait_equal, wait_until)

CLONE_NEWNET = 0x40000000
STRESS = 10             # seconds, as in FreeBSD's


def units(d):
    return d.ctl('-l')['names']


def ifconfig(d, *words):
    return run('ifconfig', *words, env=environment(d))


def ifconfig_ok(d, *words):
    p = ifconfig(d, *words)
    equal((p.returncode, p.stderr), (0, ''), 'status and message of ifconfig ' + ' '.join(words))
    return p.stdout


# ---------------------------------------------------------------- NetBSD: tests/net/if_tap

def make_peer(t):
    """A second host on the other end of a cable: veth0 here, ether0 with addresses in a namespace of its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    r, w = os.pipe()
    t.defer(os.close, w)

    def live(say):
        equal(libc.unshare(CLONE_NEWNET), 0, 'unshare')
        set_inet6('default', True)
        say('ready')
        os.read(r, 1)
    peer = t.program(live, keep=(r,))
    os.close(r)
    equal(peer.hear(), 'ready', 'the peer')
    ip('link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'ether0', 'netns', str(peer.pid))
    t.defer(run, 'ip', 'link', 'del', 'veth0')
    ip('link', 'set', 'veth0', 'up')
    for words in ('address add 192.0.2.9/24 dev ether0', 'address add fd00::9/64 dev ether0 nodad',
                  'link set ether0 up'):
        in_peer(peer, 'ip', *words.split())
    return peer


def in_peer(peer, *argv):
    return run('nsenter', '--net', '--target', str(peer.pid), *argv)


def answers(peer, address):
    """Whether one ping of the peer's is answered, and none of what was learned before helps it."""
    in_peer(peer, 'ip', 'neighbour', 'flush', 'dev', 'ether0')
    return in_peer(peer, 'ping', '-n', '-c', '1', '-w', '1', address).returncode == 0


def tapping(t, d, version, address):
    """Somebody opens the tap, and answers there."""
    p = Program(t, d, [t.options.tapping, '-' + version, address, '/dev/tap0'])
    wait_equal(lambda: d.unit('tap0')['opened_by'], [p.pid], 'openers')
    return p


BEHIND = [('4', '192.0.2.2')] + ([('6', 'fd00::2')] if have_inet6() else [])


@case('NetBSD create_destroy: twice over, and what is not there cannot be destroyed')
def create_destroy(t):
    d = start_tapd(t)
    for _ in range(2):
        ifconfig_ok(d, 'tap0', 'create')
        check(ifconfig_ok(d, 'tap0').startswith('tap0: '), 'ifconfig shows it')
        check(ifconfig(d, 'tap0', 'create').returncode != 0, 'a second create fails')
        ifconfig_ok(d, 'tap0', 'destroy')
        check(ifconfig(d, 'tap0').returncode != 0, 'ifconfig shows nothing')
        check(ifconfig(d, 'tap0', 'destroy').returncode != 0, 'a second destroy fails')
        equal(('tap0' in interfaces(), units(d)), (False, []), 'interface and units')


@case('NetBSD stand_alone: a tap in no bridge is not reached from the network')
def stand_alone(t):
    d = start_tapd(t)
    peer = make_peer(t)
    ip('address', 'add', '192.0.2.8/24', 'dev', 'veth0')
    d.ctl('tap0', 'create')
    tapping(t, d, '4', '192.0.2.2')
    d.ctl('tap0', 'up')
    equal([answers(peer, a) for a in ('192.0.2.8', '192.0.2.2')], [True, False], 'answers of the host and of the tap')


@case('NetBSD bridged: a tap in a bridge is reached while somebody has it open, until kill -9')
def bridged(t):
    d = start_tapd(t, 'dialect = "freebsd-14"')         # the answering program is one of FreeBSD's
    peer = make_peer(t)
    d.ctl('tap0', 'create')
    run('ip', 'link', 'add', 'bridge0', 'type', 'bridge', 'stp_state', '0')
    t.defer(run, 'ip', 'link', 'del', 'bridge0')
    for name in ('veth0', 'tap0'):
        ip('link', 'set', name, 'master', 'bridge0')
    ip('link', 'set', 'bridge0', 'up')
    d.ctl('tap0', 'up')
    for version, address in BEHIND:
        equal((answers(peer, address), d.unit('tap0')['opened_by']), (False, []), 'answer while nobody has it open')
        p = tapping(t, d, version, address)
        wait_until(lambda: 'LOWER_UP' in link('tap0')['flags'], 'the link to come up')
        wait_until(lambda: answers(peer, address), 'an answer of %s, which somebody has open' % address)
        p.p.kill()
        p.p.wait(WAIT)
        closed(d, 'tap0')
        wait_until(lambda: 'LOWER_UP' not in link('tap0')['flags'], 'the link to go down')
        equal(answers(peer, address), False, 'answer after kill -9')
        d.ctl('tap0', 'up')


# ---------------------------------------------------------------- FreeBSD: tests/sys/net

class Stress:
    """Workers that each do one thing over and over: for a while, and until each of them has got through."""

    def __init__(self, d, steps):
        self.d, self.steps, self.counts, self.failure = d, steps, [0] * len(steps), []
        self.end = time.monotonic() + STRESS

    def _loop(self, number):
        ctl = self.d.connect()
        try:
            while not self.failure and (time.monotonic() < self.end or not all(self.counts)):
                self.counts[number] += bool(self.steps[number](ctl))
        except BaseException as e:
            self.failure.append(e)
        finally:
            ctl.close()

    def run(self):
        threads = [threading.Thread(target=self._loop, args=(n,), daemon=True) for n in range(len(self.steps))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.1, self.end + 3 * WAIT - time.monotonic()))
        if self.failure:
            raise self.failure[0]
        equal([n for n, thread in enumerate(threads) if thread.is_alive()], [],
              'workers that hang; each got through so often: %r' % self.counts)


def try_words(*words):
    """One request, whose failure is as good as its success: others are at it too."""
    def step(ctl):
        ctl.send(*words)
        reply = {'waiting': None}
        while reply is not None and 'waiting' in reply:         # for the last close
            reply = ctl.receive()
        check(reply is not None, 'tapd went away')
        return 'error' not in reply
    return step


def try_frames(d):
    """A program that opens what is there at the moment, writes and reads."""
    def step(ctl):
        try:
            fd = os.open('/dev/tap0', os.O_RDWR | os.O_NONBLOCK)
        except OSError as e:
            check(e.errno in (errno.ENOENT, errno.EBUSY, errno.ENXIO), 'open: %s' % e)
            return False
        with contextlib.suppress(OSError):
            os.write(fd, frame(PEER, PEER, 60))
            os.read(fd, 2000)
        os.close(fd)
        return True
    return step


def check_stress(t, *up):
    """create, destroy and more at once; afterwards all is as it was."""
    d = start_tapd(t)
    units(d)                            # by the connection that stays
    descriptors = d.descriptors()
    steps = [try_words('tap0', 'create'), try_words('tap0', 'destroy'), try_frames(d)]
    steps += [try_words('tap0', *up)] if up else [try_words('tap0', 'create')]
    steps += [lambda ctl: ifconfig(d, 'tap0', 'create').returncode == 0,
              lambda ctl: ifconfig(d, 'tap0', 'destroy').returncode == 0]
    Stress(d, steps).run()
    for name in units(d):
        closed(d, name)
        d.ctl(name, 'destroy')
    equal((d.running, units(d), 'tap0' in interfaces()), (True, [], False), 'tapd, units and interface')
    wait_equal(lambda: d.descriptors() - descriptors, 0, 'descriptors more than before')
    set_inet6('default', False)
    p = program(t, d, 'loop_ebusy')
    equal(p.hear(), 'tap0', 'a program, afterwards')
    exchange(t, 'tap0')
    p.finish()


@case('FreeBSD tap_stress: create and destroy at once')
def tap_stress(t):
    check_stress(t)


@case('FreeBSD tap_up_stress: an address and destroy at once')
def tap_up_stress(t):
    check_stress(t, 'inet', '192.0.2.1/24', 'up')


@case('FreeBSD tap_ipv6_up_stress: an IPv6 address and destroy at once')
def tap_ipv6_up_stress(t):
    if not have_inet6():
        raise Skip('no IPv6 in this kernel')
    set_inet6('default', True)
    t.defer(set_inet6, 'default', False)
    check_stress(t, 'inet6', 'fd00::1/64', 'up')


@case('FreeBSD 235704: renamed, then destroyed by the new name')
def rename_destroy(t):
    d = start_tapd(t)
    ifconfig_ok(d, 'tap0', 'create')
    ifconfig_ok(d, 'tap0', 'name', 'foo')
    equal(('foo' in interfaces(), 'tap0' in interfaces()), (True, False), 'interfaces')
    ifconfig_ok(d, 'foo', 'destroy')
    equal(('foo' in interfaces(), units(d)), (False, []), 'interface and units')


@case('FreeBSD transient_tuntap: the last close destroys, unless it was taken back')
def transient(t):
    for args, left in (((), []), (('keep',), ['tap0'])):
        d = start_tapd(t, 'dialect = "freebsd-16"')
        p = program(t, d, 'transient', *args)
        equal(p.hear(), 'tap0', 'its interface')
        exchange(t, 'tap0')
        p.finish()
        wait_equal(lambda: units(d), left, 'units afterwards')
        wait_equal(lambda: 'tap0' in interfaces(), bool(left), 'the interface is there')
        d.stop()


def forward(say, unshare, ours, theirs, address, stop):
    """One of two jails: a tap of its own, whose frames go to the other's over UDP."""
    unshare()
    fd = os.open('/dev/tap', os.O_RDWR | os.O_NONBLOCK)
    name, = interfaces() - {'lo'}
    ip('address', 'add', address + '/24', 'dev', name)
    ip('link', 'set', name, 'up')
    ours.connect(theirs)
    say([name, sorted(interfaces())])
    while True:
        ready = select.select([fd, ours, stop], [], [])[0]
        if stop in ready:
            return
        if fd in ready:
            ours.send(os.read(fd, 2000))
        if ours in ready:
            os.write(fd, ours.recv(2000))


@case('FreeBSD basic: two jails, a forwarder over UDP between their taps, ping')
def two_jails(t):
    d = start_tapd(t)
    libc = ctypes.CDLL(None)
    r, w = os.pipe()
    t.defer(os.close, r)
    socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for s in socks:
        s.bind(('127.0.0.1', 0))        # they stay in this namespace
        t.defer(s.close)
    jails = [t.program(forward, lambda: libc.unshare(CLONE_NEWNET), socks[n], socks[1 - n].getsockname(),
                       '192.0.2.%d' % (n + 1), r, keep=(r, socks[0].fileno(), socks[1].fileno())) for n in range(2)]
    equal(sorted(j.hear() for j in jails), [['tap0', ['lo', 'tap0']], ['tap1', ['lo', 'tap1']]],
          'taps and interfaces of the jails')
    p = in_peer(jails[0], 'ping', '-n', '-c', '3', '-i', '0.2', '-W', '5', '192.0.2.2')
    check(p.returncode == 0 and ' 0% packet loss' in p.stdout, 'ping: ' + p.stdout + p.stderr)
    for name in ('tap0', 'tap1'):
        check(d.counters(name)['ipackets'] >= 4, 'frames through ' + name)
    os.close(w)
    for j in jails:
        j.result()
    wait_equal(lambda: units(d), [], 'units, once their namespaces are gone')


# ---------------------------------------------------------------- Linux: selftests/net/tun.c, by its shapes

def check_reopen(t, d):
    """A unit of that name can be had again, and works."""
    p = program(t, d, 'loop_ebusy')
    equal(p.hear(), 'tap0', 'its interface')
    exchange(t, 'tap0')
    p.finish()
    closed(d, 'tap0')


@case('Linux delete_close: destroy while open; then the descriptor is of no use; reopen')
def delete_close(t):
    d = start_tapd(t, 'dialect = "netbsd-10"')
    d.ctl('tap0', 'create', 'up')
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    d.ctl('tap0', 'destroy')
    equal(('tap0' in interfaces(), units(d)), (False, []), 'interface and units')
    expect_errno('ENXIO', os.read, fd, 2000)
    expect_errno('ENXIO', os.write, fd, frame(PEER, PEER, 60))
    os.close(fd)
    expect_errno('ENXIO', d.open, 'tap0')
    d.ctl('tap0', 'create')
    check_reopen(t, d)


@case('Linux delete_close, by the systems whose destroy waits: the program goes on until it closes')
def delete_waits(t):
    d = start_tapd(t)
    d.ctl('tap0', 'create', 'up')
    fd = t.open(d, 'tap0')
    destroy = subprocess.Popen([d.options.tapctl, '-s', d.socket, 'tap0', 'destroy'], stdin=subprocess.DEVNULL)
    t.defer(destroy.kill)
    wait_until(lambda: refused(d), 'a second open to be refused while destroy waits')
    wire = t.wire('tap0')
    wire.send(frame(PEER, PEER, 60, 3))
    equal(os.read(fd, 2000), frame(PEER, PEER, 60, 3), 'frame read while destroy waits')
    equal(destroy.poll(), None, 'status of the destroy that waits')
    os.close(fd)
    equal(destroy.wait(WAIT), 0, 'status of the destroy')
    equal(('tap0' in interfaces(), units(d)), (False, []), 'interface and units')
    check_reopen(t, d)


def refused(d):
    try:
        os.close(d.open('tap0'))
    except OSError as e:
        return e.errno == errno.EBUSY
    return False


@case('Linux close_delete: close, then destroy at once; reopen; twenty times')
def close_delete(t):
    d = start_tapd(t)
    for _ in range(20):
        os.close(d.open('tap0'))
        equal(d.tapctl('tap0', 'destroy').returncode, 0, 'status of the destroy')
        equal(('tap0' in interfaces(), units(d)), (False, []), 'interface and units')
    check_reopen(t, d)


@case('Linux delete_reattach: the host interface deleted under the descriptor, then made again by create')
def delete_reattach(t):
    d = start_tapd(t)
    d.ctl('tap0', 'create', 'up')
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    ip('link', 'del', 'tap0')
    wait_until(lambda: d.unit('tap0')['gone'], 'tapd to see it')
    expect_errno('EHOSTDOWN', os.read, fd, 2000)
    expect_errno('ENXIO', os.write, fd, frame(PEER, PEER, 60))
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    wire = t.wire('tap0')
    wire.send(frame(PEER, PEER, 60, 4))
    wait_until(lambda: select.select([fd], [], [], 0)[0], 'a frame')
    equal(os.read(fd, 2000), frame(PEER, PEER, 60, 4), 'frame read by the old descriptor')
    os.close(fd)
    closed(d, 'tap0')
    d.ctl('tap0', 'destroy')
    check_reopen(t, d)


if __name__ == '__main__':
    main(own_dev=True)
