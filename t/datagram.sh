#!/bin/sh
# Datagrams with other programs: from systemd-notify and logger to ours,
# from ours to socat.
set -eu
for tool in systemd-notify logger socat; do
	command -v $tool >/dev/null || { echo "no $tool"; exit 77; }
done
directory=$(mktemp -d /tmp/unixport.XXXXXX)
other=
finish()
{
	[ -z "$other" ] || kill $other 2>/dev/null || :
	rm -rf "$directory"
}
trap finish EXIT

# receive COMMAND...: run it when our receiver is there; what came.
receive()
{
	t/life receive "$directory/s" >"$directory/came" &
	other=$!
	until [ -S "$directory/s" ]; do :; done
	"$@"
	wait $other
	other=
	[ ! -e "$directory/s" ]
	cat "$directory/came"
}

receive env NOTIFY_SOCKET="$directory/s" systemd-notify --no-block READY=1 |
    grep 'READY=1'
receive logger -u "$directory/s" -t unixport 'words for the log' |
    grep 'unixport.*words for the log'

socat -u "UNIX-RECVFROM:$directory/s" - >"$directory/came" &
other=$!
until t/life send "$directory/s" 'from ours' 2>/dev/null; do :; done
wait $other
other=
grep -x 'from ours' "$directory/came"
