/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes one way, from a process to another, each on a CPU of its own.  The
 * reader's clock counts, from the moment when a part has come.
 */
#include "measure.h"

#include <stdlib.h>

double
one_way(const struct way *way, size_t bytes, enum kind kind,
    void (*prepare)(struct end *end))
{
	int streams = !is_bare(kind);
	struct end pair[2];
	size_t before = bytes / 16;
	double start, rate;
	pid_t sender;
	int i;

	open_pair(kind, pair);
	for (i = 0; i < 2 && prepare != NULL; i++)
		prepare(&pair[i]);
	sender = start_process();
	pin(sender == 0);
	drop_end(&pair[sender != 0]);
	if (sender == 0) {
		way->send[streams](&pair[1], before + bytes);
		close_end(&pair[1]);
		exit(0);
	}
	way->receive[streams](&pair[0], before);
	start = seconds();
	way->receive[streams](&pair[0], bytes);
	rate = rate_since(start, bytes);
	close_end(&pair[0]);
	end_process(sender);
	return rate;
}
