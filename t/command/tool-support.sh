# Shared by the tests of the command, which source it.
set -eu
directory=$(mktemp -d /tmp/unixport.XXXXXX)
build=$PWD
unixport=$build/unixport
# The program itself if "$unixport" is a script of libtool: a shell that starts
# with descriptor 0, 1 or 2 closed opens its script with that number.
itself=$build/.libs/unixport
libraries=$build/.libs${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
[ -x "$itself" ] || itself=$unixport
pids=
# The numbers of processes that were waited for may be in use again.
is_ours()
{
	! command -v ps >/dev/null ||
	    [ "$(ps -o ppid= -p $1 | tr -d ' ')" = $$ ]
}
finish()
{
	for pid in $pids; do
		! is_ours $pid || kill $pid 2>/dev/null || :
		! is_ours $pid || kill -s CONT $pid 2>/dev/null || :
	done
	rm -rf "$directory"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
here=$(cd "${0%/*}" && pwd)
cd "$directory"
mkfifo ready
# The descriptors of a program here, with the directory that it reads.
usual_files=$(sh -c 'echo $(ls /proc/self/fd 2>/dev/null)')

fail() { echo "not ok: $*"; [ ! -e said ] || cat said; exit 1; }

# expect STATUS TEXT COMMAND...: the status and the complete output.
expect()
{
	status=$1 text=$2; shift 2
	"$@" >said 2>&1 && got=0 || got=$?
	[ "$got" = "$status" ] || fail "status $got, not $status: $*"
	[ "$(cat said)" = "$text" ] || fail "not \"$text\": $*"
}

# await_server: waits until $!, which writes to ready and words, is ready; sets
# $server.
await_server()
{
	server=$!
	pids="$pids $server"
	# Until EOF: the next reader could otherwise read from this writer.
	[ "$(wc -c <ready)" -eq 1 ] || fail "not ready: $(cat words)"
}

# serve ARGUMENT...: starts unixport listen -1 and waits for it; sets $server.
serve()
{
	"$unixport" listen -1 "$@" >ready 2>words &
	await_server
}

# serve_interruptible ARGUMENT...: serve without the ignored SIGINT of a job in
# the background.
serve_interruptible()
{
	"$build/t/command/life" interruptible "$unixport" listen -1 "$@" \
	    >ready 2>words &
	await_server
}

# end SIGNAL: $server ends cleanly.
end()
{
	kill -s "$1" $server
	wait $server || fail "status $? after $1: $(cat words)"
}

# with_fault PATH FAULT ARGUMENT...: unixport with failing calls on PATH, in the
# syntax of strace(1); addresses are absolute.
with_fault()
{
	path=$1 fault=$2; shift 2
	# LeakSanitizer traces too, and only one can.
	(cd "$build" && ASAN_OPTIONS=detect_leaks=0 exec ./libtool \
	    --mode=execute strace -qq -o "$directory/trace" -P "$path" \
	    -e "inject=$fault" ./unixport "$@")
}

# serve_with_fault FAULTS ARGUMENT...: serve with failing calls; $server is the
# server, not strace(1).  Addresses are absolute.
serve_with_fault()
{
	faults=
	for fault in $1; do
		faults="$faults -e inject=$fault"
	done
	shift
	(cd "$build" && ASAN_OPTIONS=detect_leaks=0 exec ./libtool \
	    --mode=execute strace -D -f -qq -o "$directory/trace" \
	    $faults ./unixport listen -1 "$@") >ready 2>words &
	await_server
}

# can_fault: whether faults work here; under qemu the calls of qemu would fail.
can_fault()
{
	case " ${CK_EXCLUDE_TAGS:-} " in *' exec '*) return 1 ;; esac
	[ "$(with_fault /dev/null read:error=EIO --version 2>&1)" = \
	    "$("$unixport" --version)" ]
}

# within TRIES COMMAND...: repeats COMMAND every 10 ms until it succeeds.
within()
{
	tries=$1
	shift
	until "$@"; do
		[ $((tries -= 1)) -gt 0 ] || fail "never: $*"
		sleep 0.01
	done
}

# In ten seconds.
until_true() { within 1000 "$@"; }
