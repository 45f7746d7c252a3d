# SPDX-License-Identifier: BSD-2-Clause
"""
For the tests that run BSD programs: a tapd as a user has it, with /dev/tap0 to tap7 there ahead of their units, the
programs of bsd_programs/ with a BSD ifconfig first in their PATH, and frames for them to answer.  What a program says
tells only where to look; it is judged by what comes back on the host's side.
"""
import errno
import os
import select
import subprocess
import time

from lib import STRANGER, WAIT, check, equal, frame, link, mac, wait_equal

PUBLISH = 'publish = 8\n'
FRAMES = ((60, 1), (1000, 2))       # size and tag of what every program answers: program.h has their number


BIN_DIR = '/run/programs/bsd'


def start_tapd(t, config='', **kw):
    if not os.path.isdir(BIN_DIR):
        os.mkdir(BIN_DIR)
        os.symlink(t.options.tapctl, BIN_DIR + '/ifconfig')
    return t.tapd(config=config + '\n' + PUBLISH, **kw)


def environment(d):
    """A user's, with the BSD commands where he is told to put them."""
    return dict(os.environ, PATH=BIN_DIR + ':' + os.environ['PATH'], TAPD_SOCKET=d.socket)


class Program:
    """A program, started; it is ended with the case at the latest."""

    def __init__(self, t, d, argv, **kw):
        self.rest = b''
        self.p = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(d),
                                  **dict({'stdin': subprocess.DEVNULL}, **kw))
        self.pid = self.p.pid
        t.defer(self.end)

    def hear(self, timeout=WAIT):
        """The next line it prints."""
        end = time.monotonic() + timeout
        while b'\n' not in self.rest:
            left = end - time.monotonic()
            check(left > 0 and select.select([self.p.stdout], [], [], left)[0], 'the program printed nothing')
            data = os.read(self.p.stdout.fileno(), 4096)
            if not data:
                self.p.wait(WAIT)
                why = self.p.stderr.read().decode()
                raise AssertionError('the program ended with %d: %s' % (self.p.returncode, why))
            self.rest += data
        line, self.rest = self.rest.split(b'\n', 1)
        return line.decode()

    def finish(self):
        """It, and what it left running, ends well."""
        out, err = self.p.communicate(timeout=WAIT)
        equal((self.p.returncode, err.decode()), (0, ''), 'status and last words of the program')
        return (self.rest + out).decode().split()

    def end(self):
        self.p.kill()
        self.p.wait()
        self.p.stdout.close()
        self.p.stderr.close()


def program(t, d, name, *args, **kw):
    """One of bsd_programs/."""
    check(t.options.bsd_programs, 'the test was not told where the programs are')
    return Program(t, d, (os.path.join(t.options.bsd_programs, name),) + args, **kw)


def receive(wire):
    """The next frame.  A program that answered its last one has ended: that the interface is down is told first."""
    try:
        return wire.receive()
    except OSError as e:
        equal(e.errno, errno.ENETDOWN, 'errno of the packet socket')
        return wire.receive()


def exchange(t, name, frames=FRAMES):
    """Frames from the host, one after the other; each must come back as it was, from where it went to."""
    ether = mac(link(name)['address'])
    wire = t.wire(name)
    for size, tag in frames:
        wire.send(frame(STRANGER, ether, size, tag))
        equal(receive(wire), frame(ether, STRANGER, size, tag), 'frame of %d bytes, back on %s' % (size, name))
    wire.close()


def start_sequence(t, name, *args, ifname):
    """The beginning of most cases: (tapd, program), once the program says that it has the interface of that name."""
    d = start_tapd(t)
    p = program(t, d, name, *args)
    equal(p.hear(), ifname, 'interface the program found')
    return d, p


def closed(d, unit):
    """Wait until nobody has it open."""
    wait_equal(lambda: d.unit(unit)['opened_by'], [], 'openers of ' + unit)
