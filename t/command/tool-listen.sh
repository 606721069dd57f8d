#!/bin/sh
# unixport listen: the environment of its programs, and each error.
. "${0%/*}/tool-support.sh"

# Without a command, one client is copied to and from the standard streams.
echo question | "$unixport" listen s >got & server=$!
pids="$pids $server"
[ "$(echo answer | "$unixport" connect -w 20 s)" = question ]
wait $server
[ "$(cat got)" = answer ]
[ ! -e s ]
echo 'ok: one client'

# No service manager is at the address, which is longer than sun_path.
echo question | NOTIFY_SOCKET=/$(printf '%0200d' 0) "$unixport" listen s \
    >got 2>words & server=$!
pids="$pids $server"
[ "$(echo answer | "$unixport" connect -w 20 s)" = question ]
wait $server || [ $? = 1 ]
[ "$(cat got)" = answer ]
grep -q '^unixport: /000.*: nothing is there; ' words || fail "$(cat words)"
echo 'ok: a service manager out of reach'

# A file that cannot be removed is reported even if a later step fails.
if can_fault; then
	echo question | with_fault "$directory" '?unlink,unlinkat:error=EROFS' \
	    listen "$directory/s" >got 2>words & server=$!
	pids="$pids $server"
	[ "$(echo answer | "$unixport" connect -w 20 s)" = question ]
	wait $server && fail 'the status of a file that is left' || [ $? = 1 ]
	[ "$(cat got)" = answer ]
	grep -q "^unixport: $directory/s: .*[Rr]ead-only" words ||
	    fail "$(cat words)"
	rm s
	echo 'ok: a file that is left'
fi

export UNIXREMOTEPID=lie UNIXREMOTEPIDFD=lie PROTO=lie NOTIFY_SOCKET=/no/such LISTEN_PID=1
serve s env
[ ! -s words ] || grep -q '^unixport: /no/such: ' words || fail words
"$unixport" connect s sh -c 'cat >variables; echo $$ >pid'
end TERM
unset UNIXREMOTEPID UNIXREMOTEPIDFD PROTO NOTIFY_SOCKET LISTEN_PID
grep -E '^(PROTO|UNIX(LOCAL|REMOTE)|NOTIFY|LISTEN)' variables | sort >got
cat >expected <<END
PROTO=UNIX
UNIXLOCALPATH=s
UNIXREMOTEEGID=$(id -g)
UNIXREMOTEEUID=$(id -u)
UNIXREMOTEPID=$(cat pid)
END
cmp got expected || fail "$(cat got)"
echo 'ok: variables'

serve s sh -c 'echo $(ls /proc/self/fd 2>/dev/null); trap'
expect 0 "$usual_files" "$unixport" connect s </dev/null
end TERM
# A descriptor that the server inherits is inherited by its programs.
usual_files=$(sh -c 'echo $(ls /proc/self/fd 2>/dev/null)' 5</dev/null)
serve s sh -c 'echo $(ls /proc/self/fd 2>/dev/null)' 5</dev/null
expect 0 "$usual_files" "$unixport" connect s </dev/null
end TERM
# If 0, 1 and 2 are closed, no socket gets their numbers.
LD_LIBRARY_PATH=$libraries "$itself" listen s cat <&- >&- 2>&- & server=$!
pids="$pids $server"
expect 0 hello sh -c "echo hello | \"$unixport\" connect -w 20 s"
end TERM
# Programs have the connection as descriptors 0 and 1 only.
if [ -e /proc/self/fd/0 ]; then
	cat >files.sh <<-'END'
		[ "$(readlink /proc/$$/fd/0)" = "$(readlink /proc/$$/fd/1)" ]
		echo $? "$(readlink /proc/$$/fd/2)"
	END
	for closed in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		case $closed in
		*2*) expected='0 /dev/null' ;;
		*) expected="0 $directory/errors" ;;
		esac
		eval 'LD_LIBRARY_PATH=$libraries "$itself" listen s' \
		    'sh files.sh 2>errors' "$closed" \&
		server=$!
		pids="$pids $server"
		expect 0 "$expected" "$unixport" connect -w 20 s </dev/null
		end TERM
	done
fi
echo 'ok: descriptors'

