#!/bin/sh
# demo.sh FILE: the examples at work on FILE; make demo runs it.
# The programs are in examples/ of the current directory.
set -eu
[ $# = 1 ] || { echo 'usage: demo.sh FILE' >&2; exit 2; }
file=$1
directory=$(mktemp -d /tmp/unixport.XXXXXX)
server=
finish()
{
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	rm -rf "$directory"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
socket=$directory/lines.sock

echo "1. A server and a client, over a socket file"
echo "\$ line-server $socket &"
examples/line-server "$socket" &
server=$!
echo "\$ line-client $socket ${file##*/}"
examples/line-client "$socket" "$file"
echo "\$ ls -l"
ls -l "$socket"
echo "\$ kill -TERM (the server)"
kill -TERM "$server"
wait "$server"
server=
[ ! -e "$socket" ] && echo "The server has ended and removed its file."

echo
echo "2. A parent and its child, over unix_pair()"
echo "\$ child-count ${file##*/}"
ours=$(examples/child-count "$file")
echo "$ours"
set -- $(wc <"$file")
echo "\$ wc <${file##*/}"
echo "$1 $2 $3"
[ "$ours" = "$1 lines, $2 words, $3 bytes" ] && echo "wc agrees."

echo
echo "3. The peer goes away in the middle, under each SIGPIPE policy"
echo "\$ sigpipe ${file##*/}"
examples/sigpipe "$file"

echo
echo "4. A crash, and a second start on the same path"
echo "\$ line-server $socket &"
examples/line-server "$socket" &
server=$!
examples/line-client "$socket" "$file" >/dev/null
echo "\$ kill -KILL (the server)"
kill -KILL "$server"
wait "$server" 2>/dev/null || :
ls -l "$socket"
echo "\$ line-server $socket &"
examples/line-server "$socket" &
server=$!
echo "\$ line-client $socket ${file##*/}"
examples/line-client "$socket" "$file"
echo "It serves again: the file that was left has been reclaimed."
echo "\$ line-server $socket"
examples/line-server "$socket" 2>&1 || echo "(exit status $?)"
kill -TERM "$server"
wait "$server"
server=

echo
echo "5. A storm of signals, while a child sends lines to its parent"
echo "\$ signal-storm 100000"
examples/signal-storm 100000

echo
echo "6. A child without rights gets a file from its parent"
echo 'only its owner may read this' >"$directory/secret"
chmod 0600 "$directory/secret"
echo "\$ privsep $directory/secret"
examples/privsep "$directory/secret"
[ "$(id -u)" = 0 ] || echo "(Not run as root: the child has its rights still.)"

echo
echo "7. A page over a socket file"
echo "\$ http $socket &"
examples/http "$socket" &
server=$!
examples/line-client "$socket" /dev/null >/dev/null	# it is there
if command -v curl >/dev/null; then
	echo "\$ curl --unix-socket $socket http://localhost/"
	curl -sS --unix-socket "$socket" http://localhost/
else
	echo "(There is no curl here to fetch it.)"
fi
kill -TERM "$server"
wait "$server"
server=
