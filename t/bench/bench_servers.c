/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Servers with many clients: eight that connect, send a line, read it back and
 * close, again and again, and a crowd that is connected all the time.  The
 * clients are bare sockets in another process, the same for all servers.
 */
#include "bench.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#define VISITORS	8
#define BACKLOG		128
#define CROWD_TURNS	3

static struct sockaddr_un place;
static int report[2];			/* a pipe from the server */

/*
 * SERVE runs in the child, which alone has the listener.  If the parent kept it
 * open, clients would connect and wait for ever after the end of the server.
 */
static pid_t
start_server(void (*serve)(struct unix_listener *listener), int backlog)
{
	struct unix_options options = guarded_options;
	struct unix_listener *listener;
	char ready = 0;
	pid_t child;

	options.backlog = backlog;
	make_place(&place);
	need(pipe(report) == 0, "pipe");
	child = start_process();
	if (child == 0) {
		listener = unix_listen(place.sun_path, &options);
		need(listener != NULL, "unix_listen");
		write_all(report[1], &ready, 1);
		serve(listener);
		die("the server has ended");
	}
	close(report[1]);
	read_all(report[0], &ready, 1);
	return child;
}

static void
end_server(pid_t child)
{
	kill_process(child);
	close(report[0]);
	need(unlink(place.sun_path) == 0, "unlink");
	remove_place();
}

/* Eight visitors. */

static enum kind visited;		/* a kind of server */

static void
echo_line(struct unix_ports *ports, void *context)
{
	char line[100];

	(void)context;
	if (fgets(line, sizeof(line), ports->in) != NULL)
		fputs(line, ports->out);
}

static void *
serve_in_thread(void *argument)
{
	struct unix_ports *ports = argument;

	echo_line(ports, NULL);
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
	pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
	for (;;) {
		ports = malloc(sizeof(*ports));
		need(ports != NULL, "malloc");
		need(unix_accept(listener, ports) == 0, "unix_accept");
		errno = pthread_create(&thread, &attributes, serve_in_thread,
		    ports);
		need(errno == 0, "pthread_create");
	}
}

static void
serve_visitors(struct unix_listener *listener)
{
	const struct unix_serve_options options = {
		.stack_size = THREAD_STACK_BYTES };

	if ((int)visited == SERVE_THREADS)
		serve_with_threads(listener);
	else if ((int)visited == SERVE_LIBUV)
		serve_with_libuv(unix_listener_fileno(listener));
	else
		need(unix_serve(listener, echo_line, NULL, &options) == 0,
		    "unix_serve");
}

static void *
visit(void *argument)
{
	size_t left = *(size_t *)argument;
	char line[LINE_BYTES];
	int fd;

	while (left-- > 0) {
		fd = connect_raw(&place);
		write_all(fd, LINE, LINE_BYTES);
		read_all(fd, line, LINE_BYTES);
		need(close(fd) == 0, "close");
	}
	return NULL;
}

/* COUNT is the sum of all visitors. */
double
visits(enum kind server, size_t count)
{
	size_t visits_each = (count + VISITORS - 1) / VISITORS;
	pthread_t threads[VISITORS];
	double start, rate;
	pid_t child;
	int i;

	visited = server;
	child = start_server(serve_visitors, BACKLOG);
	start = seconds();
	for (i = 0; i < VISITORS; i++) {
		errno = pthread_create(&threads[i], NULL, visit, &visits_each);
		need(errno == 0, "pthread_create");
	}
	for (i = 0; i < VISITORS; i++)
		pthread_join(threads[i], NULL);
	rate = rate_since(start, visits_each * VISITORS);
	end_server(child);
	return rate;
}

/* The crowd. */

static atomic_size_t replies;
static size_t crowd_size;
static double first_kib;		/* resident, with one client */

/* The last reply of all reports the memory of the server. */
static void
echo_lines(struct unix_ports *ports, void *context)
{
	char line[100];
	double kib;
	size_t count;

	(void)context;
	while (fgets(line, sizeof(line), ports->in) != NULL) {
		fputs(line, ports->out);
		count = atomic_fetch_add(&replies, 1) + 1;
		if (count == 1)
			first_kib = resident_kib();
		if (count < 1 + crowd_size * CROWD_TURNS)
			continue;
		kib = first_kib < 0 ? -1 : (resident_kib() - first_kib) /
		    (double)(crowd_size - 1);
		write_all(report[1], (char *)&kib, sizeof(kib));
	}
}

static void
serve_crowd(struct unix_listener *listener)
{
	const struct unix_serve_options options = {
		.clients = (unsigned)crowd_size,
		.stack_size = THREAD_STACK_BYTES };

	need(unix_serve(listener, echo_lines, NULL, &options) == 0,
	    "unix_serve");
}

/* In each round all clients send, then all read. */
static double
exchange(void)
{
	int *fd = calloc(crowd_size, sizeof(*fd)), turn;
	char line[LINE_BYTES];
	double start, rate;
	size_t i;

	if (fd == NULL)
		die("calloc");
	for (i = 0; i < crowd_size; i++) {
		fd[i] = connect_raw(&place);
		if (i > 0)
			continue;
		write_all(fd[i], LINE, LINE_BYTES);
		read_all(fd[i], line, LINE_BYTES);
	}
	start = seconds();
	for (turn = 0; turn < CROWD_TURNS; turn++) {
		for (i = 0; i < crowd_size; i++)
			write_all(fd[i], LINE, LINE_BYTES);
		for (i = 0; i < crowd_size; i++)
			read_all(fd[i], line, LINE_BYTES);
	}
	rate = rate_since(start, crowd_size * CROWD_TURNS);
	for (i = 0; i < crowd_size; i++)
		close(fd[i]);
	free(fd);
	return rate;
}

void
measure_crowd(struct crowd *crowd, size_t clients)
{
	pid_t child;

	crowd_size = clients;
	child = start_server(serve_crowd, 0);
	crowd->rate = exchange() / 1e3;
	read_all(report[0], &crowd->kib, sizeof(crowd->kib));
	end_server(child);
}
