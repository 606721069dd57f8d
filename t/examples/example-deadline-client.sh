#!/bin/sh
# deadline-client: replies, and servers that are too slow in each step.
. "${0%/*}/examples.subr"

usage deadline-client
expect 1 'deadline-client: DIR/s: nothing is there; is the server running?' \
    examples/deadline-client "$directory/s" hello
echo 'ok: usage'

# serve COMMAND...: for each client, with the connection as input and output.
serve()
{
	./unixport listen "$directory/s" "$@" &
	server=$!
	until ./unixport probe "$directory/s" >/dev/null; do kill -0 $server; done
}

# ask WORD...: the client has ten times the time that it allows a server.
ask()
{
	timeout 20 examples/deadline-client "$directory/s" "$@"
}

serve tr a-z A-Z
expect 0 'HELLO, YOU' ask hello, you
stop
echo 'ok: reply_is_printed_up_to_its_end'

serve sh -c 'cat >/dev/null'
expect 1 'deadline-client: DIR/s: closed the connection without a reply' ask
stop
echo 'ok: empty_reply_is_reported'

slow='deadline-client: DIR/s: too slow: no complete reply within 2000 ms'
# The part that has arrived is printed, too.
serve sh -c 'while echo; do sleep 0.1; done'
ask >"$directory/part" 2>"$directory/errors" && got=0 || got=$?
[ $got = 1 ]
[ "$(sed "s,$directory,DIR,g" "$directory/errors")" = "$slow" ]
[ -z "$(cat "$directory/part")" ] && [ -s "$directory/part" ]
stop
echo 'ok: slow_reply_ends_at_the_deadline'

# The kernel accepts clients of a stopped server until its backlog is full.  The
# line of the first client does not fit into the buffers of its connection.
examples/event-loop "$directory/s" &
server=$!
until ./unixport probe "$directory/s" >/dev/null; do kill -0 $server; done
kill -STOP $server
expect 1 "$slow" ask "$(printf '%0100000d' 0)" "$(printf '%0100000d' 0)" \
    "$(printf '%0100000d' 0)" "$(printf '%0100000d' 0)"
echo 'ok: request_that_is_not_read_ends_at_the_deadline'
clients=
for client in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
	ask >"$directory/reply.$client" 2>&1 &
	clients="$clients $!"
done
for client in $clients; do
	wait "$client" && got=0 || got=$?
	[ $got = 1 ]
done
[ "$(cat "$directory"/reply.* | sed "s,$directory,DIR,g" | sort | uniq -c |
    sed 's/^ *//')" = "15 $slow" ]
kill -CONT $server
ask hello | grep -q '^[0-9]*: hello$'
stop
echo 'ok: full_backlog_ends_at_the_deadline'
