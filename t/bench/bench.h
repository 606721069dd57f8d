/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of bench, by file.  Of the library they use the public header. */
#ifndef BENCH_H
#define BENCH_H

#include "config.h"

#include <sys/types.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <unixport.h>

#include "common.h"

#define PIECE_BYTES	((size_t)65536)	/* large pieces, and raw reads */
/* glibc for aarch64 refuses less than 128 KiB. */
#define THREAD_STACK_BYTES	((size_t)256 << 10)

/* The kinds of connections.  Raw ones and those of TCP are bare descriptors. */
enum kind { RAW, PLAIN, GUARDED, TCP, KINDS };

/* The work "servers" compares these instead, in the same order. */
enum { SERVE_THREADS = RAW, SERVE_LIBUV = PLAIN, SERVE_UNIX = GUARDED };

/* bench.c: the list of works. */
#define WORKS	10
struct work {
	const char *name;
	const char *title;
	const char *unit;		/* of SCALE units a second */
	double scale;
	double (*measure)(enum kind kind, size_t amount); /* units a second */
	size_t least, most;		/* amounts with a meaningful rate */
	double target;			/* for GUARDED: share of TARGET_OF */
	enum kind target_of;
	const char *const *names;	/* by kind, NULL for an unused one */
};

/* rounds.c: medians, by kind; 0 for a kind that was not measured. */
#define MAX_ROUNDS	1000
struct result {
	const struct work *work;
	unsigned kinds;			/* that were measured, a bit each */
	double figure[KINDS];		/* in the work's unit */
	double share[KINDS];		/* of raw, by ratios of the rounds */
	double lowest[KINDS];		/* the least of these ratios */
	double highest[KINDS];
};
int has_kind(unsigned kinds, enum kind kind);
size_t amount_for(const struct work *work, double duration, unsigned kinds);
void measure_rounds(struct result *result, size_t amount, unsigned rounds);
double target_share(const struct result *result);

/* machine.c: the machine that is measured, and its CPUs. */
struct machine {
	char processor[200];
	char kernel[300];
	char libc[100];
	const char *compiler;
	int cpus;
	double load;			/* -1: unknown */
};
void describe_machine(struct machine *machine);
const char *busy_warning(const struct machine *machine);
void use_cpu(int number);		/* 0 or 1, if the system permits it */
double rate_since(double start, size_t amount);

/* resources.c: a process, a directory and a file that must not be left. */
pid_t start_process(void);
void end_process(pid_t child);		/* it must exit with 0 */
void kill_process(pid_t child);
int process_has_ended(void);
void make_place(struct sockaddr_un *name);
void remove_place(void);
FILE *open_output(const char *path);
int finish_output(FILE *file);
void handle_early_ends(void);
void die(const char *object) __attribute__((noreturn));
void need(int condition, const char *object);	/* or die with errno */

/* sockets.c: bare sockets, of Unix and of TCP over 127.0.0.1. */
void write_all(int fd, const char *bytes, size_t length);
size_t read_some(int fd, char *bytes, size_t size);
void read_all(int fd, void *bytes, size_t length);
int can_retry_connect(void);		/* after a refusal, by errno */
int connect_raw(const struct sockaddr_un *name);
int listen_loopback(struct sockaddr_in *name);	/* -1: no loopback here */
int connect_loopback(const struct sockaddr_in *name);
int pair_loopback(int fd[2]);

/* ends.c: an end of a connection of any kind. */
struct end {
	enum kind kind;
	int fd;				/* of a bare one */
	struct unix_ports ports;	/* of the others */
};
extern struct unix_options guarded_options;
const struct unix_options *options_of(enum kind kind);
unsigned available_kinds(void);
int is_bare(enum kind kind);
void open_pair(enum kind kind, struct end pair[2]);
void close_end(struct end *end);	/* sends buffered output first */
void abandon_end(struct end *end);	/* in the process that has the other */

/* throughput.c: bytes one way, from a process to another; bytes a second. */
struct way {
	void (*send[2])(struct end *end, size_t bytes);	/* bare, ports */
	void (*receive[2])(struct end *end, size_t bytes);
	void (*prepare)(struct end *end);		/* or NULL */
};
double one_way(const struct way *way, size_t bytes, enum kind kind);
double large_pieces(enum kind kind, size_t bytes);
double small_pieces(enum kind kind, size_t bytes);

/* lines.c */
double lines(enum kind kind, size_t count);
double unlocked_lines(enum kind kind, size_t count);
double bounded_lines(enum kind kind, size_t count);
double printed_lines(enum kind kind, size_t count);

/* trips.c */
double trips(enum kind kind, size_t count);
double one_cpu_trips(enum kind kind, size_t count);

/* connections.c */
double connections(enum kind kind, size_t count);

/* bench_servers.c: servers with many clients. */
struct crowd {
	double rate;			/* k trips a second; -1: unknown */
	double kib;			/* of resident memory a client */
};
double visits(enum kind server, size_t count);
void measure_crowd(struct crowd *crowd, size_t clients);

/* bench_libuv.c */
int has_libuv(void);
void serve_with_libuv(int fd);

/* bench_memory.c: KiB of resident memory; -1: unknown. */
struct memory {
	double idle[KINDS];		/* a connection that is open */
	double used[KINDS];		/* after a line each way */
};
double resident_kib(void);
void measure_memory(struct memory *memory, unsigned kinds, size_t count);

/* table.c, json.c, plot.c: the outputs. */
struct report {
	struct machine machine;
	unsigned rounds;
	double seconds;			/* of the whole run */
	size_t count;			/* of results */
	struct result results[WORKS];
	size_t connections;		/* of memory and crowd */
	struct memory memory;
	struct crowd crowd;
};
#define IDLE_TARGET_KIB	4.0
#define USED_TARGET_KIB	12.0
void show_head(const struct report *report);
void show_title(const struct work *work);
void show_result(const struct result *result);
void show_rest(const struct report *report);
int decimals(double figure);
void write_json(FILE *out, const struct report *report);
void write_plot(FILE *out, const struct report *report);

#endif
