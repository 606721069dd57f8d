/* SPDX-License-Identifier: BSD-2-Clause */
/* What `make bench' measures besides the works of `unixport bench'. */
#ifndef BENCH_H
#define BENCH_H

#include "measure.h"

/* As `lines' and `trips', of which see src/command/bench/measure.h. */
double unlocked_lines(enum kind kind, size_t count);
double trips_on_one(enum kind kind, size_t count);
double bounded_lines(enum kind kind, size_t count);
double printed_lines(enum kind kind, size_t count);

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

/* End a process that would not end by itself. */
void kill_process(pid_t child);

#endif
