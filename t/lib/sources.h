/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams of every sort, for what works on any FILE. */
#ifndef SOURCES_H
#define SOURCES_H

#include "support.h"

/* Wires have two ends: connections of the kind at hand, and a pipe. */
#define WIRES	(WAYS + 1)

/* Sources too are a file, and memory. */
#define A_FILE	WIRES
#define SOURCES	(WIRES + 2)

struct source {
	FILE *in;
	FILE *out;			/* NULL where there is none */
	struct connection connection;	/* behind them, or nothing */
};

void open_wire(struct source *s, int which);

/* Its reads give up after some milliseconds, with this error. */
void open_impatient_wire(struct source *s, int which);
int impatience(int which);

void put(struct source *s, const void *bytes, size_t length);
void end_output(struct source *s);

/* A source that holds these bytes, then its end. */
void open_source(struct source *s, int which, const void *bytes,
    size_t length);
void close_source(struct source *s);

/* Send each byte when THREAD is blocked in a read, then the end. */
struct trickle {
	struct source *source;
	const char *bytes;
	size_t length;
	_Atomic pid_t reader;
};

void *send_slowly(void *trickle);

#endif
