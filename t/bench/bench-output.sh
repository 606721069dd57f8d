#!/bin/sh
# bench: the table, JSON and the plot, usage errors, and early ends, which leave
# no process and no file.  No figure is tested.
. "${0%/*}/../command/tool-support.sh"
bench=$build/t/bench/bench
command -v ps >/dev/null || { echo 'no ps'; exit 77; }

mkdir tmp
TMPDIR=$directory/tmp
export TMPDIR

# bench ARGUMENT...: one round of the shortest measurements, of the works that
# have the four kinds.
works='large small lines unlocked bounded printed trips trips1 connections'
count=9
bench() { "$bench" -n 1 -t 0.01 "$@" $works; }

# A second process has the arguments of the first one.
nothing_left()
{
	ps -A -o args= >all
	[ -z "$(ls -A tmp)" ] && ! grep -qF "$directory/plot" all
}

# rows TABLE: the number of shares.
rows()
{
	grep -cE '^.{16}(raw|plain|guarded|tcp) +[0-9.]+ +[0-9]+\.[0-9]+  ' "$1"
}

TMPDIR= LC_ALL=C bench >table
# Some systems have no guarded ports, or no TCP.
absent=$(grep -cE '^.{16}(guarded|tcp) +- +-$' table || :)
kinds=$((4 - absent / count))
[ "$(rows table)" = $((count * kinds)) ] || { cat table; fail 'not all shares'; }
grep -q '^64 KiB pieces   raw .* 1\.00  ##############################$' table
[ "$(LC_ALL=C tr -d '\n -~' <table | wc -c)" = 0 ] || fail 'not ASCII'
[ "$(awk 'length > 80' table | wc -l)" = 0 ] || fail 'too wide'
if [ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" = UTF-8 ]; then
	LC_ALL=C.UTF-8 bench -t 0.01 --rounds 2 >table
	[ "$(rows table)" = $((count * kinds)) ]
	grep -q '^connections .* 1\.00  ██████████████████████████████$' table
fi
# Each name selects its work alone.
for name in $works; do
	works=$name bench >table
	[ "$(rows table)" = $kinds ] || fail "$name: $(cat table)"
done
if [ $kinds = 4 ]; then
	grep -qE '^(target|missed) [0-9]\.[0-9]{2} +guarded ' table
	# Servers, memory and the crowd have rows of their own.
	"$bench" -n 1 -t 0.01 -b 65536 servers memory crowd >table
	[ "$(rows table)" = 0 ]
	for name in threads libuv serve; do
		grep -qE "^.{16}$name  +([0-9.]+ +[0-9]+\.[0-9]+  |- +-\$)" \
		    table || fail "no $name: $(cat table)"
	done
	grep -qE '^(target|missed) 1\.70  +serve  +[0-9]' table
	grep -qE '^crowd  +serve  +[0-9.]+ k trips/s, .* KiB a client of' table
	# Linux reports the memory of a process.
	[ ! -e /proc/self/smaps_rollup ] || {
		grep -qE '^memory  +idle  +plain .* guarded .* KiB' table
		grep -qE '^  +used  +plain .* guarded .* KiB, (target|missed) ' \
		    table
	}
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
bench --json --rounds 3 --plot plot >json
is_json json || { cat json; fail 'no JSON'; }
for key in version machine cpus load warning kernel libc compiler rounds \
    seconds works connections memory crowd; do
	grep -q "^  \"$key\": " json || fail "no $key"
done
for name in $works; do
	grep -q "\"name\": \"$name\"" json || fail "no $name"
done
grep -q '"rounds": 3,' json
for key in figures shares lowest highest; do
	grep "\"$key\"" json >values
	[ "$(wc -l <values)" = $count ]
	[ "$(grep -oE ': [0-9.e+-]*[1-9]' values | wc -l)" = $((count * kinds)) ] ||
	    fail "$key: $(cat values)"
done
is_xml plot || fail 'no XML'
[ again -ef plot ] || fail 'another file'
# The ground, the legend and the bars, and the spread of the rounds on each bar.
[ "$(grep -o '<rect ' plot | wc -l)" = $((1 + 4 + count * kinds)) ]
[ "$(grep -c '<path class="spread" ' plot)" = $((count * kinds)) ]
# spread LINE: where a spread begins and ends; the median is between the two.
sed -n '/^<rect x="150"/{
	N
	s/.* width="\([0-9.]*\)" height="14".* d="M\([0-9.]*\) [0-9]*H\([0-9.]*\)M.*/\2 \1 \3/p
	}' plot >spreads
[ "$(wc -l <spreads)" = $((count * kinds)) ] || fail "spreads: $(cat spreads)"
awk '$1 > 150 + $2 + 0.1 || $3 < 150 + $2 - 0.1 || $3 < $1 { exit 1 }' \
    spreads || fail "a median outside its spread: $(cat spreads)"
awk '$3 > $1 { wide++ } END { exit !wide }' spreads || fail 'no spread'
for text in '64 KiB pieces' connections 'plain ports' 'share of raw'; do
	grep -q ">$text" plot || fail "no $text in the plot"
done
bench -j -p pipe.svg >json
is_json json && is_xml pipe.svg
nothing_left || fail 'something is left'
echo 'ok: JSON and a plot'

