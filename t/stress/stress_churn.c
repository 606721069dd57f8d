/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Churn: clients connect, talk and crash while a server continues: an accept
 * loop with ports of both kinds, and unix_serve().  The clients are children of
 * a driver, so that they inherit no connection of the server.
 */
#include "stress.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define CLIENTS		6	/* processes at a time */
#define STARTS		18	/* in each cycle */
#define VISITS		12	/* of each client */
#define ACCEPTORS	2
#define MAX_PIPELINED 8	/* messages before a reply is read */

static struct unix_listener *listener;
static int is_plain;

/* A client. */

/* These errors are expected only if the server ends. */
static void
excuse(const char *what)
{
	if (!shared->ending || (errno != EPIPE && errno != ECONNRESET &&
	    errno != ECONNREFUSED && errno != ENOENT && errno != EBADMSG))
		give_up("client, %s: %s", what, strerror(errno));
	_exit(0);
}

static void
ask(struct unix_ports *ports, uint32_t seed, unsigned number)
{
	if (say(ports->out, seed, number) == -1 || fflush(ports->out) == EOF)
		excuse("question");
}

static void
expect_answer(struct unix_ports *ports, struct unix_buffer *buffer,
    uint32_t seed, unsigned number)
{
	int result = hear(ports->in, buffer, seed + 1, number);

	if (result == 0)
		errno = ECONNRESET;
	if (result != 1)
		excuse("answer");
}

static void
converse(struct unix_ports *ports, uint32_t seed)
{
	struct unix_buffer buffer = { .bytes = NULL };
	unsigned count = pick(30), number;

	for (number = 0; number < count; number++) {
		ask(ports, seed, number);
		expect_answer(ports, &buffer, seed, number);
	}
	unix_free_buffer(&buffer);
}

/* Reads all answers after it has sent EOF. */
static void
ask_all_first(struct unix_ports *ports, uint32_t seed)
{
	struct unix_buffer buffer = { .bytes = NULL };
	unsigned count = pick(MAX_PIPELINED), number;
	int result;

	for (number = 0; number < count; number++)
		ask(ports, seed, number);
	if (unix_close_output(ports) == -1)
		excuse("closing");
	for (number = 0; number < count; number++)
		expect_answer(ports, &buffer, seed, number);
	result = hear(ports->in, &buffer, seed + 1, number);
	if (result != 0)
		excuse("end");
	unix_free_buffer(&buffer);
}

static void
leave_early(struct unix_ports *ports, uint32_t seed)
{
	unsigned count = pick(MAX_PIPELINED), number;

	for (number = 0; number < count; number++)
		ask(ports, seed, number);
}

static void
hang_up(struct unix_ports *ports, uint32_t seed)
{
	leave_early(ports, seed);
	if (unix_hang_up(ports) == -1)
		give_up("hanging up: %s", strerror(errno));
}

static void
crash(struct unix_ports *ports, uint32_t seed)
{
	unsigned number = pick(MAX_PIPELINED), i;

	for (i = 0; i < number; i++)
		ask(ports, seed, i);
	if (say_half(ports->out, seed, number) == -1)
		excuse("half a question");
	raise(SIGKILL);
}

static void
visit(void)
{
	static void (*const ways[])(struct unix_ports *, uint32_t) = {
		converse, converse, converse, ask_all_first, leave_early,
		hang_up, crash
	};
	struct unix_options options = { .flags = pick(2) * UNIX_GUARDED,
	    .sigpipe = UNIX_SIGPIPE_IGNORE };
	uint32_t seed = new_seed();
	struct unix_ports ports;

	if (unix_connect("s", &options, &ports) == -1)
		excuse("connect");
	shared->connections++;
	if (fprintf(ports.out, "%lu\n", (unsigned long)seed) < 0 ||
	    fflush(ports.out) == EOF)
		excuse("greeting");
	ways[pick(COUNT(ways))](&ports, seed);
	unix_close_ports(&ports);
}

static void
visit_often(void)
{
	int i;

	for (i = 0; i < VISITS; i++)
		visit();
}

/* The server. */

static void
expect_gone(const char *what)
{
	if (errno != EPIPE && errno != ECONNRESET && errno != EBADMSG)
		give_up("server, %s: %s", what, strerror(errno));
}

static void
answer(struct unix_ports *ports, void *context)
{
	struct unix_buffer buffer = { .bytes = NULL };
	int result = unix_get_line(ports->in, &buffer, MAX_MESSAGE_BYTES);
	unsigned number = 0;
	uint32_t seed = 0;

	(void)context;
	if (result == 1)
		seed = (uint32_t)strtoul(buffer.bytes, NULL, 10);
	while (result == 1) {
		result = hear(ports->in, &buffer, seed, number);
		if (result != 1)
			break;
		if (say(ports->out, seed + 1, number++) == -1 ||
		    (is_plain && fflush(ports->out) == EOF))
			result = -1;
	}
	if (result == -1)
		expect_gone("talk");
	unix_free_buffer(&buffer);
}

static void *
accept_all(void *argument)
{
	struct unix_ports ports;

	while (unix_accept(listener, &ports) == 0) {
		answer(&ports, NULL);
		if (unix_close_ports(&ports) == -1 && errno != EIO)
			expect_gone("closing");
	}
	need(errno == ECANCELED);
	return argument;
}

static void *
serve_all(void *argument)
{
	const struct unix_serve_options options = { .clients = 4,
	    .drain = DRAIN_MS };

	need(unix_serve(listener, answer, NULL, &options) == 0);
	return argument;
}

/* EARLY: the server ends before its clients. */
static void
run(void *(*body)(void *), int count, unsigned flags, int early)
{
	const struct unix_options options = { .flags = flags,
	    .sigpipe = UNIX_SIGPIPE_IGNORE };
	pthread_t thread[ACCEPTORS];
	pid_t driver;
	int i;

	is_plain = flags == 0;
	listener = unix_listen("s", &options);
	need(listener != NULL);
	driver = split();
	if (driver == 0) {
		unix_close(listener);
		shared->events += drive(visit_often, CLIENTS, STARTS);
		_exit(0);
	}
	for (i = 0; i < count; i++)
		thread[i] = start_thread(body, NULL);
	if (early)
		nap(50);
	else
		await(driver);
	shared->ending = 1;
	need(unix_interrupt(listener) == 0);
	for (i = 0; i < count; i++)
		join_thread(thread[i]);
	need(unix_close(listener) == 0);
	if (early)
		await(driver);
}

static void
run_plain(unsigned number)
{
	run(accept_all, ACCEPTORS, 0, number % 4 == 3);
}

static void
run_guarded(unsigned number)
{
	run(accept_all, ACCEPTORS, UNIX_GUARDED, number % 4 == 3);
}

static void
run_serve(unsigned number)
{
	run(serve_all, 1, UNIX_GUARDED, number % 4 == 3);
}

const struct scenario churn[] = {
	{ "churn/plain", run_plain, "crashes", 0 },
	{ "churn/guarded", run_guarded, "crashes", 0 },
	{ "churn/serve", run_serve, "crashes", 0 },
	{ NULL, NULL, NULL, 0 }
};
