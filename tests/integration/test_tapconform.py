#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tapconform, the judge, on tapd: every dialect passes as itself, and as another one it fails in the rows where the two
systems differ and in no others.
"""
import json
import os
import re

from lib import CASE_LIMIT, case, check, equal, main, run

DIALECTS = ('freebsd', 'freebsd-8', 'freebsd-10', 'freebsd-11', 'freebsd-12', 'freebsd-13', 'freebsd-14', 'freebsd-16',
            'netbsd-10', 'openbsd-7', 'dragonfly-6')

# What docs/rows.md says the second does otherwise than the first, as far as the judge looks there.
DIFFERENT = {
    ('freebsd-10', 'freebsd-11'): 'IO-03 CL-07',
    ('freebsd-10', 'freebsd-8'): 'IO-36 OP-31 IF-25 IF-26',
    ('freebsd-12', 'freebsd-11'): 'IO-07 IO-09 IO-10 WR-12 WR-13 CL-05',
    ('freebsd', 'freebsd-12'): 'RD-09 RD-10 RD-11 RD-12 WR-11',
    ('freebsd-13', 'freebsd-12'): 'IO-34 WR-09',
    ('freebsd-16', 'freebsd-14'): 'IO-34',
    ('freebsd-13', 'netbsd-10'): 'GI-06 GI-15 IO-01 IO-02 IO-17 IO-23 IO-34 OP-28 RD-09 RD-10 RD-11 RD-12 RD-20 QU-02 '
                                 'WR-12 AS-03 AS-08 AS-09 AS-10 AS-16 AS-17 CL-03 CL-04 CL-14 IF-25 NB-05 NB-07 NB-08 '
                                 'NB-12 NB-14 PO-08 PO-09',
}


def setup(t, dialect):
    d = t.tapd()
    d.ctl('tap3', 'create')
    d.ctl('tap3', 'dialect', dialect)
    return d


def judge(t, d, *args):
    check(t.options.tapconform, 'the test was not told where the program is')
    return run(t.options.tapconform, '--ifconfig', '%s -s %s' % (t.options.tapctl, d.socket), *args, timeout=CASE_LIMIT)


def verdicts(out):
    """By row: ok, FAIL or skip; and the counts of the last line."""
    rows = dict(re.findall(r'^([A-Z]{2}-\d\d) (ok|FAIL|skip)\b', out, re.M))
    counts = re.search(r'(\d+) ok, (\d+) failed, (\d+) skipped\n$', out)
    check(counts, 'no summary: ' + out)
    return rows, tuple(int(n) for n in counts.groups())


def passes(dialect):
    def body(t):
        d = setup(t, dialect)
        p = judge(t, d, '--dialect', dialect, d.path('tap3'))
        failed = re.findall(r'^.* FAIL .*$', p.stdout, re.M)
        equal((failed, p.returncode, p.stderr), ([], 0, ''), 'failures, exit status and stderr')
        rows, counts = verdicts(p.stdout)
        equal(sum(counts), len(rows), 'rows counted')
        check(counts[0] > 90, 'rows that were judged: %d' % counts[0])
        unit = d.unit('tap3')
        equal((unit['opened_by'], unit['addresses'], unit['mtu'], unit['sigio'], unit['async']),
              ([], [], 1500, 0, False), 'what is left on the interface')
        check('UP' not in unit['flags'], 'left up')
    return body


# Under CUSE, where all is slow (each row runs tapctl several times), the two that differ most.
for name in DIALECTS:
    case('%s passes as itself' % name, only=None if name in ('freebsd', 'netbsd-10') else 'fuse')(passes(name))


def differs(device, judged):
    def body(t):
        d = setup(t, device)
        p = judge(t, d, '--dialect', judged, d.path('tap3'))
        rows, counts = verdicts(p.stdout)
        want = DIFFERENT[device, judged].split()
        equal(sorted(r for r in rows if rows[r] == 'FAIL'), sorted(want), 'rows that failed: ' + p.stdout)
        equal((counts[1], p.returncode), (len(want), 1), 'failures counted and exit status')
    return body


for pair in DIFFERENT:
    case('%s judged as %s fails where they differ' % pair, only='fuse')(differs(*pair))


@case('rows are chosen by their beginnings')
def prefixes(t):
    d = setup(t, 'freebsd')
    p = judge(t, d, 'RD-0', 'CL-18', d.path('tap3'))
    rows, counts = verdicts(p.stdout)
    equal(p.returncode, 0, 'exit status: ' + p.stdout + p.stderr)
    check(rows['CL-18'] == 'ok' and 'RD-03' in rows and 'RD-20' not in rows, 'rows: %r' % rows)
    p = judge(t, d, 'XX', d.path('tap3'))
    equal(p.returncode, 64, 'exit status without a row')


@case('TAP and JSON say the same as text')
def formats(t):
    d = setup(t, 'freebsd')
    args = ('--dialect', 'freebsd-11', 'WR-1', d.path('tap3'))
    rows, counts = verdicts(judge(t, d, *args).stdout)
    tap = judge(t, d, '--format', 'tap', *args).stdout
    equal(tap.splitlines()[0], '1..%d' % len(rows), 'the plan')
    for row, verdict in rows.items():
        line = re.search(r'^(ok|not ok) \d+ - %s .*$' % row, tap, re.M)
        check(line, 'no line for ' + row)
        equal((line.group(1) == 'not ok', '# SKIP' in line.group(0)), (verdict == 'FAIL', verdict == 'skip'), row)
    out = json.loads(judge(t, d, '--format', 'json', *args).stdout)
    equal({r['row']: r['verdict'] for r in out['rows']}, {r: v.lower() for r, v in rows.items()}, 'verdicts')
    equal((out['ok'], out['failed'], out['skipped'], out['dialect']), counts + ('freebsd-11',), 'counts and dialect')


@case('it lists its rows')
def listing(t):
    p = run(t.options.tapconform, '--list')
    equal(p.returncode, 0, 'exit status')
    ids = [line.split()[0] for line in p.stdout.splitlines()]
    equal(len(ids), len(set(ids)), 'each row once')
    for row in ('GI-04', 'IO-28', 'RD-26', 'QU-10', 'PO-06', 'WR-24', 'AS-16', 'CL-17', 'IF-27', 'NB-14', 'OB-08'):
        check(row in ids, 'no ' + row)


@case('it says what is wrong')
def wrong(t):
    d = setup(t, 'freebsd')
    for args in ((), ('--dialect', 'plan9', d.path('tap3')), ('--format', 'xml', d.path('tap3')), (d.path('tap'),)):
        p = judge(t, d, *args)
        equal((p.returncode, p.stdout), (64, ''), 'exit status and output of %r' % (args,))
        check(p.stderr, 'no message for %r' % (args,))
    p = judge(t, d, d.path('tap9'))
    equal(p.returncode, 1, 'exit status without a device')
    check('No such file' in p.stderr, p.stderr)
    t.open(d, 'tap3', os.O_RDWR)
    p = judge(t, d, d.path('tap3'))
    equal(p.returncode, 1, 'exit status on a device somebody has')
    check("nobody else's" in p.stderr, p.stderr)


if __name__ == '__main__':
    main()
