#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Switches: units on one, what it learns and counts, its uplink to the host, nonsense and loops."""
import os
import random
import re
import select
import signal
import subprocess

from lib import (BROADCAST, EX_CONFIG, EX_FAIL, EX_NOPERM, EX_OK, EX_USAGE, NOBODY, WAIT, case, check, equal, frame,
                 interfaces, ip, link, link_stats, mac, main, run, wait_equal, wait_until, write_file)

NONBLOCK = os.O_RDWR | os.O_NONBLOCK


def station(i):
    """The address of the program on unit i."""
    return bytes([2, 0, 0, 0, 1, i])


def units_on(t, d, n, name='lan'):
    """tap0, tap1, ... on a switch, open and up: their descriptors."""
    d.ctl('sysctl', 'net.link.tap.up_on_open=1')
    for i in range(n):
        d.ctl('tap%d' % i, 'create', 'attach', 'switch:' + name)
    return [t.open(d, 'tap%d' % i, NONBLOCK) for i in range(n)]


def arrived(fds):
    """The frames that wait at each unit."""
    found = []
    for fd in fds:
        found.append([])
        while True:
            try:
                found[-1].append(os.read(fd, 70000))
            except BlockingIOError:
                break
    return found


def switch(d, name='lan'):
    return d.ctl('switch', name)['switches'][0]


def counts(counters):
    return {k: v for k, v in counters.items() if v != 0}


def port(d, number, name='lan'):
    return [p for p in switch(d, name)['ports'] if p['number'] == number][0]


def stations(d, name='lan'):
    return {(s['ether'], s['vlan']): s['name'] for s in switch(d, name)['stations']}


@case('eight programs, each with its address: flooded once, then learned; broadcast to seven; every count exact')
def eight(t):
    d = t.tapd()
    fds = units_on(t, d, 8)
    everybody = set(range(8))

    def put(src, dst, expected, size=60):
        f = frame(BROADCAST if dst is None else station(dst), station(src), size, src)
        equal(os.write(fds[src], f), size, 'bytes written')
        equal(arrived(fds), [[f] if i in expected else [] for i in range(8)], 'frames from %d to %s' % (src, dst))

    put(0, 5, everybody - {0})          # nobody knows station 5
    put(5, 0, {0})
    put(0, 5, {5}, 1514)
    for i in range(8):
        put(i, None, everybody - {i})
    for i in range(8):
        put(i, (i + 3) % 8, {(i + 3) % 8})
    put(7, 7, set())                    # to itself
    equal(counts(switch(d)['counters']),
          {'rx': 20, 'rx_bytes': 19 * 60 + 1514, 'flood': 9, 'tx': 9 * 7 + 10, 'tx_bytes': (9 * 7 + 9) * 60 + 1514,
           'same_port': 1}, 'counters of the switch')
    equal(counts(port(d, 1)['counters']), {'rx': 4, 'rx_bytes': 3 * 60 + 1514, 'flood': 2, 'tx': 9, 'tx_bytes': 540},
          'counters of port 1')
    equal(d.counters('tap0'), {'ipackets': 4, 'ibytes': 3 * 60 + 1514, 'imcasts': 1, 'opackets': 9, 'obytes': 540,
                               'omcasts': 7}, 'counters of tap0')
    equal(d.unit('tap0')['network'], port(d, 1)['counters'], 'what tap0 shows of its port')
    equal(stations(d), {(station(i).hex(':'), 0): 'tap%d' % i for i in range(8)}, 'stations')
    equal([(p['number'], p['name'], p['uplink'], p['up']) for p in switch(d)['ports']],
          [(i + 1, 'tap%d' % i, False, True) for i in range(8)], 'ports')


