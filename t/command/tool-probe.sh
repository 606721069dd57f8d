#!/bin/sh
# unixport probe: each state; the exit status is 0 only for live, and no server
# is connected to.
. "${0%/*}/tool-support.sh"

# bound TYPE BACKLOG CLIENTS ADDRESS: see bound.c; sets $server.
bound()
{
	"$build/t/command/bound" "$@" >ready 2>words &
	await_server
}

# The list of sockets under qemu has no users, and no names with newlines.
case " ${CK_EXCLUDE_TAGS:-} " in
*' exec '*) user= ;;
*) user="user $(id -u), " ;;
esac
not_listening='socket is bound, and its server does not listen; try again'

# The file of bound(1) remains.
remove() { end TERM; rm -f "$1"; }

serve s cat
expect 0 "live: s: ${user}stream" "$unixport" probe s
expect 0 "live: unix:s: ${user}stream" "$unixport" probe unix:s
ln -s s link
expect 0 "live: link: ${user}stream" "$unixport" probe link
mkdir d
expect 0 "live: d/../s: ${user}stream" "$unixport" probe d/../s
end TERM
expect 1 'absent: link: a dangling symbolic link; is the server running?' \
    "$unixport" probe link
expect 1 'absent: s: nothing is there; is the server running?' \
    "$unixport" probe s
expect 1 'absent: no/s: the directory no does not exist; create it' \
    "$unixport" probe no/s

bound stream 5 0 "$PWD/s"
end TERM
expect 1 'stale: s: no server is listening there (a stale socket file); start the server' \
    "$unixport" probe s
expect 1 'stale: unix:s: no server is listening there (a stale socket file); start the server' \
    "$unixport" probe unix:s
# The file remains, and a server reclaims it.
[ -S s ]
serve s cat
end TERM

: >file
expect 1 'not a socket: file: a regular file, not a socket; is the path right?' \
    "$unixport" probe file
expect 1 'not a socket: .: a directory, not a socket; is the path right?' \
    "$unixport" probe .
expect 1 'absent: file/s: a component of the path is not a directory; is the path right?' "$unixport" probe file/s

"$unixport" probe fd:0 </dev/null >said 2>&1 && fail 'no socket' || [ $? = 1 ]
grep -q '^not a socket: fd:0: ' said || fail 'no socket'
"$unixport" probe systemd: >said 2>&1 && fail systemd || [ $? = 1 ]
grep -q '^unixport: systemd::' said || fail systemd

name=$(printf 's\nt\\u')
serve "$name" cat
state=live
"$unixport" probe "$name" >said || state=bound
[ $state = live ] || [ -z "$user" ] || fail 'a name with a newline'
grep -q "^$state: "'s\\x0at\\\\u: ' said || fail 'a name with a newline'
end TERM
serve 's ' cat
expect 0 "live: s : ${user}stream" "$unixport" probe 's '
end TERM
echo 'ok: states'

# No probe is a client, and none sends a datagram.
for type in stream seqpacket; do
	bound $type -1 0 "$PWD/b"
	expect 1 "not listening: b: the $type $not_listening" \
	    "$unixport" probe b
	remove b
done
bound stream 5 0 "$PWD/b"
expect 0 "live: b: ${user}stream" "$unixport" probe b
kill -s STOP $server
expect 0 "live: b: ${user}stream" "$unixport" probe b
kill -s CONT $server
remove b
# A backlog of 0 has room for one.
bound stream 0 1 "$PWD/b"
expect 0 "live: b: ${user}stream" "$unixport" probe b
remove b
other_type()
{
	for option in '' --connect; do
		expect 1 "of another type: $2: the socket is of another type ($1); is the address right?" \
		    "$unixport" probe $option "$2"
	done
}
bound seqpacket 5 0 "$PWD/b"
other_type seqpacket b
remove b
# A datagram socket accepts the datagrams of its peer only.
for type in datagram connected; do
	bound $type -1 0 "$PWD/b"
	other_type datagram b
	remove b
done
echo 'ok: servers that are not disturbed'

# The file decides, not the name: of two sockets that were bound to a path, the
# first has another file now.
if [ -n "$user" ]; then
	bound stream 5 0 "$PWD/f"
	first=$server
	mv f first
	bound stream -1 0 "$PWD/f"
	expect 1 "not listening: f: the stream $not_listening" \
	    "$unixport" probe f
	expect 0 "live: first: ${user}stream" "$unixport" probe first
	ln first hard
	rm first
	expect 0 "live: hard: ${user}stream" "$unixport" probe hard
	remove f
	server=$first
	end TERM
	expect 1 'stale: hard: no server is listening there (a stale socket file); start the server' \
	    "$unixport" probe hard
	bound shut 5 0 "$PWD/f"
	for option in '' --connect; do
		expect 1 "not listening: f: the stream $not_listening" \
		    "$unixport" probe $option f
	done
	remove f
	# An accepted connection has the name and the file of its server.
	bound accepted 5 1 "$PWD/f"
	expect 1 'stale: f: no server is listening there (a stale socket file); start the server' \
	    "$unixport" probe f
	remove f
	long=$(printf '%0200d' 0)
	mkdir $long
	serve "$PWD/$long/s" cat
	expect 0 "live: $long/s: ${user}stream" "$unixport" probe "$long/s"
	end TERM
	echo 'ok: files'
fi

if [ "$(uname -s)" = Linux ]; then
	expect 1 "absent: @up.$$: no server is bound to this name in this network namespace; is it running?" \
	    "$unixport" probe "@up.$$"
	serve "@up.$$" cat
	expect 0 "live: @up.$$: ${user}stream" "$unixport" probe "@up.$$"
	end TERM
	bound stream -1 0 "@up.$$"
	expect 1 "not listening: @up.$$: the stream $not_listening" \
	    "$unixport" probe "@up.$$"
	end TERM
	# A name is bound once for each type.  The order of the list depends on
	# the name.
	for name in @up.1.$$ @up.2.$$ @up.3.$$ @up.4.$$ @up.5.$$ @up.6.$$; do
		bound datagram -1 0 $name
		first=$server
		other_type datagram $name
		bound stream 5 0 $name
		expect 0 "live: $name: ${user}stream" "$unixport" probe $name
		end TERM
		server=$first
		end TERM
	done
	echo 'ok: abstract names'
fi
expect 1 'unixport: "": the address is empty; specify a path' "$unixport" probe ''

# The last state is printed after the time.
expect 1 'absent: late: nothing is there; is the server running?' \
    "$unixport" probe -w 0.05 late
expect 1 'absent: late: nothing is there; is the server running?' \
    "$unixport" probe --wait=0 late
for word in x -1 Inf infinity 1e3 ''; do
	"$unixport" probe -w "$word" late >said 2>&1 && fail "-w $word" ||
	    [ $? = 2 ]
	grep -q '^unixport: probe: invalid number of seconds: ' said ||
	    fail "-w $word"
done
for time in inf 100; do
	"$unixport" probe -w $time late >waited 2>&1 &
	probe=$!
	pids="$pids $probe"
	[ ! -e /proc/$probe/status ] ||
	    until_true grep -q '^State:.S' /proc/$probe/status
	bound stream -1 0 "$PWD/late"
	end TERM
	serve late cat
	wait $probe || fail "status $? of a wait of $time"
	[ "$(cat waited)" = "live: late: ${user}stream" ] || fail "wait $time"
	end TERM
done
echo 'ok: waiting'
