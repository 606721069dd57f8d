/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What idle connections cost a process that holds one end of each; the
 * other ends are bare descriptors in another process.
 */
#include "bench.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MANY	1000

long
resident(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[200];
	long size = -1;

	if (file == NULL)
		return -1;
	while (size == -1 && fgets(line, sizeof(line), file) != NULL)
		sscanf(line, "Rss: %ld", &size);
	fclose(file);
	return size;
}

static void
open_ports(const int *fd, struct unix_ports *ports, int count,
    enum kind kind)
{
	int i;

	for (i = 0; i < count; i++)
		need(unix_open_ports(fd[i], options_of(kind), &ports[i]) == 0,
		    "unix_open_ports");
}

static void
answer(struct unix_ports *ports, int count)
{
	char line[100];
	int i;

	for (i = 0; i < count; i++)
		need(fgets(line, sizeof(line), ports[i].in) != NULL &&
		    fputs(line, ports[i].out) != EOF &&
		    fflush(ports[i].out) == 0, "answer");
}

/* Kilobytes a connection: open, and after a line each way. */
struct cost {
	double idle, used;
};

/*
 * The process with the ports.  The first ones, used and closed, bring what
 * is loaded once, and what the library keeps.
 */
static struct cost
hold(const int *fd, enum kind kind)
{
	static struct unix_ports ports[MANY + 1];
	struct cost cost;
	long before;

	open_ports(fd, ports, 1, kind);
	answer(ports, 1);
	need(unix_close_ports(ports) == 0, "unix_close_ports");
	before = resident();
	open_ports(fd + 1, ports + 1, MANY, kind);
	cost.idle = (double)(resident() - before) / MANY;
	answer(ports + 1, MANY);
	cost.used = (double)(resident() - before) / MANY;
	return cost;
}

static void
send_lines(const int *fd)
{
	int i;

	for (i = 0; i <= MANY; i++)
		write_all(fd[i], LINE, LENGTH);
}

static struct cost
cost_of(enum kind kind)
{
	static int near[MANY + 1], far[MANY + 1];
	struct cost cost;
	int fd[2], result[2], i;
	pid_t child;

	need(pipe(result) == 0, "pipe");
	for (i = 0; i <= MANY; i++) {
		need(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0,
		    "socketpair");
		near[i] = fd[0];
		far[i] = fd[1];
	}
	send_lines(far);
	child = start_process();
	if (child == 0) {
		for (i = 0; i <= MANY; i++)
			close(far[i]);
		cost = hold(near, kind);
		write_all(result[1], (char *)&cost, sizeof(cost));
		_exit(0);
	}
	close(result[1]);
	need(read_some(result[0], (char *)&cost, sizeof(cost)) == sizeof(cost),
	    "read");
	close(result[0]);
	end_process(child);
	for (i = 0; i <= MANY; i++) {
		close(near[i]);
		close(far[i]);
	}
	return cost;
}

static void
show(const char *what, double plain, double guarded, double target,
    int with_guarded)
{
	printf("%-26s%8s %-9s %6.1f", what, "", "KiB", plain);
	if (with_guarded)
		printf(" %8.1f   <= %.1f%s\n", guarded, target,
		    guarded > target ? "  missed" : "");
	else
		printf("%9s\n", "-");
}

/* Of descriptors, to what all the connections take. */
void
raise_limit(void)
{
	struct rlimit limit;

	need(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
	limit.rlim_cur = 3 * MANY < limit.rlim_max ? 3 * MANY + 100 :
	    limit.rlim_max;
	need(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
}

int
show_memory(int with_guarded)
{
	struct cost plain, guarded = { 0, 0 };

	if (resident() == -1)
		return 0;
	raise_limit();
	plain = cost_of(PLAIN);
	if (with_guarded)
		guarded = cost_of(GUARDED);
	show("memory, nothing sent yet", plain.idle, guarded.idle, 4,
	    with_guarded);
	show("memory, a line each way", plain.used, guarded.used, 12,
	    with_guarded);
	return 1;
}
