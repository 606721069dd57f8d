#!/bin/sh
# bench on systems with fewer kinds, strange names or failing calls: all kinds
# that exist are measured.
. "${0%/*}/../command/tool-support.sh"
. "$here/../command/tool-support-faults.sh"
bench=$build/t/bench/bench
works='large small lines trips connections'
names='(raw|plain|guarded|tcp|threads|libuv|serve)'
mkdir tmp
export TMPDIR="$directory/tmp"

# bench FAULTS ARGUMENT...: one round of the shortest measurements.
bench()
{
	faults=$1; shift
	with "$faults" "$bench" -n 1 -t 0.01 "$@" $works >said 2>words &&
	    got=0 || got=$?
	[ -z "$(ls tmp)" ] || fail "files are left with $faults"
}

# measures FAULTS COUNT [ARGUMENT...]: COUNT kinds of all works together.
measures()
{
	faults=$1 count=$2; shift 2
	bench "$faults" "$@"
	[ $got = 0 ] && [ ! -s words ] || fail "with $faults: $(cat words)"
	[ "$(grep -cE "^.{16}$names +[0-9.]+ +[0-9.]+  " said)" = $count ] || fail "not all with $faults"
}

# fails FAULTS PATTERN: one line of error that matches.
fails()
{
	bench "$1"
	[ $got = 1 ] && grep -qx "bench: $2" words &&
	    [ "$(wc -l <words)" = 1 ] ||
	    fail "status $got with $1: $(cat words)"
}

measures none 20
# On some systems a full backlog refuses clients.
measures 'refusal' 20
# A client that a server refuses because it has ended does not retry for ever.
fails 'no accept' 'accept: .* file.*'
fails 'no accept,no connect' 'accept: .* file.*'
fails 'no entry' 'connect: Permission denied'
fails 'no fork' 'fork: Resource temporarily unavailable'
fails 'eof' 'the second process has gone'
works=servers
measures 'refusal' $(if grep -q 'define HAVE_LIBUV' "$build/config.h"
    then echo 3; else echo 2; fi)
works=crowd
bench refusal
[ $got = 0 ] && grep -q '^crowd .* a client of' said || fail 'no crowd'
works='large small lines trips connections'
echo 'ok: servers that refuse, or end'

measures 'no guard' 15
[ "$(grep -c 'guarded  *-  *-$' said)" = 5 ] || fail 'guarded ports'
measures 'no network' 15
[ "$(grep -c 'tcp  *-  *-$' said)" = 5 ] || fail TCP
bench 'no network' -j -p plot
# Figures, shares, and the lowest and the highest of the rounds.
[ $got = 0 ] && [ "$(grep -c '"tcp": null' said)" = $((5 * 4)) ] ||
    fail 'TCP in JSON'
[ "$(grep -c '<path class="spread" ' plot)" = $((5 * 3)) ] ||
    fail 'TCP in the plot'
# The servers and the crowd need guarded ports.
works='servers memory crowd'
bench 'no guard'
[ $got = 0 ] && [ "$(grep -cE "^.{16}$names  *-  *-\$" said)" = 3 ] &&
    ! grep -q '^crowd' said || fail 'servers without guarded ports'
works='large small lines trips connections'
measures 'stranger' 20
echo 'ok: fewer kinds, and strangers'

# A sandbox may forbid the choice of a CPU.  The warning of a busy machine is
# the same in the table, in JSON and in the plot.
measures 'no pin' 20
for machine in '1 0.4 no' '1 0.6 yes' '2 0.4 no' '2 0.6 yes' '2000 1998 no' \
    '2000 1999 yes'; do
	set -- $machine
	CPUS=$1 LOAD=$2 measures none 20 -p plot
	grep -q ", $1 CPUs\{0,1\}, load $2" said || fail "$machine"
	for file in said plot; do
		grep -q 'too busy for reliable' $file && busy=yes || busy=no
		[ $busy = $3 ] || fail "busy: $busy in $file with $machine"
	done
done
works=trips
for load in 0 99; do
	LOAD=$load bench none -j -p plot
	[ $load = 0 ] && expected=null || expected='"too busy for reliable figures"'
	grep -qx "  \"warning\": $expected," said || fail "load $load in JSON"
done
works='large small lines trips connections'
LOAD= measures none 20
! grep -q load said || fail 'a load that is unknown'
echo 'ok: CPUs and load'

# With very slow raw sockets the other shares exceed their column.
LC_ALL=C measures 'slow raw' 20
grep -qE '[0-9]{4}\.[0-9]{2}  ' said || fail 'no large share'
[ "$(awk 'length > 80' said | wc -l)" = 0 ] || fail 'too wide'
echo 'ok: large shares'

LOAD= bench 'odd names' -j -p plot
[ $got = 0 ] || fail 'odd names'
grep -qF '"kernel": "Linux <1> & \"2\" \\ \u000a\u001b ' said || fail JSON
grep -q '^  "load": null,$' said || fail 'no null'
grep -qF 'Linux &lt;1> &amp; "2" \' plot || fail XML
echo 'ok: odd names'
