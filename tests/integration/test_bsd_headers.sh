#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The compat headers under every compiler and language a BSD source comes in, as each BSD would have it: a program that
# uses all of them is compiled without a warning, linked with libtap-bsd and run.  TAP on standard output.
# usage: test_bsd_headers.sh SOURCE_ROOT
# Exit status: 0 when all passed (a compiler that is not there is a skip), 1 otherwise.
set -u
root=$1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
number=0
failed=0

as_freebsd='-D__FreeBSD__=12 -U__linux__ -U__linux -Ulinux'
as_netbsd='-D__NetBSD__ -U__linux__ -U__linux -Ulinux'
as_openbsd='-D__OpenBSD__ -U__linux__ -U__linux -Ulinux'
as_dragonfly='-D__DragonFly__ -U__linux__ -U__linux -Ulinux'
flags="-Wall -Wextra -Werror -Wundef -D_DEFAULT_SOURCE -isystem $root/include/bsd"

# result STATUS WORDS: one line of TAP
result() {
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		sed 's/^/# /' "$dir/log"
		failed=1
	fi
}

# usable COMPILER...: does it link a program?
usable() {
	echo 'int main(void) { return 0; }' | "$@" -include stdlib.h -o "$dir/probe" - >"$dir/log" 2>&1
}

# build COMPILER... : compile, link and run the program with each system's macros
build() {
	for system in linux freebsd netbsd openbsd dragonfly; do
		eval "macros=\${as_$system-}"
		"$@" $flags $macros "$root/tests/integration/test_bsd_headers.c" -x none "$dir/libtap-bsd.a" \
		    -o "$dir/prog" >"$dir/log" 2>&1 && "$dir/prog" >"$dir/log" 2>&1
		result $? "$* as $system"
	done
}

# matrix WORDSIZE: the library, then every compiler
matrix() {
	(cd "$dir" && cc $1 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Werror -D_GNU_SOURCE \
	    -I"$root/src" -I"$root/include" -c $(ls "$root"/src/bsd/*.c | grep -v preload.c) &&
	    ar rcs libtap-bsd.a ./*.o) >"$dir/log" 2>&1
	result $? "library $1"
	for compiler in 'gcc -x c -std=c99' 'gcc -x c -std=gnu11' \
	    'gcc -x c -std=gnu11 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64' \
	    'clang -x c -std=c99' 'clang -x c -std=gnu11' 'g++ -x c++ -std=c++17' 'clang++ -x c++ -std=c++17'; do
		if usable $compiler $1; then
			build $compiler $1
		else
			result 0 "$compiler $1 # SKIP it does not link here"
		fi
	done
}

matrix ''
if usable gcc -m32 -x c; then
	rm -f "$dir"/*.o "$dir/libtap-bsd.a"
	matrix -m32
else
	result 0 "-m32 # SKIP no 32-bit C library (Debian: gcc-multilib)"
fi

# Each header alone, before any other: what it needs it brings.  One compiler of each kind is enough for that.
headers=$(cd "$root/include/bsd" && find . -name '*.h' | sort | sed 's:^\./::')
for compiler in 'gcc -x c -std=c99' 'clang++ -x c++ -std=c++17'; do
	for system in linux freebsd netbsd openbsd dragonfly; do
		eval "macros=\${as_$system-}"
		usable $compiler || continue
		: >"$dir/log"
		for header in $headers; do
			[ "$header" = net/bpf.h ] && [ ! -e /usr/include/pcap/bpf.h ] && continue
			printf '#include <%s>\n#include <%s>\nextern int used; int used;\n' "$header" "$header" |
			    $compiler $flags $macros -pedantic -fsyntax-only - >>"$dir/log" 2>&1
		done
		[ ! -s "$dir/log" ]
		result $? "each header alone, $compiler as $system"
	done
done

# Without the flags of the package struct ifreq is hidden: the message says what to do.
gcc -x c -std=c99 -isystem "$root/include/bsd" -fsyntax-only -include net/if_tap.h /dev/null >"$dir/log" 2>&1
grep -q 'pkg-config --cflags tap-bsd' "$dir/log"
result $? "a strict C99 build without the flags says what to do"
echo "1..$number"
exit $failed
