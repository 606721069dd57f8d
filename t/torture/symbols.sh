#!/bin/sh
# Every call that the library makes is in the table of torture or among the
# harmless.  glibc has other names for calls that differ by the size of off_t
# (64) or by the C standard (__isoc23_).
set -eu
here=$(dirname "$0")
missing=0
calls=$(t/torture/torture --calls)
library=.libs/libunixport.so
[ -e $library ] || library=.libs/libunixport.a
for symbol in $(${NM:-nm} -u $library | sed -n 's/^ *[Uw] //p' |
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
