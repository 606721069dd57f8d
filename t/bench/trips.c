/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line to another process and back, and the next only then.  On a CPU for
 * each process most of a trip is the kernel waking the other one, on one
 * CPU for both it is what the programs do.
 */
#include "measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
send_line(struct end *end)
{
	if (is_bare(end->kind))
		write_all(end->fd, LINE, LENGTH);
	else
		need(fputs(LINE, end->ports.out) != EOF &&
		    fflush(end->ports.out) == 0, "fputs");
}

static void
receive_line(struct end *end)
{
	char line[100];
	size_t n = 0;

	if (!is_bare(end->kind)) {
		need(fgets(line, sizeof(line), end->ports.in) != NULL, "fgets");
		n = strlen(line);
	} else {
		do
			n += read_some(end->fd, line + n, sizeof(line) - n);
		while (line[n - 1] != '\n');
	}
	errno = 0;
	need(n == LENGTH, "a line has changed");
}

static void
go(struct end *end, size_t count)
{
	while (count-- > 0) {
		send_line(end);
		receive_line(end);
	}
}

static void
come_back(struct end *end, size_t count)
{
	while (count-- > 0) {
		receive_line(end);
		send_line(end);
	}
}

/* The other process is on CPU 0, as we are, or 1. */
double
trips_to(int cpu, enum kind kind, size_t count)
{
	struct end pair[2];
	size_t before = count / 16;
	double start, rate;
	pid_t other;

	open_pair(kind, pair);
	other = start_process();
	pin(other == 0 ? cpu : 0);
	drop_end(&pair[other != 0]);
	if (other == 0) {
		come_back(&pair[1], before + count);
		close_end(&pair[1]);
		exit(0);
	}
	go(&pair[0], before);
	start = seconds();
	go(&pair[0], count);
	rate = rate_since(start, count);
	close_end(&pair[0]);
	end_process(other);
	return rate;
}

double
trips(enum kind kind, size_t count)
{
	return trips_to(1, kind, count);
}
