/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interposed calls.  During the public call they are counted, and the call that
 * is due fails.  A successful call changes errno, as POSIX allows.
 * held_memory.c and torture_vary.c have the others.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "original.h"
#include "torture.h"

#define CALL_ROW(name, ...)	[CALL_##name] = { #name, { __VA_ARGS__ } },

const struct row calls[CALL_COUNT] = { CALLS(CALL_ROW) };

static struct point due;
static _Atomic int armed;

/* From now on calls are counted, and the call of POINT fails. */
void
arm(const struct point *point)
{
	due = *point;
	armed = 1;
}

void
disarm(void)
{
	armed = 0;
}

/* Returns 1 with errno set if this call must fail. */
int
is_due(enum call call)
{
	if (!armed || kept_for_ever || has_given_up())
		return 0;
	if (atomic_fetch_add(&shared->made[call], 1) + 1 != due.number ||
	    call != due.call || due.error == 0)
		return 0;
	shared->fired = 1;
	errno = due.error;
	return 1;
}

int
is_memory_due(enum memory_call call)
{
	static const enum call rows[] = { [MEMORY_MALLOC] = CALL_malloc,
	    [MEMORY_REALLOC] = CALL_realloc, [MEMORY_MMAP] = CALL_mmap,
	    [MEMORY_MUNMAP] = CALL_munmap };

	return is_due(rows[call]);
}

/*
 * For strdup(3) and strndup(3): the memory is from malloc(3) of held_memory.c.
 */
static char *
copy(const char *string, size_t length)
{
	char *made = malloc(length + 1);

	if (made == NULL)
		return NULL;
	memcpy(made, string, length);
	made[length] = '\0';
	return made;
}

char *
strndup(const char *string, size_t most)
{
	return is_due(CALL_strndup) ? NULL :
	    copy(string, strnlen(string, most));
}

char *
strdup(const char *string)
{
	return is_due(CALL_strdup) ? NULL : copy(string, strlen(string));
}

void
disturb(void)
{
	if (armed)
		errno = EXDEV;
}

