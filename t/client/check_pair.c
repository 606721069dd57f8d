/* SPDX-License-Identifier: BSD-2-Clause */
/* unix_pair(): two connected ports, and a process at each end. */
#include "support.h"

#include <sys/wait.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

START_TEST(text_goes_both_ways)
{
	struct unix_ports pair[2];

	succeeds(unix_pair(of_kind(NULL), pair));
	say(pair[0].out, "there\n");
	expect(pair[1].in, "there\n");
	say(pair[1].out, "and back\n");
	expect(pair[0].in, "and back\n");
	succeeds(unix_close_ports(&pair[0]));
	expect_end(pair[1].in);
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

START_TEST(every_descriptor_is_close_on_exec)
{
	struct unix_ports pair[2];

	succeeds(unix_pair(of_kind(NULL), pair));
	expect_close_on_exec();
	succeeds(unix_close_ports(&pair[0]));
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

START_TEST(shortage_leaves_no_descriptor)
{
	struct unix_ports pair[2] = { { .descriptor = { -7, -7 } } };

	begin_shortage(_i);
	fails(unix_pair(of_kind(NULL), pair), EMFILE);
	ck_assert_int_eq(pair[0].descriptor[0], -7);
	end_shortage();
}
END_TEST

START_TEST(null_pair_is_einval)
{
	fails(unix_pair(of_kind(NULL), NULL), EINVAL);
}
END_TEST

/* The bytes of a stream of slightly more than 1 MiB. */

#define STREAM_BYTES	1100000

static void *
write_long(void *argument)
{
	struct unix_ports *ports = argument;
	unsigned i;

	for (i = 0; i < STREAM_BYTES; i++)
		if (putc((int)(i * 31 % 251), ports->out) == EOF)
			return argument;
	return unix_close_output(ports) == 0 ? NULL : argument;
}

START_TEST(long_streams_arrive_whole_in_both_directions)
{
	struct unix_ports pair[2];
	pthread_t thread[2];
	unsigned i;
	int end;

	succeeds(unix_pair(of_kind(NULL), pair));
	for (end = 0; end < 2; end++)
		thread[end] = start_thread(write_long, &pair[end]);
	for (i = 0; i < STREAM_BYTES; i++)
		for (end = 0; end < 2; end++)
			if (getc(pair[end].in) != (int)(i * 31 % 251))
				ck_abort_msg("byte %u of end %d", i, end);
	for (end = 0; end < 2; end++) {
		expect_end(pair[end].in);
		ck_assert_ptr_null(join_thread(thread[end]));
		succeeds(unix_close_ports(&pair[end]));
	}
}
END_TEST

/* A child that returns each line in capitals until EOF. */
static int
answer_lines(struct unix_ports *ports)
{
	char line[100];

	while (fgets(line, sizeof(line), ports->in) != NULL)
		if (fprintf(ports->out, "child: %s", line) < 0 ||
		    fflush(ports->out) == EOF)
			return 1;
	return unix_close_ports(ports) == 0 ? 0 : 1;
}

START_TEST(parent_and_child_talk)
{
	struct unix_ports pair[2];
	pid_t child;

	succeeds(unix_pair(of_kind(NULL), pair));
	child = fork();
	if (child == 0)
		_exit(unix_abandon_ports(&pair[0]) == 0 ?
		    answer_lines(&pair[1]) : 1);
	succeeds(unix_close_ports(&pair[1]));
	say(pair[0].out, "one\n");
	expect(pair[0].in, "child: one\n");
	say(pair[0].out, "two\n");
	expect(pair[0].in, "child: two\n");
	succeeds(unix_close_output(&pair[0]));
	expect_end(pair[0].in);
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close_ports(&pair[0]));
}
END_TEST

START_TEST(closing_the_other_half_leaves_the_child_connected)
{
	struct unix_ports pair[2];
	pid_t child;

	succeeds(unix_pair(of_kind(NULL), pair));
	child = fork();
	if (child == 0)
		_exit(unix_close_ports(&pair[0]) == 0 ?
		    answer_lines(&pair[1]) : 1);
	succeeds(unix_close_ports(&pair[1]));
	succeeds(unix_close_ports(&pair[1]));
	say(pair[0].out, "still there?\n");
	expect(pair[0].in, "child: still there?\n");
	succeeds(unix_close_ports(&pair[0]));
	ck_assert_int_eq(child_status(child), 0);
}
END_TEST

static int
exit_at_once(struct unix_ports *ports)
{
	(void)ports;
	return 0;
}

/*
 * fclose(3) of a guarded `out` ends that direction in every process that has
 * the socket.  A child closes the ports instead, or abandons them.
 */
START_TEST(fclose_in_a_child_shuts_down_guarded_output)
{
	struct unix_ports pair[2];
	pid_t child;

	succeeds(unix_pair(of_kind(NULL), pair));
	child = fork();
	if (child == 0)
		_exit(fclose(pair[0].out) == 0 && fclose(pair[0].in) == 0 ?
		    0 : 1);
	ck_assert_int_eq(child_status(child), 0);
	if (!guarded) {
		say(pair[0].out, "going on\n");
		expect(pair[1].in, "going on\n");
		succeeds(unix_close_ports(&pair[0]));
	}
	expect_end(pair[1].in);
	succeeds(unix_abandon_ports(&pair[0]));
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

/* After fork(2), both processes have a copy of the unsent output of `out`. */
static void
send_unsent(int (*in_child)(struct unix_ports *), int times)
{
	struct unix_ports pair[2];
	pid_t child;

	succeeds(unix_pair(of_kind(NULL), pair));
	ck_assert_int_ne(fputs("once\n", pair[0].out), EOF);
	child = fork();
	if (child == 0)
		_exit(in_child(&pair[0]));
	ck_assert_int_eq(child_status(child), 0);
	succeeds(unix_close_ports(&pair[0]));
	while (times-- > 0)
		expect(pair[1].in, "once\n");
	expect_end(pair[1].in);
	succeeds(unix_close_ports(&pair[1]));
}

START_TEST(unsent_output_is_sent_once_when_the_child_abandons)
{
	send_unsent(unix_abandon_ports, 1);
}
END_TEST

START_TEST(unsent_output_is_sent_once_if_the_child_exits)
{
	send_unsent(exit_at_once, 1);
}
END_TEST

static _Atomic pid_t reader_id;

static void *
read_byte(void *argument)
{
	struct unix_ports *ports = argument;

	reader_id = thread_id();
	return getc(ports->in) == 'x' ? NULL : argument;
}

/* musl's fork(2) leaves the stream locked; a plain stream remains so. */
START_TEST(child_abandons_ports_that_a_thread_of_its_parent_reads)
{
	struct unix_ports pair[2];
	pthread_t thread;
	pid_t child;

	succeeds(unix_pair(of_kind(NULL), pair));
	thread = start_thread(read_byte, &pair[0]);
	wait_blocked(&reader_id);
	child = fork();
	if (child == 0)
		_exit(unix_abandon_ports(&pair[0]) == 0 &&
		    unix_fileno(&pair[0]) == -1 ? 0 : 1);
	ck_assert_int_eq(child_status(child), 0);
	say(pair[1].out, "x");
	ck_assert_ptr_null(join_thread(thread));
	succeeds(unix_close_ports(&pair[0]));
	succeeds(unix_close_ports(&pair[1]));
}
END_TEST

START_TEST(unsent_output_is_sent_twice_when_the_child_closes)
{
	send_unsent(unix_close_ports, 2);
}
END_TEST

START_TEST(killed_child_causes_EOF)
{
	struct unix_ports pair[2];
	pid_t child;

	succeeds(unix_pair(of_kind(NULL), pair));
	child = fork();
	if (child == 0) {
		unix_close_ports(&pair[0]);
		_exit(answer_lines(&pair[1]));
	}
	succeeds(unix_close_ports(&pair[1]));
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	expect_end(pair[0].in);
	ck_assert(WIFSIGNALED(child_status(child)));
	succeeds(unix_close_ports(&pair[0]));
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *core = add_case(suite, "core");
	TCase *processes = add_case(suite, "processes");
	TCase *exits = add_case(suite, "exits");
	TCase *shortage = add_case(suite, "shortage");
	TCase *errors = add_case(suite, "errors");

	tcase_add_test(core, text_goes_both_ways);
	tcase_add_test(core, every_descriptor_is_close_on_exec);
	tcase_add_test(core,
	    long_streams_arrive_whole_in_both_directions);
	tcase_add_test(processes, parent_and_child_talk);
	tcase_add_test(processes,
	    closing_the_other_half_leaves_the_child_connected);
	tcase_add_test(processes,
	    fclose_in_a_child_shuts_down_guarded_output);
	tcase_add_test(processes,
	    unsent_output_is_sent_once_when_the_child_abandons);
	tcase_add_test(exits,
	    unsent_output_is_sent_once_if_the_child_exits);
	tcase_add_test(processes,
	    unsent_output_is_sent_twice_when_the_child_closes);
	if (guarded)
		tcase_add_test(processes,
		    child_abandons_ports_that_a_thread_of_its_parent_reads);
	tcase_add_test(processes, killed_child_causes_EOF);
	/* Plain ports have a second descriptor. */
	tcase_add_loop_test(shortage, shortage_leaves_no_descriptor,
	    0, guarded ? 2 : 4);
	tcase_add_test(errors, null_pair_is_einval);
}

int
main(void)
{
	return run_kinds("pair", fill);
}
