#!/bin/sh
# Datagrams with other programs: from systemd-notify and logger, and to socat.
. "${0%/*}/common.sh"
s=$directory/s

# receive COMMAND...: runs COMMAND after the start of a receiver, and prints the
# received datagram.
receive()
{
	start came t/command/life receive "$s"
	until [ -S "$s" ]; do :; done
	limit "$@"
	ended $last
	[ ! -e "$s" ]
}

needs logger systemd-notify socat
receive logger -u "$s" -t unixport 'words for the log'
grep 'unixport.*words for the log' "$directory/came.log"
passed 'logger -u' $(number logger --version) 'a datagram to ours'

start collected examples/log-collector "$s"
until [ -S "$s" ]; do :; done
limit logger -u "$s" -t unixport 'words for the collector'
stop_ours $last
grep "^$(id -ru) [1-9][0-9]* .*unixport.*words for the collector" \
    "$directory/collected.log"
passed 'logger -u' $(number logger --version) 'a datagram to log-collector'

receive env NOTIFY_SOCKET="$s" systemd-notify --no-block READY=1
grep 'READY=1' "$directory/came.log"
passed systemd-notify $(systemd_version systemd-notify) 'a datagram to ours'

start came socat -u "UNIX-RECVFROM:$s" -
until t/command/life send "$s" 'from ours' 2>/dev/null; do :; done
ended $last
grep -x 'from ours' "$directory/came.log"
passed socat $(number socat -V) 'a datagram from ours'
