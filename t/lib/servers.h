/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers in separate threads, and their handlers; see servers.c. */
#ifndef SERVERS_H
#define SERVERS_H

#include "support.h"

struct server {
	struct unix_listener *listener;
	unix_handler *handler;
	void *context;
	const struct unix_serve_options *options;
	pthread_t thread;
	_Atomic pid_t id;		/* of the serving thread */
	int result, error;
};

/* Starts unix_serve() of a given listener, or of a new one at "s". */
void serve(struct server *server, unix_handler *handler,
    const struct unix_serve_options *options);
void start_server(struct server *server, unix_handler *handler,
    const struct unix_serve_options *options);

/* unix_serve() returns 0, or -1 with ERROR. */
void expect_served(struct server *server, int error);

/*
 * The same, and closes the listener.  end_server() interrupts it first and
 * expects 0.
 */
void end_server(struct server *server);
void end_server_so(struct server *server, int error);

void enter(struct unix_ports *client);		/* connect to "s" */
void leave(struct unix_ports *client);
void ask(struct unix_ports *client, const char *line);	/* for an echo */

/* Echoes lines without a flush, and counts clients in the context. */
void echo(struct unix_ports *ports, void *count);

/* Handlers wait at the gate until the test opens it, and are counted there. */
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
 * Ends a child that was forked while threads of a server ran.  valgrind reports
 * their memory as lost there, which would change the exit status.
 */
void end_child(int status);

/* Returns when the input of PORTS, in a handler, has reached EOF. */
void await_ended(struct unix_ports *ports);

/* Sends a line and reads the answer; returns 0 if the client was refused. */
int is_served(struct unix_ports *client);

#endif
