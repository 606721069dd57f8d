/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fuzzers share: facts, their input byte by byte, and streams. */
#ifndef FUZZ_H
#define FUZZ_H

#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "unixport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
want(int fact)
{
	if (!fact)
		abort();
}

struct input {
	const uint8_t *bytes;
	size_t left;
};

/* The next byte; when there are no more, 0. */
static inline unsigned
next(struct input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->bytes++;
}

/*
 * fuzz_stream.c: BYTES as they come through a stream of one of many kinds,
 * with a buffer of some size, in pieces of some sizes, some reads failing.
 */
struct stream {
	FILE *in;
	char *bytes;		/* a copy, whose end is watched */
	size_t size, position;
	uint8_t pieces[15];
	size_t count, turn;
	int failed;		/* the last read has */
	int broken;		/* one has failed for good */
	char buffer[256];
	struct unix_ports ports;
};

void open_stream(struct stream *, struct input *);
void close_stream(struct stream *);

/* A message's limit, and the errors after which it goes on. */
size_t choose_limit(struct input *);
int is_passing(int error);

#endif
