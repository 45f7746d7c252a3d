# SPDX-License-Identifier: BSD-2-Clause
"""
libtap-bsd as a program meets it: the C programs in bsd/ are compiled as BSD source with what pkg-config says, and run
against a tapd.  The last cases preload the library into programs that were not.
"""
import errno
import itertools
import json
import os
import select
import shlex
import shutil
import subprocess
import sys
import tempfile

from lib import (MULTICAST, STRANGER, WAIT, Skip, addresses, case, check, equal, frame, have_inet6, interfaces, ip,
                 link, mac, main, run, set_inet6, tap_ifname, wait_equal, wait_until)

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(sys.argv[sys.argv.index('--tapd') + 1]))))
PRELOAD = BUILD + '/src/bsd/libtap-bsd-preload.so'

# A library with sanitizers wants programs with the same, from the same compiler.
with open(PRELOAD, 'rb') as library:
    SANITIZED = b'__asan_init' in library.read()
with open(BUILD + '/compile_commands.json') as commands:
    words = shlex.split(json.load(commands)[0]['command'])
COMPILER = list(itertools.takewhile(lambda word: not word.startswith('-'), words))
if SANITIZED:
    COMPILER.append('-fsanitize=address,undefined')

made = {}


def pkg_config(*words):
    env = dict(os.environ, PKG_CONFIG_PATH=BUILD + '/meson-uninstalled')
    p = run('pkg-config', *words, env=env)
    check(p.returncode == 0, 'pkg-config %s: %s' % (' '.join(words), p.stderr))
    return shlex.split(p.stdout)


def build(name, package=None, *flags):
    """The program bsd/NAME.c, made once for each package (None: as a Linux program) and flags."""
    key = (name, package) + flags
    if key not in made:
        out = tempfile.mkdtemp(prefix='bsdlib-', dir='/run') + '/' + name
        os.chmod(os.path.dirname(out), 0o755)
        cflags = pkg_config('--cflags', package) if package else ['-D_GNU_SOURCE']
        libs = pkg_config('--libs', package) if package else []
        p = run(*COMPILER, '-Wall', '-Wextra', '-Werror', *cflags, *flags, '-o', out, '%s/bsd/%s.c' % (HERE, name), *libs)
        check(p.returncode == 0, '%s.c: %s' % (name, p.stderr))
        made[key] = out
    return made[key]


def environment(d, **more):
    env = dict(os.environ, LD_LIBRARY_PATH=BUILD + '/src/bsd', **more)
    env.pop('LD_PRELOAD', None) if 'LD_PRELOAD' not in more else None
    if d is not None:
        env['TAPD_SOCKET'] = d.socket
    return env


class Caller:
    """bsd/ifc.c of one system; each call is a run of it, its result what it printed: 'ok', or an errno's name."""

    def __init__(self, d, system):
        self.prog, self.env = build('ifc', 'tap-bsd-' + system), environment(d)

    def __call__(self, *words, **kw):
        p = run(self.prog, *words, env=self.env, **kw)
        equal(p.returncode, 0, '%s: %s: status' % (' '.join(words), p.stderr))
        equal(p.stderr, '', 'what the library prints')
        text = p.stdout.strip()
        return errno.errorcode[int(text)] if text.isdigit() else text


class Talker:
    """A program that prints lines and waits at 'ready'."""

    def __init__(self, c, argv, env):
        self.proc = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, bufsize=0)
        c.defer(self.end)

    def until(self, last):
        """The lines up to this one."""
        lines = []
        while not lines or lines[-1] != last:
            check(select.select([self.proc.stdout], [], [], WAIT)[0], 'waiting for %r after %r' % (last, lines))
            line = self.proc.stdout.readline().decode()
            check(line, 'the program ended before %r, after %r' % (last, lines))
            lines.append(line.rstrip('\n'))
        return lines[:-1]

    def rest(self):
        text, _ = self.proc.communicate(timeout=WAIT)
        equal(self.proc.returncode, 0, 'status')
        return text.decode().splitlines()

    def end(self):
        for pipe in self.proc.stdin, self.proc.stdout:
            pipe.close()
        if self.proc.poll() is None:
            self.proc.kill()
            self.proc.wait()


