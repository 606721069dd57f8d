/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that share a stream: messages are whole, and no lock is left. */
#include "sources.h"

#include <signal.h>
#include <string.h>

#define THREADS	4
#define FRAMES	500
#define LARGEST	3000		/* more than a buffer of a stream holds */

static struct source s;
static int (*put_message)(FILE *, const void *, size_t);
static int (*get_message)(FILE *, struct unix_buffer *, size_t);

/* Message I of a thread repeats the letter of the thread. */
static size_t
length_of(int i)
{
	return (size_t)(i * 37 % LARGEST) + 1;
}

static void *
put_letters(void *letter)
{
	char bytes[LARGEST];
	int i;

	memset(bytes, *(char *)letter, sizeof(bytes));
	for (i = 0; i < FRAMES; i++)
		if (put_message(s.out, bytes, length_of(i)) == -1)
			return letter;
	return fflush(s.out) == EOF ? letter : NULL;
}

/* Returns the letter that all bytes have. */
static int
letter_of(const struct unix_buffer *message)
{
	size_t i;

	for (i = 1; i < message->length; i++)
		if (message->bytes[i] != message->bytes[0])
			return -1;
	return message->bytes[0];
}

/* The messages of each thread arrive in order; returns their number. */
static void *
count_messages(void *argument)
{
	struct unix_buffer message = { .bytes = NULL };
	int *count = argument;
	int letter;

	while (get_message(s.in, &message, 0) == 1) {
		letter = letter_of(&message) - 'a';
		if (letter < 0 || letter >= THREADS ||
		    message.length != length_of(count[letter]))
			break;
		count[letter]++;
	}
	unix_free_buffer(&message);
	return NULL;
}

START_TEST(messages_of_threads_are_whole)
{
	char letters[] = "abcd";
	int count[THREADS] = { 0 };
	pthread_t reader, thread[THREADS];
	int i;

	put_message = _i % 2 == 0 ? unix_put_frame : unix_put_line;
	get_message = _i % 2 == 0 ? unix_get_frame : unix_get_line;
	open_wire(&s, _i / 2);
	reader = start_thread(count_messages, count);
	for (i = 0; i < THREADS; i++)
		thread[i] = start_thread(put_letters, &letters[i]);
	for (i = 0; i < THREADS; i++)
		ck_assert_ptr_null(join_thread(thread[i]));
	end_output(&s);
	join_thread(reader);
	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(count[i], FRAMES);
	close_source(&s);
}
END_TEST

/* Readers that share a stream, each with a buffer of its own. */
struct reader {
	int (*get)(FILE *, struct unix_buffer *, size_t);
	struct unix_buffer message;
	_Atomic pid_t id;
	int count;
	int broken;
	int result;
};

static void *
get_messages(void *argument)
{
	struct reader *r = argument;

	r->id = thread_id();
	while ((r->result = r->get(s.in, &r->message, 0)) == 1) {
		r->count++;
		r->broken += letter_of(&r->message) == -1;
	}
	return NULL;
}

static void
put_messages(int lines)
{
	char bytes[LARGEST];
	int i;

	for (i = 0; i < FRAMES; i++) {
		memset(bytes, 'a' + i % 26, sizeof(bytes));
		if (lines)
			fprintf(s.out, "%.*s\n", (int)length_of(i), bytes);
		else
			succeeds(unix_put_frame(s.out, bytes, length_of(i)));
	}
}

static void
two_get(int (*get)(FILE *, struct unix_buffer *, size_t))
{
	struct reader r[2] = { { .get = get }, { .get = get } };
	pthread_t thread[COUNT(r)];
	size_t i;

	for (i = 0; i < COUNT(r); i++)
		thread[i] = start_thread(get_messages, &r[i]);
	put_messages(get == unix_get_line);
	end_output(&s);
	for (i = 0; i < COUNT(r); i++) {
		join_thread(thread[i]);
		unix_free_buffer(&r[i].message);
		ck_assert_int_eq(r[i].result, 0);
		ck_assert_int_eq(r[i].broken, 0);
	}
	ck_assert_int_eq(r[0].count + r[1].count, FRAMES);
}

START_TEST(messages_of_two_readers_are_whole)
{
	open_wire(&s, _i / 2);
	two_get(_i % 2 == 0 ? unix_get_line : unix_get_frame);
	close_source(&s);
}
END_TEST

static void
expect_unlocked(FILE *stream)
{
	ck_assert_int_eq(ftrylockfile(stream), 0);
	funlockfile(stream);
}

/*
 * A blocked read or write of stdio may return instead of being cancelled.  It
 * is not a cancellation point in every libc, and since glibc 2.41 it returns if
 * the other side ends first.
 */
static void *
get_then_end(void *reader)
{
	get_messages(reader);
	pthread_testcancel();
	return NULL;
}

START_TEST(cancelled_reader_unlocks_the_stream)
{
	struct reader r = { .get = _i % 2 == 0 ? unix_get_line :
	    unix_get_frame };
	pthread_t thread;

	open_wire(&s, _i / 2);
	put(&s, "\0\0\0\4pa", 6);
	thread = start_thread(get_then_end, &r);
	wait_blocked(&r.id);
	ck_assert_int_eq(pthread_cancel(thread), 0);
	end_output(&s);
	ck_assert_ptr_eq(join_thread(thread), PTHREAD_CANCELED);
	expect_unlocked(s.in);
	unix_free_buffer(&r.message);
	ck_assert_int_eq(getc(s.in), EOF);
	close_source(&s);
}
END_TEST

static _Atomic pid_t writer;

static void *
put_large_then_end(void *unused)
{
	static char bytes[4 << 20];

	writer = thread_id();
	unix_put_frame(s.out, bytes, sizeof(bytes));
	pthread_testcancel();
	return unused;
}

static void
close_input(void)
{
	if (s.connection.server.in != NULL)
		succeeds(unix_close_ports(&s.connection.server));
	else
		ck_assert_int_eq(fclose(s.in), 0);
}

START_TEST(cancelled_writer_unlocks_the_stream)
{
	pthread_t thread;

	catch_signal(SIGPIPE, SIG_IGN);
	open_wire(&s, _i);
	thread = start_thread(put_large_then_end, NULL);
	wait_blocked(&writer);
	ck_assert_int_eq(pthread_cancel(thread), 0);
	close_input();
	ck_assert_ptr_eq(join_thread(thread), PTHREAD_CANCELED);
	expect_unlocked(s.out);
	if (_i < WAYS)
		close_connection(&s.connection);
	else
		fclose(s.out);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *cancel = add_case(suite, "cancel");

	tcase_add_loop_test(core, messages_of_threads_are_whole, 0,
	    2 * WIRES);
	tcase_add_loop_test(core, messages_of_two_readers_are_whole, 0,
	    2 * WIRES);
	tcase_add_loop_test(cancel, cancelled_reader_unlocks_the_stream, 0,
	    2 * WIRES);
	tcase_add_loop_test(cancel, cancelled_writer_unlocks_the_stream, 0,
	    WIRES);
}

int
main(void)
{
	return run_kinds("frame threads", fill);
}
