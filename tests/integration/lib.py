# SPDX-License-Identifier: BSD-2-Clause
"""
What the integration tests share: a tapd in namespaces of its own, programs that use its devices, the host's side of
the wire, and a look at what was left behind.  It knows nothing of how tapd works inside: only system calls, ip(8),
tapctl(8) and the control protocol of include/tapd/ctl.h.

A test file defines cases with @case('title') and ends with main().  Each case gets a Case; a tapd that it started is
stopped after it and must have left nothing.  The whole file runs in fresh network, mount and process namespaces, so
that what it makes ends with it.
"""
import argparse
import contextlib
import errno
import fcntl
import json
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

WAIT = 10.0             # seconds for what should come at once
CASE_LIMIT = 200        # seconds for a whole case
NOBODY = 65534

EX_OK, EX_FAIL, EX_USAGE, EX_UNAVAILABLE, EX_NOPERM, EX_CONFIG = 0, 1, 64, 69, 77, 78


# ---------------------------------------------------------------- ioctl numbers

def _ior(group, nr, size):
    return 0x80000000 | size << 16 | ord(group) << 8 | nr


def _iow(group, nr, size):
    return 0x40000000 | size << 16 | ord(group) << 8 | nr


# As Linux's macros make them from BSD's definitions: the numbers that both transports carry.
TAPGDEBUG, TAPSDEBUG = _ior('t', 89, 4), _iow('t', 90, 4)
TAPSIFINFO, TAPGIFINFO = _iow('t', 91, 8), _ior('t', 92, 8)
TAPGIFNAME = _ior('t', 93, 40)
FIONREAD = _ior('f', 127, 4)
FIOASYNC, FIOSETOWN, FIOGETOWN = _iow('f', 125, 4), _iow('f', 124, 4), _ior('f', 123, 4)
TIOCSPGRP, TIOCGPGRP = _iow('t', 118, 4), _ior('t', 119, 4)
FIONBIO = 0x5421        # the kernel's own: it sets O_NONBLOCK

# BSD's encoding of the same, which CUSE carries and FUSE cannot.
BSD_FIOASYNC, BSD_FIOSETOWN, BSD_FIOGETOWN = 0x8004667d, 0x8004667c, 0x4004667b
BSD_TIOCSPGRP, BSD_TIOCGPGRP = 0x80047476, 0x40047477


def ioctl_set(fd, cmd, value):
    fcntl.ioctl(fd, cmd, struct.pack('i', value))


def ioctl_get(fd, cmd):
    return struct.unpack('i', fcntl.ioctl(fd, cmd, bytes(4)))[0]


def tap_ifname(fd):
    return fcntl.ioctl(fd, TAPGIFNAME, bytes(40)).split(b'\0')[0].decode()


def tap_info(fd):
    """baudrate (bit/s), MTU (bytes), type"""
    return struct.unpack('iHBB', fcntl.ioctl(fd, TAPGIFINFO, bytes(8)))[:3]


# ---------------------------------------------------------------- saying and waiting

class Skip(Exception):
    """This machine cannot do what the case is about."""


class Hang(Exception):
    pass


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(got, want, what):
    if got != want:
        raise AssertionError('%s: got %r, expected %r' % (what, got, want))


