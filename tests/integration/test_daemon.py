#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The daemon itself: configuration, exit statuses and messages, the control socket, and that it wastes nothing."""
import grp
import os
import pwd
import re
import select
import socket
import stat
import struct

from lib import (EX_CONFIG, EX_FAIL, EX_NOPERM, EX_OK, EX_UNAVAILABLE, EX_USAGE, NOBODY, PEER, Skip, addresses, case,
                 check, equal, expect_errno, frame, have_inet6, link, main, run, set_inet6, tap_ifname, wait_equal,
                 write_file)


# ---------------------------------------------------------------- configuration

CONFIG = '''
# A comment.
sysctl {
	user_open = 1
	up_on_open = 1
	ifqmaxlen = 7
}
unit tap0 {
	owner = nobody
	group = nogroup
	mode = 0640
	ether = "02:00:00:00:00:0a"
	mtu = 1400
	inet = { "192.0.2.1/24", "198.51.100.1/28" }
	link0 = true
}
unit tap3 {
	owner = 1234
	group = 5678
	mode = 0600
	up = true
}
unit vmnet1 { }
'''


@case('tapd -c: units, owners, modes, addresses and sysctls are as the file says')
def config(t):
    d = t.tapd(config=CONFIG)
    equal(d.ctl('-l')['names'], ['tap0', 'tap3', 'vmnet1'], 'units')
    want = {'tap0': (pwd.getpwnam('nobody').pw_uid, grp.getgrnam('nogroup').gr_gid, 0o640), 'tap3': (1234, 5678, 0o600),
            'vmnet1': (0, 0, 0o600), 'tap': (0, 0, 0o600)}
    for name, owner in want.items():
        st = os.stat(d.path(name))
        equal((st.st_uid, st.st_gid, stat.S_IMODE(st.st_mode)), owner, 'owner, group and mode of ' + name)
    u = d.unit('tap0')
    equal((u['ether'], u['mtu'], u['queue']['limit']), ('02:00:00:00:00:0a', 1400, 7), 'address, MTU, queue of tap0')
    check('LINK0' in u['flags'] and 'UP' in u['flags'], 'flags of tap0: %r' % u['flags'])
    equal(addresses('tap0'), ['192.0.2.1/24', '198.51.100.1/28'], 'addresses of tap0')
    equal((link('tap0')['address'], link('tap0')['mtu']), ('02:00:00:00:00:0a', 1400), "the host's address and MTU")
    check('UP' in link('tap3')['flags'] and 'UP' not in link('vmnet1')['flags'], 'tap3 is up and vmnet1 is not')
    values = {s['name']: s['value'] for s in d.ctl('sysctl')['sysctls']}
    equal([values['net.link.tap.' + n] for n in ('user_open', 'up_on_open', 'clone_reuse')], [1, 1, 0], 'sysctls')
    equal(values['net.link.ifqmaxlen'], 7, 'net.link.ifqmaxlen')


@case('tapd -c: the daemon section: transport, directories, prefix and socket')
def config_places(t):
    where = t.base + '/b'
    os.makedirs(where + '/dev')
    dev = '/dev' if not t.fuse else where + '/dev'
    path = where + '/conf'
    write_file(path, 'transport = %s\nprefix = q\nrun_dir = "%s/run"\ndev_dir = "%s"\nsocket = "%s/ctl"\n'
               'unit qtap0 { }\n' % (t.options.transport, where, dev, where))
    d = t.tapd(base='b', prefix='q', start=False)
    d.argv = [d.options.tapd, '-c', path]
    d.socket = where + '/ctl'
    t.daemons.append(d)
    d.start()
    equal(d.ctl('version')['tapd']['transport'], t.options.transport, 'transport')
    check(os.path.exists(dev + '/qtap0') and os.path.exists(dev + '/qtap'), 'the nodes')
    os.close(os.open(dev + '/qtap0', os.O_RDWR))
    d.stop()
    check(not os.path.lexists(d.socket), 'the socket is gone')