@case('VLAN tags pass as they are, and each VLAN learns by itself')
def vlans(t):
    d = t.tapd()
    fds = units_on(t, d, 3)

    def put(src, dst, tag, expected):
        f = station(dst) + station(src) + tag + b'\x88\xb5' + bytes(42)
        os.write(fds[src], f)
        equal(arrived(fds), [[f] if i in expected else [] for i in range(3)], 'from %d to %d, tag %r' % (src, dst, tag))

    ten, twenty, urgent = bytes.fromhex('8100000a'), bytes.fromhex('81000014'), bytes.fromhex('8100e00a')
    put(0, 1, ten, {1, 2})
    put(1, 0, ten, {0})
    put(1, 0, urgent, {0})
    put(1, 0, twenty, {0, 2})
    put(1, 0, b'', {0, 2})
    put(1, 0, bytes.fromhex('88a8000a81000014'), {0})
    equal(stations(d), {('02:00:00:00:01:00', 10): 'tap0', ('02:00:00:00:01:01', 10): 'tap1',
                        ('02:00:00:00:01:01', 20): 'tap1', ('02:00:00:00:01:01', 0): 'tap1'}, 'stations')


@case('a unit plugged in elsewhere, or destroyed, leaves; the switch goes with the last, unless it was made by name')
def leaving(t):
    d = t.tapd()
    fds = units_on(t, d, 3)
    os.write(fds[0], frame(BROADCAST, station(0), 60))
    os.write(fds[1], frame(BROADCAST, station(1), 60))
    arrived(fds)
    d.ctl('tap0', 'attach', 'null')
    os.write(fds[1], frame(station(0), station(1), 60))
    equal([len(f) for f in arrived(fds)], [0, 0, 1], 'frames for a station that left')
    equal(stations(d), {(station(1).hex(':'), 0): 'tap1'}, 'stations')
    d.ctl('tap0', 'attach', 'switch:lan')       # under its open file, on the port it had
    os.write(fds[1], frame(BROADCAST, station(1), 60))
    equal([len(f) for f in arrived(fds)], [1, 0, 1], 'frames after it came back')
    equal(port(d, 1)['name'], 'tap0', 'port 1')

    p = d.tapctl('switch', 'lan', 'destroy')
    equal((p.returncode, p.stderr), (EX_FAIL, 'tapctl: switch lan: destroy: tap0 is plugged into it, and so are '
                                     'others; take it out first: tapctl tap0 attach null\n'), 'destroy of one in use')
    for fd in fds:
        os.close(fd)
    d.ctl('tap1', 'destroy')
    d.ctl('tap2', 'attach', 'null')
    equal(switch(d)['declared'], False, 'declared')
    d.ctl('tap0', 'destroy')
    equal(d.ctl('switch')['switches'], [], 'switches after the last port')
    equal(d.tapctl('switch').stdout, 'no switches\n', 'and in words')

    d.ctl('switch', 'lan', 'create')
    d.ctl('tap2', 'attach', 'switch:lan')
    d.ctl('tap2', 'destroy')
    equal(switch(d)['ports'], [], 'ports of the switch that stayed')
    p = d.tapctl('switch', 'lan', 'create')
    equal((p.returncode, p.stderr), (EX_FAIL, 'tapctl: switch lan: create: it exists\n'), 'create')
    d.ctl('switch', 'lan', 'destroy')
    p = d.tapctl('switch', 'lan')
    equal((p.returncode, p.stderr),
          (EX_FAIL, 'tapctl: switch lan: there is none; make it with: tapctl switch lan create, or plug an interface '
           'into switch:lan\n'), 'a switch that is not there')


def tapping(t, d, i):
    """The example program behind unit i, as a host of the network 192.0.2.0/24."""
    check(t.options.tapping, 'the test was not told where tapping is')
    p = subprocess.Popen([t.options.tapping, '-4', '192.0.2.%d' % (i + 10), d.path('tap%d' % i)],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, universal_newlines=True)

    def end():
        p.kill()
        p.wait()
        p.stdout.close()
    t.defer(end)
    wait_equal(lambda: d.unit('tap%d' % i)['opened_by'], [p.pid], 'who has tap%d open' % i)
    return p


