#!/bin/sh
# symbols.sh TORTURE LIBRARY: every call that the library makes is in the table
# of torture or among the harmless.  glibc has other names for calls that differ
# by the size of off_t (64) or by the C standard (__isoc23_).
set -eu
here=$(dirname "$0")
missing=0
calls=$("$1" --calls)
for symbol in $(${NM:-nm} -u "$2" | sed -n 's/^ *[Uw] //p' |
    sed 's/@.*//
    s/^__isoc[0-9]*_//
    s/\([a-z]\)64$/\1/' | grep -v '^up_' | sort -u)
do
	known=no
	for call in $calls; do
		[ "$symbol" != "$call" ] || known=yes
	done
	while read -r pattern reason; do
		case $symbol in
		$pattern) known=yes ;;
		esac
	done <"$here/harmless"
	[ $known = yes ] || {
		echo "FAIL $symbol is called, and not tortured"
		missing=1
	}
done
exit $missing
