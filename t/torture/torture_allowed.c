/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The failures of libc that public calls do not report unchanged, each with the
 * reason.  The first matching row applies.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

#define ERRORS(ERROR) \
	ERROR(E2BIG) ERROR(EACCES) ERROR(EADDRINUSE) ERROR(EAFNOSUPPORT) \
	ERROR(EAGAIN) ERROR(EBADF) ERROR(EBADMSG) ERROR(EBUSY) \
	ERROR(ECANCELED) ERROR(ECONNABORTED) ERROR(ECONNREFUSED) \
	ERROR(ECONNRESET) ERROR(EDOM) ERROR(EEXIST) ERROR(EINTR) \
	ERROR(EINVAL) ERROR(EIO) ERROR(ELOOP) ERROR(EMFILE) \
	ERROR(EMSGSIZE) ERROR(ENAMETOOLONG) ERROR(ENFILE) ERROR(ENOBUFS) \
	ERROR(ENOENT) ERROR(ENOEXEC) ERROR(ENOLCK) ERROR(ENOMEM) \
	ERROR(ENOMSG) ERROR(ENOPROTOOPT) ERROR(ENOSPC) ERROR(ENOSYS) \
	ERROR(ENOTCONN) ERROR(ENOTDIR) ERROR(EOPNOTSUPP) ERROR(EPERM) \
	ERROR(EPIPE) ERROR(EPROTOTYPE) ERROR(EROFS) ERROR(ETIMEDOUT) \
	ERROR(ETOOMANYREFS) ERROR(ETXTBSY) ERROR(EXDEV) ERROR(EXFULL)

#define ERROR_ROW(name)	{ #name, name },

static const struct {
	const char *name;
	int number;
} errors[] = { ERRORS(ERROR_ROW) };

/* Only glibc has a function that returns the name of an errno. */
const char *
name_of(int error)
{
	size_t i;

	for (i = 0; i < COUNT(errors); i++)
		if (errors[i].number == error)
			return errors[i].name;
	return strerror(error);
}

#define ANY	"*", "*"	/* every errno, every call */

