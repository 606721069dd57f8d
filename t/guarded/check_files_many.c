/* SPDX-License-Identifier: BSD-2-Clause */
/* Many descriptors: in one message, queued, in sequence, from many threads. */
#include "support.h"

#include <string.h>

#include "files.h"

static struct connection c;
static _Atomic pid_t id;

START_TEST(at_most_252_are_queued)
{
	static const int counts[] = { 1, 2, 3, 100, MAX_FILES - 1, MAX_FILES };

	open_files(&c, 2, NULL);
	add_numbers(&c.client, 1, counts[_i]);
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	take_numbers(&c.server, 1, counts[_i]);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(files_of_several_calls_wait_together)
{
	int i;

	open_files(&c, _i, NULL);
	for (i = 0; i < MAX_FILES; i += 21)
		add_numbers(&c.client, i, 21);
	say(c.client.out, "line\n");
	expect(c.server.in, "line\n");
	take_numbers(&c.server, 0, MAX_FILES);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

START_TEST(files_may_be_taken_late)
{
	char line[20];
	int i;

	open_files(&c, _i, NULL);
	for (i = 0; i < MAX_FILES / 4; i++) {
		add_numbers(&c.client, 4 * i, 4);
		snprintf(line, sizeof(line), "%d\n", i);
		say(c.client.out, line);
		expect(c.server.in, line);
	}
	take_numbers(&c.server, 0, MAX_FILES);
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

/* Line I has I % 4 files. */
#define LINES	2000

static void
make_line(char *line, int i)
{
	int length = sprintf(line, "%d ", i);

	memset(line + length, 'x', (size_t)(i * 7 % 611));
	strcpy(line + length + i * 7 % 611, "\n");
}

static void *
send_lines(void *ports)
{
	struct unix_ports *to = ports;
	char line[1000];
	int i, sent = 0;

	for (i = 0; i < LINES; i++) {
		make_line(line, i);
		add_numbers(to, sent, i % 4);
		sent += i % 4;
		ck_assert_int_ne(fputs(line, to->out), EOF);
	}
	succeeds(unix_close_output(to));
	return NULL;
}

START_TEST(thousands_of_files_arrive_in_order)
{
	static const size_t sizes[] = { 0, 1, 2, 16, 100, 20000 };
	struct unix_options options = { .buffer_size = sizes[_i] };
	char line[1000], got[1000];
	pthread_t sender;
	int i, taken = 0;

	open_files(&c, 2, &options);
	sender = start_thread(send_lines, &c.client);
	for (i = 0; i < LINES; i++) {
		make_line(line, i);
		ck_assert_ptr_nonnull(fgets(got, sizeof(got), c.server.in));
		ck_assert_str_eq(got, line);
		take_numbers(&c.server, taken, i % 4);
		taken += i % 4;
	}
	expect_end(c.server.in);
	expect_none(&c.server);
	join_thread(sender);
	close_connection(&c);
}
END_TEST

/* The lock of the stream makes adding and writing atomic. */
static void *
send_locked(void *number)
{
	int mine = *(int *)number;
	int i;

	for (i = 0; i < 50; i++) {
		flockfile(c.client.out);
		add_numbers(&c.client, mine, 1);
		ck_assert_int_gt(fprintf(c.client.out, "%d\n", mine), 0);
		funlockfile(c.client.out);
	}
	return NULL;
}

START_TEST(threads_that_lock_the_stream_do_not_mix_files)
{
	int numbers[] = { 1, 2, 3 };
	pthread_t threads[COUNT(numbers)];
	char line[20];
	size_t i;

	open_files(&c, _i, NULL);
	for (i = 0; i < COUNT(numbers); i++)
		threads[i] = start_thread(send_locked, &numbers[i]);
	for (i = 0; i < COUNT(numbers); i++)
		join_thread(threads[i]);
	ck_assert_int_eq(fflush(c.client.out), 0);
	for (i = 0; i < 50 * COUNT(numbers); i++) {
		ck_assert_ptr_nonnull(fgets(line, sizeof(line), c.server.in));
		take_numbers(&c.server, line[0] - '0', 1);
	}
	expect_none(&c.server);
	close_connection(&c);
}
END_TEST

static void *
read_line(void *unused)
{
	(void)unused;
	id = thread_id();
	expect(c.server.in, "line\n");
	return NULL;
}

START_TEST(blocked_reader_does_not_block_taking)
{
	pthread_t reader;

	open_files(&c, _i, NULL);
	add_numbers(&c.client, 1, 2);
	say(c.client.out, "!");
	ck_assert_int_eq(getc(c.server.in), '!');
	id = 0;
	reader = start_thread(read_line, NULL);
	wait_blocked(&id);
	take_numbers(&c.server, 1, 2);
	expect_none(&c.server);
	add_numbers(&c.server, 3, 1);
	say(c.client.out, "line\n");
	join_thread(reader);
	say(c.server.out, "answer\n");
	expect(c.client.in, "answer\n");
	take_numbers(&c.client, 3, 1);
	close_connection(&c);
}
END_TEST

#ifdef __linux__
#define PAIRS	100

static struct unix_ports pairs[2][PAIRS][2];

static long
resident_kib(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[200];
	long kib = -1;

	ck_assert_ptr_nonnull(file);
	while (kib == -1 && fgets(line, sizeof(line), file) != NULL)
		sscanf(line, "Rss: %ld", &kib);
	ck_assert_int_eq(fclose(file), 0);
	ck_assert_int_gt(kib, 0);
	return kib;
}

static long
open_and_count(struct unix_ports (*made)[2], unsigned flags)
{
	struct unix_options options = { .flags = flags };
	long before = resident_kib();
	int i;

	for (i = 0; i < PAIRS; i++)
		succeeds(unix_pair(of_kind(&options), made[i]));
	return resident_kib() - before;
}

/* The tables of a connection would take 3 KiB of each end. */
START_TEST(no_descriptor_needs_no_table)
{
	long without, with;
	int i;

	(void)open_and_count(pairs[0], UNIX_FILES);
	for (i = 0; i < PAIRS; i++)
		abandon_all(pairs[0][i], 2);
	without = open_and_count(pairs[0], 0);
	with = open_and_count(pairs[1], UNIX_FILES);
	ck_assert_int_lt(with - without, 2 * PAIRS);
	for (i = 0; i < PAIRS; i++) {
		abandon_all(pairs[0][i], 2);
		abandon_all(pairs[1][i], 2);
	}
}
END_TEST
#endif

static void
fill(Suite *suite)
{
	TCase *many = add_case(suite, "many");
	TCase *threads = add_case(suite, "threads");
	TCase *memory = add_case(suite, "memory");

	tcase_add_loop_test(many, at_most_252_are_queued, 0, 6);
	tcase_add_loop_test(many, files_of_several_calls_wait_together,
	    2, FILE_WAYS);
	tcase_add_loop_test(many, files_may_be_taken_late, 2, FILE_WAYS);
	tcase_add_loop_test(many, thousands_of_files_arrive_in_order, 0, 6);
	tcase_add_loop_test(threads, blocked_reader_does_not_block_taking,
	    0, FILE_WAYS);
	tcase_add_test(threads, threads_that_lock_the_stream_do_not_mix_files);
#ifdef __linux__
	tcase_add_test(memory, no_descriptor_needs_no_table);
#else
	(void)memory;
#endif
}

int
main(void)
{
	return run_guarded("files_many", fill);
}
