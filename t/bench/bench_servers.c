/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Servers under eight clients at once, which connect, send a line, read it
 * back and close.  The clients are bare sockets, in a process of their own
 * and the same for all.
 */
#include "bench.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AT_ONCE	8
#define VISITS	1000			/* of each */
#define STACK	((size_t)256 << 10)

static struct sockaddr_un name;

/* What every handler does, and the thread of one connection. */

static void
echo(struct unix_ports *ports, void *context)
{
	char line[100];

	(void)context;
	if (fgets(line, sizeof(line), ports->in) != NULL)
		fputs(line, ports->out);
}

static void *
serve_one(void *p)
{
	struct unix_ports *ports = p;

	echo(ports, NULL);
	unix_close_ports(ports);
	free(ports);
	return NULL;
}

static void
serve_with_threads(struct unix_listener *listener)
{
	pthread_attr_t attributes;
	struct unix_ports *ports;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK);
	for (;;) {
		ports = malloc(sizeof(*ports));
		need(ports != NULL, "malloc");
		need(unix_accept(listener, ports) == 0, "unix_accept");
		errno = pthread_create(&thread, &attributes, serve_one, ports);
		need(errno == 0, "pthread_create");
	}
}

static void
serve(enum host kind, struct unix_listener *listener)
{
	const struct unix_serve_options options = { .stack_size = STACK };

	switch (kind) {
	case THREADS:
		serve_with_threads(listener);
		break;
	case SERVE:
		unix_serve(listener, echo, NULL, &options);
		break;
	case LIBUV:
		serve_with_libuv(unix_listener_fileno(listener));
		break;
	}
	die("the server has ended");
}

/* The clients. */

static void *
visit(void *context)
{
	char line[LENGTH];
	size_t got;
	int fd, i;

	(void)context;
	for (i = 0; i < VISITS; i++) {
		fd = connect_bare(&name);
		write_all(fd, LINE, LENGTH);
		for (got = 0; got < LENGTH;)
			got += read_some(fd, line + got, LENGTH - got);
		need(close(fd) == 0, "close");
	}
	return NULL;
}

static double
visit_all(void)
{
	pthread_t threads[AT_ONCE];
	double start = seconds();
	int i;

	for (i = 0; i < AT_ONCE; i++) {
		errno = pthread_create(&threads[i], NULL, visit, NULL);
		need(errno == 0, "pthread_create");
	}
	for (i = 0; i < AT_ONCE; i++)
		pthread_join(threads[i], NULL);
	return seconds() - start;
}

double
visits(enum host kind)
{
	const struct unix_options options = { .flags = UNIX_GUARDED,
	    .backlog = 128 };
	struct unix_listener *listener;
	double taken;
	pid_t child;

	make_place(&name);
	listener = unix_listen(name.sun_path, &options);
	need(listener != NULL, "unix_listen");
	child = start_process();
	if (child == 0)
		serve(kind, listener);
	taken = visit_all();
	kill_process(child);
	need(unix_close(listener) == 0, "unix_close");
	remove_place();
	return AT_ONCE * VISITS / taken / 1e3;
}
