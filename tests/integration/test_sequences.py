#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The ways in which programs for a BSD come to their tap and work with it: for each a small program in bsd_programs/,
compiled as BSD source.  The host's side says whether it works.
"""
import os
import re

from bsdprograms import closed, exchange, program, start_sequence, start_tapd
from lib import (NOBODY, addresses, case, check, children, equal, expect_errno, have_inet6, interfaces, link, main,
                 read_file, set_inet6, wait_equal, wait_until)

# Whose way it is: real programs, and the sequences here that stand for them.
PROGRAMS = {
    'tinc': ('clone_fdevname', 'fstat_devname', 'addr_on_fd'),
    'VTun': ('loop_up', 'fork_child'),
    'n2n on FreeBSD': ('loop_up', 'ifconfig_freebsd', 'daemonise'),
    'n2n and n3n on NetBSD': ('ifconfig_netbsd', 'daemonise'),
    'OpenVPN': ('loop_kept', 'clone_netbsd'),
    'OpenSSH': ('loop_down', 'privsep'),
    'VDE 2': ('poll_hangup',),
    'SoftEther': ('loop_up', 'rename'),
    'ZeroTier': ('stat_first', 'readers'),
    'SimH': ('vectors', 'sleeping_reader'),
    'lwIP': ('ifconfig_fixed',),
    'picoTCP': ('set_address', 'ifconfig_fixed'),
    'uIP': ('ifconfig_fixed',),
    'Contiki': ('ifconfig_fixed', 'fstat_devname', 'sleeping_reader', 'aliases'),
    'dynamips': ('loop_up', 'loop_ebusy'),
    'ubridge': ('loop_up', 'tun_linux'),
    'klh10': ('loop_ebusy', 'clone_gifname', 'aliases'),
    'Solo5': ('inherited',),
    'ocaml-tuntap': ('set_address',),
    'GVPE': ('loop_ebusy', 'ifconfig_freebsd'),
    'freelan': ('loop_enoent', 'fstat_devname', 'create_open', 'aliases'),
    'kronosnet': ('create_open', 'aliases', 'clone_gifname'),
    'fastd': ('clone_fdevname', 'info_on_fd'),
    'badvpn': ('inherited', 'clone_gifname'),
    'Open vSwitch': ('rename', 'edge'),
    'rshim': ('rename', 'edge'),
    'tapcfg': ('clone_gifname', 'set_address', 'aliases'),
    'wolfIP': ('clone_else_named', 'aliases', 'ifconfig_fixed'),
    'RIOT': ('sigio', 'sleeping_reader'),
    'libtuntap': ('create_open', 'addr_on_fd', 'rename', 'set_address'),
    'scapy': ('test_scapy',),
    'QEMU': ('clone_else_named', 'fstat_devname', 'loop_enoent'),
    'bhyve': ('vectors',),
    'xhyve': ('vectors',),
    'libvirt': ('create_any',),
    'DragonFly vkernel': ('clone_dragonfly',),
    'NetBSD usermode': ('sigio',),
    'rump virtif': ('sleeping_reader',),
    'tun-rs': ('create_open', 'edge'),
    'tappers': ('clone_sysctl', 'create_open'),
    'taptun, yggdrasil': ('rename', 'edge'),
    '1984': ('clone_gifname', 'ifconfig_fixed'),
    'Genode libc': ('addr_on_fd', 'info_on_fd'),
    'owl, ARAnyM, Bochs, Basilisk II': ('loop_up', 'vectors'),
}
HERE = os.path.dirname(os.path.abspath(__file__))
UP = 'sysctl { up_on_open = 1 }'


def units(d):
    return d.ctl('-l')['names']


def inet(name):
    return [a for a in addresses(name) if ':' not in a]


@case('every program known has a sequence, every sequence a program')
def table(t):
    there = {n[:-2] for n in os.listdir(HERE + '/bsd_programs') if n.endswith('.c')} - {'transient'}
    named = {way for ways in PROGRAMS.values() for way in ways} - {'test_scapy'}
    equal(sorted(named), sorted(there), 'sequences named and programs there')


# ---------------------------------------------------------------- which device

@case('up from tap0: the first that opens')
def loop_up(t):
    d, p = start_sequence(t, 'loop_up', ifname='tap0')
    d.ctl('tap0', 'up')
    second = program(t, d, 'loop_up')
    equal(second.hear(), 'tap1', 'the next one')
    d.ctl('tap1', 'up')
    exchange(t, 'tap1')
    exchange(t, 'tap0')
    p.finish()
    second.finish()
    closed(d, 'tap0')
    closed(d, 'tap1')
    equal([d.counters(n) for n in ('tap0', 'tap1')],
          [{'ipackets': 2, 'ibytes': 1060, 'opackets': 2, 'obytes': 1060}] * 2, 'counters')


@case('down from tap100, up by a local socket: the highest there is')
def loop_down(t):
    d, p = start_sequence(t, 'loop_down', ifname='tap7')
    exchange(t, 'tap7')
    p.finish()


@case('up while EBUSY: passes over those in use, a node that is missing ends it with ENOENT')
def loop_ebusy(t):
    d = start_tapd(t)
    fds = [t.open(d, 'tap%d' % n) for n in (0, 1)]
    p = program(t, d, 'loop_ebusy')
    equal(p.hear(), 'tap2', 'the first that is free')
    exchange(t, 'tap2')
    p.finish()
    os.close(fds[1])
    p = program(t, d, 'loop_ebusy')
    equal(p.hear(), 'tap1', 'the first that is free')
    exchange(t, 'tap1')
    p.finish()


@case('up until ENOENT: ends after the last')
def loop_enoent(t):
    d = start_tapd(t)
    t.open(d, 'tap0')
    p = program(t, d, 'loop_enoent')
    equal(p.hear(), '7 of 8', 'taps it got, and names it tried')
    p.finish()
    equal(units(d), ['tap%d' % n for n in range(8)], 'units, which its opens made')
    expect_errno('EBUSY', d.open, 'tap0')
    expect_errno('ENOENT', d.open, 'tap8')


@case('an interface that was there before is kept, one that was not is destroyed')
def loop_kept(t):
    for existing in (True, False):
        d = start_tapd(t)
        if existing:
            d.ctl('tap0', 'create')
        p = program(t, d, 'loop_kept')
        equal(p.hear(), 'tap0', 'its interface')
        equal((inet('tap0'), link('tap0')['mtu']), (['192.0.2.1/24'], 1400), 'addresses and MTU')
        exchange(t, 'tap0')
        p.finish()
        equal((units(d), 'tap0' in interfaces()), (['tap0'], True) if existing else ([], False), 'units afterwards')
        d.stop()


@case('a clone, named by TAPGIFNAME')
def clone_gifname(t):
    d = start_tapd(t)
    first, second = program(t, d, 'clone_gifname'), program(t, d, 'clone_gifname')
    names = sorted([first.hear(), second.hear()])
    equal((names, units(d)), (['tap0', 'tap1'], names), 'interfaces of two programs')
    for name in names:
        exchange(t, name)
    first.finish()
    second.finish()
    equal(units(d), names, 'units, which outlive the programs')


@case("a clone by NetBSD's rules ends with its program")
def clone_netbsd(t):
    for config, left in (('', ['tap0']), ('dialect = "netbsd-10"', [])):
        d = start_tapd(t, config)
        p = program(t, d, 'clone_netbsd')
        equal(p.hear(), 'tap0', 'its interface')
        exchange(t, 'tap0')
        p.finish()
        wait_equal(lambda: units(d), left, 'units afterwards')
        d.stop()


@case('a clone, named by fdevname, which agrees with TAPGIFNAME')
def clone_fdevname(t):
    d = start_tapd(t)
    t.open(d, 'tap0')
    p = program(t, d, 'clone_fdevname')
    equal(p.hear(), 'tap1', 'its interface')
    exchange(t, 'tap1')
    p.finish()


@case('the device asked for, and only where there is none a clone under that name')
def clone_else_named(t):
    d = start_tapd(t)
    fd = t.open(d, 'tap3')
    for asked, unit in (('tap0', 'tap0'), ('vm0', 'tap1')):
        p = program(t, d, 'clone_else_named', asked)
        equal(p.hear(), asked, 'its interface')
        equal(d.unit(unit)['opened_by'], [p.pid], 'openers of ' + unit)
        exchange(t, asked)
        p.finish()
    p = program(t, d, 'clone_else_named', 'tap3')
    equal(p.p.wait(10), 1, 'exit status where the device is in use')
    check('busy' in p.p.stderr.read().decode(), 'the reason')
    os.close(fd)


@case('net.link.tap.devfs_cloning decides, and O_CREAT makes no file')
def clone_sysctl(t):
    d, p = start_sequence(t, 'clone_sysctl', ifname='tap0')
    exchange(t, 'tap0')
    p.finish()
    d.ctl('sysctl', 'net.link.tap.devfs_cloning=0')
    p = program(t, d, 'clone_sysctl')
    equal(p.finish(), ['no', 'cloning'], 'with cloning off')


@case("DragonFly's headers: fstat, fdevname, TAPGIFINFO and six bytes of SIOCGIFADDR", only='cuse')
def clone_dragonfly(t):
    d, p = start_sequence(t, 'clone_dragonfly', ifname='tap0')
    equal(p.hear(), '1500 ' + link('tap0')['address'], 'MTU and address')
    exchange(t, 'tap0')
    p.finish()


@case('fstat and devname tell the name from the device number', only='cuse')
def fstat_devname(t):
    d, p = start_sequence(t, 'fstat_devname', ifname='tap3')
    exchange(t, 'tap3')
    p.finish()


# ---------------------------------------------------------------- made and destroyed

@case('SIOCIFCREATE2, EEXIST, open, SIOCIFDESTROY right after the close')
def create_open(t):
    d = start_tapd(t)
    for _ in range(20):
        p = program(t, d, 'create_open')
        equal(p.hear(), 'tap5', 'its interface')
        now = link('tap5')
        equal((now['address'], now['mtu']), ('02:00:00:00:00:17', 1300), 'address and MTU')
        exchange(t, 'tap5')
        equal(p.hear(), 'destroyed', 'the interface')
        p.finish()
        equal((units(d), 'tap5' in interfaces()), ([], False), 'units afterwards')


@case('SIOCIFCREATE2 of any, renamed, and the descriptor given to another program')
def create_any(t):
    d, p = start_sequence(t, 'create_any', ifname='tap0')
    wait_until(lambda: link('vnet0') and 'UP' in link('vnet0')['flags'], 'vnet0 to come up')
    exchange(t, 'vnet0')
    p.finish()
    equal('tap0' in interfaces(), False, 'the old name is there')


@case('a number not in /dev, ifconfig create, stat, ifconfig name, open')
def stat_first(t):
    d, p = start_sequence(t, 'stat_first', ifname='tap9993')
    now = link('zt0')
    equal((now['address'], now['mtu']), ('02:00:00:00:00:21', 2800), 'address and MTU')
    equal(inet('zt0'), ['192.0.2.34/24'], 'addresses')
    exchange(t, 'zt0')
    p.finish()
    equal((units(d), 'zt0' in interfaces()), ([], False), 'units afterwards')


@case('renamed by SIOCSIFNAME: TAPGIFNAME tells the new name')
def rename(t):
    d, p = start_sequence(t, 'rename', ifname='tap0')
    equal(p.hear(), 'net_vpn', 'its interface')
    now = link('net_vpn')
    equal((now['address'], now['mtu']), ('02:00:00:00:00:51', 1450), 'address and MTU')
    equal('tap0' in interfaces(), False, 'the old name is there')
    exchange(t, 'net_vpn')
    p.finish()
    equal((units(d), 'net_vpn' in interfaces()), ([], False), 'units afterwards')


@case('TAPSIFINFO sets the MTU; SIOCIFDESTROY after the close succeeds')
def info_on_fd(t):
    d, p = start_sequence(t, 'info_on_fd', ifname='tap0')
    equal(link('tap0')['mtu'], 1426, 'MTU')
    exchange(t, 'tap0')
    p.finish()
    equal((units(d), 'tap0' in interfaces()), ([], False), 'units afterwards')


# ---------------------------------------------------------------- whose descriptor it is

@case('a child that was forked after the open ends: the tap stays open')
def fork_child(t):
    d, p = start_sequence(t, 'fork_child', ifname='tap0')
    equal((d.unit('tap0')['opened_by'], inet('tap0')), ([p.pid], ['192.0.2.1/24']), 'opener and addresses')
    exchange(t, 'tap0')
    p.finish()
    closed(d, 'tap0')
    equal(inet('tap0'), [], 'addresses afterwards')


def reaped(d):
    """Whether all but tapd ended; orphans are children of the test."""
    for pid in set(children()) - {d.pid}:
        os.waitpid(pid, os.WNOHANG)
    return children() == [d.pid]


@case('a daemon that becomes nobody after the open keeps its tap')
def daemonise(t):
    d, p = start_sequence(t, 'daemonise', ifname='tap0')
    equal(p.p.wait(10), 0, 'exit status of the process that was started')
    now = link('tap0')
    equal((now['address'], now['mtu'], inet('tap0')), ('02:00:00:00:00:31', 1400, ['192.0.2.1/24']), 'interface')
    exchange(t, 'tap0')
    p.finish()
    wait_until(lambda: reaped(d), 'the end of the daemon')
    closed(d, 'tap0')


@case('a privileged process opens the tap, one of nobody works with it')
def privsep(t):
    d, p = start_sequence(t, 'privsep', ifname='tap2')
    child, = [int(n) for n in read_file('/proc/%d/task/%d/children' % (p.pid, p.pid)).split()]
    equal(re.search(r'^Uid:\s+(\d+)', read_file('/proc/%d/status' % child), re.M).group(1), str(NOBODY), 'its user')
    exchange(t, 'tap2')
    p.finish()
    closed(d, 'tap2')


@case('a descriptor that was open when the program started; kqueue')
def inherited(t):
    d = start_tapd(t, UP)
    fd = d.open('tap0')
    p = program(t, d, 'inherited', str(fd), pass_fds=(fd,))
    os.close(fd)
    equal(p.hear(), 'ready', 'the program')
    expect_errno('EBUSY', d.open, 'tap0')
    exchange(t, 'tap0')
    p.finish()
    closed(d, 'tap0')


@case("Linux's TUNGETIFF, TUNGETFEATURES and TUNSETIFF on the same descriptor", only='cuse')
def tun_linux(t):
    d, p = start_sequence(t, 'tun_linux', ifname='tap0')
    exchange(t, 'tap0')
    p.finish()


# ---------------------------------------------------------------- reading and writing

@case('several readers of one descriptor, O_NONBLOCK taken away by fcntl')
def readers(t):
    d, p = start_sequence(t, 'readers', ifname='tap0')
    exchange(t, 'tap0')
    p.finish()
    equal(d.counters('tap0')['opackets'], 2, 'frames read, by whichever')


@case('one thread polls and reads, another writes: writev is one frame')
def sleeping_reader(t):
    d, p = start_sequence(t, 'sleeping_reader', ifname='tap1')
    exchange(t, 'tap1')
    p.finish()


@case('FIONBIO, EWOULDBLOCK, kqueue, readv and writev')
def vectors(t):
    d, p = start_sequence(t, 'vectors', ifname='tap0')
    exchange(t, 'tap0')
    p.finish()


@case('an edge by epoll or by kqueue, then all until EAGAIN')
def edge(t):
    for way in ('epoll', 'kqueue'):
        d = start_tapd(t)
        p = program(t, d, 'edge', way)
        equal(p.hear(), 'tap0', 'its interface')
        exchange(t, 'tap0')
        p.finish()
        d.stop()


@case('SIGIO by O_ASYNC or FIOASYNC after F_SETOWN, and FIONREAD')
def sigio(t):
    for way in ('fcntl', 'ioctl'):
        d = start_tapd(t)
        p = program(t, d, 'sigio', way)
        equal(p.hear(), 'tap0', 'its interface')
        equal((d.unit('tap0')['async'], d.unit('tap0')['sigio']), (True, p.pid), 'async and owner')
        exchange(t, 'tap0')
        p.finish()
        d.stop()


@case('poll ends when the tap is gone under the program')
def poll_hangup(t):
    d, p = start_sequence(t, 'poll_hangup', ifname='tap0')
    exchange(t, 'tap0')
    d.stop()
    equal(p.hear(), 'gone', 'the program')
    p.finish()


# ---------------------------------------------------------------- addresses

@case('SIOCGIFADDR writes six bytes and no more; SIOCSIFADDR sets what it tells')
def addr_on_fd(t):
    """On FreeBSD that is the address of the side with the program, on OpenBSD the interface's."""
    for config, host in (('', '02:00:00:00:00:40'), ('dialect = "openbsd-7"', '02:00:00:00:00:41')):
        d = start_tapd(t, config)
        d.ctl('tap0', 'create', 'ether', '02:00:00:00:00:40')
        p = program(t, d, 'addr_on_fd')
        equal([p.hear() for _ in range(3)], ['02:00:00:00:00:40', '02:00:00:00:00:41', 'tap0'], 'what it saw')
        equal(link('tap0')['address'], host, "the interface's address")
        exchange(t, 'tap0')
        p.finish()
        d.stop()


