#!/bin/sh
# unixport listen: more clients than it serves, silent ones, and shortages.
. "$srcdir/t/tool-support.sh"

# client FILE: stays until it is told to go by the end of a pipe.
mkfifo hold
exec 8<>hold
client()
{
	"$unixport" connect s sh -c 'read -r line && echo "$line" >$0
	    read -r line <hold' "$1" 8<&- &
	pids="$pids $!"
	clients="$clients $!"
}
clients=

serve -c 2 s sh -c 'echo served; exec cat >/dev/null'
client one
client two
until_true test -s one -a -s two
client three
client four
# They are in the backlog: another one that comes to it knows them ahead.
expect 0 '' "$unixport" connect s true
[ ! -s three ] && [ ! -s four ] || fail 'more than two'
echo >&8
until_true test -s three -o -s four
echo >&8
until_true test -s three -a -s four
echo >&8
echo >&8
wait $clients
end TERM
echo 'ok: clients wait'

clients=
serve -c 9 -C 2 s sh -c 'echo served; exec cat >/dev/null'
client five
client six
until_true test -s five -a -s six
expect 0 '' "$unixport" connect s </dev/null
echo >&8
echo >&8
wait $clients
until_true sh -c "[ \"\$(\"$unixport\" connect s </dev/null)\" = served ]"
end TERM
echo 'ok: clients of one user'

# Silent ones cost a program each, and nobody else anything.
if command -v python3 >/dev/null; then
	cat >silent.py <<-'END'
		import socket, sys
		count = int(sys.argv[1])
		all = []
		for i in range(count):
		    s = socket.socket(socket.AF_UNIX)
		    s.connect("s")
		    all.append(s)
		print("connected", flush=True)
		sys.stdin.readline()
	END
	serve -c 20 s cat
	mkfifo go
	python3 silent.py 300 <go >connected & silent=$!
	pids="$pids $silent"
	exec 9>go
	until_true test -s connected
	exec 9>&-
	wait $silent
	[ "$(echo hello | "$unixport" connect s)" = hello ]
	end TERM
	echo 'ok: 300 silent clients'
fi

# Too few descriptors: clients wait, and it does not spin.
serve s cat
if command -v prlimit >/dev/null && [ -r /proc/$server/stat ]; then
	prlimit --pid $server --nofile=4:1024
	echo hello | "$unixport" connect s >got & late=$!
	pids="$pids $late"
	until_true grep -q '^unixport: clients have to wait: ' words
	spent() { awk '{ print $14 + $15 }' /proc/$server/stat; }
	before=$(spent)
	sleep 0.5
	[ $(($(spent) - before)) -lt 10 ] || fail 'it spins'
	prlimit --pid $server --nofile=1024:1024
	wait $late
	[ "$(cat got)" = hello ]
	[ "$(grep -c . words)" = 1 ] || fail "$(cat words)"
	echo 'ok: a shortage'
fi
end TERM

# An acceptance that fails for one client; and no poll(2), which is no loop.
# faulty FAULT ARGUMENT...: the command itself is $server, not strace(1).
faulty()
{
	fault=$1; shift
	(cd "$build" && ASAN_OPTIONS=detect_leaks=0 exec ./libtool \
	    --mode=execute strace -D -f -qq -o "$directory/trace" \
	    -e "inject=$fault" ./unixport "$@") >ready 2>words &
	server=$!
	pids="$pids $server"
	[ "$(wc -c <ready)" -eq 1 ] || fail "not ready: $(cat words)"
}
if can_fault; then
	faulty accept4:error=EPERM:when=1 listen -1 "$directory/s" cat
	[ "$(echo hello | "$unixport" connect s)" = hello ]
	expect 0 'unixport: clients have to wait: Operation not permitted' \
	    cat words
	end TERM
	faulty '?poll,?ppoll:error=EPERM' listen -1 "$directory/s" cat
	wait $server && got=0 || got=$?
	[ $got = 1 ] || fail "status $got without poll"
	grep -q '^unixport: .* not permitted' words || fail "$(cat words)"
	echo 'ok: an acceptance that fails, and no poll'
fi
