/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the fixtures of a check: ports, a listener, threads and signals. */
#include "selftest.h"

#define MAX_THREADS	2
#define SIGNAL_MS	1		/* interval of signals */
#define ACTING_SIGNAL	5		/* earlier ones only interrupt */

static struct unix_ports pair[2];
static struct thread {
	pthread_t id;
	int delay_ms;
	void (*run)(void);
} threads[MAX_THREADS];
static int thread_count;
static _Atomic int stormy;
static pthread_t target;		/* of signals */
static void (*act_on_signal)(void);

struct unix_options options;
struct unix_ports *const near = &pair[0], *const far = &pair[1];
struct unix_listener *listener;
struct unix_buffer message;

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

void
make_fixtures(const struct guarantee *guarantee, unsigned kind)
{
	const struct unix_options guarded = { .flags = UNIX_GUARDED };

	options = guarantee->options;
	if (kind == GUARDED)
		options.flags |= UNIX_GUARDED;
	if ((options.flags & UNIX_GUARDED) != 0) {
		SUPPORTED(unix_pair(&guarded, pair), ENOTSUP);
		close_pair();
	}
	if ((guarantee->needs & PAIR) != 0)
		make_pair();
	if ((guarantee->needs & LISTENER) != 0)
		open_listener("s", 0);
}

/* Threads would use closed ports, so join them first. */
void
release_fixtures(void)
{
	join_threads();
	close_pair();
	close_listener();
	unix_free_buffer(&message);
	if (options.sigpipe == UNIX_SIGPIPE_IGNORE)
		signal(SIGPIPE, SIG_DFL);
}

static void *
run_thread(void *argument)
{
	const struct thread *thread = argument;

	poll(NULL, 0, thread->delay_ms);
	thread->run();
	return NULL;
}

void
start_thread(void (*run)(void), int delay_ms)
{
	struct thread *thread = &threads[thread_count++];

	thread->run = run;
	thread->delay_ms = delay_ms;
	errno = pthread_create(&thread->id, NULL, run_thread, thread);
	expect_success(errno == 0 ? 0 : -1, 0, "pthread_create");
}

void
join_threads(void)
{
	int storm = stormy;

	stormy = 0;
	while (thread_count > 0)
		pthread_join(threads[--thread_count].id, NULL);
	if (storm)
		signal(SIGUSR1, SIG_DFL);
}

static void
send_signals(void)
{
	while (stormy) {
		pthread_kill(target, SIGUSR1);
		poll(NULL, 0, SIGNAL_MS);
	}
}

static void
handle_signal(int number)
{
	static volatile sig_atomic_t signals;
	int saved = errno;

	(void)number;
	if (++signals == ACTING_SIGNAL && act_on_signal != NULL)
		act_on_signal();
	errno = saved;
}

/*
 * Interrupts the calling thread; the handler calls ACT once if it is not NULL.
 * A timer would cancel the alarm(2) that limits the check, and signal(3) of the
 * BSDs and glibc would set SA_RESTART, which hides EINTR.
 */
void
start_storm(void (*act)(void))
{
	const struct sigaction action = { .sa_handler = handle_signal };

	act_on_signal = act;
	target = pthread_self();
	SUCCEEDS(sigaction(SIGUSR1, &action, NULL));
	stormy = 1;
	start_thread(send_signals, 0);
}
