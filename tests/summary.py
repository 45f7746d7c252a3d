#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Counts the single cases of finished test runs: a line for each program, and last "N passed, M failed, K skipped".

usage: summary.py EXPECTED-SKIPS BUILD-DIR...

It reads meson's logs and runs nothing.  A program that prints TAP counts by its lines, any other as one case.  A program
that failed as a whole, or whose output has a sanitizer's report, is one failure more.
"""
import fnmatch
import json
import pathlib
import re
import sys

TAP = re.compile(r"^(not )?ok\b *\d*[ -]*(.*?)(?: *# *(skip|todo)\S*\s*(.*))?$", re.I)
PLAN_SKIP = re.compile(r"^1\.\.0\b.*?# *skip\S*\s*(.*)$", re.I)
SANITIZER = re.compile(r"^.*(ERROR: (Address|Leak)Sanitizer|runtime error:).*$", re.M)


class Count:
    def __init__(self):
        self.passed, self.failed, self.skips = 0, [], []

    def add_tap(self, text):
        """Count TAP lines; the number seen."""
        seen, failing = 0, False
        for line in text.splitlines():
            if failing and line.startswith("#"):
                self.failed[-1] += "\n            " + line
                continue
            plan, case = PLAN_SKIP.match(line), TAP.match(line)
            failing = False
            if plan:
                self.skips.append(plan[1] or "no reason given")
            elif case and (case[3] or "").lower() == "skip":
                self.skips.append(f"{case[2]}: {case[4]}")
            elif case and case[1] and (case[3] or "").lower() != "todo":
                self.failed.append(case[2])
                failing = True
            elif case:
                self.passed += 1
            else:
                continue
            seen += 1
        return seen

    def add(self, test):
        output = (test.get("stdout") or "") + "\n" + (test.get("stderr") or "")
        result = test["result"]
        failed_before = len(self.failed)
        if not self.add_tap(test.get("stdout") or ""):
            if result == "SKIP":
                self.skips.append((output.strip().splitlines() or ["no reason given"])[-1])
            elif result in ("OK", "EXPECTEDFAIL"):
                self.passed += 1
        if result not in ("OK", "EXPECTEDFAIL", "SKIP") and len(self.failed) == failed_before:
            self.failed.append(f"the program as a whole: {result}, exit status {test.get('returncode')}")
        report = SANITIZER.search(output)
        if report:
            self.failed.append(report[0].strip())


def read_log(build):
    """Name and Count of each program that ran, in order."""
    log = pathlib.Path(build) / "meson-logs" / "testlog.json"
    if not log.exists():
        count = Count()
        count.failed.append(f"{log} is missing: meson test did not run")
        yield "(no tests)", count
        return
    for line in log.read_text().splitlines():
        test = json.loads(line)
        count = Count()
        count.add(test)
        yield test["name"].split(" / ")[-1].split(":")[-1].strip(), count


def read_patterns(path):
    lines = (line.strip() for line in pathlib.Path(path).read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    patterns = read_patterns(sys.argv[1])
    passed = failed = skipped = unexpected = 0
    print()
    for build in sys.argv[2:]:
        for name, count in read_log(build):
            print(f"{build:<12} {name:<28} {count.passed:5} passed {len(count.failed):4} failed "
                  f"{len(count.skips):4} skipped")
            for what in count.failed:
                print(f"    FAILED  {what}")
            for what in count.skips:
                expected = any(fnmatch.fnmatch(f"{name}: {what}", p) for p in patterns)
                unexpected += not expected
                print(f"    skipped {what}{'' if expected else '   (not in tests/expected-skips)'}")
            passed += count.passed
            failed += len(count.failed)
            skipped += len(count.skips)
    if unexpected:
        print(f"{unexpected} skips are not in {sys.argv[1]}: that counts as failing")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or unexpected or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