@case('tapd -c: IPv6 addresses')
def config_inet6(t):
    if not have_inet6():
        raise Skip('no IPv6 in this kernel')
    set_inet6('default', True)
    t.defer(set_inet6, 'default', False)
    d = t.tapd(config='unit tap0 { inet6 = { "2001:db8::1/64" } }\n')
    check('2001:db8::1/64' in addresses('tap0'), 'addresses: %r' % addresses('tap0'))
    check('UP' in d.unit('tap0')['flags'], 'up')


def config_test(t, text):
    path = t.base + '/conf'
    write_file(path, text)
    return run(t.options.tapd, '-t', '-c', path), path


@case('tapd -t: a good file is silent, status 0, and makes nothing')
def config_good(t):
    p, _ = config_test(t, CONFIG)
    equal((p.returncode, p.stdout, p.stderr), (EX_OK, '', ''), 'status and output')
    equal(link('tap0'), None, 'an interface')


BAD = (
    ('unit tap0 {\n mtu = 12\n}\n', 2, 'from 72 to 65521'),
    ('prefix = a\nunit tap0 { }\n', 2, 'atap0'),
    ('# x\n\ntransport = pigeon\n', 3, 'auto, cuse or fuse'),
    ('unit tap0 {\n inet = { "192.0.2.1" }\n}\n', 2, 'prefix length'),
    ('unit tap0 {\n owner = no-such-user-here\n}\n', 2, 'user'),
    ('unit tap0 {\n mode = rw\n}\n', 2, 'octal'),
    ('unit tap0 {\n colour = red\n}\n', 2, 'colour'),
    ('sysctl {\n user_open = 2\n}\n', 2, 'from 0 to 1'),
    ('unit tap0 {\n', 1, 'closed'),
)


@case('tapd -t: a bad file gives file, line, what was expected, and status 78; so does a start with it')
def config_bad(t):
    for text, line, word in BAD:
        p, path = config_test(t, text)
        equal(p.returncode, EX_CONFIG, 'exit status for %r' % text)
        check('%s:%d:' % (path, line) in p.stderr and word in p.stderr, 'message for %r: %s' % (text, p.stderr))
    d = t.tapd(config=BAD[0][0], start=False)
    equal(run(*d.argv).returncode, EX_CONFIG, 'exit status of a start')
    equal(d.left(), [], 'left behind')
    p = run(t.options.tapd, '-t', '-c', t.base + '/none')
    equal(p.returncode, EX_CONFIG, 'exit status for no file')
    check(t.base + '/none' in p.stderr, 'message: ' + p.stderr)


@case('a unit that cannot be made ends the start and leaves nothing of the others')
def config_fails(t):
    run('ip', 'tuntap', 'add', 'tap1', 'mode', 'tap')
    t.foreign.add('interface tap1')
    t.defer(run, 'ip', 'link', 'del', 'tap1')
    d = t.tapd(config='unit tap0 { }\nunit tap1 { }\n', start=False)
    p = run(*d.argv)
    equal(p.returncode, EX_FAIL, 'exit status')
    check('tap1' in p.stderr and 'exists' in p.stderr, 'message: ' + p.stderr)
    equal(d.left(), ['interface tap1'], 'left behind')


# ---------------------------------------------------------------- statuses and messages

@case('--help and --version')
def help_version(t):
    p = run(t.options.tapd, '--help')
    equal((p.returncode, p.stderr), (EX_OK, ''), 'status and stderr of --help')
    for word in ('--transport=', '--run-dir=', '--dev-dir=', '--prefix=', '--config=', '--test', 'Exit status'):
        check(word in p.stdout, '--help tells of ' + word)
    p = run(t.options.tapd, '--version')
    equal((p.returncode, p.stderr), (EX_OK, ''), 'status and stderr of --version')
    check(re.match(r'tapd \S+\n', p.stdout), '--version: ' + p.stdout)
    p = run(t.options.tapctl, '--help')
    equal(p.returncode, EX_OK, 'status of tapctl --help')


@case('wrong options: status 64 and a message')
def usage(t):
    for args in (['--wibble'], ['--transport=pigeon'], ['--ready-fd=x'], ['word'], ['--prefix=a/b'],
                 ['--attach=bogus'], ['-t', '--attach=socket:run/lan'], ['--attach=pcap:'],
                 ['--run-dir=' + t.base + '/r', '--prefix=waytoolongprefix']):
        p = run(t.options.tapd, *args)
        equal(p.returncode, EX_USAGE, 'exit status of tapd ' + ' '.join(args))
        check(p.stderr.strip(), 'a message for tapd ' + ' '.join(args))


