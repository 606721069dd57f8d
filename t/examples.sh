#!/bin/sh
# The examples do what they say, and tell what went wrong.
set -eu
directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
input=$srcdir/README.md

# expect STATUS TEXT COMMAND...: what it says, without paths and times, in
# glibc's words for errors.
expect()
{
	status=$1 text=$2; shift 2
	"$@" >"$directory/said" 2>&1 && got=0 || got=$?
	said=$(sed -e "s,$directory,DIR,g" -e 's/[0-9.]* seconds/N seconds/' \
	    -e 's/: Not supported/: Operation not supported/' \
	    "$directory/said")
	[ "$got" = "$status" ] && [ "$said" = "$text" ] && return
	printf '%s: status %s, said: %s\nnot %s: %s\n' "$*" "$got" "$said" \
	    "$status" "$text"
	exit 1
}

for program in line-server line-client child-count sigpipe signal-storm; do
	examples/$program >"$directory/said" 2>&1 && exit 1
	grep -q "^usage: $program " "$directory/said"
done
echo 'ok: usage'

set -- $(wc <"$input")
expect 0 "$1 lines, $2 words, $3 bytes" examples/child-count "$input"
expect 1 'child-count: DIR/no: No such file or directory' \
    examples/child-count "$directory/no"
expect 1 'child-count: read: Is a directory' examples/child-count "$directory"
echo 'ok: child-count'

raise='RAISE           the process is killed: Broken pipe'
ignore='IGNORE          line 4 fails: Broken pipe; the program goes on'
case $(uname -s) in
Linux) error='ERROR           unix_pair says: Operation not supported' ;;
*) error='ERROR           line 4 fails: Broken pipe; the program goes on' ;;
esac
guarded='ERROR, guarded  line 4 fails: Broken pipe; the program goes on'
expect 0 "$raise
$ignore
$error
$guarded" examples/sigpipe "$input"
# A last line without its newline.
printf 'one\ntwo' >"$directory/short"
examples/sigpipe "$directory/short" >"$directory/said"
[ "$(grep -c 'no more than 3 lines' "$directory/said")" -ge 2 ]
echo 'ok: sigpipe'

# How much the plain ports lose is chance.
examples/signal-storm 50000 >"$directory/said"
grep -q '^plain    .*50000 lines arrive$' "$directory/said"
grep -qx 'guarded  all 50000 lines arrive' "$directory/said"
[ "$(wc -l <"$directory/said")" = 2 ]
echo 'ok: signal-storm'

examples/line-server "$directory/s" &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$directory"' EXIT
expect 0 "$1 lines, $3 bytes, each came back numbered, N seconds" \
    examples/line-client "$directory/s" "$input"
expect 1 'line-server: DIR/s: a server is there already; stop it or choose another path' \
    examples/line-server "$directory/s"
expect 1 'line-client: DIR/no: No such file or directory' \
    examples/line-client "$directory/s" "$directory/no"
kill -TERM $server
wait $server
trap 'rm -rf "$directory"' EXIT
[ ! -e "$directory/s" ]
expect 1 'line-server: DIR/no/s: the directory DIR/no is missing; make it first' \
    examples/line-server "$directory/no/s"
echo 'ok: line-server, line-client'

sh "$srcdir/examples/demo.sh" "$input" >"$directory/said"
for fact in 'each came back numbered' 'removed its file' 'wc agrees' \
    '^RAISE ' '^IGNORE ' '^ERROR ' '^ERROR, guarded ' \
    'a server is there already' 'It serves again' \
    '^guarded  all 100000 lines arrive'; do
	grep -q "$fact" "$directory/said" ||
	    { cat "$directory/said"; echo "demo: no: $fact"; exit 1; }
done
echo 'ok: demo'
