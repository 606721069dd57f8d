#!/bin/sh
# unixport listen -p: a descriptor of the client's process for each program.
. "${0%/*}/tool-support.sh"

# The error of a system without pidfds comes before a socket file exists.
"$unixport" listen -p s no-such >said 2>&1 && fail no-such || [ $? = 1 ]
case $(cat said) in
'unixport: no-such: No such file or directory') has_pidfds=yes ;;
'unixport: -p: the system has no descriptors of clients; Linux 6.5 or later is required')
	has_pidfds=no ;;
*) fail 'neither error' ;;
esac
[ ! -e s ]
# qemu does not pass the option to the kernel.
if [ $has_pidfds = no ] && can_fault; then
	python3 -c 'import socket
a, b = socket.socketpair()
a.getsockopt(socket.SOL_SOCKET, 77)' 2>/dev/null &&
	    fail 'the kernel has SO_PEERPIDFD'
fi
if [ $has_pidfds = no ] || [ ! -e /proc/self/fdinfo/0 ]; then
	echo 'ok: without pidfds'
	exit 0
fi

# Prints the variable, the numbers of all pidfds, and their processes.
cat >report.sh <<'END'
pidfds=
processes=
for file in /proc/$$/fdinfo/*; do
	process=$(sed -n 's/^Pid:[[:blank:]]*//p' "$file" 2>/dev/null)
	[ -z "$process" ] || {
		pidfds="$pidfds ${file##*/}"
		processes="$processes $process"
	}
done
echo "${UNIXREMOTEPIDFD-unset}:$pidfds:$processes"
cat >/dev/null
END

# client FILE: writes its process and the report to FILE, and stays connected.
mkfifo hold
exec 8<>hold
clients=
client()
{
	"$unixport" connect -w 20 s sh -c 'read -r report
	    echo "$$ $report" >"$0.new"
	    mv "$0.new" "$0"
	    read -r line <hold' "$1" 8<&- &
	clients="$clients $!"
	pids="$pids $!"
}

# One pidfd, of the client, also beside programs of other clients.
check_report()
{
	IFS=' :' read -r client number pidfds processes <"$1"
	[ "$number" -ge 3 ] && [ "$pidfds" = "$number" ] &&
	    [ "$processes" = "$client" ] || fail "$1: $(cat "$1")"
}

descriptors() { ls /proc/$server/fd | wc -l; }
has_closed_all() { [ "$(descriptors)" -le "$before" ]; }

for option in -p --pidfd; do
	UNIXREMOTEPIDFD=lie serve $option s sh report.sh
	clients=
	"$unixport" connect s </dev/null >got
	before=$(descriptors)
	client one
	client two
	client three
	until_true test -e one -a -e two -a -e three
	for file in one two three; do
		check_report $file
	done
	until_true has_closed_all
	echo >&8
	echo >&8
	echo >&8
	wait $clients
	end TERM
	rm one two three
done
echo 'ok: each program has a pidfd of its client and no other'

UNIXREMOTEPIDFD=lie serve s sh report.sh
client one
until_true test -e one
echo >&8
wait $!
end TERM
case $(cat one) in
*' unset::') ;;
*) fail "without -p: $(cat one)" ;;
esac
rm one
echo 'ok: no pidfd without -p'

# A descriptor that the server inherits keeps its number.
echo inherited >file
serve -p s sh -c 'cat <&3; test -e "/proc/self/fdinfo/$UNIXREMOTEPIDFD" &&
    echo "$UNIXREMOTEPIDFD"' 3<file 4<file
"$unixport" connect s </dev/null >got
end TERM
[ "$(sed -n 1p got)" = inherited ] && [ "$(sed -n 2p got)" -ge 5 ] ||
    fail "$(cat got)"
echo 'ok: inherited descriptors keep their numbers'

# Clients that wait for the end of a program of their user.
serve -p -C 1 s sh -c 'grep "^Pid:" "/proc/self/fdinfo/$UNIXREMOTEPIDFD"'
expect 0 100 "$build/t/command/life" visit s 100
end TERM
echo 'ok: postponed clients'

# A client that has ended: its pidfd refers to no process.
if command -v python3 >/dev/null; then
	serve -p s sh -c 'sh report.sh >>ended'
	kill -STOP $server
	python3 -c 'import socket
socket.socket(socket.AF_UNIX).connect("s")'
	kill -CONT $server
	until_true test -s ended
	end TERM
	case $(cat ended) in
	unset::|*' -1') ;;
	*) fail "a client that has ended: $(cat ended)" ;;
	esac
	echo 'ok: a client that has ended'
fi

. "$here/tool-support-faults.sh"

expect 1 'unixport: -p: the system has no descriptors of clients; Linux 6.5 or later is required' \
    with 'no pidfd' "$unixport" listen -p s cat
[ ! -e s ]
expect 1 'unixport: socket pair: Function not implemented' \
    with 'no pair' "$unixport" listen -p s cat
# The text for EMFILE differs between libcs.
too_many=$(with 'first pidfd' "$unixport" listen -p s cat 2>&1) || :
too_many=${too_many#unixport: -p: }
case $too_many in
'Too many open files'|'No file descriptors available') ;;
*) fail "$too_many" ;;
esac
expect 1 "unixport: -p: $too_many" \
    with 'first pidfd' "$unixport" listen -p s cat
# serve_with FAULT: exec, so that $server is the server.
serve_with()
{
	(FAULT=$1 LD_PRELOAD=$directory/faults.so && export FAULT LD_PRELOAD &&
	    exec "$unixport" listen -1 -p s sh report.sh) >ready 2>words &
	await_server
}
serve_with 'later pidfd'
client one
until_true test -e one
echo >&8
wait $!
end TERM
check_report one
expect 0 "unixport: shortage: $too_many; clients wait" cat words
serve_with 'ended client'
expect 0 unset:: "$unixport" connect s </dev/null
end TERM
expect 0 '' cat words
echo 'ok: systems and clients without a pidfd'
