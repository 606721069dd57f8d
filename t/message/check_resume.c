/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines and frames that a read error interrupts lose no byte. */
#include "sources.h"

#include <signal.h>
#include <string.h>

static struct source s;
static struct unix_buffer buffer;

static const struct message {
	int (*get)(FILE *, struct unix_buffer *, size_t);
	const char *sent;
	size_t length;
} messages[] = {
	{ unix_get_line, "part\r\n", 6 },
	{ unix_get_frame, "\0\0\0\4part", 8 },
};

static void
expect_part(const struct message *m)
{
	answers(m->get(s.in, &buffer, 0), 1);
	ck_assert_uint_eq(buffer.length, 4);
	ck_assert_str_eq(buffer.bytes, "part");
}

static void
close_all(void)
{
	unix_free_buffer(&buffer);
	close_source(&s);
}

/* The rest of a message is sent after its first part, if any, was read. */
static void
cut(const struct message *m, int which, size_t here)
{
	open_impatient_wire(&s, which);
	put(&s, m->sent, here);
	fails(m->get(s.in, &buffer, 0), impatience(which));
	ck_assert(!ferror(s.in));
	fails(m->get(s.in, &buffer, 0), impatience(which));
	ck_assert_uint_eq(buffer.length, 0);
	put(&s, m->sent + here, m->length - here);
	expect_part(m);
	put(&s, m->sent, m->length);
	expect_part(m);
	end_output(&s);
	answers(m->get(s.in, &buffer, 0), 0);
	close_all();
}

START_TEST(interruption_at_each_byte_loses_nothing)
{
	size_t i, here;

	for (i = 0; i < COUNT(messages); i++)
		for (here = 0; here < messages[i].length; here++)
			cut(&messages[i], _i, here);
}
END_TEST

START_TEST(interruption_between_all_bytes_loses_nothing)
{
	const struct message *m;
	size_t i, here;

	open_impatient_wire(&s, _i);
	for (i = 0; i < COUNT(messages); i++) {
		m = &messages[i];
		for (here = 0; here < m->length - 1; here++) {
			put(&s, m->sent + here, 1);
			fails(m->get(s.in, &buffer, 0), impatience(_i));
		}
		put(&s, m->sent + here, 1);
		expect_part(m);
	}
	close_all();
}
END_TEST

/* A frame that grows in several steps. */
START_TEST(interruption_of_a_large_frame_loses_nothing)
{
	static char bytes[10000] = "\0\0\x27\x0c";
	size_t here, i;

	for (i = 4; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 251);
	for (here = 100; here < sizeof(bytes); here += 1700) {
		open_impatient_wire(&s, _i);
		put(&s, bytes, here);
		fails(unix_get_frame(s.in, &buffer, 0), impatience(_i));
		ck_assert_uint_le(buffer.capacity, 2 * here + 256);
		put(&s, bytes + here, sizeof(bytes) - here);
		answers(unix_get_frame(s.in, &buffer, 0), 1);
		ck_assert_uint_eq(buffer.length, sizeof(bytes) - 4);
		ck_assert_mem_eq(buffer.bytes, bytes + 4, buffer.length);
		close_all();
	}
}
END_TEST

START_TEST(eof_after_an_interruption_ends_the_message)
{
	open_impatient_wire(&s, _i);
	put(&s, "part", 4);
	fails(unix_get_line(s.in, &buffer, 0), impatience(_i));
	end_output(&s);
	answers(unix_get_line(s.in, &buffer, 0), 1);
	ck_assert_str_eq(buffer.bytes, "part");
	close_all();
	open_impatient_wire(&s, _i);
	put(&s, "\0\0\0\4", 4);
	fails(unix_get_frame(s.in, &buffer, 0), impatience(_i));
	end_output(&s);
	fails(unix_get_frame(s.in, &buffer, 0), EBADMSG);
	answers(unix_get_frame(s.in, &buffer, 0), 0);
	close_all();
}
END_TEST

