/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Clients that connect, send a line and close, one after the other, and a
 * server that starts a thread for each.  Two processes, each on a CPU of
 * its own; the clock stops when the last thread has read its line.
 */
#include "bench.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS	4000
#define STACK	((size_t)256 << 10)

struct server {
	enum kind kind;
	int fd;					/* raw */
	struct unix_listener *listener;
	struct sockaddr_un name;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int served;

static void
listen_raw(struct server *server)
{
	server->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	need(server->fd != -1 && bind(server->fd,
	    (struct sockaddr *)&server->name, sizeof(server->name)) == 0 &&
	    listen(server->fd, UNIX_BACKLOG) == 0, "listen");
}

static void
accept_one(struct server *server, struct end *client)
{
	client->kind = server->kind;
	if (server->kind != RAW) {
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

	if (client->kind == RAW)
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
serve_all(struct server *server)
{
	pthread_attr_t attributes;
	struct end *client;
	pthread_t thread;
	int i;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, STACK);
	for (i = 0; i < CLIENTS; i++) {
		client = calloc(1, sizeof(*client));
		need(client != NULL, "calloc");
		accept_one(server, client);
		errno = pthread_create(&thread, &attributes, serve, client);
		need(errno == 0, "pthread_create");
	}
	pthread_mutex_lock(&lock);
	while (served < CLIENTS)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	pthread_attr_destroy(&attributes);
}

static void
visit(const struct server *server)
{
	struct unix_ports ports;
	int fd;

	if (server->kind != RAW) {
		need(unix_connect(server->name.sun_path,
		    options_of(server->kind), &ports) == 0, "unix_connect");
		need(fputs(LINE, ports.out) != EOF, "fputs");
		need(unix_close_ports(&ports) == 0, "unix_close_ports");
		return;
	}
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	need(fd != -1 && connect(fd, (const struct sockaddr *)&server->name,
	    sizeof(server->name)) == 0, "connect");
	write_all(fd, LINE, LENGTH);
	need(close(fd) == 0, "close");
}

/* Clients, the server's process being started; the seconds that it took. */
static double
visit_all(struct server *server)
{
	char byte = 0;
	double start;
	int done[2], i;
	pid_t child;

	need(socketpair(AF_UNIX, SOCK_STREAM, 0, done) == 0, "socketpair");
	child = start_process();
	pin(child == 0);
	if (child == 0) {
		write_all(done[1], &byte, 1);
		serve_all(server);
		write_all(done[1], &byte, 1);
		_exit(0);
	}
	close(done[1]);
	read_some(done[0], &byte, 1);
	start = seconds();
	for (i = 0; i < CLIENTS; i++)
		visit(server);
	read_some(done[0], &byte, 1);
	start = seconds() - start;
	close(done[0]);
	end_process(child);
	return start;
}

double
connections(enum kind kind)
{
	struct server server = { .kind = kind };
	char directory[] = "/tmp/unixport.XXXXXX";
	double taken;

	need(mkdtemp(directory) != NULL, "mkdtemp");
	server.name.sun_family = AF_UNIX;
	snprintf(server.name.sun_path, sizeof(server.name.sun_path), "%s/s",
	    directory);
	if (kind == RAW)
		listen_raw(&server);
	else
		server.listener = unix_listen(server.name.sun_path,
		    options_of(kind));
	need(kind == RAW || server.listener != NULL, "unix_listen");
	taken = visit_all(&server);
	if (kind == RAW)
		need(close(server.fd) == 0 &&
		    unlink(server.name.sun_path) == 0, "unlink");
	else
		need(unix_close(server.listener) == 0, "unix_close");
	need(rmdir(directory) == 0, "rmdir");
	return CLIENTS / taken / 1e3;
}
