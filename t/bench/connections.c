/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients that connect, send a line and close, one after the other, and a
 * server that starts a thread for each.  Two processes, each on a CPU of
 * its own; the clock stops when the last thread has read its line.
 */
#include "measure.h"

#include <sys/socket.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STACK	((size_t)256 << 10)

struct server {
	enum kind kind;
	int fd;					/* bare */
	struct unix_listener *listener;
	struct sockaddr_un place;
	struct sockaddr_in port;		/* of TCP */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static size_t served;

/* In the server alone: where that ends, its clients are refused. */
static void
begin_serving(struct server *server)
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
end_serving(struct server *server)
{
	if (!is_bare(server->kind))
		need(unix_close(server->listener) == 0, "unix_close");
	else
		need(close(server->fd) == 0 && (server->kind == TCP ||
		    unlink(server->place.sun_path) == 0), "unlink");
}

static void
accept_one(struct server *server, struct end *client)
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

/* The thread for a client. */
static void *
serve(void *p)
{
	struct end *client = p;
	char line[100];
	size_t n = 0;

	if (is_bare(client->kind))
		while (n < LENGTH)
			n += read_some(client->fd, line + n, sizeof(line) - n);
	else
		need(fgets(line, sizeof(line), client->ports.in) != NULL,
		    "fgets");
	errno = 0;
	need(memcmp(line, LINE, LENGTH) == 0, "a line has changed");
	close_end(client);
	free(client);
	pthread_mutex_lock(&lock);
	served++;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	return NULL;
}

static void
serve_all(struct server *server, size_t count)
{
	pthread_attr_t attributes;
	struct end *client;
	pthread_t thread;
	size_t i;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK);
	for (i = 0; i < count; i++) {
		client = calloc(1, sizeof(*client));
		if (client == NULL)
			die("calloc");
		accept_one(server, client);
		errno = pthread_create(&thread, &attributes, serve, client);
		need(errno == 0, "pthread_create");
	}
	pthread_mutex_lock(&lock);
	while (served < count)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	pthread_attr_destroy(&attributes);
}

static void
connect_ports(const struct server *server, struct unix_ports *ports)
{
	while (unix_connect(server->place.sun_path,
	    options_of(server->kind), ports) == -1)
		need(is_late(), "unix_connect");
}

static void
visit(const struct server *server)
{
	struct end end = { .kind = server->kind };

	if (is_bare(server->kind)) {
		end.fd = server->kind == TCP ?
		    connect_loopback(&server->port) :
		    connect_bare(&server->place);
		need(end.fd != -1, "connect");
		write_all(end.fd, LINE, LENGTH);
	} else {
		connect_ports(server, &end.ports);
		need(fputs(LINE, end.ports.out) != EOF, "fputs");
	}
	close_end(&end);
}

static void
read_port(int fd, struct server *server)
{
	char *bytes = (char *)&server->port;
	size_t n;

	for (n = 0; n < sizeof(server->port);)
		n += read_some(fd, bytes + n, sizeof(server->port) - n);
}

/* The server says where it is, and when it has served all. */
static void
run_server(struct server *server, size_t count, int fd)
{
	char byte = 0;

	pin(1);
	begin_serving(server);
	write_all(fd, (char *)&server->port, sizeof(server->port));
	serve_all(server, count);
	write_all(fd, &byte, 1);
	end_serving(server);
	exit(0);
}

double
connections(enum kind kind, size_t count)
{
	struct server server = { .kind = kind };
	char byte;
	double start, rate;
	int words[2];
	size_t i;
	pid_t child;

	make_place(&server.place);
	need(socketpair(AF_UNIX, SOCK_STREAM, 0, words) == 0, "socketpair");
	child = start_process();
	if (child == 0)
		run_server(&server, count, words[1]);
	pin(0);
	close(words[1]);
	read_port(words[0], &server);
	start = seconds();
	for (i = 0; i < count; i++)
		visit(&server);
	read_some(words[0], &byte, 1);
	rate = rate_since(start, count);
	close(words[0]);
	end_process(child);
	remove_place();
	return rate;
}
