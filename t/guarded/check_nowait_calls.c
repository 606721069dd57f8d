/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ports that never wait make no system call that can wait, and their queue has
 * no more memory than its limit.
 */
#include "files.h"

#include <sys/resource.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "original.h"
#include "traffic.h"
#include "waits.h"

static struct connection c;
static struct unix_buffer buffer;

static size_t largest;		/* size of a block */
static int was_new;		/* it was not an older one that grew */
static int has_no_memory;
static void *live;		/* the last block, until it is freed */

void *
realloc(void *block, size_t size)
{
	static void *(*real)(void *, size_t);

	find_original(&real, "realloc");
	if (size > largest)
		largest = size;
	was_new = block == NULL;
	live = has_no_memory ? NULL : real(block, size);
	return live;
}

/* dlsym(3) can call it; such a block is not freed. */
void
free(void *block)
{
	static void (*real)(void *);
	static int is_searching;

	if (block == live)
		live = NULL;
	if (real == NULL && !is_searching) {
		is_searching = 1;
		find_original(&real, "free");
		is_searching = 0;
	}
	if (real != NULL)
		real(block);
}

static void
open_never(int i)
{
	struct unix_options options = { .flags = i % 2 == 0 ? 0 : UNIX_FILES,
	    .read_timeout = -1, .write_timeout = -1 };

	open_connection(&c, i / 2, &options);
	forget_waits();
}

static void
close_never(void)
{
	ck_assert_int_eq(count_waits(), 0);
	unix_free_buffer(&buffer);
	close_connection(&c);
}

START_TEST(no_read_waits)
{
	char byte;
	int i;

	open_never(_i);
	for (i = 0; i < 40; i++) {
		fails(getc(c.client.in), ETIMEDOUT);
		clearerr(c.client.in);
		fails(unix_get_line(c.client.in, &buffer, 0), ETIMEDOUT);
		fails(unix_get_frame(c.client.in, &buffer, 0), ETIMEDOUT);
		fails(unix_get_bytes(c.client.in, &byte, 1), ETIMEDOUT);
		answers(unix_input_ready(&c.client, 0), 0);
		/* So that later reads do not begin with a wait. */
		say(c.server.out, "x\n");
		expect(c.client.in, "x\n");
	}
	succeeds(unix_close_ports(&c.server));
	expect_end(c.client.in);
	close_never();
}
END_TEST

static void
write_all(size_t length)
{
	ck_assert_int_eq(put_bytes(c.client.out, 0, length), 0);
	ck_assert_int_eq(unix_put_frame(c.client.out, "frame", 5), 0);
	ck_assert_int_eq(unix_put_line(c.client.out, "line", 4), 0);
	ck_assert_int_eq(fflush(c.client.out), 0);
}

START_TEST(no_write_waits)
{
	int fd;

	open_never(_i);
	write_all(100);
	write_all(MIB / 2);
	write_all(100);
	ck_assert_int_gt(unix_flush(&c.client), 0);
	if (_i % 2 == 1) {
		fd = make_file(1);
		fails(unix_add_files(&c.client, &fd, 1), ETIMEDOUT);
		ck_assert_int_eq(close(fd), 0);
	}
	fails(getc(c.client.in), ETIMEDOUT);
	ck_assert_int_eq(count_waits(), 0);
	close_never();
}
END_TEST

static int
close_stream(struct unix_ports *ports)
{
	int result = fclose(ports->out);

	ports->out = NULL;
	return result;
}

static int (*const closing[])(struct unix_ports *) = { unix_close_ports,
    unix_close_output, close_stream, unix_abandon_ports };

START_TEST(no_close_waits)
{
	open_never(_i % 2);
	write_all(MIB / 2);
	ck_assert_int_ne(fputs("more", c.client.out), EOF);
	errno = 0;
	ck_assert_int_eq(closing[_i / 2](&c.client), _i / 2 == 3 ? 0 : -1);
	unix_close_ports(&c.client);
	close_never();
}
END_TEST

/* A connection is blocking afterwards. */
START_TEST(no_connect_waits)
{
	struct unix_options listening = { .backlog = 1 };
	struct unix_options options = { .connect_timeout = -1,
	    .flags = _i == 0 ? 0 : UNIX_GUARDED };
	struct unix_listener *listener = listen_at("s", &listening);
	struct unix_ports clients[3];
	int i;

	forget_waits();
	for (i = 0; i < 2; i++) {
		succeeds(unix_connect("s", &options, &clients[i]));
		ck_assert_int_eq(fcntl(unix_fileno(&clients[i]), F_GETFL) &
		    O_NONBLOCK, 0);
	}
	fails(unix_connect("s", &options, &clients[2]), ETIMEDOUT);
	fails(unix_connect("missing", &options, &clients[2]), ENOENT);
	ck_assert_int_eq(count_waits(), 0);
	abandon_all(clients, 2);
	succeeds(unix_close(listener));
}
END_TEST

