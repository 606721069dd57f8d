/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UNIX_UNLOCKED: no call takes the lock of a stream.  A second thread holds the
 * locks of all streams, so that a call that takes one never returns, and a tie
 * that takes one sends nothing.
 */
#include "files.h"
#include "servers.h"
#include "traffic.h"

#include <string.h>
#include <unistd.h>
#if defined(__has_include)
#if __has_include(<stdio_ext.h>)
#include <stdio_ext.h>
#endif
#endif

static struct connection c;
static struct unix_buffer buffer;

/* Whether stdio locks STREAM.  On some systems, it always does. */

static int
is_locked(FILE *stream)
{
#ifdef HAVE___FSETLOCKING
	return __fsetlocking(stream, FSETLOCKING_QUERY) !=
	    FSETLOCKING_BYCALLER;
#else
	return stream != NULL;
#endif
}

static int
can_omit_locks(void)
{
	FILE *stream = tmpfile();
	int result;

	ck_assert_ptr_nonnull(stream);
#ifdef HAVE___FSETLOCKING
	__fsetlocking(stream, FSETLOCKING_BYCALLER);
#endif
	result = !is_locked(stream);
	ck_assert_int_eq(fclose(stream), 0);
	return result;
}

static void
expect_unlocked(const struct unix_ports *ports)
{
	ck_assert_int_eq(is_locked(ports->in), !can_omit_locks());
	ck_assert_int_eq(is_locked(ports->out), !can_omit_locks());
}

/* The other thread, which never unlocks: the streams end before it. */

static _Atomic int has_locks;
static pthread_t holder;

static void *
hold_locks(void *unused)
{
	flockfile(c.client.in);
	flockfile(c.client.out);
	flockfile(c.server.in);
	flockfile(c.server.out);
	has_locks = 1;
	while (has_locks)
		pause_for(1);
	return unused;
}

static void
open_held(int way, unsigned flags)
{
	struct unix_options options = { .flags = UNIX_UNLOCKED | flags,
	    .read_timeout = 20 };

	if (way < WAYS && (flags & UNIX_FILES) == 0)
		open_connection(&c, way, &options);
	else
		open_files(&c, way, &options);
	expect_unlocked(&c.client);
	expect_unlocked(&c.server);
	if (!can_omit_locks())
		return;
	holder = start_thread(hold_locks, NULL);
	while (!has_locks)
		pause_for(1);
}

static void
close_held(void)
{
	close_connection(&c);
	if (!has_locks)
		return;
	has_locks = 0;
	join_thread(holder);
}

START_TEST(streams_have_no_lock)
{
	struct unix_options options = { .flags = UNIX_UNLOCKED };
	char program[] = "cat";
	char *const argv[] = { program, NULL };
	struct unix_ports ports;
	pid_t child;

	open_files(&c, _i, NULL);
	ck_assert(is_locked(c.client.in) && is_locked(c.client.out));
	close_connection(&c);
	open_files(&c, _i, &options);
	expect_unlocked(&c.client);
	expect_unlocked(&c.server);
	close_connection(&c);
	child = unix_spawn(argv, of_kind(&options), &ports);
	ck_assert_int_ne(child, -1);
	expect_unlocked(&ports);
	say(ports.out, "line\n");
	expect(ports.in, "line\n");
	succeeds(unix_close_ports(&ports));
	ck_assert_int_eq(child_status(child), 0);
}
END_TEST

/* Each call, and the other end of its bytes. */

static void
move_lines(void)
{
	succeeds(unix_put_line(c.client.out, "line", 4));
	succeeds(unix_flush(&c.client));
	answers(unix_get_line(c.server.in, &buffer, 0), 1);
	ck_assert_str_eq(buffer.bytes, "line");
	fails(unix_get_line(c.server.in, &buffer, 0), ETIMEDOUT);
}

static void
move_frames(void)
{
	succeeds(unix_put_frame(c.client.out, "frame", 5));
	succeeds(unix_flush(&c.client));
	answers(unix_get_frame(c.server.in, &buffer, 0), 1);
	ck_assert_str_eq(buffer.bytes, "frame");
	fails(unix_get_frame(c.server.in, &buffer, 0), ETIMEDOUT);
}

static void
move_bytes(void)
{
	char bytes[10];

	say(c.client.out, "bytes");
	answers(unix_get_bytes(c.server.in, bytes, sizeof(bytes)), 5);
	ck_assert_mem_eq(bytes, "bytes", 5);
	fails(unix_get_bytes(c.server.in, bytes, sizeof(bytes)), ETIMEDOUT);
}

static void
move_text(void)
{
	ck_assert_int_eq(fprintf(c.client.out, "%s\n", "text"), 5);
	ck_assert_int_ne(fputs("more\n", c.client.out), EOF);
	ck_assert_int_eq(putc('x', c.client.out), 'x');
	ck_assert_uint_eq(fwrite("y\n", 1, 2, c.client.out), 2);
	ck_assert_int_eq(fflush(c.client.out), 0);
	expect(c.server.in, "text\n");
	expect(c.server.in, "more\n");
	ck_assert_int_eq(getc(c.server.in), 'x');
	ck_assert_int_eq(ungetc('z', c.server.in), 'z');
	expect(c.server.in, "zy\n");
	ck_assert(!feof(c.server.in) && !ferror(c.server.in));
}

