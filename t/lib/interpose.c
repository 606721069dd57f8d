/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of libc that fail on request.  In a program that is linked with this
 * file they replace the functions of libc, also for the library.  On success
 * they change errno, as POSIX allows.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/syscall.h>
#include <sys/vfs.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interpose.h"
#include "original.h"
#include "rights.h"

static struct {
	const char *name;
	int number;
	int error;
	void (*action)(void);
} next, later;

static _Atomic int failures;

static struct {
	const char *name;
	void (*change)(void *answer);
} changed;

static void (*watcher)(const char *name);

static int
is_meant(const char *name)
{
	return next.name != NULL && strcmp(next.name, name) == 0;
}

static int
is_due(const char *name)
{
	if (watcher != NULL)
		watcher(name);
	if (!is_meant(name))
		return 0;
	if (next.number == 0) {
		errno = next.error;
		failures++;
		return 1;
	}
	if (--next.number > 0)
		return 0;
	next.name = NULL;
	if (next.action != NULL) {
		next.action();
		return 0;
	}
	errno = next.error;
	failures++;
	if (later.name != NULL)
		next = later;
	later.name = NULL;
	return 1;
}

static void
change_answer(const char *name, void *answer)
{
	if (changed.name == NULL || strcmp(changed.name, name) != 0)
		return;
	changed.name = NULL;
	changed.change(answer);
}

