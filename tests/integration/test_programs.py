#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What programs do with the device: signals, threads, fork, readiness, non-blocking, SIGIO, and who may open it."""
import ctypes
import fcntl
import os
import select
import signal
import threading
import time

from lib import (BROADCAST, BSD_FIOASYNC, BSD_FIOGETOWN, BSD_FIOSETOWN, BSD_TIOCGPGRP, BSD_TIOCSPGRP, EX_NOPERM,
                 EX_OK, FIOASYNC, FIOGETOWN, FIONBIO, FIONREAD, FIOSETOWN, NOBODY, PEER, TIOCGPGRP, TIOCSPGRP, WAIT,
                 case, check, equal, expect_errno, frame, ioctl_get, ioctl_set, mac, main, wait_equal, wait_until)

AT_ONCE = 1.0           # seconds within which a program must be reaped


class Interrupted(Exception):
    pass


def interrupt(signo, stack):
    raise Interrupted()


def frames(*tags):
    return [frame(PEER, PEER, 60, tag) for tag in tags]


def up_unit(d, name='tap0'):
    d.ctl(name, 'create')
    d.ctl(name, 'up')


# ---------------------------------------------------------------- signals and processes

@case('kill -9 of a program in a blocked read: reaped at once, and the unit can be opened again')
def killed(t):
    d = t.tapd()
    for _ in range(5):
        d.ctl('tap0', 'create')
        d.ctl('tap0', 'up')
        program = t.blocked_reader(d, 'tap0')
        begin = time.monotonic()
        program.signal(signal.SIGKILL)
        program.wait(AT_ONCE)
        check(time.monotonic() - begin < AT_ONCE, 'it was reaped too late')
        wait_equal(lambda: (d.unit('tap0')['readers'], d.unit('tap0')['opened_by']), (0, []), 'readers and openers')
        fd = t.open(d, 'tap0')
        d.ctl('tap0', 'up')
        t.wire('tap0').send(frames(1)[0])
        equal(os.read(fd, 2000), frames(1)[0], 'the frame the next program reads')
        os.close(fd)
        wait_equal(lambda: d.unit('tap0')['opened_by'], [], 'openers')
        d.ctl('tap0', 'destroy')


def reader_with_handler(say, path):
    """A read that a handler interrupts, then one that a frame ends, on the same descriptor."""
    signal.signal(signal.SIGUSR1, interrupt)
    fd = os.open(path, os.O_RDWR)
    try:
        os.read(fd, 2000)
    except Interrupted:         # Python calls the handler once read(2) has given EINTR
        say('interrupted')
    return os.read(fd, 2000).hex()


@case('a handler interrupts a blocked read, no frame is lost with it')
def interrupted(t):
    d = t.tapd()
    up_unit(d)
    program = t.program(reader_with_handler, d.path('tap0'))
    wait_equal(lambda: d.unit('tap0')['readers'], 1, 'sleeping readers')
    program.signal(signal.SIGUSR1)
    equal(program.hear(), 'interrupted', 'the program')
    wait_equal(lambda: d.unit('tap0')['readers'], 1, 'sleeping readers after the signal')
    sent = frames(7)[0]
    t.wire('tap0').send(sent)
    equal(program.result(), sent.hex(), 'the frame read after the signal')
    equal(d.counters('tap0')['opackets'], 1, 'frames')


def stop_and_go(say, path):
    fd = os.open(path, os.O_RDWR)
    return os.read(fd, 2000).hex()


@case('SIGSTOP and SIGCONT lose no frame')
def stopped(t):
    d = t.tapd()
    up_unit(d)
    program = t.program(stop_and_go, d.path('tap0'))
    wait_equal(lambda: d.unit('tap0')['readers'], 1, 'sleeping readers')
    program.signal(signal.SIGSTOP)
    sent = frames(3)[0]
    t.wire('tap0').send(sent)
    program.signal(signal.SIGCONT)
    equal(program.result(), sent.hex(), 'frame read')


