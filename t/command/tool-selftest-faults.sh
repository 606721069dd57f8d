#!/bin/sh
# unixport selftest on systems and with libraries that lie: each guarantee is
# reported as false when it is, and as absent only if the system lacks it.
. "${0%/*}/tool-support.sh"
. "$here/tool-support-faults.sh"
mkdir tmp
export TMPDIR="$directory/tmp"

# lines FAULTS LINE...: the output contains each LINE, and no file remains.
lines()
{
	faults=$1; shift
	with "$faults" "$unixport" selftest $limit >said 2>&1 && got=0 ||
	    got=$?
	for line; do
		grep -qF -- "$line" said || fail "with $faults: $line"
	done
	[ -z "$(ls tmp)" ] || fail "files are left with $faults"
}
# holds and fails: as lines, and check the status.
holds() { lines "$@"; [ $got = 0 ] || fail "status $got with $faults"; }
fails() { lines "$@"; [ $got = 1 ] || fail "status $got with $faults"; }
limit=

with 'no socket' expect 1 \
    'unixport: selftest: this system does not support Unix domain stream sockets' \
    "$unixport" selftest
fails 'no memory' 'unixport: shared memory: '
fails 'no fork' ', 0 cannot'
! grep -q '^ok\|^none' said || fail 'ok without a process'
[ "$(grep -c '^not .*: no check returned$' said)" = 3 ] ||
    fail 'a check returned'
[ "$(grep -c '^not .*: fork: Resource temporarily unavailable$' said)" = \
    "$(($(grep -c '^not' said) - 3))" ] || fail 'invented failures'
fails 'no thread' \
    'not   unix_interrupt ends blocked and later unix_accept calls: pthread_c'
echo 'ok: nothing to begin with'

holds 'no guard' 'none  lines pass in both directions (guarded)' \
    'none  a program is connected in both directions (guarded)' \
    'none  silent clients do not delay others'
! grep '^none' said | grep -v '(guarded)$\|SIGPIPE_ERROR\|server\|clients' |
    grep -v 'unrequested descriptors' || fail 'plain ports are no more'
holds 'no peer' "none  the peer's user and group are reported (plain)"
# This error does not excuse calls that every system has.
limit='-t 3'
fails 'no listen' \
    'not   a live server is never displaced: unix_listen: ' \
    'not   silent clients do not delay others: unix_listen: '
limit=
[ "$(grep -c ^none said)" = 1 ] || fail 'more than one is absent'
echo 'ok: missing features are reported'

fails 'own ids,no wait,taken,no mode,orphan' \
    "not   the peer's user and group are reported (plain): another " \
    'O_NONBLOCK set by another process loses nothing (guarded): after ' \
    'racing for a stale file exactly one succeeds: 0 of 8 have it' \
    "not   the file's mode is exact under any umask: unix_listen: " \
    'is missing is an error and leaves no child (plain): waitpid: succeeds'
fails 'no unlink' 'and separate: unix_close: ' \
    'not   closing a listener removes its socket file: unix_close: ' \
    'not   no file is left behind: 1, first by "'
echo 'ok: lies about peers, time and files'

fails 'eof' 'lines pass in both directions (guarded): fgets: end of file' \
    'every byte in order (guarded): after 0 bytes: end of file' \
    'not   a frame is never longer than its limit (guarded): unix_get_frame: s'
fails 'reset' 'both directions (guarded): fgets: Connection reset by peer' \
    'wakes a blocked reader (guarded): no end of file: Connection reset '
fails 'no room' 'every byte in order (guarded): putc: No buffer space av'
fails 'no rest' 'not   frames of two threads stay whole (guarded): '
fails 'no first' 'every byte in order (guarded): byte 0 is another one' \
    'nothing follows the gap (guarded): byte 0 comes after a gap'
fails 'no last' \
    'not   a megabyte passes in both directions, every byte in order (guarded'
fails 'no word' \
    'lost output is reported when closing (plain): fflush: succeeds'
echo 'ok: lies about bytes'

# Signals without effect, and one that is delivered twice.
holds 'restart' ', 0 do not, '
fails 'restart,no write' \
    'not   signals while reading lose nothing (guarded): a process ended with'
holds 'interruption' ', 0 do not, '
echo 'ok: signals'

# With --disable-shared the library is a part of the command: no fault can come
# before its calls.
command=$build/.libs/unixport
[ -e "$command" ] || command=$unixport
$NM -D "$command" | grep -q ' U unix_listen' || {
	echo 'ok: no faults of the library in a static one'
	exit 0
}

# A loaded machine can be late in spite of the fault.
tries=0
until lines 'early' && [ $got = 1 ] && [ "$(grep -c \
    '^not   a.* timeout is kept.*: it is early$' said)" = 4 ]
do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || fail "late: $(cat said)"
done
echo 'ok: timeouts that end early'

