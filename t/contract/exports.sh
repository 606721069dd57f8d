#!/bin/sh
# The exported names are those of the header, and those of the map.
set -eu
directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM

# Comments are removed first, since they contain names of functions.
sed -e 's,/\*.*\*/,,' -e '\,/\*,,\,\*/,d' "$srcdir/include/unixport.h" |
    grep -v '^typedef' | grep -oE '\bunix_[a-z_]+\(' | tr -d '(' |
    sort >"$directory/header"
# Each node lists its names in order.
awk '/^UNIXPORT_/ { last = "" }
    /^	unix_[a-z_]*;$/ { if ($1 <= last) exit 1; last = $1 }' \
    "$srcdir/src/unixport.map"
sed -n 's/^	\(unix_[a-z_]*\);$/\1/p' "$srcdir/src/unixport.map" |
    sort >"$directory/map"
diff "$directory/header" "$directory/map"
echo "ok: header = map, $(wc -l <"$directory/map") names"

library=.libs/libunixport.so
[ -e $library ] || { echo "no $library was built"; exit 77; }
$NM -D --defined-only $library | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
    sort >"$directory/library"
diff "$directory/library" "$directory/map"
echo 'ok: library = map'

# Exported functions call up_* names only.
! $NM -D --undefined-only $library | grep ' unix_'
