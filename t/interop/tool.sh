#!/bin/sh
# The command, as client and as server of other programs.
. "${0%/*}/common.sh"
needs curl nc python3 redis-cli redis-server socat
s=$directory/s

# A web server, and a Redis, for one request each.
cat >"$directory/web" <<'END'
#!/bin/sh
read -r get path version
until [ "$get" = "$(printf '\r')" ]; do read -r get rest; done
printf 'HTTP/1.0 200 OK\r\n\r\nthis is %s\n' "$path"
END
cat >"$directory/redis" <<'END'
#!/bin/sh
read -r count; read -r length; read -r word
[ "$word" != "$(printf 'PING\r')" ] || printf '+PONG\r\n'
END
chmod +x "$directory/web" "$directory/redis"

# listen COMMAND: starts unixport listen, and waits until it listens.
listen()
{
	start tool $unixport listen -1 "$s" "$@"
	ready tool '^$'
}

listen "$directory/web"
[ "$(limit curl -sSf --unix-socket "$s" http://here/one)" = 'this is /one' ]
stop_ours $last
listen "$directory/redis"
[ "$(limit redis-cli -s "$s" PING)" = PONG ]
stop_ours $last
listen cat
limit nc -NU "$s" <"$input" | cmp - "$input"
limit socat -t 20 - "UNIX-CONNECT:$s" <"$input" | cmp - "$input"
limit python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b"x" * 100)
s.shutdown(socket.SHUT_WR)
assert s.recv(1000, socket.MSG_WAITALL) == b"x" * 100' "$s"
stop_ours $last
[ ! -e "$s" ]
passed 'unixport listen' $(number $unixport --version) \
    'with curl, redis-cli, nc, socat, python3'

start redis redis-server --port 0 --unixsocket "$s" --save '' \
    --dir "$directory"
ready redis 'ready to accept'
[ "$(printf 'PING\r\nQUIT\r\n' | limit $unixport connect "$s")" = \
    "$(printf '+PONG\r\n+OK\r')" ]
stop $last
start nc nc -lU "$s.nc"
until [ -S "$s.nc" ]; do :; done
limit $unixport connect -w 10 "$s.nc" <"$input"
ended $last
cmp "$input" "$directory/nc.log"
start web socat -t 20 "UNIX-LISTEN:$s.web" "EXEC:$directory/web"
[ "$(printf 'GET /two HTTP/1.0\r\n\r\n' |
    limit $unixport connect -w 10 "$s.web" | tail -n 1)" = 'this is /two' ]
ended $last
passed 'unixport connect' $(number $unixport --version) \
    'with redis-server, nc -l, socat'