static const struct allowed table[] = {
	/* Failures that no public call, or only a close, reports. */
	{ "close_*/guarded|abandon_ports/guarded", "close", "EIO", "*",
	    REPORTED, 0, "fclose(3) reports the error of close(2)" },
	{ "*", "close|munmap", ANY, GOES_ON, 0,
	    "the resource is released in spite of the error" },
	{ "*/guarded|listen_*", "madvise", ANY, GOES_ON, 0,
	    "without MADV_NOHUGEPAGE an idle connection costs more memory; "
	    "without MADV_WIPEONFORK each use calls getpid(2)" },
	{ "*/guarded", "setvbuf", ANY, GOES_ON, 0,
	    "the stream keeps the buffer of libc" },
	{ "*/guarded|listen_*", "pthread_atfork", ANY, GOES_ON, 0,
	    "a child is detected by the page that the kernel clears" },
	{ "serve*", "mmap", ANY, GOES_ON, 0,
	    "a shortage is temporary: repeated after a pause" },
	{ "*/guarded|listen_*", "mmap", "EAGAIN|EPERM", "*", BECOMES, ENOMEM,
	    "after EAGAIN, unix_accept() would wait for a client" },
	{ "serve*", "listen", ANY, GOES_ON, 0,
	    "the backlog of unix_listen() is kept" },
	{ "serve*", "F_DUPFD_CLOEXEC", ANY, GOES_ON, 0,
	    "a shortage is temporary: repeated after a pause" },
	{ "*", "F_DUPFD_CLOEXEC", "EINVAL", "*", BECOMES, EMFILE,
	    "RLIMIT_NOFILE is not above the lowest permitted number" },

	/* Only the first call sets SO_PASSRIGHTS. */
	{ "connect_*/guarded", "setsockopt", "ENOPROTOOPT", "[2-9]", REPORTED,
	    0, "every system has SO_SNDTIMEO" },
	{ "*/guarded", "setsockopt", "ENOPROTOOPT", "*", GOES_ON, 0,
	    "Linux before 6.16 has no SO_PASSRIGHTS" },

	{ "get_*/plain", "*", "ETIMEDOUT", "*", BECOMES,
	    ECONNRESET, "a timeout of the kernel ends the connection" },

	/* Signals, and races lost to another process: the call is repeated. */
	{ "accept*|serve*", "poll", "EINTR", "*", GOES_ON, 0, "repeated" },
	{ "input_ready/*|read/guarded", "poll", ANY, GOES_ON, 0,
	    "if poll(2) fails, the call is repeated after a pause" },
	{ "input_ready/*", "getsockopt|recv", ANY, GOES_ON, 0,
	    "the read that follows reports the error" },
	{ "accept*|serve*", "accept4", "EAGAIN|EINTR|ECONNABORTED", "*", GOES_ON, 0,
	    "the client has closed, or another process accepted it" },
	{ "accept*/plain", "dup3", "EINTR", "*", GOES_ON, 0, "repeated" },
	{ "connect_*", "connect", "EINTR", "*", GOES_ON, 0, "repeated" },
	{ "send*/plain", "send|sendto", "EINTR", "*", GOES_ON, 0, "repeated" },
	{ "*/guarded", "send|sendmsg|recv|recvmsg", "EINTR|EAGAIN", "*",
	    GOES_ON, 0, "repeated when poll(2) reports readiness" },
	{ "*/guarded", "send|sendmsg", "ECONNRESET", "*", GOES_ON, 0,
	    "Linux reports ECONNRESET once, and then EPIPE" },
	{ "listen_datagram/*", "setsockopt", ANY, GOES_ON, 0,
	    "without SO_PASSCRED the senders are unknown" },
	{ "receive/*", "recvmsg", "EINTR|EAGAIN", "*", GOES_ON, 0,
	    "repeated when poll(2) reports readiness" },
	{ "interrupt/*", "write", "EINTR", "*", GOES_ON, 0, "repeated" },
	{ "interrupt/*", "write", "EAGAIN", "*", GOES_ON, 0,
	    "a full pipe contains an earlier interrupt" },

	/* Listening: files that a killed process has left. */
	{ "listen_*/*", "fdopendir|readdir", ANY, GOES_ON, 0,
	    "files that were left remain until the next unix_listen()" },
	{ "listen_*/*", "openat", "*", "1", GOES_ON, 0,
	    "files that were left remain until the next unix_listen()" },
	{ "listen_*/*", "socket", "*", "1", REPORTED, 0,
	    "without a socket there is no listener" },
	{ "listen_path/*|listen_deep/*|listen_long/*|listen_datagram/*",
	    "fstatfs|socket", ANY, GOES_ON, 0,
	    "fstatfs: files that were left remain on a file system that may be "
	    "shared; socket: the kernel does not report the file of the "
	    "socket" },

	/* Listening: the file. */
	{ "listen_*/*", "fchmod", ANY, GOES_ON, 0,
	    "the mode of the file is also set after bind(2)" },
	{ "listen_long*/*", "stat", "ENOENT|ENOTDIR", "3", BECOMES,
	    ENAMETOOLONG, "without /proc the path does not fit into sun_path" },
	{ "listen_long*/*", "stat", "*", "3", REPORTED, 0,
	    "without the name under /proc the path cannot be bound" },
	{ "listen_long*/*", "fstat", "*", "2", REPORTED, 0,
	    "without the name under /proc the path cannot be bound" },
	{ "listen_long*/*", "stat|fstat", "*", "[12]", GOES_ON, 0,
	    "the name under /proc is too long, so a temporary name is bound" },
	{ "listen_*/*", "ioctl|send|recv", ANY, GOES_ON, 0,
	    "the kernel does not report the file of the socket, so the file is "
	    "opened by its name" },
	{ "close/guarded", "accept4|F_GETFL|getsockopt", ANY, GOES_ON, 0,
	    "close(2) of the listener closes the clients in its queue" },
	{ "*", "ioctl", ANY, GOES_ON, 0,
	    "the queue is assumed to contain bytes" },
	{ "listen_*/*", "realpath", ANY, GOES_ON, 0,
	    "the path is used as specified" },
	{ "listen_*/*", "stat", "*", "1", GOES_ON, 0,
	    "the path is used as specified" },
	{ "listen_*/*", "malloc", "*", "[456]", GOES_ON, 0,
	    "inside realpath(3) and fdopendir(3), and for the absolute path" },
	{ "listen_path/*|listen_deep/*|listen_long/*|listen_datagram/*",
	    "bind|syscall", "EADDRINUSE|EEXIST", "*", GOES_ON, 0,
	    "the file no longer exists: bind(2) is repeated" },
	{ "listen_long*/*", "syscall", "EINVAL|ENOSYS", "*", GOES_ON, 0,
	    "link(2) does not replace a file, either" },

	/* Reclaiming: a file that cannot be proved stale is in use. */
	{ "listen_*stale/*", "bind", "EADDRINUSE", "[12]", GOES_ON, 0,
	    "this or the next bind(2) finds the stale file" },
	{ "listen_*stale/*", "syscall", "EEXIST", "[12]", GOES_ON, 0,
	    "this or the next bind(2) finds the stale file" },
	{ "listen_*stale/*", "syscall", "EEXIST", "3", GOES_ON, 0,
	    "another private name is tried" },
	{ "listen_*stale/*", "connect", "ECONNREFUSED|EINTR", "*", GOES_ON,
	    0, "ECONNREFUSED: the socket is stale; EINTR: repeated" },
	{ "listen_*stale/*", "flock", "EINTR|EAGAIN", "*", GOES_ON, 0,
	    "repeated for up to 2 seconds" },
	{ "listen_*stale/*", "socket", "EACCES|EAFNOSUPPORT", "[234]",
	    BECOMES, EADDRINUSE, "without a socket the file cannot be probed" },
	{ "listen_*stale/*", "socket", "*", "[234]", REPORTED, 0,
	    "a shortage is temporary" },
	{ "listen_*stale/*", "flock|socket", "*", "[25]", GOES_ON, 0,
	    "flock: closing the directory releases the lock, too; socket: the "
	    "kernel does not report the file of the socket" },
	{ "listen_*stale/*", "fstatfs", "EINTR", "*", GOES_ON, 0, "repeated" },
	{ "listen_*stale/*", "fstatfs", ANY, BECOMES, EADDRINUSE,
	    "the file system may be shared with another machine" },
	{ "listen_*stale/*", "syscall", "EINVAL|ENOSYS", "*", GOES_ON, 0,
	    "rename(2) is called instead" },
	{ "listen_stale/*", "stat|fstat", "EACCES|EIO|ELOOP|ENOENT|ENOTDIR",
	    "[1234]", EITHER, EADDRINUSE,
	    "a refused connection to another file proves nothing" },
	{ "listen_long_stale/*", "stat|fstat",
	    "EACCES|EIO|ELOOP|ENOENT|ENOTDIR", "[3-7]", EITHER, EADDRINUSE,
	    "a refused connection to another file proves nothing" },
	{ "listen_stale/*", "bind", "EACCES|EIO|ELOOP|ENOENT|ENOSPC|ENOTDIR|"
	    "EPERM|EROFS", "3", REPORTED, 0,
	    "the stale file was removed, so the error of bind(2) is reported" },
	{ "listen_long_stale/*", "syscall", "EACCES|EIO|ENOENT|ENOSPC|EROFS",
	    "4", REPORTED, 0,
	    "the stale file was removed, so the error of bind(2) is reported" },
	{ "listen_*stale/*", "bind|syscall", "EACCES|EADDRINUSE|EEXIST|EIO|"
	    "ELOOP|ENOENT|ENOSPC|ENOTDIR|EPERM|EROFS", "[2-9]", BECOMES,
	    EADDRINUSE, "the path cannot be reclaimed" },
	{ "listen_long_stale/*", "syscall", "*", "1", REPORTED, 0,
	    "the socket cannot be renamed to its long name" },
	{ "listen_*stale/*", "unlinkat", "ENOENT", "1", GOES_ON, 0,
	    "another process has removed the private file" },
	{ "listen_*stale/*", "openat", "EACCES|EINTR|EIO|ELOOP|ENOENT|ENOTDIR",
	    "[234]", BECOMES, EADDRINUSE, "the path cannot be reclaimed" },
	{ "listen_*stale/*", "connect|flock|syscall|unlinkat",
	    "EACCES|EAGAIN|EBUSY|EINTR|EINVAL|EIO|ELOOP|ENOENT|ENOLCK|ENOSPC|"
	    "ENOTDIR|EOPNOTSUPP|EPERM|EPROTOTYPE|EROFS", "*", BECOMES,
	    EADDRINUSE, "the path cannot be reclaimed" },
	{ "listen_*stale/*", "fstatat", "ENOENT", "5", GOES_ON, 0,
	    "another process has removed the private file" },
	{ "listen_*stale/*", "fstatat", "EACCES|EIO|ENOENT", "[2345]",
	    BECOMES, EADDRINUSE, "the path cannot be reclaimed" },

	/* Listening: the mode. */
	{ "listen_*/*", "stat|fstat", ANY, EITHER, EOPNOTSUPP,
	    "fchmodat2(2) of Linux 6.6 sets the mode instead" },
	{ "listen_*/*", "chmod", "EPERM", "*", BECOMES, EOPNOTSUPP,
	    "the file system does not permit a change of the mode" },

	/* Closing, and ownership. */
	{ "close/*", "fstatat|syscall|unlinkat", "ENOENT", "*", GOES_ON, 0,
	    "the file was removed before" },
	{ "close/*", "syscall", "EEXIST", "*", GOES_ON, 0,
	    "another private name is tried" },
	{ "close/*", "syscall", "EINVAL|ENOSYS", "*", GOES_ON, 0,
	    "rename(2) is called instead" },
	{ "owns_path/*", "lstat", "ENOENT|ENOTDIR", "*", BECOMES, EEXIST,
	    "the result is 0: there is no file" },
	{ "own/*", "lstat", "ENOTDIR", "*", BECOMES, ENOENT,
	    "the path does not lead to the file" },

	/* Accepting. */
	{ "accept*/plain", "dup3", ANY, LOSES_CLIENT, 0,
	    "the accepted client cannot get its ports, and is closed" },
	{ "accept_same_user/*", "getsockname|getsockopt", ANY, LOSES_CLIENT,
	    ETIMEDOUT, "a client of an unknown user is dropped" },

	/* Users. */
	{ "accept_same_user/*|connect_given/*|connect_patient/*|runtime_path*|"
	    "peer_in_group/*", "open", "EMFILE|ENFILE|ENOMEM", "*", REPORTED, 0,
	    "without the overflow uid our user cannot be identified" },
	{ "listen_*/*", "open", "*", "[23]", GOES_ON, 0,
	    "a successful chmod(2) proves the owner" },
	{ "listen_*/*", "read", ANY, GOES_ON, 0,
	    "the overflow uid is assumed to be the default of the kernel" },
	{ "accept_same_user/*|connect_given/*|connect_patient/*|runtime_path*|"
	    "peer_in_group/*", "open|read", ANY, GOES_ON, 0,
	    "the overflow uid is assumed to be the default of the kernel" },

	/* Connecting. */
	{ "connect_long/*|send_long/*", "stat", "ENOENT|ENOTDIR", "*", BECOMES,
	    ENAMETOOLONG, "without /proc the path does not fit into sun_path" },
	{ "connect_*", "connect", "EAGAIN", "*", BECOMES, ETIMEDOUT,
	    "Linux reports EAGAIN when SO_SNDTIMEO expires" },
	{ "connect_patient/*", "connect", "ECONNREFUSED|ENOENT", "*",
	    GOES_ON, 0, "UNIX_WAIT retries after these errors" },
	{ "listen_given/*|listen_passed/*", "getsockopt", "ENOPROTOOPT", "2",
	    GOES_ON, 0, "macOS lacks SO_ACCEPTCONN" },
	{ "connect_given/*|open_ports*", "getsockopt", "*", "2", GOES_ON, 0,
	    "without SO_ACCEPTCONN a listener is rejected because it has no "
	    "peer" },

	{ "peer_process/*", "getsockopt", "ENOPROTOOPT", "1", BECOMES, ENOTSUP,
	    "Linux before 6.5" },
	{ "peer_in_group/*", "getsockopt", "ENOPROTOOPT", "2", BECOMES,
	    ENOTSUP, "Linux before 4.13" },

	/* Streams. */
	{ "flush/guarded", "realloc", ANY, GOES_ON, 0,
	    "a block of the exact size is tried instead of a larger one" },
#ifdef __GLIBC__
	{ "write/plain|read/plain|get_*/plain|put_*/plain", "malloc",
	    "*", "1", GOES_ON, 0, "stdio continues without a buffer" },
#else
	{ "get_frame/guarded", "recv|recvmsg", "*", "2", GOES_ON, 0,
	    "the call reads ahead; the requested bytes were received before" },
#endif
	{ "read/guarded|input_ready/guarded", "send", ANY, BECOMES,
	    ETIMEDOUT,
	    "a failed send of the tie is reported when closing, not by the "
	    "read" },
	{ "hang_up/*|close_*", "shutdown", "ENOTCONN", "*", GOES_ON, 0,
	    "the peer has shut the connection down before" },

	/* Runtime directory, explanation, availability. */
	{ "runtime_path*", "lstat", "ENOENT|ENOTDIR", "*", BECOMES, ENOENT,
	    "the directory does not exist" },
	{ "runtime_path*", "lstat", ANY, BECOMES, EPERM,
	    "the directory cannot be proved private" },
	{ "runtime_path/*", "mkdir", "EEXIST", "*", BECOMES, ENOENT,
	    "the directory existed, and was removed" },
	{ "explain/*", "*", ANY, GOES_ON, 0,
	    "the explanation is less precise" },
	{ "available/*", "socket", "EACCES|EAFNOSUPPORT", "*", BECOMES,
	    ENOSYS, "the result is 0" },
	{ "available/*", "socket", ANY, GOES_ON, 0,
	    "the result is 1, since a shortage is temporary" },

	/* Children. */
	{ "spawn_low/*", "poll", ANY, GOES_ON, 0,
	    "poll(2) is called only to discard output of other threads" },

	/* Servers: any of their threads can be the first to make a call. */
	{ "serve*", "malloc|pthread_create", "*", "1", REPORTED, 0,
	    "the server requires a first thread" },
	{ "serve*", "accept4|F_GETFL|fopencookie|malloc|pthread_create", ANY,
	    GOES_ON, 0, "repeated after a pause" },
	{ "serve*", "poll", "ENOMEM", "*", GOES_ON, 0,
	    "a shortage is temporary: repeated after a pause" },
	{ "serve*", "poll", "EINVAL", "*", EITHER, 0,
	    "the error is fatal in the wait for a client, and ignored in the "
	    "wait for the threads" },
	{ "serve*", "__uflow|fclose|fflush|fread|getc_unlocked|realloc|recv|"
	    "recvmsg|send|shutdown", ANY, DROPS_CLIENT, 0,
	    "an error of one connection affects no other" },
	{ "serve_fair/*", "getsockname|getsockopt", ANY, DROPS_CLIENT, 0,
	    "a client of an unknown user is refused" },
};

