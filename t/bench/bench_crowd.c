/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thousand clients at once on unix_serve(), with three exchanges each:
 * all send, then all read.  Another process has the bare other ends.
 */
#include "bench.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CROWD	1000
#define TURNS	3
#define STACK	((size_t)64 << 10)

static _Atomic int replies;
static long before;			/* resident, with one client */
static int result[2];

static void
echo(struct unix_ports *ports, void *context)
{
	char line[100];
	double cost;
	int count;

	(void)context;
	while (fgets(line, sizeof(line), ports->in) != NULL) {
		fputs(line, ports->out);
		count = atomic_fetch_add(&replies, 1) + 1;
		if (count == 1)
			before = resident();
		if (count < 1 + CROWD * TURNS)
			continue;
		cost = (double)(resident() - before) / (CROWD - 1);
		write_all(result[1], (char *)&cost, sizeof(cost));
	}
}

static void
send_line(int fd)
{
	write_all(fd, LINE, LENGTH);
}

static void
read_line(int fd)
{
	char line[LENGTH];
	size_t got;

	for (got = 0; got < LENGTH;)
		got += read_some(fd, line + got, LENGTH - got);
}

/* The seconds of their exchanges, all being connected. */
static double
exchange(const struct sockaddr_un *name)
{
	static int fd[CROWD];
	double start;
	int i, turn;

	for (i = 0; i < CROWD; i++) {
		fd[i] = connect_bare(name);
		if (i == 0) {
			send_line(fd[i]);
			read_line(fd[i]);
		}
	}
	start = seconds();
	for (turn = 0; turn < TURNS; turn++) {
		for (i = 0; i < CROWD; i++)
			send_line(fd[i]);
		for (i = 0; i < CROWD; i++)
			read_line(fd[i]);
	}
	start = seconds() - start;
	for (i = 0; i < CROWD; i++)
		close(fd[i]);
	return start;
}

static void
serve(struct unix_listener *listener)
{
	const struct unix_serve_options options = { .clients = CROWD,
	    .stack_size = STACK };

	unix_serve(listener, echo, NULL, &options);
	die("the server has ended");
}

void
show_crowd(void)
{
	const struct unix_options options = { .flags = UNIX_GUARDED };
	struct sockaddr_un name;
	struct unix_listener *listener;
	double taken, cost;
	pid_t child;

	raise_limit();
	need(pipe(result) == 0, "pipe");
	make_place(&name);
	listener = unix_listen(name.sun_path, &options);
	need(listener != NULL, "unix_listen");
	child = start_process();
	if (child == 0)
		serve(listener);
	taken = exchange(&name);
	need(read_some(result[0], (char *)&cost, sizeof(cost)) ==
	    sizeof(cost), "read");
	kill_process(child);
	need(unix_close(listener) == 0, "unix_close");
	remove_place();
	close(result[0]);
	close(result[1]);
	printf("%d clients at once on unix_serve, %d lines each way: "
	    "%.0f k trips/s, %.1f KiB a client\n", CROWD, TURNS,
	    CROWD * TURNS / taken / 1e3, cost);
}
