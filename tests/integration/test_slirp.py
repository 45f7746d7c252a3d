#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A unit plugged into slirp: a network in user mode, with this namespace's loopback as the world outside."""
import ctypes
import os
import random
import select
import signal
import socket
import stat
import struct

from lib import (BROADCAST, NOBODY, WAIT, CtlError, case, check, equal, inet_checksum, main, run, udp_frame, wait_equal,
                 wait_until, write_file)
from netstack import Stack, helpers, network, wait_attached

GUEST = bytes.fromhex('020000000002')
ADDRESS = '10.0.2.15/24'


def unit(t, spec='slirp', tapd=None):
    d = tapd or t.tapd()
    d.ctl('tap0', 'create', 'attach', spec)
    d.ctl('tap0', 'up')
    return d


def read_frame(fd):
    check(select.select([fd], [], [], WAIT)[0], 'a frame within %d s' % WAIT)
    return os.read(fd, 70000)


# ---------------------------------------------------------------- the program speaks for itself

def send_dhcp(fd, kind, wanted=b''):
    options = b'\x35\x01' + bytes([kind]) + wanted + b'\xff'
    bootp = struct.pack('!BBBBIHH4s4s4s4s16s192x', 1, 1, 6, 0, 0x1234, 0, 0, b'', b'', b'', b'', GUEST)
    message = bootp + b'\x63\x82\x53\x63' + options
    os.write(fd, udp_frame(BROADCAST, GUEST, '0.0.0.0', '255.255.255.255', 68, 67, message))


def is_dhcp(f):
    return f[12:14] == b'\x08\x00' and f[34:38] == struct.pack('!HH', 67, 68)


def dhcp(fd, kind, wanted=b''):
    """Send a DISCOVER (1) or REQUEST (3): the answer's type, address and options."""
    send_dhcp(fd, kind, wanted)
    answer = b''
    while not is_dhcp(answer):
        answer = read_frame(fd)
    body, found, at = answer[42:], {}, 240
    while body[at] != 0xff:
        if body[at] == 0:
            at += 1
            continue
        found[body[at]] = body[at + 2:at + 2 + body[at + 1]]
        at += 2 + body[at + 1]
    return found[53][0], socket.inet_ntoa(body[16:20]), found


@case('DHCP gives the addresses that users of qemu know')
def dhcp_addresses(t):
    d = unit(t)
    fd = t.open(d, 'tap0')
    kind, address, _ = dhcp(fd, 1)
    equal((kind, address), (2, '10.0.2.15'), 'the offer')
    kind, address, options = dhcp(fd, 3, b'\x32\x04' + socket.inet_aton('10.0.2.15'))
    equal((kind, address), (5, '10.0.2.15'), 'the acknowledgement')
    equal([socket.inet_ntoa(options[n]) for n in (1, 3, 6)], ['255.255.255.0', '10.0.2.2', '10.0.2.3'],
          'mask, router and name server')
    equal(network(d, 'tap0'), {'tx': 2, 'rx': 2}, 'counters of the network')
    c = d.counters('tap0')
    equal((c['ipackets'], c['opackets']), (2, 2), 'counters of the unit')


@case('net=, dns= and mtu= move them')
def other_network(t):
    d = unit(t, 'slirp:net=192.168.7.0/24,dns=192.168.7.53,mtu=1400')
    fd = t.open(d, 'tap0')
    kind, address, options = dhcp(fd, 1)
    equal((kind, address), (2, '192.168.7.15'), 'the offer')
    equal([socket.inet_ntoa(options[n]) for n in (3, 6)], ['192.168.7.2', '192.168.7.53'], 'router and name server')
    os.write(fd, BROADCAST + GUEST + b'\x08\x00' + bytes(1405))
    equal(network(d, 'tap0'), {'tx': 1, 'rx': 1, 'tx_big': 1}, 'counters: 1419 bytes are more than 1400 and headers')


GATEWAY = bytes.fromhex('525500000202')


def senseless(r):
    """A frame that is near to one that makes sense."""
    kind = r.choice((b'\x08\x00', b'\x08\x06', b'\x86\xdd', b'\x81\x00'))
    ip_version = b'\x45\x00' if kind == b'\x08\x00' else b'\x60\x00' if kind == b'\x86\xdd' else b''
    return GATEWAY + GUEST + kind + ip_version + r.randbytes(r.randrange(0, 200))