def wait_until(condition, what, timeout=WAIT):
    """The first true value of condition(); what() or what says, in the failure, what was waited for."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError('waited %g s for: %s' % (timeout, what() if callable(what) else what))
        time.sleep(0.005)


def wait_equal(get, want, what, timeout=WAIT):
    """Wait until get() is want; the failure shows what it was last."""
    last = [None]

    def same():
        last[0] = get()
        return last[0] == want
    wait_until(same, lambda: '%s: got %r, expected %r' % (what, last[0], want), timeout)


def expect_errno(names, fn, *args):
    """fn(*args) must fail with one of these errno names; which one."""
    names = (names,) if isinstance(names, str) else names
    try:
        value = fn(*args)
    except OSError as e:
        got = errno.errorcode.get(e.errno, str(e.errno))
        check(got in names, 'got %s (%s), expected %s' % (got, e, ' or '.join(names)))
        return got
    raise AssertionError('succeeded with %r, expected %s' % (value, ' or '.join(names)))


# ---------------------------------------------------------------- the host's side

def run(*argv, timeout=60, **kw):
    return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True, timeout=timeout, **kw)


def ip(*words):
    p = run('ip', *words)
    check(p.returncode == 0, 'ip %s: %s' % (' '.join(words), p.stderr.strip()))
    return p.stdout


def link(name):
    """What ip(8) knows of an interface; None: there is none."""
    p = run('ip', '-s', '-d', '-j', 'link', 'show', 'dev', name)
    return json.loads(p.stdout)[0] if p.returncode == 0 else None


def link_stats(name):
    """The host's counters: (frames it received, bytes, frames it sent, bytes)."""
    s = link(name)['stats64']
    return s['rx']['packets'], s['rx']['bytes'], s['tx']['packets'], s['tx']['bytes']


def addresses(name):
    """Of an interface, as 'address/length', IPv4 and IPv6."""
    p = run('ip', '-j', 'addr', 'show', 'dev', name)
    if p.returncode != 0:
        return []
    return ['%s/%d' % (a['local'], a['prefixlen']) for a in json.loads(p.stdout)[0]['addr_info']]


def routes(name):
    """Of an interface, both families, the ones to multicast and host-local tables included."""
    return [line for family in ('-4', '-6') for line in
            run('ip', family, 'route', 'show', 'table', 'all', 'dev', name).stdout.splitlines()]


def interfaces():
    return {name for _, name in socket.if_nameindex()}


def write_file(path, text):
    with open(path, 'w') as f:
        f.write(text)


def read_file(path):
    with open(path) as f:
        return f.read()


def set_inet6(name, on):
    """IPv6 on an interface, or on those to come ('default').  Off, it sends nothing by itself."""
    path = '/proc/sys/net/ipv6/conf/%s/disable_ipv6' % name
    if os.path.exists(path):
        write_file(path, '0' if on else '1')


def have_inet6():
    return os.path.exists('/proc/sys/net/ipv6/conf/default/disable_ipv6')


def kernel_release():
    return tuple(int(n) for n in re.findall(r'\d+', os.uname().release)[:2])


BROADCAST, MULTICAST = b'\xff' * 6, bytes.fromhex('01005e000001')
STRANGER = bytes.fromhex('020000000099')        # nobody's address
PEER = bytes.fromhex('020000000002')            # the program's
ETHERTYPE = 0x88b5                              # for experiments: no protocol takes it


def mac(text):
    return bytes.fromhex(text.replace(':', ''))


def frame(dst, src, size, tag=0):
    """size bytes, 14 at least; tag and its length make it unlike the others."""
    body = bytes((tag + i) & 0xff for i in range(size - 14))
    return dst + src + struct.pack('!H', ETHERTYPE) + body


def inet_checksum(data):
    data += b'\0' * (len(data) & 1)
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def udp_frame(dst, src, saddr, daddr, sport, dport, payload):
    """An Ethernet frame with an IPv4 UDP datagram in it (without the optional UDP checksum)."""
    udp = struct.pack('!4H', sport, dport, 8 + len(payload), 0) + payload
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, socket.inet_aton(saddr),
                       socket.inet_aton(daddr))
    head = head[:10] + struct.pack('!H', inet_checksum(head)) + head[12:]
    return dst + src + b'\x08\x00' + head + udp


class Wire:
    """A packet socket: the host's whole frames on an interface, sent and received."""

    def __init__(self, name, promisc=False):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)    # SO_RCVBUFFORCE: room for all a case sends
        self.sock.bind((name, 3))
        self.sock.settimeout(WAIT)
        if promisc:
            index = socket.if_nametoindex(name)
            self.sock.setsockopt(263, 1, struct.pack('iHH8s', index, 1, 0, b''))    # PACKET_MR_PROMISC

    def send(self, data):
        equal(self.sock.send(data), len(data), 'bytes sent by the host')

    def receive(self):
        """The next frame that came in; not those we sent ourselves."""
        while True:
            data, address = self.sock.recvfrom(70000)
            if address[2] != socket.PACKET_OUTGOING:
                return data

    def close(self):
        self.sock.close()


