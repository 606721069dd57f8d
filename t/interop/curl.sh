#!/bin/sh
# curl, as client of servers with the library.
. "${0%/*}/common.sh"
needs curl
s=$directory/s
head -c 1000000 /dev/urandom >"$directory/big"

for kind in $kinds; do
	serve_once -r $(flag $kind) listen "$s" '< GET /big HTTP/1.1' '~ ' \
	    '> HTTP/1.1 200 OK' '> Connection: close' '> ' \
	    "f $directory/big" '!' '$'
	limit curl -sSf --unix-socket "$s" -o "$directory/came" http://here/big
	ended $last
	cmp "$directory/big" "$directory/came"
done
version=$(number curl --version)
passed curl $version 'GET of 1 MB, ended by our half-close'
for kind in $kinds; do
	serve_once -r $(flag $kind) listen "@$s" '< PUT /big HTTP/1.1' \
	    '~ Expect: 100-continue' '~ ' '> HTTP/1.1 100 Continue' '> ' \
	    "= $directory/big" '> HTTP/1.1 201 Created' \
	    '> Content-Length: 3' '> ' '> ok'
	limit curl -sSf --abstract-unix-socket "$s" \
	    -H 'Expect: 100-continue' -T "$directory/big" http://here/big \
	    >"$directory/said"
	grep -q '^ok' "$directory/said"
	ended $last
done
passed curl $version 'PUT of 1 MB with 100-continue (abstract name)'
