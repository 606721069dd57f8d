/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unix_serve(3), whose handlers serve hostile clients.  There is room for
 * more, or an honest client waits until a timeout ends a handler.
 */
#include "attack.h"

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>

#define CLIENTS		(HOARDERS + 3)

static void
echo(struct unix_ports *client, void *context)
{
	struct unix_buffer line = { .bytes = NULL };

	(void)context;
	while (unix_get_line(client->in, &line, 0) == 1 &&
	    fprintf(client->out, "%s\n", line.bytes) >= 0)
		;
	unix_free_buffer(&line);
}

static int
count_attackers(const struct scene *scene)
{
	return scene->attack->traits & HOARDS ? HOARDERS : HOSTILE;
}

static void *
serve(void *argument)
{
	struct scene *scene = argument;
	const struct unix_serve_options options = {
		.clients = scene->call->role == SERVES_FULL ?
		    (unsigned)count_attackers(scene) : CLIENTS,
		.clients_per_user = scene->attack->traits & EXCEEDS ?
		    1 : 0,
		.drain = TIMEOUT_MS
	};

	scene->served = errno_of(unix_serve(scene->listener, echo, NULL,
	    &options));
	return NULL;
}

static void
set_server(struct scene *scene)
{
	if (scene->call->role != SERVES_FULL)
		scene->options.read_timeout = scene->options.write_timeout = 0;
	scene->listener = unix_listen("s", &scene->options);
	need(scene->listener != NULL, "unix_listen");
	start_attacker(scene, SOCK_STREAM, count_attackers(scene));
	need(pthread_create(&scene->server, NULL, serve, scene) == 0,
	    "pthread_create");
	await_attacker(scene);
}

static int
end_server(struct scene *scene)
{
	unix_interrupt(scene->listener);
	pthread_join(scene->server, NULL);
	return scene->served;
}

static void
clear_server(struct scene *scene)
{
	if (scene->call->role != DRAINS)
		end_server(scene);
	unix_close(scene->listener);
}

static int
run_serve(struct scene *scene)
{
	return is_served(scene) ? 0 : ETIMEDOUT;
}

/* None of them waits for a place in the queue; the first one was served. */
static int
run_burst(struct scene *scene)
{
	int i;

	for (i = 1; i < HONEST; i++) {
		fcntl(scene->honest[i], F_SETFL, O_NONBLOCK);
		if (connect_honest(scene->honest[i]) == -1)
			return errno;
		fcntl(scene->honest[i], F_SETFL, 0);
	}
	for (i = 1; i < HONEST; i++)
		if (!is_answered(scene->honest[i]))
			return ETIMEDOUT;
	return 0;
}

static const struct stage server = { set_server, clear_server, 0 };

const struct call server_calls[] = {
	{ "unix_serve, a client", SERVES, &server, run_serve, 0, NULL },
	{ "unix_serve, full", SERVES_FULL, &server, run_serve, 0, NULL },
	{ "unix_serve, a burst", BURSTS, &server, run_burst, 0, NULL },
	{ "unix_serve, drain", DRAINS, &server, end_server, 0, NULL },
	{ NULL, READS, NULL, NULL, 0, NULL }
};
