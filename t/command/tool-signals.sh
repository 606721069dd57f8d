#!/bin/sh
# unixport listen: signals at every moment of start and end, and the
# notification of readiness.
if [ "${signals:-}" != usual ] && env --default-signal=HUP true 2>/dev/null
then
	# Under nohup(1) a shell cannot restore SIGHUP for its children.
	signals=usual exec env --default-signal=HUP sh "$0"
fi
. "${0%/*}/tool-support.sh"
command -v ps >/dev/null || { echo 'no ps'; exit 77; }

for signal in TERM INT HUP; do
	serve_interruptible s cat
	end $signal
	[ ! -e s ] || fail "$signal leaves the file"
	# When the file exists, the signals are handled.
	"$build/t/command/life" interruptible "$unixport" listen s </dev/null &
	server=$!
	pids="$pids $server"
	until_true test -S s
	end $signal
	[ ! -e s ] || fail "$signal leaves the file"
done
echo 'ok: idle servers'

# Running programs end by themselves; no further client is served.
for signal in TERM INT; do
	serve_interruptible s cat
	: >got
	mkfifo $signal.in
	"$unixport" connect s <$signal.in >got & client=$!
	exec 7>$signal.in
	echo one >&7
	until_true grep -q one got
	kill -s $signal $server
	until_true test ! -e s
	expect 1 'unixport: s: nothing is there; is the server running?' \
	    "$unixport" connect s
	kill -0 $server
	echo two >&7
	exec 7>&-
	wait $client
	wait $server
	[ "$(cat got)" = 'one
two' ]
done
echo 'ok: SIGTERM and SIGINT let programs end'

# SIGHUP or a second signal terminates the programs immediately.
for signal in HUP TERM; do
	serve s sh -c 'trap "echo ended >ended; exit" TERM; echo up
	    while :; do sleep 0.01; done'
	: >got
	"$unixport" connect s </dev/null >got & client=$!
	until_true grep -q up got
	kill -s $signal $server
	[ $signal = HUP ] || { until_true test ! -e s; kill $server; }
	wait $server
	wait $client
	[ "$(cat ended)" = ended ]
	rm ended
done
echo 'ok: SIGHUP and a second SIGTERM'

# An ignored signal remains ignored, in the server and in its programs.
for signal in HUP INT TERM; do
	(trap '' $signal; exec "$unixport" listen -1 s sh -c \
	    "trap - $signal; kill -s $signal \$\$; echo alive" >ready 2>words) &
	await_server
	kill -s $signal $server
	answer=$("$unixport" connect s </dev/null)
	# In qemu-user, an ignored signal has its default action after exec.
	case " ${CK_EXCLUDE_TAGS:-} " in
	*' exec '*) ;;
	*) [ "$answer" = alive ] || fail $signal ;;
	esac
	case $signal in
	TERM) end HUP ;;
	*) end TERM ;;
	esac
	# Without a command, too.
	(trap '' $signal; exec "$unixport" listen s </dev/null >got) & server=$!
	pids="$pids $server"
	until_true test -S s
	kill -s $signal $server
	[ "$(echo hello | "$unixport" connect -w 20 s)" = '' ]
	wait $server
	[ "$(cat got)" = hello ] || fail "$signal without a command"
done
# Signals that are not ignored have their default action in programs.
serve_interruptible s sh -c 'kill -s INT $$; echo alive'
[ "$("$unixport" connect s </dev/null)" = '' ]
end INT
echo 'ok: ignored signals'

# After a signal at any moment of the start no file remains.  The delay varies
# around the moment from which the server ends with status 0.
# A child of a shell that has a trap could lose the signal before exec(2).
trap - TERM
early=0 late=0 wait=0
until [ $early -gt 14 ] && [ $late -gt 14 ]; do
	"$unixport" listen s cat 2>words & server=$!
	[ $wait = 0 ] || sleep $(printf '%d.%03d' $((wait / 1000)) $((wait % 1000)))
	kill $server
	wait $server 2>/dev/null && got=0 || got=$?
	[ ! -e s ] || fail 'the file is left'
	case $got in
	0) late=$((late + 1)) wait=$((wait * 3 / 4)) ;;
	143) early=$((early + 1)) wait=$((wait + 1 + wait / 8)) ;;
	*) fail "status $got: $(cat words)" ;;
	esac
	[ $((early + late)) -lt 300 ] || fail "$early early, $late late"
done
trap 'exit 1' TERM
echo 'ok: signals during the start leave no file'

# Without a command, a signal that arrives while the client is accepted kills the
# process: status 0 would hide that nothing was copied.
if can_fault; then
	(cd "$build" && ASAN_OPTIONS=detect_leaks=0 exec ./libtool \
	    --mode=execute strace -D -f -qq -o "$directory/trace" \
	    -e inject=accept4:signal=TERM ./unixport listen "$directory/s") \
	    </dev/null & server=$!
	pids="$pids $server"
	"$unixport" connect -w 20 s </dev/null >said 2>&1 || :
	wait $server && got=0 || got=$?
	[ $got = 143 ] || fail "status $got after a signal during accept"
	[ ! -e s ]
	echo 'ok: signal during accept'
fi

# No zombies remain while the server runs.
serve s true
for i in 1 2 3 4 5; do "$unixport" connect s </dev/null; done
until_true sh -c "! ps -o s= --ppid $server | grep -q Z"
end TERM
echo 'ok: no zombies'
