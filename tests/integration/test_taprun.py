#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
taprun: a program with taps, as root and as an ordinary user without any capability; its status, signals and terminal;
what is left when it ends, however it ends; and what is said where the machine forbids something.
"""
import contextlib
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile

from lib import (EX_CONFIG, EX_FAIL, EX_NOPERM, EX_UNAVAILABLE, EX_USAGE, NOBODY, WAIT, case, check, children, equal,
                 inet_checksum, interfaces, main, read_file, run, wait_equal, wait_until, write_file)

PROGRAMS = '/run/programs'
PYTHON = next(p for p in ('/usr/bin/python3', sys.executable) if os.path.exists(p))     # one that others may run
DROP = ['setpriv', '--reuid', str(NOBODY), '--regid', str(NOBODY), '--clear-groups', '--inh-caps', '-all',
        '--bounding-set', '-all']
BOTH = (False, True)            # root, ordinary user
TAP0 = ('--tap', 'tap0 inet 192.0.2.1/24 up')


# ---------------------------------------------------------------- taprun

def bind(what, where):
    equal(run('mount', '--bind', what, where).stderr, '', 'mount --bind %s %s' % (what, where))


def node(t, path, mode, number=None):
    """In place of the device, until the case ends: one that has this mode, or (number 0) nothing can be opened by."""
    major, minor = number or {'/dev/fuse': (10, 229), '/dev/net/tun': (10, 200)}[path]
    place = '%s/%s' % (t.base, os.path.basename(path))
    os.mknod(place, 0o20000 | mode, os.makedev(major, minor))
    os.chmod(place, mode)
    bind(place, path)
    t.defer(run, 'umount', path)


def prepare(t):
    """Programs an ordinary user can reach, and devices he may open, as udev makes them."""
    for name in ('taprun', 'tapping'):
        if not os.path.exists('%s/%s' % (PROGRAMS, name)):
            shutil.copy(getattr(t.options, name), PROGRAMS)
    equal(run('mount', '-t', 'tmpfs', 'tmpfs', '/tmp').returncode, 0, 'a /tmp of our own')
    t.defer(run, 'umount', '/tmp')
    place = t.base + '/dev'
    os.makedirs(place, exist_ok=True)
    equal(run('mount', '-t', 'tmpfs', 'tmpfs', place).returncode, 0, 'a tmpfs for devices')
    t.defer(run, 'umount', place)
    for path, minor in (('/dev/fuse', 229), ('/dev/net/tun', 200)):
        mine = '%s/%s' % (place, os.path.basename(path))
        os.mknod(mine, 0o20666, os.makedev(10, minor))
        os.chmod(mine, 0o666)
        bind(mine, path)
        t.defer(run, 'umount', path)


def argv(user, *args):
    return (DROP if user else []) + [PROGRAMS + '/taprun', *args]


def popen(t, user, *args, **kw):
    """A taprun that runs; it ends with the case."""
    p = subprocess.Popen(argv(user, *args), **dict(dict(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, universal_newlines=True), **kw))

    def end():
        if p.poll() is None:
            p.kill()
        p.wait(WAIT)
        for f in (p.stdin, p.stdout, p.stderr):
            if f is not None:
                f.close()
        wait_until(lambda: not orphans(), 'the end of what taprun started')
    t.defer(end)
    return p


def orphans():
    """Processes below us that nobody here waits for; those that ended are gone then."""
    for pid in children():
        with contextlib.suppress(OSError):
            stat = read_file('/proc/%d/stat' % pid).rsplit(')', 1)[1].split()
            if stat[0] == 'Z' and int(stat[1]) == os.getpid():
                os.waitpid(pid, os.WNOHANG)
    return children()


def taprun(user, *args, **kw):
    """Run to its end."""
    kw.setdefault('stdin', subprocess.DEVNULL)
    if 'input' in kw:
        del kw['stdin']
    return subprocess.run(argv(user, *args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True,
                          timeout=60, **kw)


def good(p, what, status=0):
    check(p.returncode == status, '%s: status %d, expected %d; it said: %s%s' % (what, p.returncode, status, p.stdout,
                                                                             p.stderr))
    return p.stdout


def python(text, *args):
    """A program: the text, indented as a case has it."""
    indent = re.match(r'\n?( *)', text).group(1)
    return [PYTHON, '-c', '\n'.join(line[len(indent):] for line in text.strip('\n').splitlines()), *args]


def line_of(p):
    line = b''
    while not line.endswith(b'\n'):
        check(select.select([p.stdout], [], [], WAIT)[0], 'a line from the program, after %r' % line)
        more = os.read(p.stdout.fileno(), 1)
        if more == b'':
            break
        line += more
    return line.decode()


@contextlib.contextmanager
def nothing_left():
    """No process, mount, interface, or name in /dev, /run and /tmp."""
    def seen():
        return {('process', p) for p in orphans()} | {('interface', i) for i in interfaces()} | \
            {(d, n) for d in ('/dev', '/run', '/tmp') for n in os.listdir(d)} | \
            {('mount', line) for line in read_file('/proc/self/mountinfo').splitlines()}
    before = seen()
    yield
    wait_equal(lambda: seen() ^ before, set(), 'what is left')


# ---------------------------------------------------------------- frames

PING = '''
import subprocess, sys
echo = subprocess.Popen([sys.argv[1], '-4', '192.0.2.2', '/dev/tap0'], stdout=subprocess.PIPE)
echo.stdout.readline()
status = subprocess.call(['ping', '-c', '1', '-W', '5', '192.0.2.2'], stdout=subprocess.DEVNULL)
echo.terminate()
echo.communicate()
sys.exit(status)
'''


@case('a program answers ping: as root, as an ordinary user, and with --user')
def ping(t):
    prepare(t)
    for user, more in ((False, ()), (True, ()), (True, ('--user',))):
        with nothing_left():
            good(taprun(user, *more, *TAP0, '--', *python(PING), PROGRAMS + '/tapping'),
                 'ping (user %s %s)' % (user, more))


@case('who the program is: root by default, the caller with --user')
def identity(t):
    prepare(t)
    show = ('--', 'sh', '-c', 'echo $(id -u) $(id -g); sed -n "s/^CapEff:.//p" /proc/self/status')
    equal(good(taprun(True, *show), 'default').split()[:2], ['0', '0'], 'ids')
    ids = good(taprun(True, '--user', *show), '--user').split()
    equal(ids, [str(NOBODY), str(NOBODY), '0' * 16], 'ids and capabilities')
    equal(good(taprun(False, '--user', *show), 'root --user').split()[:2], ['0', '0'], 'ids of root')


@case('/dev has the usual nodes, the taps and a socket for tapctl')
def dev(t):
    prepare(t)
    look = python('''
        import os, json, pty, sys
        os.close(os.open('/dev/null', os.O_RDWR))
        for name in ('zero', 'random', 'urandom'):
            assert len(open('/dev/' + name, 'rb', 0).read(4)) == 4, name
        open('/dev/shm/taprun-test', 'w').close()
        os.unlink('/dev/shm/taprun-test')
        pty.openpty()
        os.close(os.open('/dev/tap3', os.O_RDWR))
        os.close(os.open('/dev/net/tun', os.O_RDWR))
        print(json.dumps(sorted(os.listdir('/dev'))))
        print(os.environ['TAPD_SOCKET'])
        ''')
    for user in BOTH:
        out = good(taprun(user, '--publish=4', '--', *look), 'a look').splitlines()
        names = json.loads(out[0])
        want = {'null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'pts', 'shm', 'fd', 'stdin', 'stdout',
                'stderr', 'net', 'fuse', 'tap', 'tap0', 'tap3'}
        equal(want - set(names), set(), 'not in /dev')
        check('tap4' not in names, '--publish=4 ends at tap3')
        equal(out[1], '/dev/.tapd/tapd.sock', 'TAPD_SOCKET')


@case('two at once do not see each other, nor the host them')
def two(t):
    prepare(t)
    program = ('--', 'sh', '-c', 'ip -4 -o addr show; echo end; read x')
    with nothing_left():
        ps = [popen(t, user, '--tap', 'tap0 inet 192.0.2.%d/24 up' % n, *program, stdin=subprocess.PIPE)
              for n, user in ((1, True), (2, True), (3, False))]
        for n, p in enumerate(ps, 1):
            text = ''.join(iter(lambda: line_of(p), 'end\n'))
            equal(re.findall(r'inet (\S+)', text), ['127.0.0.1/8', '192.0.2.%d/24' % n], 'addresses inside')
        check('tap0' not in interfaces(), 'the host has a tap0')
        for p in ps:
            p.stdin.close()
            equal(p.wait(WAIT), 1, 'the status of read at the end of the file')


# ---------------------------------------------------------------- status, signals, input

@case('the exit status is the program\'s, and so is its signal')
def status(t):
    prepare(t)
    for user in BOTH:
        for n in (0, 1, 7, 255):
            equal(taprun(user, '--', 'sh', '-c', 'exit %d' % n).returncode, n, 'status')
        for s in (signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGPIPE, signal.SIGUSR1):
            equal(taprun(user, '--', 'sh', '-c', 'kill -%d $$' % s).returncode, -s, 'the signal')
    first = ('unshare', '--pid', '--fork', '--mount-proc')         # as in a container: process 1 takes no signal
    equal(run(*first, *argv(False, '--', 'sh', '-c', 'kill -TERM $$')).returncode, 143, 'the signal, for process 1')
    p = taprun(True, '--', 'sh', '-c', 'exit 6', preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
    equal(p.returncode, 6, 'the status, for a caller that ignores SIGCHLD')
    p = taprun(True, '--', '/no/such/program')
    equal((p.returncode, p.stderr), (127, 'taprun: /no/such/program: No such file or directory\n'), 'no program')
    p = taprun(True, '--', '/etc/passwd')
    equal((p.returncode, p.stderr), (126, 'taprun: /etc/passwd: Permission denied\n'), 'no program either')


CATCH = python('''
    import signal, sys
    signals = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGWINCH,
               signal.SIGTSTP}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    print('ready', flush=True)
    for n in range(int(sys.argv[1])):
        print(int(signal.sigwait(signals)), flush=True)
    ''')


@case('signals sent to taprun reach the program, once')
def forwarded(t):
    prepare(t)
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGWINCH,
               signal.SIGTSTP)
    for user in BOTH:
        p = popen(t, user, '--', *CATCH, str(2 * len(signals)), start_new_session=True)
        equal(line_of(p), 'ready\n', 'the beginning')
        for s in signals:
            p.send_signal(s)
            equal(line_of(p), '%d\n' % s, 'the signal')
        for s in signals:
            os.killpg(p.pid, s)
            equal(line_of(p), '%d\n' % s, 'the signal to the group')
        equal(p.wait(WAIT), 0, 'the status')


@case('a program that is stopped and continued by another is not taken for ended')
def stopped_by_other(t):
    prepare(t)
    p = popen(t, True, '--', 'sh', '-c', 'sh -c "kill -STOP $$; kill -CONT $$"; exit 5')
    equal(p.wait(WAIT), 5, 'the status')


@case('standard input, directory, environment and descriptors are the caller\'s')
def inherited(t):
    prepare(t)
    with tempfile.TemporaryDirectory(dir='/run') as d:
        os.chmod(d, 0o755)
        r, w = os.pipe()
        show = 'cat; pwd; echo $COLOUR $NOTIFY_SOCKET; echo out >&%d' % w
        p = taprun(True, '--', 'sh', '-c', show, input='in\n', cwd=d,
                   pass_fds=(w,), env=dict(os.environ, COLOUR='blue', NOTIFY_SOCKET='/run/nobody'))
        equal((good(p, 'what it has'), p.stderr), ('in\n%s\nblue /run/nobody\n' % d, ''), 'what it has')
        equal(os.read(r, 10), b'out\n', 'the descriptor')
        os.close(r)
        os.close(w)


@case('PATH is the caller\'s; tapctl is found, and another tapctl that the caller has is found first')
def path(t):
    prepare(t)
    found = ('--', 'sh', '-c', 'echo $PATH; command -v tapctl; tapctl -l; ifconfig tap0 2>/dev/null | head -n 2')
    lines = good(taprun(True, *TAP0, *found), 'PATH').splitlines()
    check(os.environ['PATH'] in lines[0], 'PATH is %s' % lines[0])
    equal(lines[1:3], [PROGRAMS + '/tapctl', 'tap0'], 'tapctl')
    check(lines[3].startswith('tap0: flags=8'), 'the BSD ifconfig: %r' % lines[3:])
    if os.path.exists('/sbin/ifconfig'):
        by_path = good(taprun(True, *TAP0, '--', '/sbin/ifconfig', 'tap0'), 'by its path')
        check('ether' in by_path and 'metric 0' in by_path, 'the BSD ifconfig by its path: ' + by_path)
    bare = good(taprun(True, *TAP0, '--', 'env', '-i', PROGRAMS + '/tapctl', '-l'), 'with an empty environment')
    equal(bare.split(), ['tap0'], 'tapctl whose environment was cleared')
    other = t.base + '/tapctl'
    write_file(other, '#!/bin/sh\n')
    os.chmod(other, 0o755)
    env = dict(os.environ, PATH=t.base + ':' + os.environ['PATH'])
    lines = good(taprun(True, *found, env=env), 'PATH').splitlines()
    equal(lines[1:], [other], 'the caller\'s tapctl')


# ---------------------------------------------------------------- the end

STAY = ('--', 'sh', '-c', 'setsid sh -c "exec sleep 1000" & exec 3<>/dev/tap0; echo ready; sleep 1000')


@case('what the program left running ends with it')
def strays(t):
    prepare(t)
    for user in BOTH:
        with nothing_left():
            p = taprun(user, '--', 'sh', '-c', 'setsid sh -c "exec 3<>/dev/tap0; sleep 1000" >/dev/null 2>&1 & exit 3')
            equal(p.returncode, 3, 'the status')


@case('kill -9 of taprun leaves nothing')
def killed(t):
    prepare(t)
    for user, net in ((False, ()), (True, ()), (True, ('--user',)), (True, ('--net=slirp',)), (True, ('--trace',))):
        with nothing_left():
            p = popen(t, user, *net, *TAP0, *STAY)
            equal(line_of(p), 'ready\n', 'the beginning')
            check(len(children()) >= 4, 'taprun, tapd, init and programs run: %r' % children())
            p.kill()
            equal(p.wait(WAIT), -signal.SIGKILL, 'the status')


def child_of(pid, name):
    """The child of that name."""
    for p in children():
        with contextlib.suppress(OSError):
            stat = read_file('/proc/%d/stat' % p)
            if '(%s)' % name in stat and int(stat.rsplit(')', 1)[1].split()[1]) == pid:
                return p
    raise AssertionError('no %s under %d' % (name, pid))


@case('kill -9 of any other part leaves nothing either')
def parts_killed(t):
    prepare(t)
    with nothing_left():
        p = popen(t, True, *TAP0, *STAY)
        equal(line_of(p), 'ready\n', 'the beginning')
        os.kill(child_of(p.pid, 'taprun'), signal.SIGKILL)
        equal(p.wait(WAIT), -signal.SIGKILL, 'the status after init was killed')
        check('killed with its namespace' in p.stderr.read(), 'it is said')
    with nothing_left():
        p = popen(t, True, '--', 'sh', '-c', 'echo ready; read x; cat /dev/tap0 2>/dev/null; exit 4',
                  stdin=subprocess.PIPE)
        equal(line_of(p), 'ready\n', 'the beginning')
        os.kill(child_of(p.pid, 'tapd'), signal.SIGKILL)
        equal(p.stderr.readline(), 'taprun: tapd ended (signal 9): its devices are gone; the program goes on\n',
              'what is said')
        p.stdin.write('\n')
        p.stdin.close()
        equal(p.wait(WAIT), 4, 'the status: the program went on')


# ---------------------------------------------------------------- the terminal

class Terminal:
    """An interactive shell on a terminal, that runs taprun as a person does."""

    def __init__(self, t, user):
        self.seen = ''
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            env = dict(os.environ, PS1='$ ', PATH=PROGRAMS + ':' + os.environ['PATH'], HISTFILE='', TERM='dumb')
            args = (DROP if user else []) + ['bash', '--norc', '--noprofile', '-i']
            os.execvpe(args[0], args, env)
        t.defer(os.close, self.fd)
        t.defer(self.end)

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, text):
        """Until the terminal shows the text; what is before it is used up."""
        def shown():
            if select.select([self.fd], [], [], 0.01)[0]:
                self.seen += os.read(self.fd, 4096).decode(errors='replace').replace('\r', '')
            return text in self.seen
        wait_until(shown, lambda: '%r on the terminal; it shows %r' % (text, self.seen))
        self.before, self.seen = self.seen.split(text, 1)

    def repeat(self, command, text):
        """Until the command shows the text."""
        def shown():
            self.type(command + '; echo end-$((1+1))\n')
            self.wait_for('end-2\n')
            return text in self.before
        wait_until(shown, text)

    def end(self):
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


@case('at a terminal: ^C, ^Z, bg and fg do what they do to a program')
def job_control(t):
    prepare(t)
    for user in BOTH:
        with nothing_left():
            s = Terminal(t, user)
            s.type('echo shell-$((1+1))\n')
            s.wait_for('shell-2\n')
            s.type('taprun -- sh -c "echo group-\\$((1+1)); exec cat"\n')
            s.wait_for('group-2\n')
            s.type('first\n')
            s.wait_for('first\nfirst\n')        # the terminal's echo, and cat's
            s.type('\x1a')
            s.wait_for('Stopped')
            s.type('fg\n')
            s.wait_for('fg\n')
            s.wait_for('taprun -- sh')
            s.type('second\n')
            s.wait_for('second\nsecond\n')
            s.type('\x1a')
            s.wait_for('Stopped')
            s.type('bg\n')                      # it wants to read the terminal: stopped again
            s.wait_for('&\n')
            s.repeat('jobs', 'Stopped')
            s.type('fg\n')
            s.wait_for('fg\n')
            s.wait_for('taprun -- sh')
            s.type('third\n')
            s.wait_for('third\nthird\n')
            s.type('\x03')
            s.wait_for('$ ')
            s.type('echo status-$?\n')
            s.wait_for('status-130\n')
            s.end()


@case('the program has a process group of its own, and the terminal')
def group(t):
    prepare(t)
    show = python('''
        import os
        print(os.getpgrp() == os.getpid(), os.tcgetpgrp(0) == os.getpgrp(), os.ttyname(0))
        ''')
    s = Terminal(t, True)
    write_file(t.base + '/show', '#!%s\n%s' % (PYTHON, show[2]))
    os.chmod(t.base + '/show', 0o755)
    s.type('taprun -- %s/show\n' % t.base)
    s.wait_for('True True /dev/console\n')
    s.type('taprun -- sh -c "echo one; echo two" | tail -n 1\n')
    s.wait_for('\ntwo\n')
    p = taprun(True, '--', 'sh', '-c', 'read pid name state ppid group rest < /proc/$$/stat; test $group = $$')
    equal(p.returncode, 0, 'a group of its own without a terminal')


@case('^C at a terminal ends the script that runs taprun, as it would without')
def script(t):
    prepare(t)
    with nothing_left():
        s = Terminal(t, True)
        s.type('sh -c "for i in 1 2; do taprun -- sh -c \'echo ready-\\$((1+1)); exec sleep 1000\'; echo went-\\$((2+1)); done"\n')
        s.wait_for('ready-2\n')
        s.type('\x03')
        s.wait_for('$ ')
        check('went-3' not in s.before, 'the loop ended: ' + s.before)
        s.type('echo status-$?\n')
        s.wait_for('status-130\n')
        s.end()


@case('^C in a pipeline at a terminal ends all of it')
def pipeline(t):
    prepare(t)
    with nothing_left():
        s = Terminal(t, True)
        s.type('taprun -- sh -c "echo ready-\\$((1+1)); exec sleep 1000" | cat\n')
        s.wait_for('ready-2\n')
        s.type('\x03')
        s.wait_for('$ ')
        s.type('echo status-${PIPESTATUS[0]}\n')
        s.wait_for('status-130\n')
        s.type('exit\n')
        wait_until(lambda: os.waitid(os.P_PID, s.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT), 'the end of the shell')


# ---------------------------------------------------------------- options

@case('--tap makes what is not there, and its failure ends the run')
def taps(t):
    prepare(t)
    p = taprun(True, '--tap', 'tap1 ether 02:00:00:00:00:07', '--tap', 'tap1 mtu 1400', '--tap', 'tap create mtu 1300',
               '--', 'tapctl', '-j', '-a')
    units = {u['name']: u for u in json.loads(good(p, '--tap'))['units']}
    equal((units['tap1']['ether'], units['tap1']['mtu']), ('02:00:00:00:00:07', 1400), 'tap1')
    equal([u['mtu'] for n, u in units.items() if n != 'tap1'], [1300], 'the other one')
    p = taprun(True, '--tap', 'tap0 mtu 1', '--', 'echo', 'never')
    equal((p.returncode, p.stdout), (EX_USAGE, ''), 'a bad word')
    check('mtu: 1: expected' in p.stderr and p.stderr.endswith("taprun: --tap 'tap0 mtu 1' failed\n"),
          'it says: ' + p.stderr)


@case('an address set before the program opens the device is there when it has it open')
def address_stays(t):
    prepare(t)
    p = taprun(True, *TAP0, '--', 'sh', '-c', 'exec 3<>/dev/tap0; ip -4 -o addr show tap0; ip -o link show tap0')
    text = good(p, 'the open device')
    check('inet 192.0.2.1/24' in text and 'LOWER_UP' in text, 'it shows ' + text)


@case('--dialect and --config')
def dialect(t):
    prepare(t)
    p = taprun(True, '--dialect=netbsd-10', '--', 'sh', '-c', 'tapctl tap1 create; tapctl -j tap1')
    equal(json.loads(good(p, '--dialect'))['units'][0]['dialect'], 'netbsd-10', 'the dialect')
    p = taprun(True, '--dialect=plan9', '--', 'true')
    equal(p.returncode, EX_USAGE, 'status of an unknown dialect')
    check('--dialect=plan9: expected' in p.stderr, 'it says: ' + p.stderr)
    conf = t.base + '/conf'
    write_file(conf, 'dialect = "openbsd-7"\nunit "tap5" {\n\tinet = {"192.0.2.5/24"}\n}\n')
    p = taprun(True, '--config', conf, '--', 'tapctl', '-j', 'tap5')
    unit = json.loads(good(p, '--config'))['units'][0]
    equal((unit['dialect'], [a['address'] for a in unit['addresses'] if a['family'] == 'inet']),
          ('openbsd-7', ['192.0.2.5']), 'the unit of the file')
    write_file(conf, 'colour = 1\n')
    p = taprun(True, '--config', conf, '--', 'true')
    equal(p.returncode, EX_CONFIG, 'status of a bad file')
    check('conf:1: no such option' in p.stderr, 'it says: ' + p.stderr)


@case('--record: each unit to a file')
def record(t):
    prepare(t)
    os.chmod(t.base, 0o777)
    for user in BOTH:
        out = '%s/%s.pcapng' % (t.base, user)
        good(taprun(user, '--record', out, *TAP0, '--', 'sh', '-c', '%s "$@" && exec 3<>/dev/tap1 && exec 3<&-' %
                    PYTHON, 'sh', '-c', PING, PROGRAMS + '/tapping'), '--record')
        with open(out, 'rb') as f:
            data = f.read()
        check(data[:4] == b'\x0a\x0d\x0d\x0a' and b'/dev/tap0' in data, 'a recording of tap0')
        equal(data.count(bytes.fromhex('c0000202c0000201')) >= 1, True, 'the echo reply, by its addresses')
        with open(out.replace('.pcapng', '-2.pcapng'), 'rb') as f:
            check(b'/dev/tap1' in f.read(), 'a recording of tap1')
    p = taprun(True, '--record=/no/such/place', '--', 'true')
    equal(p.returncode, EX_FAIL, 'status of a bad place')
    check('tapd: --record=/no/such/place: No such file or directory' in p.stderr, 'it says: ' + p.stderr)


@case('--trace shows the calls of the program, from its first')
def trace(t):
    prepare(t)
    for user in BOTH:
        p = taprun(user, '--trace', *TAP0, '--', 'sh', '-c',
                   'exec 3<>/dev/tap0; echo out; exec 3<&-; exec 3<>/dev/tap0')
        equal(good(p, '--trace'), 'out\n', 'standard output')
        calls = re.findall(r'^\S+ +\d+ sh +(\w+)\(tap0', p.stderr, re.M)
        equal(calls[:3], ['open', 'close', 'open'], 'the calls of: ' + p.stderr)
        check(all(' sh ' in line for line in p.stderr.splitlines()), 'nothing else: ' + p.stderr)


@case('wrong options')
def usage(t):
    prepare(t)
    for args, text in (((), 'which program?'), (('--tap', ' ', '--', 'true'), '--tap: expected'),
                       (('--bogus',), 'try: taprun --help'),
                       (('--publish=-1', '--', 'true'), '--publish=-1: expected')):
        p = taprun(True, *args)
        equal(p.returncode, EX_USAGE, 'status of %r' % (args,))
        check(text in p.stderr, '%r in %r' % (text, p.stderr))
    p = taprun(True, '--help')
    check(p.returncode == 0 and 'usage: taprun' in p.stdout and '--share-net' in p.stdout, 'help')
    equal(taprun(True, '--version').returncode, 0, '--version')


# ---------------------------------------------------------------- networks

SLIRP = python('''
    import os, struct, sys
    me, fd = bytes.fromhex('020000000002'), os.open('/dev/tap0', os.O_RDWR)
    who = struct.pack('!HHBBH6s4s6s4s', 1, 0x800, 6, 4, 1, me, bytes([10, 0, 2, 15]), b'', bytes([10, 0, 2, 2]))
    os.write(fd, b'\\xff' * 6 + me + b'\\x08\\x06' + who)
    reply = b''
    while reply[12:14] != b'\\x08\\x06' or reply[28:32] != bytes([10, 0, 2, 2]):
        reply = os.read(fd, 2000)
    os.write(fd, reply[6:12] + me + bytes.fromhex(sys.argv[1]))
    answer = b''
    while answer[-5:] != b'world':
        answer = os.read(fd, 2000)
    print('answered')
    ''')


def udp_packet(port):
    """From 10.0.2.15 to the host, by way of slirp."""
    udp = struct.pack('!4H', 4000, port, 13, 0) + b'hello'
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, bytes([10, 0, 2, 15]),
                       bytes([10, 0, 2, 2]))
    return b'\x08\x00' + head[:10] + struct.pack('!H', inet_checksum(head)) + head[12:] + udp


@case('--net slirp: the program reaches the caller\'s network through the tap, and by no other way')
def slirp(t):
    prepare(t)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    t.defer(server.close)
    server.bind(('127.0.0.1', 0))
    server.settimeout(WAIT)
    for user in BOTH:
        p = popen(t, user, '--net=slirp', '--tap', 'tap0 up', '--', *SLIRP, udp_packet(server.getsockname()[1]).hex())
        data, peer = server.recvfrom(100)
        equal(data, b'hello', 'what the host received')
        server.sendto(b'world', peer)
        equal((p.stdout.read(), p.wait(WAIT)), ('answered\n', 0), 'the program')
        out = good(taprun(user, '--net=slirp', '--tap', 'tap0 up', '--', 'ip', '-o', 'link'), 'ip link')
        equal(re.findall(r'^\d+: (\w+)', out, re.M), ['lo'], 'interfaces the program sees')


@case('--net slirp, and one unit with a host interface: root may, an ordinary user is told why not')
def mixed(t):
    prepare(t)
    args = ('--net=slirp', '--tap', 'tap0 up', '--tap', 'tap1 create attach tuntap', '--', 'ip', '-o', 'link')
    equal(re.findall(r'^\d+: (\w+)', good(taprun(False, *args), 'root'), re.M), ['lo', 'tap1'], 'interfaces')
    p = taprun(True, *args)
    equal((p.returncode, p.stdout), (EX_FAIL, ''), 'a user')
    check('tap1' in p.stderr and 'network namespace: Operation not permitted' in p.stderr, 'it says: ' + p.stderr)


@case('--net pcap: root\'s program is on the caller\'s wire, an ordinary user is told why not')
def pcap(t):
    prepare(t)
    run('ip', 'link', 'add', 'trun0', 'type', 'veth', 'peer', 'name', 'trun1')
    t.defer(run, 'ip', 'link', 'del', 'trun0')
    for name in ('trun0', 'trun1'):
        run('ip', 'link', 'set', name, 'up')
    wire = t.wire('trun1')
    send = python('''
        import os
        fd = os.open('/dev/tap0', os.O_RDWR)
        os.write(fd, b'\\xff' * 6 + bytes.fromhex('020000000002') + b'\\x88\\xb5' + bytes(46))
        ''')
    args = ('--net=pcap:trun0', '--tap', 'tap0 up', '--', *send)
    good(taprun(False, *args), 'root')
    equal(wire.receive()[:14].hex(), 'ffffffffffff02000000000288b5', 'the frame on the wire')
    p = taprun(True, *args)
    equal(p.returncode, EX_FAIL, 'the status of a user')
    check('pcap:trun0' in p.stderr and 'root' in p.stderr, 'it says: ' + p.stderr)


@case('--net switch: two programs under one taprun')
def switch(t):
    prepare(t)
    talk = python('''
        import os
        a, b = (os.open('/dev/tap%d' % n, os.O_RDWR) for n in (0, 1))
        frame = b'\\xff' * 6 + bytes.fromhex('020000000002') + b'\\x88\\xb5' + bytes(46)
        os.write(a, frame)
        assert os.read(b, 2000) == frame
        ''')
    good(taprun(True, '--net=switch:lan', '--tap', 'tap0 up', '--tap', 'tap1 up', '--', *talk), 'a frame across')
    p = taprun(True, '--net=bogus', '--', 'true')
    equal(p.returncode, EX_USAGE, 'status of a network that there is not')
    check('bogus: nothing to plug into' in p.stderr, 'it says: ' + p.stderr)


@case('--share-net: root\'s interfaces are in the caller\'s network, an ordinary user gets slirp')
def share_net(t):
    prepare(t)
    with nothing_left():
        p = popen(t, False, '--share-net', *TAP0, '--', 'sh', '-c', 'echo ready; read x', stdin=subprocess.PIPE)
        equal(line_of(p), 'ready\n', 'the beginning')
        check('tap0' in interfaces(), 'tap0 is in the caller\'s network')
        p.stdin.close()
        equal(p.wait(WAIT), 1, 'the status')
    p = taprun(True, '--share-net', *TAP0, '--', 'sh', '-c', 'test -e /dev/tap0')
    good(p, '--share-net of a user')
    check('--share-net: ' in p.stderr and 'slirp' in p.stderr and 'sudo taprun' in p.stderr, 'it says: ' + p.stderr)


# ---------------------------------------------------------------- what a machine forbids

def refused(p, status, *texts):
    equal(p.returncode, status, 'status; it said: ' + p.stderr)
    for text in texts:
        check(text in p.stderr, '%r in %r' % (text, p.stderr))
    check(len(p.stderr.splitlines()) == 1, 'one line: ' + p.stderr)


@case('forbidden: user.max_user_namespaces')
def no_userns_left(t):
    prepare(t)
    p = run('unshare', '--user', '--map-root-user', 'sh', '-c',
            'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"', 'sh', 'setpriv', '--inh-caps', '-all',
            '--bounding-set', '-all', *argv(False, '--', 'true'))
    refused(p, EX_UNAVAILABLE, 'a user namespace: No space left on device', 'switched off',
            'sudo sysctl -w user.max_user_namespaces=10000')


# What docker leaves to root.
DOCKER = ','.join(['-all'] + ['+' + c for c in ('chown', 'dac_override', 'fowner', 'fsetid', 'kill', 'setgid', 'setuid',
                                                'setpcap', 'net_bind_service', 'net_raw', 'sys_chroot', 'mknod',
                                                'audit_write', 'setfcap')])


@case('a container\'s root, with the capabilities that docker leaves it, is an ordinary user')
def weak_root(t):
    prepare(t)
    with nothing_left():
        p = run('setpriv', '--inh-caps', '-all', '--bounding-set', DOCKER,
                *argv(False, *TAP0, '--', *python(PING), PROGRAMS + '/tapping'))
        good(p, 'ping')
    p = run('setpriv', '--inh-caps', '-all', '--bounding-set', '-all', *argv(False, '--', 'true'))
    refused(p, EX_NOPERM, 'CAP_SETFCAP')


@contextlib.contextmanager
def settings(t, **values):
    """A /proc/sys/kernel with these only."""
    place = t.base + '/kernel'
    os.makedirs(place, exist_ok=True)
    for name, value in values.items():
        write_file('%s/%s' % (place, name), '%d\n' % value)
    bind(place, '/proc/sys/kernel')
    yield
    run('umount', '/proc/sys/kernel')
    shutil.rmtree(place)


def in_chroot(t, *args):
    """The kernel lets nobody make a user namespace in a chroot: EPERM, as where settings forbid it."""
    root = t.base + '/root'
    if not os.path.isdir(root):
        os.mkdir(root)
        equal(run('mount', '--rbind', '/', root).returncode, 0, 'a place for a chroot')
        t.defer(run, 'umount', '-l', root)
    return run('chroot', root, *argv(True, *args))


@case('forbidden: unprivileged_userns_clone, AppArmor, or something nobody can name')
def no_userns(t):
    prepare(t)
    with settings(t, unprivileged_userns_clone=0):
        refused(in_chroot(t, '--', 'true'), EX_NOPERM, 'a user namespace: Operation not permitted',
                'sudo sysctl -w kernel.unprivileged_userns_clone=1')
        run('umount', '-l', t.base + '/root')
        os.rmdir(t.base + '/root')
    with settings(t, unprivileged_userns_clone=1, apparmor_restrict_unprivileged_userns=1):
        refused(in_chroot(t, '--', 'true'), EX_NOPERM, 'AppArmor', 'Ubuntu',
                'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0')
        run('umount', '-l', t.base + '/root')
        os.rmdir(t.base + '/root')
    refused(in_chroot(t, '--', 'true'), EX_NOPERM, 'a user namespace: Operation not permitted', 'sudo taprun')


@case('forbidden: /dev/fuse missing, or not for this user')
def no_fuse(t):
    prepare(t)
    node(t, '/dev/fuse', 0o600)
    refused(taprun(True, '--', 'true'), EX_NOPERM, '/dev/fuse: Permission denied', 'sudo chmod 666 /dev/fuse')
    os.mknod(t.base + '/none', 0o20666, os.makedev(10, 254))
    os.chmod(t.base + '/none', 0o666)
    bind(t.base + '/none', '/dev/fuse')
    refused(taprun(True, '--', 'true'), EX_UNAVAILABLE, 'sudo modprobe fuse', '--device /dev/fuse')
    run('umount', '/dev/fuse')


@case('forbidden: /dev/net/tun: taps are plugged into slirp, and it is said')
def no_tun(t):
    prepare(t)
    node(t, '/dev/net/tun', 0o600)
    p = taprun(True, *TAP0, '--', 'tapctl', '-j', 'tap0')
    equal(json.loads(good(p, 'without tun'))['units'][0]['attach'], 'slirp', 'what tap0 is plugged into')
    refused(p, 0, '/dev/net/tun: Permission denied', 'slirp', 'sudo chmod 666 /dev/net/tun')
    p = taprun(True, '--net=none', *TAP0, '--', 'tapctl', '-j', 'tap0')
    equal(json.loads(good(p, 'none'))['units'][0]['attach'], 'slirp:restrict,disable-host-loopback', 'with no way out')
    p = taprun(True, '--net=tuntap', '--', 'true')
    check(p.returncode in (EX_NOPERM, EX_UNAVAILABLE) and '/dev/net/tun' in p.stderr, 'asked for by name: %d %s' %
          (p.returncode, p.stderr))


@case('a masked /proc, as containers have it: the program runs all the same')
def masked_proc(t):
    prepare(t)
    mask = next(p for p in ('/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/version') if os.path.exists(p))
    bind('/dev/null', mask)
    t.defer(run, 'umount', mask)
    with nothing_left():
        p = taprun(True, '-v', *TAP0, '--', *python(PING), PROGRAMS + '/tapping')
        good(p, 'ping')
        check('taprun: /proc: ' in p.stderr, 'it says: ' + p.stderr)
    with nothing_left():
        p = popen(t, True, *STAY)
        equal(line_of(p), 'ready\n', 'the beginning')
        p.kill()
        p.wait(WAIT)


main()
