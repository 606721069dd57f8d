#!/bin/sh
# The control socket of BIRD, which drops an answer when its client half-closes
# the connection.
. "${0%/*}/common.sh"
needs bird
s=$directory/ctl
version=$(number bird --version)
printf 'router id 127.0.0.1;\nprotocol device {}\n' >"$directory/conf"
start bird bird -f -c "$directory/conf" -s "$s" -P "$directory/pid"
bird=$last
listening "$s"

try /run/bird/bird.ctl "$s" 'The API of Docker' 2 >"$directory/said"
grep -x '0013 Daemon is up and running' "$directory/said"
stop $bird
passed bird $version 'recipe: show status'
