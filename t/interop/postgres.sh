#!/bin/sh
# A session with PostgreSQL, from its startup packet.
. "${0%/*}/common.sh"
for bin in /usr/lib/postgresql/*/bin; do PATH=$PATH:$bin; done
needs postgres initdb
[ -z "$ordinary" ] || needs setpriv
s=$directory/.s.PGSQL.5432
mkdir "$directory/data"
[ -z "$ordinary" ] || chown nobody "$directory" "$directory/data"

limit $ordinary initdb -D "$directory/data" -U unixport -A trust -E UTF8 \
    --no-locale --no-sync >"$directory/initdb.log" 2>&1
start postgres $ordinary postgres -D "$directory/data" -k "$directory" -h ''
postgres=$last
ready postgres 'ready to accept connections'
for kind in $kinds; do
	limit t/interop/startup $(flag $kind) "$s" unixport \
	    "SELECT 6 * 7, repeat('x', 9000)" >"$directory/said"
	version=$(sed -n 's/server_version \([0-9.]*\).*/\1/p' \
	    "$directory/said")
	grep -qx 42 "$directory/said"
	grep -qx 'x\{9000\}' "$directory/said"
done
limit t/interop/startup "$s" nobody 'SELECT 1' 2>"$directory/said" && exit 1
grep -qi 'does not exist' "$directory/said"
stop $postgres
passed postgres "$version" 'startup, a query of 9 kB, a refused user'
