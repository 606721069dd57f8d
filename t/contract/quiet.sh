#!/bin/sh
# unix_listen() of a stale path, and a service, do not change the umask, the
# working directory, or the action or mask of a signal.
set -eu
for program in strace socat; do
	command -v $program >/dev/null || { echo "no $program"; exit 77; }
done
directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM

socat "UNIX-LISTEN:$directory/s,unlink-close=0" - </dev/null >/dev/null &
until [ -S "$directory/s" ]; do :; done
kill $!
wait $! || :
[ -S "$directory/s" ]
# LeakSanitizer also uses ptrace(2), and a process has only one tracer.
ASAN_OPTIONS=detect_leaks=0 ./libtool --mode=execute strace -f -o "$directory/trace" t/command/life listen "$directory/s"
[ ! -e "$directory/s" ]
grep -q 'renameat2.*"s"' "$directory/trace"
# The calls of the program itself begin with the first one on the path.
sed -n '/pipe2/,$p' "$directory/trace" >"$directory/ours"
grep -q 'bind(' "$directory/ours"
! grep -E 'umask|chdir|rt_sig|kill\(' "$directory/ours"
