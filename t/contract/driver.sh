#!/bin/sh
# make check prints a line for each program, and the log of a failed or skipped
# one, once.
set -eu
directory=$(mktemp -d /tmp/unixport.XXXXXX)
trap 'rm -rf "$directory"' EXIT
trap 'exit 1' HUP INT TERM
case $srcdir in /*) ;; *) srcdir=$PWD/$srcdir ;; esac
cd "$directory"

# prints TEXT DRIVER SCRIPT: DRIVER runs SCRIPT and prints the lines of TEXT.
prints()
{
	sh "$srcdir/t/lib/driver.sh" sh "$srcdir/build-aux/$2" \
	    --test-name t/x --log-file x.log --trs-file x.trs \
	    --color-tests no --expect-failure "${4:-no}" -- \
	    sh -c "$3" >printed
	echo "$1" | diff - printed || { echo "not ok: $2, $3"; exit 1; }
	[ -s x.log ] && [ -s x.trs ] && [ ! -e x.log.report ]
}

prints 'PASS: t/x (2 tests)' tap-driver.sh \
    'echo 1..2; echo ok 1 - one; echo ok 2 - two'
prints 'PASS: t/x (1 test)' test-driver 'echo hello'
prints 'XFAIL: t/x (1 test)' test-driver 'exit 1' yes
echo 'ok: a line for each that passes'

prints 'FAIL: t/x (2 tests)
1..2
ok 1 - one
PASS: t/x 1 - one
reason
not ok 2 - two
FAIL: t/x 2 - two' tap-driver.sh \
    'echo 1..2; echo ok 1 - one; echo reason; echo not ok 2 - two'
prints 'FAIL: t/x (1 test)
reason
FAIL t/x (exit status: 3)' test-driver 'echo reason; exit 3'
prints 'XPASS: t/x (1 test)
hello
XPASS t/x (exit status: 0)' test-driver 'echo hello' yes
prints 'ERROR: t/x (2 tests)
1..2
ok 1 - one
PASS: t/x 1 - one
ERROR: t/x - too few tests run (expected 2, got 1)' tap-driver.sh \
    'echo 1..2; echo ok 1 - one'
echo 'ok: the log of each that fails'

prints 'SKIP: t/x (1 test)
1..0 # SKIP missing privilege
SKIP: t/x - missing privilege' tap-driver.sh \
    'echo "1..0 # SKIP missing privilege"'
prints 'SKIP: t/x (1 test)
no compiler
SKIP t/x (exit status: 77)' test-driver 'echo no compiler; exit 77'
echo 'ok: the reason of each that is skipped'
