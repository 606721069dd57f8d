#!/bin/sh
# privsep: the child receives the listed files and no others.
. "${0%/*}/examples.subr"

usage privsep
echo 'owner may read it' >"$directory/secret"
chmod 0600 "$directory/secret"
# Whether the child may open the other file itself depends on the system.
said()
{
	examples/privsep "$@" >"$directory/log" || return
	sed '/passwd: the child/d' "$directory/log"
}
itself='it may open it'
[ "$(id -u)" != 0 ] || itself='Permission denied'
expect 0 "DIR/secret: the child itself: $itself
DIR/secret: by its parent: 18 bytes
/etc/passwd: its parent: Operation not permitted" said "$directory/secret"
expect 0 '/no: the child itself: No such file or directory
/no: its parent: No such file or directory
/etc/passwd: its parent: Operation not permitted' said /no
expect 1 'privsep: DIR: Is a directory' said "$directory"
echo 'ok: privsep'