# A library that breaks each guarantee: FAULT|GUARANTEE lines, see
# t/lib/fault_library.c.  Some faults make the check wait until its limit.
cat >planted <<'END'
dead pair|lines pass in both directions (plain)
dead pair|lines pass in both directions (guarded)
dead pair|a megabyte passes in both directions, every byte in order (plain)
no last|a megabyte passes in both directions, every byte in order (guarded)
whole close|one direction ends, the other continues (plain)
whole close|one direction ends, the other continues (guarded)
open input|a write to a closed input fails with EPIPE (plain)
open input|a write to a closed input fails with EPIPE (guarded)
forgotten loss|lost output is reported when closing (plain)
forgotten loss|lost output is reported when closing (guarded)
never ready|buffered input is reported as ready (plain)
never ready|buffered input is reported as ready (guarded)
no hang-up|unix_hang_up wakes a blocked reader (plain)
no hang-up|unix_hang_up wakes a blocked reader (guarded)
sent twice|buffered output is sent once after fork (plain)
sent twice|buffered output is sent once after fork (guarded)
inherited|descriptors are close-on-exec (plain)
inherited|descriptors are close-on-exec (guarded)
always signal|a write to a dead peer raises no signal (guarded)
untied|reading sends buffered output first (guarded)
restart,no write|signals while reading lose nothing (guarded)
no last|signals while writing lose nothing (guarded)
no wait|O_NONBLOCK set by another process loses nothing (guarded)
early|a read timeout is kept, and no input is lost (guarded)
early|a write timeout is kept, and nothing follows the gap (guarded)
wrong policy|UNIX_SIGPIPE_RAISE: the writer gets the signal (plain)
wrong policy|UNIX_SIGPIPE_RAISE: the writer gets the signal (guarded)
wrong policy|UNIX_SIGPIPE_IGNORE: EPIPE, the signal is ignored (plain)
wrong policy|UNIX_SIGPIPE_IGNORE: EPIPE, the signal is ignored (guarded)
wrong policy|UNIX_SIGPIPE_IGNORE: an installed handler stays (plain)
wrong policy|UNIX_SIGPIPE_IGNORE: an installed handler stays (guarded)
wrong policy|UNIX_SIGPIPE_ERROR: EPIPE, the process is unchanged (guarded)
kept file|closing a listener removes its socket file
no reclaim|a stale socket file is reclaimed
robbery|a live server is never displaced
taken|of eight servers racing for a stale file exactly one succeeds
short paths|a path of 401 bytes works
no mode|the file's mode is exact under any umask
robbery|a foreign file is never reclaimed
foreign file|closing a listener never removes a foreign file
any name|an abstract name is claimed once, every byte counts
no interrupt|unix_interrupt ends blocked and later unix_accept calls
no interrupt|a signal handler may call unix_interrupt
hasty accept|an accept timeout is kept under signals
early|a connect timeout is kept if the backlog is full
impatience|UNIX_WAIT waits for a server that starts later
own ids|the peer's user and group are reported (plain)
own ids|the peer's user and group are reported (guarded)
inherited|descriptors arrive in order and close-on-exec (guarded)
kept descriptor|descriptors that are not taken are closed (guarded)
kept descriptor|unrequested descriptors are closed (plain)
kept descriptor|unrequested descriptors are refused or closed (guarded)
no limit|a line is never longer than its limit (plain)
no limit|a line is never longer than its limit (guarded)
no limit|a frame is never longer than its limit (plain)
no limit|a frame is never longer than its limit (guarded)
mixed frames|frames of two threads stay whole (plain)
mixed frames|frames of two threads stay whole (guarded)
no limit|a truncated frame is an error (plain)
no limit|a truncated frame is an error (guarded)
cut datagrams|datagrams arrive whole and separate
no interrupt|silent clients do not delay others
no interrupt|an interrupted server answers pending requests
other program|a program is connected in both directions (plain)
other program|a program is connected in both directions (guarded)
orphan|a program that is missing is an error and leaves no child (plain)
orphan|a program that is missing is an error and leaves no child (guarded)
kept descriptor|no descriptor is left open
kept file|no file is left behind
blocked signal|no signal's action or mask is changed
END
"$unixport" selftest | sed -n 's/^ok    //p' | sort >holding
cut -d '|' -f 2 planted | sort >broken
cmp holding broken || fail "$(diff holding broken)"

# all_reported: each guarantee that $fault breaks has a line.
all_reported()
{
	! with "$fault" "$unixport" selftest -q -t $limit >said 2>&1 || return
	while IFS='|' read -r name guarantee; do
		[ "$name" != "$fault" ] ||
		    grep -qF "not   $guarantee: " said || return
	done <planted
}
cut -d '|' -f 1 planted | sort -u >names
while read -r fault; do
	limit=10
	case $fault in
	'no hang-up' | 'no interrupt' | untied) limit=1 ;;
	esac
	# On a loaded machine, a timeout of 20 ms that ends early can be late.
	within 20 all_reported
done <names
echo "ok: $(wc -l <names) faults, $(wc -l <planted) guarantees"
