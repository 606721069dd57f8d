#!/bin/sh
# bench_messages: a row for each kind, and a word where a compiler is missing.
# No figure is tested.
. "${0%/*}/../command/tool-support.sh"
bench=$build/t/bench/bench_messages
ends=$build/t/bench/message_ends

"$bench" 2 1600 "$ends" '' '' >table
for row in raw guarded unlocked; do
	[ "$(grep -cE "^.{16}$row +[0-9.]+ +[0-9]+\.[0-9]+\$" table)" = 2 ] ||
	    fail "no $row: $(cat table)"
done
for row in go rust; do
	[ "$(grep -c "^.\{16\}$row .* not installed\$" table)" = 2 ] ||
	    fail "no $row: $(cat table)"
done
grep -q '^lines  *raw .* 1\.00$' table
grep -q '^frames  *raw .* 1\.00$' table
echo 'ok: the table'

# An end that fails is reported.
"$bench" 1 1600 "$ends" /bin/false '' >table 2>said && fail 'no failure' ||
    got=$?
[ $got = 1 ] && grep -q '^bench_messages: go: ' said || fail "$(cat said)"
for arguments in '' '0 1 a b c' '1001 1 a b c' '1 1 a b'; do
	"$bench" $arguments 2>said && fail "no misuse: $arguments" || got=$?
	[ $got = 2 ] && grep -q '^usage: ' said || fail "$arguments"
done
echo 'ok: errors'