@case('SIOCAIFADDR, SIOCDIFADDR and SIOCAIFADDR_IN6')
def aliases(t):
    for six in [[]] + [['fd00:0:0:1::1']] * have_inet6():
        d = start_tapd(t)
        d.ctl('tap0', 'create')
        if six:                         # then the host has frames of its own to send, which end the program
            set_inet6('tap0', True)
            d.ctl('tap0', 'link0')
        p = program(t, d, 'aliases', *six)
        equal(p.hear(), 'tap0', 'its interface')
        equal(inet('tap0'), ['198.51.100.1/25'], 'IPv4 addresses')
        equal([a for a in addresses('tap0') if a.startswith('fd')], [a + '/64' for a in six], 'IPv6 addresses')
        check('UP' in link('tap0')['flags'], 'an address brings it up')
        if not six:
            exchange(t, 'tap0')
            p.finish()
        p.end()
        d.stop()


@case('SIOCSIFADDR, SIOCSIFNETMASK, and the link-level address by getifaddrs')
def set_address(t):
    d = start_tapd(t)
    p = program(t, d, 'set_address')
    equal([p.hear(), p.hear()], [link('tap0')['address'], 'tap0'], 'its link-level address and name')
    equal(inet('tap0'), ['192.0.2.1/25'], 'addresses')
    exchange(t, 'tap0')
    p.finish()


