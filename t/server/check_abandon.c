/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_abandon(): a listener that a process leaves to others. */
#include "support.h"

#include <sys/socket.h>
#include <fcntl.h>
#include <unistd.h>

static struct unix_listener *listener;

static int
abandon(void)
{
	return unix_abandon(listener);
}

START_TEST(abandon_leaves_a_stale_file)
{
	struct unix_ports ports;

	succeeds(unix_abandon(listen_at("s", NULL)));
	ck_assert(is_socket("s"));
	fails(unix_connect("s", NULL, &ports), ECONNREFUSED);
	succeeds(unix_close(listen_at("s", NULL)));
	ck_assert_int_eq(count_files("."), 0);
}
END_TEST

START_TEST(abandon_of_NULL_is_0)
{
	succeeds(unix_abandon(NULL));
}
END_TEST

START_TEST(abandon_leaves_the_listener_to_other_processes)
{
	listener = listen_at("s", NULL);
	expect_in_child(abandon);
	expect_reachable(listener, "s");
	succeeds(unix_close(listener));
	ck_assert(!is_socket("s"));
}
END_TEST

/* An accept that waits neither ends nor loses its client. */
static _Atomic pid_t acceptor;

static void *
accept_one(void *ports)
{
	acceptor = thread_id();
	return unix_accept(listener, ports) == 0 ? ports : NULL;
}

START_TEST(abandon_interrupts_no_accept)
{
	struct unix_ports server, client;
	pthread_t thread;
	pid_t child;
	int ends[2];

	listener = listen_at("s", NULL);
	ck_assert_int_eq(pipe(ends), 0);
	/* Before the thread, which the child would not have. */
	child = fork();
	if (child == 0) {
		close(ends[1]);
		(void)!read(ends[0], &(char){ 0 }, 1);
		_exit(unix_abandon(listener));
	}
	thread = start_thread(accept_one, &server);
	wait_blocked(&acceptor);
	close(ends[1]);
	ck_assert_int_eq(child_status(child), 0);
	close(ends[0]);
	wait_blocked(&acceptor);
	answers(unix_accept_ready(listener), 0);
	succeeds(unix_connect("s", NULL, &client));
	ck_assert_ptr_nonnull(join_thread(thread));
	succeeds(unix_close_ports(&client));
	succeeds(unix_close_ports(&server));
	succeeds(unix_close(listener));
}
END_TEST

static int
interrupt_and_abandon(void)
{
	return unix_interrupt(listener) == -1 ? 1 : unix_abandon(listener);
}

START_TEST(abandon_revokes_no_interrupt)
{
	struct unix_ports ports;

	listener = listen_at("s", NULL);
	expect_in_child(interrupt_and_abandon);
	fails(unix_accept(listener, &ports), ECANCELED);
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(client_in_the_queue_survives_abandon)
{
	struct unix_ports server, client;

	listener = listen_at("s", NULL);
	succeeds(unix_connect("s", NULL, &client));
	expect_in_child(abandon);
	succeeds(unix_accept(listener, &server));
	say(client.out, "hello\n");
	expect(server.in, "hello\n");
	succeeds(unix_close_ports(&client));
	succeeds(unix_close_ports(&server));
	succeeds(unix_close(listener));
}
END_TEST

START_TEST(abandon_releases_an_abstract_listener)
{
	char name[60];
	struct unix_listener *again;

	snprintf(name, sizeof(name), "@unixport.own.%ld", (long)getpid());
	succeeds(unix_abandon(listen_at(name, NULL)));
	again = listen_at(name, NULL);
	expect_reachable(again, name);
	succeeds(unix_close(again));
}
END_TEST

START_TEST(abandon_releases_an_adopted_listener)
{
	char name[20];
	int fd = bind_socket(SOCK_STREAM);

	ck_assert_int_eq(listen(fd, 1), 0);
	snprintf(name, sizeof(name), "fd:%d", fd);
	succeeds(unix_abandon(listen_at(name, NULL)));
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

START_TEST(abandon_leaves_the_file_of_a_datagram_socket)
{
	const struct unix_options datagram = { .flags = UNIX_DATAGRAM };

	listener = listen_at("s", &datagram);
	expect_in_child(abandon);
	succeeds(unix_send("s", "x", 1));
	succeeds(unix_abandon(listener));
	ck_assert_int_eq(unlink("s"), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("abandon");
	TCase *tests = add_case(suite, "abandon");

	tcase_add_test(tests, abandon_leaves_a_stale_file);
	tcase_add_test(tests, abandon_of_NULL_is_0);
	tcase_add_test(tests, abandon_leaves_the_listener_to_other_processes);
	tcase_add_test(tests, abandon_interrupts_no_accept);
	tcase_add_test(tests, abandon_revokes_no_interrupt);
	tcase_add_test(tests, client_in_the_queue_survives_abandon);
	tcase_add_test(tests, abandon_releases_an_abstract_listener);
	tcase_add_test(tests, abandon_releases_an_adopted_listener);
	tcase_add_test(tests, abandon_leaves_the_file_of_a_datagram_socket);
	return run_suite(suite);
}
