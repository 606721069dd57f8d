/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The common part of the programs of this directory.  A peer is a program that
 * implements one end of a work: `PEER [KIND] PART AMOUNT', with a connected
 * socket as its standard input, or `PEER [KIND] serve PATH'.  The end that
 * measures prints the seconds and nothing else.
 */
#ifndef PEER_H
#define PEER_H

#include <sys/types.h>
#include <stddef.h>

#include "../common.h"

#define PIECE	65536
#define BUFFER	(192 * 1024)	/* of a stream, as in guarded ports */
#define BACKLOG	128

/* The parts.  The end that gets or asks measures. */
struct peer {
	void (*put_lines)(long count);
	void (*get_lines)(long count);
	void (*put_pieces)(long count);
	void (*get_pieces)(long count);
	void (*ask)(long count);	/* each line waits for its answer */
	void (*answer)(long count);
	void (*serve)(const char *path);	/* a line back to each client */
};

/* Each peer defines these two. */
extern const struct peer peer;
void choose(const char *kind);		/* "" if none is specified */

/* Reports the failure WHAT, with errno unless it is 0, and exits. */
void die(const char *what) __attribute__((noreturn));
void need(int condition, const char *what);

void show(double seconds);

/* Called for each line, hence inline. */

/* The number of the other end: a sixteenth precedes the start of the clock. */
static inline long
with_start(long count)
{
	return count / 16 + 1 + count;
}

/*
 * Counts a received line.  Starts the clock after the first sixteenth, prints
 * the seconds after the last line of COUNT, and then returns 1.
 */
static inline int
has_come(long count)
{
	static double start;
	static long come;

	if (++come == with_start(count) - count)
		start = seconds();
	if (come < with_start(count))
		return 0;
	show(seconds() - start);
	return 1;
}

/* Exits unless LINE, with or without its newline, is the line that was sent. */
static inline void
check(const char *line)
{
	char end = line[LINE_BYTES - 1];

	if (line[0] != '0' || line[LINE_BYTES - 2] != '0' ||
	    (end != '\n' && end != '\0'))
		die("a line has changed");
}

#endif