def fragment(r):
    """A piece of an IPv4 datagram that overlaps others."""
    body = r.randbytes(r.randrange(60))
    place = r.choice((0x2000, 0x2001, 2, 0x1fff))
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(body), r.randrange(4), place, 64, 17, 0,
                       socket.inet_aton('10.0.2.15'), socket.inet_aton('10.0.2.2'))
    return GATEWAY + GUEST + b'\x08\x00' + head[:10] + struct.pack('!H', inet_checksum(head)) + head[12:] + body


@case('what is no frame of sense is survived: some such frames kill libslirp 4.7, and tapd goes on')
def hostile_frames(t):
    # In a sanitized tapd it shall die as in any.
    asan = os.environ.get('ASAN_OPTIONS', '') + ':handle_segv=0:handle_sigbus=0:handle_abort=0'
    d = unit(t, tapd=t.tapd(env={'ASAN_OPTIONS': asan}))
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    r = random.Random(4)
    for make in (senseless, fragment):
        for n in range(2000):
            os.write(fd, make(r))
    n = network(d, 'tap0')
    equal(sum(n.get(k, 0) for k in ('tx', 'tx_full', 'tx_away')), 4000, 'frames given to it, or dropped')

    def offered():
        send_dhcp(fd, 1)
        while select.select([fd], [], [], 0.1)[0]:
            if is_dhcp(os.read(fd, 70000)):
                return True
    wait_until(offered, 'an offer after all that')


@case('a slirp that dies is started anew; it has no rights, and none of tapd\'s descriptors')
def dies(t):
    d = unit(t)
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    first = helpers(d)
    equal(len(first), 1, 'helpers')
    status = dict(line.split(':\t', 1) for line in open('/proc/%d/status' % first[0]) if ':\t' in line)
    equal(status['Uid'].split(), [str(NOBODY)] * 4, 'its user')
    rights = int(status['CapEff'], 16), int(status['CapPrm'], 16), status['NoNewPrivs'].strip()
    equal(rights, (0, 0, '1'), 'its capabilities, and that it gets no others')
    names = {os.readlink('/proc/%d/fd/%s' % (first[0], n)) for n in os.listdir('/proc/%d/fd' % first[0])}
    equal([n for n in names if 'fuse' in n or 'epoll' in n or 'net/tun' in n], [], 'of tapd\'s descriptors, it has')
    os.kill(first[0], signal.SIGKILL)
    wait_attached(d, 'tap0', 'libslirp died (Killed); starting it again')
    os.write(fd, senseless(random.Random(1)))
    equal(network(d, 'tap0'), {'tx_away': 1}, 'counters while it is away')
    wait_until(lambda: d.unit('tap0')['attached'] == '', 'slirp again')
    equal(d.unit('tap0')['network']['starts'], 2, 'starts')
    equal(dhcp(fd, 1)[:2], (2, '10.0.2.15'), 'the offer')
    os.close(fd)
    d.ctl('tap0', 'destroy')
    equal(helpers(d), [], 'helpers without units')


@case('a tapd that is killed takes its helper along')
def killed(t):
    d = unit(t)
    pid = helpers(d)[0]
    d.kill()
    t.daemons.remove(d)
    wait_until(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid, 'the end of the helper')     # it is an orphan: ours
    t.tapd()                # cleans up


@case('a program cannot use up tapd\'s descriptors: slirp has 512 of its own')
def many_sockets(t):
    d = unit(t)
    fd = t.open(d, 'tap0', os.O_RDWR | os.O_NONBLOCK)
    before = d.descriptors()
    sent = 0
    while sent < 600:
        os.write(fd, udp_frame(GATEWAY, GUEST, '10.0.2.15', '10.0.2.2', 2000 + sent, 9, b'x'))
        sent += 1
        wait_equal(lambda: network(d, 'tap0').get('sockets', 0), min(sent, 508), 'sockets')
    equal(network(d, 'tap0')['tx'], 600, 'frames given to it')
    equal(d.descriptors(), before, 'descriptors of tapd')
    equal(len(os.listdir('/proc/%d/fd' % helpers(d)[0])), 512, 'descriptors of slirp')


