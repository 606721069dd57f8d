/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the test programs: a fixture, and common steps. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "config.h"

#include <sys/types.h>
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "unixport.h"

/* No system can allocate two buffers of this size. */
#define UNHELD	(SIZE_MAX > UINT32_MAX ? SIZE_MAX / 8 : SIZE_MAX / 4 + 1)

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* The call fails with this error. */
#define fails(call, error) do { \
	errno = 0; \
	ck_assert_int_eq((call), -1); \
	ck_assert_int_eq(errno, (error)); \
} while (0)

/* The call returns this value and does not change errno. */
#define answers(call, value) do { \
	errno = EDOM; \
	ck_assert_int_eq((call), (value)); \
	ck_assert_int_eq(errno, EDOM); \
} while (0)

#define succeeds(call)	answers(call, 0)

/*
 * Runs the tests: TAP on standard output, the summary of Check in the file that
 * UNIXPORT_SUMMARY specifies.  Returns the exit status of main().  Tests of
 * connections are added and run for both kinds of ports, and query the kind if
 * the two differ.
 */
int run_suite(Suite *suite);
int run_guarded(const char *name, void (*fill)(Suite *suite));
int run_kinds(const char *name, void (*fill)(Suite *suite));

extern int guarded;		/* the current kind of ports */

/* The errno of closing after an earlier ERROR, which stdio does not keep. */
#define KEPT(error)	(guarded ? (error) : EIO)

/* OPTIONS or NULL, with the flag of the kind; valid for 4 calls of a thread. */
const struct unix_options *of_kind(const struct unix_options *options);

/*
 * A test case of SUITE.  Each of its tests runs in a new directory and fails if
 * it leaves a descriptor open.  NAME is also its tag.  CK_EXCLUDE_TAGS excludes
 * cases that a tool cannot run:
 * - valgrind simulates RLIMIT_NOFILE, and flushes streams in _exit(2);
 * - TSan delays signal handlers;
 * - the allocators of ASan and TSan remain locked in a child;
 * - ASan loses the stack when a cancelled thread unwinds;
 * - vfork(2) of qemu loses the errno of execve(2), and its address space has no
 *   limit.
 */
TCase *add_case(Suite *suite, const char *name);

/* Connections of the current kind: every way to open one. */
struct connection {
	struct unix_listener *listener;		/* NULL for a pair */
	struct unix_ports server, client;
};

/* A listener at "s" and a client in its queue. */
void open_waiting(struct connection *c, const struct unix_options *options);

#define WAYS	3		/* absolute path, relative path, pair */

void open_connection(struct connection *c, int way,
    const struct unix_options *options);
void close_connection(struct connection *c);

/* A socket of TYPE bound to "s", made without the library. */
int bind_socket(int type);

struct unix_listener *listen_at(const char *path,
    const struct unix_options *options);

/* A client at PATH reaches LISTENER. */
void expect_reachable(struct unix_listener *listener, const char *path);

/* unix_listen() fails with this error. */
void cannot_listen(const char *path, const struct unix_options *options,
    int error);

/* unix_connect() fails with this error and leaves PORTS unchanged. */
void cannot_connect(const char *path, const struct unix_options *options,
    int error);

/* Fill the backlog of the listener at PATH; COUNT clients fit. */
void fill_backlog(const char *path, struct unix_ports *clients, int count);
void abandon_all(struct unix_ports *ports, int count);

/* Text over streams. */
void say(FILE *out, const char *text);
void expect(FILE *in, const char *text);
void expect_end(FILE *in);

/*
 * A path in PATH of exactly LENGTH bytes, below the current directory; the
 * directories in it are made.
 */
void make_path(char *path, size_t length);

int count_files(const char *directory);

/* Descriptors; tests use numbers below this one. */
#define DESCRIPTORS	1024

/* The number of descriptors that the test has opened. */
void expect_close_on_exec(void);
void close_all_opened(void);

void begin_shortage(int spare);		/* number of free descriptors from 3 */
void end_shortage(void);

/* Close those of 0, 1 and 2 whose bit in NUMBERS is set; open them again. */
void close_standard(unsigned numbers);
void restore_standard(void);

/* Threads and processes. */
pthread_t start_thread(void *(*body)(void *), void *argument);
void *join_thread(pthread_t thread);
pid_t thread_id(void);
void wait_blocked(_Atomic pid_t *id);	/* until the thread sleeps */
void wait_idle(pid_t process);		/* until all of its threads sleep */
void catch_signal(int signal, void (*handler)(int));
void do_nothing(int signal);
int child_status(pid_t child);

/* BODY returns 0 in a child; another result identifies the failure. */
void expect_in_child(int (*body)(void));

/* Whether a socket file is at PATH. */
int is_socket(const char *path);

long long milliseconds(void);		/* monotonic */

/* Drop the privileges of root, if the tests run as root, and restore them. */
void become_user(void);
void become_self(void);

#endif