/*
 * Linux shows each user that a user namespace does not map as the overflow
 * uid.  If that is our own uid too (nobody), the map is read as well.
 */
#define NOT_SHORT	"EACCES|EAGAIN|EINTR|EIO|ELOOP|ENOENT|ENOTDIR"

static const struct allowed overflow_table[] = {
	{ "accept_same_user/*", "open|read", NOT_SHORT, "2", LOSES_CLIENT,
	    ETIMEDOUT, "a client of an unknown user is dropped" },
	{ "connect_given/*|connect_patient/*", "open|read", NOT_SHORT, "2",
	    BECOMES, EACCES, "a server of an unknown user is refused" },
	{ "runtime_path*", "open", NOT_SHORT, "[24]", BECOMES, EPERM,
	    "a directory of an unknown user is not safe" },
	{ "runtime_path*", "read", NOT_SHORT, "[27]", BECOMES, EPERM,
	    "a directory of an unknown user is not safe" },
};

/*
 * Without CAP_NET_ADMIN the file of a bound socket is identified by
 * NETLINK_SOCK_DIAG.
 */
#define SHORTAGE	"EMFILE|ENFILE|ENOBUFS|ENOMEM"

static const struct allowed diag_table[] = {
	{ "listen_path/*|listen_deep/*|listen_long/*|listen_datagram/*",
	    "socket", SHORTAGE, "2", REPORTED, 0, "a shortage is temporary" },
	{ "listen_*stale/*", "socket", SHORTAGE, "5", REPORTED, 0,
	    "a shortage is temporary" },
};

