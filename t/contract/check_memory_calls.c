/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Allocations that fail for reused buffers, and for lines and frames that are
 * read again.  Torture makes each allocation fail alone.
 */
#include "support.h"

#include <string.h>

#include "interpose.h"

static struct unix_options roomy;
static struct unix_ports made[2];

static int
make_pair(void)
{
	return unix_pair(of_kind(&roomy), made);
}

START_TEST(buffers_are_reused_only_at_their_size)
{
	struct unix_ports usual[2];

	roomy.buffer_size = 1;
	succeeds(make_pair());
	abandon_all(made, 2);
	fail_next("mmap", 1, ENOMEM);
	fails(unix_pair(of_kind(NULL), usual), ENOMEM);
	ck_assert(!is_pending());
	succeeds(unix_pair(of_kind(NULL), usual));
	abandon_all(usual, 2);
	/* Reused buffers allocate no memory. */
	fail_next("mmap", 1, ENOMEM);
	succeeds(unix_pair(of_kind(NULL), usual));
	ck_assert(is_pending());
	fails(make_pair(), ENOMEM);
	ck_assert(!is_pending());
	abandon_all(usual, 2);
}
END_TEST

/* The received part is not lost. */
START_TEST(line_and_frame_continue_after_ENOMEM)
{
	int (*const get)(FILE *, struct unix_buffer *, size_t) =
	    _i == 0 ? unix_get_line : unix_get_frame;
	struct unix_buffer buffer = { .bytes = NULL };
	struct unix_ports pair[2];
	char text[1000];

	memset(text, 'x', sizeof(text));
	succeeds(unix_pair(of_kind(NULL), pair));
	if (_i == 0) {
		ck_assert_uint_eq(fwrite(text, 1, sizeof(text), pair[0].out),
		    sizeof(text));
		say(pair[0].out, "\n");
	} else {
		succeeds(unix_put_frame(pair[0].out, text, sizeof(text)));
		ck_assert_int_eq(fflush(pair[0].out), 0);
	}
	fail_next("realloc", 1, ENOMEM);
	fails(get(pair[1].in, &buffer, 0), ENOMEM);
	ck_assert(!is_pending());
	answers(get(pair[1].in, &buffer, 0), 1);
	ck_assert_uint_eq(buffer.length, sizeof(text));
	ck_assert_int_eq(memcmp(buffer.bytes, text, sizeof(text)), 0);
	unix_free_buffer(&buffer);
	abandon_all(pair, 2);
}
END_TEST

static void
fill(Suite *suite)
{
	TCase *calls = add_case(suite, "calls");
	/* valgrind replaces malloc(3). */
	TCase *shortage = add_case(suite, "shortage");

	if (guarded)
		tcase_add_test(calls,
		    buffers_are_reused_only_at_their_size);
	tcase_add_loop_test(shortage,
	    line_and_frame_continue_after_ENOMEM, 0, 2);
}

int
main(void)
{
	return run_kinds("memory_calls", fill);
}