def uplink_to_host(t, d, name='up0', address='192.0.2.1/24'):
    """The switch's uplink, with an address of ours behind it."""
    d.ctl('switch', 'lan', 'uplink', 'tuntap:' + name)
    if address:
        ip('addr', 'add', address, 'dev', name)
    ip('link', 'set', name, 'up')


def ping(address):
    p = run('ping', '-n', '-c', '1', '-W', '%d' % WAIT, address)
    check(p.returncode == 0, 'ping %s: %s%s' % (address, p.stdout, p.stderr))


@case('ping from the host, through an uplink, to each of seven programs behind the switch')
def ping_programs(t):
    d = t.tapd()
    d.ctl('sysctl', 'net.link.tap.up_on_open=1')
    for i in range(7):
        d.ctl('tap%d' % i, 'create', 'attach', 'switch:lan')
    programs = [tapping(t, d, i) for i in range(7)]
    uplink_to_host(t, d)
    for i in range(7):
        ping('192.0.2.%d' % (i + 10))
    known = stations(d)
    equal(known.pop((link('up0')['address'], 0)), 'tuntap:up0', 'where the host is')
    equal(sorted(known.values()), ['tap%d' % i for i in range(7)], 'where the programs are')
    for i, p in enumerate(programs):
        p.send_signal(signal.SIGINT)
        out = p.communicate(timeout=WAIT)[0]
        check(re.search(r'^ *1 IPv4 echo requests answered$', out, re.M), 'what program %d counted: %s' % (i, out))
    c = switch(d)['counters']
    # 7 ARP and 7 echo, both ways
    equal((c['rx'], c['flood'], c['tx'], c['moves'], c['tx_drops']), (28, 7, 70, 0, 0),
          'rx, flood, tx, moves and tx_drops of the switch')
    equal((link_stats('up0')[0], link_stats('up0')[2]), (14, 14), 'frames of the host')


@case('every frame and byte crosses the uplink, of any length')
def uplink_sizes(t):
    d = t.tapd()
    fds = units_on(t, d, 2)
    uplink_to_host(t, d, address=None)
    ip('link', 'set', 'up0', 'mtu', '9000')
    wire = t.wire('up0', promisc=True)
    sizes = (60, 1514, 9014)
    for size in sizes:
        f = frame(BROADCAST, station(0), size)
        os.write(fds[0], f)
        equal(wire.receive(), f, 'the frame at the host')
        wire.send(frame(station(0), station(9), size))
        wait_equal(lambda: arrived(fds[:1]), [[frame(station(0), station(9), size)]], 'the frame at the program')
        equal(len(arrived(fds[1:])[0]), 1, 'broadcasts at the other program')
    equal(link_stats('up0'), (3, sum(sizes), 3, sum(sizes)), 'counters of the host')
    equal(counts(port(d, 0)['counters']), {'rx': 3, 'rx_bytes': sum(sizes), 'tx': 3, 'tx_bytes': sum(sizes)},
          'counters of the uplink')


@case('a unit plugged into a host interface of another name: frames both ways, and it is gone after that')
def host_interface(t):
    d = t.tapd()
    d.ctl('sysctl', 'net.link.tap.up_on_open=1')
    d.ctl('tap0', 'create', 'attach', 'tuntap:host0')
    fd = t.open(d, 'tap0', NONBLOCK)
    ip('link', 'set', 'host0', 'up')
    wire = t.wire('host0', promisc=True)
    out, back = frame(station(9), station(0), 100), frame(station(0), station(9), 200)
    os.write(fd, out)
    equal(wire.receive(), out, 'the frame at the host')
    wire.send(back)
    wait_equal(lambda: arrived([fd]), [[back]], 'the frame at the program')
    equal(d.counters('tap0'), {'ipackets': 1, 'ibytes': 100, 'opackets': 1, 'obytes': 200}, 'counters of tap0')
    equal(link_stats('host0'), (1, 100, 1, 200), 'counters of the host')
    d.ctl('tap0', 'attach', 'null')
    check('host0' not in interfaces(), 'the host interface is gone')


