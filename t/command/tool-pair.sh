#!/bin/sh
# unixport pair: two connected programs, and the exit status.
. "${0%/*}/tool-support.sh"

"$unixport" pair head -c 5000000 /dev/zero -- sh -c 'wc -c >count'
[ "$(tr -d ' ' <count)" = 5000000 ]
"$unixport" pair sh -c 'echo question; read -r a; echo "$a" >got' -- \
    sh -c 'read -r q; echo "answer to $q"'
[ "$(cat got)" = 'answer to question' ]
expect 0 '' "$unixport" pair -- true -- true
# The second program ends after the command has reaped the first.
first='echo $$; exit'
other='read -r pid; while kill -0 $pid 2>/dev/null; do sleep 0.01; done; exit'
expect 3 '' "$unixport" pair sh -c "$first 3" -- sh -c "$other 4"
expect 4 '' "$unixport" pair sh -c "$other 3" -- sh -c "$first 4"
expect 5 '' "$unixport" pair true -- sh -c 'exit 5'
expect 137 '' "$unixport" pair sh -c 'kill -9 $$' -- cat
# The first -- ends the first command; options belong to the commands.
expect 0 '' "$unixport" pair echo -n -- sh -c '[ "$1" = -- ]' -x --
expect 1 'unixport: "": No such file or directory' "$unixport" pair '' -- cat
expect 1 'unixport: no-such: No such file or directory' \
    "$unixport" pair no-such -- cat
expect 1 'unixport: no-such: No such file or directory' \
    "$unixport" pair cat -- no-such
: >plain
expect 1 'unixport: ./plain: Permission denied' "$unixport" pair cat -- ./plain
# If one cannot be started, the other is terminated.
chmod +x plain
expect 1 'unixport: ./plain: Exec format error' "$unixport" pair cat -- ./plain
expect 1 'unixport: ./plain: Exec format error' "$unixport" pair ./plain -- cat
# Without PATH, programs are searched for in the standard directories.
expect 0 '' sh -c "unset PATH; exec \"$unixport\" pair true -- true"
echo 'ok: statuses'

# SIGTERM is forwarded to both.
"$unixport" pair sh -c 'trap "echo one >>ended; exit 0" TERM; : >up1
    while :; do sleep 0.01; done' -- sh -c 'trap "echo two >>ended; exit 0" TERM
    : >up2; while :; do sleep 0.01; done' & pair=$!
pids="$pids $pair"
until_true test -e up1 -a -e up2
kill $pair
wait $pair || fail "status $? after SIGTERM"
[ "$(sort ended)" = 'one
two' ]
echo 'ok: SIGTERM'

"$unixport" pair true -- true <&- >&- 2>&-
"$unixport" pair sh -c 'echo x' -- sh -c 'read -r x; [ $x = x ]' <&- >&- 2>&-
if [ -e /proc/self/fd/0 ]; then
	LD_LIBRARY_PATH=$libraries "$itself" pair \
	    sh -c 'readlink /proc/$$/fd/2' -- sh -c 'echo $(cat) >files' 2>&-
	[ "$(cat files)" = /dev/null ] || fail "descriptors: $(cat files)"
fi
"$unixport" pair sh -c 'ls /proc/self/fd 2>/dev/null' -- \
    sh -c 'echo $(cat) >files'
[ "$(cat files)" = "$usual_files" ] || fail "descriptors: $(cat files)"
echo 'ok: descriptors'

expect 0 '' "$build/t/command/life" interruptible "$unixport" pair \
    sh -c 'kill -s INT $PPID; cat >/dev/null' -- true
echo 'ok: SIGINT does not end the command'

. "$here/tool-support-faults.sh"
expect 1 'unixport: socket pair: Function not implemented' \
    with 'no pair' "$unixport" pair cat -- cat
echo 'ok: system without pairs'