static int
is_overflow_user(void)
{
	FILE *file = fopen("/proc/sys/kernel/overflowuid", "re");
	long number;
	int found;

	if (file == NULL)
		return 0;
	found = fscanf(file, "%ld", &number) == 1 &&
	    (uid_t)number == geteuid();
	fclose(file);
	return found;
}

static int
needs_diag(void)
{
#ifdef __linux__
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int is_denied;

	need(fd != -1);
	/* SIOCUNIXFILE; with the capability ENOENT, as FD is not bound. */
	is_denied = ioctl(fd, SIOCPROTOPRIVATE, 0) == -1 && errno != ENOENT;
	close(fd);
	return is_denied;
#else
	return 0;
#endif
}

static int
always(void)
{
	return 1;
}

/* The first matching row applies. */
static int is_used[COUNT(overflow_table) + COUNT(diag_table) + COUNT(table)];
static const struct rows {
	int (*apply)(void);
	const struct allowed *row;
	size_t count;
	int *is_used;
} tables[] = {
	{ is_overflow_user, overflow_table, COUNT(overflow_table), is_used },
	{ needs_diag, diag_table, COUNT(diag_table),
	    is_used + COUNT(overflow_table) },
	{ always, table, COUNT(table),
	    is_used + COUNT(overflow_table) + COUNT(diag_table) },
};