@case('an uplink that is down or deleted loses frames with a count, is shown, and is made again')
def uplink_lost(t):
    d = t.tapd()
    fds = units_on(t, d, 1)
    d.ctl('switch', 'lan', 'uplink', 'tuntap:up0')
    f = frame(BROADCAST, station(0), 60)
    os.write(fds[0], f)
    equal(counts(switch(d)['network']), {'host_down': 1}, 'what the uplink counts')
    equal(counts(port(d, 0)['counters']), {'tx_drops': 1}, 'counters of the uplink')
    ip('link', 'del', 'up0')
    wait_equal(lambda: (port(d, 0)['up'], port(d, 0)['text']),
               (False, 'up0 was deleted by somebody else; it will be made again'), 'the uplink')
    os.write(fds[0], f)
    equal(counts(switch(d)['network']), {'host_down': 1, 'host_gone': 1}, 'what the uplink counts')
    out = d.tapctl('switch', 'lan').stdout
    check('\tuplink: tuntap:up0 port 0 status: no carrier (up0 was deleted by somebody else; it will be made again)\n'
          in out, 'what tapctl shows: ' + out)
    wait_until(lambda: port(d, 0)['up'], 'the uplink to be made again')
    ip('link', 'set', 'up0', 'up')
    wire = t.wire('up0')
    os.write(fds[0], f)
    equal(wire.receive(), f, 'the frame at the host')


@case('an uplink that cannot be made leaves the old one; only the privileged may change a switch')
def uplink_refused(t):
    d = t.tapd()
    units_on(t, d, 1)
    d.ctl('switch', 'lan', 'uplink', 'tuntap:up0')
    for spec, status, text in (
            ('tuntap:lo', EX_FAIL, 'tuntap:lo: making the host interface: File exists; take another name, or delete '
             'that interface: ip link delete'),
            ('tuntap:a/b', EX_USAGE, 'tuntap:a/b: expected a name for the host interface, of 1 to 15 characters, as in '
             'tuntap:up0'),
            ('switch:lan', EX_FAIL, 'switch:lan leads back to the switch lan: frames would go round for ever'),
            ('switch:a b', EX_USAGE, "switch:a b: expected a name of 1 to 15 letters, digits, '_', '-' or '.'")):
        p = d.tapctl('switch', 'lan', 'uplink', spec)
        equal((p.returncode, p.stderr), (status, 'tapctl: switch lan: uplink: %s\n' % text), 'uplink ' + spec)
    p = d.tapctl('switch', 'lan', 'create', 'uplink')
    equal((p.returncode, p.stderr), (EX_USAGE, 'tapctl: switch lan: uplink: expected what to plug in, such as slirp or '
                                     'pcap:eth0, or none\n'), 'uplink alone')
    equal((port(d, 0)['name'], port(d, 0)['up'], switch(d)['declared']), ('tuntap:up0', True, False), 'the uplink')

    def as_nobody(say, *words):
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        p = d.tapctl(*words)
        return p.returncode, p.stderr
    status, text = t.program(as_nobody, 'switch', 'lan', 'uplink', 'none').result()
    equal((status, text[:37]), (EX_NOPERM, 'tapctl: switch: lan: not permitted; ru'[:37]), 'uplink none as nobody')
    equal(t.program(as_nobody, 'switch', 'lan').result(), [EX_OK, ''], 'showing as nobody')
    d.ctl('switch', 'lan', 'uplink', 'none')
    check('up0' not in interfaces(), 'the interface is gone with the uplink')


