/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interposed calls with a variable number of arguments; torture_calls.c has the
 * others.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <unistd.h>

#include "original.h"
#include "torture.h"

/* Takes the last argument of a variadic call. */
#define TAKE(type, last, value) \
	do { \
		va_list rest; \
		va_start(rest, last); \
		value = va_arg(rest, type); \
		va_end(rest); \
	} while (0)

/* Returns the row of the table for COMMAND, or CALL_COUNT. */
static enum call
row_of(int command)
{
	switch (command) {
	case F_DUPFD_CLOEXEC:
		return CALL_F_DUPFD_CLOEXEC;
	case F_GETFD:
		return CALL_F_GETFD;
	case F_GETFL:
		return CALL_F_GETFL;
	case F_SETFD:
		return CALL_F_SETFD;
	case F_SETFL:
		return CALL_F_SETFL;
	default:
		return CALL_COUNT;
	}
}

int
fcntl(int fd, int command, ...)
{
	static int (*real)(int, int, ...);
	enum call row = row_of(command);
	void *argument;
	int result;

	TAKE(void *, command, argument);
	if (row != CALL_COUNT && is_due(row))
		return -1;
	find_original(&real, "fcntl");
	result = real(fd, command, argument);
	if (result != -1)
		disturb();
	return result;
}

int
open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	unsigned mode = 0;

	if ((flags & O_CREAT) != 0)
		TAKE(unsigned, flags, mode);
	if (is_due(CALL_open))
		return -1;
	find_original(&real, "open");
	return real(path, flags, mode);
}

int
openat(int fd, const char *path, int flags, ...)
{
	static int (*real)(int, const char *, int, ...);
	unsigned mode = 0;

	if ((flags & O_CREAT) != 0)
		TAKE(unsigned, flags, mode);
	if (is_due(CALL_openat))
		return -1;
	find_original(&real, "openat");
	return real(fd, path, flags, mode);
}

/* The type of the request of ioctl(2) is int in musl. */
#ifdef __GLIBC__
typedef unsigned long request_t;
#else
typedef int request_t;
#endif

int
ioctl(int fd, request_t request, ...)
{
	static int (*real)(int, request_t, ...);
	long argument;

	TAKE(long, request, argument);
	if (is_due(CALL_ioctl))
		return -1;
	find_original(&real, "ioctl");
	return real(fd, request, argument);
}

/* The library passes at most five arguments, to renameat2(2). */
long
syscall(long number, ...)
{
	static long (*real)(long, ...);
	long arguments[6];
	va_list rest;
	size_t i;

	va_start(rest, number);
	for (i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++)
		arguments[i] = va_arg(rest, long);
	va_end(rest);
	if (is_due(CALL_syscall))
		return -1;
	find_original(&real, "syscall");
	return real(number, arguments[0], arguments[1], arguments[2],
	    arguments[3], arguments[4], arguments[5]);
}

/* pthread_atfork(3) of glibc is linked statically, and calls this function. */
#ifdef __GLIBC__
int __register_atfork(void (*)(void), void (*)(void), void (*)(void), void *);

int
__register_atfork(void (*before)(void), void (*parent)(void),
    void (*child)(void), void *owner)
{
	static int (*real)(void (*)(void), void (*)(void), void (*)(void),
	    void *);

	if (is_due(CALL_pthread_atfork))
		return errno;
	find_original(&real, "__register_atfork");
	return real(before, parent, child, owner);
}
#else
int
pthread_atfork(void (*before)(void), void (*parent)(void),
    void (*child)(void))
{
	static int (*real)(void (*)(void), void (*)(void), void (*)(void));
	int error;

	if (is_due(CALL_pthread_atfork))
		return errno;
	find_original(&real, "pthread_atfork");
	kept_for_ever = 1;
	error = real(before, parent, child);
	kept_for_ever = 0;
	return error;
}
#endif
