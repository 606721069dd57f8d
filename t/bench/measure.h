/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the measurements share: those of `unixport bench', and those that
 * `make bench' adds.  Of the library they know the header.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "config.h"

#include <sys/types.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <unixport.h>

#define LARGE	((size_t)65536)	/* a large piece, and what raw ones read */
#define LINE	"0123456789012345678901234567890\n"
#define LENGTH	(sizeof(LINE) - 1)

/* Those that compete; raw ones and those of TCP are bare descriptors. */
enum kind { RAW, PLAIN, GUARDED, TCP, KINDS };

/* pieces.c, lines.c, trips.c, connections.c: units a second, measured once. */
double large_pieces(enum kind kind, size_t bytes);
double small_pieces(enum kind kind, size_t bytes);
double lines(enum kind kind, size_t count);
double trips(enum kind kind, size_t count);
double connections(enum kind kind, size_t count);

/* works.c: each of them, and how to show it. */
struct work {
	const char *name;
	const char *title;
	const char *unit;		/* of SCALE units a second */
	double scale;
	double (*measure)(enum kind kind, size_t amount);
	size_t least, most;		/* amounts that tell something */
};
enum { LARGE_PIECES, SMALL_PIECES, LINES, TRIPS, CONNECTIONS, WORKS };
extern const struct work works[WORKS];

/* rounds.c: medians, by kind; 0 for one that was not measured. */
#define MAX_ROUNDS	1000
struct result {
	double figure[KINDS];		/* in the work's unit */
	double share[KINDS];		/* of raw, by the rounds' ratios */
};
void measure_rounds(const struct work *work, size_t amount, unsigned rounds,
    unsigned kinds, struct result *result);
size_t amount_for(const struct work *work, double seconds, unsigned kinds);
double median(double *figures, size_t count);

/* kinds.c: those that this system has, a bit each. */
unsigned kinds_here(void);
int has_kind(unsigned kinds, enum kind kind);

/* throughput.c: BYTES from one process to another, bytes a second. */
struct end;
struct way {
	void (*send[2])(struct end *end, size_t bytes);	/* raw, streams */
	void (*receive[2])(struct end *end, size_t bytes);
};
double one_way(const struct way *way, size_t bytes, enum kind kind,
    void (*prepare)(struct end *end));

/* The same works under other conditions, which `make bench' shows. */
void read_lines(struct end *end, size_t bytes);	/* of a bare end */
double lines_after(void (*prepare)(struct end *end), enum kind kind,
    size_t count);
double trips_to(int cpu, enum kind kind, size_t count);

/* machine.c: what all is measured on. */
struct machine {
	char processor[200];
	char kernel[300];
	char libc[100];
	int cpus;
	double load;			/* -1: not told */
};
void know_machine(struct machine *machine);

/* stopwatch.c */
double seconds(void);
double rate_since(double start, size_t amount);

/* cpus.c: run on CPU 0 or 1 of those that we may use, if that can be had. */
void pin(int which);
int cpus(void);

/* ends.c: an end of a connection; bare ones have only the descriptor. */
struct end {
	enum kind kind;
	int fd;
	struct unix_ports ports;
};
extern struct unix_options guarded_options;
const struct unix_options *options_of(enum kind kind);
int is_bare(enum kind kind);
void open_pair(enum kind kind, struct end pair[2]);
void close_end(struct end *end);	/* sends what waits */
void drop_end(struct end *end);		/* for the process without it */

/* client.c: bare ones of the other process, which may be late to accept. */
int is_late(void);		/* from errno; then try again */
int connect_bare(const struct sockaddr_un *name);

/* raw_io.c: all of them, or some, or die. */
void write_all(int fd, const char *bytes, size_t length);
size_t read_some(int fd, char *bytes, size_t size);

/* loopback.c: TCP on this machine alone; -1 where there is none. */
int listen_loopback(struct sockaddr_in *name);
int connect_loopback(const struct sockaddr_in *name);
int pair_loopback(int fd[2]);

/* place.c: a socket's name in a directory of its own. */
void make_place(struct sockaddr_un *name);
void remove_place(void);

/* processes.c: another one; it must end with 0. */
pid_t start_process(void);
void end_process(pid_t child);

/* trouble.c: what is left if we end now, and ends that leave nothing. */
extern struct unfinished {
	pid_t child;
	char directory[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	struct sockaddr_un socket;	/* in it */
	const char *file;		/* NULL: none */
} unfinished;
void leave_nothing(void);		/* when a signal comes */
void usual_ends(void);			/* in another process */
void hold_ends(sigset_t *before);
void release_ends(const sigset_t *before);
void die(const char *what) __attribute__((noreturn));
void need(int condition, const char *what);	/* or die of WHAT and errno */

#endif