/* Without poll(2), a wait would be a pause. */
START_TEST(no_read_pauses_where_poll_fails)
{
	struct rlimit usual, none;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	none = usual;
	none.rlim_cur = 0;
	open_never(_i);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	fails(getc(c.client.in), ETIMEDOUT);
	write_all(MIB / 2);
	ck_assert_int_gt(unix_flush(&c.client), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	close_never();
}
END_TEST

/* Moments. */

/* A peer that always makes room for one byte must not prolong a write. */
START_TEST(write_after_the_deadline_ends_although_there_is_room)
{
	struct unix_options options = { .write_timeout = _i };

	open_connection(&c, 0, &options);
	succeeds(unix_set_deadline(&c.client, 1));
	pause_for(2);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 1000), 0);
	shorten_sends(1);
	fails(unix_flush(&c.client), ETIMEDOUT);
	shorten_sends(0);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	ck_assert_uint_lt(count_bytes(c.server.in, 0), 10);
	close_connection(&c);
}
END_TEST

/* The room that the peer makes during the wait is not reported by poll(2). */
START_TEST(write_is_tried_again_after_its_timeout)
{
	struct unix_options options = { .write_timeout = 1 };
	struct rlimit usual, none;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	none = usual;
	none.rlim_cur = 0;
	open_connection(&c, _i, &options);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 1000), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	refuse_next_send();
	succeeds(unix_flush(&c.client));
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	expect_bytes(c.server.in, 0, 1000);
	close_connection(&c);
}
END_TEST

/* The socket accepts bytes just after it has refused those of the queue. */
START_TEST(read_sends_no_buffer_before_the_queue)
{
	size_t filled;

	open_never(0);
	filled = fill_socket(&c.client);
	write_all(1000);
	ck_assert_int_gt(unix_flush(&c.client), 0);
	drain(c.server.in, filled);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 1000), 0);
	refuse_next_send();
	fails(getc(c.client.in), ETIMEDOUT);
	clearerr(c.client.in);
	fails(getc(c.server.in), ETIMEDOUT);
	clearerr(c.server.in);
	fails(getc(c.client.in), ETIMEDOUT);
	expect_bytes(c.server.in, 0, 1000);
	answers(unix_get_frame(c.server.in, &buffer, 0), 1);
	expect(c.server.in, "line\n");
	expect_bytes(c.server.in, 0, 1000);
	close_never();
}
END_TEST

/* A queue that begins behind the middle of its block, and is full. */
#define RING		((size_t)1000)
#define SENT		((size_t)600)

static void
queue_in_two_parts(void)
{
	struct unix_options options = { .read_timeout = -1,
	    .write_timeout = -1, .output_limit = RING };

	open_connection(&c, 0, &options);
	set_room(0);
	ck_assert_int_eq(put_bytes(c.client.out, 0, RING), 0);
	answers(unix_flush(&c.client), (ssize_t)RING);
	set_room(SENT);
	answers(unix_flush(&c.client), (ssize_t)(RING - SENT));
	ck_assert_int_eq(put_bytes(c.client.out, RING, SENT), 0);
	answers(unix_flush(&c.client), (ssize_t)RING);
}

START_TEST(limit_does_not_count_sent_bytes_of_the_queue)
{
	queue_in_two_parts();
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	fails(unix_flush(&c.client), ENOBUFS);
	set_room(ROOMY);
	ck_assert_uint_eq(take_bytes(c.server.in, 0, 2 * RING), SENT);
	close_connection(&c);
}
END_TEST

