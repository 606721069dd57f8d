/* SPDX-License-Identifier: BSD-2-Clause */
/* The common part of the fuzzers: assertions, input byte by byte, streams. */
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

/* Returns the next byte, or 0 at the end of the input. */
static inline unsigned
next(struct input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->bytes++;
}

/*
 * fuzz_stream.c: a stream of one of many kinds that contains BYTES.  The input
 * determines the kind, the size of the buffer, the sizes of the reads, and
 * which of them fail.
 */
struct stream {
	FILE *in;
	char *bytes;		/* a copy, whose bounds ASan checks */
	size_t size, position;
	uint8_t pieces[15];
	size_t count, turn;
	int failed;		/* the last read has failed */
	int broken;		/* a read has failed finally */
	char buffer[256];
	struct unix_ports ports;
};

void open_stream(struct stream *, struct input *);
void close_stream(struct stream *);

/* The limit of a message, and the errors after which a read is repeated. */
size_t choose_limit(struct input *);
int is_passing(int error);

#endif
