#!/bin/sh
# Socket activation by the real thing, with and without names.
set -eu
command -v systemd-socket-activate >/dev/null ||
    { echo 'no systemd-socket-activate'; exit 77; }
directory=$(mktemp -d /tmp/unixport.XXXXXX)
server=
finish()
{
	[ -z "$server" ] || kill $server 2>/dev/null || :
	rm -rf "$directory"
}
trap finish EXIT
input=$srcdir/README.md

# activate ADDRESS OPTION...: it serves, and leaves the manager's file.
activate()
{
	address=$1; shift
	systemd-socket-activate -l "$directory/s" "$@" \
	    examples/line-server "$address" 2>"$directory/words" &
	server=$!
	examples/line-client "$directory/s" "$input"
	kill -TERM $server
	wait $server || { cat "$directory/words"; exit 1; }
	server=
	[ -S "$directory/s" ]
	rm "$directory/s"
	echo "ok: $address $*"
}

activate systemd:
activate systemd: --fdname=lines
activate systemd:lines --fdname=lines
activate fd:3

systemd-socket-activate -l "$directory/s" --fdname=lines \
    examples/line-server systemd:other 2>"$directory/words" &
server=$!
socat -u OPEN:/dev/null "UNIX-CONNECT:$directory/s,retry=100,interval=0.05"
wait $server && exit 1
server=
grep -q 'systemd:other: the service manager has passed no such socket' \
    "$directory/words"
echo 'ok: a name that was not passed'
