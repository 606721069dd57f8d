/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fork(2) while threads use guarded ports.  The children abandon these ports
 * and open others, and the threads are not affected.
 */
#include "stress.h"

#include <unistd.h>

#define TALKERS		2	/* connections with a thread at each end */
#define CHILDREN	30
#define CHILD_TIMEOUT_SECONDS	60

struct talk {
	struct unix_ports ports[2];
	uint32_t seed;
	pthread_t asker, answerer;
};

static struct talk talk[TALKERS];
static _Atomic int stop;

static void *
ask(void *argument)
{
	struct talk *own = argument;
	struct unix_buffer buffer = { .bytes = NULL };
	unsigned number;

	for (number = 0; !stop; number++) {
		need(say(own->ports[0].out, own->seed, number) == 0);
		need(hear(own->ports[0].in, &buffer, own->seed + 1,
		    number) == 1);
	}
	need(unix_close_output(&own->ports[0]) == 0);
	need(hear(own->ports[0].in, &buffer, own->seed + 1, number) == 0);
	unix_free_buffer(&buffer);
	return argument;
}

static void *
answer(void *argument)
{
	struct talk *own = argument;
	struct unix_buffer buffer = { .bytes = NULL };
	unsigned number;
	int result;

	for (number = 0; (result = hear(own->ports[1].in, &buffer, own->seed,
	    number)) == 1; number++)
		need(say(own->ports[1].out, own->seed + 1, number) == 0);
	need(result == 0);
	need(unix_close_output(&own->ports[1]) == 0);
	unix_free_buffer(&buffer);
	return argument;
}

/* Opens and closes ports until the end. */
static void
talk_to_oneself(void)
{
	const struct unix_options options = { .flags = UNIX_GUARDED };
	struct unix_buffer buffer = { .bytes = NULL };
	uint32_t seed = new_seed();
	struct unix_ports pair[2];
	unsigned number;

	need(unix_pair(&options, pair) == 0);
	for (number = 0; number < 3; number++)
		need(say(pair[0].out, seed, number) == 0);
	need(unix_close_ports(&pair[0]) == 0);
	for (number = 0; number < 3; number++)
		need(hear(pair[1].in, &buffer, seed, number) == 1);
	need(hear(pair[1].in, &buffer, seed, number) == 0);
	need(unix_close_ports(&pair[1]) == 0);
	unix_free_buffer(&buffer);
	shared->connections++;
}

static void *
open_and_close(void *argument)
{
	while (!stop)
		talk_to_oneself();
	return argument;
}

/* Threads that do not exist in the child may hold locks of the ports. */
static void
run_child(void)
{
	int i, j;

	alarm(CHILD_TIMEOUT_SECONDS);
	for (i = 0; i < TALKERS; i++)
		for (j = 0; j < 2; j++)
			need(unix_abandon_ports(&talk[i].ports[j]) == 0);
	talk_to_oneself();
	_exit(0);
}

static void
fork_often(void)
{
	pid_t child;
	int i;

	for (i = 0; i < CHILDREN; i++) {
		child = split();
		if (child == 0)
			run_child();
		shared->events++;
		await(child);
	}
}

static void
start(struct talk *own)
{
	const struct unix_options options = { .flags = UNIX_GUARDED };

	own->seed = new_seed();
	need(unix_pair(&options, own->ports) == 0);
	own->asker = start_thread(ask, own);
	own->answerer = start_thread(answer, own);
}

static void
finish(struct talk *own)
{
	join_thread(own->asker);
	join_thread(own->answerer);
	need(unix_close_ports(&own->ports[0]) == 0);
	need(unix_close_ports(&own->ports[1]) == 0);
}

static void
run_forks(unsigned number)
{
	pthread_t opener;
	int i;

	(void)number;
	stop = 0;
	for (i = 0; i < TALKERS; i++)
		start(&talk[i]);
	opener = start_thread(open_and_close, NULL);
	fork_often();
	stop = 1;
	join_thread(opener);
	for (i = 0; i < TALKERS; i++)
		finish(&talk[i]);
}

/* The allocator of ASan remains locked in such a child. */
const struct scenario forks[] = {
	{ "forks", run_forks, "children", 1 },
	{ NULL, NULL, NULL, 0 }
};
