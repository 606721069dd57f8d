#!/bin/sh
# The library compiles as one translation unit: no name of its own has two
# meanings, and a program may build it into itself in one piece.
set -eu
directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM

sed -n '/^libunixport_la_SOURCES/,/[^\\]$/s/.*\(src\/.*\.c\).*/#include "\1"/p' \
    "$srcdir/src/local.mk" >"$directory/unity.c"
files=$(wc -l <"$directory/unity.c")
[ "$files" -gt 30 ]
$CC -O -Wall -Wextra -Werror -I. -I"$srcdir" -I"$srcdir/include" \
    -I"$srcdir/src" -c "$directory/unity.c" -o "$directory/unity.o"
echo "ok: $files files as one"

sed -n 's/^	\(unix_[a-z_]*\);$/\1/p' "$srcdir/src/unixport.map" |
    sort >"$directory/map"
$NM -g --defined-only "$directory/unity.o" |
    sed -n 's/.* T _*\(unix_.*\)/\1/p' | sort | diff - "$directory/map"
echo 'ok: its functions = map'
