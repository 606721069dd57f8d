#!/bin/sh
# unixport probe --connect: the user and the process of the server.
. "${0%/*}/tool-support.sh"

serve s cat
expect 0 "live: s: user $(id -u), process $server, stream" \
    "$unixport" probe --connect s
expect 0 "live: unix:s: user $(id -u), process $server, stream" \
    "$unixport" probe -w 5 --connect unix:s
end TERM
expect 1 'absent: s: nothing is there; is the server running?' \
    "$unixport" probe --connect s
if [ "$(uname -s)" = Linux ]; then
	expect 1 "absent: @up.$$: no server is bound to this name in this network namespace; is it running?" \
	    "$unixport" probe --connect "@up.$$"
	serve "@up.$$" cat
	expect 0 "live: @up.$$: user $(id -u), process $server, stream" \
	    "$unixport" probe --connect "@up.$$"
	end TERM
fi
echo 'ok: the server'

# A connection is a client.  It is in the queue that has no room for another.
"$build/t/command/bound" stream 0 0 "$PWD/b" >ready 2>words &
await_server
expect 0 "live: b: user $(id -u), process $server, stream" \
    "$unixport" probe --connect b
expect 0 'live: b: no answer before the timeout; is the server busy?' \
    "$unixport" probe --connect b
kill $server
wait $server && fail 'no client' || [ $? = 1 ]
expect 1 'stale: b: no server is listening there (a stale socket file); start the server' \
    "$unixport" probe --connect b
rm b
"$build/t/command/bound" stream -1 0 "$PWD/b" >ready 2>words &
await_server
expect 1 'not listening: b: the stream socket is bound, and its server does not listen; try again' \
    "$unixport" probe --connect b
end TERM
echo 'ok: a full backlog'

# The socket outlives the process that has called listen(2).
"$build/t/command/bound" orphan 5 0 "$PWD/o" >ready 2>words &
await_server
first=$(cat words)
expect 0 "live: o: user $(id -u), process $first (ended), stream" \
    "$unixport" probe --connect o
kill $server
wait $server && fail 'no client' || [ $? = 1 ]
echo 'ok: a process that has ended'