def opened(c, d, name):
    """A new unit, and a descriptor of it."""
    d.ctl(name, 'create')
    return c.open(d, name)


# ---------------------------------------------------------------- interfaces

@case('create, create again, destroy; of no unit, the lowest free one')
def _(c):
    d = c.tapd()
    ifc = Caller(d, 'freebsd')
    equal(ifc('create', 'tap'), 'tap0 ok', 'create tap')
    equal(ifc('create', 'tap'), 'tap1 ok', 'create tap')
    equal(ifc('create', 'tap7'), 'tap7 ok', 'create tap7')
    equal(ifc('create2', 'tap7'), 'EEXIST', 'create tap7 again')
    equal(ifc('create2', 'bridge0'), 'EINVAL', 'create of what tapd cannot make')
    check(link('tap7') is not None, 'tap7 is there')
    equal(ifc('destroy', 'tap7'), 'ok', 'destroy')
    equal(ifc('destroy', 'tap7'), 'ENXIO', 'destroy again')
    equal(ifc('destroy', 'lo'), 'ENXIO', 'destroy of what is not a tap')
    check(link('tap7') is None, 'tap7 is gone')


@case('destroy right after close succeeds, though the close is still on its way')
def _(c):
    d = c.tapd()
    ifc = Caller(d, 'freebsd')
    for _ in range(10):
        d.ctl('tap0', 'create')
        os.close(d.open('tap0'))
        equal(ifc('destroy', 'tap0'), 'ok', 'destroy')
        check('tap0' not in interfaces(), 'tap0 is gone')


@case('destroy waits for the last close')
def _(c):
    d = c.tapd()
    fd = opened(c, d, 'tap0')
    t = Talker(c, [build('ifc', 'tap-bsd-freebsd'), 'destroy', 'tap0'], environment(d))
    wait_until(lambda: d.unit('tap0')['opened_by'] and t.proc.poll() is None, 'it waits')
    check(link('tap0') is not None, 'tap0 stays while it is open')
    os.close(fd)
    equal(t.rest(), ['ok'], 'destroy')


@case('without a tapd, and without the rights')
def _(c):
    ifc = Caller(c.tapd(start=False), 'freebsd')
    equal(ifc('create', 'tap'), 'ENXIO', 'create')
    equal(ifc('destroy', 'tap0'), 'ENXIO', 'destroy')
    equal(ifc('variable', 'net.link.tap.user_open'), 'ENOENT', 'sysctl, as without the driver')
    equal(ifc('flags', 'tap0'), 'ENODEV', 'flags: the kernel\'s answer')
    d = c.tapd()
    ifc = Caller(d, 'freebsd')
    # The build may be where only its owner can look.
    shutil.copy(BUILD + '/src/bsd/libtap-bsd.so.0', os.path.dirname(ifc.prog))
    ifc.env['LD_LIBRARY_PATH'] = os.path.dirname(ifc.prog)
    nobody = {'user': 65534, 'group': 65534, 'extra_groups': []}
    check(ifc('create', 'tap', **nobody) in ('EPERM', 'EACCES'), 'create by nobody')
    equal(d.ctl('-l')['names'], [], 'units')


