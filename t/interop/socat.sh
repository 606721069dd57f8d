#!/bin/sh
# Our client with socat's server, and socat's client with our server.
. "${0%/*}/common.sh"
needs socat
version=$(number socat -V)
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

# both OURS THEIRS: at this address, as each of them writes it.
both()
{
	start theirs socat "$2-LISTEN:$3" "EXEC:$directory/number"
	limit examples/line-client "$1" "$input"
	ended $last
	start ours examples/line-server "$1"
	# -t: how long the answer may take once the input has ended.
	limit socat -t 20 - "$2-CONNECT:$3,retry=100,interval=0.05" \
	    <"$input" | cmp - "$directory/expected"
	stop_ours $last
}

both "$directory/s" UNIX "$directory/s"
[ ! -e "$directory/s" ]
passed socat $version 'lines, as server and as client'
# Abstract names: not cut off and not padded, or they would not meet.
[ "$(uname -s)" = Linux ] || exit 0
both "@up.$$" ABSTRACT "up.$$"
passed socat $version 'the same (abstract name)'
