#!/bin/sh
# privsep: the child gets what its parent may open, and nothing else.
. "${0%/*}/examples.subr"

usage privsep
echo 'not for everybody' >"$directory/secret"
chmod 0600 "$directory/secret"
# Of a file that is not on the list the parent's answer alone is known.
said()
{
	examples/privsep "$@" >"$directory/log" || return
	sed '/sudoers: the child/d' "$directory/log"
}
itself='it may open it'
[ "$(id -u)" != 0 ] || itself='Permission denied'
expect 0 "DIR/secret: the child itself: $itself
DIR/secret: by its parent: 18 bytes
/etc/sudoers: its parent: Operation not permitted" said "$directory/secret"
expect 0 '/no: the child itself: No such file or directory
/no: its parent: No such file or directory
/etc/sudoers: its parent: Operation not permitted' said /no
expect 1 'privsep: DIR: Is a directory' said "$directory"
echo 'ok: privsep'
