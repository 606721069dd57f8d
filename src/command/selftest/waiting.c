/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for clients and for servers, and its end. */
#include "selftest.h"

#include <errno.h>
#include <signal.h>

#define LIMIT		20	/* milliseconds */
#define MANY		64	/* clients, more than fit */

static struct unix_listener *listener;

static void *
interrupt(void *nothing)
{
	pause_for(5);
	unix_interrupt(listener);
	return nothing;
}

static void
interrupt_wakes(void)
{
	struct unix_ports ports;
	pthread_t thread;

	listener = listen_at("s", NULL);
	thread = begin_thread(interrupt, NULL);
	fails(unix_accept(listener, &ports), ECANCELED, "unix_accept");
	fails(unix_accept(listener, &ports), ECANCELED, "unix_accept");
	end_thread(thread);
	close_listener(listener);
}

/* The first ones may come before the wait. */
static void
interrupt_in_time(int number)
{
	static volatile sig_atomic_t signals;
	int saved = errno;

	(void)number;
	if (++signals == 5)
		unix_interrupt(listener);
	errno = saved;
}

/* Others before it do not end the wait. */
static void
handler_interrupts(void)
{
	struct unix_ports ports;
	pid_t storm;

	listener = listen_at("s", NULL);
	storm = begin_storm(interrupt_in_time);
	fails(unix_accept(listener, &ports), ECANCELED, "unix_accept");
	end_storm(storm);
	close_listener(listener);
}

static void
signals_while_waiting(void)
{
	const struct unix_options options = { .accept_timeout = LIMIT };
	long long begin = milliseconds();
	struct unix_ports ports;
	pid_t storm;

	listener = listen_at("s", &options);
	storm = begin_storm(do_nothing);
	fails(unix_accept(listener, &ports), ETIMEDOUT, "unix_accept");
	holds(milliseconds() - begin >= LIMIT, "it is early");
	end_storm(storm);
	close_listener(listener);
}

/* Some systems refuse where Linux waits: UNIX_WAIT makes them equal. */
static void
full_backlog(void)
{
	const struct unix_options options = { .backlog = 1,
	    .flags = UNIX_WAIT, .connect_timeout = LIMIT };
	struct unix_ports clients[MANY];
	long long begin;
	int count = 0;

	listener = listen_at("s", &options);
	for (;; count++) {
		holds(count < MANY, "there is room for all");
		begin = milliseconds();
		if (unix_connect("s", &options, &clients[count]) == -1)
			break;
	}
	holds(errno == ETIMEDOUT, "another error than ETIMEDOUT");
	holds(milliseconds() - begin >= LIMIT, "it is early");
	while (count > 0)
		unix_close_ports(&clients[--count]);
	close_listener(listener);
}

static void
serve_later(void *nothing)
{
	struct unix_ports ports;

	(void)nothing;
	pause_for(LIMIT);
	listener = listen_at("s", NULL);
	succeeds(unix_accept(listener, &ports), "unix_accept");
	tell(&ports, "welcome\n");
	succeeds(unix_close_ports(&ports), "unix_close_ports");
	close_listener(listener);
}

static void
waits_for_server(void)
{
	const struct unix_options options = { .flags = UNIX_WAIT };
	struct unix_ports ports;
	pid_t server = begin_process(serve_later, NULL);

	succeeds(unix_connect("s", &options, &ports), "unix_connect");
	hear(&ports, "welcome\n");
	end_well(server);
	succeeds(unix_close_ports(&ports), "unix_close_ports");
}

static const struct guarantee guarantees[] = {
	{ "an interrupt wakes who accepts, for good", NEITHER,
	    interrupt_wakes },
	{ "a signal handler may interrupt", NEITHER, handler_interrupts },
	{ "a timeout for clients is kept, whatever signals come", NEITHER,
	    signals_while_waiting },
	{ "a timeout is kept where the backlog is full", NEITHER,
	    full_backlog },
	{ "UNIX_WAIT waits for a server that starts", NEITHER,
	    waits_for_server }
};

const struct chapter waiting_chapter = CHAPTER("Waiting", guarantees);
