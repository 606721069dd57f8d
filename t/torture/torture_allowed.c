/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the public calls do not report as it came, and why.  The first row
 * that fits counts.
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

/* No libc but glibc has names of errors. */
const char *
name_of(int error)
{
	size_t i;

	for (i = 0; i < COUNT(errors); i++)
		if (errors[i].number == error)
			return errors[i].name;
	return strerror(error);
}

#define ANY	"*", "*"	/* every errno, every time */

static const struct allowed table[] = {
	/* What no call is made to fail by. */
	{ "close_*/guarded|abandon_ports/guarded", "close", "EIO", "*",
	    REPORTED, 0, "fclose(3) tells what close(2) says" },
	{ "*", "close|munmap", ANY, GOES_ON, 0,
	    "it is gone; nobody could do anything about it" },
	{ "*/guarded|listen_*", "madvise", ANY, GOES_ON, 0,
	    "an idle connection costs more memory; getpid(2) is called "
	    "each time" },
	{ "*/guarded", "setvbuf", ANY, GOES_ON, 0,
	    "the libcs take memory that is given; else they have their own" },
	{ "*/guarded|listen_*", "pthread_atfork", ANY, GOES_ON, 0,
	    "a child is known by the page that the kernel clears in it" },
	{ "serve*", "mmap", ANY, GOES_ON, 0,
	    "a shortage passes: it is tried again, after a pause" },
	{ "*/guarded|listen_*", "mmap", "EAGAIN|EPERM", "*", BECOMES, ENOMEM,
	    "EAGAIN would have others wait for a client" },
	{ "serve*", "listen", ANY, GOES_ON, 0, "the backlog stays short" },
	{ "serve*", "F_DUPFD_CLOEXEC", ANY, GOES_ON, 0,
	    "a shortage passes: it is tried again, after a pause" },
	{ "*", "F_DUPFD_CLOEXEC", "EINVAL", "*", BECOMES, EMFILE,
	    "the limit of descriptors is below the least that is wanted" },

	/* Only the first call is about descriptors. */
	{ "connect_*/guarded", "setsockopt", "ENOPROTOOPT", "[2-9]", REPORTED,
	    0, "limits of time are there everywhere" },
	{ "*/guarded", "setsockopt", "ENOPROTOOPT", "*", GOES_ON, 0,
	    "a kernel before Linux 6.16, which refuses no descriptors" },

	{ "get_*/plain", "*", "ETIMEDOUT", "*", BECOMES,
	    ECONNRESET, "the system's own timeout is final" },

	/* Signals and others who came first: it is tried again. */
	{ "accept*|serve*", "poll", "EINTR", "*", GOES_ON, 0, "tried again" },
	{ "input_ready/*|read/guarded", "poll", ANY, GOES_ON, 0,
	    "without poll(2) the call is tried after a pause" },
	{ "input_ready/*", "getsockopt|recv", ANY, GOES_ON, 0,
	    "the read that follows reports the error" },
	{ "accept*|serve*", "accept4", "EAGAIN|EINTR|ECONNABORTED", "*", GOES_ON, 0,
	    "another was faster, or the client has gone: the next one" },
	{ "accept*/plain", "dup3", "EINTR", "*", GOES_ON, 0, "tried again" },
	{ "connect_*", "connect", "EINTR", "*", GOES_ON, 0, "tried again" },
	{ "send*/plain", "send|sendto", "EINTR", "*", GOES_ON, 0,
	    "tried again" },
	{ "*/guarded", "send|sendmsg|recv|recvmsg", "EINTR|EAGAIN", "*",
	    GOES_ON, 0, "tried again, when poll(2) says so" },
	{ "*/guarded", "send|sendmsg", "ECONNRESET", "*", GOES_ON, 0,
	    "Linux says it once to a writer, and then why" },
	{ "interrupt/*", "write", "EINTR", "*", GOES_ON, 0, "tried again" },
	{ "interrupt/*", "write", "EAGAIN", "*", GOES_ON, 0,
	    "a full pipe says it already" },

	/* Listening: leftovers of another process. */
	{ "listen_*/*", "fdopendir|readdir", ANY, GOES_ON, 0,
	    "leftovers stay until the next start" },
	{ "listen_*/*", "openat", "*", "1", GOES_ON, 0,
	    "leftovers stay until the next start" },
	{ "listen_*/*", "socket", "*", "1", REPORTED, 0,
	    "without a socket there is no listener" },
	{ "listen_path/*|listen_deep/*|listen_long/*|listen_datagram/*",
	    "fstatfs|socket", ANY, GOES_ON, 0,
	    "leftovers stay where the file system may be shared; the kernel "
	    "does not report the file of the socket" },

	/* Listening: the file. */
	{ "listen_*/*", "fchmod", ANY, GOES_ON, 0,
	    "only on Linux; the file gets its mode after bind(2) too" },
	{ "listen_long*/*", "stat", "ENOENT|ENOTDIR", "3", BECOMES,
	    ENAMETOOLONG, "without /proc the path has no name" },
	{ "listen_long*/*", "stat", "*", "3", REPORTED, 0,
	    "without the name under /proc the path cannot be bound" },
	{ "listen_long*/*", "fstat", "*", "2", REPORTED, 0,
	    "without the name under /proc the path cannot be bound" },
	{ "listen_long*/*", "stat|fstat", "*", "[12]", GOES_ON, 0,
	    "the name under /proc would be too long anyway" },
	{ "listen_*/*", "ioctl|send|recv", ANY, GOES_ON, 0,
	    "the file is opened by its name, and may be another's" },
	{ "close/guarded", "accept4|F_GETFL|getsockopt", ANY, GOES_ON, 0,
	    "the clients in the queue are closed with it" },
	{ "*", "ioctl", ANY, GOES_ON, 0,
	    "the queue is taken for one with bytes" },
	{ "listen_*/*", "realpath", ANY, GOES_ON, 0,
	    "the path is used as it was given" },
	{ "listen_*/*", "stat", "*", "1", GOES_ON, 0,
	    "the path is used as it was given" },
	{ "listen_*/*", "malloc", "*", "[456]", GOES_ON, 0,
	    "inside realpath(3) and fdopendir(3), and for the path that the "
	    "first has found" },
	{ "listen_path/*|listen_deep/*|listen_long/*|listen_datagram/*",
	    "bind|syscall", "EADDRINUSE|EEXIST", "*", GOES_ON, 0,
	    "what was there has gone: bound again" },
	{ "listen_long*/*", "syscall", "EINVAL|ENOSYS", "*", GOES_ON, 0,
	    "link(2) replaces nothing, either" },

	/* Reclaiming: what cannot be proved is in use. */
	{ "listen_*stale/*", "bind", "EADDRINUSE", "[12]", GOES_ON, 0,
	    "the stale file is found, by this call or the next" },
	{ "listen_*stale/*", "syscall", "EEXIST", "[12]", GOES_ON, 0,
	    "the stale file is found, by this call or the next" },
	{ "listen_*stale/*", "syscall", "EEXIST", "3", GOES_ON, 0,
	    "another private name is free" },
	{ "listen_*stale/*", "connect", "ECONNREFUSED|EINTR", "*", GOES_ON,
	    0, "what a stale socket says, and what is tried again" },
	{ "listen_*stale/*", "flock", "EINTR|EAGAIN", "*", GOES_ON, 0,
	    "tried again, for two seconds" },
	{ "listen_*stale/*", "socket", "EACCES|EAFNOSUPPORT", "[234]",
	    BECOMES, EADDRINUSE, "nobody can ask whether it is alive" },
	{ "listen_*stale/*", "socket", "*", "[234]", REPORTED, 0,
	    "a shortage passes" },
	{ "listen_*stale/*", "flock|socket", "*", "[25]", GOES_ON, 0,
	    "closing the directory gives the lock back too; the kernel does "
	    "not report the file of the socket" },
	{ "listen_*stale/*", "fstatfs", "EINTR", "*", GOES_ON, 0,
	    "tried again" },
	{ "listen_*stale/*", "fstatfs", ANY, BECOMES, EADDRINUSE,
	    "a file system of another machine's proves nothing" },
	{ "listen_*stale/*", "syscall", "EINVAL|ENOSYS", "*", GOES_ON, 0,
	    "rename(2) in its place" },
	{ "listen_stale/*", "stat|fstat", "EACCES|EIO|ELOOP|ENOENT|ENOTDIR",
	    "[1234]", EITHER, EADDRINUSE,
	    "the refusal of another file is no proof" },
	{ "listen_long_stale/*", "stat|fstat",
	    "EACCES|EIO|ELOOP|ENOENT|ENOTDIR", "[3-7]", EITHER, EADDRINUSE,
	    "the refusal of another file is no proof" },
	{ "listen_stale/*", "bind", "EACCES|EIO|ELOOP|ENOENT|ENOSPC|ENOTDIR|"
	    "EPERM|EROFS", "3", REPORTED, 0,
	    "the stale file was removed: the path is free" },
	{ "listen_long_stale/*", "syscall", "EACCES|EIO|ENOENT|ENOSPC|EROFS",
	    "4", REPORTED, 0, "the stale file was removed: the path is free" },
	{ "listen_*stale/*", "bind|syscall", "EACCES|EADDRINUSE|EEXIST|EIO|"
	    "ELOOP|ENOENT|ENOSPC|ENOTDIR|EPERM|EROFS", "[2-9]", BECOMES,
	    EADDRINUSE, "the path cannot be reclaimed" },
	{ "listen_long_stale/*", "syscall", "*", "1", REPORTED, 0,
	    "the socket cannot be renamed to its long name" },
	{ "listen_*stale/*", "unlinkat", "ENOENT", "1", GOES_ON, 0,
	    "another start has taken the private file" },
	{ "listen_*stale/*", "openat", "EACCES|EINTR|EIO|ELOOP|ENOENT|ENOTDIR",
	    "[234]", BECOMES, EADDRINUSE, "the path cannot be reclaimed" },
	{ "listen_*stale/*", "connect|flock|syscall|unlinkat",
	    "EACCES|EAGAIN|EBUSY|EINTR|EINVAL|EIO|ELOOP|ENOENT|ENOLCK|ENOSPC|"
	    "ENOTDIR|EOPNOTSUPP|EPERM|EPROTOTYPE|EROFS", "*", BECOMES,
	    EADDRINUSE, "the path cannot be reclaimed" },
	{ "listen_*stale/*", "fstatat", "ENOENT", "5", GOES_ON, 0,
	    "another start has taken the private file" },
	{ "listen_*stale/*", "fstatat", "EACCES|EIO|ENOENT", "[2345]",
	    BECOMES, EADDRINUSE, "the path cannot be reclaimed" },

	/* Listening: the mode. */
	{ "listen_*/*", "stat|fstat", ANY, EITHER, EOPNOTSUPP,
	    "fchmodat2(2), of Linux 6.6, sets the mode" },
	{ "listen_*/*", "chmod", "EPERM", "*", BECOMES, EOPNOTSUPP,
	    "the file system does not grant the mode of our own file" },

	/* Ending and asking. */
	{ "close/*", "fstatat|syscall|unlinkat", "ENOENT", "*", GOES_ON, 0,
	    "it is gone, as it shall be" },
	{ "close/*", "syscall", "EEXIST", "*", GOES_ON, 0,
	    "another private name is free" },
	{ "close/*", "syscall", "EINVAL|ENOSYS", "*", GOES_ON, 0,
	    "rename(2) in its place" },
	{ "owns_path/*", "lstat", "ENOENT|ENOTDIR", "*", BECOMES, EEXIST,
	    "the answer is 0: nothing is there" },
	{ "own/*", "lstat", "ENOTDIR", "*", BECOMES, ENOENT,
	    "the path does not lead to the file" },

	/* Accepting. */
	{ "accept*/plain", "dup3", ANY, LOSES_CLIENT, 0,
	    "the client is here and cannot have its streams: it is closed" },
	{ "accept_same_user/*", "getsockname|getsockopt", ANY, LOSES_CLIENT,
	    ETIMEDOUT, "who cannot be told from a stranger is dropped" },

	/* Users. */
	{ "accept_same_user/*|connect_given/*|connect_patient/*|runtime_path*|"
	    "peer_in_group/*", "open", "EMFILE|ENFILE|ENOMEM", "*", REPORTED, 0,
	    "whether our user can be identified is unknown" },
	{ "listen_*/*", "open", "*", "[23]", GOES_ON, 0,
	    "a change of the mode proves the owner" },
	{ "listen_*/*", "read", ANY, GOES_ON, 0,
	    "the overflow uid is the kernel's default" },
	{ "accept_same_user/*|connect_given/*|connect_patient/*|runtime_path*|"
	    "peer_in_group/*", "open|read", ANY, GOES_ON, 0,
	    "the overflow uid is the kernel's default" },

	/* Connecting. */
	{ "connect_long/*|send_long/*", "stat", "ENOENT|ENOTDIR", "*", BECOMES,
	    ENAMETOOLONG, "without /proc the path has no name" },
	{ "connect_*", "connect", "EAGAIN", "*", BECOMES, ETIMEDOUT,
	    "the kernel's name for the end of its patience" },
	{ "connect_patient/*", "connect", "ECONNREFUSED|ENOENT", "*",
	    GOES_ON, 0, "what UNIX_WAIT waits for" },
	{ "listen_given/*|listen_passed/*", "getsockopt", "ENOPROTOOPT", "2",
	    GOES_ON, 0, "macOS does not tell who listens" },
	{ "connect_given/*|open_ports*", "getsockopt", "*", "2", GOES_ON, 0,
	    "not every system can say that it listens; it has no peer then" },

	{ "peer_process/*", "getsockopt", "ENOPROTOOPT", "1", BECOMES, ENOTSUP,
	    "Linux before 6.5" },
	{ "peer_in_group/*", "getsockopt", "ENOPROTOOPT", "2", BECOMES,
	    ENOTSUP, "Linux before 4.13" },

	/* Streams. */
#ifdef __GLIBC__
	{ "write/plain|read/plain|get_*/plain|put_*/plain", "malloc",
	    "*", "1", GOES_ON, 0, "stdio goes on without a buffer" },
#else
	{ "get_frame/guarded", "recv|recvmsg", "*", "2", GOES_ON, 0,
	    "musl's stdio reads ahead; what it was asked for is there" },
#endif
	{ "read/guarded|input_ready/guarded", "send", ANY, BECOMES,
	    ETIMEDOUT, "the tie fails no read; closing tells of it" },
	{ "hang_up/*|close_*", "shutdown", "ENOTCONN", "*", GOES_ON, 0,
	    "the peer has ended it before" },

	/* Places. */
	{ "runtime_path*", "lstat", "ENOENT|ENOTDIR", "*", BECOMES, ENOENT,
	    "there is no such directory" },
	{ "runtime_path*", "lstat", ANY, BECOMES, EPERM,
	    "nobody can tell that it is safe" },
	{ "runtime_path/*", "mkdir", "EEXIST", "*", BECOMES, ENOENT,
	    "it was there, and has gone" },
	{ "explain/*", "*", ANY, GOES_ON, 0, "it says less" },
	{ "available/*", "socket", "EACCES|EAFNOSUPPORT", "*", BECOMES,
	    ENOSYS, "the answer is 0" },
	{ "available/*", "socket", ANY, GOES_ON, 0,
	    "a shortage says nothing about the system" },

	/* Children. */
	{ "spawn_low/*", "poll", ANY, GOES_ON, 0,
	    "it only looks for output that came by mistake" },

	/* Servers, whose threads race: which is the first to make a call? */
	{ "serve*", "malloc|pthread_create", "*", "1", REPORTED, 0,
	    "without a thread there is no server" },
	{ "serve*", "accept4|F_GETFL|fopencookie|malloc|pthread_create", ANY,
	    GOES_ON, 0, "tried again, after a pause" },
	{ "serve*", "poll", "ENOMEM", "*", GOES_ON, 0,
	    "a shortage passes: it is tried again, after a pause" },
	{ "serve*", "poll", "EINVAL", "*", EITHER, 0,
	    "it ends who waits for a client, and passes for who waits for "
	    "the end" },
	{ "serve*", "__uflow|fclose|fflush|fread|getc_unlocked|realloc|recv|"
	    "recvmsg|send|shutdown", ANY, DROPS_CLIENT, 0,
	    "a failure of one connection is its own" },
	{ "serve_fair/*", "getsockname|getsockopt", ANY, DROPS_CLIENT, 0,
	    "who cannot be told is refused" },
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
	    "socket", SHORTAGE, "2", REPORTED, 0, "a shortage passes" },
	{ "listen_*stale/*", "socket", SHORTAGE, "5", REPORTED, 0,
	    "a shortage passes" },
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

/* The first row that fits counts. */
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

/* Whether WORD fits one of the patterns in LIST, which | separates. */
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

/* A row that no point has needed is not true any more. */
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
