#!/bin/sh
# log-collector: each message with its sender, and an end that loses none.
. "${0%/*}/examples.subr"

usage log-collector
usage log-collector one two
expect 1 'log-collector: DIR/no/s: the directory DIR/no does not exist; create it' \
    examples/log-collector "$directory/no/s"

begin()
{
	examples/log-collector "$directory/s" >"$directory/log" &
	server=$!
	until t/command/life send "$directory/s" ready 2>/dev/null; do :; done
}

begin
expect 1 'log-collector: DIR/s: a server is there already; stop it or choose another path' \
    examples/log-collector "$directory/s"
# The shell prints its process ID, which the sender then has.
sender=$(sh -c 'echo $$; exec t/command/life send "$1" "<13>first message"' \
    sh "$directory/s")
t/command/life send "$directory/s" "$(printf 'a\tb\033[31m\n\n')"
t/command/life send "$directory/s" ''
t/command/life send "$directory/s" "$(printf '\302\233m \303\251 \233')"
stop
user=$(id -ru)
process=$sender
case $(uname) in Linux) ;; *) user=-1 process=-1 ;; esac
sed -n 2p "$directory/log" >"$directory/line"
[ "$(cat "$directory/line")" = "$user $process <13>first message" ]
sed -n '3,$s/^-*[0-9]* -*[0-9]* /: /p' "$directory/log" >"$directory/lines"
printf ': a\\011b\\033[31m\n: \n: \302\\233m \303\251 \\233\n' |
    cmp - "$directory/lines"
echo 'ok: messages_with_their_senders'

# A signal that comes before the handler is installed waits for it.
for round in 1 2 3 4 5; do
	examples/log-collector "$directory/s" &
	server=$!
	until [ -S "$directory/s" ]; do :; done
	stop
done
echo 'ok: early_signal_is_not_fatal'

# Each sender counts the messages that it could send.
send_until_refused()
{
	count=0
	while t/command/life send "$directory/s" "message $1" 2>/dev/null; do
		count=$((count + 1))
	done
	echo $count
}

for round in 1 2 3 4 5; do
	begin
	for i in 1 2 3 4; do
		send_until_refused $i >"$directory/count.$i" &
		eval "sender$i=$!"
	done
	until [ "$(grep -c message "$directory/log")" -ge 20 ]; do :; done
	stop
	wait $sender1 $sender2 $sender3 $sender4
	for i in 1 2 3 4; do
		[ "$(grep -c "message $i" "$directory/log")" = \
		    "$(cat "$directory/count.$i")" ]
	done
done
echo 'ok: end_loses_no_message'

# The signal comes while the collector waits for the reader of a full pipe.
mkfifo "$directory/pipe"
exec 3<>"$directory/pipe" 4<"$directory/pipe"
dd if=/dev/zero of="$directory/pipe" bs=4096 oflag=nonblock 2>/dev/null || :
examples/log-collector "$directory/s" >"$directory/pipe" 3>&- 4<&- &
server=$!
until t/command/life send "$directory/s" ready 2>/dev/null; do :; done
for i in 1 2 3 4 5; do
	t/command/life send "$directory/s" "other $i"
done
send_until_refused 1 3>&- 4<&- >"$directory/count" &
sender=$!
kill -TERM $server
wait $sender
exec 3>&-
cat <&4 >"$directory/log"
exec 4<&-
wait $server
server=
[ "$(grep -ac 'message 1' "$directory/log")" = "$(cat "$directory/count")" ]
grep -aq ' ready$' "$directory/log"
[ "$(grep -ac ' other' "$directory/log")" = 5 ]
echo 'ok: signal_loses_no_output'

[ -c /dev/full ] || { echo 'no /dev/full'; exit 77; }
examples/log-collector "$directory/s" >/dev/full 2>"$directory/errors" &
server=$!
until t/command/life send "$directory/s" ready 2>/dev/null; do :; done
kill -TERM $server
wait $server && exit 1
server=
grep -q '^log-collector: standard output: ' "$directory/errors"
echo 'ok: lost_output_is_an_error'
