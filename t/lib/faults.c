/* SPDX-License-Identifier: BSD-2-Clause */
/* Systems with missing features or false results, for each kind of call. */
#include "faults.h"

#include <sys/mman.h>
#ifdef __linux__
#include <sys/sendfile.h>
#include <sys/syscall.h>
#endif
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PEERPIDFD	77	/* Linux 6.5; Debian 12 does not have the name */

__attribute__((constructor)) static void
tell(void)
{
	const char *mark = getenv("PRELOADED");

	if (mark != NULL)
		close(creat(mark, 0600));
}

/* Only in the command and in bench, not in a shell that starts them. */
int
is(const char *fault)
{
	const char *faults = getenv("FAULT");

	return faults != NULL && strstr(faults, fault) != NULL &&
	    (strstr(program_invocation_name, "unixport") != NULL ||
	    strcmp(program_invocation_short_name, "bench") == 0);
}

int
failure(int error)
{
	errno = error;
	return -1;
}

/* Processes and memory. */

ORIGINAL(pid_t, fork, void)
pid_t
fork(void)
{
	return is("no fork") ? failure(EAGAIN) : original_fork()();
}

ORIGINAL(int, pthread_create, pthread_t *, const pthread_attr_t *,
    void *(*)(void *), void *)
int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
    void *(*body)(void *), void *argument)
{
	return is("no thread") ? EAGAIN :
	    original_pthread_create()(thread, attributes, body, argument);
}

ORIGINAL(void *, mmap, void *, size_t, int, int, int, off_t)
void *
mmap(void *place, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (is("no memory") && (flags & MAP_SHARED) != 0) {
		errno = ENOMEM;
		return MAP_FAILED;
	}
	return original_mmap()(place, size, protection, flags, fd, offset);
}

ORIGINAL(int, sigaction, int, const struct sigaction *, struct sigaction *)
int
sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
	struct sigaction changed;

	if (is("restart") && action != NULL) {
		changed = *action;
		changed.sa_flags |= SA_RESTART;
		action = &changed;
	}
	return original_sigaction()(number, action, old);
}

/* A child remains, and its program is missing. */
ORIGINAL(int, posix_spawnp, pid_t *, const char *,
    const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
    char *const [], char *const [])
int
posix_spawnp(pid_t *child, const char *name,
    const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attributes, char *const argv[],
    char *const environment[])
{
	if (!is("orphan"))
		return original_posix_spawnp()(child, name, actions,
		    attributes, argv, environment);
	if (fork() == 0)
		_exit(0);
	return ENOENT;
}

/* Calls that transfer bytes. */

#ifdef __linux__
ORIGINAL(ssize_t, splice, int, loff_t *, int, loff_t *, size_t, unsigned)
ssize_t
splice(int from, loff_t *from_place, int to, loff_t *to_place, size_t length,
    unsigned flags)
{
	return is("no splice") ? failure(ENOSYS) : original_splice()(from,
	    from_place, to, to_place, length, flags);
}

ORIGINAL(ssize_t, sendfile, int, int, off_t *, size_t)
ssize_t
sendfile(int to, int from, off_t *place, size_t length)
{
	/* As with a system call filter. */
	return is("no sendfile") ? failure(EPERM) :
	    original_sendfile()(to, from, place, length);
}
#endif

ORIGINAL(int, pipe, int *)
int
pipe(int ends[2])
{
	static atomic_int made;

	if (is("no pipe"))
		return failure(ENOSYS);
	return is("two pipes") && atomic_fetch_add(&made, 1) >= 2 ?
	    failure(EMFILE) : original_pipe()(ends);
}

/* Sockets. */

static int
type_of(int fd)
{
	int type = 0;
	socklen_t size = sizeof(type);

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
	return type;
}

static int
family_of(int fd)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);

	name.ss_family = AF_UNSPEC;
	getsockname(fd, (struct sockaddr *)&name, &size);
	return name.ss_family;
}

ORIGINAL(int, socket, int, int, int)
int
socket(int family, int type, int protocol)
{
	if ((is("no socket") && family == AF_UNIX) ||
	    (is("no network") && family == AF_INET) ||
	    (is("no netlink") && family == AF_NETLINK))
		return failure(EAFNOSUPPORT);
	return original_socket()(family, type, protocol);
}

ORIGINAL(int, socketpair, int, int, int, int *)
int
socketpair(int family, int type, int protocol, int ends[2])
{
	return is("no pair") ? failure(ENOSYS) :
	    original_socketpair()(family, type, protocol, ends);
}