#define WRAP(type, name, parameters, arguments, failure) \
	type name parameters; \
	type \
	name parameters \
	{ \
		static type (*real) parameters; \
		type result; \
		if (is_due(CALL_##name)) \
			return failure; \
		find_original(&real, #name); \
		result = real arguments; \
		if (result != failure) \
			disturb(); \
		return result; \
	}

/* Calls that take effect even if they report an error. */
#define WRAP_DONE(type, name, parameters, arguments, failure) \
	type name parameters; \
	type \
	name parameters \
	{ \
		static type (*real) parameters; \
		type result; \
		find_original(&real, #name); \
		result = real arguments; \
		if (is_due(CALL_##name)) \
			return failure; \
		return result; \
	}

/* Calls that return an errno. */
#define WRAP_ERROR(name, parameters, arguments) \
	int name parameters; \
	int \
	name parameters \
	{ \
		static int (*real) parameters; \
		if (is_due(CALL_##name)) \
			return errno; \
		find_original(&real, #name); \
		return real arguments; \
	}

#undef getc_unlocked	/* glibc has an inline version, which calls __uflow */

#define PATH	const char *path
#define STATUS	struct stat *status
#define FLAGS	int flags
#define NAME	const struct sockaddr *name, socklen_t size

WRAP(int, __uflow, (FILE *in), (in), EOF)
WRAP(int, accept4, (int fd, struct sockaddr *name, socklen_t *size, FLAGS),
    (fd, name, size, flags), -1)
WRAP(int, bind, (int fd, NAME), (fd, name, size), -1)
WRAP(int, chmod, (PATH, mode_t mode), (path, mode), -1)
WRAP_DONE(int, close, (int fd), (fd), -1)
WRAP(int, connect, (int fd, NAME), (fd, name, size), -1)
WRAP(int, dup3, (int from, int to, FLAGS), (from, to, flags), -1)
WRAP(int, faccessat, (int fd, PATH, int mode, FLAGS), (fd, path, mode, flags),
    -1)
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
WRAP(int, fchmodat, (int fd, PATH, mode_t mode, FLAGS),
    (fd, path, mode, flags), -1)
WRAP(int, fchownat, (int fd, PATH, uid_t user, gid_t group, FLAGS),
    (fd, path, user, group, flags), -1)
WRAP_DONE(int, fclose, (FILE *stream), (stream), EOF)
WRAP(DIR *, fdopendir, (int fd), (fd), NULL)
WRAP(FILE *, fdopen, (int fd, const char *mode), (fd, mode), NULL)
WRAP(int, fflush, (FILE *stream), (stream), EOF)
WRAP(int, flock, (int fd, int how), (fd, how), -1)
WRAP(FILE *, fopencookie, (void *cookie, const char *mode,
    cookie_io_functions_t hooks), (cookie, mode, hooks), NULL)
WRAP(size_t, fread, (void *bytes, size_t size, size_t count, FILE *in),
    (bytes, size, count, in), 0)
WRAP(int, fstat, (int fd, STATUS), (fd, status), -1)
WRAP(int, fstatat, (int fd, PATH, STATUS, FLAGS), (fd, path, status, flags),
    -1)
WRAP(int, fstatfs, (int fd, struct statfs *status), (fd, status), -1)
WRAP(size_t, fwrite, (const void *bytes, size_t size, size_t count, FILE *out),
    (bytes, size, count, out), 0)
WRAP(int, getc_unlocked, (FILE *in), (in), EOF)
WRAP(int, getpeername, (int fd, struct sockaddr *name, socklen_t *size),
    (fd, name, size), -1)
WRAP(int, getsockname, (int fd, struct sockaddr *name, socklen_t *size),
    (fd, name, size), -1)
WRAP(int, getsockopt, (int fd, int level, int option, void *value,
    socklen_t *size), (fd, level, option, value, size), -1)
WRAP(int, linkat, (int fd, PATH, int other, const char *name, FLAGS),
    (fd, path, other, name, flags), -1)
WRAP(int, listen, (int fd, int backlog), (fd, backlog), -1)
WRAP(int, lstat, (PATH, STATUS), (path, status), -1)
WRAP(int, madvise, (void *place, size_t size, int advice),
    (place, size, advice), -1)
WRAP(int, mkdir, (PATH, mode_t mode), (path, mode), -1)
WRAP(int, mknodat, (int fd, PATH, mode_t mode, dev_t device),
    (fd, path, mode, device), -1)
WRAP(int, nanosleep, (const struct timespec *time, struct timespec *left),
    (time, left), -1)
WRAP(int, pipe2, (int ends[2], FLAGS), (ends, flags), -1)
WRAP(int, poll, (struct pollfd *fds, nfds_t count, int timeout),
    (fds, count, timeout), -1)
WRAP_ERROR(posix_spawn_file_actions_adddup2,
    (posix_spawn_file_actions_t *actions, int from, int to),
    (actions, from, to))
WRAP_ERROR(posix_spawn_file_actions_init,
    (posix_spawn_file_actions_t *actions), (actions))
WRAP_ERROR(posix_spawnattr_init, (posix_spawnattr_t *attributes),
    (attributes))
WRAP_ERROR(posix_spawnattr_setflags, (posix_spawnattr_t *attributes,
    short flags), (attributes, flags))
WRAP_ERROR(posix_spawnattr_setsigdefault, (posix_spawnattr_t *attributes,
    const sigset_t *set), (attributes, set))
WRAP_ERROR(posix_spawnattr_setsigmask, (posix_spawnattr_t *attributes,
    const sigset_t *set), (attributes, set))
WRAP_ERROR(posix_spawnp, (pid_t *child, const char *file,
    const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attributes, char *const argv[],
    char *const environment[]),
    (child, file, actions, attributes, argv, environment))
WRAP_ERROR(pthread_attr_init, (pthread_attr_t *attributes), (attributes))
WRAP_ERROR(pthread_attr_setstacksize, (pthread_attr_t *attributes,
    size_t size), (attributes, size))
WRAP_ERROR(pthread_create, (pthread_t *thread,
    const pthread_attr_t *attributes, void *(*body)(void *), void *argument),
    (thread, attributes, body, argument))
WRAP(ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, size), -1)
WRAP(char *, realpath, (PATH, char *found), (path, found), NULL)
WRAP(ssize_t, recv, (int fd, void *bytes, size_t size, FLAGS),
    (fd, bytes, size, flags), -1)
WRAP(ssize_t, recvmsg, (int fd, struct msghdr *message, FLAGS),
    (fd, message, flags), -1)
WRAP(struct dirent *, readdir, (DIR *directory), (directory), NULL)
WRAP(int, renameat, (int fd, PATH, int other, const char *name),
    (fd, path, other, name), -1)
WRAP(int, rmdir, (PATH), (path), -1)
WRAP(ssize_t, send, (int fd, const void *bytes, size_t size, FLAGS),
    (fd, bytes, size, flags), -1)
WRAP(ssize_t, sendmsg, (int fd, const struct msghdr *message, FLAGS),
    (fd, message, flags), -1)
WRAP(ssize_t, sendto, (int fd, const void *bytes, size_t length, FLAGS, NAME),
    (fd, bytes, length, flags, name, size), -1)
WRAP(int, setsockopt, (int fd, int level, int option, const void *value,
    socklen_t size), (fd, level, option, value, size), -1)
WRAP(int, setvbuf, (FILE *stream, char *buffer, int mode, size_t size),
    (stream, buffer, mode, size), -1)
WRAP(int, shutdown, (int fd, int how), (fd, how), -1)
WRAP(int, socket, (int family, int type, int protocol),
    (family, type, protocol), -1)
WRAP(int, socketpair, (int family, int type, int protocol, int ends[2]),
    (family, type, protocol, ends), -1)
WRAP(int, stat, (PATH, STATUS), (path, status), -1)
WRAP(int, unlinkat, (int fd, PATH, FLAGS), (fd, path, flags), -1)
WRAP(ssize_t, write, (int fd, const void *bytes, size_t size),
    (fd, bytes, size), -1)
