#!/bin/sh
# Every program of examples/ and README.md compiles without a warning with
# -std=c11, which hides the names of POSIX unless a feature-test macro is set.
# make compiles those of examples/loops/ so, with the flags of their libraries.
set -eu
object=$(mktemp /tmp/unixport.XXXXXX)
trap 'rm -f "$object"' EXIT
trap 'exit 1' HUP INT TERM

for program in "$srcdir"/examples/*.c "$srcdir"/examples/systemd/*.c \
    t/examples/readme-*.c; do
	said=$($CC -std=c11 -O2 -Wall -Wextra -I"$srcdir/include" -c \
	    -o "$object" "$program" 2>&1) && [ -z "$said" ] ||
	    { echo "$program: $said"; exit 1; }
	echo "ok: ${program##*/}"
done
