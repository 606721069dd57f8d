/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests waits for clients and servers, and their ends. */
#include "selftest.h"

#define START_MS	20		/* delay of the server */
#define INTERRUPT_MS	5		/* accept has usually begun */
#define INTERRUPTING	5		/* the signal that interrupts */
#define MANY_CLIENTS	64		/* above any backlog of 1 */

static void
interrupt(void)
{
	poll(NULL, 0, INTERRUPT_MS);
	SUCCEEDS(unix_interrupt(listener));
}

void
interrupt_wakes(void)
{
	start_thread(interrupt);
	FAILS_WITH(ECANCELED, unix_accept(listener, near));
	FAILS_WITH(ECANCELED, unix_accept(listener, near));
}

/* A handler: earlier signals must not end the wait. */
static void
interrupt_at_last(int number)
{
	static volatile sig_atomic_t signals;
	int saved = errno;

	(void)number;
	if (++signals == INTERRUPTING)
		unix_interrupt(listener);
	errno = saved;
}

void
interrupt_in_handler(void)
{
	start_storm(interrupt_at_last);
	FAILS_WITH(ECANCELED, unix_accept(listener, near));
}

void
accept_timeout(void)
{
	start_storm(do_nothing);
	start_clock();
	FAILS_WITH(ETIMEDOUT, unix_accept(listener, near));
	expect_timeout(options.accept_timeout);
}

/* Some systems refuse clients if the backlog is full; UNIX_WAIT retries. */
void
full_backlog(void)
{
	struct unix_ports clients[MANY_CLIENTS];
	int count = 0;

	do {
		expect(count < MANY_CLIENTS, "there is room for all");
		start_clock();
	} while (unix_connect("s", &options, &clients[count++]) == 0);
	expect(errno == ETIMEDOUT, "another error than ETIMEDOUT");
	expect_timeout(options.connect_timeout);
	while (--count > 0)
		unix_close_ports(&clients[count - 1]);
}

static void
serve_late(void)
{
	poll(NULL, 0, START_MS);
	open_listener("s", 0);
	SUCCEEDS(unix_accept(listener, far));
	send_text(far, "welcome\n");
}

void
wait_for_server(void)
{
	start_thread(serve_late);
	SUCCEEDS(unix_connect("s", &options, near));
	expect_text(near, "welcome\n");
}
