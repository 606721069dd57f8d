#!/bin/sh
# echo-server and echo-client: lines come back, for many clients.
. "${0%/*}/examples.subr"
input=$srcdir/README.md

usage echo-server
usage echo-server one two
usage echo-client
expect 1 'echo-client: @: the name is empty; specify a name' examples/echo-client @ word
echo 'ok: usage'

start echo-server
expect 0 'hello, you' examples/echo-client "$directory/s" hello, you
examples/echo-client "$directory/s" <"$input" | cmp - "$input"
# A line without a newline and with a NUL, and one of the maximum length.
printf 'a\0b' >"$directory/bytes"
printf 'a\0b\n' >"$directory/line"
examples/echo-client "$directory/s" <"$directory/bytes" |
    cmp - "$directory/line"
long=$(printf '%050000d' 0)
[ "$(echo "$long" | examples/echo-client "$directory/s")" = "$long" ]
echo "1$long" >"$directory/longer"
expect 1 'echo-client: standard input: Message too long' \
    sh -c 'examples/echo-client "$1/s" <"$1/longer"' sh "$directory"
echo 'ok: lines_come_back_unchanged'

# Silent clients block no others, and read EOF on shutdown.
talk ann 3 4
talk bob 5 6
for out in 4 6; do
	echo one >&$((out - 1))
	hear $out one
done
expect 0 hello examples/echo-client "$directory/s" hello
echo 'still here' >&3
hear 4 'still here'
stop
hear_end 4
hear_end 6
exec 3>&- 5>&-
wait
echo 'ok: silent_clients_block_no_others'