@case('of dup and fork the last close counts')
def last_close(t):
    d = t.tapd()
    up_unit(d)
    fd = t.open(d, 'tap0')
    second = os.dup(fd)
    t.defer(os.close, second)
    child = t.program(lambda say: (say('ready'), signal.pause()), keep=(fd,))
    equal(child.hear(), 'ready', 'the forked program')
    os.close(fd)
    expect_errno('EBUSY', d.open, 'tap0')
    t.wire('tap0').send(frames(1)[0])
    equal(os.read(second, 2000), frames(1)[0], 'frame read from the duplicate')
    equal(d.unit('tap0')['opened_by'], [os.getpid()], 'the opener')
    os.dup2(os.open('/dev/null', os.O_RDONLY), second)
    expect_errno('EBUSY', d.open, 'tap0')
    child.end()
    wait_equal(lambda: d.unit('tap0')['opened_by'], [], 'openers after the last close')
    t.open(d, 'tap0')


@case('two openers: the second gets EBUSY, whoever it is')
def exclusive(t):
    d = t.tapd()
    up_unit(d)
    t.open(d, 'tap0')
    expect_errno('EBUSY', d.open, 'tap0')
    equal(t.program(lambda say: d.open('tap0')).result(), 'EBUSY', 'open in another process')


def read_into(got, fd):
    def body():
        try:
            got.append(os.read(fd, 2000))
        except OSError as e:
            got.append(e)
    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    return thread


@case('two readers of one descriptor get a frame each, the older one first')
def two_readers(t):
    d = t.tapd()
    up_unit(d)
    fd = t.open(d, 'tap0')
    first, second = [], []
    threads = [read_into(first, fd)]
    wait_equal(lambda: d.unit('tap0')['readers'], 1, 'sleeping readers')
    threads.append(read_into(second, fd))
    wait_equal(lambda: d.unit('tap0')['readers'], 2, 'sleeping readers')
    wire = t.wire('tap0')
    wire.send(frames(1)[0])
    wait_until(lambda: first, 'the first reader')
    equal((first, second), (frames(1), []), 'what they have read')
    wire.send(frames(2)[0])
    for thread in threads:
        thread.join(WAIT)
    equal((first, second), (frames(1), frames(2)), 'what they have read')


@case('one thread sleeps in read while another writes on the same descriptor')
def read_and_write(t):
    d = t.tapd()
    up_unit(d)
    fd = t.open(d, 'tap0')
    ether = mac(d.unit('tap0')['ether'])
    got = []
    thread = read_into(got, fd)
    wait_equal(lambda: d.unit('tap0')['readers'], 1, 'sleeping readers')
    wire = t.wire('tap0')
    for tag in range(200):
        os.write(fd, frame(ether, PEER, 60, tag))
    equal([wire.receive()[14] for _ in range(200)], [n & 0xff for n in range(200)], 'frames the host got')
    equal((got, d.unit('tap0')['readers']), ([], 1), 'the reader, still asleep')
    wire.send(frames(1)[0])
    thread.join(WAIT)
    equal(got, frames(1), 'what it read')


@case('writers in several threads: every frame arrives whole')
def many_writers(t):
    d = t.tapd()
    up_unit(d)
    fd = t.open(d, 'tap0')
    ether = mac(d.unit('tap0')['ether'])
    wire = t.wire('tap0')

    def body(tag):
        for _ in range(50):
            os.write(fd, frame(ether, PEER, 1000 + tag, tag))
    threads = [threading.Thread(target=body, args=(tag,), daemon=True) for tag in range(4)]
    for thread in threads:
        thread.start()
    got = [wire.receive() for _ in range(200)]
    for tag in range(4):
        equal(got.count(frame(ether, PEER, 1000 + tag, tag)), 50, 'whole frames of writer %d' % tag)
    equal(d.counters('tap0'), {'ipackets': 200, 'ibytes': 50 * 4006, }, 'counters')


