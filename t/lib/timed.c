/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection whose timeouts and deadlines a test sets. */
#include "timed.h"

struct connection ends;
struct unix_buffer line;
long long start;

void
open_with(int way, int read_timeout, int write_timeout)
{
	struct unix_options options = { .read_timeout = read_timeout,
	    .write_timeout = write_timeout };

	open_connection(&ends, way, &options);
	start = milliseconds();
}

void
close_all(void)
{
	unix_free_buffer(&line);
	unix_abandon_ports(&ends.client);
	close_connection(&ends);
}

void
let_pass(void)
{
	succeeds(unix_set_deadline(&ends.client, PASSED_MS));
	pause_for(PASSED_MS + 1);
}

void
took_about(int ms)
{
	ck_assert_int_ge(milliseconds() - start, ms - 1);
	ck_assert_int_lt(milliseconds() - start, 10 * ms + 15000);
}
