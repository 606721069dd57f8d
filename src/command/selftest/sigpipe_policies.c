/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests SIGPIPE under each policy. */
#include "selftest.h"

static void
write_to_dead_peer(void)
{
	make_pair();
	SUCCEEDS(unix_close_ports(far));
	fputs("hello\n", near->out);
	FAILS_WITH(EPIPE, fflush(near->out));
	unix_close_ports(near);
}

void
sigpipe_signal(void)
{
	siginfo_t end;

	await_process(fork_process(write_to_dead_peer), &end);
	expect(end.si_code == CLD_KILLED && end.si_status == SIGPIPE,
	    "no signal");
}

static void
expect_disposition(void (*handler)(int))
{
	struct sigaction action;

	write_to_dead_peer();
	SUCCEEDS(sigaction(SIGPIPE, NULL, &action));
	expect(action.sa_handler == handler, "another disposition");
	signal(SIGPIPE, SIG_DFL);
}

void
sigpipe_disposition(void)
{
	expect_disposition(options.sigpipe == UNIX_SIGPIPE_IGNORE ?
	    SIG_IGN : SIG_DFL);
}

void
sigpipe_handler(void)
{
	handle(SIGPIPE, do_nothing);
	expect_disposition(do_nothing);
}
