#!/bin/sh
# unixport probe on systems that do not list their sockets, or only their names.
. "${0%/*}/tool-support.sh"
. "$here/tool-support-faults.sh"

# bound TYPE BACKLOG ADDRESS: see bound.c; sets $server.
bound()
{
	"$build/t/command/bound" $1 $2 0 "$3" >ready 2>words &
	await_server
}

unknown='a process has the socket, and it is unknown if it listens; use --connect'
blind='no netlink,no list'
not_listening='stream socket is bound, and its server does not listen; try again'

bound stream 5 "$PWD/s"
expect 0 "live: s: user $(id -u), stream" "$unixport" probe s
with 'no netlink' expect 0 'live: s: stream' "$unixport" probe s
with 'endless list' expect 0 'live: s: stream' "$unixport" probe s
with 'endless list,no list' expect 1 "bound: s: $unknown" "$unixport" probe s
# A list can lack a socket if others are closed while it is made.
with 'empty list' expect 0 "live: s: user $(id -u), stream" "$unixport" probe s
with "$blind" expect 1 "bound: s: $unknown" "$unixport" probe s
with "$blind" expect 0 "live: s: user $(id -u), process $server, stream" \
    "$unixport" probe --connect s
# That was a client.
kill $server
wait $server && fail 'no client' || [ $? = 1 ]
with "$blind" expect 1 'stale: s: no server is listening there (a stale socket file); start the server' \
    "$unixport" probe s
rm s
bound stream -1 "$PWD/s"
with 'no netlink' expect 1 "not listening: s: the $not_listening" \
    "$unixport" probe s
with "$blind" expect 1 "bound: s: $unknown" "$unixport" probe s
with "$blind" expect 1 \
    'not listening: s: no server was listening there a moment ago; try again' \
    "$unixport" probe --connect s
end TERM
echo 'ok: paths'

# The list of names does not show whose file is at the path.
mv s old
bound stream 5 "$PWD/s"
first=$server
mv s first
with 'no netlink' expect 1 "bound: first: $unknown" "$unixport" probe first
bound stream -1 "$PWD/s"
with 'no netlink' expect 1 "bound: s: $unknown" "$unixport" probe s
expect 1 "not listening: s: the $not_listening" "$unixport" probe s
end TERM
server=$first
end TERM
name=$(printf 'x\ny')
bound stream 5 "$PWD/$name"
with 'no netlink' expect 1 "bound: x\\x0ay: $unknown" "$unixport" probe "$name"
end TERM
bound stream 5 "$PWD/a b "
with 'no netlink' expect 0 'live: a b : stream' "$unixport" probe 'a b '
end TERM
echo 'ok: names that are not sufficient'

bound seqpacket 5 "$PWD/q"
another='the socket is of another type'
with 'no netlink' expect 1 \
    "of another type: q: $another (seqpacket); is the address right?" \
    "$unixport" probe q
with "$blind" expect 1 "bound: q: $unknown" "$unixport" probe q
with "$blind" expect 1 \
    "of another type: q: $another (stream or SEQPACKET); is the address right?" \
    "$unixport" probe --connect q
end TERM
bound datagram -1 "$PWD/d"
with "$blind" expect 1 \
    "of another type: d: $another (datagram); is the address right?" \
    "$unixport" probe d
end TERM
echo 'ok: types'

# Without a descriptor of the process, its number decides.
"$build/t/command/bound" orphan 5 0 "$PWD/o" >ready 2>words &
await_server
with 'no pidfd' expect 0 \
    "live: o: user $(id -u), process $(cat words) (ended), stream" \
    "$unixport" probe --connect o
kill $server
wait $server || :
serve r cat
with 'no pidfd' expect 0 "live: r: user $(id -u), process $server, stream" \
    "$unixport" probe --connect r
with 'no peer' expect 0 'live: r: user unknown, process unknown, stream' \
    "$unixport" probe --connect r
end TERM
echo 'ok: processes'

unlisted='the sockets of this system cannot be listed; use --connect'
with "$blind" expect 1 "unknown: @up.$$: $unlisted" "$unixport" probe "@up.$$"
with "$blind" expect 1 "absent: @up.$$: no server is bound to this name in this network namespace; is it running?" \
    "$unixport" probe --connect "@up.$$"
with 'no netlink' expect 1 "absent: @up.$$: no server is bound to this name in this network namespace; is it running?" \
    "$unixport" probe "@up.$$"
bound stream 5 "@up.$$"
with 'no netlink' expect 0 "live: @up.$$: stream" "$unixport" probe "@up.$$"
with "$blind" expect 1 "unknown: @up.$$: $unlisted" "$unixport" probe "@up.$$"
with "$blind" expect 0 "live: @up.$$: user $(id -u), process $server, stream" \
    "$unixport" probe --connect "@up.$$"
kill $server
wait $server && fail 'no client' || [ $? = 1 ]
bound stream 5 "@up.$$"
with 'no entry' "$unixport" probe --connect "@up.$$" >said &&
    fail 'no entry' || [ $? = 1 ]
grep -q "^not permitted: @up.$$: " said || fail 'no entry'
end TERM
# A name that contains a line of the list.
bound stream -1 "@up.$$"
first=$server
bound stream -1 "$(printf '@x\n0: 2 0 10000 1 1 1 @up.%s' $$)"
with 'no netlink' expect 1 "unknown: @up.$$: $unlisted" "$unixport" probe "@up.$$"
expect 1 "not listening: @up.$$: the $not_listening" "$unixport" probe "@up.$$"
end TERM
server=$first
end TERM
echo 'ok: abstract names'
