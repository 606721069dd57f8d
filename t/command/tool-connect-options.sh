#!/bin/sh
# unixport connect: the options -K, -e, -i, -w inf and --abstract-padded.
. "${0%/*}/tool-support.sh"

mkfifo input
head -c 3000000 /dev/urandom >big

# threads PID: the number of threads of a process.
threads() { ls /proc/$1/task | wc -l; }
has_threads() { [ "$(threads $1)" = $2 ]; }

# ask OPTION...: a client whose input ends before its server, strict, answers.
ask()
{
	rm -f go
	: >got
	"$unixport" connect "$@" s <input >got 2>said & client=$!
	pids="$pids $client"
	exec 7>input
	until_true grep -q ready got
	before=$(threads $client)
	echo question >&7
	exec 7>&-
	# The thread of the input ends after the half-close.
	until_true has_threads $client $((before - 1))
	: >go
	wait $client
}

if [ -e /proc/self/task ]; then
	serve s "$build/t/command/strict" go
	ask
	[ "$(cat got)" = ready ] || fail 'no half-close without -K'
	for option in -K --keep-open; do
		ask $option
		[ "$(cat got)" = 'ready
answer' ] || fail "a half-close with $option"
	done
	end TERM
fi

# The server ends the connection; the input, a pipe or a terminal, is idle.
serve s echo hello
sleep 100 >input & sleeper=$!
pids="$pids $sleeper"
expect 0 hello "$unixport" connect -K s <input
kill $sleeper
expect 0 hello "$build/t/command/terminal" "$unixport" connect -K s </dev/null
printf '\004' >typed
expect 0 hello "$build/t/command/terminal" "$unixport" connect -K s <typed
end TERM
serve s sh -c 'read -r line; echo "$line"'
printf 'one\n\004' >typed
expect 0 one "$build/t/command/terminal" "$unixport" connect -K s <typed
[ "$(echo two | "$unixport" connect -K s)" = two ]
# The answer of a server that closes with a byte of input unread is complete.
printf 'quit\n\n' >typed
expect 1 'quit
unixport: s: the peer closed the connection before it received all input' \
    "$unixport" connect -K s <typed
end TERM
# An error of the input is reported although the server waits for EOF.
serve s cat
expect 1 'unixport: standard input: Is a directory' \
    "$unixport" connect -K s </
expect 1 'unixport: standard output: Bad file descriptor' \
    sh -c "echo x | \"$unixport\" connect -K s 2>&1 1>&-"
end TERM
serve s cat big
{ "$unixport" connect -K s <input 2>said || echo $? >status; } |
    head -c 10 >/dev/null &
exec 7>input
until_true test -s status
exec 7>&-
[ "$(cat status)" = 1 ]
grep -qx 'unixport: standard output: Broken pipe' said || fail 'no EPIPE'
end TERM
echo 'ok: -K'

# A server that does nothing: the time is over.
serve s sleep 100
expect 0 '' "$unixport" connect -i 0.05 s </dev/null
expect 0 '' "$unixport" connect -K --idle=0.05 s </dev/null
expect 0 '' "$unixport" connect -i 0.0001 s </dev/null
sleep 100 >input & sleeper=$!
pids="$pids $sleeper"
expect 0 '' "$unixport" connect -i 0.05 s <input
kill $sleeper
expect 0 'unixport: s: the idle limit was reached before an answer' \
    "$build/t/command/terminal" "$unixport" connect -i 0.05 s </dev/null
expect 1 'unixport: s: the idle limit was reached before an answer' \
    "$unixport" connect -e -i 0.05 s </dev/null
# Input that the server does not take is an error.
expect 1 'unixport: s: the idle limit was reached before all input was sent' \
    "$unixport" connect -i 0.2 s <big
cat big | expect 1 \
    'unixport: s: the idle limit was reached before all input was sent' \
    "$unixport" connect -i 0.2 s
# Input that it has not read yet is not.
echo hello | expect 0 '' "$unixport" connect -i 0.05 s
end HUP

# Nor is output lost if its reader does not read.
serve s cat big
rm status
{ "$unixport" connect -i 0.2 s </dev/null 2>said || echo $? >status; } |
    { until_true test -s status; cat >/dev/null; }
[ "$(cat status)" = 1 ] || fail 'a reader that does not read'
grep -qx 'unixport: standard output: the idle limit was reached before all output was written' said || fail 'a reader that does not read'
"$unixport" connect -i 20 s </dev/null | cmp - big
"$unixport" connect -i 20 s </dev/null >copy
cmp copy big
end TERM
serve s cat
cat big | "$unixport" connect -i 20 s | cmp - big
"$unixport" connect -i 20 s <big >copy
cmp copy big
end TERM

# An error that the file system reports in close(2).
serve s sh -c 'echo hello; sleep 100'
if can_fault; then
	with_fault "$directory/copy" close:error=EIO connect -i 1 \
	    "$directory/s" </dev/null >copy 2>said && fail close || [ $? = 1 ]
	grep -qxE 'unixport: standard output: (Input/output|I/O) error' said ||
	    fail close
fi
end HUP

# Bytes in one direction keep a connection for longer than the limit.
cat >slowly <<'END'
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 0.2; echo $i; done
END
serve s sh slowly
[ "$("$unixport" connect -i 2 s </dev/null | wc -l)" = 12 ] ||
    fail 'an answer does not keep the connection'
end TERM
serve s sh -c 'cat >taken'
sh slowly | "$unixport" connect -i 2 s
end TERM
[ "$(wc -l <taken)" = 12 ] || fail 'input does not keep the connection'

# At the limit, bytes have arrived that a delayed thread of the client has not
# read, or has read and not recorded.
serve s cat
if can_fault; then
	exec 7<>input
	for delay in enter exit; do
		echo hello >&7
		got=$(cd "$build" && ASAN_OPTIONS=detect_leaks=0 exec ./libtool \
		    --mode=execute strace -f -qq -o "$directory/trace" \
		    -e inject=splice:delay_$delay=1000000:when=1 \
		    ./unixport connect -i 0.3 "$directory/s" <&7)
		[ "$got" = hello ] || fail "bytes are lost: delay_$delay"
	done
	exec 7>&-
fi
end TERM
echo 'ok: -i'

# A server that has read the input and sends nothing.
none='the server closed the connection without an answer'
printf '\004' >typed
serve s sh -c 'cat >/dev/null'
expect 0 '' "$unixport" connect s <big
for option in -e --expect-answer; do
	expect 1 "unixport: s: $none; if it should answer, try -K" \
	    "$unixport" connect $option s <big
done
expect 0 "unixport: s: $none; if it should answer, try -K" \
    "$build/t/command/terminal" "$unixport" connect s <typed
expect 1 "unixport: s: $none; if it should answer, try -K" \
    "$build/t/command/terminal" "$unixport" connect -e s <typed
end TERM
serve s true
expect 1 "unixport: s: $none" "$unixport" connect -e -K s </dev/null
# Nothing suggests -K if the connection was not half-closed.
sleep 100 >input & sleeper=$!
pids="$pids $sleeper"
expect 1 "unixport: s: $none" "$unixport" connect -e s <input
kill $sleeper
expect 0 "unixport: s: $none" \
    "$build/t/command/terminal" "$unixport" connect s </dev/null
end TERM
serve s cat
expect 0 x sh -c "printf x | \"$unixport\" connect -e s"
expect 0 x sh -c "printf x | \"$unixport\" connect -i 0.05 -e -K s"
end HUP
# A client may send nothing.
"$build/t/command/terminal" "$unixport" listen s <typed >got 2>said &
server=$!
pids="$pids $server"
"$unixport" connect -w 20 s </dev/null
wait $server
[ ! -s said ] || fail 'a silent client'
# A server that ends before it accepts.
"$build/t/command/life" decline s >ready 2>words &
await_server
expect 1 'unixport: s: the peer closed the connection before it was accepted, or with unread data' "$unixport" connect s <&-
wait $server
echo 'ok: -e'

for option in '-w inf' --wait=inf; do
	{ sleep 0.1; exec "$unixport" listen s </dev/null >got; } & server=$!
	pids="$pids $server"
	echo late | "$unixport" connect $option s
	wait $server
	[ "$(cat got)" = late ]
done
echo 'ok: -w inf'

if [ "$(uname -s)" = Linux ]; then
	name="@unixport.$$"
	none="unixport: $name: no server is bound to this name in this network namespace; is it running?"
	serve --abstract-padded "$name" cat
	expect 0 x sh -c "printf x |
	    \"$unixport\" connect --abstract-padded \"$name\""
	expect 0 x sh -c "printf x |
	    \"$unixport\" connect --abstract-padded \"unix:$name\""
	expect 0 '' "$unixport" connect --abstract-padded "$name" true
	expect 1 "$none" "$unixport" connect "$name"
	# An @ stands for a NUL; the first is that of every abstract name.
	padded=$(awk -v name="$name@" 'index($8, name) == 1 {
		print length($8) }' /proc/net/unix | sort -u)
	[ "$padded" = 108 ] || fail "a name of \"$padded\" bytes"
	end TERM
	serve "$name" cat
	expect 1 "$none" "$unixport" connect --abstract-padded "$name"
	expect 1 "$none" "$unixport" connect -w 0.05 --abstract-padded "$name"
	end TERM
	{ sleep 0.1
	    exec "$unixport" listen --abstract-padded "$name" </dev/null >got
	} & server=$!
	pids="$pids $server"
	echo late | "$unixport" connect -w 20 --abstract-padded "$name"
	wait $server
	[ "$(cat got)" = late ]
	# The longest name needs no padding; longer ones do not fit.
	long=@$(printf '%0106d' $$)
	serve "${long}x" cat
	expect 0 x sh -c "printf x |
	    \"$unixport\" connect --abstract-padded \"${long}x\""
	end TERM
	for subcommand in connect listen; do
		"$unixport" $subcommand --abstract-padded "${long}xy" \
		    >said 2>&1 && fail 'too long' || [ $? = 1 ]
		"$unixport" $subcommand "${long}xy" 2>&1 | cmp - said
		"$unixport" $subcommand --abstract-padded @ >said 2>&1 &&
		    fail 'an empty name' || [ $? = 1 ]
		"$unixport" $subcommand @ 2>&1 | cmp - said
	done
	echo 'ok: --abstract-padded'
fi
