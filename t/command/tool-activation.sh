#!/bin/sh
# unixport listen on a service manager's socket, and its messages to it.
. "${0%/*}/tool-support.sh"

# A datagram socket of python, which adds no newline, replaces the manager.
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

	# The queue of the manager and the pipe for the newline are full.  The
	# server serves, reaps and ends, and reports when there is room.
	cat >busy.py <<-'END'
		import errno, os, signal, socket, subprocess, sys, time
		unixport, mode = sys.argv[1:]
		manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		manager.bind("notify")
		manager.settimeout(20)
		stuffing = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		stuffing.setblocking(False)
		read, write = os.pipe()
		os.set_blocking(write, False)
		count = size = 0
		try:
		    while True:
		        stuffing.sendto(b"old", "notify")
		        count += 1
		except OSError as e:
		    if e.errno not in (errno.EAGAIN, errno.ENOBUFS):
		        raise
		try:
		    while True:
		        size += os.write(write, bytes(4096))
		except BlockingIOError:
		    pass
		os.set_blocking(write, True)

		def start(*command, **more):
		    return subprocess.Popen([unixport, "listen", *command],
		        env=dict(os.environ, NOTIFY_SOCKET=os.path.abspath("notify")),
		        stdin=subprocess.DEVNULL, **more)

		def until(what):
		    for i in range(2000):
		        if what():
		            return
		        time.sleep(0.01)
		    sys.exit("never")

		def visit():
		    s = socket.socket(socket.AF_UNIX)
		    s.settimeout(20)
		    # The file exists before the server listens.
		    until(lambda: s.connect_ex("s") == 0)
		    s.sendall(b"hello")
		    s.shutdown(socket.SHUT_WR)
		    while s.recv(100):
		        pass

		# This fails if ps(1) cannot see the server.
		def zombies(p):
		    rows = [line.split() for line in subprocess.run(["ps", "-A", "-o",
		        "pid=", "-o", "ppid=", "-o", "stat="], check=True,
		        capture_output=True, text=True).stdout.splitlines()]
		    assert [row for row in rows if row[0] == str(p.pid)]
		    return [row for row in rows if row[1] == str(p.pid) and
		        row[2][0] == "Z"]

		def end(p):
		    p.send_signal(signal.SIGTERM)
		    if p.wait(20) != 0:
		        sys.exit("status %d" % p.returncode)

		commands = { "one": ["s"], "many": ["s", "cat"],
		    "newline": ["-1", "s", "cat"] }
		def start_it():
		    p = start(*commands[mode], **({"stdout": write}
		        if mode == "newline" else {}))
		    until(lambda: os.path.exists("s"))
		    return p

		p = start_it()
		try:
		    if mode != "one":
		        for i in range(5):
		            visit()
		        until(lambda: not zombies(p))
		    end(p)
		    p = start_it()
		    if mode == "newline":
		        os.close(write)
		        while size > 0:
		            size -= len(os.read(read, size))
		        assert os.read(read, 100) == b"\n"
		        assert os.read(read, 100) == b""
		    for i in range(count):
		        assert manager.recv(100) == b"old"
		    assert manager.recv(100) == b"READY=1"
		    end(p)
		finally:
		    p.kill()
	END
	for mode in one many newline; do
		rm -f notify
		expect 0 '' python3 busy.py "$unixport" $mode
	done
	rm notify
	echo 'ok: full queue of the manager does not block the server'
fi

# Another holder of a non-blocking pipe fills it before the newline.
if can_fault; then
	for error in EAGAIN EINTR; do
		# The program writes nothing: its first write would fail, too.
		serve_with_fault write:error=$error:when=1 "$directory/s" true
		until_true grep -q "write.* $error .*(INJECTED)" trace
		expect 0 '' "$unixport" connect s </dev/null
		end TERM
	done
	echo 'ok: pipe filled by another process does not end the server'
fi

command -v systemd-socket-activate >/dev/null ||
    { echo 'no systemd-socket-activate'; exit 77; }

# activate ADDRESS OPTION...: the server serves and keeps the manager's file.
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
