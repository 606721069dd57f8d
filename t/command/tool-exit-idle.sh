#!/bin/sh
# unixport listen -x: the end of a server that is idle, and its last clients.
. "${0%/*}/tool-support.sh"

# ends: $server has ended by itself, with status 0.
ends()
{
	wait $server || fail "status $?: $(cat words)"
	[ ! -s words ] || fail "$(cat words)"
}

serve -x 0.05 s cat
ends
[ ! -e s ] || fail 'the file remains'
serve --exit-idle=0.05 s cat
ends
# The time begins at the end of the last program, not at its start.
mkfifo input
serve -x 1 s sh -c 'echo up; read -r line; echo "$line"'
"$unixport" connect s <input >got & client=$!
pids="$pids $client"
exec 7>input
until_true grep -q up got
sleep 1.3
kill -0 $server || fail 'a client is connected'
echo served >&7
exec 7>&-
wait $client
kill -0 $server || fail 'the time has not begun'
ends
[ "$(cat got)" = 'up
served' ]
# A client that waits for the only slot is served.
serve -x 3 -c 1 s sh -c 'sleep 0.1; echo served'
clients=
for client in 1 2; do
	"$unixport" connect s </dev/null >got.$client & clients="$clients $!"
done
wait $clients
end TERM
[ "$(cat got.1 got.2)" = 'served
served' ] || fail "$(cat got.1 got.2)"
echo 'ok: idle server ends'

# A signal ends the server at any time.
serve -x 1000 s cat
end TERM
[ ! -e s ]
echo 'ok: signal'

# cycles N ADDRESS IDLE: servers whose clients connect about the time of their
# end; none that has connected is lost.
cycles()
{
	count=$1
	while [ $((count -= 1)) -ge 0 ]; do
		serve -x 0.0$3 "$2" cat
		"$build/t/command/life" chase "$2" $3 >got 2>&1 ||
		    fail "$(cat got)"
		ends
	done
}

cycles 20 s 10
[ "$(uname -s)" != Linux ] || cycles 20 @up.$$ 10
echo 'ok: no client is lost at the end'

# The same with a long time between the decision and the end.
if can_fault; then
	for address in "$directory/s" @up.$$; do
		case $address in
		@*) call=shutdown ;;
		*) call='?renameat2' ;;
		esac
		for count in 1 2 3 4 5; do
			serve_with_fault $call:delay_enter=50000 -x 0.02 \
			    "$address" cat
			"$build/t/command/life" chase "$address" 40 >got 2>&1 ||
			    fail "$(cat got)"
			ends
		done
	done
	echo 'ok: no client is lost at a slow end'

	# The same with errors of accept(2), which do not mean an empty queue.
	for error in EPERM EMFILE; do
		serve_with_fault "?renameat2:delay_enter=500000
		    accept:error=$error:when=1..2" -x 0.3 "$directory/s" cat
		"$build/t/command/life" chase "$directory/s" 400 >got 2>&1 ||
		    fail "$error: $(cat got)"
		wait $server || fail "status $?: $(cat words)"
		[ -s words ] || fail "$error is not reported"
	done
	echo 'ok: no client is lost after an error of accept'

	# The time ends while threads are being started; all programs have the
	# same environment.
	(cd "$build" && ASAN_OPTIONS=detect_leaks=0 exec ./libtool \
	    --mode=execute strace -f -qq -o "$directory/trace" \
	    -e inject=clone3,clone:delay_exit=200000 \
	    -e 'inject=?renameat2:delay_enter=300000' ./unixport listen \
	    -x 0.05 "$directory/s" sh -c 'echo "${UNIXLOCALPATH-unset}"
	    sleep 1') & server=$!
	pids="$pids $server"
	until_true test -S s
	sleep 0.12
	clients=
	for client in 1 2 3 4 5 6 7 8; do
		"$unixport" connect s </dev/null >got.$client 2>&1 &
		clients="$clients $!"
	done
	for client in $clients; do wait $client || :; done
	wait $server
	! grep unset got.? ||
	    fail 'no UNIXLOCALPATH'
	echo 'ok: environment of programs at the end'
fi

# Without a command, the wait for the client is limited.
expect 1 'unixport: s: no client has connected in time' \
    "$unixport" listen -x 0.05 s </dev/null
[ ! -e s ]
"$unixport" listen -x 20 s </dev/null >got & server=$!
pids="$pids $server"
echo hello | "$unixport" connect -w 20 s
wait $server
[ "$(cat got)" = hello ]
echo 'ok: without a command'

# A file that cannot be removed is an error, and the clients are served.
if can_fault; then
	serve_with_fault 'unlink,unlinkat:error=EROFS' -x 0.05 \
	    "$directory/s" cat
	wait $server && fail 'the status of a file that remains' || [ $? = 1 ]
	grep -q "^unixport: $directory/s: .*[Rr]ead-only" words ||
	    fail "$(cat words)"
	rm -f s
	echo 'ok: a file that cannot be removed'
fi

# The queue of an inherited socket remains for the next server, and the service
# manager is notified.
if command -v python3 >/dev/null; then
	cat >manager.py <<-'END'
		import os, socket, subprocess, sys
		listener = socket.socket(socket.AF_UNIX)
		listener.bind("s")
		listener.listen(100)
		manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		manager.bind("notify")
		manager.settimeout(20)
		fd = listener.fileno()
		clients = lost = 0
		for i in range(20):
		    server = subprocess.Popen([sys.argv[1], "listen", "-x", "0.01",
		        "fd:%d" % fd, "cat"], pass_fds=[fd], env=dict(os.environ,
		        NOTIFY_SOCKET=os.path.abspath("notify")))
		    assert manager.recv(100) == b"READY=1"
		    waiting = []
		    while server.poll() is None:
		        s = socket.socket(socket.AF_UNIX)
		        s.settimeout(20)
		        s.connect("s")
		        s.sendall(b"x")
		        s.shutdown(socket.SHUT_WR)
		        waiting.append(s)
		        if server.poll() is not None:
		            break
		        try:
		            server.wait(0.008 + i * 0.0003)
		        except subprocess.TimeoutExpired:
		            pass
		    assert server.returncode == 0, server.returncode
		    assert manager.recv(100) == b"STOPPING=1"
		    # The next server serves those that this one has left.
		    server = subprocess.Popen([sys.argv[1], "listen", "-x", "0.05",
		        "fd:%d" % fd, "cat"], pass_fds=[fd])
		    for s in waiting:
		        clients += 1
		        lost += s.recv(10) != b"x"
		    assert server.wait(20) == 0
		assert os.path.exists("s")
		print(lost)
	END
	expect 0 0 python3 manager.py "$unixport"
	echo 'ok: an inherited socket'
fi
