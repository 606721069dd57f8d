/* SPDX-License-Identifier: BSD-2-Clause */
/* Other calls of stdio on ports: seeking, flushing input, locking. */
#include "traffic.h"

#include <sys/resource.h>
#ifdef __linux__
#include <stdio_ext.h>
#endif
#include <stdlib.h>
#include <string.h>

static struct connection c;

START_TEST(seek_on_ports_is_ESPIPE)
{
	FILE *stream;
	fpos_t position;

	open_connection(&c, _i % WAYS, NULL);
	stream = _i < WAYS ? c.client.in : c.client.out;
	fails(fseek(stream, 0, SEEK_SET), ESPIPE);
	fails(fseek(stream, 1, SEEK_CUR), ESPIPE);
	fails((int)ftell(stream), ESPIPE);
	errno = 0;
	ck_assert_int_ne(fgetpos(stream, &position), 0);
	ck_assert_int_eq(errno, ESPIPE);
	close_connection(&c);
}
END_TEST

/* A query discards neither buffered input nor buffered output. */
START_TEST(seek_loses_no_byte)
{
	open_connection(&c, _i, NULL);
	say(c.server.out, "one\ntwo\n");
	expect(c.client.in, "one\n");
	fails((int)ftell(c.client.in), ESPIPE);
	expect(c.client.in, "two\n");
	ck_assert_int_ne(fputs("three\n", c.client.out), EOF);
	fails((int)ftell(c.client.out), ESPIPE);
	succeeds(unix_close_output(&c.client));
	expect(c.server.in, "three\n");
	expect_end(c.server.in);
	close_connection(&c);
}
END_TEST

START_TEST(fflush_of_input_succeeds)
{
	open_connection(&c, _i, NULL);
	say(c.server.out, "one\ntwo\n");
	expect(c.client.in, "one\n");
	ck_assert_int_eq(fflush(c.client.in), 0);
	close_connection(&c);
}
END_TEST

/* A sandbox in which no descriptor can be opened, or passed to poll(2). */
START_TEST(wait_without_poll_ends_in_time)
{
	struct rlimit usual, none;
	struct unix_options limited = { .write_timeout = 60,
	    .read_timeout = 60 };
	char *much = calloc(1, 1 << 20);

	ck_assert_ptr_nonnull(much);
	open_connection(&c, _i, &limited);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
	none = usual;
	none.rlim_cur = 0;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	errno = 0;
	ck_assert_int_eq(getc(c.client.in), EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert(fwrite(much, 1, 1 << 20, c.client.out) < 1 << 20 ||
	    fflush(c.client.out) == EOF);
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
	fails(unix_close_ports(&c.client), ETIMEDOUT);
	free(much);
	close_connection(&c);
}
END_TEST

#ifdef FSETLOCKING_BYCALLER
static struct unix_buffer buffer;

static int
read_byte(void)
{
	return getc(c.client.in) == EOF ? -1 : 1;
}

static int
read_string(void)
{
	char line[100];

	return fgets(line, sizeof(line), c.client.in) == NULL ? -1 : 1;
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

static int
await_input(void)
{
	return unix_input_ready(&c.client, -1);
}

static int (*const reads[])(void) = { read_byte, read_string, read_line,
    read_frame, read_some, await_input };

static void *
answer(void *unused)
{
	expect(c.server.in, "question\n");
	ck_assert_int_eq(unix_put_frame(c.server.out, "answer\n", 7), 0);
	ck_assert_int_eq(fflush(c.server.out), 0);
	return unused;
}

/* The process has threads, of which one uses the ports. */
START_TEST(tie_works_after_fsetlocking)
{
	pthread_t peer;

	open_connection(&c, _i % WAYS, NULL);
	__fsetlocking(c.client.in, FSETLOCKING_BYCALLER);
	__fsetlocking(c.client.out, FSETLOCKING_BYCALLER);
	peer = start_thread(answer, NULL);
	ck_assert_int_ne(fputs("question\n", c.client.out), EOF);
	ck_assert_int_eq(reads[_i / WAYS](), 1);
	join_thread(peer);
	unix_free_buffer(&buffer);
	(void)unix_abandon_ports(&c.client);
	close_connection(&c);
}
END_TEST
#endif

static void
fill(Suite *suite)
{
	TCase *seeking = add_case(suite, "seeking");
	TCase *locking = add_case(suite, "locking");
	TCase *shortage = add_case(suite, "shortage");

	tcase_add_loop_test(seeking, seek_on_ports_is_ESPIPE, 0, 2 * WAYS);
	tcase_add_loop_test(seeking, seek_loses_no_byte, 0, WAYS);
	tcase_add_loop_test(seeking, fflush_of_input_succeeds, 0, WAYS);
	if (!guarded)
		return;
	tcase_add_loop_test(shortage,
	    wait_without_poll_ends_in_time, 0, WAYS);
#ifdef FSETLOCKING_BYCALLER
	tcase_add_loop_test(locking, tie_works_after_fsetlocking,
	    0, (int)COUNT(reads) * WAYS);
#else
	(void)locking;
#endif
}

int
main(void)
{
	return run_kinds("stdio", fill);
}