@case('a recording that cannot be made ends the start: status 1')
def record_nowhere(t):
    d = t.tapd('--record=/nonexistent/x', start=False)
    p = run(*d.argv)
    equal(p.returncode, EX_FAIL, 'exit status')
    check('--record=/nonexistent/x: No such file or directory' in p.stderr, 'message: ' + p.stderr)
    equal(d.left(), [], 'left behind')


@case('devices cannot be put into the FUSE mount itself: status 64 and a message')
def dev_in_mount(t):
    os.makedirs(t.base + '/r/dev')
    p = run(t.options.tapd, '--run-dir=' + t.base + '/r', '--dev-dir=' + t.base + '/r/dev')
    equal(p.returncode, EX_USAGE, 'exit status')
    check('choose another --dev-dir' in p.stderr, 'message: ' + p.stderr)


def in_bare_dev(t, nodes, *argv):
    """Run with a /dev that has these device nodes only: (name, minor of the misc devices)."""
    script = 'mount -t tmpfs tmpfs /dev && mkdir /dev/net && ' + ''.join(
        'mknod /dev/%s c 10 %d && ' % node for node in nodes) + 'exec "$@"'
    return run('unshare', '--mount', 'sh', '-c', script, 'sh', *argv)


def transport_node(t):
    return t.options.transport, os.minor(os.stat('/dev/' + t.options.transport).st_rdev)


@case('a machine without the transport: status 69, and what to do')
def no_transport(t):
    for transport in (t.options.transport, 'auto'):
        d = t.tapd(start=False, transport=transport)
        p = in_bare_dev(t, [], *d.argv)
        equal(p.returncode, EX_UNAVAILABLE, 'exit status with --transport=' + transport)
        check('modprobe' in p.stderr, 'message: ' + p.stderr)
        equal(d.left(), [], 'left behind')


@case('a machine without TAP interfaces: status 69 where they were asked for, and what to do')
def no_tun(t):
    d = t.tapd('--attach=tuntap', config='unit tap0 { }\n', start=False)
    p = in_bare_dev(t, [transport_node(t)], *d.argv)
    check('modprobe tun' in p.stderr, 'message: ' + p.stderr)
    equal(p.returncode, EX_UNAVAILABLE, 'exit status')
    equal(d.left(), [], 'left behind')


@case('tap0 to tap7 are there from the start, and opening one makes its unit; tap8 is not')     # OP-07
def published(t):
    d = t.tapd(config='# publish: as it comes\n')
    equal(d.ctl('-l')['names'], [], 'units')
    fd = t.open(d, 'tap7')
    equal(tap_ifname(fd), 'tap7', 'name')
    expect_errno('ENOENT', d.open, 'tap8')
    equal(d.ctl('-l')['names'], ['tap7'], 'units')


# CUSE's nodes would be in the kernel's /dev, not in this one.
@case('a machine without TAP interfaces: units get a network in user mode, and the log says why', only='fuse')
def no_tun_slirp(t):
    d = t.tapd('-v', config='unit tap0 { }\n', start=False)
    p = in_bare_dev(t, [transport_node(t)], 'sh', '-c', '"$@" --ready-fd=1 | { read line; kill $(cat %s); }' %
                    (d.run_dir + '/tapd.lock'), 'sh', *d.argv)
    check('slirp' in p.stderr and 'modprobe tun' in p.stderr, 'message: ' + p.stderr)
    check('stopped by signal 15' in p.stderr, 'it ran: ' + p.stderr)
    equal(d.left(), [], 'left behind')


def as_nobody(say, argv):
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    p = run(*argv)
    return [p.returncode, p.stderr]


@case('no permission: status 77, and what to do')
def no_permission(t):
    d = t.tapd(start=False)
    status, message = t.program(as_nobody, d.argv).result()
    equal(status, EX_NOPERM, 'exit status where the run directory cannot be made: ' + message)
    check('root' in message, 'message: ' + message)
    os.mkdir(d.run_dir)
    os.chown(d.run_dir, NOBODY, NOBODY)
    status, message = t.program(as_nobody, d.argv).result()
    equal(status, EX_NOPERM, 'exit status where the run directory is there: ' + message)
    check('root' in message, 'message: ' + message)