@case('IPv4 addresses come, change and go')
def _(c):
    d = c.tapd()
    opened(c, d, 'tap0')
    ifc = Caller(d, 'freebsd')
    ip('link', 'set', 'tap0', 'down')
    equal(ifc('unalias', 'tap0'), 'EADDRNOTAVAIL', 'no address to remove')
    equal(ifc('alias', 'tap0', '192.0.2.1', '255.255.255.0'), 'ok', 'the first')
    check('UP' in link('tap0')['flags'], 'it comes up with its address')
    equal(ifc('alias', 'tap0', '192.0.2.2', '255.255.255.0'), 'ok', 'of the same network')
    equal(ifc('alias', 'tap0', '10.1.2.3', '0.0.0.0'), 'ok', 'with the mask of its class')
    equal(ifc('in_alias', 'tap0', '198.51.100.1', '255.255.255.240', '198.51.100.15'), 'ok', 'with a broadcast address')
    equal(sorted(addresses('tap0')), ['10.1.2.3/8', '192.0.2.1/24', '192.0.2.2/24', '198.51.100.1/28'], 'addresses')
    text = ip('addr', 'show', 'dev', 'tap0')
    check('192.0.2.1/24 brd 192.0.2.255' in text and '198.51.100.1/28 brd 198.51.100.15' in text, text)
    equal(ifc('alias', 'tap0', '10.1.2.3', '255.255.0.0'), 'ok', 'with another mask')
    equal(ifc('unalias', 'tap0', '192.0.2.1'), 'ok', 'removed')
    equal(sorted(addresses('tap0')), ['10.1.2.3/16', '192.0.2.2/24', '198.51.100.1/28'],
          'its neighbour stays, though Linux would remove it too')
    equal(ifc('unalias', 'tap0', '192.0.2.9'), 'EADDRNOTAVAIL', 'one that is not there')
    equal(ifc('unalias', 'tap9', '192.0.2.9'), 'ENXIO', 'no such interface')
    equal(ifc('alias', 'tap9', '192.0.2.9', '0.0.0.0'), 'ENXIO', 'no such interface')
    for _ in range(3):
        equal(ifc('unalias', 'tap0'), 'ok', 'the first one')
    equal(addresses('tap0'), [], 'addresses')
    equal(ifc('addr', 'tap0', '192.0.2.5', '255.255.255.192'), '192.0.2.5 255.255.255.192 ok', 'SIOCSIFADDR')
    equal(addresses('tap0'), ['192.0.2.5/26'], 'addresses')


@case('IPv6 addresses come and go')
def _(c):
    if not have_inet6():
        return
    d = c.tapd()
    opened(c, d, 'tap0')
    set_inet6('tap0', True)
    ifc = Caller(d, 'freebsd')
    equal(ifc('alias6', 'tap0', '2001:db8::1', '64'), 'ok', 'an address')
    equal(ifc('alias6', 'tap0', '2001:db8:1::1', '48'), 'ok', 'another')
    wait_equal(lambda: sorted(a for a in addresses('tap0') if a.startswith('2001')),
               ['2001:db8:1::1/48', '2001:db8::1/64'], 'addresses')
    check('tentative' not in ip('addr', 'show', 'dev', 'tap0', 'to', '2001:db8::/32'), 'IN6_IFF_NODAD')
    check('inet6 2001:db8::1 len 28' in ifc('list', 'tap0'), 'getifaddrs')
    equal(ifc('unalias6', 'tap0', '2001:db8::1'), 'ok', 'removed')
    equal(ifc('unalias6', 'tap0', '2001:db8::1'), 'EADDRNOTAVAIL', 'again')
    equal([a for a in addresses('tap0') if a.startswith('2001')], ['2001:db8:1::1/48'], 'addresses')


def check_lladdr(c, system):
    d = c.tapd()
    opened(c, d, 'tap0')
    ifc = Caller(d, system)
    equal(ifc('lladdr', 'tap0', '02:00:00:00:00:11'), 'ok', 'SIOCSIFLLADDR')
    equal(link('tap0')['address'], '02:00:00:00:00:11', 'address')
    equal(ifc('hwaddr', 'tap0'), '2:0:0:0:0:11 len 6 ok', 'SIOCGHWADDR')
    equal(ifc('local_addr', 'tap0'), '2:0:0:0:0:11 len 6 ok', 'SIOCGIFADDR on a local socket')
    equal(ifc('local_addr', 'tap9'), 'ENXIO', 'no such interface')
    equal(ifc('phyaddr', 'tap0', '02:00:00:00:00:12'), 'ok', 'SIOCSIFPHYADDR')
    equal(link('tap0')['address'], '02:00:00:00:00:12', 'address')
    equal(ifc('lladdr', 'tap9', '02:00:00:00:00:11'), 'ENXIO', 'no such interface')
    ip('addr', 'add', '192.0.2.1/24', 'dev', 'tap0')
    equal(ifc('list', 'tap0'), 'link 2:0:0:0:0:12 index same inet 192.0.2.1 len 16 16 ok', 'getifaddrs')


