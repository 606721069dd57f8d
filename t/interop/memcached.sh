#!/bin/sh
# memcached's text protocol.
. "${0%/*}/common.sh"
needs memcached
s=$directory/s
head -c 500000 /dev/urandom >"$directory/big"

start memcached memcached -u "$(id -un)" -s "$s"
memcached=$last
for kind in $kinds; do
	dialogue -r $(flag $kind) connect "$s" '> version' '< VERSION *' \
	    '> set big 0 0 500000' "f $directory/big" '> ' '< STORED' \
	    '> get big' '< VALUE big 0 500000' "= $directory/big" '< ' \
	    '< END' '> get nothing' '< END' '> quit' '$'
done
stop $memcached
passed memcached $(number memcached --version) 'set and get of 500 kB'
