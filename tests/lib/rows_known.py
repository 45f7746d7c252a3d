#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every row id cited in the tree has a row in docs/rows.md, and no row is there twice.

usage: rows_known.py [SOURCE_ROOT]      exit status 0 or 1; TAP on standard output

It checks ids only: whether a row says what its citer believes is for people to read.
"""
import pathlib
import re
import sys

# Two letters, two digits, perhaps one small letter.  The tables of rows.md are the list of sections.
ROW = re.compile(r"^\| ([A-Z]{2}-\d\d[a-z]?) \|", re.M)
CITED = re.compile(r"\b[A-Z]{2}-\d\d[a-z]?\b")
ROOMS = ("src", "tests", "include", "examples")
SUFFIXES = {".c", ".h", ".py", ".sh", ".build"}


def cited(root, sections):
    """Yield (id, "file:line") for each citation of one of the sections."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                for row in CITED.findall(line):
                    if row[:2] in sections:
                        yield row, f"{path.relative_to(root)}:{number}"


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]
    rows = ROW.findall((root / "docs/rows.md").read_text())
    sections = {row[:2] for row in rows}
    twice = sorted({row for row in rows if rows.count(row) > 1})
    citations = list(cited(root, sections))
    unknown = [f"{row} at {where}" for row, where in citations if row not in rows]

    # A check that looked at nothing must not pass.
    checks = (
        (f"docs/rows.md has rows ({len(rows)})", [] if rows else ["none found"]),
        ("no row is there twice", twice),
        (f"the tree cites rows ({len(citations)})", [] if citations else ["none found"]),
        ("every cited row is known", unknown),
    )
    print(f"1..{len(checks)}")
    for number, (what, wrong) in enumerate(checks, 1):
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for line in wrong:
            print(f"# {line}")
    return 1 if any(wrong for _, wrong in checks) else 0


if __name__ == "__main__":
    sys.exit(main())
