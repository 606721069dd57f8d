#!/bin/sh
# OpenBSD's netcat, as client and as server.
. "${0%/*}/common.sh"
needs nc
nc -h 2>&1 | grep -q -- '-U' || absent nc
s=$directory/s
version=$(nc -h 2>&1 | sed -n 's/.*patchlevel \([^)]*\)).*/\1/p')
version=${version:--}

for kind in $kinds; do
	serve_once $(flag $kind) listen "$s" "= $input" '$' '> got it'
	[ "$(limit nc -NU "$s" <"$input")" = 'got it' ]
	ended $last
done
passed 'nc -U' $version 'a file and its end, an answer'
for kind in $kinds; do
	start nc nc -lU "$s"
	dialogue $(flag $kind) connect "$s" "f $input" '!' '$'
	ended $last
	cmp "$input" "$directory/nc.log"
	rm -f "$s"
done
passed 'nc -lU' $version 'a file and its end'