/* Otherwise a part of one message would begin another. */
START_TEST(part_of_another_message_is_einval)
{
	FILE *other = fopen("/dev/null", "r");

	open_impatient_wire(&s, _i);
	put(&s, "part", 4);
	fails(unix_get_line(s.in, &buffer, 0), impatience(_i));
	fails(unix_get_line(other, &buffer, 0), EINVAL);
	fails(unix_get_frame(s.in, &buffer, 0), EINVAL);
	put(&s, "\n", 1);
	expect_part(&messages[0]);
	answers(unix_get_line(other, &buffer, 0), 0);
	ck_assert_int_eq(fclose(other), 0);
	close_all();
}
END_TEST

/* The newline is unread, so that the rest of the line can be skipped. */
START_TEST(part_that_exceeds_a_smaller_limit_is_emsgsize)
{
	open_impatient_wire(&s, _i);
	put(&s, "a long line", 11);
	fails(unix_get_line(s.in, &buffer, 100), impatience(_i));
	put(&s, " of text\nnext\n", 14);
	fails(unix_get_line(s.in, &buffer, 10), EMSGSIZE);
	while (getc(s.in) != '\n')
		;
	answers(unix_get_line(s.in, &buffer, 10), 1);
	ck_assert_str_eq(buffer.bytes, "next");
	close_all();
}
END_TEST

/* The call reads nothing: neither waits nor takes the newline. */
START_TEST(newline_after_a_part_beyond_the_limit_is_unread)
{
	open_impatient_wire(&s, _i);
	put(&s, "a long line", 11);
	fails(unix_get_line(s.in, &buffer, 100), impatience(_i));
	fails(unix_get_line(s.in, &buffer, 10), EMSGSIZE);
	put(&s, "\na second line", 14);
	ck_assert_int_eq(getc(s.in), '\n');
	fails(unix_get_line(s.in, &buffer, 100), impatience(_i));
	put(&s, "\n", 1);
	fails(unix_get_line(s.in, &buffer, 12), EMSGSIZE);
	ck_assert_int_eq(getc(s.in), '\n');
	close_all();
}
END_TEST

START_TEST(part_of_a_smaller_limit_and_a_cr_is_resumed)
{
	open_impatient_wire(&s, _i);
	put(&s, "part\r", 5);
	fails(unix_get_line(s.in, &buffer, 100), impatience(_i));
	put(&s, "\n", 1);
	answers(unix_get_line(s.in, &buffer, 4), 1);
	ck_assert_str_eq(buffer.bytes, "part");
	close_all();
}
END_TEST

START_TEST(frame_that_exceeds_a_smaller_limit_is_emsgsize)
{
	const struct message *m = &messages[1];

	open_impatient_wire(&s, _i);
	put(&s, m->sent, m->length - 1);
	fails(unix_get_frame(s.in, &buffer, 4), impatience(_i));
	put(&s, "t", 1);
	fails(unix_get_frame(s.in, &buffer, 3), EMSGSIZE);
	close_all();
}
END_TEST

START_TEST(failed_call_leaves_partial_unchanged)
{
	open_impatient_wire(&s, _i);
	buffer.partial = 77;
	put(&s, "part", 4);
	fails(unix_get_line(s.in, &buffer, 0), impatience(_i));
	ck_assert_uint_eq(buffer.partial, 77);
	fails(unix_get_line(s.in, &buffer, 3), EMSGSIZE);
	ck_assert_uint_eq(buffer.partial, 77);
	put(&s, "\nlast", 5);
	answers(unix_get_line(s.in, &buffer, 0), 1);
	ck_assert_uint_eq(buffer.partial, 0);
	fails(unix_get_line(s.in, &buffer, 0), impatience(_i));
	ck_assert_uint_eq(buffer.partial, 0);
	end_output(&s);
	answers(unix_get_line(s.in, &buffer, 0), 1);
	ck_assert_uint_eq(buffer.partial, 1);
	close_all();
}
END_TEST

START_TEST(freed_buffer_discards_the_part)
{
	open_impatient_wire(&s, _i);
	put(&s, "old", 3);
	fails(unix_get_line(s.in, &buffer, 0), impatience(_i));
	unix_free_buffer(&buffer);
	put(&s, messages[1].sent, messages[1].length);
	expect_part(&messages[1]);
	close_all();
}
END_TEST

