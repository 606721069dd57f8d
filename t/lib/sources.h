/* SPDX-License-Identifier: BSD-2-Clause */
/* Streams of all types, for calls that work on any FILE. */
#ifndef SOURCES_H
#define SOURCES_H

#include "support.h"

/* Wires have two ends: connections of the current kind, and a pipe. */
#define WIRES	(WAYS + 1)

/* Sources are, in addition, a file and memory. */
#define A_FILE	WIRES
#define SOURCES	(WIRES + 2)

struct source {
	FILE *in;
	FILE *out;			/* NULL if none */
	struct connection connection;	/* of the streams, if any */
};

void open_wire(struct source *s, int which);

/* A wire whose reads fail with impatience() after some milliseconds. */
void open_impatient_wire(struct source *s, int which);
int impatience(int which);

void put(struct source *s, const void *bytes, size_t length);
void end_output(struct source *s);

/* A source that contains these bytes, then EOF. */
void open_source(struct source *s, int which, const void *bytes,
    size_t length);
void close_source(struct source *s);

/* Sends each byte when THREAD is blocked in a read, then EOF. */
struct trickle {
	struct source *source;
	const char *bytes;
	size_t length;
	_Atomic pid_t reader;
};

void *send_slowly(void *trickle);

#endif