# ---------------------------------------------------------------- programs

class Child:
    """
    A program: fn(say, *args) in a process of its own.  say(x) tells the test something; the value fn returns, or
    the name of the errno it failed with, is the result.  It has no descriptors of the test but `keep`.
    """

    def __init__(self, fn, args, keep):
        self.status = None
        self.rest = b''
        self.pipe, w = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            self._live(fn, args, w, keep)
        os.close(w)

    @staticmethod
    def _live(fn, args, w, keep):
        status = 1
        try:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            for fd in sorted(int(n) for n in os.listdir('/proc/self/fd')):
                if fd > 2 and fd != w and fd not in keep:
                    with contextlib.suppress(OSError):
                        os.close(fd)

            def say(what):
                os.write(w, json.dumps(what).encode() + b'\n')
            try:
                result = fn(say, *args)
            except OSError as e:
                result = errno.errorcode.get(e.errno, str(e))
            say({'result': result})
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def hear(self, timeout=WAIT):
        """The next thing the program said."""
        end = time.monotonic() + timeout
        while b'\n' not in self.rest:
            left = end - time.monotonic()
            check(left > 0 and select.select([self.pipe], [], [], left)[0],
                  'the program said nothing within %g s' % timeout)
            data = os.read(self.pipe, 65536)
            check(data, 'the program ended without a word')
            self.rest += data
        line, self.rest = self.rest.split(b'\n', 1)
        return json.loads(line)

    def result(self, timeout=WAIT):
        end = time.monotonic() + timeout
        while True:
            said = self.hear(max(0.001, end - time.monotonic()))
            if isinstance(said, dict) and 'result' in said:
                self.wait()
                return said['result']

    def signal(self, signo):
        os.kill(self.pid, signo)

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid != 0:
                self.status = status
                os.close(self.pipe)
        return self.status is not None

    def wait(self, timeout=WAIT):
        wait_until(self.ended, 'the end of program %d' % self.pid, timeout)

    def wait_asleep(self):
        def asleep():
            return read_file('/proc/%d/stat' % self.pid).rsplit(')', 1)[1].split()[0] == 'S'
        wait_until(asleep, 'program %d to sleep' % self.pid)

    def end(self):
        if not self.ended():
            self.signal(signal.SIGKILL)
            self.wait()


# ---------------------------------------------------------------- the control socket

class CtlError(Exception):
    def __init__(self, error):
        Exception.__init__(self, error['message'])
        self.errno, self.message, self.exit = error['errno'], error['message'], error['exit']


