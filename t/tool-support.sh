# What the tests of the command share; they read it.
set -eu
directory=$(mktemp -d /tmp/unixport.XXXXXX)
unixport=$PWD/unixport
pids=
finish()
{
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	rm -rf "$directory"
}
trap finish EXIT
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
cd "$directory"
mkfifo ready
# What any program here has open, with the directory that it reads.
usual_files=$(sh -c 'echo $(ls /proc/self/fd 2>/dev/null)')

fail() { echo "not ok: $*"; [ ! -e said ] || cat said; exit 1; }

# expect STATUS TEXT COMMAND...: all that it says, on either output.
expect()
{
	status=$1 text=$2; shift 2
	"$@" >said 2>&1 && got=0 || got=$?
	[ "$got" = "$status" ] || fail "status $got, not $status: $*"
	[ "$(cat said)" = "$text" ] || fail "not \"$text\": $*"
}

# serve ARGUMENT...: unixport listen -1, until it is ready; $server.
serve()
{
	"$unixport" listen -1 "$@" >ready 2>words &
	server=$!
	pids="$pids $server"
	# To its end, or the next reader might meet this writer.
	[ "$(wc -c <ready)" -eq 1 ] || fail "not ready: $* $(cat words)"
}

# end SIGNAL: $server ends cleanly.
end()
{
	kill -s "$1" $server
	wait $server || fail "status $? after $1: $(cat words)"
}

# until_true COMMAND...: in ten seconds.
until_true()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || fail "never: $*"
		sleep 0.01
	done
}
