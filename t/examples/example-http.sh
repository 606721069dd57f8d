#!/bin/sh
# http: the page, and requests that are refused.
. "${0%/*}/examples.subr"

usage http
usage http one two
start http

# ask FORMAT ARGUMENT...: send a request; the reply is stored without CRs.
ask()
{
	printf "$@" | t/command/life talk "$directory/s" >"$directory/raw" ||
	    [ $? = 3 ]	# the server closed before it read the whole request
	tr -d '\r' <"$directory/raw" >"$directory/reply"
}
# answers STATUS FORMAT ARGUMENT...
answers()
{
	status=$1; shift
	ask "$@"
	[ "$(sed q "$directory/reply")" = "HTTP/1.1 $status" ] && return
	echo "$1: not $status"
	cat "$directory/reply"
	exit 1
}

answers '200 OK' 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
grep -q "user $(id -u), in process" "$directory/reply"
body=$(sed '1,/^$/d' "$directory/reply" | wc -c)
grep -qx "Content-Length: $((body))" "$directory/reply"
answers '200 OK' 'HEAD / HTTP/1.0\n\n'
[ "$(sed '1,/^$/d' "$directory/reply" | wc -c)" -eq 0 ]
answers '404 Not Found' 'GET /no HTTP/1.1\r\n\r\n'
answers '501 Not Implemented' 'DELETE / HTTP/1.1\r\n\r\n'
answers '400 Bad Request' 'hello\r\n\r\n'
answers '400 Bad Request' 'GET /%0200d HTTP/1.1\r\n\r\n' 0
answers '431 Request Header Fields Too Large' \
    'GET / HTTP/1.1\r\nX: %05000d\r\n\r\n' 0
answers '431 Request Header Fields Too Large' \
    "GET / HTTP/1.1\\r\\n$(printf 'X: y\\r\\n%.0s' $(awk 'BEGIN { for (i = 0; i < 100; i++) print i }'))\\r\\n"
# An incomplete request gets no reply.
ask 'GET / HTTP/1.1\r\nHost: '
[ ! -s "$directory/reply" ]
echo 'ok: requests_get_their_status'

if command -v curl >/dev/null; then
	curl -sS --unix-socket "$directory/s" http://localhost/ \
	    >"$directory/page" &
	visitor=$!
	wait $visitor
	grep -q "user $(id -u), in process $visitor\\." "$directory/page"
	[ "$(curl -s -o /dev/null -w '%{http_code}' --unix-socket \
	    "$directory/s" http://localhost/no)" = 404 ]
	echo 'ok: curl_receives_the_page'
else
	echo 'curl is missing: not tested'
fi
stop
echo 'ok: server_ends_on_SIGTERM'
