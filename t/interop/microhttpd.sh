#!/bin/sh
# The web server of libmicrohttpd on a listener of the library.
. "${0%/*}/common.sh"
needs curl pkg-config
pkg-config --exists libmicrohttpd || absent libmicrohttpd
s=$directory/s

# The library as it was built, shared or static.
$CC -I"$srcdir/include" "$here/web.c" -o "$directory/web" -pthread \
    -L.libs -lunixport -Wl,-rpath,"$PWD/.libs" \
    $(pkg-config --cflags --libs libmicrohttpd)
start web "$directory/web" "$s"
ready web ready
web=$last
[ "$(limit curl -sSf --unix-socket "$s" http://here/one http://here/two)" = \
    "$(printf 'this is /one\nthis is /two')" ]
for kind in $kinds; do
	dialogue -r $(flag $kind) connect "$s" '> GET /three HTTP/1.1' \
	    '> Host: here' '> Connection: close' '> ' '< HTTP/1.1 200 OK' \
	    '~ ' '< this is /three' '$'
done
stop_ours $web
[ ! -e "$s" ]
passed libmicrohttpd $(pkg-config --modversion libmicrohttpd) \
    'pages from our listener, to curl and to our client'
