#!/bin/sh
# unixport listen -k without a command: one client after the other.
. "${0%/*}/tool-support.sh"

# keep ARGUMENT...: starts a server with input from descriptor 7; sets $server.
mkfifo input
keep()
{
	"$unixport" listen -k "$@" <input >got 2>words 7>&- & server=$!
	pids="$pids $server"
	exec 7>input
}

# The input continues with the next client, and clients only send after its end.
keep s
echo one >&7
expect 0 one sh -c "echo a | \"$unixport\" connect -w 20 s"
echo two >&7
expect 0 two sh -c "echo b | \"$unixport\" connect s"
# A client that closes without reading takes no input that is written later.
"$unixport" connect s true
echo three >&7
expect 0 three sh -c "echo c | \"$unixport\" connect s"
exec 7>&-
for client in d e; do
	expect 0 '' sh -c "echo $client | \"$unixport\" connect s"
done
end TERM
[ ! -e s ]
expect 0 'a
b
c
d
e' cat got
[ ! -s words ] || fail "$(cat words)"
echo 'ok: clients in turn'

# A regular file continues, too.
printf 'first\nsecond\n' >file
"$unixport" listen -k s <file >got 2>words & server=$!
pids="$pids $server"
expect 0 'first
second' "$unixport" connect -w 20 s </dev/null
expect 0 '' "$unixport" connect s </dev/null
end TERM
echo 'ok: a file as input'

# A client that is being served delays others, and a first signal does not end
# it; a second one does.
mkfifo hold
keep s
"$unixport" connect -w 20 s <hold >said & client=$!
pids="$pids $client"
exec 8>hold
echo up >&8
until_true grep -q up got
kill $server
until_true test ! -e s
echo more >&8
until_true grep -q more got
kill -0 $server
kill $server
wait $server || fail "status $?"
exec 8>&-
wait $client || :
exec 7>&-
echo 'ok: signals'

# An error of one client is reported, and the next is served.
keep s
head -c 5000000 /dev/zero >&7 & writer=$!
pids="$pids $writer"
"$unixport" connect -w 20 s head -c 1
until_true grep -q 'before it received all input$' words
"$unixport" connect s sh -c 'head -c 1 >taken'
[ "$(wc -c <taken)" -eq 1 ] || fail 'the next client is not served'
kill $writer
exec 7>&-
end TERM
echo 'ok: error of a client'

# Without standard output the server ends.
("$unixport" listen -k s </dev/null 2>words || echo $? >status) | true &
until_true test -S s
(echo hello | "$unixport" connect -w 20 s) || :
until_true test -s status
expect 0 1 cat status
expect 0 'unixport: standard output: Broken pipe' cat words
[ ! -e s ]
echo 'ok: closed standard output'

# An idle time and messages.
"$unixport" listen -k -x 0.05 s </dev/null 2>words >got || fail "status $?"
[ ! -e s ]
keep -v -x 1000 s
echo hello | "$unixport" connect -w 20 s &
pids="$pids $!"
until_true grep -q 'ended with status 0$' words
exec 7>&-
end TERM
[ "$(cat got)" = hello ]
echo 'ok: idle time and messages'

. "$here/tool-support-faults.sh"
expect 1 'unixport: s: Function not implemented' \
    with 'no pipe' "$unixport" listen -k s
[ ! -e s ]
(FAULT='no fork' LD_PRELOAD=$directory/faults.so && export FAULT LD_PRELOAD &&
    exec "$unixport" listen -k s) </dev/null >/dev/null 2>words &
server=$!
pids="$pids $server"
"$unixport" connect -w 20 s </dev/null >/dev/null 2>&1 & client=$!
pids="$pids $client"
until_true grep -q '^unixport: shortage: .*; clients wait$' words
end TERM
wait $client || :
echo 'ok: shortages'