/* Reads one message and repeats the call after each interruption. */
struct reader {
	const struct message *message;
	_Atomic pid_t id;
	_Atomic int interrupted;
	_Atomic int done;
};

static void *
get_message(void *argument)
{
	struct reader *r = argument;
	int result;

	r->id = thread_id();
	while ((result = r->message->get(s.in, &buffer, 0)) == -1 &&
	    errno == EINTR)
		r->interrupted++;
	r->done = result;
	return NULL;
}

START_TEST(interrupted_read_continues)
{
	struct reader r = { .message = &messages[_i % 2] };
	size_t here = 0;
	pthread_t thread;

	catch_signal(SIGUSR1, do_nothing);
	open_wire(&s, _i / 2);
	thread = start_thread(get_message, &r);
	while (here < r.message->length) {
		put(&s, &r.message->sent[here++], 1);
		wait_blocked(&r.id);
		pthread_kill(thread, SIGUSR1);
		wait_blocked(&r.id);
	}
	join_thread(thread);
	ck_assert_int_eq(r.done, 1);
	ck_assert_str_eq(buffer.bytes, "part");
	if (guarded && _i / 2 < WAYS)
		ck_assert_int_eq(r.interrupted, 0);
	else
		ck_assert_int_gt(r.interrupted, 0);
	close_all();
}
END_TEST

/* The peer closes with unread data: ECONNRESET ends the message. */
START_TEST(reset_is_reported_once)
{
	const struct message *m = &messages[_i % 2];
	struct connection *c = &s.connection;

	open_wire(&s, _i / 2);
	say(c->server.out, "never read");
	put(&s, m->sent, m->length - 1);
	succeeds(unix_close_ports(&c->client));
	fails(m->get(s.in, &buffer, 0), ECONNRESET);
	ck_assert(ferror(s.in));
	answers(m->get(s.in, &buffer, 0), 0);
	close_all();
}
END_TEST

START_TEST(stream_for_output_is_ebadf)
{
	FILE *out = fopen("/dev/null", "w");

	fails(messages[_i].get(out, &buffer, 0), EBADF);
	fclose(out);
}
END_TEST

START_TEST(error_of_the_file_is_reported)
{
	FILE *directory = fopen(".", "r");

	fails(messages[_i].get(directory, &buffer, 0), EISDIR);
	ck_assert(ferror(directory));
	fclose(directory);
	unix_free_buffer(&buffer);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *handler = add_case(suite, "handler");
	TCase *errors = add_case(suite, "errors");

	tcase_add_loop_test(core, interruption_at_each_byte_loses_nothing, 0,
	    WIRES);
	tcase_add_loop_test(core, interruption_between_all_bytes_loses_nothing,
	    0, WIRES);
	tcase_add_loop_test(core, interruption_of_a_large_frame_loses_nothing,
	    0, WIRES);
	tcase_add_loop_test(core, eof_after_an_interruption_ends_the_message, 0,
	    WIRES);
	tcase_add_loop_test(core, part_of_another_message_is_einval, 0, WIRES);
	tcase_add_loop_test(core,
	    part_that_exceeds_a_smaller_limit_is_emsgsize, 0, WIRES);
	tcase_add_loop_test(core,
	    newline_after_a_part_beyond_the_limit_is_unread, 0, WIRES);
	tcase_add_loop_test(core, part_of_a_smaller_limit_and_a_cr_is_resumed,
	    0, WIRES);
	tcase_add_loop_test(core,
	    frame_that_exceeds_a_smaller_limit_is_emsgsize, 0, WIRES);
	tcase_add_loop_test(core, failed_call_leaves_partial_unchanged, 0,
	    WIRES);
	tcase_add_loop_test(core, freed_buffer_discards_the_part, 0, WIRES);
	tcase_add_loop_test(handler, interrupted_read_continues, 0, 2 * WIRES);
	tcase_add_loop_test(errors, reset_is_reported_once, 0, 2 * WAYS);
	tcase_add_loop_test(errors, stream_for_output_is_ebadf, 0, 2);
	tcase_add_loop_test(errors, error_of_the_file_is_reported, 0, 2);
}

int
main(void)
{
	return run_kinds("resume", fill);
}
