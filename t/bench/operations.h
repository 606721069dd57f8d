/* SPDX-License-Identifier: BSD-2-Clause */
/* The common part of the files of operations. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <unixport.h>

#include "common.h"

#define REPETITIONS 1000	/* of quick ones, which fit in a socket */
#define FEW	100		/* for the others */

extern struct unix_options options;	/* of the kind that is measured */
void measure(const char *name, void (*work)(int), int times);

/* operations_streams.c: on a new pair of that kind. */
void measure_streams(void);

/* Inline, since a call would count towards the operation. */
static inline void
need(int condition, const char *object)
{
	if (condition)
		return;
	fprintf(stderr, "operations: %s: %s\n", object, strerror(errno));
	_exit(1);
}

#endif
