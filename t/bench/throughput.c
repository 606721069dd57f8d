/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes one way, from a process to another, each on a CPU of its own: the
 * kernel at times puts both on one.  The reader's clock counts, from the
 * moment when a part has come.
 */
#include "bench.h"

#include <unistd.h>

double
one_way(const struct way *way, size_t bytes, enum kind kind)
{
	struct end pair[2];
	size_t before = bytes / 16;
	double start, end;
	pid_t sender;
	int i;

	open_pair(kind, pair);
	for (i = 0; i < 2 && way->prepare != NULL; i++)
		way->prepare(&pair[i]);
	sender = start_process();
	pin(sender == 0);
	drop_end(&pair[sender != 0]);
	if (sender == 0) {
		way->send[kind != RAW](&pair[1], before + bytes);
		close_end(&pair[1]);
		_exit(0);
	}
	way->receive[kind != RAW](&pair[0], before);
	start = seconds();
	way->receive[kind != RAW](&pair[0], bytes);
	end = seconds();
	close_end(&pair[0]);
	end_process(sender);
	return (double)bytes / (end - start) / 1e6;
}
