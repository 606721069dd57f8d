/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of idle connections in a process that has one end of each; the
 * other ends are bare descriptors in another process.
 */
#include "bench.h"

#include <sys/socket.h>
#include <stdlib.h>
#include <unistd.h>

struct cost {
	double idle, used;
};

/* Counted page by page: getrusage(2) on Linux is late by a few pages. */
double
resident_kib(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[200];
	long kib = -1;

	if (file == NULL)
		return -1;
	while (kib == -1 && fgets(line, sizeof(line), file) != NULL)
		sscanf(line, "Rss: %ld", &kib);
	fclose(file);
	return (double)kib;
}

static void
open_ports(const int *fd, struct unix_ports *ports, size_t count,
    enum kind kind)
{
	size_t i;

	for (i = 0; i < count; i++)
		need(unix_open_ports(fd[i], options_of(kind), &ports[i]) == 0,
		    "unix_open_ports");
}

static void
echo_lines(struct unix_ports *ports, size_t count)
{
	char line[100];
	size_t i;

	for (i = 0; i < count; i++)
		need(fgets(line, sizeof(line), ports[i].in) != NULL &&
		    fputs(line, ports[i].out) != EOF &&
		    fflush(ports[i].out) == 0, "an echo");
}

/*
 * Runs in the process with the ports.  The first connection is opened, used and
 * closed before the count: it loads symbols once, and leaves the buffers that
 * the library keeps.
 */
static struct cost
cost_of_ports(const int *fd, size_t count, enum kind kind)
{
	struct unix_ports *ports = calloc(count + 1, sizeof(*ports));
	struct cost cost;
	double before;

	need(ports != NULL, "calloc");
	open_ports(fd, ports, 1, kind);
	echo_lines(ports, 1);
	need(unix_close_ports(ports) == 0, "unix_close_ports");
	before = resident_kib();
	open_ports(fd + 1, ports + 1, count, kind);
	cost.idle = (resident_kib() - before) / (double)count;
	echo_lines(ports + 1, count);
	cost.used = (resident_kib() - before) / (double)count;
	return cost;
}

static struct cost
cost_of_kind(enum kind kind, size_t count)
{
	int (*pairs)[2] = calloc(count + 1, sizeof(*pairs)), result[2];
	int *near = calloc(count + 1, sizeof(*near));
	struct cost cost;
	pid_t child;
	size_t i;

	need(pairs != NULL && near != NULL, "calloc");
	need(pipe(result) == 0, "pipe");
	for (i = 0; i <= count; i++) {
		need(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]) == 0,
		    "socketpair");
		near[i] = pairs[i][0];
		write_all(pairs[i][1], LINE, LINE_BYTES);
	}
	child = start_process();
	if (child == 0) {
		for (i = 0; i <= count; i++)
			close(pairs[i][1]);
		cost = cost_of_ports(near, count, kind);
		write_all(result[1], (char *)&cost, sizeof(cost));
		_exit(0);
	}
	close(result[1]);
	read_all(result[0], &cost, sizeof(cost));
	close(result[0]);
	end_process(child);
	for (i = 0; i <= count; i++) {
		close(pairs[i][0]);
		close(pairs[i][1]);
	}
	free(near);
	free(pairs);
	return cost;
}

/* Measures the memory of COUNT connections. */
void
measure_memory(struct memory *memory, unsigned kinds, size_t count)
{
	struct cost cost;
	int kind;

	if (resident_kib() < 0)
		return;
	for (kind = PLAIN; kind <= GUARDED; kind++) {
		if (!has_kind(kinds, kind))
			continue;
		cost = cost_of_kind(kind, count);
		memory->idle[kind] = cost.idle;
		memory->used[kind] = cost.used;
	}
}
