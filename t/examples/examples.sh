#!/bin/sh
# The examples do what they say, and tell what went wrong.
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

start line-server
expect 0 "$1 lines, $3 bytes, each came back numbered, N seconds" \
    examples/line-client "$directory/s" "$input"
expect 1 'line-client: DIR/no: No such file or directory' \
    examples/line-client "$directory/s" "$directory/no"
stop
echo 'ok: line-server, line-client'

sh "$srcdir/examples/demo.sh" "$input" |
    sed 's,/tmp/unixport\.[A-Za-z0-9]*,DIR,g' >"$directory/said"
for fact in 'each came back numbered' 'removed its file' 'wc agrees' \
    '^RAISE ' '^IGNORE ' '^ERROR ' '^ERROR, guarded ' \
    'a server is there already' 'It serves again' \
    '^guarded  all 100000 lines arrive' '^DIR/secret: by its parent: 29 ' \
    '^7. A page'; do
	grep -q "$fact" "$directory/said" ||
	    { cat "$directory/said"; echo "demo: no: $fact"; exit 1; }
done
echo 'ok: demo'