ORIGINAL(int, listen, int, int)
int
listen(int fd, int backlog)
{
	return is("no listen") ? failure(ENOTSUP) :
	    original_listen()(fd, backlog);
}

ORIGINAL(int, accept, int, struct sockaddr *, socklen_t *)
int
accept(int fd, struct sockaddr *name, socklen_t *size)
{
	return is("no accept") && family_of(fd) == AF_UNIX ? failure(EMFILE) :
	    original_accept()(fd, name, size);
}

/* Another client connects first. */
static void
send_stranger(const struct sockaddr *name, socklen_t size)
{
	static int sent;

	if (sent++ == 0)
		connect(socket(AF_INET, SOCK_STREAM, 0), name, size);
}

ORIGINAL(int, connect, int, const struct sockaddr *, socklen_t)
int
connect(int fd, const struct sockaddr *name, socklen_t size)
{
	static unsigned calls;

	/* As with a live server. */
	if (is("taken") && type_of(fd) == SOCK_DGRAM)
		return failure(EPROTOTYPE);
	if (name->sa_family == AF_UNIX && (is("no connect") ||
	    (is("refusal") && ++calls % 2 != 0)))
		return failure(ECONNREFUSED);
	if (is("no entry") && name->sa_family == AF_UNIX)
		return failure(EACCES);
	if (is("stranger") && name->sa_family == AF_INET)
		send_stranger(name, size);
	return original_connect()(fd, name, size);
}

/* Stores the IDs of the caller at both ends. */
/*
 * The command requests a pidfd when it starts, and one for each client.
 * Returns the error of this call, or 0.
 */
static int
pidfd_error(void)
{
	static atomic_int calls;
	const int call = calls++;

	if (is("no pidfd"))
		return ENOPROTOOPT;
	if (is("ended client") && call > 0)
		return EINVAL;
	return (is("first pidfd") && call == 0) ||
	    (is("later pidfd") && (call == 1 || call == 2)) ? EMFILE : 0;
}

ORIGINAL(int, getsockopt, int, int, int, void *, socklen_t *)
int
getsockopt(int fd, int level, int option, void *value, socklen_t *size)
{
	struct ucred own = { getpid(), geteuid(), getegid() };
	int error;

	if (level == SOL_SOCKET && option == PEERPIDFD &&
	    (error = pidfd_error()) != 0)
		return failure(error);
	if (level == SOL_SOCKET && option == SO_PEERCRED) {
		if (is("no peer"))
			return failure(ENOTSUP);
		if (is("own ids")) {
			memcpy(value, &own, sizeof(own));
			return 0;
		}
	}
	return original_getsockopt()(fd, level, option, value, size);
}

ORIGINAL(int, poll, struct pollfd *, nfds_t, int)
int
poll(struct pollfd *fds, nfds_t count, int ms)
{
	static int calls;

	if (is("interruption") && calls++ == 0)
		return failure(EINTR);
	return original_poll()(fds, count, ms);
}

ORIGINAL(ssize_t, send, int, const void *, size_t, int)
ssize_t
send(int fd, const void *bytes, size_t length, int flags)
{
	int much = length > 1000, whole = length % 4096 == 0;
	const char *first = bytes;
	ssize_t sent;

	if (is("always signal"))
		flags &= ~MSG_NOSIGNAL;
	if ((is("no room") && much) || (is("no rest") && much && !whole))
		return failure(ENOBUFS);
	/* A byte is lost: the first, or the last of all. */
	if ((is("no first") && much) || (is("no last") && much && !whole)) {
		sent = original_send()(fd, first + is("no first"), length - 1,
		    flags);
		return sent == -1 ? -1 : sent + 1;
	}
	return original_send()(fd, bytes, length, flags);
}

