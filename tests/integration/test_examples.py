#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The example programs, end to end: ping through /dev/tap0, and a dump of a frame."""
import re
import signal
import subprocess

from lib import (BROADCAST, WAIT, Skip, case, check, equal, have_inet6, ip, link, mac, main, run, set_inet6, wait_equal,
                 wait_until)


def start(t, program, *args):
    """A program with its output in a pipe; ended with the case."""
    check(program, 'the test was not told where the program is')
    p = subprocess.Popen((program,) + args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         universal_newlines=True)

    def end():
        p.kill()
        p.wait()
        p.stdout.close()
        p.stderr.close()
    t.defer(end)
    return p


def wait_open(d, name, pid):
    wait_equal(lambda: d.unit(name)['opened_by'], [pid], 'the program that has %s open' % name)


def ping(*args):
    p = run('ping', '-n', '-c', '3', '-i', '0.2', '-W', '5', *args)
    check(p.returncode == 0 and ' 0% packet loss' in p.stdout, 'ping: ' + p.stdout + p.stderr)


def stop(p):
    """As a user's Ctrl-C; what it printed."""
    p.send_signal(signal.SIGINT)
    out, err = p.communicate(timeout=WAIT)
    equal((p.returncode, err), (0, ''), 'exit status and stderr')
    return out


@case('tapping answers ping over IPv4')
def ping4(t):
    d = t.tapd()
    equal(d.tapctl('tap0', 'create').returncode, 0, 'exit status of tapctl tap0 create')
    equal(d.tapctl('tap0', 'up').returncode, 0, 'exit status of tapctl tap0 up')
    p = start(t, t.options.tapping, '-4', '192.0.2.2', d.path('tap0'))
    wait_open(d, 'tap0', p.pid)
    equal(d.tapctl('tap0', 'inet', '192.0.2.1/24', 'up').returncode, 0, 'exit status of tapctl tap0 inet')
    ping('-4', '192.0.2.2')
    out = stop(p)
    check(re.search(r'^ *3 IPv4 echo requests answered$', out, re.M), 'counts: ' + out)
    wait_until(lambda: 'UP' not in link('tap0')['flags'], 'the interface to go down with the program')
    equal(d.unit('tap0')['addresses'], [], 'addresses after the program')


@case('tapping answers ping over IPv6')
def ping6(t):
    if not have_inet6():
        raise Skip('no IPv6 in this kernel')
    d = t.tapd()
    d.ctl('tap0', 'create')
    set_inet6('tap0', True)
    d.ctl('tap0', 'up')
    p = start(t, t.options.tapping, '-6', 'fd00::2', d.path('tap0'))
    wait_open(d, 'tap0', p.pid)
    equal(d.tapctl('tap0', 'inet6', 'fd00::1/64', 'up').returncode, 0, 'exit status of tapctl tap0 inet6')
    wait_until(lambda: 'tentative' not in ip('-6', 'addr', 'show', 'dev', 'tap0'), 'duplicate address detection to end')
    ping('-6', 'fd00::2')
    out = stop(p)
    check(re.search(r'^ *3 IPv6 echo requests answered$', out, re.M), 'counts: ' + out)


@case('tapping on the clone device makes a unit of its own')
def ping_clone(t):
    d = t.tapd()
    d.ctl('sysctl', 'net.link.tap.up_on_open=1')
    p = start(t, t.options.tapping, '-4', '192.0.2.2', d.path('tap'))
    wait_equal(lambda: d.ctl('-l')['names'], ['tap0'], 'units')
    wait_open(d, 'tap0', p.pid)
    check('tap0' in p.stdout.readline(), 'the program says which')
    d.ctl('tap0', 'inet', '192.0.2.1/24')
    ping('-4', '192.0.2.2')


@case('tapdump prints an ARP request')
def dump(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    p = start(t, t.options.tapdump, '-n', '1', d.path('tap0'))
    wait_open(d, 'tap0', p.pid)
    d.ctl('tap0', 'inet', '192.0.2.1/24')
    ether = mac(d.unit('tap0')['ether'])
    pinger = start(t, '/usr/bin/env', 'ping', '-n', '-c', '1', '-W', '1', '192.0.2.2')
    out, err = p.communicate(timeout=WAIT)
    pinger.communicate(timeout=WAIT)
    equal(p.returncode, 0, 'exit status of tapdump: ' + err)
    got = bytes.fromhex(''.join(re.findall(r'\b[0-9a-f]{2}\b', out.split('received.', 1)[1])))
    arp = BROADCAST + ether + bytes.fromhex('0806 0001 0800 06 04 0001') + ether + bytes([192, 0, 2, 1]) + bytes(6) + \
        bytes([192, 0, 2, 2])
    equal(got, arp, 'the frame printed')
    check(out.startswith('%d bytes received.' % len(arp)), 'the length printed: ' + out)


@case('a 32-bit program: its ioctls have their own sizes', 'fuse')
def ioctl32(t):
    """Not in user-mode Linux, which runs no 32-bit programs; the numbers are the same for CUSE (test_tap)."""
    if not t.options.ioctl32:
        raise Skip('the compiler makes no 32-bit programs; install gcc-multilib')
    d = t.tapd()
    d.ctl('tap0', 'create')
    equal(run(t.options.ioctl32, d.path('tap0')).returncode, 0, 'the call that went wrong')


@case('tapdump says what is wrong where there is no device')
def dump_none(t):
    d = t.tapd()
    p = run(t.options.tapdump, d.path('tap9'))
    check(p.returncode != 0, 'exit status')
    check(d.path('tap9') in p.stderr, 'message: ' + p.stderr)


if __name__ == '__main__':
    main()
