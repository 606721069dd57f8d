/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that have closed 0, 1 or 2: no descriptor of the library has
 * such a number, so output to it reaches no peer.
 */
#include "support.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "servers.h"

static const unsigned sets[] = { 1, 2, 4, 7 };

#define SETS	((int)COUNT(sets))

static struct connection c;
static unsigned closed;

static void
begin(int set)
{
	closed = sets[set];
	close_standard(closed);
}

/* No descriptor has such a number, and output to it fails. */
static void
expect_closed(void)
{
	int fd;

	for (fd = 0; fd < 3; fd++) {
		if ((closed & 1u << fd) == 0)
			continue;
		ck_assert_msg(fcntl(fd, F_GETFD) == -1, "%d is open", fd);
		fails(write(fd, "stray\n", 6), EBADF);
	}
	if ((closed & 4) != 0)
		ck_assert_int_lt(fprintf(stderr, "stray\n"), 0);
}

static void
finish(void)
{
	expect_closed();
	restore_standard();
}

static void
converse(struct connection *with)
{
	expect_closed();
	say(with->client.out, "question\n");
	expect(with->server.in, "question\n");
	expect_closed();
	say(with->server.out, "answer\n");
	expect(with->client.in, "answer\n");
}

START_TEST(connections_keep_clear_of_closed_numbers)
{
	begin(_i / WAYS);
	open_connection(&c, _i % WAYS, NULL);
	expect_close_on_exec();
	converse(&c);
	if (c.listener != NULL)
		expect_reachable(c.listener, "s");
	close_connection(&c);
	finish();
}
END_TEST

START_TEST(numbers_may_be_closed_while_a_client_waits)
{
	open_waiting(&c, NULL);
	begin(_i);
	succeeds(unix_accept(c.listener, &c.server));
	converse(&c);
	expect_reachable(c.listener, "s");
	close_connection(&c);
	finish();
}
END_TEST

