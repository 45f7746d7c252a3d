#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The BSD ifconfig: what programs written for a BSD run, on interfaces of tapd and on Linux's own, and what they cut out
of its output.  What was done is asked of ip(8), never of ifconfig itself.
"""
import json
import os
import subprocess

from lib import (NOBODY, Skip, addresses, case, check, equal, have_inet6, interfaces, ip, link, main, run, set_inet6,
                 wait_equal)

MAC = '02:00:00:00:00:07'


class Ifconfig:
    """ifconfig first in PATH, and a tapd, or none, that it asks."""

    def __init__(self, t, d=None):
        self.dir = t.base + '/bsd'
        os.makedirs(self.dir, exist_ok=True)
        if not os.path.lexists(self.dir + '/ifconfig'):
            os.symlink(t.options.tapctl, self.dir + '/ifconfig')
        self.env = dict(os.environ, PATH=self.dir + ':' + os.environ['PATH'],
                        TAPD_SOCKET=d.socket if d else t.base + '/none.sock')

    def run(self, line, **kw):
        return run(self.dir + '/ifconfig', *line.split(), env=self.env, **kw)

    def __call__(self, line, prints=''):
        """It must succeed, and print that and no word of complaint."""
        p = self.run(line)
        equal((p.returncode, p.stderr), (0, ''), 'ifconfig ' + line)
        if prints is not None:
            equal(p.stdout, prints, 'output of ifconfig ' + line)
        return p.stdout

    def fails(self, line, says, **kw):
        """It must fail with 1 and this first line; all that it said."""
        p = self.run(line, **kw)
        equal((p.returncode, p.stdout, p.stderr.splitlines()[:1]), (1, '', ['ifconfig: ' + says]), 'ifconfig ' + line)
        return p.stderr

    def shell(self, command):
        """As system(3) and popen(3) do: what it prints."""
        p = subprocess.run(command, shell=True, env=self.env, stdout=subprocess.PIPE, universal_newlines=True,
                           timeout=60)
        equal(p.returncode, 0, 'status of ' + command)
        return p.stdout


def nd6():
    """The line of an interface on which IPv6 is off, after no_rtadv()."""
    return '\tnd6 options=29<PERFORMNUD,IFDISABLED,AUTO_LINKLOCAL>\n' if have_inet6() else ''


def no_rtadv(ifconfig, name):
    if have_inet6():
        ifconfig(name + ' -accept_rtadv')


def alias(name):
    return link(name).get('ifalias')


def pair(t, *names):
    ip('link', 'add', names[0], 'type', 'veth', 'peer', 'name', names[1])
    t.defer(run, 'ip', 'link', 'del', names[1])


# ---------------------------------------------------------------- what programs run

@case('the output of a tap, closed and open, is FreeBSD\'s to the letter')
def output(t):
    d = t.tapd()
    ifconfig = Ifconfig(t, d)
    ifconfig('tap create', 'tap0\n')
    no_rtadv(ifconfig, 'tap0')
    ifconfig('tap0 ether ' + MAC)
    tail = '\tgroups: tap\n\tmedia: Ethernet autoselect\n\tstatus: %s\n' + nd6()
    first = 'tap0: flags=%s metric 0 mtu 1500\n\toptions=80000<LINKSTATE>\n\tether ' + MAC + '\n'
    equal(ifconfig('tap0', None), first % '8802<BROADCAST,SIMPLEX,MULTICAST>' + tail % 'no carrier', 'a new one')
    fd = d.open('tap0')
    ifconfig('tap0 inet 192.0.2.1/24')
    ifconfig('tap0 description for_tests')
    inet = '\tinet 192.0.2.1 netmask 0xffffff00 broadcast 192.0.2.255\n'
    up = first % '8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST>'
    up = up.replace('\toptions', '\tdescription: for_tests\n\toptions')
    opened = '\tOpened by PID %d\n' % os.getpid()
    equal(ifconfig('tap0', None), up + inet + tail % 'active' + opened, 'open, with an address')
    equal(ifconfig('tap0 inet', None), up.replace('\tether %s\n' % MAC, '') + inet + opened, 'its family inet')
    equal(ifconfig('tap0 ether', None), up + opened, 'its family ether')
    os.close(fd)
    wait_equal(lambda: 'Opened' in ifconfig('tap0', None), False, 'the line about the opener')


@case('a unit is shown as its own system shows it; TAPD_IFCONFIG chooses for all')
def flavours(t):
    d = t.tapd()
    ifconfig = Ifconfig(t, d)
    for number, dialect in enumerate(('netbsd-10', 'openbsd-7', 'dragonfly-6', 'freebsd-14')):
        d.ctl('tap%d' % number, 'create', 'dialect', dialect, 'ether', MAC[:-1] + str(number), 'inet', '192.0.2.1/24')
    equal(ifconfig('tap0', None), 'tap0: flags=0x8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> mtu 1500\n'
          '\taddress: 02:00:00:00:00:00\n\tstatus: no carrier\n'
          '\tinet 192.0.2.1/24 broadcast 192.0.2.255 flags 0\n', 'NetBSD')
    lines = ifconfig('tap1', None).splitlines()
    equal(lines[0], 'tap1: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> mtu 1500', 'OpenBSD')
    equal(lines[1], '\tlladdr 02:00:00:00:00:01', 'OpenBSD')
    equal(lines[2], '\tindex %d priority 0 llprio 3' % link('tap1')['ifindex'], 'OpenBSD')
    for name in ('tap2', 'tap3'):
        equal(ifconfig.shell('ifconfig %s | grep ether | cut -c 8-24' % name), '02:00:00:00:00:0%s\n' % name[3],
              'the address as n2n gets it on FreeBSD')
    check('\tmedia: Ethernet 1000baseT <full-duplex>\n' in ifconfig('tap3', None), 'FreeBSD 14 has a fast medium')
    equal(ifconfig.shell('ifconfig tap0 | grep address | cut -c 11-28'), '02:00:00:00:00:00\n',
          'the address as n2n gets it on NetBSD')
    ifconfig.env['TAPD_IFCONFIG'] = 'netbsd'
    equal(ifconfig.shell('ifconfig tap3 | grep address | cut -c 11-28'), '02:00:00:00:00:03\n',
          'the same of a FreeBSD unit')
    equal(ifconfig.shell("ifconfig lo").split()[1], 'flags=0x49<UP,LOOPBACK,RUNNING>', 'and of an interface of Linux')


@case('interfaces of Linux are shown as those of the system tapd plays')
def default_flavour(t):
    ifconfig = Ifconfig(t, t.tapd('--dialect=netbsd-10'))
    equal(ifconfig('lo inet', None), 'lo: flags=0x49<UP,LOOPBACK,RUNNING> mtu 65536\n\tinet 127.0.0.1/8 flags 0\n',
          'lo')


@case('n2n: address, MTU and up in one line, its address read back')
def n2n(t):
    d = t.tapd()
    ifconfig = Ifconfig(t, d)
    ifconfig('tap0 create')
    fd = d.open('tap0')
    ifconfig.shell('ifconfig tap0 ether %s' % MAC)
    ifconfig.shell('ifconfig tap0 192.0.2.5 netmask 255.255.255.0 mtu 1290 up')
    equal(link('tap0')['address'], MAC, 'link-level address')
    equal((link('tap0')['mtu'], addresses('tap0')), (1290, ['192.0.2.5/24']), 'MTU and addresses')
    equal(ifconfig.shell('ifconfig tap0 | grep ether | cut -c 8-24'), MAC + '\n', 'the address it reads')
    ifconfig('tap0 link 02:00:00:00:00:08 active')
    equal(link('tap0')['address'], '02:00:00:00:00:08', 'link-level address set as on NetBSD')
    os.close(fd)


@case('ZeroTier: create, rename, lladdr with mtu, metric and up, aliases of both families, destroy')
def zerotier(t):
    d = t.tapd()
    ifconfig = Ifconfig(t, d)
    set_inet6('default', True)
    t.defer(set_inet6, 'default', False)
    ifconfig('tap9993 create')
    check(os.path.exists(d.path('tap9993')), 'the device is there at once')
    ifconfig('tap9993 name ztabcdefghijklm', 'ztabcdefghijklm\n')
    fd = d.open('tap9993')
    p = ifconfig.run('ztabcdefghijklm lladdr %s mtu 2800 metric 5000 up' % MAC)
    equal((p.returncode, p.stdout), (0, ''), 'status and output')
    check(p.stderr.startswith('ifconfig: metric 5000: '), 'it is told that there is no metric: ' + p.stderr)
    state = link('ztabcdefghijklm')
    equal((state['address'], state['mtu'], 'UP' in state['flags']), (MAC, 2800, True), 'address, MTU, up')
    ifconfig('ztabcdefghijklm inet 10.147.17.5/24 alias')
    ifconfig('ztabcdefghijklm inet 10.147.18.5/24 alias')
    v6 = []
    if have_inet6():
        ifconfig('ztabcdefghijklm inet6 fd00::5/88 alias')
        v6 = ['fd00::5/88']
    v4 = ['10.147.17.5/24', '10.147.18.5/24']

    def global_addresses():
        return [a for a in addresses('ztabcdefghijklm') if not a.startswith('fe80')]
    equal(global_addresses(), v4 + v6, 'addresses')
    ifconfig('ztabcdefghijklm inet 10.147.17.5 -alias')
    equal(global_addresses(), v4[1:] + v6, 'addresses without the first')
    if v6:
        check('\tinet6 fd00::5 prefixlen 88' in ifconfig('ztabcdefghijklm', None), 'the IPv6 address is shown')
        ifconfig('ztabcdefghijklm inet6 fd00::5 -alias')
    equal(global_addresses(), v4[1:], 'addresses in the end')
    os.close(fd)
    wait_equal(lambda: d.unit('ztabcdefghijklm')['opened_by'], [], 'openers')
    ifconfig('ztabcdefghijklm destroy')
    equal(link('ztabcdefghijklm'), None, 'the interface')
    check(not os.path.exists(d.path('tap9993')), 'the device is gone')


@case('OpenVPN, lwIP, tinc and scripts: their lines, as ip(8) sees them after')
def others(t):
    d = t.tapd()
    ifconfig = Ifconfig(t, d)
    ifconfig('tap0 create')
    fd = d.open('tap0')
    for line, want in (
            ('tap0 10.8.0.2 netmask 255.255.255.0 mtu 1500 up', ['10.8.0.2/24']),
            ('tap0 10.8.0.3/24 mtu 1500 up', ['10.8.0.3/24']),
            ('tap0 inet 192.168.0.2 netmask 0xffffff00', ['192.168.0.2/24']),
            ('tap0 inet 192.168.0.1', ['192.168.0.1/24']),
            ('tap0 10.0.0.1 netmask 255.0.0.0', ['10.0.0.1/8']),
            ('tap0 alias 10.0.1.1 netmask 255.255.255.255', ['10.0.0.1/8', '10.0.1.1/32']),
            ('tap0 inet 10.0.1.1 delete', ['10.0.0.1/8']),
            ('tap0 -alias', []),
            ('tap0 10.0.0.1 10.0.0.2', ['10.0.0.1/32']),
            ('tap0 10.0.0.1 delete', []),
            ('tap0 10.9.0.1/24 broadcast 10.9.0.200', ['10.9.0.1/24'])):
        ifconfig(line)
        equal(addresses('tap0'), want, 'addresses after ifconfig ' + line)
    info = json.loads(ip('-j', 'addr', 'show', 'dev', 'tap0'))[0]['addr_info'][0]
    equal(info['broadcast'], '10.9.0.200', 'broadcast address')
    for line, flag, on in (('promisc', 'PROMISC', True), ('-promisc', 'PROMISC', False), ('-arp', 'NOARP', True),
                           ('arp', 'NOARP', False), ('down', 'UP', False), ('up', 'UP', True)):
        ifconfig('tap0 ' + line)
        equal(flag in link('tap0')['flags'] or flag == 'PROMISC' and link('tap0')['promiscuity'] > 0, on, line)
        equal(flag in ifconfig('tap0', None).split()[1], on, 'shown after ' + line)
    ifconfig('tap0 link0')
    check('LINK0' in d.unit('tap0')['flags'], 'link0')
    ifconfig('tap0 -link0 -link1')
    check('LINK0' not in d.unit('tap0')['flags'], '-link0')
    os.close(fd)


@case('created with parameters; the name is printed when it is news')
def create(t):
    d = t.tapd()
    ifconfig = Ifconfig(t, d)
    ifconfig('tap3 create')
    ifconfig('tap create', 'tap0\n')
    ifconfig('tap create inet 192.0.2.1/24 up', 'tap1\n')
    equal(addresses('tap1'), ['192.0.2.1/24'], 'addresses')
    ifconfig('vmnet plumb', 'vmnet0\n')
    ifconfig('tap create name wan', 'wan\n')
    equal(d.unit('wan')['device'], d.path('tap2'), 'the renamed one')
    ifconfig('vmnet0 unplumb')
    equal(d.ctl('-l')['names'], ['tap0', 'tap1', 'wan', 'tap3'], 'units')


# ---------------------------------------------------------------- Linux's own

@case('an interface of Linux takes the same words, and is shown')
def veth(t):
    ifconfig = Ifconfig(t, t.tapd())
    pair(t, 'v0', 'v1')
    no_rtadv(ifconfig, 'v0')
    ifconfig('v0 lladdr %s mtu 1400 description uplink metric 0' % MAC)
    ifconfig('v0 10.0.0.1 netmask 255.255.255.0')
    ifconfig('v1 up')
    state = link('v0')
    equal((state['address'], state['mtu'], alias('v0'), 'UP' in state['flags']), (MAC, 1400, 'uplink', True), 'v0')
    ifconfig('v0 10.0.1.1/25 broadcast 10.0.1.100 alias')
    ifconfig('v0 10.0.2.1 10.0.2.2 alias')
    equal(ifconfig('v0', None), 'v0: flags=8843<UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST> metric 0 mtu 1400\n'
          '\tdescription: uplink\n\tether ' + MAC + '\n\tinet 10.0.0.1 netmask 0xffffff00 broadcast 10.0.0.255\n'
          '\tinet 10.0.1.1 netmask 0xffffff80 broadcast 10.0.1.100\n\tinet 10.0.2.1 --> 10.0.2.2 netmask 0xffffffff\n'
          '\tgroups: veth\n\tmedia: Ethernet autoselect\n\tstatus: active\n' + nd6(), 'v0')
    ifconfig('v0 10.0.3.1/24')
    equal(addresses('v0'), ['10.0.1.1/25', '10.0.2.1/32', '10.0.3.1/24'], 'a new address in the place of the first')
    ifconfig('v0 inet 10.0.2.1 -alias')
    ifconfig('v0 inet 10.0.1.1/26')
    equal(addresses('v0'), ['10.0.3.1/24', '10.0.1.1/26'], 'a new length')
    ifconfig('v0 inet delete')
    equal(addresses('v0'), ['10.0.1.1/26'], 'the first taken away')
    ifconfig('v0 -description promisc -arp')
    equal(alias('v0'), None, 'description')
    check({'PROMISC', 'NOARP'} <= set(link('v0')['flags']), 'promisc and -arp')
    ifconfig('v0 down')
    check('\tstatus: no carrier\n' in ifconfig('v1', None), 'the other end has no carrier')
    ifconfig('v0 up name wan0', 'wan0\n')
    equal(addresses('wan0'), ['10.0.1.1/26'], 'renamed while it was up')
    ifconfig('wan0 destroy')
    check('v1' not in interfaces(), 'the pair is gone')


@case('IPv6 of an interface of Linux: addresses, scopes, options')
def inet6(t):
    ifconfig = Ifconfig(t)
    if not have_inet6():
        raise Skip('this kernel has no IPv6')
    pair(t, 'v0', 'v1')
    check('IFDISABLED' in ifconfig('v0', None), 'IPv6 is off')
    ifconfig('v0 -ifdisabled -auto_linklocal')
    ifconfig('v0 inet6 2001:db8::1/64')
    ifconfig('v0 inet6 2001:db8::2 prefixlen 48 alias')
    ifconfig('v0 inet6 fe80::7%v0/64')
    equal(sorted(addresses('v0')), ['2001:db8::1/64', '2001:db8::2/48', 'fe80::7/64'], 'addresses')
    text = ifconfig('v0 inet6', None)
    check('\tinet6 fe80::7%%v0 prefixlen 64 tentative scopeid 0x%x\n' % link('v0')['ifindex'] in text, 'scope: ' + text)
    check('AUTO_LINKLOCAL' not in text and 'IFDISABLED' not in text, 'options: ' + text)
    ifconfig('v0 inet6 2001:db8::2 delete')
    equal(sorted(addresses('v0')), ['2001:db8::1/64', 'fe80::7/64'], 'addresses')


@case('without tapd: Linux is shown, to anybody, and what needs tapd says so')
def alone(t):
    ifconfig = Ifconfig(t)
    lo = 'lo: flags=49<UP,LOOPBACK,RUNNING> metric 0 mtu 65536\n\tinet 127.0.0.1 netmask 0xff000000\n'
    p = ifconfig.run('lo inet', user=NOBODY, group=NOBODY)
    equal((p.returncode, p.stdout, p.stderr), (0, lo, ''), 'lo, for an ordinary user')
    equal(ifconfig('-a', None), ifconfig('', None), 'no argument, and -a')
    check(ifconfig('', None).startswith('lo: '), 'lo is the first')
    check('start it with: tapd' in ifconfig.fails('tap create', 'SIOCIFCREATE2 (tap): Invalid argument'), 'a hint')
    check('start it with: tapd' in ifconfig.fails('tap0 up', 'interface tap0 does not exist'), 'a hint')
    equal(ifconfig.fails('epair create', 'SIOCIFCREATE2 (epair): Invalid argument').count('\n'), 1, 'lines without one')
    ifconfig.fails('lo mtu 1000', 'ioctl SIOCSIFMTU (set mtu): Operation not permitted', user=NOBODY, group=NOBODY)
    ifconfig.fails('lo up', 'up: permission denied', user=NOBODY, group=NOBODY)
    ifconfig.fails('lo 10.0.0.1/32 alias', 'ioctl (SIOCAIFADDR): permission denied', user=NOBODY, group=NOBODY)
    equal(addresses('lo')[:1], ['127.0.0.1/8'], 'addresses of lo')


# ---------------------------------------------------------------- lists, errors, where things are

@case('lists: -l, -u, -d, ether, -g, -C')
def lists(t):
    ifconfig = Ifconfig(t, t.tapd())
    pair(t, 'v0', 'v1')
    for line in ('tap0 create', 'tap1 create up', 'v0 up'):
        ifconfig(line)
    names = [n for n in ifconfig('-l', None).split() if n in ('lo', 'tap0', 'tap1', 'v0', 'v1')]
    equal(sorted(names), ['lo', 'tap0', 'tap1', 'v0', 'v1'], 'names')
    equal(ifconfig('-l', None).count('\n'), 1, 'lines')
    check('lo' not in ifconfig('-l ether', None).split(), 'lo is not Ethernet')
    check(set(ifconfig('-lu', None).split()) >= {'lo', 'tap1', 'v0'}, 'those that are up')
    check(not set(ifconfig('-l -d', None).split()) & {'lo', 'tap1', 'v0'}, 'those that are down')
    equal(ifconfig('-g tap', None), 'tap0\ntap1\n', 'the group tap')
    equal(ifconfig('-g nobody', None), '', 'a group of none')
    equal(ifconfig('-ag tap', None), ifconfig('tap0', None) + ifconfig('tap1', None), 'all of the group tap')
    ifconfig('-C', 'tap vmnet\n')
    text = ifconfig('-a', None)
    equal([line.split(':')[0] for line in text.splitlines() if line[0] != '\t'], ifconfig('-l', None).split(), '-a')
    equal(ifconfig('-amvL', None), text, 'with options that ask for more')
    equal(ifconfig('-u', None).count('flags='), len(ifconfig('-lu', None).split()), '-u')


@case('errors: FreeBSD\'s words first, status 1, and nothing done')
def errors(t):
    d = t.tapd()
    ifconfig = Ifconfig(t, d)
    ifconfig('tap0 create')
    pair(t, 'v0', 'v1')
    for line, says in (
            ('tap9', 'interface tap9 does not exist'), ('tap9 up', 'interface tap9 does not exist'),
            ('tap0 up create', 'create: bad value'), ('tap0 create', 'SIOCIFCREATE2 (tap0): File exists'),
            ('epair create', 'SIOCIFCREATE2 (epair): Invalid argument'),
            ('tap01 create', 'SIOCIFCREATE2 (tap01): Invalid argument'),
            ('tap0 foo', 'foo: bad value'), ('tap0 mtu', "'mtu' requires argument"),
            ('tap0 ether 1:2', 'malformed link-level address'),
            ('tap0 mtu 20', 'ioctl SIOCSIFMTU (set mtu): Invalid argument'),
            ('v0 mtu 20', 'ioctl SIOCSIFMTU (set mtu): Invalid argument'),
            ('tap0 mtu many', 'ioctl SIOCSIFMTU (set mtu): Invalid argument'),
            ('tap0 name lo', 'ioctl SIOCSIFNAME (set name): File exists'),
            ('v0 name lo', 'ioctl SIOCSIFNAME (set name): File exists'),
            ('tap0 inet 10.0.0.1 -alias', "ioctl (SIOCDIFADDR): Can't assign requested address"),
            ('v0 inet 10.0.0.1 -alias', "ioctl (SIOCDIFADDR): Can't assign requested address"),
            ('tap0 delete', "ioctl (SIOCDIFADDR): Can't assign requested address"),
            ('tap0 media autoselect', 'SIOCSIFMEDIA (media): Invalid argument'),
            ('lo destroy', 'SIOCIFDESTROY: Invalid argument')):
        ifconfig.fails(line, says)
    p = ifconfig.run('-Z')
    equal((p.returncode, p.stdout, p.stderr[:16]), (1, '', 'usage: ifconfig '), 'a wrong option')
    for line, says in (('tap0 up', 'up: permission denied'),
                       ('tap create', 'SIOCIFCREATE2 (tap): Operation not permitted'),
                       ('tap0 destroy', 'SIOCIFDESTROY: Operation not permitted')):
        ifconfig.fails(line, says, user=NOBODY, group=NOBODY)
    p = ifconfig.run('tap0', user=NOBODY, group=NOBODY)
    equal((p.returncode, p.stdout[:11]), (0, 'tap0: flags'), 'shown to anybody')
    equal((addresses('tap0'), 'UP' in link('tap0')['flags'], d.ctl('-l')['names']), ([], False, ['tap0']),
          'nothing done')


@case('what Linux does not have is accepted, and said; 0 is what it has')
def notes(t):
    ifconfig = Ifconfig(t, t.tapd())
    ifconfig('tap0 create')
    ifconfig('tap0 metric 0 -link1 -link2')
    for line in ('tap0 group vpn', 'tap0 metric 1', 'tap0 link1', 'lo link0'):
        p = ifconfig.run(line)
        equal((p.returncode, p.stdout), (0, ''), 'ifconfig ' + line)
        check(p.stderr.startswith('ifconfig: ' + line.split(' ', 1)[1] + ': ') and 'nothing was done' in p.stderr,
              'what it says: ' + p.stderr)


@case('destroy of an open device waits, and says for whom')
def destroy_open(t):
    d = t.tapd()
    ifconfig = Ifconfig(t, d)
    ifconfig('tap0 create')
    fd = d.open('tap0')
    p = subprocess.Popen([ifconfig.dir + '/ifconfig', 'tap0', 'destroy'], env=ifconfig.env, stderr=subprocess.PIPE,
                         universal_newlines=True)
    t.defer(p.kill)
    line = p.stderr.readline()
    check(line.startswith('ifconfig: tap0 is open by PID %d' % os.getpid()), 'what it says: ' + line)
    os.close(fd)
    equal((p.wait(10), p.stderr.read()), (0, ''), 'status')
    p.stderr.close()
    equal(link('tap0'), None, 'the interface')


@case('interfaces in another network namespace are not ours; one that somebody else has under the name is not tapd\'s')
def namespaces(t):
    d = t.tapd()
    ifconfig = Ifconfig(t, d)
    other = ['unshare', '--net', ifconfig.dir + '/ifconfig']
    p = run(*other, 'tap0', env=ifconfig.env)
    equal(p.returncode, 1, 'nothing there yet')
    ifconfig('tap0 create')
    p = run(*other, 'tap0', env=ifconfig.env)
    equal((p.returncode, p.stdout, p.stderr), (1, '', 'ifconfig: interface tap0 does not exist\n'), 'elsewhere')
    p = run(*other, '-l', env=ifconfig.env)
    equal((p.returncode, p.stdout), (0, 'lo\n'), 'names elsewhere')
    script = ('ip link add tap0 type veth peer name v1 && ifconfig tap0 mtu 1300 up && ip link show tap0 && '
              'ifconfig tap0 destroy && ! ip link show tap0 2>/dev/null')
    p = run('unshare', '--net', 'sh', '-c', script, env=ifconfig.env)
    equal((p.returncode, p.stderr), (0, ''), 'a veth of that name elsewhere: ' + p.stdout)
    check('mtu 1300' in p.stdout, p.stdout)
    equal((link('tap0')['mtu'], 'UP' in link('tap0')['flags']), (1500, False), "tapd's own")


@case('a unit that is plugged in elsewhere is an interface all the same')
def wire(t):
    d = t.tapd('--attach=null')
    ifconfig = Ifconfig(t, d)
    ifconfig('tap create', 'tap0\n')
    ifconfig('tap0 ether %s mtu 1400 up' % MAC)
    ifconfig('tap0 inet 192.0.2.1/24')
    equal(link('tap0'), None, 'no interface of Linux')
    text = ifconfig('tap0', None)
    check('mtu 1400\n' in text and '\tether %s\n' % MAC in text, text)
    check('\tinet 192.0.2.1 netmask 0xffffff00 broadcast 192.0.2.255\n' in text, text)
    check('tap0' in ifconfig('-l', None).split(), 'listed')
    ifconfig('tap0 -alias')
    ifconfig.fails('tap0 inet 192.0.2.1 -alias', "ioctl (SIOCDIFADDR): Can't assign requested address")
    ifconfig.fails('tap0 -alias', "ioctl (SIOCDIFADDR): Can't assign requested address")
    ifconfig.fails('tap0 description x', 'ioctl SIOCSIFDESCR (set descr): Operation not supported')
    ifconfig('tap0 destroy')
    ifconfig.fails('tap0', 'interface tap0 does not exist')


if __name__ == '__main__':
    main()