@case('link-level addresses and getifaddrs, as FreeBSD')
def _(c):
    check_lladdr(c, 'freebsd')


@case('link-level addresses and getifaddrs, as NetBSD')
def _(c):
    check_lladdr(c, 'netbsd')


@case('a new name, up and down, and what the descriptor says of it')
def _(c):
    d = c.tapd()
    fd = opened(c, d, 'tap0')
    ifc = Caller(d, 'freebsd')
    d.ctl('tap1', 'create')
    ip('addr', 'add', '192.0.2.1/24', 'dev', 'tap0')
    ip('link', 'set', 'tap0', 'up')
    equal(ifc('rename', 'tap0', 'wan0'), 'ok', 'rename while up')
    equal(addresses('wan0'), ['192.0.2.1/24'], 'its address went along')
    check('UP' in link('wan0')['flags'], 'it is up')
    equal(tap_ifname(fd), 'wan0', 'TAPGIFNAME')
    wait_equal(lambda: sorted(d.ctl('-l')['names']), ['tap1', 'wan0'], 'names')
    equal(ifc('rename', 'wan0', 'tap1'), 'EEXIST', 'a name in use')
    equal(ifc('rename', 'wan0', ''), 'EINVAL', 'no name')
    equal(ifc('rename', 'wan0', 'x' * 16), 'EINVAL', 'a long name')
    equal(ifc('rename', 'tap0', 'lan0'), 'ENXIO', 'no such interface')
    ip('link', 'set', 'wan0', 'down')
    equal(ifc('rename', 'wan0', 'lan0'), 'ok', 'rename while down')
    check('UP' not in link('lan0')['flags'], 'it is down')


@case('descriptions, groups, media, flags, MTU, counters')
def _(c):
    d = c.tapd()
    fd = opened(c, d, 'tap0')
    ifc = Caller(d, 'freebsd')
    equal(ifc('get_descr', 'tap0', '100'), 'ENOMSG', 'no description')
    equal(ifc('set_descr', 'tap0', 'the way out'), 'ok', 'set')
    equal(link('tap0')['ifalias'], 'the way out', 'ifalias')
    equal(ifc('get_descr', 'tap0', '100'), "'the way out' 12 same ok", 'got')
    equal(ifc('get_descr', 'tap0', '11'), "'untouched' 12 NULL ok", 'got in too small a buffer')
    equal(ifc('set_descr', 'tap0', 'x' * 256), 'ENAMETOOLONG', 'too long')
    equal(ifc('set_descr', 'tap0', ''), 'ok', 'removed')
    equal(ifc('get_descr', 'tap0', '100'), 'ENOMSG', 'no description')
    equal(Caller(d, 'openbsd')('set_descr', 'tap0', 'a string'), 'ok', 'OpenBSD')
    equal(Caller(d, 'openbsd')('get_descr', 'tap0'), "'a string' ok", 'OpenBSD')
    equal(ifc('group', 'tap0', 'vpn'), 'ok', 'group')
    equal(ifc('group', 'tap0', 'vpn1'), 'EINVAL', 'a group that ends in a digit')
    equal(ifc('group', 'tap9', 'vpn'), 'ENXIO', 'no such interface')
    equal(ifc('up', 'tap0', '1'), 'ok', 'up')
    equal(ifc('flags', 'tap0'), 'up multicast ok', 'flags')
    equal(ifc('media', 'tap0'), 'ether active count 1 ok', 'media')
    equal(ifc('set_mtu', 'tap0', '1400'), 'ok', 'mtu')
    equal(ifc('mtu', 'tap0'), '1400 ok', 'mtu')
    os.write(fd, frame(mac(link('tap0')['address']), STRANGER, 60))
    for system in 'freebsd', 'netbsd', 'openbsd', 'dragonfly':
        wait_until(lambda: Caller(d, system)('data', 'tap0') == 'in 1 out 0 mtu 1400 ok', 'counters, as ' + system)
    equal(ifc('up', 'tap0', '0'), 'ok', 'down')
    check('UP' not in link('tap0')['flags'], 'it is down')
    ip('maddr', 'add', '01:00:5e:00:00:63', 'dev', 'tap0')
    equal(ifc('groups', 'tap0', '01:00:5e:00:00:63'), 'member ok', 'getifmaddrs')
    equal(ifc('groups', 'tap0', '01:00:5e:00:00:64'), 'stranger ok', 'getifmaddrs')