@case("ifconfig as on FreeBSD: words, and the columns of its output")
def ifconfig_freebsd(t):
    d = start_tapd(t)
    p = program(t, d, 'ifconfig_freebsd')
    equal([p.hear(), p.hear()], ['02:00:00:00:00:61', 'tap0'], 'what it cut out of the output')
    now = link('tap0')
    equal((now['address'], now['mtu'], inet('tap0')), ('02:00:00:00:00:61', 1290, ['192.0.2.1/24']), 'interface')
    exchange(t, 'tap0')
    p.finish()


@case("ifconfig as on NetBSD")
def ifconfig_netbsd(t):
    d = start_tapd(t, 'dialect = "netbsd-10"')
    p = program(t, d, 'ifconfig_netbsd')
    equal([p.hear(), p.hear()], ['02:00:00:00:00:62', 'tap0'], 'what it cut out of the output')
    now = link('tap0')
    equal((now['address'], now['mtu'], inet('tap0')), ('02:00:00:00:00:62', 1290, ['192.0.2.1/24']), 'interface')
    exchange(t, 'tap0')
    p.finish()


@case('/dev/tap0, one ifconfig command, and a read that may sleep')
def ifconfig_fixed(t):
    d, p = start_sequence(t, 'ifconfig_fixed', ifname='tap0')
    equal(inet('tap0'), ['192.0.2.1/24'], 'addresses')
    exchange(t, 'tap0')
    p.finish()


if __name__ == '__main__':
    main(own_dev=True)
