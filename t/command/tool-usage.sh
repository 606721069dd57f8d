#!/bin/sh
# Help, version and usage errors of the command.
. "${0%/*}/tool-support.sh"

"$unixport" --help >help
for name in connect listen pair probe selftest; do
	grep -q "unixport $name " help || fail "no $name in --help"
	for option in --help -h; do
		"$unixport" $name $option >said 2>&1
		grep -q "^usage: unixport $name .*[A-Z]" said || fail "$name"
		[ "$(wc -l <said)" -gt 2 ]
	done
	# The manual describes each option of the help.
	! grep '.\{81\}' said || fail "$name: a line of more than 80 columns"
	grep '^  *-' said | sed 's/^ *//; s/  .*//; s/=.*//; s/, -/ , /' |
	    while IFS= read -r option; do
		[ "$option" = '-h , -help' ] ||
		    grep -q "^\.It Fl ${option#-}" "$srcdir/man/unixport.1" ||
		    fail "$name: $option is not in the manual"
	done
done
# Other options may precede --help.
for words in 'connect -w 3' 'listen -1 -m 600' 'selftest -q'; do
	"$unixport" ${words%% *} --help >help
	"$unixport" $words --help | cmp - help || fail "$words"
done
"$unixport" --version | grep -qx 'unixport [0-9.]*' || fail version
echo 'ok: help and version'

# misuse TEXT ARGUMENT...: two lines, the second is the usage; status 2.
misuse()
{
	text=$1; shift
	"$unixport" "$@" >said 2>&1 && fail "no misuse: $*" || got=$?
	[ $got = 2 ] || fail "status $got: $*"
	[ "$(sed -n 1p said)" = "unixport: $text" ] || fail "not \"$text\": $*"
	grep -q '^usage: unixport ' said
	[ "$(wc -l <said)" = 2 ] || fail "more than two lines: $*"
}

misuse 'a subcommand is missing'
misuse 'no such subcommand: serve' serve
for letter in y :; do
	misuse "listen: unknown option -$letter" listen -${letter}1 s
	misuse "listen: unknown option -$letter" listen -1$letter s
done
misuse 'connect: unknown option --verbose' connect --verbose s
misuse 'listen: --mode requires a value' listen -1 --mode
misuse 'listen: invalid mode: 8' listen --mode=8 s cat
misuse 'listen: invalid mode: 8' listen --mode 8 s cat
misuse 'listen: -p requires a command' listen --pidfd s
misuse 'listen: unknown option --pidfd=3' listen --pidfd=3 s cat
misuse 'connect: unknown option --pidfd' connect --pidfd s
misuse 'pair: unknown option --fast' pair --fast cat -- cat
misuse 'probe: unknown option --help=me' probe --help=me s
misuse 'selftest: unknown option --quiet=1' selftest --quiet=1
misuse 'connect: unknown option -x' connect -x s
misuse 'connect: unknown option -p' connect -vp s
misuse 'connect: -w requires a value' connect -w
for text in '' x 1x 1.2.3 -1 nan 1e3 0x10 99999999 .; do
	misuse "connect: invalid number of seconds: $text" connect -w "$text" s
done
misuse 'connect: the address is missing' connect
for text in Inf infinity -inf inf1; do
	misuse "connect: invalid number of seconds: $text" connect -w "$text" s
done
for text in '' 0 0.0 x inf -1 1e3; do
	misuse "connect: invalid number of seconds: $text" connect -i "$text" s
done
for option in -K -e -v '-i 3'; do
	misuse "connect: ${option%% *} cannot be combined with a command" \
	    connect $option s cat
done
misuse 'connect: -i requires a value' connect -i
misuse 'connect: unknown option --keep-open=1' connect --keep-open=1 s
for address in s ./@s fd:3 unix:s unix:unix:@s ''; do
	for subcommand in connect listen; do
		misuse "$subcommand: --abstract-padded requires an abstract name, not $address" \
		    $subcommand --abstract-padded "$address"
	done
done
misuse 'listen: --abstract-padded requires an abstract name, not systemd:' \
    listen --abstract-padded systemd: cat