@case('sysctl')
def _(c):
    d = c.tapd()
    ifc = Caller(d, 'freebsd')
    before = d.ctl('sysctl', 'net.link.tap.user_open')['sysctls'][0]['value']
    equal(ifc('variable', 'net.link.tap.user_open'), '%d %d len 4 ok' % (before, before), 'read')
    equal(ifc('variable', 'net.link.tap.user_open', '1'), '%d 1 len 4 ok' % before, 'set: the old, the new')
    equal(d.ctl('sysctl', 'net.link.tap.user_open')['sysctls'][0]['value'], 1, 'as tapd has it')
    equal(ifc('variable', 'net.link.tap.user_open', '77'), 'EINVAL', 'a value it does not take')
    equal(ifc('variable', 'net.link.tap.nothing'), 'ENOENT', 'no such variable')
    equal(ifc('variable', 'kern.maxproc'), 'ENOENT', 'no such tree')
    opened(c, d, 'tap3')
    address = d.unit('tap3')['ether']
    equal(Caller(d, 'netbsd')('string', 'net.link.tap.tap3', '02:00:00:00:00:44'), '18 %s ok' % address, 'NetBSD')
    equal(link('tap3')['address'], '02:00:00:00:00:44', 'address')
    equal(Caller(d, 'netbsd')('string', 'net.link.tap.tap4'), 'ENOENT', 'no such unit')


@case('an interface that only tapd has')
def _(c):
    d = c.tapd()
    d.ctl('tap0', 'create', 'attach', 'null')
    ifc = Caller(d, 'freebsd')
    check(link('tap0') is None, 'the kernel has none')
    equal(ifc('create', 'tap0'), 'EEXIST', 'create')
    equal(ifc('flags', 'tap0'), 'down multicast ok', 'flags')
    equal(ifc('up', 'tap0', '1'), 'ok', 'up')
    equal(ifc('flags', 'tap0'), 'up multicast ok', 'flags')
    equal(ifc('lladdr', 'tap0', '02:00:00:00:00:11'), 'ok', 'SIOCSIFLLADDR')
    equal(ifc('hwaddr', 'tap0'), '2:0:0:0:0:11 len 6 ok', 'SIOCGHWADDR')
    equal(ifc('list', 'tap0'), 'link 2:0:0:0:0:11 index same ok', 'getifaddrs')
    equal(ifc('set_mtu', 'tap0', '1400'), 'ok', 'mtu')
    equal(ifc('mtu', 'tap0'), '1400 ok', 'mtu')
    equal(ifc('alias', 'tap0', '192.0.2.1', '255.255.255.0'), 'ok', 'address')
    equal(d.unit('tap0')['addresses'], [{'family': 'inet', 'address': '192.0.2.1', 'prefixlen': 24}], 'addresses')
    equal(ifc('unalias', 'tap0'), 'ok', 'the first one removed')
    equal(ifc('addr', 'tap0', '192.0.2.5', '255.255.255.192'), '192.0.2.5 255.255.255.192 ok', 'SIOCSIFADDR')
    equal(ifc('alias6', 'tap0', '2001:db8::1', '64'), 'ok', 'IPv6')
    equal(ifc('unalias6', 'tap0', '2001:db8::1'), 'ok', 'IPv6')
    equal([a['address'] for a in d.unit('tap0')['addresses']], ['192.0.2.5'], 'addresses')
    equal(ifc('rename', 'tap0', 'wan0'), 'ok', 'rename')
    equal(ifc('flags', 'wan0'), 'up multicast ok', 'flags')
    equal(ifc('destroy', 'wan0'), 'ok', 'destroy')
    equal(d.ctl('-l')['names'], [], 'names')


# ---------------------------------------------------------------- the descriptor