class Ctl:
    """A client of the control socket, one request after the other."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(WAIT)
        self.sock.connect(path)

    def send_raw(self, data):
        self.sock.sendall(data)

    def send(self, *words):
        body = json.dumps({'version': 1, 'args': words}).encode()
        self.send_raw(struct.pack('!I', len(body)) + body)

    def _exactly(self, n):
        data = b''
        while len(data) < n:
            got = self.sock.recv(n - len(data))
            if not got:
                return None
            data += got
        return data

    def receive(self):
        """The next reply; None: the connection ended."""
        head = self._exactly(4)
        if head is None:
            return None
        return json.loads(self._exactly(struct.unpack('!I', head)[0]))

    def ask(self, *words):
        self.send(*words)
        reply = self.receive()
        check(reply is not None, 'tapd closed the control connection')
        if 'error' in reply:
            raise CtlError(reply['error'])
        return reply

    def close(self):
        self.sock.close()


# ---------------------------------------------------------------- tapd

SANITIZER = re.compile(r'runtime error:|AddressSanitizer|LeakSanitizer|UndefinedBehaviorSanitizer')


def left_mounts(base):
    return [line.split()[4] for line in open('/proc/self/mountinfo') if base in line.split()[4]]


class Tapd:
    """
    One tapd.  base holds its run and dev directories; under CUSE the nodes are in /dev, where the kernel makes them.
    """

    def __init__(self, options, base, args, config, prefix, transport, env):
        self.options, self.base, self.prefix = options, base, prefix
        self.transport = transport or options.transport
        self.run_dir = base + '/run'
        self.dev_dir = '/dev' if options.transport == 'cuse' or options.own_dev else base + '/dev'
        self.socket = self.run_dir + '/tapd.sock'
        self.log_path = tempfile.mkstemp(prefix='log-', dir=base)[1]
        os.makedirs(base + '/dev', exist_ok=True)
        argv = [options.tapd, '--transport=' + self.transport, '--run-dir=' + self.run_dir, '--dev-dir=' + self.dev_dir]
        if prefix:
            argv.append('--prefix=' + prefix)
        # Without nodes ahead of their units, unless the case is about them: what is there then is a unit.
        if config is None or 'publish' not in config:
            config = (config or '') + '\npublish = 0\n'
        self.config_path = tempfile.mkstemp(prefix='conf-', dir=base)[1]
        write_file(self.config_path, config)
        os.chmod(self.config_path, 0o644)
        argv.append('--config=' + self.config_path)
        self.argv = argv + list(args)
        self.env = dict(os.environ, **env)
        self._ctl = None

    def start(self):
        """Start it and wait until it is ready."""
        r, w = os.pipe()
        with open(self.log_path, 'a') as log:
            self.proc = subprocess.Popen(self.argv + ['-v', '--ready-fd=%d' % w], stdin=subprocess.DEVNULL, stdout=log,
                                         stderr=log, pass_fds=(w,), env=self.env, start_new_session=True)
        os.close(w)
        try:
            ready = select.select([r], [], [], 4 * WAIT)[0] and os.read(r, 1) == b'\n'
        finally:
            os.close(r)
        if not ready:
            self.kill()
            raise AssertionError('tapd did not start (status %r): %s' % (self.proc.returncode, self.log()))
        self.pid = self.proc.pid
        return self

    @property
    def running(self):
        return self.proc.poll() is None

    def log(self):
        return read_file(self.log_path)

    def path(self, name):
        return '%s/%s' % (self.dev_dir, name)

    def open(self, name, flags=os.O_RDWR):
        return os.open(self.path(name), flags)

    def connect(self):
        return Ctl(self.socket)

    def ctl(self, *words):
        if self._ctl is None:
            self._ctl = self.connect()
        return self._ctl.ask(*words)

    def tapctl(self, *words, **kw):
        return run(self.options.tapctl, '-s', self.socket, *words, **kw)

    def unit(self, name):
        return self.ctl(name)['units'][0]

    def counters(self, name):
        """Those that are not 0."""
        return {k: v for k, v in self.unit(name)['counters'].items() if v != 0}

    def descriptors(self):
        return len(os.listdir('/proc/%d/fd' % self.pid))

    def memory(self):
        """Resident bytes."""
        return int(re.search(r'VmRSS:\s*(\d+)', read_file('/proc/%d/status' % self.pid)).group(1)) * 1024

    # the end

    def _disconnect(self):
        if self._ctl is not None:
            self._ctl.close()
            self._ctl = None

    def kill(self):
        """As kill -9."""
        self._disconnect()
        self.proc.kill()
        self.proc.wait(WAIT)

    def check_log(self):
        found = SANITIZER.search(self.log())
        check(found is None, 'a sanitizer reports: ' + self.log()[found.start():] if found else '')

    def left(self):
        """What there is of it: paths, mounts, interfaces."""
        names = '^%s(tap|vmnet)[0-9]*$' % re.escape(self.prefix)
        found = ['interface ' + n for n in interfaces() if re.match(names, n)]
        found += ['mount ' + m for m in left_mounts(self.run_dir + '/')]
        for name in os.listdir(self.dev_dir):
            if re.match(names, name):
                found.append(self.path(name))
        if os.path.isdir(self.run_dir):
            found += ['%s/%s' % (self.run_dir, n) for n in os.listdir(self.run_dir)]
        return found

    def stop(self, signo=signal.SIGTERM):
        """Stop it as a service manager does.  It must end with 0 and be silent to the sanitizers."""
        self._disconnect()
        self.proc.send_signal(signo)
        equal(self.proc.wait(WAIT), 0, 'exit status of tapd')
        self.check_log()


# ---------------------------------------------------------------- cases

class Case:
    """What a case has at hand; undoes it all at its end."""

    def __init__(self, options):
        self.options = options
        self.fuse = options.transport == 'fuse'
        self.base = tempfile.mkdtemp(prefix='tapd-test-', dir='/run')
        os.chmod(self.base, 0o755)
        self.stack = contextlib.ExitStack()
        self.daemons = []
        self.foreign = set()            # paths and "interface NAME"s that are the case's own and stay

    def tapd(self, *args, config=None, prefix='', base='', transport=None, env=(), start=True):
        """A running tapd; base names another directory than the case's first tapd has."""
        where = self.base + '/' + (base or 'a')
        os.makedirs(where, exist_ok=True)
        d = Tapd(self.options, where, args, config, prefix, transport, dict(env))
        if start:
            self.daemons.append(d)
            d.start()
        return d

    def defer(self, fn, *args):
        self.stack.callback(fn, *args)

    def open(self, d, name, flags=os.O_RDWR):
        """A descriptor that is closed in the end, unless closed before."""
        fd = d.open(name, flags)
        self.stack.callback(close_quietly, fd)
        return fd

    def wire(self, name, promisc=False):
        w = Wire(name, promisc)
        self.defer(w.close)
        return w

    def program(self, fn, *args, keep=()):
        c = Child(fn, args, keep)
        self.defer(c.end)
        return c

    def blocked_reader(self, d, name, readers=1):
        """A program that has opened the device and sleeps in read(2); its result is the length or the errno's name."""
        def read(say):
            return len(os.read(d.open(name), 70000))
        c = self.program(read)
        wait_equal(lambda: d.unit(name)['readers'], readers, 'sleeping readers of ' + name)
        return c

    def finish(self, failed):
        """The end: everything stopped, and nothing left."""
        self.stack.close()
        for d in self.daemons:
            if d.running:
                if failed:
                    d.kill()
                else:
                    d.stop()
            d.check_log()
        if failed:
            for d in self.daemons:          # so that the next case finds a clean place
                for m in left_mounts(d.run_dir + '/'):
                    run('umount', '-l', m)
                for path in d.left():
                    with contextlib.suppress(OSError):
                        os.unlink(path)
        else:
            left = [x for d in self.daemons for x in d.left() if x not in self.foreign]
            equal(left, [], 'left behind')
            reap()
            equal(children(), [], 'processes left behind')
        shutil.rmtree(self.base, ignore_errors=True)


