/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_serve(): clients, and the threads that serve them. */
#include "servers.h"

#include <limits.h>
#include <signal.h>

static struct server server;

START_TEST(unservable_listener_is_EINVAL)
{
	static int reserved;
	const struct unix_serve_options bad[] = {
		{ .drain = -2 },
		{ .stack_size = 1 },
		{ .idle = -1 },
		{ .idle = INT_MIN },
		{ .reserved = { &reserved } },
	};
	struct unix_listener *listener = listen_at("s", NULL);
	struct unix_listener *plain = unix_listen("plain", NULL);
	struct unix_options options = { .flags = UNIX_DATAGRAM };
	struct unix_listener *datagrams = unix_listen("datagrams", &options);
	struct unix_options never[] = {
		{ .flags = UNIX_GUARDED, .read_timeout = -1 },
		{ .flags = UNIX_GUARDED, .write_timeout = -1 },
	};
	struct unix_listener *impatient;
	size_t i;

	for (i = 0; i < COUNT(never); i++) {
		impatient = unix_listen("impatient", &never[i]);
		fails(unix_serve(impatient, echo, NULL, NULL), EINVAL);
		succeeds(unix_close(impatient));
	}
	fails(unix_serve(NULL, echo, NULL, NULL), EINVAL);
	fails(unix_serve(listener, NULL, NULL, NULL), EINVAL);
	fails(unix_serve(plain, echo, NULL, NULL), EINVAL);
	fails(unix_serve(datagrams, echo, NULL, NULL), EINVAL);
	for (i = 0; i < COUNT(bad); i++)
		fails(unix_serve(listener, echo, NULL, &bad[i]), EINVAL);
	succeeds(unix_close(listener));
	succeeds(unix_close(plain));
	succeeds(unix_close(datagrams));
}
END_TEST

START_TEST(each_client_has_its_handler)
{
	_Atomic int count = 0;
	struct unix_ports clients[5];
	size_t i;

	server.context = &count;
	start_server(&server, echo, NULL);
	for (i = 0; i < COUNT(clients); i++)
		enter(&clients[i]);
	for (i = COUNT(clients); i-- > 0;) {
		ask(&clients[i], "one\n");
		ask(&clients[i], "two\n");
	}
	for (i = 0; i < COUNT(clients); i++) {
		succeeds(unix_close_output(&clients[i]));
		expect_end(clients[i].in);
		leave(&clients[i]);
	}
	end_server(&server);
	ck_assert_int_eq(count, 5);
}
END_TEST

/* The threads that have served, without repetition. */
static pid_t threads[100];
static unsigned thread_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
note_thread(struct unix_ports *ports, void *context)
{
	unsigned i;

	(void)ports;
	(void)context;
	pthread_mutex_lock(&lock);
	for (i = 0; i < thread_count && threads[i] != thread_id(); i++)
		;
	if (i == thread_count)
		threads[thread_count++] = thread_id();
	pthread_mutex_unlock(&lock);
}

START_TEST(threads_are_reused_and_exclude_the_caller)
{
	const struct unix_serve_options options = { .clients = 3 };
	struct unix_ports client;
	unsigned i;

	start_server(&server, note_thread, &options);
	for (i = 0; i < 60; i++) {
		enter(&client);
		expect_end(client.in);
		leave(&client);
	}
	end_server(&server);
	ck_assert_uint_ge(thread_count, 1);
	ck_assert_uint_le(thread_count, 3);
	for (i = 0; i < thread_count; i++)
		ck_assert_int_ne(threads[i], server.id);
}
END_TEST

/* Signals below 32 only: glibc reserves the first real-time signals. */
static void
tell_signals(struct unix_ports *ports, void *context)
{
	sigset_t blocked;
	int i, open = 0;

	(void)context;
	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	for (i = 1; i < 32; i++)
		if (i != SIGKILL && i != SIGSTOP && !sigismember(&blocked, i))
			open++;
	fprintf(ports->out, "%d\n", open);
}

START_TEST(every_signal_is_blocked_in_handlers_and_only_there)
{
	struct unix_ports client;
	sigset_t before, after;
	int i;

	pthread_sigmask(SIG_SETMASK, NULL, &before);
	start_server(&server, tell_signals, NULL);
	for (i = 0; i < 10; i++) {
		enter(&client);
		expect(client.in, "0\n");
		leave(&client);
	}
	end_server(&server);
	pthread_sigmask(SIG_SETMASK, NULL, &after);
	for (i = 1; i < 32; i++)
		ck_assert_int_eq(sigismember(&before, i),
		    sigismember(&after, i));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");

	tcase_add_test(core, unservable_listener_is_EINVAL);
	tcase_add_test(core, each_client_has_its_handler);
	tcase_add_test(core, threads_are_reused_and_exclude_the_caller);
	tcase_add_test(core,
	    every_signal_is_blocked_in_handlers_and_only_there);
}

int
main(void)
{
	return run_guarded("serve", fill);
}
