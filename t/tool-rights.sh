#!/bin/sh
# unixport and descriptors: its programs may receive some, and clients that
# it refuses cannot hold it by one that they have passed.
. "$srcdir/t/tool-support.sh"
PATH=$build/t:$PATH

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

# One client stays.  Later ones, more than there are threads, are refused.
mkfifo hold
serve -C 1 s cat
"$unixport" connect s <hold >answer & client=$!
pids="$pids $client"
exec 3>hold
echo here >&3
until_true grep -qx here answer
{ linger s 18 && : >refused; } & pids="$pids $!"
until_true test -e refused
exec 3>&-
wait $client || fail 'the client that stayed'
served() { [ "$(echo hello | "$unixport" connect s 2>/dev/null)" = hello ]; }
until_true served
end TERM
echo 'ok: refused clients'

# Clients whose program cannot be started, where exec reports that.
case " ${CK_EXCLUDE_TAGS:-} " in
*' exec '*) ;;
*)
	cp "$(command -v cat)" ./ours
	serve s ./ours
	rm ours
	{ linger s 18 && : >dropped; } & pids="$pids $!"
	until_true test -e dropped
	end TERM
	echo 'ok: clients without a program'
	;;
esac