@case('the uplink is replaced and removed while two programs talk: not one of their frames is lost')
def replaced(t):
    d = t.tapd()
    fds = units_on(t, d, 2)
    rounds = 3000
    for i in (0, 1):
        os.write(fds[i], frame(BROADCAST, station(i), 60))
    arrived(fds)                # both are known from the start: an echo of one would look like the station itself

    def receive(fd, want):
        while True:
            check(select.select([fd], [], [], WAIT)[0], 'waited for a frame')
            if os.read(fd, 2000) == want:
                return

    def call(say):
        for i in range(rounds):
            os.write(fds[0], frame(station(1), station(0), 100, i))
            receive(fds[0], frame(station(0), station(1), 100, i))
        return rounds

    def answer(say):
        for i in range(rounds):
            receive(fds[1], frame(station(1), station(0), 100, i))
            os.write(fds[1], frame(station(0), station(1), 100, i))
        return rounds

    answerer = t.program(answer, keep=fds)
    caller = t.program(call, keep=fds)
    replacements = 0
    while not select.select([caller.pipe], [], [], 0)[0]:
        for spec in ('tuntap:up0', 'null', 'switch:wan', 'echo', 'tuntap:up1', 'none'):
            d.ctl('switch', 'lan', 'uplink', spec)
            replacements += 1
    check(replacements > 10, 'replaced %d times only' % replacements)
    equal((caller.result(), answerer.result()), (rounds, rounds), 'rounds')
    check(not {'up0', 'up1'} & interfaces(), 'no uplink is left')
    equal(d.counters('tap1')['ipackets'], rounds + 1, 'frames of the answering program')
    octets = 2 * 60 + 2 * rounds * 100
    equal(counts(switch(d)['counters']), {'rx': 2 * rounds + 2, 'rx_bytes': octets, 'flood': 2, 'tx': 2 * rounds + 2,
                                          'tx_bytes': octets}, 'counters of the switch')


@case('two switches, one the uplink of the other: stations are found through both, and no ring can be made')
def two(t):
    d = t.tapd()
    d.ctl('sysctl', 'net.link.tap.up_on_open=1')
    for i, name in enumerate(('lan', 'lan', 'wan')):
        d.ctl('tap%d' % i, 'create', 'attach', 'switch:' + name)
    fds = [t.open(d, 'tap%d' % i, NONBLOCK) for i in range(3)]
    d.ctl('switch', 'lan', 'uplink', 'switch:wan')
    os.write(fds[0], frame(BROADCAST, station(0), 60))
    equal([len(f) for f in arrived(fds)], [0, 1, 1], 'a broadcast')
    os.write(fds[2], frame(station(0), station(2), 60))
    os.write(fds[0], frame(station(2), station(0), 60))
    equal([len(f) for f in arrived(fds)], [1, 0, 1], 'a frame each way')
    p = d.tapctl('switch', 'wan', 'uplink', 'switch:lan')
    equal((p.returncode, p.stderr), (EX_FAIL, 'tapctl: switch wan: uplink: switch:lan leads back to the switch wan: '
                                     'frames would go round for ever\n'), 'a ring')
    equal([(p['number'], p['name']) for p in switch(d, 'wan')['ports']], [(1, 'tap2'), (2, 'switch lan')],
          'ports of wan')


@case('random frames from four programs: all are counted, and what is no nonsense still arrives')
def nonsense(t):
    d = t.tapd()
    fds = units_on(t, d, 4)
    d.ctl('switch', 'lan', 'uplink', 'null')
    rng = random.Random(4)
    octets = 0
    for i in range(3000):
        size = rng.choice((14, 15, 17, 18, 60, 1514))
        data = bytearray(rng.getrandbits(8) for _ in range(size))
        if i % 3 == 0:
            data[12:14] = b'\x81\x00'
        octets += os.write(fds[i % 4], data)
        if i % 40 == 0:
            arrived(fds)
    c = switch(d)['counters']
    equal((c['rx'], c['rx_bytes']), (3000, octets), 'frames and bytes that came in')
    check(c['bad_source'] > 0 and c['table_full'] > 0, 'of each kind some: %r' % c)
    equal(c['flood'] + c['bad_source'] + c['same_port'], 3000, 'what became of them')    # nobody's address came twice
    equal(c['tx'], 4 * c['flood'], 'frames that went out')
    equal(len(switch(d)['stations']), 1024, 'stations')
    arrived(fds)
    f = frame(BROADCAST, station(0), 60)
    os.write(fds[0], f)
    equal(arrived(fds), [[], [f], [f], [f]], 'a broadcast after that')


