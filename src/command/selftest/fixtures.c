/* SPDX-License-Identifier: BSD-2-Clause */
/* What a check uses: ports, a listener, threads and a storm of signals. */
#include "selftest.h"

#include <sys/time.h>

#define MAX_THREADS	2
#define STORM_US	1000		/* from one signal to the next */

static struct unix_ports pair[2];
static struct thread {
	pthread_t id;
	void (*run)(void);
} threads[MAX_THREADS];
static int thread_count;

struct unix_options options;
struct unix_ports *const near = &pair[0], *const far = &pair[1];
struct unix_listener *listener;

/* Only this policy is one that a system may lack, for plain ports. */
void
make_pair(void)
{
	SUPPORTED(unix_pair(&options, pair),
	    options.sigpipe == UNIX_SIGPIPE_ERROR ? ENOTSUP : 0);
}

/* LACKING, if not 0, is the error on a system without such addresses. */
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

/* Or the check ends: this system lacks them. */
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

/* Ports are closed after the threads that use them. */
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

/* The signals of a storm are for the thread of the check. */
static void *
run_thread(void *thread)
{
	sigset_t storm;

	sigemptyset(&storm);
	sigaddset(&storm, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &storm, NULL);
	((struct thread *)thread)->run();
	return NULL;
}

void
start_thread(void (*run)(void))
{
	struct thread *thread = &threads[thread_count++];

	thread->run = run;
	errno = pthread_create(&thread->id, NULL, run_thread, thread);
	expect_success(errno == 0 ? 0 : -1, 0, "pthread_create");
}

void
join_threads(void)
{
	while (thread_count > 0)
		pthread_join(threads[--thread_count].id, NULL);
}

static void
set_storm(int us)
{
	const struct itimerval timer = { .it_value.tv_usec = us,
	    .it_interval.tv_usec = us };

	SUCCEEDS(setitimer(ITIMER_REAL, &timer, NULL));
}

/* A signal each millisecond. */
void
start_storm(void (*handler)(int))
{
	handle(SIGALRM, handler);
	set_storm(STORM_US);
}

void
stop_storm(void)
{
	set_storm(0);
	handle(SIGALRM, SIG_DFL);
}
