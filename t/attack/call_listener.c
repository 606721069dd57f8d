/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on a listener, whose queue holds hostile clients. */
#include "attack.h"

#include <sys/socket.h>
#include <errno.h>
#include <unistd.h>

#define MAX_DATAGRAMS	100	/* more than a queue holds */

/* Older releases do not have this. */
ssize_t unix_receive(struct unix_listener *listener, void *bytes, size_t size,
    struct unix_peer *peer) __attribute__((weak));

/*
 * Each hoarder has been accepted, its descriptors have been received, and an
 * honest client waits.
 */
static void
accept_hoarders(struct scene *scene)
{
	size_t i;

	need(connect_honest(scene->honest[0]) == 0, "an honest client");
	for (i = 0; i < HOARDERS; i++) {
		need(unix_accept(scene->listener, &scene->ports[i]) == 0,
		    "unix_accept of a hoarder");
		getc(scene->ports[i].in);
	}
}

static void
set_listener(struct scene *scene)
{
	enum role role = scene->call->role;
	int hoards = (scene->attack->traits & HOARDS) != 0;

	if (role == DROPS)
		scene->options.flags |= UNIX_SAME_USER;
	scene->listener = unix_listen("s", &scene->options);
	need(scene->listener != NULL, "unix_listen");
	start_attacker(scene, SOCK_STREAM, hoards ? HOARDERS : HOSTILE);
	await_attacker(scene);
	if (hoards && role == ACCEPTS)
		accept_hoarders(scene);
}

static void
set_datagrams(struct scene *scene)
{
	scene->options = (struct unix_options){ .flags = UNIX_DATAGRAM,
	    .accept_timeout = scene->call->accept_timeout };
	scene->listener = unix_listen("s", &scene->options);
	need(scene->listener != NULL, "unix_listen");
	start_attacker(scene, SOCK_DGRAM, 1);
	await_attacker(scene);
}

static void
clear_listener(struct scene *scene)
{
	size_t i;

	for (i = 0; i < COUNT(scene->ports); i++)
		unix_abandon_ports(&scene->ports[i]);
	unix_close(scene->listener);
}

/* All clients of the queue, then one more. */
static int
run_accept(struct scene *scene)
{
	unsigned traits = scene->attack->traits;
	size_t expected = HOSTILE, first = 0, i;

	if (scene->call->role == DROPS)
		expected = 0;
	else if (traits & (HOARDS | IS_STORM))
		expected = COUNT(scene->ports);
	if (scene->call->role == ACCEPTS && traits & HOARDS)
		first = HOARDERS;
	for (i = first; i < COUNT(scene->ports); i++)
		if (unix_accept(scene->listener, &scene->ports[i]) == -1)
			break;
	if (i != expected && errno == ETIMEDOUT)
		problem("%zu clients instead of %zu", i, expected);
	return i == COUNT(scene->ports) ? 0 : errno;
}

static int
run_accept_ready(struct scene *scene)
{
	int result = unix_accept_ready(scene->listener);

	return result == 1 ? 0 : result == 0 ? EAGAIN : errno;
}

static int
has_no_receive(void)
{
	return unix_receive == NULL;
}

/* All datagrams of the queue, then a wait for one more. */
static int
run_receive(struct scene *scene)
{
	char bytes[100];
	struct unix_peer peer;
	int i;

	for (i = 0; i < MAX_DATAGRAMS; i++)
		if (unix_receive(scene->listener, bytes, sizeof(bytes),
		    &peer) == -1 && errno != EMSGSIZE)
			return errno;
	return 0;
}

static int
run_close(struct scene *scene)
{
	struct unix_listener *listener = scene->listener;

	scene->listener = NULL;
	return errno_of(unix_close(listener));
}

static const struct stage queue = { set_listener, clear_listener, 0 };
static const struct stage datagrams = { set_datagrams, clear_listener, 0 };

const struct call listener_calls[] = {
	{ "unix_accept", ACCEPTS, &queue, run_accept, TIMEOUT_MS, NULL },
	{ "unix_accept, stranger", DROPS, &queue, run_accept, TIMEOUT_MS,
	    NULL },
	{ "unix_accept, no wait", DROPS, &queue, run_accept, -1, NULL },
	{ "unix_accept_ready", LOOKS, &queue, run_accept_ready, 0, NULL },
	{ "unix_close", CLOSES_LISTENER, &queue, run_close, 0, NULL },
	{ "unix_close, datagrams", CLOSES_DATAGRAMS, &datagrams, run_close,
	    0, NULL },
	{ "unix_receive", RECEIVES, &datagrams, run_receive, TIMEOUT_MS,
	    has_no_receive },
	{ NULL, READS, NULL, NULL, 0, NULL }
};