/* Calls the function of libc, or fails. */
#define INTERPOSE(type, name, parameters, arguments, failure) \
	INTERPOSE_AS(type, name, #name, parameters, arguments, failure)
/* Tests use the name CALL. */
#define INTERPOSE_AS(type, name, call, parameters, arguments, failure) \
	type name parameters; \
	type \
	name parameters \
	{ \
		type (*real) parameters; \
		type result = failure; \
		if (is_due(call)) \
			return failure; \
		*(void **)&real = original(#name); \
		result = real arguments; \
		if (result != failure) { \
			change_answer(#name, &result); \
			errno = EXDEV; \
		} \
		return result; \
	}

INTERPOSE(FILE *, fdopen, (int fd, const char *mode), (fd, mode), NULL)
#ifdef HAVE_FOPENCOOKIE
INTERPOSE(FILE *, fopencookie, (void *cookie, const char *mode,
    cookie_io_functions_t hooks), (cookie, mode, hooks), NULL)
#endif
INTERPOSE(int, setvbuf, (FILE *stream, char *buffer, int mode, size_t size),
    (stream, buffer, mode, size), -1)
INTERPOSE(void *, mmap, (void *place, size_t size, int protection, int flags,
    int fd, off_t offset), (place, size, protection, flags, fd, offset),
    MAP_FAILED)
INTERPOSE(int, madvise, (void *place, size_t size, int advice),
    (place, size, advice), -1)
INTERPOSE(int, listen, (int fd, int backlog), (fd, backlog), -1)
INTERPOSE(int, socket, (int family, int type, int protocol),
    (family, type, protocol), -1)
INTERPOSE(int, socketpair, (int family, int type, int protocol, int pair[2]),
    (family, type, protocol, pair), -1)
INTERPOSE(int, bind, (int fd, const struct sockaddr *name, socklen_t size),
    (fd, name, size), -1)
INTERPOSE(int, connect, (int fd, const struct sockaddr *name, socklen_t size),
    (fd, name, size), -1)
INTERPOSE(int, getsockname, (int fd, struct sockaddr *name, socklen_t *size),
    (fd, name, size), -1)
INTERPOSE(ssize_t, sendto, (int fd, const void *bytes, size_t size, int flags,
    const struct sockaddr *name, socklen_t length),
    (fd, bytes, size, flags, name, length), -1)
INTERPOSE(ssize_t, send, (int fd, const void *bytes, size_t size, int flags),
    (fd, bytes, size, flags), -1)
INTERPOSE(ssize_t, recv, (int fd, void *bytes, size_t size, int flags),
    (fd, bytes, size, flags), -1)
INTERPOSE(ssize_t, write, (int fd, const void *bytes, size_t size),
    (fd, bytes, size), -1)
INTERPOSE(int, accept4, (int fd, struct sockaddr *name, socklen_t *size,
    int flags), (fd, name, size, flags), -1)
INTERPOSE(int, pipe2, (int ends[2], int flags), (ends, flags), -1)
INTERPOSE(ssize_t, recvmsg, (int fd, struct msghdr *message, int flags),
    (fd, message, flags), -1)
INTERPOSE(int, dup3, (int from, int to, int flags), (from, to, flags), -1)
INTERPOSE(int, poll, (struct pollfd *fds, nfds_t count, int timeout),
    (fds, count, timeout), -1)
INTERPOSE(int, shutdown, (int fd, int how), (fd, how), -1)
#if GLIBC_BEFORE(2, 33)
INTERPOSE_AS(int, __fxstatat, "fstatat", (int version, int fd,
    const char *path, struct stat *status, int flags),
    (version, fd, path, status, flags), -1)
#else
INTERPOSE(int, fstatat, (int fd, const char *path, struct stat *status,
    int flags), (fd, path, status, flags), -1)
#endif
INTERPOSE(int, fchmodat, (int fd, const char *path, mode_t mode, int flags),
    (fd, path, mode, flags), -1)
INTERPOSE(int, sigaction, (int number, const struct sigaction *new,
    struct sigaction *old), (number, new, old), -1)
INTERPOSE(int, chmod, (const char *path, mode_t mode), (path, mode), -1)
INTERPOSE(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
INTERPOSE(int, flock, (int fd, int how), (fd, how), -1)
INTERPOSE(int, unlinkat, (int fd, const char *path, int flags),
    (fd, path, flags), -1)
INTERPOSE(int, linkat, (int from, const char *old, int to, const char *new,
    int flags), (from, old, to, new, flags), -1)
INTERPOSE(int, renameat, (int from, const char *old, int to, const char *new),
    (from, old, to, new), -1)
INTERPOSE(char *, strndup, (const char *string, size_t size),
    (string, size), NULL)

/* Check allocates memory between a call and the assertion of its errno. */
#define INTERPOSE_QUIETLY(type, name, parameters, arguments) \
	type name parameters; \
	type \
	name parameters \
	{ \
		static type (*real) parameters; \
		if (is_due(#name)) \
			return NULL; \
		if (real == NULL) \
			*(void **)&real = original(#name); \
		return real arguments; \
	}

INTERPOSE_QUIETLY(void *, realloc, (void *memory, size_t size),
    (memory, size))
INTERPOSE_QUIETLY(char *, strdup, (const char *string), (string))

static void *
allocate(size_t size)
{
	static void *(*real)(size_t);

	if (real == NULL)
		*(void **)&real = original("malloc");
	return real(size);
}

void *
malloc(size_t size)
{
	return is_due("malloc") ? NULL : allocate(size);
}

/*
 * Counts as malloc(3), since gcc 16 compiles malloc(3) and memset(3) to it.
 * calloc(3) of musl would call the malloc(3) above, so it is not used.
 */
void *
calloc(size_t number, size_t size)
{
	static _Thread_local int nested;
	void *memory;

	/* dlsym(3) of glibc before 2.34 calls calloc(3), and tolerates NULL. */
	if (nested || is_due("malloc"))
		return NULL;
	if (size != 0 && number > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	nested = 1;
	memory = allocate(number * size);
	nested = 0;
	return memory == NULL ? NULL : memset(memory, 0, number * size);
}

static int
is_connected(int fd)
{
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &length) == 0;
}

/* Fails, but closes the descriptor as Linux does. */
int
close(int fd)
{
	int (*real)(int);

	*(void **)&real = original("close");
	if (!is_due(is_meant("close of a connection") && is_connected(fd) ?
	    "close of a connection" : "close"))
		return real(fd);
	real(fd);
	errno = next.error;
	return -1;
}

/* Calls whose results can be changed. */
int
getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	int (*real)(int, int, int, void *, socklen_t *);
	/* The query that precedes each read that can block. */
	int is_look = level == SOL_SOCKET && name == SO_RCVLOWAT;
	int result;

	if (is_due(is_look ? "SO_RCVLOWAT" : "getsockopt"))
		return -1;
	*(void **)&real = original("getsockopt");
	result = real(fd, level, name, value, size);
	if (result == 0 && !is_look)
		change_answer("getsockopt", value);
	return result;
}

#ifdef __linux__
int
fstatfs(int fd, struct statfs *status)
{
	int (*real)(int, struct statfs *);
	int result;

	if (is_due("fstatfs"))
		return -1;
	*(void **)&real = original("fstatfs");
	result = real(fd, status);
	if (result == 0)
		change_answer("fstatfs", status);
	return result;
}
#endif

#ifdef __linux__
/* Calls by number, for which some libcs have no function. */
long
syscall(long number, ...)
{
	long (*real)(long, long, long, long, long, long, long);
	long argument[6], result;
	va_list rest;
	int i;

	va_start(rest, number);
	for (i = 0; i < 6; i++)
		argument[i] = va_arg(rest, long);
	va_end(rest);
	if (is_due(number == SYS_renameat2 ? "renameat2" : "syscall"))
		return -1;
	*(void **)&real = original("syscall");
	result = real(number, argument[0], argument[1], argument[2],
	    argument[3], argument[4], argument[5]);
	if (result != -1)
		errno = EXDEV;
	return result;
}
#endif

/* SO_PASSRIGHTS is named separately; not every system has it. */
int
setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	int (*real)(int, int, int, const void *, socklen_t);
	int result;

	if (is_due(level == SOL_SOCKET && name == SO_PASSRIGHTS ?
	    "SO_PASSRIGHTS" : "setsockopt"))
		return -1;
	*(void **)&real = original("setsockopt");
	result = real(fd, level, name, value, size);
	if (result == 0)
		errno = EXDEV;
	return result;
}

/* These calls return the error instead of setting errno. */
int
ftrylockfile(FILE *stream)
{
	int (*real)(FILE *);

	if (is_due("ftrylockfile"))
		return errno;
	*(void **)&real = original("ftrylockfile");
	return real(stream);
}

int
posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
	int (*real)(posix_spawn_file_actions_t *);

	if (is_due("posix_spawn_file_actions_init"))
		return errno;
	*(void **)&real = original("posix_spawn_file_actions_init");
	return real(actions);
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
    void *(*body)(void *), void *argument)
{
	int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
	    void *);

	if (is_due("pthread_create"))
		return errno;
	*(void **)&real = original("pthread_create");
	return real(thread, attributes, body, argument);
}

int
pthread_join(pthread_t thread, void **result)
{
	int (*real)(pthread_t, void **);

	if (is_due("pthread_join"))
		return errno;
	*(void **)&real = original("pthread_join");
	return real(thread, result);
}

int
posix_spawnp(pid_t *child, const char *file,
    const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attributes, char *const argv[],
    char *const environment[])
{
	int (*real)(pid_t *, const char *, const posix_spawn_file_actions_t *,
	    const posix_spawnattr_t *, char *const [], char *const []);

	if (is_due("posix_spawnp"))
		return errno;
	*(void **)&real = original("posix_spawnp");
	return real(child, file, actions, attributes, argv, environment);
}

int
open(const char *path, int flags, ...)
{
	int (*real)(const char *, int, ...);
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	if (is_due("open"))
		return -1;
	*(void **)&real = original("open");
	return real(path, flags, mode);
}

int
openat(int fd, const char *path, int flags, ...)
{
	int (*real)(int, const char *, int, ...);
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	if (is_due("openat"))
		return -1;
	*(void **)&real = original("openat");
	return real(fd, path, flags, mode);
}

int
fcntl(int fd, int command, ...)
{
	int (*real)(int, int, ...);
	va_list rest;
	void *argument;

	va_start(rest, command);
	argument = va_arg(rest, void *);
	va_end(rest);
	if ((command == F_SETFL && is_due("F_SETFL")) ||
	    (command == F_SETFD && is_due("F_SETFD")) ||
	    (command == F_GETFL && is_due("F_GETFL")) ||
	    (command == F_DUPFD_CLOEXEC && is_due("F_DUPFD_CLOEXEC")))
		return -1;
	*(void **)&real = original("fcntl");
	return real(fd, command, argument);
}

void
fail_next(const char *name, int number, int error)
{
	next.name = name;
	next.number = number;
	next.error = error;
	next.action = NULL;
	later.name = NULL;
	failures = 0;
}

void
fail_later(const char *name, int number, int error)
{
	later.name = name;
	later.number = number;
	later.error = error;
	later.action = NULL;
}

int
count_failures(void)
{
	return failures;
}

void
before_next(const char *name, void (*action)(void))
{
	next.name = name;
	next.number = 1;
	next.action = action;
}

void
after_next(const char *name, void (*change)(void *answer))
{
	changed.name = name;
	changed.change = change;
}

void
watch_calls(void (*watch)(const char *name))
{
	watcher = watch;
}

void
forget_next(void)
{
	next.name = later.name = changed.name = NULL;
}

int
is_pending(void)
{
	return next.name != NULL || changed.name != NULL;
}
