#!/bin/sh
# event-loop: several clients in one thread; none blocks the others.
. "${0%/*}/examples.subr"

usage event-loop
usage event-loop one two
start event-loop
talk ann 3 4
talk bob 5 6
talk cy 7 8
printf 'a line' >&3
echo one >&5
hear 6 '1: one'
echo two >&7
hear 8 '2: two'
printf ' in ' >&3
echo three >&5
hear 6 '3: three'
echo pieces >&3
hear 4 '4: a line in pieces'
echo 'ok: incomplete_lines_block_no_other_client'

# poll(2) reports the first line only; the others are in the stream's buffer.
printf 'five\nsix\nseven\n' >&5
hear 6 '5: five'
hear 6 '6: six'
hear 6 '7: seven'
awk 'BEGIN { for (i = 8; i < 1008; i++) print i }' |
    t/command/life talk "$directory/s" >"$directory/said"
awk '$1 != $2 ":" || $2 != NR + 7 { exit 1 } END { exit NR != 1000 }' \
    "$directory/said"
echo 'ok: all_lines_of_one_write_are_answered'

# Clients that send a long line or do not read are disconnected.
printf '%01001d\n' 0 >&7
hear_end 8
expect 1 'echo-client: receive: Connection reset by peer' \
    examples/echo-client "$directory/s" "$(printf %01001d 0)"
mkfifo "$directory/full"
yes | t/command/life talk "$directory/s" >"$directory/full" &
: <"$directory/full"
wait $! && got=0 || got=$?
[ $got = 3 ]
examples/echo-client "$directory/s" still |
    grep '^[0-9]*: still$'
echo 'ok: misbehaving_clients_are_disconnected'

stop
hear_end 4
hear_end 6
exec 3>&- 5>&- 7>&-
wait
echo 'ok: server_ends_on_SIGTERM'