@case('one log line names the transport, and with auto why it is not the other')
def log_transport(t):
    d = t.tapd(transport='auto')
    got = d.ctl('version')['tapd']['transport']
    lines = [line for line in d.log().splitlines() if 'transport ' + got in line]
    equal(len(lines), 1, 'log lines')
    check(d.path('tap') in lines[0], 'the line says where the devices are: ' + lines[0])
    if got == 'fuse':
        check('/dev/cuse' in lines[0], 'the line says why: ' + lines[0])
    if not t.fuse:
        equal(got, 'cuse', 'transport that auto took')


@case('the service manager is told: READY=1, then STOPPING=1')
def notify(t):
    path = t.base + '/notify'
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(path)
        s.settimeout(10)
        d = t.tapd(env={'NOTIFY_SOCKET': path})
        check('READY=1' in s.recv(1000).decode().split('\n'), 'READY=1')
        d.stop()
        check('STOPPING=1' in s.recv(1000).decode().split('\n'), 'STOPPING=1')


@case('tapctl: statuses for wrong words, for a unit that is not there, and for no tapd')
def tapctl_statuses(t):
    d = t.tapd()
    equal(d.tapctl().returncode, EX_USAGE, 'no words')
    equal(d.tapctl('tap0', 'wibble').returncode, EX_USAGE, 'an unknown word')
    equal(d.tapctl('tap0').returncode, EX_FAIL, 'an unknown unit')
    equal(d.tapctl('tap0', 'create').returncode, EX_OK, 'create')
    equal(d.tapctl('tap0', 'mtu', '9').returncode, EX_USAGE, 'an MTU out of range')
    d.stop()
    p = d.tapctl('-l')
    equal(p.returncode, EX_UNAVAILABLE, 'no tapd')
    check(d.socket in p.stderr, 'message: ' + p.stderr)


@case('tapctl shows a unit as ifconfig does, with who has it open and every counter')  # IF-42, IF-43
def tapctl_shows(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'inet', '192.0.2.1/24')
    t.open(d, 'tap0')
    out = d.tapctl('tap0').stdout
    for word in (r'^tap0: flags=[0-9a-f]+<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1500$',
                 r'^\tinet 192\.0\.2\.1 netmask 0xffffff00 broadcast 192\.0\.2\.255$', r'^\tether [0-9a-f:]{17}$',
                 r'^\tOpened by PID %d$' % os.getpid(), r'^\tstatus: active$'):
        check(re.search(word, out, re.M), 'no line matches %s in:\n%s' % (word, out))
    for name in d.unit('tap0')['counters']:
        check(name in out, 'counter %s is missing in:\n%s' % (name, out))
    equal(d.tapctl('-l').stdout, 'tap0\n', 'tapctl -l')


# ---------------------------------------------------------------- the control socket

def message(body):
    return struct.pack('!I', len(body)) + body


MALFORMED = (
    ('a length of 0', struct.pack('!I', 0)),
    ('a length of 1', struct.pack('!I', 1) + b'{'),
    ('a huge length', struct.pack('!I', 0xffffffff) + b'x' * 100),
    ('no JSON', message(b'hello, tapd')),
    ('no UTF-8', message(b'{"version": 1, "args": ["\xff\xfe"]}')),
    ('JSON that is no object', message(b'[1, 2, 3]')),
    ('another version', message(b'{"version": 2, "args": ["-l"]}')),
    ('no version', message(b'{"args": ["-l"]}')),
    ('args that are no array', message(b'{"version": 1, "args": "-l"}')),
    ('args that are no strings', message(b'{"version": 1, "args": [1, null]}')),
    ('too many args', message(b'{"version": 1, "args": [' + b','.join([b'"up"'] * 257) + b']}')),
    ('deep nesting', message(b'[' * 30000 + b']' * 30000)),
    ('a NUL in a word', message(b'{"version": 1, "args": ["tap0\\u0000x"]}')),
    ('HTTP', b'GET / HTTP/1.0\r\n\r\n'),
)


