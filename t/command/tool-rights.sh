#!/bin/sh
# Programs of unixport may receive descriptors, and a client that is refused or
# waits cannot block the server by a descriptor that it has passed.
. "${0%/*}/tool-support.sh"
PATH=$build/t/command:$PATH

serve s life rights
expect 0 taken "$unixport" connect s </dev/null
end TERM
serve s sh -c 'cat >/dev/null'
"$unixport" connect s sh -c 'life rights >got' && [ "$(cat got)" = taken ] ||
    fail connect
end TERM
"$unixport" pair sh -c 'life rights >first' -- sh -c 'life rights >second'
[ "$(cat first second)" = "taken
taken" ] || fail pair
echo 'ok: programs may receive descriptors'

# One client of $server, which has -C 1, stays: later ones are refused.
mkfifo hold
stay()
{
	"$unixport" connect s <hold >answer & client=$!
	pids="$pids $client"
	exec 3>hold
	echo here >&3
	until_true grep -qx here answer
}
served() { [ "$(echo hello | "$unixport" connect s 2>/dev/null)" = hello ]; }
leave()
{
	exec 3>&-
	wait $client || fail 'the client that stayed'
	until_true served
	end TERM
}

# refuse CLIENTS ARGUMENT...: concurrent clients of linger, whose connections
# the server ends.  Each takes the server 100 milliseconds at most, and a minute
# if it is blocked: 18 have ten times that.
refuse()
{
	clients=$1; shift
	for i in $(seq $clients); do
		rm -f refused.$i
		{ linger s "$@" 3>&- >&2 && : >refused.$i; } &
		pids="$pids $!"
	done
	for i in $(seq $clients); do
		within 3000 test -e refused.$i
	done
}

# More clients than threads.
serve -C 1 s cat
stay
refuse 1 18
refuse 1 18 252
leave
echo 'ok: refused clients'

# Credentials precede the descriptors.
credentials s "$unixport" listen -1 -C 1 fd:3 cat >ready 2>words &
await_server
stay
refuse 1 18 252
leave
rm s
echo 'ok: refused clients of a listener that asks for credentials'

# The limit allows the descriptors of one message, but not of two.  All calls
# together take less than the 100 milliseconds for which one waits for others.
if can_fault; then
	limit=$(ulimit -S -n)
	ulimit -S -n 300
	serve_with_fault recvmsg:delay_exit=20000 -C 1 "$directory/s" cat
	ulimit -S -n "$limit"
	stay
	refuse 4 1 252
	leave
	echo 'ok: refused clients at the limit of descriptors'
fi

# Clients whose program cannot be started, if posix_spawn(3) reports it.
case " ${CK_EXCLUDE_TAGS:-} " in
*' exec '*) ;;
*)
	cp "$(command -v cat)" ./ours
	serve s ./ours
	rm ours
	{ linger s 18 >&2 && : >dropped; } & pids="$pids $!"
	until_true test -e dropped
	end TERM
	echo 'ok: clients without a program'
	;;
esac

# A client that has passed a descriptor and is not accepted.  At its end the
# descriptor would no longer linger.
wait_in_queue()
{
	rm -f passed
	linger s 1 >passed 3>&- & waiting=$!
	pids="$pids $waiting"
	until_true test -s passed
	kill -s STOP $waiting
}

# The program ends before the server closes the connection: clone(2) returns
# late in the server.
if can_fault; then
	serve_with_fault clone,clone3,vfork:delay_exit=300000 \
	    "$directory/s" true
	stopped=
	for i in 1 2 3 4; do
		wait_in_queue
		stopped="$stopped $waiting"
	done
	{ "$unixport" connect s </dev/null || :; : >reached; } &
	pids="$pids $!"
	until_true test -e reached
	kill -s CONT $stopped
	end TERM
	echo 'ok: clients of a program that has ended'
fi

# The program of the only client receives a signal after the listener is closed.
serve -c 1 s cat
{ "$unixport" connect s <hold >echoed || :; : >ended; } & pids="$pids $!"
exec 3>hold
echo here >&3
until_true test -s echoed
wait_in_queue
kill -s HUP $server
until_true test -e ended
exec 3>&-
wait $server || fail "status $? after HUP: $(cat words)"
kill -s CONT $waiting
echo 'ok: a client in the queue of a server that ends'

"$unixport" listen s </dev/null >copied & server=$! pids="$pids $!"
until_true test -S s
# A client would be refused between bind(2) and listen(2).
[ ! -e /proc/net/unix ] ||
    until_true grep -q " 00010000 .* $directory/s\$" /proc/net/unix
kill -s STOP $server
"$unixport" connect s sh -c 'echo hello; : >connected' & pids="$pids $!"
until_true test -e connected
wait_in_queue
kill -s CONT $server
until_true grep -qx hello copied
wait $server || fail "status $? of a server of one client"
kill -s CONT $waiting
echo 'ok: a client in the queue behind the only one'