@case('a program that bridges two ports of one switch makes a storm: others and tapctl get their turn')
def storm(t):
    d = t.tapd()
    fds = units_on(t, d, 4)

    def bridge(say):
        end = False
        while not end:
            for fd in select.select(fds[:2], [], [], WAIT)[0]:
                f = os.read(fd, 2000)
                end = end or f[0:6] == station(77)
                os.write(fds[1] if fd == fds[0] else fds[0], f)
        return 'ended'

    p = t.program(bridge, keep=fds)
    os.write(fds[2], frame(BROADCAST, station(2), 60))
    wait_until(lambda: switch(d)['counters']['rx'] > 2000, 'the storm')
    arrived(fds[3:])
    os.write(fds[3], frame(BROADCAST, station(3), 61))
    os.write(fds[2], frame(station(77), station(2), 60))
    equal(p.result(), 'ended', 'the bridge')
    arrived(fds)
    f = frame(station(3), station(2), 60)
    os.write(fds[2], frame(BROADCAST, station(2), 60))
    os.write(fds[3], frame(BROADCAST, station(3), 60))
    arrived(fds)
    os.write(fds[2], f)
    equal(arrived(fds), [[], [], [], [f]], 'a frame after the storm')


CONFIG = '''
switch "lan" { uplink = "tuntap:up0" }
switch "spare" { }
unit "tap0" { attach = "switch:lan" up = true }
'''


@case('switches of the configuration file; and its mistakes, with their lines')
def configured(t):
    d = t.tapd(config=CONFIG)
    check('up0' in interfaces(), 'the uplink was made')
    equal([(s['name'], s['declared'], [p['name'] for p in s['ports']]) for s in d.ctl('switch')['switches']],
          [('lan', True, ['tuntap:up0', 'tap0']), ('spare', True, [])], 'switches')
    path = t.base + '/mistake.conf'
    for text, want in (
            ('\nswitch "a b" { }', ":2: switch \"a b\": expected a name of 1 to 15 letters, digits, '_', '-' or '.'"),
            ('switch "lan" {\n uplink = "nonsense" }', None),
            ('switch "lan" {\n uplink = "switch:a b" }', ":2: uplink = switch:a b: expected a name of 1 to 15 letters, "
             "digits, '_', '-' or '.'"),
            ('switch "lan" {\n uplink = "switch:lan" }', ':1: switch "lan": its uplink switch:lan leads back to it'),
            ('switch "lan" { uplink = "switch:dmz" }\n\nswitch "dmz" {\n uplink = "switch:lan" }',
             ':1: switch "lan": its uplink switch:dmz leads back to it'),
            ('switch "lan" { }\nswitch "lan" { }', None),
            ('switch "lan" { up = true }', None)):
        write_file(path, text)
        p = run(t.options.tapd, '-t', '-c', path)
        equal(p.returncode, EX_CONFIG, 'exit status for ' + text)
        check(p.stderr == 'tapd: %s%s\n' % (path, want) if want else path + ':' in p.stderr, 'message: ' + p.stderr)
    e = t.tapd(config='switch "x" { uplink = "tuntap:lo" }', base='b', prefix='b', start=False)
    expect = 'switch "x": tuntap:lo: making the host interface: File exists'
    try:
        e.start()
    except AssertionError:
        pass
    check(expect in e.log(), 'the log of a tapd whose uplink cannot be made: ' + e.log())


if __name__ == '__main__':
    main()
