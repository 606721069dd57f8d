/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the programs of this directory share.  A peer is a program that does
 * one end of a work: `PEER [KIND] PART AMOUNT', with a connected socket as
 * its standard input, or `PEER [KIND] serve PATH'.  Who measures prints the
 * seconds, nothing else is printed.
 */
#ifndef PEER_H
#define PEER_H

#include <sys/types.h>
#include <stddef.h>

#include "../common.h"

#define PIECE	65536
#define BUFFER	(192 * 1024)	/* of a stream: as guarded ports have it */
#define BACKLOG	128

/* The parts; an end that gets, or asks, measures. */
struct peer {
	void (*put_lines)(long count);
	void (*get_lines)(long count);
	void (*put_pieces)(long count);
	void (*get_pieces)(long count);
	void (*ask)(long count);	/* lines, and for each its answer */
	void (*answer)(long count);
	void (*serve)(const char *path);	/* a line back to each client */
};

/* Each peer defines these two. */
extern const struct peer peer;
void choose(const char *kind);		/* "" when none is given */

/* Say WHAT went wrong, with errno unless it is 0, and exit. */
void die(const char *what) __attribute__((noreturn));
void need(int condition, const char *what);

void show(double seconds);

/* What follows is called for each line, and to be seen by the compiler. */

/* Before the clock starts a part is done: COUNT of the other end's works. */
static inline long
with_start(long count)
{
	return count / 16 + 1 + count;
}

/*
 * One more has come of COUNT: start the clock at the right one, show the
 * seconds at the last.  Whether it was the last.
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

/* Die unless LINE, with its newline or without, is the one that was sent. */
static inline void
check(const char *line)
{
	char end = line[LINE_BYTES - 1];

	if (line[0] != '0' || line[LINE_BYTES - 2] != '0' ||
	    (end != '\n' && end != '\0'))
		die("a line has changed");
}

#endif
