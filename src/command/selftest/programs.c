/* SPDX-License-Identifier: BSD-2-Clause */
/* Servers of many clients, and programs as children. */
#include "selftest.h"

#include <sys/wait.h>
#include <errno.h>

#define CLIENTS		5

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

static void *
serve(void *listener)
{
	succeeds(unix_serve(listener, echo, NULL, NULL), "unix_serve");
	return NULL;
}

static struct unix_listener *
listen_guarded(void)
{
	const struct unix_options options = { .flags = UNIX_GUARDED };

	return listen_at("s", &options);
}

static void
connect_clients(void)
{
	int i;

	for (i = 0; i < CLIENTS; i++)
		succeeds(unix_connect("s", NULL, &clients[i]),
		    "unix_connect");
}

static void
close_clients(void)
{
	int i;

	for (i = 0; i < CLIENTS; i++)
		succeeds(unix_close_ports(&clients[i]), "unix_close_ports");
}

/* The last one is served although the others say nothing. */
static void
many_at_once(void)
{
	struct unix_listener *listener = listen_guarded();
	pthread_t server = begin_thread(serve, listener);

	connect_clients();
	tell(&clients[CLIENTS - 1], "hello\n");
	hear(&clients[CLIENTS - 1], "hello\n");
	succeeds(unix_interrupt(listener), "unix_interrupt");
	end_thread(server);
	close_clients();
	close_listener(listener);
}

/* What was asked before it stops. */
static void
all_answered(void)
{
	struct unix_listener *listener = listen_guarded();
	pthread_t server = begin_thread(serve, listener);
	int i;

	connect_clients();
	for (i = 0; i < CLIENTS; i++) {
		tell(&clients[i], "one\n");
		hear(&clients[i], "one\n");
		tell(&clients[i], "two\n");
	}
	succeeds(unix_interrupt(listener), "unix_interrupt");
	end_thread(server);
	for (i = 0; i < CLIENTS; i++) {
		hear(&clients[i], "two\n");
		hear_end(&clients[i]);
	}
	close_clients();
	close_listener(listener);
}

static void
child_both_ways(void)
{
	const struct unix_options options = { .flags = kind };
	char name[] = "cat";
	char *const cat[] = { name, NULL };
	struct unix_ports ports;
	pid_t child;

	if (kind == UNIX_GUARDED)
		require_guarded();
	child = unix_spawn(cat, &options, &ports);
	succeeds(child, "unix_spawn cat");
	tell(&ports, "hello\n");
	hear(&ports, "hello\n");
	succeeds(unix_close_output(&ports), "unix_close_output");
	hear_end(&ports);
	end_well(child);
	succeeds(unix_close_ports(&ports), "unix_close_ports");
}

static void
no_program(void)
{
	const struct unix_options options = { .flags = kind };
	char name[] = "./missing";
	char *const missing[] = { name, NULL };
	struct unix_ports ports;

	if (kind == UNIX_GUARDED)
		require_guarded();
	fails(unix_spawn(missing, &options, &ports), ENOENT, "unix_spawn");
	fails(waitpid(-1, NULL, 0), ECHILD, "waitpid");
}

static const struct guarantee guarantees[] = {
	{ "silent clients do not hold up the others", NEITHER, many_at_once },
	{ "a server that is stopped answers what was asked", NEITHER,
	    all_answered },
	{ "a program is talked to both ways", BOTH, child_both_ways },
	{ "a program that is missing is told, and leaves no child", BOTH,
	    no_program }
};

const struct chapter programs_chapter = CHAPTER("Servers and programs",
    guarantees);
