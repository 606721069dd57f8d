/* SPDX-License-Identifier: BSD-2-Clause */
/* Requested failures of calls of libc; see interpose.c. */
#ifndef INTERPOSE_H
#define INTERPOSE_H

/*
 * The NUMBER-th call of NAME from now on fails once with ERROR; a NUMBER of 0
 * means all calls until forget_next().  The names of fcntl(2) are its commands:
 * "F_GETFL", "F_SETFL", "F_SETFD", "F_DUPFD_CLOEXEC".  "setsockopt" excludes
 * "SO_PASSRIGHTS", "getsockopt" excludes "SO_RCVLOWAT", and "syscall" excludes
 * "renameat2".  "close of a connection" requires a connected socket.
 */
void fail_next(const char *name, int number, int error);

/* After that failure, this call fails. */
void fail_later(const char *name, int number, int error);

/* Number of failures since fail_next(). */
int count_failures(void);

/* Instead of failing, the next call of NAME is made after ACTION. */
void before_next(const char *name, void (*action)(void));

/* The next call of NAME is made, and its result is changed. */
void after_next(const char *name, void (*change)(void *answer));

/* WATCH is called before each call from now on, until it is NULL. */
void watch_calls(void (*watch)(const char *name));

/* Whether the failure has not occurred yet; it is cancelled. */
int is_pending(void);
void forget_next(void);

#endif
