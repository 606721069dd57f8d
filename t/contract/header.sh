#!/bin/sh
# The public header compiles alone in every C standard and as C++.
set -eu
directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM
header=$srcdir/include/unixport.h
flags='-Wall -Wextra -pedantic -Werror -fsyntax-only'

cp "$header" "$directory/one.h"
echo '#include "one.h"
#include "one.h"
int main(void) { struct unix_options options = { 0 }; return (int)options.flags; }' >"$directory/c.c"
for standard in c99 c11 c17 c2x gnu99 gnu17; do
	$CC -std=$standard $flags "$directory/c.c"
	echo "ok: C, $standard"
done

command -v "${CXX:-c++}" >/dev/null || { echo 'no C++ compiler'; exit 77; }
echo '#include "one.h"
int main() { unix_options options = unix_options(); return (int)options.flags; }' >"$directory/cc.cc"
for standard in c++98 c++11 c++17 c++20; do
	${CXX:-c++} -std=$standard $flags "$directory/cc.cc"
	echo "ok: C++, $standard"
done

# Only these three headers, and no macro of config.h.
[ "$(grep '#include' "$header" | sort | tr -d '\n')" = \
    '#include <stddef.h>#include <stdio.h>#include <sys/types.h>' ]
! grep -E '\bHAVE_|config\.h' "$header"
