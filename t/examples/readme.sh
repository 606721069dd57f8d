#!/bin/sh
# The programs of README.md, which make has compiled, do what it states.
. "${0%/*}/examples.subr"
build=$PWD
input=$(cd "$srcdir" && pwd)/README.md
cd "$directory"

# README's own command writes the same programs, and no others.
cp "$input" README.md
clone=$PWD sh -ec "$(grep -A1 '^awk ' README.md)"
for program in *.c; do
	cmp "$program" "$build/t/examples/readme-$program"
done
set -- *.c
[ $# = 5 ] && [ "$(grep -c '^```c$' README.md)" = 5 ]
echo 'ok: programs_are_extracted_by_the_command_of_README'

# program NAME ARGUMENT...
program()
{
	binary=$build/t/examples/readme-$1; shift
	"$binary" "$@"
}

# serve COMMAND...: in the background, until hello.sock accepts clients.
serve()
{
	"$@" &
	server=$!
	"$build/unixport" connect -w 20 hello.sock </dev/null >/dev/null
}

# end_server SIGNAL
end_server()
{
	{ kill "-$1" "$server"; wait "$server" && got=0 || got=$?; } 2>/dev/null
	server=
}

# fails CLIENT MESSAGE: status 1, and one line, which matches.
fails()
{
	program "$1" world >said 2>errors && got=0 || got=$?
	[ $got = 1 ] && [ ! -s said ] && [ "$(wc -l <errors)" -eq 1 ] &&
	    grep -qE "^$1: $2\$" errors &&
	    ! grep -qiE 'success|no error' errors && return
	echo "$1: status $got, not: $2"
	cat said errors
	exit 1
}

for name in plain-server server; do
	serve "$build/t/examples/readme-$name"
	expect 0 'Hello, world' program client world
	expect 0 'Hello, nameless' program plain-client
	fails $name 'hello\.sock: .*; .*'
	end_server KILL
	[ -S hello.sock ]
	fails plain-client 'hello\.sock: .*; .*'
	serve "$build/t/examples/readme-$name"
	expect 0 'Hello, nameless' program client
	expect 0 'Hello, world' program plain-client world
	echo "ok: ${name}_answers_and_reclaims_a_stale_socket"
	[ $name = server ] || end_server TERM
done

mkfifo requests replies
"$build/unixport" connect hello.sock <requests >replies &
silent=$!
exec 3>requests 4<replies
echo silent >&3
hear 4 'Hello, silent'
expect 0 'Hello, world' program client world
echo 'ok: server_is_not_blocked_by_a_silent_client'
end_server TERM
[ $got = 0 ] && [ ! -e hello.sock ]
hear_end 4
exec 3>&- 4<&-
wait $silent
echo 'ok: server_removes_its_socket_on_SIGTERM'

# The client sends much and reads nothing, so that its handler is in a write.
serve "$build/t/examples/readme-server" 2>errors
mkfifo sent unread
{
	yes | head -c 250000
	echo sent >sent
} | "$build/unixport" connect hello.sock >unread 2>said &
exec 4<unread
read -r line <sent
# Further signals end no server that is still waiting for its handlers.
signals=0
while [ -e hello.sock ] && [ $((signals += 1)) -le 300 ]; do
	kill -TERM "$server" 2>ended || break
	sleep 0.05
done
wait "$server" && got=0 || got=$?
server=
[ $got = 1 ] && [ ! -e hello.sock ] && grep -q '^server: .' errors ||
    { echo "server: status $got"; cat errors; exit 1; }
exec 4<&-
wait
echo 'ok: server_returns_1_if_unix_serve_fails'

for name in client plain-client; do
	serve "$build/unixport" listen hello.sock sh -c 'read -r line'
	fails $name 'no reply: the server closed the connection'
	end_server TERM
	serve "$build/unixport" listen hello.sock true
	fails $name '(no reply|request): .+'
	end_server TERM
	echo "ok: ${name}_reports_a_connection_closed_without_a_reply"
	fails $name 'hello\.sock: .*; .*'
	echo "ok: ${name}_explains_that_there_is_no_server"
done

expect 0 '6 * 7 = 42' program child
echo 'ok: child_multiplies'
