/* SPDX-License-Identifier: BSD-2-Clause */
/* The common part of scenarios: random numbers, time, processes, threads. */
#include "stress.h"

#include <sys/wait.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

struct shared *shared;

/* Random numbers: splitmix64, which permits any seed. */

static _Thread_local uint64_t chance;

void
begin_chance(uint64_t seed)
{
	chance = seed;
}

static uint64_t
next_chance(void)
{
	uint64_t z = chance += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

unsigned
pick(unsigned below)
{
	return (unsigned)(next_chance() >> 32) % below;
}

uint32_t
new_seed(void)
{
	return (uint32_t)(next_chance() >> 32);
}

/* Time. */

long long
milliseconds(void)
{
	struct timespec now;

	need(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void
nap(unsigned most)
{
	poll(NULL, 0, (int)pick(most + 1));
}

/* Processes and threads. */

pid_t
split(void)
{
	uint32_t seed = new_seed();
	pid_t child = fork();

	need(child != -1);
	if (child == 0)
		begin_chance(seed);
	return child;
}

void
await(pid_t child)
{
	int status;

	need(waitpid(child, &status, 0) == child);
	if (status != 0)
		give_up("a child ended with status %#x", (unsigned)status);
}

/* Waits for one of COUNT children.  Returns 1 if it was killed. */
static unsigned
reap(pid_t *child, int count)
{
	int status, i;
	pid_t ended = wait(&status);

	need(ended != -1);
	for (i = 0; i < count; i++)
		if (child[i] == ended)
			child[i] = 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return 1;
	if (status != 0)
		give_up("a client ended with status %#x", (unsigned)status);
	return 0;
}

static pid_t
start_client(void (*client)(void))
{
	pid_t child = split();

	if (child != 0)
		return child;
	client();
	_exit(0);
}

unsigned
drive(void (*client)(void), int count, int starts)
{
	pid_t child[MAX_DRIVEN_CLIENTS] = { 0 };
	unsigned killed = 0;
	int i;

	while (starts > 0) {
		for (i = 0; i < count && child[i] != 0; i++)
			;
		if (i < count) {
			child[i] = start_client(client);
			starts--;
			continue;
		}
		nap(2);
		kill(child[pick((unsigned)count)], SIGKILL);
		killed += reap(child, count);
	}
	for (i = 0; i < count; i++)
		while (child[i] != 0)
			killed += reap(child, count);
	return killed;
}

struct start {
	void *(*body)(void *);
	void *argument;
	uint32_t seed;
	_Atomic int taken;
};

static void *
run(void *argument)
{
	struct start *start = argument;
	void *(*body)(void *) = start->body;

	argument = start->argument;
	begin_chance(start->seed);
	start->taken = 1;
	return body(argument);
}

pthread_t
start_thread(void *(*body)(void *), void *argument)
{
	struct start start = { body, argument, new_seed(), 0 };
	pthread_t thread;
	int error = pthread_create(&thread, NULL, run, &start);

	if (error != 0)
		give_up("no thread: %s", strerror(error));
	while (!start.taken)
		poll(NULL, 0, 0);
	return thread;
}

void *
join_thread(pthread_t thread)
{
	void *result;

	need(pthread_join(thread, &result) == 0);
	return result;
}
