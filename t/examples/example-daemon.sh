#!/bin/sh
# daemon: errors in the foreground, service in the background, upgrades under
# load without a refused client.
. "${0%/*}/examples.subr"

usage daemon
usage daemon one two three
expect 1 'daemon: DIR/no/s: the directory DIR/no does not exist; create it' \
    examples/daemon "$directory/no/s"
echo 'ok: errors_reach_the_user'

# begin: start the daemon; it returns as soon as clients can connect.
begin()
{
	examples/daemon "$directory/s" >"$directory/said"
	server=$(sed -n 's/^daemon: process \([0-9]*\) serves .*/\1/p' \
	    "$directory/said")
	[ -n "$server" ]
}

ask()
{
	echo "$1" | t/command/life talk "$directory/s"
}

begin
expect 0 '1 hello' ask hello
expect 1 'daemon: DIR/s: a server is there already; stop it or choose another path' \
    examples/daemon "$directory/s"
echo 'ok: daemon_serves_in_the_background'

# Clients come one after the other, and count the answers.
clients()
{
	while [ ! -e "$directory/end" ]; do
		case $(ask hello 2>&1) in
		*' hello') echo answered ;;
		*) echo refused ;;
		esac
	done
}
for client in 1 2; do
	clients >"$directory/clients.$client" &
	eval "client$client=$!"
done
generation=1
while [ $generation -lt 20 ]; do
	kill -HUP "$server"
	generation=$((generation + 1))
	until [ "$(ask "$generation")" = "$generation $generation" ]; do :; done
done
: >"$directory/end"
wait "$client1" "$client2"
! grep refused "$directory"/clients.*
[ "$(cat "$directory"/clients.* | wc -l)" -ge 2 ]
echo 'ok: upgrades_refuse_no_client'

# After exec(3) no process owns the file, which the next start reclaims.
kill -TERM "$server"
until begin 2>/dev/null; do :; done
expect 0 '1 again' ask again
kill -TERM "$server"
while [ -e "$directory/s" ]; do :; done
server=
echo 'ok: owner_removes_the_file'
