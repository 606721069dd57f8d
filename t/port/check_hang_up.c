/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_hang_up(), from any thread and from signal handlers. */
#include "support.h"

#include <signal.h>
#include <string.h>

static struct connection c;
static _Atomic pid_t reader_id;
static struct unix_ports *for_handler;

/* Returns the result of a reader that is blocked on `in`. */
static void *
read_to_end(void *argument)
{
	struct unix_ports *ports = argument;
	char line[100];

	reader_id = thread_id();
	while (fgets(line, sizeof(line), ports->in) != NULL)
		;
	return feof(ports->in) && !ferror(ports->in) ? NULL : argument;
}

static pthread_t
start_reader(struct unix_ports *ports)
{
	pthread_t thread;

	reader_id = 0;
	thread = start_thread(read_to_end, ports);
	wait_blocked(&reader_id);
	return thread;
}

static void
hang_up_in_handler(int signal)
{
	(void)signal;
	unix_hang_up(for_handler);
}

START_TEST(blocked_reader_reads_EOF)
{
	pthread_t reader;

	open_connection(&c, _i, NULL);
	reader = start_reader(&c.server);
	succeeds(unix_hang_up(&c.server));
	ck_assert_ptr_null(join_thread(reader));
	close_connection(&c);
}
END_TEST

/* The handler interrupts the blocked thread, or another one. */
static void
hang_up_by_signal(int way, int in_reader)
{
	struct sigaction action = { .sa_handler = hang_up_in_handler,
	    .sa_flags = SA_RESTART };
	pthread_t reader;

	open_connection(&c, way, NULL);
	for_handler = &c.server;
	ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
	reader = start_reader(&c.server);
	pthread_kill(in_reader ? reader : pthread_self(), SIGUSR1);
	ck_assert_ptr_null(join_thread(reader));
	close_connection(&c);
}

START_TEST(handler_of_another_thread_ends_the_blocked_reader)
{
	hang_up_by_signal(_i, 0);
}
END_TEST

START_TEST(handler_of_the_blocked_reader_ends_it)
{
	hang_up_by_signal(_i, 1);
}
END_TEST

START_TEST(hang_up_of_the_peer_ends_the_blocked_reader)
{
	pthread_t reader;

	open_connection(&c, _i, NULL);
	reader = start_reader(&c.server);
	succeeds(unix_hang_up(&c.client));
	ck_assert_ptr_null(join_thread(reader));
	close_connection(&c);
}
END_TEST

START_TEST(received_bytes_are_read_first)
{
	open_connection(&c, _i, NULL);
	say(c.client.out, "arrived\n");
	succeeds(unix_hang_up(&c.server));
	expect(c.server.in, "arrived\n");
	expect_end(c.server.in);
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

START_TEST(writes_of_both_ends_fail)
{
	struct unix_options options = { .sigpipe = UNIX_SIGPIPE_IGNORE };
	struct unix_ports *const end[] = { &c.server, &c.client };
	size_t i;

	open_connection(&c, _i, &options);
	succeeds(unix_hang_up(&c.server));
	for (i = 0; i < COUNT(end); i++) {
		ck_assert_int_ne(fputs("lost\n", end[i]->out), EOF);
		ck_assert_int_eq(fflush(end[i]->out), EOF);
		ck_assert_int_eq(errno, EPIPE);
		fails(unix_abandon_ports(end[i]), KEPT(EPIPE));
	}
	close_connection(&c);
}
END_TEST

START_TEST(hanging_up_twice_or_after_the_peer_succeeds)
{
	open_connection(&c, _i, NULL);
	succeeds(unix_hang_up(&c.server));
	succeeds(unix_hang_up(&c.server));
	succeeds(unix_hang_up(&c.client));
	succeeds(unix_close_ports(&c.server));
	succeeds(unix_hang_up(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(one_open_member_is_enough)
{
	open_connection(&c, _i, NULL);
	succeeds(unix_close_input(&c.server));
	succeeds(unix_hang_up(&c.server));
	expect_end(c.client.in);
	close_connection(&c);
}
END_TEST

START_TEST(closed_ports_are_ebadf)
{
	open_connection(&c, 0, NULL);
	succeeds(unix_close_ports(&c.server));
	fails(unix_hang_up(&c.server), EBADF);
	fails(unix_hang_up(NULL), EBADF);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *handler = add_case(suite, "handler");
	TCase *errors = add_case(suite, "errors");

	tcase_add_loop_test(core, blocked_reader_reads_EOF, 0, WAYS);
	tcase_add_loop_test(core,
	    handler_of_another_thread_ends_the_blocked_reader, 0, WAYS);
	tcase_add_loop_test(handler, handler_of_the_blocked_reader_ends_it,
	    0, WAYS);
	tcase_add_loop_test(core, hang_up_of_the_peer_ends_the_blocked_reader,
	    0, WAYS);
	tcase_add_loop_test(core, received_bytes_are_read_first, 0, WAYS);
	tcase_add_loop_test(core, writes_of_both_ends_fail, 0, WAYS);
	tcase_add_loop_test(core,
	    hanging_up_twice_or_after_the_peer_succeeds, 0, WAYS);
	tcase_add_loop_test(core, one_open_member_is_enough, 0, WAYS);
	tcase_add_test(errors, closed_ports_are_ebadf);
}

int
main(void)
{
	return run_kinds("hang_up", fill);
}