def device_lines(address, system):
    plain = address.replace(':', '')
    return (['TAPGIFNAME tap0'] + ['fdevname tap0'] * (system != 'netbsd') +
            ['lladdr a5a5a5a5a5a5 %s a5a5a5a5a5a5' % plain] * (system != 'netbsd') +
            ['lladdr a5a5a5a5a5a5 %s a5a5a5a5a5a5' % plain] * (system == 'netbsd') +
            ['F_SETOWN 0', 'F_GETOWN me', 'FIOGETOWN 0 me', 'FIOSETOWN 0', 'F_GETOWN my group', 'TIOCSPGRP 0',
             'O_ASYNC before: 0', 'F_SETFL 0', 'O_ASYNC after: 1', 'F_SETFL 0', 'both: 1 1'])


@case('the descriptor: six bytes, owner, SIGIO, FIONREAD, flags')
def _(c):
    d = c.tapd()
    d.ctl('tap0', 'create')
    for system in 'freebsd', 'netbsd':
        t = Talker(c, [build('device', 'tap-bsd-' + system), d.path('tap0')], environment(d))
        lines = t.until('ready')
        equal(lines, device_lines(d.unit('tap0')['ether'], system), 'as ' + system)
        ip('link', 'set', 'tap0', 'up')
        w = c.wire('tap0')
        w.send(frame(MULTICAST, STRANGER, 100))
        equal(t.rest(), ['SIGIO', 'FIONREAD 0 100', 'read 100', 'FIONREAD 0 0', 'read -1 EAGAIN', 'FIOASYNC 0',
                         'O_ASYNC at last: 0', 'FIONBIO 0', 'O_NONBLOCK at last: 0'], 'with a frame')
        equal(d.unit('tap0')['async'], False, 'async')


@case('kevent on a tap')
def _(c):
    d = c.tapd()
    d.ctl('tap0', 'create')
    t = Talker(c, [build('queue', 'tap-bsd-freebsd'), d.path('tap0')], environment(d))
    equal(t.until('ready'), ['add 0', 'vnode %d' % -errno.EINVAL, 'empty: none'], 'before')
    ip('link', 'set', 'tap0', 'up')
    w = c.wire('tap0')
    w.send(frame(MULTICAST, STRANGER, 100))
    equal(t.until('ready'), ['frame: READ data 1', 'kqueue readable 1', 'still: READ data 1', 'read 100', 'taken: none',
                             'kqueue readable 0', 'write 0', 'writable: WRITE data 1500', 'once: none', 'clear 0'],
          'level-triggered')
    w.send(frame(MULTICAST, STRANGER, 200))
    equal(t.until('ready'), ['frame: READ data 1', 'cleared: none', 'read 200', 'level 0',
                             'child kevent %d' % -errno.EBADF], 'with EV_CLEAR')
    w.send(frame(MULTICAST, STRANGER, 300))
    wait_equal(lambda: d.unit('tap0')['queue']['length'], 1, 'frames queued')
    t.proc.stdin.write(b'go')
    equal(t.until('done'), ['closed: READ data 2'], 'the note goes with the descriptor')
    equal(t.rest(), [], 'at last')


@case('kevent on everything else')
def _(c):
    p = run(build('queue', 'tap-bsd-netbsd'), env=environment(None))
    equal(p.returncode, 0, 'status')
    lines = p.stdout.splitlines()
    want = ['pipe empty: none', 'write 5', 'pipe full: READ data 5', 'pipe disabled: none',
            'pipe writable: WRITE data 65531', 'delete again %d' % -errno.ENOENT, 'pipe ended: READ EOF data 5',
            'delete closed %d' % -errno.EBADF, 'pipe closed: none',
            'file: READ data 7',
            'timer 0', 'timer early: none', 'timer: TIMER data 1', 'gone %d' % -errno.ENOENT, 'periodic: TIMER data N',
            'negative %d' % -errno.EINVAL,
            'signal: SIGNAL data 2', 'signal told: none', 'signal: SIGNAL data 1', 'handled 1',
            'user quiet: none', 'user: USER data 0', 'user cleared: none',
            'vnode %d' % -errno.EINVAL, 'bad descriptor %d' % -errno.EBADF, 'in the list 1 ERROR %d' % errno.EBADF,
            'no kqueue %d' % -errno.EBADF, 'child without it 0', 'closed %d' % -errno.EBADF,
            'another descriptor %d' % -errno.EBADF]
    got = ['periodic: TIMER data N' if line.startswith('periodic: TIMER data ') and int(line.split()[-1]) > 0 else line
           for line in lines]
    equal(got, want, 'events')


