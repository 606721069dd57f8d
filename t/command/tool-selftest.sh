#!/bin/sh
# unixport selftest: every guarantee holds here, failures are reported, and no
# file is left.
. "${0%/*}/tool-support.sh"
mkdir tmp
export TMPDIR="$directory/tmp"

empty() { [ -z "$(ls "$TMPDIR")" ]; }

"$unixport" selftest >said 2>words || fail "$(grep '^not' said)"
[ ! -s words ] || fail "$(cat words)"
empty || fail 'files are left'
holding=$(grep -c '^ok    ' said)
absent=$(grep -c '^none  ' said || :)
[ "$(tail -n 1 said)" = \
    "selftest: $holding guarantees hold, 0 do not, $absent cannot" ] ||
    fail 'another sum'
[ "$holding" -gt 60 ] || fail 'some are missing'
# Linux cannot suppress SIGPIPE for a writer to a plain stream.
[ "$(uname -s)" != Linux ] || [ "$absent" -eq 1 ] ||
    fail "$(grep '^none' said)"
! grep -v '^$\|^[A-Z]\|^ok    \|^none  \|^selftest: ' \
    said >words || fail "$(cat words)"
[ "$(awk 'length > 79' said)" = '' ] || fail 'a line is too long'
expect 0 '' "$unixport" selftest -q
(unset TMPDIR; expect 0 '' "$unixport" selftest -q)
echo 'ok: all holds'

TMPDIR=$directory/missing expect 1 \
    "unixport: $directory/missing: No such file or directory" \
    "$unixport" selftest
if [ -c /dev/full ]; then
	"$unixport" selftest >/dev/full 2>words && fail full || :
	grep -qx 'unixport: standard output: No space left on device' words ||
	    fail full
	empty || fail 'files are left'
fi
TMPDIR=$(printf '%05000d' 0) "$unixport" selftest >said 2>words && fail long ||
    [ $? = 1 ]
grep -q '^unixport: 0*: File \{0,1\}name too long$' words || fail 'a long name'
echo 'ok: errors'

# Without room for received descriptors their loss is reported.  Linux limits
# the descriptors in flight of all processes of a user: if other tests have
# some, they cannot be sent, and the test is repeated.
loss_is_reported()
{
	(ulimit -n 27; exec "$unixport" selftest -t 2) >said && fail holds || :
	! grep -qE '^not   descriptors arrive in order.*: (unix_add|f)[a-z_]*: ' \
	    said || return
	grep -q '^not   descriptors arrive in order.*: unix_take_file: ' said ||
	    fail 'the shortage is not reported'
}
if (ulimit -n 27) 2>/dev/null; then
	within 20 loss_is_reported
	tail -n 1 said | grep -q '^selftest: [1-9][0-9]* guarantees hold, [1-9]'
	empty || fail 'files are left'
	echo 'ok: a shortage'
fi

# A program that is killed, and one that exits with an error.
mkdir bin
printf '#!/bin/sh\n%s\n[ ! -e %s ] || exit 3\n: >%s; kill -TERM $$\n' \
    "$(command -v cat)" "$directory/second" "$directory/second" >bin/cat
chmod +x bin/cat
PATH=$directory/bin:$PATH "$unixport" selftest -q >said && fail cat || :
for line in 'plain): killed by signal 15 ' \
    'guarded): a process ended with status 3$'; do
	grep -q "^not   a program is connected in both directions ($line" said ||
	    fail "$line"
done
[ "$(wc -l <said)" = 2 ] || fail 'other lines'
echo 'ok: programs that end badly'

# A C library that breaks guarantees by a signal, a crash and an endless wait.
cat >broken.c <<'END'
#include <sys/socket.h>
#include <sys/uio.h>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

__attribute__((constructor)) static void
mark(void)
{
	close(creat("preloaded", 0600));
}

ssize_t
send(int fd, const void *bytes, size_t length, int flags)
{
	struct iovec part = { (void *)bytes, length };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	return sendmsg(fd, &message, flags & ~MSG_NOSIGNAL);
}

ssize_t
sendto(int fd, const void *bytes, size_t length, int flags,
    const struct sockaddr *name, socklen_t size)
{
	__builtin_trap();
}

int
posix_spawnp(pid_t *child, const char *name,
    const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attributes, char *const argv[],
    char *const environment[])
{
	fork();
	for (;;)
		pause();
}
END
# with LIBRARY COMMAND...
with() { (LD_PRELOAD=$directory/$1 && export LD_PRELOAD && shift && "$@"); }
library() { $CC -shared -fPIC -nostdlib -o $1.so $1.c; }
# Static programs and programs with sanitizers do not allow it.
if ! { library broken && with broken.so "$unixport" --version &&
    [ -e preloaded ]; } >words 2>&1
then
	cat words
	exit 0
fi
rm -f preloaded
with broken.so "$unixport" selftest -q -t 3 >said && fail holds || :
for line in 'write to a dead peer raises no signal (guarded): killed by signal ' \
    'datagrams arrive whole and separate: killed by signal ' \
    'a program is connected in both directions (plain): no end within 3 s'; do
	grep -q "^not   .*$line" said || fail "$line"
done
! grep -v '^not   ' said || fail 'other lines'
empty || fail 'files are left'
echo 'ok: broken guarantees are reported'

# A system with fewer features: guarantees report it.
cat >poor.c <<'END'
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* Names of files that end with a NUL, and no others. */
int
bind(int fd, const struct sockaddr *address, socklen_t size)
{
	const struct sockaddr_un *name = (const struct sockaddr_un *)address;

	if (name->sun_path[0] != '\0' &&
	    size < offsetof(struct sockaddr_un, sun_path) + 108)
		return (int)syscall(SYS_bind, fd, address, size);
	errno = EINVAL;
	return -1;
}

int
fchmod(int fd, mode_t mode)
{
	errno = EINVAL;
	return -1;
}

int
flock(int fd, int operation)
{
	errno = ENOLCK;
	return -1;
}
END
library poor
with poor.so "$unixport" selftest -t 5 >said || :
grep -q '^not   a stale socket file is reclaimed: ' said || fail reclaimed
grep -q '^not   an abstract name is claimed once, every byte counts: ' said ||
    fail abstract
echo 'ok: a poor system'

# A signal while a check hangs ends the check and removes its files.
ended_by()
{
	signal=$1
	mkfifo pipe
	rm -f ended said
	{ cat pipe >said; : >ended; } &
	pids="$pids $!"
	LD_PRELOAD=$directory/broken.so "$build/t/command/life" interruptible \
	    "$unixport" selftest -t 60 >pipe &
	test=$!
	pids="$pids $test"
	# After nearly a whole selftest.
	within 12000 grep -q '^ok    an interrupted server' said
	empty && fail 'no directory'
	kill -s $signal $test
	wait $test && fail 'no signal' || got=$?
	[ "$got" = "$2" ] || fail "status $got after $signal"
	empty || fail "$signal leaves files"
	# No other process writes any more.
	until_true test -e ended
	rm pipe
}
ended_by TERM 143
ended_by INT 130
# Under nohup(1) the selftest continues.
sh -c 'kill -HUP $$; :' || ended_by HUP 129
echo 'ok: signals'
