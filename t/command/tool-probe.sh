#!/bin/sh
# unixport probe: each state; the exit status is 0 only for live.
. "${0%/*}/tool-support.sh"
command -v socat >/dev/null || { echo 'no socat'; exit 77; }

serve s cat
expect 0 "live: s: user $(id -u), process $server" "$unixport" probe s
expect 0 "live: unix:s: user $(id -u), process $server" "$unixport" probe unix:s
end TERM
expect 1 'absent: s: nothing is there; is the server running?' \
    "$unixport" probe s
expect 1 'absent: no/s: the directory no does not exist; create it' \
    "$unixport" probe no/s

socat UNIX-LISTEN:s,unlink-close=0 - </dev/null & server=$!
pids="$pids $server"
until_true test -S s
kill $server
wait $server || :
expect 1 'stale: s: no server is listening there (a stale socket file); start the server' \
    "$unixport" probe s
expect 1 'stale: unix:s: no server is listening there (a stale socket file); start the server' \
    "$unixport" probe unix:s
# The file remains, and a server reclaims it.
[ -S s ]
serve s cat
end TERM

: >file
expect 1 'not a socket: file: a regular file, not a socket; is the path right?' \
    "$unixport" probe file
expect 1 'not a socket: .: a directory, not a socket; is the path right?' \
    "$unixport" probe .
expect 1 'absent: file/s: a component of the path is not a directory; is the path right?' "$unixport" probe file/s

"$unixport" probe fd:0 </dev/null >said 2>&1 && fail 'no socket' || [ $? = 1 ]
grep -q '^not a socket: fd:0: ' said || fail 'no socket'

socat -u UNIX-RECV:d,unlink-early - >datagrams & server=$!
pids="$pids $server"
until_true test -S d
expect 1 'of another type: d: the socket is of another type (datagram); is the address right?' \
    "$unixport" probe d
kill $server
wait $server || :
[ ! -s datagrams ]

if [ "$(uname -s)" = Linux ]; then
	expect 1 "absent: @up.$$: no server is bound to this name in this network namespace; is it running?" \
	    "$unixport" probe "@up.$$"
	serve "@up.$$" cat
	expect 0 "live: @up.$$: user $(id -u), process $server" \
	    "$unixport" probe "@up.$$"
	end TERM
fi
name=$(printf 's\nt\\u')
serve "$name" cat
expect 0 "live: s\\x0at\\\\u: user $(id -u), process $server" \
    "$unixport" probe "$name"
end TERM
echo 'ok: states'

# python binds a socket, then listens with a full backlog.
if command -v python3 >/dev/null; then
	cat >steps.py <<-'END'
		import socket, subprocess, sys
		def probe():
		    done = subprocess.run([sys.argv[1], "probe", "b"],
		        stdout=subprocess.PIPE, text=True)
		    print(done.returncode, done.stdout, end="")
		s = socket.socket(socket.AF_UNIX)
		s.bind("b")
		probe()
		s.listen(0)
		c = socket.socket(socket.AF_UNIX)
		c.connect("b")
		probe()
	END
	expect 0 '1 not listening: b: no server was listening there a moment ago; try again
0 live: b: no answer before the timeout; is the server busy?' \
	    python3 steps.py "$unixport"
	echo 'ok: a server that begins, one that is full'
fi
expect 1 'unixport: "": the address is empty; specify a path' "$unixport" probe ''
