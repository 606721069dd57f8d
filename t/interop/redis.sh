#!/bin/sh
# Redis's protocol: its server, and its client.
. "${0%/*}/common.sh"
needs redis-server redis-cli
s=$directory/s
version=$(number redis-server --version)
head -c 1000000 /dev/urandom >"$directory/big"

start redis redis-server --port 0 --unixsocket "$s" --save '' \
    --dir "$directory"
redis=$last
for kind in $kinds; do
	dialogue -r $(flag $kind) connect "$s" '> PING' '< +PONG' \
	    '> SET color blue' '> GET color' '< +OK' '< $4' '< blue' \
	    '> *3' '> $3' '> SET' '> $3' '> big' '> $1000000' \
	    "f $directory/big" '> ' '< +OK' \
	    '> GET big' '< $1000000' "= $directory/big" '< ' \
	    '> QUIT' '< +OK' '$'
done
[ "$(limit redis-cli -s "$s" GET color)" = blue ]
stop $redis
passed redis-server $version 'PING; SET and GET of 1 MB'

for kind in $kinds; do
	serve_once -r $(flag $kind) listen "$s" '< ?1' '< $4' '< PING' '> +PONG' '$'
	[ "$(limit redis-cli -s "$s" PING)" = PONG ]
	ended $last
	serve_once -r $(flag $kind) listen "$s" '< ?3' '< $3' '< SET' '< $3' \
	    '< big' '< $1000000' "= $directory/big" '< ' '> +OK' '$'
	[ "$(limit redis-cli -s "$s" -x SET big <"$directory/big")" = OK ]
	ended $last
done
passed redis-cli $(number redis-cli --version) \
    'PING; SET of 1 MB, to a server of ours'