START_TEST(read_sends_both_parts_of_the_queue_before_the_buffer)
{
	queue_in_two_parts();
	ck_assert_int_eq(put_bytes(c.client.out, RING + SENT, RING), 0);
	set_room(ROOMY);
	fails(getc(c.client.in), ETIMEDOUT);
	expect_bytes(c.server.in, 0, 2 * RING + SENT);
	fails(getc(c.server.in), ETIMEDOUT);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(late_write_sends_both_parts_of_the_queue_and_its_bytes)
{
	queue_in_two_parts();
	ck_assert_int_eq(put_bytes(c.client.out, RING + SENT, RING), 0);
	succeeds(unix_set_deadline(&c.client, 1));
	pause_for(2);
	set_room(ROOMY);
	succeeds(unix_flush(&c.client));
	expect_bytes(c.server.in, 0, 2 * RING + SENT);
	succeeds(unix_close_ports(&c.client));
	close_connection(&c);
}
END_TEST

START_TEST(closing_sends_both_parts_of_the_queue)
{
	queue_in_two_parts();
	set_room(ROOMY);
	ck_assert_int_eq(closing[_i](&c.client), 0);
	expect_bytes(c.server.in, 0, RING + SENT);
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

/* The memory. */

#define HEADER_BYTES	100

static const size_t limits[] = { 1, 1000, 5000, 100000, UNIX_OUTPUT_LIMIT };

START_TEST(memory_of_the_queue_is_within_the_limit)
{
	struct unix_options options = { .write_timeout = -1,
	    .output_limit = limits[_i], .buffer_size = 1000 };
	size_t queued;

	open_connection(&c, 0, &options);
	fill_socket(&c.client);
	largest = 0;
	for (queued = 0; queued < limits[_i]; queued++) {
		ck_assert_int_ne(putc('x', c.client.out), EOF);
		if (queued % 500 == 0)
			ck_assert_int_gt(unix_flush(&c.client), 0);
	}
	answers(unix_flush(&c.client), (ssize_t)limits[_i]);
	ck_assert_uint_ge(largest, limits[_i]);
	ck_assert_uint_lt(largest, limits[_i] + HEADER_BYTES);
	close_connection(&c);
}
END_TEST

START_TEST(memory_is_released_with_the_last_byte)
{
	size_t filled;

	open_never(0);
	filled = fill_socket(&c.client);
	write_all(10000);
	drain(c.server.in, filled);
	ck_assert_ptr_ne(live, NULL);
	while (unix_flush(&c.client) > 0)
		drain(c.server.in, 1000);
	ck_assert_ptr_eq(live, NULL);
	fill_socket(&c.client);
	largest = 0;
	was_new = 0;
	ck_assert_int_ne(putc('x', c.client.out), EOF);
	answers(unix_flush(&c.client), 1);
	ck_assert(was_new);
	ck_assert_uint_lt(largest, 10000);
	close_never();
}
END_TEST

START_TEST(memory_is_released_with_a_dropped_queue)
{
	open_never(0);
	fill_socket(&c.client);
	write_all(10000);
	ck_assert_ptr_ne(live, NULL);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 2 * MIB), EOF);
	ck_assert_int_eq(errno, ENOBUFS);
	ck_assert_ptr_eq(live, NULL);
	close_never();
}
END_TEST

START_TEST(queue_without_memory_is_ENOMEM)
{
	open_never(0);
	fill_socket(&c.client);
	/* The first block, and a larger one. */
	if (_i == 1)
		write_all(100);
	ck_assert_int_eq(put_bytes(c.client.out, 0, 100000), 0);
	has_no_memory = 1;
	fails(unix_flush(&c.client), ENOMEM);
	has_no_memory = 0;
	fails(unix_flush(&c.client), ENOMEM);
	say(c.server.out, "news\n");
	expect(c.client.in, "news\n");
	fails(unix_close_ports(&c.client), ENOMEM);
	close_never();
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *waits = add_case(suite, "waits");
	TCase *moments = add_case(suite, "moments");
	TCase *memory = add_case(suite, "memory");

	tcase_add_loop_test(waits, no_read_waits, 0, 2 * WAYS);
	tcase_add_loop_test(waits, no_write_waits, 0, 2 * WAYS);
	tcase_add_loop_test(waits, no_close_waits, 0, 2 * COUNT(closing));
	tcase_add_loop_test(waits, no_connect_waits, 0, 2);
	tcase_add_loop_test(waits, no_read_pauses_where_poll_fails, 0, 2);
	tcase_add_loop_test(moments,
	    write_after_the_deadline_ends_although_there_is_room, -1, 2);
	tcase_add_loop_test(moments, write_is_tried_again_after_its_timeout,
	    0, WAYS);
	tcase_add_test(moments, read_sends_no_buffer_before_the_queue);
	tcase_add_test(moments, limit_does_not_count_sent_bytes_of_the_queue);
	tcase_add_test(moments,
	    read_sends_both_parts_of_the_queue_before_the_buffer);
	tcase_add_test(moments,
	    late_write_sends_both_parts_of_the_queue_and_its_bytes);
	tcase_add_loop_test(moments, closing_sends_both_parts_of_the_queue,
	    0, 3);
	tcase_add_loop_test(memory, memory_of_the_queue_is_within_the_limit,
	    0, COUNT(limits));
	tcase_add_test(memory, memory_is_released_with_the_last_byte);
	tcase_add_test(memory, memory_is_released_with_a_dropped_queue);
	tcase_add_loop_test(memory, queue_without_memory_is_ENOMEM, 0, 2);
}

int
main(void)
{
	return run_guarded("nowait_calls", fill);
}
