#!/bin/sh
# greeter: a service that a manager starts for its first client, and that ends
# when it is idle.
. "${0%/*}/examples.subr"
greeter=$PWD/examples/systemd/greeter
units=$srcdir/examples/systemd

usage systemd/greeter
usage systemd/greeter 0
usage systemd/greeter 1x
usage systemd/greeter 1 2
expect 1 'greeter: systemd:: the service manager passed no such socket; start the program through its socket unit' \
    "$greeter" 1000
echo 'ok: errors'

# README and the comment of the program have the same commands.
sed -n 's/^ \*	//p' "$units/greeter.c" >"$directory/comment"
sed -n '/^cd .*examples\/systemd"$/,/^```$/{ //d; p; }' \
    "$srcdir/README.md" >"$directory/block"
[ "$(wc -l <"$directory/comment")" -ge 5 ]
cmp "$directory/comment" "$directory/block"
# The units have the same paths.
for word in ListenStream=/run/greeter.sock Type=notify \
    'ExecStart=/usr/local/bin/greeter 60000'; do
	cat "$units"/greeter.s* | grep -qx "$word"
done
grep -q '^cc .* -o /usr/local/bin/greeter ' "$directory/block"
grep -q ' connect /run/greeter.sock$' "$directory/block"
echo 'ok: commands_of_README'

if command -v systemd-analyze >/dev/null; then
	mkdir "$directory/units"
	cp "$units/greeter.socket" "$directory/units"
	sed "s,/usr/local/bin/greeter,$greeter," "$units/greeter.service" \
	    >"$directory/units/greeter.service"
	# Messages can also concern other units of the machine.
	systemd-analyze verify "$directory"/units/* >"$directory/said" 2>&1 &&
	    ! grep -i greeter "$directory/said" ||
	    { cat "$directory/said"; exit 1; }
	echo 'ok: units_are_valid'
fi

# A manager: it keeps the socket open, starts the service when a client waits,
# and prints the number of starts.
if command -v python3 >/dev/null; then
	cat >"$directory/manager.py" <<-'END'
		import os, select, signal, socket, sys
		path, command = sys.argv[1], sys.argv[2:]
		s = socket.socket(socket.AF_UNIX)
		s.bind(path)
		s.listen(50)
		n = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		n.bind(path + ".notify")
		n.settimeout(20)
		read, write = os.pipe()
		signal.signal(signal.SIGTERM, lambda *_: os.write(write, b"x"))
		starts = 0
		while read not in select.select([s, read], [], [])[0]:
		    starts += 1
		    child = os.fork()
		    if child == 0:
		        os.dup2(s.fileno(), 3)
		        os.set_inheritable(3, True)
		        os.environ.update(LISTEN_PID=str(os.getpid()),
		            LISTEN_FDS="1", NOTIFY_SOCKET=path + ".notify")
		        os.execv(command[0], command)
		    assert n.recv(100) == b"READY=1"
		    assert n.recv(100) == b"STOPPING=1"
		    assert os.waitpid(child, 0)[1] == 0
		print(starts)
	END
	python3 "$directory/manager.py" "$directory/s" "$greeter" 1 \
	    >"$directory/starts" &
	server=$!
	until [ -S "$directory/s" ]; do :; done
	count=0
	while [ $((count += 1)) -le 50 ]; do
		expect 0 "Hello, $count" sh -c "echo $count |
		    t/command/life talk '$directory/s'"
	done
	kill -TERM $server
	wait $server
	server=
	[ "$(cat "$directory/starts")" -ge 2 ]
	rm "$directory/s" "$directory/s.notify"
	echo 'ok: no_client_is_lost_between_two_processes'
fi

command -v systemd-socket-activate >/dev/null ||
    { echo 'no systemd-socket-activate'; exit 77; }

# begin MS: the manager becomes the service when the first client connects.
begin()
{
	t/command/life receive "$directory/notify" >"$directory/state" &
	receiver=$!
	until [ -S "$directory/notify" ]; do :; done
	systemd-socket-activate -l "$directory/s" \
	    -E "NOTIFY_SOCKET=$directory/notify" "$greeter" "$1" \
	    2>"$directory/errors" &
	server=$!
	until [ -S "$directory/s" ]; do :; done
	expect 0 'Hello, world' sh -c "echo world |
	    t/command/life talk '$directory/s'"
	wait $receiver
	[ "$(cat "$directory/state")" = READY=1 ]
}

finish_service()
{
	wait $server || { cat "$directory/errors"; exit 1; }
	server=
	[ -S "$directory/s" ]
}

# It ends by itself, and the socket file remains.
begin 100
finish_service
rm "$directory/s"
begin 600000
kill -TERM $server
finish_service
echo 'ok: systemd-socket-activate'