serve -m 0640 -g "$(id -gn)" s cat
[ "$(ls -l s | cut -c 2-10)" = rw-r----- ]
end TERM
serve -o "$(id -u)" s cat
[ "$(ls -ln s | awk '{ print $3 }')" = "$(id -u)" ]
end TERM
serve --owner="$(id -un)" s cat
[ "$(ls -ln s | awk '{ print $3 }')" = "$(id -u)" ]
end TERM
if [ "$(id -u)" = 0 ]; then
	serve --owner 65534 s cat
	[ "$(ls -ln s | awk '{ print $3 }')" = 65534 ]
	end TERM
else
	expect 2 'unixport: listen: -o 0 requires a process of that user' \
	    sh -c "\"$unixport\" listen -o 0 s cat 2>&1 | head -n 1; exit 2"
	expect 1 'unixport: s: not permitted: this user must not give a file this group or owner, or a security module denies the call; specify a group and owner of this user' \
	    "$unixport" listen -o $(($(id -u) - 1)) s cat
	[ ! -e s ]
fi
serve s cat
[ "$(ls -l s | cut -c 2-10)" = rw------- ]
expect 1 'unixport: s: a server is there already; stop it or choose another path' \
    "$unixport" listen s
expect 1 'unixport: s: a server is there already; stop it or choose another path' \
    "$unixport" listen s cat
end TERM
: >file
expect 1 'unixport: file: a regular file is there and is not replaced; choose another path or remove it' \
    "$unixport" listen file cat
[ -f file ]
expect 1 'unixport: no/s: the directory no does not exist; create it' \
    "$unixport" listen no/s cat
expect 1 'unixport: systemd:: the service manager passed no such socket; start the program through its socket unit' \
    "$unixport" listen systemd: cat
expect 1 'unixport: no-such: No such file or directory' \
    "$unixport" listen s no-such
[ ! -e s ]
expect 1 'unixport: standard output: Bad file descriptor' \
    sh -c "\"$unixport\" listen -1 s cat 2>&1 >&-"
[ ! -e s ]
echo 'ok: errors'

# Without /dev/null, readiness is not reported and no socket is created.
if can_fault; then
	expect 1 'unixport: /dev/null: No such file or directory' \
	    with_fault /dev/null '?open,openat:error=ENOENT' \
	    listen -1 "$directory/s" cat
	[ ! -e s ]
	echo 'ok: no /dev/null'
fi

# Linux admits one client more than the backlog.
if command -v python3 >/dev/null && [ "$(uname -s)" = Linux ]; then
	cat >fill.py <<-'END'
		import socket
		first = socket.socket(socket.AF_UNIX)
		first.connect("s")
		first.sendall(b"x")
		first.recv(1)	# its program occupies the only slot
		queued = []
		while True:
		    s = socket.socket(socket.AF_UNIX)
		    s.setblocking(False)
		    try:
		        s.connect("s")
		    except BlockingIOError:
		        break
		    queued.append(s)
		print(len(queued))
	END
	for option in '-b 3' --backlog=3; do
		serve -c 1 $option s cat
		expect 0 4 python3 fill.py
		end TERM
	done
	echo 'ok: backlog'
fi

# The file of a killed server is reclaimed.
serve s cat
kill -KILL $server
wait $server 2>/dev/null || :
[ -S s ]
serve s cat
end TERM
echo 'ok: stale'

# Programs that end immediately, never read, or are removed while it runs.
serve s false
expect 0 '' "$unixport" connect s </dev/null
expect 0 '' "$unixport" connect s </dev/null
end TERM
# The client has begun to receive before the program ends.
serve s sh -c 'head -c 1 >/dev/null; exec sleep 0.05'
head -c 5000000 /dev/zero | "$unixport" connect s 2>said && fail taken
grep -q 'before it received all input' said
end TERM
cp "$(command -v cat)" ./ours
serve s ./ours
rm ours
expect 0 '' "$unixport" connect s </dev/null
# qemu and valgrind do not report this, as in the programs of Check.
case " ${CK_EXCLUDE_TAGS:-} " in
*' exec '*) ;;
*) grep -qx 'unixport: ./ours: No such file or directory' words ;;
esac
cp "$(command -v cat)" ./ours
[ "$(echo hello | "$unixport" connect s)" = hello ]
end TERM
echo 'ok: programs that fail'
