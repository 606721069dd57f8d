/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the command share.  Of the library it knows the header. */
#ifndef COMMAND_H
#define COMMAND_H

#include "config.h"

#include <sys/types.h>
#include <getopt.h>
#include <pthread.h>
#include <unixport.h>

#define STATUS_ERROR	1
#define STATUS_USAGE	2

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* A subcommand: ARGV begins with its name, the result is an exit status. */
struct command {
	const char *name;
	const char *usage;	/* its arguments */
	const char *help;	/* lines about them */
	const char *letters;	/* its options, for getopt_long(3) */
	const struct option *words;	/* and long ones; NULL: --help alone */
	int (*run)(int argc, char *argv[]);
};

extern const struct command connect_command;
extern const struct command listen_command;
extern const struct command pair_command;
extern const struct command probe_command;
extern const struct command selftest_command;

/* diagnostics.c: one line on standard error; most return an exit status. */
void print_visible(FILE *file, const char *text);
int report(const char *what, const char *text);
int complain(const char *what, int error);
int explain(const char *address, int error);
int misused(const struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* arguments.c: they end the program when they ask for help or are wrong. */
int next_option(const struct command *command, int argc, char *argv[]);

/* values.c: the values of options; 0, or -1 when TEXT is none. */
int parse_number(const char *text, int base, unsigned long limit,
    unsigned long *number);
int parse_seconds(const char *text, int *ms);
int parse_count(const char *text, unsigned *count);
int parse_mode(const char *text, mode_t *mode);
int parse_group(const char *text, gid_t *group);

/* standard.c: descriptors 0, 1 and 2, and signals, made usual. */
int open_standard(void);
void usual_signals(void);
int close_output(void);

/* program.c: programs with a descriptor as standard input and output. */
char *find_program(const char *name);
pid_t start_program(const char *path, char *const argv[],
    char *const environment[], int fd);
int exit_status(int status);

/* relay/flow.c: bytes in one direction. */
struct flow {
	int from;
	int to;
	_Atomic unsigned long long bytes;
	int error;			/* what ended it, or 0 */
	int failed;			/* the descriptor that it came from */
	char *buffer;
	int pipe[2];			/* between the two, if one is a pipe */
	ssize_t (*move)(struct flow *);
};
void begin_flow(struct flow *flow);
ssize_t move_some(struct flow *flow);

/* relay/relay.c: a connection against standard input and output. */
int copy_both(const char *address, const struct unix_ports *ports,
    int verbose);

/* relay/progress.c: how far a copy has come, on the terminal. */
void show_rate(unsigned long long sent, unsigned long long received,
    int last);

/* listen/readiness.c: reported without a wait, and again until it is. */
#define REPORT_MS	100		/* between two tries */
void begin_report(int newline);
int report_again(void);
int is_reported(void);
void report_stopping(void);
void keep_passed(void);

/* listen/refuse.c: the end of a client that gets no program. */
void refuse_client(struct unix_ports *client);

/* listen/environment.c: the variables of a server's programs. */
struct environment {
	char **entries;
	char **peer;		/* where those of the client begin */
	char pid[40];
	char uid[40];
	char gid[40];
};
int make_environment(struct environment *environment, const char *path);
void set_peer(struct environment *environment, const struct unix_peer *peer);

/* listen/children.c: the running programs of a server. */
struct child;
int make_children(unsigned count);
struct child *take_child(void);
int name_child(struct child *child, uid_t uid, unsigned most);
void start_child(struct child *child, pid_t pid);
void release_child(struct child *child);
void reap_children(void);
void stop_children(void);
int children_stopped(void);
unsigned count_children(void);
void signal_children(int number);

/* listen/shutdown.c: their end. */
void end_children(int at_once);

/* signals.c: signals that end a wait, whenever they come. */
void hold_signals(void);
void release_signals(void);
void handle_signals(void (*handler)(int));
void catch_signals(void);
void wait_signal(int ms);
int take_signal(int number);

/* listen/supervisor.c: a program for each client. */
struct service {
	const char *address;
	struct unix_listener *listener;
	char *path;			/* of the program */
	char **argv;
	unsigned clients;
	unsigned clients_per_user;	/* 0: no limit of its own */
	int newline;			/* on standard output when ready */
};
int serve_clients(struct service *service);

/* listen/acceptor.c: its threads. */
struct worker {
	const struct service *service;
	struct environment environment;
	pthread_t thread;
};
void *work(void *worker);
int service_failed(void);

#endif
