#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tapd dies: its programs are told within a second, what it left is cleaned by the next one, and only that."""
import os
import select
import signal
import time

from lib import (EX_FAIL, PEER, case, check, equal, frame, interfaces, left_mounts, link, mac, main, read_file, run,
                 wait_equal, wait_until, write_file)

AT_ONCE = 1.0           # seconds within which a program must hear of it


def read_always(say, path):
    """Reads until that fails."""
    fd = os.open(path, os.O_RDWR)
    say('ready')
    while True:
        os.read(fd, 2000)


def write_always(say, path, data):
    fd = os.open(path, os.O_RDWR)
    say('ready')
    while True:
        os.write(fd, data)


def poll_once(say, path):
    """Waits for a frame; the events that came, and what the read after them gave."""
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    p = select.poll()
    p.register(fd, select.POLLIN)
    say('ready')
    events = p.poll()[0][1]
    try:
        return [events, len(os.read(fd, 2000))]
    except OSError as e:
        return [events, os.strerror(e.errno)]


def three_programs(t, d):
    """One blocked in read, one in poll, one writing all the time, each on a unit of its own."""
    for name in ('tap0', 'tap1', 'tap2'):
        d.ctl(name, 'create')
        d.ctl(name, 'up')
    ether = mac(d.unit('tap2')['ether'])
    programs = [t.program(read_always, d.path('tap0')), t.program(poll_once, d.path('tap1')),
                t.program(write_always, d.path('tap2'), frame(ether, PEER, 60))]
    for p in programs:
        equal(p.hear(), 'ready', 'a program')
    wait_equal(lambda: d.unit('tap0')['readers'], 1, 'sleeping readers of tap0')
    programs[1].wait_asleep()
    wait_until(lambda: d.counters('tap2').get('ipackets', 0) > 100, 'traffic on tap2')
    return programs


@case('kill -9 in mid-traffic: a reader, a poller and a writer hear of it within a second; a restart works')
def killed(t):
    d = t.tapd()
    reader, poller, writer = three_programs(t, d)
    begin = time.monotonic()
    d.kill()
    got = reader.result(AT_ONCE)
    check(isinstance(got, str) and got.startswith('E'), 'the reader got %r' % got)
    got = writer.result(AT_ONCE)
    check(isinstance(got, str) and got.startswith('E'), 'the writer got %r' % got)
    events, after = poller.result(AT_ONCE)
    check(events & (select.POLLERR | select.POLLHUP) and isinstance(after, str), 'the poller got %r' % [events, after])
    took = time.monotonic() - begin
    check(took < AT_ONCE, 'it took %.1f s' % took)
    equal([n for n in interfaces() if n != 'lo' and n != 'sit0'], [], 'interfaces left')
    d.start()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    fd = t.open(d, 'tap0')
    wire = t.wire('tap0')
    wire.send(frame(PEER, PEER, 60))
    equal(os.read(fd, 2000), frame(PEER, PEER, 60), 'frame read after the restart')