def close_quietly(fd):
    with contextlib.suppress(OSError):
        os.close(fd)


def reap():
    """The orphans of what was killed come to us, who are the first process of the namespace."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass


def children():
    return [int(p) for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]


cases = []


def case(title, only=None):
    """A case; only names the one transport it is about."""
    def register(fn):
        cases.append((title, only, fn))
        return fn
    return register


def on_alarm(signo, stack):
    raise Hang('the case took longer than %d s' % CASE_LIMIT)


def run_case(options, number, title, fn):
    c = Case(options)
    problem = skip = None
    signal.alarm(CASE_LIMIT)
    try:
        fn(c)
    except Skip as e:
        skip = str(e)
    except BaseException as e:
        problem = e
        text = traceback.format_exc()
    signal.alarm(0)
    logs = [d.log() for d in c.daemons]
    try:
        c.finish(problem is not None)
    except BaseException as e:
        if problem is None:
            logs = [d.log() for d in c.daemons]
            problem, text = e, traceback.format_exc()
    if problem is None:
        print('ok %d - %s%s' % (number, title, ' # SKIP ' + skip if skip else ''), flush=True)
        return True
    print('not ok %d - %s' % (number, title))
    for line in text.splitlines():
        print('# ' + line)
    for log in logs:
        for line in log.splitlines()[-60:]:
            print('# log: ' + line)
    sys.stdout.flush()
    return False


def need_device(path):
    """Skip the file when this machine has no such device.  With status 0: meson takes any other for a failure."""
    try:
        os.close(os.open(path, os.O_RDWR))
    except OSError as e:
        print('1..0 # SKIP %s: %s' % (path, e.strerror))
        sys.exit(0)


def enter_namespaces():
    """Start anew in namespaces of our own; when this process is killed, all that it started is."""
    argv = ['unshare', '--net', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child',
            '--mount-proc', sys.executable] + sys.argv + ['--inside']
    try:
        os.execvp(argv[0], argv)
    except OSError as e:
        print('Bail out! unshare: %s' % e.strerror)
        sys.exit(1)


def parse_options():
    p = argparse.ArgumentParser()
    p.add_argument('--tapd', required=True, type=os.path.abspath)
    p.add_argument('--tapctl', required=True, type=os.path.abspath)
    p.add_argument('--transport', choices=('fuse', 'cuse'), default='fuse')
    p.add_argument('--tapping', type=os.path.abspath, help='the example program; some tests need it')
    p.add_argument('--tapdump', type=os.path.abspath, help='likewise')
    p.add_argument('--taprun', type=os.path.abspath, help='likewise')
    p.add_argument('--tapconform', type=os.path.abspath, help='likewise')
    p.add_argument('--bsd-programs', type=os.path.abspath, help='the directory of those in bsd_programs/, built')
    p.add_argument('--ioctl32', type=os.path.abspath, help='a 32-bit program, where one could be built')
    p.add_argument('--only', default='', help='run the cases with this text in their titles')
    p.add_argument('--inside', action='store_true', help=argparse.SUPPRESS)
    return p.parse_args()


def reachable_programs(options):
    """Copies in our /run, for a user who may not look into the directory the tree is in."""
    os.mkdir('/run/programs', 0o755)
    for name in ('tapd', 'tapctl'):
        setattr(options, name, shutil.copy(getattr(options, name), '/run/programs/'))


DEV_NODES = ('null', 'zero', 'full', 'random', 'urandom', 'tty', 'fuse', 'net/tun')


def make_own_dev():
    """A /dev with the usual nodes, and room for tapd's under the names that programs have written in them."""
    equal(run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/mnt').returncode, 0, 'status of mount')
    os.mkdir('/mnt/net')
    for name in DEV_NODES:
        write_file('/mnt/' + name, '')
        equal(run('mount', '--bind', '/dev/' + name, '/mnt/' + name).returncode, 0, 'status of mount ' + name)
    os.symlink('/proc/self/fd', '/mnt/fd')
    equal(run('mount', '--move', '/mnt', '/dev').returncode, 0, 'status of mount')


def main(own_dev=False):
    """own_dev: tapd's devices are in /dev, under FUSE in one of the test's own."""
    options = parse_options()
    options.own_dev = own_dev
    if not options.inside:
        need_device('/dev/net/tun')
        need_device('/dev/' + options.transport)
        enter_namespaces()
    os.umask(0o022)
    check(run('mount', '-t', 'tmpfs', '-o', 'mode=755', 'tmpfs', '/run').returncode == 0, 'a /run of our own')
    reachable_programs(options)
    if own_dev and options.transport == 'fuse':
        make_own_dev()
    os.environ.setdefault('ASAN_OPTIONS', 'detect_leaks=1')
    os.environ.setdefault('UBSAN_OPTIONS', 'print_stacktrace=1')
    for name in ('NOTIFY_SOCKET', 'JOURNAL_STREAM', 'TAPD_SOCKET'):
        os.environ.pop(name, None)
    signal.signal(signal.SIGALRM, on_alarm)
    set_inet6('default', False)
    ip('link', 'set', 'lo', 'up')
    chosen = [(t, fn) for t, only, fn in cases if only in (None, options.transport) and options.only in t]
    print('1..%d' % len(chosen), flush=True)
    results = [run_case(options, n, title, fn) for n, (title, fn) in enumerate(chosen, 1)]
    sys.exit(0 if all(results) else 1)
