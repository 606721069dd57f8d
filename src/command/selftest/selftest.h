/* SPDX-License-Identifier: BSD-2-Clause */
/* Declares the parts of unixport selftest, by file. */
#ifndef SELFTEST_H
#define SELFTEST_H

#include "command.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The kinds of ports with which a guarantee is tested, and its fixtures. */
#define NEITHER		1u		/* tested without ports */
#define PLAIN		2u
#define GUARDED		4u
#define BOTH		(PLAIN | GUARDED)
#define PAIR		8u		/* near and far are connected */
#define LISTENER	16u		/* a listener at "s" */

/* guarantees.c: a row of the table; a title has no function. */
struct guarantee {
	const char *text;
	void (*check)(void);
	unsigned needs;
	struct unix_options options;	/* of ports and listener */
};
extern const struct guarantee guarantees[];
extern const size_t guarantee_count;

/* steps.c: expectations, which exit if they fail, and other steps. */
enum outcome { HOLDS, FAILS, ABSENT };
enum { OPEN_DESCRIPTORS, FILES, SIGNALS, REMNANTS };
struct verdict {
	enum outcome outcome;
	char seen[200];			/* the failure */
	int complete;			/* the check returned */
	int remains[REMNANTS];		/* after a complete check */
};
extern struct verdict *verdict;		/* in shared memory */
void judge(enum outcome outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void judge_end(int status);
void expect(int condition, const char *seen);
int expect_success(int result, int lacking, const char *call);
void expect_error(int result, int error, const char *call);

void send_text(struct unix_ports *ports, const char *text);
void expect_text(struct unix_ports *ports, const char *text);
void expect_eof(struct unix_ports *ports);
int await_process(pid_t process);
int count_descriptors(int inherited);

#define FAIL(...)		(judge(FAILS, __VA_ARGS__), _exit(STATUS_ERROR))
#define SUCCEEDS(call)		expect_success((call), 0, #call)
/* ERROR specifies the errno of a system without the feature. */
#define SUPPORTED(call, error)	expect_success((call), (error), #call)
#define FAILS_WITH(error, call)	expect_error((call), (error), #call)

/* fixtures.c: sockets, threads and signals of a check. */
extern struct unix_options options;	/* of the current check */
extern struct unix_ports *const near, *const far;
extern struct unix_listener *listener;
extern struct unix_buffer message;
void make_fixtures(const struct guarantee *guarantee, unsigned kind);
void release_fixtures(void);
void make_pair(void);
void open_listener(const char *address, int lacking);
void close_pair(void);
void close_listener(void);
#define DELAY_MS	10		/* the caller usually waits by then */
void start_thread(void (*run)(void), int delay_ms);
void join_threads(void);
void start_storm(void (*act)(void));

/* trial.c: runs a check in a process and a directory of its own. */
int open_trials(int limit_ms);
void try(const struct guarantee *guarantee, unsigned kind);
void remove_trials(void);

/* The checks, by file. */
typedef void check_function(void);
check_function lines_both_ways, megabyte_both_ways, half_close, closed_input,
    dead_peer, buffered_input, hang_up_wakes, fork_sends_once, close_on_exec,
    flush_before_read, signals_while_reading, signals_while_writing,
    nonblocking, read_timeout, write_timeout, sigpipe_signal,
    sigpipe_disposition, sigpipe_handler;
check_function file_is_removed, stale_file, live_server, eight_rivals,
    long_path, exact_mode, foreign_file, foreign_successor, abstract_name;
check_function interrupt_wakes, interrupt_in_handler, accept_timeout,
    full_backlog, wait_for_server;
check_function credentials, files_in_order, files_not_taken;
check_function line_limit, frame_limit, frames_of_threads, cut_frame,
    whole_datagrams;
check_function silent_clients, server_drains, program_both_ways,
    missing_program;

#endif
