/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of a client, whose server is the attacker and has a full queue; and of
 * a server that meets it at the path.
 */
#include "attack.h"

#include <sys/socket.h>
#include <errno.h>
#include <unistd.h>

static void
set_stream(struct scene *scene)
{
	start_hostile_server(scene, SOCK_STREAM);
	await_attacker(scene);
}

static void
set_datagram(struct scene *scene)
{
	start_hostile_server(scene, SOCK_DGRAM);
	await_attacker(scene);
}

static void
clear_client(struct scene *scene)
{
	unix_abandon_ports(&scene->ports[0]);
	unix_close(scene->listener);
	unlink("s");
}

static int
run_connect(struct scene *scene)
{
	if (scene->call->role == WAITS_FOR_SERVER)
		scene->options.flags |= UNIX_WAIT;
	return errno_of(unix_connect("s", &scene->options,
	    &scene->ports[0]));
}

static int
run_listen(struct scene *scene)
{
	scene->listener = unix_listen("s", &scene->options);
	return scene->listener == NULL ? errno : 0;
}

static int
run_explain(struct scene *scene)
{
	char text[200];

	(void)scene;
	unix_explain("s", ETIMEDOUT, text, sizeof(text));
	return 0;
}

static int
run_send(struct scene *scene)
{
	(void)scene;
	return errno_of(unix_send("s", "datagram", 8));
}

static const struct stage stream = { set_stream, clear_client, 1 };
static const struct stage datagram = { set_datagram, clear_client, 1 };

const struct call client_calls[] = {
	{ "unix_connect", CONNECTS, &stream, run_connect, 0, NULL },
	{ "unix_connect, wait", WAITS_FOR_SERVER, &stream, run_connect,
	    0, NULL },
	{ "unix_listen", LISTENS, &stream, run_listen, 0, NULL },
	{ "unix_explain", EXPLAINS, &stream, run_explain, 0, NULL },
	{ "unix_send", SENDS, &datagram, run_send, 0, NULL },
	{ NULL, READS, NULL, NULL, 0, NULL }
};
