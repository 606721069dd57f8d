/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers for the tests, their clients, and a gate for handlers. */
#include "servers.h"

#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#ifndef POLLRDHUP
#define POLLRDHUP	POLLIN
#endif

static void *
run(void *argument)
{
	struct server *server = argument;

	server->id = thread_id();
	errno = EDOM;
	server->result = unix_serve(server->listener, server->handler,
	    server->context, server->options);
	server->error = errno;
	return NULL;
}

void
serve(struct server *server, unix_handler *handler,
    const struct unix_serve_options *options)
{
	server->handler = handler;
	server->options = options;
	server->id = 0;
	server->thread = start_thread(run, server);
}

void
start_server(struct server *server, unix_handler *handler,
    const struct unix_serve_options *options)
{
	server->listener = listen_at("s", NULL);
	serve(server, handler, options);
}

void
expect_served(struct server *server, int error)
{
	join_thread(server->thread);
	ck_assert_int_eq(server->result, error == 0 ? 0 : -1);
	ck_assert_int_eq(server->error, error == 0 ? EDOM : error);
}

void
end_server_so(struct server *server, int error)
{
	expect_served(server, error);
	succeeds(unix_close(server->listener));
}

void
end_server(struct server *server)
{
	succeeds(unix_interrupt(server->listener));
	end_server_so(server, 0);
}

void
enter(struct unix_ports *client)
{
	succeeds(unix_connect("s", of_kind(NULL), client));
}

void
leave(struct unix_ports *client)
{
	succeeds(unix_close_ports(client));
}

void
ask(struct unix_ports *client, const char *line)
{
	say(client->out, line);
	expect(client->in, line);
}

void
echo(struct unix_ports *ports, void *count)
{
	char line[200];

	if (count != NULL)
		atomic_fetch_add((_Atomic int *)count, 1);
	while (fgets(line, sizeof(line), ports->in) != NULL)
		fputs(line, ports->out);
}

void
pass_gate(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->entered++;
	if (++gate->inside > gate->most)
		gate->most = gate->inside;
	pthread_cond_broadcast(&gate->changed);
	while (!gate->is_open)
		pthread_cond_wait(&gate->changed, &gate->lock);
	gate->inside--;
	pthread_mutex_unlock(&gate->lock);
}

void
await_entered(struct gate *gate, unsigned count)
{
	pthread_mutex_lock(&gate->lock);
	while (gate->entered < count)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

void
open_gate(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->is_open = 1;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

void
wait_and_echo(struct unix_ports *ports, void *gate)
{
	pass_gate(gate);
	echo(ports, NULL);
}

void
end_child(int status)
{
	char command[20];

	snprintf(command, sizeof(command), "exit %d", status);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

void
await_ended(struct unix_ports *ports)
{
	struct pollfd fd = { .fd = unix_fileno(ports), .events = POLLRDHUP };

	while (poll(&fd, 1, -1) != 1)
		;
}

int
is_served(struct unix_ports *client)
{
	char line[10];

	enter(client);
	fputs("hello\n", client->out);
	if (fgets(line, sizeof(line), client->in) != NULL)
		return 1;
	unix_abandon_ports(client);
	return 0;
}
