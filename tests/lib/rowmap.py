#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Which test covers which row of docs/rows.md, on which transport; which rows Linux makes impossible; what is left.

usage: rowmap.py SOURCE_ROOT CONFORMANCE            TAP on standard output; exit status 0 or 1
       rowmap.py --write SOURCE_ROOT CONFORMANCE    writes docs/conformance.md
       rowmap.py --counts SOURCE_ROOT CONFORMANCE   prints the counts

CONFORMANCE is the program as built: it lists its cases.  Unit and integration tests cover the rows they cite, a range
(CL-03..CL-07) meaning all of them.  A row is covered by a test, or stands in one of two lists that are kept by hand in
docs/rows.md: `Impossible on Linux`, with the reason and the test of what happens instead, or `Outside`.
"""
import pathlib
import re
import subprocess
import sys

ROW = re.compile(r"^\| ([A-Z]{2}-\d\d[a-z]?) \| (.*) \|$", re.M)
LISTED = re.compile(r"^\| `([A-Z]{2}-\d\d[a-z]?)` \| (.*) \|$", re.M)
RANGE = re.compile(r"\b([A-Z]{2})-(\d\d)\.\.(?:[A-Z]{2}-)?(\d\d)\b")
CITED = re.compile(r"\b[A-Z]{2}-\d\d[a-z]?\b")
TRANSPORTS = ("fake", "fuse", "cuse")
HEAD = """# What the tests show

Written by `tests/lib/rowmap.py --write` from docs/rows.md and the tests; `./check` fails when it is not up to date.

A number is how many cases of tests/conformance a row has on a transport: over the fake kernel a case runs once for each
dialect it holds for, over FUSE and CUSE once. A name is a test program that covers the row besides: of tests/unit under
*fake, unit*; of tests/integration, which runs over FUSE and CUSE. *Dialects* are those its cases hold for.

