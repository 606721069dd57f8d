#!/bin/sh
# The examples do what they state, and report errors.
. "${0%/*}/examples.subr"
input=$srcdir/README.md

for program in line-server line-client child-count sigpipe signal-storm; do
	usage $program
done
echo 'ok: usage'

set -- $(wc <"$input")
expect 0 "$1 lines, $2 words, $3 bytes" examples/child-count "$input"
expect 1 'child-count: DIR/no: No such file or directory' \
    examples/child-count "$directory/no"
expect 1 'child-count: read: Is a directory' examples/child-count "$directory"
echo 'ok: child-count'

raise='RAISE           the process is killed: Broken pipe'
ignore='IGNORE          line 4 fails: Broken pipe; the program continues'
case $(uname -s) in
Linux) error='ERROR           unix_pair fails: Operation not supported' ;;
*) error='ERROR           line 4 fails: Broken pipe; the program continues' ;;
esac
guarded='ERROR, guarded  line 4 fails: Broken pipe; the program continues'
expect 0 "$raise
$ignore
$error
$guarded" examples/sigpipe "$input"
# The last line has no newline.
printf 'one\ntwo' >"$directory/short"
examples/sigpipe "$directory/short" >"$directory/said"
[ "$(grep -c 'no more than 3 lines' "$directory/said")" -ge 2 ]
echo 'ok: sigpipe'

# The loss on plain ports is random.
examples/signal-storm 50000 >"$directory/said"
grep -q '^plain    .*50000 lines arrive$' "$directory/said"
grep -qx 'guarded  all 50000 lines arrive' "$directory/said"
[ "$(wc -l <"$directory/said")" = 2 ]
echo 'ok: signal-storm'

start line-server
expect 0 "$1 lines, $3 bytes, each came back numbered, N seconds" \
    examples/line-client "$directory/s" "$input"
expect 1 'line-client: DIR/no: No such file or directory' \
    examples/line-client "$directory/s" "$directory/no"
stop
echo 'ok: line-server, line-client'

# bash and dash print different notices about jobs.
for shell in sh bash dash; do
	command -v $shell >/dev/null || continue
	$shell "$srcdir/examples/demo.sh" "$input" >"$directory/said" \
	    2>"$directory/errors" || { cat "$directory/errors"; exit 1; }
	for fact in '^hello$' 'each came back numbered' 'removed line.sock' \
	    '^Both counts are equal' '^RAISE ' '^IGNORE ' '^ERROR ' \
	    '^ERROR, guarded ' '^stale: echo.sock' 'was reclaimed' \
	    '^(exit status 1)' '^guarded  all 100000 lines arrive' \
	    '^secret: by its parent: 29 ' '^<title>200 OK'; do
		grep -q "$fact" "$directory/said" && continue
		cat "$directory/said"
		echo "demo: no: $fact"
		exit 1
	done
	if grep -E 'Killed|Terminated|Done|No such file' "$directory/said" ||
	    [ -s "$directory/errors" ]; then
		cat "$directory/errors"
		exit 1
	fi
	echo "ok: demo_is_quiet_in_$shell"
done
