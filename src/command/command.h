/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of the command, by file. */
#ifndef COMMAND_H
#define COMMAND_H

#include "config.h"

#include <sys/types.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <unixport.h>

#define STATUS_ERROR	1
#define STATUS_USAGE	2

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct command_option {
	int letter;		/* above UCHAR_MAX if it has only a word */
	const char *word;
	const char *value;	/* its name in the help, or NULL */
	const char *help;	/* lines */
};

/* A subcommand.  ARGV begins with its name; run() returns an exit status. */
struct command {
	const char *name;
	const char *usage;	/* arguments */
	const char *help;	/* lines */
	const struct command_option *options;	/* up to one without a word */
	int (*run)(int argc, char *argv[]);
};

/* Letters of options that have only a word. */
enum {
	OPTION_ABSTRACT_PADDED = UCHAR_MAX + 1,
	OPTION_CONNECT
};

extern const struct command_option no_options;
extern const struct command connect_command;
extern const struct command listen_command;
extern const struct command pair_command;
extern const struct command probe_command;
extern const struct command selftest_command;

/* diagnostics.c: one line on standard error; most return an exit status. */
struct line {
	FILE *file;		/* for the text of the line */
	char *text;
	size_t length;
};
void set_line_writer(void (*writer)(const char *text, size_t length));
void begin_line(struct line *line);
void end_line(struct line *line);
void print_visible(FILE *file, const char *text);
int report(const char *object, const char *problem);
int complain(const char *object, int error);
char *explanation(const char *address, int error);
int explain(const char *address, int error);
int misused(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int close_output(void);

/* arguments.c: next_option() exits on --help and on misuse. */
int next_option(const struct command *command, int argc, char *argv[]);

/* Parse the value of an option: return 0, or -1 if TEXT is invalid. */
int parse_number(const char *text, int base, unsigned long highest,
    unsigned long *number);
int parse_seconds(const char *text, int *ms);
int parse_wait(const char *text, int *ms);
int parse_count(const char *text, unsigned *count);
int parse_mode(const char *text, mode_t *mode);
int parse_group(const char *text, gid_t *group);
int parse_user(const char *text, uid_t *user);

/* standard.c: sockets among the standard streams. */
int is_standard_stream(const char *address, int stream);
const char *move_from_standard(const char *address, char *text, size_t size);
int replace_standard(const char *address, int stream);

/* padded.c: abstract names with NULs up to the end of their structure. */
const char *pad_abstract(const char *address, struct unix_options *options);

/* now.c */
long long now_ms(void);

/* program.c: programs with a descriptor as standard input and output. */
struct pidfd {
	int fd;			/* -1: none */
	int number;		/* of the descriptor in the program */
};
char *find_program(const char *name);
pid_t start_program(const char *path, char *const argv[],
    char *const environment[], int fd, const struct pidfd *pidfd);

/* relay/flow.c: bytes in one direction. */
struct flow {
	int from;
	int to;
	int timed;			/* set ACTIVE */
	_Atomic unsigned long long bytes;	/* written */
	_Atomic long long active;	/* now_ms() of the last byte */
	_Atomic int writing;		/* bytes that were read are left */
	int at_eof;			/* FROM has ended */
	int ended;			/* its thread */
	int error;			/* errno at the end, or 0 */
	int failed;			/* the descriptor of the error */
	char *buffer;
	size_t read_bytes;		/* maxima of calls */
	size_t write_bytes;
	int pipe[2];			/* of this process, for splice(2) */
	ssize_t (*move)(struct flow *);
};
void begin_flow(struct flow *flow);
ssize_t move_some(struct flow *flow);

/* relay/idle.c: the idle limit. */
int idle_left(struct flow *sending, struct flow *receiving, int limit);

/* relay/rate.c */
void begin_rate(void);
void show_rate(unsigned long long sent, unsigned long long received, int last);

/* relay/relay.c: copies between a connection and standard streams. */
enum silence {			/* of a peer that has sent nothing */
	SILENCE_PERMITTED,
	SILENCE_NOTED,		/* if standard error is a terminal */
	SILENCE_FAILS
};

struct relay_options {
	int progress;
	int keep_open;		/* no half-close at EOF of input */
	int idle_ms;		/* limit; 0: none */
	enum silence silence;
};
int copy_both(const char *address, const struct unix_ports *ports,
    const struct relay_options *options);
void keep_input(void);
int has_output_failed(void);

/* relay/outcome.c */
int report_outcome(const char *address, const struct flow *in,
    const struct flow *out, const struct relay_options *options, int is_idle);

/* listen/readiness.c: notifications, which are repeated until sent. */
#define READINESS_RETRY_MS	100
int prepare_readiness(int newline);
void begin_readiness(void);
int send_readiness(void);
int is_readiness_sent(void);
void send_stopping(void);
void close_passed_on_exec(void);

/* listen/environment.c: the variables of a server's programs. */
struct environment {
	char **entries;
	char **peer;		/* the first variable of the client */
	char **process;		/* the last one, its descriptor */
	char pid[40];
	char pidfd[40];
	char uid[40];
	char gid[40];
};
int make_environment(struct environment *environment, const char *path);
struct unix_peer peer_of(const struct unix_ports *client);
void set_peer(struct environment *environment, const struct unix_peer *peer);
void set_pidfd(struct environment *environment, int number);

/* listen/log.c: lines on standard error, without a wait. */
void begin_log(const char *address, int verbose);
void end_log(void);
void log_client(const struct unix_peer *peer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void log_end(const struct unix_peer *peer, pid_t pid, int status);

/* listen/early.c: programs that are reaped before they are in the table. */
void note_early_end(pid_t pid, int status);
int early_status(pid_t pid);

/* listen/children.c: the table of running programs. */
struct child;
int allocate_children(unsigned count);
struct child *reserve_child(void);
int assign_child(struct child *child, const struct unix_peer *peer,
    unsigned limit);
struct child *find_slot(const struct unix_peer *peer, unsigned limit);
void set_child_pid(struct child *child, pid_t pid);
void release_child(struct child *child);
void reap_children(void);
long long programs_ended(void);
int has_children(void);
int last_program_status(void);
void stop_children(void);
int are_children_stopped(void);
void end_children(int immediately);

/* listen/postponed.c: clients whose user has reached the limit. */
int allocate_postponed(unsigned count);
int postpone_client(const struct unix_ports *client,
    const struct unix_peer *peer, unsigned limit);
int take_postponed(unsigned limit, struct unix_ports *client,
    struct child **child);
unsigned count_postponed(void);
void stop_postponed(void);

/* signals.c: signals of a server. */
void hold_signals(void);
void release_signals(void);
void handle_signals(void (*handler)(int));
void record_signal(int number);
void catch_signals(void);
void wait_signal(int ms);
int take_signal(int number);

/* listen/closing.c */
int close_service(struct unix_listener *listener);

/* listen/supervisor.c: a program for each client. */
struct service {
	const char *address;
	struct unix_listener *listener;
	char *path;			/* of the program */
	char **argv;
	unsigned clients;
	unsigned clients_per_user;	/* 0: no limit */
	int newline;			/* print one when ready */
	int pidfd;			/* number in programs, or -1 */
	int exit_idle;			/* ms, or -1 */
	int verbose;			/* a line for each client */
	int is_passed;			/* by the caller or service manager */
	int status;			/* of the removal of an idle server */
};
int serve_clients(struct service *service);

/* listen/shortage.c: errors that do not end a server. */
int is_shortage(int error);
int report_and_wait(int error);
void end_shortage(void);

/* listen/arrival.c: the next client, or the end of an idle server. */
int begin_arrivals(const struct service *service);
void end_arrivals(void);
int idle_ms_left(const struct service *service);
int wait_arrival(const struct service *service, int ms);
int accept_arrival(struct service *service, struct unix_ports *client);
void stop_arrivals(void);
int are_arrivals_over(void);

/* single.c: listen without a command. */
int serve_one(struct service *service);
int serve_in_turn(struct service *service);

/* listen/acceptor.c: the threads of a server. */
struct worker {
	struct service *service;
	struct environment environment;
	pthread_t thread;
};
void *accept_clients(void *worker);
void *serve_postponed(void *worker);
int has_service_failed(void);

#endif
