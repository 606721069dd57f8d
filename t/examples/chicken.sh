#!/bin/sh
# The egg of examples/chicken, built by the commands of its README: its own
# tests, exchange with C programs, the session in the README.
# make check-chicken runs it in the build directory.
set -eu
export LC_ALL=C
skip() { echo "check-chicken: skipped: $1"; exit 77; }
for program in chicken-install csc csi; do
	command -v $program >/dev/null ||
	    skip "no $program (Debian: apt-get install chicken-bin)"
done
case $(csi -release) in
5.*) ;;
*) skip 'this is not CHICKEN 5' ;;
esac
[ -e .libs/libunixport.so ] || [ -e .libs/libunixport.dylib ] ||
    skip 'no shared library was built'

build=$PWD
source=$(cd "$srcdir" && pwd)
here=$(cd "${0%/*}" && pwd)
input=$source/README.md
directory=$(mktemp -d /tmp/unixport.XXXXXX)
running=
finish()
{
	status=$?
	[ -z "$running" ] || kill $running 2>/dev/null || :
	[ $status = 0 ] || tail -n 30 "$directory"/*.log
	rm -rf "$directory"
	exit $status
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# Built, and installed in a temporary directory.
eggs=$directory/eggs
mkdir "$eggs" "$directory/egg"
cp -R "$source"/examples/chicken/unix-sockets.* \
    "$source"/examples/chicken/tests "$directory/egg"
export C_INCLUDE_PATH="$source/include" LIBRARY_PATH="$build/.libs" \
    LD_LIBRARY_PATH="$build/.libs" DYLD_LIBRARY_PATH="$build/.libs"
unset CHICKEN_INSTALL_REPOSITORY	# -repository would print it
CHICKEN_REPOSITORY_PATH=$eggs:$(chicken-install -repository)
export CHICKEN_REPOSITORY_PATH CHICKEN_INSTALL_REPOSITORY="$eggs" \
    CHICKEN_INSTALL_PREFIX="$directory" CHICKEN_EGG_CACHE="$directory/cache"
limit() { timeout -k 5 60 "$@"; }
cd "$directory/egg"
chicken-install >"$directory/install.log" 2>&1
cd "$directory"
csc "$here/chicken.scm" -o compiled >compile.log 2>&1
csc egg/tests/run.scm -o compiled-tests >>compile.log 2>&1
if grep -i warning install.log compile.log; then exit 1; fi
echo 'ok: the egg builds, and a program with it'

# No built file is in the directory of the tests: they import the installed egg.
cd "$directory/egg"
limit chicken-install -test >"$directory/test.log" 2>&1
cd "$directory"
sed -n '/^ok: /p' test.log
[ "$(grep -c '^ok: ' test.log)" -ge 16 ]
limit ./compiled-tests >compiled.log
sed -n '/^ok: /p' test.log | diff - compiled.log
echo 'ok: and compiled'

# wait_for COMMAND...: until it is true.
wait_for()
{
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || { echo "waited too long: $*"; exit 1; }
		sleep 0.05
	done
}

"$build/examples/line-server" "$directory/c" >server.log 2>&1 &
running=$!
# Between bind(2) and listen(2) the file is there, and a client is refused.
wait_for "$build/unixport" probe c >probe.log
limit csi -s "$here/chicken.scm" client "$directory/c"
kill -TERM $running
wait $running
running=
echo 'ok: client of line-server'

limit ./compiled server "$directory/egg.sock" >server.log 2>&1 &
running=$!
limit "$build/examples/line-client" "$directory/egg.sock" "$input"
wait $running
running=
[ ! -e egg.sock ]
echo 'ok: server of line-client'

# Lines with a prompt in the README's blocks are the input of csi, the others
# its expected output.  The first and third block are the server's.
# session FIRST SECOND: these two blocks.
session()
{
	awk -v first="$1" -v second="$2" '
	    /^```/ { inside = !inside; block += inside; next }
	    inside && !/^\$ / && (block == first || block == second)' \
	    "$source/examples/chicken/README.md"
}
typed() { sed -n 's/^#;[0-9]*> //p' "$1"; }
seen() { grep -v -e '^#;[0-9]*> ' -e '^$' "$1"; }
session 1 3 >server.session
session 2 4 >client.session
typed server.session | limit csi -q >server.log 2>server.errors.log &
running=$!
wait_for [ -S hello.sock ]
# The client's last line requires that the server has ended.
{
	typed client.session | sed '$d'
	wait_for [ ! -e hello.sock ]
	typed client.session | sed -n '$p'
} | limit csi -q >client.log 2>client.errors.log || :
wait $running
running=
for side in server client; do
	seen $side.session | grep -v '^Error: ' >expected
	sed -e '/^; loading/d' -e '/^$/d' $side.log | diff expected -
	seen $side.session | grep '^Error: ' >expected || :
	grep '^Error: ' $side.errors.log | diff expected -
done
[ "$(wc -l <server.session)" -ge 10 ]
session 5 5 >limits.session
typed limits.session | limit csi -q >limits.log 2>limits.errors.log
seen limits.session >expected
sed -e '/^; loading/d' -e '/^$/d' limits.log | diff expected -
echo "ok: the README's session"
