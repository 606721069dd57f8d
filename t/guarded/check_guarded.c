/* SPDX-License-Identifier: BSD-2-Clause */
/* Guarded ports: one descriptor, closing by fclose(3), buffers. */
#include "traffic.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

static struct connection c;

static int
count_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < DESCRIPTORS; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

static void
fclose_member(FILE **member)
{
	ck_assert_int_eq(fclose(*member), 0);
	*member = NULL;
}

START_TEST(streams_have_no_fileno)
{
	open_connection(&c, _i, NULL);
	fails(fileno(c.client.in), EBADF);
	fails(fileno(c.client.out), EBADF);
	ck_assert_int_ge(unix_fileno(&c.client), 0);
	close_connection(&c);
}
END_TEST

START_TEST(connection_is_one_descriptor)
{
	struct unix_ports pair[2];
	int before = count_descriptors();

	succeeds(unix_pair(of_kind(NULL), pair));
	ck_assert_int_eq(count_descriptors(), before + 2);
	expect_close_on_exec();
	succeeds(unix_close_ports(&pair[0]));
	ck_assert_int_eq(count_descriptors(), before + 1);
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

START_TEST(fclose_of_out_sends_the_rest_and_the_end)
{
	open_connection(&c, _i, NULL);
	ck_assert_int_ne(fputs("tail\n", c.client.out), EOF);
	fclose_member(&c.client.out);
	expect(c.server.in, "tail\n");
	expect_end(c.server.in);
	ck_assert_int_ge(unix_fileno(&c.client), 0);
	say(c.server.out, "answer\n");
	expect(c.client.in, "answer\n");
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(fclose_of_in_makes_the_peers_next_write_epipe)
{
	open_connection(&c, _i, NULL);
	fclose_member(&c.client.in);
	ck_assert_int_ne(fputs("lost\n", c.server.out), EOF);
	fails(fflush(c.server.out), EPIPE);
	say(c.client.out, "the other way works\n");
	expect(c.server.in, "the other way works\n");
	fails(unix_close_ports(&c.server), EPIPE);
	close_connection(&c);
}
END_TEST

START_TEST(second_fclose_closes_the_socket)
{
	FILE **first = _i == 0 ? &c.client.in : &c.client.out;
	FILE **second = _i == 0 ? &c.client.out : &c.client.in;
	int fd;

	open_connection(&c, 0, NULL);
	fd = unix_fileno(&c.client);
	ck_assert_int_ne(fputs("tail\n", c.client.out), EOF);
	fclose_member(first);
	ck_assert_int_ne(fcntl(fd, F_GETFD), -1);
	fclose_member(second);
	fails(fcntl(fd, F_GETFD), EBADF);
	fails(unix_fileno(&c.client), EBADF);
	expect(c.server.in, "tail\n");
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

/* The two ends of a TCP connection, the second as ports. */
static int
connect_tcp(struct unix_ports *ports)
{
	struct sockaddr_in name = { .sin_family = AF_INET };
	socklen_t length = sizeof(name);
	int waiter = socket(AF_INET, SOCK_STREAM, 0);
	int near = socket(AF_INET, SOCK_STREAM, 0), far;

	name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(waiter, (struct sockaddr *)&name, length), 0);
	ck_assert_int_eq(listen(waiter, 1), 0);
	ck_assert_int_eq(getsockname(waiter, (struct sockaddr *)&name,
	    &length), 0);
	ck_assert_int_eq(connect(near, (struct sockaddr *)&name, length), 0);
	far = accept(waiter, NULL, NULL);
	ck_assert_int_ne(far, -1);
	close(waiter);
	succeeds(unix_open_ports(near, of_kind(NULL), ports));
	return far;
}

/* shutdown(2) fails with ENOTCONN after a reset. */
START_TEST(fclose_after_a_reset_is_no_error)
{
	struct linger at_once = { .l_onoff = 1 };
	struct unix_ports ports;
	int far = connect_tcp(&ports);

	ck_assert_int_eq(setsockopt(far, SOL_SOCKET, SO_LINGER, &at_once,
	    sizeof(at_once)), 0);
	close(far);
	ck_assert_int_eq(getc(ports.in), EOF);
	ck_assert_int_eq(errno, ECONNRESET);
	fclose_member(_i == 0 ? &ports.in : &ports.out);
	fclose_member(_i == 0 ? &ports.out : &ports.in);
}
END_TEST

/* buffer_size */

static const size_t sizes[] = { 1, 2, 7, 4096, 1048576 };

/* The bytes by which a buffer of musl exceeds buffer_size. */
#ifdef __GLIBC__
#define MORE	0
#else
#define MORE	1
#endif

START_TEST(output_waits_until_its_buffer_is_full)
{
	struct unix_options options = { .buffer_size = sizes[_i] };
	size_t i;

	open_connection(&c, 2, &options);
	for (i = 0; i < options.buffer_size - 1; i++)
		ck_assert_int_ne(putc('x', c.client.out), EOF);
	answers(unix_input_ready(&c.server, 0), 0);
	if (options.buffer_size <= 4096) {
		for (i = 0; i < options.buffer_size + 1 + MORE; i++)
			ck_assert_int_ne(putc('x', c.client.out), EOF);
		answers(unix_input_ready(&c.server, 0), 1);
	}
	close_connection(&c);
}
END_TEST

START_TEST(input_reads_ahead_one_buffer)
{
	struct unix_options options = { .buffer_size = sizes[_i] };
	const size_t sent = 10000;
	int left = 0;

	open_connection(&c, 2, &options);
	ck_assert_int_eq(send(unix_fileno(&c.client), (char[10000]){ 0 }, sent,
	    0), (int)sent);
	ck_assert_int_eq(getc(c.server.in), 0);
	ck_assert_int_eq(ioctl(unix_fileno(&c.server), FIONREAD, &left), 0);
	ck_assert_int_eq(left, options.buffer_size > sent ? 0 :
	    (int)(sent - options.buffer_size - MORE));
	close_connection(&c);
}
END_TEST

START_TEST(bytes_pass_buffers_of_every_size)
{
	struct unix_options options = { .buffer_size = sizes[_i] };
	struct call call = { .ports = &c.client, .length = 100 * KIB };
	pthread_t writer;

	open_connection(&c, 2, &options);
	writer = start_call(call_fwrite, &call);
	expect_bytes(c.server.in, 0, call.length);
	join_thread(writer);
	ck_assert_int_eq(call.result, 0);
	close_connection(&c);
}
END_TEST

START_TEST(buffers_that_no_memory_can_hold_are_enomem)
{
	const size_t huge[] = { SIZE_MAX, SIZE_MAX - 7, SIZE_MAX - 8,
	    SIZE_MAX - 4096, SIZE_MAX / 2 + 1, SIZE_MAX / 2, UNHELD };
	struct unix_options options = { .buffer_size = huge[_i] };
	struct unix_ports pair[2];
	int fd[2];

	c.listener = listen_at("s", &options);
	cannot_connect("s", &options, ENOMEM);
	fails(unix_pair(of_kind(&options), pair), ENOMEM);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	fails(unix_open_ports(fd[0], of_kind(&options), pair), ENOMEM);
	ck_assert_int_eq(close(fd[0]), 0);
	ck_assert_int_eq(close(fd[1]), 0);
	succeeds(unix_connect("s", of_kind(NULL), &c.client));
	fails(unix_accept(c.listener, &c.server), ENOMEM);
	answers(unix_accept_ready(c.listener), 1);
	close_connection(&c);
}
END_TEST

/* Other processes share the socket. */

static void
set_nonblocking(const struct unix_ports *ports)
{
	ck_assert_int_eq(fcntl(unix_fileno(ports), F_SETFL, O_NONBLOCK), 0);
}

static void
set_nonblocking_in_child(const struct unix_ports *ports)
{
	pid_t child = fork();

	if (child == 0)
		_exit(fcntl(unix_fileno(ports), F_SETFL, O_NONBLOCK));
	ck_assert_int_eq(child_status(child), 0);
}

static void (*const setters[])(const struct unix_ports *) = {
	set_nonblocking, set_nonblocking_in_child
};

START_TEST(writes_wait_on_a_socket_that_became_nonblocking)
{
	struct call call = { .ports = &c.client, .length = MIB };
	pthread_t writer;

	open_connection(&c, 0, NULL);
	setters[_i](&c.client);
	writer = block_call(call_fwrite, &call);
	expect_bytes(c.server.in, 0, call.length);
	join_thread(writer);
	ck_assert_int_eq(call.result, 0);
	ck_assert_int_eq(fcntl(unix_fileno(&c.client), F_GETFL) & O_NONBLOCK,
	    O_NONBLOCK);
	close_connection(&c);
}
END_TEST

START_TEST(reads_wait_on_a_socket_that_became_nonblocking)
{
	struct call call = { .ports = &c.server, .length = MIB };
	pthread_t reader;

	open_connection(&c, 0, NULL);
	setters[_i](&c.server);
	reader = block_call(call_expect, &call);
	ck_assert_int_eq(put_bytes(c.client.out, 0, call.length), 0);
	ck_assert_int_eq(fflush(c.client.out), 0);
	join_thread(reader);
	close_connection(&c);
}
END_TEST

START_TEST(short_writes_are_continued)
{
	struct call call = { .ports = &c.client, .length = MIB };
	pthread_t writer;

	open_connection(&c, _i, NULL);
	narrow(&c.client);
	writer = block_call(call_fwrite, &call);
	expect_bytes(c.server.in, 0, call.length);
	join_thread(writer);
	ck_assert_int_eq(call.result, 0);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *closing = add_case(suite, "closing");
	TCase *buffers = add_case(suite, "buffers");
	TCase *shortage = add_case(suite, "shortage");
	TCase *sharing = add_case(suite, "sharing");

	tcase_add_loop_test(closing, streams_have_no_fileno, 0, WAYS);
	tcase_add_test(closing, connection_is_one_descriptor);
	tcase_add_loop_test(closing, fclose_of_out_sends_the_rest_and_the_end,
	    0, WAYS);
	tcase_add_loop_test(closing,
	    fclose_of_in_makes_the_peers_next_write_epipe, 0, WAYS);
	tcase_add_loop_test(closing, second_fclose_closes_the_socket, 0, 2);
	tcase_add_loop_test(closing, fclose_after_a_reset_is_no_error, 0, 2);
	tcase_add_loop_test(buffers, output_waits_until_its_buffer_is_full,
	    0, COUNT(sizes));
	tcase_add_loop_test(buffers, input_reads_ahead_one_buffer,
	    0, COUNT(sizes));
	tcase_add_loop_test(buffers, bytes_pass_buffers_of_every_size,
	    0, COUNT(sizes));
	tcase_add_loop_test(shortage,
	    buffers_that_no_memory_can_hold_are_enomem, 0, 7);
	tcase_add_loop_test(sharing,
	    writes_wait_on_a_socket_that_became_nonblocking, 0, 2);
	tcase_add_loop_test(sharing,
	    reads_wait_on_a_socket_that_became_nonblocking, 0, 2);
	tcase_add_loop_test(sharing, short_writes_are_continued, 0, WAYS);
}

int
main(void)
{
	return run_guarded("guarded", fill);
}
