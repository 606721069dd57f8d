#!/bin/sh
# unixport selftest on systems that lie: what does not hold is told, as it was
# seen, and no other thing for what the system cannot have.
. "${0%/*}/tool-support.sh"
. "$here/tool-support-faults.sh"
mkdir tmp
export TMPDIR="$directory/tmp"

# lines FAULTS LINE...: it says all of these, and leaves nothing.
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
# holds, and fails: as lines; the status tells which it is.
holds() { lines "$@"; [ $got = 0 ] || fail "status $got with $faults"; }
fails() { lines "$@"; [ $got = 1 ] || fail "status $got with $faults"; }
limit=

with 'no socket' expect 1 \
    'unixport: this system makes no Unix domain stream sockets' \
    "$unixport" selftest
fails 'no memory' 'unixport: no memory to share: '
fails 'no fork' ', 0 cannot'
! grep -q '^ok\|^none' said || fail 'ok without a process'
[ "$(grep -c '^not .*: nobody has looked$' said)" = 3 ] || fail 'all looked'
[ "$(grep -c '^not .*: fork: Resource temporarily unavailable$' said)" = \
    "$(($(grep -c '^not' said) - 3))" ] || fail 'invented failures'
fails 'no thread' \
    'not   an interrupt wakes who accepts, for good: pthread_create: '
echo 'ok: nothing to begin with'

holds 'no guard' 'none  lines go both ways (guarded)' \
    'none  a program is talked to both ways (guarded)' \
    'none  silent clients do not hold up the others'
! grep '^none' said | grep -v '(guarded)$\|SIGPIPE_ERROR\|server\|clients' |
    grep -v 'descriptors that were not asked for' || fail 'plain ports are no more'
holds 'no peer' "none  the peer's user and group are told (plain)" \
    '  told of a peer              unknown: '
# Of calls that any system has this error is no excuse.
limit='-t 3'
fails 'no listen' \
    'not   a live server is never displaced: unix_listen: ' \
    'not   silent clients do not hold up the others: unix_listen: '
limit=
[ "$(grep -c ^none said)" = 1 ] || fail 'more than one is absent'
echo 'ok: what a system cannot have'

fails 'own ids,no wait,taken,no mode,orphan,no opendir' \
    "not   the peer's user and group are told (plain): another " \
    'O_NONBLOCK that another process sets loses nothing (guarded): after ' \
    'not   of eight starters at a stale file one wins: 0 of 8 have it' \
    "the file's mode is exact, whatever the umask: unix_listen: " \
    'is missing is told, and leaves no child (plain): waitpid: succeeds' \
    'not   it leaves no file behind: '
# A machine that stalls may be late all the same.
tries=0
until fails 'early' && [ "$(grep -c \
    '^not   a.* timeout is kept.*: it is early$' said)" = 3 ]
do
	tries=$((tries + 1))
	[ $tries -lt 50 ] || fail "late: $(cat said)"
done
fails 'no unlink' 'nobody: Connection refused' \
    'not   the socket file goes when its server closes: the socket file is ' \
    ', first by "descriptors are closed on exec"'
echo 'ok: lies about peers, time and files'

fails 'eof' 'lines go both ways (guarded): fgets: end of file' \
    'every byte in its place (guarded): after 0 bytes: end of file' \
    'not   a frame is never larger than was said (guarded): unix_get_frame: su'
fails 'reset' 'lines go both ways (guarded): fgets: Connection reset by peer' \
    'hanging up wakes who reads (guarded): no end of file: Connection reset '
fails 'no room' 'every byte in its place (guarded): putc: No buffer space av'
fails 'no rest' 'not   frames of two threads stay whole (guarded): '
fails 'no first' 'every byte in its place (guarded): byte 0 is another one' \
    'nothing is sent after the gap (guarded): byte 1 comes after a gap'
fails 'no last' \
    'not   a megabyte goes both ways, every byte in its place (guarded): '
fails 'no word' '  a failed write              not even told by fflush(3)' \
    'what was lost is told when closing (plain): fflush: succeeds'
echo 'ok: lies about bytes'

# Signals that do less than they should; one that comes once too often.
holds 'restart' '  a signal while reading      loses nothing'
fails 'restart,no write' 'unknown: it ended with status 1' \
    'not   signals while reading lose nothing (guarded): it ended with status'
holds 'interruption' ', 0 do not, '
fails 'always signal' '  SIGPIPE                     cannot be turned off'
echo 'ok: signals'
