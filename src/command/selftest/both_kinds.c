/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests guarantees of both kinds of ports. */
#include "selftest.h"

#define HANG_UP_MS	5		/* the read has usually begun */

void
lines_both_ways(void)
{
	send_text(near, "one\n");
	send_text(far, "two\n");
	expect_text(far, "one\n");
	expect_text(near, "two\n");
}

static void
return_megabyte(void)
{
	expect_pattern(far);
	send_pattern(far);
}

void
megabyte_both_ways(void)
{
	start_thread(return_megabyte);
	send_pattern(near);
	expect_pattern(near);
}

void
half_close(void)
{
	send_text(near, "question\n");
	SUCCEEDS(unix_close_output(near));
	expect_text(far, "question\n");
	expect_eof(far);
	send_text(far, "answer\n");
	expect_text(near, "answer\n");
}

void
closed_input(void)
{
	SUCCEEDS(unix_close_input(near));
	fputs("in vain\n", far->out);
	FAILS_WITH(EPIPE, fflush(far->out));
	send_text(near, "still there\n");
	expect_text(far, "still there\n");
	unix_close_ports(far);
}

/* fclose(3) alone would return 0 after a failed flush. */
void
loss_at_close(void)
{
	SUCCEEDS(unix_close_ports(far));
	fputs("in vain\n", near->out);
	FAILS_WITH(EPIPE, fflush(near->out));
	expect(unix_close_ports(near) == -1, "unix_close_ports: succeeds");
}

void
buffered_input(void)
{
	expect(unix_input_ready(near, 0) == 0, "input where there is none");
	send_text(far, "one\ntwo\n");
	expect_text(near, "one\n");
	expect(unix_input_ready(near, 0) == 1, "the second line is missed");
	expect_text(near, "two\n");
	expect(unix_input_ready(near, 0) == 0, "input that was read");
	SUCCEEDS(unix_close_ports(far));
	expect(unix_input_ready(near, 0) == 1, "end of file is missed");
}

static void
hang_up(void)
{
	poll(NULL, 0, HANG_UP_MS);
	SUCCEEDS(unix_hang_up(near));
}

void
hang_up_wakes(void)
{
	start_thread(hang_up);
	expect_eof(near);
	expect_eof(far);
}

static void
abandon_both(void)
{
	SUCCEEDS(unix_abandon_ports(near));
	SUCCEEDS(unix_abandon_ports(far));
}

void
fork_sends_once(void)
{
	fputs("once\n", near->out);
	expect_clean_end(fork_process(abandon_both));
	SUCCEEDS(unix_close_ports(near));
	expect_text(far, "once\n");
	expect_eof(far);
}

void
close_on_exec(void)
{
	int before = count_descriptors(1);

	open_listener("s", 0);
	open_connection("s");
	expect(count_descriptors(1) == before, "one is not");
}
