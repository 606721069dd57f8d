#!/bin/sh
# socat as server and as client of the library.
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

# both OURS THEIRS: at one address, in the syntax of the library and of socat.
both()
{
	start theirs socat "$2-LISTEN:$3" "EXEC:$directory/number"
	limit examples/line-client "$1" "$input"
	ended $last
	start ours examples/line-server "$1"
	# -t: timeout of the answer after EOF of the input.
	limit socat -t 20 - "$2-CONNECT:$3,retry=100,interval=0.05" \
	    <"$input" | cmp - "$directory/expected"
	stop_ours $last
}

both "$directory/s" UNIX "$directory/s"
[ ! -e "$directory/s" ]
passed socat $version 'lines, as server and as client'
# Abstract names must be neither truncated nor padded.
[ "$(uname -s)" = Linux ] || exit 0
both "@up.$$" ABSTRACT "up.$$"
passed socat $version 'the same (abstract name)'
