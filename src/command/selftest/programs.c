/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests servers of many clients, and programs as children. */
#include "selftest.h"

#define CLIENTS	5

static struct unix_ports clients[CLIENTS];

static void
echo(struct unix_ports *ports, void *nothing)
{
	struct unix_buffer line = { 0 };

	(void)nothing;
	while (unix_get_line(ports->in, &line, 0) == 1)
		fprintf(ports->out, "%s\n", line.bytes);
	unix_free_buffer(&line);
}

static void
serve(void)
{
	SUCCEEDS(unix_serve(listener, echo, NULL, NULL));
}

static void
connect_clients(void)
{
	int i;

	start_thread(serve);
	for (i = 0; i < CLIENTS; i++)
		SUCCEEDS(unix_connect("s", NULL, &clients[i]));
}

static void
stop_server(void)
{
	SUCCEEDS(unix_interrupt(listener));
	join_threads();
}

static void
close_clients(void)
{
	int i;

	for (i = 0; i < CLIENTS; i++)
		SUCCEEDS(unix_close_ports(&clients[i]));
}

/* A server with one thread would wait for the first client. */
void
silent_clients(void)
{
	connect_clients();
	send_text(&clients[CLIENTS - 1], "hello\n");
	expect_text(&clients[CLIENTS - 1], "hello\n");
	stop_server();
	close_clients();
}

void
server_drains(void)
{
	int i;

	connect_clients();
	for (i = 0; i < CLIENTS; i++) {
		send_text(&clients[i], "one\n");
		expect_text(&clients[i], "one\n");
		send_text(&clients[i], "two\n");
	}
	stop_server();
	for (i = 0; i < CLIENTS; i++) {
		expect_text(&clients[i], "two\n");
		expect_eof(&clients[i]);
	}
	close_clients();
}

void
program_both_ways(void)
{
	char name[] = "cat", *const cat[] = { name, NULL };
	pid_t child = SUCCEEDS(unix_spawn(cat, &options, near));

	send_text(near, "hello\n");
	expect_text(near, "hello\n");
	SUCCEEDS(unix_close_output(near));
	expect_eof(near);
	expect_clean_end(child);
}

void
missing_program(void)
{
	char name[] = "./missing", *const missing[] = { name, NULL };

	FAILS_WITH(ENOENT, unix_spawn(missing, &options, near));
	FAILS_WITH(ECHILD, waitpid(-1, NULL, 0));
}
