#!/bin/sh
# demo.sh FILE: run the examples on FILE; `make demo' runs it on README.md.
# The examples and the command are in the current directory.
set -eu
[ $# = 1 ] || { echo 'usage: demo.sh FILE' >&2; exit 2; }
file=$(cd "$(dirname "$1")" && pwd)/${1##*/}
PATH=$PWD/examples:$PWD:$PATH
directory=$(mktemp -d /tmp/unixport.XXXXXX)
server=
finish()
{
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	rm -rf "$directory"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$directory"
cp "$file" text

# show COMMAND...: print it as it would be typed, and run it.
show()
{
	echo "\$ $*"
	"$@"
}

# start SERVER ARGUMENT...
start()
{
	echo "\$ $* &"
	"$@" &
	server=$!
}

# stop SOCKET: the server ends on SIGTERM and removes its socket file.
stop()
{
	echo "\$ kill -TERM (the server)"
	kill -TERM "$server"
	wait "$server"
	server=
	[ ! -e "$1" ]
	echo "The server has ended and removed $1."
}

echo "1. Guarded ports: a server with a thread for each client"
start echo-server echo.sock
mkfifo requests replies
echo-client echo.sock <requests >replies &
silent=$!
exec 3>requests 4<replies
echo ready >&3
read -r reply <&4
[ "$reply" = ready ]
echo "One client is connected and silent.  Another one is served:"
show echo-client echo.sock hello
exec 3>&- 4<&-
wait "$silent"
stop echo.sock

echo
echo "2. Plain ports: a server for one client at a time"
start line-server line.sock
show line-client line.sock text
show ls -l line.sock
stop line.sock

echo
echo "3. A parent and its child, over unix_pair()"
show child-count text
sums=$(child-count text)
set -- $(wc <text)
echo "\$ wc text"
echo "$1 $2 $3"
[ "$sums" = "$1 lines, $2 words, $3 bytes" ]
echo "Both counts are equal."

echo
echo "4. The peer closes after three lines, under each SIGPIPE policy"
show sigpipe text

echo
echo "5. A crash, and a second start on the same path"
start echo-server echo.sock
echo-client echo.sock ready >/dev/null
echo "\$ kill -KILL (the server)"
# bash reports on standard error that a job was killed.
{ kill -KILL "$server"; wait "$server" || :; } 2>/dev/null
server=
show unixport probe echo.sock || :
start echo-server echo.sock
show echo-client echo.sock hello
echo "The stale socket file was reclaimed.  A third server fails:"
show echo-server echo.sock 2>&1 || echo "(exit status $?)"
stop echo.sock

echo
echo "6. Lines from a child to its parent, interrupted by signals"
show signal-storm 100000

echo
echo "7. A child without privileges receives a file from its parent"
echo 'only its owner may read this' >secret
chmod 0600 secret
show privsep secret
[ "$(id -u)" = 0 ] || echo "(Not run as root: the child keeps its privileges.)"

echo
echo "8. A web page over a socket file"
start http page.sock
echo "\$ printf 'GET / HTTP/1.0\\r\\n\\r\\n' | unixport connect -w 5 page.sock"
printf 'GET / HTTP/1.0\r\n\r\n' | unixport connect -w 5 page.sock | tr -d '\r'
stop page.sock
