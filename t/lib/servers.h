/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers in threads of their own, and their handlers; see servers.c. */
#ifndef SERVERS_H
#define SERVERS_H

#include "support.h"

struct server {
	struct unix_listener *listener;
	unix_handler *handler;
	void *context;
	const struct unix_serve_options *options;
	pthread_t thread;
	_Atomic pid_t id;		/* of the thread that serves */
	int result, error;
};

/* unix_serve() of a listener that is there, or of a new one at "s". */
void serve(struct server *server, unix_handler *handler,
    const struct unix_serve_options *options);
void start_server(struct server *server, unix_handler *handler,
    const struct unix_serve_options *options);

/* It returns so: 0, or -1 with ERROR. */
void expect_served(struct server *server, int error);

/* The same, after an interrupt, or without one; the listener is closed. */
void end_server(struct server *server);
void end_server_so(struct server *server, int error);

void enter(struct unix_ports *client);		/* connect to "s" */
void leave(struct unix_ports *client);
void ask(struct unix_ports *client, const char *line);	/* for an echo */

/* A client is given back its lines, without a flush; the context counts. */
void echo(struct unix_ports *ports, void *count);

/*
 * Where handlers wait until the test lets them go on: inside, they have
 * been counted.
 */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned inside, most, entered;
	int is_open;
};

#define GATE	{ .lock = PTHREAD_MUTEX_INITIALIZER, \
		.changed = PTHREAD_COND_INITIALIZER }

void pass_gate(struct gate *gate);
void await_entered(struct gate *gate, unsigned count);
void open_gate(struct gate *gate);

/* A handler that waits at the gate, its context, and then echoes. */
void wait_and_echo(struct unix_ports *ports, void *gate);

/*
 * The end of a child that was forked beside a server's threads: valgrind
 * takes what they hold for lost there, and would say so in the status.
 */
void end_child(int status);

/* Return once the input of PORTS, a handler's, has been ended. */
void await_ended(struct unix_ports *ports);

/* A client enters, says a line and reads the answer; 0 if it was refused. */
int is_served(struct unix_ports *client);

#endif
