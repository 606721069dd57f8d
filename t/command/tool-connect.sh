#!/bin/sh
# unixport connect: every byte both ways, the half-close, and each error.
. "${0%/*}/tool-support.sh"

serve s cat
head -c 64000000 /dev/urandom >big
"$unixport" connect s <big | cmp - big		# a file, a pipe
cat big | "$unixport" connect s >copy		# a pipe, a file
cmp copy big
"$unixport" connect s <big >copy
cmp copy big
cat big | "$unixport" connect s | cmp - big
: | "$unixport" connect s | cmp - /dev/null
"$unixport" connect s <&- | cmp - /dev/null
if [ -e /proc/self/fd/0 ]; then
	LD_LIBRARY_PATH=$libraries "$itself" connect s \
	    sh -c 'readlink /proc/$$/fd/2 >files' 2>&-
	[ "$(cat files)" = /dev/null ] || fail "descriptors: $(cat files)"
fi
end TERM
echo 'ok: 64 MB, byte for byte'

# The answer begins after EOF of the input, and is read until EOF.
serve s sh -c 'n=$(wc -c); head -c 5000000 /dev/zero; echo "$n"'
[ "$(head -c 3000000 big | "$unixport" connect s | tail -c 8)" = 3000000 ]
end TERM
echo 'ok: half-close'

# A server that has ended its answer continues to read.
if command -v python3 >/dev/null; then
	cat >half.py <<-'END'
		import socket
		s = socket.socket(fileno=0)
		s.send(b"answer\n")
		s.shutdown(socket.SHUT_WR)
		open("taken", "wb").write(s.makefile("rb").read())
	END
	serve s python3 half.py
	[ "$("$unixport" connect s <big)" = answer ]
	end TERM
	cmp taken big

	# Later input is sent, too; without any, the close is noticed.
	cat >later.py <<-'END'
		import os, socket
		s = socket.socket(fileno=0)
		s.send(b"answer\n")
		s.shutdown(socket.SHUT_WR)
		with open("later", "wb") as file:
		    file.write(s.recv(100))
	END
	serve s python3 later.py
	mkfifo input
	: >got
	"$unixport" connect s <input >got & client=$!
	pids="$pids $client"
	exec 7>input
	until_true grep -q answer got
	echo question >&7
	wait $client
	exec 7>&-
	end TERM
	[ "$(cat later)" = question ]
	echo 'ok: an answer that ends first'
fi

# A non-blocking standard output receives all bytes.
if command -v python3 >/dev/null; then
	cat >hasty.py <<-'END'
		import os, subprocess, sys
		r, w = os.pipe()
		os.set_blocking(w, False)
		done = subprocess.Popen([sys.argv[1], "connect", "s"], stdout=w,
		    stdin=subprocess.DEVNULL)
		os.close(w)
		n = 0
		while True:
		    bytes = os.read(r, 4096)
		    if not bytes:
		        break
		    n += len(bytes)
		print(done.wait(), n)
	END
	serve s head -c 3000000 big
	expect 0 '0 3000000' python3 hasty.py "$unixport"
	end TERM
	echo 'ok: an output that does not block'
fi

# Both sides send before they read.
serve s sh -c 'cat big; cat >taken'
"$unixport" connect s <big | cmp - big
end TERM
cmp taken big
echo 'ok: both sides full'

# The server closes while a terminal or a pipe is idle.
serve s echo hello
mkfifo idle
sleep 60 >idle & sleeper=$!
pids="$pids $sleeper"
expect 0 hello "$unixport" connect s <idle
kill $sleeper
# A program that writes after the close receives an error.
late() {
	rm -f late
	mkfifo late
	{ "$unixport" connect s 2>said; echo $? >got; } <late |
	    { exec 3>late; read -r _; sleep 0.05; echo more >&3; }
	[ "$(cat got)" = 1 ]
}
tries=0
until late; do
	[ $((tries += 1)) -lt 20 ] || fail "a late writer receives no error"
