#!/bin/sh
# examples/loops/ has the server of event-loop on other loops.
. "${0%/*}/examples.subr"
. "${0%/*}/event-loop.subr"

# try NAME LOOP PACKAGE: run the program if configure has found its loop.
try()
{
	if [ -x "examples/loops/$1" ]; then
		echo "# $1"
		serve_lines "loops/$1"
	else
		echo "# | examples/loops/$1.c is not tested: $2"
	fi
}

try epoll 'this system has no epoll(7)'
try glib 'GLib is missing (Debian: libglib2.0-dev)'
try libevent 'libevent is missing (Debian: libevent-dev)'
try libuv 'libuv is missing (Debian: libuv1-dev)'