# ---------------------------------------------------------------- the kernel's stack as the program

def udp_echo(say, family, address, port):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.bind((address, port))
    say('ready')
    while True:
        data, peer = s.recvfrom(70000)
        s.sendto(data[::-1], peer)


def tcp_echo(say, family, address, port):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, port))
    s.listen(5)
    say('ready')
    while True:
        c, _ = s.accept()
        while True:
            data = c.recv(65536)
            if not data:
                break
            c.sendall(data)
        c.close()


def serve(start, fn, family, address, port):
    """Run a server with t.program or Stack.program."""
    equal(start(fn, family, address, port).hear(), 'ready', 'the server')


def tcp_exchange(say, family, address, port, size):
    """Send size bytes and get them back; True if they are the same."""
    s = socket.create_connection((address, port), WAIT)
    sent, got = bytes(random.Random(size).randbytes(size)), b''
    rest = memoryview(sent)
    s.setblocking(False)
    while len(got) < size:
        r, w, _ = select.select([s], [s] if rest else [], [], WAIT)
        if not r and not w:
            return 'stuck at %d of %d' % (len(got), size)
        if w:
            rest = rest[s.send(rest[:65536]):]
        if r:
            data = s.recv(65536)
            if not data:
                return 'closed at %d' % len(got)
            got += data
    return got == sent


def udp_exchange(say, family, address, port, data):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.settimeout(WAIT)
    s.sendto(data.encode(), (address, port))
    return s.recv(70000).decode()


@case('ARP and ping of the gateway')
def ping_gateway(t):
    d = unit(t)
    s = Stack(t, d, 'tap0', 'a', ADDRESS)
    s.ping('10.0.2.2', 3)
    equal(network(d, 'tap0'), {'tx': 4, 'rx': 4}, 'one ARP and three pings each way')


@case('TCP and UDP to a server on the host\'s loopback')
def host_loopback(t):
    d = unit(t)
    s = Stack(t, d, 'tap0', 'a', ADDRESS)
    serve(t.program, tcp_echo, socket.AF_INET, '127.0.0.1', 7001)
    serve(t.program, udp_echo, socket.AF_INET, '127.0.0.1', 7002)
    equal(s.program(tcp_exchange, socket.AF_INET, '10.0.2.2', 7001, 1000000).result(), True, '1,000,000 bytes and back')
    equal(s.program(udp_exchange, socket.AF_INET, '10.0.2.2', 7002, 'hello').result(), 'olleh', 'the datagram')
    n = network(d, 'tap0')
    check(set(n) <= {'tx', 'rx', 'sockets'}, 'nothing was dropped: %r' % n)