done
# The server closes with unread input.
expect 1 "hello
unixport: s: the peer closed the connection before it received all input" \
    "$unixport" connect s <big
ln -s s "$(printf 'two\nlines')"
expect 1 'hello
unixport: two\x0alines: the peer closed the connection before it received all input' \
    "$unixport" connect "$(printf 'two\nlines')" <big
end TERM
echo 'ok: a server that closes'

serve s cat big
"$unixport" connect s </dev/null 2>said | head -c 10 >/dev/null
grep -qx 'unixport: standard output: Broken pipe' said || fail pipe
if [ -c /dev/full ]; then
	"$unixport" connect s </dev/null >/dev/full 2>said && fail full
	grep -qx 'unixport: standard output: No space left on device' said
fi
expect 1 'unixport: standard output: Bad file descriptor' \
    sh -c "\"$unixport\" connect s 2>&1 1>&- </dev/null"
expect 1 'unixport: standard input: Is a directory' \
    sh -c "\"$unixport\" connect s </ 2>&1 >/dev/null"
end TERM
echo 'ok: outputs that fail'

serve s cat
# Options after the address belong to COMMAND, whose status is returned.
expect 7 '' "$unixport" connect s sh -c 'echo x; read -r y; [ $y = x ] && exit 7'
"$unixport" connect s sh -c 'kill $$' 2>said && got=0 || got=$?
[ $got = 143 ] || fail "status $got, killed by SIGTERM"
expect 1 'unixport: no-such-program: No such file or directory' \
    "$unixport" connect s no-such-program
expect 1 'unixport: /: Permission denied' "$unixport" connect s /
# In COMMAND SIGPIPE has its default action, and no other descriptor is open.
expect 0 '' sh -c "trap '' PIPE; exec \"$unixport\" connect s sh -c \
    'test -z \"\$(trap)\"'"
expect 0 "$usual_files" "$unixport" connect s \
    sh -c 'echo $(ls /proc/self/fd 2>/dev/null) >&2'
end TERM
echo 'ok: with a command'

expect 1 'unixport: s: nothing is there; is the server running?' \
    "$unixport" connect s
expect 1 'unixport: s: nothing is there; is the server running?' \
    "$unixport" connect -w 0.05 s
expect 1 'unixport: s: nothing is there; is the server running?' \
    "$unixport" connect -w 0 s
expect 1 'unixport: "": the address is empty; specify a path' \
    "$unixport" connect ''
expect 1 'unixport: fd:9: the descriptor is not open; specify an open socket' \
    "$unixport" connect fd:9
{ sleep 0.2; exec "$unixport" listen s </dev/null >got; } & server=$!
pids="$pids $server"
echo late | "$unixport" connect -w 20 s
wait $server
[ "$(cat got)" = late ]
echo 'ok: errors, and a server that comes late'

# -v prints only to a terminal.
serve s cat
head -c 3000000 big | "$unixport" connect -v s 2>said | cmp -n 3000000 - big
[ ! -s said ]
if command -v script >/dev/null && script --version 2>/dev/null |
    grep -q util-linux; then
	script -qec "\"$unixport\" connect -v s <big 2>&1 >copy" typescript \
	    </dev/null >shown
	cmp copy big
	grep -q '64.0 MB sent, 64.0 MB received, .*B/s' shown || fail rate
	echo 'ok: -v'
fi
end TERM
# The mean rate is that since the connection: 1000 bytes in 0.2 seconds.
serve s sh -c 'read -r line; sleep 0.2; head -c 1000 big'
echo go | "$build/t/command/terminal" "$unixport" connect -v s >copy 2>shown
end TERM
tr '\r' '\n' <shown | tail -n 1 >last
grep -qE '^3 B sent, 1.0 kB received, ([1-9][0-9]* B|[1-5]\.[0-9] kB)/s' last ||
    fail "rate: $(cat last)"
echo 'ok: the mean rate'
