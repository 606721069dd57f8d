/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the fixtures of a check: ports, a listener, threads and signals. */
#include "selftest.h"

#include <time.h>

#define MAX_THREADS	2
#define STORM_NS	1000000L	/* interval of signals */

static struct unix_ports pair[2];
static struct thread {
	pthread_t id;
	void (*run)(void);
} threads[MAX_THREADS];
static int thread_count;
static pthread_t storm;
static _Atomic int stormy;

struct unix_options options;
struct unix_ports *const near = &pair[0], *const far = &pair[1];
struct unix_listener *listener;

/* Plain ports fail with ENOTSUP on systems without SO_NOSIGPIPE. */
void
make_pair(void)
{
	SUPPORTED(unix_pair(&options, pair),
	    options.sigpipe == UNIX_SIGPIPE_ERROR ? ENOTSUP : 0);
}

/* LACKING specifies the errno of a system without such addresses, or 0. */
void
open_listener(const char *address, int lacking)
{
	listener = unix_listen(address, &options);
	expect_success(listener == NULL ? -1 : 0, lacking, "unix_listen");
}

void
open_connection(const char *address)
{
	SUCCEEDS(unix_connect(address, &options, near));
	SUCCEEDS(unix_accept(listener, far));
}

void
close_pair(void)
{
	SUCCEEDS(unix_close_ports(near));
	SUCCEEDS(unix_close_ports(far));
}

void
close_listener(void)
{
	SUCCEEDS(unix_close(listener));
	listener = NULL;
}

/* Exits if the system lacks guarded ports. */
static void
require_guarded_ports(void)
{
	const struct unix_options guarded = { .flags = UNIX_GUARDED };

	SUPPORTED(unix_pair(&guarded, pair), ENOTSUP);
	close_pair();
}

void
make_fixtures(const struct guarantee *guarantee, unsigned kind)
{
	options = guarantee->options;
	if (kind == GUARDED)
		options.flags |= UNIX_GUARDED;
	if ((options.flags & UNIX_GUARDED) != 0)
		require_guarded_ports();
	if ((guarantee->fixtures & NO_SIGPIPE) != 0)
		signal(SIGPIPE, SIG_IGN);
	if ((guarantee->fixtures & PAIR) != 0)
		make_pair();
	if ((guarantee->fixtures & LISTENER) != 0)
		open_listener("s", 0);
}

static void
stop_storm(void)
{
	if (!stormy)
		return;
	stormy = 0;
	pthread_join(storm, NULL);
	handle(SIGUSR1, SIG_DFL);
}

/* Threads would use closed ports, so join them first. */
void
release_fixtures(const struct guarantee *guarantee)
{
	stop_storm();
	join_threads();
	close_pair();
	close_listener();
	if ((guarantee->fixtures & NO_SIGPIPE) != 0)
		signal(SIGPIPE, SIG_DFL);
}

static void
create_thread(pthread_t *id, void *(*run)(void *), void *argument)
{
	errno = pthread_create(id, NULL, run, argument);
	expect_success(errno == 0 ? 0 : -1, 0, "pthread_create");
}

static void *
run_thread(void *thread)
{
	((struct thread *)thread)->run();
	return NULL;
}

void
start_thread(void (*run)(void))
{
	struct thread *thread = &threads[thread_count++];

	thread->run = run;
	create_thread(&thread->id, run_thread, thread);
}

void
join_threads(void)
{
	while (thread_count > 0)
		pthread_join(threads[--thread_count].id, NULL);
}

static void *
send_signals(void *target)
{
	const struct timespec pause = { .tv_nsec = STORM_NS };

	while (stormy) {
		pthread_kill(*(pthread_t *)target, SIGUSR1);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

/*
 * Signals for the calling thread.  A timer would cancel the alarm(2) that
 * limits the check.
 */
void
start_storm(void (*handler)(int))
{
	static pthread_t target;

	target = pthread_self();
	handle(SIGUSR1, handler);
	stormy = 1;
	create_thread(&storm, send_signals, &target);
}