@case('malformed control messages cost that client its connection, and nobody else anything')
def malformed(t):
    d = t.tapd()
    d.ctl('tap0', 'create')
    for what, data in MALFORMED:
        c = d.connect()
        c.send_raw(data)
        try:
            reply = c.receive()
            check(reply is None or 'error' in reply, 'reply to %s: %r' % (what, reply))
            equal(c.receive() if reply is not None else None, None, 'after %s: a further reply' % what)
        except ConnectionResetError:
            pass
        c.close()
        equal(d.ctl('-l')['names'], ['tap0'], 'units, for another client, after ' + what)
    c = d.connect()
    c.send_raw(message(b'{"version": 1, "args": ["-l"]}')[:-3])
    equal(d.ctl('-l')['names'], ['tap0'], 'units, while another sends half a message')
    c.close()
    wait_equal(lambda: d.ctl('-l')['names'], ['tap0'], 'units')


@case('requests sent ahead are answered in order; a client that never reads harms nobody')
def ahead(t):
    d = t.tapd()
    c = d.connect()
    t.defer(c.close)
    for n in range(20):
        c.send('tap%d' % n, 'create')
    equal([c.receive().get('created') for _ in range(20)], ['tap%d' % n for n in range(20)], 'units made')
    deaf = d.connect()
    t.defer(deaf.close)
    deaf.sock.setblocking(False)
    try:
        while True:
            deaf.send('-a')
    except BlockingIOError:
        pass
    equal(len(d.ctl('-l')['names']), 20, 'units, for another client')


@case('a client that comes and goes three hundred times, idle, leaves nothing')
def idle_clients(t):
    d = t.tapd()
    d.ctl('-l')
    before = d.descriptors()
    crowd = [d.connect() for _ in range(300)]
    equal(d.tapctl('-l').returncode, EX_OK, 'tapctl -l among 300 idle clients')
    for c in crowd:
        c.close()
    d._disconnect()
    wait_equal(lambda: d.descriptors() <= before, True, 'descriptors as before')


# ---------------------------------------------------------------- wasting nothing

@case('300 units made and destroyed: no descriptor, and no memory worth mention, is lost')
def cycles(t):
    sanitized = b'__asan_init' in open(t.options.tapd, 'rb').read()     # keeps what is freed for a while
    d = t.tapd(env={'ASAN_OPTIONS': 'detect_leaks=1:quarantine_size_mb=1'})

    def cycle(n):
        d.ctl('tap%d' % (n % 7), 'create')
        if n % 10 == 0:
            fd = d.open('tap%d' % (n % 7), os.O_RDWR | os.O_NONBLOCK)
            p = select.poll()
            p.register(fd, select.POLLIN)
            p.poll(0)
            os.write(fd, frame(PEER, PEER, 60))
            os.close(fd)
            wait_equal(lambda: d.unit('tap%d' % (n % 7))['opened_by'], [], 'openers')
        d.ctl('tap%d' % (n % 7), 'destroy')
    for n in range(50):
        cycle(n)
    descriptors, memory = d.descriptors(), d.memory()
    for n in range(300):
        cycle(n)
    equal(d.descriptors(), descriptors, 'descriptors')
    grown = d.memory() - memory
    print('# resident memory grew by %d KiB' % (grown >> 10))
    check(grown < (16 << 20 if sanitized else 512 << 10), 'it grew by %d KiB' % (grown >> 10))
    equal(d.ctl('-l')['names'], [], 'units')


@case('a hundred units at once: all work, and all are gone at the end')
def hundred(t):
    d = t.tapd()
    for n in range(100):
        d.ctl('tap%d' % n, 'create')
    fds = [t.open(d, 'tap%d' % n) for n in range(100)]
    for n in (0, 50, 99):
        d.ctl('tap%d' % n, 'up')
        t.wire('tap%d' % n).send(frame(PEER, PEER, 60, n))
        equal(os.read(fds[n], 2000), frame(PEER, PEER, 60, n), 'frame on tap%d' % n)
    d.stop()
    expect_errno(('ENXIO', 'ENODEV', 'ENOTCONN', 'ECONNABORTED', 'EIO'), os.read, fds[0], 2000)


if __name__ == '__main__':
    main()
