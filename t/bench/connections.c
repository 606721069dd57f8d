/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients that connect, send a line and close, one after the other, and a
 * server that starts a thread for each.  Each process has a CPU of its own;
 * the clock stops when the last thread has read its line.
 */
#include "bench.h"

#include <sys/socket.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct server {
	enum kind kind;
	int fd;				/* of a bare one */
	struct unix_listener *listener;
	struct sockaddr_un place;
	struct sockaddr_in port;	/* of TCP */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static size_t served;

/*
 * Runs in the process of the server only, so that clients are refused after its
 * end.
 */
static void
start_listening(struct server *server)
{
	const struct sockaddr_un *place = &server->place;
	struct unix_options options = { .flags = 0 };

	if (!is_bare(server->kind)) {
		if (options_of(server->kind) != NULL)
			options = *options_of(server->kind);
		options.backlog = SOMAXCONN;
		server->listener = unix_listen(place->sun_path, &options);
		need(server->listener != NULL, "unix_listen");
		return;
	}
	if (server->kind == TCP) {
		server->fd = listen_loopback(&server->port);
		need(server->fd != -1, "listen");
		return;
	}
	server->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	need(server->fd != -1 && bind(server->fd,
	    (const struct sockaddr *)place, sizeof(*place)) == 0 &&
	    listen(server->fd, SOMAXCONN) == 0, "listen");
}

static void
stop_listening(struct server *server)
{
	if (!is_bare(server->kind))
		need(unix_close(server->listener) == 0, "unix_close");
	else
		need(close(server->fd) == 0 && (server->kind == TCP ||
		    unlink(server->place.sun_path) == 0), "unlink");
}

static void
accept_client(struct server *server, struct end *client)
{
	client->kind = server->kind;
	if (!is_bare(server->kind)) {
		need(unix_accept(server->listener, &client->ports) == 0,
		    "unix_accept");
		return;
	}
	client->fd = accept(server->fd, NULL, NULL);
	need(client->fd != -1, "accept");
}

/* The thread of a client. */
static void *
serve_client(void *argument)
{
	struct end *client = argument;
	char line[LINE_BYTES + 1];

	if (is_bare(client->kind))
		read_all(client->fd, line, LINE_BYTES);
	else
		need(fgets(line, sizeof(line), client->ports.in) != NULL,
		    "fgets");
	errno = 0;
	need(memcmp(line, LINE, LINE_BYTES) == 0, "a line has changed");
	close_end(client);
	free(client);
	pthread_mutex_lock(&lock);
	served++;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void
serve_clients(struct server *server, size_t count)
{
	pthread_attr_t attributes;
	struct end *client;
	pthread_t thread;
	size_t i;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
	for (i = 0; i < count; i++) {
		client = calloc(1, sizeof(*client));
		if (client == NULL)
			die("calloc");
		accept_client(server, client);
		errno = pthread_create(&thread, &attributes, serve_client,
		    client);
		need(errno == 0, "pthread_create");
	}
	pthread_mutex_lock(&lock);
	while (served < count)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	pthread_attr_destroy(&attributes);
}

/* Sends the number of its TCP port when it listens, then a byte at its end. */
static void
run_server(struct server *server, size_t count, int fd)
{
	char end = 0;

	use_cpu(1);
	start_listening(server);
	write_all(fd, (char *)&server->port, sizeof(server->port));
	serve_clients(server, count);
	write_all(fd, &end, 1);
	stop_listening(server);
	exit(0);
}

static void
connect_and_send(const struct server *server)
{
	struct end end = { .kind = server->kind };

	if (is_bare(server->kind)) {
		end.fd = server->kind == TCP ?
		    connect_loopback(&server->port) :
		    connect_raw(&server->place);
		need(end.fd != -1, "connect");
		write_all(end.fd, LINE, LINE_BYTES);
	} else {
		while (unix_connect(server->place.sun_path,
		    options_of(server->kind), &end.ports) == -1)
			need(can_retry_connect(), "unix_connect");
		need(fputs(LINE, end.ports.out) != EOF, "fputs");
	}
	close_end(&end);
}

double
connections(enum kind kind, size_t count)
{
	struct server server = { .kind = kind };
	double start, rate;
	int status[2];
	char end;
	size_t i;
	pid_t child;

	make_place(&server.place);
	need(socketpair(AF_UNIX, SOCK_STREAM, 0, status) == 0, "socketpair");
	child = start_process();
	if (child == 0)
		run_server(&server, count, status[1]);
	use_cpu(0);
	close(status[1]);
	read_all(status[0], &server.port, sizeof(server.port));
	start = seconds();
	for (i = 0; i < count; i++)
		connect_and_send(&server);
	read_all(status[0], &end, 1);
	rate = rate_since(start, count);
	close(status[0]);
	end_process(child);
	remove_place();
	return rate;
}