@case('readv and writev: one call is one frame')
def vectors(t):
    d = t.tapd()
    up_unit(d)
    fd = t.open(d, 'tap0')
    ether = mac(d.unit('tap0')['ether'])
    wire = t.wire('tap0')
    out = frame(ether, PEER, 1514, 5)
    equal(os.writev(fd, [out[:14], out[14:700], out[700:]]), 1514, 'bytes written')
    equal(wire.receive(), out, 'frame the host got')
    wire.send(frame(PEER, ether, 1514, 6))
    parts = [bytearray(14), bytearray(1000), bytearray(1000)]
    equal(os.readv(fd, parts), 1514, 'bytes read')
    equal(b''.join(parts)[:1514], frame(PEER, ether, 1514, 6), 'frame read')


# ---------------------------------------------------------------- readiness

def by_select(fd):
    return lambda timeout: bool(select.select([fd], [], [], timeout)[0])


def by_poll(fd):
    p = select.poll()
    p.register(fd, select.POLLIN)
    return lambda timeout: bool(p.poll(None if timeout is None else timeout * 1000))


def by_epoll(fd, flags=0):
    e = select.epoll()
    e.register(fd, select.EPOLLIN | flags)
    return lambda timeout: bool(e.poll(timeout))


def by_epoll_edge(fd):
    return by_epoll(fd, select.EPOLLET)


def sleeper(say, path, how):
    """Sleeps until there is something to read, three times, and says what it read."""
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    ready = how(fd)
    for _ in range(3):
        say('ready' if not ready(0) else 'early')
        ready(None)
        say(os.read(fd, 2000)[14])


def check_woken(t, how):
    d = t.tapd()
    up_unit(d)
    program = t.program(sleeper, d.path('tap0'), how)
    for tag in (1, 2, 3):
        equal(program.hear(), 'ready', 'the program')
        program.wait_asleep()
        t.wire('tap0').send(frames(tag)[0])
        equal(program.hear(), tag, 'what it read')
    equal(program.result(), None, 'the end of the program')


@case('select is woken by a frame')
def wake_select(t):
    check_woken(t, by_select)


@case('poll is woken by a frame')
def wake_poll(t):
    check_woken(t, by_poll)


@case('epoll, level-triggered, is woken by a frame')
def wake_epoll(t):
    check_woken(t, by_epoll)


@case('epoll, edge-triggered, is woken by a frame')
def wake_epoll_edge(t):
    check_woken(t, by_epoll_edge)


@case('readiness lasts while frames are queued; always writable; an edge comes with every frame')
def levels(t):
    d = t.tapd()
    up_unit(d)
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    level, edge = by_poll(fd), by_epoll_edge(fd)
    equal(select.select([fd], [fd], [], 0)[:2], ([], [fd]), 'readable and writable at first')
    wire = t.wire('tap0')
    for tag in (1, 2):
        wire.send(frames(tag)[0])
        wait_equal(lambda: d.unit('tap0')['queue']['length'], tag, 'queue length')
        equal(level(WAIT), True, 'readable with %d frames' % tag)
        equal(edge(WAIT), True, 'the edge of frame %d' % tag)
        equal(edge(0), False, 'a second edge of frame %d' % tag)
    os.read(fd, 2000)
    equal(level(0), True, 'readable with one frame left')
    os.read(fd, 2000)
    equal((level(0), edge(0)), (False, False), 'readable with none')


@case('FIONREAD is the length of the first frame')
def fionread(t):
    d = t.tapd()
    up_unit(d)
    fd = t.open(d, 'tap0')
    equal(ioctl_get(fd, FIONREAD), 0, 'FIONREAD of an empty queue')
    wire = t.wire('tap0')
    for size in (77, 1514):
        wire.send(frame(PEER, PEER, size))
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 2, 'queue length')
    for size in (77, 1514):
        equal(ioctl_get(fd, FIONREAD), size, 'FIONREAD')
        os.read(fd, 2000)


# ---------------------------------------------------------------- non-blocking

