#!/bin/sh
# The log of MariaDB has a line for each client that leaves before it has
# authenticated itself.
. "${0%/*}/common.sh"
needs mariadbd mariadb-install-db
s=$directory/s
version=$(mariadbd --version | sed 's/.*Ver \([0-9.]*\).*/\1/')
mkdir "$directory/data"
[ -z "$ordinary" ] || chown nobody "$directory" "$directory/data"
limit $ordinary mariadb-install-db --no-defaults --datadir="$directory/data" \
    --auth-root-authentication-method=normal --skip-test-db \
    >"$directory/install.log" 2>&1
start mariadb $ordinary mariadbd --no-defaults --datadir="$directory/data" \
    --socket="$s" --skip-networking --log-warnings=9
mariadb=$last
ready mariadb 'ready for connections'

for n in 1 2 3; do
	"$unixport" probe "$s" | grep '^live: '
done
[ "$(grep -c 'Aborted connection' "$directory/mariadb.log")" = 0 ]
# A client that connects is logged.
"$unixport" probe --connect "$s"
ready mariadb 'Aborted connection'
stop $mariadb
[ "$(grep -c 'Aborted connection' "$directory/mariadb.log")" = 1 ]
passed mariadb $version 'no line in its log for probe'
