/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line to the second process and back, then the next.  With a CPU for each
 * process, most of the time the kernel wakes the other process; with one CPU
 * for both, the programs take most of it.
 */
#include "bench.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void
send_line(struct end *end)
{
	if (is_bare(end->kind))
		write_all(end->fd, LINE, LINE_BYTES);
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
	need(n == LINE_BYTES, "a line has changed");
}

static void
request(struct end *end, size_t count)
{
	while (count-- > 0) {
		send_line(end);
		receive_line(end);
	}
}

static void
answer(struct end *end, size_t count)
{
	while (count-- > 0) {
		receive_line(end);
		send_line(end);
	}
}

/* The second process runs on CPU, the first one on CPU 0. */
static double
trips_to(int cpu, enum kind kind, size_t count)
{
	struct end pair[2];
	size_t first = count / 16;
	double start, rate;
	pid_t other;

	open_pair(kind, pair);
	other = start_process();
	use_cpu(other == 0 ? cpu : 0);
	abandon_end(&pair[other != 0]);
	if (other == 0) {
		answer(&pair[1], first + count);
		close_end(&pair[1]);
		exit(0);
	}
	request(&pair[0], first);
	start = seconds();
	request(&pair[0], count);
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

double
one_cpu_trips(enum kind kind, size_t count)
{
	return trips_to(0, kind, count);
}
