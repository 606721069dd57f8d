#!/bin/sh
# unixport listen -v: a line for each client, which never blocks the server.
. "${0%/*}/tool-support.sh"

# shown: the lines without the numbers of processes.
shown() { sed "s/process [0-9][0-9]*/process N/g" words; }
user=$(id -u)

serve -v s sh -c 'read -r status; exit $status'
echo 3 | "$unixport" connect s
until_true grep -q ended words
expect 0 "unixport: s: user $user, process N: served by process N
unixport: s: user $user, process N: process N ended with status 3" shown
end TERM
serve --verbose s sh -c 'kill -s KILL $$'
"$unixport" connect s </dev/null
until_true grep -q terminated words
expect 0 "unixport: s: user $user, process N: served by process N
unixport: s: user $user, process N: process N was terminated by signal 9" shown
# The client and its program are named.
client=$("$unixport" connect s sh -c 'echo $$ >&2' 2>&1)
until_true grep -q "process $client: served by process [0-9]*\$" words
end TERM
echo 'ok: served clients'

serve -v -C 1 s sh -c 'echo up; exec cat'
mkfifo input
"$unixport" connect s <input >got & client=$!
pids="$pids $client"
exec 7>input
until_true grep -q up got
expect 0 '' "$unixport" connect s </dev/null
grep -q "^unixport: s: user $user, process [0-9]*: refused; above the limit -C 1\$" \
    words || fail "$(cat words)"
exec 7>&-
wait $client
end TERM
echo 'ok: refused client'

cp "$(command -v cat)" ./ours
serve -v s ./ours
rm ours
expect 0 '' "$unixport" connect s </dev/null
case " ${CK_EXCLUDE_TAGS:-} " in
*' exec '*) ;;
*) until_true grep -q 'refused; the command was not started$' words ;;
esac
end TERM
echo 'ok: command that cannot be started'

# Control bytes of the address are escaped.
address=$(printf 's\033[31m')
serve -v "$address" true
"$unixport" connect "$address" </dev/null
until_true grep -q 'ended with status 0$' words
grep -qF 'unixport: s\x1b[31m: user' words || fail "$(cat words)"
end TERM
echo 'ok: control bytes'

"$unixport" listen -v s </dev/null >got 2>words & server=$!
pids="$pids $server"
echo hello | "$unixport" connect -w 20 s
wait $server
expect 0 "unixport: s: user $user, process N: served by process N
unixport: s: user $user, process N: process N ended with status 0" shown
echo 'ok: without a command'

# Standard error is full, and no process reads from it: the server serves all
# clients, and counts the lines that it cannot write.
mkfifo errors
exec 8<>errors
"$unixport" listen -1v s echo served >ready 2>errors 8>&- & server=$!
pids="$pids $server"
[ "$(wc -c <ready)" -eq 1 ] || fail 'not ready'
expect 0 1000 "$build/t/command/life" visit s 1000
cat errors >words 8>&- & reader=$!
pids="$pids $reader"
exec 8>&-
until_true test -s words
reports_loss()
{
	"$unixport" connect s </dev/null >/dev/null
	grep -q 'lost$' words
}
until_true reports_loss
kill $server
wait $server || fail "status $?"
wait $reader
! grep -vE '^unixport: (s: user .*(served by process [0-9]*|ended with status 0)|standard error: [0-9]* lines? w(as|ere) lost)$' \
    words || fail 'a part of a line'
lost=$(awk '/lost$/ { n += $4 } END { print n }' words)
written=$(grep -vc 'lost$' words)
[ $written -gt 100 ] && [ $lost -gt 100 ] || fail "$written written, $lost lost"
[ $((written + lost)) -ge 2002 ] || fail "$written written, $lost lost"
echo 'ok: full standard error does not block'

# Standard error is a pipe without a reader.
exec 8<>errors
"$unixport" listen -1v s echo served >ready 2>errors 8>&- & server=$!
pids="$pids $server"
[ "$(wc -c <ready)" -eq 1 ] || fail 'not ready'
exec 8>&-
expect 0 10 "$build/t/command/life" visit s 10
end TERM
echo 'ok: closed standard error does not end the server'

served="unixport: s: user $user, process N: served by process N
unixport: s: user $user, process N: process N ended with status 0"
"$unixport" listen log.sock </dev/null >words & log=$!
pids="$pids $log"
"$unixport" connect -w 20 log.sock \
    sh -c 'exec "$0" listen -v s 2>&1 >/dev/null </dev/null' "$unixport" &
server=$!
pids="$pids $server"
"$unixport" connect -w 20 s </dev/null
wait $server
wait $log
expect 0 "$served" shown
echo 'ok: standard error is a socket'

# Each control byte is shown as four bytes.
level=$(printf '%60s' '' | tr ' ' '\033')
path=.
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
	path=$path/$level
done
mkdir -p "$path"
serve -v "$path/s" true
"$unixport" connect "$path/s" </dev/null
has_ended() { [ "$(wc -l <words)" -eq 2 ]; }
until_true has_ended
end TERM
[ "$(head -n 1 words | wc -c)" = "$(getconf PIPE_BUF .)" ]
echo 'ok: line of more than PIPE_BUF bytes is cut'

can_fault || exit 0
exec 8<>errors
with_fault /proc/self/fd/2 '?open,?openat:error=EACCES' \
    listen -v "$directory/s" </dev/null >/dev/null 2>errors 8>&- &
server=$!
pids="$pids $server"
"$unixport" connect -w 20 s </dev/null
wait $server
grep -q INJECTED trace
count=0
while [ $count -lt 2 ]; do
	IFS= read -r line <&8
	case $line in
	"unixport: $directory/s: user $user, process "*) count=$((count + 1)) ;;
	strace:*) ;;
	*) fail "$line" ;;
	esac
done
exec 8>&-
echo 'ok: standard error that cannot be opened again'
