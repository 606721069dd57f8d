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
begin_service(void)
{
	int i;

	start_thread(serve, 0);
	for (i = 0; i < CLIENTS; i++)
		SUCCEEDS(unix_connect("s", NULL, &clients[i]));
}

/* PENDING is the answer that each client expects, or NULL. */
static void
end_service(const char *pending)
{
	int i;

	SUCCEEDS(unix_interrupt(listener));
	join_threads();
	for (i = 0; i < CLIENTS; i++) {
		if (pending != NULL)
			expect_text(&clients[i], pending);
		expect_eof(&clients[i]);
		SUCCEEDS(unix_close_ports(&clients[i]));
	}
}

/* A server with one thread would wait for the first client. */
void
silent_clients(void)
{
	begin_service();
	send_text(&clients[CLIENTS - 1], "hello\n");
	expect_text(&clients[CLIENTS - 1], "hello\n");
	end_service(NULL);
}

void
server_drains(void)
{
	int i;

	begin_service();
	for (i = 0; i < CLIENTS; i++) {
		send_text(&clients[i], "one\n");
		expect_text(&clients[i], "one\n");
		send_text(&clients[i], "two\n");
	}
	end_service("two\n");
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
	judge_end(await_process(child));
}

void
missing_program(void)
{
	char name[] = "./missing", *const missing[] = { name, NULL };

	FAILS_WITH(ENOENT, unix_spawn(missing, &options, near));
	FAILS_WITH(ECHILD, waitpid(-1, NULL, 0));
}
