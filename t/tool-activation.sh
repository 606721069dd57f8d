#!/bin/sh
# unixport listen on a service manager's socket, and what it tells him.
. "$srcdir/t/tool-support.sh"

# A datagram socket in his place; with python, which does not add newlines.
if command -v python3 >/dev/null; then
	cat >manager.py <<-'END'
		import os, signal, socket, subprocess, sys
		name, command = sys.argv[1], sys.argv[2:]
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind("\0" + name[1:] if name[0] == "@" else name)
		s.settimeout(20)
		p = subprocess.Popen(command, env=dict(os.environ, NOTIFY_SOCKET=name),
		    stdin=subprocess.DEVNULL)
		print(s.recv(100).decode(), flush=True)
		p.send_signal(signal.SIGTERM)
		if len(command) > 3:
		    print(s.recv(100).decode(), flush=True)
		sys.exit(p.wait())
	END
	expect 0 'READY=1
STOPPING=1' python3 manager.py "$directory/notify" "$unixport" listen s cat
	rm notify
	expect 0 READY=1 python3 manager.py "$directory/notify" "$unixport" listen s
	[ "$(uname -s)" != Linux ] || expect 0 'READY=1
STOPPING=1' python3 manager.py "@up.$$" "$unixport" listen s cat
	echo 'ok: NOTIFY_SOCKET'
fi

command -v systemd-socket-activate >/dev/null ||
    { echo 'no systemd-socket-activate'; exit 77; }

# activate ADDRESS OPTION...: it serves, and leaves the manager's file.
activate()
{
	address=$1; shift
	systemd-socket-activate -l "$directory/s" -l "$directory/other" "$@" \
	    "$unixport" listen "$address" sh -c \
	    'echo "$UNIXLOCALPATH" $LISTEN_FDS $(ls /proc/self/fd)' 2>words &
	server=$!
	pids="$pids $server"
	until_true test -S s
	[ "$("$unixport" connect -w 20 s </dev/null)" = \
	    "$directory/s 0 1 2 3" ] || fail "$address: $(cat words)"
	kill -TERM $server
	wait $server || fail "$(cat words)"
	[ -S s ]
	rm s other
}

activate systemd:
activate systemd:lines --fdname=lines:more
activate fd:3
echo 'ok: systemd-socket-activate'