| status | means |
| --- | --- |
| covered | a test shows it |
| impossible | on Linux; why is in [rows.md](rows.md#impossible-on-linux), and the tests show what happens instead |
| outside | not of tap(4) or not of a system that a dialect stands for; why is in [rows.md](rows.md#outside) |

"""


def cells(text):
    return [c.strip() for c in re.split(r"(?<!\\)\|", text)]


class Map:
    def __init__(self, root, conformance):
        text = (root / "docs/rows.md").read_text()
        self.ids = [m[1] for m in ROW.finditer(text)]
        self.meaning = {m[1]: self.meaning_of(cells(m[2])) for m in ROW.finditer(text)}
        self.impossible = self.listed(text, "Impossible on Linux")
        self.outside = self.listed(text, "Outside")
        self.cases = {t: {} for t in TRANSPORTS}        # transport -> row -> number
        self.dialects = {}                              # row -> in the order of the program
        self.all_dialects = []
        self.add_conformance(conformance)
        self.unit = self.cited(root / "tests/unit", "test_*.c")
        self.integration = self.cited(root / "tests/integration", "test_*.py")

    @staticmethod
    def meaning_of(columns):
        return columns[0] if len(columns) < 4 else f"{columns[0]}: {columns[1]}"

    @staticmethod
    def listed(text, title):
        section = text.split(f"\n## {title}\n", 1)
        body = section[1].split("\n## ", 1)[0] if len(section) == 2 else ""
        return {m[1]: cells(m[2]) for m in LISTED.finditer(body)}

    def add_conformance(self, program):
        listing = subprocess.run([program, "list"], capture_output=True, text=True, check=True).stdout
        for line in listing.splitlines():
            row, transports, dialects, _ = line.split("\t")
            for t in transports.split():
                self.cases[t][row] = self.cases[t].get(row, 0) + 1
            known = self.dialects.setdefault(row, [])
            known += [d for d in dialects.split() if d not in known]
            self.all_dialects += [d for d in dialects.split() if d not in self.all_dialects]

    @staticmethod
    def cited(folder, pattern):
        """row -> names of the programs that cite it."""
        found = {}
        for path in sorted(folder.glob(pattern)):
            text = path.read_text()
            rows = set(CITED.findall(text))
            for section, first, last in RANGE.findall(text):
                rows |= {f"{section}-{n:02}" for n in range(int(first), int(last) + 1)}
            for row in rows:
                found.setdefault(row, []).append(path.stem)
        return found

    def tests(self, row, transport):
        """What a cell says: number of cases, then names."""
        others = self.unit if transport == "fake" else self.integration
        number = self.cases[transport].get(row)
        return ([str(number)] if number else []) + others.get(row, [])

    def covered(self, row):
        return any(self.tests(row, t) for t in TRANSPORTS)

    def status(self, row):
        if row in self.impossible:
            return "impossible"
        if row in self.outside:
            return "outside"
        return "covered" if self.covered(row) else "unaccounted"

    def with_status(self, status):
        return [row for row in self.ids if self.status(row) == status]

    def counts(self):
        on = {t: sum(bool(self.tests(row, t)) for row in self.ids) for t in TRANSPORTS}
        return (f"rows: {len(self.ids)}; tested on the fake kernel {on['fake']}, FUSE {on['fuse']}, CUSE {on['cuse']}; "
                f"covered {len(self.with_status('covered'))}, impossible {len(self.with_status('impossible'))}, "
                f"outside {len(self.with_status('outside'))}, unaccounted {len(self.with_status('unaccounted'))}")

    def dialect_text(self, row):
        names = self.dialects.get(row, [])
        if len(names) == len(self.all_dialects):
            return "all"
        missing = [d for d in self.all_dialects if d not in names]
        if len(missing) <= 2:
            return "all but " + ", ".join(missing)
        return ", ".join(d for d in self.all_dialects if d in names)

    def page(self):
        head = ("row", "what", "status", "fake, unit", "FUSE", "CUSE", "dialects")
        lines = ["| " + " | ".join(head) + " |", "| --- " * len(head) + "|"]
        for row in self.ids:
            tests = [", ".join(self.tests(row, t)) or "-" for t in TRANSPORTS]
            line = [row, self.meaning[row], self.status(row), *tests, self.dialect_text(row)]
            lines.append("| " + " | ".join(line) + " |")
        return HEAD + "R" + self.counts()[1:] + ".\n\n" + "\n".join(lines) + "\n"

    def wrong_lists(self):
        for name, rows in (("Impossible on Linux", self.impossible), ("Outside", self.outside)):
            for row in rows:
                if row not in self.ids:
                    yield f"{row} in the list {name} is no row"
        for row in self.impossible.keys() & self.outside.keys():
            yield f"{row} is in both lists"
        for row in self.outside:
            if self.covered(row):
                yield f"{row} stands outside, but a test covers it: take it out of the list"

    def unshown(self):
        for row, columns in self.impossible.items():
            if len(columns) < 2 or not all(columns[:2]):
                yield f"{row}: the list wants a reason and a test"
            elif columns[1] == "conformance" and any(self.cases[t].get(row) for t in TRANSPORTS):
                continue
            elif columns[1] in self.unit.get(row, []) + self.integration.get(row, []):
                continue
            else:
                yield f"{row}: {columns[1]} does not test what happens instead"


def check(m, root):
    page = root / "docs/conformance.md"
    stale = not page.is_file() or page.read_text() != m.page()
    write = "stale: run tests/lib/rowmap.py --write . BUILD/tests/conformance/conformance"
    checks = (
        (f"docs/rows.md has rows ({len(m.ids)})", [] if m.ids else ["none found"]),
        ("every row is covered by a test, impossible or outside", m.with_status("unaccounted")),
        ("both lists are right", list(m.wrong_lists())),
        (f"of every impossible row a test shows what happens instead ({len(m.impossible)})", list(m.unshown())),
        ("docs/conformance.md is up to date", [write] if stale else []),
    )
    print(f"1..{len(checks)}")
    for number, (what, wrong) in enumerate(checks, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for line in wrong:
            print(f"# {line}")
    print("# " + m.counts())
    return any(wrong for _, wrong in checks)


def main():
    *how, root, program = sys.argv[1:]
    root = pathlib.Path(root)
    m = Map(root, str(pathlib.Path(program).resolve()))
    if how == ["--write"]:
        (root / "docs/conformance.md").write_text(m.page())
    elif how == ["--counts"]:
        print(m.counts())
    elif how:
        sys.exit(__doc__)
    else:
        return 1 if check(m, root) else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