# Reported before the work, or at the end if only writing fails.
mkdir only
expect 1 'bench: no/plot: No such file or directory' bench -p no/plot
expect 1 'bench: only: Is a directory' bench -p only
expect 1 'bench: "": No such file or directory' bench -p ''
expect 1 'bench: no/such: No such file or directory' \
    env TMPDIR=no/such "$bench" -n 1 -t 0.01 -p new
[ ! -e new ] || fail 'an empty plot is left'
long=$(printf '%0200d' 0)
TMPDIR=$long bench -j >said 2>&1 && fail 'too long' || got=$?
[ $got = 1 ] && grep -qiE "^bench: $long: file ?name too long$" said
if [ -c /dev/full ]; then
	expect 1 'bench: /dev/full: No space left on device' \
	    bench -j -p /dev/full
	for option in '' -j; do
		bench $option >/dev/full 2>said && fail full || :
		[ "$(cat said)" = \
		    'bench: standard output: No space left on device' ] ||
		    fail full
	done
fi
nothing_left || fail 'something is left'
echo 'ok: errors'

# misuse TEXT ARGUMENT...: an error and the usage; status 2.
misuse()
{
	text=$1; shift
	"$bench" "$@" >said 2>&1 && fail "no misuse: $*" || got=$?
	[ $got = 2 ] || fail "status $got: $*"
	[ -z "$text" ] || [ "$(sed -n 1p said)" = "bench: $text" ] ||
	    fail "not \"$text\": $*"
	[ "$(sed -n '2p;$!d' said | cut -d ' ' -f 1-2)" = 'usage: bench' ]
	[ "$(wc -l <said)" = 2 ]
}

for option in -h --help; do
	"$bench" $option >said
	for name in $works servers memory crowd; do
		grep -qE "[ ,]$name[,.; ]|^$name, | $name," said ||
		    fail "no $name in $option"
	done
done
# These messages are libc's.
misuse '' -x
misuse '' --fast
misuse '' -j --json=yes
misuse '' --plot
misuse 'no such work: fast' -j fast
misuse 'no such work: fast' lines fast
for text in '' 0 -1 x 3x 1001; do
	misuse "not a number of rounds: $text" -n "$text"
done
for text in '' 0 -1 x 3x 2000000000 99999999999999999999; do
	misuse "not a size of buffers: $text" -b "$text"
done
for text in '' -1 x 3x nan inf; do
	misuse "not a number of seconds: $text" -t "$text"
done
echo 'ok: usage errors'

# A process that is killed while LeakSanitizer looks at it has it complain.
ASAN_OPTIONS=${ASAN_OPTIONS:-}:detect_leaks=0
export ASAN_OPTIONS

# The second process is killed, as by a shortage of memory, in a measurement
# that is long enough to be found.
kill_other()
{
	# Not a child of the shell that starts bench.
	other=$(ps -A -o pid=,ppid=,args= |
	    awk -v of=$server '$2 == of && $3 !~ /sh$/ { print $1 }')
	[ -z "$other" ] || kill -KILL $other 2>/dev/null || :
	[ -s said ]
}
# Servers have clients in eight threads, of which one reports the error.
for name in large connections servers servers servers; do
	rm -f said
	"$bench" -n 1000 -t 60000 -p "$directory/plot.new" $name \
	    >/dev/null 2>said &
	server=$!
	pids="$pids $server"
	until_true kill_other
	wait $server && fail 'half a bench' || got=$?
	[ $got = 1 ] && [ "$(grep -c '^bench: ' said)" = 1 ] &&
	    [ "$(wc -l <said)" = 1 ] || fail "status $got: $(cat said)"
	[ ! -e plot.new ] && nothing_left || fail 'something is left'
done
echo 'ok: the second process is killed'

# A measurement that takes too long.
rm said
"$bench" -n 1000 -t 60000 -p "$directory/plot.new" >words 2>said &
server=$!
pids="$pids $server"
# Before its first words the signal would end the shell that starts it.
until_true test -s words
kill -s ALRM $server
wait $server && fail 'no end' || got=$?
[ $got = 1 ] && [ "$(cat said)" = 'bench: a measurement takes too long' ] ||
    fail "status $got: $(cat said)"
[ ! -e plot.new ] && nothing_left || fail 'something is left'
echo 'ok: a limit of time'

# A signal at any moment leaves nothing, or a complete plot.  A shell's own trap
# would handle it before bench has started.
trap - HUP INT TERM
for signal in TERM INT HUP TERM INT HUP TERM INT; do
	rm -f plot
	"$bench" -j -n 1 -t 0.01 -p "$directory/plot" >json 2>said &
	server=$!
	sleep 0.$((i % 3))$((i % 7))
	i=$((i + 5))
	kill -s $signal $server 2>/dev/null || :
	wait $server 2>/dev/null && got=0 || got=$?
	[ $got = 0 ] || [ $got -gt 128 ] || fail "status $got after $signal"
	# The signal may arrive after the last output.
	[ $got = 0 ] || [ ! -e plot ] || [ "$(tail -n 1 plot)" = '</svg>' ] ||
	    fail "half a plot after $signal"
	[ ! -s said ] || fail "an error after $signal"
	# A shell of libtool that was killed may have a child that is ending.
	until_true nothing_left
done
echo 'ok: signals'