@case('a program that held its descriptor across the death can close it, and open the new device')
def held_across(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    fd = t.open(d, 'tap0')
    d.kill()
    d.start()
    d.ctl('tap0', 'create')
    new = t.open(d, 'tap0')
    os.close(fd)
    d.ctl('tap0', 'up')
    os.write(new, frame(mac(d.unit('tap0')['ether']), PEER, 60))
    equal(d.counters('tap0')['ipackets'], 1, 'frames written to the new device')


@case('a start cleans what a killed tapd left, and nothing else', only='fuse')
def cleaned(t):
    d = t.tapd()
    for name in ('tap0', 'tap1', 'vmnet0'):
        d.ctl(name, 'create')
    neighbour = t.tapd(base='neighbour', prefix='n')
    neighbour.ctl('ntap0', 'create')
    d.kill()
    check(left_mounts(d.run_dir), 'the dead mount is there')
    stale = sorted(n for n in os.listdir(d.dev_dir))
    equal(stale, ['tap', 'tap0', 'tap1', 'vmnet', 'vmnet0'], 'what the killed tapd left in its dev directory')
    theirs = {'tap7': '/etc/hostname', 'tap8': d.run_dir + '-other/dev/tap8', 'tap9': d.run_dir + '/devious/tap9',
              'ntap1': neighbour.run_dir + '/dev/ntap1'}
    for name, target in theirs.items():
        os.symlink(target, d.path(name))
        t.foreign.add(d.path(name))
    write_file(d.path('vmnet7'), 'mine')
    t.foreign.add(d.path('vmnet7'))
    for place in (d.run_dir + '/mine', d.base + '/elsewhere'):
        os.mkdir(place)
        equal(run('mount', '-t', 'tmpfs', 'mine', place).returncode, 0, 'exit status of mount')
        t.defer(lambda place=place: (run('umount', place), os.rmdir(place)))
    d.start()
    equal({n: os.readlink(d.path(n)) for n in theirs}, theirs, "others' symlinks")
    equal(read_file(d.path('vmnet7')), 'mine', "another's file")
    equal(sorted(os.listdir(d.dev_dir)), sorted(['tap', 'vmnet', 'vmnet7'] + list(theirs)), 'the dev directory')
    equal(sorted(left_mounts(d.base + '/')), sorted([d.run_dir + '/mine', d.base + '/elsewhere', d.run_dir + '/dev']),
          'mounts')
    fd = t.open(neighbour, 'ntap0')
    neighbour.ctl('ntap0', 'up')
    t.wire('ntap0').send(frame(PEER, PEER, 60))
    equal(os.read(fd, 2000), frame(PEER, PEER, 60), "a frame on the neighbour's device")


@case('a start after several deaths in a row finds one clean place')
def killed_often(t):
    d = t.tapd()
    for _ in range(3):
        d.ctl('tap0', 'create')
        d.kill()
        d.start()
    equal(d.ctl('-l')['names'], [], 'units')
    check(len(left_mounts(d.run_dir)) <= 1, 'mounts: %r' % left_mounts(d.run_dir))


@case('SIGTERM and SIGINT: a sleeping reader gets ENXIO, a poller POLLERR, and nothing is left')  # IF-14
def terminated(t):
    for signo in (signal.SIGTERM, signal.SIGINT):
        d = t.tapd()
        reader, poller, writer = three_programs(t, d)
        d.stop(signo)
        equal(reader.result(AT_ONCE), 'ENXIO', 'result of the read')
        check(poller.result(AT_ONCE)[0] & (select.POLLERR | select.POLLHUP), 'poll tells')
        got = writer.result(AT_ONCE)
        check(isinstance(got, str) and got.startswith('E'), 'the writer got %r' % got)
        equal(d.left(), [], 'left behind')
        check(not os.path.lexists(d.run_dir), 'the run directory is gone too')


@case("SIGTERM leaves what others put into the run directory, and an address another has")
def terminated_foreign(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    path = d.run_dir + '/notes'
    write_file(path, 'mine')
    t.foreign.add(path)
    d.stop()
    equal(d.left(), [path], 'left behind')
    equal(link('tap0'), None, 'the interface')


@case('a second tapd in the same run directory refuses, and the first goes on')
def second(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    other = t.tapd(prefix='b', start=False)
    p = run(*other.argv)
    equal(p.returncode, EX_FAIL, 'exit status of the second')
    check('another tapd' in p.stderr and str(d.pid) in p.stderr and '--run-dir' in p.stderr, 'message: ' + p.stderr)
    d.ctl('tap0', 'up')
    t.open(d, 'tap0')
    check(os.path.exists(d.run_dir + '/tapd.lock'), 'the lock file is there')
    third = t.tapd(prefix='b', start=False)
    equal(run(*third.argv).returncode, EX_FAIL, 'exit status of a third')


@case('a second tapd with the same names, but its own run directory, refuses, and the first goes on')
def same_names(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    other = t.tapd('--dev-dir=' + d.dev_dir, base='b', start=False)
    p = run(*other.argv)
    check(p.returncode not in (0, None), 'exit status %r' % p.returncode)
    check('--prefix' in p.stderr, 'message: ' + p.stderr)
    equal(left_mounts(other.run_dir + '/'), [], 'mounts of the second')
    d.ctl('tap0', 'up')
    fd = t.open(d, 'tap0')
    os.write(fd, frame(mac(d.unit('tap0')['ether']), PEER, 60))
    equal(d.counters('tap0')['ipackets'], 1, 'frames written')


if __name__ == '__main__':
    main()
