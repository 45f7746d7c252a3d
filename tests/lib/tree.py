#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
The rules of the tree that a compiler does not know: who may include whom, what src/tap may call, who wrote the licence.

usage: tree.py SOURCE_ROOT LIBTAPD      TAP on standard output

LIBTAPD is the library as built: what src/tap calls is read from its symbols, not from its text.
"""
import os
import pathlib
import re
import subprocess
import sys

# Each room, and the rooms whose headers it may include.
ROOMS = {
    "base": {"base"},
    "tap": {"tap"},
    "cdev": {"base", "tap", "cdev"},
    "backend": {"base", "tap", "backend"},
    "see": {"base", "tap", "see"},
    "ctl": {"base", "tap", "backend", "see", "ctl", "tapd/ctl.h"},
    "bsd": {"bsd", "tapd/ctl.h"},
}
# The system's headers that the device core may know: C's own, lists, and the names of poll events and log levels.
TAP_HEADERS = {
    "ctype.h", "errno.h", "limits.h", "poll.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "stdlib.h",
    "string.h", "sys/queue.h", "sys/types.h", "syslog.h",
}
# The functions of others that it may call: none that enters the kernel, blocks, or reads a clock.
TAP_CALLS = {
    "malloc", "calloc", "realloc", "free", "memchr", "memcmp", "memcpy", "memmove", "memset", "snprintf", "vsnprintf",
    "strchr", "strcmp", "strerror", "strlen", "strncmp", "strnlen", "_GLOBAL_OFFSET_TABLE_",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
# Text that has no place for a comment, or is not ours to mark.
NO_SPDX = {"LICENSE", ".gitignore", ".editorconfig", ".clang-format"}
NO_SPDX_SUFFIX = {".md"}
NO_SPDX_DIR = "tests/fuzz/corpus"


def includes(root, room):
    for path in sorted((root / "src" / room).rglob("*.[ch]")):
        for kind, name in INCLUDE.findall(path.read_text()):
            yield path.relative_to(root), kind, name


def check_rooms(root):
    for room, allowed in ROOMS.items():
        for path, kind, name in includes(root, room):
            if kind == '"' and name.split("/")[0] not in allowed and name not in allowed:
                yield f'{path} includes "{name}": src/{room} must not know it'


def check_tap_headers(root):
    for path, kind, name in includes(root, "tap"):
        if kind == "<" and name not in TAP_HEADERS:
            yield f"{path} includes <{name}>: the device core must not know it"


def check_tap_calls(library):
    """Undefined symbols of the objects of src/tap.  A sanitizer's and the compiler's own begin with two underscores."""
    listing = subprocess.run(["nm", "-A", "-u", library], capture_output=True, text=True, check=True).stdout
    seen = False
    for line in listing.splitlines():
        where, symbol = line.rsplit(None, 1)
        member = re.search(r"[/:](tap_\w+\.c\.o)", where)
        if not member:
            continue
        seen = True
        if symbol not in TAP_CALLS and not symbol.startswith(("tap_", "__")):
            yield f"{member[1]} calls {symbol}(): the device core must not"
    if not seen:
        yield f"{library} has no object of src/tap: the check looked at nothing"


def sources(root):
    for here, dirs, names in os.walk(root):
        dirs[:] = sorted(d for d in dirs if d not in (".git", "__pycache__") and not d.startswith("build") and
                         not os.path.exists(os.path.join(here, d, "build.ninja")))
        for name in sorted(names):
            path = pathlib.Path(here) / name
            if path.is_file() and not path.is_symlink():
                yield path


def check_spdx(root):
    for path in sources(root):
        name = path.relative_to(root)
        if path.name in NO_SPDX or path.suffix in NO_SPDX_SUFFIX or str(name).startswith(NO_SPDX_DIR):
            continue
        with path.open(errors="replace") as f:
            head = f.read(400)
        if "SPDX-License-Identifier: BSD-2-Clause" not in head:
            yield f"{name}: no SPDX-License-Identifier at its beginning"


def main():
    root = pathlib.Path(sys.argv[1])
    checks = (
        ("each room includes only the rooms it may know", check_rooms(root)),
        ("src/tap includes only C's own headers", check_tap_headers(root)),
        ("src/tap calls nothing that enters the kernel", check_tap_calls(sys.argv[2])),
        ("every file says its licence", check_spdx(root)),
    )
    print(f"1..{len(checks)}")
    failed = 0
    for number, (what, found) in enumerate(checks, 1):
        wrong = list(found)
        print(f"{'not ok' if wrong else 'ok'} {number} - {what}")
        for line in wrong:
            print(f"# {line}")
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