/* Whether WORD matches a pattern of LIST, which is separated by |. */
static int
fits(const char *list, const char *word)
{
	char pattern[200];
	size_t length;

	for (;;) {
		length = strcspn(list, "|");
		snprintf(pattern, sizeof(pattern), "%.*s", (int)length, list);
		if (fnmatch(pattern, word, 0) == 0)
			return 1;
		if (list[length] == '\0')
			return 0;
		list += length + 1;
	}
}

static const struct allowed *
find_row(const struct rows *rows, const char *scenario,
    const struct point *point)
{
	const struct allowed *row;
	char number[20];

	snprintf(number, sizeof(number), "%d", point->number);
	for (row = rows->row; row < rows->row + rows->count; row++)
		if (fits(row->scenarios, scenario) &&
		    fits(row->calls, calls[point->call].name) &&
		    fits(row->errors, name_of(point->error)) &&
		    fits(row->numbers, number)) {
			rows->is_used[row - rows->row] = 1;
			return row;
		}
	return NULL;
}

const struct allowed *
find_allowed(const char *scenario, const struct point *point)
{
	const struct allowed *row = NULL;
	size_t i;

	for (i = 0; i < COUNT(tables) && row == NULL; i++)
		if (tables[i].apply())
			row = find_row(&tables[i], scenario, point);
	return row;
}

static int
report_unused_rows(const struct rows *rows)
{
	const struct allowed *row;
	char what[300];
	int count = 0;

	for (row = rows->row; row < rows->row + rows->count; row++)
		if (!rows->is_used[row - rows->row]) {
			snprintf(what, sizeof(what), "not needed: %s, %s %s",
			    row->scenarios, row->calls, row->errors);
			report_failure(what, row->reason);
			count++;
		}
	return count;
}

/* Reports the rows that no point has used, and returns their number. */
int
report_unused(void)
{
	int count = 0;
	size_t i;

	for (i = 0; i < COUNT(tables); i++)
		if (tables[i].apply())
			count += report_unused_rows(&tables[i]);
	return count;
}
