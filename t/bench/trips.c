/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line to another process and back, and the next only then.  On a CPU for
 * each process most of a trip is the kernel waking the other one, on one
 * CPU for both it is what the programs do.
 */
#include "bench.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TRIPS	8000

static void
send_line(struct end *end)
{
	if (end->kind == RAW)
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

	if (end->kind != RAW) {
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
go(struct end *end, int count)
{
	while (count-- > 0) {
		send_line(end);
		receive_line(end);
	}
}

static void
come_back(struct end *end, int count)
{
	while (count-- > 0) {
		receive_line(end);
		send_line(end);
	}
}

static double
measure(enum kind kind, int far_cpu)
{
	struct end pair[2];
	int before = TRIPS / 16;
	double start, end;
	pid_t other;

	open_pair(kind, pair);
	other = start_process();
	pin(other == 0 ? far_cpu : 0);
	drop_end(&pair[other != 0]);
	if (other == 0) {
		come_back(&pair[1], before + TRIPS);
		close_end(&pair[1]);
		_exit(0);
	}
	go(&pair[0], before);
	start = seconds();
	go(&pair[0], TRIPS);
	end = seconds();
	close_end(&pair[0]);
	end_process(other);
	return TRIPS / (end - start) / 1e3;
}

double
trips(enum kind kind)
{
	return measure(kind, 1);
}

double
trips_on_one(enum kind kind)
{
	return measure(kind, 0);
}
