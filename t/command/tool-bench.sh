#!/bin/sh
# unixport bench: all works in each of its forms, and nothing that it leaves.
# How fast anything is, is no test.
. "${0%/*}/tool-support.sh"
command -v ps >/dev/null || { echo 'no ps'; exit 77; }

mkdir tmp
TMPDIR=$directory/tmp
export TMPDIR

# The least that it can do.
bench() { "$unixport" bench -n 1 -t 0.01 "$@"; }

# Fork keeps the arguments, by which ps(1) knows ours.
nothing_left()
{
	ps -A -o args= >all
	[ -z "$(ls -A tmp)" ] && ! grep -qF "$directory/plot" all
}

# rows TABLE: how many shares there are, four for each work.
rows()
{
	awk '/^(64 KiB|1 KiB|32-byte|round|connections)/ { work = NR }
	    work && NR < work + 4' "$1" |
	    grep -cE '(raw|plain|guarded|TCP) +[0-9.]+ +[0-9]+\.[0-9]+  '
}

TMPDIR= LC_ALL=C bench >table
# Guarded ports and TCP are not everywhere.
absent=$(grep -cE '^ +(guarded|TCP) +- +-$' table || :)
kinds=$((4 - absent / 5))
[ "$(rows table)" = $((5 * kinds)) ] || { cat table; fail 'not all shares'; }
grep -q '^64 KiB pieces   raw .* 1\.00  ##############################$' table
[ "$(LC_ALL=C tr -d '\n -~' <table | wc -c)" = 0 ] || fail 'not ASCII'
[ "$(awk 'length > 80' table | wc -l)" = 0 ] || fail 'too wide'
if [ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" = UTF-8 ]; then
	LC_ALL=C.UTF-8 bench -t 0.01 --rounds 2 >table
	[ "$(rows table)" = $((5 * kinds)) ]
	grep -q '^connections .* 1\.00  ██████████████████████████████$' table
fi
nothing_left || fail 'something is left'
echo 'ok: the table'

# is_json FILE: strings and numbers, put together to one value.
is_json()
{
	value=$(tr -d '\n' <"$1" | sed -E '
	    s/"([^"\\]|\\["\\]|\\u[0-9a-f]{4})*"/s/g
	    s/ //g
	    s/-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-][0-9]+)?|null/v/g
	    :again
	    s/\[[sv](,[sv])*\]/v/g
	    s/\{s:[sv](,s:[sv])*\}/v/g
	    t again')
	[ "$value" = v ]
}

