#!/bin/sh
# supervisor: the lines of all children, their restart and their end.
. "${0%/*}/examples.subr"

usage supervisor
expect 0 '1: one
1: two' examples/supervisor 'echo one; echo two' true
expect 0 '1: no newline' examples/supervisor 'printf "no newline"'
echo 'ok: lines_have_the_number_of_their_command'

# Three children write at the same time; the last one has an unfinished line.
numbers='awk "BEGIN { for (i = 1; i <= 20000; i++) print i }"'
examples/supervisor "$numbers" "$numbers" "$numbers; printf end" \
    >"$directory/said"
awk '{ i = $1 + 0; count[i]++ }
    $2 == "end" ? $1 != "3:" : $1 != i ":" || $2 != count[i] { exit 1 }
    END { exit NR != 60001 }' "$directory/said"
echo 'ok: all_lines_of_all_children_are_printed'

first="test -e $directory/cut && exec echo short; : >$directory/cut"
first="$first; printf %065537d 0; echo; sleep 60"
expect 0 "supervisor: failed: $(echo "$first" | sed "s,$directory,DIR,g")
1: short" timeout 20 examples/supervisor "$first"
echo 'ok: command_with_a_long_line_fails'

# The second command ends meanwhile, and the third one waits.
: >"$directory/runs"
expect 0 'supervisor: failed: echo run >>DIR/runs; test $(wc -l <DIR/runs) = 3
supervisor: failed: echo run >>DIR/runs; test $(wc -l <DIR/runs) = 3' \
    examples/supervisor \
    "echo run >>$directory/runs; test \$(wc -l <$directory/runs) = 3" true
[ "$(wc -l <"$directory/runs")" -eq 3 ]
echo 'ok: command_that_fails_is_started_again'

# begin COMMAND...: the shell reads the output of the supervisor from 4.
begin()
{
	mkfifo "$directory/out"
	examples/supervisor "$@" >"$directory/out" 2>"$directory/errors" &
	server=$!
	exec 4<"$directory/out"
	rm "$directory/out"
}

# end STATUS: the supervisor has ended, and so has every child.
end()
{
	wait $server && got=0 || got=$?
	server=
	[ $got = "$1" ] || { echo "status $got"; exit 1; }
	hear_end 4
	exec 4<&-
}

# The first child ignores SIGTERM, and the second one has a last word.
begin "trap '' TERM; echo \$\$; while :; do sleep 0.1; done" \
    "trap 'echo bye; exit 1' TERM; echo ready; while :; do sleep 0.1; done"
first= lines=
while [ -z "$first" ] || [ -z "$lines" ]; do
	IFS= read -r line <&4
	case $line in
	'1: '*) first=${line#1: } ;;
	'2: ready') lines=$line ;;
	*) echo "read: $line"; exit 1 ;;
	esac
done
kill -TERM $server
hear 4 '2: bye'
end 0
! kill -0 "$first" 2>/dev/null
[ ! -s "$directory/errors" ]
echo 'ok: SIGTERM_ends_all_children'

# Processes that a child has left keep its connection open, or write.
examples/supervisor 'sleep 60 & echo $!' >"$directory/said"
kill "$(sed 's/1: //' "$directory/said")"
expect 0 '' sh -c 'timeout 20 examples/supervisor "yes 2>/dev/null & true" >/dev/null'
echo 'ok: processes_that_a_child_leaves_are_not_awaited'

# state: of the supervisor; S if it sleeps, or if the system does not show it.
state()
{
	sed -n 's/^State:[^A-Z]*\([A-Z]\).*/\1/p' "/proc/$server/status" \
	    2>/dev/null || echo S
}

mkfifo "$directory/go"
begin "exec <&- >&-; read -r line <$directory/go"
exec 5>"$directory/go"
until [ "$(state)" = S ]; do :; done
for moment in 1 2 3 4 5 6 7 8 9 10; do
	sleep 0.05
	[ "$(state)" = S ]
done
echo go >&5
exec 5>&-
end 0
echo 'ok: child_without_output_is_awaited'

# Signals come while the supervisor waits for the reader of a full pipe.
mkfifo "$directory/pipe"
exec 3<>"$directory/pipe" 4<"$directory/pipe"
dd if=/dev/zero of="$directory/pipe" bs=4096 oflag=nonblock 2>/dev/null || :
examples/supervisor 'yes kept | head -n 50000' "until test -e $directory/enough
    do kill -CHLD \$PPID; sh -c :; done" >"$directory/pipe" 3>&- 4<&- &
server=$!
for moment in 1 2 3 4 5 6 7 8 9 10; do
	sleep 0.05
done
exec 3>&-
: >"$directory/enough"
cat <&4 >"$directory/said"
exec 4<&-
wait $server
server=
[ "$(grep -ac '1: kept$' "$directory/said")" = 50000 ]
echo 'ok: signals_lose_no_output'
