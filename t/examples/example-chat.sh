#!/bin/sh
# chat: three clients in a room, and clients that misbehave.
. "${0%/*}/examples.subr"

usage chat
usage chat one two
start chat
talk ann 3 4
echo Ann >&3
hear 4 'Ann: (has come)'
talk bob 5 6
echo Bob >&5
hear 4 'Bob: (has come)'
hear 6 'Bob: (has come)'
talk cy 7 8
echo Cy >&7
hear 4 'Cy: (has come)'
hear 6 'Cy: (has come)'
hear 8 'Cy: (has come)'
echo 'hello, you two' >&3
hear 6 'Ann: hello, you two'
hear 8 'Ann: hello, you two'
echo 'hello, Ann' >&7
hear 4 'Cy: hello, Ann'
hear 6 'Cy: hello, Ann'
echo 'ok: three_clients_read_each_other'

# Control characters are replaced; long lines and names are refused.
printf 'a\033[2Jb\r\n' >&3
hear 6 'Ann: a?[2Jb'
hear 8 'Ann: a?[2Jb'
printf '%021d\n' 0 | t/command/life talk "$directory/s" >"$directory/said"
[ ! -s "$directory/said" ]
printf 'Dan\n%01001d\n' 0 | t/command/life talk "$directory/s" >"$directory/said"
echo 'Dan: (has come)' | cmp - "$directory/said"
for out in 4 6 8; do
	hear $out 'Dan: (has come)'
	hear $out 'Dan: (has left)'
done
echo 'ok: control_characters_and_long_lines_are_not_sent'

exec 5>&-
hear 4 'Bob: (has left)'
hear 8 'Bob: (has left)'
hear_end 6
# Cy does not read any more and is disconnected.
awk 'BEGIN { for (i = 0; i < 1000; i++) printf("%01000d\n", i) }' >&3
hear 4 'Cy: (has left)'
echo 'ok: clients_that_do_not_read_are_disconnected'

stop
hear_end 4
exec 3>&- 7>&- 8<&-
wait
echo 'ok: server_ends_on_SIGTERM'
