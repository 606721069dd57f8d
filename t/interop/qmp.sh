#!/bin/sh
# The QMP socket of QEMU, here that of its storage daemon.
. "${0%/*}/common.sh"
needs qemu-storage-daemon
s=$directory/s
version=$(number qemu-storage-daemon --version)

# qemu: starts a process with a QMP socket.
qemu()
{
	rm -f "$s"
	start qemu qemu-storage-daemon \
	    --chardev "socket,path=$s,server=on,wait=off,id=monitor" \
	    --monitor chardev=monitor
	listening "$s"
}

for n in 1 2 3 4 5; do
	qemu
	try /run/vm/qmp.sock "$s" QMP 1 >"$directory/said"
	ended $last
	[ "$(grep -c '^{"return": {}}' "$directory/said")" = 2 ]
done
# With a newline, QEMU has read it, or it has not.
for n in 1 2 3 4 5; do
	qemu
	status=0
	printf '%s\n' '{"execute": "qmp_capabilities"}' '{"execute": "quit"}' |
	    limit "$unixport" connect "$s" >"$directory/said" \
	    2>"$directory/words" || status=$?
	ended $last
	[ "$(grep -c '^{"return": {}}' "$directory/said")" = 2 ]
	case $status in
	0) [ ! -s "$directory/words" ] ;;
	1) grep 'closed the connection before it received all input$' \
	    "$directory/words" ;;
	*) exit 1 ;;
	esac
done
passed 'QMP of QEMU' $version 'recipe: quit'
