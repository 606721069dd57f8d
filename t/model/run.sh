#!/bin/sh
# run.sh [NAME]: check each configuration of path.pml, print a table, and fail
# if a result is not the expected one: a counterexample that vanishes means that
# the model has changed, or a limitation of the manual.  With NAME, print the
# shortest counterexample of that configuration.
set -eu
directory=$(mktemp -d "${TMPDIR:-/tmp}/unixport.XXXXXX")
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM
command -v spin >/dev/null || {
	echo 'model: no spin (Debian: apt-get install spin)' >&2
	exit 1
}
cp "${0%/*}/path.pml" "$directory"
cd "$directory"

# NAME EXPECTED OPTION...; names are STARTS+OTHERS.  The others unlink and bind;
# with "-bind" they only bind.  The manual states the "known" counterexamples.
# A "mistake" is an option of the model.
configurations()
{
	cat <<-'END'
	2+0         holds   -DSTARTERS=2 -DROUNDS=2
	3+0         holds   -DSTARTERS=3
	1+1-bind    holds   -DBINDERS=1 -DROUNDS=3
	2+2-bind    holds   -DSTARTERS=2 -DBINDERS=2
	1+2-bind    holds   -DBINDERS=2 -DROUNDS=2
	2+1-bind    holds   -DSTARTERS=2 -DBINDERS=1 -DROUNDS=2
	1+1         holds   -DUNLINKERS=1 -DROUNDS=2
	2+0-kill    holds   -DSTARTERS=2 -DROUNDS=2 -DKILL_INSIDE=1
	2+1         known   -DSTARTERS=2 -DUNLINKERS=1
	1+1-kill    known   -DUNLINKERS=1 -DKILL_INSIDE=1
	1.0.0       mistake -DUNLINKERS=1 -DBY_NAME
	one-proof   mistake -DUNLINKERS=1 -DONE_PROOF
	no-pin      mistake -DUNLINKERS=1 -DNO_PIN
	name-first  mistake -DBINDERS=2 -DROUNDS=2 -DNAME_FIRST
	no-lock     mistake -DSTARTERS=3 -DNO_LOCK
	no-unlock   mistake -DSTARTERS=2 -DROUNDS=2 -DNO_UNLOCK
	failure     mistake -DSTARTERS=2 -DBINDERS=1 -DFAILURE_WITHOUT_LOCK
	END
}

# compile OPTION...: make pan, the program that searches.
compile()
{
	spin $flags -a path.pml >spin.log || { cat spin.log; exit 1; }
	${CC:-cc} -w -O1 -DSAFETY "$@" -o pan pan.c
}

# A search that was not completed proves nothing.
search()
{
	./pan -n "$@" >pan.log
	errors=$(sed -n 's/.*, errors: \([0-9]*\)$/\1/p' pan.log)
	states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' pan.log)
	[ "$errors" = 1 ] || ! grep -q -e 'not completed' -e 'too small' pan.log
}

check()
{
	compile
	search -m1000000 || { cat pan.log; exit 1; }
	case $expected/$errors in
	holds/0) result='0 errors' ;;
	known/1) result='counterexample, known' ;;
	mistake/1) result='counterexample, of a mistake' ;;
	*)
		result="UNEXPECTED: $errors errors"
		failed=1
		;;
	esac
	printf '%-12s%10s  %s\n' "$name" "$states" "$result"
}

print_trail()
{
	compile -DBFS
	search
	[ "$errors" != 0 ] || { echo "$name: 0 errors"; return; }
	spin $flags -t -T path.pml | sed '/^spin:/,$d'
}

failed=0 found=0
[ $# != 0 ] || printf '%-12s%10s  %s\n' starts+others states result
configurations >list
while read -r name expected flags; do
	case ${1-$name} in
	"$name") found=1 ;;
	*) continue ;;
	esac
	if [ $# = 0 ]; then check; else print_trail; fi
done <list
[ $found = 1 ] || { echo "model: no configuration $1" >&2; exit 1; }
exit $failed