START_TEST(abstract_listener_keeps_clear_of_closed_numbers)
{
	char name[60];

	snprintf(name, sizeof(name), "@unixport.%ld.%d", (long)getpid(), _i);
	begin(_i);
	c.listener = listen_at(name, NULL);
	expect_closed();
	expect_reachable(c.listener, name);
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

START_TEST(long_path_keeps_clear_of_closed_numbers)
{
	char path[300];

	make_path(path, 200);
	begin(_i);
	c.listener = listen_at(path, NULL);
	expect_closed();
	expect_reachable(c.listener, path);
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

START_TEST(stale_file_is_reclaimed_with_closed_numbers)
{
	ck_assert_int_eq(close(bind_socket(SOCK_STREAM)), 0);
	begin(_i);
	c.listener = listen_at("s", NULL);
	expect_closed();
	expect_reachable(c.listener, "s");
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

START_TEST(datagram_is_sent_with_closed_numbers)
{
	const struct unix_options options = { .flags = UNIX_DATAGRAM };
	char bytes[20] = "";

	begin(_i);
	c.listener = unix_listen("s", &options);
	ck_assert_ptr_nonnull(c.listener);
	expect_closed();
	succeeds(unix_send("s", "whole", 5));
	expect_closed();
	ck_assert_int_eq(recv(unix_listener_fileno(c.listener), bytes,
	    sizeof(bytes), 0), 5);
	ck_assert_str_eq(bytes, "whole");
	succeeds(unix_close(c.listener));
	answers(unix_available(), 1);
	finish();
}
END_TEST

START_TEST(ports_of_a_child_keep_clear_of_closed_numbers)
{
	char name[] = "cat";
	char *const argv[] = { name, NULL };
	struct unix_ports ports;
	pid_t child;

	begin(_i);
	child = unix_spawn(argv, of_kind(NULL), &ports);
	ck_assert_int_gt(child, 0);
	expect_closed();
	say(ports.out, "line\n");
	expect(ports.in, "line\n");
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(child_status(child), 0);
	finish();
}
END_TEST

START_TEST(server_continues_with_closed_numbers)
{
	struct server server = { .listener = NULL };
	struct unix_ports client[2];
	int i;

	begin(_i);
	start_server(&server, echo, NULL);
	for (i = 0; i < 2; i++) {
		enter(&client[i]);
		ask(&client[i], "line\n");
		expect_closed();
	}
	for (i = 0; i < 2; i++) {
		ask(&client[i], "another\n");
		leave(&client[i]);
	}
	end_server(&server);
	finish();
}
END_TEST

/* Descriptors of the caller. */

START_TEST(adopted_connection_keeps_its_number)
{
	struct unix_options options = { .address_length = 0 };
	char bytes[20] = "";
	int ends[2], by_address = _i / 3, fd = _i % 3;
	char address[20];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	closed = 7;
	close_standard(closed);
	ck_assert_int_eq(dup2(ends[0], fd), fd);
	ck_assert_int_eq(close(ends[0]), 0);
	closed &= ~(1u << fd);
	snprintf(address, sizeof(address), "fd:%d", fd);
	succeeds(by_address ?
	    unix_connect(address, of_kind(&options), &c.server) :
	    unix_open_ports(fd, of_kind(&options), &c.server));
	ck_assert_int_eq(unix_fileno(&c.server), fd);
	expect_closed();
	say(c.server.out, "line\n");
	ck_assert_int_eq(read(ends[1], bytes, sizeof(bytes)), 5);
	ck_assert_str_eq(bytes, "line\n");
	succeeds(unix_close_ports(&c.server));
	ck_assert_int_eq(read(ends[1], bytes, sizeof(bytes)), 0);
	ck_assert_int_eq(close(ends[1]), 0);
	closed = 7;
	finish();
}
END_TEST

START_TEST(adopted_listener_keeps_its_number)
{
	char address[20];
	int made = bind_socket(SOCK_STREAM);

	ck_assert_int_eq(listen(made, 1), 0);
	closed = 7;
	close_standard(closed);
	ck_assert_int_eq(dup2(made, _i), _i);
	ck_assert_int_eq(close(made), 0);
	closed &= ~(1u << _i);
	snprintf(address, sizeof(address), "fd:%d", _i);
	c.listener = listen_at(address, NULL);
	ck_assert_int_eq(unix_listener_fileno(c.listener), _i);
	expect_closed();
	expect_reachable(c.listener, "s");
	succeeds(unix_close(c.listener));
	closed = 7;
	finish();
}
END_TEST

/* Received descriptors. */

static void
send_three(struct unix_ports *ports, const int *files)
{
	succeeds(unix_add_files(ports, files, 3));
	say(ports->out, "three\n");
}

static void
make_three(int *files)
{
	int i;

	for (i = 0; i < 3; i++)
		files[i] = make_file(1 + i);
}

static void
close_three(const int *files)
{
	int i;

	for (i = 0; i < 3; i++)
		ck_assert_int_eq(close(files[i]), 0);
}

START_TEST(received_descriptors_have_no_closed_number)
{
	int files[3];

	open_files(&c, _i % FILE_WAYS, NULL);
	make_three(files);
	begin(_i / FILE_WAYS);
	send_three(&c.client, files);
	expect_closed();
	expect(c.server.in, "three\n");
	expect_closed();
	take_numbers(&c.server, 1, 3);
	expect_none(&c.server);
	close_three(files);
	close_connection(&c);
	finish();
}
END_TEST

START_TEST(received_descriptors_without_another_number_are_dropped)
{
	int files[3];

	open_files(&c, 2, NULL);
	make_three(files);
	begin(_i);
	send_three(&c.client, files);
	begin_shortage(0);
	expect(c.server.in, "three\n");
	end_shortage();
	expect_closed();
	expect_dropped(&c.server);
	expect_none(&c.server);
	send_three(&c.client, files);
	expect(c.server.in, "three\n");
	take_numbers(&c.server, 1, 3);
	close_three(files);
	close_connection(&c);
	finish();
}
END_TEST

/* Limits: all numbers except the closed ones are in use. */

#define ENOUGH	(guarded ? 1 : 3)	/* for a client */

START_TEST(no_client_is_lost_while_only_closed_numbers_are_left)
{
	c.listener = listen_at("s", NULL);
	if (_i >= SETS)			/* not the first client */
		expect_reachable(c.listener, "s");
	succeeds(unix_connect("s", of_kind(NULL), &c.client));
	say(c.client.out, "patience\n");
	begin(_i % SETS);
	begin_shortage(0);
	/* A guarded one may get the spare descriptor of the listener. */
	if (_i < SETS || !guarded) {
		fails(unix_accept(c.listener, &c.server), EMFILE);
		fails(unix_accept(c.listener, &c.server), EMFILE);
		answers(unix_accept_ready(c.listener), 1);
		end_shortage();
		expect_closed();
		begin_shortage(ENOUGH);
	}
	succeeds(unix_accept(c.listener, &c.server));
	end_shortage();
	expect(c.server.in, "patience\n");
	converse(&c);
	close_connection(&c);
	finish();
}
END_TEST

START_TEST(listener_needs_numbers_that_are_not_standard)
{
	int spare;

	begin(_i);
	for (spare = 0; spare < 7; spare++) {
		begin_shortage(spare);
		cannot_listen("s", NULL, EMFILE);
		end_shortage();
		expect_closed();
		ck_assert_int_eq(access("s", F_OK), -1);
	}
	begin_shortage(7);
	c.listener = listen_at("s", NULL);
	end_shortage();
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

START_TEST(connecting_needs_numbers_that_are_not_standard)
{
	int spare, needed = guarded ? 1 : 2;

	c.listener = listen_at("s", NULL);
	begin(_i);
	for (spare = 0; spare < needed; spare++) {
		begin_shortage(spare);
		cannot_connect("s", NULL, EMFILE);
		fails(unix_send("s", "", 0), spare == 0 ? EMFILE : EPROTOTYPE);
		end_shortage();
		expect_closed();
	}
	begin_shortage(needed);
	succeeds(unix_connect("s", of_kind(NULL), &c.client));
	end_shortage();
	succeeds(unix_close_ports(&c.client));
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

START_TEST(pair_needs_numbers_that_are_not_standard)
{
	int spare, needed = guarded ? 2 : 4;
	struct unix_ports pair[2];

	begin(_i);
	for (spare = 0; spare < needed; spare++) {
		begin_shortage(spare);
		fails(unix_pair(of_kind(NULL), pair), EMFILE);
		end_shortage();
		expect_closed();
	}
	begin_shortage(needed);
	succeeds(unix_pair(of_kind(NULL), pair));
	end_shortage();
	abandon_all(pair, 2);
	finish();
}
END_TEST

START_TEST(serving_needs_numbers_that_are_not_standard)
{
	int spare;

	c.listener = listen_at("s", NULL);
	begin(_i);
	for (spare = 0; spare < 2; spare++) {
		begin_shortage(spare);
		fails(unix_serve(c.listener, echo, NULL, NULL), EMFILE);
		end_shortage();
		expect_closed();
	}
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

/* F_DUPFD fails with EINVAL if its lowest number exceeds the limit. */
START_TEST(limit_of_three_is_emfile)
{
	struct rlimit usual, limit;
	struct unix_ports pair[2];

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	limit = usual;
	limit.rlim_cur = 3;
	begin(_i);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	fails(unix_pair(of_kind(NULL), pair), EMFILE);
	cannot_listen("s", NULL, EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	finish();
}
END_TEST

/*
 * Another thread writes to standard error, which is closed.  ThreadSanitizer
 * reports this as a race on a descriptor.
 */

static _Atomic int is_over;

static void *
report(void *context)
{
	while (!is_over)
		(void)!write(STDERR_FILENO, "an error\n", 9);
	return context;
}

START_TEST(output_of_another_thread_reaches_no_client)
{
	pthread_t reporter;
	int i;

	c.listener = listen_at("s", NULL);
	begin(2);
	catch_signal(SIGPIPE, do_nothing);
	reporter = start_thread(report, NULL);
	for (i = 0; i < 1000; i++) {
		succeeds(unix_connect("s", of_kind(NULL), &c.client));
		succeeds(unix_accept(c.listener, &c.server));
		say(c.server.out, "hello\n");
		expect(c.client.in, "hello\n");
		abandon_all(&c.client, 1);
		abandon_all(&c.server, 1);
	}
	is_over = 1;
	join_thread(reporter);
	succeeds(unix_close(c.listener));
	finish();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *strays = add_case(suite, "stray");
	TCase *adopted = add_case(suite, "adopted");
	TCase *shortage = add_case(suite, "shortage");
	TCase *received;

	tcase_add_loop_test(core, connections_keep_clear_of_closed_numbers,
	    0, SETS * WAYS);
	tcase_add_loop_test(core, numbers_may_be_closed_while_a_client_waits,
	    0, SETS);
	tcase_add_loop_test(core,
	    abstract_listener_keeps_clear_of_closed_numbers, 0, SETS);
	tcase_add_loop_test(core, long_path_keeps_clear_of_closed_numbers,
	    0, SETS);
	tcase_add_loop_test(core,
	    stale_file_is_reclaimed_with_closed_numbers, 0, SETS);
	tcase_add_test(strays, output_of_another_thread_reaches_no_client);
	tcase_add_loop_test(core, ports_of_a_child_keep_clear_of_closed_numbers,
	    0, SETS);
	tcase_add_loop_test(adopted, adopted_connection_keeps_its_number, 0, 6);
	tcase_add_loop_test(adopted, adopted_listener_keeps_its_number, 0, 3);
	tcase_add_loop_test(shortage,
	    no_client_is_lost_while_only_closed_numbers_are_left,
	    0, 2 * SETS);
	tcase_add_loop_test(shortage,
	    listener_needs_numbers_that_are_not_standard, 0, SETS);
	tcase_add_loop_test(shortage,
	    connecting_needs_numbers_that_are_not_standard, 0, SETS);
	tcase_add_loop_test(shortage,
	    pair_needs_numbers_that_are_not_standard, 0, SETS);
	tcase_add_loop_test(shortage, limit_of_three_is_emfile, 0, SETS);
	if (!guarded) {
		tcase_add_loop_test(core,
		    datagram_is_sent_with_closed_numbers, 0, SETS);
		return;
	}
	received = add_case(suite, "received");
	tcase_add_loop_test(core, server_continues_with_closed_numbers,
	    0, SETS);
	tcase_add_loop_test(received,
	    received_descriptors_have_no_closed_number, 0, SETS * FILE_WAYS);
	tcase_add_loop_test(shortage,
	    received_descriptors_without_another_number_are_dropped, 0, SETS);
	tcase_add_loop_test(shortage,
	    serving_needs_numbers_that_are_not_standard, 0, SETS);
}

int
main(void)
{
	return run_kinds("standard_numbers", fill);
}
