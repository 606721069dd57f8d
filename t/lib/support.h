/* SPDX-License-Identifier: BSD-2-Clause */
/* What the test programs share: a fixture, and words for common steps. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "config.h"

#include <sys/types.h>
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "unixport.h"

/* Two buffers of so many bytes are never had; with 32 bits less may be. */
#define UNHELD	(SIZE_MAX > UINT32_MAX ? SIZE_MAX / 8 : SIZE_MAX / 4 + 1)

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* The call fails so. */
#define fails(call, error) do { \
	errno = 0; \
	ck_assert_int_eq((call), -1); \
	ck_assert_int_eq(errno, (error)); \
} while (0)

/* The call answers so, and leaves errno alone. */
#define answers(call, value) do { \
	errno = EDOM; \
	ck_assert_int_eq((call), (value)); \
	ck_assert_int_eq(errno, EDOM); \
} while (0)

#define succeeds(call)	answers(call, 0)

/*
 * Run the tests: TAP on standard output, Check's own summary in the file
 * that UNIXPORT_SUMMARY names.  The exit status of main().  What is about
 * connections is filled in and run for both kinds of ports, and asks which
 * it is where they differ.
 */
int run_suite(Suite *suite);
int run_guarded(const char *name, void (*fill)(Suite *suite));
int run_kinds(const char *name, void (*fill)(Suite *suite));

extern int guarded;		/* the kind at hand, when filling too */

/* What closing says of an earlier ERROR: stdio alone loses the number. */
#define KEPT(error)	(guarded ? (error) : EIO)

/* OPTIONS (NULL: none) with its flag; until the thread's fourth call. */
const struct unix_options *of_kind(const struct unix_options *options);

/*
 * A test case of SUITE whose tests each run in a fresh directory, and fail
 * when they leave a descriptor open.  NAME is its tag too: CK_EXCLUDE_TAGS
 * leaves out what a tool cannot run (valgrind plays RLIMIT_NOFILE itself,
 * TSan puts off handlers, memory of ASan and TSan stays locked in a child,
 * ASan loses the stack where a cancelled thread unwinds, _exit(2) under
 * valgrind flushes streams, qemu's vfork(2) loses the errno of exec and its
 * address space has no limit).
 */
TCase *add_case(Suite *suite, const char *name);

/* Connections of the kind at hand: every way to get one. */
struct connection {
	struct unix_listener *listener;		/* NULL for a pair */
	struct unix_ports server, client;
};

/* A listener at "s" and a client that waits; nobody has accepted it. */
void open_waiting(struct connection *c, const struct unix_options *options);

#define WAYS	3		/* absolute path, relative path, pair */

void open_connection(struct connection *c, int way,
    const struct unix_options *options);
void close_connection(struct connection *c);

/* A socket of TYPE bound to "s", as another program would make it. */
int bind_socket(int type);

struct unix_listener *listen_at(const char *path,
    const struct unix_options *options);

/* A client at PATH reaches LISTENER. */
void expect_reachable(struct unix_listener *listener, const char *path);

/* unix_listen() fails so. */
void cannot_listen(const char *path, const struct unix_options *options,
    int error);

/* unix_connect() fails so, and writes nothing. */
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

/* Descriptors; the tests stay below so many. */
#define DESCRIPTORS	1024

/* All that the test has opened. */
void expect_close_on_exec(void);
void close_all_opened(void);

void begin_shortage(int spare);		/* that many from 3 on are left */
void end_shortage(void);

/* Close some of 0, 1 and 2, bits of NUMBERS, and open them again. */
void close_standard(unsigned numbers);
void restore_standard(void);

/* Threads and processes. */
pthread_t start_thread(void *(*body)(void *), void *argument);
void *join_thread(pthread_t thread);
pid_t thread_id(void);
void wait_blocked(_Atomic pid_t *id);	/* until that one sleeps */
void wait_idle(pid_t process);		/* until all of its threads sleep */
void catch_signal(int signal, void (*handler)(int));
void do_nothing(int signal);
int child_status(pid_t child);

long long milliseconds(void);		/* monotonic */

/* Be an ordinary user, also where the tests run as root, and again not. */
void become_user(void);
void become_self(void);

#endif
