#!/bin/sh
# unixport listen: more clients than it serves, silent ones, and shortages.
. "${0%/*}/tool-support.sh"

# client FILE: stays connected until EOF of a pipe.
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
# They are in the backlog, in front of a later client.
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
clients=


# A client reads EOF before its program has ended.
serve -C 1 s echo served
expect 0 200 "$build/t/command/life" visit s 200
end TERM
# Three of one user at the same time, and no slot more than they need.
serve -c 3 -C 3 s echo served
for client in 7 8 9; do
	"$build/t/command/life" visit s 100 >$client &
	clients="$clients $!"
	pids="$pids $!"
done
for client in $clients; do
	wait $client || :
done
for client in 7 8 9; do
	expect 0 100 cat $client
done
end TERM
echo 'ok: sequential clients of one user'

# A silent client occupies a program and delays no other client.
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

# Without free descriptors, clients wait and the server does not spin.
serve s cat
if command -v prlimit >/dev/null && [ -r /proc/$server/stat ]; then
	prlimit --pid $server --nofile=4:1024
	echo hello | "$unixport" connect s >got & late=$!
	pids="$pids $late"
	until_true grep -q '^unixport: shortage: .*; clients wait$' words
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

# A shortage is reported once, even if its error changes.
if can_fault && command -v prlimit >/dev/null; then
	serve_with_fault accept4:error=ENFILE "$directory/s" cat
	"$unixport" connect s </dev/null >got 2>&1 & late=$!
	pids="$pids $late"
	seen() { [ "$(grep -c "$1" trace)" -ge "$2" ]; }
	until_true seen ENFILE 1
	prlimit --pid $server --nofile=4:1024
	until_true seen EMFILE 1
	before=$(grep -c ENFILE trace)
	prlimit --pid $server --nofile=1024:1024
	until_true seen ENFILE $((before + 2))
	end TERM
	wait $late || :
	expect 0 'unixport: shortage: Too many open files in system; clients wait' \
	    cat words
	echo 'ok: a shortage of two kinds'
fi

# The first accept of each thread fails, and every second one.  Without poll(2)
# the server ends instead of spinning.
if can_fault; then
	serve_with_fault accept4:error=EPERM:when=1+2 "$directory/s" cat
	for client in 1 2 3 4 5 6; do
		[ "$(echo hello | "$unixport" connect s)" = hello ]
	done
	expect 0 'unixport: accept: Operation not permitted; trying again' \
	    cat words
	end TERM
	serve_with_fault '?poll,?ppoll:error=EPERM' "$directory/s" cat
	wait $server && got=0 || got=$?
	[ $got = 1 ] || fail "status $got without poll"
	grep -q '^unixport: .* not permitted' words || fail "$(cat words)"
	echo 'ok: acceptances that fail, and no poll'
fi
