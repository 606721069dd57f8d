#!/bin/sh
# request-server: a request that drips is ended on time, an idle client is not.
. "${0%/*}/examples.subr"

usage request-server
usage request-server one
usage request-server one two
usage request-server one 0
usage request-server one 1 2
expect 1 'request-server: DIR/no/s: the directory DIR/no does not exist; create it' \
    examples/request-server "$directory/no/s" 500

examples/request-server "$directory/s" 500 2>"$directory/errors" &
server=$!
./unixport connect -w 20 "$directory/s" </dev/null

# An idle client, whose requests are further apart than the limit.
mkfifo "$directory/in" "$directory/out"
./unixport connect "$directory/s" <"$directory/in" >"$directory/out" &
exec 3>"$directory/in" 4<"$directory/out"
echo one >&3
hear 4 one

# The whole request takes 10 times the limit; a byte comes every 20 ms.
drip()
{
	count=0
	while [ $count -lt 250 ]; do
		printf x || return 0
		sleep 0.02
		count=$((count + 1))
	done
	echo
}
drip 2>"$directory/pipe" 3>&- 4<&- |
    ./unixport connect "$directory/s" >"$directory/said" 2>&1 3>&- 4<&- || :
! grep x "$directory/said"
grep -qx 'request-server: client: the request took too long' \
    "$directory/errors"
echo 'ok: dripping_client_is_ended'

printf 'two\nthree\n' >&3
hear 4 two
hear 4 three
printf 'four' >&3
exec 3>&-
hear 4 four
hear_end 4
echo 'ok: idle_client_is_served'
stop