static void
move_files(void)
{
	ck_assert_int_ne(fputs("before\n", c.client.out), EOF);
	add_numbers(&c.client, 1, 2);
	say(c.client.out, "x");
	expect(c.server.in, "before\n");
	ck_assert_int_eq(getc(c.server.in), 'x');
	take_numbers(&c.server, 1, 2);
}

static void
look_for_input(void)
{
	answers(unix_input_ready(&c.server, 0), 0);
	say(c.client.out, "xy");
	answers(unix_input_ready(&c.server, 0), 1);
	ck_assert_int_eq(getc(c.server.in), 'x');
	answers(unix_input_ready(&c.server, 0), 1);
}

static void
set_limits(void)
{
	succeeds(unix_set_timeouts(&c.client, 10, 10));
	succeeds(unix_set_deadline(&c.client, 1));
	fails(getc(c.client.in), ETIMEDOUT);
	succeeds(unix_set_deadline(&c.client, 0));
	ck_assert(unix_fileno(&c.client) >= 3);
}

/* The tie. */

static void
expect_sent_by(int (*call)(void))
{
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	fails(call(), ETIMEDOUT);
	expect(c.server.in, "question\n");
}

static int
read_byte(void)
{
	int result = getc(c.client.in);

	clearerr(c.client.in);
	return result;
}

static int
read_line(void)
{
	return unix_get_line(c.client.in, &buffer, 0);
}

static int
read_frame(void)
{
	return unix_get_frame(c.client.in, &buffer, 0);
}

static int
read_some(void)
{
	char byte;

	return (int)unix_get_bytes(c.client.in, &byte, 1);
}

static void
send_before_a_read(void)
{
	expect_sent_by(read_byte);
	expect_sent_by(read_line);
	expect_sent_by(read_frame);
	expect_sent_by(read_some);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	answers(unix_input_ready(&c.client, 0), 0);
	expect(c.server.in, "question\n");
}

static void
send_the_queue(void)
{
	size_t filled;

	succeeds(unix_set_timeouts(&c.client, -1, -1));
	filled = fill_socket(&c.client);
	ck_assert_int_ne(fputs("queued\n", c.client.out), EOF);
	answers(unix_flush(&c.client), 7);
	drain(c.server.in, filled);
	fails(read_line(), ETIMEDOUT);
	expect(c.server.in, "queued\n");
	succeeds(unix_flush(&c.client));
}

/* The end. */

static void
close_directions(void)
{
	ck_assert_int_ne(fputs("last\n", c.client.out), EOF);
	succeeds(unix_close_output(&c.client));
	expect(c.server.in, "last\n");
	expect_end(c.server.in);
	succeeds(unix_close_input(&c.client));
}

static void
close_ports(void)
{
	ck_assert_int_ne(fputs("last\n", c.client.out), EOF);
	succeeds(unix_close_ports(&c.client));
	expect(c.server.in, "last\n");
	expect_end(c.server.in);
}

static void
abandon_ports(void)
{
	ck_assert_int_ne(fputs("lost\n", c.client.out), EOF);
	succeeds(unix_abandon_ports(&c.client));
	expect_end(c.server.in);
}

static void
close_streams(void)
{
	ck_assert_int_ne(fputs("last\n", c.client.out), EOF);
	ck_assert_int_eq(fclose(c.client.out), 0);
	ck_assert_int_eq(fclose(c.client.in), 0);
	c.client.in = c.client.out = NULL;
	expect(c.server.in, "last\n");
	expect_end(c.server.in);
}

static void
hang_up(void)
{
	succeeds(unix_hang_up(&c.client));
	expect_end(c.client.in);
	expect_end(c.server.in);
}

static void (*const works[])(void) = { move_lines, move_frames, move_bytes,
    move_text, move_files, look_for_input, set_limits, send_before_a_read,
    send_the_queue, close_directions, close_ports, abandon_ports,
    close_streams, hang_up };

START_TEST(no_call_takes_a_lock)
{
	void (*work)(void) = works[_i / FILE_WAYS];

	open_held(_i % FILE_WAYS, work == move_files ? UNIX_FILES : 0);
	work();
	unix_free_buffer(&buffer);
	close_held();
}
END_TEST

static void
keep_output(void)
{
	ck_assert_int_ne(fputs("kept\n", c.client.out), EOF);
	fails(read_line(), ETIMEDOUT);
	answers(unix_input_ready(&c.client, 0), 0);
	answers(unix_input_ready(&c.server, 0), 0);
	succeeds(unix_flush(&c.client));
	expect(c.server.in, "kept\n");
}

START_TEST(untied_output_waits_for_its_flush)
{
	open_held(_i, UNIX_UNTIED);
	keep_output();
	close_held();
}
END_TEST

/* Other threads. */

