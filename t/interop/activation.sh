#!/bin/sh
# Socket activation by systemd-socket-activate, with and without names.
. "${0%/*}/common.sh"
needs systemd-socket-activate socat
s=$directory/s
version=$(systemd_version systemd-socket-activate)

# activate ADDRESS OPTION...: a server serves, and leaves the manager's file.
activate()
{
	address=$1; shift
	start server systemd-socket-activate -l "$s" "$@" \
	    examples/line-server "$address"
	limit examples/line-client "$s" "$input"
	stop_ours $last
	[ -S "$s" ]
	rm "$s"
	echo "ok: $address $*"
}

activate systemd:
activate systemd: --fdname=lines
activate systemd:lines --fdname=lines
activate fd:3
start server systemd-socket-activate -l "$s" --fdname=lines \
    examples/line-server systemd:other
limit socat -u OPEN:/dev/null "UNIX-CONNECT:$s,retry=100,interval=0.05"
forget $last
wait $last && exit 1
grep -q 'systemd:other: the service manager passed sockets, but none of' \
    "$directory/server.log"
rm "$s"
passed systemd-socket-activate $version 'starts our server, by systemd: and fd:'

start cat systemd-socket-activate -l "$s" --accept --inetd cat
for kind in $kinds; do
	dialogue $(flag $kind) connect "$s" '> one' '< one' "f $input" '!' \
	    "= $input" '$'
done
stop $last
passed systemd-socket-activate $version 'a process for each of our clients'