/* Whether a call that receives from FD returns *RESULT instead. */
static int
receives_wrongly(int fd, ssize_t *result)
{
	int is_stream = type_of(fd) == SOCK_STREAM;

	*result = 0;
	if (is("eof") && is_stream)
		return 1;
	*result = -1;
	if (is("reset") && is_stream)
		errno = ECONNRESET;
	/* As by a library that does not wait for input. */
	else if (is("no wait") && (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0)
		errno = EIO;
	else
		return 0;
	return 1;
}

/*
 * A list of sockets: the first is empty, or each ends with an error instead of
 * its last message.
 */
static ssize_t
change_list(char *bytes, ssize_t length)
{
	static int answers;
	struct {
		uint32_t length;
		uint16_t type, flags;
	} header;
	ssize_t place = 0;

	if (is("empty list") && answers++ == 0) {
		memcpy(&header, bytes, sizeof(header));
		header.type = 3;	/* NLMSG_DONE */
		memcpy(bytes, &header, sizeof(header));
		return header.length;
	}
	while (is("endless list") && place < length) {
		memcpy(&header, bytes + place, sizeof(header));
		if (header.type == 3)
			return place > 0 ? place : failure(EAGAIN);
		place += header.length;
	}
	return length;
}

ORIGINAL(ssize_t, recv, int, void *, size_t, int)
ssize_t
recv(int fd, void *bytes, size_t size, int flags)
{
	ssize_t result;

	if (receives_wrongly(fd, &result))
		return result;
	result = original_recv()(fd, bytes, size, flags);
	return result > 0 && family_of(fd) == AF_NETLINK ?
	    change_list(bytes, result) : result;
}

ORIGINAL(ssize_t, recvmsg, int, struct msghdr *, int)
ssize_t
recvmsg(int fd, struct msghdr *message, int flags)
{
	ssize_t wrong;

	return receives_wrongly(fd, &wrong) ? wrong :
	    original_recvmsg()(fd, message, flags);
}

static time_t lateness;		/* seconds by which the clock has jumped */

/* Only for sockets without streams: stdio does not call this. */
ORIGINAL(ssize_t, read, int, void *, size_t)
ssize_t
read(int fd, void *bytes, size_t size)
{
	if (is("slow raw"))
		lateness += 1000000;
	return is("eof") && size > 1 ? 0 : original_read()(fd, bytes, size);
}

/* The end of the expected line. */
ORIGINAL(ssize_t, write, int, const void *, size_t)
ssize_t
write(int fd, const void *bytes, size_t length)
{
	return is("no write") && length == 4 && memcmp(bytes, "way\n", 4) == 0 ?
	    failure(EIO) : original_write()(fd, bytes, length);
}

/* Clocks. */

ORIGINAL(int, clock_gettime, clockid_t, struct timespec *)
int
clock_gettime(clockid_t clock, struct timespec *now)
{
	int result = original_clock_gettime()(clock, now);

	now->tv_sec += lateness;
	return result;
}

/* Files. */

ORIGINAL(int, unlink, const char *)
int
unlink(const char *path)
{
	return is("no unlink") ? 0 : original_unlink()(path);
}

ORIGINAL(int, unlinkat, int, const char *, int)
int
unlinkat(int directory, const char *path, int flags)
{
	return is("no unlink") ? 0 : original_unlinkat()(directory, path, flags);
}

#ifdef __linux__
/* renameat2(2): a file that is renamed is not removed, either. */
ORIGINAL(long, syscall, long, long, long, long, long, long, long)
long
syscall(long number, ...)
{
	long argument[6];
	va_list rest;
	int i;

	va_start(rest, number);
	for (i = 0; i < 6; i++)
		argument[i] = va_arg(rest, long);
	va_end(rest);
	return number == SYS_renameat2 && is("no unlink") ? 0 :
	    original_syscall()(number, argument[0], argument[1], argument[2],
	    argument[3], argument[4], argument[5]);
}
#endif

ORIGINAL(int, fchmod, int, mode_t)
int
fchmod(int fd, mode_t mode)
{
	return is("no mode") && mode == 0777 ? 0 : original_fchmod()(fd, mode);
}

ORIGINAL(int, chmod, const char *, mode_t)
int
chmod(const char *path, mode_t mode)
{
	return is("no mode") && mode == 0777 ? 0 :
	    original_chmod()(path, mode);
}

/* Streams. */

#ifdef __linux__
ORIGINAL(FILE *, fopencookie, void *, const char *, cookie_io_functions_t)
FILE *
fopencookie(void *cookie, const char *mode, cookie_io_functions_t hooks)
{
	if (is("no guard")) {
		errno = ENOTSUP;
		return NULL;
	}
	return original_fopencookie()(cookie, mode, hooks);
}
#endif

ORIGINAL(int, fflush, FILE *)
int
fflush(FILE *stream)
{
	int result = original_fflush()(stream);

	return is("no word") && result == EOF && errno == EPIPE ? 0 : result;
}