def name_server(say):
    """Answers every query with 192.0.2.7."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 53))
    say('ready')
    while True:
        data, peer = s.recvfrom(512)
        answer = data[:2] + b'\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00' + data[12:]
        s.sendto(answer + b'\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04' + socket.inet_aton('192.0.2.7'), peer)


def look_up(say):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(WAIT)
    s.sendto(b'\xab\xcd\x01\x00\x00\x01' + bytes(6) + b'\x04host\x04test\x00\x00\x01\x00\x01', ('10.0.2.3', 53))
    answer = s.recv(512)
    return [answer[:2].hex(), socket.inet_ntoa(answer[-4:])]


@case('DNS: queries go to the host\'s name server')
def dns(t):
    write_file(t.base + '/resolv.conf', 'nameserver 127.0.0.1\n')
    equal(run('mount', '--bind', t.base + '/resolv.conf', '/etc/resolv.conf').returncode, 0, 'a resolv.conf of our own')
    t.defer(run, 'umount', '/etc/resolv.conf')
    equal(t.program(name_server).hear(), 'ready', 'the name server')
    d = unit(t)
    s = Stack(t, d, 'tap0', 'a', ADDRESS)
    equal(s.program(look_up).result(), ['abcd', '192.0.2.7'], 'the answer')


@case('IPv6: an address by router advertisement, ping and TCP to the host\'s ::1')
def inet6(t):
    d = unit(t)
    s = Stack(t, d, 'tap0', 'a', inet6=True)
    wait_until(lambda: any(a.startswith('fec0::') for a in s.addresses()), 'an address of fec0::/64')
    wait_until(lambda: 'tentative' not in s.ip('addr', 'show', 'dev', 'eth0'), 'addresses that are not tentative')
    s.ping('fec0::2', 3, '-6')
    serve(t.program, tcp_echo, socket.AF_INET6, '::1', 7001)
    equal(s.program(tcp_exchange, socket.AF_INET6, 'fec0::2', 7001, 100000).result(), True, '100,000 bytes came back')


@case('hostfwd: the host\'s ports lead to the program\'s side')
def hostfwd(t):
    d = unit(t, 'slirp:hostfwd=tcp:127.0.0.1:8001-:7001,hostfwd=udp:127.0.0.1:8002-10.0.2.15:7002')
    s = Stack(t, d, 'tap0', 'a', ADDRESS)
    serve(s.program, tcp_echo, socket.AF_INET, '10.0.2.15', 7001)
    serve(s.program, udp_echo, socket.AF_INET, '10.0.2.15', 7002)
    s.ping('10.0.2.2', 1)       # now slirp knows where 10.0.2.15 is
    equal(t.program(tcp_exchange, socket.AF_INET, '127.0.0.1', 8001, 200000).result(), True, '200,000 bytes came back')
    equal(t.program(udp_exchange, socket.AF_INET, '127.0.0.1', 8002, 'hello').result(), 'olleh', 'the datagram')
    s.relay.end()
    d.ctl('tap0', 'destroy')
    equal(t.program(tcp_exchange, socket.AF_INET, '127.0.0.1', 8001, 1).result(), 'ECONNREFUSED', 'a freed port')


def watch(t, port):
    """A UDP socket on the host's loopback."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    t.defer(s.close)
    s.bind(('127.0.0.1', port))
    s.setblocking(False)
    return s


def send_udp(say, *ports):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for port in ports:
        s.sendto(b'%d' % port, ('10.0.2.2', port))


def arrived(s):
    try:
        return s.recv(100)
    except BlockingIOError:
        return None


@case('restrict: nothing leaves but the answers to forwarded connections')
def restricted(t):
    outside = watch(t, 7005)
    d = unit(t, 'slirp:restrict,hostfwd=tcp:127.0.0.1:8001-:7001')
    s = Stack(t, d, 'tap0', 'a', ADDRESS)
    serve(s.program, tcp_echo, socket.AF_INET, '10.0.2.15', 7001)
    s.ping('10.0.2.2', 1)
    equal(s.program(send_udp, 7005).result(), None, 'a datagram sent')
    equal(t.program(tcp_exchange, socket.AF_INET, '127.0.0.1', 8001, 1000).result(), True, 'the forwarded port')
    equal(arrived(outside), None, 'what came out before that')


@case('disable-host-loopback: 10.0.2.2 is not the host\'s loopback')
def no_loopback(t):
    outside = watch(t, 7005)
    for spec, expected in (('slirp:disable-host-loopback', None), ('slirp', b'7005')):
        d = t.tapd(base=spec.replace(':', '-'), prefix='x' if expected else '')
        name = 'xtap0' if expected else 'tap0'
        d.ctl(name, 'create', 'attach', spec)
        d.ctl(name, 'up')
        s = Stack(t, d, name, 'b' if expected else 'a', ADDRESS)
        equal(s.program(send_udp, 7005).result(), None, 'a datagram sent')
        s.ping('10.0.2.2', 1)   # answered after it
        if expected:
            wait_until(lambda: select.select([outside], [], [], 0)[0], 'the datagram')
        equal(arrived(outside), expected, 'what reached 127.0.0.1 with ' + spec)


# ---------------------------------------------------------------- rights and words

