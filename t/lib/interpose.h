/* SPDX-License-Identifier: BSD-2-Clause */
/* Failures of libc's calls, made to order; see interpose.c. */
#ifndef INTERPOSE_H
#define INTERPOSE_H

/*
 * The NUMBER-th call of NAME from now on fails, once, with ERROR; 0 means
 * all of them, until forget_next().  fcntl(2) goes by its commands:
 * "F_GETFL", "F_SETFL", "F_SETFD", "F_DUPFD_CLOEXEC".  "setsockopt" is
 * without "SO_PASSRIGHTS", "getsockopt" without "SO_RCVLOWAT"; "close of a
 * connection" is of a connected socket.
 */
void fail_next(const char *name, int number, int error);

/* Once that has failed, this one does. */
void fail_later(const char *name, int number, int error);

/* The failures since fail_next(). */
int count_failures(void);

/* Instead of a failure: the next call of NAME is made after ACTION. */
void before_next(const char *name, void (*action)(void));

/* The next call of NAME is made, and what it has answered is changed. */
void after_next(const char *name, void (*change)(void *answer));

/* WATCH is called before each call from now on; NULL ends that. */
void watch_calls(void (*watch)(const char *name));

/* Whether that is still to come; it shall not. */
int is_pending(void);
void forget_next(void);

#endif