@case('O_NONBLOCK by open, by fcntl and by FIONBIO')
def nonblock(t):
    d = t.tapd()
    up_unit(d)
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    expect_errno('EAGAIN', os.read, fd, 2000)
    os.set_blocking(fd, True)
    got = []
    thread = read_into(got, fd)
    wait_equal(lambda: d.unit('tap0')['readers'], 1, 'sleeping readers, blocking again')
    t.wire('tap0').send(frames(1)[0])
    thread.join(WAIT)
    equal(got, frames(1), 'what it read')
    os.set_blocking(fd, False)
    expect_errno('EAGAIN', os.read, fd, 2000)
    ioctl_set(fd, FIONBIO, 0)
    thread = read_into(got, fd)
    wait_equal(lambda: d.unit('tap0')['readers'], 1, 'sleeping readers after FIONBIO 0')
    t.wire('tap0').send(frames(2)[0])
    thread.join(WAIT)
    ioctl_set(fd, FIONBIO, 1)
    equal(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK, os.O_NONBLOCK, 'O_NONBLOCK after FIONBIO 1')
    expect_errno('EAGAIN', os.read, fd, 2000)
    equal(got, frames(1, 2), 'what was read')


# ---------------------------------------------------------------- SIGIO

def sigio_program(say, path, numbers, group):
    """Asks for SIGIO for itself or its group; says so, and each time it comes."""
    fioasync, setown, getown, spgrp, gpgrp = numbers
    os.setsid()
    signal.signal(signal.SIGIO, interrupt)
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    ioctl_set(fd, fioasync, 1)
    me = os.getpid()
    if group:
        ioctl_set(fd, spgrp, me)
        owner = [ioctl_get(fd, gpgrp), ioctl_get(fd, getown)]
    else:
        ioctl_set(fd, setown, me)
        owner = [ioctl_get(fd, getown), ioctl_get(fd, gpgrp)]
    say([owner[0] - me, owner[1] + me])
    for _ in range(2):
        try:
            say('ready')
            signal.pause()
        except Interrupted:
            say(os.read(fd, 2000)[14])


def check_sigio(t, numbers, group):
    d = t.tapd()
    up_unit(d)
    program = t.program(sigio_program, d.path('tap0'), numbers, group)
    equal(program.hear(), [0, 0], 'owner, less the program itself')
    equal(d.unit('tap0')['async'], True, 'async by tapctl')
    equal(d.unit('tap0')['sigio'], -program.pid if group else program.pid, 'sigio by tapctl')
    for tag in (1, 2):
        equal(program.hear(), 'ready', 'the program')
        t.wire('tap0').send(frames(tag)[0])
        equal(program.hear(), tag, 'what it read in answer to SIGIO')
    equal(program.result(), None, 'the end of the program')


LINUX_NUMBERS = (FIOASYNC, FIOSETOWN, FIOGETOWN, TIOCSPGRP, TIOCGPGRP)
BSD_NUMBERS = (BSD_FIOASYNC, BSD_FIOSETOWN, BSD_FIOGETOWN, BSD_TIOCSPGRP, BSD_TIOCGPGRP)


@case('SIGIO by FIOASYNC and FIOSETOWN')
def sigio(t):
    check_sigio(t, LINUX_NUMBERS, False)


@case('SIGIO to a process group by FIOASYNC and TIOCSPGRP')
def sigio_group(t):
    check_sigio(t, LINUX_NUMBERS, True)


@case("SIGIO by FIOASYNC and FIOSETOWN in BSD's own numbers", only='cuse')
def sigio_bsd(t):
    check_sigio(t, BSD_NUMBERS, False)


@case("SIGIO to a process group by FIOASYNC and TIOCSPGRP in BSD's own numbers", only='cuse')
def sigio_group_bsd(t):
    check_sigio(t, BSD_NUMBERS, True)