@case('no CAP_NET_ADMIN is needed, and without it slirp is what units are plugged into')
def no_rights(t):
    d = t.tapd(start=False)
    d.argv = ['setpriv', '--bounding-set', '-net_admin', '--inh-caps', '-net_admin'] + d.argv
    t.daemons.append(d)
    d.start()
    caps = [int(line.split()[1], 16) for line in open('/proc/%d/status' % d.pid) if line.startswith('CapEff')][0]
    equal(caps >> 12 & 1, 0, 'CAP_NET_ADMIN of tapd')
    d.ctl('tap0', 'create')
    d.ctl('tap0', 'up')
    equal(d.unit('tap0')['attach'], 'slirp', 'what it is plugged into')
    fd = t.open(d, 'tap0')
    equal(dhcp(fd, 1)[:2], (2, '10.0.2.15'), 'the offer')


def dhcp_within(say, pid, path):
    """The offer, as a program gets it that lives in the namespaces of a process."""
    libc = ctypes.CDLL(None, use_errno=True)
    for kind in ('user', 'mnt'):
        fd = os.open('/proc/%d/ns/%s' % (pid, kind), os.O_RDONLY)
        check(libc.setns(fd, 0) == 0, 'entering the %s namespace: %s' % (kind, os.strerror(ctypes.get_errno())))
    os.setgid(0)                # that user, by his number there
    os.setuid(0)
    return dhcp(os.open(path, os.O_RDWR), 1)[:2]


@case('an ordinary user, in a user namespace of his own, has a network as well', only='fuse')
def ordinary_user(t):
    os.mknod(t.base + '/fuse', stat.S_IFCHR, os.stat('/dev/fuse').st_rdev)
    os.chmod(t.base + '/fuse', 0o666)       # as udev makes it
    equal(run('mount', '--bind', t.base + '/fuse', '/dev/fuse').returncode, 0, 'a /dev/fuse for everybody')
    t.defer(run, 'umount', '/dev/fuse')
    d = t.tapd(start=False)
    for path in (d.base, d.dev_dir):
        os.chown(path, NOBODY, NOBODY)
    d.argv = ['setpriv', '--reuid=%d' % NOBODY, '--regid=%d' % NOBODY, '--clear-groups', 'unshare', '--user',
              '--map-root-user', '--mount'] + d.argv
    t.daemons.append(d)
    d.start()
    p = run('nsenter', '--user', '--target', str(d.pid), d.options.tapctl, '-s', d.socket, 'tap0', 'create', 'up')
    equal((p.returncode, p.stderr), (0, ''), 'tapctl, as that user')
    equal(d.unit('tap0')['attach'], 'slirp', 'what it is plugged into')
    equal(t.program(dhcp_within, d.pid, d.path('tap0')).result(), [2, '10.0.2.15'], 'the offer')


@case('an option that is wrong is named, and nothing is made')
def wrong_words(t):
    d = t.tapd()
    for options, said in (('colour=red', 'colour: expected one of net= dns='), ('net=10.0.2.0', 'such as 10.1.0.0/24'),
                          ('net=10.0.2.0/28', '8 to 27 bits'), ('mtu=100', '1280 to 65521'),
                          ('mtu', "a value after '='"), ('restrict=1', 'no value'),
                          ('dns=x', 'dns: expected an IPv4 address'),
                          ('hostfwd=tcp:1-2', 'hostfwd=tcp:[HOSTADDR]:PORT-[GUESTADDR]:PORT'),
                          ('hostfwd=sctp::1-:2', 'or udp:...'), ('hostfwd=tcp::1-:99999', 'or udp:...')):
        try:
            d.ctl('tap0', 'create', 'attach', 'slirp:' + options)
            check(False, options + ' was taken')
        except CtlError as e:
            check(said in e.message, '%s: %s' % (options, e.message))
        equal(d.ctl('-a')['units'], [], 'units')


@case('a port that is taken is named')
def port_taken(t):
    taken = socket.socket()
    t.defer(taken.close)
    taken.bind(('127.0.0.1', 8003))
    taken.listen(1)
    d = t.tapd()
    try:
        d.ctl('tap0', 'create', 'attach', 'slirp:hostfwd=tcp:127.0.0.1:8003-:80')
        check(False, 'it was taken twice')
    except CtlError as e:
        check('cannot listen on tcp:127.0.0.1:8003: Address already in use' in e.message, e.message)


if __name__ == '__main__':
    main()