START_TEST(another_thread_may_hang_up)
{
	struct unix_options options = { .flags = UNIX_UNLOCKED };
	struct call reading = { .ports = &c.client };
	pthread_t reader;

	open_connection(&c, _i, &options);
	reader = block_call(call_fgets, &reading);
	succeeds(unix_hang_up(&c.client));
	join_thread(reader);
	ck_assert_int_eq(reading.result, EOF);
	ck_assert(feof(c.client.in));
	close_connection(&c);
}
END_TEST

static struct gate gate = GATE;

static void
read_to_the_end(struct unix_ports *ports, void *unused)
{
	(void)unused;
	expect_unlocked(ports);
	pass_gate(&gate);
	ck_assert_int_ne(fputs("question\n", ports->out), EOF);
	expect_end(ports->in);
}

START_TEST(end_of_a_server_ends_its_handlers)
{
	static struct server server;
	struct unix_options options = { .flags = UNIX_UNLOCKED };
	struct unix_ports client;

	server.listener = listen_at("s", &options);
	serve(&server, read_to_the_end, NULL);
	enter(&client);
	await_entered(&gate, 1);
	open_gate(&gate);
	expect(client.in, "question\n");
	end_server(&server);
	expect_end(client.in);
	succeeds(unix_close_ports(&client));
}
END_TEST

/* One thread after the other: the second has the output of the first. */

static void *
put_question(void *unused)
{
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	return unused;
}

static void *
get_answer(void *unused)
{
	expect(c.client.in, "answer\n");
	return unused;
}

static void *
put_answer(void *unused)
{
	expect(c.server.in, "question\n");
	ck_assert_int_eq(unix_put_line(c.server.out, "answer", 6), 0);
	ck_assert_int_eq(unix_flush(&c.server), 0);
	return unused;
}

START_TEST(threads_may_use_the_ports_in_turn)
{
	struct unix_options options = { .flags = UNIX_UNLOCKED };
	pthread_t peer;
	int i;

	open_connection(&c, _i, &options);
	for (i = 0; i < 20; i++) {
		join_thread(start_thread(put_question, NULL));
		peer = start_thread(put_answer, NULL);
		join_thread(start_thread(get_answer, NULL));
		join_thread(peer);
	}
	close_connection(&c);
}
END_TEST

/* A thread for each stream: lines and frames, and a count at the end. */

#define MESSAGES	5000

static void *
put_messages(void *ports)
{
	static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	struct unix_ports *end = ports;
	size_t i, length;

	for (i = 0; i < MESSAGES; i++) {
		length = i % sizeof(text);
		ck_assert_int_eq(i % 2 == 0 ?
		    unix_put_line(end->out, text, length) :
		    unix_put_frame(end->out, text, length), 0);
		if (i % 100 == 0)
			ck_assert_int_eq(unix_flush(end), 0);
	}
	ck_assert_int_eq(unix_close_output(end), 0);
	return NULL;
}

static void *
get_messages(void *ports)
{
	struct unix_ports *end = ports;
	struct unix_buffer message = { .bytes = NULL };
	FILE *in = end->in;
	size_t i;

	for (i = 0; i < MESSAGES; i++) {
		ck_assert_int_eq(i % 2 == 0 ?
		    unix_get_line(in, &message, 0) :
		    unix_get_frame(in, &message, 0), 1);
		ck_assert_uint_eq(message.length, i % 37);
		ck_assert(memcmp(message.bytes,
		    "0123456789abcdefghijklmnopqrstuvwxyz",
		    message.length) == 0);
	}
	ck_assert_int_eq(unix_get_line(in, &message, 0), 0);
	unix_free_buffer(&message);
	return NULL;
}

START_TEST(untied_streams_may_have_a_thread_each)
{
	struct unix_options options = { .flags = UNIX_UNLOCKED | UNIX_UNTIED };
	pthread_t threads[4];
	size_t i;

	open_connection(&c, _i, &options);
	threads[0] = start_thread(put_messages, &c.client);
	threads[1] = start_thread(get_messages, &c.client);
	threads[2] = start_thread(put_messages, &c.server);
	threads[3] = start_thread(get_messages, &c.server);
	for (i = 0; i < COUNT(threads); i++)
		join_thread(threads[i]);
	close_connection(&c);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *locks = add_case(suite, "locks");
	TCase *threads = add_case(suite, "threads");

	tcase_add_loop_test(locks, streams_have_no_lock, 0, FILE_WAYS);
	tcase_add_loop_test(locks, no_call_takes_a_lock,
	    0, (int)COUNT(works) * FILE_WAYS);
	tcase_add_loop_test(locks, untied_output_waits_for_its_flush,
	    0, FILE_WAYS);
	tcase_add_loop_test(threads, another_thread_may_hang_up, 0, WAYS);
	tcase_add_test(threads, end_of_a_server_ends_its_handlers);
	tcase_add_loop_test(threads, threads_may_use_the_ports_in_turn,
	    0, WAYS);
	tcase_add_loop_test(threads, untied_streams_may_have_a_thread_each,
	    0, WAYS);
}

int
main(void)
{
	return run_guarded("unlocked", fill);
}
