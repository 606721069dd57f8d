#!/bin/sh
# Our client with socat's server, and socat's client with our server.
set -eu
command -v socat >/dev/null || { echo 'no socat'; exit 77; }
directory=$(mktemp -d /tmp/unixport.XXXXXX)
server=
finish()
{
	[ -z "$server" ] || kill $server 2>/dev/null || :
	rm -rf "$directory"
}
trap finish EXIT
input=$srcdir/README.md

cat >"$directory/number" <<'END'
#!/bin/sh
n=0
while IFS= read -r line; do
	n=$((n + 1))
	printf '%s: %s\n' "$n" "$line"
done
END
chmod +x "$directory/number"
"$directory/number" <"$input" >"$directory/expected"

socat "UNIX-LISTEN:$directory/theirs" "EXEC:$directory/number" &
server=$!
examples/line-client "$directory/theirs" "$input"
wait $server
echo 'ok: our client, their server'

examples/line-server "$directory/ours" &
server=$!
# -t: how long the answer may take once the input has ended.
socat -t 20 - "UNIX-CONNECT:$directory/ours,retry=100,interval=0.05" \
    <"$input" | cmp - "$directory/expected"
kill -TERM $server
wait $server
server=
echo 'ok: their client, our server'

# Abstract names: not cut off and not padded, or they would not meet.
if [ "$(uname -s)" = Linux ]; then
	name=up.$$
	socat "ABSTRACT-LISTEN:$name" "EXEC:$directory/number" &
	server=$!
	examples/line-client "@$name" "$input"
	wait $server
	examples/line-server "@$name" &
	server=$!
	socat -t 20 - "ABSTRACT-CONNECT:$name,retry=100,interval=0.05" \
	    <"$input" | cmp - "$directory/expected"
	kill -TERM $server
	wait $server
	server=
	echo 'ok: abstract names, both ways'
fi