# ---------------------------------------------------------------- programs that use no tap, and those not built for it

@case('sockets, terminals, pipes and files behave as without the library')
def _(c):
    d = c.tapd()
    want = run(build('plain'))
    equal(want.returncode, 0, 'status')
    check(len(want.stdout.splitlines()) > 100, want.stdout)
    for flags in (), ('-D_FILE_OFFSET_BITS=64',):
        got = run(build('plain', 'tap-bsd', *flags), env=environment(d))
        equal(got.stdout.splitlines(), want.stdout.splitlines(), 'built with tap-bsd ' + ' '.join(flags))
    for flags in (), ('-D_FILE_OFFSET_BITS=64',):
        got = run(build('plain', None, *flags), env=environment(d, LD_PRELOAD=PRELOAD))
        equal(got.stderr, '', 'what the library prints')
        equal(got.stdout.splitlines(), want.stdout.splitlines(), 'preloaded ' + ' '.join(flags))


SCRIPT = '''
import fcntl, os, signal, socket, struct, sys
path, = sys.argv[1:]
fd = os.open(path, os.O_RDWR)
ifr = bytearray(struct.pack('16s16s', b'', b''))
fcntl.ioctl(fd, 0x4020745d, ifr)                        # TAPGIFNAME, as FreeBSD encodes it
name = ifr[:16].rstrip(b'\\0')
print(name.decode())
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print(hex(struct.unpack('16sh14x', fcntl.ioctl(s, 0xc0206911, struct.pack('16s16x', name)))[1] & 1))    # SIOCGIFFLAGS
fcntl.ioctl(s, 0x80206910, struct.pack('16sh14x', name, 1))                                             # SIOCSIFFLAGS
print(hex(struct.unpack('16sh14x', fcntl.ioctl(s, 0xc0206911, struct.pack('16s16x', name)))[1] & 1))
print(fcntl.ioctl(s, 0xc020697a, struct.pack('16s16x', b'tap'))[:16].rstrip(b'\\0').decode())            # SIOCIFCREATE
fcntl.ioctl(s, 0x80206979, struct.pack('16s16x', b'tap1'))                                              # SIOCIFDESTROY
signal.signal(signal.SIGIO, lambda *a: None)
fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
print('ready', flush=True)
print(signal.sigwait([signal.SIGIO]) == signal.SIGIO, len(os.read(fd, 2000)))
'''


@case('preloaded into a program that has BSD\'s numbers written out')
def _(c):
    if SANITIZED:
        raise Skip('the library has sanitizers, and python has not')
    d = c.tapd()
    d.ctl('tap0', 'create')
    t = Talker(c, [sys.executable, '-c', SCRIPT, d.path('tap0')], environment(d, LD_PRELOAD=PRELOAD))
    equal(t.until('ready'), ['tap0', '0x0', '0x1', 'tap1'], 'the calls')
    w = c.wire('tap0')
    w.send(frame(MULTICAST, STRANGER, 100))
    equal(t.rest(), ['True 100'], 'SIGIO and a frame')


@case('pkg-config: each system\'s flags, and the dependency')
def _(c):
    for system, macro in (('freebsd', '-D__FreeBSD__=14'), ('netbsd', '-D__NetBSD__=1'), ('openbsd', '-D__OpenBSD__=1'),
                          ('dragonfly', '-D__DragonFly__=1')):
        flags = pkg_config('--cflags', 'tap-bsd-' + system)
        check(macro in flags and '-U__linux__' in flags, flags)
    check('-U__linux__' not in pkg_config('--cflags', 'tap-bsd'), 'tap-bsd leaves the system alone')
    check('-lbsd' in pkg_config('--libs', 'tap-bsd'), 'libbsd')


main()