def sigio_contained(say, path):
    """The first process of a pid namespace: what it calls 1 is itself."""
    check(ctypes.CDLL(None).unshare(0x20000000) == 0, 'a pid namespace')   # CLONE_NEWPID, for the next fork
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGIO, lambda signo, frame: os.write(w, b'!'))
        fd = os.open(path, os.O_RDWR)
        ioctl_set(fd, FIOASYNC, 1)
        ioctl_set(fd, FIOSETOWN, os.getpid())
        os.write(w, b'%d%d' % (os.getpid(), ioctl_get(fd, FIOGETOWN)))
        try:
            ioctl_set(fd, FIOSETOWN, 7777)
        except ProcessLookupError:
            os.write(w, b'-')
        while True:
            signal.pause()
    say(os.read(r, 2).decode() + os.read(r, 1).decode())
    say(os.read(r, 1).decode())
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


@case('SIGIO in a pid namespace: a program names itself by its own number')  # AS-05 AS-08
def sigio_namespace(t):
    d = t.tapd()
    up_unit(d)
    program = t.program(sigio_contained, d.path('tap0'))
    equal(program.hear(), '11-', 'its pid, its owner, and nobody called 7777')
    t.wire('tap0').send(frame(BROADCAST, PEER, 60))
    equal(program.hear(), '!', 'SIGIO')
    program.result()


@case('SIGIO cannot be sent to nobody, nor to a process of another session')
def sigio_denied(t):
    d = t.tapd()
    up_unit(d)
    fd = t.open(d, 'tap0')
    stranger = t.program(lambda say: (os.setsid(), say('ready'), signal.pause()))
    equal(stranger.hear(), 'ready', 'the stranger')
    ioctl_set(fd, FIOSETOWN, os.getpid())
    expect_errno('EPERM', ioctl_set, fd, FIOSETOWN, stranger.pid)
    expect_errno('ESRCH', ioctl_set, fd, FIOSETOWN, 4000000)
    equal(ioctl_get(fd, FIOGETOWN), os.getpid(), 'the owner is kept')
    ioctl_set(fd, FIOSETOWN, 0)
    equal(ioctl_get(fd, FIOGETOWN), 0, 'the owner after FIOSETOWN 0')


# ---------------------------------------------------------------- who may

def as_nobody(say, do, *args):
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    return do(*args)


def open_and_write(path, data):
    fd = os.open(path, os.O_RDWR)
    return os.write(fd, data)


OURS = '''
sysctl { user_open = %d }
unit tap0 { owner = nobody mode = 0600 }
unit tap1 { mode = 0666 }
unit tap2 { }
'''


def try_opens(t, user_open):
    d = t.tapd(config=OURS % user_open)
    return d, [t.program(as_nobody, open_and_write, d.path(name), b'x' * 13).result()
               for name in ('tap0', 'tap1', 'tap2', 'tap')]


@case('a user opens what the node lets him, if net.link.tap.user_open is set')  # OP-23, OP-25
def user_open(t):
    d, got = try_opens(t, 1)
    equal(got, [13, 13, 'EACCES', 'EACCES'], 'opens of tap0, tap1, tap2 and tap')
    t.open(d, 'tap2')


@case('without net.link.tap.user_open no user opens anything')
def no_user_open(t):
    d, got = try_opens(t, 0)
    equal(got, ['EPERM', 'EPERM', 'EACCES', 'EACCES'], 'opens of tap0, tap1, tap2 and tap')
    t.open(d, 'tap0')


@case('a user may look with tapctl, and change nothing')  # IF-04
def user_tapctl(t):
    d = t.tapd()
    d.ctl('tap0', 'create')

    def ask(*words):
        p = d.tapctl(*words)
        return [p.returncode, p.stderr]
    equal(t.program(as_nobody, ask, 'tap0').result(), [EX_OK, ''], 'tapctl tap0')
    equal(t.program(as_nobody, ask, '-a').result()[0], EX_OK, 'tapctl -a')
    for words in (('tap0', 'up'), ('tap', 'create'), ('tap0', 'destroy'), ('sysctl', 'net.link.tap.user_open=1')):
        status, message = t.program(as_nobody, ask, *words).result()
        equal(status, EX_NOPERM, 'exit status of tapctl ' + ' '.join(words))
        check(message, 'a message')
    equal(d.ctl('-l')['names'], ['tap0'], 'units')


if __name__ == '__main__':
    main()
