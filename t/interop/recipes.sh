#!/bin/sh
# The recipes of unixport(1) that require only a shell and Redis.
. "${0%/*}/common.sh"
needs bash redis-server setpriv
s=$directory/s
version=$(number "$unixport" --version)

# A directory, copied.
mkdir -p "$directory/from/music" "$directory/to"
cp "$input" "$directory/from/music"
(cd "$directory/from"; try copy.sock "$s" 'Copying data' 1 1) &
sender=$!
listening "$s"
(cd "$directory/to"; try copy.sock "$s" 'Copying data' 1 2)
wait $sender
tar xf "$directory/to/music.tar" -C "$directory/to"
cmp "$input" "$directory/to/music/${input##*/}"
passed 'unixport(1)' $version 'recipe: copying data'

# An ordinary user can specify its own group only.
group=staff
[ -n "$ordinary" ] || group=$(id -gn)
try '-g staff /run/load' "-g $group $s" 'A small server' 1 1
listening "$s"
"$unixport" probe --connect "$s" >"$directory/said"
server=$(sed -n 's/.* process \([0-9]*\).*/\1/p' "$directory/said")
running="$server $running"
[ "$(stat -c '%a %G' "$s")" = "660 $group" ]
try /run/load "$s" 'A small server' 1 2 | grep '^[0-9.]* [0-9.]* [0-9.]* '
forget $server
kill $server
until [ ! -e "$s" ]; do sleep 0.01; done
passed 'unixport(1)' $version 'recipe: a server for a group'

# A server, which has one client.
install_program appd <<-END
	#!/bin/sh
	echo started >>"$directory/starts"
	exec "$unixport" listen "\$1"
END
try /run/app.sock "$s" 'Waiting for a service' 1 >"$directory/said"
grep '^live: ' "$directory/said"
# It is still running, and is not started again.
try /run/app.sock "$s" 'Waiting for a service' 2
[ "$(wc -l <"$directory/starts")" = 1 ]
limit "$unixport" connect "$s" </dev/null
# No server.
install_program appd </dev/null
status=0
try '-w 30 /run/app.sock' "-w 0.1 $s" 'Waiting for a service' 1 \
    >"$directory/said" || status=$?
[ $status = 1 ]
grep '^absent: ' "$directory/said"
passed 'unixport(1)' $version 'recipes: waiting for a service, or starting it'

start redis redis-server --port 0 --unixsocket "$s" --save '' \
    --dir "$directory"
redis=$last
# The server may still be starting.
[ "$(try /run/redis.sock "$s" 'Waiting for a service' 3)" = \
    "$(printf '+PONG\r')" ]
recipe 'A coprocess of bash' 1 >"$directory/coprocess"
echo 'echo "$answer"' >>"$directory/coprocess"
sed -i "s,/run/redis.sock,$s," "$directory/coprocess"
[ "$(PATH=${unixport%/*}:$PATH limit bash "$directory/coprocess")" = \
    "$(printf '+PONG\r')" ]
stop $redis
passed redis-server $(number redis-server --version) \
    'recipes: a request that waits, a coprocess of bash'
