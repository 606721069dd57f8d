/* SPDX-License-Identifier: BSD-2-Clause */
/* What the measurements of `make bench' share. */
#ifndef BENCH_H
#define BENCH_H

#include "config.h"

#include <sys/types.h>
#include <stddef.h>

#include "unixport.h"

#define LARGE	65536		/* a large piece, and the raw programs' buffers */
#define LINE	"0123456789012345678901234567890\n"
#define LENGTH	(sizeof(LINE) - 1)

/* The three that compete: bare descriptors are the limit. */
enum kind { RAW, PLAIN, GUARDED, KINDS };

/* One end of a connection; raw ones have only the descriptor. */
struct end {
	enum kind kind;
	int fd;
	struct unix_ports ports;
};

/* Each does its work once and returns units a second. */
double large_pieces(enum kind kind);	/* megabytes */
double small_pieces(enum kind kind);	/* megabytes */
double lines(enum kind kind);		/* million lines */
double unlocked_lines(enum kind kind);	/* million lines */
double trips(enum kind kind);		/* thousand round trips */
double trips_on_one(enum kind kind);	/* the same, on one CPU */
double connections(enum kind kind);	/* thousand connections */

/* The work of a sender and a reader: raw, and with streams. */
struct way {
	void (*send[2])(struct end *end, size_t bytes);
	void (*receive[2])(struct end *end, size_t bytes);
	void (*prepare)(struct end *end);	/* or NULL */
};

/* So many BYTES from one process to another: megabytes a second. */
double one_way(const struct way *way, size_t bytes, enum kind kind);

/* Servers: a thread for each connection, unix_serve(), libuv's loop. */
enum host { THREADS, SERVE, LIBUV };

double visits(enum host kind);	/* thousand connections */
int has_libuv(void);
void serve_with_libuv(int fd);

/* Print what a thousand clients at once do to a server. */
void show_crowd(void);

/* Print what idle connections cost; 0 where the system does not tell. */
int show_memory(int with_guarded);

/* Kilobytes that are resident, counted page by page; -1: not told. */
long resident(void);

/* Of descriptors, as far as it goes. */
void raise_limit(void);

/* Print what all was measured on. */
void show_machine(void);

/* Say WHAT went wrong, with errno unless it is 0, and exit. */
void die(const char *what) __attribute__((noreturn));

/* Die of WHAT unless TRUE. */
void need(int true, const char *what);

double seconds(void);

/* A positive number from the environment, or FALLBACK. */
long number(const char *name, long fallback);

/* The options of the ports of KIND. */
const struct unix_options *options_of(enum kind kind);

/* Run on CPU 0 or 1 of those that we may use, as far as there are two. */
void pin(int which);
int cpus(void);

void open_pair(enum kind kind, struct end pair[2]);
void close_end(struct end *end);	/* sends what waits */
void drop_end(struct end *end);		/* for the process without it */

/* fork(2); the child says what goes wrong and must end with _exit(0). */
pid_t start_process(void);
void end_process(pid_t child);
void kill_process(pid_t child);

/* All LENGTH bytes, or die. */
void write_all(int fd, const char *bytes, size_t length);

/* What is there, at least a byte, or die. */
size_t read_some(int fd, char *bytes, size_t size);

#endif
