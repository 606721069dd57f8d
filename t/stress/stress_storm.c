/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signal storms: a handler without SA_RESTART runs thousands of times a second
 * while lines, frames and descriptors are exchanged.  Sockets are always full,
 * and some reads time out.
 */
#include "stress.h"

#include <sys/time.h>
#include <signal.h>

#define TICK_US		250
#define MESSAGES	400
#define READ_TIMEOUT_MS	2	/* the read is repeated */
#define WRITE_TIMEOUT_MS 60000	/* never reached */

static struct unix_ports asking, answering;
static uint32_t seed;

static void
on_tick(int number)
{
	(void)number;
	shared->events++;
}

static void
set_timer(int microseconds)
{
	const struct itimerval timer = {
		.it_interval.tv_usec = microseconds,
		.it_value.tv_usec = microseconds
	};

	need(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

/* Repeats the read after each timeout. */
static int
hear_in_time(FILE *in, struct unix_buffer *buffer, uint32_t whose,
    unsigned number)
{
	int result;

	do
		result = hear(in, buffer, whose, number);
	while (result == -1 && errno == ETIMEDOUT);
	if (result == -1)
		give_up("message %u: %s", number, strerror(errno));
	return result;
}

static void *
ask(void *argument)
{
	unsigned number;

	for (number = 0; number < MESSAGES; number++) {
		if (say_files(&asking, seed, number) == -1)
			give_up("question: %s", strerror(errno));
		if (pick(8) == 0)
			need(fflush(asking.out) == 0);
		if (pick(50) == 0)
			nap(2 * READ_TIMEOUT_MS);
	}
	need(unix_close_output(&asking) == 0);
	return argument;
}

/* Does not flush, since the next read sends its output. */
static void *
answer(void *argument)
{
	struct unix_buffer buffer = { .bytes = NULL };
	unsigned number;

	for (number = 0; hear_in_time(answering.in, &buffer, seed,
	    number) == 1; number++) {
		take_files(&answering, seed, number);
		if (say_files(&answering, seed + 1, number) == -1)
			give_up("answer: %s", strerror(errno));
	}
	need(number == MESSAGES);
	need(unix_close_ports(&answering) == 0);
	unix_free_buffer(&buffer);
	return argument;
}

static void *
listen_to_answers(void *argument)
{
	struct unix_buffer buffer = { .bytes = NULL };
	unsigned number;

	for (number = 0; hear_in_time(asking.in, &buffer, seed + 1,
	    number) == 1; number++)
		take_files(&asking, seed + 1, number);
	need(number == MESSAGES);
	unix_free_buffer(&buffer);
	return argument;
}

/* The signals also interrupt opening and closing. */
static void
open_both(const struct unix_options *options)
{
	struct unix_listener *listener = unix_listen("s", options);

	need(listener != NULL);
	need(unix_connect("s", options, &asking) == 0);
	need(unix_accept(listener, &answering) == 0);
	need(unix_close(listener) == 0);
	shared->connections++;
}

/*
 * Runs three threads with the signals blocked in this one, which would
 * otherwise receive most of them.
 */
static void
talk(void)
{
	pthread_t thread[] = {
		start_thread(ask, NULL), start_thread(answer, NULL),
		start_thread(listen_to_answers, NULL)
	};
	sigset_t tick, usual;
	size_t i;

	sigemptyset(&tick);
	sigaddset(&tick, SIGALRM);
	need(pthread_sigmask(SIG_BLOCK, &tick, &usual) == 0);
	for (i = 0; i < COUNT(thread); i++)
		join_thread(thread[i]);
	need(pthread_sigmask(SIG_SETMASK, &usual, NULL) == 0);
}

static void
run_storm(unsigned number)
{
	static const size_t sizes[] = { 0, 100, 4096 };
	struct unix_options options = {
		.flags = UNIX_GUARDED | UNIX_FILES,
		.buffer_size = sizes[number % COUNT(sizes)]
	};
	const struct sigaction action = { .sa_handler = on_tick };

	if (number % 2 == 0) {
		options.read_timeout = READ_TIMEOUT_MS;
		options.write_timeout = WRITE_TIMEOUT_MS;
	}
	need(sigaction(SIGALRM, &action, NULL) == 0);
	set_timer(TICK_US);
	seed = new_seed();
	open_both(&options);
	if (number % 4 >= 2) {
		narrow(&asking);
		narrow(&answering);
	}
	talk();
	need(unix_close_ports(&asking) == 0);
	set_timer(0);
}

const struct scenario storm[] = {
	{ "storm", run_storm, "signals", 0 },
	{ NULL, NULL, NULL, 0 }
};
