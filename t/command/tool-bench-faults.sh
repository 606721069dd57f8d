#!/bin/sh
# unixport bench on systems that have less, tell odd things of themselves, or
# refuse: what can be measured is.
. "${0%/*}/tool-support.sh"
. "$here/tool-support-faults.sh"
mkdir tmp
export TMPDIR="$directory/tmp"

# bench FAULTS ARGUMENT...: the least that it can do.
bench()
{
	faults=$1; shift
	with "$faults" "$unixport" bench -n 1 -t 0.01 "$@" >said 2>words &&
	    got=0 || got=$?
	[ -z "$(ls tmp)" ] || fail "files are left with $faults"
}

# measures FAULTS COUNT [ARGUMENT...]: so many of the twenty.
measures()
{
	faults=$1 count=$2; shift 2
	bench "$faults" "$@"
	[ $got = 0 ] && [ ! -s words ] || fail "with $faults: $(cat words)"
	[ "$(grep -cE '(raw|plain|guarded|TCP) +[0-9.]+ +[0-9]+\.[0-9]+  ' \
	    said)" = $count ] || fail "not all with $faults"
}

# fails FAULTS PATTERN: and nothing else, beside the head of the table.
fails()
{
	bench "$1"
	[ $got = 1 ] && grep -qx "unixport: $2" words &&
	    [ "$(wc -l <words)" = 1 ] ||
	    fail "status $got with $1: $(cat words)"
}

measures none 20
# As where a full backlog refuses: other clients wait there.
measures 'refusal' 20
# Who is refused by a server that has ended does not try for ever.
fails 'no accept' 'accept: .* file.*'
fails 'no accept,no connect' 'accept: .* file.*'
fails 'no entry' 'connect: Permission denied'
fails 'no fork' 'fork: Resource temporarily unavailable'
fails 'eof' 'the other process has gone'
echo 'ok: servers that refuse, or end'

measures 'no guard' 15
[ "$(grep -c 'guarded  *-  *-$' said)" = 5 ] || fail 'guarded ports'
measures 'no network' 15
[ "$(grep -c 'TCP  *-  *-$' said)" = 5 ] || fail TCP
measures 'stranger' 20
echo 'ok: less, and strangers'

# A sandbox may let nobody choose a CPU, or ask for them; figures beside
# other programs are not to be trusted.
measures 'no pin' 20
for machine in '1 0.4 no' '1 0.6 yes' '2 0.4 no' '2 0.6 yes' '2000 1998 no' \
    '2000 1999 yes'; do
	set -- $machine
	CPUS=$1 LOAD=$2 measures none 20
	grep -q ", $1 CPUs\{0,1\}, load $2" said || fail "$machine"
	grep -q 'too busy' said && busy=yes || busy=no
	[ $busy = $3 ] || fail "busy: $busy with $machine"
done
LOAD= measures none 20
! grep -q load said || fail 'a load that nobody told'
echo 'ok: CPUs and load'

# Raw sockets are so slow that the shares of the others overflow their column.
LC_ALL=C measures 'slow raw' 20
grep -qE '[0-9]{4}\.[0-9]{2}  ' said || fail 'no large share'
[ "$(awk 'length > 80' said | wc -l)" = 0 ] || fail 'too wide'
echo 'ok: large shares'

LOAD= bench 'odd names' -j -s plot
[ $got = 0 ] || fail 'odd names'
grep -qF '"kernel": "Linux <1> & \"2\" \\ \u000a\u001b ' said || fail JSON
grep -q '^  "load": null,$' said || fail 'no null'
grep -qF 'Linux &lt;1> &amp; "2" \' plot || fail XML
echo 'ok: odd names'