misuse 'listen: unknown option -y' listen -y s
for text in '' 0 0.0 x -1 inf 99999999; do
	misuse "listen: invalid number of seconds: $text" listen -x "$text" s
done
misuse 'listen: the address is missing' listen
for option in -1 -p '-c 3' '-C 3'; do
	misuse "listen: ${option%% *} requires a command" listen $option s
done
for text in '' 0 -1 x 3x 1000001 99999999999999999999; do
	misuse "listen: invalid number of clients: $text" listen -c "$text" s cat
	misuse "listen: invalid number of clients: $text" listen -C "$text" s cat
	misuse "listen: invalid backlog: $text" listen -b "$text" s
done
for text in '' 0 8 1777 rw 0x1; do
	misuse "listen: invalid mode: $text" listen -m "$text" s
done
misuse 'listen: -k cannot be combined with a command' listen -k s cat
misuse 'listen: -1 requires a command' listen -k --notify s
misuse 'listen: no such group: no_such_group' listen -g no_such_group s
for text in no_such_user '' -1 4294967295; do
	misuse "listen: no such user: $text" listen --owner="$text" s
done
for address in @s unix:@s fd:3 systemd: systemd:s; do
	misuse "listen: -m requires a path, not $address" listen -m 600 $address
	misuse "listen: -g requires a path, not $address" listen -g $(id -g) $address
	misuse "listen: -o requires a path, not $address" listen -o $(id -u) $address
done
for address in fd:3 systemd: systemd:s; do
	misuse "listen: -b requires a path or a name, not $address" \
	    listen -b 3 $address cat
done
for commands in '' cat 'cat --' '-- cat'; do
	misuse 'pair: two commands separated by -- are required' pair $commands
done
misuse 'pair: unknown option -x' pair -x cat -- cat
misuse 'probe: exactly one address is required' probe
misuse 'probe: exactly one address is required' probe s s
misuse 'probe: unknown option -v' probe -v s
misuse 'selftest: unknown option -v' selftest -v
misuse 'selftest: -t requires a value' selftest -t
misuse 'selftest: invalid number of seconds: x' selftest -t x
misuse 'selftest: invalid number of seconds: 0' selftest -t 0
misuse 'selftest: unexpected argument: all' selftest all
# Control bytes are escaped.
control=$(printf '\033[31m\n\\\177\233\302\233\342\200\256\303\251.')
shown="\\x1b[31m\\x0a\\\\\\x7f\\x9b\\xc2\\x9b\\xe2\\x80\\xae$(printf '\303\251')."
misuse "no such subcommand: $shown" "$control"
misuse "connect: invalid number of seconds: $shown" connect -w "$control" s
misuse 'probe: unknown option -\x0a' probe "$(printf -- '-\n.')"
misuse "probe: unknown option --$shown" probe "--$control"
expect 1 "unixport: $shown: No such file or directory" \
    "$unixport" connect s "$control"
echo 'ok: misuse'

# A subcommand of 1.0, whatever its arguments are.
for arguments in '' -j --help '-n 1 -t 0.01' 'no such'; do
	expect 2 'unixport: bench: is no longer a subcommand; run "make bench" in the source tree' \
	    "$unixport" bench $arguments
	"$unixport" bench $arguments 2>/dev/null | cmp - /dev/null
done
echo 'ok: bench has moved'

# A failed write of the help is an error.
if [ -c /dev/full ]; then
	for arguments in --help --version 'connect --help'; do
		"$unixport" $arguments >/dev/full 2>said && fail full || :
		# musl has written a part before and lost the errno.
		grep -qxE 'unixport: standard output: (No space .*|I/O error)' \
		    said || fail full
	done
	echo 'ok: a full disk behind standard output'
fi

if can_fault; then
	# An early error of output is reported at the end if no other follows.
	with_fault "$directory/table" write,writev:error=ENOSPC:when=1 \
	    selftest >table 2>said && fail lost || got=$?
	[ $got = 1 ]
	grep -qxE 'unixport: standard output: (Input/output|I/O) error' said ||
	    fail lost
	expect 1 'unixport: /dev/null: Permission denied' \
	    with_fault /dev/null '?open,openat:error=EACCES' probe s <&-
	echo 'ok: calls that fail'
fi