# is_xml FILE: elements in one another, with text.
is_xml()
{
	value=$(tr -d '\n' <"$1" | sed -E '
	    s/^<\?xml version="1\.0" encoding="UTF-8"\?>//
	    s/&(amp|lt);//g
	    s/<[a-z]+( [a-zA-Z-]+="[^"<&]*")*\/>//g
	    :again
	    s/<([a-z]+)( [a-zA-Z-]+="[^"<&]*")*>[^<>&]*<\/\1>//g
	    t again')
	[ -z "$value" ]
}

echo 'longer than what comes, and no plot' >plot
i=0
while [ $i -lt 20 ]; do i=$((i + 1)); cat /bin/sh; done >>plot
ln plot again
bench --json --svg plot >json
is_json json || { cat json; fail 'no JSON'; }
for key in version machine cpus load kernel libc rounds seconds works; do
	grep -q "^  \"$key\": " json || fail "no $key"
done
for name in large small lines trips connections; do
	grep -q "\"name\": \"$name\"" json || fail "no $name"
done
grep -q '"rounds": 1,' json
for key in figures shares; do
	grep "\"$key\"" json >values
	[ "$(wc -l <values)" = 5 ]
	[ "$(grep -oE ': [0-9.e+-]*[1-9]' values | wc -l)" = $((5 * kinds)) ] ||
	    fail "$key: $(cat values)"
done
is_xml plot || fail 'no XML'
[ again -ef plot ] || fail 'another file'
# The ground, the legend and the bars.
[ "$(grep -o '<rect ' plot | wc -l)" = $((1 + 6 * kinds)) ]
for text in '64 KiB pieces' connections 'plain ports' 'share of raw'; do
	grep -q ">$text" plot || fail "no $text in the plot"
done
bench -j -s pipe.svg >json
is_json json && is_xml pipe.svg
nothing_left || fail 'something is left'
echo 'ok: JSON and a plot'

# Told before the work, and again where only the writing fails.
mkdir only
expect 1 'unixport: no/plot: No such file or directory' bench -s no/plot
expect 1 'unixport: only: Is a directory' bench -s only
expect 1 'unixport: "": No such file or directory' bench -s ''
expect 1 'unixport: no/such: No such file or directory' \
    env TMPDIR=no/such "$unixport" bench -n 1 -t 0.01 -s new
[ ! -e new ] || fail 'an empty plot is left'
long=$(printf '%0200d' 0)
TMPDIR=$long bench -j >said 2>&1 && fail 'too long' || got=$?
[ $got = 1 ] && grep -qiE "^unixport: $long: file ?name too long$" said
if [ -c /dev/full ]; then
	expect 1 'unixport: /dev/full: No space left on device' \
	    bench -j -s /dev/full
	for option in '' -j; do
		bench $option >/dev/full 2>said && fail full || :
		[ "$(cat said)" = \
		    'unixport: standard output: No space left on device' ] ||
		    fail full
	done
fi
nothing_left || fail 'something is left'
echo 'ok: errors'

# Where there is no loopback the rest is measured.
if unshare -n true 2>/dev/null; then
	unshare -n "$unixport" bench -n 1 -t 0.01 >table
	[ "$(rows table)" -ge 10 ]
	[ "$(grep -c 'TCP  *-  *-$' table)" = 5 ]
	unshare -n "$unixport" bench -j -n 1 -t 0.01 -s plot >json
	is_json json && is_xml plot
	[ "$(grep -c '"tcp": null' json)" = 10 ]
	echo 'ok: no loopback'
fi

# A process that is killed while LeakSanitizer looks at it has it complain.
ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
export ASAN_OPTIONS

# Its other process is killed, as for want of memory.
rm said
# Its measurements are long, to be met by who looks for them.
"$unixport" bench -n 1000 -t 60000 -s "$directory/plot.new" >/dev/null 2>said &
server=$!
pids="$pids $server"
kill_other()
{
	# Not what a shell needs that starts the command first.
	other=$(ps -A -o pid=,ppid=,args= |
	    awk -v of=$server '$2 == of && $3 !~ /sh$/ { print $1 }')
	[ -z "$other" ] || kill -KILL $other 2>/dev/null || :
	[ -s said ]
}
until_true kill_other
wait $server && fail 'half a bench' || got=$?
[ $got = 1 ] && [ "$(grep -c '^unixport: ' said)" = 1 ] &&
    [ "$(wc -l <said)" = 1 ] || fail "status $got: $(cat said)"
[ ! -e plot.new ] && nothing_left || fail 'something is left'
echo 'ok: the other process is killed'

# When it takes too long.
rm said
"$unixport" bench -n 1000 -t 60000 -s "$directory/plot.new" >words 2>said &
server=$!
pids="$pids $server"
# It has begun to work: a shell that starts it would be ended otherwise.
until_true test -s words
kill -s ALRM $server
wait $server && fail 'no end' || got=$?
[ $got = 1 ] && [ "$(cat said)" = 'unixport: it takes too long' ] ||
    fail "status $got: $(cat said)"
[ ! -e plot.new ] && nothing_left || fail 'something is left'
echo 'ok: a limit of time'

# At any moment: nothing is left, and a plot only by who came to the end.
# A shell's own trap would take it before the command is there.
trap - HUP INT TERM
for signal in TERM INT HUP TERM INT HUP TERM INT; do
	rm -f plot
	"$unixport" bench -j -n 1 -t 0.01 -s "$directory/plot" \
	    >json 2>said & server=$!
	sleep 0.$((i % 3))$((i % 7))
	i=$((i + 5))
	kill -s $signal $server 2>/dev/null || :
	wait $server 2>/dev/null && got=0 || got=$?
	[ $got = 0 ] || [ $got -gt 128 ] || fail "status $got after $signal"
	# The signal may come when all is done but the end.
	[ $got = 0 ] || [ ! -e plot ] || [ "$(tail -n 1 plot)" = '</svg>' ] ||
	    fail "half a plot after $signal"
	[ ! -s said ] || fail "words after $signal"
	# A libtool's shell that was killed may have one that is about to end.
	until_true nothing_left
done
echo 'ok: signals'
