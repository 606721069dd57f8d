/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests waits for clients and servers, and their ends. */
#include "selftest.h"

#define MANY_CLIENTS	64		/* more than a backlog of 1 admits */

static void
interrupt(void)
{
	SUCCEEDS(unix_interrupt(listener));
}

void
interrupt_wakes(void)
{
	start_thread(interrupt, DELAY_MS);
	FAILS_WITH(ECANCELED, unix_accept(listener, near));
	FAILS_WITH(ECANCELED, unix_accept(listener, near));
}

/* The signals before the interruption must not end the wait. */
void
interrupt_in_handler(void)
{
	start_storm(interrupt);
	FAILS_WITH(ECANCELED, unix_accept(listener, near));
}

void
accept_timeout(void)
{
	long long start = now_ms();

	start_storm(NULL);
	FAILS_WITH(ETIMEDOUT, unix_accept(listener, near));
	expect(now_ms() - start >= options.accept_timeout,
	    "it is early");
}

/* Some systems refuse clients if the backlog is full; UNIX_WAIT retries. */
void
full_backlog(void)
{
	struct unix_ports clients[MANY_CLIENTS];
	long long start;
	int count = 0;

	do {
		expect(count < MANY_CLIENTS, "the backlog never fills");
		start = now_ms();
	} while (unix_connect("s", &options, &clients[count++]) == 0);
	expect(errno == ETIMEDOUT, "another error than ETIMEDOUT");
	expect(now_ms() - start >= options.connect_timeout,
	    "it is early");
	while (--count > 0)
		unix_close_ports(&clients[count - 1]);
}

static void
serve(void)
{
	open_listener("s", 0);
	SUCCEEDS(unix_accept(listener, far));
	send_text(far, "welcome\n");
}

void
wait_for_server(void)
{
	start_thread(serve, DELAY_MS);
	SUCCEEDS(unix_connect("s", &options, near));
	expect_text(near, "welcome\n");
}
